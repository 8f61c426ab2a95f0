import { type Composed, composeExtractive, inProse } from "./compose.js";
import type { Evidence, WeightedTerm } from "./evidence.js";
import type { Question } from "./question.js";
import { type Block, type Statement, statementOf } from "./statement.js";

/** Evidence whose score is this much below the best is no more of an answer; where it has the question's names it is about the same. */
const FURTHER = 4;
/** So many sentences are told where what answers best was told. */
const FURTHER_STATEMENTS = 2;
/** Enough of a sentence to know it by: an answer may leave off how it ends. */
const KNOWN_BY = 40;

/** What "tell me more" is answered with: what was not said yet; where that is a list told whole, the sentences that come next. */
export function composeFurther(
  question: Question,
  terms: readonly WeightedTerm[],
  evidence: readonly Evidence[],
  told: string,
): Composed {
  const best = evidence[0]?.score ?? 0;
  const hasNames = terms.some(({ isName }) => isName);
  const left = evidence.filter(
    ({ score, features, hit, unit }) =>
      (score >= best - FURTHER || (hasNames && features.namesOwn === 1)) && isNew(statementOf(hit.passage, unit), told),
  );
  if (left.length === 0) return { blocks: [], why: new Map() };
  const composed = composeExtractive(question, terms, left);
  const blocks = withoutTold(composed.blocks, told);
  return blocks.length > 0 ? { ...composed, blocks } : inProse(left.slice(0, FURTHER_STATEMENTS));
}

/** Blocks without what was said before: a list may have been told. */
export function withoutTold(blocks: readonly Block[], told: string): Block[] {
  return blocks
    .map((block) => ({ ...block, statements: block.statements.filter((statement) => isNew(statement, told)) }))
    .filter(({ statements }) => statements.length > 0);
}

/** A table row is told with its columns, everything else as it stands. */
function isNew({ text, quoted }: Statement, told: string): boolean {
  return !wasTold(text, told) && !wasTold(quoted, told);
}

/** Whether an answer holds how a text begins, or how it ends, whatever markers stand in it. */
export function wasTold(text: string, told: string): boolean {
  const [own, said] = [plain(text), plain(told)];
  return said.includes(own.slice(0, KNOWN_BY)) || said.includes(own.slice(-KNOWN_BY));
}

/** Words in lower case with a space before and behind each, so that "art" is no part of "start". */
function plain(text: string): string {
  return ` ${text
    .replaceAll(/\[\d+\]/g, " ")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .toLowerCase()} `;
}
