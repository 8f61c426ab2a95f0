import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { PROJECT_DIR } from "../../src/config.js";
import { bertFiles } from "../../scripts/bench/bert.js";
import { FakeHub } from "../helpers/fake-hub.js";
import { temporaryFolder, writeFiles } from "../helpers/folders.js";

const ID = "someone/e5-small-test";
const GRAPH = "onnx/model_quantized.onnx";
const FILES = bertFiles(
  ["herring", "##s", "are", "smoked", "over", "beech", "wood", "what", "."],
  { layers: 1, hidden: 32, heads: 2, intermediate: 64, positions: 64 },
  { quantized: true, deviation: 0.3 },
);

let folder: string;
/** A copy of the compiled project, out of reach of whoever compiles while the tests run. */
let project: string;

beforeAll(async () => {
  const setup = spawnSync(process.execPath, ["scripts/setup.mjs", "--quiet"], { cwd: PROJECT_DIR, encoding: "utf8" });
  expect([setup.status, setup.stderr]).toEqual([0, ""]);
  folder = mkdtempSync(path.join(tmpdir(), "docent-models-"));
  project = path.join(folder, "project");
  await mkdir(project);
  for (const name of ["dist", "package.json"])
    await cp(path.join(PROJECT_DIR, name), path.join(project, name), { recursive: true });
  for (const name of ["node_modules", "models"]) await symlink(path.join(PROJECT_DIR, name), path.join(project, name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

class Program {
  readonly process: ChildProcess;
  readonly ended: Promise<Run>;
  stdout = "";
  stderr = "";

  constructor(script: string, settings: Record<string, string>, args: string[] = []) {
    this.process = spawn(process.execPath, [path.join(project, "dist", script), ...args], {
      env: { PATH: process.env["PATH"]!, HOME: tmpdir(), LOG_LEVEL: "warn", PORT: "0", ...settings },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process.stdout!.on("data", (piece: Buffer) => (this.stdout += piece.toString()));
    this.process.stderr!.on("data", (piece: Buffer) => (this.stderr += piece.toString()));
    this.ended = new Promise((resolve) =>
      this.process.on("close", (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr })),
    );
    onTestFinished(async () => {
      this.process.kill("SIGKILL");
      await this.ended;
    });
  }
}

interface Setting {
  hub: FakeHub;
  env: Record<string, string>;
  models: (...args: string[]) => Promise<Run>;
}

async function setUp(): Promise<Setting> {
  const hub = await FakeHub.start();
  hub.publish(ID, FILES, [GRAPH]);
  const base = temporaryFolder();
  await writeFiles(path.join(base, "corpus"), { "herrings.txt": "Herrings are smoked over beech wood.\n" });
  const env = {
    HF_ENDPOINT: hub.endpoint,
    MODEL_CACHE_DIR: path.join(base, "cache"),
    CORPUS_DIR: path.join(base, "corpus"),
    INDEX_DIR: path.join(base, "index"),
    DATA_DIR: path.join(base, "data"),
  };
  return { hub, env, models: (...args) => new Program("scripts/models.js", env, args).ended };
}

describe("npm run models", () => {
  it("pulls, lists and checks a model, and pulls nothing twice", async () => {
    const { hub, env, models } = await setUp();
    const pulled = await models("pull", ID);
    expect(pulled.code).toBe(0);
    expect(pulled.stderr).toMatch(
      /^Downloading someone\/e5-small-test: 0\.\d MB …\nDownloaded someone\/e5-small-test\.\n$/,
    );
    expect(pulled.stdout).toMatch(
      /^someone\/e5-small-test, q8 \(commit [0-9a-f]{12}\) was downloaded: 0\.\d MB in 4 files, sizes and checksums right\.\n/,
    );
    hub.requests.length = 0;
    const again = await models("pull", ID);
    expect([again.code, again.stderr]).toEqual([0, ""]);
    expect(again.stdout).toContain("is here already; nothing was downloaded.");
    expect(hub.requests).toEqual([]);

    expect((await models("pull", "someone/else")).code).toBe(1);
    // What never came is not listed.
    expect((await models("list")).stdout).toMatch(
      /^docent-embed-en: bundled {2}\(in use\)\nsomeone\/e5-small-test: q8, 0\.\d MB\n$/,
    );
    const checked = await models("check", ID);
    expect([checked.code, checked.stderr]).toEqual([0, ""]);
    expect(checked.stdout).toContain(
      'pooling: "mean"\nqueryPrefix: "query: "\npassagePrefix: "passage: "\ndimensions: 32\n',
    );
    expect((await models("check")).stdout).toContain("queryPrefix: none\n");

    await writeFile(path.join(env["MODEL_CACHE_DIR"]!, ID, GRAPH), "damaged");
    const damaged = await models("check", ID);
    expect(damaged.code).toBe(1);
    expect(damaged.stderr).toContain(`"${ID}": ${GRAPH} changed since the download. Delete`);
  });

  it.each([
    [["pull"], /^Usage:\n/],
    [["push", ID], /^Usage:\n/],
    [["pull", "bge"], /^"bge" is no id of a model: it takes owner\/name\.\n$/],
    [["pull", ID, "--dtype", "q3"], /^--dtype: "q3" is not one of fp32, /],
    [
      ["pull", ID, "--dtype", "fp32"],
      /^"someone\/e5-small-test" has no onnx\/model\.onnx\. It has other forms: set EMBEDDING_DTYPE to q8\.\n$/,
    ],
    [["pull", "someone/else"], /^"someone\/else": .* has no such model, or it has no config\.json, /],
  ])("ends with code 1 and one message: %j", async (args, message) => {
    const { models } = await setUp();
    const run = await models(...args);
    expect([run.code, run.stdout]).toEqual([1, ""]);
    expect(run.stderr).toMatch(message);
  });

  it("ends quietly when nobody reads on", async () => {
    const { env } = await setUp();
    const check = new Program("scripts/models.js", env, ["check"]);
    check.process.stdout!.destroy();
    expect(await check.ended).toMatchObject({ code: 0, stderr: "" });
  });

  it("goes on after an interruption from the keyboard", async () => {
    const { hub, env, models } = await setUp();
    hub.faults.silent.add("tokenizer.json");
    const pull = new Program("scripts/models.js", env, ["pull", ID]);
    await expect.poll(() => hub.requests.some(({ path: at }) => at.endsWith("/tokenizer.json"))).toBe(true);
    pull.process.kill("SIGINT");
    expect(await pull.ended).toMatchObject({
      code: 1,
      stderr: `The download of "${ID}" was interrupted; the same command goes on from where it was.\n`,
    });
    hub.faults.silent.clear();
    expect((await models("pull", ID)).code).toBe(0);
  });
});

describe("EMBEDDING_MODEL with an id of the hub", () => {
  it("is downloaded by an ingest, and a server then needs no network; a change is told in one line", async () => {
    const { hub, env } = await setUp();
    const bundled = await new Program("scripts/ingest.js", env).ended;
    expect(bundled.code).toBe(0);
    expect(bundled.stderr).toBe("");
    const changed = await new Program("scripts/ingest.js", { ...env, EMBEDDING_MODEL: ID }).ended;
    expect(changed.code).toBe(0);
    expect(changed.stderr).toMatch(
      /^Downloading someone\/e5-small-test: 0\.\d MB …\nDownloaded someone\/e5-small-test\.\nRebuilding from nothing: the embedding model changed from docent-embed-en to someone\/e5-small-test; all passages are embedded again\.\n$/,
    );
    hub.stop();
    const server = new Program("src/server.js", { ...env, EMBEDDING_MODEL: ID });
    await expect.poll(() => server.stdout, { timeout: 15_000 }).toContain("ready in");
    expect(server.stderr).toBe("");
    // The server too makes the index anew when the model has changed, and says why.
    const back = new Program("src/server.js", env);
    await expect.poll(() => back.stdout, { timeout: 15_000 }).toContain("ready in");
    expect(back.stderr).toMatch(
      /^The index does not fit: the embedding model changed from someone\/e5-small-test to docent-embed-en, so all passages must be embedded again\. It is made anew\.\nIngested /,
    );
  }, 60_000);

  it("stops the server with one line where there is no network, and nothing else is used instead", async () => {
    const { hub, env } = await setUp();
    hub.stop();
    await rm(env["MODEL_CACHE_DIR"]!, { recursive: true, force: true });
    const run = await new Program("src/server.js", { ...env, HF_ENDPOINT: hub.endpoint, EMBEDDING_MODEL: ID }).ended;
    expect([run.code, run.stdout]).toEqual([1, ""]);
    expect(run.stderr).toMatch(
      /^EMBEDDING_MODEL: "someone\/e5-small-test" could not be downloaded from 127\.0\.0\.1:\d+: it refuses connections \(ECONNREFUSED\)\. Without a network: run "npm run models -- pull someone\/e5-small-test" on another machine and copy the folder to ".*"; or set EMBEDDING_MODEL to a folder that has the model, or leave it empty for the bundled one\.\n$/,
    );
  });
});
