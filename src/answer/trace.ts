import type { Hit, Passage } from "../types.js";
import type { Generated } from "./generate.js";
import type { AnswerKind } from "./question.js";
import type { Refusal } from "./refuse.js";

/**
 * Why there is no answer: what a part was refused for; "instruction": the message tells the bot what to be or do; "no_quote":
 * evidence was found, but nothing of it could be quoted to the letter; "model": the chat model finds no answer.
 */
type RefusalReason = Refusal | "instruction" | "no_quote" | "model";

/** How an answer came about, for people who want to know: the evaluation's report, a debugging session. */
export interface Trace {
  /** The question as it was understood: a follow-up with what it refers to. */
  resolved: string;
  /** One for each part of a double question; none where nothing was looked up (a greeting). */
  parts: PartTrace[];
  /** Whether it was small talk, for which nothing is looked up. */
  smallTalk: boolean;
  /** Whether the question was read as another one than was asked: a follow-up. */
  rewritten: boolean;
  /** Why there is no answer, null if there is one; of a double question, the reason of its first part. */
  refusal: RefusalReason | null;
  /** What the chat model was asked for and gave; null where none was asked. */
  generated: Generated | null;
  /** What the whole answer took, in milliseconds. */
  ms: number;
}

export interface PartTrace {
  question: string;
  kind: AnswerKind;
  /** The nearest FAQ item, if there is one. */
  faq: { question: string; nearness: number; used: boolean } | null;
  /** The passages retrieved, best first. */
  passages: { passage: Passage; dense: number; lexical: number; score: number }[];
  /** All passages retrieved, best first: more than were read where the caller asked to see them. */
  candidates: readonly Hit[];
  /** The sentences, items and rows considered, best first; `why` says in a few words why each was or was not used. */
  evidence: { passageId: string; text: string; score: number; used: boolean; why: string }[];
  /** The decision to answer, with the signals it was made from. */
  verdict: { answer: boolean; refusal: Refusal | null; confidence: number; signals: Record<string, number> };
  /** What each step took, in milliseconds. */
  ms: Record<"embed" | "retrieve" | "weigh" | "decide" | "compose", number>;
}
