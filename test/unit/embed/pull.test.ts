import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { HubSettings } from "../../../src/embed/hub.js";
import type { Dtype } from "../../../src/embed/model-files.js";
import { pullModel, type PullProgress, type PullSummary } from "../../../src/embed/pull.js";
import { loadTransformersEmbedder } from "../../../src/embed/transformers-embedder.js";
import { bertFiles } from "../../../scripts/bench/bert.js";
import { FakeHub, startProxy } from "../../helpers/fake-hub.js";
import { temporaryFolder } from "../../helpers/folders.js";

const ID = "someone/bge-small-test";
const GRAPH = "onnx/model.onnx";
const FILES = bertFiles(["the", "moon", "orbits"], {
  layers: 1,
  hidden: 32,
  heads: 2,
  intermediate: 64,
  positions: 16,
});
const NAMES = Object.keys(FILES);
const BYTES = Object.values(FILES).reduce((sum, { length }) => sum + length, 0);
const WAYS_OUT =
  /Without a network: run "npm run models -- pull someone\/bge-small-test" on another machine and copy the folder to ".*bge-small-test"; or set EMBEDDING_MODEL to a folder that has the model, or leave it empty for the bundled one\.$/;

interface Setting {
  hub: FakeHub;
  cacheDir: string;
  folder: string;
  pull: (changes?: Partial<HubSettings>, more?: { dtype?: Dtype; signal?: AbortSignal }) => Promise<PullSummary>;
  progress: PullProgress[];
}

async function setUp(files: Record<string, Buffer> = FILES): Promise<Setting> {
  const hub = await FakeHub.start();
  hub.publish(ID, files, [GRAPH, `${GRAPH}_data`]);
  const cacheDir = temporaryFolder();
  const progress: PullProgress[] = [];
  return {
    hub,
    cacheDir,
    folder: path.join(cacheDir, ID),
    progress,
    pull: (changes = {}, more = {}) =>
      pullModel({
        id: ID,
        dtype: more.dtype ?? "fp32",
        cacheDir,
        hub: hub.settings(changes),
        onProgress: (step) => progress.push(step),
        retryMs: 1,
        ...(more.signal !== undefined && { signal: more.signal }),
      }),
  };
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "no failure",
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

async function expectWhole(folder: string, files = FILES): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    expect({ name, same: (await readFile(path.join(folder, name))).equals(bytes) }).toEqual({ name, same: true });
  }
}

/** Every file in a folder that the model would be loaded from. */
async function namesIn(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return [];
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => NAMES.includes(name)).sort();
}

