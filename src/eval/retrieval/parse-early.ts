import { collect, oneLine, titled } from "./collect.js";
import type { Collection } from "./types.js";

/** In capitals only, every word would pass for a name. */
const lowered = (text: string): string => oneLine(text).toLowerCase();

/** NPL: a number, then lines, up to a line with a slash alone; judgements are a query's number and its documents'. */
export function parseNpl(documents: string, queries: string, judgements: string): Collection {
  const relevant = new Map(
    slashed(judgements).map(({ id, body }) => [id, body.split(/\s+/).filter((word) => word !== "")]),
  );
  return collect(
    slashed(documents).map(({ id, body }) => ({ id, title: "", question: null, text: lowered(body) })),
    slashed(queries).map(({ id, body }) => ({ id, text: lowered(body), relevant: relevant.get(id) ?? [] })),
  );
}

function slashed(source: string): { id: string; body: string }[] {
  return source.split(/^\s*\/\s*$/m).flatMap((record) => {
    const [id = "", ...lines] = record.trim().split(/\r?\n/);
    return id === "" ? [] : [{ id: id.trim(), body: lines.join("\n") }];
  });
}

/** TIME: `*TEXT …` begins an article, which the judgements call by its place in the file; `*FIND 1` begins a query. */
export function parseTime(documents: string, queries: string, judgements: string): Collection {
  const relevant = new Map(
    judgements.split(/\r?\n/).map((line) => {
      const [query = "", ...found] = line.trim().split(/\s+/);
      return [query, found];
    }),
  );
  return collect(
    documents
      .split(/^\*TEXT\b.*$/m)
      .slice(1)
      .map((body, i) => ({ id: String(i + 1), title: "", question: null, text: lowered(withoutStop(body)) })),
    queries
      .split(/^\*FIND\b/m)
      .slice(1)
      .map((record) => {
        const [, id = "", body = ""] = /^\s*(\d+)([^]*)$/.exec(record) ?? [];
        return { id, text: lowered(withoutStop(body)), relevant: relevant.get(id) ?? [] };
      }),
  );
}

/** `*STOP` ends the file. */
function withoutStop(body: string): string {
  return body.replace(/^\*STOP\b[^]*$/m, "");
}

/**
 * LISA: `Document 12`, a title, an empty line and the text, up to a line of asterisks, in several files; a query is a number, then
 * lines up to a `#`; judgements are `Query 1`, a count, and the documents' numbers up to -1.
 *
 * @param sources the files of documents, then the queries, then the judgements
 */
export function parseLisa(...sources: string[]): Collection {
  const [queries = "", judgements = ""] = sources.splice(-2);
  const relevant = new Map(
    Array.from(judgements.matchAll(/Query (\d+)\s+\d+ Relevant Refs:([\d\s]*?)-1/g), ([, id, found]) => [
      id!,
      found!.trim().split(/\s+/),
    ]),
  );
  return collect(
    sources
      .flatMap((source) => source.split(/^\*{10,}\s*$/m))
      .flatMap((record) => {
        const [, id, body] = /^\s*Document\s+(\d+)\s*\n([^]*)$/.exec(record) ?? [];
        if (id === undefined) return [];
        const [title = "", ...paragraphs] = body!.split(/\n\s*\n/).map((paragraph) => lowered(paragraph));
        const text = paragraphs.join(" ").trim();
        return [{ id, question: null, ...titled(title, text) }];
      }),
    Array.from(queries.matchAll(/^(\d+)\s*\n([^#]*)#/gm), ([, id, body]) => ({
      id: id!,
      text: lowered(body!),
      relevant: relevant.get(id!) ?? [],
    })),
  );
}
