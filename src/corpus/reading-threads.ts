import { availableParallelism } from "node:os";
import { messageOf, UnreadableFileError } from "../errors.js";
import { threadScript } from "../threads/thread-script.js";
import { WorkerPool } from "../threads/worker-pool.js";
import type { Document, Passage } from "../types.js";
import { readDocument, type ReadDocument, type ReadJob } from "./read-document.js";
import type { ReadingLimits } from "./reading-limits.js";

/** A text up to this size is read in place where there are few: it takes no time to speak of, a thread a quarter of a second. */
const IN_PLACE_BYTES = 32_000;
/** From so much text on, threads save more than they cost. */
const MUCH_BYTES = 400_000;
/** A text up to this size cannot take so much memory that the whole process must be watched. */
const ORDINARY_BYTES = 1_000_000;
const MAX_THREADS = 4;
const HEAP_MB = 1500;

/** A document without what the other side has anyway; or why there is none. */
export type ReadReply = { document: Document; passages: Omit<Passage, "text">[] } | { reason: string };

/**
 * Reads files, those that may take long in threads that are ended when they do: a file that would hang or fill this process only
 * costs itself. Ordinary texts are read several at a time; large ones, PDF and Word documents one after the other, so that the
 * memory that the process grows by is that one's.
 */
export class ReadingThreads {
  readonly #limits: ReadingLimits;
  readonly #isMuch: boolean;
  #ordinary: ReadingPool | null = null;
  #watched: ReadingPool | null = null;

  /** @param allBytes of all files together */
  constructor(limits: ReadingLimits, allBytes: number) {
    this.#limits = limits;
    this.#isMuch = allBytes > MUCH_BYTES;
  }

  /** @throws UnreadableFileError if it cannot be read within the limits; an error of the system if it cannot be opened */
  async read(job: Omit<ReadJob, "maxPassages">, bytes: number): Promise<ReadDocument> {
    const { bytes: most, passages } = this.#limits;
    if (bytes > most) {
      throw new UnreadableFileError(
        `it has ${megabytes(bytes)} MB, more than the ${megabytes(most)} MB of MAX_FILE_MB; cut it into several files`,
      );
    }
    const whole: ReadJob = { ...job, maxPassages: passages };
    const isText = !/\.(pdf|docx)$/i.test(job.path);
    if (isText && bytes <= IN_PLACE_BYTES && !this.#isMuch) return readDocument(whole);
    const reply = await this.#inThread(whole, isText && bytes <= ORDINARY_BYTES);
    if ("reason" in reply) throw new UnreadableFileError(reply.reason);
    const { document } = reply;
    const withText = (passage: Omit<Passage, "text">): Passage => ({
      ...passage,
      text: document.text.slice(passage.start, passage.end),
    });
    return { document, passages: reply.passages.map(withText) };
  }

  async #inThread(job: ReadJob, isOrdinary: boolean): Promise<ReadReply> {
    let pool: ReadingPool;
    if (isOrdinary) pool = this.#ordinary ??= this.#pool({ size: Math.min(MAX_THREADS, availableParallelism()) });
    else pool = this.#watched ??= this.#pool({ size: 1, growthMb: this.#limits.megabytes });
    return pool.run(job).catch((error: unknown) => {
      throw new UnreadableFileError(`reading it was given up: ${messageOf(error)}`);
    });
  }

  #pool(options: { size: number; growthMb?: number }): ReadingPool {
    const script = threadScript("reading-worker", import.meta.url);
    const limitMs = this.#limits.seconds * 1000;
    return new WorkerPool({ script, data: null, limitMs, idleMs: null, heapMb: HEAP_MB, mayBeEnded: true, ...options });
  }

  async close(): Promise<void> {
    await Promise.all([this.#ordinary?.close(), this.#watched?.close()]);
  }
}

type ReadingPool = WorkerPool<ReadJob, ReadReply>;

function megabytes(bytes: number): string {
  return (bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 0 });
}
