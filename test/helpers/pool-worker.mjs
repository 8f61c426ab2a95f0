// oxlint-disable unicorn/require-post-message-target-origin -- a thread has no origin
// What a thread of a pool may do, and what it should not.
import { parentPort, workerData } from "node:worker_threads";

if (workerData === "cannot start") throw new Error("the model is damaged");
parentPort.on("message", (job) => {
  if (job === null || job === "exit") process.exit(job === null ? 0 : 3);
  if (job === "throw") throw new Error("not caught");
  if (job === "report") parentPort.postMessage({ error: "no such text" });
  else if (job === "fill memory") for (const all = []; ;) all.push(new Array(100_000).fill(0.5));
  else if (job === "wait") setTimeout(() => parentPort.postMessage({ result: "late" }), 300);
  else if (job !== "never") parentPort.postMessage({ result: `${job}!` });
});
