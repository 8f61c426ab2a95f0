import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { WorkerPool, type WorkerPoolOptions } from "../../../src/threads/worker-pool.js";

const SCRIPT = new URL("../../helpers/pool-worker.mjs", import.meta.url);
const pools: WorkerPool<string, string>[] = [];

function pool(options: Partial<WorkerPoolOptions> = {}): WorkerPool<string, string> {
  const made = new WorkerPool<string, string>({
    script: SCRIPT,
    data: null,
    size: 1,
    limitMs: 10_000,
    idleMs: null,
    ...options,
  });
  pools.push(made);
  return made;
}

afterEach(async () => {
  for (const made of pools.splice(0)) {
    await made.close();
    expect(made.threads).toBe(0);
  }
});

describe("a pool of threads", () => {
  it("starts threads only for work, and no more than it may", async () => {
    const two = pool({ size: 2 });
    expect(two.threads).toBe(0);
    const jobs = Array.from({ length: 9 }, (_, i) => two.run(`job ${i}`));
    expect(two.threads).toBe(2);
    expect(await Promise.all(jobs)).toEqual(Array.from({ length: 9 }, (_, i) => `job ${i}!`));
    expect(two.threads).toBe(2);
  });

  it.each([
    ["exit", "it ended unexpectedly (exit code 3)"],
    ["throw", "not caught"],
    ["report", "no such text"],
    ["never", "it took longer than 0.5 s"],
  ])("says why a job failed (%s), and does the next one", async (job, reason) => {
    const one = pool({ limitMs: job === "never" ? 500 : 10_000 });
    const failing = one.run(job);
    const next = one.run("next");
    await expect(failing).rejects.toThrow(new Error(reason));
    expect(await next).toBe("next!");
  });

  it("outlives a thread that runs out of memory", async () => {
    const one = pool({ heapMb: 32 });
    await expect(one.run("fill memory")).rejects.toThrow(new Error("it ran out of memory"));
    expect(await one.run("next")).toBe("next!");
  });

  it("says why a thread cannot start, to every job", async () => {
    const broken = pool({ data: "cannot start", size: 2 });
    const jobs = await Promise.allSettled(["a", "b", "c"].map((job) => broken.run(job)));
    for (const job of jobs) expect(job).toMatchObject({ reason: { message: "the model is damaged" } });
  });

  it("lets a thread go that has had no work for a while", async () => {
    const one = pool({ idleMs: 50 });
    await one.run("a");
    expect(one.threads).toBe(1);
    await expect.poll(() => one.threads).toBe(0);
    expect(await one.run("b")).toBe("b!");
  });

  it("rejects what is under way and waits when it is closed, and what comes after", async () => {
    const one = pool();
    const jobs = Promise.allSettled([one.run("never"), one.run("waiting")]);
    await one.close();
    for (const job of await jobs) expect(job).toMatchObject({ reason: { message: "it was stopped" } });
    await expect(one.run("after")).rejects.toThrow("it was stopped");
    expect(one.threads).toBe(0);
  });

  it("keeps a process alive for a job under way, and not for a thread without work", async () => {
    const source = new URL("../../../src/threads/worker-pool.ts", import.meta.url).href;
    const tsx = import.meta.resolve("tsx/esm/api");
    const code = `
      import { parentPort } from "node:worker_threads";
      import { register } from "${tsx}";
      register();
      const { WorkerPool } = await import("${source}");
      const script = new URL("${SCRIPT.href}");
      const one = new WorkerPool({ script, data: null, size: 1, limitMs: 9999, idleMs: null });
      parentPort.postMessage(await one.run("wait"));`;
    const program = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
    const said: unknown[] = [];
    program.on("message", (message) => said.push(message));
    expect(await once(program, "exit")).toEqual([0]);
    expect(said).toEqual(["late"]);
  });
});
