import { beforeAll, describe, expect, it } from "vitest";
import { TermMatcher } from "../../../src/answer/term-matcher.js";
import { analyseQuestion } from "../../../src/answer/question.js";
import { parseDocument } from "../../../src/corpus/parse-document.js";
import { splitPassages } from "../../../src/corpus/split-passages.js";
import { StartupError } from "../../../src/errors.js";
import { DocumentStore } from "../../../src/search/document-store.js";
import { LexicalIndex } from "../../../src/search/lexical-index.js";
import { PassageTable } from "../../../src/search/passage-table.js";
import { Readings, termsOfTable } from "../../../src/search/readings.js";
import { gistCosine, gistOf } from "../../../src/search/thesaurus.js";
import { termsOf } from "../../../src/search/tokenize.js";
import type { Document, Passage } from "../../../src/types.js";

const FILES = {
  "ferry.md":
    "# The Orrin ferry\n\nThe ferry crosses the sound. It carries:\n\n- forty passengers\n- two vans\n\n" +
    "| Day | Leaves |\n|---|---|\n| Monday | 9:00 |\n| Sunday | never |\n\n## Bring along\n\n- A coat\n- A hat\n\n## FAQ\n\n### What does it cost?\n\nFour crowns each.\n\n### Is it safe?\n\nYes, it is.\n",
  "talk.srt":
    "1\n00:00:01,500 --> 00:00:03,000\nThe tide turns at noon.\n\n2\n00:00:04,000 --> 00:00:06,000\nSeals sleep on the rocks.\n",
  "empty.txt": "* * *\n",
  "emoji.txt": "Keepers 😀 wave “hello” to ships \ud800 at sea.\n",
};

describe("passages and their words as columns", () => {
  let documents: Document[];
  let passages: Passage[];
  let table: PassageTable;
  let readings: Readings;
  let lexical: LexicalIndex;
  beforeAll(async () => {
    documents = await Promise.all(
      Object.entries(FILES).map(([path, text]) =>
        parseDocument({ id: path, path, bytes: new TextEncoder().encode(text), updatedAt: "2026-01-02T03:04:05.000Z" }),
      ),
    );
    passages = documents.flatMap((document) => splitPassages(document));
    table = PassageTable.of(documents, passages);
    const terms = termsOfTable(table);
    lexical = LexicalIndex.build(
      passages.map(({ text }) => termsOf(text)),
      Object.values(terms).flat(2),
    );
    readings = Readings.of(table, terms, lexical.vocabulary);
  });
  const words = (ids: Uint32Array): string[] => [...ids].map((id) => lexical.vocabulary.terms[id]!);

  it("give every passage as it was, also from their bytes", () => {
    expect(new Set(passages.map(({ kind }) => kind))).toEqual(new Set(["prose", "list", "table", "faq"]));
    expect(passages.some(({ seconds }) => seconds !== null)).toBe(true);
    const again = PassageTable.deserialize(table.serialize(), documents);
    for (const [label, passage] of passages.entries()) {
      expect(table.passage(label)).toEqual(passage);
      expect(again.passage(label)).toEqual(passage);
    }
    documents.forEach(({ id }, source) => {
      const [first, end] = table.labelsOf(source);
      expect(passages.slice(first, end)).toEqual(passages.filter(({ documentId }) => documentId === id));
    });
  });

  it("give every passage's words, in order, also from their bytes", () => {
    const again = Readings.deserialize(readings.serialize(), table, lexical.vocabulary);
    for (const [label, passage] of passages.entries()) {
      const reading = readings.reading(label);
      expect(again.reading(label)).toEqual(reading);
      const texts = passage.units.map(({ start, end }) =>
        passage.text.slice(start - passage.start, end - passage.start),
      );
      expect(reading.units.map(words)).toEqual(texts.map((text) => termsOf(text)));
      expect(reading.contexts.map(words)).toEqual(passage.units.map(({ context }) => termsOf(context)));
      const question = passage.kind === "faq" ? termsOf(texts[0]!) : [];
      expect(words(reading.headings)).toEqual([...termsOf(passage.headings.join(" ")), ...question]);
      expect(words(reading.title)).toEqual(termsOf(passage.title));
    }
  });

  it("let a question's gist be compared with each unit's as if both were made anew", () => {
    const terms = analyseQuestion("How many people travel by boat?").terms.map((term) => ({
      ...term,
      idf: lexical.idf(term.terms[0]!),
      known: true,
      searchWord: term.word,
    }));
    const matcher = new TermMatcher(terms, lexical.vocabulary);
    const gist = gistOf(terms.map((term) => [term.terms[0]!, term.idf]));
    const made = (lists: readonly Uint32Array[]): Float32Array | null =>
      gistOf([...new Set(lists.flatMap(words))].map((term) => [term, lexical.idf(term)]));
    for (const label of passages.keys()) {
      const reading = readings.reading(label);
      reading.units.forEach((unit, i) => {
        const [alone, placed] = matcher.gistsOf(reading, i);
        expect(alone).toBeCloseTo(gistCosine(gist, made([unit])), 5);
        expect(placed).toBeCloseTo(gistCosine(gist, made([unit, reading.headings, reading.contexts[i]!])), 5);
      });
    }
  });

  it("are refused where they do not belong together", () => {
    expect(() => PassageTable.deserialize(table.serialize(), documents.slice(0, 1))).toThrow(StartupError);
    const other = PassageTable.of(
      documents.slice(0, 1),
      passages.filter(({ documentId }) => documentId === "ferry.md"),
    );
    expect(() => Readings.deserialize(readings.serialize(), other, lexical.vocabulary)).toThrow(StartupError);
    const poor = LexicalIndex.build([["a"]]).vocabulary;
    expect(() => Readings.deserialize(readings.serialize(), table, poor)).toThrow(StartupError);
  });

  it("are only made of passages in the order of their documents", () => {
    expect(() => PassageTable.of(documents, passages.toReversed())).toThrow("out of order");
    expect(() => PassageTable.of(documents.slice(1), passages)).toThrow("out of order");
  });

  it("documents come back whole, their structure when it is asked for", () => {
    const { heads, structure } = DocumentStore.serialize(documents);
    const store = DocumentStore.deserialize(Buffer.from(heads), Buffer.from(structure));
    expect(store.isWhole).toBe(true);
    for (const document of documents) {
      expect(store.document(document.id)).toEqual(document);
      expect(store.document(document.id)).toBe(store.document(document.id));
      expect(store.head(document.id)!.text).toBe(document.text);
    }
    expect(store.document("none")).toBeNull();
    expect(DocumentStore.deserialize(Buffer.from(heads), Buffer.from(structure.slice(0, -20))).isWhole).toBe(false);
  });
});
