import { describe, expect, it } from "vitest";
import { parseDocument } from "../../src/corpus/parse-document.js";
import { embeddedTextOf, embeddedTextOfUnit, splitPassages } from "../../src/corpus/split-passages.js";
import type { IndexContent, OpenBuild } from "../../src/search/index-store.js";
import { UNFITTED } from "../../src/search/manifest.js";
import { rerank } from "../../src/search/rerank.js";
import { termsOf } from "../../src/search/tokenize.js";
import { ByteVectors } from "../../src/search/byte-vectors.js";
import type { Document, Hit } from "../../src/types.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";

const FILES: Record<string, string> = {
  "ferry.md": `# The Orrin ferry

The ferry crosses the sound twice a day. It carries forty passengers and two vans.

## Frequently asked questions

### How much does a crossing cost?

A crossing costs four crowns. Children travel free.

### Can I bring a bicycle?

Yes, bicycles travel free on the lower deck.
`,
  "guides/tides.md": `# Tides

Spring tides follow the full moon and the new moon. The sandbank is dry for two hours.

## Questions and answers

### When is the sandbank dry?

The sandbank is dry for two hours around low water.
`,
  "lighthouse.md": `# The lighthouse

The lighthouse at Cape Orrin was built of granite in 1874. Its lamp burned paraffin and was seen from twenty miles away.

## Keepers

Three keepers took turns through the night. The last keeper retired in 1986, when the lamp was made electric.
`,
  "orchard.txt":
    "The old orchard has ninety apple trees. They are pruned in winter.\n\nCider is pressed in October. The press is made of oak.\n",
  // The same words twice: equal scores.
  "twin-a.txt": "A quartz clock hangs in the hall.\n",
  "twin-b.txt": "A quartz clock hangs in the hall.\n",
};

/** Parses, cuts and embeds texts, as an ingest does. */
export async function contentOf(files: Record<string, string>, embedder: HashEmbedder): Promise<IndexContent> {
  const documents: Document[] = [];
  for (const [path, text] of Object.entries(files)) {
    const id = path.replace(/\.\w+$/, "");
    const bytes = new TextEncoder().encode(text);
    documents.push(await parseDocument({ id, path, bytes, updatedAt: "2026-01-02T03:04:05.000Z" }));
  }
  const passages = documents.flatMap((document) => splitPassages(document));
  const textOf = new Map(documents.map(({ id, text }) => [id, text]));
  const unitTexts = passages.flatMap((passage) =>
    passage.units.map((unit) => embeddedTextOfUnit(passage, unit, textOf.get(passage.documentId)!)),
  );
  const units = ByteVectors.allocate(unitTexts.length, embedder.fingerprint.dimensions);
  (await embedder.embedPassages(unitTexts)).forEach((vector, at) => units.set(at, vector));
  const vectors = await embedder.embedPassages(passages.map((passage) => embeddedTextOf(passage)));
  return { documents, passages, vectors, units };
}

