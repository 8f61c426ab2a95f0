import pg from "pg";
import { DocentError, StartupError } from "../errors.js";
import { ByteVectors } from "../search/byte-vectors.js";
import type { EmbeddedPassage, OpenBuild } from "../search/index-store.js";
import type { IndexManifest, RefusalFit } from "../search/manifest.js";
import type { FaqMatch, PassageIndex, PassageQuery } from "../search/passage-index.js";
import { DENSE_SHARE } from "../search/rank.js";
import { unpackReading } from "../search/readings.js";
import { RERANKED, rerankFirst } from "../search/rerank.js";
import type { ShortForm } from "../search/short-forms.js";
import { TermTable, weightsOf } from "../search/term-table.js";
import type { RelatedTerm } from "../search/thesaurus.js";
import { termsOf } from "../search/tokenize.js";
import type { Vocabulary } from "../search/vocabulary.js";
import type { Document, DocumentHead, DocumentSummary, FaqItem, Hit, Passage } from "../types.js";
import type { Database, QuerySettings } from "./database.js";
import { type Tables, tablesOf, vectorFrom, vectorText } from "./generation.js";
import { searchParameters, searchSql } from "./search-sql.js";

/** Candidates each leg contributes before fusion, as in the embedded index. */
const CANDIDATES_PER_LEG = 50;
/**
 * Passages that the terms which are looked up may have together: the others of a query find no passages, but count in the scores of
 * those found. Of BM25's first ten passages at 100,000 this finds 0.999 (docs/scale.md); ranking all takes several times as long.
 */
const MAX_MATCHED = 5_000;
/** Search width of the graph, so that it finds 0.98 of the nearest ten at 100,000 passages too (docs/scale.md); 1,000 at most. */
const EF_SEARCH = 200;
const EF_PASSAGES = 10_000;
const EF_GROWTH = 0.4;
const MAX_EF = 1_000;
/** Documents whose text is kept once read: those that answers and pages ask for again and again. */
const MAX_KEPT = 64;
/** Passages fetched at once where all are. */
const ROWS = 500;
/** How long reading what is kept in memory may take. */
const OPEN_MS = 120_000;
/** The state of SQL of a table that is not there. */
const NO_TABLE = "42P01";

/** What is kept in memory of a build: small beside its passages. */
interface Parts {
  terms: TermTable;
  shortForms: readonly ShortForm[];
  documents: readonly DocumentSummary[];
  /** Of each document, in their order. */
  passageCounts: readonly number[];
}

/** A `PassageIndex` in PostgreSQL: passages, vectors and full-text search are the database's, words and titles in memory. */
export class PostgresIndex implements OpenBuild {
  readonly buildId: string;
  readonly builtAt: string;
  readonly counts: PassageIndex["counts"];
  readonly refusal: RefusalFit;
  readonly #database: Database;
  readonly #tables: Tables;
  readonly #dimensions: number;
  readonly #efSearch: number;
  readonly #parts: Parts;
  readonly #places: ReadonlyMap<string, number>;
  readonly #kept = new Map<string, Promise<Document>>();

  private constructor(database: Database, manifest: IndexManifest, parts: Parts) {
    const { passages, documents, faqItems } = manifest.counts;
    this.buildId = manifest.buildId;
    this.builtAt = manifest.builtAt;
    this.refusal = manifest.refusal;
    this.counts = { documents, passages, faqItems };
    this.#database = database;
    this.#tables = tablesOf(database, manifest.buildId);
    this.#dimensions = manifest.recipe.embedder.dimensions;
    this.#efSearch = Math.min(MAX_EF, Math.round(EF_SEARCH * Math.max(1, passages / EF_PASSAGES) ** EF_GROWTH));
    this.#parts = parts;
    this.#places = new Map(parts.documents.map(({ id }, place) => [id, place]));
  }

