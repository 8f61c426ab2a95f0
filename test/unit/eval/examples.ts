import type { EvalQuestion, Outcome } from "../../../src/eval/types.js";
import type { Answer, Citation, Passage } from "../../../src/types.js";

export function aQuestion(given: Partial<EvalQuestion> = {}): EvalQuestion {
  return {
    id: "q1",
    kind: "fact",
    question: "How many boats are there?",
    history: [],
    expect: "answer",
    facts: [["nineteen boats", "19 boats"]],
    sources: [["harbour"]],
    forbidden: [],
    timestamp: null,
    factsInQuotes: true,
    maxChars: null,
    ...given,
  };
}

export function aCitation(given: Partial<Citation> = {}): Citation {
  const quote = given.quote ?? "There are nineteen boats.";
  return {
    n: 1,
    source: "harbour",
    title: "Harbour",
    heading: [],
    quote,
    start: 0,
    end: quote.length,
    url: "/sources/harbour#p1",
    external_url: null,
    timestamp: null,
    ...given,
  };
}

export function anAnswer(given: Partial<Answer> = {}): Answer {
  return {
    id: "a",
    status: "answered",
    answer: "There are nineteen boats [1].",
    citations: [aCitation()],
    confidence: 0.8,
    suggestions: [],
    model: "extractive",
    mode: "extractive",
    ...given,
  };
}

export const REFUSAL = anAnswer({
  status: "not_found",
  answer: "The documents do not say.",
  citations: [],
  confidence: 0.7,
});

export function aPassage(given: Partial<Passage> = {}): Passage {
  const text = given.text ?? "There are nineteen boats.";
  return {
    id: "harbour#p1",
    documentId: "harbour",
    title: "Harbour",
    headings: [],
    text,
    kind: "prose",
    context: "",
    units: [],
    seconds: null,
    start: 0,
    end: text.length,
    ...given,
  };
}

export function anOutcome(given: Partial<Outcome> = {}): Outcome {
  return {
    question: aQuestion(),
    resolved: "How many boats are there?",
    answer: anAnswer(),
    milliseconds: 4,
    right: true,
    faults: [],
    rightAtAnyLength: true,
    quoteFaults: [],
    retrieved: [{ passage: aPassage(), dense: 0.5, lexical: 0.4, score: 0.9, facts: [0] }],
    relevance: [1],
    parts: [],
    ...given,
  };
}
