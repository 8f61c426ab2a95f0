import { isStopWord, wordsOf } from "../search/tokenize.js";
import type { Turn } from "../types.js";

const PRONOUN = /\b(it|its|they|them|their|theirs|he|him|his|she|her|hers|this|that|these|those|there)\b/i;
const NEW_SUBJECT =
  /^(?:and|but|so|or)?,?\s*(?:what|how) about\s+(.+)$|^(?:and|but|or)\s+(?!(?:who|what|when|where|why|how|which|is|are|was|were|do|does|did|can|has|have|will)\b)(.+)$/i;
const BARE_QUESTION_WORD =
  /^(?:and |but |so )?(why|when|where|how|who|what for|since when|how (?:many|much|long|often|so|come))\s*(?:is that|not)?[?!.\s]*$/i;
const GO_ON =
  /^(?:yes|yeah|yep|sure|ok|okay|please|go on|continue|more|tell me more|yes,? please|and\?|go ahead)[.!?\s]*$/i;
/** A question with this many informative words of its own needs no help from the one before. */
const SELF_CONTAINED_WORDS = 3;

/**
 * Rewrites a follow-up ("And India?", "When was it launched?", "Why?") into a question that stands alone, from the
 * user's earlier questions. A question that already stands alone is returned as it is.
 */
export function resolveFollowUp(question: string, history: readonly Turn[]): string {
  let previous: string | null = null;
  for (const turn of [...history, { role: "user" as const, content: question }]) {
    if (turn.role !== "user" || turn.content.trim() === "") continue;
    previous = previous === null ? turn.content : resolveAgainst(turn.content, previous);
  }
  return previous ?? question;
}

function resolveAgainst(question: string, previous: string): string {
  const text = question.trim();
  if (GO_ON.test(text)) return previous;
  const subject = NEW_SUBJECT.exec(text.replace(/[?!.\s]+$/, ""));
  if (subject !== null) return replaceSubject(previous, (subject[1] ?? subject[2])!);
  const bare = BARE_QUESTION_WORD.exec(text);
  if (bare !== null) return `${bare[1]} ${withoutQuestionWord(previous)}`;
  const own = informativeWords(text);
  const names = nameRuns(text);
  if (names.length > 0) return question;
  const referent = referentOf(previous);
  if (PRONOUN.test(text)) return text.replace(PRONOUN, (pronoun) => replacementFor(pronoun, referent));
  if (own.length < SELF_CONTAINED_WORDS && !/^(who|what) (is|are)\b/i.test(text))
    return `${text.replace(/[?!.\s]+$/, "")} ${referent}?`;
  return question;
}

/** "Its", "their", "his" stand for a possessive. */
function replacementFor(pronoun: string, referent: string): string {
  return /^(its|their|his|her)$/i.test(pronoun) ? `${referent}'s` : referent;
}

/** What the question before was about: its names, or else its informative words. */
function referentOf(question: string): string {
  const runs = nameRuns(question);
  return runs.length > 0 ? runs.join(" ") : informativeWords(question).join(" ");
}

function replaceSubject(previous: string, subject: string): string {
  const last = nameRuns(previous).at(-1);
  if (last === undefined) return `${previous.replace(/[?!.\s]+$/, "")} ${subject}?`;
  const at = previous.lastIndexOf(last);
  return previous.slice(0, at) + subject + previous.slice(at + last.length);
}

function withoutQuestionWord(question: string): string {
  return question.replace(/^\s*(who|what|which|when|where|why|how( many| much| long| often)?)\b\s*/i, "");
}

function informativeWords(text: string): string[] {
  return wordsOf(text)
    .map(({ word }) => word)
    .filter((word) => !isStopWord(word));
}

/** Runs of capitalised words, without a question's first word unless that is in capitals or has a digit. */
function nameRuns(text: string): string[] {
  const runs: string[] = [];
  let end = -1;
  wordsOf(text).forEach(({ word, start, end: wordEnd }, i) => {
    const isName = /^\p{Lu}/u.test(word) && !isStopWord(word) && (i > 0 || /^\p{Lu}[\p{L}\d-]*[\p{Lu}\d]/u.test(word));
    if (!isName) return;
    if (end >= 0 && /^\s+$/.test(text.slice(end, start))) runs[runs.length - 1] += text.slice(end, wordEnd);
    else runs.push(word);
    end = wordEnd;
  });
  return runs;
}
