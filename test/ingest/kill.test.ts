import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, expect, it } from "vitest";
import { FolderStore } from "../../src/search/folder-store.js";
import { BUNDLED_MODEL, loadTransformersEmbedder } from "../../src/embed/transformers-embedder.js";
import type { Embedder } from "../../src/embed/embedder.js";
import type { IngestSummary } from "../../src/ingest.js";
import { LiveIndex } from "../../src/search/live-index.js";
import { temporaryFolder, writeFiles } from "../helpers/folders.js";

const BUILD_ID = /^\d{8}T\d{6}Z-[0-9a-f]{6}$/;
/** With those at the stages below, an ingest is killed at 50 moments. */
const MOMENTS = 42;
const LEAST_KILLED = 50;
/** A build while it is being written. */
const BUILDING = /^\.\d{8}T.*\.tmp$/;
const PARTS = "rocket moon orbit launch treaty mission budget crew module probe antenna signal engine shield".split(
  " ",
);

let embedder: Embedder;
beforeAll(async () => {
  const { status } = spawnSync(process.execPath, ["scripts/setup.mjs", "--quiet"], { stdio: "inherit" });
  expect(status).toBe(0);
  embedder = await loadTransformersEmbedder(BUNDLED_MODEL, path.resolve("models"));
}, 120_000);

function start(corpusDir: string, indexDir: string): { child: ChildProcess; output: () => string } {
  const args = ["dist/scripts/ingest.js", "--corpus", corpusDir, "--index", indexDir, "--json"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

/** Twelve documents of a few hundred sentences; `edition` changes one sentence of each of the first three. */
function documents(edition: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: 12 }, (_, d) => {
      const sentences = Array.from(
        { length: 24 },
        (__, s) => `The ${PARTS[s % 14]} of the ${PARTS[(s * d + d) % 14]} had number ${s + 30 * d}.`,
      );
      if (d < 3) sentences[5] = `The archive holds edition ${edition} of volume ${d}.`;
      return [`volume-${d}.txt`, `${sentences.join(" ")}\n`];
    }),
  );
}

/** Opens what is in use and checks that it is whole and answers; null if the folder names no build. */
async function checkedBuild(indexDir: string): Promise<string | null> {
  const live = new LiveIndex(new FolderStore(indexDir));
  await live.refresh();
  const index = live.current;
  if (index === null) {
    if (existsSync(path.join(indexDir, "current"))) throw new Error("the build named in current cannot be opened");
    return null;
  }
  expect(index.counts.documents).toBe(12);
  const query = "Which edition does the archive hold?";
  const [best] = await index.search({ text: query, vector: await embedder.embedQuery(query), k: 1 });
  expect(best!.passage.text).toContain("The archive holds edition");
  for (const { id } of await index.documents()) {
    const [document, passages] = [(await index.documentHead(id))!, await index.passagesOf(id)];
    expect(passages.length).toBeGreaterThan(0);
    for (const passage of passages) expect(passage.text).toBe(document.text.slice(passage.start, passage.end));
  }
  return index.buildId;
}

