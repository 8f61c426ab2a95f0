import { describe, expect, it } from "vitest";
import { areSynonyms } from "../../../src/search/synonyms.js";
import { termLikeness } from "../../../src/search/thesaurus.js";
import { termsOf } from "../../../src/search/tokenize.js";

const term = (word: string): string => termsOf(word)[0]!;

describe("everyday synonyms", () => {
  it.each([
    ["advantages", "benefits"],
    ["challenges", "obstacles"],
    ["buying", "purchase"],
    ["kid", "children"],
    ["salary", "wages"],
  ])("%s and %s are known, either way round", (a, b) => {
    expect(areSynonyms(term(a), term(b))).toBe(true);
    expect(areSynonyms(term(b), term(a))).toBe(true);
    expect(termLikeness(term(a), term(b))).toBeGreaterThanOrEqual(0.6);
  });

  it.each([
    ["advantages", "disadvantages"],
    ["buy", "sell"],
    ["allow", "forbid"],
    ["increase", "decrease"],
    ["zzz", "zzz2"],
  ])("%s and %s are none", (a, b) => {
    expect(areSynonyms(term(a), term(b))).toBe(false);
  });

  it("leaves a term most like itself", () => {
    expect(termLikeness(term("benefit"), term("benefits"))).toBe(1);
  });
});
