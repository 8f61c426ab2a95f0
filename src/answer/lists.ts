import { termsOf } from "../search/tokenize.js";
import type { Hit } from "../types.js";
import { isNarrow } from "./answer-kind.js";
import type { Evidence, WeightedTerm } from "./evidence.js";
import { type LogisticModel, logitOf } from "./logistic.js";
import { introducingTerms, nounLikeness } from "./list-noun.js";
import { type List, listsIn } from "./lists-in.js";
import { type AnswerKind, asksYesOrNo, type Question } from "./question.js";
import { type Block, readable, statementOf } from "./statement.js";
import { TermMatcher } from "./term-matcher.js";
import { textOf } from "./unit-text.js";

/** So many items are shown of a list. */
const MAX_LIST_ITEMS = 12;
/** A list answers when it is more likely than not. */
const LEAST_LOGIT = 0;
/**
 * How likely a list is what a question wants to be told whole: fitted by models/training/answering/lists.py to the collections
 * of models/training/everyday/lists and disagreements, and to the tuning sets.
 */
const MODEL: LogisticModel<keyof ListFeatures> = {
  bias: -4.42,
  weights: {
    outnamed: -1.1,
    // By hand: those questions seldom use a heading's own noun, those of visitors who see the page do.
    noun: 1.2,
    gist: 3.15,
    gistWhole: -1.59,
    cosine: 6.74,
    cosineBest: -6.76,
    fused: 1.92,
    lag: -0.41,
    amongBest: 2.21,
    beside: 1.63,
    covers: -0.31,
    table: -0.26,
    enumerated: 0.26,
    announcedBest: 0.41,
    labelled: -0.92,
    asksList: 0.45,
    asksAll: 0.4,
    asksSteps: 0.54,
    asksYesOrNo: -1.24,
    asksOne: -0.41,
    size: 1.58,
  },
};

/** A whole list is shown if this many of the best few pieces of evidence are its items. */
const ITEMS_AMONG_BEST = 2;
/** A row that holds this much of the question's term weight itself is asked for by name. */
const NAMED_ROW = 0.4;

/** Whether one sentence answers a question of this kind, never a list. */
export function isSingle(kind: AnswerKind): boolean {
  return isNarrow(kind) || kind === "definition" || kind === "person" || kind === "place";
}

/** "What are your opening hours?" has the form of a question for a definition. */
function asksForSeveral({ kind, text }: Question): boolean {
  return kind === "definition" && /^\W*what (?:are|were)\b/i.test(text);
}

/** What speaks for telling a list whole. */
interface ListFeatures {
  /** How much less its headings name than the section or sentence that names most. */
  outnamed: number;
  /** Likeness of the noun asked for and one that introduces it; 0 if that is unlike, or others name much more. */
  noun: number;
  /** Likeness, by word vectors, of the question and what introduces it; and all of it. */
  gist: number;
  gistWhole: number;
  /** Mean cosine of the question with the items, the highest of them, and the best fused score of the passages. */
  cosine: number;
  cosineBest: number;
  fused: number;
  /** How far the likeliest item is behind the best evidence, by score, up to four. */
  lag: number;
  /** Share of the best six pieces of evidence that are of its items; that stand in its passages. */
  amongBest: number;
  beside: number;
  /** How far an item covers the question, at most (SentenceReading). */
  covers: number;
  /** 1 for a table; for sentences that enumerate. */
  table: number;
  enumerated: number;
  /** 1 if the sentence before it is among the best six. */
  announcedBest: number;
  /** 1 if an item or row is labelled with what is asked about, or holds much of the question by itself: it is enough. */
  labelled: number;
  /** 1 if a list is asked for; if all of it is; if what to do is; if the question wants yes or no; if one who or what. */
  asksList: number;
  asksAll: number;
  asksSteps: number;
  asksYesOrNo: number;
  asksOne: number;
  /** How many items, of at most twelve. */
  size: number;
}

const ASKS_ALL = /\b(?:all|every|everything|each|complete|full|whole|list|lists|name|steps?|step by step)\b/i;
const ASKS_STEPS =
  /\b(?:how (?:do|does|can|should|would|to|did)|what (?:do|should|must|can|have|am|are|is) (?:i|we|you|one|my|there)\b|what now|what next|steps?|step by step|procedure)\b/i;
/** A heading that names this much more of the question than a list's own headings is what is asked about. */
const HEADING_SLACK = 0.1;
/** How many of the best pieces of evidence are looked at. */
const AMONG = 6;
/** Being further behind than that counts no more, and no reading counts as worse. */
const MOST_LAG = 4;
const LEAST_READING = -10;

