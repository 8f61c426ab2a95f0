import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { FolderStore } from "../../../src/search/folder-store.js";
import { answerQuestion } from "../../../src/answer/answer-question.js";
import type { Embedder } from "../../../src/embed/embedder.js";
import type { MannerOverrides } from "../../../src/embed/families.js";
import { loadTransformersEmbedder } from "../../../src/embed/transformers-embedder.js";
import { ingest } from "../../../src/ingest.js";
import { LiveIndex } from "../../../src/search/live-index.js";
import { bertFiles, type BertWeights } from "../../../scripts/bench/bert.js";
import { temporaryFolder, writeFiles } from "../../helpers/folders.js";

const WORDS = [
  "query",
  "passage",
  ":",
  "the",
  "moon",
  "orbits",
  "earth",
  "bread",
  "is",
  "baked",
  "in",
  "an",
  "oven",
  ".",
];
const SHAPE = { layers: 2, hidden: 32, heads: 4, intermediate: 64, positions: 24 };
const TEXT = "the moon orbits the earth";

/** A model in a folder of the given name, which tells its family. */
async function modelNamed(name: string, weights: BertWeights = {}): Promise<string> {
  const model = path.join(temporaryFolder(), name);
  await writeFiles(model, bertFiles(WORDS, SHAPE, { deviation: 0.3, ...weights }));
  return model;
}

async function load(model: string, overrides: MannerOverrides = {}): Promise<Embedder> {
  return loadTransformersEmbedder(model, path.resolve("models"), { overrides: { dtype: "fp32", ...overrides } });
}

const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

