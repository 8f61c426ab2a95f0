import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stopCut } from "../../../src/http/openai/stop.js";

const through = (pieces: readonly string[], stops: string | readonly string[] | null | undefined): string[] => {
  const cut = stopCut(stops);
  return [...pieces.map((piece) => cut.push(piece)), cut.end()];
};

describe("a text with stops", () => {
  it("passes as it comes where there is none", () => {
    for (const none of [null, undefined, [], "", [""]]) expect(through(["ab", "c"], none)).toEqual(["ab", "c", ""]);
  });

  it("is cut before the first stop, also where pieces divide it", () => {
    expect(through(["one two three"], " two")).toEqual(["one", ""]);
    expect(through(["one t", "w", "o three", "four"], " two")).toEqual(["one", "", "", "", ""]);
    expect(through(["one two three"], ["three", "two"])).toEqual(["one ", ""]);
    expect(through(["x"], "x")).toEqual(["", ""]);
  });

  it("goes on where what looked like a stop was none", () => {
    expect(through(["one t", "en"], " two")).toEqual(["one", " ten", ""]);
    expect(through(["one tw"], " two")).toEqual(["one", " tw"]);
    expect(through(["aaa", "ab"], "aab")).toEqual(["a", "a", ""]);
  });

  it("waits for a longer stop that began before a shorter one", () => {
    expect(through(["xab", "cy"], ["abc", "b"])).toEqual(["x", "", ""]);
    expect(through(["xab", "dy"], ["abc", "b"])).toEqual(["x", "a", ""]);
    expect(through(["xab"], ["abc", "b"])).toEqual(["x", "a"]);
  });

  it("is cut at the same place however it is divided", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "c", "\n", "🚀"), maxLength: 40 });
    const stops = fc.array(
      fc.string({ unit: fc.constantFrom("a", "b", "c", "\n", "🚀"), minLength: 1, maxLength: 4 }),
      {
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(letters, stops, fc.array(fc.nat(60), { maxLength: 12 }), (text, given, at) => {
        const starts = given.map((stop) => text.indexOf(stop)).filter((start) => start >= 0);
        const whole = text.slice(0, Math.min(text.length, ...starts));
        const ends = [...at.filter((end) => end < text.length).sort((a, b) => a - b), text.length];
        const pieces = ends.map((end, i) => text.slice(ends[i - 1] ?? 0, end));
        const cut = stopCut(given);
        let out = "";
        let sent = 0;
        for (const piece of pieces) {
          out += cut.push(piece);
          sent += piece.length;
          expect(whole.startsWith(out)).toBe(true);
          // No more is held back than a stop may begin with.
          if (sent <= whole.length)
            expect(sent - out.length).toBeLessThan(Math.max(1, ...given.map((stop) => stop.length)));
        }
        expect(out + cut.end()).toBe(whole);
      }),
      { numRuns: 3000 },
    );
  });
});
