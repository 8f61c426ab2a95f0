import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { WeightedTerm } from "../../../src/answer/evidence.js";
import { SentenceReader } from "../../../src/answer/sentence-reader.js";
import { Vocabulary } from "../../../src/search/vocabulary.js";
import { weigh } from "../../helpers/evidence.js";

interface Case {
  question: string;
  focus: string[];
  terms: WeightedTerm[];
  idf: Record<string, number>;
  candidates: {
    sentence: string;
    introduction: string;
    heading: string;
    before: string;
    after: string;
    answers: number;
    covers: number;
  }[];
}

/** What the network makes of sentences in training: models/training/answering/reading writes it. */
const CASES = JSON.parse(readFileSync(new URL("../../fixtures/reader-cases.json", import.meta.url), "utf8")) as Case[];

describe("reading sentences", () => {
  it.each(CASES)(
    "makes of sentences what the network does in training: $question",
    ({ question, focus, terms, idf, candidates }) => {
      const vocabulary = new Vocabulary(Object.keys(idf), (id) => Object.values(idf)[id]!);
      const reader = new SentenceReader({ text: question, focus }, terms, vocabulary);
      for (const candidate of candidates) {
        const { answers, covers } = reader.read(candidate);
        expect(Math.abs(answers - candidate.answers)).toBeLessThan(1e-3);
        expect(Math.abs(covers - candidate.covers)).toBeLessThan(1e-3);
      }
    },
  );

  it("ranks the sentence first that says when, though another says more of the question", async () => {
    const { evidence } = await weigh("When was the lighthouse built?", {
      "lighthouse.md": `# The lighthouse

The old lighthouse was built of granite. Masons from Brittany finished the tower in 1887 after four winters. It is painted white.
`,
    });
    const answers = evidence.toSorted((a, b) => b.features.answers - a.features.answers);
    expect(answers[0]!.text).toMatch(/1887/);
  });

  it("reads the best dozen only; the rest count as the least of them", async () => {
    const lines = Array.from({ length: 20 }, (_, i) => `The ferry number ${i} sails to the island.`);
    const { evidence } = await weigh("When does the ferry sail?", { "ferry.md": `# Ferries\n\n${lines.join(" ")}\n` });
    const read = evidence.map(({ features }) => features.answers);
    expect(evidence).toHaveLength(20);
    expect(read.filter((answers) => answers === Math.min(...read)).length).toBeGreaterThanOrEqual(4);
  });

  it("reads a sentence without words, and one of a hundred", async () => {
    const reader = new SentenceReader({ text: "Who?", focus: [] }, [], new Vocabulary([], () => 0));
    const empty = { introduction: "", heading: "", before: "", after: "" };
    expect(reader.read({ sentence: "…", ...empty }).answers).toBe(-30);
    expect(reader.read({ sentence: "word ".repeat(100), ...empty }).answers).toBeGreaterThan(-30);
  });
});
