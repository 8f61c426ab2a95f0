import { expect, it } from "vitest";
import { figuresOf } from "../../../src/eval/figures.js";
import { checkFloors } from "../../../src/eval/floors.js";
import { htmlReport } from "../../../src/eval/html-report.js";
import type { SetResult } from "../../../src/eval/run-sets.js";
import type { Outcome } from "../../../src/eval/types.js";
import { anAnswer, anOutcome, aPassage, aQuestion, REFUSAL } from "./examples.js";

function harbour(...outcomes: Outcome[]): SetResult {
  const set = { name: "harbour", split: "tune", format: "golden", skipped: null, questionFaults: [] } as const;
  return { ...set, questionFaults: [], outcomes, figures: figuresOf(outcomes) };
}

const TRACE: Outcome["parts"][number] = {
  question: "How many boats are there?",
  kind: "number",
  faq: { question: "Are there boats?", nearness: 0.41, used: false },
  passages: [],
  candidates: [],
  ms: { embed: 0, retrieve: 0, weigh: 0, decide: 0, compose: 0 },
  evidence: [
    { passageId: "harbour#p1", text: "There are nineteen boats.", score: 7.5, used: true, why: "best" },
    { passageId: "harbour#p2", text: "The harbour is old.", score: 2.25, used: false, why: "names no number" },
  ],
  verdict: { answer: true, refusal: null, confidence: 0.8, signals: { coverage: 0.5, cosine: 0.75 } },
};

/** What a reader sees, without marks. */
const seen = (page: string): string => page.replace(/<style>[^]*<\/style>|<[^>]+>/g, " ").replace(/\s+/g, " ");

it("shows of each question what was expected, answered, retrieved and considered, and why", () => {
  const page = seen(htmlReport([harbour(anOutcome({ parts: [TRACE] }))], []));
  for (const part of [
    "Right How many boats are there? q1 · fact",
    "fact: “nineteen boats” or “19 boats”",
    "There are nineteen boats [1] .",
    "harbour (0–25) There are nineteen boats.",
    "score 0.900 (dense 0.500, lexical 0.400) · 1 of 1 facts",
    "used · best · score 7.50 · harbour#p1",
    "not used · names no number · score 2.25",
    "signals: coverage 0.50, cosine 0.75",
    "nearest FAQ item (0.41, not used): “Are there boats?”",
  ]) {
    expect(page).toContain(part);
  }
});

it("puts what went wrong first, with the reason, an inexact quote too", () => {
  const right = anOutcome({ question: aQuestion({ id: "q1", question: "First?" }) });
  const refused = anOutcome({
    question: aQuestion({ id: "q2", question: "Second?" }),
    answer: REFUSAL,
    right: false,
    faults: ["refused"],
  });
  const inexact = anOutcome({
    question: aQuestion({ id: "q3", question: "Third?" }),
    quoteFaults: ["[1] is not an exact quote"],
  });
  const page = seen(htmlReport([harbour(right, refused, inexact)], []));
  expect(page).toContain("harbour 2 of 3 wrong");
  expect(page).toMatch(/2 wrong .*Second\? q2 · fact · refused.*Third\? .*not an exact quote.* 1 right .*First\?/);
});

it("names the floors that did not hold, with links to their questions", () => {
  const set = harbour(anOutcome({ question: aQuestion({ id: "q/1" }), right: false }));
  const page = htmlReport([set], checkFloors({ harbour: { right: { min: 0.5 } } }, [set], ["harbour"]));
  expect(seen(page)).toContain("right of harbour: 0, wanted at least 0.5 q/1");
  const [, target] = /<a href="#([^"]+)" title="How many boats/.exec(page)!;
  expect(page).toContain(`<details class="question" id="${target}">`);
});

it("escapes every text, asks for nothing elsewhere and runs nothing", () => {
  const nasty = `<script>alert("1")</script><img src="http://example.org/x.png" onerror='1'>`;
  const page = htmlReport(
    [
      harbour(
        anOutcome({
          question: aQuestion({ id: nasty, kind: nasty, question: nasty, facts: [[nasty]], forbidden: [nasty] }),
          resolved: `${nasty}!`,
          answer: anAnswer({ answer: nasty }),
          faults: [nasty],
          retrieved: [
            { passage: aPassage({ id: nasty, title: nasty, text: nasty }), dense: 0, lexical: 0, score: 0, facts: [] },
          ],
          parts: [{ ...TRACE, evidence: [{ passageId: nasty, text: nasty, score: 0, used: true, why: nasty }] }],
        }),
      ),
    ],
    [],
  );
  const tags = page.match(/<[^>]*>/g)!.join("\n");
  expect(tags).not.toMatch(/<(script|img|iframe|object|form)|\s(src|srcset|action|on\w+)=/);
  expect(tags.match(/\shref="(?!#|data:,)[^"]*"/g)).toBeNull();
  expect(page).not.toMatch(/url\(|@import/);
});
