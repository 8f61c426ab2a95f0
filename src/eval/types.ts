import type { PartTrace } from "../answer/trace.js";
import type { Answer, Passage, Turn } from "../types.js";

type Expectation = "answer" | "refuse" | "correct-or-refuse" | "small-talk";

/** A question with what makes its answer right. */
export interface EvalQuestion {
  id: string;
  kind: string;
  question: string;
  history: Turn[];
  expect: Expectation;
  /** Every inner list is one required fact, its strings wordings of which one must occur. */
  facts: string[][];
  /** Every inner list is one required source, its strings document ids of which one must be cited. */
  sources: string[][];
  /** None of these may occur in the answer. */
  forbidden: string[];
  /** The time the answer must give, "01:12:11". */
  timestamp: string | null;
  /** Whether a fact counts that stands in a quote but not in the answer. */
  factsInQuotes: boolean;
  /** The longest answer that counts as right. */
  maxChars: number | null;
}

/** What judging an answer came to. `faults` is empty if and only if it is right. */
export interface Judgement {
  right: boolean;
  faults: string[];
  /** Right but for its length. */
  rightAtAnyLength: boolean;
}

/** A passage as it was retrieved for a question. */
export interface RetrievedPassage {
  passage: Passage;
  dense: number;
  lexical: number;
  score: number;
  /** Which of the question's facts it holds, by their place in `facts`. */
  facts: number[];
}

/** One question asked: everything that figures and report are made from. */
export interface Outcome extends Judgement {
  question: EvalQuestion;
  /** As a question that stands alone. */
  resolved: string;
  answer: Answer;
  milliseconds: number;
  /** What is wrong with quotes and markers, if anything. */
  quoteFaults: string[];
  /** Best first. */
  retrieved: RetrievedPassage[];
  /** How many facts each relevant passage of the corpus holds. */
  relevance: number[];
  parts: PartTrace[];
}
