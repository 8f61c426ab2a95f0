import { describe, expect, it } from "vitest";
import { type BenchReport, jsonOf, markdownOf } from "../../../scripts/bench/report.js";
import { quantile } from "../../../scripts/bench/timing.js";

const figures = [
  { subject: "slow", on: "10 texts", value: 12.5 },
  { subject: "fast", on: "10 texts", value: 1.25 },
];
const report: BenchReport = {
  run: { node: "v20" },
  suites: [
    { suite: "speed", about: ["Warm."], comparisons: [{ title: "A text", unit: "ms", baseline: "slow", figures }] },
  ],
};

describe("the report of the benchmarks", () => {
  it("gives programs each figure with what it was measured on and its ratio to the baseline", () => {
    const { suites } = JSON.parse(jsonOf(report)) as BenchReport;
    expect(suites[0]!.comparisons[0]).toEqual({
      title: "A text",
      unit: "ms",
      baseline: "slow",
      figures: [
        { ...figures[0], ratio: 1 },
        { ...figures[1], ratio: 0.1 },
      ],
    });
  });

  it("gives people a table with three digits", () => {
    expect(markdownOf(report)).toContain(
      [
        "| | measured on | ms | × baseline |",
        "| --- | --- | ---: | ---: |",
        "| slow | 10 texts | 12.5 | baseline |",
        "| fast | 10 texts | 1.25 | 0.100 |",
      ].join("\n"),
    );
  });

  it("refuses a comparison with nothing to compare with", () => {
    const [suite] = report.suites;
    const comparisons = [{ ...suite!.comparisons[0]!, baseline: "other" }];
    expect(() => jsonOf({ ...report, suites: [{ ...suite!, comparisons }] })).toThrow(
      '"A text" has no figure for its baseline "other".',
    );
  });
});

describe("quantile", () => {
  it("is the smallest sample that enough samples do not exceed", () => {
    const samples = [5, 1, 4, 2, 3];
    expect([0, 0.2, 0.5, 0.8, 0.95, 1].map((share) => quantile(samples, share))).toEqual([1, 1, 3, 4, 5, 5]);
    expect(samples).toEqual([5, 1, 4, 2, 3]);
    expect(() => quantile([], 0.5)).toThrow("nothing");
  });
});
