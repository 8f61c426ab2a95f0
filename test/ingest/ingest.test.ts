import { chmod, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { FolderStore } from "../../src/search/folder-store.js";
import { PROBE_QUESTIONS } from "../../src/answer/probe-questions.js";
import { StartupError } from "../../src/errors.js";
import { ingest, type IngestOptions, type IngestProgress, type IngestSummary, isStale } from "../../src/ingest.js";
import { currentBuild } from "../../src/search/index-folder.js";
import { temporaryFolder, writeFiles } from "../helpers/folders.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { found, openCurrent, RecordingEmbedder } from "./corpus.js";

const FILES = {
  "ferry.txt": "The ferry crosses the sound twice a day.\n",
  "guides/tides.md": "# Tides\n\nSpring tides follow the full moon.\n\nNeap tides follow the half moon.\n",
  "lighthouse.txt": "The lamp burned paraffin. The keeper lit it at dusk.\n",
};

interface Setting {
  corpusDir: string;
  indexDir: string;
  embedder: RecordingEmbedder;
  run: (options?: Partial<IngestOptions>) => Promise<IngestSummary>;
}

async function setUp(files: Record<string, string | Uint8Array> = FILES): Promise<Setting> {
  const corpusDir = temporaryFolder();
  const indexDir = path.join(temporaryFolder(), "index");
  const embedder = new RecordingEmbedder();
  await writeFiles(corpusDir, files);
  return {
    corpusDir,
    indexDir,
    embedder,
    run: (options = {}) => ingest({ corpusDir, store: new FolderStore(indexDir), embedder, ...options }),
  };
}

async function messageFrom(promise: Promise<unknown>): Promise<string> {
  const failure = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(StartupError);
  return (failure as Error).message;
}

describe("the first ingest", () => {
  it("indexes every document", async () => {
    const { indexDir, embedder, run } = await setUp();
    const summary = await run();
    expect(summary).toEqual({
      buildId: expect.stringMatching(/^\d{8}T\d{6}Z-[0-9a-f]{6}$/),
      built: true,
      rebuildReason: null,
      documents: 3,
      passages: 3,
      faqItems: 0,
      reused: 0,
      embedded: 8,
      skipped: [],
      refusal: {
        leastSubject: expect.any(Number),
        answeredForeign: expect.any(Number),
        foreignProbes: PROBE_QUESTIONS.length,
        refusedOwn: 0,
        // No sentence here is long enough to make a question of.
        ownProbes: 0,
      },
      seconds: expect.any(Number),
    });
    expect(embedder.taken()).toEqual([
      "Ferry\nThe ferry crosses the sound twice a day.",
      "Tides\nSpring tides follow the full moon.\n\nNeap tides follow the half moon.",
      "Lighthouse\nThe lamp burned paraffin. The keeper lit it at dusk.",
      "The ferry crosses the sound twice a day.",
      "Spring tides follow the full moon.",
      "Neap tides follow the half moon.",
      "The lamp burned paraffin.",
      "The keeper lit it at dusk.",
    ]);
    const index = await openCurrent(indexDir);
    expect(index.buildId).toBe(summary.buildId);
    expect((await index.documents()).map(({ id }) => id)).toEqual(["ferry", "guides/tides", "lighthouse"]);
    expect(await found(indexDir, "paraffin")).toEqual(["lighthouse"]);
    expect((await readdir(indexDir)).sort()).toEqual([summary.buildId, "current"]);
  });

  it("tells how far it is", async () => {
    const { run } = await setUp();
    const progress: IngestProgress[] = [];
    await run({ onProgress: (step) => progress.push(step) });
    expect(progress).toEqual([
      { step: "embed", done: 3, total: 8 },
      { step: "embed", done: 8, total: 8 },
      { step: "index", done: 3, total: 3 },
    ]);
  });
});

describe("an ingest of an unchanged corpus", () => {
  it("does nothing", async () => {
    const { corpusDir, indexDir, embedder, run } = await setUp();
    const first = await run();
    embedder.taken();
    expect(await isStale({ corpusDir, store: new FolderStore(indexDir), embedder })).toBe(false);
    const progress: unknown[] = [];
    const second = await run({ onProgress: (step) => progress.push(step) });
    const { buildId, documents, passages, faqItems, refusal } = first;
    const counts = { documents, passages, faqItems, reused: 0, embedded: 0, skipped: [] };
    expect(second).toEqual({
      buildId,
      built: false,
      rebuildReason: null,
      ...counts,
      refusal,
      seconds: expect.any(Number),
    });
    expect(embedder.taken()).toEqual([]);
    expect(progress).toEqual([]);
    expect((await readdir(indexDir)).sort()).toEqual([buildId, "current"]);
  });

  it("is not misled by a new file time", async () => {
    const { corpusDir, run } = await setUp();
    await run();
    await utimes(path.join(corpusDir, "ferry.txt"), new Date(2001, 1, 1), new Date(2001, 1, 1));
    expect((await run()).built).toBe(false);
  });

  it("builds anew, reusing nothing, if it must", async () => {
    const { embedder, run } = await setUp();
    const first = await run();
    embedder.taken();
    const second = await run({ force: true });
    expect(second).toMatchObject({ built: true, rebuildReason: null, reused: 0, embedded: 8 });
    expect(second.buildId > first.buildId).toBe(true);
    expect(embedder.taken()).toHaveLength(8);
  });
});

describe("an ingest of a changed corpus", () => {
  it("embeds an edited file's new texts only, and forgets the old", async () => {
    const { corpusDir, indexDir, embedder, run } = await setUp();
    await run();
    embedder.taken();
    await writeFiles(corpusDir, { "lighthouse.txt": "The lamp is electric. The keeper lit it at dusk.\n" });
    expect(await isStale({ corpusDir, store: new FolderStore(indexDir), embedder })).toBe(true);
    expect(await run()).toMatchObject({ built: true, rebuildReason: null, reused: 6, embedded: 2 });
    expect(embedder.taken()).toEqual([
      "Lighthouse\nThe lamp is electric. The keeper lit it at dusk.",
      "The lamp is electric.",
    ]);
    expect(await found(indexDir, "paraffin")).toEqual([]);
    expect(await found(indexDir, "electric")).toEqual(["lighthouse"]);
    const index = await openCurrent(indexDir);
    expect((await index.termWeights(["paraffin"]))[0]!.known).toBe(false);
    expect((await index.document("lighthouse"))!.text).not.toContain("paraffin");
  });

  it("notices an edit that changes neither size nor time of a file just written", async () => {
    const { corpusDir, indexDir, run } = await setUp();
    const file = path.join(corpusDir, "ferry.txt");
    const now = new Date();
    await utimes(file, now, now);
    await run();
    await writeFile(file, FILES["ferry.txt"].replace("twice", "often"));
    await utimes(file, now, now);
    expect((await run()).built).toBe(true);
    expect(await found(indexDir, "often")).toEqual(["ferry"]);
  });

  it("leaves nothing of a deleted file", async () => {
    const { corpusDir, indexDir, embedder, run } = await setUp();
    await run();
    embedder.taken();
    await rm(path.join(corpusDir, "lighthouse.txt"));
    expect(await run()).toMatchObject({ built: true, documents: 2, passages: 2, reused: 5, embedded: 0 });
    expect(embedder.taken()).toEqual([]);
    const build = (await currentBuild(indexDir))!;
    for (const name of await readdir(build)) {
      const text = (await readFile(path.join(build, name))).toString("latin1");
      expect(`${name}: ${text}`).not.toMatch(/paraffin|lighthouse/);
    }
    expect(await found(indexDir, "paraffin")).toEqual([]);
    expect(await (await openCurrent(indexDir)).document("lighthouse")).toBeNull();
  });

  it("follows a renamed file", async () => {
    const { corpusDir, indexDir, embedder, run } = await setUp();
    await run();
    embedder.taken();
    // The title comes from the heading, so every text stays as it was.
    await rename(path.join(corpusDir, "guides/tides.md"), path.join(corpusDir, "guides/sea.md"));
    expect(await run()).toMatchObject({ built: true, documents: 3, reused: 8, embedded: 0 });
    expect(await found(indexDir, "neap")).toEqual(["guides/sea"]);
    const [passage] = await (await openCurrent(indexDir)).passagesOf("guides/sea");
    expect(passage).toMatchObject({ id: "guides/sea#p1", documentId: "guides/sea" });
  });

  it("adds a new file", async () => {
    const { corpusDir, indexDir, embedder, run } = await setUp();
    await run();
    embedder.taken();
    await writeFiles(corpusDir, { "aaa.txt": "Cider is pressed in October.\n" });
    expect(await run()).toMatchObject({ documents: 4, reused: 8, embedded: 2 });
    expect(embedder.taken()).toEqual(["Aaa\nCider is pressed in October.", "Cider is pressed in October."]);
    expect(await found(indexDir, "cider")).toEqual(["aaa"]);
    expect(await found(indexDir, "paraffin")).toEqual(["lighthouse"]);
  });
});

describe("files that cannot be read", () => {
  it("are skipped with the reason, and named again while nothing changes", async () => {
    const { corpusDir, indexDir, run } = await setUp({
      ...FILES,
      "empty.txt": "",
      "blank.md": " \n\n",
      "photo.png": new Uint8Array([1, 2, 3]),
      "broken.pdf": "not a PDF",
      "binary.txt": new Uint8Array([0, 1, 2, 0, 255, 254, 0, 3]),
    });
    const first = await run();
    expect(first.documents).toBe(3);
    expect(first.skipped.map(({ path: file }) => file)).toEqual([
      "binary.txt",
      "blank.md",
      "broken.pdf",
      "empty.txt",
      "photo.png",
    ]);
    for (const { reason } of first.skipped) expect(reason).toMatch(/\w.*[^.]$/);
    expect(first.skipped.find(({ path: file }) => file === "empty.txt")!.reason).toMatch(/empty/);
    const second = await run();
    expect(second.built).toBe(false);
    expect(second.skipped).toEqual(first.skipped);

    await writeFiles(corpusDir, { "empty.txt": "Now it says something about cider.\n" });
    const third = await run();
    expect(third.built).toBe(true);
    expect(third.skipped.map(({ path: file }) => file)).not.toContain("empty.txt");
    expect(await found(indexDir, "cider")).toEqual(["empty"]);
  });

  it("are tried again once they can be read", async () => {
    const { corpusDir, run } = await setUp({ ...FILES, "target/note.txt": "A note about cider.\n" });
    const outside = temporaryFolder();
    await symlink(outside, path.join(corpusDir, "outside.txt"));
    await symlink(path.join(corpusDir, "target/note.txt"), path.join(corpusDir, "inside.txt"));
    const summary = await run();
    // A link out of the folder is not part of the corpus; one within it is.
    expect(summary).toMatchObject({ documents: 5, skipped: [] });
    await rm(path.join(corpusDir, "inside.txt"));
    await symlink(path.join(corpusDir, "missing.txt"), path.join(corpusDir, "inside.txt"));
    expect((await run()).documents).toBe(4);
  });
});

describe("a rebuild", () => {
  it("follows a change of the embedding model, and says so", async () => {
    const { corpusDir, indexDir, run } = await setUp();
    await run();
    const embedder = new RecordingEmbedder({ revision: "2" });
    expect(await isStale({ corpusDir, store: new FolderStore(indexDir), embedder })).toBe(true);
    expect(await run({ embedder })).toMatchObject({
      built: true,
      rebuildReason: "the embedding model hash changed (its files); all passages are embedded again",
      reused: 0,
      embedded: 8,
    });
    expect(await isStale({ corpusDir, store: new FolderStore(indexDir), embedder })).toBe(false);
    const other = new HashEmbedder({ revision: "2" });
    other.fingerprint.model = "other";
    expect((await run({ embedder: other })).rebuildReason).toBe(
      "the embedding model changed from hash to other; all passages are embedded again",
    );
    const wider = new HashEmbedder({ dimensions: 96 });
    expect((await run({ embedder: wider })).rebuildReason).toBe(
      "the embedding model changed from other to hash; all passages are embedded again",
    );
  });

  it("follows a change of the splitter", async () => {
    const { run } = await setUp();
    await run();
    expect(await run({ splitter: { maxChars: 40 } })).toMatchObject({
      built: true,
      rebuildReason: "passages are cut differently by this version",
      reused: 0,
    });
  });

  it.each([
    "hnswlib.index",
    "docstore.json",
    "documents.json",
    "lexical.bin",
    "units.bin",
    "args.json",
    "manifest.json",
  ])("mends a build whose %s is damaged or missing, though the corpus is unchanged", async (name) => {
    const { indexDir, embedder, run } = await setUp();
    for (const harm of [(file: string) => writeFile(file, "damaged"), (file: string) => rm(file)]) {
      await run();
      embedder.taken();
      await harm(path.join((await currentBuild(indexDir))!, name));
      expect(await run()).toMatchObject({
        built: true,
        rebuildReason: "the index before is damaged or of another version",
        reused: 0,
        embedded: 8,
      });
      expect(await found(indexDir, "paraffin")).toEqual(["lighthouse"]);
    }
  });

  it.each(["", "nonsense\n", "../../etc", "20260101T000000Z-000000\n"])(
    "mends a current file that says %j",
    async (text) => {
      const { indexDir, run } = await setUp();
      await run();
      await writeFile(path.join(indexDir, "current"), text);
      expect(await run()).toMatchObject({ built: true, embedded: 8 });
      expect(await found(indexDir, "paraffin")).toEqual(["lighthouse"]);
    },
  );
});

describe("an ingest that cannot work", () => {
  it("keeps the old index when nothing readable is left", async () => {
    const { corpusDir, indexDir, run } = await setUp({ "ferry.txt": FILES["ferry.txt"] });
    const { buildId } = await run();
    await rm(path.join(corpusDir, "ferry.txt"));
    expect(await messageFrom(run())).toBe(
      `CORPUS_DIR: nothing to answer from in "${corpusDir}": it holds no files. ` +
        "Put .txt, .md, .html, .pdf or .docx files there.",
    );
    await writeFiles(corpusDir, { "empty.txt": "" });
    expect(await messageFrom(run({ force: true }))).toMatch(/no file could be read \(empty\.txt: .+\)/);
    expect((await openCurrent(indexDir)).buildId).toBe(buildId);
    expect(await found(indexDir, "ferry")).toEqual(["ferry"]);
    expect((await readdir(indexDir)).sort()).toEqual([buildId, "current"]);
  });

  it("says that the corpus folder is missing, and creates nothing", async () => {
    const { indexDir, run } = await setUp();
    expect(await messageFrom(run({ corpusDir: "/no/such/folder" }))).toBe(
      'CORPUS_DIR: the folder "/no/such/folder" does not exist. Create it and put documents into it.',
    );
    await expect(stat(indexDir)).rejects.toThrow("ENOENT");
  });

  it("says that the index folder is a file, or lies below one", async () => {
    const { corpusDir, run } = await setUp();
    const file = path.join(corpusDir, "ferry.txt");
    const folder = temporaryFolder();
    const other = path.join(folder, "file");
    await writeFile(other, "");
    for (const [indexDir, code] of [
      [other, "EEXIST"],
      [path.join(other, "below"), "ENOTDIR"],
    ] as const) {
      expect(await messageFrom(run({ store: new FolderStore(indexDir) }))).toBe(
        `INDEX_DIR: "${indexDir}" cannot be written (${code}). Name a folder you may write to.`,
      );
    }
    expect(await readFile(other, "utf8")).toBe("");
    expect(await readFile(file, "utf8")).toBe(FILES["ferry.txt"]);
  });

  it.runIf(process.getuid?.() !== 0)("says that the index folder cannot be written", async () => {
    const { run } = await setUp();
    const indexDir = temporaryFolder();
    await chmod(indexDir, 0o500);
    expect(await messageFrom(run({ store: new FolderStore(indexDir) }))).toContain("cannot be written (EACCES)");
  });

  it("says that current is no file", async () => {
    const { indexDir, run } = await setUp();
    await writeFiles(indexDir, { "current/file": "" });
    expect(await messageFrom(run())).toMatch(/^INDEX_DIR: ".*" cannot be read \(EISDIR/);
  });

  it("refuses an index folder that it would read as part of the corpus", async () => {
    const { corpusDir, run } = await setUp();
    for (const indexDir of [corpusDir, path.join(corpusDir, "index"), path.join(corpusDir, "guides", "..", "index")]) {
      expect(await messageFrom(run({ store: new FolderStore(indexDir) }))).toBe(
        `INDEX_DIR: "${indexDir}" lies in the corpus folder and would be read as part of it. ` +
          `Name a folder outside "${corpusDir}".`,
      );
    }
    expect((await readdir(corpusDir)).sort()).toEqual(["ferry.txt", "guides", "lighthouse.txt"]);
    // Hidden folders are no part of the corpus, and neither is one that only begins with the same name.
    expect((await run({ store: new FolderStore(path.join(corpusDir, ".index")) })).built).toBe(true);
    expect((await run({ store: new FolderStore(path.join(corpusDir, ".index")) })).built).toBe(false);
  });

  it("passes a fault of the embedder on, and leaves no trace", async () => {
    const { corpusDir, indexDir, run } = await setUp();
    const { buildId } = await run();
    await writeFiles(corpusDir, { "new.txt": "Something new.\n" });
    class FailingEmbedder extends HashEmbedder {
      override embedPassages(): Promise<Float32Array[]> {
        return Promise.reject(new Error("out of memory"));
      }
    }
    await expect(run({ embedder: new FailingEmbedder() })).rejects.toThrow("out of memory");
    expect((await readdir(indexDir)).sort()).toEqual([buildId, "current"]);
    expect((await run()).built).toBe(true);
  });

  it("leaves no half-written build when writing fails", async () => {
    const { corpusDir, indexDir, run } = await setUp();
    const { buildId } = await run();
    await writeFiles(corpusDir, { "new.txt": "Something new.\n" });
    const failing = run({
      onProgress: ({ step }) => {
        if (step === "index") throw new Error("stopped while writing");
      },
    });
    await expect(failing).rejects.toThrow("stopped while writing");
    expect((await readdir(indexDir)).sort()).toEqual([buildId, "current"]);
    expect((await openCurrent(indexDir)).buildId).toBe(buildId);
  });
});
