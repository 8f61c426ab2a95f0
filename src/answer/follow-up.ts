import { isStopWord, termsOf, wordsOf } from "../search/tokenize.js";
import type { Turn } from "../types.js";
import { informativeWords, isTime, nameRuns, thingsOf } from "./question-subject.js";

const SOME_TIME = "(?:time|day|night|week|weekend|month|year|morning|afternoon|evening|point|moment|case|way)s?\\b";
/** Not "is there", "that I still qualify" or "that night". */
const PRONOUN = new RegExp(
  "\\b(?:(?:it|its|they|them|their|theirs|he|him|his|she|her|hers)\\b|(?<!\\b(?:is|are|was|were) )there\\b(?! (?:is|are|was|were)\\b)" +
    "|(?:this|that|these|those)\\b(?! (?:i|you|we|he|she|it|they|there|the|an?|my|your|our|his|her|their)\\b)" +
    `(?! ${SOME_TIME}))`,
  "i",
);
/** Of what was asked before, though nothing stands for it: "What happened that night?", "Are there discounts?". */
const BESIDE = new RegExp(`\\b(?:(?:is|are|was|were) there\\b|(?:this|that|these|those) ${SOME_TIME})`, "i");
/** "How long does it take to get to Mars?": it is nothing. */
const NOTHING_OF_ITS_OWN =
  /\bit (?:(?:takes?|costs?)\b.*\bto|possible|true|likely|unlikely|better|best|worth|correct|ok|okay|easy|hard|difficult|important|necessary|useful)\b/i;