async function passage(embedder: Embedder, text: string): Promise<Float32Array> {
  return (await embedder.embedPassages([text]))[0]!;
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "no failure",
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

describe("a transformer in a local folder", () => {
  it("is asked as its family wants to be: e5 with prefixes and the mean", async () => {
    const embedder = await load(await modelNamed("e5-small-v2"));
    expect(embedder.fingerprint).toMatchObject({
      dtype: "fp32",
      pooling: "mean",
      queryPrefix: "query: ",
      passagePrefix: "passage: ",
      dimensions: 32,
      maxTokens: 24,
    });
    const plain = await load(await modelNamed("my-model"));
    expect(plain.fingerprint).toMatchObject({ pooling: "mean", queryPrefix: "", passagePrefix: "" });
    // The same weights: with the prefix written out, the plain model gives what e5 gives.
    expect(cosine(await embedder.embedQuery(TEXT), await passage(plain, `query: ${TEXT}`))).toBeCloseTo(1, 5);
    expect(cosine(await passage(embedder, TEXT), await passage(plain, `passage: ${TEXT}`))).toBeCloseTo(1, 5);
    expect(cosine(await embedder.embedQuery(TEXT), await plain.embedQuery(TEXT))).toBeLessThan(0.999);
    expect(cosine(await embedder.embedQuery(TEXT), await passage(embedder, TEXT))).toBeLessThan(0.999);
  });

  it("gives the first token's vector for bge, which is not the mean", async () => {
    const model = await modelNamed("bge-small-en-v1.5");
    const cls = await load(model, { queryPrefix: "" });
    const mean = await load(model, { queryPrefix: "", pooling: "mean" });
    expect([cls.fingerprint.pooling, mean.fingerprint.pooling]).toEqual(["cls", "mean"]);
    expect(cosine(await cls.embedQuery(TEXT), await mean.embedQuery(TEXT))).toBeLessThan(0.99);
    for (const embedder of [cls, mean]) expect(Math.hypot(...(await embedder.embedQuery(TEXT)))).toBeCloseTo(1, 5);
  });

  it.each(["cls", "mean", "last_token"] as const)(
    "gives a text the same vector among longer ones: %s",
    async (pooling) => {
      const embedder = await load(await modelNamed("my-model"), { pooling });
      const texts = [TEXT, "bread is baked in an oven . the bread is baked in the oven .", "moon"];
      const together = await embedder.embedPassages(texts);
      for (const [i, text] of texts.entries()) {
        const alone = await passage(embedder, text);
        expect(Math.max(...alone.map((value, at) => Math.abs(value - together[i]![at]!)))).toBeLessThan(1e-5);
      }
    },
  );

  it("cuts a text at the most tokens the model takes, instead of failing", async () => {
    const embedder = await load(await modelNamed("my-model"));
    const long = `${TEXT} `.repeat(20);
    const same = await passage(embedder, `${long} bread is baked`);
    expect(cosine(await passage(embedder, long), same)).toBeCloseTo(1, 5);
    expect(cosine(await passage(embedder, `bread is baked ${long}`), same)).toBeLessThan(0.999);
  });

  it.each([
    ["where its family's end", "paraphrase-multilingual-test", 200, 128],
    ["where its positions end, if its tokenizer names no end", "my-model", undefined, 198],
  ])("cuts a text %s", async (_, name, tokenizerLimit, expected) => {
    const model = path.join(temporaryFolder(), name);
    const files = bertFiles(WORDS, { ...SHAPE, positions: 200 }, { deviation: 0.3 });
    const tokenizer = JSON.parse(files["tokenizer_config.json"]!.toString()) as object;
    const changed = Buffer.from(JSON.stringify({ ...tokenizer, model_max_length: tokenizerLimit }));
    await writeFiles(model, { ...files, "tokenizer_config.json": changed });
    const embedder = await load(model);
    expect(embedder.fingerprint.maxTokens).toBe(expected);
    const words = (count: number): string => "moon ".repeat(count);
    // [CLS] takes one of the places.
    const full = await passage(embedder, words(expected - 1));
    const differs = async (text: string): Promise<number> =>
      Math.max(...(await passage(embedder, text)).map((value, i) => Math.abs(value - full[i]!)));
    expect(await differs(`${words(expected - 1)}bread`)).toBe(0);
    expect(await differs(`${words(expected - 2)}bread`)).toBeGreaterThan(1e-4);
  });

  it("takes the model's own sentence_embedding where the family or a setting says so", async () => {
    const model = await modelNamed("embeddinggemma-300m-ONNX", { sentenceEmbedding: true });
    const gemma = await load(model, { queryPrefix: "", passagePrefix: "" });
    expect(gemma.fingerprint.pooling).toBe("sentence_embedding");
    const mean = await load(model, { queryPrefix: "", passagePrefix: "", pooling: "mean" });
    expect(cosine(await gemma.embedQuery(TEXT), await mean.embedQuery(TEXT))).toBeLessThan(0.9);
    expect(await failureOf(load(await modelNamed("other"), { pooling: "sentence_embedding" }))).toMatch(
      /^StartupError: EMBEDDING_MODEL: ".*other" could not be loaded: the model has no output for the pooling/,
    );
  });

  it("chooses the adapter for questions and for passages", async () => {
    const adapters = ["retrieval.query", "retrieval.passage", "text-matching"];
    const jina = await load(await modelNamed("jina-embeddings-v3", { adapters }));
    expect(jina.fingerprint.manner).toBe("retrieval.query, retrieval.passage");
    expect(cosine(await jina.embedQuery(TEXT), await passage(jina, TEXT))).toBeLessThan(0.999);
    const without = await modelNamed("jina-embeddings-v3");
    expect(await failureOf(load(without))).toContain('config.json names no adapter "retrieval.query"');
  });

  it("takes the pooling from sentence-transformers' own file for a model of no known family", async () => {
    const model = await modelNamed("my-model");
    await writeFiles(model, { "1_Pooling/config.json": '{"pooling_mode_cls_token": true}' });
    expect((await load(model)).fingerprint.pooling).toBe("cls");
    expect((await load(model, { pooling: "mean" })).fingerprint.pooling).toBe("mean");
  });
});

describe("EMBEDDING_DIMENSIONS", () => {
  it("cuts vectors and makes them of length 1 again", async () => {
    const model = await modelNamed("my-model");
    const whole = await passage(await load(model), TEXT);
    const embedder = await load(model, { dimensions: 8 });
    const cut = await passage(embedder, TEXT);
    expect(embedder.fingerprint.dimensions).toBe(8);
    expect(cut).toHaveLength(8);
    const length = Math.hypot(...whole.slice(0, 8));
    cut.forEach((value, i) => expect(value).toBeCloseTo(whole[i]! / length, 5));
    expect(await passage(await load(model, { dimensions: 32 }), TEXT)).toEqual(whole);
  });

  it("cuts nomic's after a layer norm", async () => {
    // The mean of what this model makes of a text is not 0 there, as it is after a model's own last norm.
    const overrides = { passagePrefix: "", pooling: "sentence_embedding" as const };
    const model = await modelNamed("nomic-embed-text-v1.5", { sentenceEmbedding: true });
    const other = await modelNamed("my-model", { sentenceEmbedding: true });
    const whole = await passage(await load(other, overrides), TEXT);
    const mean = whole.reduce((sum, value) => sum + value, 0) / whole.length;
    expect(Math.abs(mean)).toBeGreaterThan(0.005);
    const nomic = await load(model, overrides);
    expect(nomic.fingerprint.manner).toBe("layer norm");
    const centred = whole.map((value) => value - mean);
    const expected = centred.map((value) => value / Math.hypot(...centred));
    (await passage(nomic, TEXT)).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 3));
  });

  it.each([
    ["my-model", 33, "EMBEDDING_DIMENSIONS is 33, but its vectors have 32."],
    ["bge-small-en-v1.5", 16, "its vectors lose their meaning when cut; leave EMBEDDING_DIMENSIONS empty."],
    ["nomic-embed-text-v1.5", 16, "it was made to be cut to 512, 256, 128, 64; choose one of these,"],
  ])("of %s cannot be %i", async (name, dimensions, message) => {
    expect(await failureOf(load(await modelNamed(name), { dimensions }))).toContain(message);
  });
});

