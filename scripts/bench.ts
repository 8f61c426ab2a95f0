import { mkdir, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import path from "node:path";
import { readArguments, runCommand } from "../src/cli/run.js";
import { PROJECT_DIR } from "../src/config.js";
import { StartupError } from "../src/errors.js";
import { embeddingSuite } from "./bench/embedding.js";
import { findingSuite } from "./bench/finding.js";
import { ingestSuite } from "./bench/ingest.js";
import { loadSuite } from "./bench/load.js";
import { Corpora } from "./bench/prepared.js";
import { type BenchReport, jsonOf, markdownOf, type SuiteResult } from "./bench/report.js";
import { servingSuite } from "./bench/serving.js";
import { soakSuite } from "./bench/soak.js";
import { storesSuite } from "./bench/stores.js";

const USAGE = "Usage: npm run bench -- [SUITE …] [--out DIR] [--passages 0,10000,…] [--minutes MINUTES OF THE SOAK]";
const SOAK_MINUTES = 10;
/** 0 is the shipped documents. */
const PASSAGES = [0, 10_000, 100_000];

/** A suite that cannot be run here says why. */
type Suite = (corpora: Corpora, minutes: number) => Promise<SuiteResult | { leftOut: string }>;

/** Every suite by its name, in the order they are run; `npm run bench` runs all of them. */
const SUITES: Record<string, Suite> = {
  embedding: () => embeddingSuite(PROJECT_DIR),
  ingest: (corpora) => ingestSuite(corpora),
  load: (corpora) => loadSuite(corpora),
  finding: (corpora) => findingSuite(corpora),
  stores: (corpora) => {
    const url = process.env["DATABASE_URL"];
    const leftOut = "it needs a PostgreSQL server with pgvector, named in DATABASE_URL";
    return url === undefined || url === "" ? Promise.resolve({ leftOut }) : storesSuite(corpora, url);
  },
  serving: (corpora) => servingSuite(corpora, PROJECT_DIR),
  soak: (_, minutes) => soakSuite(PROJECT_DIR, minutes),
};

/** Exit code 0: measured and written; 1: it could not be. */
await runCommand(async () => {
  const { values, positionals } = readArguments(
    { out: { type: "string" }, minutes: { type: "string" }, passages: { type: "string" } },
    USAGE,
  );
  const minutes = Number(values["minutes"] ?? SOAK_MINUTES);
  if (!(minutes > 0)) throw new StartupError(`--minutes takes a number above 0.\n${USAGE}`);
  const sizes = ((values["passages"] as string | undefined) ?? PASSAGES.join(",")).split(",").map(Number);
  if (!sizes.every((size) => Number.isInteger(size) && size >= 0))
    throw new StartupError(`--passages takes whole numbers, comma separated; 0 is the shipped documents.\n${USAGE}`);
  const unknown = positionals.find((name) => SUITES[name] === undefined);
  if (unknown !== undefined) {
    throw new StartupError(`There is no suite "${unknown}"; there is ${Object.keys(SUITES).join(", ")}.\n${USAGE}`);
  }
  const out = path.resolve((values["out"] as string | undefined) ?? path.join(PROJECT_DIR, "bench-report"));
  await mkdir(out, { recursive: true });
  const report: BenchReport = { run: machine(), suites: [] };
  const corpora = new Corpora(
    PROJECT_DIR,
    sizes.sort((a, b) => a - b),
  );
  try {
    for (const name of positionals.length > 0 ? positionals : Object.keys(SUITES)) {
      process.stderr.write(`Measuring ${name} …\n`);
      const result = await SUITES[name]!(corpora, minutes);
      if ("leftOut" in result) {
        process.stderr.write(`Left out: ${name}, because ${result.leftOut}.\n`);
        continue;
      }
      report.suites.push(result);
      // After each: what was measured is not lost if a later one fails.
      await writeFile(path.join(out, "bench.json"), jsonOf(report));
      await writeFile(path.join(out, "bench.md"), markdownOf(report));
    }
  } finally {
    await corpora.close();
  }
  process.stdout.write(`${markdownOf(report)}\nWritten to ${path.relative(process.cwd(), out)}/bench.{json,md}.\n`);
  return 0;
});

function machine(): Record<string, string> {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString(),
    processor: `${cpus().length} × ${cpu?.model.trim() ?? "unknown"}`,
    memory: `${Math.round(totalmem() / 1e9)} GB`,
    node: process.version,
    system: `${process.platform} ${process.arch}`,
  };
}
