/** The chat model as it is set. */
export interface ChatModelSettings {
  /** LangChain's name of who serves it: "openai". */
  provider: ChatProvider;
  /** Its name there: "gpt-5-mini". */
  model: string;
  /** Null where none is set: a server of one's own may need none. */
  apiKey: string | null;
  /** Where its server is; the provider's own address if null. */
  baseUrl: string | null;
  /** How long may pass until the next piece of a reply, in seconds. */
  patienceSeconds: number;
  /** How long a whole reply may take, in seconds. */
  timeoutSeconds: number;
  /** How long a reply may be, in tokens. */
  maxTokens: number;
  /** How many replies may be under way at once. */
  concurrency: number;
  /** What a million tokens of prompt and of reply cost, in the operator's currency; null where it is not set. */
  prices: { prompt: number; completion: number } | null;
}

/** Who serves models, with the variable that holds the key there; a model of one's own server needs none. */
export const CHAT_PROVIDERS = {
  openai: "OPENAI_API_KEY",
  anthropic: "ANTHROPIC_API_KEY",
  ollama: null,
} as const;

type ChatProvider = keyof typeof CHAT_PROVIDERS;

/** Splits "ollama:llama3.2:1b" into provider and model; null if it is not of that form. */
export function parseChatModel(value: string): Pick<ChatModelSettings, "provider" | "model"> | null {
  const at = value.indexOf(":");
  const provider = value.slice(0, at).trim().toLowerCase();
  const model = value.slice(at + 1).trim();
  if (at === -1 || model === "" || !Object.hasOwn(CHAT_PROVIDERS, provider)) return null;
  return { provider: provider as ChatProvider, model };
}
