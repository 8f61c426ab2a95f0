import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Fused, nearness, rerank, RERANKED, rerankFirst } from "../../../src/search/rerank.js";
import { termsOf } from "../../../src/search/tokenize.js";
import { Vocabulary } from "../../../src/search/vocabulary.js";
import type { Passage } from "../../../src/types.js";

const WORDS = Array.from("abcdefghij", (letter) => letter.repeat(3));
const vocabulary = new Vocabulary(
  WORDS.flatMap((word) => termsOf(word)),
  () => 1,
);

/** A hit whose passage says `text`, in one unit with a cosine. */
function hitOf(id: string, text: string, score: number, cosine = 0, extra: Partial<Passage> = {}): Fused {
  const passage = { id, documentId: id, kind: "prose", ...extra } as Passage;
  const none = new Uint32Array();
  return {
    passage,
    dense: 0,
    lexical: 0,
    score,
    unitCosines: [cosine],
    reading: {
      vocabulary,
      units: [vocabulary.idsOf(termsOf(text))],
      contexts: [none],
      headings: none,
      title: none,
      gistLengths: new Float32Array(1),
      placedGistLengths: new Float32Array(1),
    },
  };
}

const idsOf = (hits: readonly Fused[]): string[] => hits.map(({ passage }) => passage.id);

describe("nearness", () => {
  const idf = (term: number): number => [2, 3, 5][term]!;
  it.each([
    // Each pair once, at its least distance: 2 / 1.
    [[0, 1], [0, 9, 9, 1, 0], 2],
    // 2 / 2 + 2 / 1 + 3 / 1.
    [[0, 1, 2], [1, 2, 0], 2 / 2 + 2 / 1 + 3 / 1],
    [[0, 2], [2, 9, 9, 9, 0], 2 / 4],
    [[0, 1], [0, 0, 9], 0],
    [[0], [0, 0], 0],
    [[], [0, 1], 0],
    [[0, 1], [], 0],
  ])("of %j in %j is %d", (terms, sequence, sum) => {
    expect(nearness(terms, sequence, idf)).toBeCloseTo(sum, 12);
  });
});

