import { describe, expect, it } from "vitest";
import { Sources, type Support } from "../../../src/gate/support.js";
import type { Passage } from "../../../src/types.js";

/** Every word weighs the same, and all meanings are near: what is tested is what the words say. */
const INDEX = {
  termWeights: async (terms: readonly string[]) => terms.map(() => ({ idf: 3, known: true })),
  shortForms: async () => [{ short: "esa", long: ["european", "space", "agenc"] }],
};
const EMBEDDER = { embedPassages: async (texts: readonly string[]) => texts.map(() => Float32Array.of(1, 0)) };

function passageOf(text: string, headings: string[] = [], context = ""): Passage {
  const units = [...text.matchAll(/[^.?!]+[.?!]?\s*/g)].map(({ 0: unit, index }) => ({
    kind: context.includes("|") ? ("row" as const) : ("sentence" as const),
    start: index,
    end: index + unit.trimEnd().length,
    context,
    seconds: null,
  }));
  return {
    id: "a#p1",
    documentId: "a",
    title: "",
    headings,
    start: 0,
    end: text.length,
    text,
    kind: "prose",
    context: "",
    units,
    seconds: null,
  };
}

const supportOf = (claim: string, text: string, headings?: string[], context?: string): Promise<Support> =>
  new Sources(INDEX, EMBEDDER).supportOf(claim, [passageOf(text, headings, context)]);

describe("a claim is supported by", () => {
  it.each([
    ["the same words", "The hall was built in 1931.", "The hall was built in 1931."],
    ["the passive of an active sentence", "The hall was built by Ada Quill.", "Ada Quill built the hall."],
    ["a number in words", "It has twenty-five rooms.", "It has 25 rooms."],
    ["a time written otherwise", "It opens at 5 p.m. on Fridays.", "It opens at 17:00 on Fridays."],
    ["a short form spelt out", "The European Space Agency (ESA) built the probe.", "ESA built the probe."],
    [
      "a part of a longer sentence",
      "The hall was built in 1931.",
      "The hall, which is red, was built in 1931 and opened in 1933.",
    ],
    ["two names that have one part", "NASA and ESA built it.", "ESA and NASA built it."],
    [
      "a denial in other words",
      "Dogs and cats are not allowed in the hall of the town.",
      "Dogs and cats are forbidden in the hall of the town.",
    ],
  ])("%s", async (_, claim, text) => {
    expect((await supportOf(claim, text)).reason).toBeNull();
  });

  it("a row with its columns' names", async () => {
    const support = await supportOf("The Blue Room has 12 seats.", "Blue Room | 12 | 8", [], "Room | Seats | Price");
    expect(support.reason).toBeNull();
  });

  it("the heading above it", async () => {
    expect((await supportOf("Annual passes cost £90.", "They cost £90.", ["Annual passes"])).reason).toBeNull();
  });
});

describe("a claim is not supported because of", () => {
  it.each([
    ["number", "The hall was built in 1932.", "The hall was built in 1931."],
    ["number", "It costs $5.", "It costs £5."],
    ["number", "At least 5 people may come.", "Up to 5 people may come."],
    ["number", "It was built in 1931 and holds 90 people.", "It was built in 1931 and holds people."],
    ["name", "The hall was built by Tom Brand.", "The hall was built by Ada Quill."],
    ["denial", "The hall is not open on Mondays.", "The hall is open on Mondays."],
    ["denial", "Dogs are allowed in the hall.", "Dogs are forbidden in the hall."],
    ["denial", "The gate is available.", "The gate is unavailable."],
    ["denial", "Get out before noon.", "Get in before noon."],
    ["place", "Ada Quill paid Tom Brand.", "Tom Brand paid Ada Quill."],
    [
      "place",
      "The red lamp has 5 bulbs and the green lamp has 9 bulbs.",
      "The red lamp has 9 bulbs and the green lamp has 5 bulbs.",
    ],
    ["words", "The hall smells of fresh paint and lavender.", "The hall is large."],
  ])("%s: %s", async (reason, claim, text) => {
    expect((await supportOf(claim, text)).reason).toBe(reason);
  });

  it("a number under another column's name", async () => {
    const support = await supportOf("The Blue Room has 8 seats.", "Blue Room | 12 | 8", [], "Room | Seats | Price");
    expect(support.reason).toBe("place");
  });

  it("a question, which says nothing", async () => {
    expect((await supportOf("The hall is open on Mondays.", "Is the hall open on Mondays?")).reason).not.toBeNull();
  });
});
