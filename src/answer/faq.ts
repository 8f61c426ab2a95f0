import type { FaqMatch, PassageIndex } from "../search/passage-index.js";
import type { Passage, Unit } from "../types.js";
import { holdsKind } from "./answer-kind.js";
import type { Evidence } from "./evidence.js";
import { type LogisticModel, logitOf, probabilityOf } from "./logistic.js";
import type { LookUp } from "./look-up.js";
import { textOf } from "./unit-text.js";
import { analyseQuestion, asksYesOrNo, type Question, questionTerms } from "./question.js";
import { placed } from "./placed-sentence.js";
import type { SentenceReading } from "./sentence-reader.js";
import { likenessTo } from "./term-matcher.js";
import { type Block, readable, type Statement, statementOf } from "./statement.js";

/** A FAQ item answers when it is this likely (0 to 1) to be what is asked. */
export const FAQ_NEAR = 0.5;
/** … or this, where only one of the two asks for yes or no: "Yes, all three do" is seldom what "Which has most?" asks for. */
export const FAQ_NEAR_OF_OTHER_FORM = 0.75;
/** One that is only this likely answers instead of a refusal. */
export const FAQ_INSTEAD_OF_REFUSING = 0.35;
/** How many of the nearest items by embedding are compared word by word, and of these read. */
const COMPARED = 12;
const READ = 3;
/** So many sentences of an answer are read: reading takes longest. */
const READ_SENTENCES = 2;
/** An item whose very question is asked is as sure as can be: fitted to other wordings, the models cannot know. */
const SURE = 0.97;
/** No reading counts as worse than this. */
const LEAST_READING = -12;

export interface NearFaq {
  passage: Passage;
  features: FaqFeatures;
  /** Estimated probability that the item answers the question, 0 to 1. */
  nearness: number;
}

/** How a question and a FAQ item compare. Shares are of the question's term weight, with words of like meaning counted in part. */
interface FaqFeatures extends SentenceReading {
  /** Cosine of the embeddings of the question and the item's, and of the likest sentence of its answer. */
  cosine: number;
  cosineAnswer: number;
  /** Likeness, by word vectors, of what the question is about and the item's question; the same for the whole item. */
  gist: number;
  gistWhole: number;
  /** Share of the terms in the item's question, and in the whole item. */
  forward: number;
  forwardWhole: number;
  /** 1 if a name of the question is nowhere in the item. */
  absentName: number;
  /** 1 if, besides, a name of the item's question is not in the question: another thing is asked about. */
  swappedName: number;
  /** 1 if the answer lacks the kind of thing asked for: no date for "when". */
  lacksKind: number;
  /** The share of the evidence that is of this item, softmax over the scores. */
  evidence: number;
  // `answers` and `covers` of SentenceReading: the most that a sentence of the answer has, read below its question.
}

type Compared = Omit<FaqFeatures, keyof SentenceReading>;

/**
 * Two logistic models, fitted by models/training/answering/faq.py to FAQ pages of models/training/everyday and of the tuning
 * sets: by the first the items are chosen that are read, the second says how likely one of those answers.
 */
const FIRST_MODEL: LogisticModel<keyof Compared> = {
  bias: -5.86,
  weights: {
    cosine: 0.7,
    cosineAnswer: 6.39,
    gist: 1.93,
    gistWhole: 2.13,
    forward: 0.06,
    forwardWhole: 1.13,
    absentName: -0.71,
    lacksKind: -1.67,
  },
};
const MODEL: LogisticModel<keyof FaqFeatures> = {
  bias: -3.16,
  weights: {
    cosine: 2.01,
    cosineAnswer: -1.41,
    gist: 0.61,
    gistWhole: 0.01,
    forward: 1.59,
    forwardWhole: -2.56,
    absentName: 0.05,
    evidence: 5.44,
    answers: 0.53,
    covers: -0.11,
    // These two by hand: those pages have few questions after somebody else or after what an item lacks (fitted: -0.56).
    swappedName: -2.5,
    lacksKind: -3.5,
  },
};

/** The FAQ items that are nearest by embedding, best first, to be compared word by word. */
export function faqCandidates(
  index: PassageIndex,
  vector: Float32Array,
  sources?: readonly string[],
): Promise<FaqMatch[]> {
  return index.searchFaq(vector, COMPARED, sources);
}