describe("the fingerprint", () => {
  it("tells files of another content, whatever they are called", async () => {
    const model = await modelNamed("my-model");
    const revision = async (): Promise<string> => (await load(model)).fingerprint.revision;
    const before = await revision();
    expect(await revision()).toBe(before);
    await writeFiles(model, {
      "onnx/model.onnx": bertFiles(WORDS, SHAPE, { deviation: 0.3, seed: 2 })["onnx/model.onnx"]!,
    });
    expect(await revision()).not.toBe(before);
  });

  it("says which files a folder lacks", async () => {
    const model = await modelNamed("my-model");
    await rm(path.join(model, "tokenizer.json"));
    expect(await failureOf(load(model, { dtype: "q8" }))).toBe(
      `StartupError: EMBEDDING_MODEL: "${model}" could not be loaded: it lacks tokenizer.json, ` +
        "onnx/model_quantized.onnx. The folder needs config.json, tokenizer.json, tokenizer_config.json and onnx/model_quantized.onnx.",
    );
  });

  it("tells a damaged graph in one line", async () => {
    const model = await modelNamed("my-model");
    await writeFile(path.join(model, "onnx/model.onnx"), "no protobuf");
    expect(await failureOf(load(model))).toMatch(
      /^StartupError: EMBEDDING_MODEL: ".*my-model" could not be loaded: .+$/,
    );
  });
});

describe("a corpus indexed with a transformer", () => {
  it("is answered from, and embedded anew with another model or prefix", async () => {
    const base = temporaryFolder();
    const corpusDir = path.join(base, "corpus");
    const indexDir = path.join(base, "index");
    await writeFiles(corpusDir, { "moon.txt": "The moon orbits the earth. Bread is baked in an oven.\n" });
    const e5 = await modelNamed("e5-small-v2");
    const embedder = await load(e5);
    const first = await ingest({ corpusDir, store: new FolderStore(indexDir), embedder });
    expect(first).toMatchObject({ built: true, rebuildReason: null });
    const live = new LiveIndex(new FolderStore(indexDir));
    await live.refresh(embedder.fingerprint);
    const answer = await answerQuestion({ index: live.current!, embedder }, { question: "What does the moon orbit?" });
    expect(answer.answer).toContain("The moon orbits the earth");

    const told: string[] = [];
    const onRebuild = (reason: string): void => void told.push(reason);
    const reworded = await load(e5, { passagePrefix: "" });
    const second = await ingest({ corpusDir, store: new FolderStore(indexDir), embedder: reworded, onRebuild });
    expect(second.embedded).toBe(first.embedded);
    const bge = await load(await modelNamed("bge-small-en-v1.5"));
    await ingest({ corpusDir, store: new FolderStore(indexDir), embedder: bge, onRebuild });
    expect(told).toEqual([
      `the embedding model ${e5} changed (passage prefix from "passage: " to ""); all passages are embedded again`,
      `the embedding model changed from ${e5} to ${bge.fingerprint.model}; all passages are embedded again`,
    ]);
    // A server that still runs the first model keeps what it has.
    expect(await failureOf(live.refresh(embedder.fingerprint))).toContain(
      "The index does not fit: the embedding model",
    );
    expect(await failureOf(new LiveIndex(new FolderStore(indexDir)).refresh(bge.fingerprint))).toBe("no failure");
  });
});
