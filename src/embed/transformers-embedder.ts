import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { messageOf, StartupError } from "../errors.js";
import type { Embedder } from "./embedder.js";
import { type ModelPlace, SentenceEncoder } from "./sentence-encoder.js";
import { EmbeddingThreads, type ThreadOptions } from "./embedding-threads.js";

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

/**
 * Loads an embedding model through transformers.js: the bundled one, a local folder in the hub's layout, or a model id
 * of the hub (downloaded once, then cached).
 *
 * @param model `BUNDLED_MODEL`, a folder, or `owner/name`
 * @param modelsFolder where the bundled models lie
 * @throws StartupError if the model cannot be loaded
 */
export async function loadTransformersEmbedder(
  model: string,
  modelsFolder: string,
  options: ThreadOptions = {},
): Promise<Embedder> {
  const place = locate(model, modelsFolder);
  const manner = FAMILIES.find(([pattern]) => pattern.test(place.name))?.[1] ?? DEFAULT_MANNER;
  const source = { place, pooling: manner.pooling };
  let encoder: SentenceEncoder;
  let threads: EmbeddingThreads;
  try {
    encoder = await SentenceEncoder.open(place, manner.pooling);
    threads = await EmbeddingThreads.start(encoder, source, options);
  } catch (error) {
    const advice = place.remote
      ? "Check the id and the network, or leave EMBEDDING_MODEL empty for the bundled model."
      : "The folder needs config.json, tokenizer.json and onnx/model_quantized.onnx.";
    throw new StartupError(
      `EMBEDDING_MODEL: "${model}" could not be loaded: ${messageOf(error).split("\n")[0]} ${advice}`,
    );
  }
  const revision = place.root === null ? "main" : await hashOfModel(path.join(place.root, place.name));
  const fingerprint = { model, revision, dtype: "q8", ...manner, dimensions: encoder.dimensions };
  return {
    fingerprint,
    knowsWord: (word) => encoder.knowsWord(word),
    embedQuery: (text) => threads.embedQuery(text, manner.queryPrefix),
    embedPassages: (texts, onProgress) => threads.embedPassages(texts, manner.passagePrefix, onProgress),
    close: () => threads.close(),
  };
}

function locate(model: string, modelsFolder: string): ModelPlace {
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
