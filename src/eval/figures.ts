import {
  citationPrecision,
  citationRecall,
  expectedCalibrationError,
  type Forecast,
  mean,
  meanReciprocalRank,
  median,
  ndcgAtK,
  percentile,
  recallAtK,
  refusalPrecision,
  refusalRecall,
  type ReliabilityBin,
  reliabilityTable,
  share,
  wronglyRefusedRate,
} from "./metrics.js";
import type { Outcome } from "./types.js";

/** Every figure that a floor can be set for. */
export const FIGURES = [
  "right",
  "rightAtAnyLength",
  "wronglyRefused",
  "refused",
  "refusalPrecision",
  "falsePremiseRight",
  "smallTalkRight",
  "recall@1",
  "recall@5",
  "recall@10",
  "mrr",
  "ndcg@10",
  "citationPrecision",
  "citationRecall",
  "quotesExact",
  "calibrationError",
  "medianChars",
  "p95Chars",
  "medianMs",
  "p95Ms",
] as const;
export type FigureName = (typeof FIGURES)[number];

interface Figure {
  /** Null if there was nothing to measure it on. */
  value: number | null;
  /** How many questions it was measured on. */
  count: number;
  /** Ids of the questions that spoil it, worst first where that can be told. */
  against: string[];
}

export type Figures = Record<FigureName, Figure>;

/** All figures of one set, or of several taken together. */
export function figuresOf(outcomes: readonly Outcome[]): Figures {
  const expecting = (expected: string): Outcome[] => outcomes.filter(({ question }) => question.expect === expected);
  const answerable = expecting("answer");
  const toRefuse = expecting("refuse");
  const answered = answerable.filter((outcome) => !isRefused(outcome));
  const refusals = [...answerable, ...toRefuse].map((outcome) => ({
    expected: outcome.question.expect === "refuse",
    refused: isRefused(outcome),
  }));
  const withFacts = answerable.filter(({ question }) => question.facts.length > 0);
  const limited = answerable.filter(({ question }) => question.maxChars !== null);
  const wronglyRefused = idsWhere(answerable, isRefused);
  const forecasts = forecastsOf(outcomes);
  const isRight = (outcome: Outcome): boolean => outcome.right;

  return {
    right: shareOf(answerable, isRight),
    rightAtAnyLength: shareOf(limited, (outcome) => outcome.rightAtAnyLength),
    wronglyRefused: { value: wronglyRefusedRate(refusals), count: answerable.length, against: wronglyRefused },
    refused: {
      value: refusalRecall(refusals),
      count: toRefuse.length,
      against: idsWhere(toRefuse, (outcome) => !isRefused(outcome)),
    },
    refusalPrecision: {
      value: refusalPrecision(refusals),
      count: refusals.filter(({ refused }) => refused).length,
      against: wronglyRefused,
    },
    falsePremiseRight: shareOf(expecting("correct-or-refuse"), isRight),
    smallTalkRight: shareOf(expecting("small-talk"), isRight),
    "recall@1": averageOf(withFacts, (outcome) => recallOf(outcome, 1)),
    "recall@5": averageOf(withFacts, (outcome) => recallOf(outcome, 5)),
    "recall@10": averageOf(withFacts, (outcome) => recallOf(outcome, 10)),
    mrr: {
      value: meanReciprocalRank(withFacts.map((outcome) => factsOf(outcome))),
      count: withFacts.length,
      against: idsWhere(withFacts, (outcome) => (factsOf(outcome)[0]?.length ?? 0) === 0),
    },
    "ndcg@10": averageOf(withFacts, (outcome) =>
      ndcgAtK(
        factsOf(outcome).map((facts) => facts.length),
        outcome.relevance,
      ),
    ),
    citationPrecision: averageOf(answered, (outcome) => citationPrecision(quotesOf(outcome), outcome.question.facts)),
    citationRecall: averageOf(answered, (outcome) => citationRecall(quotesOf(outcome), outcome.question.facts)),
    quotesExact: shareOf(outcomes, (outcome) => outcome.quoteFaults.length === 0),
    calibrationError: {
      value: expectedCalibrationError(forecasts),
      count: forecasts.length,
      against: largestFirst(
        outcomes.filter((outcome) => isForecast(outcome) && !outcome.right),
        ({ answer }) => answer.confidence,
      ),
    },
    ...spread("Chars", answered, ({ answer }) => answer.answer.length),
    ...spread("Ms", outcomes, ({ milliseconds }) => milliseconds),
  };
}

