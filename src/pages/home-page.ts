import type { RequestHandler } from "express";
import { type AnswerDeps, starterQuestions } from "../answer/answer-question.js";
import type { ObservedAnswering } from "../http/observe.js";
import { originOf } from "../http/origin.js";
import { LIMITS } from "../http/schemas.js";
import type { Answer } from "../types.js";
import { askForm } from "./ask-form.js";
import { page } from "./layout.js";
import { askUrl, quoteUrl, sourceUrl } from "./links.js";
import { html, isolated, type Markup } from "./markup.js";

/** How many documents are named; the page of sources has all. */
const DOCUMENTS_NAMED = 12;

/**
 * GET /: the chat; with ?q= the answer to that question. What stands inside the element is for browsers that run no
 * script: the element shows its own content in its place.
 */
export function homeRoute(deps: () => AnswerDeps, answering: ObservedAnswering): RequestHandler {
  return async (request, response) => {
    const current = deps();
    const given = request.query["q"];
    const question = typeof given === "string" ? given.trim().slice(0, LIMITS.questionChars) : "";
    const answer = question === "" ? null : await answering(current, { question }, response, {});
    const documents = await current.index.documents();
    const questions = answer?.suggestions ?? (await starterQuestions(current));
    const named = documents.slice(0, DOCUMENTS_NAMED);
    const count = documents.length === 1 ? "one document" : `${documents.length} documents`;
    const main = html`<h1>Ask the documents</h1>
      <p class="soft">Answers from ${count}. Every sentence is cited, and opens at the exact words in its source.</p>
      <docent-chat
        position="inline"
        heading="Conversation"
        greeting=""
        ${question === "" ? null : html` question="${question}"`}
      >
        ${askForm(question)} ${answer === null ? null : answerMarkup(answer)}
        ${
          questions.length === 0
            ? null
            : html`<h2>Questions to try</h2>
                <ul>
                  ${questions.map((one) => html`<li><a href="${askUrl(one)}">${one}</a></li>`)}
                </ul>`
        }
      </docent-chat>
      <h2>What it answers from</h2>
      <ul class="documents">
        ${named.map(({ id, title }) => html`<li><a href="${sourceUrl(id)}">${isolated(title)}</a></li>`)}${
          documents.length > named.length &&
          html`<li><a href="/sources">and ${documents.length - named.length} more</a></li>`
        }
      </ul>`;
    response.type("html").send(
      page({
        title: question === "" ? null : question,
        description: `Cited answers from ${count}: every sentence opens at the exact words in its source.`,
        origin: originOf(request),
        path: question === "" ? "/" : askUrl(question),
        current: "/",
        scripts: ["/widget.js"],
        main,
      }),
    );
  };
}

function answerMarkup(answer: Answer): Markup {
  if (answer.status === "not_found") return html`<p class="answer none" role="status">${answer.answer}</p>`;
  const known = new Set(answer.citations.map(({ n }) => n));
  const parts = answer.answer.split(/\[(\d+)\]/).map((part, i) => {
    if (i % 2 === 0) return html`${part}`;
    return known.has(Number(part)) ? html`<a href="#source-${part}">[${part}]</a>` : html`[${part}]`;
  });
  const sources = answer.citations.map((citation) => {
    const place = [citation.title, ...citation.heading].map((name, i) => html`${i > 0 && " › "}${isolated(name)}`);
    const elsewhere =
      citation.external_url !== null &&
      html` · <a rel="noreferrer" href="${citation.external_url}">${citation.timestamp ?? "Original"}</a>`;
    return html`<li id="source-${citation.n}">
      <a href="${quoteUrl(citation)}">${place}</a>${elsewhere}
      <blockquote dir="auto">${citation.quote}</blockquote>
    </li>`;
  });
  return html`<div class="answer" role="status">${parts}</div>
    ${
      sources.length > 0 &&
      html`<h2>Sources</h2>
        <ol class="sources">
          ${sources}
        </ol>`
    }`;
}
