import type { FeatureExtractionPipeline, Tensor } from "@xenova/transformers";
import { planBatches } from "./batches.js";
import type { EmbedderFingerprint } from "./embedder.js";

/** The longest text given to the model; its cost grows with the square of the tokens (models/docent-embed-en/README.md). */
const MAX_TEXT_CHARS = 2000;
/** Measured (ARCHITECTURE.md, "Where is a text embedded?"): more tokens a batch are no faster, and larger models get slower. */
const BATCH_TOKENS = { size: 512, padding: 0.1 };

/** Where transformers.js finds a model. Plain data, so that it can be sent to a worker. */
export interface ModelPlace {
  name: string;
  /** The folder the model's folder lies in; null for the hub's cache. */
  root: string | null;
  remote: boolean;
}

type Pooling = EmbedderFingerprint["pooling"];

/**
 * Turns texts into vectors on the thread it is called on. The model runs on that thread and on no other: ONNX Runtime's
 * `run` blocks it, and a thread pool of its own makes small models slower where other work wants the cores too.
 */
export class SentenceEncoder {
  readonly #extract: FeatureExtractionPipeline;
  readonly #pooling: Pooling;
  readonly #tensor: typeof Tensor;
  /** Length of a vector. */
  readonly dimensions: number;

  private constructor(extract: FeatureExtractionPipeline, pooling: Pooling, tensor: typeof Tensor, dimensions: number) {
    this.#extract = extract;
    this.#pooling = pooling;
    this.#tensor = tensor;
    this.dimensions = dimensions;
  }

  /** Loads the model and runs it once. @throws whatever transformers.js throws if it cannot */
  static async open(place: ModelPlace, pooling: Pooling): Promise<SentenceEncoder> {
    const { env, pipeline, Tensor: tensor } = await import("@xenova/transformers");
    env.allowRemoteModels = place.remote;
    if (place.root !== null) env.localModelPath = place.root;
    const extract = await pipeline("feature-extraction", place.name, {
      dtype: "q8",
      session_options: { intraOpNumThreads: 1, interOpNumThreads: 1 },
    });
    const { dims } = await extract(["warm up"], { pooling, normalize: true });
    return new SentenceEncoder(extract, pooling, tensor, dims[1]!);
  }

  /** Whether the model has the word in its vocabulary whole. */
  knowsWord(word: string): boolean {
    const { tokenizer } = this.#extract;
    const tokens = tokenizer.tokenize(word);
    return tokens.length === 1 && tokens[0] !== tokenizer.unk_token;
  }

  /**
   * @param prefix what the model wants before each text
   * @returns one vector a text, one after the other, each of length 1; zeros for a text without any word the model knows
   */
  async encode(texts: readonly string[], prefix: string): Promise<Float32Array<ArrayBuffer>> {
    const rows = new Float32Array(texts.length * this.dimensions);
    if (texts.length === 0) return rows;
    const clipped = texts.map((text) => (prefix + text).slice(0, MAX_TEXT_CHARS));
    const { input_ids: ids } = this.#extract.tokenizer(clipped, {
      padding: false,
      truncation: true,
      return_tensor: false,
    }) as { input_ids: number[][] };
    const batches = planBatches(
      ids.map(({ length }) => length),
      BATCH_TOKENS,
    );
    for (const batch of batches) {
      const states = await this.#run(batch.map((at) => ids[at]!));
      batch.forEach((at, row) => {
        // Without any word the model knows, what comes out is rounding noise (or NaN) blown up to length 1: no direction.
        if (!this.#hasKnownWord(texts[at]!)) return;
        const vector = rows.subarray(at * this.dimensions, (at + 1) * this.dimensions);
        pool(states, row, this.#pooling === "cls" ? 1 : ids[at]!.length, vector);
        normalise(vector);
      });
    }
    return rows;
  }

  /** Frees the model's memory; words can still be looked up. */
  async unloadModel(): Promise<void> {
    await this.#extract.dispose();
  }

  /** @returns the model's states, [texts, tokens of the longest, dimensions] */
  async #run(ids: number[][]): Promise<Tensor> {
    const longest = Math.max(...ids.map(({ length }) => length));
    const size = ids.length * longest;
    const padded = new BigInt64Array(size).fill(BigInt(this.#extract.tokenizer.pad_token_id ?? 0));
    const seen = new BigInt64Array(size);
    ids.forEach((tokens, row) => {
      tokens.forEach((id, column) => (padded[row * longest + column] = BigInt(id)));
      seen.fill(1n, row * longest, row * longest + tokens.length);
    });
    const shape = [ids.length, longest];
    const output = (await this.#extract.model({
      input_ids: new this.#tensor("int64", padded, shape),
      attention_mask: new this.#tensor("int64", seen, shape),
    })) as Record<string, Tensor>;
    const states = output["last_hidden_state"] ?? output["logits"] ?? output["token_embeddings"];
    if (states === undefined) throw new Error(`The model returns ${Object.keys(output).join(", ")}, and no states.`);
    return states;
  }

  #hasKnownWord(text: string): boolean {
    // Every model knows Latin letters and digits, which spares reading almost all texts twice.
    if (/[a-z0-9]/i.test(text)) return true;
    const { tokenizer } = this.#extract;
    return tokenizer.tokenize(text.slice(0, MAX_TEXT_CHARS)).some((token) => token !== tokenizer.unk_token);
  }
}

/** Adds the states of a text's first `tokens` tokens to `vector`: their mean, but for its length, and for one token CLS. */
function pool(states: Tensor, row: number, tokens: number, vector: Float32Array): void {
  const data = states.data as Float32Array;
  const from = row * states.dims[1]! * vector.length;
  for (let token = 0; token < tokens; token++) {
    const start = from + token * vector.length;
    for (let i = 0; i < vector.length; i++) vector[i]! += data[start + i]!;
  }
}

function normalise(vector: Float32Array): void {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const length = Math.sqrt(sum);
  if (length > 0) for (let i = 0; i < vector.length; i++) vector[i]! /= length;
  else vector.fill(0); // Also where a state is no number.
}
