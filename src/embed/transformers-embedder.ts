import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { FeatureExtractionPipeline } from "@xenova/transformers";
import { messageOf, StartupError } from "../errors.js";
import type { Embedder, EmbedderFingerprint } from "./embedder.js";

/** The model in `models/`, trained for this project: English, 512 dimensions, 8 MB. */
export const BUNDLED_MODEL = "docent-embed-en";

interface ModelManner {
  pooling: "cls" | "mean";
  queryPrefix: string;
  passagePrefix: string;
}

const BGE_QUERY = "Represent this sentence for searching relevant passages: ";

/** How families of embedding models want to be asked, from their model cards. First match wins; the default is mean. */
const FAMILIES: [RegExp, ModelManner][] = [
  [/docent-embed/i, { pooling: "cls", queryPrefix: "", passagePrefix: "" }],
  [/bge-m3/i, { pooling: "cls", queryPrefix: "", passagePrefix: "" }],
  [/bge|mxbai|arctic-embed/i, { pooling: "cls", queryPrefix: BGE_QUERY, passagePrefix: "" }],
  [/e5/i, { pooling: "mean", queryPrefix: "query: ", passagePrefix: "passage: " }],
  [/nomic-embed/i, { pooling: "mean", queryPrefix: "search_query: ", passagePrefix: "search_document: " }],
];
const DEFAULT_MANNER: ModelManner = { pooling: "mean", queryPrefix: "", passagePrefix: "" };

/** Measured on the bundled model: larger batches are no faster, and they keep the event loop busy for longer. */
const BATCH_TEXTS = 16;
/** The longest text given to the model; its cost grows with the square of the tokens (models/docent-embed-en/README.md). */
const MAX_TEXT_CHARS = 2000;

/**
 * Loads an embedding model through transformers.js: the bundled one, a local folder in the hub's layout, or a model id
 * of the hub (downloaded once, then cached).
 *
 * @param model `BUNDLED_MODEL`, a folder, or `owner/name`
 * @param modelsFolder where the bundled models lie
 * @throws StartupError if the model cannot be loaded
 */
export async function loadTransformersEmbedder(model: string, modelsFolder: string): Promise<Embedder> {
  const { env, pipeline } = await import("@xenova/transformers");
  const location = locate(model, modelsFolder);
  env.allowRemoteModels = location.remote;
  if (location.root !== null) env.localModelPath = location.root;
  const manner = FAMILIES.find(([pattern]) => pattern.test(location.name))?.[1] ?? DEFAULT_MANNER;
  let extract: FeatureExtractionPipeline;
  let dimensions: number;
  try {
    extract = await pipeline("feature-extraction", location.name, { dtype: "q8" });
    dimensions = (await extract(["warm up"], { pooling: manner.pooling, normalize: true })).dims[1]!;
  } catch (error) {
    const advice = location.remote
      ? "Check the id and the network, or leave EMBEDDING_MODEL empty for the bundled model."
      : "The folder needs config.json, tokenizer.json and onnx/model_quantized.onnx.";
    throw new StartupError(
      `EMBEDDING_MODEL: "${model}" could not be loaded: ${messageOf(error).split("\n")[0]} ${advice}`,
    );
  }
  const revision = location.root === null ? "main" : await hashOfModel(path.join(location.root, location.name));
  return new TransformersEmbedder(extract, { model, revision, dtype: "q8", ...manner, dimensions });
}

class TransformersEmbedder implements Embedder {
  readonly #extract: FeatureExtractionPipeline;

  constructor(
    extract: FeatureExtractionPipeline,
    readonly fingerprint: EmbedderFingerprint,
  ) {
    this.#extract = extract;
  }

  knowsWord(word: string): boolean {
    const tokens = this.#extract.tokenizer.tokenize(word);
    return tokens.length === 1 && tokens[0] !== this.#extract.tokenizer.unk_token;
  }

  async embedQuery(text: string): Promise<Float32Array> {
    const [vector] = await this.#embed([text], this.fingerprint.queryPrefix);
    return vector!;
  }

  async embedPassages(texts: readonly string[], onProgress?: (done: number) => void): Promise<Float32Array[]> {
    // Texts of like length share a batch, because every text of a batch is padded to its longest.
    const order = texts.map((_, i) => i).sort((a, b) => texts[a]!.length - texts[b]!.length);
    const vectors = new Array<Float32Array>(texts.length);
    for (let from = 0; from < order.length; from += BATCH_TEXTS) {
      const batch = order.slice(from, from + BATCH_TEXTS);
      const embedded = await this.#embed(
        batch.map((i) => texts[i]!),
        this.fingerprint.passagePrefix,
      );
      batch.forEach((i, at) => (vectors[i] = embedded[at]!));
      onProgress?.(Math.min(from + BATCH_TEXTS, texts.length));
    }
    return vectors;
  }

  async #embed(texts: string[], prefix: string): Promise<Float32Array[]> {
    const clipped = texts.map((text) => (prefix + text).slice(0, MAX_TEXT_CHARS));
    const output = await this.#extract(clipped, { pooling: this.fingerprint.pooling, normalize: true });
    const data = output.data as Float32Array;
    const { dimensions } = this.fingerprint;
    return texts.map((text, i) => {
      // Without any word the model knows, what comes out is rounding noise (or NaN) blown up to length 1: no direction.
      if (!this.#hasKnownWord(text)) return new Float32Array(dimensions);
      return data.slice(i * dimensions, (i + 1) * dimensions).map((value) => (Number.isNaN(value) ? 0 : value));
    });
  }

  #hasKnownWord(text: string): boolean {
    // Every model knows Latin letters and digits, which spares reading almost all texts twice.
    if (/[a-z0-9]/i.test(text)) return true;
    const { tokenizer } = this.#extract;
    return tokenizer.tokenize(text.slice(0, MAX_TEXT_CHARS)).some((token) => token !== tokenizer.unk_token);
  }
}

function locate(model: string, modelsFolder: string): { name: string; root: string | null; remote: boolean } {
  if (existsSync(path.join(modelsFolder, model, "config.json")))
    return { name: model, root: modelsFolder, remote: false };
  const folder = path.resolve(model);
  if (existsSync(path.join(folder, "config.json"))) {
    return { name: path.basename(folder), root: path.dirname(folder), remote: false };
  }
  if (/^[\w.-]+\/[\w.-]+$/.test(model) && !model.startsWith(".")) return { name: model, root: null, remote: true };
  throw new StartupError(
    `EMBEDDING_MODEL: "${model}" is neither "${BUNDLED_MODEL}", a folder with a config.json, nor a hub id such as "Xenova/bge-small-en-v1.5".`,
  );
}

async function hashOfModel(folder: string): Promise<string> {
  const hash = createHash("sha256");
  for (const file of ["tokenizer.json", "onnx/model_quantized.onnx"]) {
    const whole = path.join(folder, file);
    if (existsSync(whole)) hash.update(await readFile(whole));
  }
  return hash.digest("hex").slice(0, 16);
}
