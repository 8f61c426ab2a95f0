import { rowOf } from "./thesaurus.js";

/** Not looked up yet. */
const UNKNOWN = -2;

/** The index terms of a corpus by number, and what is needed to compare them: strings are slow to compare by the thousand. */
export class Vocabulary {
  readonly terms: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly #idf: (id: number) => number;
  readonly #rows: Int32Array;

  /** @param idf inverse passage frequency of the term of a number */
  constructor(terms: readonly string[], idf: (id: number) => number) {
    this.terms = terms;
    this.#ids = new Map(terms.map((term, id) => [term, id]));
    this.#idf = idf;
    this.#rows = new Int32Array(terms.length).fill(UNKNOWN);
  }

  /** The term's number, from 0; undefined for a term that the corpus does not have. */
  idOf(term: string): number | undefined {
    return this.#ids.get(term);
  }

  idf(id: number): number {
    return this.#idf(id);
  }

  /** Where its word vector stands (`rowOf` in thesaurus.ts); -1 if it has none. */
  rowOf(id: number): number {
    const row = this.#rows[id]!;
    if (row !== UNKNOWN) return row;
    return (this.#rows[id] = rowOf(this.terms[id]!));
  }

  /** The numbers of terms. @throws Error if the corpus does not have one of them */
  idsOf(terms: readonly string[]): Uint32Array {
    return Uint32Array.from(terms, (term) => {
      const id = this.#ids.get(term);
      if (id === undefined) throw new Error(`the vocabulary lacks the term "${term}"`);
      return id;
    });
  }
}