describe("a pull", () => {
  it("lays the files out as transformers.js reads them, of one commit, and tells its progress", async () => {
    const { hub, folder, pull, progress } = await setUp();
    const summary = await pull();
    await expectWhole(folder);
    expect(summary).toMatchObject({ folder, fetched: NAMES, bytes: BYTES, unchecked: [] });
    expect(summary.commit).toMatch(/^[0-9a-f]{40}$/);
    const downloads = hub.requests.filter(({ method, path: at }) => method === "GET" && at.startsWith(`/${ID}`));
    expect(downloads.every(({ path: at }) => at.includes(summary.commit!))).toBe(true);
    expect(progress.at(-1)).toEqual({ file: GRAPH, done: BYTES, total: BYTES });
    expect(progress.every(({ done }, i) => i === 0 || done >= progress[i - 1]!.done)).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(
      [".pulled.json", ...NAMES.filter((name) => !name.includes("/")), "onnx"].sort(),
    );
  });

  it("asks nobody when everything is there", async () => {
    const { hub, pull } = await setUp();
    await pull();
    hub.requests.length = 0;
    expect(await pull()).toMatchObject({ fetched: [], bytes: 0 });
    expect(hub.requests).toEqual([]);
  });

  it("fetches weights outside the graph, and sentence-transformers' pooling, where the repository has them", async () => {
    const more = { ...FILES, [`${GRAPH}_data`]: Buffer.from("weights"), "1_Pooling/config.json": Buffer.from("{}") };
    const { folder, pull } = await setUp(more);
    expect((await pull()).fetched).toEqual(Object.keys(more));
    await expectWhole(folder, more);
  });

  it("adds another dtype of the same commit, though the hub has a newer one", async () => {
    const eight = { "onnx/model_quantized.onnx": Buffer.from("q8") };
    const { hub, folder, pull } = await setUp({ ...FILES, ...eight });
    const first = await pull();
    hub.publish(ID, { ...FILES, "onnx/model_quantized.onnx": Buffer.from("newer") });
    const second = await pull({}, { dtype: "q8" });
    expect(second).toMatchObject({ commit: first.commit, fetched: ["onnx/model_quantized.onnx"] });
    await expectWhole(folder, { ...FILES, ...eight });
  });

  it("sends the token to the hub, and not to where it redirects to", async () => {
    const { hub, pull } = await setUp();
    await pull({ token: "hf_secret" });
    const isOwn = (at: string): boolean => !at.includes(GRAPH);
    const downloads = hub.requests.filter(({ method }) => method === "GET");
    expect(downloads.filter(({ path: at }) => isOwn(at)).every(({ token }) => token === "Bearer hf_secret")).toBe(true);
    // The graph's own redirect comes from the hub, its bytes from elsewhere.
    expect(downloads.filter(({ path: at }) => !isOwn(at)).map(({ token }) => token)).toEqual([
      "Bearer hf_secret",
      null,
    ]);
  });

  it("says which files had no checksum", async () => {
    const { hub, pull } = await setUp();
    hub.faults.noChecksums = true;
    expect((await pull()).unchecked).toEqual(NAMES);
  });

  it("keeps files that were copied there by hand if they are the hub's", async () => {
    const { hub, folder, pull } = await setUp();
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, "config.json"), FILES["config.json"]!);
    await writeFile(path.join(folder, "tokenizer.json"), Buffer.alloc(FILES["tokenizer.json"]!.length));
    const summary = await pull();
    expect(summary.fetched).toEqual(NAMES.filter((name) => name !== "config.json"));
    await expectWhole(folder);
    expect(
      hub.requests.some(
        ({ method, path: at }) =>
          method === "GET" && at.endsWith("config.json") && !at.endsWith("tokenizer_config.json"),
      ),
    ).toBe(false);
  });
});

describe("an interrupted pull", () => {
  it("goes on by itself from where the connection broke", async () => {
    const { hub, folder, pull } = await setUp();
    hub.faults.breakOff.set(GRAPH, { after: 1000, times: 2 });
    await pull();
    await expectWhole(folder);
    const ranges = hub.requests.filter(({ range }) => range !== null && range !== "").map(({ range }) => range);
    expect(new Set(ranges)).toEqual(new Set(["bytes=1000-", "bytes=2000-"]));
  });

  it("goes on the next time after giving up, and leaves nothing that counts as whole", async () => {
    const { hub, folder, pull } = await setUp();
    hub.faults.breakOff.set(GRAPH, { after: 0, times: 100 });
    expect(await failureOf(pull())).toMatch(
      /^StartupError: "someone\/bge-small-test" could not be downloaded from 127\.0\.0\.1:\d+: /,
    );
    expect(await namesIn(folder)).toEqual(NAMES.filter((name) => name !== GRAPH).sort());
    hub.faults.breakOff.clear();
    hub.requests.length = 0;
    expect((await pull()).fetched).toEqual([GRAPH]);
    await expectWhole(folder);
  });

  it("goes on with the bytes it has when it was stopped", async () => {
    const { hub, folder, pull } = await setUp();
    const interruption = new AbortController();
    hub.faults.breakOff.set(GRAPH, { after: 5000, times: 100 });
    const stopped = failureOf(pull({}, { signal: interruption.signal }));
    await expect
      .poll(() => hub.requests.filter(({ path: at }) => at.includes(GRAPH) && at.includes("resolve")).length)
      .toBeGreaterThan(3);
    interruption.abort();
    expect(await stopped).toBe(
      'StartupError: The download of "someone/bge-small-test" was interrupted; the same command goes on from where it was.',
    );
    expect(await namesIn(folder)).not.toContain(GRAPH);
    hub.faults.breakOff.clear();
    hub.requests.length = 0;
    await pull();
    await expectWhole(folder);
    const first = hub.requests.find(({ method, path: at }) => method === "GET" && at.includes(GRAPH));
    expect(Number(/\d+/.exec(first!.range!)![0])).toBeGreaterThanOrEqual(5000);
  });

  it("begins anew where a server knows no ranges", async () => {
    const { hub, folder, pull } = await setUp();
    hub.faults.noRanges = true;
    hub.faults.breakOff.set(GRAPH, { after: 1000, times: 1 });
    await pull();
    await expectWhole(folder);
  });

  it("does not mix versions when the hub changes in between", async () => {
    const { hub, folder, pull } = await setUp();
    hub.faults.breakOff.set(GRAPH, { after: 0, times: 100 });
    await failureOf(pull());
    hub.faults.breakOff.clear();
    const newer = Object.fromEntries(
      Object.entries(FILES).map(([name, bytes]) => [name, Buffer.concat([bytes, Buffer.from(" ")])]),
    );
    hub.publish(ID, newer, [GRAPH]);
    await pull();
    await expectWhole(folder);
  });
});

