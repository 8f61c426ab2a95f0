import type { Request, RequestHandler } from "express";
import { linkAt } from "../corpus/media.js";
import { findSource } from "../http/corpus-routes.js";
import type { PassageIndex } from "../search/passage-index.js";
import type { Document, Span } from "../types.js";
import { annotator } from "./annotate.js";
import { originOf } from "../http/origin.js";
import { page } from "./layout.js";
import { sourceUrl } from "./links.js";
import { html, isolated, type Markup } from "./markup.js";
import { countOf } from "./sources-page.js";
import { typesetDocument } from "./typeset.js";

/** GET /sources/:id: the document, with an anchor a passage; with ?from=&to= those characters of its text are marked. */
export function sourcePageRoute(index: () => PassageIndex): RequestHandler {
  return async (request, response) => {
    const current = index();
    const document = await findSource(current, request.params["id"]);
    const passages = await current.passagesOf(document.id);
    const { write, rest, hasMarked } = annotator(document, passages, markedIn(document.text, request.query));
    const { title, body, contents } = typesetDocument(document, write);
    const note = html`<p class="note">
      The marked words are the ones quoted. <a href="${sourceUrl(document.id)}">Take the marks away</a>
    </p>`;
    const main = html`<h1>${title === null ? isolated(document.title) : html`<bdi>${title}</bdi>`}</h1>
      ${factsOf(document, passages.length)} ${hasMarked() && note} ${contents}
      <div class="text">${body}${rest()}</div>`;
    response.type("html").send(
      page({
        title: document.title,
        description: `The text of ${document.title}.`,
        origin: originOf(request),
        path: sourceUrl(document.id),
        current: "/sources",
        scripts: ["/page.js"],
        main,
      }),
    );
  };
}

/** The span that ?from=&to= name; null unless both are offsets into the text, the first before the second. */
function markedIn(text: string, { from, to }: Request["query"]): Span | null {
  const start = offsetOf(from);
  const end = offsetOf(to);
  if (start === null || end === null || start >= end || end > text.length) return null;
  // Half a surrogate pair is no character: the mark takes in the whole.
  return { start: isWithinPair(text, start) ? start - 1 : start, end: isWithinPair(text, end) ? end + 1 : end };
}

function offsetOf(given: Request["query"][string]): number | null {
  return typeof given === "string" && /^\d{1,10}$/.test(given) ? Number(given) : null;
}

function isWithinPair(text: string, offset: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(Math.max(0, offset - 1), offset + 1));
}

function factsOf({ id, path, format, url, media }: Document, passages: number): Markup {
  const elsewhere = (href: string, name: string): Markup =>
    html` · <a rel="noreferrer noopener" target="_blank" href="${href}">${name}</a>`;
  return html`<p class="soft">
    ${isolated(path)} · ${format.toUpperCase()} ·
    ${countOf(passages, "passage")}${
      url !== null && /^https?:\/\//i.test(url) && elsewhere(url, "Original")
    }${media !== null && elsewhere(linkAt(media, null), "Video")}
    · <a href="/api${sourceUrl(id)}">JSON</a>
  </p>`;
}
