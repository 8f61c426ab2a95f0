import { byQuery, collect, oneLine, titled } from "./collect.js";
import type { Collection } from "./types.js";

interface SmartRecord {
  id: string;
  /** By letter: "T" for `.T` (title), "W" for `.W` (words). A field that stands twice is joined. */
  fields: Map<string, string>;
}

/** Reads the format of Cornell's SMART system: `.I 12` begins a record, `.W` alone on a line begins a field. */
function readSmart(source: string): SmartRecord[] {
  const records: SmartRecord[] = [];
  let field: string | null = null;
  for (const line of source.split(/\r?\n/)) {
    const start = /^\.I\s+(\S+)\s*$/.exec(line);
    const letter = /^\.([A-Z])\s*$/.exec(line)?.[1];
    const record = records.at(-1);
    if (start !== null) {
      records.push({ id: start[1]!, fields: new Map() });
      field = null;
    } else if (letter !== undefined) {
      field = letter;
    } else if (field !== null && record !== undefined) {
      record.fields.set(field, `${record.fields.get(field) ?? ""}${line}\n`);
    }
  }
  return records;
}

const wordsOf = ({ fields }: SmartRecord): string => oneLine(fields.get("W") ?? "");
const titleOf = ({ fields }: SmartRecord): string => oneLine(fields.get("T") ?? "");

/** Lines of figures, separated by white space. */
function rows(source: string): string[][] {
  return source.split(/\r?\n/).flatMap((line) => {
    const row = line.trim().split(/\s+/);
    return row.length > 1 ? [row] : [];
  });
}

/** The abstracts repeat their title, and the judgements number the queries by their place in the file. */
export function parseCranfield(documents: string, queries: string, judgements: string): Collection {
  const relevant = byQuery(
    rows(judgements)
      // 5 is "of no interest".
      .filter(([, , code]) => /^[1-4]$/.test(code ?? ""))
      .map(([query, document]) => [query!, document!]),
  );
  return collect(
    readSmart(documents).map((record) => {
      const title = titleOf(record);
      const words = wordsOf(record);
      const text = words.startsWith(title) ? words.slice(title.length).trim() : words;
      return { id: record.id, question: null, ...titled(title, text) };
    }),
    readSmart(queries).map((record, i) => {
      const id = String(i + 1);
      return { id, text: wordsOf(record), relevant: relevant.get(id) ?? [] };
    }),
  );
}

export function parseCisi(documents: string, queries: string, judgements: string): Collection {
  return parseNumbered(documents, queries, byQuery(rows(judgements).map(([query, document]) => [query!, document!])));
}

/** Queries are numbered 1, 2 … in their file, 01, 02 … in the judgements. */
export function parseCacm(documents: string, queries: string, judgements: string): Collection {
  const relevant = byQuery(rows(judgements).map(([query, document]) => [query!.replace(/^0/, ""), document!]));
  return collect(
    readSmart(documents).map((record) => ({
      id: record.id,
      question: null,
      ...titled(titleOf(record), wordsOf(record)),
    })),
    queriesOf(queries, relevant),
  );
}

export function parseMed(documents: string, queries: string, judgements: string): Collection {
  return parseNumbered(documents, queries, byQuery(rows(judgements).map(([query, , document]) => [query!, document!])));
}

function parseNumbered(documents: string, queries: string, relevant: ReadonlyMap<string, Set<string>>): Collection {
  return collect(
    readSmart(documents).map((record) => ({
      id: record.id,
      title: titleOf(record),
      question: null,
      text: wordsOf(record),
    })),
    queriesOf(queries, relevant),
  );
}

function queriesOf(
  source: string,
  relevant: ReadonlyMap<string, Set<string>>,
): { id: string; text: string; relevant: Iterable<string> }[] {
  return readSmart(source).map((record) => ({
    id: record.id,
    text: wordsOf(record),
    relevant: relevant.get(record.id) ?? [],
  }));
}
