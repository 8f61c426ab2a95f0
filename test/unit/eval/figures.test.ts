import { describe, expect, it } from "vitest";
import { byKind, figuresOf, reliabilityOf } from "../../../src/eval/figures.js";
import { anAnswer, anOutcome, aPassage, aQuestion, REFUSAL } from "./examples.js";

const refuse = aQuestion({ expect: "refuse", kind: "near-miss", facts: [], sources: [] });
const outcomes = [
  anOutcome({ question: aQuestion({ id: "right" }), milliseconds: 2 }),
  anOutcome({
    question: aQuestion({ id: "wrong" }),
    answer: anAnswer({ answer: "x".repeat(99), citations: [], confidence: 0.95 }),
    right: false,
    retrieved: [
      { passage: aPassage(), dense: 0, lexical: 0, score: 0, facts: [] },
      { passage: aPassage(), dense: 0, lexical: 0, score: 0, facts: [0] },
    ],
    milliseconds: 4,
  }),
  anOutcome({ question: aQuestion({ id: "lost" }), answer: REFUSAL, right: false, retrieved: [], milliseconds: 6 }),
  anOutcome({ question: { ...refuse, id: "refused" }, answer: REFUSAL, retrieved: [] }),
  anOutcome({ question: { ...refuse, id: "answered" }, right: false, quoteFaults: ["[1] is not an exact quote"] }),
  anOutcome({
    question: aQuestion({ id: "premise", expect: "correct-or-refuse", kind: "false-premise" }),
    answer: REFUSAL,
  }),
  anOutcome({
    question: aQuestion({ id: "hello", expect: "small-talk", kind: "small-talk", facts: [], sources: [] }),
    answer: REFUSAL,
    right: false,
  }),
];

describe("figuresOf", () => {
  const figures = figuresOf(outcomes);

  it("counts each expectation by itself and names the questions that spoil a figure", () => {
    expect(figures.right).toEqual({ value: 1 / 3, count: 3, against: ["wrong", "lost"] });
    expect(figures.wronglyRefused).toEqual({ value: 1 / 3, count: 3, against: ["lost"] });
    expect(figures.refused).toEqual({ value: 0.5, count: 2, against: ["answered"] });
    // Greetings and false premises that were refused are no part of it.
    expect(figures.refusalPrecision).toEqual({ value: 0.5, count: 2, against: ["lost"] });
    expect(figures.falsePremiseRight).toEqual({ value: 1, count: 1, against: [] });
    expect(figures.smallTalkRight).toEqual({ value: 0, count: 1, against: ["hello"] });
    expect(figures.quotesExact).toEqual({ value: 6 / 7, count: 7, against: ["answered"] });
  });

  it("measures retrieval on the answerable questions, the worst named first", () => {
    expect(figures["recall@1"]).toEqual({ value: 1 / 3, count: 3, against: ["wrong", "lost"] });
    expect(figures["recall@5"].value).toBeCloseTo(2 / 3, 12);
    expect(figures.mrr.value).toBe(0.5);
    // 1, 1/log2(3), 0
    expect(figures["ndcg@10"].value).toBeCloseTo((1 + 0.630_93) / 3, 5);
    expect(figures["ndcg@10"].against).toEqual(["lost", "wrong"]);
  });

  it("measures citations, confidence and length on what was answered", () => {
    expect(figures.citationPrecision).toEqual({ value: 1, count: 1, against: [] });
    expect(figures.citationRecall).toEqual({ value: 0.5, count: 2, against: ["wrong"] });
    expect(figures.calibrationError.count).toBe(3);
    expect(figures.calibrationError.against).toEqual(["wrong", "answered"]);
    expect(reliabilityOf(outcomes)[8]).toMatchObject({ count: 2, accuracy: 0.5 });
    expect(figures.medianChars).toEqual({ value: 64, count: 2, against: ["wrong"] });
    expect(figures.medianMs.value).toBe(4);
  });

  it("has a figure for length only where there is a limit", () => {
    expect(figures.rightAtAnyLength.value).toBeNull();
    const limited = anOutcome({ question: aQuestion({ maxChars: 9 }), right: false });
    expect(figuresOf([limited]).rightAtAnyLength.value).toBe(1);
    expect(figuresOf([limited]).right.value).toBe(0);
  });

  it("measures nothing without questions", () => {
    expect(Object.values(figuresOf([])).map(({ value }) => value)).toEqual(Object.values(figures).map(() => null));
  });
});

describe("byKind", () => {
  it("counts right answers and refusals of each kind", () => {
    expect(byKind(outcomes)).toEqual([
      { kind: "fact", count: 3, right: 1, refused: 1 },
      { kind: "near-miss", count: 2, right: 1, refused: 1 },
      { kind: "false-premise", count: 1, right: 1, refused: 1 },
      { kind: "small-talk", count: 1, right: 0, refused: 1 },
    ]);
  });
});
