import path from "node:path";
import { fileURLToPath } from "node:url";
import autocannon from "autocannon";
import type { Corpora } from "./prepared.js";
import type { Comparison, Figure, SuiteResult } from "./report.js";
import { withServer } from "./server.js";
import { quantile } from "./timing.js";

const CONNECTIONS = [1, 16, 64];
const WARM_UP_S = 5;
const SECONDS = 10;
const CANNED = "canned answer";
const RATE_AIM = 400;
const TIME_AIM = 4;

interface Load {
  /** Answers a second, and milliseconds. */
  rate: number;
  p50: number;
  p95: number;
  p99: number;
  failed: number;
}

/** Whole answers over HTTP, beside a route that gives a ready answer of the same size. The caller runs on the same machine. */
export async function servingSuite(corpora: Corpora, projectDir: string): Promise<SuiteResult> {
  const comparisons: Comparison[] = [];
  const about = [
    `POST /api/chat, each time another question, for ${SECONDS} s after ${WARM_UP_S} s; autocannon, which runs on the same cores. ${CANNED}: an Express route that reads the same body and sends an answer of 2 kB that is ready.`,
  ];
  const canned = await withServer(
    path.join(fileURLToPath(new URL(".", import.meta.url)), "probes", "canned.js"),
    {},
    (port) => measured(port, ["What is NISAR?"]),
  );
  for (const size of corpora.sizes) {
    const { label, corpus, indexDir } = await corpora.of(size);
    const settings = { CORPUS_DIR: corpus.folder, INDEX_DIR: indexDir, RATE_LIMIT_PER_MINUTE: "0", LOG_LEVEL: "error" };
    const server = path.join(projectDir, "dist", "src", "server.js");
    const docent = await withServer(server, settings, (port) => measured(port, corpus.questions));
    const bySubject = [
      { name: "Docent", on: label, loads: docent },
      { name: CANNED, on: "no documents", loads: canned },
    ];
    comparisons.push({
      title: `Answers a second over HTTP, ${label}`,
      unit: "1/s",
      baseline: `${CANNED}, ${CONNECTIONS[0]} connections`,
      figures: bySubject.flatMap(({ name, on, loads }) =>
        loads.map(({ rate }, i): Figure => ({ subject: `${name}, ${CONNECTIONS[i]} connections`, on, value: rate })),
      ),
    });
    for (const [i, connections] of CONNECTIONS.entries()) {
      comparisons.push({
        title: `Time of an answer over HTTP, ${connections} connections, ${label}`,
        unit: "ms",
        baseline: `${CANNED}, median`,
        figures: bySubject.flatMap(({ name, on, loads }): Figure[] => [
          { subject: `${name}, median`, on, value: loads[i]!.p50 },
          { subject: `${name}, 95th percentile`, on, value: loads[i]!.p95 },
          { subject: `${name}, 99th percentile`, on, value: loads[i]!.p99 },
        ]),
      });
    }
    const most = Math.max(...docent.map(({ rate }) => rate));
    const failed = docent.reduce((sum, load) => sum + load.failed, 0);
    about.push(
      `${label}: ${Math.round(most)} answers/s at most (aim at 10,000: ${RATE_AIM}), ${failed} failed; with one connection ${(docent[0]!.p50 / canned[0]!.p50).toFixed(1)} × the ${CANNED}'s time (aim at 10,000: ${TIME_AIM}).`,
    );
  }
  return { suite: "serving", about, comparisons };
}

async function measured(port: number, questions: readonly string[]): Promise<Load[]> {
  let next = 0;
  const run = (connections: number, duration: number): Promise<{ result: autocannon.Result; times: number[] }> =>
    new Promise((resolve, reject) => {
      const options: autocannon.Options = {
        url: `http://127.0.0.1:${port}`,
        connections,
        duration,
        requests: [
          {
            method: "POST",
            path: "/api/chat",
            headers: { "content-type": "application/json" },
            setupRequest: (request) => ({
              ...request,
              body: JSON.stringify({ question: questions[next++ % questions.length] }),
            }),
          },
        ],
      };
      // Its own percentiles are whole milliseconds.
      const times: number[] = [];
      const instance = autocannon(options, (error: Error | null, result) => {
        if (error === null) resolve({ result, times });
        else reject(error);
      });
      instance.on("response", (_client, _status, _bytes, time) => times.push(time));
    });
  await run(4, WARM_UP_S);
  const loads: Load[] = [];
  for (const connections of CONNECTIONS) {
    const { result, times } = await run(connections, SECONDS);
    loads.push({
      rate: times.length / SECONDS,
      p50: quantile(times, 0.5),
      p95: quantile(times, 0.95),
      p99: quantile(times, 0.99),
      failed: result.non2xx + result.errors,
    });
  }
  return loads;
}