describe("a file that is not the hub's", () => {
  it.each([GRAPH, "config.json"])("is removed, and named: %s", async (name) => {
    const { hub, folder, pull } = await setUp();
    hub.faults.forge.set(name, Buffer.alloc(FILES[name]!.length, "x"));
    expect(await failureOf(pull())).toMatch(
      new RegExp(
        `^StartupError: "someone/bge-small-test": ${name} is not the file that 127.0.0.1:\\d+ describes \\(size or checksum differ\\); it was removed\\. Try again;`,
      ),
    );
    expect(await namesIn(folder)).not.toContain(name);
    hub.faults.forge.clear();
    await pull();
    await expectWhole(folder);
  });

  it("counts as such when it is longer", async () => {
    const { hub, pull } = await setUp();
    hub.faults.forge.set(GRAPH, Buffer.concat([FILES[GRAPH]!, Buffer.from("more")]));
    expect(await failureOf(pull())).toContain("is not the file that");
  });
});

describe("a pull that cannot be", () => {
  it.each([
    [401, "RepoNotFound", '"someone/bge-small-test" is private or gated, or does not exist: 127.0.0.1'],
    [403, "GatedRepo", '"someone/bge-small-test" is gated: 127.0.0.1'],
  ])("says what to do about status %i %s", async (code, word, begin) => {
    const { hub, pull } = await setUp();
    hub.faults.status = { code, word };
    const message = await failureOf(pull());
    expect(message).toContain(begin);
    expect(message).toContain("set HF_TOKEN to a token that may read it.");
    expect(hub.requests).toHaveLength(1); // Asking again would not help.
  });

  it("says that there is no such model", async () => {
    const { hub, pull } = await setUp();
    hub.faults.status = { code: 404, word: "RepoNotFound" };
    expect(await failureOf(pull())).toMatch(
      /^StartupError: "someone\/bge-small-test": 127\.0\.0\.1:\d+ has no such model\. Check the id\.$/,
    );
  });

  it("names the ONNX file it looked for, and the forms there are", async () => {
    const { pull } = await setUp();
    expect(await failureOf(pull({}, { dtype: "q8" }))).toBe(
      'StartupError: "someone/bge-small-test" has no onnx/model_quantized.onnx. It has other forms: set EMBEDDING_DTYPE to fp32.',
    );
    const { pull: bare } = await setUp(Object.fromEntries(Object.entries(FILES).filter(([name]) => name !== GRAPH)));
    expect(await failureOf(bare())).toBe(
      'StartupError: "someone/bge-small-test" has no onnx/model.onnx. A repository with ONNX files is needed, such as those of Xenova/ or onnx-community/.',
    );
  });

  it("tries again on a fault of the server, then says so", async () => {
    const { hub, pull } = await setUp();
    hub.faults.status = { code: 503, word: "" };
    expect(await failureOf(pull())).toMatch(
      /could not be downloaded from 127\.0\.0\.1:\d+: it answers with status 503\. Without/,
    );
    expect(hub.requests).toHaveLength(3);
  });

  it("gives up on a server that says nothing", async () => {
    const { hub, pull } = await setUp();
    hub.faults.silent.add("tokenizer.json");
    const message = await failureOf(pull({ timeoutMs: 100 }));
    expect(message).toMatch(
      /could not be downloaded from 127\.0\.0\.1:\d+: it did not answer in time \(UND_ERR_HEADERS_TIMEOUT\)\. /,
    );
    expect(message).toMatch(WAYS_OUT);
  });

  it("names the ways out where there is no network", async () => {
    const { hub, folder, pull } = await setUp();
    hub.stop();
    const message = await failureOf(pull());
    expect(message).toMatch(
      /could not be downloaded from 127\.0\.0\.1:\d+: it refuses connections \(ECONNREFUSED\)\. /,
    );
    expect(message).toMatch(WAYS_OUT);
    expect(message).not.toContain("\n");
    expect(await failureOf(pull({ offline: true }))).toMatch(
      /^StartupError: "someone\/bge-small-test" is not downloaded, and HF_HUB_OFFLINE forbids to\. /,
    );
    expect(await namesIn(folder)).toEqual([]);
  });

  it("says so before it begins when the disk has no room", async () => {
    const { hub, pull } = await setUp();
    const huge = Object.assign(Buffer.from("graph"), {});
    Object.defineProperty(huge, "length", { value: 2 ** 50 });
    hub.publish(ID, { ...FILES, [GRAPH]: huge }, [GRAPH]);
    expect(await failureOf(pull())).toMatch(
      /^StartupError: "someone\/bge-small-test" needs 11258999\d\d MB on the disk of ".*", where \d+ MB are free\. Make room, or set MODEL_CACHE_DIR/,
    );
    expect(hub.requests.every(({ method }) => method === "HEAD")).toBe(true);
  });

  it("says when the cache cannot be written", async () => {
    const { hub, cacheDir } = await setUp();
    await writeFile(path.join(cacheDir, "file"), "");
    const options = { id: ID, dtype: "fp32" as const, cacheDir: path.join(cacheDir, "file"), hub: hub.settings() };
    expect(await failureOf(pullModel(options))).toMatch(
      /^StartupError: MODEL_CACHE_DIR: ".*" cannot be written \(ENOTDIR\)/,
    );
  });
});