/** Each list of the passages with what speaks for it. */
export function weighLists(
  question: Question,
  terms: readonly WeightedTerm[],
  evidence: readonly Evidence[],
  hits: readonly Hit[],
): { list: List; features: ListFeatures }[] {
  const matcher = new TermMatcher(terms, hits[0]!.reading.vocabulary);
  const share = (named: readonly string[]): number => shareIn(terms, matcher, named);
  const [first] = evidence;
  // "Diplomatic challenges" are not those of any list of challenges, if another section is headed so or the best sentence names them.
  const namedMost = Math.max(
    0,
    ...hits.map(({ passage }) => share(termsOf(passage.headings.at(-1) ?? ""))),
    first?.features.own ?? 0,
  );
  const byUnit = new Map(evidence.map((item) => [item.unit, item]));
  const amongBest = evidence.slice(0, AMONG);
  return listsIn(hits).map((list) => {
    const { passage, unit } = list.items[0]!;
    const passages = new Set(list.items.map((item) => item.passage));
    const before = list.before === null ? "" : textOf(list.before.passage, list.before.unit);
    const inner = [...introducingTerms(passage, unit), ...termsOf(before)];
    const headings = termsOf(passage.headings.join(" "));
    const outnamed = Math.max(0, namedMost - share([...inner, ...headings]));
    const items = [...list.sentences.keys()].flatMap((one) => byUnit.get(one) ?? []);
    const most = (value: (item: Evidence) => number, least: number): number =>
      Math.max(least, ...items.map((item) => value(item)));
    const features: ListFeatures = {
      outnamed,
      noun: outnamed <= HEADING_SLACK ? nounLikeness(question.listNoun, passage, unit) : 0,
      gist: matcher.gist(list.introduction),
      gistWhole: matcher.gist(list.terms),
      cosine: list.cosine,
      cosineBest: list.cosineBest,
      fused: list.score,
      lag: Math.min(MOST_LAG, (first?.score ?? 0) - most(({ score }) => score, -Infinity)),
      amongBest: amongBest.filter((item) => list.sentences.has(item.unit)).length / AMONG,
      beside: amongBest.filter(({ hit }) => passages.has(hit.passage)).length / AMONG,
      covers: most(({ features: { covers } }) => covers, LEAST_READING),
      table: isTable(list) ? 1 : 0,
      enumerated: list.kind === "sentences" ? 1 : 0,
      announcedBest: amongBest.some((item) => item.unit === list.before?.unit) ? 1 : 0,
      labelled: items.some(({ features: { label, own } }) => label === 1 || own >= NAMED_ROW) ? 1 : 0,
      asksList: question.kind === "list" ? 1 : 0,
      asksAll: ASKS_ALL.test(question.text) ? 1 : 0,
      asksSteps: ASKS_STEPS.test(question.text) ? 1 : 0,
      asksYesOrNo: asksYesOrNo(question.text) ? 1 : 0,
      asksOne: isSingle(question.kind) && !asksForSeveral(question) ? 1 : 0,
      size: Math.min(MAX_LIST_ITEMS, list.items.length) / MAX_LIST_ITEMS,
    };
    return { list, features };
  });
}

/** The list that most likely answers, if that is likely. */
export function findList(
  question: Question,
  terms: readonly WeightedTerm[],
  evidence: readonly Evidence[],
  hits: readonly Hit[],
): Block | null {
  if (hits.length === 0 || isNarrow(question.kind)) return null;
  let best: List | null = null;
  let bestLogit = LEAST_LOGIT;
  for (const { list, features } of weighLists(question, terms, evidence, hits)) {
    const logit = logitOf(MODEL, features);
    if (logit >= bestLogit) [best, bestLogit] = [list, logit];
  }
  return best === null ? null : listBlock(best);
}

/** A table's rows answer what is listed or costs something; where one is asked for by name, it is enough. */
function wantsTable({ kind, text }: Question, rows: readonly Evidence[]): boolean {
  const isNamed = rows.some(({ features }) => features.label === 1 || features.own >= NAMED_ROW);
  return (kind === "list" || kind === "money") && !asksYesOrNo(text) && !isNamed;
}

/** Who may come in cheaper is a list too, if it is groups rather than names that are meant. */
function wantsList({ kind, text }: Question, items: readonly Evidence[]): boolean {
  if (asksYesOrNo(text)) return false;
  return kind === "person" ? items.some(({ features }) => features.kind !== 1) : !isSingle(kind);
}

function isTable({ kind }: List): boolean {
  return kind === "rows";
}

/**
 * Several chosen items of one list stand for the list: a question that they answer wants all of it. What was ranked before
 * its first item stays before it.
 */
export function wholeListOf(
  question: Question,
  chosen: readonly Evidence[],
  hits: readonly Hit[],
): { before: Evidence[]; list: Block } | null {
  for (const list of listsIn(hits)) {
    if (list.kind === "sentences") continue;
    const fromList = chosen.filter(({ unit }) => list.sentences.has(unit));
    const items = new Set(fromList.map(({ unit }) => list.sentences.get(unit)));
    if (items.size < ITEMS_AMONG_BEST) continue;
    const isWanted = isTable(list)
      ? fromList.length * 2 >= chosen.length && wantsTable(question, fromList)
      : fromList.length * 2 > chosen.length && wantsList(question, fromList);
    if (!isWanted) continue;
    const first = chosen.findIndex(({ unit }) => list.sentences.has(unit));
    return { before: chosen.slice(0, first), list: listBlock(list) };
  }
  return null;
}

function listBlock({ kind, items, before }: List): Block {
  if (kind === "sentences") {
    const places = before === null ? items : [before, ...items];
    const statements = places.slice(0, MAX_LIST_ITEMS).map((place) => statementOf(place.passage, place.unit));
    return { intro: null, asList: false, statements };
  }
  const { passage, unit } = items[0]!;
  // What introduces a row are the names of the columns, and it is shown with them.
  const lead = readable((unit.kind === "item" && unit.context) || passage.headings.at(-1) || passage.title);
  // An item is shown without its lead-in, which stands above the list.
  const statements = items
    .slice(0, MAX_LIST_ITEMS)
    .map((item) => ({ ...statementOf(item.passage, item.unit), lead: null }));
  return { intro: `${lead.replace(/[.:,]$/, "")}:`, asList: true, statements };
}

/** The share of the question's term weight that index terms hold, as they are or in like words. */
function shareIn(terms: readonly WeightedTerm[], matcher: TermMatcher, named: readonly string[]): number {
  const total = terms.reduce((sum, term) => sum + term.idf, 0);
  const { best } = matcher.matchTerms(named);
  return total === 0 ? 0 : terms.reduce((sum, term, t) => sum + term.idf * best[t]!, 0) / total;
}
