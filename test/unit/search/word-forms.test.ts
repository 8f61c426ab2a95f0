import { stemmer } from "stemmer";
import { describe, expect, it } from "vitest";
import { isStopWord, termsOf } from "../../../src/search/tokenize.js";
import { FORMS, baseForm } from "../../../src/search/word-forms.js";

const lines = FORMS.trim()
  .split("\n")
  .map((line) => line.split(" "));

describe("forms of a word", () => {
  it.each([
    ["the buses", "bus"],
    ["two wolves", "wolf"],
    ["along the kerbs", "curb"],
    ["sorted and categorised", "categorize"],
    ["localisation", "localize"],
    ["dealt with", "deal"],
  ])("%s: the terms of %s", (text, word) => {
    expect(termsOf(text)).toEqual(expect.arrayContaining(termsOf(word)));
    expect(termsOf(word)).not.toEqual([]);
  });

  it.each(["exercise", "promised", "rises", "wise", "organised", "localism", "critics", "advertising", "personal"])(
    "%s is left as it is",
    (word) => expect(baseForm(word)).toBe(word),
  );

  it("are each of one word, which has no other base form itself", () => {
    const all = lines.flatMap(([, ...forms]) => forms);
    expect(all.filter((form, i) => all.indexOf(form) !== i)).toEqual([]);
    expect(lines.map(([word]) => word!).filter((word) => baseForm(word) !== word)).toEqual([]);
  });

  it("are none that the stemmer brings together by itself, and no stop words", () => {
    for (const [word, ...forms] of lines) {
      expect(isStopWord(word!), word).toBe(false);
      for (const form of forms) expect(stemmer(form), `${form}, ${word}`).not.toBe(stemmer(word!));
    }
  });
});
