import { formatClock } from "../corpus/media.js";
import { termsOf } from "../search/tokenize.js";
import type { FaqItem, Hit, Passage, Span, Unit } from "../types.js";
import { type Evidence, holds, textOf, weightedShare, type WeightedTerm } from "./evidence.js";
import type { AnswerKind, Question } from "./question.js";

/** A sentence of the answer: what it says, and the exact place it is quoted from. */
export interface Statement {
  documentId: string;
  passageId: string;
  headings: string[];
  quote: Span;
  /** The quoted words, to be compared with the source before the answer leaves. */
  quoted: string;
  /** What the reader sees, without markers: the quote, perhaps with its lead-in or column names. */
  text: string;
  seconds: number | null;
  /** Other places that say the same. */
  alsoAt: Statement[];
}

/** Statements that are shown together: prose, or a list under a line that introduces it. */
export interface Block {
  intro: string | null;
  asList: boolean;
  statements: Statement[];
}

/** A statement is added until the chosen ones hold this much of the probability, softmax over the scores. */
const MASS = 0.9;
const TEMPERATURE = 0.55;
const MAX_STATEMENTS = 4;
const MAX_CHARS = 700;
/** Only so many of the best compete; the long tail of weak sentences would flatten the probabilities. */
const MAX_COMPETITORS = 12;
/** Evidence of another value may be this much weaker than the best: sources that differ also differ in words. */
const OTHER_VALUE_TERMS = 0.4;
const OTHER_VALUE_COSINE = 0.65;
/** Two statements with this share of terms in common, and the same numbers, say the same. */
const SAME_STATEMENT = 0.6;
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

/** Answers by quotation: a list for a question that a list answers, otherwise the best few sentences. */
export function composeExtractive(
  question: Question,
  terms: readonly WeightedTerm[],
  evidence: readonly Evidence[],
): Block[] {
  const hits = [...new Set(evidence.map((item) => item.hit))];
  const list = question.asksForTime ? null : findList(question, terms, hits);
  if (list !== null) return [list];
  const chosen = select(question, evidence);
  const whole = question.kind === "list" ? wholeListOf(chosen) : null;
  if (whole !== null) return [whole];
  const statements = mergeSame(chosen.flatMap((item) => withReferent(question, terms, item)));
  return [
    { intro: null, asList: false, statements: inReadingOrder(withOtherValues(question, terms, evidence, statements)) },
  ];
}

/** A FAQ item's own answer, sentence by sentence, all cited to the whole answer. */
export function composeFaq(item: FaqItem, passage: Passage): Block[] {
  const quoted = passage.text.slice(item.answer.start - passage.start, item.answer.end - passage.start);
  const units = passage.units.filter((unit) => unit.kind !== "question");
  const statements: Statement[] = [];
  let opening = "";
  for (const unit of units) {
    const text = opening + readable(textOf(passage, unit));
    // "Yes." is no statement of its own: it opens the next one.
    opening = text.split(" ").length <= 2 && unit !== units.at(-1) ? `${text} ` : "";
    if (opening === "") statements.push({ ...statementOf(passage, unit), text, quote: item.answer, quoted });
  }
  const items = units.filter((unit) => unit.kind === "item").length;
  return [{ intro: null, asList: items > 1 && items >= units.length - 1, statements }];
}

/** Best first until the probability mass is reached. */
function select(question: Question, evidence: readonly Evidence[]): Evidence[] {
  const top = evidence.slice(0, MAX_COMPETITORS);
  const best = top[0]?.score ?? 0;
  const weights = top.map((item) => Math.exp((item.score - best) / TEMPERATURE));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const chosen: Evidence[] = [];
  let mass = 0;
  let chars = 0;
  for (const [i, item] of top.entries()) {
    if (mass >= MASS * total || chosen.length === (question.asksForTime ? 2 : MAX_STATEMENTS)) break;
    if (chosen.length > 0 && chars + item.text.length > MAX_CHARS) break;
    chosen.push(item);
    mass += weights[i]!;
    chars += item.text.length;
  }
  return chosen;
}

const DANGLING = /^(this|these|those|it|its|they|their|such|he|she|his|her|both|here|there)\b/i;

/** A statement that begins by pointing back gets the sentence it points to, unless it names the subject itself. */
function withReferent(question: Question, terms: readonly WeightedTerm[], item: Evidence): Statement[] {
  const { passage } = item.hit;
  const statement = statementOf(passage, item.unit, question.asksForTime);
  if (!DANGLING.test(item.text)) return [statement];
  const names = terms.filter((term) => term.isName);
  const own = new Set(termsOf(item.text));
  if (names.length > 0 && names.every((name) => holds(own, name))) return [statement];
  const at = passage.units.indexOf(item.unit);
  const before = passage.units[at - 1];
  if (before === undefined || before.kind === "question" || before.kind !== item.unit.kind) return [statement];
  const fits = before.end - before.start + item.text.length <= MAX_CHARS;
  return fits ? [statementOf(passage, before), statement] : [statement];
}

