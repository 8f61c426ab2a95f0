import { describe, expect, it } from "vitest";
import { gistCosine, gistOf, mostAlike, termLikeness } from "../../../src/search/thesaurus.js";
import { termsOf } from "../../../src/search/tokenize.js";

const term = (word: string): string => termsOf(word)[0]!;
const gist = (text: string): Float32Array | null => gistOf(termsOf(text).map((one) => [one, 1]));

describe("termLikeness", () => {
  it.each([
    ["physician", "doctor"],
    ["ship", "boat"],
    ["begin", "start"],
  ])("counts %s and %s as good as synonyms, but less than the word itself", (a, b) => {
    expect(termLikeness(term(a), term(b))).toBe(0.9);
  });

  it.each([
    ["cost", "price"],
    ["lion", "tiger"],
  ])("counts %s and %s in part", (a, b) => {
    const likeness = termLikeness(term(a), term(b));
    expect(likeness).toBeGreaterThan(0.3);
    expect(likeness).toBeLessThan(0.9);
    expect(termLikeness(term(b), term(a))).toBeCloseTo(likeness, 12);
  });

  it.each([
    ["king", "banana"],
    ["paper", "moon"],
    ["zzzz", "doctor"], // Not in the table.
  ])("counts %s and %s for nothing", (a, b) => {
    expect(termLikeness(term(a), term(b))).toBe(0);
  });

  it("counts a term for itself, also one that is in no table", () => {
    expect(termLikeness("zzzz", "zzzz")).toBe(1);
  });
});

describe("mostAlike", () => {
  const terms = ["banana", "patient", "doctor", "nurs", "hospit", "physician"];

  it("names the terms most alike, best first, without the term itself", () => {
    expect(mostAlike("doctor", terms, 3, 0.2).map((one) => one.term)).toEqual(["physician", "nurs", "patient"]);
  });

  it("weighs them by their likeness", () => {
    for (const { term: other, weight } of mostAlike("doctor", terms, 9, 0.2)) {
      expect(weight).toBe(termLikeness("doctor", other));
    }
  });

  it("leaves out what is less alike than the least", () => {
    expect(mostAlike("doctor", terms, 9, 0.8).map((one) => one.term)).toEqual(["physician", "nurs"]);
    expect(mostAlike("zzzz", terms, 9, 0.1)).toEqual([]);
    expect(mostAlike("doctor", terms, 0, 0.1)).toEqual([]);
  });
});

describe("gistOf and gistCosine", () => {
  it("tell what is about the same from what is not, without a word in common", () => {
    const sea = gist("the ship sails over the sea");
    expect(gistCosine(sea, gist("a boat crosses the ocean"))).toBeGreaterThan(0.6);
    expect(gistCosine(sea, gist("the bank lends money"))).toBeLessThan(0.3);
  });

  it("have length 1, whatever the weights", () => {
    const light = gistOf([
      ["ship", 0.1],
      ["sea", 0.2],
    ]);
    const heavy = gistOf([
      ["ship", 1],
      ["sea", 2],
    ]);
    expect(Math.hypot(...light!)).toBeCloseTo(1, 6);
    expect(gistCosine(light, heavy)).toBeCloseTo(1, 6);
  });

  it("lean towards the term that weighs more", () => {
    const [ship, bank] = [gistOf([["ship", 1]]), gistOf([["bank", 1]])];
    const mixed = gistOf([
      ["ship", 3],
      ["bank", 1],
    ]);
    expect(gistCosine(mixed, ship)).toBeGreaterThan(gistCosine(mixed, bank) + 0.3);
  });

  it("know nothing of words that are in no table", () => {
    expect(gist("zzzz qqqq")).toBeNull();
    expect(gist("")).toBeNull();
    expect(gistCosine(null, gist("ship"))).toBe(0);
    expect(gistCosine(gist("ship zzzz"), gist("ship"))).toBeCloseTo(1, 6);
  });
});
