import { isUnfinished } from "../corpus/sentences.js";
import { termLikeness } from "../search/thesaurus.js";
import { termsOf } from "../search/tokenize.js";
import type { Hit, Passage, Unit } from "../types.js";
import { holdsKind } from "./answer-kind.js";
import { YES_OR_NO } from "./faq.js";
import { asksYesOrNo, type Question, type QuestionTerm } from "./question.js";
import { placed } from "./placed-sentence.js";
import type { SentenceReader } from "./sentence-reader.js";
import { LikestOf, type Match, type TermMatcher } from "./term-matcher.js";
import { textOf } from "./unit-text.js";
import { RANKING_WEIGHTS } from "./weights.js";

/** A question's term with its weight in this corpus. */
export interface WeightedTerm extends QuestionTerm {
  /** Inverse passage frequency. */
  idf: number;
  /** Whether any passage holds it. */
  known: boolean;
  /** The word that is searched for: the one written, or the corpus's term that a misspelt one stands for. */
  searchWord: string;
}

/**
 * What speaks for or against a unit as the answer. "Share" is a share of the question's term weight, 0 to 1; a term counts
 * in the nearest place that holds it.
 */
export interface Features {
  /** Share found in the unit itself. */
  own: number;
  /** Share that the unit holds only in words of like meaning (search/thesaurus.ts). */
  ownLike: number;
  /** Share found, as it is or in like words, only in the unit's headings or lead-in. */
  headings: number;
  /** Share found only in the sentences beside it or in the document's title. */
  around: number;
  /** Cosine of the question with heading and unit. */
  cosine: number;
  /** Likeness of what the question and the unit are about, by word vectors: the unit alone, and with its headings. */
  gist: number;
  gistPlaced: number;
  /** Share of the question's names found in the unit itself, and in the unit or where it stands; 1 without names. */
  namesOwn: number;
  namesNear: number;
  /** 1 if it holds the kind of thing asked for, 0.5 if the heading above does (a date), -1 if it lacks it, 0 if its shape cannot tell. */
  kind: number;
  /** Likeness of the unit's words to the noun after "which" or "how many"; 0 without such a noun. */
  focus: number;
  /** 1 if a question for a number counts something that stands right after a number in the unit. */
  counted: number;
  /** 1 if a question for what something is meets a unit that begins by saying so. */
  defines: number;
  /** 1 for an item or row that is labelled with what is asked about ("Adults: …") where headings or columns have the rest. */
  label: number;
  /** Share of the term weight of the one term that is found least. */
  missing: number;
  /** How close together the unit holds the question's terms: 1 side by side. */
  proximity: number;
  /** Share of neighbouring terms of the question that are neighbours in the unit. */
  pairs: number;
  /** The passage's fused, dense and lexical scores. */
  fused: number;
  dense: number;
  lexical: number;
  /** Length in words over 40, at most 1. */
  length: number;
  /** 1 for a unit of so few words that it hardly says anything by itself. */
  short: number;
  /** 1 for a list item, for a table row. */
  item: number;
  row: number;
  /** Words of the unit that the question does not have, over 12, at most 1: an answer says something new. */
  news: number;
  /** What the sentence reader makes of it (sentence-reader.ts). */
  answers: number;
  covers: number;
}

/** One quotable unit of a retrieved passage. */
export interface Evidence {
  hit: Hit;
  unit: Unit;
  text: string;
  features: Features;
  /** How well each of the question's terms is found in the unit or where it stands, 0 to 1. */
  found: number[];
  /** The same in the unit itself. */
  own: number[];
  /** Ranks the evidence; larger is better. */
  score: number;
}

/** So many sentences after a question may be its answer. */
const ANSWER_SENTENCES = 2;
const SHORT_WORDS = 4;
/** What a date in the heading above counts beside one in the sentence itself. */
const DATED_ABOVE = 0.5;
/** So many of the best by the other features are read word by word, and none that is so far behind the first of them. */
export const READ = 12;
const WITHIN_READING = 4;
/** A like word outside the sentence itself is weaker evidence still. */
const LIKE_ELSEWHERE = 0.7;

/**
 * Every unit of the hits as evidence, best first.
 *
 * @param matcher of the terms
 * @param reader of the question
 */