describe("a proxy", () => {
  const { HTTP_PROXY, http_proxy, NO_PROXY, no_proxy } = process.env;
  afterEach(() => {
    for (const [name, value] of Object.entries({ HTTP_PROXY, http_proxy, NO_PROXY, no_proxy })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it("is used when the environment names one, for all but the hosts it leaves out", async () => {
    const { hub, folder, pull } = await setUp();
    const { address, asked } = await startProxy();
    delete process.env["http_proxy"];
    delete process.env["no_proxy"];
    process.env["HTTP_PROXY"] = address;
    process.env["NO_PROXY"] = "";
    await pull();
    await expectWhole(folder);
    expect(asked).toContain(new URL(hub.endpoint).host);
    asked.length = 0;
    process.env["NO_PROXY"] = "127.0.0.1";
    await rm(folder, { recursive: true });
    await pull();
    expect(asked).toEqual([]);
  });
});

describe("an embedder of a hub model", () => {
  it("downloads it once, then needs no network; the same files have the same vectors and revision elsewhere", async () => {
    const { hub, cacheDir, folder } = await setUp();
    const options = { cacheDir, overrides: { dtype: "fp32" as const }, hub: hub.settings() };
    const first = await loadTransformersEmbedder(ID, path.resolve("models"), options);
    expect(first.fingerprint).toMatchObject({ model: ID, pooling: "cls", dtype: "fp32" });
    hub.stop();
    const again = await loadTransformersEmbedder(ID, path.resolve("models"), options);
    expect(again.fingerprint).toEqual(first.fingerprint);
    expect(await again.embedQuery("the moon")).toEqual(await first.embedQuery("the moon"));

    // Copied to another machine, into its cache or anywhere else.
    const elsewhere = path.join(temporaryFolder(), "bge-small-test");
    await cp(folder, elsewhere, { recursive: true });
    const copied = await loadTransformersEmbedder(elsewhere, path.resolve("models"), options);
    expect(copied.fingerprint).toEqual({ ...first.fingerprint, model: elsewhere });
    const changed = {
      ...FILES,
      "tokenizer.json": Buffer.from(FILES["tokenizer.json"]!.toString().replace("moon", "noon")),
    };
    await writeFile(path.join(folder, "tokenizer.json"), changed["tokenizer.json"]);
    expect((await loadTransformersEmbedder(ID, path.resolve("models"), options)).fingerprint.revision).not.toBe(
      first.fingerprint.revision,
    );
  });

  it("fails in one line without a network, and never falls back to another model", async () => {
    const { hub, cacheDir } = await setUp();
    hub.stop();
    const options = { cacheDir, hub: hub.settings() };
    const message = await failureOf(loadTransformersEmbedder(ID, path.resolve("models"), options));
    expect(message).toMatch(/^StartupError: EMBEDDING_MODEL: "someone\/bge-small-test" could not be downloaded/);
    expect(message).toMatch(WAYS_OUT);
  }, 30_000);
});
