import { termsOf } from "../search/tokenize.js";
import type { Hit, Passage, Unit } from "../types.js";
import { isNarrow } from "./answer-kind.js";
import type { Evidence, WeightedTerm } from "./evidence.js";
import { introducingTerms, nounLikeness } from "./list-noun.js";
import { type AnswerKind, asksYesOrNo, type Question } from "./question.js";
import { type Block, readable, statementOf } from "./statement.js";
import { TermMatcher } from "./term-matcher.js";

const MAX_LIST_ITEMS = 12;
/**
 * A list answers when what it announces (0 to 1.25) and its nearness to the question reach this together; more is asked
 * where the question does not call for a list.
 */
const LIST_SCORE = 0.85;
const LIST_SCORE_OTHERWISE = 1.4;
/** What the mean cosine of a list's items, and its passage's fused score, each count. */
const NEARNESS_SHARE = 0.4;
const INNER_SHARE = 0.6;
const LIST_NOUN_BONUS = 0.4;
/** The best evidence being one of the list's items speaks for the list. */
const BEST_ITEM_BONUS = 0.2;
/** An item of a list that answers is ranked near the best evidence: every list found right so far within 1.2. */
const MAX_ITEM_LAG = 2.5;
/** A heading that names this much more of the question than a list's own headings is what is asked about. */
const HEADING_SLACK = 0.1;
/** What a noun that is only like the one asked for earns of the bonus, at least. */
const LIKE_NOUN = 0.75;
/** A whole list is shown if this many of the best few pieces of evidence are its items. */
const ITEMS_AMONG_BEST = 2;
/** A row that holds this much of the question's term weight itself is asked for by name. */
const NAMED_ROW = 0.4;

interface List {
  /** In reading order; a long list runs over several passages. */
  items: { passage: Passage; unit: Unit }[];
  /** All sentences of the items, each with the first of its item. */
  sentences: Map<Unit, Unit>;
  /** Mean cosine of the question with the items. */
  cosine: number;
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

/** The list whose lead-in and headings say what the question asks for. */
export function findList(
  question: Question,
  terms: readonly WeightedTerm[],
  evidence: readonly Evidence[],
  hits: readonly Hit[],
): Block | null {
  if ((isSingle(question.kind) && !asksForSeveral(question)) || hits.length === 0) return null;
  const matcher = new TermMatcher(terms, hits[0]!.reading.vocabulary);
  let bestScore = question.kind === "list" ? LIST_SCORE : LIST_SCORE_OTHERWISE;
  let best: List | null = null;
  const scores = new Map(evidence.map((item) => [item.unit, item.score]));
  const least = (evidence[0]?.score ?? 0) - MAX_ITEM_LAG;
  const share = (named: readonly string[]): number => shareIn(terms, matcher, named);
  const announces = ({ items }: List): number =>
    share([...introducingTerms(items[0]!.passage, items[0]!.unit), ...termsOf(items[0]!.passage.headings.join(" "))]);
  // "Diplomatic challenges" are not those of any list of challenges, if another section is headed so or the best sentence names them.
  const named = [
    ...hits.map(({ passage }) => share(termsOf(passage.headings.at(-1) ?? ""))),
    ...evidence.slice(0, 1).map(({ features }) => features.own),
  ];
  const leastAnnounced = Math.max(...named) - HEADING_SLACK;
  for (const list of listsOf(hits)) {
    const noun =
      announces(list) >= leastAnnounced
        ? nounLikeness(question.listNoun, list.items[0]!.passage, list.items[0]!.unit)
        : 0;
    const isNamed = noun > 0;
    if (!isNamed && list.items.every(({ unit }) => (scores.get(unit) ?? -Infinity) < least)) continue;
    const holdsBest = list.items.some(({ unit }) => unit === evidence[0]?.unit) ? BEST_ITEM_BONUS : 0;
    const announced =
      announcedShare(terms, matcher, list) + (isNamed ? LIST_NOUN_BONUS * (LIKE_NOUN + (1 - LIKE_NOUN) * noun) : 0);
    const score = announced + NEARNESS_SHARE * (list.cosine + list.score) + holdsBest;
    // Rows are many things to many people: a table is told whole only if it announces itself as what is asked for.
    const leastOfTable = isTable(list) && !isNamed ? LIST_SCORE_OTHERWISE : 0;
    if (score >= Math.max(bestScore, leastOfTable)) [best, bestScore] = [list, score];
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

/**
 * How well a list announces itself as what is asked for: the question's terms in its lead-in and innermost heading, less
 * for those only in outer headings.
 */
function announcedShare(terms: readonly WeightedTerm[], matcher: TermMatcher, { items }: List): number {
  const { passage, unit } = items[0]!;
  const inner = introducingTerms(passage, unit);
  const all = [...inner, ...termsOf(`${passage.title} ${passage.headings.join(" ")}`)];
  const share = (named: readonly string[]): number => shareIn(terms, matcher, named);
  return INNER_SHARE * share(inner) + (1 - INNER_SHARE) * share(all);
}

/** The share of the question's term weight that index terms hold, as they are or in like words. */
function shareIn(terms: readonly WeightedTerm[], matcher: TermMatcher, named: readonly string[]): number {
  const total = terms.reduce((sum, term) => sum + term.idf, 0);
  const { best } = matcher.matchTerms(named);
  return total === 0 ? 0 : terms.reduce((sum, term, t) => sum + term.idf * best[t]!, 0) / total;
}

/** Items under one heading and lead-in; of an item in several sentences, the first stands for it. */
function listsOf(hits: readonly Hit[]): List[] {
  type Collected = Omit<List, "cosine"> & { cosines: number[] };
  const lists = new Map<string, Collected>();
  for (const { passage, unitCosines, score } of hits.toSorted((a, b) => a.passage.start - b.passage.start)) {
    passage.units.forEach((unit, i) => {
      if (unit.kind !== "item" && unit.kind !== "row") return;
      const key = JSON.stringify([passage.documentId, passage.headings, unit.context]);
      const list: Collected = lists.get(key) ?? { items: [], sentences: new Map(), cosines: [], score };
      lists.set(key, list);
      const begun = continuesItem(passage, i) ? list.items.at(-1)?.unit : undefined;
      list.sentences.set(unit, begun ?? unit);
      if (begun !== undefined) return;
      list.items.push({ passage, unit });
      list.cosines.push(unitCosines[i]!);
      list.score = Math.max(list.score, score);
    });
  }
  return [...lists.values()]
    .filter(({ items }) => items.length > 1)
    .map(({ cosines, ...list }) => ({ ...list, cosine: cosines.reduce((sum, one) => sum + one, 0) / cosines.length }));
}

/** Whether a unit is a further sentence of the item before it: no line break, and so no marker, stands between. */
export function continuesItem(passage: Passage, i: number): boolean {
  const previous = passage.units[i - 1];
  if (previous?.kind !== "item") return false;
  return !passage.text.slice(previous.end - passage.start, passage.units[i]!.start - passage.start).includes("\n");
}
