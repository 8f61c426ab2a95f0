import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, connect, type Socket } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { PROBE_QUESTIONS } from "../../src/answer/probe-questions.js";
import type { IngestSummary } from "../../src/ingest.js";
import { FolderStore } from "../../src/search/folder-store.js";
import { temporaryFolder, writeFiles } from "../helpers/folders.js";
import { ask, compile, foldersWith, freePort, Program, projectIn, type Run, until } from "../helpers/program.js";
import { bundledModel, openIndex } from "./app-under-test.js";

const HERRINGS = { "herrings.txt": "Herrings are smoked over beech wood for six hours.\n" };
const QUESTION = "What are herrings smoked over?";
const ANSWER = "Herrings are smoked over beech wood for six hours [1].";

const hasIPv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));

/** An index of HERRINGS, made once, that tests may copy the settings of. */
let shared: Record<string, string>;
let folder: string;
/** A copy of the compiled project, out of reach of whoever compiles while the tests run. */
let project: string;

beforeAll(async () => {
  compile();
  folder = mkdtempSync(path.join(tmpdir(), "docent-server-"));
  project = await projectIn(path.join(folder, "project"));
  shared = await foldersWith(HERRINGS, folder);
  await openIndex(folder, await bundledModel(), shared["CORPUS_DIR"], new FolderStore(shared["INDEX_DIR"]!));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = (script: string, settings: Record<string, string>, args: string[] = [], base = project): Program =>
  new Program([path.join(base, "dist", script), ...args], settings);
const serve = (settings: Record<string, string>): Program => start("src/server.js", { PORT: "0", ...settings });
const runToEnd = (script: string, settings: Record<string, string>, args: string[] = []): Promise<Run> =>
  start(script, settings, args).ended;

describe("the server", () => {
  it("ingests, says where it is, answers, and goes on a signal", async () => {
    const server = serve(await foldersWith(HERRINGS));
    const url = await server.url();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(server.stdout).toMatch(/^Docent answers from 1 documents \(1 passages, 0 FAQ items\) at /);
    expect(server.stderr).toMatch(/^Ingested in [\d.]+ s: 1 documents, 1 passages, 0 FAQ items; /);
    expect(await ask(url, QUESTION)).toMatchObject({ status: "answered", answer: ANSWER });
    server.signal("SIGINT");
    expect((await server.ended).code).toBe(0);
  });

  it("starts anew from the index there is, and answers raw garbage with a problem", async () => {
    const again = serve(shared);
    const url = await again.url();
    expect(again.stderr).toBe("");
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    const received = collect(socket);
    socket.write("hello\r\n\r\n");
    expect(await received).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json; charset=utf-8\r\n/,
    );
    expect(await ask(url, QUESTION)).toMatchObject({ answer: ANSWER });
  });

  it("listens before it is ready, and says so with 503", async () => {
    const port = await freePort();
    const corpus = Object.fromEntries(
      Array.from({ length: 150 }, (_, i) => [
        `note-${i}.txt`,
        `Lamp ${i} burns ${i * 3} litres of oil a night.\n`.repeat(9),
      ]),
    );
    const server = serve({ ...(await foldersWith(corpus)), PORT: String(port) });
    const url = `http://127.0.0.1:${port}`;
    const seen: unknown[] = [];
    const look = async (): Promise<boolean> => {
      const now = await fetch(`${url}/readyz`).then(
        async (response) => [
          response.status,
          response.headers.get("retry-after"),
          ((await response.json()) as { type?: string }).type,
          (await fetch(`${url}/healthz`)).status,
        ],
        () => ["refused"],
      );
      if (JSON.stringify(seen.at(-1)) !== JSON.stringify(now)) seen.push(now);
      return now[0] === 200;
    };
    await until(look, 20_000);
    expect(seen).toEqual([["refused"], [503, "2", "urn:docent:problem:no-index", 200], [200, null, undefined, 200]]);
    expect(await server.url()).toBe(url);
  });

  it("takes up a new ingest without a restart and without a failed request", async () => {
    const settings = await foldersWith(HERRINGS);
    const url = await serve({ ...settings, RATE_LIMIT_PER_MINUTE: "0" }).url();
    const question = "How deep do gannets dive?";
    expect((await ask(url, question)).status).toBe("not_found");
    await writeFiles(settings["CORPUS_DIR"]!, {
      "gannets.txt": "Gannets dive from forty metres and go ten metres deep.\n",
    });
    const ingest = start("scripts/ingest.js", settings);
    let ingested = Infinity;
    void ingest.ended.then(() => (ingested = performance.now()));
    let asked = 0;
    // ask() fails at anything but a 200.
    await until(async () => {
      asked++;
      expect((await ask(url, QUESTION)).answer).toBe(ANSWER);
      return (await ask(url, question)).status === "answered";
    }, 15_000);
    expect(performance.now() - ingested).toBeLessThan(5000);
    expect(await ingest.ended).toMatchObject({ code: 0, stderr: "" });
    expect(asked).toBeGreaterThan(5);
    expect((await (await fetch(`${url}/api/sources`)).json()) as unknown[]).toHaveLength(2);
  });

  it("lets a request under way finish before it goes, and takes no other", async () => {
    const server = serve(shared);
    const port = Number(new URL(await server.url()).port);
    const idle = connect(port, "127.0.0.1");
    const idleReceived = collect(idle);
    idle.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const body = JSON.stringify({ question: QUESTION });
    const socket = connect(port, "127.0.0.1");
    const received = collect(socket);
    socket.write(
      `POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    server.signal("SIGTERM");
    server.signal("SIGTERM");
    // The idle connection is closed at once, and no new one is taken.
    expect(await idleReceived).toMatch(/^HTTP\/1\.1 200 OK/);
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow("fetch failed");
    expect(server.hasEnded).toBe(false);
    const finished = performance.now();
    socket.write(body.slice(5));
    const answer = await received;
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain(JSON.stringify(ANSWER));
    expect(await server.ended).toMatchObject({ code: 0, stderr: "" });
    expect(performance.now() - finished).toBeLessThan(1500);
  });

  it("takes settings from .env, and rather from the environment", async () => {
    const own = await projectIn(path.join(temporaryFolder(), "project"));
    const { CORPUS_DIR, INDEX_DIR } = shared;
    await writeFile(path.join(own, ".env"), `PORT=http\nAPI_KEYS="from-file"\nCORPUS_DIR=${CORPUS_DIR}\n`);
    const url = await start("src/server.js", { PORT: "0", INDEX_DIR: INDEX_DIR! }, [], own).url();
    expect((await fetch(`${url}/api/sources`)).status).toBe(401);
    const response = await fetch(`${url}/api/sources`, { headers: { Authorization: "Bearer from-file" } });
    expect(await response.json()).toMatchObject([{ id: "herrings" }]);
  });

  it.skipIf(!hasIPv6)("shows an IPv6 address as a browser takes it", async () => {
    const server = serve({ ...shared, HOST: "::1" });
    const url = await server.url();
    expect(url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it("shows localhost where it listens on all addresses", async () => {
    expect(await serve({ ...shared, HOST: "0.0.0.0" }).url()).toMatch(/^http:\/\/localhost:\d+$/);
  });
});

describe("a start that cannot be", () => {
  const plain = (run: Run): Run => {
    expect(run.stdout).toBe("");
    expect(run.stderr).not.toMatch(/\n {4}at /);
    return run;
  };

  it("for a port that is taken is one line", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    expect(plain(await runToEnd("src/server.js", { ...shared, PORT: String(port) }))).toMatchObject({
      code: 1,
      stderr: `PORT: ${port} is taken by another program. Stop it, or set PORT to a free one.\n`,
    });
  });

  it("for a host that is not this machine's is one line", async () => {
    expect(plain(await runToEnd("src/server.js", { ...shared, PORT: "0", HOST: "192.0.2.1" }))).toMatchObject({
      code: 1,
      stderr: "HOST, PORT: cannot listen on 192.0.2.1:0 (EADDRNOTAVAIL).\n",
    });
  });

  it("for a corpus folder that is missing is one line", async () => {
    const base = temporaryFolder();
    const missing = path.join(base, "none");
    const settings = { PORT: "0", CORPUS_DIR: missing, INDEX_DIR: path.join(base, "index") };
    expect(plain(await runToEnd("src/server.js", settings))).toMatchObject({
      code: 1,
      stderr: `CORPUS_DIR: the folder "${missing}" does not exist. Create it and put documents into it.\n`,
    });
  });

  it("for settings that are not allowed is a line each", async () => {
    const settings = { ...shared, PORT: "http", CHAT_MODEL: "gpt-5-mini", API_KEYS: "s3cret key" };
    const run = plain(await runToEnd("src/server.js", settings));
    expect(run.code).toBe(1);
    expect(run.stderr.split("\n")).toEqual([
      'PORT: "http" is not allowed; it takes a whole number from 0 to 65535.',
      'CHAT_MODEL: "gpt-5-mini" is not allowed; it takes "off" or provider:model, such as "openai:gpt-5-mini" (providers: openai, anthropic, ollama).',
      "API_KEYS: the value is not allowed; it takes keys of ASCII letters, digits and signs without spaces, comma separated.",
      "",
    ]);
  });

  it("for a model that there is not is one line", async () => {
    const run = plain(await runToEnd("src/server.js", { ...shared, PORT: "0", EMBEDDING_MODEL: "no such model" }));
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/^EMBEDDING_MODEL: "no such model" is neither .*\n$/);
  });
});

describe("npm run ask", () => {
  it("prints the answer with its sources", async () => {
    const run = await runToEnd("scripts/ask.js", shared, ["What", "are", "herrings", "smoked", "over?"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(run.stdout.split("\n")).toEqual([
      ANSWER,
      "",
      expect.stringMatching(/^\[1\] .+ \(herrings, 0–50\)$/),
      "    “Herrings are smoked over beech wood for six hours.”",
      "",
    ]);
  });

  it("prints JSON for machines, and ends well without an answer", async () => {
    const run = await runToEnd("scripts/ask.js", shared, ["--json", "Who was the first king of France?"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(run.stdout)).toMatchObject({ status: "not_found", citations: [], model: "extractive" });
  });

  it("asks while another process ingests", async () => {
    const settings = await foldersWith(HERRINGS);
    expect((await runToEnd("scripts/ask.js", settings, [QUESTION])).stdout).toContain(ANSWER);
    // This process holds the lock.
    await writeFile(path.join(settings["INDEX_DIR"]!, ".lock"), String(process.pid));
    expect(await runToEnd("scripts/ask.js", settings, [QUESTION])).toMatchObject({ code: 0, stderr: "" });
  });

  const USAGE = 'Usage: npm run ask -- "question" [--json]\n';
  it.each([
    [[], `A question is missing.\n${USAGE}`],
    [["--jsno", "a"], `Unknown option '--jsno'.\n${USAGE}`],
  ] as const)("%j is shown the usage", async (args, stderr) => {
    expect(await runToEnd("scripts/ask.js", shared, [...args])).toEqual({ code: 1, stdout: "", stderr });
  });
});

describe("npm run ingest", () => {
  it("prints a summary for machines, and fails if a file was skipped", async () => {
    const settings = await foldersWith({ ...HERRINGS, "notes.xyz": "?" });
    const run = await runToEnd("scripts/ingest.js", settings, ["--json"]);
    expect(run).toMatchObject({ code: 1, stderr: "" });
    expect(run.stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(JSON.parse(run.stdout) as IngestSummary).toEqual({
      buildId: expect.stringMatching(/^\d{8}T\d{6}Z-[0-9a-f]{6}$/),
      built: true,
      rebuildReason: null,
      documents: 1,
      passages: 1,
      faqItems: 0,
      reused: 0,
      embedded: 2,
      skipped: [{ path: "notes.xyz", reason: expect.stringMatching(/^files of this kind are not read/) }],
      refusal: {
        leastSubject: expect.any(Number),
        answeredForeign: expect.any(Number),
        foreignProbes: PROBE_QUESTIONS.length,
        refusedOwn: expect.any(Number),
        ownProbes: expect.any(Number),
      },
      seconds: expect.any(Number),
    });
  });

  it("takes folders from the command line, and builds anew when told to", async () => {
    const given = await foldersWith(HERRINGS);
    const args = ["--json", "--corpus", given["CORPUS_DIR"]!, `--index=${given["INDEX_DIR"]}`];
    const elsewhere = { CORPUS_DIR: "/nowhere", INDEX_DIR: "/nowhere" };
    const runs = [];
    for (const more of [[], [], ["--force"]]) {
      const { code, stdout, stderr } = await runToEnd("scripts/ingest.js", elsewhere, [...args, ...more]);
      expect([code, stderr]).toEqual([0, ""]);
      runs.push(JSON.parse(stdout) as IngestSummary);
    }
    expect(runs.map(({ built, reused, embedded }) => [built, reused, embedded])).toEqual([
      [true, 0, 2],
      [false, 0, 0],
      [true, 0, 2],
    ]);
  });

  it("takes an empty folder name for none", async () => {
    const run = await runToEnd("scripts/ingest.js", shared, ["--corpus", "", "--index", ""]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(run.stdout).toMatch(/^(Up to date|Ingested in) .*: 1 documents, 1 passages, /);
  });

  const USAGE =
    "Usage: npm run ingest -- [--corpus DIR] [--index DIR] [--force] [--json]\n" +
    "       npm run ingest -- --rollback [--index DIR] [--json]\n";
  it.each([
    [["--forse"], `Unknown option '--forse'.\n${USAGE}`],
    [["docs"], `"docs" is not an option.\n${USAGE}`],
  ])("%j is shown the usage", async (args, stderr) => {
    expect(await runToEnd("scripts/ingest.js", shared, args)).toEqual({ code: 1, stdout: "", stderr });
  });
});

/** All that a connection brings until it is closed. */
function collect(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    socket.setEncoding("utf8");
    socket.on("data", (piece: string) => (received += piece));
    socket.on("close", () => resolve(received));
    socket.on("error", reject);
  });
}
