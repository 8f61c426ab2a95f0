import type { Hit, Passage, Unit } from "../types.js";
import { textOf } from "./unit-text.js";

/** Where a unit stands. */
interface Place {
  passage: Passage;
  unit: Unit;
}

/** A list, a table, or sentences that enumerate ("First, … Second, …"). */
export interface List {
  kind: "items" | "rows" | "sentences";
  /** In reading order; a long list runs over several passages. */
  items: Place[];
  /** All sentences of the items, each with the first of its item. */
  sentences: Map<Unit, Unit>;
  /** The sentence before the first item. */
  before: Place | null;
  /** The index terms of its sentences, and of what introduces them. */
  terms: Uint32Array[];
  introduction: Uint32Array[];
  /** Mean cosine of the question with the items, and the highest. */
  cosine: number;
  cosineBest: number;
  /** The best fused score of its passages. */
  score: number;
}

/** "First, …", "One is …" begins an enumeration; "Another …", "Next, …" goes on with it. */
const BEGINS =
  /^(?:first(?:ly)?|first of all|one(?: (?:is|was|of them|reason|way|can|may)\b)?|the first|to begin with|to start with|for one(?: thing)?|for a start|on the one hand|begin by|start by|a first)\b/i;
const GOES_ON =
  /^(?:and )?(?:second(?:ly)?|third(?:ly)?|fourth(?:ly)?|fifth(?:ly)?|another|an ?other|a (?:second|third|fourth|fifth|further|last|final)|the (?:second|third|fourth|fifth|next|last|other|final)|others?|next|then|after (?:that|this)|afterwards|finally|last(?:ly)?|last of all|also|in addition|additionally|further(?:more)?|moreover|besides|on the other hand|on top of (?:that|this)|to finish|at the end)\b/i;
/** So many sentences may stand between two of an enumeration. */
const ASIDES = 2;
const LEAST_ENUMERATED = 2;

/** The lists of some passages. */
export function listsIn(hits: readonly Hit[]): List[] {
  const inOrder = hits.toSorted((a, b) => a.passage.start - b.passage.start);
  return [...markedLists(inOrder), ...inOrder.flatMap(enumerationsIn)];
}

interface Collected extends Omit<List, "cosine" | "cosineBest"> {
  cosines: number[];
}

/** Items or rows under one heading and lead-in; of an item in several sentences, the first stands for it. */
function markedLists(hits: readonly Hit[]): List[] {
  const lists = new Map<string, Collected>();
  for (const hit of hits) {
    const { passage, unitCosines, score, reading } = hit;
    passage.units.forEach((unit, i) => {
      if (unit.kind !== "item" && unit.kind !== "row") return;
      const key = JSON.stringify([passage.documentId, passage.headings, unit.context]);
      let list = lists.get(key);
      if (list === undefined) lists.set(key, (list = begin(hit, i, unit.kind === "row" ? "rows" : "items")));
      const begun = continuesItem(passage, i) ? list.items.at(-1)?.unit : undefined;
      list.sentences.set(unit, begun ?? unit);
      list.terms.push(reading.units[i]!);
      if (begun !== undefined) return;
      list.items.push({ passage, unit });
      list.cosines.push(unitCosines[i]!);
      list.score = Math.max(list.score, score);
    });
  }
  return [...lists.values()].filter(({ items }) => items.length > 1).map(finish);
}

/** Sentences that enumerate what the one before them announces. */
function enumerationsIn(hit: Hit): List[] {
  const { passage, unitCosines, reading } = hit;
  const lists: List[] = [];
  let list: Collected | null = null;
  let last = 0;
  const end = (): void => {
    if (list !== null && list.items.length >= LEAST_ENUMERATED) lists.push(finish(list));
    list = null;
  };
  passage.units.forEach((unit, i) => {
    if (unit.kind !== "sentence") return end();
    const text = textOf(passage, unit);
    if (BEGINS.test(text)) {
      end();
      list = begin(hit, i, "sentences");
    } else if (list === null || !GOES_ON.test(text)) {
      if (i - last > ASIDES) end();
      return;
    }
    last = i;
    list.items.push({ passage, unit });
    list.sentences.set(unit, unit);
    list.terms.push(reading.units[i]!);
    list.cosines.push(unitCosines[i]!);
  });
  end();
  return lists;
}

function begin({ passage, reading, score }: Hit, i: number, kind: List["kind"]): Collected {
  const previous = passage.units[i - 1];
  const before = previous?.kind === "sentence" ? { passage, unit: previous } : null;
  const introduction = [reading.contexts[i]!, reading.headings];
  if (before !== null) introduction.push(reading.units[i - 1]!);
  return { kind, items: [], sentences: new Map(), before, terms: [], introduction, cosines: [], score };
}

function finish({ cosines, ...list }: Collected): List {
  const cosine = cosines.reduce((sum, one) => sum + one, 0) / cosines.length;
  return { ...list, cosine, cosineBest: Math.max(...cosines) };
}

/** Whether a unit is a further sentence of the item before it: no line break, and so no marker, stands between. */
export function continuesItem(passage: Passage, i: number): boolean {
  const previous = passage.units[i - 1];
  if (previous?.kind !== "item") return false;
  return !passage.text.slice(previous.end - passage.start, passage.units[i]!.start - passage.start).includes("\n");
}
