import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FolderStore } from "../../src/search/folder-store.js";
import { ingest } from "../../src/ingest.js";
import { LiveIndex } from "../../src/search/live-index.js";
import { temporaryFolder, writeFiles } from "../helpers/folders.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";

/** Each file is cut into so many regions; in each, one byte is changed. */
const REGIONS = 24;
const DOCUMENTS = Object.fromEntries(
  Array.from({ length: 8 }, (_, d) => [
    `volume-${d}.md`,
    `# Volume ${d}\n\n${Array.from({ length: 12 }, (__, s) => `Lamp ${s} of volume ${d} burns for ${s + d} hours.`).join(" ")}\n\n## FAQ\n\n### Is volume ${d} old?\n\nYes, ${d} years.\n`,
  ]),
);

describe("a damaged index", () => {
  const embedder = new HashEmbedder();
  let base: string;
  let corpusDir: string;
  /** A whole index, of which every test damages a copy. */
  let whole: string;
  let build: string;
  let answer: string;

  const copy = async (): Promise<string> => {
    const indexDir = path.join(temporaryFolder(), "index");
    await cp(whole, indexDir, { recursive: true });
    return indexDir;
  };
  /** What the index answers with: the best passages of a question; "refused" if it is not opened. */
  const answers = async (indexDir: string): Promise<string> => {
    const live = new LiveIndex(new FolderStore(indexDir));
    const refused = await live.refresh(embedder.fingerprint).then(
      () => live.current === null,
      () => true,
    );
    if (refused) return "refused";
    const text = "How long does lamp 7 of volume 3 burn?";
    const hits = await live.current!.search({ text, vector: await embedder.embedQuery(text), k: 5 });
    return JSON.stringify([hits, live.current!.counts, live.current!.refusal, await live.current!.documents()]);
  };

  beforeAll(async () => {
    base = mkdtempSync(path.join(tmpdir(), "docent-damage-"));
    corpusDir = path.join(base, "corpus");
    whole = path.join(base, "index");
    await writeFiles(corpusDir, DOCUMENTS);
    build = (await ingest({ corpusDir, store: new FolderStore(whole), embedder })).buildId;
    answer = await answers(whole);
    expect(answer).not.toBe("refused");
  });
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  it("is refused whichever byte of whichever file is changed", async () => {
    const indexDir = await copy();
    const files = await readdir(path.join(indexDir, build));
    expect(files).toHaveLength(12);
    for (const file of files) {
      const place = path.join(indexDir, build, file);
      const bytes = await readFile(place);
      for (let region = 0; region < REGIONS; region++) {
        const at = Math.min(bytes.length - 1, Math.floor(((region + Math.random()) * bytes.length) / REGIONS));
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= 1 << Math.floor(Math.random() * 8);
        await writeFile(place, damaged);
        const got = await answers(indexDir);
        if (got !== "refused" && got !== answer)
          throw new Error(`${file}: byte ${at} of ${bytes.length} changes the answer`);
        // A manifest may be written in other ways that say the same; nothing else may.
        if (file !== "manifest.json") expect([file, at, got]).toEqual([file, at, "refused"]);
      }
      await writeFile(place, bytes);
    }
    expect(await answers(indexDir)).toBe(answer);
  });

  it("is refused when a file is cut short, emptied, longer or missing, and made anew by the next ingest", async () => {
    const indexDir = await copy();
    for (const file of await readdir(path.join(indexDir, build))) {
      const place = path.join(indexDir, build, file);
      const bytes = await readFile(place);
      for (const length of [0, 1, Math.floor(bytes.length / 2), bytes.length - 1]) {
        await writeFile(place, bytes.subarray(0, length));
        expect([file, length, await answers(indexDir)]).toEqual([file, length, "refused"]);
      }
      await writeFile(place, Buffer.concat([bytes, Buffer.from("x")]));
      expect([file, await answers(indexDir)]).toEqual([file, "refused"]);
      await writeFile(place, bytes);
    }
    for (const file of await readdir(path.join(whole, build))) {
      const damaged = await copy();
      await writeFile(path.join(damaged, build, file), "spoilt");
      const { built } = await ingest({ corpusDir, store: new FolderStore(damaged), embedder });
      expect([file, built]).toEqual([file, true]);
      expect(await answers(damaged)).toBe(answer);
    }
  });

  it("of files of two builds is refused", async () => {
    const other = path.join(temporaryFolder(), "index");
    const otherCorpus = temporaryFolder();
    await writeFiles(otherCorpus, { ...DOCUMENTS, "one-more.txt": "One more lamp (OML).\n" });
    const { buildId } = await ingest({ corpusDir: otherCorpus, store: new FolderStore(other), embedder });
    for (const file of await readdir(path.join(whole, build))) {
      if (file === "args.json") continue; // Says the same in both.
      const mixed = await copy();
      await cp(path.join(other, buildId, file), path.join(mixed, build, file));
      expect([file, await answers(mixed)]).toEqual([file, "refused"]);
    }
  });

  it("whose folder names a build that is none is as good as missing", async () => {
    for (const named of ["", "..", "../index", "20261123T150210Z-3e79c1", `${build}x`, "\u0000", "x".repeat(5000)]) {
      const indexDir = await copy();
      await writeFile(path.join(indexDir, "current"), named);
      expect([named, await answers(indexDir)]).toEqual([named, "refused"]);
      expect((await ingest({ corpusDir, store: new FolderStore(indexDir), embedder })).built).toBe(true);
      expect(await answers(indexDir)).toBe(answer);
    }
  });
});
