import type { DocentAnswer, DocentCitation } from "./widget.js";

/** Why a question was not answered; each has a sentence of its own in languages/. */
export interface Failure {
  kind:
    | "offline"
    | "busy"
    | "notReady"
    | "key"
    | "forbidden"
    | "tooLong"
    | "invalid"
    /** The stream ended before the answer did. */
    | "cut"
    | "server";
  /** Seconds to wait, where the server says so. */
  seconds?: number;
}

type Stage =
  | "waiting"
  | "streaming"
  | "done"
  /** By the reader. */
  | "stopped"
  /** The page was left before the answer was there. */
  | "interrupted"
  | "failed";

/** A question and what has come of it so far. */
export interface Exchange {
  /** Distinguishes it from all others of the conversation. */
  key: number;
  question: string;
  stage: Stage;
  /** The answer as far as it has come. */
  text: string;
  /** What the markers of `text` refer to. */
  citations: DocentCitation[];
  /** Once it is whole. */
  answer: DocentAnswer | null;
  failure: Failure | null;
  rating: "up" | "down" | null;
}

export interface Conversation {
  /** Oldest first. */
  exchanges: readonly Exchange[];
}

export type Action =
  | { type: "asked"; key: number; question: string }
  | { type: "sources"; key: number; citations: DocentCitation[] }
  | { type: "delta"; key: number; text: string }
  | { type: "done"; key: number; answer: DocentAnswer }
  | { type: "stopped"; key: number }
  | { type: "interrupted"; key: number }
  | { type: "failed"; key: number; failure: Failure }
  /** Takes a question away that is asked again. */
  | { type: "removed"; key: number }
  | { type: "rated"; key: number; rating: "up" | "down" | null }
  | { type: "cleared" };

export const NO_CONVERSATION: Conversation = { exchanges: [] };

/** The conversation after something has happened; what happens to an exchange that is gone changes nothing. */
export function reduce(conversation: Conversation, action: Action): Conversation {
  if (action.type === "cleared") return NO_CONVERSATION;
  if (action.type === "asked") {
    const { key, question } = action;
    const asked: Exchange = {
      key,
      question,
      stage: "waiting",
      text: "",
      citations: [],
      answer: null,
      failure: null,
      rating: null,
    };
    return { exchanges: [...conversation.exchanges, asked] };
  }
  if (action.type === "removed") {
    return { exchanges: conversation.exchanges.filter(({ key }) => key !== action.key) };
  }
  return {
    exchanges: conversation.exchanges.map((exchange) =>
      exchange.key === action.key ? next(exchange, action) : exchange,
    ),
  };
}

function next(exchange: Exchange, action: Action): Exchange {
  switch (action.type) {
    case "sources":
      return { ...exchange, citations: action.citations };
    case "delta":
      return { ...exchange, stage: "streaming", text: exchange.text + action.text };
    case "done": {
      const { answer } = action;
      return { ...exchange, stage: "done", text: answer.answer, citations: answer.citations, answer };
    }
    case "stopped":
    case "interrupted":
      return isUnderWay(exchange) ? { ...exchange, stage: action.type } : exchange;
    case "failed":
      return { ...exchange, stage: "failed", failure: action.failure };
    case "rated":
      return { ...exchange, rating: action.rating };
    default:
      return exchange;
  }
}

export function isUnderWay({ stage }: Exchange): boolean {
  return stage === "waiting" || stage === "streaming";
}

export interface Turn {
  role: "user" | "assistant";
  content: string;
}

/** What POST /api/chat takes of earlier turns. */
const MAX_TURNS = 20;
const MAX_HISTORY_CHARS = 8000;

/** The latest whole exchanges that fit into a request, oldest first. */
export function historyOf({ exchanges }: Conversation): Turn[] {
  const turns: Turn[] = [];
  let chars = 0;
  for (let i = exchanges.length - 1; i >= 0; i--) {
    const { question, answer } = exchanges[i]!;
    if (answer === null) continue;
    chars += question.length + answer.answer.length;
    if (turns.length + 2 > MAX_TURNS || chars > MAX_HISTORY_CHARS) break;
    turns.unshift({ role: "user", content: question }, { role: "assistant", content: answer.answer });
  }
  return turns;
}
