import { messageOf } from "../errors.js";
import { ChatModelError } from "./chat-model.js";
import { CHAT_PROVIDERS, type ChatModelSettings } from "./settings.js";

/** What stands for a key in a text. */
const KEY = /\b(?:sk|pk|key|xai|gsk|hf)[-_][\w-]{6,}\b|\bBearer\s+\S+/gi;
const MAX_CHARS = 200;

/** An error of a chat model as one line for the operator: what happened, which setting to look at. */
export function toChatModelError(error: unknown, settings: ChatModelSettings): ChatModelError {
  if (error instanceof ChatModelError) return error;
  const reason = reasonOf(error, settings);
  const { apiKey } = settings;
  return new ChatModelError("model_failed", `CHAT_MODEL: ${apiKey === null ? reason : reason.replaceAll(apiKey, "…")}`);
}

function reasonOf(error: unknown, { provider, model, baseUrl }: ChatModelSettings): string {
  const status = statusOf(error);
  const codes = codesOf(error);
  const where =
    baseUrl === null ? `the server of ${provider}` : `the server at CHAT_BASE_URL (${withoutSecrets(baseUrl)})`;
  const key = CHAT_PROVIDERS[provider] ?? "the key";
  if (status === 401 || status === 403) return `${where} does not accept the key (${status}). Check ${key}.`;
  if (status === 404) {
    const base = baseUrl === null ? "" : " or CHAT_BASE_URL leads elsewhere (it usually ends in /v1)";
    return `${where} has no model "${model}"${base} (404).`;
  }
  if (status === 429)
    return `${where} takes no more requests at present (429): its limit is reached, or what was paid for is used up.`;
  if (status !== null && status >= 500) return `${where} failed (${status}).`;
  if (status !== null) return `${where} refused the request (${status}): ${shortened(messageOf(error))}`;
  const unreachable = codes.find((code) =>
    /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|DEPTH_ZERO|SELF_SIGNED)/.test(
      code,
    ),
  );
  if (unreachable !== undefined) return `${where} cannot be reached (${unreachable}).`;
  const message = messageOf(error);
  if (/api.?key|credentials/i.test(message) && status === null) return `no key is set. Set ${key}.`;
  if (codes.length > 0 || /fetch failed|connection error|terminated|socket/i.test(message))
    return `the connection to ${where} broke off${codes.length > 0 ? ` (${codes[0]!})` : ""}.`;
  return `${where} gave no usable reply: ${shortened(message)}`;
}

/** Whether what failed may work in a moment; a limit that was reached only where the server says so. */
export function mayPass(error: unknown): boolean {
  const status = statusOf(error);
  return status === null
    ? codesOf(error).length > 0 || /connection/i.test(messageOf(error))
    : status === 408 || status >= 500;
}

function statusOf(error: unknown): number | null {
  for (const one of causesOf(error)) {
    const { status, statusCode, status_code: snake } = one as Record<string, unknown>;
    const found = [status, statusCode, snake].find((value): value is number => typeof value === "number");
    if (found !== undefined) return found;
  }
  return null;
}

function codesOf(error: unknown): string[] {
  return causesOf(error).flatMap((one) => {
    const { code } = one as { code?: unknown };
    return typeof code === "string" && /^[A-Z_]+$/.test(code) ? [code] : [];
  });
}

/** An error and what caused it. */
function causesOf(error: unknown): object[] {
  const causes: object[] = [];
  for (let one = error; typeof one === "object" && one !== null && causes.length < 6;) {
    causes.push(one);
    one = (one as { cause?: unknown }).cause;
  }
  return causes;
}

function withoutSecrets(address: string): string {
  const url = new URL(address);
  return `${url.protocol}//${url.host}${url.pathname}`;
}

function shortened(message: string): string {
  const line = message.split("\n")[0]!.replace(KEY, "…").trim();
  return line.length > MAX_CHARS ? `${line.slice(0, MAX_CHARS)}…` : line;
}
