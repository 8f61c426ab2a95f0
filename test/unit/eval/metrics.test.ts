import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  answerRight,
  citationPrecision,
  citationRecall,
  expectedCalibrationError,
  holdsFact,
  mean,
  meanReciprocalRank,
  median,
  ndcgAtK,
  percentile,
  quotesExact,
  recallAtK,
  refusalPrecision,
  refusalRecall,
  reliabilityTable,
  wronglyRefusedRate,
} from "../../../src/eval/metrics.js";
import type { EvalQuestion } from "../../../src/eval/types.js";
import { aCitation, anAnswer, aQuestion, REFUSAL } from "./examples.js";

const ranking = fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }), { maxLength: 12 });
const forecasts = fc.array(fc.record({ confidence: fc.double({ min: 0, max: 1, noNaN: true }), right: fc.boolean() }), {
  minLength: 1,
  maxLength: 40,
});

describe("holdsFact", () => {
  it.each<[what: string, text: string, wording: string, holds: boolean]>([
    ["case and white space", "It has  Nineteen\n boats.", "nineteen boats", true],
    ["curly quotes and dashes", "the crew’s “60–70 %” cut", 'crew\'s "60-70 %"', true],
    ["a marker within", "in 1990 [2], and later", "1990, and", true],
    ["a marker in the wording", "in 1990, and later", "1990 [12], and", true],
    ["composed and decomposed letters", "Cafe\u0301 Nord", "Café", true],
    ["another number", "There are twenty boats.", "nineteen boats", false],
    ["an empty text", "", "boats", false],
  ])("%s", (_what, text, wording, holds) => {
    expect(holdsFact(text, [wording])).toBe(holds);
  });

  it("takes any of several wordings, and none of none", () => {
    expect(holdsFact("19 boats", ["nineteen boats", "19 boats"])).toBe(true);
    expect(holdsFact("19 boats", [])).toBe(false);
  });
});

describe("mean", () => {
  it("passes over what could not be measured", () => {
    expect(mean([1, null, 0])).toBe(0.5);
    expect(mean([null])).toBeNull();
    expect(mean([])).toBeNull();
  });
});

describe("recallAtK", () => {
  // Three facts are required. Rank 1 holds fact 0, rank 2 nothing, rank 3 facts 0 and 2; fact 1 is not found.
  const ranked = [[0], [], [0, 2]];
  it.each([
    [1, 1 / 3],
    [2, 1 / 3],
    [3, 2 / 3],
    [10, 2 / 3],
  ])("at %i", (k, expected) => {
    expect(recallAtK(ranked, 3, k)).toBeCloseTo(expected, 12);
  });

  it("is 0 without passages and undefined without facts", () => {
    expect(recallAtK([], 2, 5)).toBe(0);
    expect(recallAtK([[]], 0, 5)).toBeNull();
  });

  it("never falls as k grows, and stays between 0 and 1", () => {
    fc.assert(
      fc.property(ranking, fc.nat({ max: 12 }), (passages, k) => {
        const here = recallAtK(passages, 5, k)!;
        return here >= 0 && here <= recallAtK(passages, 5, k + 1)! && recallAtK(passages, 5, k + 1)! <= 1;
      }),
    );
  });
});

describe("meanReciprocalRank", () => {
  it("first at rank 1, at rank 3, never: (1 + 1/3 + 0) / 3", () => {
    expect(
      meanReciprocalRank([
        [[0], [1]],
        [[], [], [0]],
        [[], []],
      ]),
    ).toBeCloseTo(4 / 9, 12);
  });

  it("is 0 for a question without passages, and undefined without questions", () => {
    expect(meanReciprocalRank([[]])).toBe(0);
    expect(meanReciprocalRank([])).toBeNull();
  });
});

