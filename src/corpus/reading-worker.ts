// oxlint-disable unicorn/require-post-message-target-origin -- a thread has no origin
import { parentPort } from "node:worker_threads";
import { readDocument, type ReadJob } from "./read-document.js";
import type { ReadReply } from "./reading-threads.js";
import { reasonOf } from "./reasons.js";

/** Runs in a thread: answers each job with the document and its passages, or with why it cannot be read. */

const port = parentPort!;
port.on("message", (job: ReadJob | null) => {
  if (job === null) process.exit();
  const reply = (result: ReadReply): void => port.postMessage({ result });
  readDocument(job).then(
    // The text of a passage is in the document's.
    ({ document, passages }) => reply({ document, passages: passages.map(({ text: _, ...passage }) => passage) }),
    (error: unknown) => reply({ reason: reasonOf(error) }),
  );
});