export function weighEvidence(
  question: Question,
  terms: readonly WeightedTerm[],
  hits: readonly Hit[],
  matcher: TermMatcher,
  reader: SentenceReader,
): Evidence[] {
  const evidence: Evidence[] = [];
  let focus: LikestOf | null = null;
  for (const hit of hits) {
    const { passage, reading } = hit;
    focus ??= new LikestOf(question.focus, reading.vocabulary);
    const texts = passage.units.map((unit) => textOf(passage, unit));
    const headings = matcher.match(reading.headings);
    const isDated = holdsDateFor(question, passage.headings.at(-1) ?? "");
    const title = matcher.match(reading.title);
    const matches = reading.units.map((list) => matcher.match(list));
    // The units of a list or table are introduced by the same words.
    const contexts = new Map<string, Match>();
    for (const [i, unit] of passage.units.entries()) {
      const text = texts[i]!;
      const list = reading.units[i]!;
      // A lead-in announces an answer and is none; a question even less.
      if (unit.kind === "question" || introducesItems(passage, i, text) || isQuestion(text)) continue;
      let context = contexts.get(unit.context);
      if (context === undefined) contexts.set(unit.context, (context = matcher.match(reading.contexts[i]!)));
      const places: Places = {
        own: matches[i]!,
        headings: most([context, headings, ...questionsBefore(texts, i).map((at) => matches[at]!)]),
        around: most([title, ...[matches[i - 1], matches[i + 1]].filter((beside) => beside !== undefined)]),
      };
      const [gist, gistPlaced] = matcher.gistsOf(reading, i);
      const words = countWords(text);
      const covered = coverage(terms, places);
      const { proximity, pairs } = closeness(matcher.placesIn(list));
      // Each by its name: to spread one object into another takes longer than all the rest.
      const features: Features = {
        own: covered.own,
        ownLike: covered.ownLike,
        headings: covered.headings,
        around: covered.around,
        namesOwn: covered.namesOwn,
        namesNear: covered.namesNear,
        missing: covered.missing,
        proximity,
        pairs,
        cosine: hit.unitCosines[i]!,
        gist,
        gistPlaced,
        kind: kindFeature(text, question, isDated),
        focus: focusFeature(focus, question, list),
        counted: question.kind === "number" && countsFocus(text, question) ? 1 : 0,
        defines: question.kind === "definition" && defines(text, terms) ? 1 : 0,
        label: unit.kind !== "sentence" && isLabelled(text, matcher, places.headings) ? 1 : 0,
        fused: hit.score,
        dense: hit.dense,
        lexical: hit.lexical,
        length: Math.min(1, words / 40),
        short: words < SHORT_WORDS ? 1 : 0,
        item: unit.kind === "item" ? 1 : 0,
        row: unit.kind === "row" ? 1 : 0,
        news: Math.min(1, matcher.unasked(list) / 12),
        answers: 0,
        covers: 0,
      };
      const found = terms.map((_, t) => foundAnywhere(places, t));
      evidence.push({ hit, unit, text, features, found, own: [...places.own.best], score: scoreOf(features) });
    }
  }
  readBest(reader, evidence.sort(byScore));
  return evidence.sort(byScore);
}

/** To another question for yes or no a "Yes" would be a wrong answer: it is found by its own question alone (faq.ts). */
export function answersOnlyItsQuestion(question: Question, { hit, text }: Evidence): boolean {
  return asksYesOrNo(question.text) && hit.passage.kind === "faq" && YES_OR_NO.test(text);
}

function byScore(a: Evidence, b: Evidence): number {
  return b.score - a.score;
}

/** Reads the best of ranked evidence word by word; the rest counts as no better than the least of them. */
function readBest(reader: SentenceReader, evidence: readonly Evidence[]): void {
  const [first] = evidence;
  if (first === undefined) return;
  const leastScore = first.score - WITHIN_READING;
  const least = { answers: Infinity, covers: Infinity };
  for (const [i, item] of evidence.entries()) {
    const { features } = item;
    const read =
      i < READ && item.score >= leastScore ? reader.read(placed({ ...item, passage: item.hit.passage })) : least;
    least.answers = Math.min(least.answers, read.answers);
    least.covers = Math.min(least.covers, read.covers);
    features.answers = read.answers;
    features.covers = read.covers;
    item.score = scoreOf(features);
  }
}

