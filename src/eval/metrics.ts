import type { Answer } from "../types.js";
import type { EvalQuestion, Judgement } from "./types.js";

/** Text as facts are compared: lower case, one space for any white space, plain quotes and dashes, no markers. */
function normalise(text: string): string {
  return text
    .normalize("NFC")
    .toLowerCase()
    .replace(/[‘’‚‛′]/g, "'")
    .replace(/[“”„‟″]/g, '"')
    .replace(/[‐‑‒–—―−]/g, "-")
    .replace(/\s*\[\d+\]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** Whether a text holds a fact in one of its wordings. */
export function holdsFact(text: string, wordings: readonly string[]): boolean {
  const normal = normalise(text);
  return wordings.some((wording) => normal.includes(normalise(wording)));
}

/** The arithmetic mean of the values that are not null; null if there are none. */
export function mean(values: readonly (number | null)[]): number | null {
  const measured = values.filter((value) => value !== null);
  return measured.length === 0 ? null : measured.reduce((sum, value) => sum + value, 0) / measured.length;
}

/** part / whole; null if the whole is nothing. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/**
 * The share of the required facts that the first k passages hold: |facts in the top k| / |required facts|. Recall at a cut-off
 * (Manning, Raghavan and Schütze, Introduction to Information Retrieval, 8.3–8.4) with facts for documents, because a question
 * that needs two facts is not served by two passages that hold the same one.
 *
 * @param ranked for each passage, best first, the facts it holds
 * @returns null if no fact is required
 */
export function recallAtK(ranked: readonly (readonly number[])[], required: number, k: number): number | null {
  return share(new Set(ranked.slice(0, k).flat()).size, required);
}

/**
 * The mean over all questions of 1 / rank of the first passage that holds any fact, 0 if none does (Voorhees, The TREC-8
 * Question Answering Track Report, 1999).
 *
 * @param questions for each question, for each passage, best first, the facts it holds
 * @returns null without questions
 */
export function meanReciprocalRank(questions: readonly (readonly (readonly number[])[])[]): number | null {
  return mean(
    questions.map((ranked) => {
      const at = ranked.findIndex((facts) => facts.length > 0);
      return at === -1 ? 0 : 1 / (at + 1);
    }),
  );
}

/**
 * DCG@k / ideal DCG@k, with DCG@k = Σ gain_i / log2(i + 1) over ranks i = 1 … k (Järvelin and Kekäläinen, Cumulated gain-based
 * evaluation of IR techniques, 2002). A passage's gain is the number of facts it holds.
 *
 * @param gains of the passages found, best first
 * @param relevance gains of all passages of the corpus that have one, in any order: the ideal ranks them from the largest down
 * @returns null if no passage of the corpus has a gain
 */
export function ndcgAtK(gains: readonly number[], relevance: readonly number[], k = 10): number | null {
  const dcg = (values: readonly number[]): number =>
    values.slice(0, k).reduce((sum, gain, i) => sum + gain / Math.log2(i + 2), 0);
  return share(dcg(gains), dcg([...relevance].sort((a, b) => b - a)));
}

/** A short reply to a greeting has at most this many characters. */
const SMALL_TALK_CHARS = 400;
const PLAIN_REFUSAL = "the documents do not say.";

/**
 * Whether an answer is what the question expects.
 *
 * - "answer": holds every fact and nothing forbidden, cites every required source, gives the time, is short enough
 * - "refuse": says that the documents do not say
 * - "correct-or-refuse": either of the two
 * - "small-talk": a short reply that cites nothing and is not a refusal
 */
export function answerRight(question: EvalQuestion, answer: Answer): Judgement {
  const refused = answer.status === "not_found";
  if (question.expect === "small-talk") return judged(smallTalkFaults(answer));
  if (question.expect === "refuse") {
    return judged([
      ...(refused ? [] : ["answered, but the documents do not say"]),
      ...forbiddenFaults(question, answer),
    ]);
  }
  if (refused) return judged(question.expect === "correct-or-refuse" ? forbiddenFaults(question, answer) : ["refused"]);
  const faults = answerFaults(question, answer);
  // Without a fact that corrects it, a false premise can only be refused.
  if (question.expect === "correct-or-refuse" && question.facts.length === 0)
    faults.unshift("answered a false premise");
  const { maxChars } = question;
  const tooLong = maxChars !== null && answer.answer.length > maxChars;
  const length = tooLong ? [`${answer.answer.length} characters long, more than ${maxChars}`] : [];
  return { ...judged([...faults, ...length]), rightAtAnyLength: faults.length === 0 };
}

function judged(faults: string[]): Judgement {
  return { right: faults.length === 0, faults, rightAtAnyLength: faults.length === 0 };
}

function smallTalkFaults({ status, answer, citations }: Answer): string[] {
  const faults: string[] = [];
  if (status !== "answered" || normalise(answer) === PLAIN_REFUSAL) faults.push("refused");
  if (citations.length > 0) faults.push("cites a source");
  if (answer.length > SMALL_TALK_CHARS) faults.push(`${answer.length} characters long, more than ${SMALL_TALK_CHARS}`);
  return faults;
}

function answerFaults(question: EvalQuestion, answer: Answer): string[] {
  const quotes = question.factsInQuotes ? answer.citations.map(({ quote }) => quote) : [];
  const cited = new Set(answer.citations.map(({ source }) => source));
  const said = normalise(answer.answer);
  // The hour may be written with one digit, and left out where there is none.
  const time = question.timestamp?.replace(/^(00:)?0?/, "") ?? null;
  return [
    ...question.facts
      .filter((wordings) => ![answer.answer, ...quotes].some((text) => holdsFact(text, wordings)))
      .map((wordings) => `missing fact: ${wordings.map((wording) => `“${wording}”`).join(" or ")}`),
    ...forbiddenFaults(question, answer),
    ...question.sources
      .filter((group) => !group.some((source) => cited.has(source)))
      .map((group) => `not cited: ${group.join(" or ")}`),
    ...(time !== null && !said.includes(time) ? [`missing time: ${question.timestamp}`] : []),
  ];
}

function forbiddenFaults({ forbidden }: EvalQuestion, { answer }: Answer): string[] {
  return forbidden.filter((text) => holdsFact(answer, [text])).map((text) => `forbidden: “${text}”`);
}

/**
 * Citation precision: the share of an answer's quotes that hold one of the required facts (after Gao et al., Enabling Large
 * Language Models to Generate Text with Citations, 2023, with "holds a fact" for "supports the statement": a quote always
 * supports what it says).
 *
 * @returns null if nothing is cited or no fact is required
 */
export function citationPrecision(quotes: readonly string[], facts: readonly (readonly string[])[]): number | null {
  if (facts.length === 0) return null;
  return share(quotes.filter((quote) => facts.some((wordings) => holdsFact(quote, wordings))).length, quotes.length);
}

/**
 * Citation recall: the share of the required facts that some quote holds (Gao et al., 2023, as above).
 *
 * @returns null if no fact is required
 */
export function citationRecall(quotes: readonly string[], facts: readonly (readonly string[])[]): number | null {
  const found = facts.filter((wordings) => quotes.some((quote) => holdsFact(quote, wordings)));
  return share(found.length, facts.length);
}

/** Whether a question should have been refused, and whether it was. */
export interface Refusal {
  expected: boolean;
  refused: boolean;
}

/** Of the refusals, the share that were right: |refused ∧ to be refused| / |refused|; null without refusals. */
export function refusalPrecision(questions: readonly Refusal[]): number | null {
  const refused = questions.filter((question) => question.refused);
  return share(refused.filter(({ expected }) => expected).length, refused.length);
}

/** Of the questions to be refused, the share that were: |refused ∧ to be refused| / |to be refused|; null without any. */
export function refusalRecall(questions: readonly Refusal[]): number | null {
  const expected = questions.filter((question) => question.expected);
  return share(expected.filter(({ refused }) => refused).length, expected.length);
}

/** Of the answerable questions, the share that were refused; null without any. */
export function wronglyRefusedRate(questions: readonly Refusal[]): number | null {
  const answerable = questions.filter(({ expected }) => !expected);
  return share(answerable.filter(({ refused }) => refused).length, answerable.length);
}

/** An answer's confidence, and whether it was right. */
export interface Forecast {
  confidence: number;
  right: boolean;
}

export interface ReliabilityBin {
  from: number;
  to: number;
  count: number;
  /** Mean confidence, and share right, of the answers in the bin; null if it is empty. */
  confidence: number | null;
  accuracy: number | null;
}

/**
 * Answers by confidence, in bins of equal width: [0, 0.1), [0.1, 0.2) … [0.9, 1] (DeGroot and Fienberg, The Comparison and
 * Evaluation of Forecasters, 1983).
 */
export function reliabilityTable(forecasts: readonly Forecast[], bins = 10): ReliabilityBin[] {
  return Array.from({ length: bins }, (_, i) => {
    const inBin = forecasts.filter(({ confidence }) => binOf(confidence, bins) === i);
    return {
      from: i / bins,
      to: (i + 1) / bins,
      count: inBin.length,
      confidence: mean(inBin.map(({ confidence }) => confidence)),
      accuracy: share(inBin.filter(({ right }) => right).length, inBin.length),
    };
  });
}

function binOf(confidence: number, bins: number): number {
  return Math.min(bins - 1, Math.max(0, Math.floor(confidence * bins)));
}

/**
 * Expected calibration error: Σ over bins of (count / all) · |accuracy − mean confidence| (Naeini, Cooper and Hauskrecht,
 * Obtaining Well Calibrated Probabilities Using Bayesian Binning, 2015).
 *
 * @returns null without forecasts
 */
export function expectedCalibrationError(forecasts: readonly Forecast[], bins = 10): number | null {
  const error = reliabilityTable(forecasts, bins).reduce(
    (sum, bin) => sum + (bin.count === 0 ? 0 : bin.count * Math.abs(bin.accuracy! - bin.confidence!)),
    0,
  );
  return share(error, forecasts.length);
}

/**
 * The value below which p (0 to 1) of the values lie, interpolated between neighbours at rank 1 + p (n − 1) (Hyndman and Fan,
 * Sample Quantiles in Statistical Packages, 1996, definition 7).
 *
 * @returns null without values
 */
export function percentile(values: readonly number[], p: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const rank = p * (sorted.length - 1);
  const below = sorted[Math.floor(rank)]!;
  return below + (rank - Math.floor(rank)) * (sorted[Math.ceil(rank)]! - below);
}

/** The middle value, or the mean of the two in the middle; null without values. */
export function median(values: readonly number[]): number | null {
  return percentile(values, 0.5);
}

/**
 * What is wrong with an answer's citations: a quote that is not `text.slice(start, end)` of its source, a marker without a
 * citation, a citation without a marker. Empty if all is exact and wired.
 *
 * @param textOf the text of a source, or null if there is no such source
 */
export function quotesExact(answer: Answer, textOf: (source: string) => string | null): string[] {
  const inexact = answer.citations
    .filter(({ source, start, end, quote }) => quote === "" || textOf(source)?.slice(start, end) !== quote)
    .map(({ n }) => `[${n}] is not an exact quote`);
  const markers = new Set([...answer.answer.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1])));
  const numbers = new Set(answer.citations.map(({ n }) => n));
  return [
    ...inexact,
    ...[...markers].filter((n) => !numbers.has(n)).map((n) => `[${n}] has no citation`),
    ...[...numbers].filter((n) => !markers.has(n)).map((n) => `citation ${n} has no marker`),
    ...(numbers.size < answer.citations.length ? ["two citations have the same number"] : []),
  ];
}
