import type { FeatureExtractionPipeline, Tensor } from "@xenova/transformers";
import { planBatches } from "./batches.js";
import type { Pooling } from "./families.js";
import { type Dtype, countWeightsFiles } from "./model-files.js";

/** The longest text given to the model; its cost grows with the square of the tokens (models/docent-embed-en/README.md). */
const MAX_TEXT_CHARS = 2000;
/** Measured (ARCHITECTURE.md, "Where is a text embedded?"): more tokens a batch are no faster, and larger models get slower. */
const BATCH_TOKENS = { size: 512, padding: 0.1 };

/** Everything a model is loaded and run by; plain data, so that it can be handed to another thread. */
export interface EncoderSettings {
  /** Absolute, in the hub's layout. */
  folder: string;
  dtype: Dtype;
  pooling: Pooling;
  /** Null: as many as the model gives. */
  dimensions: number | null;
  /** Null: as many as its tokenizer says. */
  maxTokens: number | null;
  layerNorm: boolean;
  tasks: { query: string; passage: string } | null;
  /** What the model wants before each text. */
  prefixes: Record<TextRole, string>;
}

export type TextRole = "query" | "passage";

/**
 * A loaded model with its tokenizer, on the thread it was loaded on. The model runs on that thread and on no other: ONNX
 * Runtime's `run` blocks it, and its own thread pool makes small models slower wherever other work wants the cores too.
 */
export interface SentenceEncoder {
  tokenizer: FeatureExtractionPipeline["tokenizer"];
  /** Those given, or what the model itself has to say where they left it open. */
  settings: EncoderSettings & { dimensions: number; maxTokens: number };
  /** How many numbers a vector has before it is cut. */
  nativeDimensions: number;
  /** Vectors of length 1, one after the other; zeros for a text without any word the model knows. */
  encode(texts: readonly string[], role: TextRole): Promise<Float32Array<ArrayBuffer>>;
  /** Frees the model's memory; the tokenizer stays. */
  unload(): Promise<void>;
}

/** Loads a model from a folder; nothing is fetched. @throws Error if files are missing or the model cannot be run so */
export async function openSentenceEncoder(settings: EncoderSettings): Promise<SentenceEncoder> {
  const { env, layer_norm, pipeline, Tensor } = await import("@xenova/transformers");
  // What is downloaded is downloaded by pull.ts, which checks it; the library itself never goes to the network.
  env.allowRemoteModels = false;
  // An absolute path is no model id, so the library takes it for the folder it is.
  const extract = await pipeline("feature-extraction", settings.folder, {
    dtype: settings.dtype,
    use_external_data_format: countWeightsFiles(settings.folder, settings.dtype),
    session_options: { intraOpNumThreads: 1, interOpNumThreads: 1 },
  });
  const { tokenizer, model } = extract;
  const config = model.config as unknown as Record<string, unknown>;
  const maxTokens = tokenLimit(settings.maxTokens, tokenizer.model_max_length, config["max_position_embeddings"]);
  const taskId = taskIds(settings.tasks, config["lora_adaptations"]);
  let pooling = settings.pooling;

  /** @returns a vector a text, one after the other, as long as the model gives them */
  const run = async (read: Encoded[], role: TextRole): Promise<Tensor> => {
    const longest = Math.max(...read.map(({ input_ids: ids }) => ids!.length));
    const inputs: Record<string, Tensor> = {};
    for (const key of Object.keys(read[0]!)) {
      const rows = read.map((one) => one[key]!);
      const filler = key === "input_ids" ? (tokenizer.pad_token_id ?? 0) : 0;
      inputs[key] = new Tensor("int64", padded(rows, longest, filler, tokenizer.padding_side), [read.length, longest]);
    }
    if (taskId !== null) inputs["task_id"] = new Tensor("int64", BigInt64Array.of(taskId[role]), []);
    const outputs = (await model(inputs)) as Record<string, Tensor | undefined>;
    const states = outputs["last_hidden_state"] ?? outputs["token_embeddings"];
    const whole = outputs["sentence_embedding"];
    if (pooling !== "sentence_embedding" && states === undefined && whole !== undefined) pooling = "sentence_embedding";
    const source = pooling === "sentence_embedding" ? whole : states;
    if (source === undefined) throw new Error(`the model has no output for the pooling "${pooling}".`);
    if (source.type !== "float32") {
      throw new Error(`the model gives ${source.type} numbers, which this Node.js cannot read. Set EMBEDDING_DTYPE.`);
    }
    if (pooling === "sentence_embedding") return source;
    if (pooling === "cls") return source.slice(null, 0);
    const vectors = (pooling === "mean" ? meanVectors : lastVectors)(source, inputs["attention_mask"]!);
    return new Tensor("float32", vectors, [read.length, source.dims[2]!]);
  };
  const read = (texts: readonly string[]): Encoded[] => {
    const options = { padding: false, truncation: true, max_length: maxTokens, return_tensor: false } as const;
    const byKey = Object.entries(tokenizer([...texts], options) as unknown as Record<string, number[][]>);
    return texts.map((_, at) => Object.fromEntries(byKey.map(([key, rows]) => [key, rows[at]!])));
  };

  const native = (await run(read(["warm up"]), "passage")).dims.at(-1)!;
  const dimensions = settings.dimensions ?? native;
  if (dimensions > native) throw new Error(`EMBEDDING_DIMENSIONS is ${dimensions}, but its vectors have ${native}.`);
  return {
    tokenizer,
    settings: { ...settings, pooling, dimensions, maxTokens },
    nativeDimensions: native,
    async encode(texts, role) {
      const all = new Float32Array(texts.length * dimensions);
      const encoded = read(texts.map((text) => (settings.prefixes[role] + text).slice(0, MAX_TEXT_CHARS)));
      const lengths = encoded.map(({ input_ids: ids }) => ids!.length);
      for (const batch of planBatches(lengths, BATCH_TOKENS)) {
        let vectors = await run(
          batch.map((at) => encoded[at]!),
          role,
        );
        if (settings.layerNorm) vectors = layer_norm(vectors, [native]);
        const data = vectors.data as Float32Array;
        batch.forEach((at, row) => {
          // Without any word the model knows, what comes out is rounding noise (or NaN) blown up to length 1: no direction.
          if (!hasKnownWord(tokenizer, texts[at]!)) return;
          const vector = data.subarray(row * native, row * native + dimensions);
          all.set(vector, at * dimensions);
          normalise(all.subarray(at * dimensions, (at + 1) * dimensions));
        });
      }
      return all;
    },
    unload: () => extract.dispose(),
  };
}

