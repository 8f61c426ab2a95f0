import { ELEMENT, OnnxGraph } from "./onnx.js";

/** The sizes of a BERT encoder; all-MiniLM-L6-v2 is 6 layers, 384, 12 heads, 1536, 30,522 tokens, 512 positions. */
export interface BertShape {
  layers: number;
  /** Numbers in a vector; a multiple of `heads`. */
  hidden: number;
  heads: number;
  intermediate: number;
  vocabulary: number;
  /** The most tokens a text may have. */
  positions: number;
}

export interface BertWeights {
  seed?: number;
  /** Standard deviation of the weights: 0.02 as BERT begins with; larger ones make tokens heed each other more. */
  deviation?: number;
  /** Eight-bit weights with activations quantised as the model runs, as the hub's `model_quantized.onnx` have. */
  quantized?: boolean;
  /** Also return `sentence_embedding` (the mean, put through one more layer), as EmbeddingGemma's export does. */
  sentenceEmbedding?: boolean;
  /** Names of adapters; the model then takes the number of one as `task_id`, as jina-embeddings-v3 does. */
  adapters?: readonly string[];
}

/**
 * A BERT encoder (Devlin et al. 2019: learned positions, attention, GELU, layer norm after each sum) with random but fixed
 * weights, as ONNX. Inputs `input_ids`, `attention_mask`, `token_type_ids` [batch, tokens]; output `last_hidden_state`
 * [batch, tokens, hidden].
 */
function bertModel(shape: BertShape, weights: BertWeights = {}): Buffer {
  return new BertBuilder(shape, weights).build();
}

class BertBuilder {
  readonly #graph = new OnnxGraph();
  readonly #random: () => number;
  readonly #deviation: number;

  constructor(
    readonly shape: BertShape,
    readonly weights: BertWeights,
  ) {
    this.#random = gaussian(weights.seed ?? 1);
    this.#deviation = weights.deviation ?? 0.02;
  }

  build(): Buffer {
    const graph = this.#graph;
    const { hidden, layers } = this.shape;
    const [ids, mask, types] = ["input_ids", "attention_mask", "token_type_ids"].map((name) =>
      graph.input(name, ELEMENT.int64, ["batch", "tokens"]),
    ) as [string, string, string];
    const seen = graph.apply("Cast", [mask], { to: { int: ELEMENT.float } });
    let states = this.#embeddings(ids, types);
    const bias = this.#attentionBias(seen);
    for (let layer = 0; layer < layers; layer++) states = this.#layer(states, bias);
    graph.output("last_hidden_state", states, ELEMENT.float, ["batch", "tokens", hidden]);
    if (this.weights.sentenceEmbedding === true) {
      const perToken = graph.apply("Unsqueeze", [seen, graph.integers(2)]);
      const sum = graph.apply("ReduceSum", [graph.apply("Mul", [states, perToken]), graph.integers(1)], {
        keepdims: { int: 0 },
      });
      const count = graph.apply("ReduceSum", [perToken, graph.integers(1)], { keepdims: { int: 0 } });
      const dense = this.#dense(graph.apply("Div", [sum, count]), hidden, hidden);
      graph.output("sentence_embedding", dense, ELEMENT.float, ["batch", hidden]);
    }
    return graph.serialize();
  }

