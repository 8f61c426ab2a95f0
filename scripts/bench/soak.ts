import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import type { SuiteResult } from "./report.js";
import { withServer } from "./server.js";
import { quantile } from "./timing.js";

/** How many callers find out what the server can do, and for how long. */
const CALLERS = 16;
const CAPACITY_MS = 20_000;
const WARM_UP_MS = 10_000;
/** What is asked for during the soak, as a share of that. */
const SHARE = 0.8;
const TICK_MS = 20;

interface Outcome {
  milliseconds: number[];
  errors: string[];
}

/**
 * A server of its own process, asked real questions for minutes at 80 % of what it can do: errors, times and memory.
 *
 * @param minutes how long the soak lasts
 */
export async function soakSuite(projectDir: string, minutes: number): Promise<SuiteResult> {
  const scratch = await mkdtemp(path.join(tmpdir(), "docent-soak-"));
  const settings = {
    INDEX_DIR: path.join(scratch, "index"),
    DATA_DIR: path.join(scratch, "data"),
    RATE_LIMIT_PER_MINUTE: "0",
    LOG_LEVEL: "warn",
  };
  try {
    return await withServer(path.join(projectDir, "dist", "src", "server.js"), settings, (port) =>
      soaked(port, projectDir, minutes),
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function soaked(port: number, projectDir: string, minutes: number): Promise<SuiteResult> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 64 });
  try {
    const questions = await questionsOf(path.join(projectDir, "test", "golden", "corpus-tune.jsonl"));
    await closedLoop(pool, questions, WARM_UP_MS);
    const full = await closedLoop(pool, questions, CAPACITY_MS);
    const capacity = full.milliseconds.length / (CAPACITY_MS / 1000);
    const memory = [await residentMegabytes(pool)];
    const rate = SHARE * capacity;
    const half = (minutes * 60_000) / 2;
    const first = await openLoop(pool, questions, rate, half);
    memory.push(await residentMegabytes(pool));
    const second = await openLoop(pool, questions, rate, half);
    memory.push(await residentMegabytes(pool));
    const errors = [...full.errors, ...first.errors, ...second.errors];
    const times = [...first.milliseconds, ...second.milliseconds];
    const on = `corpus/, ${questions.length} questions in turn`;
    const at = (share: number): number => quantile(times, share);
    return {
      suite: "soak",
      about: [
        `${minutes} minutes at ${SHARE * 100} % of the capacity, ${times.length} answers over HTTP, ${errors.length} errors` +
          `${errors.length === 0 ? "" : ` (${[...new Set(errors)].slice(0, 5).join("; ")})`}.`,
        `Capacity: ${CALLERS} callers, each asking again as soon as it is answered, for ${CAPACITY_MS / 1000} s. The caller runs on the same machine.`,
      ],
      comparisons: [
        {
          title: "Answers a second",
          unit: "1/s",
          baseline: "capacity",
          figures: [
            { subject: "capacity", on, value: capacity },
            { subject: "soak", on, value: times.length / (minutes * 60) },
          ],
        },
        {
          title: "Time of an answer over HTTP during the soak",
          unit: "ms",
          baseline: "median",
          figures: [
            { subject: "median", on, value: at(0.5) },
            { subject: "95th percentile", on, value: at(0.95) },
            { subject: "99th percentile", on, value: at(0.99) },
          ],
        },
        {
          title: "Resident memory of the server",
          unit: "MB",
          baseline: "before the soak",
          figures: ["before the soak", "in the middle", "at the end"].map((subject, i) => ({
            subject,
            on,
            value: memory[i]!,
          })),
        },
      ],
    };
  } finally {
    await pool.destroy();
  }
}

async function questionsOf(file: string): Promise<string[]> {
  const lines = (await readFile(file, "utf8")).trim().split("\n");
  return lines.map((line) => (JSON.parse(line) as { question: string }).question);
}

async function ask(pool: Pool, question: string, outcome: Outcome): Promise<void> {
  const started = performance.now();
  try {
    const { statusCode, body } = await pool.request({
      method: "POST",
      path: "/api/chat",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ question }),
    });
    const answer = (await body.json()) as { answer?: string };
    if (statusCode !== 200 || !answer.answer) outcome.errors.push(`status ${statusCode}`);
    else outcome.milliseconds.push(performance.now() - started);
  } catch (error) {
    outcome.errors.push(error instanceof Error ? error.message : String(error));
  }
}

/** So many callers, each of which asks again as soon as it is answered. */
async function closedLoop(pool: Pool, questions: readonly string[], milliseconds: number): Promise<Outcome> {
  const outcome: Outcome = { milliseconds: [], errors: [] };
  const until = performance.now() + milliseconds;
  let next = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < until) await ask(pool, questions[next++ % questions.length]!, outcome);
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return outcome;
}

/** So many questions a second, whether those before are answered or not: a server that falls behind is seen to. */
async function openLoop(
  pool: Pool,
  questions: readonly string[],
  rate: number,
  milliseconds: number,
): Promise<Outcome> {
  const outcome: Outcome = { milliseconds: [], errors: [] };
  const started = performance.now();
  const open = new Set<Promise<void>>();
  let sent = 0;
  while (performance.now() - started < milliseconds) {
    const due = Math.floor(((performance.now() - started) / 1000) * rate);
    for (; sent < due; sent++) {
      const asking = ask(pool, questions[sent % questions.length]!, outcome).finally(() => open.delete(asking));
      open.add(asking);
    }
    await sleep(TICK_MS);
  }
  await Promise.all(open);
  return outcome;
}

async function residentMegabytes(pool: Pool): Promise<number> {
  const { body } = await pool.request({ method: "GET", path: "/metrics" });
  const bytes = /^process_resident_memory_bytes (\S+)$/m.exec(await body.text())?.[1];
  return Number(bytes) / 1e6;
}
