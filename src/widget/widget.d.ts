/**
 * Types of `<docent-chat>`, the element that widget.js defines. Self-contained, so that a page's own project can copy it.
 */

export interface DocentCitation {
  /** The number its markers carry. */
  n: number;
  source: string;
  title: string;
  heading: string[];
  /** A verbatim slice of the source's text. */
  quote: string;
  start: number;
  end: number;
  /** Below the endpoint; opens the source with the passage highlighted. */
  url: string;
  external_url: string | null;
  timestamp: string | null;
}

export interface DocentAnswer {
  id: string;
  status: "answered" | "not_found";
  answer: string;
  citations: DocentCitation[];
  confidence: number;
  suggestions: string[];
  model: string;
}

/** Names of the words of the interface. `{n}` and other names in braces are filled in. */
export type DocentWord =
  | "heading"
  | "greeting"
  | "placeholder"
  | "openChat"
  | "closeChat"
  | "newChat"
  | "send"
  | "stop"
  | "conversation"
  | "you"
  | "bot"
  | "tryThese"
  | "alsoAnswered"
  | "searching"
  | "stopped"
  | "interrupted"
  | "retry"
  | "sources"
  | "source"
  | "openSource"
  | "playAt"
  | "original"
  | "newTab"
  | "copy"
  | "copied"
  | "copyLink"
  | "good"
  | "bad"
  | "commentLabel"
  | "commentHint"
  | "sendComment"
  | "thanks"
  | "announced"
  | "announcedSources"
  | "errorOffline"
  | "errorBusy"
  | "errorNotReady"
  | "errorKey"
  | "errorForbidden"
  | "errorTooLong"
  | "errorInvalid"
  | "errorCut"
  | "errorServer"
  | "errorFeedback";

export type DocentWords = Partial<Record<DocentWord, string>>;

export interface DocentEventMap {
  /** A whole answer has been shown. */
  "docent-answer": CustomEvent<{ question: string; answer: DocentAnswer }>;
  /** A reader has rated an answer, and the server has kept it. */
  "docent-feedback": CustomEvent<{ answerId: string; rating: "up" | "down"; comment?: string }>;
  /** The panel has been opened or closed. */
  "docent-open": CustomEvent<{ open: boolean }>;
}

/** Every property is an attribute as well: of the same name, but for `isOpen`, whose attribute is `open`. */
export interface DocentChatElement extends HTMLElement {
  /** Address of the Docent server; empty: where widget.js comes from. */
  endpoint: string;
  heading: string;
  placeholder: string;
  /** What the chat says before the first question; "" for nothing. */
  greeting: string | null;
  /** Questions offered before the first, one a line or separated by "|"; if absent, the server is asked for some. */
  suggestions: string | null;
  /** Where the button floats, or "inline" for a chat in the flow of the page. "" is the end of the line of writing. */
  position: "" | "bottom-right" | "bottom-left" | "inline";
  /** Whether the floating panel is open (attribute `open`). */
  isOpen: boolean;
  theme: "auto" | "light" | "dark";
  /** BCP 47 tag of the interface's language; if absent, that of the page around it. */
  lang: string;
  /** Asked on load, unless the conversation that is taken up again has it. */
  question: string;

  /** Opens the floating panel. */
  open(): void;
  close(): void;
  /** Opens the panel and asks; resolves to the answer, or to null if it was stopped or failed. */
  ask(text: string): Promise<DocentAnswer | null>;
  /** Forgets the conversation. */
  reset(): void;

  addEventListener<K extends keyof DocentEventMap>(
    type: K,
    listener: (this: DocentChatElement, event: DocentEventMap[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

export interface DocentChatConstructor {
  new (): DocentChatElement;
  /** Adds a language of the interface, or changes words of one; words left out are English. */
  addLanguage(tag: string, words: DocentWords): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "docent-chat": DocentChatElement;
  }
}
