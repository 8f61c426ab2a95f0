import { holdsKind } from "./answer-kind.js";
import type { Question, QuestionTerm } from "./question.js";
import type { Hit, Passage, Unit } from "../types.js";
import { termsOf } from "../search/tokenize.js";

/** A question's term with its weight in this corpus. */
export interface WeightedTerm extends QuestionTerm {
  /** Inverse passage frequency. */
  idf: number;
  /** Whether any passage holds it. */
  known: boolean;
  /** The word that is searched for: the one written, or the corpus's term that a misspelt one stands for. */
  searchWord: string;
}

/** One quotable unit of a retrieved passage, with everything that speaks for or against it. All shares are 0 to 1. */
export interface Evidence {
  hit: Hit;
  unit: Unit;
  text: string;
  /** Share of the question's term weight found in the unit itself. */
  coverage: number;
  /** The same with headings, title, lead-in and the neighbouring sentences counted in part. */
  contextCoverage: number;
  /** Share of the question's names found in the unit or where it stands; 1 if the question has none. */
  nameCoverage: number;
  /** Cosine of the question with heading and unit. */
  cosine: number;
  /** Whether it holds the kind of thing asked for; null if that cannot be told by its shape. */
  kind: boolean | null;
  /** Ranks the evidence; larger is better. */
  score: number;
}

/** What a term found outside the unit counts: its heading or lead-in names the subject, a neighbour may. */
const HEADING_SHARE = 0.8;
const TITLE_SHARE = 0.5;
const NEIGHBOUR_SHARE = 0.5;

/**
 * Weights of the ranking, set by hand on the shipped corpus in the order of importance that a trained ranker showed
 * (context first, then the cosine of heading and sentence, then the kind of answer).
 */
const WEIGHTS = { coverage: 1.6, context: 2.4, cosine: 2.2, names: 0.8, kind: 0.5, passage: 0.6, short: -0.5 };
/** A unit of fewer words hardly says anything by itself. */
const SHORT_WORDS = 4;

/** Every unit of the hits as evidence, best first. */
export function weighEvidence(question: Question, terms: readonly WeightedTerm[], hits: readonly Hit[]): Evidence[] {
  const evidence: Evidence[] = [];
  for (const hit of hits) {
    const { passage } = hit;
    const headings = new Set(termsOf(passage.headings.join(" ")));
    const title = new Set(termsOf(passage.title));
    const texts = passage.units.map((unit) => textOf(passage, unit));
    const unitTerms = texts.map((text) => new Set(termsOf(text)));
    passage.units.forEach((unit, i) => {
      if (unit.kind === "question") return;
      const text = texts[i]!;
      const own = unitTerms[i]!;
      const lead = new Set(termsOf(unit.context));
      const before = unitTerms[i - 1];
      const after = unitTerms[i + 1];
      const shareOf = (term: WeightedTerm): number => {
        if (holds(own, term)) return 1;
        if (holds(lead, term) || holds(headings, term)) return HEADING_SHARE;
        if (before !== undefined && holds(before, term)) return NEIGHBOUR_SHARE;
        if (holds(title, term)) return TITLE_SHARE;
        return after !== undefined && holds(after, term) ? NEIGHBOUR_SHARE / 2 : 0;
      };
      const names = terms.filter((term) => term.isName);
      const item: Evidence = {
        hit,
        unit,
        text,
        coverage: weightedShare(terms, (term) => (holds(own, term) ? 1 : 0)),
        contextCoverage: weightedShare(terms, shareOf),
        nameCoverage: names.length === 0 ? 1 : weightedShare(names, (term) => (shareOf(term) > 0 ? 1 : 0)),
        cosine: hit.unitCosines[i]!,
        kind: holdsKind(text, question.kind),
        score: 0,
      };
      item.score = scoreOf(item);
      evidence.push(item);
    });
  }
  return evidence.sort((a, b) => b.score - a.score);
}

/** The text of a unit, from the passage it stands in. */
export function textOf(passage: Passage, unit: Unit): string {
  return passage.text.slice(unit.start - passage.start, unit.end - passage.start);
}

/** Whether a set of index terms holds a question's term: its joined form or all of its parts. */
export function holds(terms: ReadonlySet<string>, term: QuestionTerm): boolean {
  const [whole, ...parts] = term.terms;
  return terms.has(whole!) || (parts.length > 0 && parts.every((part) => terms.has(part)));
}

export function weightedShare(terms: readonly WeightedTerm[], share: (term: WeightedTerm) => number): number {
  let sum = 0;
  let total = 0;
  for (const term of terms) {
    sum += term.idf * share(term);
    total += term.idf;
  }
  return total === 0 ? 0 : sum / total;
}

function scoreOf(item: Evidence): number {
  const words = item.text.split(/\s+/).length;
  return (
    WEIGHTS.coverage * item.coverage +
    WEIGHTS.context * item.contextCoverage +
    WEIGHTS.cosine * item.cosine +
    WEIGHTS.names * item.nameCoverage +
    WEIGHTS.passage * item.hit.score +
    (item.kind === null ? 0 : item.kind ? WEIGHTS.kind : -WEIGHTS.kind) +
    (words < SHORT_WORDS ? WEIGHTS.short : 0)
  );
}
