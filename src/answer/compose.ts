import { termsOf } from "../search/tokenize.js";
import type { Passage } from "../types.js";
import { holdsKind } from "./answer-kind.js";
import { type Evidence, holds, holdsDateFor, type WeightedTerm } from "./evidence.js";
import { composeFaqFor } from "./faq.js";
import { announcesList, enumerates, goOn, MAX_LIST_STATEMENTS } from "./go-on.js";
import { findList, wholeListOf } from "./lists.js";
import { hasQuestionWord, type Question, YEAR_OR_VERSION } from "./question.js";
import {
  type Block,
  DANGLING,
  mergeSame,
  readable,
  standsAlone,
  type Statement,
  statementOf,
  valuesIn,
} from "./statement.js";

/** A statement is added until the chosen ones hold this much of the probability, softmax over the scores. */
const MASS = 0.67;
/** A question whose answer has no shape of its own is surer to be answered by a little more. */
const MASS_WITHOUT_SHAPE = 0.78;
/** While the answer is this short, more is said until it is all but sure. */
const SHORT_ANSWER = 240;
const SURE = 0.96;
/** What is less probable than that is not said, however short the answer. */
const LEAST_SHARE = 0.05;
const MAX_STATEMENTS = 3;
/** A short answer is read; this leaves room for the markers within 400 characters. */
const MAX_CHARS = 375;
/** Two things set beside each other, or several listed in prose, take more room. */
const MAX_LONG_CHARS = 600;
/** Only so many of the best compete; the long tail of weak sentences would flatten the probabilities. */
const MAX_COMPETITORS = 12;
/** Evidence that finds this much more of the question's term weight is added: a question may need two places. */
const LEAST_GAIN = 0.12;
const MAX_ADDED = 2;
/** A term found this well counts as found. */
const FOUND = 0.6;
/** Evidence of another value may be this much weaker than the best: sources that differ also differ in words. */
const OTHER_VALUE = 0.6;
/** Only if it is hardly weaker are the sources said to differ; otherwise it is shown with the rest. */
const DIFFERING_VALUE = 0.75;
/** Evidence whose score is this near the best may be what was meant as well. */
const HARDLY_WEAKER = 0.5;

const SOURCES_DIFFER = "The sources differ:";

/** What an answer is made of, and why the evidence in it was chosen. */
export interface Composed {
  blocks: Block[];
  why: Map<Evidence, string>;
}

/**
 * Answers by quotation: a list for a question that a list answers, otherwise the best few sentences, best first.
 *
 * @param most the most sentences to begin with, if fewer than usual
 */
export function composeExtractive(
  question: Question,
  terms: readonly WeightedTerm[],
  evidence: readonly Evidence[],
  most?: number,
): Composed {
  let why = new Map<Evidence, string>();
  const hits = [...new Set(evidence.map((item) => item.hit))];
  const usable = evidence.filter((item) => question.kind !== "expansion" || item.features.kind === 1);
  const [best] = usable;
  const list = question.asksForTime ? null : findList(question, terms, evidence, hits);
  if (list !== null) {
    markList(list, evidence, why);
    return { blocks: [list], why };
  }
  const chosen = select(
    question,
    usable.filter((item) => best === undefined || isOfSame(terms, best, item)),
    why,
  ).slice(0, most);
  const whole = question.asksForTime ? null : wholeListOf(question, chosen, hits);
  if (whole !== null) {
    const before = inBlocks(mergeSame(whole.before.flatMap((item) => statementsOf(question, terms, item))));
    why = new Map(whole.before.map((item) => [item, why.get(item)!]));
    markList(whole.list, evidence, why);
    return { blocks: [...before, whole.list], why };
  }
  const other = otherValue(question, terms, usable, DIFFERING_VALUE);
  if (other !== null) {
    why = new Map([
      [best!, "the best"],
      [other, "another source gives another value"],
    ]);
    const both = [best!, other].map((item) => statementOf(item.hit.passage, item.unit));
    return { blocks: [{ intro: SOURCES_DIFFER, asList: true, statements: both.map(withoutLead) }], why };
  }
  const value = otherValue(question, terms, usable, OTHER_VALUE);
  if (value !== null && !chosen.includes(value)) {
    chosen.push(value);
    why.set(value, "another source has another value");
  }
  complete(question, terms, usable, chosen, why);
  goOn(question, usable, chosen, why);
  const isLong = COMPARES.test(question.text) || announcesList(question, chosen[0]);
  const statements = withinRoom(question, terms, chosen, isLong ? MAX_LONG_CHARS : MAX_CHARS, why);
  return { blocks: inBlocks(statements), why };
}

/** Evidence as it is, one after the other. */
export function inProse(evidence: readonly Evidence[]): Composed {
  const statements = mergeSame(evidence.map(({ hit, unit }) => statementOf(hit.passage, unit)));
  return { blocks: inBlocks(statements), why: new Map(evidence.map((item) => [item, "what comes next"])) };
}