describe("ndcgAtK", () => {
  it("gains 0, 2, 1 where the corpus has 2, 1, 1", () => {
    // DCG = 0/log2(2) + 2/log2(3) + 1/log2(4) = 1.26186 + 0.5; ideal = 2/1 + 1/log2(3) + 1/log2(4) = 2 + 0.63093 + 0.5.
    expect(ndcgAtK([0, 2, 1], [1, 2, 1])).toBeCloseTo(1.761_859_5 / 3.130_929_8, 6);
  });

  it("counts no more than k ranks, in the ideal as well", () => {
    expect(ndcgAtK([1, 0], [1, 1, 1], 1)).toBe(1);
    expect(ndcgAtK([0, 1], [1], 1)).toBe(0);
  });

  it("is 0 without passages, and undefined where nothing is relevant", () => {
    expect(ndcgAtK([], [1])).toBe(0);
    expect(ndcgAtK([0, 0], [])).toBeNull();
  });

  it("is 1 for the ideal order and never more for another", () => {
    const gains = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 15 });
    fc.assert(
      fc.property(gains, (relevance) => {
        const ideal = [...relevance].sort((a, b) => b - a);
        expect(ndcgAtK(ideal, relevance)).toBeCloseTo(1, 12);
        expect(ndcgAtK(relevance, relevance)).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });
});

describe("answerRight", () => {
  const faults = (question: Parameters<typeof aQuestion>[0], answer = anAnswer()): string[] =>
    answerRight(aQuestion(question), answer).faults;

  it("is right with the fact in the answer or in a quote, from the source", () => {
    expect(answerRight(aQuestion(), anAnswer())).toEqual({ right: true, faults: [], rightAtAnyLength: true });
    expect(faults({}, anAnswer({ answer: "Quite a few [1]." }))).toEqual([]);
  });

  it("looks for facts in the answer alone where quotes do not count", () => {
    const answer = anAnswer({ answer: "Quite a few [1]." });
    expect(faults({ factsInQuotes: false }, answer)).toEqual(["missing fact: “nineteen boats” or “19 boats”"]);
  });

  it("needs every fact, and one source of each group", () => {
    const question = { facts: [["nineteen boats"], ["two cranes"]], sources: [["harbour", "guide"], ["rules"]] };
    expect(faults(question)).toEqual(["missing fact: “two cranes”", "not cited: rules"]);
    const answer = anAnswer({
      answer: "There are nineteen boats [1]. It has two cranes [2].",
      citations: [aCitation({ source: "guide" }), aCitation({ n: 2, source: "rules", quote: "It has two cranes." })],
    });
    expect(faults(question, answer)).toEqual([]);
  });

  it("allows nothing forbidden in the answer, but does in a quote", () => {
    expect(faults({ forbidden: ["Nineteen"] })).toEqual(["forbidden: “Nineteen”"]);
    expect(
      faults({ forbidden: ["twenty"] }, anAnswer({ citations: [aCitation({ quote: "nineteen boats, not twenty" })] })),
    ).toEqual([]);
  });

  it.each([
    ["01:12:11", "At 01:12:11: boats [1].", []],
    ["01:12:11", "At 1:12:11: boats [1].", []],
    ["00:02:05", "At 2:05: boats [1].", []],
    ["01:12:11", "At 01:12:41: boats [1].", ["missing time: 01:12:11"]],
  ])("asked for %s, answered %s", (timestamp, text, expected) => {
    expect(faults({ facts: [], timestamp }, anAnswer({ answer: text }))).toEqual(expected);
  });

  it("says that an answer is right but for its length", () => {
    const judged = answerRight(aQuestion({ maxChars: 10 }), anAnswer());
    expect(judged).toEqual({ right: false, faults: ["29 characters long, more than 10"], rightAtAnyLength: true });
    expect(answerRight(aQuestion({ maxChars: 29 }), anAnswer()).right).toBe(true);
  });

  it("a refusal is right where one is expected, and wrong where an answer is", () => {
    expect(faults({}, REFUSAL)).toEqual(["refused"]);
    expect(faults({ expect: "refuse", facts: [], sources: [] }, REFUSAL)).toEqual([]);
    expect(faults({ expect: "refuse", facts: [], sources: [] })).toEqual(["answered, but the documents do not say"]);
    expect(faults({ expect: "refuse", forbidden: ["do not say"] }, REFUSAL)).toEqual(["forbidden: “do not say”"]);
  });

  it("a false premise is refused or corrected, never confirmed", () => {
    expect(faults({ expect: "correct-or-refuse" }, REFUSAL)).toEqual([]);
    expect(faults({ expect: "correct-or-refuse" })).toEqual([]);
    expect(faults({ expect: "correct-or-refuse" }, anAnswer({ answer: "Yes [1].", citations: [] }))).toHaveLength(2);
    expect(faults({ expect: "correct-or-refuse", facts: [], sources: [] })).toEqual(["answered a false premise"]);
  });

  it("small talk is short, cites nothing and is no refusal", () => {
    const ask: Partial<EvalQuestion> = { expect: "small-talk", facts: [], sources: [] };
    const reply = anAnswer({ answer: "Hello! Ask me about the harbour.", citations: [] });
    expect(faults(ask, reply)).toEqual([]);
    expect(faults(ask, { ...reply, citations: [aCitation()] })).toEqual(["cites a source"]);
    expect(faults(ask, REFUSAL)).toEqual(["refused"]);
    expect(faults(ask, { ...REFUSAL, status: "answered" })).toEqual(["refused"]);
    expect(faults(ask, { ...reply, answer: "a".repeat(401) })).toHaveLength(1);
  });
});

describe("citationPrecision and citationRecall", () => {
  // Two of the three quotes hold a fact; of the two facts one is quoted, twice.
  const quotes = ["There are nineteen boats.", "In all 19 boats.", "The harbour is old."];
  const facts = [["nineteen boats", "19 boats"], ["two cranes"]];
  it("two of three quotes, one of two facts", () => {
    expect(citationPrecision(quotes, facts)).toBeCloseTo(2 / 3, 12);
    expect(citationRecall(quotes, facts)).toBe(0.5);
  });

  it("without quotes nothing is precise and nothing found; without facts there is nothing to measure", () => {
    expect(citationPrecision([], facts)).toBeNull();
    expect(citationRecall([], facts)).toBe(0);
    expect(citationPrecision(quotes, [])).toBeNull();
    expect(citationRecall(quotes, [])).toBeNull();
  });
});

describe("refusals", () => {
  const of = (expected: boolean, refused: boolean, times: number): { expected: boolean; refused: boolean }[] =>
    Array.from({ length: times }, () => ({ expected, refused }));
  // Of 5 to be refused 4 were; of 10 answerable 1 was.
  const questions = [...of(true, true, 4), ...of(true, false, 1), ...of(false, true, 1), ...of(false, false, 9)];

  it("4 of 5 refusals right, 4 of 5 to be refused refused, 1 of 10 wrongly", () => {
    expect(refusalPrecision(questions)).toBe(0.8);
    expect(refusalRecall(questions)).toBe(0.8);
    expect(wronglyRefusedRate(questions)).toBe(0.1);
  });

  it("are undefined where there is nothing to count", () => {
    expect(refusalPrecision(of(true, false, 2))).toBeNull();
    expect(refusalRecall(of(false, false, 2))).toBeNull();
    expect(wronglyRefusedRate([])).toBeNull();
  });
});

describe("calibration", () => {
  // [0.5, 0.6): 0.5 right, 0.56 wrong: accuracy 0.5, confidence 0.53. [0.9, 1]: 0.9, 1, 1 right and 0.9 wrong: 0.75, 0.95.
  const given = [
    { confidence: 0.5, right: true },
    { confidence: 0.56, right: false },
    { confidence: 0.9, right: true },
    { confidence: 1, right: true },
    { confidence: 1, right: true },
    { confidence: 0.9, right: false },
  ];

  it("counts each answer in its bin", () => {
    const table = reliabilityTable(given);
    expect(table).toHaveLength(10);
    expect(table[5]).toEqual({ from: 0.5, to: 0.6, count: 2, confidence: 0.53, accuracy: 0.5 });
    expect(table[9]).toEqual({ from: 0.9, to: 1, count: 4, confidence: 0.95, accuracy: 0.75 });
    expect(table[0]).toEqual({ from: 0, to: 0.1, count: 0, confidence: null, accuracy: null });
  });

  it("2/6 · |0.5 − 0.53| + 4/6 · |0.75 − 0.95|", () => {
    expect(expectedCalibrationError(given)).toBeCloseTo((2 * 0.03 + 4 * 0.2) / 6, 12);
  });

  it("is undefined without answers", () => {
    expect(expectedCalibrationError([])).toBeNull();
  });

  it("puts every answer in exactly one bin, and lies between 0 and 1", () => {
    fc.assert(
      fc.property(forecasts, (answers) => {
        const count = reliabilityTable(answers).reduce((sum, bin) => sum + bin.count, 0);
        const error = expectedCalibrationError(answers)!;
        expect(count).toBe(answers.length);
        expect(error).toBeGreaterThanOrEqual(0);
        expect(error).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("percentile and median", () => {
  it.each<[values: number[], p: number, expected: number | null]>([
    [[1, 2, 3, 4, 5], 0.5, 3],
    [[5, 1, 4, 2], 0.5, 3],
    // Rank 1 + 0.95 · 3 = 3.85: between the third (30) and the fourth (40).
    [[10, 20, 30, 40], 0.95, 38.5],
    [[7], 0.95, 7],
    [[7, 9], 0, 7],
    [[7, 9], 1, 9],
    [[], 0.5, null],
  ])("%j at %d", (values, p, expected) => {
    const found = percentile(values, p);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toBeCloseTo(expected, 12);
  });

  it("the median is the percentile at one half", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([])).toBeNull();
  });

  it("lies among the values and leaves them in order", () => {
    const values = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (given, p) => {
        const before = [...given];
        const found = percentile(given, p)!;
        expect(given).toEqual(before);
        expect(found).toBeGreaterThanOrEqual(Math.min(...given));
        expect(found).toBeLessThanOrEqual(Math.max(...given));
      }),
    );
  });
});

describe("quotesExact", () => {
  const text = "There are nineteen boats. The harbour is old.";
  const textOf = (source: string): string | null => (source === "harbour" ? text : null);

  it("finds nothing wrong with exact quotes, or with none", () => {
    expect(quotesExact(anAnswer(), textOf)).toEqual([]);
    expect(quotesExact(REFUSAL, textOf)).toEqual([]);
  });

  it.each([
    ["another place", aCitation({ start: 1, end: 26 })],
    ["another letter", aCitation({ quote: "There are Nineteen boats." })],
    ["a source that is not there", aCitation({ source: "guide" })],
    ["nothing", aCitation({ quote: "", start: 3, end: 3 })],
  ])("names a quote from %s", (_what, citation) => {
    expect(quotesExact(anAnswer({ citations: [citation] }), textOf)).toEqual(["[1] is not an exact quote"]);
  });

  it("names markers and citations that are not wired", () => {
    const answer = anAnswer({ answer: "Boats [1][3].", citations: [aCitation(), aCitation({ n: 2 }), aCitation()] });
    expect(quotesExact(answer, textOf)).toEqual([
      "[3] has no citation",
      "citation 2 has no marker",
      "two citations have the same number",
    ]);
  });

  it("holds for any slice", () => {
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), fc.integer({ min: 1, max: text.length }), (start, length) => {
        const quote = text.slice(start, start + length);
        const citation = aCitation({ quote, start, end: start + quote.length });
        expect(quotesExact(anAnswer({ citations: [citation] }), textOf)).toEqual([]);
      }),
    );
  });
});
