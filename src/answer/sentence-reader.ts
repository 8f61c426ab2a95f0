import type { Vocabulary } from "../search/vocabulary.js";
import { rowsTimes } from "./dense-layer.js";
import type { WeightedTerm } from "./evidence.js";
import type { Placed } from "./placed-sentence.js";
import type { Question } from "./question.js";
import { type Met, QuestionWords } from "./question-words.js";
import { type Block, loadNetwork, type Network } from "./reader-network.js";
import { IDF_SCALE, type Token } from "./reader-words.js";
import { addTimes, convolve, dot, softmaxInPlace, times } from "./vector-math.js";

/** So many words are read of a sentence, of what introduces it, and of its heading. */
const SENTENCE_WORDS = 40;
const PLACE_WORDS = 12;
const HEADING_WORDS = 16;
/** The bits of a word's look. */
const LOOKS = 15;

/** What words of texts hear in a block: where they find each word of the question [32][words], and what it tells [words][hidden]. */
interface Heard {
  keys: Float32Array;
  values: Float32Array;
}

/** What a sentence's heading adds: to each of its words, and to the two figures. */
interface Heading extends SentenceReading {
  under: Float32Array;
}

/** What the network makes of a sentence. */
export interface SentenceReading {
  /** How likely one of its words is the answer: the logarithm of the sum of all its words' odds. */
  answers: number;
  /** How far it, what introduces it and its neighbours hold what matters of the question. */
  covers: number;
}

/**
 * Reads sentences for the answer to one question, as a small convolutional network does that was trained on questions whose
 * answers are marked in their sentences. It knows what the weighted features of evidence.ts cannot: that "How did …?" is
 * answered by "by means of", and that a word beside those of the question says more than one far from them.
 */
export class SentenceReader {
  readonly #network: Network;
  readonly #idf: (term: string) => number;
  readonly #question: readonly Token[];
  readonly #words: QuestionWords;
  /** The first layer of the words read, by vector, stem and look. */
  readonly #layers = new Map<string, Float32Array>();
  /** How well texts hold the question's words, by their text: the most that any of their words has. */
  readonly #held = new Map<string, Met>();
  /** Headings read, by their text: a passage's sentences share one. */
  readonly #headings = new Map<string, Heading>();
  /** What was read: a FAQ item's answer is evidence, too. */
  readonly #read = new Map<string, SentenceReading>();
  /** What a word's look adds to its first layer. */
  readonly #looks = new Map<number, Float32Array>();
  /** What a word of an answer is multiplied with. */
  readonly #asked: Float32Array;
  /** What each word of the question brings to how far it is covered. */
  readonly #wanted: readonly Float32Array[];
  /** For each block, the question's words as they are read; places beyond them are empty. */
  readonly #heard: readonly Heard[];
  readonly #places: number;

