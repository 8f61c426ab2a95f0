import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Embedder } from "../../../src/embed/embedder.js";
import type { ThreadOptions } from "../../../src/embed/embedding-threads.js";
import { BUNDLED_MODEL, loadTransformersEmbedder } from "../../../src/embed/transformers-embedder.js";
import { EmbeddingError } from "../../../src/errors.js";
import { bertFiles } from "../../../scripts/bench/bert.js";
import { temporaryFolder, writeFiles } from "../../helpers/folders.js";

const MODELS = path.resolve("models");
/** One thread for queries, one for passages. */
const IN_THREADS: ThreadOptions = { count: 1, fastQueryMs: 0 };
const WORDS = "the moon orbits earth and a rocket lands on its far side in may".split(" ");
const open: Embedder[] = [];
const FOLDER = mkdtempSync(path.join(tmpdir(), "docent-"));
afterAll(() => rmSync(FOLDER, { recursive: true }));

/** A transformer of 2 layers with pooling by mean; its weights are large enough that every token counts. */
async function writeTransformer(folder: string): Promise<void> {
  const shape = { layers: 2, hidden: 32, heads: 4, intermediate: 64, positions: 128 };
  const files = bertFiles(WORDS, shape, { deviation: 0.3 });
  // Loaded as the eight-bit file, though its weights have 32: then a vector cannot depend on what shares its batch.
  await writeFiles(folder, { ...files, "onnx/model_quantized.onnx": files["onnx/model.onnx"]! });
}

async function transformer(options: ThreadOptions, folder = path.join(FOLDER, "tiny")): Promise<Embedder> {
  await writeTransformer(folder);
  return load(folder, options);
}

async function load(model: string, options: ThreadOptions): Promise<Embedder> {
  const embedder = await loadTransformersEmbedder(model, MODELS, { threads: options });
  open.push(embedder);
  return embedder;
}

/** Of 0 to 150 words, in no order. */
function mixedTexts(count: number): string[] {
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: (i * 37) % 151 }, (__, k) => WORDS[(i * 7 + k * 5) % WORDS.length]).join(" "),
  );
}

function furthest(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

async function closeAll(): Promise<void> {
  for (const embedder of open.splice(0)) await embedder.close();
}

describe.each([
  ["a static model, on the calling thread", () => load(BUNDLED_MODEL, {})],
  ["a static model, in threads", () => load(BUNDLED_MODEL, { count: 2, inPlaceChars: 0 })],
  ["a transformer, on the calling thread", () => transformer({ fastQueryMs: Infinity })],
  ["a transformer, in threads", () => transformer(IN_THREADS)],
])("%s", (_, make) => {
  let embedder: Embedder;
  beforeAll(async () => {
    embedder = await make();
  });
  afterAll(closeAll);

  it("gives a text the same vector alone and among others, in the order of the texts", async () => {
    const texts = mixedTexts(90);
    const progress: number[] = [];
    const together = await embedder.embedPassages(texts, (done) => progress.push(done));
    expect(progress.length).toBeGreaterThan(1);
    expect(progress).toEqual([...new Set(progress)].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(90);
    for (const i of [0, 1, 4, 17, 45, 89]) {
      expect(furthest(together[i]!, await embedder.embedQuery(texts[i]!)), `text ${i}`).toBeLessThan(1e-5);
    }
    // Texts of other words have other vectors, so the order was really looked at.
    expect(furthest(together[17]!, together[45]!)).toBeGreaterThan(0.01);
  });

  it("embeds nothing for no texts, and no direction for texts without a known word", async () => {
    expect(await embedder.embedPassages([])).toEqual([]);
    const zero = new Float32Array(embedder.fingerprint.dimensions);
    expect(await embedder.embedPassages(["", "日本", "🙂"])).toEqual([zero, zero, zero]);
    expect(await embedder.embedQuery("Привет")).toEqual(zero);
    expect(embedder.knowsWord("moon")).toBe(true);
    expect(embedder.knowsWord("mooon")).toBe(false);
  });
});

describe("threads for embedding", () => {
  afterEach(closeAll);

  it("leave the event loop free while passages are embedded, and answer queries meanwhile", async () => {
    const embedder = await load(BUNDLED_MODEL, { count: 1, inPlaceChars: 0 });
    const corpus = readFileSync("corpus/nasa-spacex-isro.txt", "utf8");
    const texts = Array.from({ length: 600 }, (_, i) => corpus.slice(i, i + 800));
    await embedder.embedPassages(texts.slice(0, 2)); // The thread has started.
    const used = performance.eventLoopUtilization();
    const state = { done: false };
    const work = embedder.embedPassages(texts).finally(() => (state.done = true));
    let queries = 0;
    while (!state.done) {
      await embedder.embedQuery("Who built it?");
      queries++;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await work;
    expect(queries).toBeGreaterThan(3);
    // On the calling thread it is busy for nine tenths of the time; a share does not depend on how fast the machine is.
    expect(performance.eventLoopUtilization(used).utilization).toBeLessThan(0.6);
  });

  it("tells why they fail, and work again when they can", async () => {
    const folder = path.join(temporaryFolder(), "tiny");
    const embedder = await transformer(IN_THREADS, folder);
    await rm(path.join(folder, "onnx"), { recursive: true });
    const failure = await embedder.embedPassages(mixedTexts(5)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EmbeddingError);
    expect((failure as Error).message).toMatch(/^The embedding model failed: .*model_quantized\.onnx/);
    expect((failure as Error).message).not.toContain("\n");
    // The thread for queries had the model before.
    expect(await embedder.embedQuery("the moon")).toHaveLength(32);
    await writeTransformer(folder);
    expect(await embedder.embedPassages(["the moon"])).toHaveLength(1);
  });

  it("fail work under way when they are closed, and take no more", async () => {
    const embedder = await transformer(IN_THREADS);
    const work = Promise.allSettled([embedder.embedPassages(mixedTexts(90))]);
    await embedder.close();
    const [ended] = await work;
    expect(ended).toMatchObject({ reason: { message: "The embedding model failed: it was stopped." } });
    await expect(embedder.embedQuery("the moon")).rejects.toThrow(EmbeddingError);
  });
});