function withoutLead(statement: Statement): Statement {
  return { ...statement, lead: null };
}

function markList(block: Block, evidence: readonly Evidence[], why: Map<Evidence, string>): void {
  const starts = new Set(block.statements.map(({ documentId, quote }) => `${documentId} ${quote.start}`));
  for (const item of evidence) {
    if (starts.has(`${item.hit.passage.documentId} ${item.unit.start}`)) why.set(item, "part of the list that answers");
  }
}

/** Prose; where several items of one list follow each other, the list under its lead-in. */
function inBlocks(statements: readonly Statement[]): Block[] {
  const blocks: Block[] = [];
  let start = 0;
  while (start < statements.length) {
    const { lead } = statements[start]!;
    let end = start + 1;
    if (lead !== null) while (statements[end]?.lead === lead) end++;
    const run = statements
      .slice(start, end)
      .map((one) => (end - start > 1 || standsAlone(one) ? { ...one, lead: null } : one));
    const previous = blocks.at(-1);
    if (run.length > 1) blocks.push({ intro: lead, asList: true, statements: run });
    else if (previous?.asList === false) previous.statements.push(...run);
    else blocks.push({ intro: null, asList: false, statements: run });
    start = end;
  }
  return blocks;
}

/** Best first until the probability mass is reached. */
function select(question: Question, evidence: readonly Evidence[], why: Map<Evidence, string>): Evidence[] {
  const top = evidence.slice(0, MAX_COMPETITORS);
  const isList = question.kind === "list";
  const best = top[0]?.score ?? 0;
  const weights = top.map((item) => Math.exp(item.score - best));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  // What a short form stands for is said once; of a recording, more than two moments are too many.
  const limit =
    question.kind === "expansion" ? 1 : question.asksForTime ? 2 : isList ? MAX_LIST_STATEMENTS : MAX_STATEMENTS;
  const share = top[0]?.features.kind === 0 ? MASS_WITHOUT_SHAPE : MASS;
  const chosen: Evidence[] = [];
  let mass = 0;
  let chars = 0;
  for (const [i, item] of top.entries()) {
    if (chosen.length === limit || mass >= SURE * total) break;
    if (mass >= share * total && chars + item.text.length > SHORT_ANSWER) break;
    if (weights[i]! < LEAST_SHARE * total && chosen.length > 0) break;
    if (chosen.length > 0 && chars + item.text.length > MAX_CHARS) {
      continue;
    }
    chosen.push(item);
    why.set(item, `probability ${(weights[i]! / total).toFixed(2)}`);
    mass += weights[i]!;
    chars += item.text.length;
  }
  return chosen;
}

/** Wording that sets two things beside each other, or joins two names. */
const COMPARES =
  /\b(versus|vs\.?|compared?|comparison|differ(s|ence|ences|ent)?|rather than)\b|\p{Lu}\S*,? (?:and|or|than) (?:the |an? )?\p{Lu}/u;

/** Adds the evidence that finds what the chosen ones leave out of the question, if that is much: a second subject, say. */
function complete(
  question: Question,
  terms: readonly WeightedTerm[],
  evidence: readonly Evidence[],
  chosen: Evidence[],
  why: Map<Evidence, string>,
): void {
  const total = terms.reduce((sum, term) => sum + term.idf, 0);
  if (total === 0 || chosen.length === 0 || chosen.length > MAX_STATEMENTS) return;
  // Of a name it is not enough that a heading has it: what is said must be about it.
  const finds = (item: Evidence, t: number): boolean => (terms[t]!.isName ? item.own : item.found)[t]! >= FOUND;
  const isCovered = (t: number): boolean => chosen.some((item) => finds(item, t));
  const compares = COMPARES.test(question.text);
  if (!compares && terms.every(({ isName }, t) => !isName || isCovered(t))) return;
  const room = compares ? MAX_LONG_CHARS : MAX_CHARS;
  for (let added = 0; added < MAX_ADDED; added++) {
    const open = terms.flatMap((_, t) => (isCovered(t) ? [] : [t]));
    const best = evidence.slice(0, MAX_COMPETITORS).find((item) => {
      if (chosen.includes(item)) return false;
      const gain = open.reduce((sum, t) => sum + (finds(item, t) ? terms[t]!.idf : 0), 0);
      return (
        gain >= LEAST_GAIN * total && chosen.reduce((sum, { text }) => sum + text.length, item.text.length) <= room
      );
    });
    if (best === undefined) return;
    chosen.push(best);
    why.set(best, "covers what the others leave out of the question");
  }
}

/** The statements of the chosen evidence as far as they fit; what a statement points back to counts too. */
function withinRoom(
  question: Question,
  terms: readonly WeightedTerm[],
  chosen: readonly Evidence[],
  room: number,
  why: Map<Evidence, string>,
): Statement[] {
  let fitting: Statement[] = [];
  for (const item of chosen) {
    // "Another threat …" points back to what is told before it.
    const isToldOf = announcesList(question, chosen[0]) && enumerates(item);
    const own = isToldOf ? [statementOf(item.hit.passage, item.unit)] : statementsOf(question, terms, item);
    const more = mergeSame([...fitting, ...own]);
    const length = more.reduce((sum, { text, lead }) => sum + text.length + (lead?.length ?? 0), 0);
    if (fitting.length === 0 || length <= room) fitting = more;
    else why.delete(item);
  }
  return fitting;
}

