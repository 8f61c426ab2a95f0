import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { answerBlocks, type AnswerBlock, type Inline } from "./answer-text.js";
import { type Conversation, type Exchange, type Failure, isUnderWay } from "./conversation.js";
import { ICONS } from "./icons.js";
import { filled } from "./languages.js";
import type { Words } from "./languages/en.js";
import { outsideLink, quoteLink } from "./links.js";
import type { DocentCitation } from "./widget.js";

/** What a reader can do; the element does it. */
export interface Actions {
  ask(question: string): void;
  retry(exchange: Exchange): void;
  copy(exchange: Exchange): void;
  copyLink(exchange: Exchange): void;
  rate(exchange: Exchange, rating: "up" | "down"): void;
  comment(exchange: Exchange, text: string): void;
}

/** What the templates need beside the conversation. */
export interface View {
  words: Words;
  endpoint: string;
  greeting: string;
  /** Questions offered before the first. */
  starters: readonly string[];
  /** Whose comment is being written; its key. */
  commenting: number | null;
  /** A word about what has just been done to an exchange ("Copied"). */
  said: { key: number; text: string } | null;
  actions: Actions;
}

export function conversationView({ exchanges }: Conversation, view: View): TemplateResult {
  const busy = exchanges.some(isUnderWay);
  const last = exchanges.at(-1);
  return html`${view.greeting === "" ? nothing : html`<p class="greeting" part="greeting" dir="auto">${view.greeting}</p>`}
  ${exchanges.length === 0 ? chips(view.starters, view.words.tryThese, busy, view) : nothing}
  ${repeat(
    exchanges,
    ({ key }) => key,
    (exchange) => exchangeView(exchange, exchange === exchanges[0], exchange === last, view),
  )}`;
}

function exchangeView(exchange: Exchange, isFirst: boolean, isLast: boolean, view: View): TemplateResult {
  const { words } = view;
  return html`<div class="exchange" data-key=${exchange.key}>
    <p class="question" part="question" dir="auto"><bdi class="hidden">${words.you}: </bdi>${exchange.question}</p>
    <span class="hidden">${words.bot}: </span>
    ${exchange.answer?.status === "not_found" ? refusal(exchange) : answer(exchange, view)}
    ${exchange.stage === "waiting" ? html`<p class="answer waiting">${words.searching}</p>` : nothing}
    ${ending(exchange, view)} ${sources(exchange, view)}
    ${exchange.answer === null ? nothing : tools(exchange, isFirst, view)}
    ${view.commenting === exchange.key ? commentForm(exchange, view) : nothing}
    ${
      isLast && exchange.answer !== null
        ? chips(
            exchange.answer.suggestions,
            exchange.answer.status === "not_found" ? words.alsoAnswered : words.tryThese,
            false,
            view,
          )
        : nothing
    }
  </div>`;
}

function answer({ text, citations }: Exchange, view: View): TemplateResult | typeof nothing {
  if (text === "") return nothing;
  const known = new Set(citations.map(({ n }) => n));
  const blocks = answerBlocks(text, known);
  return html`<div class="answer" part="answer" dir="auto">
    ${blocks.map((block) => blockView(block, citations, view))}
  </div>`;
}

function blockView(block: AnswerBlock, citations: readonly DocentCitation[], view: View): TemplateResult {
  if (block.kind === "paragraph") return html`<p>${inlineView(block.content, citations, view)}</p>`;
  return html`<ul>
    ${block.items.map((item) => html`<li>${inlineView(item, citations, view)}</li>`)}
  </ul>`;
}

function inlineView(pieces: readonly Inline[], citations: readonly DocentCitation[], { words }: View): unknown[] {
  return pieces.map((piece) => {
    if ("text" in piece) return piece.text;
    const { n, title } = citations.find((citation) => citation.n === piece.marker)!;
    const name = filled(words.source, { n, title });
    return html`<span class="kept"
      >${piece.before}<button type="button" class="marker" part="marker" data-n=${n} aria-label=${name}>${n}</button
      >${piece.after}</span
    >`;
  });
}

function refusal({ text }: Exchange): TemplateResult {
  return html`<div class="answer refusal" part="refusal">
    <p class="refusal-text" dir="auto">${ICONS.unknown}<span>${text}</span></p>
  </div>`;
}

/** How an exchange ended that has no whole answer, with a way to ask again. */
function ending(exchange: Exchange, { words, actions }: View): TemplateResult | typeof nothing {
  const { stage, failure } = exchange;
  const again = html`<button type="button" class="link" part="retry" @click=${() => actions.retry(exchange)}>
    ${words.retry}
  </button>`;
  if (stage === "failed") {
    return html`<div class="answer error" part="error">
      <p>${failureText(failure!, words)}</p>
      ${again}
    </div>`;
  }
  if (stage === "stopped" || stage === "interrupted") return html`<p class="note">${words[stage]} ${again}</p>`;
  return nothing;
}

