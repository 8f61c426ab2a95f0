import type { RequestHandler } from "express";
import { type AnswerDeps, answerQuestion } from "../answer/answer-question.js";
import type { PassageIndex } from "../search/passage-index.js";
import type { Answer } from "../types.js";
import { findSource, listFaq } from "./corpus-routes.js";
import { LIMITS } from "./schemas.js";

/** Pages that work without any script: markup is built from escaped text only. */

const STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--soft:#59636e;--line:#d6dbe1;--accent:#0b5cad;--mark:#fff3bf}
@media (prefers-color-scheme:dark){:root{--ink:#e8eaed;--paper:#15181c;--soft:#a3adb8;--line:#373e47;--accent:#7db8ff;--mark:#4d4000}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:44rem;padding:1.5rem 1rem 4rem;background:var(--paper);color:var(--ink);font:1rem/1.6 system-ui,sans-serif}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .25rem}
h2{font-size:1.1rem;margin:2rem 0 .5rem}
a{color:var(--accent)}
p.soft,.soft{color:var(--soft)}
form{display:flex;gap:.5rem;margin:1.25rem 0}
input{flex:1;min-width:0;font:inherit;padding:.6rem .75rem;border:1px solid var(--line);border-radius:.5rem;background:transparent;color:inherit}
button{font:inherit;padding:.6rem 1.1rem;border:0;border-radius:.5rem;background:var(--accent);color:var(--paper);cursor:pointer}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.answer{white-space:pre-line;overflow-wrap:anywhere}
.answer.none{color:var(--soft);font-style:italic}
ol.sources{padding-left:1.5rem}
ol.sources li{margin:.6rem 0}
blockquote{margin:.2rem 0 0;padding-left:.75rem;border-left:3px solid var(--line);color:var(--soft)}
ul{padding-left:1.25rem}
.text{white-space:pre-wrap;overflow-wrap:anywhere}
.text span:target{background:var(--mark);outline:4px solid var(--mark)}
`;

export const stylesheetRoute: RequestHandler = (_request, response) => {
  response.type("text/css").setHeader("Cache-Control", "no-cache").send(STYLE);
};

/** GET /: a question box; with ?q= the answer to it. */
export function homeRoute(deps: () => AnswerDeps): RequestHandler {
  return async (request, response) => {
    const current = deps();
    const given = request.query["q"];
    const question = typeof given === "string" ? given.trim().slice(0, LIMITS.questionChars) : "";
    const answer = question === "" ? null : await answerQuestion(current, { question });
    const documents = await current.index.documents();
    const faq = await listFaq(current.index);
    const form = `<form action="/" method="get"><input name="q" aria-label="Your question" placeholder="Ask about these documents" maxlength="${LIMITS.questionChars}" required value="${escape(question)}"><button>Ask</button></form>`;
    const titles = documents
      .slice(0, 50)
      .map(({ id, title }) => `<li><a href="${sourceUrl(id)}">${escape(title)}</a></li>`);
    const more = documents.length > 50 ? `<li class="soft">and ${documents.length - 50} more</li>` : "";
    const questions = answer?.suggestions ?? faq.slice(0, 5).map((item) => item.question);
    const body =
      `<h1>Docent</h1><p class="soft">Answers from ${documents.length} documents. Every sentence is a quote, and links to its source.</p>${form}` +
      (answer === null ? "" : answerMarkup(answer)) +
      (questions.length === 0 ? "" : `<h2>Questions to try</h2><ul>${questions.map(questionLink).join("")}</ul>`) +
      (answer === null ? `<h2>Documents</h2><ul>${titles.join("")}${more}</ul>` : `<p><a href="/">Start again</a></p>`);
    response.type("html").send(page(question === "" ? "Docent" : `${question} – Docent`, body));
  };
}

/** GET /sources/:id: the document's text with an anchor a passage. */
export function sourcePageRoute(index: () => PassageIndex): RequestHandler {
  return async (request, response) => {
    const current = index();
    const document = await findSource(current, request.params["id"]);
    let at = 0;
    let text = "";
    for (const passage of await current.passagesOf(document.id)) {
      const anchor = passage.id.slice(passage.id.lastIndexOf("#") + 1);
      text += `${escape(document.text.slice(at, passage.start))}<span id="${anchor}">${escape(passage.text)}</span>`;
      at = passage.end;
    }
    text += escape(document.text.slice(at));
    const origin = document.url === null ? "" : ` · <a rel="noreferrer" href="${escape(document.url)}">Original</a>`;
    const body = `<p><a href="/">Docent</a></p><h1>${escape(document.title)}</h1><p class="soft">${isolated(document.path)}${origin}</p><div class="text">${text}</div>`;
    response.type("html").send(page(`${document.title} – Docent`, body));
  };
}

function answerMarkup(answer: Answer): string {
  if (answer.status === "not_found") return `<p class="answer none" role="status">${escape(answer.answer)}</p>`;
  const text = escape(answer.answer).replace(/\[(\d+)\]/g, (marker, n: string) =>
    answer.citations.some((citation) => citation.n === Number(n)) ? `<a href="#source-${n}">${marker}</a>` : marker,
  );
  const sources = answer.citations.map((citation) => {
    const place = [citation.title, ...citation.heading].map(isolated).join(" › ");
    const video =
      citation.external_url === null
        ? ""
        : ` · <a rel="noreferrer" href="${escape(citation.external_url)}">${citation.timestamp ?? "Original"}</a>`;
    return `<li id="source-${citation.n}"><a href="${escape(citation.url)}">${place}</a>${video}<blockquote>${escape(citation.quote)}</blockquote></li>`;
  });
  return `<div class="answer" role="status">${text}</div><h2>Sources</h2><ol class="sources">${sources.join("")}</ol>`;
}

function questionLink(question: string): string {
  return `<li><a href="/?${escape(String(new URLSearchParams({ q: question })))}">${escape(question)}</a></li>`;
}

function sourceUrl(id: string): string {
  return escape(
    `/sources/${id
      .split("/")
      .map((part) => encodeURIComponent(part))
      .join("/")}`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title.replace(DIRECTION_CONTROLS, ""))}</title><link rel="stylesheet" href="/docent.css"><link rel="icon" href="data:,"></head><body>${body}</body></html>`;
}

/** Escaped, and so that a writing direction it sets ends with it instead of turning round what stands beside it. */
function isolated(text: string): string {
  return `<bdi>${escape(text)}</bdi>`;
}

/** Characters that change the writing direction; in a window's title nothing else would contain them. */
const DIRECTION_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function escape(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
