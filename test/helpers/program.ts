import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cp, mkdir, symlink } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished } from "vitest";
import { PROJECT_DIR } from "../../src/config.js";
import type { Answer } from "../../src/types.js";
import { temporaryFolder, writeFiles } from "./folders.js";

/** Compiles the project. */
export function compile(): void {
  const setup = spawnSync(process.execPath, ["scripts/setup.mjs", "--quiet"], { cwd: PROJECT_DIR, encoding: "utf8" });
  expect([setup.status, setup.stderr]).toEqual([0, ""]);
}

/** A copy of the compiled project, out of reach of whoever compiles while the tests run. */
export async function projectIn(base: string): Promise<string> {
  await mkdir(base);
  for (const name of ["dist", "package.json"])
    await cp(path.join(PROJECT_DIR, name), path.join(base, name), { recursive: true });
  for (const name of ["node_modules", "models", "src"])
    await symlink(path.join(PROJECT_DIR, name), path.join(base, name));
  return base;
}

/** Settings of a server of its own, with files for its corpus. */
export async function foldersWith(
  files: Record<string, string>,
  base = temporaryFolder(),
): Promise<Record<string, string>> {
  await writeFiles(path.join(base, "corpus"), files);
  return {
    CORPUS_DIR: path.join(base, "corpus"),
    INDEX_DIR: path.join(base, "index"),
    DATA_DIR: path.join(base, "data"),
  };
}

/** The environment of this process without Docent's settings, so that the developer's own have no say. */
const env = (settings: Record<string, string>): Record<string, string> => ({
  PATH: process.env["PATH"]!,
  HOME: tmpdir(),
  LOG_LEVEL: "warn",
  ...settings,
});

export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A process that is killed when the test ends, if it has not ended by then. */
export class Program {
  readonly #process: ChildProcess;
  readonly ended: Promise<Run>;
  stdout = "";
  stderr = "";

  /**
   * @param args of Node: a script and its arguments
   * @param atEnd what registers the end of the process, where it is not the test's
   */
  constructor(
    args: string[],
    settings: Record<string, string>,
    cwd = tmpdir(),
    atEnd: (end: () => Promise<void>) => void = onTestFinished,
  ) {
    this.#process = spawn(process.execPath, args, { cwd, env: env(settings), stdio: ["ignore", "pipe", "pipe"] });
    this.#process.stdout!.on("data", (piece: Buffer) => (this.stdout += piece.toString()));
    this.#process.stderr!.on("data", (piece: Buffer) => (this.stderr += piece.toString()));
    this.ended = new Promise((resolve) =>
      this.#process.on("close", (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr })),
    );
    atEnd(async () => {
      this.#process.kill("SIGKILL");
      await this.ended;
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** The address that a server prints once it is ready. */
  async url(ms = 15_000): Promise<string> {
    await until(() => this.stdout.includes("\n") || this.hasEnded, ms);
    const url = / at (http:\/\/\S+) {2}\[ready in \d+\.\d s\]\n$/.exec(this.stdout)?.[1];
    if (url === undefined) throw new Error(`The server did not start: ${this.stdout}${this.stderr}`);
    return url;
  }
}

export async function until(holds: () => boolean | Promise<boolean>, ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function post(url: string, body: object): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

export async function ask(url: string, question: string): Promise<Answer> {
  const response = await post(`${url}/api/chat`, { question });
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
