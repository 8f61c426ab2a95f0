import { existsSync } from "node:fs";
import path from "node:path";
import { messageOf, StartupError } from "../errors.js";
import type { Embedder, EmbedderFingerprint } from "./embedder.js";
import { type MannerOverrides, mannerOf } from "./families.js";
import { DEFAULT_HUB, type HubSettings } from "./hub.js";
import { graphFile, missingFiles, revisionOf, shippedPooling } from "./model-files.js";
import { type PullProgress, pullModel } from "./pull.js";
import { type EncoderSettings, openSentenceEncoder, type SentenceEncoder, type TextRole } from "./sentence-encoder.js";

/** The model in `models/`, trained for this project: English, 512 dimensions, 8 MB. */
export const BUNDLED_MODEL = "docent-embed-en";

/** Measured on the bundled model: larger batches are no faster, and they keep the event loop busy for longer. */
const BATCH_TEXTS = 16;
/** The longest text given to the model; its cost grows with the square of the tokens (models/docent-embed-en/README.md). */
const MAX_TEXT_CHARS = 2000;

export interface LoadOptions {
  /** What counts instead of the model's family. */
  overrides?: MannerOverrides;
  /** Where models of the hub are downloaded to; `cache` in the models' folder if left out. */
  cacheDir?: string;
  hub?: HubSettings;
  /** Told while a model of the hub is downloaded. */
  onDownload?: (progress: PullProgress) => void;
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
  const encoder = await openSentenceEncoder({
    folder: location.folder,
    dtype,
    pooling: overrides.pooling ?? shipped ?? family.manner.pooling,
    dimensions: overrides.dimensions ?? null,
    maxTokens,
    layerNorm,
    tasks,
  }).catch((error: unknown) => {
    throw new StartupError(`EMBEDDING_MODEL: "${model}" could not be loaded: ${messageOf(error).split("\n")[0]}`);
  });
  const { pooling, dimensions, maxTokens: limit } = encoder.settings;
  if (dimensions < encoder.nativeDimensions) checkTruncation(model, family.manner.truncations, dimensions);
  const revision = await revisionOf(location.folder, dtype);
  const manner = mannerInWords(encoder.settings);
  return new TransformersEmbedder(encoder, {
    model,
    revision,
    dtype,
    pooling,
    queryPrefix,
    passagePrefix,
    dimensions,
    maxTokens: limit,
    manner,
  });
}

class TransformersEmbedder implements Embedder {
  readonly #encoder: SentenceEncoder;

  constructor(
    encoder: SentenceEncoder,
    readonly fingerprint: EmbedderFingerprint,
  ) {
    this.#encoder = encoder;
  }

  knowsWord(word: string): boolean {
    const { tokenizer } = this.#encoder;
    const tokens = tokenizer.tokenize(word);
    return tokens.length === 1 && tokens[0] !== tokenizer.unk_token;
  }

  async embedQuery(text: string): Promise<Float32Array> {
    const [vector] = await this.#embed([text], "query");
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
        "passage",
      );
      batch.forEach((i, at) => (vectors[i] = embedded[at]!));
      onProgress?.(Math.min(from + BATCH_TEXTS, texts.length));
    }
    return vectors;
  }

  async #embed(texts: string[], role: TextRole): Promise<Float32Array[]> {
    const { dimensions, queryPrefix, passagePrefix } = this.fingerprint;
    const prefix = role === "query" ? queryPrefix : passagePrefix;
    const clipped = texts.map((text) => (prefix + text).slice(0, MAX_TEXT_CHARS));
    const data = await this.#encoder.encode(clipped, role);
    return texts.map((text, i) => {
      // Without any word the model knows, what comes out is rounding noise (or NaN) blown up to length 1: no direction.
      if (!this.#hasKnownWord(text)) return new Float32Array(dimensions);
      return data.slice(i * dimensions, (i + 1) * dimensions).map((value) => (Number.isNaN(value) ? 0 : value));
    });
  }

  #hasKnownWord(text: string): boolean {
    // Every model knows Latin letters and digits, which spares reading almost all texts twice.
    if (/[a-z0-9]/i.test(text)) return true;
    const { tokenizer } = this.#encoder;
    return tokenizer.tokenize(text.slice(0, MAX_TEXT_CHARS)).some((token) => token !== tokenizer.unk_token);
  }
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
