import { type Conversation, type Exchange, isUnderWay, NO_CONVERSATION } from "./conversation.js";
import { hasShape, isAnswer, isCitations } from "./shapes.js";

/** Where conversations are kept: the browser's session storage, which ends with the tab. */
type Storage = Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem">;

const STAGES = new Set<unknown>(["waiting", "streaming", "done", "stopped", "interrupted", "failed"]);
/** What is kept; the earliest are let go. */
const MAX_KEPT = 50;

/** The conversation kept under a name; a new one where there is none, or none that can be read. */
export function loadConversation(storage: Storage, name: string): Conversation {
  try {
    const kept: unknown = JSON.parse(storage.getItem(name) ?? "null");
    if (!Array.isArray(kept) || !kept.every(isExchange)) return NO_CONVERSATION;
    return {
      // An answer under way when the page was left does not come any more.
      exchanges: kept.map((one, key) => ({ ...one, key, stage: isUnderWay(one) ? "interrupted" : one.stage })),
    };
  } catch {
    return NO_CONVERSATION; // Storage that is switched off throws at the first touch.
  }
}

export function saveConversation(storage: Storage, name: string, { exchanges }: Conversation): void {
  try {
    if (exchanges.length === 0) storage.removeItem(name);
    else storage.setItem(name, JSON.stringify(exchanges.slice(-MAX_KEPT)));
  } catch {
    // Full or switched off: the conversation goes on, and does not survive a reload.
  }
}

function isExchange(value: unknown): value is Exchange {
  return hasShape(value, {
    question: (one) => typeof one === "string",
    stage: (one) => STAGES.has(one),
    text: (one) => typeof one === "string",
    citations: isCitations,
    answer: (one) => one === null || isAnswer(one),
    failure: (one) => one === null || hasShape(one, { kind: (kind) => typeof kind === "string" }),
    rating: (one) => one === null || one === "up" || one === "down",
  });
}
