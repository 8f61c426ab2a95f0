import { describe, expect, it } from "vitest";
import {
  type Action,
  type Conversation,
  historyOf,
  NO_CONVERSATION,
  reduce,
} from "../../../src/widget/conversation.js";
import { loadConversation, saveConversation } from "../../../src/widget/store.js";
import type { DocentAnswer } from "../../../src/widget/widget.js";

function answerOf(text: string): DocentAnswer {
  return {
    id: "01J",
    status: "answered",
    answer: text,
    citations: [],
    confidence: 0.9,
    suggestions: [],
    model: "extractive",
  };
}

const after = (...actions: Action[]): Conversation => actions.reduce(reduce, NO_CONVERSATION);

/** A conversation of so many exchanges, each of whose sides has so many characters. */
function longConversation(exchanges: number, chars: number): Conversation {
  const actions = Array.from({ length: exchanges }, (_, key): Action[] => [
    { type: "asked", key, question: String(key).padEnd(chars, "q") },
    { type: "done", key, answer: answerOf(String(key).padEnd(chars, "a")) },
  ]);
  return after(...actions.flat());
}

class MemoryStorage {
  readonly kept = new Map<string, string>();
  getItem = (name: string): string | null => this.kept.get(name) ?? null;
  setItem = (name: string, value: string): void => void this.kept.set(name, value);
  removeItem = (name: string): void => void this.kept.delete(name);
}

describe("reduce", () => {
  it("grows an answer, and puts the whole one in its place", () => {
    const begun = after(
      { type: "asked", key: 0, question: "Who?" },
      { type: "sources", key: 0, citations: [] },
      { type: "delta", key: 0, text: "It " },
      { type: "delta", key: 0, text: "was" },
    );
    expect(begun.exchanges[0]).toMatchObject({ stage: "streaming", text: "It was", answer: null });
    const done = reduce(begun, { type: "done", key: 0, answer: answerOf("It was they.") });
    expect(done.exchanges[0]).toMatchObject({ stage: "done", text: "It was they.", answer: { id: "01J" } });
  });

  it("keeps what came of an answer that is stopped, and leaves a whole answer alone", () => {
    const begun = after({ type: "asked", key: 0, question: "Who?" }, { type: "delta", key: 0, text: "It" });
    expect(reduce(begun, { type: "stopped", key: 0 }).exchanges[0]).toMatchObject({ stage: "stopped", text: "It" });
    const done = reduce(begun, { type: "done", key: 0, answer: answerOf("It was.") });
    expect(reduce(done, { type: "interrupted", key: 0 }).exchanges[0]!.stage).toBe("done");
  });

  it("knows nothing of what happens to an exchange that is gone", () => {
    const begun = after({ type: "asked", key: 0, question: "Who?" }, { type: "removed", key: 0 });
    expect(reduce(begun, { type: "delta", key: 0, text: "late" })).toEqual(NO_CONVERSATION);
  });
});

describe("historyOf", () => {
  it("has the last twenty turns, oldest first", () => {
    const history = historyOf(longConversation(15, 5));
    expect(history).toHaveLength(20);
    expect(history[0]).toEqual({ role: "user", content: "5qqqq" });
    expect(history.at(-1)).toEqual({ role: "assistant", content: "14aaa" });
  });

  it("has as many of the last exchanges as fit into 8,000 characters", () => {
    const history = historyOf(longConversation(5, 1999));
    expect(history).toHaveLength(4);
    expect(history.reduce((sum, { content }) => sum + content.length, 0)).toBeLessThanOrEqual(8000);
  });

  it("leaves out what was not answered", () => {
    const conversation = after(
      { type: "asked", key: 0, question: "First?" },
      { type: "failed", key: 0, failure: { kind: "offline" } },
      { type: "asked", key: 1, question: "Second?" },
      { type: "done", key: 1, answer: answerOf("Yes.") },
      { type: "asked", key: 2, question: "Third?" },
      { type: "stopped", key: 2 },
    );
    expect(historyOf(conversation).map(({ content }) => content)).toEqual(["Second?", "Yes."]);
  });
});

describe("the conversation kept in session storage", () => {
  it("comes back, an answer under way as interrupted", () => {
    const storage = new MemoryStorage();
    const before = after(
      { type: "asked", key: 7, question: "Who?" },
      { type: "done", key: 7, answer: answerOf("They.") },
      { type: "asked", key: 8, question: "Why?" },
      { type: "delta", key: 8, text: "Because" },
    );
    saveConversation(storage, "a", before);
    const [first, second] = loadConversation(storage, "a").exchanges;
    expect(first).toMatchObject({ key: 0, question: "Who?", stage: "done", text: "They." });
    expect(second).toMatchObject({ key: 1, question: "Why?", stage: "interrupted", text: "Because" });
    expect(loadConversation(storage, "b")).toEqual(NO_CONVERSATION);
  });

  it("is removed when it is empty", () => {
    const storage = new MemoryStorage();
    saveConversation(storage, "a", longConversation(1, 5));
    saveConversation(storage, "a", NO_CONVERSATION);
    expect(storage.kept.size).toBe(0);
  });

  it("keeps the last fifty exchanges", () => {
    const storage = new MemoryStorage();
    saveConversation(storage, "a", longConversation(60, 5));
    const { exchanges } = loadConversation(storage, "a");
    expect(exchanges).toHaveLength(50);
    expect(exchanges[0]!.question).toBe("10qqq");
  });

  it.each([
    "",
    "no json",
    "{}",
    "[1]",
    '[{"question":"a"}]',
    '[{"question":"a","stage":"odd","text":"","citations":[]}]',
  ])("begins anew where %j was kept", (kept) => {
    const storage = new MemoryStorage();
    storage.setItem("a", kept);
    expect(loadConversation(storage, "a")).toEqual(NO_CONVERSATION);
  });

  it("goes on without a storage that can be used", () => {
    const refuse = (): never => {
      throw new Error("switched off");
    };
    const storage = { getItem: refuse, setItem: refuse, removeItem: refuse };
    expect(loadConversation(storage, "a")).toEqual(NO_CONVERSATION);
    expect(() => saveConversation(storage, "a", longConversation(1, 5))).not.toThrow();
  });
});
