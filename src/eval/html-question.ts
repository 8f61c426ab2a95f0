import { markup, type Markup } from "./markup.js";
import { decimal } from "./totals.js";
import type { EvalQuestion, Outcome, RetrievedPassage } from "./types.js";

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
  const { question, right, faults, quoteFaults, answer, milliseconds } = outcome;
  const about = [question.id, question.kind, [...faults, ...quoteFaults].join("; ")].filter((part) => part !== "");
  const verdict = markup`<b class="${right ? "good" : "bad"}">${right ? "Right" : "Wrong"}</b>`;
  const status = answer.status === "answered" ? "Answered" : "Refused";
  return markup`<details class="question" id="${anchor(set, question.id)}"><summary>${verdict} ${question.question}<small>${about.join(" · ")}</small></summary>
${historyMarkup(outcome)}
<h4>Expected</h4>${expectedMarkup(question)}
<h4>Answer</h4>${answerMarkup(set, outcome)}
<p class="soft">${status} with confidence ${decimal(answer.confidence, 2)}, ${answer.answer.length} characters, ${decimal(milliseconds, 1)} ms</p>
${retrievedMarkup(set, outcome)}${outcome.parts.map((part) => partMarkup(part, outcome))}
</details>
`;
}

/** What a question or passage is called in the page's addresses. */
export function anchor(set: string, id: string): string {
  return `${set}-${id}`.replace(/[^\w-]/g, (character) => `.${character.codePointAt(0)!.toString(16)}`);
}

export function passageAnchor(set: string, id: string): string {
  return `passage-${anchor(set, id)}`;
}

function historyMarkup({ question, resolved }: Outcome): Markup {
  const turns = question.history.map(
    ({ role, content }) => markup`<li><span class="soft">${role}:</span> ${content}</li>`,
  );
  const before = turns.length === 0 ? null : markup`<h4>Asked before</h4><ul>${turns}</ul>`;
  const understood = resolved === question.question ? null : markup`<h4>Understood as</h4><p>${resolved}</p>`;
  return markup`${before}${understood}`;
}

function expectedMarkup({ expect, facts, sources, forbidden, timestamp }: EvalQuestion): Markup {
  const quoted = (wordings: readonly string[]): string => wordings.map((wording) => `“${wording}”`).join(" or ");
  const lines = [
    ...facts.map((wordings) => `fact: ${quoted(wordings)}`),
    ...sources.map((group) => `cited: ${group.join(" or ")}`),
    ...(timestamp === null ? [] : [`time: ${timestamp}`]),
    ...(forbidden.length === 0 ? [] : [`never: ${quoted(forbidden)}`]),
  ].map((line) => markup`<li>${line}</li>`);
  return markup`<p>${EXPECTED[expect]}</p>${lines.length === 0 ? null : markup`<ul>${lines}</ul>`}`;
}

function answerMarkup(set: string, { question, answer }: Outcome): Markup {
  const place = (n: number): string => `${anchor(set, question.id)}-source-${n}`;
  const pieces = answer.answer.split(/(\[\d+\])/).map((piece) => {
    const n = Number(/^\[(\d+)\]$/.exec(piece)?.[1] ?? 0);
    const isWired = answer.citations.some((citation) => citation.n === n);
    return isWired ? markup`<a href="#${place(n)}">${piece}</a>` : piece;
  });
  const citations = answer.citations.map(({ n, source, heading, timestamp, quote, start, end }) => {
    const where = [source, ...heading, ...(timestamp === null ? [] : [timestamp])].join(" › ");
    return markup`<li id="${place(n)}" value="${n}"><small>${where} (${start}–${end})</small><blockquote>${quote}</blockquote></li>`;
  });
  return markup`<div class="answer">${pieces}</div>${citations.length === 0 ? null : markup`<ol>${citations}</ol>`}`;
}

function retrievedMarkup(set: string, { retrieved, right, question }: Outcome): Markup | null {
  if (retrieved.length === 0) return null;
  const shown = retrieved.slice(0, (right ? SHOWN.right : SHOWN.wrong).passages);
  const items = shown.map((hit) => hitMarkup(set, hit, question));
  return markup`<h4>Retrieved passages</h4><ol>${items}</ol>${more(retrieved.length - shown.length)}`;
}

function hitMarkup(set: string, hit: RetrievedPassage, question: EvalQuestion): Markup {
  const { passage, score, dense, lexical, facts } = hit;
  const scores = `score ${decimal(score)} (dense ${decimal(dense)}, lexical ${decimal(lexical)})`;
  const link = markup`<a href="#${passageAnchor(set, passage.id)}">${passage.id}</a>`;
  const required = question.facts.length;
  const held = markup` · <span class="${facts.length > 0 ? "good" : "soft"}">${facts.length} of ${required} facts</span>`;
  const text = passage.text.replace(/\s+/g, " ");
  const excerpt = text.length > EXCERPT_CHARS ? `${text.slice(0, EXCERPT_CHARS).replace(/ \S*$/, "")} …` : text;
  return markup`<li><small>${link} · ${scores}${required === 0 ? null : held}</small>${excerpt}</li>`;
}

function partMarkup(part: Outcome["parts"][number], { right, parts }: Outcome): Markup {
  const { question, kind, faq, evidence, verdict } = part;
  const most = (right ? SHOWN.right : SHOWN.wrong).evidence;
  const shown = evidence.filter(({ used }, i) => used || i < most);
  const items = shown.map(({ passageId, text, score, used, why }) => {
    const label = [why, `score ${decimal(score, 2)}`, passageId].filter((word) => word !== "").join(" · ");
    const use = used ? markup`<b class="good">used</b>` : "not used";
    return markup`<li${used ? null : markup` class="unused"`}><small>${use} · ${label}</small>${text}</li>`;
  });
  const said = `${verdict.answer ? "the evidence answers" : "the evidence does not answer"} (${decimal(verdict.confidence, 2)})`;
  const signals = Object.entries(verdict.signals).map(([name, value]) => `${name} ${decimal(value, 2)}`);
  const nearest =
    faq === null
      ? []
      : [`nearest FAQ item (${decimal(faq.nearness, 2)}, ${faq.used ? "used" : "not used"}): “${faq.question}”`];
  const lines = [`asked for: ${kind}`, ...(faq?.used === true ? [] : [said]), ...nearest];
  const decision = [...lines, ...(signals.length === 0 ? [] : [`signals: ${signals.join(", ")}`])];
  const ranked = markup`<h4>Evidence</h4><ol>${items}</ol>${more(evidence.length - shown.length)}`;
  return markup`<h4>Decision${parts.length > 1 ? ` on “${question}”` : ""}</h4><ul>${decision.map((line) => markup`<li>${line}</li>`)}</ul>${items.length === 0 ? null : ranked}`;
}

function more(count: number): Markup | null {
  return count > 0 ? markup`<p class="soft">and ${count} more in the JSON report</p>` : null;
}
