import type { FaqMatch, PassageIndex } from "../search/passage-index.js";
import type { Passage } from "../types.js";
import { holdsKind } from "./answer-kind.js";
import type { LookUp } from "./look-up.js";
import { textOf } from "./unit-text.js";
import { analyseQuestion, asksYesOrNo } from "./question.js";
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

/** How a question and a FAQ item compare. Shares are of term weight, with words of like meaning counted in part. */
interface FaqFeatures {
  /** Cosine of the two questions' embeddings. */
  cosine: number;
  /** Likeness of what the two questions are about, by word vectors; and of the question and the whole item. */
  gist: number;
  gistWhole: number;
  /** Share of the question's terms in the item's question, and in the whole item. */
  forward: number;
  forwardWhole: number;
  /** Share of the terms of the item's question in the question. */
  reverse: number;
  /** 1 if only one of the two asks for yes or no. */
  otherForm: number;
  /** 1 if a name of the question is nowhere in the item. */
  absentName: number;
  /** 1 if, besides, a name of the item's question is not in the question: another thing is asked about. */
  swappedName: number;
  /** 1 if most of what the item's question says is not in the question. */
  otherMatter: number;
  /** 1 if the answer lacks the kind of thing asked for: no date for "when". */
  lacksKind: number;
}

/** By hand, on the FAQ questions of the tuning sets: too few for a fit. */
const FAQ_WEIGHTS: FaqFeatures = {
  cosine: 0.3,
  gist: 0.35,
  gistWhole: 0.1,
  forward: 0.1,
  forwardWhole: 0.05,
  reverse: 0.1,
  otherForm: -0.08,
  absentName: -0.1,
  swappedName: -0.25,
  otherMatter: -0.1,
  lacksKind: -0.3,
};

/** The FAQ item that asks most nearly the same, or null if there is none. */
export async function nearestFaq(
  index: PassageIndex,
  found: LookUp,
  sources?: readonly string[],
): Promise<NearFaq | null> {
  const ours = new LikestOf(
    found.terms.flatMap((term) => term.terms),
    index.vocabulary,
  );
  let nearest: NearFaq | null = null;
  for (const match of await index.searchFaq(found.vector, COMPARED, sources)) {
    const features = compare(match, found, ours);
    let nearness = 0;
    for (const name of Object.keys(FAQ_WEIGHTS) as (keyof FaqFeatures)[])
      nearness += FAQ_WEIGHTS[name] * features[name];
    if (nearest === null || nearness > nearest.nearness) nearest = { passage: match.passage, features, nearness };
  }
  return nearest;
}

/** @param ours likeness to the question's terms */
function compare(
  { passage, reading, cosine }: FaqMatch,
  { question, terms, matcher }: LookUp,
  ours: LikestOf,
): FaqFeatures {
  const written = faqQuestionOf(passage);
  const { vocabulary, units } = reading;
  const its = [...new Set(units[0])];
  const inQuestion = matcher.match(units[0]!).best;
  const inWhole = matcher.match(units.flatMap((list) => [...list])).best;
  const reverse = weightedMean(its.map((id) => [vocabulary.idf(id), ours.of(id)]));
  const isAbsent = terms.some((term, t) => term.isName && inWhole[t] === 0);
  const itsNames = isAbsent ? analyseQuestion(written).terms.filter(({ isName }) => isName) : [];
  const own = terms.flatMap((term) => term.terms);
  const isSwapped = itsNames.some((name) => own.every((term) => likenessTo(name, term) === 0));
  return {
    cosine,
    gist: matcher.gist([units[0]!], reading.gistLengths[0]),
    gistWhole: matcher.gist(units),
    forward: weightedMean(terms.map(({ idf }, t) => [idf, inQuestion[t]!])),
    forwardWhole: weightedMean(terms.map(({ idf }, t) => [idf, inWhole[t]!])),
    reverse,
    otherMatter: reverse < LEAST_REVERSE ? 1 : 0,
    otherForm: asksYesOrNo(written) === asksYesOrNo(question.text) ? 0 : 1,
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

/** A FAQ item's own answer, sentence by sentence, all cited to the whole answer. */
export function composeFaq(passage: Passage): Block[] {
  const units = passage.units.filter((unit) => unit.kind !== "question");
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
