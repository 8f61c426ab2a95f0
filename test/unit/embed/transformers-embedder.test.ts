import { cp, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { BUNDLED_MODEL, loadTransformersEmbedder } from "../../../src/embed/transformers-embedder.js";
import type { Embedder } from "../../../src/embed/embedder.js";
import { StartupError } from "../../../src/errors.js";
import { ByteVectors } from "../../../src/search/byte-vectors.js";
import { temporaryFolder } from "../../helpers/folders.js";

const MODELS = path.resolve("models");
const DIMENSIONS = 512;

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function expectSame(a: Float32Array, b: Float32Array): void {
  expect(Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))).toBeLessThan(1e-5);
}

describe("the bundled model", () => {
  let embedder: Embedder;
  beforeAll(async () => {
    embedder = await loadTransformersEmbedder(BUNDLED_MODEL, MODELS);
  });

  it("says what its vectors depend on", () => {
    expect(embedder.fingerprint).toEqual({
      model: "docent-embed-en",
      revision: expect.stringMatching(/^[0-9a-f]{16}$/),
      dtype: "q8",
      pooling: "cls",
      queryPrefix: "",
      passagePrefix: "",
      dimensions: DIMENSIONS,
      maxTokens: 2048,
      manner: "",
    });
  });

  it("gives vectors of 512 numbers and length 1", async () => {
    const texts = ["The rocket was launched in 1998.", "a", "moon ".repeat(1000)];
    for (const vector of [...(await embedder.embedPassages(texts)), await embedder.embedQuery("Who built it?")]) {
      expect(vector).toBeInstanceOf(Float32Array);
      expect(vector).toHaveLength(DIMENSIONS);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
    }
  });

  it("gives a text the same vector alone and among others, in the order of the texts", async () => {
    const sentence = "Agencies share the cost of a launch. ";
    // More than one job and batch, of lengths that do not come sorted.
    const texts = Array.from({ length: 40 }, (_, i) => `Text ${i}: ${sentence.repeat((i * 7) % 11)}`);
    const progress: number[] = [];
    const together = await embedder.embedPassages(texts, (done) => progress.push(done));
    expect(progress.length).toBeGreaterThan(1);
    expect(progress.at(-1)).toBe(40);
    for (const [i, text] of texts.entries()) {
      const [alone] = await embedder.embedPassages([text]);
      expectSame(together[i]!, alone!);
      expectSame(together[i]!, await embedder.embedQuery(text));
    }
  });

  it("gives texts without any word it knows no direction", async () => {
    const unknown = ["", " \n", "日本", "🙂", "🙂 🚀", "Привет"];
    const vectors = await embedder.embedPassages(["a known text", ...unknown]);
    expect(Math.hypot(...vectors[0]!)).toBeCloseTo(1, 4);
    for (const [i, text] of unknown.entries()) {
      expect({ text, vector: vectors[i + 1] }).toEqual({ text, vector: new Float32Array(DIMENSIONS) });
      expect(await embedder.embedQuery(text)).toEqual(new Float32Array(DIMENSIONS));
    }
    const [mixed] = await embedder.embedPassages(["日本 moon"]);
    expect(Math.hypot(...mixed!)).toBeCloseTo(1, 4);
  });

  it("embeds nothing for no texts", async () => {
    expect(await embedder.embedPassages([])).toEqual([]);
  });

  it.each([
    [
      "How much did the mission cost?",
      "The budget of the mission was 300 million dollars.",
      "Bread is baked early in the morning.",
    ],
    [
      "Who was the first person on the Moon?",
      "Neil Armstrong walked on the lunar surface in 1969.",
      "The library opens at nine on weekdays.",
    ],
    [
      "What do farmers grow there?",
      "Wheat and barley are the main crops of the region.",
      "The engine burns liquid hydrogen and oxygen.",
    ],
  ])("finds the related text nearer: %s", async (question, related, unrelated) => {
    const query = await embedder.embedQuery(question);
    const [near, far] = await embedder.embedPassages([related, unrelated]);
    expect(dot(query, near!)).toBeGreaterThan(dot(query, far!) + 0.1);
  });

  it("keeps its cosines in one byte a dimension, off by less than 0.004", async () => {
    const texts = [
      "The lunar module landed.",
      "Wheat is a crop.",
      "Spacecraft dock with the station.",
      "It ended in May.",
    ];
    const vectors = await embedder.embedPassages(texts);
    const table = ByteVectors.allocate(vectors.length, DIMENSIONS);
    vectors.forEach((vector, at) => table.set(at, vector));
    for (const query of vectors) {
      vectors.forEach((vector, at) =>
        expect(Math.abs(table.cosine(at, query) - dot(vector, query))).toBeLessThan(0.004),
      );
    }
  });

  it("knows words from slips of the pen", () => {
    const known = ["satellite", "Moon", "apollo", "the"];
    const unknown = ["satelite", "xqzzv", "日", "Привет", "🙂", ""];
    expect(known.filter((word) => embedder.knowsWord(word))).toEqual(known);
    expect(unknown.filter((word) => embedder.knowsWord(word))).toEqual([]);
  });
});

describe("loadTransformersEmbedder", () => {
  it("opens a folder, whatever the folders above it are called", async () => {
    // "e5" above would make it a model that wants prefixes.
    const parent = path.join(temporaryFolder(), "e5-models");
    const folder = path.join(parent, "my-model");
    await mkdir(parent);
    await cp(path.join(MODELS, BUNDLED_MODEL), folder, { recursive: true });
    const embedder = await loadTransformersEmbedder(folder, MODELS);
    const bundled = await loadTransformersEmbedder(BUNDLED_MODEL, MODELS);
    expect(embedder.fingerprint).toEqual({ ...bundled.fingerprint, model: folder, pooling: "mean" });
    expect(Math.hypot(...(await embedder.embedQuery("The moon")))).toBeCloseTo(1, 4);
  });

  it.each(["no-such-model", "./no/such/folder", "a/b/c", "/no/such/folder", "../models"])(
    "refuses %s in words",
    async (model) => {
      const failure = await loadTransformersEmbedder(model, MODELS).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StartupError);
      expect((failure as Error).message).toBe(
        `EMBEDDING_MODEL: "${model}" is neither "docent-embed-en", a folder with a config.json, ` +
          'nor a hub id such as "Xenova/bge-small-en-v1.5".',
      );
    },
  );

  it("says what a folder lacks", async () => {
    const folder = path.join(temporaryFolder(), "half");
    await mkdir(folder);
    await writeFile(path.join(folder, "config.json"), '{"model_type":"bert"}');
    const failure = await loadTransformersEmbedder(folder, MODELS).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StartupError);
    expect((failure as Error).message).toMatch(/^EMBEDDING_MODEL: ".*half" could not be loaded: /);
    expect((failure as Error).message).toContain(
      "The folder needs config.json, tokenizer.json, tokenizer_config.json and onnx/model_quantized.onnx.",
    );
    expect((failure as Error).message).not.toContain("\n");
  });
});
