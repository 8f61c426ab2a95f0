import { rename, rm } from "node:fs/promises";
import path from "node:path";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { FolderStore } from "../../src/search/folder-store.js";
import { ingest } from "../../src/ingest.js";
import { temporaryFolder, writeFiles } from "../helpers/folders.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { openCurrent } from "./corpus.js";

const PARAGRAPHS = [
  "The ferry crosses the sound twice a day. It carries forty passengers.",
  "The lamp burned paraffin, and the keeper lit it at dusk.",
  "## Tides\n\nSpring tides follow the full moon. Neap tides follow the half moon.",
  "Bring along:\n\n- a lamp\n- oil for the lamp\n- a rope",
  "## Questions and answers\n\n### When does the ferry leave?\n\nIt leaves at noon.\n\n### Who keeps the lamp?\n\nThe keeper does.",
  "| Day | Tide |\n| --- | --- |\n| Monday | high |\n| Tuesday | low |",
  "Cider is pressed in October. The press is made of oak.",
];
const QUERIES = [
  "When does the ferry leave?",
  "who lit the paraffin lamp",
  "spring tides",
  "oak press",
  "Tuesday",
  "rope",
];
const NAMES = ["a.md", "b.md", "c.md", "sub/d.md"];

const content = fc.uniqueArray(fc.constantFrom(...PARAGRAPHS), { minLength: 1, maxLength: 4 });
const edit = fc.oneof(
  fc.record({ kind: fc.constant("write" as const), name: fc.constantFrom(...NAMES), content }),
  fc.record({ kind: fc.constant("delete" as const), name: fc.constantFrom(...NAMES) }),
  fc.record({ kind: fc.constant("rename" as const), name: fc.constantFrom(...NAMES), to: fc.constantFrom(...NAMES) }),
);

/** Everything an index answers, but for its build id and for when files were written: one written anew as it was is no change. */
async function answersOf(indexDir: string): Promise<unknown> {
  const index = await openCurrent(indexDir);
  const embedder = new HashEmbedder();
  const searches = [];
  for (const text of QUERIES) {
    const vector = await embedder.embedQuery(text);
    const hits = await index.search({ text, vector, k: 20 });
    const faq = await index.searchFaq(vector, 5);
    searches.push({
      hits: hits.map(({ passage, dense, lexical, score, unitCosines }) => ({
        id: passage.id,
        scores: [dense, lexical, score, ...unitCosines].map((value) => expect.closeTo(value, 5) as unknown),
      })),
      faq: faq.map(({ item, unitCosines }) => [
        item.id,
        ...unitCosines.map((value) => expect.closeTo(value, 5) as unknown),
      ]),
    });
  }
  const documents = await index.documents();
  const passages = await Promise.all(documents.map(({ id }) => index.passagesOf(id)));
  const undated = documents.map((document) => ({ ...document, updatedAt: null }));
  return { counts: index.counts, documents: undated, passages, faq: await index.faqItems(), searches };
}

/** The same figures as plain numbers, to compare with `answersOf`. */
async function plainAnswersOf(indexDir: string): Promise<unknown> {
  return JSON.parse(
    JSON.stringify(await answersOf(indexDir), (_, value: unknown) =>
      typeof value === "object" && value !== null && "asymmetricMatch" in value
        ? (value as unknown as { sample: number }).sample
        : value,
    ),
  );
}

// A hundred ingests: many times the time of other tests, more on a busy machine.
it("an index brought up to date step by step equals one built from nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 5 }), async (edits) => {
      const corpusDir = temporaryFolder();
      const indexDir = temporaryFolder();
      const embedder = new HashEmbedder();
      const files = new Map<string, string>([["z.md", "# Last\n\nA page that stays."]]);
      await writeFiles(corpusDir, Object.fromEntries(files));
      await ingest({ corpusDir, store: new FolderStore(indexDir), embedder });
      for (const step of edits) {
        const at = path.join(corpusDir, step.name);
        if (step.kind === "write") {
          files.set(step.name, `# Page\n\n${step.content.join("\n\n")}\n`);
          await writeFiles(corpusDir, { [step.name]: files.get(step.name)! });
        } else if (step.kind === "delete") {
          files.delete(step.name);
          await rm(at, { force: true });
        } else if (files.has(step.name) && step.to !== step.name) {
          files.set(step.to, files.get(step.name)!);
          files.delete(step.name);
          await writeFiles(corpusDir, { [step.to]: "" }); // Makes the folder.
          await rename(at, path.join(corpusDir, step.to));
        }
        await ingest({ corpusDir, store: new FolderStore(indexDir), embedder });
      }
      const anewDir = temporaryFolder();
      const anew = await ingest({ corpusDir, store: new FolderStore(anewDir), embedder });
      expect(anew.documents).toBe(files.size);
      expect(await plainAnswersOf(indexDir)).toEqual(await answersOf(anewDir));
    }),
    { numRuns: 25 },
  );
}, 120_000);
