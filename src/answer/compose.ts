import { termsOf } from "../search/tokenize.js";
import { type Evidence, holds, type WeightedTerm } from "./evidence.js";
import { composeFaq } from "./faq.js";
import { findList, wholeListOf } from "./lists.js";
import type { Question } from "./question.js";
import {
  type Block,
  DANGLING,
  inReadingOrder,
  mergeSame,
  standsAlone,
  type Statement,
  statementOf,
} from "./statement.js";

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

/** Answers by quotation: a list for a question that a list answers, otherwise the best few sentences. */
export function composeExtractive(
  question: Question,
  terms: readonly WeightedTerm[],
  evidence: readonly Evidence[],
): Block[] {
  const hits = [...new Set(evidence.map((item) => item.hit))];
  const list = question.asksForTime ? null : findList(question, terms, hits);
  if (list !== null) return [list];
  const [best] = evidence;
  if (best?.hit.passage.kind === "faq") return composeFaq(best.hit.passage);
  const chosen = select(
    question,
    evidence.filter((item) => question.kind !== "expansion" || item.features.kind === 1),
  );
  const whole = question.kind === "list" ? wholeListOf(chosen, hits) : null;
  if (whole !== null) return [whole];
  const statements = mergeSame(chosen.flatMap((item) => withReferent(question, terms, item)));
  return inBlocks(inReadingOrder(withOtherValues(question, terms, evidence, statements)));
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
function select(question: Question, evidence: readonly Evidence[]): Evidence[] {
  const top = evidence.slice(0, MAX_COMPETITORS);
  const best = top[0]?.score ?? 0;
  const weights = top.map((item) => Math.exp((item.score - best) / TEMPERATURE));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  // What a short form stands for is said once; of a recording, more than two moments are too many.
  const limit = question.kind === "expansion" ? 1 : question.asksForTime ? 2 : MAX_STATEMENTS;
  const chosen: Evidence[] = [];
  let mass = 0;
  let chars = 0;
  for (const [i, item] of top.entries()) {
    if (mass >= MASS * total || chosen.length === limit) break;
    if (chosen.length > 0 && chars + item.text.length > MAX_CHARS) break;
    chosen.push(item);
    mass += weights[i]!;
    chars += item.text.length;
  }
  return chosen;
}

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
  if (before?.kind !== "sentence" || item.unit.kind !== "sentence") return [statement];
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
