import type { Document, DocumentHead } from "../types.js";

const LINE_FEED = 10;
/** Documents whose structure is kept once read: those that answers and pages ask for again and again. */
const MAX_KEPT = 64;

type Structure = Omit<Document, keyof DocumentHead>;

/** The documents of an index. Their structure, which takes as much room as their text and is seldom asked for, is read when it is. */
export class DocumentStore {
  readonly #heads: readonly DocumentHead[];
  readonly #places: ReadonlyMap<string, number>;
  /** A line of JSON for each document. */
  readonly #structure: Buffer;
  readonly #lineStarts: number[] = [0];
  readonly #kept = new Map<string, Document>();

  private constructor(heads: readonly DocumentHead[], structure: Buffer) {
    this.#heads = heads;
    this.#places = new Map(heads.map(({ id }, place) => [id, place]));
    this.#structure = structure;
    for (let at = structure.indexOf(LINE_FEED); at >= 0; at = structure.indexOf(LINE_FEED, at + 1))
      this.#lineStarts.push(at + 1);
  }

  /** The two files of a store: what is known of every document, and the structure of each. */
  static serialize(documents: readonly Document[]): { heads: string; structure: string } {
    const heads = documents.map(({ blocks: _, sections: __, times: ___, ...head }): DocumentHead => head);
    const structure = documents.map(({ blocks, sections, times }): Structure => ({ blocks, sections, times }));
    return {
      heads: JSON.stringify(heads),
      structure: structure.map((one) => `${JSON.stringify(one)}\n`).join(""),
    };
  }

  static deserialize(heads: Buffer, structure: Buffer): DocumentStore {
    return new DocumentStore(JSON.parse(heads.toString("utf8")) as DocumentHead[], structure);
  }

  /** Whether every document has its structure. */
  get isWhole(): boolean {
    return this.#lineStarts.length === this.#heads.length + 1;
  }

  get heads(): readonly DocumentHead[] {
    return this.#heads;
  }

  /** Where a document stands; undefined if there is none of this id. */
  placeOf(id: string): number | undefined {
    return this.#places.get(id);
  }

  head(id: string): DocumentHead | null {
    const place = this.#places.get(id);
    return place === undefined ? null : this.#heads[place]!;
  }

  document(id: string): Document | null {
    const place = this.#places.get(id);
    if (place === undefined) return null;
    const kept = this.#kept.get(id);
    if (kept !== undefined) return kept;
    const line = this.#structure.toString("utf8", this.#lineStarts[place], this.#lineStarts[place + 1]);
    const document = { ...this.#heads[place]!, ...(JSON.parse(line) as Structure) };
    if (this.#kept.size >= MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    this.#kept.set(id, document);
    return document;
  }
}
