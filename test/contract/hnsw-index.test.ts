import { readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { HNSWLib } from "@langchain/community/vectorstores/hnswlib";
import { Embeddings } from "@langchain/core/embeddings";
import { describe, expect, it } from "vitest";
import { DEFAULT_SPLITTER } from "../../src/corpus/split-passages.js";
import { StartupError } from "../../src/errors.js";
import { HnswIndex } from "../../src/search/hnsw-index.js";
import { FolderStore } from "../../src/search/folder-store.js";
import type { IndexContent } from "../../src/search/index-store.js";
import { writeHnswIndex } from "../../src/search/write-index.js";
import { type IndexManifest, recipeFor, UNFITTED } from "../../src/search/manifest.js";
import { ByteVectors } from "../../src/search/byte-vectors.js";
import { temporaryFolder } from "../helpers/folders.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { contentOf, passageIndexContract } from "./passage-index.contract.js";

/** Writes a build into a folder of its own. */
async function publish(content: IndexContent, dimensions: number): Promise<{ build: string; manifest: IndexManifest }> {
  const store = new FolderStore(temporaryFolder());
  const recipe = recipeFor(new HashEmbedder({ dimensions }).fingerprint, DEFAULT_SPLITTER);
  const manifest = await store.publish(
    content,
    { recipe, files: {} },
    async () => UNFITTED,
    () => {},
  );
  return { build: path.join(store.folder, manifest.buildId), manifest };
}

passageIndexContract("HnswIndex", async (content, dimensions) => {
  const { build, manifest } = await publish(content, dimensions);
  return HnswIndex.load(build, manifest);
});

/** Vectors of length 1 in random directions, the same every time. */
function randomVectors(count: number, dimensions: number, seed: number): Float32Array[] {
  let state = seed;
  const next = (): number => (state = (state * 48271) % 2147483647) / 2147483647 - 0.5;
  return Array.from({ length: count }, () => {
    const vector = Float32Array.from({ length: dimensions }, next);
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  });
}

/** One document for each vector. */
async function contentFor(vectors: Float32Array[]): Promise<IndexContent> {
  const dimensions = vectors[0]!.length;
  const files = Object.fromEntries(
    vectors.map((_, i) => [`d${String(i).padStart(5, "0")}.txt`, `The note numbered ${i}.\n`]),
  );
  const content = await contentOf(files, new HashEmbedder({ dimensions }));
  expect(content.passages).toHaveLength(vectors.length);
  return { ...content, vectors };
}

describe("HnswIndex", () => {
  it("finds the vectors that an exact scan finds", async () => {
    const dimensions = 64;
    const vectors = randomVectors(300, dimensions, 7);
    const { build, manifest } = await publish(await contentFor(vectors), dimensions);
    const index = await HnswIndex.load(build, manifest);
    const queries = randomVectors(60, dimensions, 99);
    let shared = 0;
    for (const vector of queries) {
      const exact = vectors
        .map((other, label) => ({ label, cosine: other.reduce((sum, value, i) => sum + value * vector[i]!, 0) }))
        .sort((a, b) => b.cosine - a.cosine)
        .slice(0, 10);
      // Without words, the fused order is that of the cosines, before it is made better (search/rerank.ts).
      const all = await index.search({ text: "", vector, k: Infinity });
      const hits = all.sort((a, b) => b.score - a.score).slice(0, 10);
      const found = new Map(hits.map(({ passage, dense }) => [Number(passage.documentId.slice(1)), dense]));
      for (const { label, cosine } of exact) {
        if (!found.has(label)) continue;
        shared++;
        expect(Math.abs(found.get(label)! - cosine)).toBeLessThan(0.004);
      }
    }
    expect(shared / (queries.length * 10)).toBeGreaterThanOrEqual(0.99);
  });

  it("filters the graph where the chosen documents are too many to scan", async () => {
    const dimensions = 16;
    const vectors = randomVectors(2300, dimensions, 3);
    const { build, manifest } = await publish(await contentFor(vectors), dimensions);
    const index = await HnswIndex.load(build, manifest);
    const all = [...(await index.passageCounts()).keys()];
    const sources = all.slice(0, 2200);
    const chosen = new Set(sources);
    for (const vector of randomVectors(10, dimensions, 5)) {
      const unfiltered = await index.search({ text: "note", vector, k: 10 });
      const filtered = await index.search({ text: "note", vector, k: 10, sources });
      expect(filtered).toHaveLength(10);
      expect(filtered.every(({ passage }) => chosen.has(passage.documentId))).toBe(true);
      const allowed = unfiltered.filter(({ passage }) => chosen.has(passage.documentId));
      expect(filtered.map(({ passage }) => passage.id)).toEqual(
        expect.arrayContaining(allowed.map((hit) => hit.passage.id)),
      );
    }
  });

  it("leaves a folder that any LangChain app can open", async () => {
    const embedder = new HashEmbedder({ dimensions: 32 });
    const files = {
      "lighthouse.txt": "The lamp of the lighthouse burned paraffin.\n",
      "orchard.txt": "Cider is pressed in October.\n",
      "ferry.txt": "The ferry carries forty passengers.\n",
    };
    const { build } = await publish(await contentOf(files, embedder), 32);
    class Adapter extends Embeddings {
      async embedDocuments(texts: string[]): Promise<number[][]> {
        return (await embedder.embedPassages(texts)).map((vector) => [...vector]);
      }
      async embedQuery(text: string): Promise<number[]> {
        return [...(await embedder.embedQuery(text))];
      }
    }
    const store = await HNSWLib.load(build, new Adapter({}));
    const [found] = await store.similaritySearchWithScore("What did the lighthouse lamp burn?", 1);
    expect(found![0].pageContent).toBe("The lamp of the lighthouse burned paraffin.");
    expect(found![0].metadata).toMatchObject({ id: "lighthouse#p1", documentId: "lighthouse", start: 0, end: 43 });
    expect(found![1]).toBeLessThan(0.6);
    const retriever = store.asRetriever(1);
    expect((await retriever.invoke("october cider"))[0]?.metadata["documentId"]).toBe("orchard");
    expect(JSON.parse(await readFile(path.join(build, "args.json"), "utf8"))).toEqual({
      space: "cosine",
      numDimensions: 32,
    });
  });

  it("tells how far it is while writing", async () => {
    const vectors = randomVectors(450, 8, 1);
    const done: number[] = [];
    await writeHnswIndex(temporaryFolder(), await contentFor(vectors), 8, (count) => done.push(count));
    expect(done).toEqual([200, 400, 450]);
  });

  it("refuses a build of which any file is damaged or missing", async () => {
    const content = await contentOf({ "a.txt": "One apple.\n" }, new HashEmbedder());
    const { build, manifest } = await publish(content, 64);
    const names = (await readdir(build)).filter((name) => name !== "manifest.json");
    expect(names.sort()).toEqual(Object.keys(manifest.checksums));
    for (const name of names) {
      const file = path.join(build, name);
      const whole = await readFile(file);
      const harms: [() => Promise<void>, string][] = [
        [() => truncate(file, whole.length - 1), "is damaged (its checksum differs)"],
        [() => writeFile(file, whole.with(whole.length >> 1, whole[whole.length >> 1]! ^ 1)), "is damaged"],
        [() => rm(file), "cannot be read"],
      ];
      for (const [harm, reason] of harms) {
        await harm();
        const failure = await HnswIndex.load(build, manifest).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(StartupError);
        expect((failure as Error).message).toContain(`the index file ${name} ${reason}`);
        await writeFile(file, whole);
      }
    }
    await expect(HnswIndex.load(build, manifest)).resolves.toBeInstanceOf(HnswIndex);
  });

  it("refuses files that do not belong together", async () => {
    const content = await contentOf({ "a.txt": "One apple.\n" }, new HashEmbedder());
    const units = ByteVectors.allocate(content.units.count + 1, 64);
    await expect(publish({ ...content, units }, 64)).rejects.toThrow("do not belong together");
    const { build, manifest } = await publish(content, 64);
    const counts = { ...manifest.counts, units: content.units.count + 1 };
    await expect(HnswIndex.load(build, { ...manifest, counts })).rejects.toThrow("do not belong together");
  });
});
