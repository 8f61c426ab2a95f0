import type pg from "pg";
import { embeddedTextOf } from "../corpus/split-passages.js";
import type { IndexContent } from "../search/index-store.js";
import { LexicalIndex } from "../search/lexical-index.js";
import { HNSW_SETTINGS } from "../search/manifest.js";
import { PassageTable } from "../search/passage-table.js";
import { packReading, Readings, termsOfTable } from "../search/readings.js";
import { findShortForms, type ShortForm } from "../search/short-forms.js";
import { B, K1 } from "../search/term-table.js";
import { termsOf } from "../search/tokenize.js";
import type { DocumentSummary } from "../types.js";
import type { Database } from "./database.js";

/** Raise it when the tables of a generation change: builds written before are then made anew. */
export const GENERATION_FORMAT = 1;
/** Graph settings, those of the embedded graph: pgvector's defaults leave out one of ten at 100,000 passages (docs/scale.md). */
const { m: M, efConstruction: EF_CONSTRUCTION } = HNSW_SETTINGS;
const GRAPH = `m = ${M}, ef_construction = ${EF_CONSTRUCTION}`;
/** From so many FAQ items on, their questions have a graph of their own; fewer are compared in a few milliseconds. */
const FAQ_GRAPH_FROM = 2_000;
/** Rows of one INSERT. */
const ROWS = 500;
/** Decimals of a stored vector: half precision resolves no more of numbers below 1. */
const VECTOR_DECIMALS = 1e5;
/** Bounds of the memory asked for to build a graph, in megabytes; one that does not fit is built several times slower. */
const [LEAST_BUILD_MB, MOST_BUILD_MB] = [64, 4096];
/** What pgvector keeps free of it where several processes build. */
const SHARED_MB = 4;

const PARTS = ["documents", "passages", "vectors", "contents", "faq_items", "terms"] as const;
type Part = (typeof PARTS)[number];
/** The tables of a generation, quoted, by what they hold. */
export type Tables = Record<Part, string>;

/** The tables of a build: `passages_20261129t102644z_3e79c1` and so on. */
export function tablesOf(database: Database, buildId: string): Tables {
  const suffix = suffixOf(buildId);
  return Object.fromEntries(PARTS.map((part) => [part, database.table(`${part}_${suffix}`)])) as Tables;
}

function suffixOf(buildId: string): string {
  return buildId.toLowerCase().replace("-", "_");
}

/** Removes the tables of every build but some. @param builds ids of those that stay */
export async function dropOtherGenerations(
  client: pg.ClientBase,
  database: Database,
  builds: readonly string[],
): Promise<void> {
  const { rows } = await client.query<{ tablename: string }>(
    `SELECT tablename FROM pg_tables WHERE schemaname = $1 AND tablename ~ '_\\d{8}t\\d{6}z_[0-9a-f]{6}$'`,
    [database.schema],
  );
  const keep = new Set(builds.map(suffixOf));
  const useless = rows.map(({ tablename }) => tablename).filter((name) => !keep.has(name.slice(-SUFFIX_CHARS)));
  if (useless.length > 0) await client.query(`DROP TABLE ${useless.map((name) => database.table(name)).join(", ")}`);
}
const SUFFIX_CHARS = "20261129t102644z_3e79c1".length;

/** A vector as pgvector reads it. */
export function vectorText(vector: Float32Array): string {
  let text = "[";
  for (let i = 0; i < vector.length; i++) {
    if (i > 0) text += ",";
    text += Math.round(vector[i]! * VECTOR_DECIMALS) / VECTOR_DECIMALS;
  }
  return `${text}]`;
}

/**
 * Writes the tables of a build, with their indexes.
 *
 * - `passages`: what the full-text index finds and BM25 ranks: its `terms` by number, repeated as they occur; `lexemes`, each of them
 *   once, generated; and `norm`, BM25's `k1 · (1 − b + b · length / average)`. The terms are those of Docent's own tokenizer, as
 *   everywhere in an answer: PostgreSQL's dictionaries would stem them differently
 * - `vectors`: what the graph finds. A table of its own, so that both stay narrow enough to be read without a detour
 * - `contents`: what is handed out of a passage once it is found
 * - `documents`, `faq_items`, `terms`: the corpus's documents, FAQ items and index terms, by number
 */
