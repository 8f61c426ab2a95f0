import { isStopWord, wordsOf } from "../search/tokenize.js";
import type { Turn } from "../types.js";

const PRONOUN = /\b(it|its|they|them|their|theirs|he|him|his|she|her|hers|this|that|these|those|there)\b/i;
/** "one" stands for a thing of the kind asked about before: "the S-band one". */
const ONE = /\bones?\b/i;
const NEW_SUBJECT =
  /^(?:and|but|so|or)?,?\s*(?:what|how) about\s+(.+)$|^(?:and|but|or)\s+(?!(?:who|what|when|where|why|how|which|is|are|was|were|do|does|did|can|has|have|will)\b)(.+)$/i;
const BARE_QUESTION_WORD =
  /^(?:and |but |so )?(why|when|where|how|who|what for|since when|how (?:many|much|long|often|so|come))\s*(?:is that|not)?[?!.\s]*$/i;
const GO_ON =
  /^(?:yes|yeah|yep|sure|ok|okay|please|go on|continue|more|tell me more|and\?|go ahead|(?:yes|ok|okay|sure),? (?:please|do|go ahead|tell me|sure)(?: do)?|please do|i would|i'd like that|of course)[.!?\s]*$/i;
/** What an assistant puts before a question that it offers to answer. */
const OFFER =
  /^(?:would you like (?:me )?to (?:know|hear|tell you|explain|see)|do you want (?:me )?to (?:know|hear|tell you|explain)|shall i (?:tell you|explain|list|quote|show(?: you)?|give you)|should i (?:tell you|explain|list)|you (?:could|can|may|might) (?:also )?ask:?|did you mean:?|may i suggest:?)\s*/i;
/** A question with this many informative words of its own needs no help from the one before. */
const SELF_CONTAINED_WORDS = 3;
/** Words that an answer hangs on rather than a subject: a name is carried over, these are not. */
const MAX_CARRIED_WORDS = 4;

/** Words that ask rather than say what about. */
const ASKING_WORDS = /^(give|tell|list|name|explain|describe|example|examples|show|mention)$/i;

/** "Yes, please": the message accepts what was offered rather than asking anything itself. */
export function acceptsOffer(question: string): boolean {
  return GO_ON.test(question.trim());
}

/**
 * Rewrites a follow-up ("And India?", "When was it launched?", "Why?") into a question that stands alone, from the
 * user's earlier questions; "yes" takes up what the assistant offered last. A question that already stands alone is
 * returned as it is.
 */
export function resolveFollowUp(question: string, history: readonly Turn[]): string {
  let previous: string | null = null;
  let said: string | null = null;
  for (const turn of [...history, { role: "user" as const, content: question }]) {
    if (turn.content.trim() === "") continue;
    if (turn.role !== "user") {
      said = turn.content;
      continue;
    }
    previous = previous === null ? turn.content : resolveAgainst(turn.content, previous, said);
    said = null;
  }
  return previous ?? question;
}

function resolveAgainst(question: string, previous: string, said: string | null): string {
  const text = question.trim();
  if (GO_ON.test(text)) return offeredIn(said) ?? previous;
  const subject = NEW_SUBJECT.exec(text.replace(/[?!.\s]+$/, ""));
  if (subject !== null) return replaceSubject(previous, (subject[1] ?? subject[2])!);
  const bare = BARE_QUESTION_WORD.exec(text);
  if (bare !== null) return `${bare[1]} ${withoutQuestionWord(previous)}`;
  if (nameRuns(text).length > 0) return question;
  const referent = referentOf(previous, PRONOUN.exec(text)?.[0] ?? "");
  if (PRONOUN.test(text)) return text.replace(PRONOUN, (pronoun) => replacementFor(pronoun, referent));
  const isShort = informativeWords(text).length < SELF_CONTAINED_WORDS;
  const startsOver = /^(who|what) (is|are)\b/i.test(text);
  if (/^(and|but|so|then)\b/i.test(text) || ONE.test(text) || (isShort && !startsOver))
    return `${text.replace(/[?!.\s]+$/, "")} ${referent}?`;
  return question;
}

/** The question that an assistant's last words offer to answer, if they do. */
function offeredIn(said: string | null): string | null {
  const last = /(?:^|[.!?:]\s+|\n)([^.!?\n]*(?:[.][^.!?\s][^.!?\n]*)*\?)\s*$/.exec(said?.trim() ?? "")?.[1]?.trim();
  if (last === undefined) return null;
  const offered = last.replace(OFFER, "").trim();
  // "Shall I quote it?" offers nothing that could be asked by itself.
  return informativeWords(offered).length < 2 ? null : offered;
}

/** "Its", "their", "his" stand for a possessive. */
function replacementFor(pronoun: string, referent: string): string {
  return /^(its|their|his|her)$/i.test(pronoun) ? `${referent}'s` : referent;
}

/** What the question before was about: its names, or else its informative words. */
function referentOf(question: string, pronoun: string): string {
  const runs = nameRuns(question);
  const words = informativeWords(question).filter((word) => !ASKING_WORDS.test(word));
  // "They" after "Which rovers went to Mars?" are the rovers: the whole question says which.
  const isPlural = /^(they|them|their|theirs|those|these)$/i.test(pronoun);
  const asksWhich = /\b(which|what|how many) \p{Ll}/u.test(
    question.replace(/^\p{Lu}/u, (first) => first.toLowerCase()),
  );
  if (isPlural && asksWhich) return words.slice(0, MAX_CARRIED_WORDS + 1).join(" ");
  return runs.length > 0 ? runs.join(" ") : words.slice(-MAX_CARRIED_WORDS).join(" ");
}

/** Puts a new subject in the place of the one before: its last name, or what follows its last preposition. */
function replaceSubject(previous: string, subject: string): string {
  const bare = subject.replace(ONE, "").trim();
  const last = nameRuns(previous).at(-1);
  const isName = /^(?:the |on |in |at |for |with |from )?\p{Lu}/u.test(bare);
  if (last === undefined || !isName) return `${previous.replace(/[?!.\s]+$/, "")} ${bare}?`;
  const at = previous.lastIndexOf(last);
  const prepositionBefore = /\b(?:on|in|at|for|with|from) $/i.test(previous.slice(0, at));
  const put = prepositionBefore ? bare.replace(/^(?:on|in|at|for|with|from) /i, "") : bare;
  return previous.slice(0, at) + put + previous.slice(at + last.length);
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
