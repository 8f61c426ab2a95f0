import { describe, expect, it } from "vitest";
import { weighLists } from "../../../src/answer/lists.js";
import { weigh } from "../../helpers/evidence.js";

const FILES = {
  "a.md":
    "# Harbour\n\n## Dangers\n\nThe pilots fear these.\n\n- fog\n- ice in March\n- sand\n\n## Boats\n\n- ketches\n- yawls\n",
};

async function weighed(question: string, order: readonly string[]) {
  const { question: read, terms, hits, ranked } = await weigh(question, FILES);
  return weighLists(read, terms, ranked(order), hits).map(({ list, features }) => ({
    size: list.items.length,
    features,
  }));
}

describe("what speaks for a list", () => {
  it("is how many of the best are its items, and how far behind its likeliest item is", async () => {
    const [dangers, boats] = await weighed("Which dangers are there?", [
      "ice in March",
      "fog",
      "The pilots",
      "ketches",
    ]);
    expect([dangers!.size, boats!.size]).toEqual([3, 2]);
    expect(dangers!.features.amongBest).toBeGreaterThan(boats!.features.amongBest);
    expect(dangers!.features.lag).toBe(0);
    expect(boats!.features.lag).toBeGreaterThan(0);
  });

  it("is that the sentence before it is among the best, and what is named elsewhere speaks against it", async () => {
    const [dangers, boats] = await weighed("Which dangers are there?", ["The pilots", "fog"]);
    expect([dangers!.features.announcedBest, boats!.features.announcedBest]).toEqual([1, 0]);
    expect(dangers!.features.outnamed).toBe(0);
    expect(boats!.features.outnamed).toBeGreaterThan(0);
  });

  it.each([
    ["Which dangers are there?", { asksList: 1, asksYesOrNo: 0 }],
    ["Tell me everything about boats", { asksAll: 1 }],
    ["What do I do in fog?", { asksSteps: 1, asksOne: 0 }],
    ["Is there fog?", { asksYesOrNo: 1 }],
    ["Who fears fog?", { asksOne: 1 }],
  ])("is how it is asked: %s", async (question, features) => {
    const [first] = await weighed(question, ["fog"]);
    expect(first!.features).toMatchObject(features);
  });
});
