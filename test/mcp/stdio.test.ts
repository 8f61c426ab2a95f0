import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { PROJECT_DIR } from "../../src/config.js";
import { temporaryFolder, writeFiles } from "../helpers/folders.js";
import { bundledModel, openIndex } from "../http/app-under-test.js";
import { ask, connected, faultOf, FILES, IDS, QUESTION, read, search, UNANSWERABLE } from "./client.js";

const LAUNCHER = path.join(PROJECT_DIR, "scripts", "mcp.mjs");
let folder: string;
let shared: Record<string, string>;

/** The environment of this process without Docent's settings. */
const env = (settings: Record<string, string>): Record<string, string> => ({
  PATH: process.env["PATH"]!,
  HOME: tmpdir(),
  LOG_LEVEL: "warn",
  ...settings,
});

const foldersIn = (base: string): Record<string, string> => ({
  CORPUS_DIR: path.join(base, "corpus"),
  INDEX_DIR: path.join(base, "index"),
});

beforeAll(async () => {
  const setup = spawnSync(process.execPath, ["scripts/setup.mjs", "--quiet"], { cwd: PROJECT_DIR, encoding: "utf8" });
  expect([setup.status, setup.stderr]).toEqual([0, ""]);
  folder = mkdtempSync(path.join(tmpdir(), "docent-mcp-"));
  await openIndex(folder, await bundledModel(), FILES);
  shared = foldersIn(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const transport = (settings: Record<string, string>): StdioClientTransport =>
  new StdioClientTransport({
    command: process.execPath,
    args: [LAUNCHER],
    cwd: tmpdir(),
    env: env(settings),
    stderr: "pipe",
  });

const message = (method: string, params: object, id?: number): object => ({ jsonrpc: "2.0", id, method, params });
const HELLO = message(
  "initialize",
  { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "test", version: "1" } },
  1,
);
const ASK = message("tools/call", { name: "ask", arguments: { question: QUESTION } }, 2);

/** The server as a process that is written to and read from line by line. */
class Program {
  readonly #process: ChildProcess;
  readonly ended: Promise<number | NodeJS.Signals | null>;
  stdout = "";
  stderr = "";

  constructor(settings: Record<string, string>, command = process.execPath, args = [LAUNCHER]) {
    this.#process = spawn(command, args, { cwd: tmpdir(), env: env(settings), stdio: "pipe" });
    this.#process.stdout!.on("data", (piece: Buffer) => (this.stdout += piece.toString()));
    this.#process.stderr!.on("data", (piece: Buffer) => (this.stderr += piece.toString()));
    this.#process.stdin!.on("error", () => {}); // The process may end before it has read all.
    this.ended = new Promise((resolve) => this.#process.on("close", (code, signal) => resolve(code ?? signal)));
    onTestFinished(async () => {
      this.#process.kill("SIGKILL");
      await this.ended;
    });
  }

  send(...messages: (object | string)[]): this {
    for (const one of messages) this.#process.stdin!.write(`${typeof one === "string" ? one : JSON.stringify(one)}\n`);
    return this;
  }

  close(): this {
    this.#process.stdin!.end();
    return this;
  }

  /** Reads no more. */
  deafen(): void {
    this.#process.stdout!.destroy();
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** What was said so far; fails on a line that is no message of the protocol. */
  get said(): { id: number; result?: Record<string, unknown>; error?: object }[] {
    expect(this.stdout === "" || this.stdout.endsWith("\n")).toBe(true);
    return this.stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => {
        const one = JSON.parse(line) as { jsonrpc: string; id: number };
        expect(one.jsonrpc).toBe("2.0");
        return one;
      });
  }

  async until(isSo: () => boolean): Promise<void> {
    for (let i = 0; i < 800 && !isSo(); i++) await new Promise((resolve) => setTimeout(resolve, 20));
    expect([isSo(), this.stderr]).toEqual([true, this.stderr]);
  }

  /** Waits until so many messages came. */
  heard(count: number): Promise<void> {
    return this.until(() => this.stdout.split("\n").length > count);
  }
}

describe("a client that starts the server", () => {
  it("gets the tools and the documents, from whatever folder it starts it", async () => {
    const client = await connected(transport(shared));
    expect(client.getServerVersion()).toMatchObject({ name: "docent" });
    expect(client.getInstructions()).toContain("3 documents: “The harbour tour”");
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(["ask", "search"]);
    const { text, ...answer } = await ask(client, QUESTION);
    const [{ quote, start, end }] = answer.citations as [(typeof answer.citations)[0]];
    expect(answer.answer).toBe("Herrings are smoked over beech wood for six hours [1].");
    expect((await read(client, "docent://sources/herrings")).slice(start, end)).toBe(quote);
    expect(text).toMatch(/docent:\/\/sources\/herrings \(0–50\)$/);
    expect((await ask(client, UNANSWERABLE)).status).toBe("not_found");
    const { resources } = await client.listResources();
    expect(resources.map(({ name }) => name)).toEqual(IDS);
    expect(await read(client, resources[1]!.uri)).toContain("forty euros");
    expect(await faultOf(client, "ask", {})).toBe("question must be a string.");
    const found = await Promise.all(
      ["herrings", "lighthouse", "season ticket"].map((query) => search(client, query, 1)),
    );
    expect(found.map(([best]) => best!.source)).toEqual(["herrings", "guides/a tour (1)", "günstig & gut/50% off?"]);
  });

  it("cancels a call without harm", async () => {
    const client = await connected(transport(shared));
    const cancelling = new AbortController();
    const asked = client.callTool({ name: "ask", arguments: { question: QUESTION } }, undefined, {
      signal: cancelling.signal,
    });
    cancelling.abort("no longer wanted");
    await expect(asked).rejects.toThrow(/no longer wanted/);
    expect((await ask(client, QUESTION)).status).toBe("answered");
  });

  it("closes it", async () => {
    const closing = transport(shared);
    const client = await connected(closing);
    const { pid } = closing;
    await client.close();
    expect(() => process.kill(pid!, 0)).toThrow(/ESRCH/);
  });
});

describe("the process", () => {
  it("says nothing on stdout but messages, one a line, and ends once stdin is closed and all is answered", async () => {
    const program = new Program(shared).send(HELLO, "rubbish", ASK, message("tools/list", {}, 3)).close();
    expect(await program.ended).toBe(0);
    expect(new Set(program.said.map(({ id }) => id))).toEqual(new Set([1, 2, 3]));
    expect(program.said).toHaveLength(3);
    expect(JSON.parse(program.stderr)).toMatchObject({
      level: "warn",
      msg: expect.stringContaining("it was left out"),
    });
  });

  it("ends when stdin is closed before anything was said", async () => {
    const program = new Program(shared).close();
    expect([await program.ended, program.stdout, program.stderr]).toEqual([0, "", ""]);
  });

  it("ends when its client reads no more", async () => {
    const program = new Program(shared).send(HELLO);
    await program.heard(1);
    program.deafen();
    program.send(ASK);
    expect([await program.ended, program.stderr]).toEqual([0, ""]);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("ends on %s", async (name) => {
    const program = new Program(shared).send(HELLO);
    await program.heard(1);
    program.signal(name);
    expect([await program.ended, program.stderr]).toEqual([0, ""]);
  });

  it("makes the index where there is none, tells stderr, and follows later ones", async () => {
    const base = temporaryFolder();
    await writeFiles(path.join(base, "corpus"), { "herrings.txt": FILES["herrings.txt"] });
    const program = new Program(foldersIn(base)).send(HELLO, ASK);
    await program.heard(2);
    expect(program.said[1]!.result).toMatchObject({ structuredContent: { status: "answered" } });
    expect(program.stderr).toContain("Ingested in ");
    const newer = temporaryFolder();
    await openIndex(newer, await bundledModel(), { "nets.txt": "Nets are mended in March.\n" });
    await rename(path.join(base, "index"), path.join(base, "before"));
    await rename(path.join(newer, "index"), path.join(base, "index"));
    await new Promise((resolve) => setTimeout(resolve, 2500));
    program.send(message("resources/list", {}, 3));
    await program.heard(3);
    expect(program.said[2]!.result).toMatchObject({ resources: [{ name: "nets" }] });
  });

  it("says why it cannot serve, in a line on stderr, and ends", async () => {
    const nowhere = path.join(temporaryFolder(), "nowhere");
    const missing = new Program({ ...shared, CORPUS_DIR: nowhere, INDEX_DIR: nowhere }).send(HELLO);
    expect(await missing.ended).toBe(1);
    expect([missing.stdout, missing.stderr]).toEqual(["", expect.stringMatching(/^CORPUS_DIR: .+\n$/)]);
    const wrong = new Program({ ...shared, MAX_FILE_MB: "much" }).send(HELLO);
    expect(await wrong.ended).toBe(1);
    expect([wrong.stdout, wrong.stderr]).toEqual(["", expect.stringMatching(/^MAX_FILE_MB: "much" .+\n$/)]);
  });

  it("is what npm starts, silently, from another folder", async () => {
    const npm = ["--prefix", PROJECT_DIR, "run", "--silent", "mcp"];
    const program = new Program(shared, "npm", npm).send(HELLO, ASK).close();
    expect(await program.ended).toBe(0);
    expect(program.said.map(({ id }) => id)).toEqual([1, 2]);
  });
});