/** Whether evidence has each year or version of the question that the best has: what holds for another is no part of the answer. */
function isOfSame(terms: readonly WeightedTerm[], best: Evidence, item: Evidence): boolean {
  return terms.every(({ word }, t) => !YEAR_OR_VERSION.test(word) || best.found[t]! < FOUND || item.found[t]! >= FOUND);
}

/** Whether two pieces of evidence are about the same of the question's names: of two subjects each has a value of its own. */
function sameNames(terms: readonly WeightedTerm[], a: Evidence, b: Evidence): boolean {
  return terms.every(({ isName }, t) => !isName || a.found[t]! >= FOUND === b.found[t]! >= FOUND);
}

/** A FAQ answer is said as a whole. */
function statementsOf(question: Question, terms: readonly WeightedTerm[], item: Evidence): Statement[] {
  const { passage } = item.hit;
  if (passage.kind === "faq") return composeFaqFor(passage, item.unit).flatMap((block) => block.statements);
  return withReferent(question, terms, item);
}

/** Where only the heading tells when it was, the statement is introduced by that. */
function withDate(question: Question, { headings }: Passage, statement: Statement): Statement {
  const heading = headings.at(-1) ?? "";
  const isDated = holdsKind(statement.text, question) === false && holdsDateFor(question, heading);
  return isDated ? { ...statement, text: `${readable(heading)}: ${statement.text}` } : statement;
}

/** A statement that begins by pointing back gets the sentence it points to, unless it names the subject itself: what keywords name, or a question's names. */
function withReferent(question: Question, terms: readonly WeightedTerm[], item: Evidence): Statement[] {
  const { passage } = item.hit;
  const statement = withDate(question, passage, statementOf(passage, item.unit, question.asksForTime));
  if (!DANGLING.test(item.text)) return [statement];
  const names = terms.filter((term) => term.isName);
  const own = new Set(termsOf(item.text));
  // Of "What grinds corn?" a sentence may have every word and not the one that is asked for.
  const subjects = names.length > 0 || hasQuestionWord(question.text) ? names : terms;
  if (subjects.length > 0 && subjects.every((subject) => holds(own, subject))) return [statement];
  const at = passage.units.indexOf(item.unit);
  const before = passage.units[at - 1];
  if (before?.kind !== "sentence" || item.unit.kind !== "sentence") return [statement];
  const fits = before.end - before.start + item.text.length <= MAX_CHARS;
  return fits ? [statementOf(passage, before), statement] : [statement];
}

/**
 * For a question after a date or number, the best sentence of another document that says as much about the same things
 * and gives another value of the same kind: where sources differ, the reader sees both.
 */
function otherValue(
  question: Question,
  terms: readonly WeightedTerm[],
  evidence: readonly Evidence[],
  nearness: number,
): Evidence | null {
  const best = evidence[0];
  const asksForValue = ["date", "day", "number", "money", "duration", "percentage"].includes(question.kind);
  if (best === undefined || !asksForValue || best.features.kind !== 1) return null;
  if (question.kind === "number" && best.features.counted === 0) return null;
  const placed = ({ features }: Evidence): number => features.own + features.ownLike + features.headings;
  const values = valuesIn(best.text, question.kind);
  const other = evidence
    .slice(1, MAX_COMPETITORS)
    .find(
      (item) =>
        item.features.kind === 1 &&
        item.features.namesNear >= best.features.namesNear &&
        sameNames(terms, best, item) &&
        item.features.counted >= best.features.counted &&
        item.hit.passage.documentId !== best.hit.passage.documentId &&
        placed(item) >= placed(best) * nearness &&
        item.features.cosine >= best.features.cosine * nearness,
    );
  if (other === undefined || terms.length < 2) return null;
  // Where a document has several values, each is of something else, and it is not said which one differs.
  const isOneOfSeveral = evidence
    .slice(1, evidence.indexOf(other))
    .some(
      (item) =>
        item.hit.passage.documentId === best.hit.passage.documentId &&
        item.score >= best.score - HARDLY_WEAKER &&
        sameNames(terms, best, item) &&
        differ(values, valuesIn(item.text, question.kind)),
    );
  if (isOneOfSeveral) return null;
  return differ(values, valuesIn(other.text, question.kind)) ? other : null;
}

function differ(values: readonly string[], others: readonly string[]): boolean {
  // A time of day is no other value than a year.
  const isClock = (value: string): boolean => value.includes(":");
  if (values.some(isClock) !== others.some(isClock)) return false;
  return values.length > 0 && others.length > 0 && !others.some((value) => values.includes(value));
}
