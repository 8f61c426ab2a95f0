// oxlint-disable unicorn/require-post-message-target-origin -- a thread has no origin
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { messageOf } from "../errors.js";

const STOPPED = "it was stopped";

export interface WorkerPoolOptions {
  /**
   * The module that answers jobs: for each it is sent, it posts `{ result }` or `{ error: "why" }`; sent `null`, it ends.
   * It is not ended from outside, unless it may be: that would end the whole process if ONNX Runtime is at work ("terminate
   * called after throwing an instance of 'Napi::Error'", onnxruntime-node 1.30).
   */
  script: URL;
  /** Whether a thread is ended at once, whatever it is doing, and not when it next can be spoken to. */
  mayBeEnded?: boolean;
  /** What the module finds in `workerData`. */
  data: unknown;
  /** At most so many threads. They start when there is work for them. */
  size: number;
  /** How long a job may take; the first of a thread includes its start. */
  limitMs: number;
  /** A thread without work ends after this time; never, if null. */
  idleMs: number | null;
  /** Heap of a thread in MB; Node's own limit if left out. */
  heapMb?: number;
  /** How many MB the process may grow by during a job: buffers are no part of the heap. For a pool of one thread. */
  growthMb?: number;
}

interface Task<Job, Result> {
  job: Job;
  resolve: (result: Result) => void;
  reject: (error: Error) => void;
}

interface Member<Job, Result> {
  worker: Worker;
  task: Task<Job, Result> | null;
  timer: NodeJS.Timeout | null;
  watch: NodeJS.Timeout | null;
}

/** How often it is looked whether a job takes too much memory: at 2 GB/s, that is 100 MB. */
const WATCH_MS = 50;

interface Reply<Result> {
  result?: Result;
  error?: string;
}

/**
 * Threads that take jobs one at a time, in the order they came. A job whose thread fails is rejected, and the next job gets
 * a new thread. Threads without work do not keep the process alive.
 *
 * Our own, because tinypool 2.2 never settles a job whose thread exits, nor its `destroy()` while a thread is at work.
 */
export class WorkerPool<Job, Result> {
  readonly #options: WorkerPoolOptions;
  readonly #members = new Set<Member<Job, Result>>();
  readonly #waiting: Task<Job, Result>[] = [];
  #closed = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#options.size;
  }

  /** Threads there are at the moment. */
  get threads(): number {
    return this.#members.size;
  }

  /** @throws Error if the job fails, its thread ends or takes longer than `limitMs`, or the pool is closed */
  run(job: Job): Promise<Result> {
    if (this.#closed) return Promise.reject(new Error(STOPPED));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      this.#assign();
    });
  }

  /** Ends all threads, each as soon as it can be spoken to. Then jobs under way and waiting are rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    const tasks = this.#waiting.splice(0);
    const ends = [...this.#members].map((member) => {
      if (member.task !== null) tasks.push(member.task);
      member.task = null;
      const end = once(member.worker, "exit");
      this.#dismiss(member, null);
      member.worker.ref();
      return end;
    });
    await Promise.all(ends);
    for (const { reject } of tasks) reject(new Error(STOPPED));
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const free = [...this.#members].find(({ task }) => task === null);
      if (free === undefined && this.#members.size >= this.#options.size) return;
      const member = free ?? this.#hire();
      const task = this.#waiting.shift()!;
      member.task = task;
      const { limitMs } = this.#options;
      this.#time(member, limitMs, () => new Error(`it took longer than ${limitMs / 1000} s`));
      this.#watch(member);
      member.worker.ref();
      member.worker.postMessage(task.job);
    }
  }

  #watch(member: Member<Job, Result>): void {
    const { growthMb } = this.#options;
    if (growthMb === undefined) return;
    const most = process.memoryUsage.rss() + growthMb * 1e6;
    member.watch = setInterval(() => {
      if (process.memoryUsage.rss() > most)
        this.#dismiss(member, new Error(`it took more than ${growthMb} MB of memory`));
    }, WATCH_MS).unref();
  }

  #hire(): Member<Job, Result> {
    const { script, data, heapMb } = this.#options;
    const worker = new Worker(script, {
      workerData: data,
      ...(heapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapMb } }),
    });
    const member: Member<Job, Result> = { worker, task: null, timer: null, watch: null };
    this.#members.add(member);
    worker.on("message", (reply: Reply<Result>) => this.#finish(member, reply));
    const fail = (error: Error): void => this.#dismiss(member, error);
    worker.on("error", (error: NodeJS.ErrnoException) =>
      fail(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? new Error("it ran out of memory") : error),
    );
    worker.on("messageerror", fail);
    worker.on("exit", (code) => fail(new Error(`it ended unexpectedly (exit code ${code})`)));
    return member;
  }

  #finish(member: Member<Job, Result>, { result, error }: Reply<Result>): void {
    const { task } = member;
    if (task === null) return;
    clearInterval(member.watch ?? undefined);
    member.task = null;
    if (error === undefined) task.resolve(result as Result);
    else task.reject(new Error(error));
    this.#assign();
    if (member.task !== null) return;
    member.worker.unref();
    const { idleMs } = this.#options;
    if (idleMs === null) clearTimeout(member.timer ?? undefined);
    else this.#time(member, idleMs, () => null);
  }

  #time(member: Member<Job, Result>, ms: number, reason: () => Error | null): void {
    clearTimeout(member.timer ?? undefined);
    member.timer = setTimeout(() => this.#dismiss(member, reason()), ms).unref();
  }

  /** Lets a thread go; its job is rejected at once, though the thread can only end between two runs of native code. */
  #dismiss(member: Member<Job, Result>, error: unknown): void {
    if (!this.#members.delete(member)) return;
    clearTimeout(member.timer ?? undefined);
    clearInterval(member.watch ?? undefined);
    member.worker.unref();
    if (this.#options.mayBeEnded === true) void member.worker.terminate();
    else member.worker.postMessage(null);
    member.task?.reject(error instanceof Error ? error : new Error(messageOf(error)));
    member.task = null;
    this.#assign();
  }
}
