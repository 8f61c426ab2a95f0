// oxlint-disable unicorn/require-post-message-target-origin -- a thread has no origin
import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../errors.js";
import type { EncodeJob, ThreadSettings } from "./embedding-threads.js";
import { openSentenceEncoder } from "./sentence-encoder.js";

/** Runs in a thread: loads the model, then answers each job with its vectors. If it cannot load, the thread ends with why. */

const { encoder: settings, niceness } = workerData as ThreadSettings;
// Only Linux gives a thread a priority of its own; elsewhere this would slow down the whole process.
if (niceness > 0 && process.platform === "linux") setPriority(0, niceness);
const port = parentPort!;
// Jobs that come while it loads wait in the port.
const encoder = await openSentenceEncoder(settings);
port.on("message", (job: EncodeJob | null) => {
  // Between two batches of a job: a message is only read when the model is not running.
  if (job === null) process.exit();
  encoder.encode(job.texts, job.role).then(
    (rows) => port.postMessage({ result: rows }, [rows.buffer]),
    (error: unknown) => port.postMessage({ error: messageOf(error) }),
  );
});
