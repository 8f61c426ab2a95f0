import { describe, expect, it } from "vitest";
import { comparedSides } from "../../../src/answer/comparison.js";

const questions = (text: string): string[] | null => comparedSides(text)?.map(({ question }) => question) ?? null;

describe("comparedSides", () => {
  it.each([
    ["What is the difference between a comet and an asteroid?", ["What is comet?", "What is asteroid?"]],
    [
      "Bilateral versus multilateral treaties: what's the difference?",
      ["What is Bilateral treaties?", "What is multilateral treaties?"],
    ],
    [
      "How do bilateral treaties differ from multilateral ones?",
      ["What is bilateral treaties?", "What is multilateral treaties?"],
    ],
    ["How do the strengths of Rome differ from those of Carthage?", ["strengths of Rome?", "strengths of Carthage?"]],
    ["How do backups in 2.1 and 2.2 differ?", ["backups in 2.1?", "backups in 2.2?"]],
    ["Default codec: how does 3.0 differ from 2.2?", ["Default codec 3.0?", "Default codec 2.2?"]],
    ["Rowing versus sailing: what is the price difference?", ["the price Rowing?", "the price sailing?"]],
    ["How did the city budget of 2010 compare to 2011?", ["city budget of 2010?", "city budget of 2011?"]],
    ["Compare Ada and Bob.", ["What is Ada?", "What is Bob?"]],
    [
      "How does Ada's approach to baking compare with that of Bob?",
      ["Ada's approach to baking?", "approach to baking of Bob?"],
    ],
  ])("asks about each side: %s", (text, expected) => {
    expect(questions(text)).toEqual(expected);
  });

  it("asks when each was, where one comes before the other", () => {
    expect(questions("Which club is older, the Kestrels or the Otters?")).toEqual([
      "When was club Kestrels?",
      "When was club Otters?",
    ]);
    expect(questions("Which came first, the bridge or the ferry?")?.[0]).toMatch(/^When .*bridge\?$/);
  });

  it("asks how warm each is, where one is warmer", () => {
    expect(questions("Which is warmer, the teaching pool or the paddling pool?")).toEqual([
      "warmer teaching pool?",
      "warmer paddling pool?",
    ]);
    expect(questions("Which course costs more, the pottery evening or the weaving weekend?")?.[1]).toBe(
      "course costs more weaving weekend?",
    );
  });

  it("says what tells one side from the other", () => {
    const [left, right] = comparedSides("What is the difference between the warm pool and the cold pool?")!;
    expect([left.own, left.other]).toEqual([["warm"], ["cold"]]);
    expect([right.own, right.other]).toEqual([["cold"], ["warm"]]);
  });

  it.each([
    "What do Ada and Bob sell?",
    "What is different now?",
    "How did it differ?",
    "Is the price different on Sundays?",
    "Compare Ada and Ada.",
    "",
    "versus",
    "and and and differ and",
  ])("leaves other questions whole: %s", (text) => {
    expect(comparedSides(text)).toBeNull();
  });
});
