import type { Reading } from "../search/readings.js";
import type { ShortForm } from "../search/short-forms.js";
import { synonymsOf } from "../search/synonyms.js";
import { gistLength, gistOf, gistShare, likenessOf, rowLikeness, rowOf } from "../search/thesaurus.js";
import type { Vocabulary } from "../search/vocabulary.js";
import type { WeightedTerm } from "./evidence.js";
import type { QuestionTerm } from "./question.js";

/** Two names with this beginning in common, and of like meaning, are forms of one: "India", "Indian". */
const NAME_PREFIX = 4;
const NAME_LIKENESS = 0.3;

/** How well each of the question's terms is matched: `exact` by itself, `best` by itself or a word of like meaning. */
export interface Match {
  exact: number[];
  best: number[];
}

/** What one index term of a text is to the question. */
interface Worth {
  /** How far it means what each of the question's terms means; null if it is a stranger to all. */
  likeness: readonly number[] | null;
  /** Whether it is one of the question's terms itself. */
  isAsked: boolean;
  /** Which of the terms that are looked for to the letter it is; -1 if none. */
  mark: number;
  /** The question's terms of which it is a part or the whole. */
  partOf: readonly number[];
  /** Its weight times its cosine with the question's gist. */
  gist: number;
  /** The last round in which it was met. */
  round: number;
}

const NONE: readonly number[] = [];

/** A short form of the question, by marks. */
interface MarkedForm {
  short: number;
  long: number[];
  shortId: number;
  longIds: number[];
}

/**
 * Finds a question's terms in lists of index terms. Terms are numbers of a vocabulary, and what each is worth is worked out
 * once for a question, because its passages are made of the same few hundred words.
 */
export class TermMatcher {
  readonly #terms: readonly WeightedTerm[];
  readonly #vocabulary: Vocabulary;
  /** Terms that the vocabulary lacks are numbered on from its last. */
  readonly #others: string[] = [];
  readonly #otherIds = new Map<string, number>();
  readonly #worths = new Map<number, Worth>();
  readonly #marks = new Map<number, number>();
  /** The marks of the whole and of the parts of each of the question's terms. */
  readonly #wholes: number[];
  readonly #parts: number[][];
  readonly #forms: MarkedForm[];
  readonly #asked: AskedTerm[];
  readonly #gist: Float32Array | null;
  /** By mark: what the list at hand holds. */
  readonly #held: Uint8Array;
  #round = 0;

