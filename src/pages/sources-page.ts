import type { RequestHandler } from "express";
import { originOf } from "../http/origin.js";
import type { PassageIndex } from "../search/passage-index.js";
import { page } from "./layout.js";
import { sourceUrl } from "./links.js";
import { html, isolated } from "./markup.js";
import { pageOfItems, pagerMarkup } from "./pager.js";

const DOCUMENTS_PER_PAGE = 200;
const DATE = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

/** GET /sources: the documents, in the order of their paths. */
export function sourcesPageRoute(index: () => PassageIndex): RequestHandler {
  return async (request, response) => {
    const current = index();
    const counts = await current.passageCounts();
    const documents = await current.documents();
    const shown = pageOfItems(documents, request.query, DOCUMENTS_PER_PAGE);
    const main = html`<h1>Sources</h1>
      <p class="soft">
        ${countOf(documents.length, "document")}, ${countOf(current.counts.passages, "passage")}. Every answer is quoted
        from here.
      </p>
      <ul class="shelf">
        ${shown.items.map(
          ({ id, title, path, format, updatedAt }) =>
            html`<li>
              <a href="${sourceUrl(id)}">${isolated(title)}</a>
              <p class="soft">
                ${isolated(path)} · ${format.toUpperCase()} · ${countOf(counts.get(id) ?? 0, "passage")} ·
                <time datetime="${updatedAt}">${DATE.format(new Date(updatedAt))}</time>
              </p>
            </li>`,
        )}
      </ul>
      ${pagerMarkup(shown, urlOf)}`;
    const origin = originOf(request);
    const title = shown.page === 1 ? "Sources" : `Sources, page ${shown.page}`;
    const description = `The ${countOf(documents.length, "document")} that answers are quoted from.`;
    response
      .type("html")
      .send(page({ title, description, origin, path: urlOf(shown.page), current: "/sources", main }));
  };
}

function urlOf(number: number): string {
  return number === 1 ? "/sources" : `/sources?page=${number}`;
}

/** "1 passage", "12,345 passages". */
export function countOf(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