export async function writeGeneration(
  client: pg.ClientBase,
  tables: Tables,
  content: IndexContent,
  dimensions: number,
  onProgress: (done: number) => void,
): Promise<{ terms: number; shortForms: ShortForm[] }> {
  const { documents, passages, vectors, units } = content;
  await client.query(createStatements(tables, dimensions));
  const table = PassageTable.of(documents, passages);
  const tableTerms = termsOfTable(table);
  const everyTerm = [tableTerms.units, tableTerms.contexts, tableTerms.headings, tableTerms.titles].flat(2);
  const passageTerms = passages.map((passage) => termsOf(embeddedTextOf(passage)));
  const lexical = LexicalIndex.build(passageTerms, everyTerm);
  const readings = Readings.of(table, tableTerms, lexical.vocabulary);

  await insert(client, `${tables.terms} (id, term, passages)`, ["int", "text", "int"], lexical.terms.length, (id) => {
    const term = lexical.terms[id]!;
    return [id, term, lexical.frequency(term)];
  });
  await insert(
    client,
    `${tables.documents} (place, id, summary, document, first_label, end_label)`,
    ["int", "text", "json", "json", "int", "int"],
    documents.length,
    (place) => {
      const { text: _, blocks: __, sections: ___, times: ____, ...summary } = documents[place]!;
      const whole = JSON.stringify(documents[place]);
      return [place, summary.id, JSON.stringify(summary satisfies DocumentSummary), whole, ...table.labelsOf(place)];
    },
  );
  const average = passageTerms.reduce((sum, { length }) => sum + length, 0) / Math.max(1, passages.length) || 1;
  await insert(
    client,
    `${tables.passages} (label, document, norm, terms)`,
    ["int", "int", "real", "int[]"],
    passages.length,
    (label) => {
      const terms = passageTerms[label]!;
      const norm = K1 * (1 - B + (B * terms.length) / average);
      return [label, table.columns.document[label], norm, `{${lexical.vocabulary.idsOf(terms).join(",")}}`];
    },
  );
  await insert(
    client,
    `${tables.vectors} (label, document, embedding)`,
    ["int", "int", "halfvec"],
    passages.length,
    (label) => [label, table.columns.document[label], vectorText(vectors[label]!)],
    onProgress,
  );
  await insert(
    client,
    `${tables.contents} (label, passage, units, reading)`,
    ["int", "json", "bytea", "bytea"],
    passages.length,
    (label) => [
      label,
      JSON.stringify(passages[label]),
      Buffer.from(units.slice(...table.unitsOf(label)).serialize()),
      Buffer.from(packReading(readings.reading(label))),
    ],
  );
  const faq = faqPlaces(content, table);
  await insert(
    client,
    `${tables.faq_items} (place, label, document, item, question)`,
    ["int", "int", "int", "json", "halfvec"],
    faq.length,
    (place) => {
      const { label, document, item, unit } = faq[place]!;
      return [place, label, document, JSON.stringify(item), vectorText(units.vectorAt(unit))];
    },
  );
  await buildIndexes(client, tables, passages.length, faq.length, dimensions);
  return { terms: lexical.terms.length, shortForms: findShortForms(documents.map(({ text }) => text)) };
}

/** FAQ items with the passage and the unit that hold their question, in the order of the corpus. */
function faqPlaces(
  { documents, passages }: IndexContent,
  table: PassageTable,
): { label: number; document: number; unit: number; item: IndexContent["documents"][number]["faq"][number] }[] {
  return passages.flatMap(({ kind, units }, label) => {
    const document = table.columns.document[label]!;
    const start = units[0]?.start;
    const item = kind === "faq" ? documents[document]!.faq.find(({ question }) => question.start === start) : undefined;
    return item === undefined ? [] : [{ label, document, unit: table.unitsOf(label)[0], item }];
  });
}

