import { termsOf } from "../search/tokenize.js";
import type { Hit, Passage, Unit } from "../types.js";
import { type Evidence, holds, weightedShare, type WeightedTerm } from "./evidence.js";
import type { AnswerKind, Question } from "./question.js";
import { type Block, readable, statementOf } from "./statement.js";

const MAX_LIST_ITEMS = 12;
/**
 * A list answers when what it announces (0 to 1.25) and its nearness to the question reach this together; more is asked
 * where the question does not call for a list.
 */
const LIST_SCORE = 0.9;
const LIST_SCORE_OTHERWISE = 1.4;
/** What the mean cosine of a list's items, and its passage's fused score, each count. */
const NEARNESS_SHARE = 0.4;
const INNER_SHARE = 0.6;
const LIST_NOUN_BONUS = 0.25;

interface List {
  units: Unit[];
  /** Mean cosine of the question with the items. */
  cosine: number;
}

/** Kinds that one sentence answers, never a list. */
const NO_LIST: ReadonlySet<AnswerKind> = new Set([
  "definition",
  "person",
  "date",
  "number",
  "money",
  "percentage",
  "place",
]);

/** The list whose lead-in and headings say what the question asks for. */
export function findList(question: Question, terms: readonly WeightedTerm[], hits: readonly Hit[]): Block | null {
  if (NO_LIST.has(question.kind)) return null;
  let bestScore = question.kind === "list" ? LIST_SCORE : LIST_SCORE_OTHERWISE;
  let best: { passage: Passage; list: List } | null = null;
  for (const hit of hits) {
    const { passage } = hit;
    for (const list of listsOf(hit)) {
      const score = announcedShare(question, terms, passage, list) + NEARNESS_SHARE * (list.cosine + hit.score);
      if (score >= bestScore) [best, bestScore] = [{ passage, list }, score];
    }
  }
  if (best === null) return null;
  return listBlock(best.passage, best.list);
}

/** Two chosen items of one list stand for the list: a question for a list wants all of it. */
export function wholeListOf(chosen: readonly Evidence[]): Block | null {
  for (const item of chosen) {
    const list = listsOf(item.hit).find(({ units }) => units.includes(item.unit));
    const fromList = chosen.filter((other) => list?.units.includes(other.unit) === true).length;
    if (list !== undefined && fromList >= 2 && fromList * 2 > chosen.length) return listBlock(item.hit.passage, list);
  }
  return null;
}

function listBlock(passage: Passage, list: List): Block {
  const lead = readable(list.units[0]!.context || passage.headings.at(-1) || passage.title);
  // An item is shown without its lead-in, which stands above the list.
  const statements = list.units.slice(0, MAX_LIST_ITEMS).map((unit) => ({ ...statementOf(passage, unit), lead: null }));
  return { intro: `${lead.replace(/[.:]$/, "")}:`, asList: true, statements };
}

/**
 * How well a list announces itself as what is asked for: the question's terms in its lead-in and innermost heading, less
 * for those only in outer headings, and extra where the very thing asked for ("challenges") is named there.
 */
function announcedShare(question: Question, terms: readonly WeightedTerm[], passage: Passage, list: List): number {
  const inner = new Set(termsOf(`${passage.headings.at(-1) ?? passage.title} ${list.units[0]!.context}`));
  const all = new Set([...inner, ...termsOf(`${passage.title} ${passage.headings.join(" ")}`)]);
  const noun = question.listNoun !== null && inner.has(question.listNoun) ? LIST_NOUN_BONUS : 0;
  const share = (named: ReadonlySet<string>): number => weightedShare(terms, (term) => holds(named, term));
  return INNER_SHARE * share(inner) + (1 - INNER_SHARE) * share(all) + noun;
}

/** Runs of items under one lead-in; of an item in several sentences, the first stands for it. */
function listsOf({ passage, unitCosines }: Hit): List[] {
  const lists: { context: string; units: Unit[]; cosines: number[] }[] = [];
  passage.units.forEach((unit, i) => {
    const previous = passage.units[i - 1];
    if (unit.kind !== "item") return;
    const between = passage.text.slice((previous?.end ?? passage.start) - passage.start, unit.start - passage.start);
    if (previous?.kind === "item" && !between.includes("\n")) return;
    let list = lists.findLast((other) => other.context === unit.context);
    if (list === undefined) lists.push((list = { context: unit.context, units: [], cosines: [] }));
    list.units.push(unit);
    list.cosines.push(unitCosines[i]!);
  });
  return lists
    .filter((list) => list.units.length > 1)
    .map(({ units, cosines }) => ({ units, cosine: cosines.reduce((sum, cosine) => sum + cosine, 0) / units.length }));
}
