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

/** What speaks for or against a unit as the answer. All shares are 0 to 1. */
interface Features {
  /** Share of the question's term weight found in the unit itself. */
  own: number;
  /** Share found only in its headings or lead-in. */
  headings: number;
  /** Share found only in the sentences beside it or in the document's title. */
  around: number;
  /** Cosine of the question with heading and unit. */
  cosine: number;
  /** Share of the question's names found in the unit itself, and in the unit or where it stands; 1 without names. */
  namesOwn: number;
  namesNear: number;
  /** 1 if it holds the kind of thing asked for, -1 if it lacks it, 0 if its shape cannot tell. */
  kind: number;
  /** The passage's fused, dense and lexical scores. */
  fused: number;
  dense: number;
  lexical: number;
  /** Length in words over 40, at most 1. */
  length: number;
  /** 1 for a unit of so few words that it hardly says anything by itself. */
  short: number;
}

/** One quotable unit of a retrieved passage. */
export interface Evidence {
  hit: Hit;
  unit: Unit;
  text: string;
  features: Features;
  /** Ranks the evidence; larger is better. */
  score: number;
}

const SHORT_WORDS = 4;

/** Weights of the ranking: see ARCHITECTURE.md ("Where do the weights come from?"). */
const WEIGHTS: Features = {
  own: 4.4,
  headings: 3.3,
  around: 1.5,
  cosine: 3.0,
  namesOwn: 0.3,
  namesNear: 0.9,
  kind: 1.1,
  fused: 2.0,
  dense: 0,
  lexical: 0,
  length: 0,
  short: -0.5,
};

/** A FAQ answer that begins like this says nothing without its question; it is found by that alone (faq.ts). */
const YES_OR_NO = /^(yes|no|not|never|only)\b/i;

/** Every unit of the hits as evidence, best first. */
export function weighEvidence(question: Question, terms: readonly WeightedTerm[], hits: readonly Hit[]): Evidence[] {
  const names = terms.filter((term) => term.isName);
  const evidence: Evidence[] = [];
  for (const hit of hits) {
    const { passage } = hit;
    const headings = new Set(termsOf(passage.headings.join(" ")));
    const title = new Set(termsOf(passage.title));
    const texts = passage.units.map((unit) => textOf(passage, unit));
    const unitTerms = texts.map((text) => new Set(termsOf(text)));
    passage.units.forEach((unit, i) => {
      const text = texts[i]!;
      // A lead-in announces an answer and is none.
      if (unit.kind === "question" || text.endsWith(":")) return;
      if (passage.kind === "faq" && YES_OR_NO.test(texts[1] ?? "")) return;
      const own = unitTerms[i]!;
      const lead = new Set(termsOf(unit.context));
      const inOwn = (term: WeightedTerm): boolean => holds(own, term);
      const inHeadings = (term: WeightedTerm): boolean => holds(lead, term) || holds(headings, term);
      const inAround = (term: WeightedTerm): boolean =>
        holds(title, term) ||
        [unitTerms[i - 1], unitTerms[i + 1]].some((beside) => beside !== undefined && holds(beside, term));
      const held = holdsKind(text, question);
      const words = text.split(/\s+/).length;
      const features: Features = {
        own: weightedShare(terms, inOwn),
        headings: weightedShare(terms, (term) => !inOwn(term) && inHeadings(term)),
        around: weightedShare(terms, (term) => !inOwn(term) && !inHeadings(term) && inAround(term)),
        cosine: hit.unitCosines[i]!,
        namesOwn: names.length === 0 ? 1 : weightedShare(names, inOwn),
        namesNear:
          names.length === 0 ? 1 : weightedShare(names, (term) => inOwn(term) || inHeadings(term) || inAround(term)),
        kind: held === null ? 0 : held ? 1 : -1,
        fused: hit.score,
        dense: hit.dense,
        lexical: hit.lexical,
        length: Math.min(1, words / 40),
        short: words < SHORT_WORDS ? 1 : 0,
      };
      evidence.push({ hit, unit, text, features, score: scoreOf(features) });
    });
  }
  return evidence.sort((a, b) => b.score - a.score);
}

function scoreOf(features: Features): number {
  let score = 0;
  for (const name of Object.keys(WEIGHTS) as (keyof Features)[]) score += WEIGHTS[name] * features[name];
  return score;
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

/** Share of the terms' weight for which the test holds; 0 without terms. */
export function weightedShare(terms: readonly WeightedTerm[], test: (term: WeightedTerm) => boolean): number {
  let sum = 0;
  let total = 0;
  for (const term of terms) {
    if (test(term)) sum += term.idf;
    total += term.idf;
  }
  return total === 0 ? 0 : sum / total;
}
