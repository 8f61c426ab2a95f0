import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { spokenText } from "./answer-text.js";
import { fetchSuggestions } from "./client.js";
import { copyToClipboard } from "./clipboard.js";
import { type Exchange } from "./conversation.js";
import { ICONS } from "./icons.js";
import { addLanguage, chooseLanguage, filled, type Language } from "./languages.js";
import { answerLink, copyText, mainLink } from "./links.js";
import { QuotePopover } from "./quote-popover.js";
import { Session } from "./session.js";
import { styles } from "./styles.js";
import { type Actions, conversationView, failureText, quoteView, type View } from "./view.js";
import type { DocentAnswer, DocentChatConstructor, DocentEventMap, DocentWords } from "./widget.js";

/** What POST /api/chat takes. */
const MAX_QUESTION_CHARS = 2000;
/** How near its end a reader has to be for the conversation to follow what is new, in CSS pixels. */
const NEAR_END_PX = 48;
/** Space left above a question that is scrolled to. */
const ABOVE_QUESTION_PX = 12;
const FOCUSABLE = "a[href], button:not(:disabled), textarea";

/**
 * `<docent-chat>`: asks a Docent server and shows cited answers. All it shows of questions, answers and sources is put in
 * as text nodes. widget.d.ts describes its public side.
 */
class DocentChat extends LitElement {
  static override styles = styles;
  static override properties = {
    endpoint: {},
    heading: {},
    placeholder: {},
    greeting: {},
    suggestions: {},
    position: { reflect: true },
    theme: { reflect: true },
    question: {},
    isOpen: { attribute: "open", type: Boolean, reflect: true },
    // `lang` itself is a property of every element, which reflects to its attribute.
    langAttribute: { attribute: "lang" },
    draft: { state: true },
    starters: { state: true },
    commenting: { state: true },
    said: { state: true },
    announced: { state: true },
  };

  /** Those in a page, which are drawn anew when a language is added. */
  private static readonly shown = new Set<DocentChat>();

  static addLanguage(tag: string, words: DocentWords): void {
    addLanguage(tag, words);
    for (const chat of DocentChat.shown) chat.requestUpdate();
  }

  endpoint = "";
  heading = "";
  placeholder = "";
  greeting: string | null = null;
  suggestions: string | null = null;
  position: "" | "bottom-right" | "bottom-left" | "inline" = "";
  theme: "auto" | "light" | "dark" = "auto";
  question = "";
  isOpen = false;

  private draft = "";
  /** Null until they are needed. */
  private starters: string[] | null = null;
  private commenting: number | null = null;
  private said: View["said"] = null;
  /** What a screen reader is told. */
  private announced = "";
  private followsEnd = true;
  /** Since it was last scrolled; what else is drawn anew must not move what is read. */
  private hasGrown = true;
  private readonly quotes = new QuotePopover(this);
  private readonly session = new Session(
    () => ({ server: this.server, storageName: `docent:${this.server}:${this.id}` }),
    () => {
      if (this.session.isBusy) this.hasGrown = true;
      this.requestUpdate();
    },
  );