  /** @throws Error if the network's files are missing */
  constructor(question: Pick<Question, "text" | "focus">, terms: readonly WeightedTerm[], vocabulary: Vocabulary) {
    this.#network = loadNetwork();
    this.#idf = (term) => {
      const id = vocabulary.idOf(term);
      return id === undefined ? 0 : vocabulary.idf(id);
    };
    this.#question = this.#network.words.tokensOfQuestion(question, terms, this.#idf);
    this.#words = new QuestionWords(this.#question, this.#network);
    this.#places = Math.max(1, Math.ceil(this.#question.length / PLACES)) * PLACES;
    const { asked, wanted, heard } = this.#summary();
    this.#asked = asked;
    this.#wanted = wanted;
    this.#heard = heard;
  }

  /** What the network makes of a sentence. */
  read(sentence: Placed): SentenceReading {
    const key = Object.values(sentence).join("\n");
    let reading = this.#read.get(key);
    if (reading === undefined) this.#read.set(key, (reading = this.#readAnew(sentence)));
    return reading;
  }

  #readAnew({ sentence, introduction, heading, before, after }: Placed): SentenceReading {
    const above = this.#headingOf(heading);
    const tokens = this.#network.words.tokensOf(sentence, SENTENCE_WORDS, this.#idf);
    const { covers, answered } = this.#covers(this.#words.hold(tokens), [
      this.#holdText(introduction, PLACE_WORDS),
      this.#holdText(before, SENTENCE_WORDS),
      this.#holdText(after, SENTENCE_WORDS),
    ]);
    const answers =
      tokens.length === 0
        ? LEAST_ANSWERS
        : Math.max(LEAST_ANSWERS, this.#answers(tokens, above.under) + answered + above.answers);
    return { answers, covers: covers + above.covers };
  }

  /** What a heading adds: the most that any of its words holds says so. */
  #headingOf(text: string): Heading {
    let heading = this.#headings.get(text);
    if (heading !== undefined) return heading;
    const { tensors, blocks } = this.#network;
    const tokens = this.#network.words.tokensOf(text, HEADING_WORDS, this.#idf);
    const most = this.#mostOf(this.#hidden(tokens, blocks.slice(0, 1)), tokens.length);
    const [answers, covers] = times(tensors["titled"]!, most);
    heading = { under: this.#network.under.apply(most, 1), answers: answers!, covers: covers! };
    this.#headings.set(text, heading);
    return heading;
  }

  /** The logarithm of the sum of the odds of each word to be of the answer. */
  #answers(tokens: readonly Token[], under: Float32Array): number {
    const { tensors, hidden: width, blocks } = this.#network;
    const h = this.#hidden(tokens, blocks, under);
    const scores = tokens.map(
      (_, t) => tensors["tokenBias"]![0]! + dot(this.#asked, h.subarray(t * width, (t + 1) * width)),
    );
    const most = Math.max(...scores);
    return most + Math.log(scores.reduce((total, score) => total + Math.exp(score - most), 0));
  }

  /** How far a sentence and the texts around it hold what matters of the question, and what that adds to its odds to answer. */
  #covers(own: Met, around: readonly Met[]): { covers: number; answered: number } {
    const { tensors } = this.#network;
    const columns = tensors["coverPlaces"]!;
    const out = tensors["coverOut"]!;
    const outAnswers = tensors["coverAnswers"]!;
    const texts = [own, ...around];
    const held = new Float32Array(2 * texts.length + 1);
    let covers = 0;
    let answered = 0;
    for (let q = 0; q < this.#question.length; q++) {
      const wanted = this.#wanted[q]!;
      for (let k = 0; k < texts.length; k++) {
        held[2 * k] = texts[k]!.like[q]!;
        held[2 * k + 1] = texts[k]!.same[q]!;
      }
      held[held.length - 1] = Math.max(LEAST_ALIGNED, Math.min(MOST_ALIGNED, own.aligned[q]!)) / ALIGNED_SCALE;
      for (let unit = 0; unit < wanted.length; unit++) {
        let sum = wanted[unit]!;
        for (let k = 0; k < held.length; k++) sum += columns[unit * held.length + k]! * held[k]!;
        if (sum <= 0) continue;
        covers += out[unit]! * sum;
        answered += outAnswers[unit]! * sum;
      }
    }
    return { covers, answered };
  }

  #holdText(text: string, most: number): Met {
    let held = this.#held.get(text);
    if (held === undefined)
      this.#held.set(text, (held = this.#words.hold(this.#network.words.tokensOf(text, most, this.#idf))));
    return held;
  }

  /** What the question asks of a word, and what each of its own words brings to how far it is covered and tells a sentence's. */
  #summary(): {
    asked: Float32Array;
    wanted: Float32Array[];
    heard: Heard[];
  } {
    const { tensors, hidden: width, inQuestion, blocks } = this.#network;
    const count = this.#question.length;
    const first = new Float32Array(count * width);
    this.#question.forEach(({ code, look, idf }, t) => {
      const word = inQuestion(code);
      const seen = times(tensors["questionLooks"]!, bitsOf(look));
      for (let i = 0; i < width; i++) {
        first[t * width + i] = Math.max(0, word[i]! + seen[i]! + (tensors["questionIdf"]![i]! * idf) / IDF_SCALE);
      }
    });
    const h = convolve(first, count, 1, this.#network.questionConv);
    const rows = Array.from({ length: count }, (_, t) => h.subarray(t * width, (t + 1) * width));
    const mean = new Float32Array(width);
    const shares = Float32Array.from(rows, (row) => dot(tensors["attention"]!, row));
    softmaxInPlace(shares);
    rows.forEach((row, t) => addTimes(mean, 0, row, shares[t]!));
    const asked = times(tensors["answer"]!, mean, tensors["answerBias"]);
    for (let i = 0; i < width; i++) asked[i] = asked[i]! / Math.sqrt(width) + tensors["token"]![i]!;
    return {
      asked,
      wanted: rows.map((row) => times(tensors["coverQuestion"]!, row, tensors["coverBias"])),
      heard: blocks.map(({ keys, values }) => {
        const own = keys.apply(h, count);
        const across = new Float32Array(keys.outputs * this.#places);
        for (let q = 0; q < count; q++) {
          for (let i = 0; i < keys.outputs; i++)
            across[i * this.#places + q] = own[q * keys.outputs + i]! / Math.sqrt(keys.outputs);
        }
        const told = new Float32Array(this.#places * width);
        told.set(values.apply(h, count));
        return { keys: across, values: told };
      }),
    };
  }

  /** The last layer of each word of a text. */
  #hidden(tokens: readonly Token[], blocks: readonly Block[], under?: Float32Array): Float32Array {
    const { hidden: width, conv } = this.#network;
    const first = new Float32Array(tokens.length * width);
    for (let t = 0; t < tokens.length; t++) first.set(this.#layerOf(tokens[t]!), t * width);
    let words = convolve(first, tokens.length, 1, conv);
    for (const [number, block] of blocks.entries()) {
      this.#hear(words, tokens.length, block, this.#heard[number]!, number === 0 ? under : undefined);
      words = convolve(words, tokens.length, block.step, block.conv);
    }
    return words;
  }

  /** Adds to each word what it hears of the question's words, what the whole text holds, and what its heading says. */
  #hear(
    words: Float32Array,
    count: number,
    { queries, whole }: Block,
    { keys, values }: Heard,
    under?: Float32Array,
  ): void {
    const { hidden: width } = this.#network;
    const shares = rowsTimes(queries.apply(words, count), count, keys, this.#places);
    for (let t = 0; t < count; t++) {
      const row = shares.subarray(t * this.#places, (t + 1) * this.#places);
      softmaxInPlace(row.subarray(0, this.#question.length));
    }
    const heard = rowsTimes(shares, count, values, width);
    const shared = whole.apply(this.#mostOf(words, count), 1);
    if (under !== undefined) addTimes(shared, 0, under, 1);
    for (let t = 0, at = 0; t < count; t++) {
      for (let i = 0; i < width; i++, at++) words[at]! += heard[at]! + shared[i]!;
    }
  }

  /** The most that any word of a text has of each channel, or zero. */
  #mostOf(words: Float32Array, count: number): Float32Array {
    const { hidden: width } = this.#network;
    const most = new Float32Array(width);
    for (let t = 0, at = 0; t < count; t++) {
      for (let i = 0; i < width; i++, at++) if (words[at]! > most[i]!) most[i] = words[at]!;
    }
    return most;
  }

  /** A word's first layer: its vector, the question's words it is aligned with, its look and rarity, and matches. */
  #layerOf(token: Token): Float32Array {
    const key = `${token.code} ${token.stem} ${token.look}`;
    let layer = this.#layers.get(key);
    if (layer !== undefined) return layer;
    const { tensors, inSentence, aligned } = this.#network;
    const met = this.#words.meet(token);
    layer = Float32Array.from(inSentence(token.code));
    const exact = tensors["alignment"]![1]!;
    const shares = met.aligned.map((one, q) => one + met.same[q]! * exact);
    softmaxInPlace(shares);
    for (let q = 0; q < shares.length; q++) addTimes(layer, 0, aligned(this.#question[q]!.code), shares[q]!);
    addTimes(layer, 0, this.#lookOf(token.look), 1);
    addTimes(layer, 0, tensors["idf"]!, token.idf / IDF_SCALE);
    for (const [m, value] of this.#words.matchesWith(met).entries()) {
      if (value !== 0)
        addTimes(layer, 0, tensors["matches"]!.subarray(m * layer.length, (m + 1) * layer.length), value);
    }
    for (let i = 0; i < layer.length; i++) if (layer[i]! < 0) layer[i] = 0;
    this.#layers.set(key, layer);
    return layer;
  }

  #lookOf(look: number): Float32Array {
    let seen = this.#looks.get(look);
    if (seen === undefined) this.#looks.set(look, (seen = times(this.#network.tensors["looks"]!, bitsOf(look))));
    return seen;
  }
}

/** No reading is worse than this. */
const LEAST_ANSWERS = -30;
/** A matrix product has a multiple of so many columns. */
const PLACES = 16;
/** Alignment is cut off at both ends and divided by this, as in training. */
const LEAST_ALIGNED = -3;
const MOST_ALIGNED = 6;
const ALIGNED_SCALE = 3;

function bitsOf(look: number): number[] {
  return Array.from({ length: LOOKS }, (_, bit) => (look >> bit) & 1);
}
