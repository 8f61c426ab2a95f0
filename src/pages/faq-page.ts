import type { RequestHandler } from "express";
import { type FaqEntry, listFaq } from "../http/corpus-routes.js";
import { LIMITS } from "../http/schemas.js";
import type { PassageIndex } from "../search/passage-index.js";
import type { Document } from "../types.js";
import { countLine, matchedText, matcherOf } from "./faq-match.js";
import { fragmentNames } from "./fragments.js";
import { originOf } from "../http/origin.js";
import { page } from "./layout.js";
import { askUrl, quoteUrl, sourceUrl } from "./links.js";
import { html, isolated, jsonData, type Markup } from "./markup.js";
import { pageOfItems, pagerMarkup } from "./pager.js";
import { typesetPart } from "./typeset.js";

const ITEMS_PER_PAGE = 300;

interface PageItem extends FaqEntry {
  /** Its name in the page's address. */
  anchor: string;
  /** The page that has it, whatever is searched for. */
  page: number;
  isMatch: boolean;
}

/**
 * GET /faq: every FAQ item with its own answer; with ?q= those that have its words. Where all items fit on one page, the
 * others are there too, only hidden, so that the page's script can filter as one types.
 */
export function faqPageRoute(index: () => PassageIndex): RequestHandler {
  return async (request, response) => {
    const current = index();
    const given = request.query["q"];
    const query = typeof given === "string" ? given.trim().slice(0, LIMITS.questionChars) : "";
    const items = itemsOf(await listFaq(current), query);
    const matching = items.filter(({ isMatch }) => isMatch);
    const isWhole = items.length <= ITEMS_PER_PAGE;
    const shown = pageOfItems(isWhole ? items : matching, request.query, ITEMS_PER_PAGE);
    const urlOf = (number: number): string =>
      `/faq?${String(new URLSearchParams({ ...(query !== "" && { q: query }), page: `${number}` }))}`;
    const main = html`<h1>Frequently asked questions</h1>
      ${
        items.length === 0
          ? EMPTY
          : html`${searchMarkup(query, matching.length, items.length)}
              <div class="faq" ${isWhole ? html` data-whole` : null}>${await groupsOf(shown.items, current)}</div>
              ${pagerMarkup(shown, urlOf)}`
      }`;
    response.type("html").send(
      page({
        title: "FAQ",
        description: "Questions that the documents answer themselves, each with its own answer.",
        origin: originOf(request),
        path: shown.page === 1 ? "/faq" : `/faq?page=${shown.page}`,
        current: "/faq",
        scripts: ["/page.js"],
        head: structuredData(shown.items.filter(({ isMatch }) => isMatch)),
        main,
      }),
    );
  };
}

const EMPTY = html`<p>
    The documents have no frequently asked questions. <a href="/">Ask a question of your own</a>, or look through
    <a href="/sources">the sources</a>.
  </p>
  <p class="soft">
    To have some here, write each question on a line of its own with its answer below, under a heading such as “FAQ”; or
    add a CSV or JSON file with the columns “question” and “answer”.
  </p>`;

function itemsOf(entries: readonly FaqEntry[], query: string): PageItem[] {
  const matches = matcherOf(query);
  const nameOf = fragmentNames(Infinity);
  return entries.map((entry, i) => ({
    ...entry,
    anchor: nameOf(entry.id),
    page: Math.floor(i / ITEMS_PER_PAGE) + 1,
    isMatch: query === "" || matches(matchedText(`${entry.question}\n${entry.answer}`)),
  }));
}

function searchMarkup(query: string, matching: number, total: number): Markup {
  return html`<form class="faq-search" action="/faq" method="get" role="search">
      <input
        type="search"
        name="q"
        aria-label="Search the questions"
        placeholder="Search the questions"
        maxlength="${LIMITS.questionChars}"
        value="${query}"
      /><button>Search</button>
    </form>
    <p class="soft" role="status">${countLine(matching, total)}</p>
    <p class="faq-none" ${matching > 0 ? html` hidden` : null}>
      <a class="ask" href="${askUrl(query)}">Ask the documents instead</a>
    </p>`;
}

/** The items under the title of their document, or without it where there is one document. */
async function groupsOf(items: readonly PageItem[], index: PassageIndex): Promise<Markup[]> {
  const bySource = new Map<string, PageItem[]>();
  for (const item of items) {
    const source = item.citations[0]!.source;
    if (!bySource.has(source)) bySource.set(source, []);
    bySource.get(source)!.push(item);
  }
  const groups: Markup[] = [];
  for (const [source, own] of bySource) {
    const document = await index.document(source);
    if (document === null) continue;
    const isOnly = bySource.size === 1;
    const hidden = own.some(({ isMatch }) => isMatch) ? null : html` hidden`;
    const title = html`<h2><a href="${sourceUrl(source)}">${isolated(document.title)}</a></h2>`;
    groups.push(
      html`<section${hidden}>${isOnly ? null : title}${own.map((item) => itemMarkup(item, document, isOnly ? 2 : 3))}</section>`,
    );
  }
  return groups;
}

function itemMarkup(item: PageItem, document: Document, level: number): Markup {
  const { question, citations, anchor } = item;
  const citation = citations[0]!;
  const place = [citation.title, ...citation.heading].map((name, i) => html`${i > 0 && " › "}${isolated(name)}`);
  const permalink = `/faq${item.page === 1 ? "" : `?page=${item.page}`}#${encodeURIComponent(anchor)}`;
  return html`<article id="${anchor}"${item.isMatch ? null : html` hidden`}>
    <h${level} dir="auto">${question}</h${level}>
    <div class="faq-answer">${typesetPart(document, citation.start, citation.end, level + 1)}</div>
    <p class="faq-links">
      <a href="${quoteUrl(citation)}">${place}</a>
      <a href="${askUrl(question)}" aria-label="Ask this: ${question}">Ask this</a>
      <a href="${permalink}" aria-label="Link to: ${question}">Link</a>
    </p>
  </article>`;
}

/** The items as schema.org describes them, for search engines. */
function structuredData(items: readonly PageItem[]): Markup | undefined {
  if (items.length === 0) return undefined;
  const mainEntity = items.map(({ question, answer }) => ({
    "@type": "Question",
    name: question,
    acceptedAnswer: { "@type": "Answer", text: answer },
  }));
  const data = { "@context": "https://schema.org", "@type": "FAQPage", mainEntity };
  return html`<script type="application/ld+json">
    ${jsonData(data)}
  </script>`;
}