/** What the tokenizer makes of one text: `input_ids`, `attention_mask` and, of some, `token_type_ids`. */
type Encoded = Record<string, number[]>;

/** Rows of like length, one after the other. */
function padded(rows: number[][], length: number, filler: number, side: string): BigInt64Array {
  const all = new BigInt64Array(rows.length * length).fill(BigInt(filler));
  rows.forEach((numbers, row) => {
    const from = row * length + (side === "left" ? length - numbers.length : 0);
    numbers.forEach((number, at) => (all[from + at] = BigInt(number)));
  });
  return all;
}

function hasKnownWord(tokenizer: SentenceEncoder["tokenizer"], text: string): boolean {
  // Every model knows Latin letters and digits, which spares reading almost all texts twice.
  if (/[a-z0-9]/i.test(text)) return true;
  return tokenizer.tokenize(text.slice(0, MAX_TEXT_CHARS)).some((token) => token !== tokenizer.unk_token);
}

function normalise(vector: Float32Array): void {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const length = Math.sqrt(sum);
  if (length > 0) for (let i = 0; i < vector.length; i++) vector[i]! /= length;
  else vector.fill(0); // Also where a number is none.
}

/** The mean of the vectors of each text's tokens, padding left out. */
function meanVectors(states: Tensor, mask: Tensor): Float32Array {
  const [texts, tokens, numbers] = states.dims as [number, number, number];
  const all = states.data as Float32Array;
  const seen = mask.data as BigInt64Array;
  const vectors = new Float32Array(texts * numbers);
  for (let token = 0; token < texts * tokens; token++) {
    if (seen[token] === 0n) continue;
    const to = Math.floor(token / tokens) * numbers;
    for (let i = 0; i < numbers; i++) vectors[to + i]! += all[token * numbers + i]!;
  }
  for (let text = 0; text < texts; text++) {
    const count = seen.subarray(text * tokens, (text + 1) * tokens).reduce((sum, one) => sum + Number(one), 0);
    for (let i = text * numbers; i < (text + 1) * numbers; i++) vectors[i]! /= count;
  }
  return vectors;
}

/** The vector of each text's last token that is not padding, on whichever side that is. @param states [texts, tokens, numbers] */
function lastVectors(states: Tensor, mask: Tensor): Float32Array {
  const [texts, tokens, numbers] = states.dims as [number, number, number];
  const all = states.data as Float32Array;
  const seen = mask.data as BigInt64Array;
  const vectors = new Float32Array(texts * numbers);
  for (let text = 0; text < texts; text++) {
    const last = text * tokens + seen.subarray(text * tokens, (text + 1) * tokens).lastIndexOf(1n);
    vectors.set(all.subarray(last * numbers, (last + 1) * numbers), text * numbers);
  }
  return vectors;
}

/** The least of those that are known. Tokenizers without a limit give a number of thirty digits. */
function tokenLimit(family: number | null, tokenizer: number, positions: unknown): number {
  const least = Math.min(family ?? Infinity, tokenizer);
  if (least < 1e9) return least;
  // RoBERTa's kin cannot use their first two positions.
  return typeof positions === "number" ? positions - 2 : 512;
}

/** The adapters' numbers are their places in the model's own list. */
function taskIds(tasks: EncoderSettings["tasks"], adapters: unknown): Record<TextRole, bigint> | null {
  if (tasks === null) return null;
  const idOf = (name: string): bigint => {
    const id = Array.isArray(adapters) ? adapters.indexOf(name) : -1;
    if (id === -1) throw new Error(`config.json names no adapter "${name}" in lora_adaptations.`);
    return BigInt(id);
  };
  return { query: idOf(tasks.query), passage: idOf(tasks.passage) };
}
