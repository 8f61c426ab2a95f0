import { readFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_DIR } from "../config.js";
import { rowVector } from "../search/thesaurus.js";
import { DenseLayer } from "./dense-layer.js";
import { FIRST_LEARNED, ReaderWords } from "./reader-words.js";
import { times } from "./vector-math.js";

/** Weights and words of the small network that reads sentences: see models/docent-answers-en. */
const FOLDER = path.join(PROJECT_DIR, "models", "docent-answers-en");

const WORD_DIMENSIONS = 100;
/** Words of questions and sentences find each other by vectors of so many numbers. */
const ALIGNMENT_DIMENSIONS = 32;
/** Word vectors are bytes of this length; the network was trained on vectors of length 3. */
const BYTES_LENGTH = 400;
const VECTOR_LENGTH = 3;
/** How far apart the neighbours are that a block's words hear. */
const BLOCK_STEPS = [2, 3];

/** The network's weights, and what it makes of each word by itself, worked out once. */
export interface Network {
  words: ReaderWords;
  /** Of the word alone: what it adds to a sentence's and to a question's layer, and its vector for alignment. */
  inSentence: (code: number) => Float32Array;
  inQuestion: (code: number) => Float32Array;
  aligned: (code: number) => Float32Array;
  forAlignment: (code: number) => Float32Array;
  tensors: Record<string, Float32Array>;
  hidden: number;
  /** Layers that whole sentences go through, the blocks one after the other. */
  questionConv: DenseLayer;
  conv: DenseLayer;
  blocks: readonly Block[];
  /** What a heading tells each word under it. */
  under: DenseLayer;
}

/** Each word of a text hears the question's words and the whole text, and then its neighbours. */
export interface Block {
  /** Of the question's words: what words of texts find them by, and what they tell. */
  keys: DenseLayer;
  values: DenseLayer;
  /** What a text's words find the question's by. */
  queries: DenseLayer;
  /** What the text tells each of its words. */
  whole: DenseLayer;
  conv: DenseLayer;
  /** From a word to the neighbours that it hears. */
  step: number;
}

let network: Network | null = null;

/**
 * The network, read at the first call.
 *
 * @throws Error if its files are missing
 */
export function loadNetwork(): Network {
  return (network ??= read());
}

function read(): Network {
  const config = JSON.parse(readFileSync(path.join(FOLDER, "config.json"), "utf8")) as {
    learned: string[];
    tensors: [name: string, size: number][];
  };
  const { buffer } = Uint8Array.from(readFileSync(path.join(FOLDER, "weights.bin")));
  const tensors: Record<string, Float32Array> = {};
  let at = 0;
  for (const [name, size] of config.tensors) {
    tensors[name] = new Float32Array(buffer, at, size);
    at += 4 * size;
  }
  const vectorOf = (code: number): Float32Array => {
    if (code >= FIRST_LEARNED) {
      const start = (code - FIRST_LEARNED) * WORD_DIMENSIONS;
      return tensors["learned"]!.subarray(start, start + WORD_DIMENSIONS);
    }
    return Float32Array.from(rowVector(code), (value) => (value * VECTOR_LENGTH) / BYTES_LENGTH);
  };
  const projected = (name: string): ((code: number) => Float32Array) => {
    const known = new Map<number, Float32Array>();
    return (code) => {
      let vector = known.get(code);
      if (vector === undefined)
        known.set(code, (vector = times(tensors[name]!, vectorOf(code), tensors[`${name}Bias`])));
      return vector;
    };
  };
  const hidden = tensors["convBias"]!.length;
  const layer = (name: string): DenseLayer => new DenseLayer(tensors[name]!, tensors[`${name}Bias`]!);
  const product = (name: string, outputs: number): DenseLayer =>
    new DenseLayer(tensors[name]!, new Float32Array(outputs));
  return {
    words: new ReaderWords(config.learned),
    inSentence: projected("inSentence"),
    inQuestion: projected("inQuestion"),
    aligned: projected("aligned"),
    forAlignment: projected("forAlignment"),
    tensors,
    hidden,
    questionConv: layer("questionConv"),
    conv: layer("conv"),
    blocks: BLOCK_STEPS.map((step, number) => ({
      keys: product(`keys${number}`, ALIGNMENT_DIMENSIONS),
      values: product(`values${number}`, hidden),
      queries: product(`queries${number}`, ALIGNMENT_DIMENSIONS),
      whole: product(`whole${number}`, hidden),
      conv: layer(`conv${number}`),
      step,
    })),
    under: product("under", hidden),
  };
}
