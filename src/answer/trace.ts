import type { Hit, Passage } from "../types.js";
import type { AnswerKind } from "./question.js";

/** How an answer came about, for people who want to know: the evaluation's report, a debugging session. */
export interface Trace {
  /** The question as it was understood: a follow-up with what it refers to. */
  resolved: string;
  /** One for each part of a double question; none where nothing was looked up (a greeting). */
  parts: PartTrace[];
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
  verdict: { answer: boolean; confidence: number; signals: Record<string, number> };
  /** What each step took, in milliseconds. */
  ms: Record<"embed" | "retrieve" | "weigh" | "decide" | "compose", number>;
}