  override connectedCallback(): void {
    super.connectedCallback();
    DocentChat.shown.add(this);
    window.addEventListener("pagehide", this.leave);
    window.addEventListener("languagechange", this.redraw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    DocentChat.shown.delete(this);
    this.leave();
    window.removeEventListener("pagehide", this.leave);
    window.removeEventListener("languagechange", this.redraw);
  }

  open(): void {
    if (this.isOpen || this.isInline) return;
    this.isOpen = true;
    // On a touch screen the keyboard would cover half of what has just been opened.
    const start = matchMedia("(pointer: coarse)").matches ? ".panel" : ".composer textarea";
    void this.focusOn(start);
    this.tell("docent-open", { open: true });
  }

  close(): void {
    if (!this.isOpen || this.isInline) return;
    const hadFocus = this.shadowRoot?.activeElement != null;
    this.quotes.hide();
    this.isOpen = false;
    if (hadFocus) void this.focusOn(".launcher");
    this.tell("docent-open", { open: false });
  }

  async ask(text: string): Promise<DocentAnswer | null> {
    const question = text.trim().slice(0, MAX_QUESTION_CHARS);
    if (question === "") return null;
    this.open();
    this.followsEnd = true;
    this.commenting = null;
    this.announced = "";
    const outcome = await this.session.ask(question);
    if (outcome === null) return null;
    if ("failure" in outcome) {
      this.announced = failureText(outcome.failure, this.words);
      return null;
    }
    const { answer } = outcome;
    this.announced = this.spoken(answer);
    this.tell("docent-answer", { question, answer });
    return answer;
  }

  reset(): void {
    this.quotes.hide();
    this.commenting = null;
    this.announced = "";
    this.session.clear();
  }

  protected override willUpdate(changed: PropertyValues): void {
    // The first time, and where a page sets it later.
    if (changed.has("endpoint")) this.session.resume();
    if (changed.has("suggestions") || changed.has("endpoint")) this.starters = null;
    const isVisible = this.isInline || this.isOpen;
    if (isVisible && this.starters === null && this.exchanges.length === 0) void this.offerStarters();
  }

  protected override firstUpdated(): void {
    const question = this.question.trim();
    if (question !== "" && !this.exchanges.some((exchange) => exchange.question === question)) void this.ask(question);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("draft")) fitHeight(this.renderRoot.querySelector(".composer textarea"));
    // "Stop" has become "Send", which nothing can be done with yet: focus would be lost with it.
    if (this.shadowRoot?.activeElement?.matches(".send:disabled") === true) void this.focusOn(".composer textarea");
    if (this.followsEnd && (this.hasGrown || changed.has("isOpen"))) this.followEnd();
    this.hasGrown = false;
    if (changed.has("commenting")) this.renderRoot.querySelector(".comment")?.scrollIntoView({ block: "nearest" });
  }

  protected override render(): TemplateResult {
    const { tag, words, direction } = this.language;
    const dir = direction === "rtl" ? "rtl" : nothing;
    if (!this.isInline && !this.isOpen) {
      return html`<button
        type="button"
        class="launcher"
        part="button"
        lang=${tag}
        aria-label=${words.openChat}
        title=${words.openChat}
        aria-haspopup="dialog"
        aria-expanded="false"
        @click=${() => this.open()}
      >
        ${ICONS.chat}
      </button>`;
    }
    // All of it is inside the dialog: a screen reader hears nothing from outside of one that is modal.
    return html`<div
      class="panel ${this.isInline ? "inline" : "floating"}"
      part="panel"
      lang=${tag}
      dir=${dir}
      role=${this.isInline ? "region" : "dialog"}
      aria-modal=${this.isInline ? nothing : "true"}
      aria-labelledby="heading"
      tabindex="-1"
      @keydown=${this.onKeydown}
      @pointerdown=${this.onPointerdown}
    >
      <header part="header">
        <h2 id="heading" part="heading" dir="auto">${this.heading || words.heading}</h2>
        ${iconButton(words.newChat, ICONS.fresh, this.startAnew, this.exchanges.length === 0)}
        ${this.isInline ? nothing : iconButton(words.closeChat, ICONS.close, () => this.close())}
      </header>
      <div
        class="log"
        part="log"
        role="log"
        aria-live="off"
        aria-busy=${String(this.session.isBusy)}
        aria-label=${words.conversation}
        tabindex="0"
        @scroll=${this.onScroll}
        @click=${this.onMarker}
        @pointerover=${this.quotes.follow}
        @pointerout=${this.quotes.follow}
        @focusin=${this.quotes.follow}
        @focusout=${this.quotes.follow}
      >
        ${conversationView(this.session.conversation, this.view)}
      </div>
      ${this.composer()} ${this.quote()}
      <div class="hidden" role="status">${this.announced}</div>
    </div>`;
  }

  private composer(): TemplateResult {
    const { words } = this;
    const { isBusy } = this.session;
    const name = isBusy ? words.stop : words.send;
    return html`<form class="composer" part="composer" @submit=${this.onSubmit}>
      <textarea
        part="input"
        rows="1"
        maxlength=${MAX_QUESTION_CHARS}
        aria-label=${words.placeholder}
        placeholder=${this.placeholder || words.placeholder}
        dir="auto"
        enterkeyhint="send"
        .value=${this.draft}
        @input=${this.onInput}
        @keydown=${this.onEnter}
      ></textarea>
      <button
        type=${isBusy ? "button" : "submit"}
        class="send"
        part="send"
        aria-label=${name}
        title=${name}
        ?disabled=${!isBusy && this.draft.trim() === ""}
        @click=${isBusy ? this.stop : nothing}
      >
        ${isBusy ? ICONS.stop : ICONS.send}
      </button>
    </form>`;
  }