/** "How much is that?" */
const THING = /^(?:and |but |so )?(?:what|when|where|who|how \p{L}+) (?:is|was) (?:this|that)[?!.\s]*$/iu;
/** Pronouns that a name behind them cannot be meant by. */
const CARRIED = /^(?:it|its|they|them|their|he|him|his|she|her|hers)$/i;
const PERSON = /\b(he|him|his|she|her|hers)\b/i;
/** "Who founded NASA?" and not "Who was Ada?". */
const ASKS_FOR_SOMEBODY = /^[Ww]ho\b(?!(?:['’]s| is| was) \p{Lu})/u;
/** A name behind one of these is hardly the person that "he" or "she" is. */
const BEHIND = /\b(?:of|in|at|for|from|with|to|on|the|this|that) $/i;
/** "one" stands for a thing of the kind asked about before: "the S-band one". */
const ONE = /\bones?\b/i;
const NEW_SUBJECT =
  /^(?:and|but|so|or)?,?\s*(?:what|how) about\s+(.+)$|^(?:and|but|or)\s+(?!(?:who|what|when|where|why|how|which|is|are|was|were|do|does|did|can|has|have|will)\b)(.+)$/i;
const BARE_QUESTION_WORD =
  /^(?:and |but |so )?(why|when|where|how|who|what for|since when|how (?:many|much|long|often|so|come))\s*(?:(?<=why )is that|not)?[?!.\s]*$/i;
/** After "How many countries …?". */
const WHICH_ONES =
  /^(?:and |so |ok,? )?(?:(?:which|what|who)(?: ones?| (?:are|were) (?:they|those))?|(?:please )?(?:name|list) (?:them|those)(?: all)?)(?: please)?[?!.\s]*$/i;
const GO_ON =
  /^(?:yes|yeah|yep|sure|ok|okay|please|go ahead|(?:yes|ok|okay|sure),? (?:please|do|go ahead|tell me|sure)(?: do)?|please do|i would|i'd like that|of course)[.!?\s]*$/i;
const MORE =
  /^(?:and |ok,? |yes,? )?(?:(?:please |(?:can|could|would) you (?:please )?)?(?:tell|show|give) me more|more|go on|continue|and\?|(?:is there )?(?:anything|something) (?:else|more)|what else)(?: (?:about|on) (?:it|this|that|them|him|her))?(?:,? please)?[.!?\s]*$/i;
/** What an assistant puts before a question that it offers to answer. */
const OFFER =
  /^(?:would you like (?:me )?to (?:know|hear|tell you|explain|see)|do you want (?:me )?to (?:know|hear|tell you|explain)|shall i (?:tell you|explain|list|quote|show(?: you)?|give you)|should i (?:tell you|explain|list)|you (?:could|can|may|might) (?:also )?ask:?|did you mean:?|may i suggest:?)\s*/i;
/** A question with this many informative words of its own needs no help from the one before. */
const SELF_CONTAINED_WORDS = 3;
/** Words that an answer hangs on rather than a subject: a name is carried over, these are not. */
const MAX_CARRIED_WORDS = 4;

/** Words that ask rather than say what about. */
const ASKING_WORDS = /^(give|tell|list|name|explain|describe|example|examples|show|mention|when)$/i;

/** "Yes, please": the message accepts what was offered rather than asking anything itself. */
export function acceptsOffer(question: string): boolean {
  return GO_ON.test(question.trim());
}

/** "Tell me more": of what the question before asked for. */
export function asksForMore(question: string): boolean {
  return MORE.test(question.trim());
}

/** What was said so far in a talk that "tell me more" goes on with; null if something else is asked, or was offered. */
export function toldSoFar(question: string, history: readonly Turn[]): string | null {
  if (!asksForMore(question) || !history.some(({ role }) => role === "user")) return null;
  const told = history.flatMap(({ role, content }) => (role === "user" ? [] : [content]));
  return told.length === 0 || offeredIn(told.at(-1)!) !== null ? null : told.join("\n");
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
  if (acceptsOffer(text) || asksForMore(text)) return offeredIn(said) ?? previous;
  const subject = NEW_SUBJECT.exec(text.replace(/[?!.\s]+$/, ""));
  if (subject !== null) return replaceSubject(previous, (subject[1] ?? subject[2])!);
  if (WHICH_ONES.test(text) && /\bhow many\b/i.test(previous)) return previous.replace(/\bhow many\b/i, "Which");
  const bare = BARE_QUESTION_WORD.exec(text);
  if (bare !== null) return `${bare[1]} ${withoutQuestionWord(previous)}`;
  const pronoun = NOTHING_OF_ITS_OWN.test(text) ? null : PRONOUN.exec(text);
  const [name] = nameRuns(text);
  // "What did she do at NASA?": the name is not hers.
  const isBeforeName = pronoun !== null && CARRIED.test(pronoun[0]) && pronoun.index < text.indexOf(name ?? "");
  if (name !== undefined && !isBeforeName) return question;
  const referent =
    (pronoun && PERSON.test(pronoun[0]) ? personOf(previous, said, text) : null) ??
    referentOf(previous, said, THING.test(text) ? "it" : (pronoun?.[0] ?? /\bones\b/i.exec(text)?.[0] ?? ""));
  if (pronoun) {
    const after = text.slice(pronoun.index + pronoun[0].length);
    return text.slice(0, pronoun.index) + replacementFor(pronoun[0], after, referent) + after;
  }
  const isShort = informativeWords(text).length < SELF_CONTAINED_WORDS;
  const startsOver = /^(who|what) (is|are)\b/i.test(text);
  // "Then who is the manager?" after the manager's telephone number: it says itself what it is about.
  const rest = text.replace(/^(?:(?:and|but|so|then|ok|okay)\b,?\s*)+/i, "");
  if (rest !== text && /^(who|what) (is|are|was|were) the\b/i.test(rest) && sharesWord(rest, previous)) return rest;
  if (/^(and|but|so|then)\b/i.test(text) || ONE.test(text) || BESIDE.test(text) || (isShort && !startsOver))
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

/** "Its", "their", "his" stand for a possessive, and "her" before a word that it can belong to. */
function replacementFor(pronoun: string, after: string, referent: string): string {
  const next = /^ ([\p{L}'’-]+)/u.exec(after)?.[1];
  const isObject = /^her$/i.test(pronoun) && (next === undefined || isStopWord(next));
  return /^(its|their|his|her)$/i.test(pronoun) && !isObject ? `${referent}'s` : referent;
}

function sharesWord(text: string, other: string): boolean {
  const terms = new Set(termsOf(other));
  return termsOf(text).some((term) => terms.has(term));
}

/** Whom the question before was about, or asked for and was told; nobody whom the question at hand names beside. */
function personOf(previous: string, said: string | null, question: string): string | null {
  const isNew = (run: string): boolean => !question.includes(run);
  const subject = nameRuns(previous).find(
    (run) => isNew(run) && !BEHIND.test(previous.slice(0, previous.indexOf(run))),
  );
  const first = subjectOf(said ?? "");
  const names = [...nameRuns(said ?? ""), ...(first === null ? [] : [first])].filter((run) => run.includes(" "));
  const [answer] = [...names, ...titled(said ?? "")]
    .filter((run) => isNew(run) && !previous.includes(run) && !BEHIND.test(said!.slice(0, said!.indexOf(run))))
    .sort((a, b) => said!.indexOf(a) - said!.indexOf(b));
  return (ASKS_FOR_SOMEBODY.test(previous) ? answer : undefined) ?? subject ?? answer ?? null;
}

/** What an answer says something of, if that has a name: "Hubble was launched in 1990". */
function subjectOf(said: string): string | null {
  const subject =
    /^(?:The )?(\p{Lu}[\p{L}\d-]*(?: \p{Lu}[\p{L}\d-]*){1,3}(?= \p{Ll})|\p{Lu}[\p{L}\d-]*(?= (?:is|was|has|had|will|can)\b))/u.exec(
      said,
    )?.[1];
  return subject === undefined || isStopWord(subject) ? null : subject;
}

/** Names behind a title or an initial, which one word can be: "Dr. S. Somanath". */
function titled(text: string): string[] {
  return [...text.matchAll(/\b(?:Dr|Mr|Mrs|Ms|Prof|\p{Lu})\. (\p{Lu}\p{Ll}[\p{L}'’-]*)/gu)].map(([, name]) => name!);
}

/** What the question before was about, as a pronoun or a question that says little takes it up. */
function referentOf(question: string, said: string | null, pronoun: string): string {
  const words = informativeWords(question).filter((word) => !ASKING_WORDS.test(word));
  // "They" after "Which rovers went to Mars?" are the rovers: the whole question says which.
  const isPlural = /^(they|them|their|theirs|those|these)$/i.test(pronoun);
  const asksWhich = /\b(which|what|how many) \p{Ll}/u.test(
    question.replace(/^\p{Lu}/u, (first) => first.toLowerCase()),
  );
  if (isPlural && asksWhich) return words.slice(0, MAX_CARRIED_WORDS + 1).join(" ");
  const names = nameRuns(question).join(" ");
  const all = words.slice(-MAX_CARRIED_WORDS).join(" ");
  // "That" and "this" can be all that was said rather than a thing.
  if (/^(?:this|that|these|those)$/i.test(pronoun)) return names || all;
  if (pronoun === "" && names !== "") return names;
  const things = thingsOf(question);
  // "Are dogs allowed on the train?": they are not the train.
  const fits = things !== null && (!isPlural || /[^s]s$/i.test(things)) && !/^ones$/i.test(pronoun);
  const referent = fits ? things : names || all;
  if (isPlural || !asksWhich) return referent;
  // "Which bus goes to the airport?": it is the bus, and what the answer calls it.
  const which = names === "" ? /\bwhich (\p{Ll}[\p{L}-]*)/iu.exec(question)?.[1] : undefined;
  const told = said === null ? null : subjectOf(said);
  const parts = [...new Set([which, referent, told].filter((part) => typeof part === "string"))];
  return parts.filter((part) => !parts.some((other) => other !== part && other.includes(part))).join(" ");
}

/**
 * Puts a new subject in the place of the one before: of the phrase with the same preposition ("for an adult": "for kids"), of
 * the last name, or of a thing of the same kind ("the sports pool": "the teaching pool"). Otherwise it is added.
 */
function replaceSubject(previous: string, subject: string): string {
  const bare = subject.replace(ONE, "").trim();
  const question = previous.replace(/[?!.\s]+$/, "");
  const day = /^(?:on |in )?(?:the )?(\S+)$/i.exec(bare)?.[1] ?? "";
  const before = wordsOf(question).findLast(({ word }) => isTime(word));
  if (isTime(day) && before !== undefined)
    return `${question.slice(0, before.start)}${day}${question.slice(before.end)}?`;
  const last = isTime(day) ? undefined : nameRuns(question).at(-1);
  if (last !== undefined && /^(?:the |on |in |at |for |with |from )?\p{Lu}/u.test(bare)) {
    const at = previous.lastIndexOf(last);
    const prepositionBefore = /\b(?:on|in|at|for|with|from) $/i.test(previous.slice(0, at));
    const put = prepositionBefore ? bare.replace(/^(?:on|in|at|for|with|from) /i, "") : bare;
    return previous.slice(0, at) + put + previous.slice(at + last.length);
  }
  const preposition = /^(?:(on|in|at|for|from|by|to|during|after|before|until)|(?:with|without))\s/i.exec(bare);
  if (preposition !== null) {
    const same = new RegExp(`\\b(?:${preposition[1] ?? "with|without"}) (?:\\S+ ){0,3}\\S+$`, "i").exec(question);
    return same === null ? `${question} ${bare}?` : `${question.slice(0, same.index)}${bare}?`;
  }
  const thing = thingsOf(question, 1);
  const head = (phrase: string): string | undefined => termsOf(phrase).at(-1);
  if (thing !== null && head(thing) === head(bare) && question.includes(thing))
    return `${question.replace(thing, bare.replace(/^(?:the|an?) /i, ""))}?`;
  return `${question} ${bare}?`;
}

function withoutQuestionWord(question: string): string {
  return question.replace(/^\s*(who|what|which|when|where|why|how( many| much| long| often)?)\b\s*/i, "");
}
