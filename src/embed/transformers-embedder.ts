import { existsSync } from "node:fs";
import path from "node:path";
import { messageOf, StartupError } from "../errors.js";
import type { Embedder } from "./embedder.js";
import { EmbeddingThreads, type ThreadOptions } from "./embedding-threads.js";
import { type MannerOverrides, mannerOf } from "./families.js";
import { DEFAULT_HUB, type HubSettings } from "./hub.js";
import { graphFile, missingFiles, revisionOf, shippedPooling } from "./model-files.js";
import { type PullProgress, pullModel } from "./pull.js";
import { type EncoderSettings, openSentenceEncoder } from "./sentence-encoder.js";

/** The model in `models/`, trained for this project: English, 512 dimensions, 8 MB. */
export const BUNDLED_MODEL = "docent-embed-en";

export interface LoadOptions {
  /** What counts instead of the model's family. */
  overrides?: MannerOverrides;
  /** Where models of the hub are downloaded to; `cache` in the models' folder if left out. */
  cacheDir?: string;
  hub?: HubSettings;
  /** Told while a model of the hub is downloaded. */
  onDownload?: (progress: PullProgress) => void;
  threads?: ThreadOptions;
}

/**
 * Loads an embedding model through transformers.js: the bundled one, a local folder in the hub's layout, or a model id
 * of the hub (downloaded once into the cache).
 *
 * @param model `BUNDLED_MODEL`, a folder, or `owner/name`
 * @param modelsFolder where the bundled models lie
 * @throws StartupError if the model cannot be had or loaded, or does not allow what `overrides` ask for
 */
export async function loadTransformersEmbedder(
  model: string,
  modelsFolder: string,
  options: LoadOptions = {},
): Promise<Embedder> {
  const { overrides = {} } = options;
  const location = locate(model, modelsFolder, options.cacheDir ?? path.join(modelsFolder, "cache"));
  const family = mannerOf(path.basename(location.folder));
  const dtype = overrides.dtype ?? family.manner.dtype;
  if (location.pull !== null) {
    const { hub = DEFAULT_HUB, onDownload } = options;
    const progress = onDownload === undefined ? {} : { onProgress: onDownload };
    await pullModel({ ...location.pull, dtype, hub, ...progress }).catch((error: unknown) => {
      const message = messageOf(error);
      // Faults of another setting name it themselves.
      throw new StartupError(message.startsWith(`"${model}"`) ? `EMBEDDING_MODEL: ${message}` : message);
    });
  }
  const missing = missingFiles(location.folder, dtype);
  if (missing.length > 0) {
    throw new StartupError(
      `EMBEDDING_MODEL: "${model}" could not be loaded: it lacks ${missing.join(", ")}. The folder needs ` +
        `config.json, tokenizer.json, tokenizer_config.json and ${graphFile(dtype)}.`,
    );
  }
  const shipped = family.known ? null : await shippedPooling(location.folder);
  const { queryPrefix, passagePrefix, maxTokens, layerNorm, tasks } = { ...family.manner, ...overrides };
  const cannotLoad = (error: unknown): never => {
    throw new StartupError(`EMBEDDING_MODEL: "${model}" could not be loaded: ${messageOf(error).split("\n")[0]}`);
  };
  const encoder = await openSentenceEncoder({
    folder: location.folder,
    dtype,
    pooling: overrides.pooling ?? shipped ?? family.manner.pooling,
    dimensions: overrides.dimensions ?? null,
    maxTokens,
    layerNorm,
    tasks,
    prefixes: { query: queryPrefix, passage: passagePrefix },
  }).catch(cannotLoad);
  const { pooling, dimensions, maxTokens: limit } = encoder.settings;
  if (dimensions < encoder.nativeDimensions) checkTruncation(model, family.manner.truncations, dimensions);
  const revision = await revisionOf(location.folder, dtype);
  const manner = mannerInWords(encoder.settings);
  const threads = await EmbeddingThreads.start(encoder, options.threads).catch(cannotLoad);
  return {
    fingerprint: {
      model,
      revision,
      dtype,
      pooling,
      queryPrefix,
      passagePrefix,
      dimensions,
      maxTokens: limit,
      manner,
    },
    knowsWord(word) {
      const tokens = encoder.tokenizer.tokenize(word);
      return tokens.length === 1 && tokens[0] !== encoder.tokenizer.unk_token;
    },
    embedQuery: (text) => threads.embedQuery(text),
    embedPassages: (texts, onProgress) => threads.embedPassages(texts, onProgress),
    close: () => threads.close(),
  };
}

interface Location {
  /** Absolute. */
  folder: string;
  /** What to download into the folder where it is not whole; null for a model that must lie there. */
  pull: { id: string; cacheDir: string } | null;
}

const HUB_ID = /^\w[\w.-]*\/\w[\w.-]*$/;

function locate(model: string, modelsFolder: string, cacheDir: string): Location {
  const places = [path.resolve(modelsFolder, model), path.resolve(model)];
  const local = places.find((folder) => existsSync(path.join(folder, "config.json")));
  if (local !== undefined) return { folder: local, pull: null };
  if (isHubId(model)) return { folder: path.resolve(cacheDir, model), pull: { id: model, cacheDir } };
  throw new StartupError(
    `EMBEDDING_MODEL: "${model}" is neither "${BUNDLED_MODEL}", a folder with a config.json, nor a hub id such as "Xenova/bge-small-en-v1.5".`,
  );
}

/** Whether a text has the form of a model id of the hub, `owner/name`. */
export function isHubId(text: string): boolean {
  return HUB_ID.test(text);
}

function checkTruncation(model: string, allowed: readonly number[] | null, dimensions: number): void {
  if (allowed === null || allowed.includes(dimensions)) return;
  const advice =
    allowed.length === 0
      ? "its vectors lose their meaning when cut; leave EMBEDDING_DIMENSIONS empty"
      : `it was made to be cut to ${allowed.join(", ")}; choose one of these, or leave EMBEDDING_DIMENSIONS empty`;
  throw new StartupError(`EMBEDDING_DIMENSIONS: ${dimensions} is not allowed for "${model}": ${advice}.`);
}

function mannerInWords({ layerNorm, tasks }: EncoderSettings): string {
  const words = [...(layerNorm ? ["layer norm"] : []), ...(tasks === null ? [] : [`${tasks.query}, ${tasks.passage}`])];
  return words.join("; ");
}
