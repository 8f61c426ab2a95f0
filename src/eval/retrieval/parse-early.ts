import { collect, oneLine } from "./collect.js";
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
