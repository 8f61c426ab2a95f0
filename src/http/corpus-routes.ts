import type { RequestHandler } from "express";
import { type AnswerDeps, starterQuestions } from "../answer/answer-question.js";
import { citationOf } from "../answer/cite.js";
import { formatClock, linkAt } from "../corpus/media.js";
import { DocentError } from "../errors.js";
import type { PassageIndex } from "../search/passage-index.js";
import type { Citation, Document, DocumentHead, DocumentSummary, Passage } from "../types.js";
import { SearchQuery } from "./schemas.js";
import { parseRequest } from "./validate.js";

type IndexOf = () => PassageIndex;

/** GET /api/faq: the FAQ items with their own answers, each cited. */
export function faqRoute(index: IndexOf): RequestHandler {
  return async (_request, response) => {
    response.json(await listFaq(index()));
  };
}

/** One item of GET /api/faq. */
export interface FaqEntry {
  id: string;
  question: string;
  answer: string;
  citations: Citation[];
}

/** The FAQ items of the corpus in its order, each with its own answer as the one citation. */
export async function listFaq(index: PassageIndex): Promise<FaqEntry[]> {
  const entries: FaqEntry[] = [];
  let document: DocumentHead | null = null;
  let passages = new Map<number, Passage>();
  for (const item of await index.faqItems()) {
    // Items come document by document; looking its passages up anew for every item would take square time.
    if (document?.id !== item.documentId) {
      document = await index.documentHead(item.documentId);
      passages = new Map((await index.passagesOf(item.documentId)).map((passage) => [passage.start, passage]));
    }
    const passage = passages.get(item.question.start);
    if (document === null || passage === undefined) continue;
    const quoted = document.text.slice(item.answer.start, item.answer.end);
    const seconds = passage.units.at(-1)?.seconds ?? null;
    const place = { documentId: document.id, passageId: passage.id, headings: passage.headings, quote: item.answer };
    const statement = { ...place, quoted, text: quoted, lead: null, seconds, alsoAt: [] };
    entries.push({
      id: item.id,
      question: oneLine(document.text.slice(item.question.start, item.question.end)),
      answer: oneLine(quoted),
      citations: [citationOf(1, statement, document)],
    });
  }
  return entries;
}

/** GET /api/suggestions: questions to begin with. */
export function suggestionsRoute(deps: () => AnswerDeps): RequestHandler {
  return async (_request, response) => {
    response.json(await starterQuestions(deps()));
  };
}

/** GET /api/search: the passages nearest to a query. */
export function searchRoute(deps: () => AnswerDeps): RequestHandler {
  return async (request, response) => {
    const { q, k } = parseRequest(SearchQuery, request.query);
    response.json({ passages: await findPassages(deps(), q, k) });
  };
}

/** One passage of GET /api/search. */
export interface FoundPassage {
  source: string;
  title: string;
  heading: string[];
  text: string;
  start: number;
  end: number;
  timestamp: string | null;
  scores: Record<"dense" | "lexical" | "fused", number>;
}

/** The `k` passages nearest to a query, best first. */
export async function findPassages({ index, embedder }: AnswerDeps, query: string, k: number): Promise<FoundPassage[]> {
  const hits = await index.search({ text: query, vector: await embedder.embedQuery(query), k });
  return hits.map(({ passage, dense, lexical, order }) => ({
    source: passage.documentId,
    title: passage.title,
    heading: passage.headings,
    text: passage.text,
    start: passage.start,
    end: passage.end,
    timestamp: passage.seconds === null ? null : formatClock(passage.seconds),
    scores: { dense, lexical, fused: order },
  }));
}

/** GET /api/sources: the documents. */
export function sourcesRoute(index: IndexOf): RequestHandler {
  return async (_request, response) => {
    const current = index();
    const counts = await current.passageCounts();
    response.json((await current.documents()).map((document) => headOf(document, counts.get(document.id) ?? 0)));
  };
}

/** GET /api/sources/:id: one document's text, which every quote is a slice of. */
export function sourceRoute(index: IndexOf): RequestHandler {
  return async (request, response) => {
    const current = index();
    const document = await findSource(current, request.params["id"]);
    const counts = await current.passageCounts();
    response.json({
      ...headOf(document, counts.get(document.id) ?? 0),
      text: document.text,
      sections: document.sections.map(({ headings, start, end }) => ({ heading: headings, start, end })),
      external_url: externalUrl(document),
    });
  };
}

/** @throws DocentError if there is no such source */
export async function findSource(index: PassageIndex, segments: string | string[] | undefined): Promise<Document> {
  const id = Array.isArray(segments) ? segments.join("/") : (segments ?? "");
  const document = await index.document(id);
  if (document === null)
    throw new DocentError("not_found", "There is no source of this id. GET /api/sources lists them.");
  return document;
}

function externalUrl({ media, url }: DocumentHead): string | null {
  return media === null ? url : linkAt(media, null);
}

function headOf(document: DocumentSummary, passages: number): object {
  const { id, title, format, updatedAt } = document;
  return { id, title, passages, format, updated_at: updatedAt };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
