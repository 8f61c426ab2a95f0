import { describe, expect, it } from "vitest";
import { gistCosine, gistOf, mostAlike, termLikeness } from "../../../src/search/thesaurus.js";
import { termsOf } from "../../../src/search/tokenize.js";

const term = (word: string): string => termsOf(word)[0]!;
const gist = (text: string): Float32Array | null => gistOf(termsOf(text).map((one) => [one, 1]));

describe("termLikeness", () => {
  it.each([
    ["physician", "doctor"],
    ["ship", "vessel"],
    ["begin", "start"],
  ])("counts %s and %s as good as synonyms, but less than the word itself", (a, b) => {
    expect(termLikeness(term(a), term(b))).toBe(0.9);
  });

  it.each([
    ["Monday", "Tuesday"],
    ["north", "south"],
    ["increase", "decrease"],
    ["summer", "winter"],
  ])("counts %s and %s as strangers: what is one is never the other", (a, b) => {
    expect(termLikeness(term(a), term(b))).toBe(0);
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
  const terms = new Set(["banana", "patient", "doctor", "nurs", "hospit", "physician", "surgeon"]);
  const has = (one: string): boolean => terms.has(one);

  it("names the terms most alike, best first, without the term itself", () => {
    expect(mostAlike("doctor", has, 3).map((one) => one.term)).toEqual(["physician", "surgeon", "nurs"]);
    expect(mostAlike("doctor", has, 1).map((one) => one.term)).toEqual(["physician"]);
  });

  it("weighs them by their likeness, half and more", () => {
    const alike = mostAlike("doctor", has, 9);
    for (const { term: other, weight } of alike) {
      expect(weight).toBe(termLikeness("doctor", other));
      expect(weight).toBeGreaterThanOrEqual(0.5);
    }
    const expected = [...terms].filter((one) => one !== "doctor" && termLikeness("doctor", one) >= 0.5);
    expect(alike.map((one) => one.term).sort()).toEqual(expected.sort());
  });

  it("finds what a comparison with every term finds", () => {
    const all = ["boat", "ship", "vessel", "price", "cost", "fee", "moon", "sun", "lunar", "begin", "start", "zzzz"];
    for (const one of all) {
      const compared = all.filter((other) => other !== one && termLikeness(one, other) >= 0.5).sort();
      expect(
        mostAlike(one, (other) => all.includes(other), 99)
          .map(({ term: other }) => other)
          .sort(),
      ).toEqual(compared);
    }
  });

  it("knows everyday synonyms that word vectors do not tell", () => {
    expect(mostAlike("benefit", (one) => one === "upsid", 4)).toEqual([{ term: "upsid", weight: 0.6 }]);
  });

  it("names none for strangers, and none of none", () => {
    expect(mostAlike("zzzz", has, 9)).toEqual([]);
    expect(mostAlike("doctor", has, 0)).toEqual([]);
    expect(mostAlike("doctor", () => false, 9)).toEqual([]);
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
