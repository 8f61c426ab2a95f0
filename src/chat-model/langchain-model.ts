import { setTimeout as sleep } from "node:timers/promises";
import type { AIMessageChunk } from "@langchain/core/messages";
import { type ChatCall, type ChatMessage, type ChatModel, ChatModelError } from "./chat-model.js";
import { mayPass, toChatModelError } from "./model-error.js";
import type { ChatModelSettings } from "./settings.js";

/** A model's server that fails for a moment is asked again this often, after about one and two seconds. */
const RETRIES = 2;
const PAUSE_MS = 1000;
/** A server of one's own that asks for no key still gets a header. */
const NO_KEY = "none";

type Streaming = { stream(messages: [string, string][], call: object): Promise<AsyncIterable<AIMessageChunk>> };

/**
 * A chat model through LangChain. Nothing of LangChain's models is loaded, and nobody is asked, before the first call.
 */
export function langChainModel(settings: ChatModelSettings): ChatModel {
  const { provider, model } = settings;
  let loaded: Promise<Streaming> | null = null;
  let underWay = 0;
  return {
    name: `${provider}:${model}`,
    async *stream(messages: readonly ChatMessage[], { signal, onEnd }: ChatCall = {}) {
      // To load LangChain takes a moment the first time; the model is not slow for it.
      loaded ??= load(settings);
      const chat = await loaded;
      if (underWay >= settings.concurrency) {
        throw new ChatModelError("busy", `CHAT_MODEL: ${underWay} replies are under way (CHAT_CONCURRENCY).`);
      }
      underWay++;
      const patience = new Patience(settings, signal);
      try {
        const turns = messages.map(({ role, content }): [string, string] => [role, content]);
        const { chunks, first } = await begin(chat, turns, patience);
        const end = new EndReader();
        for (let next = first; next.done !== true; next = await patience.wait(chunks.next())) {
          end.read(next.value);
          const text = textOf(next.value);
          if (text !== "") yield text;
        }
        onEnd?.(end.result);
      } catch (error) {
        signal?.throwIfAborted();
        throw toChatModelError(error, settings);
      } finally {
        patience.end();
        underWay--;
      }
    },
  };
}

async function load({ provider, model, baseUrl, apiKey, maxTokens }: ChatModelSettings): Promise<Streaming> {
  const { initChatModel } = await import("langchain/chat_models/universal");
  const base = baseUrl ?? undefined;
  // What a model sent amiss is logged by whoever asked, not printed.
  const ofProvider = {
    openai: { apiKey: apiKey ?? NO_KEY, maxTokens, configuration: { baseURL: base, logLevel: "off" } },
    anthropic: { apiKey: apiKey ?? NO_KEY, maxTokens, anthropicApiUrl: base },
    ollama: { numPredict: maxTokens, baseUrl: base },
  }[provider];
  const chosen = { modelProvider: provider, maxRetries: 0, ...ofProvider };
  return initChatModel(model, chosen);
}

interface Begun {
  chunks: AsyncIterator<AIMessageChunk>;
  first: IteratorResult<AIMessageChunk>;
}

/** Asks until the first piece comes. LangChain's own retries would wait on after the caller has gone. */
async function begin(chat: Streaming, turns: [string, string][], patience: Patience): Promise<Begun> {
  for (let retry = 0; ; retry++) {
    try {
      const replies = await patience.wait(chat.stream(turns, { signal: patience.signal }));
      const chunks = replies[Symbol.asyncIterator]();
      return { chunks, first: await patience.wait(chunks.next()) };
    } catch (error) {
      if (error instanceof ChatModelError || retry >= RETRIES || !mayPass(error)) throw error;
      await patience.wait(
        sleep(PAUSE_MS * 2 ** retry * (0.75 + Math.random() / 2), undefined, { signal: patience.signal }),
      );
    }
  }
}

/** Ends a reply that comes too slowly, or whose caller has gone. */
class Patience {
  readonly #gone = new AbortController();
  readonly #deadline: number;
  readonly signal: AbortSignal;

  constructor(
    private readonly settings: ChatModelSettings,
    caller: AbortSignal | undefined,
  ) {
    this.#deadline = performance.now() + settings.timeoutSeconds * 1000;
    this.signal = caller === undefined ? this.#gone.signal : AbortSignal.any([caller, this.#gone.signal]);
  }

  /** @throws ChatModelError "too_slow", or the signal's reason */
  async wait<T>(promise: Promise<T>): Promise<T> {
    const left = this.#deadline - performance.now();
    const { patienceSeconds, timeoutSeconds } = this.settings;
    const ms = Math.max(0, Math.min(left, patienceSeconds * 1000));
    const setting =
      left < patienceSeconds * 1000
        ? `${timeoutSeconds} s (CHAT_TIMEOUT_SECONDS)`
        : `${patienceSeconds} s (CHAT_PATIENCE_SECONDS)`;
    let timer: NodeJS.Timeout | undefined;
    let onAbort: (() => void) | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        promise.then(resolve, reject);
        timer = setTimeout(() => {
          reject(new ChatModelError("too_slow", `CHAT_MODEL: nothing came within ${setting}.`));
        }, ms);
        onAbort = () => reject(this.signal.reason as Error);
        if (this.signal.aborted) onAbort();
        this.signal.addEventListener("abort", onAbort, { once: true });
      });
    } finally {
      clearTimeout(timer);
      if (onAbort !== undefined) this.signal.removeEventListener("abort", onAbort);
    }
  }

  /** Nothing more is wanted of the reply: its connection is closed. */
  end(): void {
    this.#gone.abort();
  }
}

/** Tokens and the reason of the end, from the chunks that tell them. */
class EndReader {
  #prompt = 0;
  #completion = 0;
  #isCounted = false;
  #isCut = false;

  read({ usage_metadata: usage, response_metadata: told, additional_kwargs: more }: AIMessageChunk): void {
    const isCount = (tokens: unknown): boolean => typeof tokens === "number" && tokens >= 0 && Number.isFinite(tokens);
    if (usage !== undefined && isCount(usage.input_tokens) && isCount(usage.output_tokens)) {
      this.#isCounted = true;
      this.#prompt += usage.input_tokens;
      this.#completion += usage.output_tokens;
    }
    // OpenAI's, Ollama's and Anthropic's word for it; LangChain puts the last elsewhere.
    const reasons = [told["finish_reason"], told["done_reason"], told["stop_reason"], more["stop_reason"]];
    if (reasons.some((why) => why === "length" || why === "max_tokens")) this.#isCut = true;
  }

  get result(): { usage: { promptTokens: number; completionTokens: number } | null; isCut: boolean } {
    const usage = this.#isCounted ? { promptTokens: this.#prompt, completionTokens: this.#completion } : null;
    return { usage, isCut: this.#isCut };
  }
}

/** The text of a chunk; what a model thinks, and calls of tools, are none. */
function textOf({ content }: AIMessageChunk): string {
  if (typeof content === "string") return content;
  return content.map((part) => (part.type === "text" && typeof part["text"] === "string" ? part["text"] : "")).join("");
}