  /**
   * Opens a build: reads its terms and the heads of its documents.
   *
   * @throws StartupError if rows are missing
   * @throws DatabaseAwayError if the database does not answer
   */
  static async load(
    database: Database,
    manifest: IndexManifest,
    shortForms: readonly ShortForm[],
  ): Promise<PostgresIndex> {
    const tables = tablesOf(database, manifest.buildId);
    const { counts } = manifest;
    const patient = { patienceMs: OPEN_MS };
    const terms = await database.query<{ term: string; passages: number }>(
      `SELECT term, passages FROM ${tables.terms} ORDER BY id`,
      [],
      patient,
    );
    const documents = await database.query<{ summary: DocumentSummary; passages: number }>(
      `SELECT summary, end_label - first_label AS passages FROM ${tables.documents} ORDER BY place`,
      [],
      patient,
    );
    const [rows] = await database.query<{ passages: string; contents: string; faq_items: string }>(
      `SELECT (SELECT count(*) FROM ${tables.passages}) AS passages,
         (SELECT count(*) FROM ${tables.contents}) AS contents,
         (SELECT count(*) FROM ${tables.faq_items}) AS faq_items`,
      [],
      patient,
    );
    const fits =
      terms.length === counts.terms &&
      documents.length === counts.documents &&
      Number(rows!.passages) === counts.passages &&
      Number(rows!.contents) === counts.passages &&
      Number(rows!.faq_items) === counts.faqItems;
    if (!fits) throw new StartupError('the tables of the index lack rows. Run "npm run ingest -- --force".');
    return new PostgresIndex(database, manifest, {
      terms: new TermTable(
        counts.passages,
        terms.map(({ term }) => term),
        Uint32Array.from(terms, ({ passages }) => passages),
      ),
      shortForms,
      documents: documents.map(({ summary }) => summary),
      passageCounts: documents.map(({ passages }) => passages),
    });
  }

