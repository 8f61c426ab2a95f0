import type { Statement } from "../answer/statement.js";
import { statementOf } from "../answer/statement.js";
import type { Passage, SentenceCheck } from "../types.js";
import type { QuotedUnit } from "./read-unit.js";
import type { Sources } from "./support.js";
import { isRecited, type Unsupported } from "./verdict.js";

export interface Checked {
  result: SentenceCheck["result"];
  /** Why the sentence as it was written is not let through, or not with its own citations; null if it is. */
  reason: Unsupported | "no_citation" | "unknown_citation" | null;
  /** The sentence where it is said as it was written; "" where it is not. */
  text: string;
  /** What is quoted for it, or is said instead. */
  statements: Statement[];
}

export interface Claim {
  /** A sentence without markers. */
  text: string;
  /** The passages it cites, of those that were offered. */
  cited: readonly Passage[];
  /** Whether it cites what was not offered. */
  citesUnknown: boolean;
}

/**
 * Checks sentences against the passages they cite. Nothing leaves that a passage does not say; of a sentence that fails, the
 * source's own words leave instead, where it cites a passage that speaks of the same.
 *
 * @param offered all passages that may be cited
 */
export async function checkClaim(
  sources: Sources,
  { text, cited, citesUnknown }: Claim,
  offered: readonly Passage[],
): Promise<Checked> {
  const byCited = cited.length === 0 ? null : await sources.supportOf(text, cited);
  if (byCited !== null && byCited.reason === null)
    return { result: "verified", reason: null, text, statements: statementsOf(byCited.units) };
  const byAny = await sources.supportOf(text, offered);
  const reason = byCited?.reason ?? (citesUnknown ? "unknown_citation" : "no_citation");
  if (byAny.reason === null && isRecited(byAny.features))
    return { result: "recited", reason, text, statements: statementsOf(byAny.units) };
  const nearest = byCited?.nearest ?? [];
  return { result: nearest.length > 0 ? "replaced" : "dropped", reason, text: "", statements: statementsOf(nearest) };
}

function statementsOf(units: readonly QuotedUnit[]): Statement[] {
  return units.map(({ passage, unit }) => statementOf(passage, unit));
}