/** Pieces between white space. */
function countWords(text: string): number {
  return (text.match(/\s+/g)?.length ?? 0) + 1;
}

function introducesItems({ units }: Passage, i: number, text: string): boolean {
  return text.endsWith(":") || (units[i]!.kind === "sentence" && units[i + 1]?.kind === "item" && isUnfinished(text));
}

function isQuestion(text: string): boolean {
  return /\?["'”’)]*$/.test(text);
}

/** In an interview the question stands before its answer, as a heading does: where it is, if it is near. */
function questionsBefore(texts: readonly string[], i: number): number[] {
  for (let at = i - 1; at >= Math.max(0, i - ANSWER_SENTENCES); at--) if (isQuestion(texts[at]!)) return [at];
  return [];
}

const WEIGHTS = Object.entries(RANKING_WEIGHTS) as [keyof Features, number][];

function scoreOf(features: Features): number {
  let score = 0;
  for (const [name, weight] of WEIGHTS) score += weight * features[name];
  return score;
}

interface Places {
  own: Match;
  headings: Match;
  around: Match;
}

function most(matches: readonly Match[]): Match {
  const exact = [...matches[0]!.exact];
  const best = [...matches[0]!.best];
  for (let i = 1; i < matches.length; i++) {
    const match = matches[i]!;
    for (let t = 0; t < exact.length; t++) {
      exact[t] = Math.max(exact[t]!, match.exact[t]!);
      best[t] = Math.max(best[t]!, match.best[t]!);
    }
  }
  return { exact, best };
}

function foundAnywhere({ own, headings, around }: Places, t: number): number {
  return Math.max(
    own.best[t]!,
    headings.exact[t]!,
    around.exact[t]!,
    headings.best[t]! * LIKE_ELSEWHERE,
    around.best[t]! * LIKE_ELSEWHERE,
  );
}

type Coverage = Pick<Features, "own" | "ownLike" | "headings" | "around" | "namesOwn" | "namesNear" | "missing">;

function coverage(terms: readonly WeightedTerm[], places: Places): Coverage {
  const { own, headings, around } = places;
  const sums = { own: 0, ownLike: 0, headings: 0, around: 0, namesOwn: 0, namesNear: 0, missing: 0 };
  let total = 0;
  let names = 0;
  terms.forEach(({ idf, isName }, t) => {
    const inHeadings = Math.max(headings.exact[t]!, headings.best[t]! * LIKE_ELSEWHERE);
    const inAround = Math.max(around.exact[t]!, around.best[t]! * LIKE_ELSEWHERE);
    total += idf;
    sums.own += idf * own.exact[t]!;
    sums.ownLike += idf * (own.best[t]! - own.exact[t]!);
    sums.headings += idf * Math.max(0, inHeadings - own.best[t]!);
    sums.around += idf * Math.max(0, inAround - Math.max(own.best[t]!, inHeadings));
    sums.missing = Math.max(sums.missing, idf * (1 - foundAnywhere(places, t)));
    if (!isName) return;
    names += idf;
    sums.namesOwn += idf * own.best[t]!;
    sums.namesNear += idf * foundAnywhere(places, t);
  });
  const share = (sum: number, of: number, without: number): number => (of === 0 ? without : sum / of);
  return {
    own: share(sums.own, total, 0),
    ownLike: share(sums.ownLike, total, 0),
    headings: share(sums.headings, total, 0),
    around: share(sums.around, total, 0),
    missing: share(sums.missing, total, 0),
    namesOwn: share(sums.namesOwn, names, 1),
    namesNear: share(sums.namesNear, names, 1),
  };
}

/**
 * How near each other a unit holds the question's terms, and how many pairs of neighbours stay neighbours.
 *
 * @param places where in the unit each term stands
 */
function closeness(places: readonly number[][]): Pick<Features, "proximity" | "pairs"> {
  const found = places.filter((at) => at.length > 0);
  let pairs = 0;
  for (let t = 1; t < places.length; t++) {
    const before = places[t - 1]!;
    if (places[t]!.some((at) => before.some((other) => at > other && at - other <= 2))) pairs++;
  }
  return {
    proximity: found.length < 2 ? 0 : (found.length - 1) / Math.max(found.length - 1, smallestWindow(found)),
    pairs: places.length < 2 ? 0 : pairs / (places.length - 1),
  };
}

/** Width of the narrowest stretch that holds one place of each list: a sweep over all places in order. */
function smallestWindow(lists: readonly number[][]): number {
  const all = lists.flatMap((list, which) => list.map((at) => ({ at, which }))).sort((a, b) => a.at - b.at);
  const count = new Map<number, number>();
  let smallest = Infinity;
  let left = 0;
  for (const { at, which } of all) {
    count.set(which, (count.get(which) ?? 0) + 1);
    while (count.size === lists.length) {
      const first = all[left]!;
      smallest = Math.min(smallest, at - first.at);
      const remaining = count.get(first.which)! - 1;
      if (remaining === 0) count.delete(first.which);
      else count.set(first.which, remaining);
      left++;
    }
  }
  return smallest;
}

/** @param isDated whether the heading above holds what the text may lack */
function kindFeature(text: string, question: Question, isDated: boolean): number {
  const held = holdsKind(text, question);
  if (held === null) return 0;
  if (held) return 1;
  return isDated ? DATED_ABOVE : -1;
}

/** Whether a heading tells when what stands below it was, as in a list of changes: "Version 2.1 (11 November 2021)". */
export function holdsDateFor(question: Question, heading: string): boolean {
  return (question.kind === "date" || question.kind === "day") && holdsKind(heading, question) === true;
}

function focusFeature(nouns: LikestOf, { focus }: Question, list: Uint32Array): number {
  let best = 0;
  if (focus.length > 0) for (const id of list) best = Math.max(best, nouns.of(id));
  return best;
}

const NUMBER_THEN_WORDS =
  /(?:\d[\d.,]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|both|several|no)\b)((?:[\s-]+[\p{L}'’-]+){0,4})/giu;

/** "over 20 nations" counts what "How many countries …" asks for. */
function countsFocus(text: string, { focus }: Question): boolean {
  if (focus.length === 0) return false;
  for (const match of text.matchAll(NUMBER_THEN_WORDS)) {
    const after = termsOf(match[1]!);
    if (after.some((term) => focus.some((noun) => termLikeness(noun, term) >= 0.45))) return true;
  }
  return false;
}

const LABEL = /^(.{2,60}?)\s*(?::|\||–|—| - )/u;
/** A term found this well in the headings counts as named there. */
const NAMED_ABOVE = 0.5;

function isLabelled(text: string, matcher: TermMatcher, headings: Match): boolean {
  const label = LABEL.exec(text)?.[1];
  if (label === undefined) return false;
  const inLabel = matcher.matchTerms(termsOf(label)).exact;
  const labelled = inLabel.some((held) => held === 1);
  return labelled && headings.best.some((held, t) => inLabel[t] === 0 && held >= NAMED_ABOVE);
}

/** "NISAR is …", "The tide table, which …", "Tide table – …": begins with what is asked about and goes on to say what it is. */
function defines(text: string, terms: readonly WeightedTerm[]): boolean {
  const match =
    /^(?:the |an? |[\p{L}’']+(?:['’]s) )?(.{2,80}?)(?:\s*\([^)]*\))?(?:\s+(?:is|are|was|were|means|mean|refers?|stands?|aims?|involves?|comprises?|represents?|describes?)\b|,? (?:which|who|an?|the)\b|\s*[:–—-]\s)/u.exec(
      text,
    );
  if (match === null) return false;
  const begins = new Set(termsOf(match[1]!));
  const total = terms.reduce((sum, term) => sum + term.idf, 0);
  const held = terms.reduce((sum, term) => sum + (holds(begins, term) ? term.idf : 0), 0);
  return total > 0 && held >= 0.5 * total && begins.size <= terms.length + 4;
}

/** Whether a set of index terms holds a question's term: its joined form or all of its parts. */
export function holds(terms: ReadonlySet<string>, term: QuestionTerm): boolean {
  const [whole, ...parts] = term.terms;
  return terms.has(whole!) || (parts.length > 0 && parts.every((part) => terms.has(part)));
}
