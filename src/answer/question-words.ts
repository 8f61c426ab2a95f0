import { rowVector } from "../search/thesaurus.js";
import type { Network } from "./reader-network.js";
import { FIRST_LEARNED, IDF_SCALE, LOOK, type Token } from "./reader-words.js";
import { dot } from "./vector-math.js";

/** What a word is to each of the question's words: of like meaning, the same, aligned with it as the network has learned. */
export interface Met {
  like: Float32Array;
  same: Float32Array;
  aligned: Float32Array;
}

/** Words of texts beside those of one question, for the network that reads sentences. */
export class QuestionWords {
  readonly #question: readonly Token[];
  readonly #network: Network;
  /** What words are to the question's, by their vector and stem. */
  readonly #met = new Map<string, Met>();

  constructor(question: readonly Token[], network: Network) {
    this.#question = question;
    this.#network = network;
  }

  /** What a word is to each of the question's. */
  meet({ code, stem }: Token): Met {
    const key = `${code} ${stem}`;
    let met = this.#met.get(key);
    if (met !== undefined) return met;
    const { tensors, forAlignment } = this.#network;
    const own = forAlignment(code);
    const scale = tensors["alignment"]![0]! / Math.sqrt(own.length);
    const count = this.#question.length;
    met = { like: new Float32Array(count), same: new Float32Array(count), aligned: new Float32Array(count) };
    for (let q = 0; q < count; q++) {
      const asked = this.#question[q]!;
      met.same[q] = asked.stem === stem ? 1 : 0;
      met.like[q] = Math.max(met.same[q]!, likenessOf(code, asked.code));
      met.aligned[q] = dot(own, forAlignment(asked.code)) * scale;
    }
    this.#met.set(key, met);
    return met;
  }

  /** How well a text holds each of the question's words: what its likest word has. */
  hold(tokens: readonly Token[]): Met {
    const count = this.#question.length;
    const like = new Float32Array(count).fill(tokens.length === 0 ? 0 : -Infinity);
    const same = new Float32Array(count);
    const aligned = new Float32Array(count).fill(-Infinity);
    for (const token of tokens) {
      const met = this.meet(token);
      for (let q = 0; q < count; q++) {
        if (met.like[q]! > like[q]!) like[q] = met.like[q]!;
        if (met.same[q]! > same[q]!) same[q] = met.same[q]!;
        if (met.aligned[q]! > aligned[q]!) aligned[q] = met.aligned[q]!;
      }
    }
    return { like, same, aligned };
  }

  /**
   * What a word has to do with a question's: whether it is one of them; how like it is to the likest; whether it is one of the
   * names; how like to the noun that the answer is one of; what it weighs, if it is one; whether it is one of the little words.
   */
  matchesWith({ same, like }: Met): number[] {
    const matches = [0, 0, 0, 0, 0, 0];
    const raise = (m: number, value: number): void => {
      if (value > matches[m]!) matches[m] = value;
    };
    for (const [q, { look, idf }] of this.#question.entries()) {
      if (look & LOOK.stop) {
        raise(5, same[q]!);
        continue;
      }
      raise(0, same[q]!);
      raise(1, like[q]!);
      if (look & LOOK.name) raise(2, same[q]!);
      if (look & LOOK.focus) raise(3, like[q]!);
      raise(4, (same[q]! * idf) / IDF_SCALE);
    }
    return matches;
  }
}

/** The cosine of two word vectors; 0 if one is learned. */
function likenessOf(a: number, b: number): number {
  if (a >= FIRST_LEARNED || b >= FIRST_LEARNED) return 0;
  const left = rowVector(a);
  const right = rowVector(b);
  let both = 0;
  let ofLeft = 0;
  let ofRight = 0;
  for (let i = 0; i < left.length; i++) {
    both += left[i]! * right[i]!;
    ofLeft += left[i]! * left[i]!;
    ofRight += right[i]! * right[i]!;
  }
  return both / Math.sqrt(ofLeft * ofRight);
}