/** What every `PassageIndex` must do. `open` makes an index of the content it is given. */
export function passageIndexContract(
  name: string,
  open: (content: IndexContent, dimensions: number) => Promise<OpenBuild>,
): void {
  describe(`${name} as a PassageIndex`, () => {
    const embedder = new HashEmbedder({ dimensions: 32 });

    async function prepare(files = FILES): Promise<{
      index: OpenBuild;
      content: IndexContent;
      search: (text: string, k?: number, sources?: string[]) => Promise<Hit[]>;
    }> {
      const content = await contentOf(files, embedder);
      const index = await open(content, 32);
      const search = async (text: string, k = 10, sources?: string[]): Promise<Hit[]> =>
        index.search({ text, vector: await embedder.embedQuery(text), k, sources });
      return { index, content, search };
    }

    it("finds the passage that holds a distinctive word", async () => {
      const { search } = await prepare();
      for (const [word, id] of [
        ["paraffin", "lighthouse#p1"],
        ["electric", "lighthouse#p2"],
        ["cider", "orchard#p1"],
        ["vans", "ferry#p1"],
      ] as const) {
        const [best] = await search(word, 1);
        expect([word, best?.passage.id]).toEqual([word, id]);
        expect(best?.score).toBeGreaterThan(0.6); // More than either leg alone could give.
      }
    });

    it("finds the passage that a question in other words shares most with", async () => {
      const { search } = await prepare();
      const best = async (question: string): Promise<string | undefined> => (await search(question, 1))[0]?.passage.id;
      expect(await best("In which year was the granite lighthouse built?")).toBe("lighthouse#p1");
      expect(await best("how many passengers does the ferry carry")).toBe("ferry#p1");
      expect(await best("When are apple trees pruned?")).toBe("orchard#p1");
    });

    it("gives whole passages with their scores, best first", async () => {
      const { search, content } = await prepare();
      const question = "When was the lamp of the lighthouse made electric?";
      const hits = await search(question);
      expect(hits.length).toBeGreaterThan(2);
      const byScore = (await search(question, Infinity)).sort((a, b) => b.score - a.score);
      expect(hits.map(({ order }) => order)).toEqual(hits.map(({ order }) => order).sort((a, b) => b - a));
      expect(hits).toEqual(rerank(question, byScore).slice(0, 10));
      const byId = new Map(content.passages.map((passage) => [passage.id, passage]));
      for (const hit of hits) {
        expect(hit.passage).toEqual(byId.get(hit.passage.id));
        expect(hit.score).toBeGreaterThanOrEqual(0);
        expect(hit.score).toBeLessThanOrEqual(1);
        expect(hit.lexical).toBeGreaterThanOrEqual(0);
        expect(hit.lexical).toBeLessThanOrEqual(1);
        expect(hit.dense).toBeGreaterThanOrEqual(-1 - 1e-6);
        expect(hit.dense).toBeLessThanOrEqual(1 + 1e-6);
      }
    });

    it("gives the cosines of the query with the passage and with each of its units", async () => {
      const { search, content } = await prepare();
      const query = "Who pressed the cider?";
      const vector = await embedder.embedQuery(query);
      const dot = (other: Float32Array): number => other.reduce((sum, value, i) => sum + value * vector[i]!, 0);
      const textOf = new Map(content.documents.map(({ id, text }) => [id, text]));
      for (const { passage, dense, unitCosines } of await search(query)) {
        const [expected] = await embedder.embedPassages([embeddedTextOf(passage)]);
        expect(Math.abs(dense - dot(expected!))).toBeLessThan(0.01);
        expect(unitCosines).toHaveLength(passage.units.length);
        for (const [i, unit] of passage.units.entries()) {
          const [of] = await embedder.embedPassages([
            embeddedTextOfUnit(passage, unit, textOf.get(passage.documentId)!),
          ]);
          expect(Math.abs(unitCosines[i]! - dot(of!))).toBeLessThan(0.01);
        }
      }
    });

    it("keeps equal scores in the order of the corpus, time after time", async () => {
      const copies = Array.from({ length: 70 }, (_, i) => [
        `copy-${String(i).padStart(2, "0")}.txt`,
        FILES["twin-a.txt"]!,
      ]);
      // Titles are part of what is embedded, so the copies need the same.
      const { index, search } = await prepare({
        ...FILES,
        ...Object.fromEntries(copies.map(([path, text]) => [path!.replace(".txt", ".md"), `# Hall\n\n${text}`])),
      });
      for (const sources of [undefined, [...(await index.passageCounts()).keys()]]) {
        const hits = await search("quartz clock in the hall", 40, sources);
        const equal = hits.filter(({ passage }) => passage.id.startsWith("copy-"));
        expect(equal.length).toBeGreaterThan(30);
        expect(new Set(equal.map(({ score }) => score)).size).toBe(1);
        const ids = equal.map(({ passage }) => passage.id);
        expect(ids).toEqual([...ids].sort());
        expect(await search("quartz clock in the hall", 40, sources)).toEqual(hits);
      }
    });

    it("returns k hits at most", async () => {
      const { search, content } = await prepare();
      const all = await search("the ferry", Infinity);
      expect(all).toHaveLength(content.passages.length);
      expect(await search("the ferry", 1000)).toEqual(all);
      for (const k of [0, 1, 3]) expect(await search("the ferry", k)).toEqual(all.slice(0, k));
    });

    it("searches in the given documents only", async () => {
      const { index, search } = await prepare();
      const ids = async (sources: string[]): Promise<string[]> =>
        [
          ...new Set((await search("the keeper of the lamp", 100, sources)).map(({ passage }) => passage.documentId)),
        ].sort();
      expect(await ids(["orchard"])).toEqual(["orchard"]);
      expect(await ids(["orchard", "guides/tides", "orchard"])).toEqual(["guides/tides", "orchard"]);
      expect(await ids(["no-such-document", "orchard"])).toEqual(["orchard"]);
      expect(await ids(["no-such-document"])).toEqual([]);
      expect(await ids([])).toEqual([]);
      const everywhere = await search("the keeper of the lamp", 100);
      const named = await search("the keeper of the lamp", 100, [...(await index.passageCounts()).keys()]);
      expect(named.map(({ passage }) => passage.id)).toEqual(everywhere.map(({ passage }) => passage.id));
      // Another way of searching may round differently.
      named.forEach(({ score }, i) => expect(score).toBeCloseTo(everywhere[i]!.score, 3));
    });

    it("answers a query without words or without direction", async () => {
      const { index, search } = await prepare();
      expect(await search("", 3)).toHaveLength(3);
      const [best] = await index.search({ text: "paraffin", vector: new Float32Array(32), k: 1 });
      expect(best?.passage.id).toBe("lighthouse#p1");
      expect(best?.dense).toBe(0);
    });

    it("finds the nearest FAQ items", async () => {
      const { index, content } = await prepare();
      const textOf = new Map(content.documents.map(({ id, text }) => [id, text]));
      const near = async (question: string, k: number, sources?: string[]): Promise<[string, number][]> => {
        const matches = await index.searchFaq(await embedder.embedQuery(question), k, sources);
        return matches.map(({ item, unitCosines }) => [
          textOf.get(item.documentId)!.slice(item.question.start, item.question.end),
          unitCosines[0]!,
        ]);
      };
      const found = await near("How much does a crossing cost?", 10);
      expect(found).toHaveLength(3);
      expect(await near("How much does a crossing cost?", Infinity)).toEqual(found);
      expect(found[0]).toEqual(["How much does a crossing cost?", expect.closeTo(1, 2)]);
      expect(found.map(([, cosine]) => cosine)).toEqual(found.map(([, cosine]) => cosine).sort((a, b) => b - a));
      expect(await near("May I bring my bicycle?", 1)).toEqual([["Can I bring a bicycle?", expect.any(Number)]]);
      expect((await near("crossing cost", 10, ["guides/tides"])).map(([text]) => text)).toEqual([
        "When is the sandbank dry?",
      ]);
      expect(await near("crossing cost", 10, ["no-such-document"])).toEqual([]);
      expect(await near("crossing cost", 0)).toEqual([]);
    });

    it("weighs terms by how rare they are", async () => {
      const { index } = await prepare();
      const [rare, common, unknown] = await index.termWeights(["paraffin", ...termsOf("lighthouse"), "submarin"]);
      expect([rare!.known, common!.known, unknown!.known]).toEqual([true, true, false]);
      expect(common!.idf).toBeLessThan(rare!.idf);
      expect(rare!.idf).toBeLessThan(unknown!.idf);
      expect(await index.termWeights([])).toEqual([]);
    });

    it("mends misspelt terms", async () => {
      const { index } = await prepare();
      expect(await index.respell("parafin")).toBe("paraffin");
      expect(await index.respell("submarin")).toBeNull();
    });

    it("knows its own terms of like meaning", async () => {
      const { index } = await prepare();
      const [best, ...others] = await index.relatedTerms("boat");
      expect(best!.term).toBe(termsOf("ferry")[0]);
      for (const { weight } of [best!, ...others]) {
        expect(weight).toBeGreaterThan(0);
        expect(weight).toBeLessThan(1);
      }
      expect(others.map(({ term }) => term)).not.toContain("paraffin");
      expect(await index.relatedTerms("zzzz")).toEqual([]);
    });

    it("lets related terms count in a search, less than the query's own", async () => {
      const { index } = await prepare();
      const search = async (text: string, related?: { term: string; weight: number }[]): Promise<Hit[]> =>
        index.search({ text, vector: new Float32Array(32), related, k: 20 });
      const lexicalOf = (hits: Hit[], id: string): number => hits.find(({ passage }) => passage.id === id)!.lexical;
      const related = [{ term: "paraffin", weight: 0.5 }];
      const [plain, helped] = [await search("cider"), await search("cider", related)];
      expect(lexicalOf(plain, "lighthouse#p1")).toBe(0);
      expect(lexicalOf(helped, "lighthouse#p1")).toBeGreaterThan(0);
      expect(lexicalOf(helped, "lighthouse#p1")).toBeLessThan(lexicalOf(helped, "orchard#p1"));
      expect(lexicalOf(helped, "orchard#p1")).toBe(lexicalOf(plain, "orchard#p1"));
      expect((await search("submarine", related))[0]!.passage.id).toBe("lighthouse#p1");
    });

    it("gives the short forms that its documents spell out", async () => {
      const { index } = await prepare({
        ...FILES,
        "pilots.txt": "The Orrin Pilot Service (OPS) was founded in 1901.\n",
      });
      const forms = await index.shortForms();
      expect(forms).toContainEqual({ short: "op", long: termsOf("Orrin Pilot Service") });
      const without = await (await prepare()).index.shortForms();
      expect(without.map(({ short }) => short)).not.toContain("op");
    });

    it("says how the decision to answer was fitted", async () => {
      const { index } = await prepare();
      expect(index.refusal).toEqual(UNFITTED);
    });

    it("gives its documents as they were put in", async () => {
      const { index, content } = await prepare();
      const heads = content.documents.map(({ blocks: _, sections: __, times: ___, ...head }) => head);
      const listed = await index.documents();
      expect(listed).toMatchObject(heads.map(({ text: _, ...summary }) => summary));
      for (const head of heads) expect(await index.documentHead(head.id)).toEqual(head);
      expect(await index.documentHead("no-such-document")).toBeNull();
      for (const document of content.documents) expect(await index.document(document.id)).toEqual(document);
      expect(await index.document("no-such-document")).toBeNull();
      expect(await index.document("__proto__")).toBeNull();
    });

    it("gives a document's passages in reading order, each the text it stands for", async () => {
      const { index, content } = await prepare();
      for (const document of content.documents) {
        const passages = await index.passagesOf(document.id);
        expect(passages).toEqual(content.passages.filter(({ documentId }) => documentId === document.id));
        expect(passages.map(({ start }) => start)).toEqual(passages.map(({ start }) => start).sort((a, b) => a - b));
        for (const { text, start, end } of passages) expect(text).toBe(document.text.slice(start, end));
      }
      expect(await index.passagesOf("no-such-document")).toEqual([]);
    });

    it("counts", async () => {
      const { index, content } = await prepare();
      expect(index.counts).toEqual({ documents: 6, passages: content.passages.length, faqItems: 3 });
      expect([...(await index.passageCounts())]).toEqual([
        ["ferry", 3],
        ["guides/tides", 2],
        ["lighthouse", 2],
        ["orchard", 1],
        ["twin-a", 1],
        ["twin-b", 1],
      ]);
    });

    it("lists the FAQ items of all documents, in their order", async () => {
      const { index, content } = await prepare();
      expect(await index.faqItems()).toEqual(content.documents.flatMap(({ faq }) => faq));
    });

    it("has a name of its own for each build", async () => {
      const [first, second] = [await prepare(), await prepare()];
      expect(first.index.buildId).not.toBe("");
      expect(second.index.buildId).not.toBe(first.index.buildId);
    });

    it("hands over what it was made from, for the next ingest", async () => {
      const { index, content } = await prepare();
      const textOf = new Map(content.documents.map(({ id, text }) => [id, text]));
      let [label, unit] = [0, 0];
      for await (const { passage, text, vector, units } of index.embedded()) {
        expect(passage).toEqual(content.passages[label]);
        expect(text).toBe(textOf.get(passage.documentId));
        const expected = content.vectors[label++]!;
        vector().forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 3));
        const end = unit + passage.units.length;
        expect(units.serialize()).toEqual(content.units.slice(unit, end).serialize());
        unit = end;
      }
      expect([label, unit]).toEqual([content.passages.length, content.units.count]);
    });

    it("can be empty", async () => {
      const { index, search } = await prepare({ "marks.txt": "* * *\n" });
      expect(index.counts).toEqual({ documents: 1, passages: 0, faqItems: 0 });
      expect(await search("anything")).toEqual([]);
      expect(await index.searchFaq(new Float32Array(32), 3)).toEqual([]);
      expect(await index.faqItems()).toEqual([]);
    });
  });
}
