import type { Turn } from "../../types.js";
import { LIMITS } from "../schemas.js";
import { OpenAiFault } from "./errors.js";
import type { ChatCompletionRequest } from "./schemas.js";
import { withoutSources } from "./source-list.js";

type Message = ChatCompletionRequest["messages"][number];

export interface Conversation {
  question: string;
  /** Within the limits of POST /api/chat, oldest first. */
  history: Turn[];
  /** UTF-16 units of all that was sent. */
  promptChars: number;
}

/**
 * Reads a list of messages: the user's last one is the question, what the user and the assistant said before is the history.
 * Others, such as a system prompt, change nothing.
 *
 * @throws OpenAiFault where there is no question, it is too long, or a part is no text
 */
export function conversationIn(messages: readonly Message[]): Conversation {
  const said = messages.map((message, i) => ({ role: message.role, content: textOf(message, i) }));
  const at = said.findLastIndex(({ role }) => role === "user");
  if (at < 0) throw fault("messages", 'messages must hold at least one message of the role "user".');
  return {
    question: questionAt(at, said[at]!.content.trim()),
    history: recent(said.slice(0, at).flatMap(turnOf)),
    promptChars: said.reduce((sum, { content }) => sum + content.length, 0),
  };
}

function questionAt(at: number, question: string): string {
  const param = `messages.${at}.content`;
  if (question === "") throw fault(param, `${param} must not be empty.`);
  if (question.length <= LIMITS.questionChars) return question;
  throw new OpenAiFault(
    "invalid_request",
    "context_length_exceeded",
    "messages",
    `A question may have at most ${LIMITS.questionChars} characters; the last message of the user has ${question.length}.`,
  );
}

function textOf({ role, content }: Message, at: number): string {
  if (content === null || content === undefined) return "";
  if (typeof content === "string") return content;
  const texts = content.flatMap((part, i) => {
    if (part.type === "text" && part.text !== undefined) return [part.text];
    if (part.type === "refusal" && role === "assistant") return [];
    const param = `messages.${at}.content.${i}`;
    if (part.type === "text") throw fault(param, `${param} must have a text.`);
    const type = part.type.slice(0, 50);
    throw fault(param, `${param} has the type "${type}", and this model reads only text.`);
  });
  return texts.join("\n");
}

/** An assistant's turn without the sources that this server put there: they were quoted, not said. */
function turnOf({ role, content }: { role: Message["role"]; content: string }): Turn[] {
  if (role !== "user" && role !== "assistant") return [];
  const text = (role === "user" ? content : withoutSources(content)).trim();
  return text === "" ? [] : [{ role, content: text }];
}

/** The newest turns that the limits leave room for; of a turn longer than a question may be, its end. */
function recent(turns: readonly Turn[]): Turn[] {
  const kept: Turn[] = [];
  let room: number = LIMITS.historyChars;
  for (const { role, content } of turns.slice(-LIMITS.historyTurns).toReversed()) {
    const end = content.slice(-LIMITS.questionChars);
    room -= end.length;
    if (room < 0) break;
    kept.unshift({ role, content: end });
  }
  return kept;
}

function fault(param: string, message: string): OpenAiFault {
  return new OpenAiFault("invalid_request", null, param, message);
}
