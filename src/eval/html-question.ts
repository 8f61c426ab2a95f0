import { html, type Markup } from "./markup.js";
import { decimal } from "./totals.js";
import type { EvalQuestion, Outcome } from "./types.js";

/** How much is shown of a question that went wrong, and of one that went right. All of it is in the JSON report. */
const SHOWN = { wrong: { passages: 10, evidence: 20 }, right: { passages: 3, evidence: 4 } };
const EXCERPT_CHARS = 160;

const EXPECTED: Record<EvalQuestion["expect"], string> = {
  answer: "an answer",
  refuse: "a refusal",
  "correct-or-refuse": "a refusal, or the facts that correct it",
  "small-talk": "a short friendly reply without a citation",
};

/** One question, closed: what was asked, whether the answer was right; open: how it came about. */
export function questionMarkup(set: string, outcome: Outcome): Markup {
  const { question, right, faults, quoteFaults, resolved, answer, milliseconds } = outcome;
  const why = [...faults, ...quoteFaults].join("; ");
  return html`<details class="question" id="${anchor(set, question.id)}">
    <summary>
      <b class="${right ? "good" : "bad"}">${right ? "Right" : "Wrong"}</b> ${question.question}
      <small>${question.id} · ${question.kind}${why === "" ? "" : ` · ${why}`}</small>
    </summary>
    ${historyMarkup(question)}${
      resolved === question.question
        ? null
        : html`<h4>Understood as</h4>
            <p>${resolved}</p>`
    }
    <h4>Expected</h4>
    ${expectedMarkup(question)}
    <h4>Answer</h4>
    ${answerMarkup(set, outcome)}
    <p class="soft">
      ${answer.status === "answered" ? "Answered" : "Refused"} with confidence ${decimal(answer.confidence, 2)},
      ${answer.answer.length} characters, ${decimal(milliseconds, 1)} ms
    </p>
    ${retrievedMarkup(set, outcome)}${outcome.parts.map((part) => partMarkup(part, outcome))}
  </details> `;
}

export function anchor(set: string, id: string): string {
  return `${set}-${id}`.replace(/[^\w-]/g, (character) => `.${character.codePointAt(0)!.toString(16)}`);
}

export function passageAnchor(set: string, id: string): string {
  return `passage-${anchor(set, id)}`;
}

function historyMarkup({ history }: EvalQuestion): Markup | null {
  if (history.length === 0) return null;
  const turns = history.map(({ role, content }) => html`<li><span class="soft">${role}:</span> ${content}</li>`);
  return html`<h4>Asked before</h4>
    <ul>
      ${turns}
    </ul>`;
}

function expectedMarkup({ expect, facts, sources, forbidden, timestamp }: EvalQuestion): Markup {
  const quoted = (wordings: readonly string[]): string => wordings.map((wording) => `“${wording}”`).join(" or ");
  const lines = [
    ...facts.map((wordings) => `fact: ${quoted(wordings)}`),
    ...sources.map((group) => `cited: ${group.join(" or ")}`),
    ...(timestamp === null ? [] : [`time: ${timestamp}`]),
    ...(forbidden.length === 0 ? [] : [`never: ${quoted(forbidden)}`]),
  ].map((line) => html`<li>${line}</li>`);
  return html`<p>${EXPECTED[expect]}</p>
    ${
      lines.length === 0
        ? null
        : html`<ul>
            ${lines}
          </ul>`
    }`;
}

function answerMarkup(set: string, { question, answer }: Outcome): Markup {
  const place = (n: number): string => `${anchor(set, question.id)}-source-${n}`;
  const pieces = answer.answer.split(/(\[\d+\])/).map((piece) => {
    const n = Number(/^\[(\d+)\]$/.exec(piece)?.[1] ?? 0);
    return answer.citations.some((citation) => citation.n === n)
      ? html`<a href="#${place(n)}">${piece}</a>`
      : html`${piece}`;
  });
  const citations = answer.citations.map(({ n, source, heading, timestamp, quote, start, end }) => {
    const where = [source, ...heading, ...(timestamp === null ? [] : [timestamp])].join(" › ");
    return html`<li id="${place(n)}" value="${n}">
      <small>${where} (${start}–${end})</small>
      <blockquote>${quote}</blockquote>
    </li>`;
  });
  return html`<div class="answer">${pieces}</div>
    ${
      citations.length === 0
        ? null
        : html`<ol>
            ${citations}
          </ol>`
    }`;
}

function retrievedMarkup(set: string, { retrieved, right, question }: Outcome): Markup | null {
  if (retrieved.length === 0) return null;
  const shown = retrieved.slice(0, (right ? SHOWN.right : SHOWN.wrong).passages);
  const items = shown.map(({ passage, score, dense, lexical, facts }) => {
    const holds = question.facts.length === 0 ? "" : ` · ${facts.length} of ${question.facts.length} facts`;
    const scores = `score ${decimal(score)} (dense ${decimal(dense)}, lexical ${decimal(lexical)})${holds}`;
    const text = passage.text.replace(/\s+/g, " ");
    const excerpt = text.length > EXCERPT_CHARS ? `${text.slice(0, EXCERPT_CHARS)} …` : text;
    return html`<li>
      <small>${scores} · <a href="#${passageAnchor(set, passage.id)}">${passage.id}</a></small
      >${excerpt}
    </li>`;
  });
  return html`<h4>Retrieved passages</h4>
    <ol>
      ${items}
    </ol>
    ${more(retrieved.length - shown.length)}`;
}

function partMarkup(part: Outcome["parts"][number], { right, parts }: Outcome): Markup {
  const { question, kind, faq, evidence, verdict } = part;
  const most = (right ? SHOWN.right : SHOWN.wrong).evidence;
  const shown = evidence.filter(({ used }, i) => used || i < most);
  const items = shown.map(({ passageId, text, score, used, why }) => {
    const label = [used ? "used" : "not used", why, `score ${decimal(score, 2)}`, passageId].filter(
      (word) => word !== "",
    );
    return html`<li class="${used ? "used" : "unused"}"><small>${label.join(" · ")}</small>${text}</li>`;
  });
  const nearest =
    faq === null
      ? null
      : html`<li>nearest FAQ item${faq.used ? ", used" : ""}: “${faq.question}” (${decimal(faq.nearness, 2)})</li>`;
  const signals = Object.entries(verdict.signals).map(([name, value]) => `${name} ${decimal(value, 2)}`);
  return html`<h4>Decision${parts.length > 1 ? ` on “${question}”` : ""}</h4>
    <ul>
      <li>
        ${verdict.answer ? "the evidence answers" : "the evidence does not answer"} (${decimal(verdict.confidence, 2)}),
        asked for: ${kind}
      </li>
      ${signals.length === 0 ? null : html`<li>${signals.join(", ")}</li>`}${nearest}
    </ul>
    ${
      items.length === 0
        ? null
        : html`<h4>Evidence</h4>
            <ol>
              ${items}
            </ol>
            ${more(evidence.length - shown.length)}`
    }`;
}

function more(count: number): Markup | null {
  return count > 0 ? html`<p class="soft">and ${count} more in the JSON report</p>` : null;
}
