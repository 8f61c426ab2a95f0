import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { FolderStore } from "../../src/search/folder-store.js";
import { StartupError } from "../../src/errors.js";
import { ingest, isStale } from "../../src/ingest.js";
import { rollBack } from "../../src/rollback.js";
import type { PassageIndex } from "../../src/search/passage-index.js";
import { LiveIndex } from "../../src/search/live-index.js";
import { temporaryFolder } from "../helpers/folders.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";

/** Of its first document. */
async function textIn(index: PassageIndex): Promise<string> {
  const [first] = await index.documents();
  return (await index.documentHead(first!.id))!.text;
}

describe("going back to the build before", () => {
  const embedder = new HashEmbedder();
  let corpusDir: string;
  let indexDir: string;
  const run = () => ingest({ corpusDir, store: new FolderStore(indexDir), embedder });
  const write = (text: string) => writeFile(path.join(corpusDir, "a.txt"), `${text}\n`);
  const inUse = async (): Promise<string> => {
    const live = new LiveIndex(new FolderStore(indexDir));
    await live.refresh();
    return (await textIn(live.current!)).trim();
  };
  const back = () => rollBack(new FolderStore(indexDir), embedder.fingerprint);

  beforeEach(() => {
    corpusDir = temporaryFolder();
    indexDir = path.join(temporaryFolder(), "index");
  });

  it("puts it in use until the next ingest, and again returns to the later one", async () => {
    await write("The first edition is red.");
    const first = await run();
    await write("The second edition is blue.");
    const second = await run();
    expect(await back()).toEqual({
      buildId: first.buildId,
      builtAt: expect.any(String),
      documents: 1,
      passages: 1,
      faqItems: 0,
    });
    expect(await inUse()).toBe("The first edition is red.");
    // Starting a server does not undo it.
    expect(await isStale({ corpusDir, store: new FolderStore(indexDir), embedder })).toBe(false);
    expect((await back()).buildId).toBe(second.buildId);
    expect(await inUse()).toBe("The second edition is blue.");
    await back();
    const third = await run();
    expect(third.built).toBe(true);
    expect(await inUse()).toBe("The second edition is blue.");
    expect((await readdir(indexDir)).sort()).toEqual([first.buildId, third.buildId, "current"]);
    await write("The third edition is green.");
    expect(await isStale({ corpusDir, store: new FolderStore(indexDir), embedder })).toBe(true);
  });

  it("is taken up by a running server", async () => {
    await write("The first edition is red.");
    await run();
    await write("The second edition is blue.");
    await run();
    const live = new LiveIndex(new FolderStore(indexDir));
    await live.refresh();
    await back();
    await live.refresh();
    expect(await textIn(live.current!)).toContain("red");
  });

  it("ends where an ingest finds the documents as they were then", async () => {
    await write("The first edition is red.");
    await run();
    await write("The second edition is blue.");
    await run();
    await back();
    await write("The first edition is red.");
    expect((await run()).built).toBe(false);
    await write("The third edition is green.");
    expect(await isStale({ corpusDir, store: new FolderStore(indexDir), embedder })).toBe(true);
  });

  it("changes nothing where there is none, or it is damaged, or of another model", async () => {
    const failing = async (message: RegExp, fingerprint = embedder.fingerprint): Promise<void> => {
      const error = await rollBack(new FolderStore(indexDir), fingerprint).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StartupError);
      expect((error as Error).message).toMatch(message);
    };
    await failing(/^INDEX_DIR: ".*" holds no index/);
    await write("The first edition is red.");
    const first = await run();
    await failing(/holds no build but the one in use/);
    await write("The second edition is blue.");
    await run();
    await failing(/^The build before cannot be used \(.+EMBEDDING_MODEL/, {
      ...embedder.fingerprint,
      revision: "other",
    });
    const file = path.join(indexDir, first.buildId, "documents.json");
    const bytes = await readFile(file);
    bytes[10]! ^= 1;
    await writeFile(file, bytes);
    await failing(/^The build before cannot be used \(the index file documents\.json is damaged/);
    await rm(path.join(indexDir, first.buildId, "manifest.json"));
    await failing(/its manifest cannot be read/);
    expect(await inUse()).toBe("The second edition is blue.");
    expect(await readdir(indexDir)).not.toContain("rolled-back");
  });
});