  /** The quote of the marker that is pointed at. */
  private quote(): TemplateResult {
    const { shown } = this.quotes;
    const citation = shown && this.citationOf(shown);
    return html`<div
      id="quote"
      class="popover"
      part="popover"
      popover="manual"
      @pointerover=${this.quotes.follow}
      @pointerout=${this.quotes.follow}
      @focusin=${this.quotes.follow}
      @focusout=${this.quotes.follow}
    >
      ${citation == null ? nothing : quoteView(citation, this.words, this.server)}
    </div>`;
  }

  private citationOf(marker: HTMLElement): Exchange["citations"][number] | undefined {
    const key = Number(marker.closest<HTMLElement>(".exchange")?.dataset["key"]);
    const exchange = this.exchanges.find((one) => one.key === key);
    return exchange?.citations.find(({ n }) => n === Number(marker.dataset["n"]));
  }

  private get exchanges(): readonly Exchange[] {
    return this.session.conversation.exchanges;
  }

  private get isInline(): boolean {
    return this.position === "inline";
  }

  /** The server's address; where none is given, that of the folder this script comes from. */
  private get server(): string {
    return this.endpoint || new URL(".", import.meta.url).href;
  }

  private get language(): Language {
    const around = this.closest<HTMLElement>("[lang]:not([lang=''])")?.lang ?? "";
    return chooseLanguage(around === "" ? navigator.languages : [around]);
  }

  private get words(): Language["words"] {
    return this.language.words;
  }

  private get view(): View {
    const { words } = this;
    return {
      words,
      endpoint: this.server,
      greeting: this.greeting ?? words.greeting,
      starters: this.starters ?? [],
      commenting: this.commenting,
      said: this.said,
      actions: this.actions,
    };
  }

  private readonly actions: Actions = {
    ask: (question) => {
      void this.focusOn(".composer textarea");
      void this.ask(question);
    },
    retry: (exchange) => {
      this.session.remove(exchange);
      void this.focusOn(".composer textarea");
      void this.ask(exchange.question);
    },
    copy: (exchange) => void this.copy(exchange, copyText(this.server, exchange)),
    copyLink: (exchange) => void this.copy(exchange, answerLink(this.server, exchange.question)),
    rate: (exchange, rating) => void this.rate(exchange, rating),
    comment: (exchange, text) => void this.rate(exchange, exchange.rating ?? "down", text),
  };

  private spoken({ answer, citations }: DocentAnswer): string {
    const text = spokenText(answer, new Set(citations.map(({ n }) => n)));
    const said = filled(this.words.announced, { answer: text });
    return citations.length === 0 ? said : `${said} ${filled(this.words.announcedSources, { n: citations.length })}`;
  }

  private async rate(exchange: Exchange, rating: "up" | "down", comment?: string): Promise<void> {
    const { key, answer } = exchange;
    if (await this.session.rate(exchange, rating, comment)) {
      this.commenting = comment === undefined ? key : null;
      this.said = { key, text: this.words.thanks };
      const detail = { answerId: answer!.id, rating, ...(comment === undefined ? {} : { comment }) };
      this.tell("docent-feedback", detail);
    } else {
      this.said = { key, text: this.words.errorFeedback };
    }
  }

  private async copy({ key }: Exchange, text: string): Promise<void> {
    if (await copyToClipboard(text)) this.said = { key, text: this.words.copied };
  }

  private async offerStarters(): Promise<void> {
    const given = this.suggestions?.split(/[|\n]/).map((one) => one.trim());
    this.starters = given?.filter((one) => one !== "") ?? [];
    if (given === undefined) this.starters = await fetchSuggestions(this.server);
  }

