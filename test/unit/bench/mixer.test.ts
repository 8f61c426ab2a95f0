import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Mixture, mix, type Words } from "../../../scripts/bench/mixer.js";
import { parseDocument } from "../../../src/corpus/parse-document.js";
import { readCorpus } from "../../../src/corpus/read-corpus.js";
import { splitPassages } from "../../../src/corpus/split-passages.js";
import { PROJECT_DIR } from "../../../src/config.js";
import type { Document, Passage } from "../../../src/types.js";

const ALL = Array.from({ length: 500 }, (_, i) => `word${String.fromCharCode(97 + (i % 26), 97 + Math.floor(i / 26))}`);
const WORDS: Words = {
  all: ALL,
  alike: (word) => [0, 1, 2].map((step) => ALL[(ALL.indexOf(word) + 7 * step + 1) % ALL.length]!),
};

describe("a mixed corpus", () => {
  let documents: Document[];
  let mixture: Mixture;
  let files: { name: string; text: string }[];
  let passages: Passage[];
  beforeAll(async () => {
    documents = (await readCorpus(path.join(PROJECT_DIR, "test", "golden", "other-a"))).documents;
    mixture = mix(documents, WORDS, 400);
    files = [...mixture.files()];
    passages = [];
    for (const { name, text } of files) {
      const bytes = new TextEncoder().encode(text);
      passages.push(...splitPassages(await parseDocument({ id: name, path: name, bytes, updatedAt: "" })));
    }
  });

  it("is the same for the same seed, and another for another", () => {
    expect([...mix(documents, WORDS, 400).files()]).toEqual(files);
    expect([...mix(documents, WORDS, 400, 2).files()][0]).not.toEqual(files[0]);
  });

  it("has as many passages as it was told, but for FAQ items cut in two", () => {
    expect(passages.length).toBeGreaterThanOrEqual(400);
    expect(passages.length).toBeLessThan(440);
  });

  it("has hardly two passages alike, and none of the real ones", () => {
    const texts = new Set(passages.map(({ text }) => text));
    expect(texts.size).toBeGreaterThan(passages.length * 0.98);
    const real = documents.flatMap((document) => splitPassages(document)).map(({ text }) => text);
    for (const text of real.filter(({ length }) => length > 100)) expect(texts.has(text)).toBe(false);
  });

  it("keeps a document's cast: a name or number is the same one wherever it stands", () => {
    const asked = { question: "Who founded Harrow Mill Otters, and when, in 1931?", documentId: documents[0]!.id };
    const first = mixture.question(asked, 0);
    expect(mixture.question(asked, 0)).toBe(first);
    const others = new Set(Array.from({ length: 20 }, (_, i) => mixture.question(asked, i)));
    expect(others.size).toBeGreaterThan(4);
    for (const other of others) expect(other).toMatch(/^Who .+, and when, in (19|20)\d\d\?$/);
  });

  it("cannot be made of nothing", () => {
    expect(() => mix([], WORDS, 10)).toThrow("no real text");
  });
});
