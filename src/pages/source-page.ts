import type { RequestHandler } from "express";
import { findSource } from "../http/corpus-routes.js";
import type { PassageIndex } from "../search/passage-index.js";
import { page } from "./layout.js";
import { html, isolated, type Markup } from "./markup.js";

/** GET /sources/:id: the document's text with an anchor a passage. */
export function sourcePageRoute(index: () => PassageIndex): RequestHandler {
  return async (request, response) => {
    const current = index();
    const document = await findSource(current, request.params["id"]);
    let at = 0;
    const text: Markup[] = [];
    for (const passage of await current.passagesOf(document.id)) {
      const anchor = passage.id.slice(passage.id.lastIndexOf("#") + 1);
      text.push(html`${document.text.slice(at, passage.start)}<span id="${anchor}">${passage.text}</span>`);
      at = passage.end;
    }
    text.push(html`${document.text.slice(at)}`);
    const origin = document.url !== null && html` · <a rel="noreferrer" href="${document.url}">Original</a>`;
    const main = html`<h1>${isolated(document.title)}</h1>
      <p class="soft">${isolated(document.path)}${origin}</p>
      <div class="text">${text}</div>`;
    response
      .type("html")
      .send(page({ title: document.title, description: `The text of ${document.title}.`, current: "/sources", main }));
  };
}
