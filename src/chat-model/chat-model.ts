/** A message to a chat model. */
export interface ChatMessage {
  role: "system" | "user" | "assistant";
  content: string;
}

/** Tokens as the model's server counts them. */
export interface TokenUsage {
  promptTokens: number;
  completionTokens: number;
}

interface ReplyEnd {
  /** Null where the server does not count. */
  usage: TokenUsage | null;
  /** Whether the reply was cut off at its greatest length. */
  isCut: boolean;
}

export interface ChatCall {
  signal?: AbortSignal | undefined;
  /** Is told once how a reply ended that was not broken off. */
  onEnd?: ((end: ReplyEnd) => void) | undefined;
}

/** A language model that answers piece by piece. Adapter: chat-model/langchain-model.ts. */
export interface ChatModel {
  /** As it is set: "openai:gpt-5-mini". */
  readonly name: string;
  /**
   * The model's reply in pieces as they come.
   *
   * @throws ChatModelError if the model cannot be had, or the signal's reason
   */
  stream(messages: readonly ChatMessage[], call?: ChatCall): AsyncIterable<string>;
}

/**
 * Why a chat model gave no answer, or not all of it: it failed, took too long, had too much to do, declined, said nothing
 * that the documents bear out, or was cut off at the greatest length.
 */
export const CHAT_MODEL_FAULTS = [
  "model_failed",
  "too_slow",
  "busy",
  "model_refused",
  "not_verified",
  "cut_off",
] as const;
export type ChatModelFault = (typeof CHAT_MODEL_FAULTS)[number];

/** The chat model cannot be had. The message is one line for the operator, without the key. */
export class ChatModelError extends Error {
  override readonly name = "ChatModelError";
  constructor(
    readonly fault: ChatModelFault,
    message: string,
  ) {
    super(message);
  }
}