  constructor(terms: readonly WeightedTerm[], vocabulary: Vocabulary, forms: readonly ShortForm[] = []) {
    this.#terms = terms;
    this.#vocabulary = vocabulary;
    this.#wholes = terms.map(({ terms: [whole] }) => this.#markOf(whole!));
    this.#parts = terms.map(({ terms: [, ...parts] }) => parts.map((part) => this.#markOf(part)));
    this.#forms = forms.map(({ short, long }) => ({
      short: this.#markOf(short),
      long: long.map((term) => this.#markOf(term)),
      shortId: this.#idOf(short),
      longIds: long.map((term) => this.#idOf(term)),
    }));
    this.#asked = terms.map((term) => askedTerm(term));
    this.#gist = gistOf(terms.map((term) => [term.terms[0]!, term.idf]));
    this.#held = new Uint8Array(this.#marks.size);
  }

  /** Finds the question's terms in a list, where a short form stands for what it spells out and the other way round. */
  match(list: ArrayLike<number>): Match {
    const exact = zeros(this.#terms.length);
    const best = zeros(this.#terms.length);
    const held = this.#held.fill(0);
    const add = (id: number): void => {
      const { likeness, mark } = this.#worthOf(id);
      if (mark >= 0) held[mark] = 1;
      if (likeness !== null) for (let t = 0; t < best.length; t++) if (likeness[t]! > best[t]!) best[t] = likeness[t]!;
    };
    for (let i = 0; i < list.length; i++) add(list[i]!);
    const added = this.#forms.flatMap(({ short, long, shortId, longIds }) => {
      if (held[short] === 1) return longIds;
      return long.every((mark) => held[mark] === 1) ? [shortId] : [];
    });
    for (const id of added) add(id);
    this.#wholes.forEach((whole, t) => {
      const parts = this.#parts[t]!;
      if (held[whole] === 1 || (parts.length > 0 && parts.every((mark) => held[mark] === 1))) exact[t] = best[t] = 1;
    });
    return { exact, best };
  }

  /** The same for terms that stand in no reading. */
  matchTerms(list: readonly string[]): Match {
    return this.match(list.map((term) => this.#idOf(term)));
  }

  /** How many terms of a list are not the question's. */
  unasked(list: Uint32Array): number {
    let count = 0;
    for (const id of list) if (!this.#worthOf(id).isAsked) count++;
    return count;
  }

  /** Where in a list each of the question's terms, or a part of it, stands. */
  placesIn(list: Uint32Array): number[][] {
    const places: number[][] = this.#terms.map(() => []);
    for (let at = 0; at < list.length; at++) {
      const { partOf } = this.#worthOf(list[at]!);
      for (let i = 0; i < partOf.length; i++) places[partOf[i]!]!.push(at);
    }
    return places;
  }

  /**
   * Likeness of what the question and some lists together are about, -1 to 1; 0 if the word vectors know neither.
   *
   * @param length of the lists' gist, where it is known (readings.ts)
   */
  gist(lists: readonly Uint32Array[], length?: number): number {
    if (this.#gist === null || length === 0) return 0;
    const round = ++this.#round;
    const ids: number[] = [];
    let sum = 0;
    for (const list of lists) {
      for (const id of list) {
        const worth = this.#worthOf(id);
        if (worth.round === round) continue;
        worth.round = round;
        sum += worth.gist;
        if (length === undefined) ids.push(id);
      }
    }
    const vocabulary = this.#vocabulary;
    const divisor =
      length ??
      gistLength(
        ids.map((id) => vocabulary.rowOf(id)),
        ids.map((id) => vocabulary.idf(id)),
      );
    return divisor === 0 ? 0 : sum / divisor;
  }

  /** Both gists of a unit of a reading: alone, and with its headings and what introduces it. */
  gistsOf(reading: Reading, unit: number): [alone: number, placed: number] {
    const own = reading.units[unit]!;
    return [
      this.gist([own], reading.gistLengths[unit]),
      this.gist([own, reading.headings, reading.contexts[unit]!], reading.placedGistLengths[unit]),
    ];
  }

  #idOf(term: string): number {
    const known = this.#vocabulary.idOf(term) ?? this.#otherIds.get(term);
    if (known !== undefined) return known;
    const id = this.#vocabulary.terms.length + this.#others.push(term) - 1;
    this.#otherIds.set(term, id);
    return id;
  }

  #markOf(term: string): number {
    const id = this.#idOf(term);
    let mark = this.#marks.get(id);
    if (mark === undefined) this.#marks.set(id, (mark = this.#marks.size));
    return mark;
  }

  #worthOf(id: number): Worth {
    let worth = this.#worths.get(id);
    if (worth === undefined) this.#worths.set(id, (worth = this.#workOut(id)));
    return worth;
  }

  #workOut(id: number): Worth {
    const vocabulary = this.#vocabulary;
    const isKnown = id < vocabulary.terms.length;
    const term = isKnown ? vocabulary.terms[id]! : this.#others[id - vocabulary.terms.length]!;
    const row = isKnown ? vocabulary.rowOf(id) : rowOf(term);
    let likeness: number[] | null = null;
    let isAsked = false;
    for (let t = 0; t < this.#terms.length; t++) {
      const one = likenessOfAsked(this.#asked[t]!, term, row);
      if (one === 0) continue;
      likeness ??= zeros(this.#terms.length);
      likeness[t] = one;
      isAsked ||= one === 1;
    }
    const mark = this.#marks.get(id) ?? -1;
    return {
      likeness,
      isAsked,
      mark,
      partOf: mark < 0 ? NONE : this.#terms.flatMap((asked, t) => (asked.terms.includes(term) ? [t] : [])),
      gist: isKnown && this.#gist !== null ? vocabulary.idf(id) * gistShare(row, this.#gist) : 0,
      round: 0,
    };
  }
}

/** Arrays of a few numbers are made faster than typed arrays. */
function zeros(length: number): number[] {
  const list: number[] = [];
  for (let i = 0; i < length; i++) list.push(0);
  return list;
}

/** How far an index term of a text means what the question's term means, 0 to 1. */
export function likenessTo(asked: QuestionTerm, term: string): number {
  return likenessOfAsked(askedTerm(asked), term, rowOf(term));
}

/** A question's term, with all that comparing it needs. */
interface AskedTerm {
  term: string;
  row: number;
  /** Null if there are none. */
  synonyms: ReadonlySet<string> | null;
  /** What other forms of a name begin with; null for a word that is no name, "" for a name too short to have any. */
  prefix: string | null;
}

function askedTerm({ terms: [whole], isName }: QuestionTerm): AskedTerm {
  const synonyms = synonymsOf(whole!);
  const prefix = whole!.length > NAME_PREFIX ? whole!.slice(0, NAME_PREFIX) : "";
  return {
    term: whole!,
    row: rowOf(whole!),
    synonyms: synonyms.size === 0 ? null : synonyms,
    prefix: isName ? prefix : null,
  };
}

function likenessOfAsked({ term: own, row: ownRow, synonyms, prefix }: AskedTerm, term: string, row: number): number {
  if (own === term) return 1;
  // Mars is like the Moon, and still another name.
  if (prefix !== null && (prefix === "" || !term.startsWith(prefix))) return 0;
  const likeness = likenessOf(rowLikeness(ownRow, row), synonyms !== null && synonyms.has(term));
  return prefix !== null && likeness < NAME_LIKENESS ? 0 : likeness;
}

/** How far index terms mean the same as the likest of a few words, 0 to 1; each is worked out once. */
export class LikestOf {
  readonly #words: readonly { word: string; row: number; synonyms: ReadonlySet<string> }[];
  readonly #vocabulary: Vocabulary;
  readonly #known = new Map<number, number>();

  constructor(words: readonly string[], vocabulary: Vocabulary) {
    this.#words = words.map((word) => ({ word, row: rowOf(word), synonyms: synonymsOf(word) }));
    this.#vocabulary = vocabulary;
  }

  of(id: number): number {
    let likest = this.#known.get(id);
    if (likest === undefined) {
      const term = this.#vocabulary.terms[id]!;
      const termRow = this.#vocabulary.rowOf(id);
      likest = 0;
      for (const { word, row, synonyms } of this.#words) {
        const likeness = word === term ? 1 : likenessOf(rowLikeness(row, termRow), synonyms.has(term));
        if (likeness > likest) likest = likeness;
      }
      this.#known.set(id, likest);
    }
    return likest;
  }
}
