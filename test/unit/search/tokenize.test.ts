import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldWord, isStopWord, termsOf, termsOfWord, wordsOf } from "../../../src/search/tokenize.js";

describe("foldWord", () => {
  it.each([
    ["Île", "ile"],
    ["NAÏVE", "naive"],
    ["Ångström", "angstrom"],
    ["e\u0301tude", "etude"],
    ["ﬁne", "fine"],
    ["Ｓ", "s"],
    ["½", "1⁄2"],
  ])("turns %s into %s", (word, folded) => {
    expect(foldWord(word)).toBe(folded);
  });
});

describe("wordsOf", () => {
  it("says where each word stands, as written", () => {
    const text = "The S-band dish — O’Brien's — saw 1,000 stars.";
    const words = wordsOf(text);
    expect(words.map(({ word }) => word)).toEqual(["The", "S-band", "dish", "O’Brien's", "saw", "1,000", "stars"]);
    for (const { word, start, end } of words) expect(text.slice(start, end)).toBe(word);
  });

  it("does not take a stray accent for a word", () => {
    expect(wordsOf("\u0301 a\u0301b \u0308")).toEqual([{ word: "a\u0301b", start: 2, end: 5 }]);
  });

  it("keeps up with long texts", () => {
    const started = performance.now();
    expect(wordsOf("a-".repeat(100_000))).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe("termsOf", () => {
  it.each([
    ["The launching of the launched launches", ["launch", "launch", "launch"]],
    ["Île-de-France", ["iledefr", "il", "de", "franc"]],
    ["NASA's budget", ["nasa", "budget"]],
    ["NASA’s budget", ["nasa", "budget"]],
    ["agencies' agencies’ agencies", ["agenc", "agenc", "agenc"]],
    ["1,000,000 km", ["1000000", "km"]],
    ["1000000 km", ["1000000", "km"]],
    ["on 20 July,1969", ["20", "juli", "1969"]],
    ["3.5 km", ["3.5", "km"]],
    ["at 10.30 on 1.2.2024", ["10.30", "1.2.2024"]],
    ["S.M.A.R.T. v2.1", ["smart", "s", "m", "a", "r", "t", "v21", "v2", "1"]],
    ["", []],
    ["— … !", []],
  ])("reads %j", (text, terms) => {
    expect(termsOf(text)).toEqual(terms);
  });

  it("lets S-band, S band and sband meet", () => {
    const [hyphen, apart, joined] = ["S-band", "S band", "sband"].map((text) => new Set(termsOf(text)));
    expect(hyphen).toEqual(new Set(["sband", "s", "band"]));
    expect(apart).toEqual(new Set(["s", "band"]));
    expect(joined).toEqual(new Set(["sband"]));
  });

  it.each(["-", "‐", "‑", "–", "'", "’", "."])("joins the parts of a compound written with %s", (mark) => {
    expect(termsOf(`cross${mark}check`)).toEqual(["crosscheck", "cross", "check"]);
  });

  it("reads straight and curly apostrophes alike", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("don", "what", "it", "NASA", "O", "'", "'s", "'t", "'re ", " ")),
        (parts) => {
          const text = parts.join("");
          expect(termsOf(text.replaceAll("'", "’"))).toEqual(termsOf(text));
        },
      ),
    );
  });

  it("never yields an empty term", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), (a, b) => {
        for (const term of [...termsOf(a), ...termsOf(b)]) expect(term).not.toBe("");
      }),
    );
    expect(termsOf("\u0301 \u0308\u0301")).toEqual([]);
  });
});

describe("termsOfWord", () => {
  it.each([
    ["Satellites", ["satellit"]],
    ["SATELLITES", ["satellit"]],
    ["we'll", ["we"]],
    ["x-x", ["xx", "x"]],
    ["日本", ["日本"]],
    ["Größe", ["große"]],
  ])("reads %s", (word, terms) => {
    expect(termsOfWord(word)).toEqual(terms);
  });
});

describe("isStopWord", () => {
  it.each(["the", "The", "of", "whom", "please", "would"])("drops %s", (word) => {
    expect(isStopWord(word)).toBe(true);
  });

  it.each([
    "what's",
    "What’s",
    "it's",
    "who’s",
    "don't",
    "don’t",
    "doesn’t",
    "isn't",
    "can’t",
    "won't",
    "won’t",
    "we'll",
  ])("drops %s", (word) => {
    expect(isStopWord(word)).toBe(true);
  });

  it.each(["IT", "US", "WHO", "WHO's", "US’s", "won", "moon", "NASA's", "O’Brien", "Moon's"])("keeps %s", (word) => {
    expect(isStopWord(word)).toBe(false);
  });
});
