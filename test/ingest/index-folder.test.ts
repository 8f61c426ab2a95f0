import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { FolderStore } from "../../src/search/folder-store.js";
import { ingest, type IngestSummary } from "../../src/ingest.js";
import { withLock } from "../../src/folder-lock.js";
import { LiveIndex } from "../../src/search/live-index.js";
import { temporaryFolder, writeFiles } from "../helpers/folders.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { found } from "./corpus.js";

interface Setting {
  corpusDir: string;
  indexDir: string;
  embedder: HashEmbedder;
  run: () => Promise<IngestSummary>;
  /** Ingests a corpus of one document that says this. */
  say: (text: string) => Promise<string>;
}

function setUp(): Setting {
  const corpusDir = temporaryFolder();
  const indexDir = temporaryFolder();
  const embedder = new HashEmbedder();
  const run = (): Promise<IngestSummary> => ingest({ corpusDir, store: new FolderStore(indexDir), embedder });
  const say = async (text: string): Promise<string> => {
    await writeFiles(corpusDir, { "a.txt": `${text}\n` });
    return (await run()).buildId;
  };
  return { corpusDir, indexDir, embedder, run, say };
}

/** The id of a process that has ended. */
function deadProcess(): number {
  return spawnSync(process.execPath, ["-e", ""]).pid;
}

