import { beforeAll, describe, expect, it } from "vitest";
import { faqCandidates, FAQ_NEAR, nearestFaq } from "../../../src/answer/faq.js";
import { type AnswerDeps, lookUp } from "../../../src/answer/look-up.js";
import { openFiles } from "../../helpers/corpus.js";

const FILES = {
  "faq.md":
    "# Club FAQ\n\n## Frequently asked questions\n\n### Will Ada Lovelace sail with Grace Hopper?\n\nYes, in spring.\n\n" +
    "### What is the most important race of the harbour club?\n\nThe lantern race, because the whole town watches it.\n",
  "crew.txt":
    "Crew\n\nMary Somerville keeps the books. Grace Hopper mends the sails. The harbour club holds nine races.\n",
};

describe("the nearest FAQ item", () => {
  let deps: AnswerDeps;
  beforeAll(async () => {
    deps = await openFiles(FILES);
  });
  const nearest = async (text: string) => {
    const found = await lookUp(deps, text);
    return nearestFaq(await faqCandidates(deps.index, found.vector), found)!;
  };

  it("answers its own question in other words", async () => {
    expect((await nearest("Is Ada Lovelace going to sail with Grace Hopper?")).nearness).toBeGreaterThan(FAQ_NEAR);
    expect((await nearest("What is the most important race that the harbour club has?")).nearness).toBeGreaterThan(
      FAQ_NEAR,
    );
  });

  it("does not answer where another name stands in the place of its own", async () => {
    const { nearness, features } = await nearest("Will Ada Lovelace sail with Mary Somerville?");
    expect(features).toMatchObject({ absentName: 1, swappedName: 1 });
    expect(nearness).toBeLessThan(FAQ_NEAR);
  });

  it("is further away where most of its question is not asked", async () => {
    const { nearness } = await nearest("What does the town pay for a race?");
    expect((await nearest("What is the most important race of the harbour club?")).nearness).toBeGreaterThan(nearness);
  });
});

describe("an item that begins with yes", () => {
  it("answers another question for yes or no by what follows, without the yes", async () => {
    const deps = await openFiles({
      "faq.md":
        "# Clinic FAQ\n\n## Frequently asked questions\n\n### Do you give travel vaccinations?\n\nYes, our nurses do. The clinic is not licensed for yellow fever.\n",
    });
    const { evidence } = await lookUp(deps, "Is the clinic licensed for yellow fever?");
    expect(evidence.map(({ text }) => text)).toEqual(["The clinic is not licensed for yellow fever."]);
  });
});
