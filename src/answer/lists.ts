import { termsOf } from "../search/tokenize.js";
import type { Hit, Passage, Unit } from "../types.js";
import { isNarrow } from "./answer-kind.js";
import type { Evidence, WeightedTerm } from "./evidence.js";
import { type LogisticModel, logitOf } from "./logistic.js";
import { introducingTerms, nounLikeness } from "./list-noun.js";
import { type AnswerKind, asksYesOrNo, type Question } from "./question.js";
import { type Block, readable, statementOf } from "./statement.js";
import { TermMatcher } from "./term-matcher.js";

const MAX_LIST_ITEMS = 12;
const LEAST_LOGIT = -0.2;
const MODEL: LogisticModel<keyof ListFeatures> = {
  bias: -4.35,
  weights: {
    announcedInner: -0.00,
    announced: -0.32,
    outnamed: -0.76,
    noun: 0.17,
    gist: 3.08,
    gistWhole: -1.30,
    cosine: 7.17,
    cosineBest: -5.48,
    fused: 1.37,
    holdsBest: -0.14,
    lag: -0.39,
    amongBest: 1.71,
    beside: 1.58,
    answers: -0.06,
    covers: -0.33,
    table: -0.24,
    labelled: -0.82,
    asksList: 0.47,
    asksAll: 0.30,
    asksSteps: 0.71,
    asksYesOrNo: -1.13,
    asksOne: -0.39,
    size: 1.29,
  },
};

/** A heading that names this much more of the question than a list's own headings is what is asked about. */
const HEADING_SLACK = 0.1;
/** A whole list is shown if this many of the best few pieces of evidence are its items. */
const ITEMS_AMONG_BEST = 2;
/** A row that holds this much of the question's term weight itself is asked for by name. */
const NAMED_ROW = 0.4;

export interface List {
  /** In reading order; a long list runs over several passages. */
  items: { passage: Passage; unit: Unit }[];
  /** All sentences of the items, each with the first of its item. */
  sentences: Map<Unit, Unit>;
  /** The index terms of its sentences. */
  terms: Uint32Array[];
  /** Mean cosine of the question with the items, and the highest. */
  cosine: number;
  cosineBest: number;
  /** The best fused score of its passages. */
  score: number;
}

/** Whether one sentence answers a question of this kind, never a list. */
export function isSingle(kind: AnswerKind): boolean {
  return isNarrow(kind) || kind === "definition" || kind === "person" || kind === "place";
}

/** "What are your opening hours?" has the form of a question for a definition. */
function asksForSeveral({ kind, text }: Question): boolean {
  return kind === "definition" && /^\W*what (?:are|were)\b/i.test(text);
}

/** What speaks for telling a list whole. */
export interface ListFeatures {
  /** Share of the question's term weight in its lead-in and innermost heading, and in these, outer headings and title. */
  announcedInner: number;
  announced: number;
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
  /** 1 if the best evidence is of an item; how far the likeliest item is behind the best evidence. */
  holdsBest: number;
  lag: number;
  /** Share of the best six pieces of evidence that are of its items; that stand in its passages. */
  amongBest: number;
  beside: number;
  /** The most that the reader says of an item. */
  answers: number;
  covers: number;
  /** 1 for a table. */
  table: number;
  /** 1 if the best evidence names the question's terms in a label or cell of this very table or list. */
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
const AMONG = 6;
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
  return listsOf(hits).map((list) => {
    const { passage, unit } = list.items[0]!;
    const { reading } = hits.find((hit) => hit.passage === passage)!;
    const at = passage.units.indexOf(unit);
    const passages = new Set(list.items.map((item) => item.passage));
    const inner = introducingTerms(passage, unit);
    const headings = termsOf(passage.headings.join(" "));
    const outnamed = Math.max(0, namedMost - share([...inner, ...headings]));
    const items = [...list.sentences.keys()].flatMap((one) => byUnit.get(one) ?? []);
    const most = (value: (item: Evidence) => number, least: number): number =>
      Math.max(least, ...items.map((item) => value(item)));
    const features: ListFeatures = {
      announcedInner: share(inner),
      announced: share([...inner, ...headings, ...termsOf(passage.title)]),
      outnamed,
      noun: outnamed <= HEADING_SLACK ? nounLikeness(question.listNoun, passage, unit) : 0,
      gist: matcher.gist([reading.contexts[at]!, reading.headings]),
      gistWhole: matcher.gist(list.terms),
      cosine: list.cosine,
      cosineBest: list.cosineBest,
      fused: list.score,
      holdsBest: first !== undefined && list.sentences.has(first.unit) ? 1 : 0,
      lag: Math.min(MOST_LAG, (first?.score ?? 0) - most(({ score }) => score, -Infinity)),
      amongBest: amongBest.filter((item) => list.sentences.has(item.unit)).length / AMONG,
      beside: amongBest.filter(({ hit }) => passages.has(hit.passage)).length / AMONG,
      answers: most(({ features: { answers } }) => answers, LEAST_READING),
      covers: most(({ features: { covers } }) => covers, LEAST_READING),
      table: isTable(list) ? 1 : 0,
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

function isTable({ items }: List): boolean {
  return items[0]!.unit.kind === "row";
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
  for (const list of listsOf(hits)) {
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

function listBlock({ items }: List): Block {
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

/** Items under one heading and lead-in; of an item in several sentences, the first stands for it. */
function listsOf(hits: readonly Hit[]): List[] {
  type Collected = Omit<List, "cosine" | "cosineBest"> & { cosines: number[] };
  const lists = new Map<string, Collected>();
  for (const { passage, unitCosines, score, reading } of hits.toSorted((a, b) => a.passage.start - b.passage.start)) {
    passage.units.forEach((unit, i) => {
      if (unit.kind !== "item" && unit.kind !== "row") return;
      const key = JSON.stringify([passage.documentId, passage.headings, unit.context]);
      const list: Collected = lists.get(key) ?? { items: [], sentences: new Map(), terms: [], cosines: [], score };
      lists.set(key, list);
      const begun = continuesItem(passage, i) ? list.items.at(-1)?.unit : undefined;
      list.sentences.set(unit, begun ?? unit);
      list.terms.push(reading.units[i]!);
      if (begun !== undefined) return;
      list.items.push({ passage, unit });
      list.cosines.push(unitCosines[i]!);
      list.score = Math.max(list.score, score);
    });
  }
  return [...lists.values()]
    .filter(({ items }) => items.length > 1)
    .map(({ cosines, ...list }) => ({ ...list, cosine: cosines.reduce((sum, one) => sum + one, 0) / cosines.length, cosineBest: Math.max(...cosines) }));
}

/** Whether a unit is a further sentence of the item before it: no line break, and so no marker, stands between. */
export function continuesItem(passage: Passage, i: number): boolean {
  const previous = passage.units[i - 1];
  if (previous?.kind !== "item") return false;
  return !passage.text.slice(previous.end - passage.start, passage.units[i]!.start - passage.start).includes("\n");
}
