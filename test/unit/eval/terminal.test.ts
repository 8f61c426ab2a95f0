import { describe, expect, it } from "vitest";
import { figuresOf } from "../../../src/eval/figures.js";
import type { SetResult } from "../../../src/eval/run-sets.js";
import { floorLines, tableLines } from "../../../src/eval/terminal.js";
import { percent } from "../../../src/eval/totals.js";
import type { Outcome } from "../../../src/eval/types.js";
import { anOutcome, aQuestion, REFUSAL } from "./examples.js";

const right = anOutcome();
const refused = anOutcome({ question: aQuestion({ id: "q2", kind: "typo" }), answer: REFUSAL, right: false });

function set(name: string, given: Partial<SetResult>, ...outcomes: Outcome[]): SetResult {
  const fixed = { split: "tune", format: "golden", skipped: null, questionFaults: [] } as const;
  return { name, ...fixed, questionFaults: [], outcomes, figures: figuresOf(outcomes), ...given };
}

describe("tableLines", () => {
  const lines = tableLines([
    set("harbour", {}, right, refused),
    set("town", { split: "report" }, right, right),
    set("articles", { format: "encyclopedia" }, refused),
    set("elsewhere", { skipped: "its texts are not there" }),
  ]);
  const line = (start: string): string => lines.find((one) => one.startsWith(start))!.replace(/ {2,}/g, " ");

  it("has a row for each set that was asked, and totals of the golden ones", () => {
    expect(lines[0]).toBe("elsewhere skipped: its texts are not there.");
    expect(line("harbour")).toContain("harbour 2 50.0 % 1/2");
    expect(line("articles")).toContain("articles 1 0.0 % 0/1");
    expect(line("golden, tune")).toContain("golden, tune 2 50.0 % 1/2");
    expect(line("golden, report")).toContain("golden, report 2 100.0 % 2/2");
    expect(line("golden, all")).toContain("golden, all 4 75.0 % 3/4");
  });

  it("has a row for each kind of the golden questions, by split", () => {
    expect(line("fact")).toBe("fact 3/3 0/3 1/1 2/2");
    expect(line("typo")).toBe("typo 0/1 1/1 0/1 –");
  });
});

describe("floorLines", () => {
  it("names forty questions and counts the others", () => {
    const against = Array.from({ length: 42 }, (_, i) => ({ id: `q${i}`, question: "Why?" }));
    const check = { set: "harbour", figure: "right", value: 0.123_456, wanted: "at least 0.9", held: false } as const;
    const lines = floorLines([{ ...check, against }]);
    expect(lines).toHaveLength(42);
    expect(lines[0]).toContain("is 0.1235, wanted");
    expect(lines.at(-1)).toBe("  and 2 more, see the report");
  });
});

describe("percent", () => {
  it.each([
    [1, "100.0 %"],
    [0.9999, "99.9 %"],
    [0.125, "12.5 %"],
    [null, "–"],
  ])("%s", (value, expected) => {
    expect(percent(value)).toBe(expected);
  });
});