/** Of some FAQ items the one most likely to answer, the first of equals, or null if there are none. */
export function nearestFaq(candidates: readonly FaqMatch[], found: LookUp): NearFaq | null {
  const likeliest = candidates
    .map((match) => ({ match, compared: compare(match, found) }))
    .map((one) => ({ ...one, logit: logitOf(FIRST_MODEL, one.compared) }))
    .sort((a, b) => b.logit - a.logit)
    .slice(0, READ);
  let nearest: NearFaq | null = null;
  for (const { match, compared } of likeliest) {
    const features = { ...compared, ...read(match, found) };
    const isSame = wordsIn(faqQuestionOf(match.passage)) === wordsIn(found.question.text);
    const nearness = Math.max(probabilityOf(logitOf(MODEL, features)), isSame ? SURE : 0);
    if (nearest === null || nearness > nearest.nearness) nearest = { passage: match.passage, features, nearness };
  }
  return nearest;
}

/** Whether only one of a question and a FAQ item asks for yes or no. */
export function isOfOtherForm({ text }: Question, { passage }: NearFaq): boolean {
  return asksYesOrNo(faqQuestionOf(passage)) !== asksYesOrNo(text);
}

function compare({ passage, reading, unitCosines }: FaqMatch, found: LookUp): Compared {
  const { question, terms, matcher } = found;
  const { units, gistLengths } = reading;
  const written = faqQuestionOf(passage);
  const asked = matcher.match(units[0]!).best;
  const whole = matcher.match(units.flatMap((list) => [...list])).best;
  const isAbsent = terms.some((term, t) => term.isName && whole[t] === 0);
  const itsNames = isAbsent ? questionTerms(written).filter(({ isName }) => isName) : [];
  const own = terms.flatMap((term) => term.terms);
  const isSwapped = itsNames.some((name) => own.every((term) => likenessTo(name, term) === 0));
  return {
    cosine: unitCosines[0]!,
    cosineAnswer: Math.max(0, ...unitCosines.slice(1)),
    gist: matcher.gist([units[0]!], gistLengths[0]),
    gistWhole: matcher.gist(units),
    forward: weightedMean(terms.map(({ idf }, t) => [idf, asked[t]!])),
    forwardWhole: weightedMean(terms.map(({ idf }, t) => [idf, whole[t]!])),
    absentName: isAbsent ? 1 : 0,
    swappedName: isSwapped ? 1 : 0,
    lacksKind: holdsKind(passage.text.slice(written.length), question) === false ? 1 : 0,
    evidence: shareOf(passage, found.ranked),
  };
}

/** The letters and digits of a text, by which two wordings are the same. */
function wordsIn(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
}

/** The share of the evidence that is of a passage, softmax over the scores. */
function shareOf({ id }: Passage, evidence: readonly Evidence[]): number {
  const [best] = evidence;
  let all = 0;
  let own = 0;
  for (const { hit, score } of evidence) {
    const odds = Math.exp(score - best!.score);
    all += odds;
    if (hit.passage.id === id) own += odds;
  }
  return all === 0 ? 0 : own / all;
}

/** Reads the sentences of an item's answer that are nearest by embedding. */
function read({ passage, unitCosines }: FaqMatch, { reader }: LookUp): SentenceReading {
  const readings = passage.units
    .map((unit, i) => ({ unit, cosine: unitCosines[i]! }))
    .filter(({ unit }) => unit.kind !== "question")
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, READ_SENTENCES)
    .map(({ unit }) => reader.read(placed({ passage, unit, text: textOf(passage, unit) })));
  return {
    answers: Math.max(LEAST_READING, ...readings.map(({ answers }) => answers)),
    covers: Math.max(LEAST_READING, ...readings.map(({ covers }) => covers)),
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
 * lack the kind of thing asked for. One whose question is asked word for word is used in any case (`SURE`); this is stricter, since it
 * decides what is suggested.
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
  const opening = yesOrNoOf(passage);
  return composeFaq(passage, opening === found ? null : opening);
}

/** The answer of an item to a question of another form: its "No." by itself answers nothing there ("Who may …?"). */
export function composeFaqOfOtherForm(passage: Passage): Block[] {
  const opening = yesOrNoOf(passage);
  const isAll = passage.units.at(-1) === opening;
  return composeFaq(passage, opening === null || isAll || !isBareWord(textOf(passage, opening)) ? null : opening);
}

/** The sentence that opens an item's answer, if it begins with "Yes" or the like; else null. */
function yesOrNoOf(passage: Passage): Unit | null {
  const first = passage.units.find((unit) => unit.kind !== "question");
  return first !== undefined && YES_OR_NO.test(textOf(passage, first)) ? first : null;
}

function isBareWord(text: string): boolean {
  return text.split(" ").length <= 2;
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
    opening = isBareWord(text) && unit !== units.at(-1) ? `${text} ` : "";
    if (opening === "") statements.push({ ...statementOf(passage, unit), text, lead: null, quote, quoted });
  }
  const items = units.filter((unit) => unit.kind === "item").length;
  return [{ intro: null, asList: items > 1 && items >= units.length - 1, statements }];
}
