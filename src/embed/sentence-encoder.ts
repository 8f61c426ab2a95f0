import type { FeatureExtractionPipeline, Tensor } from "@xenova/transformers";
import type { Pooling } from "./families.js";
import { type Dtype, countWeightsFiles } from "./model-files.js";

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
}

export type TextRole = "query" | "passage";

/** A loaded model with its tokenizer. */
export interface SentenceEncoder {
  tokenizer: FeatureExtractionPipeline["tokenizer"];
  /** Those given, or what the model itself has to say where they left it open. */
  settings: EncoderSettings & { dimensions: number; maxTokens: number };
  /** How many numbers a vector has before it is cut. */
  nativeDimensions: number;
  /** Vectors of length 1, one after the other. @param texts with their prefixes */
  encode(texts: string[], role: TextRole): Promise<Float32Array>;
}

/** Loads a model from a folder; nothing is fetched. @throws Error if files are missing or the model cannot be run so */
export async function openSentenceEncoder(settings: EncoderSettings): Promise<SentenceEncoder> {
  const { env, layer_norm, mean_pooling, pipeline, Tensor } = await import("@xenova/transformers");
  // What is downloaded is downloaded by pull.ts, which checks it; the library itself never goes to the network.
  env.allowRemoteModels = false;
  // An absolute path is no model id, so the library takes it for the folder it is.
  const { tokenizer, model } = await pipeline("feature-extraction", settings.folder, {
    dtype: settings.dtype,
    use_external_data_format: countWeightsFiles(settings.folder, settings.dtype),
  });
  const config = model.config as unknown as Record<string, unknown>;
  const maxTokens = tokenLimit(settings.maxTokens, tokenizer.model_max_length, config["max_position_embeddings"]);
  const taskId = taskIds(settings.tasks, config["lora_adaptations"]);
  let pooling = settings.pooling;

  const run = async (texts: string[], role: TextRole): Promise<Tensor> => {
    const inputs = tokenizer(texts, { padding: true, truncation: true, max_length: maxTokens }) as Record<
      string,
      Tensor
    >;
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
    if (pooling === "mean") return mean_pooling(source, inputs["attention_mask"]!);
    if (pooling === "cls") return source.slice(null, 0);
    return new Tensor("float32", lastVectors(source, inputs["attention_mask"]!), [texts.length, source.dims[2]!]);
  };

  const native = (await run(["warm up"], "passage")).dims.at(-1)!;
  const dimensions = settings.dimensions ?? native;
  if (dimensions > native) throw new Error(`EMBEDDING_DIMENSIONS is ${dimensions}, but its vectors have ${native}.`);
  return {
    tokenizer,
    settings: { ...settings, pooling, dimensions, maxTokens },
    nativeDimensions: native,
    async encode(texts, role) {
      let vectors = await run(texts, role);
      if (settings.layerNorm) vectors = layer_norm(vectors, [native]);
      if (dimensions < native) vectors = vectors.slice(null, [0, dimensions]);
      return vectors.normalize(2, -1).data as Float32Array;
    },
  };
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