export function failureText(failure: Failure, words: Words): string {
  const names = {
    offline: "errorOffline",
    busy: "errorBusy",
    notReady: "errorNotReady",
    key: "errorKey",
    forbidden: "errorForbidden",
    tooLong: "errorTooLong",
    invalid: "errorInvalid",
    cut: "errorCut",
    server: "errorServer",
  } as const;
  return filled(words[names[failure.kind]] ?? words.errorServer, { n: failure.seconds ?? "" });
}

function sources({ stage, citations }: Exchange, { words, endpoint }: View): TemplateResult | typeof nothing {
  if (stage !== "done" || citations.length === 0) return nothing;
  return html`<div class="sources" part="sources">
    <h3>${words.sources}</h3>
    <ol role="list">
      ${citations.map((citation) => {
        const href = quoteLink(endpoint, citation);
        const place = placeView(citation);
        return html`<li>
          <span class="number">[${citation.n}]</span>
          <span class="place"
            >${href === null ? place : newTabLink(href, place, words)} ${outside(citation, words)}</span
          >
        </li>`;
      })}
    </ol>
  </div>`;
}

/** Title and headings; what turns the writing round in one of them ends with it. */
function placeView({ title, heading }: DocentCitation): TemplateResult {
  return html`<bdi class="title">${title}</bdi
    >${heading.map((one) => html` <span class="under">› <bdi>${one}</bdi></span>`)}`;
}

function newTabLink(href: string, text: unknown, words: Words): TemplateResult {
  return html`<a href=${href} target="_blank" rel="noopener noreferrer" part="link"
    >${text}<span class="hidden"> (${words.newTab})</span></a
  >`;
}

function outside(citation: DocentCitation, words: Words): TemplateResult | typeof nothing {
  const { timestamp: time } = citation;
  const href = outsideLink(citation);
  if (href === null) return nothing;
  return html`<span class="outside"
    >${newTabLink(href, time === null ? words.original : filled(words.playAt, { time }), words)}</span
  >`;
}

/** What the quote of a marker is shown in. */
export function quoteView(citation: DocentCitation, words: Words, endpoint: string): TemplateResult {
  const href = quoteLink(endpoint, citation);
  return html`<p>${placeView(citation)}</p>
    <blockquote dir="auto">${citation.quote}</blockquote>
    <p class="links">
      ${href === null ? nothing : newTabLink(href, words.openSource, words)} ${outside(citation, words)}
    </p>`;
}

function tools(exchange: Exchange, isFirst: boolean, { words, actions, said }: View): TemplateResult {
  const button = (name: string, icon: unknown, act: () => void, pressed?: boolean): TemplateResult =>
    html`<button
      type="button"
      class="icon"
      part="tool"
      title=${name}
      aria-label=${name}
      aria-pressed=${pressed === undefined ? nothing : String(pressed)}
      @click=${act}
    >
      ${icon}
    </button>`;
  return html`<div class="tools">
      ${exchange.answer?.status === "not_found" ? nothing : button(words.copy, ICONS.copy, () => actions.copy(exchange))}
      ${isFirst ? button(words.copyLink, ICONS.link, () => actions.copyLink(exchange)) : nothing}
      ${button(words.good, ICONS.up, () => actions.rate(exchange, "up"), exchange.rating === "up")}
      ${button(words.bad, ICONS.down, () => actions.rate(exchange, "down"), exchange.rating === "down")}
    </div>
    <p class="note" role="status">${said?.key === exchange.key ? said.text : ""}</p>`;
}

const MAX_COMMENT_CHARS = 2000;

function commentForm(exchange: Exchange, { words, actions }: View): TemplateResult {
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    const { value } = (event.target as HTMLFormElement).elements.namedItem("comment") as HTMLTextAreaElement;
    const text = value.trim();
    if (text !== "") actions.comment(exchange, text);
  };
  return html`<form class="comment" part="comment" @submit=${send}>
    <label>${words.commentLabel}<textarea name="comment" rows="2" maxlength=${MAX_COMMENT_CHARS}></textarea></label>
    <p class="note">${words.commentHint}</p>
    <button class="primary">${words.sendComment}</button>
  </form>`;
}

function chips(
  questions: readonly string[],
  label: string,
  disabled: boolean,
  { actions }: View,
): TemplateResult | typeof nothing {
  if (questions.length === 0) return nothing;
  return html`<h3>${label}</h3>
    <ul class="chips" part="chips" role="list">
      ${questions.map(
        (question) =>
          html`<li>
            <button
              type="button"
              class="chip"
              part="chip"
              dir="auto"
              ?disabled=${disabled}
              @click=${() => actions.ask(question)}
            >
              ${question}
            </button>
          </li>`,
      )}
    </ul>`;
}