function createStatements(tables: Tables, dimensions: number): string {
  return `
    CREATE TABLE ${tables.terms} (id int PRIMARY KEY, term text NOT NULL, passages int NOT NULL);
    CREATE TABLE ${tables.documents} (
      place int PRIMARY KEY,
      id text NOT NULL UNIQUE,
      summary json NOT NULL,
      document json NOT NULL,
      first_label int NOT NULL,
      end_label int NOT NULL
    );
    CREATE TABLE ${tables.passages} (
      label int NOT NULL,
      document int NOT NULL,
      norm real NOT NULL,
      terms int[] NOT NULL,
      lexemes tsvector GENERATED ALWAYS AS (array_to_tsvector(terms::text[])) STORED
    );
    CREATE TABLE ${tables.vectors} (
      label int NOT NULL,
      document int NOT NULL,
      embedding halfvec(${dimensions}) NOT NULL
    );
    -- Kept in the row, because ranking reads them of hundreds of rows.
    ALTER TABLE ${tables.passages} ALTER COLUMN terms SET STORAGE MAIN, ALTER COLUMN lexemes SET STORAGE MAIN;
    ALTER TABLE ${tables.vectors} ALTER COLUMN embedding SET STORAGE PLAIN;
    CREATE TABLE ${tables.contents} (
      label int NOT NULL,
      passage json NOT NULL,
      units bytea NOT NULL,
      reading bytea NOT NULL
    );
    CREATE TABLE ${tables.faq_items} (
      place int PRIMARY KEY,
      label int NOT NULL,
      document int NOT NULL,
      item json NOT NULL,
      question halfvec(${dimensions}) NOT NULL
    );`;
}

/** After the rows: an index of many rows is built faster at once than row by row. */
async function buildIndexes(
  client: pg.ClientBase,
  tables: Tables,
  passages: number,
  faqItems: number,
  dimensions: number,
): Promise<void> {
  const megabytes = SHARED_MB + Math.ceil((passages * graphBytes(dimensions)) / 1e6);
  await client.query(`SET maintenance_work_mem = '${Math.min(Math.max(megabytes, LEAST_BUILD_MB), MOST_BUILD_MB)}MB'`);
  for (const table of [tables.passages, tables.vectors, tables.contents])
    await client.query(`ALTER TABLE ${table} ADD PRIMARY KEY (label)`);
  for (const table of [tables.passages, tables.vectors]) await client.query(`CREATE INDEX ON ${table} (document)`);
  await client.query(`CREATE INDEX ON ${tables.passages} USING gin (lexemes)`);
  // Vectors have length 1, so their inner product is their cosine, and a query without direction has 0 with all.
  await client.query(`CREATE INDEX ON ${tables.vectors} USING hnsw (embedding halfvec_ip_ops) WITH (${GRAPH})`);
  if (faqItems >= FAQ_GRAPH_FROM)
    await client.query(`CREATE INDEX ON ${tables.faq_items} USING hnsw (question halfvec_ip_ops) WITH (${GRAPH})`);
  await client.query("RESET maintenance_work_mem");
  for (const table of Object.values(tables)) await client.query(`ANALYZE ${table}`);
}

/**
 * What a vector takes in memory while its graph is built: two bytes a dimension, sixteen for each of its 2m neighbours, and its
 * record (measured: docs/scale.md).
 */
function graphBytes(dimensions: number): number {
  return 2 * dimensions + 32 * M + 300;
}

/**
 * Inserts rows, some hundred in each statement, each statement a transaction of its own: nobody reads them before the build is
 * put in use.
 */
async function insert(
  client: pg.ClientBase,
  target: string,
  types: readonly string[],
  count: number,
  rowOf: (at: number) => unknown[],
  onProgress: (done: number) => void = () => {},
): Promise<void> {
  // What has no array of its own in `unnest`, such as arrays, is sent as text.
  const isText = types.map((type) => !["int", "real", "text", "bytea"].includes(type));
  const columns = types.map((type, i) => (isText[i] ? `c${i}::${type}` : `c${i}`)).join(", ");
  const arrays = types.map((type, i) => `$${i + 1}::${isText[i] ? "text" : type}[]`).join(", ");
  const sql = `INSERT INTO ${target} SELECT ${columns} FROM unnest(${arrays}) AS r(${types.map((_, i) => `c${i}`).join(", ")})`;
  for (let from = 0; from < count; from += ROWS) {
    const rows = Array.from({ length: Math.min(ROWS, count - from) }, (_, i) => rowOf(from + i));
    await client.query(
      sql,
      types.map((_, column) => rows.map((row) => row[column])),
    );
    onProgress(from + rows.length);
  }
}

/** Reads what `vector_send` gives: the number of dimensions and a spare field (two bytes each), then floats, big-endian. */
export function vectorFrom(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: (bytes.length - 4) / 4 }, (_, i) => bytes.readFloatBE(4 + 4 * i));
}
