import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answerLines, progressReporter, summaryLines } from "../../../src/cli/report.js";
import type { IngestSummary } from "../../../src/ingest.js";
import type { Answer, Citation } from "../../../src/types.js";

/** A stream that keeps what is written. */
function fakeStream(isTTY: boolean): { stream: NodeJS.WriteStream; written: string[] } {
  const written: string[] = [];
  const stream = { isTTY, write: (text: string) => written.push(text) };
  return { stream: stream as unknown as NodeJS.WriteStream, written };
}

describe("progressReporter", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance", "Date", "setTimeout"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("redraws a bar on a terminal, ten times a second at most, and ends each step with a line break", () => {
    const { stream, written } = fakeStream(true);
    const report = progressReporter(stream);
    report({ step: "embed", done: 0, total: 200 });
    vi.advanceTimersByTime(50);
    report({ step: "embed", done: 10, total: 200 }); // too soon
    vi.advanceTimersByTime(950);
    report({ step: "embed", done: 50, total: 200 });
    vi.advanceTimersByTime(10);
    report({ step: "embed", done: 200, total: 200 });
    report({ step: "index", done: 5, total: 5 });
    expect(written).toEqual([
      `\rEmbedding ${"░".repeat(24)} 0/200, 0/s, 0 s left\u001b[K`,
      `\rEmbedding ${"█".repeat(6)}${"░".repeat(18)} 50/200, 50/s, 3 s left\u001b[K`,
      `\rEmbedding ${"█".repeat(24)} 200/200, 198/s, 0 s left\u001b[K\n`,
      expect.stringContaining(`\rIndexing  ${"█".repeat(24)} 5/5, `),
    ]);
  });

  it("draws a full bar when there is nothing to do", () => {
    const { stream, written } = fakeStream(true);
    progressReporter(stream)({ step: "embed", done: 0, total: 0 });
    expect(written).toEqual([`\rEmbedding ${"█".repeat(24)} 0/0, 0/s, 0 s left\u001b[K\n`]);
  });

  it("writes a plain line every five seconds at most elsewhere, and none for short work", () => {
    const { stream, written } = fakeStream(false);
    const report = progressReporter(stream);
    report({ step: "embed", done: 0, total: 100 });
    for (let done = 1; done <= 100; done++) {
      vi.advanceTimersByTime(125);
      report({ step: "embed", done, total: 100 });
    }
    report({ step: "index", done: 100, total: 100 });
    expect(written).toEqual(["Embedding 40/100, 8/s, 8 s left\n", "Embedding 80/100, 8/s, 3 s left\n"]);
  });
});

const summary: IngestSummary = {
  buildId: "20261123T150210Z-9f2c01",
  built: true,
  rebuildReason: null,
  documents: 5,
  passages: 40,
  faqItems: 3,
  reused: 12,
  embedded: 34,
  skipped: [],
  refusal: { leastSubject: -1.2, answeredForeign: 0.025, foreignProbes: 120, refusedOwn: 0.1, ownProbes: 60 },
  seconds: 1.25,
};
const REFUSALS =
  "Refusals: of 120 questions about other things 2.5 % would be answered; of 60 made from the documents 10.0 % would be refused.";

describe("summaryLines", () => {
  it("says what was built", () => {
    expect(summaryLines(summary)).toEqual([
      "Ingested in 1.25 s: 5 documents, 40 passages, 3 FAQ items; 12 texts reused, 34 embedded, 0 files skipped.",
      REFUSALS,
    ]);
  });

  it("names skipped files first", () => {
    const skipped = [
      { path: "a/empty.txt", reason: "it is empty" },
      { path: "b.pdf", reason: "it is locked" },
    ];
    expect(summaryLines({ ...summary, skipped })).toEqual([
      "Skipped a/empty.txt: it is empty.",
      "Skipped b.pdf: it is locked.",
      "Ingested in 1.25 s: 5 documents, 40 passages, 3 FAQ items; 12 texts reused, 34 embedded, 2 files skipped.",
      REFUSALS,
    ]);
  });

  it("says that nothing was to do", () => {
    expect(summaryLines({ ...summary, built: false, reused: 0, embedded: 0, seconds: 0.01 })).toEqual([
      "Up to date (0.01 s): 5 documents, 40 passages, 3 FAQ items; 0 texts reused, 0 embedded, 0 files skipped.",
      REFUSALS,
    ]);
  });
});

const citation: Citation = {
  n: 1,
  source: "guides/tides",
  title: "Tides",
  heading: ["At the coast", "Spring tides"],
  quote: "Spring tides follow the full moon.",
  start: 120,
  end: 154,
  url: "/documents/guides/tides",
  external_url: null,
  timestamp: null,
};

const answer: Answer = {
  id: "01",
  status: "answered",
  answer: "Spring tides follow the full moon. [1]",
  citations: [citation],
  confidence: 0.9,
  suggestions: ["When is low tide?"],
  model: "extractive",
  mode: "extractive",
};

describe("answerLines", () => {
  it("lists the sources below the answer", () => {
    expect(answerLines(answer)).toEqual([
      "Spring tides follow the full moon. [1]",
      "",
      "[1] Tides › At the coast › Spring tides (guides/tides, 120–154)",
      "    “Spring tides follow the full moon.”",
    ]);
  });

  it("shows the moment and the link of a recording", () => {
    const recorded = {
      ...citation,
      heading: [],
      timestamp: "01:05",
      external_url: "https://www.youtube.com/watch?v=x&t=65s",
    };
    expect(answerLines({ ...answer, citations: [recorded] }).slice(2)).toEqual([
      "[1] Tides at 01:05 (guides/tides, 120–154)",
      "    “Spring tides follow the full moon.”",
      "    https://www.youtube.com/watch?v=x&t=65s",
    ]);
  });

  it("offers questions only with a refusal", () => {
    const refusal: Answer = { ...answer, status: "not_found", answer: "The documents do not say.", citations: [] };
    expect(answerLines(refusal)).toEqual([
      "The documents do not say.",
      "",
      "Questions the documents answer:",
      "  When is low tide?",
    ]);
    expect(answerLines({ ...refusal, suggestions: [] })).toEqual(["The documents do not say."]);
  });
});
