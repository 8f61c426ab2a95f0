import { availableParallelism } from "node:os";
import { EmbeddingError, messageOf } from "../errors.js";
import { planBatches } from "./batches.js";
import type { EncoderSettings, SentenceEncoder, TextRole } from "./sentence-encoder.js";
import { threadScript } from "../threads/thread-script.js";
import { WorkerPool } from "../threads/worker-pool.js";

/** What a thread is started with. */
export interface ThreadSettings {
  encoder: EncoderSettings;
  /** How far it stands back behind the rest of the process, 0 to 19; only where the system knows that of threads. */
  niceness: number;
}

export interface EncodeJob {
  texts: string[];
  role: TextRole;
}

/** Other than by default, for measurements and tests. */
export interface ThreadOptions {
  /** How many for passages; by default one a core, at most four. */
  count?: number;
  /** A model that takes longer for a short query is asked in a thread. */
  fastQueryMs?: number;
  /** Up to so many characters of passages a fast model embeds on the calling thread. */
  inPlaceChars?: number;
}

/** Static models take 0.2 ms, the smallest transformers 2 ms, and the way to a thread and back 0.2 to 0.6 ms. */
const FAST_QUERY_MS = 1;
const TRIAL_QUERIES = 5;
/** About 0.2 s of a fast model, in steps of 6 ms; a thread takes longer to load it. */
const IN_PLACE_CHARS = 200_000;
/** A job: about 2,000 tokens, 10 ms of a fast model and 200 ms of one like all-MiniLM-L6-v2. */
const JOB_CHARS = { size: 8192, padding: 0.5 };
/** Every thread holds a model of its own. */
const MAX_THREADS = 4;
/** Loading a large model from a slow disk and a job of it, with much to spare. */
const LIMIT_MS = 180_000;
const IDLE_MS = 10_000;
const NICENESS = 10;

/** Decides where a text is embedded: on the calling thread, or in threads of their own that leave the event loop free. */
export class EmbeddingThreads {
  readonly #encoder: SentenceEncoder;
  readonly #inPlaceChars: number;
  readonly #passages: WorkerPool<EncodeJob, Float32Array<ArrayBuffer>>;
  /** Null for a model that is fast enough to be asked where one is. */
  readonly #queries: WorkerPool<EncodeJob, Float32Array<ArrayBuffer>> | null;

  private constructor(encoder: SentenceEncoder, isFast: boolean, options: ThreadOptions) {
    const threads = options.count ?? Math.min(MAX_THREADS, availableParallelism());
    this.#encoder = encoder;
    this.#inPlaceChars = options.inPlaceChars ?? IN_PLACE_CHARS;
    this.#passages = poolOf(encoder.settings, { size: threads, idleMs: IDLE_MS, niceness: NICENESS });
    this.#queries = isFast ? null : poolOf(encoder.settings, { size: 1, idleMs: null, niceness: 0 });
  }

  /** @param encoder the model, loaded; given up here if it is too slow to be asked on this thread */
  static async start(encoder: SentenceEncoder, options: ThreadOptions = {}): Promise<EmbeddingThreads> {
    const isFast = (await quickestQueryMs(encoder)) <= (options.fastQueryMs ?? FAST_QUERY_MS);
    const threads = new EmbeddingThreads(encoder, isFast, options);
    if (!isFast) {
      await encoder.unload();
      await threads.embedQuery("warm up");
    }
    return threads;
  }

  /** @throws EmbeddingError if the model fails */
  async embedQuery(text: string): Promise<Float32Array> {
    try {
      if (this.#queries === null) return await this.#encoder.encode([text], "query");
      return await this.#queries.run({ texts: [text], role: "query" });
    } catch (error) {
      throw toldAs(error);
    }
  }

  /**
   * @param onProgress is told how many texts are done
   * @returns one vector a text, in the order of the texts
   * @throws EmbeddingError if the model fails; vectors found until then are lost
   */
  async embedPassages(texts: readonly string[], onProgress?: (done: number) => void): Promise<Float32Array[]> {
    const lengths = texts.map(({ length }) => length);
    const chars = lengths.reduce((sum, length) => sum + length, 0);
    const inPlace = this.#queries === null && chars <= this.#inPlaceChars;
    const jobs = planBatches(lengths, JOB_CHARS).values();
    const vectors = new Array<Float32Array>(texts.length);
    let done = 0;
    let failed = false;
    const { dimensions } = this.#encoder.settings;
    const work = async (): Promise<void> => {
      for (const places of jobs) {
        if (failed) return;
        const job: EncodeJob = { texts: places.map((at) => texts[at]!), role: "passage" };
        const rows = await (inPlace ? this.#encoder.encode(job.texts, job.role) : this.#passages.run(job));
        places.forEach((at, row) => (vectors[at] = rows.slice(row * dimensions, (row + 1) * dimensions)));
        onProgress?.((done += places.length));
      }
    };
    const lanes = Array.from({ length: inPlace ? 1 : this.#passages.size }, () =>
      work().catch((error: unknown) => {
        failed = true;
        throw error;
      }),
    );
    // All of them, so that no thread is at work any more when the caller learns of a failure and perhaps ends the process.
    const ends = await Promise.allSettled(lanes);
    const failure = ends.find((end) => end.status === "rejected");
    if (failure !== undefined) throw toldAs(failure.reason);
    return vectors;
  }

  /** Ends the threads. Work under way fails. */
  async close(): Promise<void> {
    await Promise.all([this.#passages.close(), this.#queries?.close()]);
  }
}

function poolOf(
  encoder: EncoderSettings,
  { size, idleMs, niceness }: { size: number; idleMs: number | null; niceness: number },
): WorkerPool<EncodeJob, Float32Array<ArrayBuffer>> {
  const data: ThreadSettings = { encoder, niceness };
  return new WorkerPool({
    script: threadScript("embedding-worker", import.meta.url),
    data,
    size,
    idleMs,
    limitMs: LIMIT_MS,
  });
}

/** The quickest, because other work on the machine can only make a query look slower than it is. */
async function quickestQueryMs(encoder: SentenceEncoder): Promise<number> {
  let quickest = Infinity;
  for (let trial = 0; trial < TRIAL_QUERIES; trial++) {
    const started = performance.now();
    await encoder.encode(["What does the model take for a short question?"], "query");
    quickest = Math.min(quickest, performance.now() - started);
  }
  return quickest;
}

function toldAs(error: unknown): EmbeddingError {
  return new EmbeddingError(`The embedding model failed: ${messageOf(error).split("\n")[0]}.`);
}
