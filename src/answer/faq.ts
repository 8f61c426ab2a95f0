import type { FaqMatch, PassageIndex } from "../search/passage-index.js";
import { termsOf } from "../search/tokenize.js";
import type { Passage } from "../types.js";
import { holds, textOf, weightedShare, type WeightedTerm } from "./evidence.js";
import { asksYesOrNo, type Question } from "./question.js";
import { type Block, readable, type Statement, statementOf } from "./statement.js";

/** A FAQ item answers when its question is this near (0 to 1). */
export const FAQ_NEAR = 0.62;
/** One that is only this near answers instead of a refusal. */
export const FAQ_INSTEAD_OF_REFUSING = 0.47;
/** A question for yes or no and one that begins with a question word hardly ask the same. */
const OTHER_FORM_PENALTY = 0.12;
/** What the question asks about must stand in the item: all of it missing costs this, a missing name this more. */
const ABSENT_TERMS_PENALTY = 0.15;
const ABSENT_NAME_PENALTY = 0.2;
/** How many of the nearest items are compared word by word. */
const COMPARED = 3;

export interface NearFaq {
  passage: Passage;
  /** 0.5 cosine + 0.25 share of the question's terms in the item's question + 0.25 the reverse share, less the penalties below. */
  nearness: number;
}

/** The FAQ item that asks most nearly the same, or null if there is none. */
export async function nearestFaq(
  index: PassageIndex,
  vector: Float32Array,
  question: Question,
  terms: readonly WeightedTerm[],
  sources?: readonly string[],
): Promise<NearFaq | null> {
  let nearest: NearFaq | null = null;
  for (const match of await index.searchFaq(vector, COMPARED, sources)) {
    const nearness = await nearnessOf(index, match, question, terms);
    if (nearest === null || nearness > nearest.nearness) nearest = { passage: match.passage, nearness };
  }
  return nearest;
}

async function nearnessOf(
  index: PassageIndex,
  { passage, cosine }: FaqMatch,
  question: Question,
  terms: readonly WeightedTerm[],
): Promise<number> {
  const written = faqQuestionOf(passage);
  const itsTerms = [...new Set(termsOf(written))];
  const ours = new Set(termsOf(question.searchText));
  const itsWeights = await index.termWeights(itsTerms);
  const total = itsWeights.reduce((sum, { idf }) => sum + idf, 0);
  const covered = itsTerms.reduce((sum, term, i) => sum + (ours.has(term) ? itsWeights[i]!.idf : 0), 0);
  const named = new Set(itsTerms);
  const forward = weightedShare(terms, (term) => holds(named, term));
  const otherForm = asksYesOrNo(written) === asksYesOrNo(question.text) ? 0 : OTHER_FORM_PENALTY;
  const whole = new Set(termsOf(passage.text));
  const absent = weightedShare(terms, (term) => !holds(whole, term)) * ABSENT_TERMS_PENALTY;
  const absentName = terms.some((term) => term.isName && !holds(whole, term)) ? ABSENT_NAME_PENALTY : 0;
  const shared = 0.25 * forward + 0.25 * (total === 0 ? 0 : covered / total);
  return 0.5 * cosine + shared - otherForm - absent - absentName;
}

/** The question of a FAQ passage, as written. */
export function faqQuestionOf(passage: Passage): string {
  return readable(textOf(passage, passage.units[0]!));
}

/** A FAQ item's own answer, sentence by sentence, all cited to the whole answer. */
export function composeFaq(passage: Passage): Block[] {
  const units = passage.units.filter((unit) => unit.kind !== "question");
  const quote = { start: units[0]!.start, end: units.at(-1)!.end };
  const quoted = passage.text.slice(quote.start - passage.start, quote.end - passage.start);
  const statements: Statement[] = [];
  let opening = "";
  for (const unit of units) {
    const text = opening + readable(textOf(passage, unit));
    // "Yes." is no statement of its own: it opens the next one.
    opening = text.split(" ").length <= 2 && unit !== units.at(-1) ? `${text} ` : "";
    if (opening === "") statements.push({ ...statementOf(passage, unit), text, lead: null, quote, quoted });
  }
  const items = units.filter((unit) => unit.kind === "item").length;
  return [{ intro: null, asList: items > 1 && items >= units.length - 1, statements }];
}
