import { formatClock } from "../corpus/media.js";
import { termsOf } from "../search/tokenize.js";
import type { FaqItem, Hit, Passage, Span, Unit } from "../types.js";
import { type Evidence, holds, textOf, weightedShare, type WeightedTerm } from "./evidence.js";
import type { Question } from "./question.js";

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
const TEMPERATURE = 0.3;
const MAX_STATEMENTS = 4;
const MAX_CHARS = 700;
/** Only so many of the best compete; the long tail of weak sentences would flatten the probabilities. */
const MAX_COMPETITORS = 12;
/** Two statements with this share of terms in common, and the same numbers, say the same. */
const SAME_STATEMENT = 0.6;
const MAX_LIST_ITEMS = 12;
/** A list answers when its lead-in and headings cover this much of a question for a list, or nearly all of another. */
const LIST_COVERAGE = 0.55;
const LIST_COVERAGE_OTHERWISE = 0.85;

/** Answers by quotation: a list for a question that a list answers, otherwise the best few sentences. */
export function composeExtractive(question: Question, terms: readonly WeightedTerm[], evidence: readonly Evidence[]): Block[] {
  const hits = [...new Set(evidence.map((item) => item.hit))];
  const list = question.asksForTime ? null : findList(question, terms, hits);
  if (list !== null) return [list];
  const chosen = select(question, evidence);
  const statements = mergeSame(chosen.flatMap((item) => withReferent(question, terms, item)));
  return [{ intro: null, asList: false, statements: inReadingOrder(withOtherValues(question, terms, evidence, statements)) }];
}

/** A FAQ item's own answer, sentence by sentence, all cited to the whole answer. */
export function composeFaq(item: FaqItem, passage: Passage): Block[] {
  const quoted = passage.text.slice(item.answer.start - passage.start, item.answer.end - passage.start);
  const statements = passage.units
    .filter((unit) => unit.kind !== "question")
    .map((unit) => ({ ...statementOf(passage, unit), text: readable(textOf(passage, unit)), quote: item.answer, quoted }));
  const asList = statements.length > 1 && passage.units.filter((unit) => unit.kind === "item").length >= statements.length - 1;
  return [{ intro: null, asList, statements }];
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
  if (best === undefined || (question.kind !== "date" && question.kind !== "number") || best.kind !== true) return statements;
  const others = evidence.filter(
    (item) =>
      item.unit.kind !== "question" &&
      item.kind === true &&
      item.hit.passage.documentId !== best.hit.passage.documentId &&
      item.coverage >= best.coverage * 0.9 &&
      item.cosine >= best.cosine * 0.75 &&
      terms.filter((term) => term.isName).every((name) => holds(new Set(termsOf(item.text)), name)),
  );
  const other = others[0];
  if (other === undefined || statements.some((statement) => covers(statement, other))) return statements;
  return mergeSame([...statements, statementOf(other.hit.passage, other.unit)]);
}

function covers(statement: Statement, item: Evidence): boolean {
  return [statement, ...statement.alsoAt].some(
    ({ documentId, quote }) => documentId === item.hit.passage.documentId && quote.start === item.unit.start,
  );
}

interface List {
  passage: Passage;
  units: Unit[];
}

/** The list whose lead-in and headings say what the question asks for. */
function findList(question: Question, terms: readonly WeightedTerm[], hits: readonly Hit[]): Block | null {
  if (["definition", "person", "date", "number", "money", "percentage", "place"].includes(question.kind)) return null;
  const needed = question.kind === "list" ? LIST_COVERAGE : LIST_COVERAGE_OTHERWISE;
  let best: { list: List; coverage: number } | null = null;
  for (const { passage } of hits) {
    for (const list of listsOf(passage)) {
      const named = new Set(termsOf(`${passage.title} ${passage.headings.join(" ")} ${list.units[0]!.context}`));
      const coverage = weightedShare(terms, (term) => (holds(named, term) ? 1 : 0));
      if (coverage >= needed && coverage > (best?.coverage ?? 0)) best = { list, coverage };
    }
  }
  if (best === null) return null;
  const { passage, units } = best.list;
  const lead = units[0]!.context || passage.headings.at(-1) || passage.title;
  const statements = units.slice(0, MAX_LIST_ITEMS).map((unit) => statementOf(passage, unit));
  // An item is shown without the lead-in, which stands above the list.
  for (const statement of statements) statement.text = readable(statement.quoted);
  return { intro: lead.endsWith(":") ? readable(lead) : `${readable(lead).replace(/[.:]$/, "")}:`, asList: true, statements };
}

/** Runs of items under one lead-in; of an item in several sentences, the first stands for it. */
function listsOf(passage: Passage): List[] {
  const lists: List[] = [];
  let previous: Unit | null = null;
  for (const unit of passage.units) {
    if (unit.kind === "item") {
      const between = previous === null ? "\n" : passage.text.slice(previous.end - passage.start, unit.start - passage.start);
      const open = previous?.kind === "item" ? lists.findLast((list) => list.units[0]!.context === unit.context) : undefined;
      if (!between.includes("\n") && previous?.kind === "item") {
        previous = unit;
        continue;
      }
      if (open === undefined) lists.push({ passage, units: [unit] });
      else open.units.push(unit);
    }
    previous = unit;
  }
  return lists.filter((list) => list.units.length > 1);
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

