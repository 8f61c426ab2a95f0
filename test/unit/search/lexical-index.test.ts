import * as fc from "fast-check";
import MiniSearch from "minisearch";
import { describe, expect, it } from "vitest";
import { StartupError } from "../../../src/errors.js";
import { LexicalIndex } from "../../../src/search/lexical-index.js";
import { termsOf } from "../../../src/search/tokenize.js";

const everything = (): boolean => true;
const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");

/** BM25 straight from the formula, one passage and one term at a time. */
function naiveScores(passages: readonly string[][], query: readonly string[]): number[] {
  const k1 = 1.2;
  const b = 0.75;
  const average = passages.reduce((sum, passage) => sum + passage.length, 0) / passages.length;
  const idfOf = (term: string): number => {
    const df = passages.filter((passage) => passage.includes(term)).length;
    return Math.log(1 + (passages.length - df + 0.5) / (df + 0.5));
  };
  const best = query.reduce((sum, term) => sum + idfOf(term) * (k1 + 1), 0);
  return passages.map((passage) => {
    const sum = query.reduce((total, term) => {
      const tf = passage.filter((word) => word === term).length;
      return total + (idfOf(term) * tf * (k1 + 1)) / (tf + k1 * (1 - b + (b * passage.length) / average));
    }, 0);
    return best === 0 ? 0 : sum / best;
  });
}

/** One of the first letters of the alphabet, standing for a word. */
const letter = (count: number): fc.Arbitrary<string> => fc.constantFrom(...Array.from("abcdefghij").slice(0, count));
const passagesAndQuery = fc.record({
  passages: fc.array(fc.array(letter(8), { maxLength: 12 }), { minLength: 1, maxLength: 12 }),
  query: fc.array(letter(10), { maxLength: 6 }),
});