/** The reliability table of the answers' confidence. */
export function reliabilityOf(outcomes: readonly Outcome[]): ReliabilityBin[] {
  return reliabilityTable(forecastsOf(outcomes));
}

function isRefused({ answer }: Outcome): boolean {
  return answer.status === "not_found";
}

/** Confidence says how likely an answer from the documents is right: of refusals and greetings it says something else. */
function isForecast(outcome: Outcome): boolean {
  return !isRefused(outcome) && outcome.question.expect !== "small-talk";
}

function forecastsOf(outcomes: readonly Outcome[]): Forecast[] {
  return outcomes
    .filter((outcome) => isForecast(outcome))
    .map(({ answer, right }) => ({ confidence: answer.confidence, right }));
}

function factsOf({ retrieved }: Outcome): number[][] {
  return retrieved.map(({ facts }) => facts);
}

function recallOf(outcome: Outcome, k: number): number | null {
  return recallAtK(factsOf(outcome), outcome.question.facts.length, k);
}

function quotesOf({ answer }: Outcome): string[] {
  return answer.citations.map(({ quote }) => quote);
}

function idsWhere(outcomes: readonly Outcome[], test: (outcome: Outcome) => boolean): string[] {
  return outcomes.filter(test).map(({ question }) => question.id);
}

function shareOf(outcomes: readonly Outcome[], test: (outcome: Outcome) => boolean): Figure {
  const against = idsWhere(outcomes, (outcome) => !test(outcome));
  return { value: share(outcomes.length - against.length, outcomes.length), count: outcomes.length, against };
}

function averageOf(outcomes: readonly Outcome[], measure: (outcome: Outcome) => number | null): Figure {
  const measured = outcomes
    .map((outcome) => ({ outcome, value: measure(outcome) }))
    .filter(({ value }) => value !== null);
  const imperfect = measured.filter(({ value }) => value! < 1).sort((a, b) => a.value! - b.value!);
  return {
    value: mean(measured.map(({ value }) => value)),
    count: measured.length,
    against: imperfect.map(({ outcome }) => outcome.question.id),
  };
}

function spread<Unit extends "Chars" | "Ms">(
  unit: Unit,
  outcomes: readonly Outcome[],
  measure: (outcome: Outcome) => number,
): Record<`median${Unit}` | `p95${Unit}`, Figure> {
  const values = outcomes.map(measure);
  const figure = (value: number | null): Figure => {
    const above = outcomes.filter((outcome) => measure(outcome) > (value ?? Infinity));
    return { value, count: values.length, against: largestFirst(above, measure) };
  };
  return { [`median${unit}`]: figure(median(values)), [`p95${unit}`]: figure(percentile(values, 0.95)) } as Record<
    `median${Unit}` | `p95${Unit}`,
    Figure
  >;
}

function largestFirst(outcomes: readonly Outcome[], measure: (outcome: Outcome) => number): string[] {
  return [...outcomes].sort((a, b) => measure(b) - measure(a)).map(({ question }) => question.id);
}

export interface KindRow {
  kind: string;
  count: number;
  right: number;
  refused: number;
}

/** How each kind of question fared, in the order the kinds first occur. */
export function byKind(outcomes: readonly Outcome[]): KindRow[] {
  const kinds = [...new Set(outcomes.map(({ question }) => question.kind))];
  return kinds.map((kind) => {
    const asked = outcomes.filter(({ question }) => question.kind === kind);
    return {
      kind,
      count: asked.length,
      right: asked.filter(({ right }) => right).length,
      refused: asked.filter((outcome) => isRefused(outcome)).length,
    };
  });
}