/** Resolves once the folder has what is looked for, or the process has ended. */
async function until(child: ChildProcess, isTime: () => boolean): Promise<void> {
  while (child.exitCode === null && child.signalCode === null && !isTime()) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Stages of a run by what they leave in the folder; each is a moment to be killed at. */
const STAGES: Record<string, (indexDir: string, before: string[]) => boolean> = {
  locked: (indexDir) => entries(indexDir).includes(".lock"),
  writing: (indexDir) => entries(indexDir).some((name) => BUILDING.test(name)),
  described: (indexDir) =>
    entries(indexDir).some(
      (name) => BUILDING.test(name) && entries(path.join(indexDir, name)).includes("manifest.json"),
    ),
  renamed: (indexDir, before) => entries(indexDir).some((name) => BUILD_ID.test(name) && !before.includes(name)),
  pointing: (indexDir) => entries(indexDir).includes(".current.tmp"),
};

it("an ingest killed at any moment leaves a whole index, or none on the first run", async () => {
  const corpusDir = temporaryFolder();
  const indexDir = path.join(temporaryFolder(), "index");
  let edition = 0;
  let known: string | null = null;
  let killed = 0;

  /** Lets an ingest run until `moment`, kills it, and checks what is left. */
  const killAt = async (
    name: string,
    moment: (child: ChildProcess, before: string[]) => Promise<void>,
  ): Promise<void> => {
    await writeFiles(corpusDir, documents(++edition));
    const before = entries(indexDir);
    const { child, output } = start(corpusDir, indexDir);
    const ended = once(child, "exit");
    await moment(child, before);
    child.kill("SIGKILL");
    const [code, signal] = (await ended) as [number | null, string | null];
    if (signal === "SIGKILL") killed++;
    else if (code !== 0) throw new Error(`${name}: ${output()}`);
    const build = await checkedBuild(indexDir);
    if (build === null && known !== null) throw new Error(`${name}: the index is gone`);
    known = build;
  };
  const after = (milliseconds: number) => async (): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, milliseconds));

  // How long a whole run takes here, to spread the moments over it.
  await writeFiles(corpusDir, documents(edition));
  const started = performance.now();
  const trial = start(corpusDir, path.join(temporaryFolder(), "trial"));
  await once(trial.child, "exit");
  const whole = performance.now() - started;

  const undisturbed = async (): Promise<void> => {
    await writeFiles(corpusDir, documents(++edition));
    const { child, output } = start(corpusDir, indexDir);
    const [code] = (await once(child, "close")) as [number];
    if (code !== 0) throw new Error(output());
    const { built, buildId } = JSON.parse(output()) as IngestSummary;
    expect(built).toBe(true);
    expect(await checkedBuild(indexDir)).toBe(buildId);
    // The build in use, the one in use before, if any, and what names the one in use.
    const builds = known === null ? [buildId] : [known, buildId];
    expect((await readdir(indexDir)).sort()).toEqual([...builds, "current"]);
    known = buildId;
  };

  for (const share of [0.6, 0.9]) await killAt(`first run at ${share}`, after(whole * share));
  await killAt("renamed at first", (child, before) => until(child, () => STAGES["renamed"]!(indexDir, before)));
  await undisturbed();
  for (const [stage, isTime] of Object.entries(STAGES)) {
    await killAt(stage, (child, before) => until(child, () => isTime(indexDir, before)));
  }
  for (let i = 0; i < MOMENTS; i++) {
    // Spread over the run from the first file read to the end, at random between.
    const share = 0.3 + (0.75 * (i + Math.random())) / MOMENTS;
    await killAt(`at ${share.toFixed(2)} of ${Math.round(whole)} ms`, after(whole * share));
  }
  // On a machine whose pace changes, runs end before their moment: more of them, earlier.
  for (let i = 0; i < MOMENTS; i++) {
    if (killed >= LEAST_KILLED) break;
    await killAt(`again, ${i}`, after(whole * (0.3 + 0.4 * Math.random())));
  }
  expect(killed).toBeGreaterThanOrEqual(LEAST_KILLED);

  await undisturbed();
  await undisturbed();
}, 600_000);

it("of several ingests started at once after a kill, the folder is spoilt by none", async () => {
  const corpusDir = temporaryFolder();
  const indexDir = temporaryFolder();
  await writeFiles(corpusDir, documents(0));
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  await writeFile(path.join(indexDir, ".lock"), String(pid));
  const runs = [1, 2, 3].map(() => start(corpusDir, indexDir));
  const codes = await Promise.all(runs.map(async ({ child }) => ((await once(child, "close")) as [number])[0]));
  expect(codes).toContain(0);
  const failures = runs.flatMap(({ output }, i) => (codes[i] === 0 ? [] : [output()]));
  expect(failures.filter((text) => !/^another ingest (is at work|has just started)/.test(text))).toEqual([]);
  const build = await checkedBuild(indexDir);
  expect((await readdir(indexDir)).sort()).toEqual([build, "current"]);
}, 30_000);
