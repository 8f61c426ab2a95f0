import { messageOf, UnreadableFileError } from "../errors.js";
import { threadScript } from "../threads/thread-script.js";
import { WorkerPool } from "../threads/worker-pool.js";
import type { Document, Passage } from "../types.js";
import { readDocument, type ReadDocument, type ReadJob } from "./read-document.js";
import type { ReadingLimits } from "./reading-limits.js";

/** Of text, so much is read in place: it takes no time to speak of, and a thread takes a quarter of a second to start. */
const IN_PLACE_BYTES = 32_000;
const HEAP_MB = 1500;

/** A document without what the other side has anyway; or why there is none. */
export type ReadReply = { document: Document; passages: Omit<Passage, "text">[] } | { reason: string };

/**
 * Reads files, those that may take long in a thread that is ended when they do: a file that would hang or fill this process
 * only costs itself.
 */
export class ReadingThread {
  readonly #limits: ReadingLimits;
  #pool: WorkerPool<ReadJob, ReadReply> | null = null;

  constructor(limits: ReadingLimits) {
    this.#limits = limits;
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
    if (bytes <= IN_PLACE_BYTES && !/\.(pdf|docx)$/i.test(job.path)) return readDocument(whole);
    const reply = await this.#inThread(whole);
    if ("reason" in reply) throw new UnreadableFileError(reply.reason);
    const { document } = reply;
    const withText = (passage: Omit<Passage, "text">): Passage => ({
      ...passage,
      text: document.text.slice(passage.start, passage.end),
    });
    return { document, passages: reply.passages.map(withText) };
  }

  async #inThread(job: ReadJob): Promise<ReadReply> {
    const { seconds, megabytes: growthMb } = this.#limits;
    this.#pool ??= new WorkerPool({
      script: threadScript("reading-worker", import.meta.url),
      data: null,
      size: 1,
      limitMs: seconds * 1000,
      idleMs: null,
      heapMb: HEAP_MB,
      growthMb,
      mayBeEnded: true,
    });
    return this.#pool.run(job).catch((error: unknown) => {
      throw new UnreadableFileError(`reading it was given up: ${messageOf(error)}`);
    });
  }

  async close(): Promise<void> {
    await this.#pool?.close();
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 0 });
}