describe("LexicalIndex.search", () => {
  it("scores as BM25 does, every matching passage and no other", () => {
    fc.assert(
      fc.property(passagesAndQuery, ({ passages, query }) => {
        // An index of empty passages only has no average length to compare with.
        fc.pre(passages.some((passage) => passage.length > 0));
        const expected = naiveScores(passages, query);
        const found = LexicalIndex.build(passages).search(query, passages.length, everything);
        expect(found.map(({ label }) => label).sort((a, b) => a - b)).toEqual(
          expected.flatMap((score, label) => (score > 0 ? [label] : [])),
        );
        for (const { label, score } of found) {
          expect(score).toBeCloseTo(expected[label]!, 6);
          expect(score).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("lists the best first, equal scores in the order of their labels, and k of them", () => {
    fc.assert(
      fc.property(passagesAndQuery, fc.nat(13), ({ passages, query }, k) => {
        const index = LexicalIndex.build(passages);
        const all = index.search(query, passages.length, everything);
        const sorted = [...all].sort((a, b) => b.score - a.score || a.label - b.label);
        expect(all).toEqual(sorted);
        expect(index.search(query, k, everything)).toEqual(sorted.slice(0, k));
        const isOdd = (label: number): boolean => label % 2 === 1;
        expect(index.search(query, k, isOdd)).toEqual(sorted.filter(({ label }) => isOdd(label)).slice(0, k));
      }),
      { numRuns: 300 },
    );
  });

  it("gives the very scores of scoresOf", () => {
    fc.assert(
      fc.property(passagesAndQuery, ({ passages, query }) => {
        const index = LexicalIndex.build(passages);
        const labels = passages.map((_, label) => passages.length - 1 - label);
        const found = new Map(index.search(query, passages.length, everything).map((hit) => [hit.label, hit.score]));
        expect(index.scoresOf(query, labels)).toEqual(labels.map((label) => found.get(label) ?? 0));
      }),
      { numRuns: 300 },
    );
  });

  const relatedTerms = fc.array(
    fc.record({ term: letter(10), weight: fc.double({ min: 0.05, max: 1, noNaN: true }) }),
    {
      maxLength: 5,
    },
  );

  it("gives the very scores of scoresOf with related terms too", () => {
    fc.assert(
      fc.property(passagesAndQuery, relatedTerms, ({ passages, query }, related) => {
        const index = LexicalIndex.build(passages);
        const labels = passages.map((_, label) => label);
        const found = index.search(query, passages.length, everything, related);
        const scores = new Map(found.map((hit) => [hit.label, hit.score]));
        expect(index.scoresOf(query, labels, related)).toEqual(labels.map((label) => scores.get(label) ?? 0));
      }),
      { numRuns: 300 },
    );
  });

  it("counts a related term by its weight, and one of the query's own no less for being related", () => {
    const index = LexicalIndex.build([words("apple pear"), words("plum fig"), words("plum pear")]);
    const score = (query: string, related: [string, number][] = []): number =>
      index.scoresOf(
        [query],
        [0],
        related.map(([term, weight]) => ({ term, weight })),
      )[0]!;
    // The scale is the query's own: what a related term adds is its share of what the term itself would add.
    const apple = score("apple");
    const scale = index.idf("fig") / index.idf("apple");
    expect(score("fig", [["apple", 0.5]])).toBeCloseTo((0.5 * apple) / scale, 6);
    expect(score("apple", [["apple", 0.5]])).toBe(apple);
    expect(score("apple", [["kiwi", 0.5]])).toBe(apple);
  });

  it("finds passages that only related terms match", () => {
    const index = LexicalIndex.build([words("apple"), words("plum")]);
    const found = index.search(["kiwi"], 5, everything, [{ term: "plum", weight: 0.5 }]);
    expect(found.map(({ label }) => label)).toEqual([1]);
  });

  it("works out a small example", () => {
    // Two passages of length 2: idf = ln(1 + 1.5 / 1.5) = ln 2, tf part 2.2 / 2.2 = 1, best = ln 2 · 2.2.
    const index = LexicalIndex.build([words("apple pear"), words("plum fig")]);
    expect(index.search(["apple"], 5, everything)).toEqual([{ label: 0, score: expect.closeTo(1 / 2.2, 6) }]);
    expect(index.search(["apple", "apple"], 5, everything)).toEqual(index.search(["apple"], 5, everything));
    // A word no passage has still counts towards what could be reached: its idf is ln(1 + 2.5 / 0.5) = ln 6.
    const share = Math.log(2) / (2.2 * (Math.log(2) + Math.log(6)));
    expect(index.search(["apple", "kiwi"], 5, everything)).toEqual([{ label: 0, score: expect.closeTo(share, 6) }]);
  });

  it("leaves nothing behind for the next search", () => {
    const index = LexicalIndex.build([words("apple"), words("apple pear")]);
    const first = index.search(["apple"], 2, everything);
    index.search(["pear", "apple"], 1, () => false);
    expect(index.search(["apple"], 2, everything)).toEqual(first);
  });

  it("finds nothing without terms, without passages, and for unknown words", () => {
    const index = LexicalIndex.build([words("apple")]);
    expect(index.search([], 5, everything)).toEqual([]);
    expect(index.search(["kiwi"], 5, everything)).toEqual([]);
    expect(index.scoresOf(["kiwi"], [0])).toEqual([0]);
    expect(index.scoresOf([], [0])).toEqual([0]);
    expect(LexicalIndex.build([]).search(["apple"], 5, everything)).toEqual([]);
    expect(LexicalIndex.build([[], []]).search(["apple"], 5, everything)).toEqual([]);
  });

  it("agrees with MiniSearch on which passage is best", () => {
    const texts = [
      "The lighthouse at Cape Orrin was built of granite and finished in 1874.",
      "The ferry leaves the harbour at noon and returns before dusk.",
      "Apple trees are pruned in winter, when they have lost their leaves.",
      "The harbour master keeps a record of every ferry and every fishing boat.",
      "Granite from the quarry paved the old road to the market.",
      "Cider is pressed from the apples of the old orchard.",
    ];
    const ours = LexicalIndex.build(texts.map((text) => termsOf(text)));
    const theirs = new MiniSearch<{ id: number; text: string }>({
      fields: ["text"],
      tokenize: (text) => termsOf(text),
      processTerm: (term) => term,
    });
    theirs.addAll(texts.map((text, id) => ({ id, text })));
    const queries: [string, number][] = [
      ["When was the granite lighthouse finished?", 0],
      ["ferry to the harbour at noon", 1],
      ["pruning apple trees", 2],
      ["record of fishing boats", 3],
      ["the road to the market", 4],
      ["pressing cider", 5],
    ];
    for (const [query, best] of queries) {
      expect([query, ours.search(termsOf(query), 1, everything)[0]?.label]).toEqual([query, best]);
      expect([query, theirs.search(query)[0]?.id]).toEqual([query, best]);
    }
  });
});

describe("LexicalIndex.frequency and idf", () => {
  const index = LexicalIndex.build([words("apple apple pear"), words("apple"), words("fig")]);

  it("count passages, not occurrences", () => {
    expect(["apple", "pear", "kiwi"].map((term) => index.frequency(term))).toEqual([2, 1, 0]);
  });

  it("weigh rare words more, and unknown ones most", () => {
    expect(index.idf("apple")).toBeCloseTo(Math.log(1 + 1.5 / 2.5), 12);
    expect(index.idf("pear")).toBeCloseTo(Math.log(1 + 2.5 / 1.5), 12);
    expect(index.idf("kiwi")).toBeCloseTo(Math.log(1 + 3.5 / 0.5), 12);
  });
});

describe("LexicalIndex.related", () => {
  const index = LexicalIndex.build([words("doctor hospit banana"), words("physician nurs patient clinic surgeon")]);

  it("names at most four terms of the corpus of like meaning, best first", () => {
    const related = index.related("doctor");
    expect(related).toHaveLength(4);
    expect(related[0]!.term).toBe("physician");
    expect(related.map(({ weight }) => weight)).toEqual(related.map(({ weight }) => weight).sort((a, b) => b - a));
    expect(related.map(({ term }) => term)).not.toContain("doctor");
    expect(related.map(({ term }) => term)).not.toContain("banana");
    expect(index.related("doctor")).toBe(related);
  });

  it("works for terms that the corpus does not have, and names none for strangers", () => {
    expect(index.related("medic").map(({ term }) => term)).toContain("doctor");
    expect(index.related("zzzz")).toEqual([]);
  });
});

describe("LexicalIndex.serialize", () => {
  it("keeps everything a search needs", () => {
    fc.assert(
      fc.property(passagesAndQuery, ({ passages, query }) => {
        const index = LexicalIndex.build(passages);
        const copy = LexicalIndex.deserialize(index.serialize());
        expect(copy.passages).toBe(passages.length);
        expect(copy.terms).toEqual(index.terms);
        expect(copy.search(query, 20, everything)).toEqual(index.search(query, 20, everything));
        expect(copy.serialize()).toEqual(index.serialize());
      }),
    );
  });

  it("opens bytes at any offset of their buffer", () => {
    const index = LexicalIndex.build([words("île größe apple")]);
    const bytes = index.serialize();
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(LexicalIndex.deserialize(shifted.subarray(3)).terms).toEqual(["apple", "größe", "île"]);
  });

  it("refuses damaged bytes", () => {
    const bytes = LexicalIndex.build([words("apple pear"), words("fig")]).serialize();
    const damaged: Uint8Array[] = [
      new Uint8Array(),
      bytes.slice(0, 12),
      bytes.slice(0, -1),
      new Uint8Array([...bytes, 0]),
      bytes.with(0, bytes[0]! ^ 1), // another magic number
      bytes.with(8, bytes[8]! + 1), // another number of terms
      bytes.with(bytes.lastIndexOf("\n".charCodeAt(0)), "x".charCodeAt(0)), // two terms run together
    ];
    for (const wrong of damaged) expect(() => LexicalIndex.deserialize(wrong)).toThrow(StartupError);
  });
});

describe("LexicalIndex.respell", () => {
  const of = (text: string): LexicalIndex => LexicalIndex.build(text.split("; ").map((passage) => words(passage)));

  it.each([
    ["ornit", "orbit", "a wrong letter"],
    ["orbt", "orbit", "a missing letter"],
    ["orbitt", "orbit", "an added letter"],
    ["obrit", "orbit", "swapped letters"],
    ["satelite", "satellite", "one slip of a long word"],
    ["sattelite", "satellite", "two slips from seven letters on"],
  ])("mends %s to %s: %s", (slip, meant) => {
    expect(of("orbit satellite moon").respell(slip)).toBe(meant);
  });

  it.each([
    ["obrtt", "two slips of a short word"],
    ["saltetile", "three slips"],
    ["mon", "too short to guess"],
    ["orb1t", "has a digit"],
    ["zzzzz", "nothing near"],
  ])("leaves %s: %s", (word) => {
    expect(of("orbit satellite moon").respell(word)).toBeNull();
  });

  it("does not offer terms with a digit", () => {
    expect(of("orbit1 moon").respell("orbit")).toBeNull();
  });

  it("prefers the nearest term, however rare", () => {
    expect(of("stations stations; stations; stations; stationed").respell("stationet")).toBe("stationed");
    expect(of("launching; launching; launching; launcher").respell("launchec")).toBe("launcher");
  });

  it("prefers the more frequent of equally near terms, then the first by name", () => {
    expect(of("moor; moon; moon").respell("moox")).toBe("moon");
    expect(of("moon; moor; moor").respell("moox")).toBe("moor");
    expect(of("moor; moon").respell("moox")).toBe("moon");
  });

  it("finds every term one slip away", () => {
    const unit = fc.constantFrom("a", "b", "c", "d", "x", "y", "z", "é");
    const word = fc.string({ unit, minLength: 4, maxLength: 10 });
    fc.assert(
      fc.property(
        word,
        fc.nat(),
        unit,
        fc.constantFrom("wrong", "missing", "added", "swapped"),
        (term, at, by, how) => {
          const i = at % (how === "swapped" ? term.length - 1 : term.length);
          const rest = term.slice(i + 1);
          const slip = {
            wrong: term.slice(0, i) + by + rest,
            missing: term.slice(0, i) + rest,
            added: term.slice(0, i) + by + term.slice(i),
            swapped: term.slice(0, i) + rest.slice(0, 1) + term[i]! + rest.slice(1),
          }[how];
          fc.pre(slip.length >= 4);
          expect(LexicalIndex.build([[term, "qqqqqqqqqqqqqqqq"]]).respell(slip)).toBe(term);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("looks through a large vocabulary quickly", () => {
    let state = 1;
    const next = (below: number): number => (state = (state * 48271) % 2147483647) % below;
    const word = (): string => Array.from({ length: 5 + next(8) }, () => String.fromCharCode(97 + next(26))).join("");
    const index = LexicalIndex.build([[...Array.from({ length: 50_000 }, word), "constellation"]]);
    const started = performance.now();
    for (let i = 0; i < 20; i++) expect(index.respell("constelation")).toBe("constellation");
    // About 3 ms a word; comparing every term letter by letter took 50.
    expect((performance.now() - started) / 20).toBeLessThan(25);
  });
});
