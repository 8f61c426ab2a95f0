import { spawnSync } from "node:child_process";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { FolderStore } from "../../src/search/folder-store.js";
import { examine, type Finding, findingLines } from "../../src/cli/doctor.js";
import { PROJECT_DIR } from "../../src/config.js";
import { BUNDLED_MODEL, loadTransformersEmbedder } from "../../src/embed/transformers-embedder.js";
import { ingest } from "../../src/ingest.js";
import { temporaryFolder, writeFiles } from "../helpers/folders.js";
import { type Reply, ScriptedModel } from "../helpers/scripted-model.js";

async function findings(env: Record<string, string>, envFile = "/nowhere/.env"): Promise<Finding[]> {
  const found: Finding[] = [];
  for await (const finding of examine(env, envFile)) found.push(finding);
  return found;
}

/** Each check with how it is, such as "index: ok". */
const levels = (found: readonly Finding[]): string[] => found.map(({ check, level }) => `${check}: ${level}`);

async function folders(): Promise<Record<string, string>> {
  const base = temporaryFolder();
  const corpusDir = path.join(base, "corpus");
  await writeFiles(corpusDir, { "a.txt": "Herrings are smoked over beech wood.\n" });
  return { CORPUS_DIR: corpusDir, INDEX_DIR: path.join(base, "index"), DATA_DIR: path.join(base, "data"), PORT: "0" };
}

async function ingested(env: Record<string, string>): Promise<string> {
  const embedder = await loadTransformersEmbedder(BUNDLED_MODEL, path.join(PROJECT_DIR, "models"));
  const { buildId } = await ingest({
    corpusDir: env["CORPUS_DIR"]!,
    store: new FolderStore(env["INDEX_DIR"]!),
    embedder,
  });
  return path.join(env["INDEX_DIR"]!, buildId);
}

describe("the doctor", () => {
  it("finds nothing where all is well, and writes nothing", async () => {
    const env = await folders();
    await ingested(env);
    const found = await findings(env);
    expect(levels(found)).toEqual([
      "settings: ok",
      "port: ok",
      "documents: ok",
      "index folder: ok",
      "data folder: ok",
      "embedding model: ok",
      "index: ok",
    ]);
    expect(found.flatMap(findingLines).every((line) => /^ok {7}\S/.test(line))).toBe(true);
    expect(await readdir(path.dirname(env["CORPUS_DIR"]!))).toEqual(["corpus", "index"]);
  });

  it("tells of settings that are not allowed, and of names that are none", async () => {
    const [only, ...rest] = await findings({ PORT: "x" });
    expect(only).toMatchObject({ level: "fault", text: expect.stringMatching(/^PORT: "x" is not allowed/) });
    expect(rest).toEqual([]);
    const envFile = path.join(temporaryFolder(), ".env");
    await writeFile(envFile, "CORPUS_DIRR=docs\nHTTPS_PROXY=http://p\nAPI_KEYS=\n");
    const [first] = await findings(await folders(), envFile);
    expect(first).toMatchObject({ level: "warning", text: ".env sets what is no setting of Docent: CORPUS_DIRR." });
  });

  it("warns of an open door, weak keys and what is logged", async () => {
    const texts = async (more: Record<string, string>) =>
      (await findings({ ...(await folders()), ...more }))
        .filter(({ check }) => check === "access")
        .map(({ text }) => text);
    expect(await texts({ HOST: "0.0.0.0", RATE_LIMIT_PER_MINUTE: "0" })).toEqual([
      "whoever reaches 0.0.0.0 may ask: no keys are set.",
      "there is no limit of requests.",
    ]);
    expect(await texts({ API_KEYS: "short", CORS_ORIGINS: "*", LOG_QUESTIONS: "on" })).toEqual([
      "a key has fewer than 16 characters.",
      "pages of every origin may call with a key.",
      "questions are logged.",
    ]);
    expect(await texts({})).toEqual([]);
  });

  it("tells of a port in use, documents that cannot be read and folders that cannot be written", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const env = await folders();
    await writeFiles(env["CORPUS_DIR"]!, { "broken.pdf": "no pdf" });
    await writeFile(path.join(path.dirname(env["CORPUS_DIR"]!), "file"), "");
    const found = await findings({
      ...env,
      PORT: String(port),
      DATA_DIR: path.join(path.dirname(env["CORPUS_DIR"]!), "file", "data"),
    });
    expect(levels(found).slice(1)).toEqual([
      "port: warning",
      "documents: warning",
      "index folder: ok",
      "data folder: fault",
      "embedding model: ok",
      "index: warning",
    ]);
    expect(found[2]!.text).toMatch(/1 documents in .+; 1 files are skipped \(broken\.pdf: /);
    const [, , documents] = await findings({ ...env, CORPUS_DIR: "/nowhere" });
    expect(documents).toMatchObject({ check: "documents", level: "fault", text: expect.stringContaining("/nowhere") });
  });

  it("tells of a damaged index, one that lags behind, and a model that is not there", async () => {
    const env = await folders();
    const build = await ingested(env);
    await writeFiles(env["CORPUS_DIR"]!, { "b.txt": "Eels are smoked too.\n" });
    const last = async (more = {}) => (await findings({ ...env, ...more })).at(-1)!;
    expect(await last()).toMatchObject({ level: "warning", text: expect.stringContaining("have changed since") });
    const file = path.join(build, "units.bin");
    const bytes = await readFile(file);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(file, bytes);
    expect(await last()).toMatchObject({ level: "fault", text: expect.stringContaining("units.bin is damaged") });
    const found = await findings({ ...env, EMBEDDING_MODEL: "/nowhere/model" });
    expect(found.find(({ check }) => check === "embedding model")).toMatchObject({
      level: "fault",
      text: expect.stringContaining("/nowhere/model"),
    });
  });

  it("works where nothing is installed, and says how to", async () => {
    const project = path.join(temporaryFolder(), "project");
    await mkdir(path.join(project, "scripts"), { recursive: true });
    for (const name of ["package.json", "scripts/doctor.mjs", "scripts/setup.mjs"])
      await cp(path.join(PROJECT_DIR, name), path.join(project, name));
    const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/doctor.mjs", "--json"], {
      cwd: project,
      encoding: "utf8",
    });
    const found = JSON.parse(stdout) as Finding[];
    expect([status, stderr]).toEqual([1, ""]);
    expect(levels(found)).toEqual(["Node.js: ok", "onnxruntime-node: fault", "hnswlib-node: fault"]);
    expect(found[2]!.advice).toBe('Run "npm ci".');
  });

  it.each([
    ["answers", { pieces: ["OK"] }, "ok", /^openai:scripted answers \(\d+ ms to the first word\)$/],
    ["does not take the key", { status: 401 }, "fault", /does not accept the key \(401\)\. Check OPENAI_API_KEY\.$/],
    ["says nothing", { pieces: [] }, "fault", /^CHAT_MODEL: openai:scripted gave an empty reply\.$/],
  ] as const)("asks a chat model that %s", async (_, reply, level, text) => {
    const model = new ScriptedModel();
    onTestFinished(() => model.close());
    model.plays(reply as Reply);
    const env = { ...(await folders()), CHAT_MODEL: "openai:scripted", CHAT_BASE_URL: await model.listen() };
    const found = (await findings(env)).at(-1)!;
    expect(found).toMatchObject({ check: "chat model", level, text: expect.stringMatching(text) });
  });
});