  async #query<Row extends pg.QueryResultRow>(
    sql: string,
    values: unknown[],
    settings?: QuerySettings,
  ): Promise<Row[]> {
    try {
      return await this.#database.query<Row>(sql, values, settings);
    } catch (error) {
      // A server that was cut off from the database for longer than old builds are kept looks for the new one in a moment.
      if (error instanceof pg.DatabaseError && error.code === NO_TABLE)
        throw new DocentError("no_index", "The index was replaced by a newer one. Try again in a few seconds.");
      throw error;
    }
  }

  get vocabulary(): Vocabulary {
    return this.#parts.terms.vocabulary;
  }

  async search(query: PassageQuery): Promise<Hit[]> {
    const documents = this.#documentsOf(query.sources);
    if (this.counts.passages === 0 || query.k <= 0 || documents?.length === 0) return [];
    const { terms } = this.#parts;
    const { vocabulary } = terms;
    const own = termsOf(query.text);
    const weighted = [...weightsOf(own, query.related ?? [])]
      .filter(([term, weight]) => weight > 0 && terms.frequency(term) > 0)
      .map(([term, weight]) => ({ term, id: vocabulary.idOf(term)!, weight: weight * terms.idf(term) }));
    const values = searchParameters({
      vector: vectorText(query.vector),
      matching: this.#matching(weighted),
      documents,
      perLeg: CANDIDATES_PER_LEG,
      highest: terms.highestSum(own),
      denseShare: DENSE_SHARE,
      k: Math.min(Math.max(query.k, RERANKED), this.counts.passages),
      terms: weighted.map(({ id }) => id),
      weights: weighted.map(({ weight }) => weight),
    });
    const sql = searchSql(this.#tables, this.#dimensions);
    const rows = await this.#query<HitRow>(sql, values, { efSearch: this.#efSearch });
    const hits = rows.map(({ dense, lexical, score, passage, units, reading }) => ({
      passage,
      dense,
      lexical,
      score,
      unitCosines: cosinesOf(ByteVectors.deserialize(units), query.vector),
      reading: unpackReading(reading, vocabulary),
    }));
    return rerankFirst(query.text, hits).slice(0, query.k);
  }

  /** The labels of the nearest passages by the graph alone, as a search asks it: for measurements. */
  async nearest(vector: Float32Array, k: number): Promise<number[]> {
    const rows = await this.#query<{ label: number }>(
      `SELECT label FROM ${this.#tables.vectors} ORDER BY embedding <#> $1::halfvec(${this.#dimensions}) LIMIT $2`,
      [vectorText(vector), k],
      { efSearch: this.#efSearch },
    );
    return rows.map(({ label }) => label);
  }

  /** The terms that find passages, as a `tsquery`: those that weigh most, as far as all their passages can be ranked. */
  #matching(terms: readonly { term: string; id: number; weight: number }[]): string | null {
    const { terms: table } = this.#parts;
    let sum = 0;
    const chosen = [...terms]
      .sort((a, b) => b.weight - a.weight)
      .filter(({ term }, i) => {
        const frequency = table.frequency(term);
        if (i > 0 && sum + frequency > MAX_MATCHED) return false;
        sum += frequency;
        return true;
      });
    return chosen.length === 0 ? null : chosen.map(({ id }) => id).join(" | ");
  }

  /** The numbers of some documents, each once; null for all. */
  #documentsOf(sources: readonly string[] | undefined): number[] | null {
    if (sources === undefined) return null;
    return [...new Set(sources)].flatMap((source) => this.#places.get(source) ?? []);
  }

  async searchFaq(vector: Float32Array, k: number, sources?: readonly string[]): Promise<FaqMatch[]> {
    const documents = this.#documentsOf(sources);
    if (k <= 0 || this.counts.faqItems === 0 || documents?.length === 0) return [];
    const { faq_items, contents } = this.#tables;
    const rows = await this.#query<FaqRow>(
      `WITH nearest AS MATERIALIZED (
         SELECT place, label, item, question FROM ${faq_items}
         WHERE $3::int[] IS NULL OR document = ANY ($3::int[])
         ORDER BY question <#> $1::halfvec(${this.#dimensions}) LIMIT $2
       )
       SELECT item, passage, units, reading
       FROM nearest JOIN ${contents} USING (label)
       ORDER BY question::vector(${this.#dimensions}) <#> $1::vector(${this.#dimensions}), place`,
      [vectorText(vector), Math.min(k, this.counts.faqItems), documents],
      { efSearch: this.#efSearch },
    );
    return rows.map(({ item, passage, units, reading }) => ({
      item,
      passage,
      unitCosines: cosinesOf(ByteVectors.deserialize(units), vector),
      reading: unpackReading(reading, this.vocabulary),
    }));
  }

  async termWeights(terms: readonly string[]): Promise<{ idf: number; known: boolean }[]> {
    const { terms: table } = this.#parts;
    return terms.map((term) => ({ idf: table.idf(term), known: table.frequency(term) > 0 }));
  }

  async respell(term: string): Promise<string | null> {
    return this.#parts.terms.respell(term);
  }

  async shortForms(): Promise<readonly ShortForm[]> {
    return this.#parts.shortForms;
  }

  async relatedTerms(term: string): Promise<readonly RelatedTerm[]> {
    return this.#parts.terms.related(term);
  }

  async documents(): Promise<readonly DocumentSummary[]> {
    return this.#parts.documents;
  }

  async documentHead(id: string): Promise<DocumentHead | null> {
    const document = await this.document(id);
    if (document === null) return null;
    const { blocks: _, sections: __, times: ___, ...head } = document;
    return head;
  }

  async document(id: string): Promise<Document | null> {
    if (!this.#places.has(id)) return null;
    let document = this.#kept.get(id);
    if (document === undefined) {
      document = this.#readDocument(id);
      if (this.#kept.size >= MAX_KEPT) this.#kept.delete(this.#kept.keys().next().value!);
      this.#kept.set(id, document);
      // What could not be read is asked for again.
      document.catch(() => this.#kept.delete(id));
    }
    return document;
  }

  async #readDocument(id: string): Promise<Document> {
    const [row] = await this.#query<{ document: Document }>(
      `SELECT document FROM ${this.#tables.documents} WHERE id = $1`,
      [id],
    );
    return row!.document;
  }

  async passagesOf(documentId: string): Promise<readonly Passage[]> {
    const place = this.#places.get(documentId);
    if (place === undefined) return [];
    const { documents, contents } = this.#tables;
    const rows = await this.#query<{ passage: Passage }>(
      `SELECT passage FROM ${documents} JOIN ${contents} ON label >= first_label AND label < end_label
       WHERE place = $1 ORDER BY label`,
      [place],
    );
    return rows.map(({ passage }) => passage);
  }

  async passageCounts(): Promise<ReadonlyMap<string, number>> {
    const { documents, passageCounts } = this.#parts;
    return new Map(
      documents.map(({ id }, place) => [id, passageCounts[place]!] as const).filter(([, passages]) => passages > 0),
    );
  }

  async faqItems(): Promise<readonly FaqItem[]> {
    return this.#parts.documents.flatMap(({ faq }) => faq);
  }

  async *embedded(): AsyncGenerator<EmbeddedPassage> {
    const { vectors, contents } = this.#tables;
    for (let from = 0; from < this.counts.passages; from += ROWS) {
      const rows = await this.#query<{ passage: Passage; units: Buffer; vector: Buffer }>(
        `SELECT passage, units, vector_send(embedding::vector(${this.#dimensions})) AS vector
         FROM ${contents} JOIN ${vectors} USING (label) WHERE label >= $1 AND label < $2 ORDER BY label`,
        [from, from + ROWS],
      );
      for (const { passage, units, vector } of rows) {
        yield {
          passage,
          text: (await this.document(passage.documentId))!.text,
          vector: () => vectorFrom(vector),
          units: ByteVectors.deserialize(units),
        };
      }
    }
  }
}

interface HitRow {
  dense: number;
  lexical: number;
  score: number;
  passage: Passage;
  units: Buffer;
  reading: Buffer;
}

interface FaqRow {
  item: FaqItem;
  passage: Passage;
  units: Buffer;
  reading: Buffer;
}

function cosinesOf(units: ByteVectors, vector: Float32Array): number[] {
  return Array.from({ length: units.count }, (_, unit) => units.cosine(unit, vector));
}
