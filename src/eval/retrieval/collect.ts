import type { Collection, CollectionDocument } from "./types.js";

/** One space for any white space, none at the ends. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/**
 * Puts a collection together: documents without text are left out, judgements of documents that are not there too, and then
 * queries without a relevant document. A query asked twice is one query, for which the relevant documents of both count.
 */
export function collect(
  documents: readonly CollectionDocument[],
  queries: Iterable<{ id: string; text: string; relevant: Iterable<string> }>,
): Collection {
  const kept = documents.filter(({ question, text }) => text !== "" || question !== null);
  const ids = new Set(kept.map(({ id }) => id));
  const byText = new Map<string, { id: string; relevant: Set<string> }>();
  for (const { id, text, relevant } of queries) {
    if (text === "") continue;
    const query = byText.get(text) ?? { id, relevant: new Set<string>() };
    for (const document of relevant) if (ids.has(document)) query.relevant.add(document);
    byText.set(text, query);
  }
  return {
    documents: kept,
    queries: [...byText]
      .filter(([, { relevant }]) => relevant.size > 0)
      .map(([text, { id, relevant }]) => ({ id, text, relevant: [...relevant] })),
  };
}

/** Gathers pairs of a query and a relevant document by query. */
export function byQuery(pairs: Iterable<readonly [query: string, document: string]>): Map<string, Set<string>> {
  const relevant = new Map<string, Set<string>>();
  for (const [query, document] of pairs) {
    const known = relevant.get(query);
    if (known === undefined) relevant.set(query, new Set([document]));
    else known.add(document);
  }
  return relevant;
}

/** Title and text of a record; one that is a title alone has it for its text. */
export function titled(title: string, text: string): { title: string; text: string } {
  return text === "" ? { title: "", text: title } : { title, text };
}
