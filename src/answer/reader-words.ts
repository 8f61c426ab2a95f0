import { rowOf } from "../search/thesaurus.js";
import { foldWord, isStopWord, termsOfWord, wordsOf } from "../search/tokenize.js";
import type { WeightedTerm } from "./evidence.js";
import type { Question } from "./question.js";

/** The network was trained on inverse passage frequencies divided by this. */
export const IDF_SCALE = 8;

/** Numbers below are rows of the word vectors (search/thesaurus.ts); from here on, what has a learned vector of its own. */
export const FIRST_LEARNED = 30_000;
/** So many words are read of a question. */
const QUESTION_WORDS = 22;

/** What a word looks like, where it stands and what it is to the question, as bits. */
export const LOOK = {
  capital: 1,
  capitals: 2,
  digits: 4,
  year: 8,
  first: 16,
  comma: 32,
  bracket: 64,
  quote: 128,
  money: 256,
  colon: 512,
  stop: 1024,
  firstCapital: 2048,
  hyphen: 4096,
  name: 8192,
  focus: 16_384,
} as const;

/** A word as the sentence reader sees it. */
export interface Token {
  /** Which vector it has. */
  code: number;
  /** Words of one stem are the same word. */
  stem: string;
  look: number;
  idf: number;
  start: number;
  end: number;
}

/** What is known of a word wherever it stands. */
interface Word {
  code: number;
  terms: readonly string[];
  look: number;
}

/** Enough for the vocabulary of a large corpus. */
const MAX_CACHED_WORDS = 200_000;
const YEAR = /^(1\d|20)\d\ds?$/;

/** Turns texts into the words that the sentence reader reads. Its training does the same (models/training/answering). */
export class ReaderWords {
  /** The numbers of the words and shapes that have a learned vector. */
  readonly #learned: ReadonlyMap<string, number>;
  readonly #words = new Map<string, Word>();

  constructor(learned: readonly string[]) {
    this.#learned = new Map(learned.map((word, i) => [word, FIRST_LEARNED + i]));
  }

  /**
   * The first words of a text.
   *
   * @param idf inverse passage frequency of an index term; 0 for one that the corpus does not have
   */
  tokensOf(text: string, most: number, idf: (term: string) => number): Token[] {
    return wordsOf(text)
      .slice(0, most)
      .map(({ word, start, end }, i) => {
        const { code, terms, look } = this.#wordOf(word);
        const isStop = (look & LOOK.stop) !== 0;
        return {
          code,
          stem: terms[0]!,
          look: look | placeOf(text, i, start, end),
          // The rarest of a compound's terms counts.
          idf: isStop ? 0 : Math.max(...terms.map((term) => idf(term))),
          start,
          end,
        };
      });
  }

  /** A question's words, misspelt ones as the corpus spells them, with what else is known of them. */
  tokensOfQuestion(
    { text, focus }: Pick<Question, "text" | "focus">,
    terms: readonly WeightedTerm[],
    idf: (term: string) => number,
  ): Token[] {
    const tokens = this.tokensOf(text, QUESTION_WORDS, idf);
    for (const token of tokens) {
      const word = text.slice(token.start, token.end);
      const term = terms.find((one) => one.word === word);
      if (term !== undefined) {
        if (term.searchWord !== term.word) {
          token.stem = term.terms[0]!;
          const row = rowOf(token.stem);
          if (row >= 0) token.code = row;
        }
        token.idf = term.idf;
        if (term.isName) token.look |= LOOK.name;
      }
      if (focus.includes(token.stem)) token.look |= LOOK.focus;
    }
    return tokens;
  }

  #wordOf(word: string): Word {
    let known = this.#words.get(word);
    if (known !== undefined) return known;
    const terms = termsOfWord(word);
    const isStop = isStopWord(word);
    known = {
      code: isStop ? this.#codeOfStopWord(word, terms[0]!) : this.#codeOf(word, terms),
      terms,
      look: lookOf(word),
    };
    if (isStop) known.look |= LOOK.stop;
    if (this.#words.size >= MAX_CACHED_WORDS) this.#words.clear();
    this.#words.set(word, known);
    return known;
  }

  /** Stop words tell what is asked for and who did what to whom ("by", "after"): the commonest have vectors of their own. */
  #codeOfStopWord(word: string, term: string): number {
    const row = rowOf(term);
    return this.#learned.get(foldWord(word).replace("’", "'")) ?? (row < 0 ? this.#learned.get("<function>")! : row);
  }

  #codeOf(word: string, terms: readonly string[]): number {
    const row = terms.map((term) => rowOf(term)).find((one) => one >= 0);
    return row ?? this.#learned.get(shapeOf(word))!;
  }
}

function lookOf(word: string): number {
  return (
    (isCapitals(word) ? LOOK.capitals : 0) |
    (/\p{N}/u.test(word) ? LOOK.digits : 0) |
    (YEAR.test(word) ? LOOK.year : 0) |
    (/[-–]/.test(word) ? LOOK.hyphen : 0)
  );
}

/** What tells of a word by where it stands. */
function placeOf(text: string, i: number, start: number, end: number): number {
  const before = text[start - 1] ?? "";
  const after = text[end] ?? "";
  let place: number = i === 0 ? LOOK.first : 0;
  if (/^\p{Lu}/u.test(text.slice(start, start + 2))) place |= i === 0 ? LOOK.firstCapital : LOOK.capital;
  if (after === ",") place |= LOOK.comma;
  if (before === "(") place |= LOOK.bracket;
  if (/["“‘']/.test(before)) place |= LOOK.quote;
  if (/[$£€]/.test(before) || after === "%") place |= LOOK.money;
  if (after === ":" || after === "|") place |= LOOK.colon;
  return place;
}

function isCapitals(word: string): boolean {
  return /^\p{Lu}[\p{Lu}\p{N}]+s?$/u.test(word);
}

/** The learned vector that a word without a vector of its own takes by its shape. */
function shapeOf(word: string): string {
  if (YEAR.test(word)) return "<year>";
  if (/^\d{1,2}$/.test(word)) return "<small>";
  if (/^[\d,]+$/.test(word)) return "<integer>";
  if (/^[\d,]+[.]\d+$/.test(word)) return "<decimal>";
  if (/^\d+(st|nd|rd|th)$/.test(word)) return "<ordinal>";
  if (/\p{N}/u.test(word)) return "<mixed>";
  if (isCapitals(word)) return "<capitals>";
  return /^\p{Lu}/u.test(word) ? "<name>" : "<word>";
}
