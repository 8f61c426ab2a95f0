import { AskError, askServer, sendFeedback } from "./client.js";
import {
  type Action,
  type Conversation,
  type Exchange,
  type Failure,
  historyOf,
  NO_CONVERSATION,
  reduce,
} from "./conversation.js";
import { loadConversation, saveConversation } from "./store.js";
import type { DocentAnswer } from "./widget.js";

/** While a page is hidden no frames are drawn, so text that comes then waits for a timer instead. */
const HIDDEN_FRAME_MS = 250;

/** What a session needs of its surroundings, asked for each time. */
export interface SessionSettings {
  /** The server's address. */
  server: string;
  /** What the conversation is kept under. */
  storageName: string;
}

/** How asking ended: with an answer, with a failure, or by being stopped (null). */
export type Outcome = { answer: DocentAnswer } | { failure: Failure } | null;

/** One reader's conversation with a server: asks, keeps what was said, and tells when it has changed. */
export class Session {
  conversation: Conversation = NO_CONVERSATION;
  private underWay: { key: number; abort: AbortController } | null = null;
  private nextKey = 0;

  constructor(
    private readonly settings: () => SessionSettings,
    private readonly onChange: () => void,
  ) {}

  get isBusy(): boolean {
    return this.underWay !== null;
  }

  /** Takes up the conversation that was kept when the page was left. */
  resume(): void {
    // What another server is still answering belongs to the conversation with that one.
    this.underWay?.abort.abort();
    this.underWay = null;
    const storage = tabStorage();
    this.conversation = storage === null ? NO_CONVERSATION : loadConversation(storage, this.settings().storageName);
    this.nextKey = Math.max(this.nextKey, this.conversation.exchanges.length);
    this.onChange();
  }

  async ask(question: string): Promise<Outcome> {
    this.end("stopped");
    const key = this.nextKey++;
    const history = historyOf(this.conversation);
    const abort = new AbortController();
    this.underWay = { key, abort };
    this.change({ type: "asked", key, question });
    this.save();
    try {
      return { answer: await this.receive(key, { question, history }, abort.signal) };
    } catch (error) {
      if (abort.signal.aborted) return null;
      const failure: Failure = error instanceof AskError ? error.failure : { kind: "server" };
      this.change({ type: "failed", key, failure });
      return { failure };
    } finally {
      if (this.underWay?.key === key) {
        this.underWay = null;
        this.onChange();
        this.save();
      }
    }
  }

  /** Ends the answer under way, by the reader or because the page is left; what has come of it stays. */
  end(type: "stopped" | "interrupted"): void {
    if (this.underWay === null) return;
    const { key, abort } = this.underWay;
    this.underWay = null;
    abort.abort();
    this.change({ type, key });
    this.save();
  }

  /** Takes a question away, to ask it again. */
  remove(exchange: Exchange): void {
    this.change({ type: "removed", key: exchange.key });
  }

  clear(): void {
    this.end("interrupted");
    this.change({ type: "cleared" });
    this.save();
  }

  /**
   * Sends a rating, shown at once and taken back if the server does not keep it.
   *
   * @returns whether it was kept
   */
  async rate({ key, answer, rating: before }: Exchange, rating: "up" | "down", comment?: string): Promise<boolean> {
    if (answer === null) return false;
    this.change({ type: "rated", key, rating });
    const kept = await sendFeedback(this.settings().server, {
      answer_id: answer.id,
      rating,
      ...(comment === undefined ? {} : { comment }),
    }).then(
      () => true,
      () => false,
    );
    if (!kept) this.change({ type: "rated", key, rating: before });
    this.save();
    return kept;
  }

  /** Reads the answer, and shows what has come once a frame, however many pieces it comes in. */
  private async receive(
    key: number,
    body: Parameters<typeof askServer>[1],
    signal: AbortSignal,
  ): Promise<DocentAnswer> {
    let pending = "";
    const flush = (): void => {
      if (pending !== "" && !signal.aborted) this.change({ type: "delta", key, text: pending });
      pending = "";
    };
    try {
      for await (const event of askServer(this.settings().server, body, signal)) {
        signal.throwIfAborted();
        if (event.type === "sources") this.change({ type: "sources", key, citations: event.citations });
        if (event.type === "delta") {
          if (pending === "") onNextFrame(flush);
          pending += event.text;
        }
        if (event.type === "done") {
          pending = "";
          this.change({ type: "done", key, answer: event.answer });
          return event.answer;
        }
      }
    } finally {
      // Before the answer ends, however it does: what comes after its end would set it going again.
      flush();
    }
    throw new AskError({ kind: "cut" });
  }

  private change(action: Action): void {
    this.conversation = reduce(this.conversation, action);
    this.onChange();
  }

  private save(): void {
    const storage = tabStorage();
    if (storage !== null) saveConversation(storage, this.settings().storageName, this.conversation);
  }
}

/** Null where a browser keeps nothing: then merely to touch it throws. */
function tabStorage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

function onNextFrame(callback: () => void): void {
  if (document.hidden) setTimeout(callback, HIDDEN_FRAME_MS);
  else requestAnimationFrame(callback);
}