describe("the lock", () => {
  it("refuses a second ingest while a live process holds it", async () => {
    const { indexDir, say } = setUp();
    const lock = path.join(indexDir, ".lock");
    await writeFile(lock, String(process.ppid));
    await expect(say("An apple.")).rejects.toMatchObject({
      name: "StartupError",
      message:
        `another ingest is at work (process ${process.ppid}). Wait for it, or stop it and try again. ` +
        `If process ${process.ppid} is no ingest, delete "${lock}".`,
    });
    expect(await readFile(lock, "utf8")).toBe(String(process.ppid));
    expect(await readdir(indexDir)).toEqual([".lock"]);
  });

  it("refuses a second ingest of the same process", async () => {
    const { corpusDir, indexDir, run } = setUp();
    await writeFiles(corpusDir, { "a.txt": "An apple.\n" });
    const results = await Promise.allSettled([run(), run(), run()]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
    const reasons = results.flatMap((result) => (result.status === "rejected" ? [String(result.reason)] : []));
    expect(reasons.filter((reason) => !reason.startsWith("StartupError: another ingest"))).toEqual([]);
    expect(await readdir(indexDir)).not.toContain(".lock");
    expect((await run()).built).toBe(false);
  });

  it.each([
    ["of a process that has ended", (): string => String(deadProcess())],
    ["of this process's id from before a restart", (): string => String(process.pid)],
    ["that says nothing sensible", (): string => "nonsense"],
  ])("is taken over if it is one %s", async (_, owner) => {
    const { indexDir, say } = setUp();
    await writeFile(path.join(indexDir, ".lock"), owner());
    const buildId = await say("An apple.");
    expect((await readdir(indexDir)).sort()).toEqual([buildId, "current"]);
  });

  it("that is empty is taken over, because its owner was stopped while writing it", async () => {
    const { indexDir, say } = setUp();
    await writeFile(path.join(indexDir, ".lock"), "");
    const buildId = await say("An apple.");
    expect((await readdir(indexDir)).sort()).toEqual([buildId, "current"]);
  });

  it("that is empty is respected if its owner is writing it just now", async () => {
    const { indexDir, say } = setUp();
    const lock = path.join(indexDir, ".lock");
    await writeFile(lock, "");
    void setTimeout(100).then(() => writeFileSync(lock, String(process.ppid)));
    await expect(say("An apple.")).rejects.toThrow(`another ingest is at work (process ${process.ppid})`);
    expect(await readdir(indexDir)).toEqual([".lock"]);
  });

  it("is given to one of many who find a stale one", async () => {
    const folder = temporaryFolder();
    let inside = 0;
    let most = 0;
    let entered = 0;
    const stale = String(deadProcess());
    for (let round = 0; round < 40; round++) {
      await writeFile(path.join(folder, ".lock"), stale);
      const task = async (): Promise<void> => {
        entered++;
        most = Math.max(most, ++inside);
        await setTimeout(5);
        inside--;
      };
      await Promise.allSettled(
        Array.from({ length: 6 }, (_, i) => setTimeout(i / 2).then(() => withLock(folder, task))),
      );
    }
    expect(most).toBe(1);
    expect(entered).toBeGreaterThanOrEqual(40);
  });

  it("can be taken over though an ingest was stopped while it took one over", async () => {
    const { indexDir, say } = setUp();
    const guard = path.join(indexDir, ".lock.takeover.tmp");
    await writeFiles(indexDir, { ".lock": String(deadProcess()), ".lock.takeover.tmp": "" });
    // The mark of the one that was stopped is waited for while it may be a live one's, and then removed.
    const before = new Date(Date.now() - 4_000);
    await utimes(guard, before, before);
    const started = performance.now();
    const buildId = await say("An apple.");
    expect(performance.now() - started).toBeGreaterThan(800);
    expect((await readdir(indexDir)).sort()).toEqual([buildId, "current"]);
  });

  it("is given back after a failure", async () => {
    const folder = temporaryFolder();
    await expect(withLock(folder, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await readdir(folder)).toEqual([]);
    expect(await withLock(folder, () => Promise.resolve(7))).toBe(7);
  });
});

describe("builds", () => {
  it("are kept for one turn after the next is in use", async () => {
    const { indexDir, say } = setUp();
    const ids: string[] = [];
    for (const text of ["An apple.", "A pear.", "A plum.", "A fig."]) {
      ids.push(await say(text));
      expect((await readdir(indexDir)).sort()).toEqual([...ids.slice(-2), "current"]);
    }
    expect([...ids].sort()).toEqual(ids);
    expect(await readFile(path.join(indexDir, "current"), "utf8")).toBe(`${ids[3]}\n`);
  });

  it("that were never put in use are removed, and not in place of the one before", async () => {
    const { indexDir, say } = setUp();
    const first = await say("An apple.");
    const second = await say("A pear.");
    // As a kill between renaming the build and naming it in `current` leaves it.
    await mkdir(path.join(indexDir, "29990101T000000Z-ffffff"));
    const third = await say("A plum.");
    expect((await readdir(indexDir)).sort()).toEqual([second, third, "current"]);
    expect(first < second).toBe(true);
  });

  it("that the first ingest never put in use do not pass for the one before", async () => {
    const { indexDir, say } = setUp();
    await mkdir(path.join(indexDir, "20260101T000000Z-000000"));
    const buildId = await say("An apple.");
    expect((await readdir(indexDir)).sort()).toEqual([buildId, "current"]);
  });

  it("and what interrupted ingests left are tidied up even if nothing changed", async () => {
    const { indexDir, run, say } = setUp();
    const first = await say("An apple.");
    const second = await say("A pear.");
    await writeFiles(indexDir, {
      ".20260101T000000Z-000000.tmp/hnswlib.index": "half",
      ".current.tmp": "half",
      "20260101T000000Z-000000/manifest.json": "old",
      "29990101T000000Z-ffffff/manifest.json": "never in use",
      ".lock": String(deadProcess()),
      "notes.txt": "not ours",
    });
    expect((await run()).built).toBe(false);
    expect((await readdir(indexDir)).sort()).toEqual([first, second, "current", "notes.txt"]);
  });
});

describe("LiveIndex", () => {
  it("has no index until there is one, then follows new builds, and lets old ones be used on", async () => {
    const { indexDir, embedder, say } = setUp();
    const messages: [string, boolean][] = [];
    const live = new LiveIndex(new FolderStore(indexDir), (message, failed) => messages.push([message, failed]));
    await live.refresh();
    expect(live.current).toBeNull();

    const first = await say("An apple.");
    await live.refresh();
    const old = live.current!;
    expect(old.buildId).toBe(first);
    await live.refresh();
    expect(live.current).toBe(old);

    const second = await say("A pear.");
    await say("A plum."); // Removes the first build's files.
    const fourth = await say("A fig.");
    await live.refresh();
    expect(live.current!.buildId).toBe(fourth);
    expect(await readdir(indexDir)).not.toContain(first);
    expect(await readdir(indexDir)).not.toContain(second);
    const search = async (index: NonNullable<typeof live.current>, text: string): Promise<string[]> =>
      (await index.search({ text, vector: await embedder.embedQuery(text), k: 5 })).map(({ passage }) => passage.text);
    expect(await search(old, "apple")).toEqual(["An apple."]);
    expect(await search(live.current!, "fig")).toEqual(["A fig."]);
    expect(messages).toEqual([
      [`index ${first} is in use`, false],
      [`index ${fourth} is in use`, false],
    ]);
  });

  it("keeps the old index when the new build is damaged, says so once, and takes the next whole one", async () => {
    const { indexDir, say } = setUp();
    const live = new LiveIndex(new FolderStore(indexDir));
    const first = await say("An apple.");
    await live.refresh();
    const second = await say("A pear.");
    await writeFile(path.join(indexDir, second, "units.bin"), "damaged");
    await expect(live.refresh()).rejects.toMatchObject({
      name: "StartupError",
      message: expect.stringContaining("the index file units.bin is damaged"),
    });
    await live.refresh();
    expect(live.current!.buildId).toBe(first);
    const third = await say("A plum.");
    await live.refresh();
    expect(live.current!.buildId).toBe(third);
    expect(await found(indexDir, "plum")).toEqual(["a"]);
  });

  it("keeps the old index when the new build's manifest is damaged", async () => {
    const { indexDir, say } = setUp();
    const live = new LiveIndex(new FolderStore(indexDir));
    const first = await say("An apple.");
    await live.refresh();
    const second = await say("A pear.");
    await writeFile(path.join(indexDir, second, "manifest.json"), '{"format":1');
    await live.refresh();
    expect(live.current!.buildId).toBe(first);
  });

  it("does not use an index that was made with another embedding model", async () => {
    const { indexDir, embedder, say } = setUp();
    const live = new LiveIndex(new FolderStore(indexDir));
    const first = await say("An apple.");
    const other = { ...embedder.fingerprint, revision: "other" };
    await expect(live.refresh(other)).rejects.toThrow(
      "The index does not fit: the embedding model hash changed (its files), so all passages must be embedded again.",
    );
    expect(live.current).toBeNull();
    const willing = new LiveIndex(new FolderStore(indexDir));
    await willing.refresh(embedder.fingerprint);
    expect(willing.current!.buildId).toBe(first);
  });

  it("looks for new builds by itself until it is stopped", async () => {
    const { indexDir, embedder, say } = setUp();
    const seen: [string, boolean][] = [];
    const live = new LiveIndex(new FolderStore(indexDir), (message, failed) => seen.push([message, failed]));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    live.watch(embedder.fingerprint);
    const first = await say("An apple.");
    vi.advanceTimersByTime(1999);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1);
    await expect.poll(() => live.current?.buildId).toBe(first);
    await expect.poll(() => vi.getTimerCount()).toBe(1);

    const second = await say("A pear.");
    await writeFile(path.join(indexDir, second, "units.bin"), "damaged");
    vi.advanceTimersByTime(2000);
    await expect.poll(() => seen.length).toBe(2);
    expect(seen[1]).toEqual([expect.stringContaining("units.bin is damaged"), true]);
    expect(live.current!.buildId).toBe(first);
    await expect.poll(() => vi.getTimerCount()).toBe(1);

    live.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