describe("rerank", () => {
  it("prefers what has more of the query", () => {
    const hits = [hitOf("repeats", "aaa aaa aaa ddd", 0.52), hitOf("has both", "aaa ddd eee fff ggg bbb", 0.5)];
    expect(idsOf(rerank("aaa bbb", hits))).toEqual(["has both", "repeats"]);
  });

  it("prefers what has the words together", () => {
    const hits = [hitOf("apart", "aaa ccc ddd eee fff bbb", 0.52), hitOf("together", "ccc ddd aaa bbb eee fff", 0.5)];
    expect(idsOf(rerank("aaa bbb", hits))).toEqual(["together", "apart"]);
  });

  it("prefers what has a sentence that is near", () => {
    const hits = [hitOf("blurred", "aaa", 0.52, 0.2), hitOf("sentence", "aaa", 0.5, 0.6)];
    expect(idsOf(rerank("aaa", hits))).toEqual(["sentence", "blurred"]);
  });

  it("takes the passage's own cosine where it has no sentences", () => {
    const bare = { ...hitOf("bare", "aaa", 0.5), unitCosines: [], dense: 0.6 };
    expect(idsOf(rerank("aaa", [hitOf("blurred", "aaa", 0.52, 0.2), bare]))).toEqual(["bare", "blurred"]);
  });

  it("prefers what is like the first hits", () => {
    const hits = [
      hitOf("first", "aaa bbb ccc ddd", 1),
      hitOf("stranger", "aaa eee fff ggg", 0.3),
      hitOf("alike", "aaa ccc ddd hhh", 0.29),
      hitOf("none", "iii", 0),
    ];
    expect(idsOf(rerank("aaa bbb", hits))).toEqual(["first", "alike", "stranger", "none"]);
  });

  it("leaves first what is best by everything", () => {
    const best = hitOf("best", "aaa bbb", 1, 0.9);
    const others = [hitOf("second", "aaa ccc ddd eee", 0.9, 0.5), hitOf("third", "aaa ccc ddd eee fff", 0.8, 0.5)];
    expect(idsOf(rerank("aaa bbb", [best, ...others]))[0]).toBe("best");
  });

  it("works out an example", () => {
    // Coverage 2 and 1, nearness 1 and 0, sentences 0 and 0.5: as 0 to 1, (1, 0), (1, 0) and (0, 1).
    // Before feedback (0.4 + 0.6) / 1.9 and (1 + 0.3) / 1.9, so the other is first and its share 1, this one's e^-1.58 = 0.21.
    // Their cosine is 0.5 (one of two words each), so likeness is 0.71 and 1.10: 0 and 1.
    const hits = [hitOf("other", "aaa ccc", 1, 0.5), hitOf("this", "aaa bbb", 0.4, 0)];
    expect(idsOf(rerank("aaa bbb", hits))).toEqual(["other", "this"]);
    // With a fused score of 0.75 it is (0.75 + 0.6) / 1.9 and first; its share 1, the other's 0.77.
    expect(idsOf(rerank("aaa bbb", [hits[0]!, { ...hits[1]!, score: 0.75 }]))).toEqual(["this", "other"]);
  });

  it("counts a FAQ item's question once, and titles and headings of other passages", () => {
    const withHeading = (id: string, kind: Passage["kind"]): Fused => {
      const hit = hitOf(id, "ccc ddd", 0.5, 0, { kind });
      return { ...hit, reading: { ...hit.reading, headings: vocabulary.idsOf(termsOf("aaa bbb")) } };
    };
    expect(idsOf(rerank("aaa bbb", [withHeading("item", "faq"), withHeading("section", "prose")]))).toEqual([
      "section",
      "item",
    ]);
  });

  it("keeps more of the fused order for a long query", () => {
    const hits = [hitOf("fused", "aaa", 0.95), hitOf("covers", "aaa bbb", 0.5)];
    // 0.95 and 0.5 + 2 · 0.3, over 1.9.
    expect(idsOf(rerank("aaa bbb", hits))).toEqual(["covers", "fused"]);
    // Ten terms that the corpus has: 0.95 and 0.5 + 2 · 0.3 · (8 / 10)², over 1.576.
    expect(idsOf(rerank(WORDS.join(" "), hits))).toEqual(["fused", "covers"]);
    // Words that it has not are none.
    expect(idsOf(rerank("aaa bbb kkk lll mmm nnn ooo ppp qqq rrr", hits))).toEqual(["covers", "fused"]);
  });

  it("keeps the order of equal candidates, and the candidates as they are", () => {
    const word = fc.constantFrom(...WORDS);
    const text = fc.array(word, { maxLength: 8 }).map((words) => words.join(" "));
    const score = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(text, fc.array(fc.tuple(text, score, score)), (query, candidates) => {
        const hits = candidates
          .map(([said, fused, cosine], i) => hitOf(String(i), said, fused, cosine))
          .sort((a, b) => b.score - a.score);
        const twice = hits.flatMap((hit) => [hit, { ...hit, passage: { ...hit.passage, id: `${hit.passage.id}'` } }]);
        const ids = idsOf(rerank(query, twice));
        expect([...ids].sort()).toEqual(idsOf(twice).sort());
        for (const { passage } of hits) expect(ids.indexOf(passage.id)).toBeLessThan(ids.indexOf(`${passage.id}'`));
        const ordered = rerank(query, hits);
        expect(new Set(ordered.map(({ order: _, ...hit }) => hit))).toEqual(new Set(hits));
        for (const { order } of ordered) expect(order >= 0 && order <= 1).toBe(true);
      }),
    );
  });
});

describe("rerankFirst", () => {
  it("leaves the others behind, as they are", () => {
    const hits = Array.from({ length: RERANKED + 2 }, (_, i) => hitOf(String(i), "ccc", 1 - i / 100));
    const last = [hitOf("late", "aaa bbb", 0.1), hitOf("later", "aaa bbb", 0.05)];
    const ordered = rerankFirst("aaa bbb", [...hits, ...last]);
    expect(idsOf(ordered).slice(RERANKED)).toEqual([String(RERANKED), String(RERANKED + 1), "late", "later"]);
    expect(ordered).toHaveLength(RERANKED + 4);
    const orders = ordered.map(({ order }) => order);
    expect(orders).toEqual(orders.toSorted((a, b) => b - a));
  });
});
