import type { FaqMatch, PassageIndex } from "../search/passage-index.js";
import type { Passage, Unit } from "../types.js";
import { holdsKind } from "./answer-kind.js";
import type { LookUp } from "./look-up.js";
import { textOf } from "./unit-text.js";
import { analyseQuestion, asksYesOrNo, questionTerms } from "./question.js";
import { LikestOf, likenessTo } from "./term-matcher.js";
import { type Block, readable, type Statement, statementOf } from "./statement.js";

/** A FAQ item answers when its question is this near (0 to 1). */
export const FAQ_NEAR = 0.53;
/** One that is only this near answers instead of a refusal. */
export const FAQ_INSTEAD_OF_REFUSING = 0.4;
/** An item of whose question less is asked asks another thing, or far more. */
const LEAST_REVERSE = 0.4;
/** How many of the nearest items by embedding are compared word by word. */
const COMPARED = 12;

export interface NearFaq {
  passage: Passage;
  features: FaqFeatures;
  /** How surely the item asks the same, 0 to 1: a weighted sum of the features. */
  nearness: number;
}

/** How a question and a FAQ item's question compare. Shares are of term weight, with words of like meaning counted in part. */
interface QuestionFeatures {
  /** Cosine of the two questions' embeddings. */
  cosine: number;
  /** Likeness of what the two questions are about, by word vectors. */
  gist: number;
  /** Share of the question's terms in the item's question. */
  forward: number;
  /** Share of the terms of the item's question in the question. */
  reverse: number;
  /** 1 if only one of the two asks for yes or no. */
  otherForm: number;
  /** 1 if most of what the item's question says is not in the question. */
  otherMatter: number;
}

/** How a question and a whole FAQ item compare. */
interface ItemFeatures {
  gistWhole: number;
  forwardWhole: number;
  /** 1 if a name of the question is nowhere in the item. */
  absentName: number;
  /** 1 if, besides, a name of the item's question is not in the question: another thing is asked about. */
  swappedName: number;
  /** 1 if the answer lacks the kind of thing asked for: no date for "when". */
  lacksKind: number;
}

type FaqFeatures = QuestionFeatures & ItemFeatures;

// By hand, on the FAQ questions of the tuning sets: too few for a fit.
const QUESTION_WEIGHTS: Record<keyof QuestionFeatures, number> = {
  cosine: 0.3,
  gist: 0.35,
  forward: 0.1,
  reverse: 0.1,
  otherForm: -0.08,
  otherMatter: -0.1,
};
const ITEM_WEIGHTS: Record<keyof ItemFeatures, number> = {
  gistWhole: 0.1,
  forwardWhole: 0.05,
  absentName: -0.1,
  swappedName: -0.25,
  lacksKind: -0.3,
};
/** What a whole item brings at best. */
const BEST_ITEM = ITEM_WEIGHTS.gistWhole + ITEM_WEIGHTS.forwardWhole;

/** The FAQ items that are nearest by embedding, best first, to be compared word by word. */
export function faqCandidates(
  index: PassageIndex,
  vector: Float32Array,
  sources?: readonly string[],
): Promise<FaqMatch[]> {
  return index.searchFaq(vector, COMPARED, sources);
}

/** Of some FAQ items the one that asks most nearly the same, or null if there are none. */
export function nearestFaq(candidates: readonly FaqMatch[], found: LookUp): NearFaq | null {
  if (candidates.length === 0) return null;
  const { vocabulary } = candidates[0]!.reading;
  const ours = new LikestOf(
    found.terms.flatMap((term) => term.terms),
    vocabulary,
  );
  // Whole items are long to read: those whose questions are nearest first, as long as they may be the nearest.
  const compared = candidates
    .map((match, at) => {
      const asked = compareQuestions(match, found, ours);
      return { match, at, asked, most: sumOf(QUESTION_WEIGHTS, asked) + BEST_ITEM };
    })
    .sort((a, b) => b.most - a.most || a.at - b.at);
  let nearest: (NearFaq & { at: number }) | null = null;
  for (const { match, at, asked, most } of compared) {
    if (nearest !== null && most < nearest.nearness) break;
    const item = compareItem(match, found);
    const nearness = sumOf(QUESTION_WEIGHTS, asked) + sumOf(ITEM_WEIGHTS, item);
    const isNearer =
      nearest === null || nearness > nearest.nearness || (nearness === nearest.nearness && at < nearest.at);
    if (isNearer) nearest = { passage: match.passage, features: { ...asked, ...item }, nearness, at };
  }
  return nearest;
}

