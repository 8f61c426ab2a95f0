import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { FolderStore } from "../../src/search/folder-store.js";
import { ingest } from "../../src/ingest.js";
import type { PassageIndex } from "../../src/search/passage-index.js";
import { temporaryFolder, writeFiles } from "../helpers/folders.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { openCurrent } from "./corpus.js";

const textsOf = async (index: PassageIndex): Promise<Record<string, string>> =>
  Object.fromEntries(
    await Promise.all(
      (await index.documents()).map(async ({ id }) => [id, (await index.documentHead(id))!.text.trim()] as const),
    ),
  );

/** Every passage is a slice of its document, which is one of the editions that were ever written. */
async function expectWhole(indexDir: string, editions: ReadonlySet<string>): Promise<void> {
  const index = await openCurrent(indexDir);
  for (const document of await index.documents()) {
    expect(editions.has(document.text.trim())).toBe(true);
    for (const passage of await index.passagesOf(document.id))
      expect(passage.text).toBe(document.text.slice(passage.start, passage.end));
  }
}

describe("documents that change while they are ingested", () => {
  it("are indexed as they were or as they are, and as they are by the next ingest", async () => {
    const corpusDir = temporaryFolder();
    const indexDir = path.join(temporaryFolder(), "index");
    const before = {
      "deleted.txt": "The lamp is lit.",
      "grown.txt": "The bell rings.",
      "replaced.txt": "The rope holds.",
    };
    await writeFiles(corpusDir, before);
    const after = {
      "grown.txt": "The bell rings. It rang twice.",
      "replaced.txt": "The knot slips.",
      "new.txt": "The tide turns.",
    };
    const embedder = new HashEmbedder();
    const embed = embedder.embedPassages.bind(embedder);
    let changed = false;
    embedder.embedPassages = async (texts, onProgress) => {
      if (!changed) {
        changed = true;
        await rm(path.join(corpusDir, "deleted.txt"));
        await writeFiles(corpusDir, after);
      }
      return embed(texts, onProgress);
    };
    await ingest({ corpusDir, store: new FolderStore(indexDir), embedder });
    await expectWhole(indexDir, new Set([...Object.values(before), ...Object.values(after)]));
    expect((await ingest({ corpusDir, store: new FolderStore(indexDir), embedder })).built).toBe(true);
    expect(await textsOf(await openCurrent(indexDir))).toEqual({
      grown: after["grown.txt"],
      replaced: after["replaced.txt"],
      new: after["new.txt"],
    });
    expect((await ingest({ corpusDir, store: new FolderStore(indexDir), embedder })).built).toBe(false);
  });

  it("all the time spoil no ingest, and once they rest the index equals one built from nothing", async () => {
    const corpusDir = temporaryFolder();
    const indexDir = path.join(temporaryFolder(), "index");
    const embedder = new HashEmbedder();
    const editions = new Set<string>();
    const edition = (n: number, i: number): string => {
      const text = `Edition ${n} of page ${i} says so. ${"It says it again. ".repeat(n % 7)}`.trim();
      editions.add(text);
      return text;
    };
    await writeFile(path.join(corpusDir, "stays.txt"), "A page that stays.");
    editions.add("A page that stays.");
    const rest = new AbortController();
    let n = 0;
    const changing = (async () => {
      while (!rest.signal.aborted) {
        const i = n % 12;
        const file = path.join(corpusDir, `page-${i}.txt`);
        if (n % 5 === 4) await rm(file, { force: true });
        else await writeFile(file, edition(n, i));
        n++;
        await sleep(1);
      }
    })();
    try {
      for (let run = 0; run < 8; run++) {
        const { skipped } = await ingest({ corpusDir, store: new FolderStore(indexDir), embedder });
        for (const { reason } of skipped) expect(reason).toMatch(/empty|disappeared/);
      }
    } finally {
      rest.abort();
      await changing;
    }
    expect(n).toBeGreaterThan(50);
    await ingest({ corpusDir, store: new FolderStore(indexDir), embedder });
    const anew = path.join(temporaryFolder(), "index");
    await ingest({ corpusDir, store: new FolderStore(anew), embedder });
    const texts = await textsOf(await openCurrent(indexDir));
    expect(texts).toEqual(await textsOf(await openCurrent(anew)));
    await expectWhole(indexDir, editions);
  });
});
