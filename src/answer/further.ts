import type { Evidence } from "./evidence.js";
import { type Block, type Statement, statementOf } from "./statement.js";

/** Evidence whose score is this much below the best is no more of an answer; where it has the question's names it is about the same. */
const FURTHER = 4;
/** Enough of a sentence to know it by: an answer may leave off how it ends. */
const KNOWN_BY = 40;

/** The evidence that "tell me more" is answered from: what was not said yet and is not much weaker than the best. */
export function furtherEvidence(evidence: readonly Evidence[], hasNames: boolean, told: string): Evidence[] {
  const best = evidence[0]?.score ?? 0;
  const isNear = ({ score, features }: Evidence): boolean =>
    score >= best - FURTHER || (hasNames && features.namesOwn === 1);
  return evidence.filter((item) => isNear(item) && isNew(statementOf(item.hit.passage, item.unit), told));
}

/** Blocks without what was said before: a list may have been told. */
export function furtherBlocks(blocks: readonly Block[], told: string): Block[] {
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

function plain(text: string): string {
  return text
    .replaceAll(/\[\d+\]/g, " ")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .toLowerCase();
}