function sumOf<Name extends string>(weights: Record<Name, number>, features: Record<Name, number>): number {
  let sum = 0;
  for (const name in weights) sum += weights[name] * features[name];
  return sum;
}

/** @param ours likeness to the question's terms */
function compareQuestions(
  { passage, reading, cosine }: FaqMatch,
  { question, terms, matcher }: LookUp,
  ours: LikestOf,
): QuestionFeatures {
  const { vocabulary, units, gistLengths } = reading;
  const its = [...new Set(units[0])];
  const { best } = matcher.match(units[0]!);
  const reverse = weightedMean(its.map((id) => [vocabulary.idf(id), ours.of(id)]));
  return {
    cosine,
    gist: matcher.gist([units[0]!], gistLengths[0]),
    forward: weightedMean(terms.map(({ idf }, t) => [idf, best[t]!])),
    reverse,
    otherMatter: reverse < LEAST_REVERSE ? 1 : 0,
    otherForm: asksYesOrNo(faqQuestionOf(passage)) === asksYesOrNo(question.text) ? 0 : 1,
  };
}

function compareItem({ passage, reading }: FaqMatch, { question, terms, matcher }: LookUp): ItemFeatures {
  const written = faqQuestionOf(passage);
  const { best } = matcher.match(reading.units.flatMap((list) => [...list]));
  const isAbsent = terms.some((term, t) => term.isName && best[t] === 0);
  const itsNames = isAbsent ? questionTerms(written).filter(({ isName }) => isName) : [];
  const own = terms.flatMap((term) => term.terms);
  const isSwapped = itsNames.some((name) => own.every((term) => likenessTo(name, term) === 0));
  return {
    gistWhole: matcher.gist(reading.units),
    forwardWhole: weightedMean(terms.map(({ idf }, t) => [idf, best[t]!])),
    absentName: isAbsent ? 1 : 0,
    swappedName: isSwapped ? 1 : 0,
    lacksKind: holdsKind(passage.text.slice(written.length), question) === false ? 1 : 0,
  };
}

function weightedMean(pairs: readonly (readonly [weight: number, value: number])[]): number {
  const total = pairs.reduce((sum, [weight]) => sum + weight, 0);
  return total === 0 ? 0 : pairs.reduce((sum, [weight, value]) => sum + weight * value, 0) / total;
}

/** The question of a FAQ passage, as written. */
export function faqQuestionOf(passage: Passage): string {
  return readable(textOf(passage, passage.units[0]!));
}

/**
 * Whether an item is sure to be near enough when its own question is asked: it has words to look for, and its answer does not
 * lack the kind of thing asked for. No other weight counts against an item's own question.
 */
export function answersItself(passage: Passage): boolean {
  const written = faqQuestionOf(passage);
  const question = analyseQuestion(written);
  return question.terms.length > 0 && holdsKind(passage.text.slice(written.length), question) !== false;
}

/** A FAQ answer that begins like this says nothing without its question. */
export const YES_OR_NO = /^(yes|no|not|never|only)\b/i;

/** The answer of an item whose own question was not asked: a "Yes" to that question is left out, unless it is what was looked for. */
export function composeFaqFor(passage: Passage, found: Unit): Block[] {
  const first = passage.units.find((unit) => unit.kind !== "question");
  const isAside = first !== undefined && first !== found && YES_OR_NO.test(textOf(passage, first));
  return composeFaq(passage, isAside ? first : null);
}

/** A FAQ item's own answer, sentence by sentence, all cited to the whole answer. */
export function composeFaq(passage: Passage, leftOut: Unit | null = null): Block[] {
  const units = passage.units.filter((unit) => unit.kind !== "question" && unit !== leftOut);
  if (units.length === 0) return [];
  const quote = { start: units[0]!.start, end: units.at(-1)!.end };
  const quoted = passage.text.slice(quote.start - passage.start, quote.end - passage.start);
  const statements: Statement[] = [];
  let opening = "";
  for (const unit of units) {
    const text = opening + readable(textOf(passage, unit));
    // "Yes." is no statement of its own: it opens the next one.
    opening = text.split(" ").length <= 2 && unit !== units.at(-1) ? `${text} ` : "";
    if (opening === "") statements.push({ ...statementOf(passage, unit), text, lead: null, quote, quoted });
  }
  const items = units.filter((unit) => unit.kind === "item").length;
  return [{ intro: null, asList: items > 1 && items >= units.length - 1, statements }];
}