  #embeddings(ids: string, types: string): string {
    const graph = this.#graph;
    const { hidden, vocabulary, positions } = this.shape;
    const words = this.#lookUp(vocabulary, hidden, ids);
    const kinds = graph.apply("Gather", [this.#table(2, hidden), types]);
    const tokens = graph.apply("Gather", [graph.apply("Shape", [ids]), graph.integers(1)]);
    // A text longer than the positions cannot be added to them, as in a real export: the model fails.
    let places = graph.apply("Slice", [this.#table(positions, hidden), graph.integers(0), tokens]);
    if (this.weights.adapters !== undefined) {
      const task = graph.input("task_id", ELEMENT.int64, []);
      const shift = graph.apply("Gather", [this.#table(this.weights.adapters.length, hidden), task]);
      places = graph.apply("Add", [places, shift]);
    }
    return this.#norm(graph.apply("Add", [graph.apply("Add", [words, kinds]), places]));
  }

  /** 0 where a token may be looked at, a very small number where it is padding: [batch, 1, 1, tokens]. */
  #attentionBias(seen: string): string {
    const graph = this.#graph;
    const hiddenOnes = graph.apply("Sub", [graph.scalar(1), seen]);
    const bias = graph.apply("Mul", [hiddenOnes, graph.scalar(-3e38)]);
    return graph.apply("Unsqueeze", [bias, graph.integers(1, 2)]);
  }

  #layer(states: string, bias: string): string {
    const graph = this.#graph;
    const { hidden, intermediate } = this.shape;
    const attended = this.#dense(this.#attention(states, bias), hidden, hidden);
    const between = this.#norm(graph.apply("Add", [attended, states]));
    const wide = this.#gelu(this.#dense(between, hidden, intermediate));
    return this.#norm(graph.apply("Add", [this.#dense(wide, intermediate, hidden), between]));
  }

  #attention(states: string, bias: string): string {
    const graph = this.#graph;
    const { hidden, heads } = this.shape;
    const width = hidden / heads;
    const split = (perm: number[]): string => {
      const all = graph.apply("Reshape", [this.#dense(states, hidden, hidden), graph.integers(0, 0, heads, width)]);
      return graph.apply("Transpose", [all], { perm: { ints: perm } });
    };
    const products = graph.apply("MatMul", [split([0, 2, 1, 3]), split([0, 2, 3, 1])]);
    const scaled = graph.apply("Div", [products, graph.scalar(Math.sqrt(width))]);
    const shares = graph.apply("Softmax", [graph.apply("Add", [scaled, bias])], { axis: { int: -1 } });
    const mixed = graph.apply("MatMul", [shares, split([0, 2, 1, 3])]);
    const together = graph.apply("Transpose", [mixed], { perm: { ints: [0, 2, 1, 3] } });
    return graph.apply("Reshape", [together, graph.integers(0, 0, hidden)]);
  }

  /** x · W + b. */
  #dense(input: string, from: number, to: number): string {
    const graph = this.#graph;
    const weights = this.#numbers(from * to);
    const product =
      this.weights.quantized === true
        ? this.#quantizedProduct(input, weights, [from, to])
        : graph.apply("MatMul", [input, graph.constant(weights, [from, to])]);
    return graph.apply("Add", [product, graph.constant(this.#numbers(to))]);
  }

  /** As onnxruntime's dynamic quantisation writes it: both factors as bytes, the product as 32-bit integers, scaled back. */
  #quantizedProduct(input: string, weights: Float32Array, shape: number[]): string {
    const graph = this.#graph;
    const { bytes: eightBits, scale } = inBytes(weights);
    const bytes = graph.constant(eightBits, shape);
    const [rounded, step, zero] = graph.applyMany("DynamicQuantizeLinear", [input], 3) as [string, string, string];
    const product = graph.apply("MatMulInteger", [rounded, bytes, zero, graph.constant(Int8Array.of(0), [])]);
    const numbers = graph.apply("Cast", [product], { to: { int: ELEMENT.float } });
    return graph.apply("Mul", [numbers, graph.apply("Mul", [step, graph.scalar(scale)])]);
  }

  /** x · Φ(x), Φ written with the error function. */
  #gelu(input: string): string {
    const graph = this.#graph;
    const erf = graph.apply("Erf", [graph.apply("Div", [input, graph.scalar(Math.SQRT2)])]);
    const whole = graph.apply("Mul", [input, graph.apply("Add", [erf, graph.scalar(1)])]);
    return graph.apply("Mul", [whole, graph.scalar(0.5)]);
  }

  #norm(input: string): string {
    const { hidden } = this.shape;
    const scale = this.#graph.constant(new Float32Array(hidden).fill(1));
    const shift = this.#graph.constant(new Float32Array(hidden));
    return this.#graph.apply("LayerNormalization", [input, scale, shift], {
      axis: { int: -1 },
      epsilon: { float: 1e-12 },
    });
  }

  /** A row of a table of weights for each id; the table is in bytes where the weights are, as it is most of a small model. */
  #lookUp(rows: number, columns: number, ids: string): string {
    const graph = this.#graph;
    if (this.weights.quantized !== true) return graph.apply("Gather", [this.#table(rows, columns), ids]);
    const { bytes, scale } = inBytes(this.#numbers(rows * columns));
    const found = graph.apply("Gather", [graph.constant(bytes, [rows, columns]), ids]);
    return graph.apply("DequantizeLinear", [found, graph.scalar(scale), graph.constant(Int8Array.of(0), [])]);
  }

  #table(rows: number, columns: number): string {
    return this.#graph.constant(this.#numbers(rows * columns), [rows, columns]);
  }

  #numbers(count: number): Float32Array {
    return Float32Array.from({ length: count }, () => this.#random() * this.#deviation);
  }
}

/** Numbers as multiples of a scale, −127 to 127. */
function inBytes(numbers: Float32Array): { bytes: Int8Array; scale: number } {
  const scale = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127;
  return { bytes: Int8Array.from(numbers, (value) => Math.round(value / scale)), scale };
}

/** Normally distributed numbers (Box–Muller over mulberry32), the same for the same seed. */
function gaussian(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

const SPECIAL_TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

/** The files of a model in the hub's layout, by path; the vocabulary is the special tokens, then `words`. */
export function bertFiles(
  words: readonly string[],
  shape: Omit<BertShape, "vocabulary">,
  weights: BertWeights = {},
): Record<string, Buffer> {
  const vocabulary = [...SPECIAL_TOKENS, ...words];
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  const whole = { ...shape, vocabulary: vocabulary.length };
  return {
    "config.json": json({
      model_type: "bert",
      architectures: ["BertModel"],
      hidden_size: shape.hidden,
      num_hidden_layers: shape.layers,
      num_attention_heads: shape.heads,
      intermediate_size: shape.intermediate,
      max_position_embeddings: shape.positions,
      vocab_size: whole.vocabulary,
      ...(weights.adapters !== undefined && { lora_adaptations: weights.adapters }),
    }),
    "tokenizer.json": json(wordPiece(vocabulary)),
    "tokenizer_config.json": json({
      tokenizer_class: "BertTokenizer",
      do_lower_case: true,
      model_max_length: shape.positions,
      pad_token: "[PAD]",
      unk_token: "[UNK]",
      cls_token: "[CLS]",
      sep_token: "[SEP]",
      mask_token: "[MASK]",
    }),
    [weights.quantized === true ? "onnx/model_quantized.onnx" : "onnx/model.onnx"]: bertModel(whole, weights),
  };
}

function wordPiece(vocabulary: readonly string[]): object {
  const [cls, sep] = ["[CLS]", "[SEP]"].map((token) => ({ SpecialToken: { id: token, type_id: 0 } }));
  const special = (id: string): object => ({ id, ids: [vocabulary.indexOf(id)], tokens: [id] });
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: SPECIAL_TOKENS.map((content, id) => ({ id, content, special: true, normalized: false })),
    normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, lowercase: true },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [cls, { Sequence: { id: "A", type_id: 0 } }, sep],
      pair: [cls, { Sequence: { id: "A", type_id: 0 } }, sep, { Sequence: { id: "B", type_id: 1 } }, sep],
      special_tokens: { "[CLS]": special("[CLS]"), "[SEP]": special("[SEP]") },
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
    },
  };
}