/**
 * For a question after a date or number, the best sentence of another document that names the same things and gives a
 * value of the same kind: where sources differ, the reader sees both.
 */
function withOtherValues(
  question: Question,
  terms: readonly WeightedTerm[],
  evidence: readonly Evidence[],
  statements: Statement[],
): Statement[] {
  const best = evidence[0];
  const asksForValue = question.kind === "date" || question.kind === "number";
  const names = terms.filter((term) => term.isName);
  if (best === undefined || !asksForValue || best.features.kind !== 1 || names.length === 0) return statements;
  const placed = ({ features }: Evidence): number => features.own + features.headings;
  const other = evidence.find(
    (item) =>
      item.features.kind === 1 &&
      item.features.namesOwn === 1 &&
      item.hit.passage.documentId !== best.hit.passage.documentId &&
      placed(item) >= placed(best) * OTHER_VALUE_TERMS &&
      item.features.cosine >= best.features.cosine * OTHER_VALUE_COSINE,
  );
  if (other === undefined || statements.some((statement) => covers(statement, other))) return statements;
  return mergeSame([...statements, statementOf(other.hit.passage, other.unit)]);
}

function covers(statement: Statement, item: Evidence): boolean {
  return [statement, ...statement.alsoAt].some(
    ({ documentId, quote }) => documentId === item.hit.passage.documentId && quote.start === item.unit.start,
  );
}

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
function findList(question: Question, terms: readonly WeightedTerm[], hits: readonly Hit[]): Block | null {
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
function wholeListOf(chosen: readonly Evidence[]): Block | null {
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
  const statements = list.units
    .slice(0, MAX_LIST_ITEMS)
    .map((unit) => statementOf(passage, unit))
    .map((statement) => ({ ...statement, text: readable(statement.quoted) }));
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

function statementOf(passage: Passage, unit: Unit, withTime = false): Statement {
  const quoted = textOf(passage, unit);
  const body = unit.kind === "row" ? rowText(quoted, unit.context) : withLeadIn(readable(quoted), unit);
  const time = withTime && unit.seconds !== null ? `At ${formatClock(unit.seconds)}: ` : "";
  return {
    documentId: passage.documentId,
    passageId: passage.id,
    headings: passage.headings,
    quote: { start: unit.start, end: unit.end },
    quoted,
    text: time + body,
    seconds: unit.seconds,
    alsoAt: [],
  };
}

/** A fragment of a list needs its lead-in to be understood; an item that is a sentence does not. */
function withLeadIn(text: string, unit: Unit): string {
  const isSentence = /[.!?]["'”’)]*$/.test(text) || text.split(/\s+/).length > 12;
  if (unit.kind !== "item" || isSentence || !unit.context.endsWith(":")) return text;
  const lead = readable(unit.context);
  return lead.length > 160 ? text : `${lead} ${text}`;
}

/** "SpaceX – Key Innovation: Reusable rockets; Global Impact: …" from a row and its column names. */
function rowText(row: string, header: string): string {
  const cells = row.split("|").map((cell) => readable(cell));
  const names = header.split("|").map((name) => readable(name));
  if (header === "" || names.length !== cells.length || cells.length < 2) return cells.join(", ");
  const [label, ...values] = cells;
  return `${label} – ${values.map((value, i) => `${names[i + 1]}: ${value}`).join("; ")}`;
}

function readable(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** Statements that say the same become one with several places; a repeated place is dropped. */
function mergeSame(statements: readonly Statement[]): Statement[] {
  const merged: Statement[] = [];
  for (const statement of statements) {
    const same = merged.find((other) => saysTheSame(other, statement));
    if (same === undefined) merged.push(statement);
    else if (same.documentId !== statement.documentId) same.alsoAt.push(statement);
  }
  return merged;
}

function saysTheSame(a: Statement, b: Statement): boolean {
  if (a.documentId === b.documentId && a.quote.start === b.quote.start) return true;
  const termsA = new Set(termsOf(a.quoted));
  const termsB = new Set(termsOf(b.quoted));
  const shared = [...termsA].filter((term) => termsB.has(term)).length;
  const numbers = (text: string): string => (text.match(/\d[\d.,]*/g) ?? []).join(" ");
  return shared / (termsA.size + termsB.size - shared) >= SAME_STATEMENT && numbers(a.quoted) === numbers(b.quoted);
}

/** Documents in the order of their best statement, each document's statements as they stand in it. */
function inReadingOrder(statements: readonly Statement[]): Statement[] {
  const documents = [...new Set(statements.map((statement) => statement.documentId))];
  return documents.flatMap((id) =>
    statements.filter((statement) => statement.documentId === id).sort((a, b) => a.quote.start - b.quote.start),
  );
}