  private tell<Name extends keyof DocentEventMap>(name: Name, detail: DocentEventMap[Name]["detail"]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  private async focusOn(selector: string): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
  }

  private readonly stop = (event: MouseEvent): void => {
    // The second click of two on "Send" is not meant for what has taken its place.
    if (event.detail > 1) return;
    this.session.end("stopped");
    this.announced = this.words.stopped;
  };

  /** The page is left, or the element taken out of it: a page kept for going back must not hold a connection. */
  private readonly leave = (): void => {
    this.session.end("interrupted");
    this.quotes.hide();
  };

  private readonly redraw = (): void => this.requestUpdate();

  private readonly startAnew = (): void => {
    this.reset();
    void this.focusOn(".composer textarea");
  };

  private readonly onInput = (event: Event): void => {
    this.draft = (event.target as HTMLTextAreaElement).value;
  };

  private readonly onSubmit = (event: Event): void => {
    event.preventDefault();
    if (this.session.isBusy || this.draft.trim() === "") return;
    const question = this.draft;
    this.draft = "";
    void this.focusOn(".composer textarea");
    void this.ask(question);
  };

  private readonly onEnter = (event: KeyboardEvent): void => {
    // Enter also ends the writing of a word in Japanese, Chinese or Korean.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.onSubmit(event);
  };

  private readonly onKeydown = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && !event.isComposing && !this.quotes.hide()) this.close();
    if (event.key === "Tab" && !this.isInline) this.keepFocus(event);
  };

  private readonly onPointerdown = (event: Event): void => {
    if ((event.target as HTMLElement).closest(".marker, .popover") === null) this.quotes.hide();
  };

  /** From the last control of the open panel on to the first, and back. */
  private keepFocus(event: KeyboardEvent): void {
    const controls = [
      ...this.renderRoot.querySelectorAll<HTMLElement>(`.panel > :not(.popover) :is(${FOCUSABLE}), .log`),
    ];
    const at = this.shadowRoot!.activeElement;
    const atStart = at === controls[0] || at?.classList.contains("panel") === true;
    if (event.shiftKey ? !atStart : at !== controls.at(-1)) return;
    event.preventDefault();
    controls.at(event.shiftKey ? -1 : 0)?.focus();
  }

  private readonly onMarker = (event: Event): void => {
    const marker = (event.target as HTMLElement).closest<HTMLElement>(".marker");
    const citation = marker && this.citationOf(marker);
    if (marker === null || citation == null) return;
    // A finger cannot hover: its first touch shows the quote, which has the links.
    if ((event as Partial<PointerEvent>).pointerType === "touch") {
      this.quotes.show(marker);
      return;
    }
    const link = mainLink(this.server, citation);
    if (link !== null) window.open(link, "_blank", "noopener,noreferrer");
  };

  private readonly onScroll = (event: Event): void => {
    const log = event.target as HTMLElement;
    const { scrollHeight, scrollTop, clientHeight } = log;
    this.followsEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    this.quotes.keepUp(log);
  };

  /** Scrolls on to what is new, but never past the question it belongs to. */
  private followEnd(): void {
    const log = this.renderRoot.querySelector(".log");
    const last = log?.querySelector(".exchange:last-of-type");
    if (log == null || last == null) return;
    const question = last.getBoundingClientRect().top - log.getBoundingClientRect().top + log.scrollTop;
    log.scrollTop = Math.min(log.scrollHeight - log.clientHeight, question - ABOVE_QUESTION_PX);
  }
}

function iconButton(name: string, icon: TemplateResult, act: () => void, disabled = false): TemplateResult {
  return html`<button type="button" class="icon" aria-label=${name} title=${name} ?disabled=${disabled} @click=${act}>
    ${icon}
  </button>`;
}

/** As high as its text, for browsers without `field-sizing`. */
function fitHeight(area: HTMLTextAreaElement | null): void {
  if (area === null || CSS.supports("field-sizing", "content")) return;
  area.style.blockSize = "auto";
  area.style.blockSize = `${area.scrollHeight + 2}px`;
}

// The public types are written by hand, to be copied on their own; the compiler holds the element to them.
const element: DocentChatConstructor = DocentChat;
if (customElements.get("docent-chat") === undefined) customElements.define("docent-chat", element);
