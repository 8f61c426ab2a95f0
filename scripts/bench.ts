import { mkdir, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import path from "node:path";
import { readArguments, runCommand } from "../src/cli/run.js";
import { PROJECT_DIR } from "../src/config.js";
import { StartupError } from "../src/errors.js";
import { embeddingSuite } from "./bench/embedding.js";
import { type BenchReport, jsonOf, markdownOf, type SuiteResult } from "./bench/report.js";
import { soakSuite } from "./bench/soak.js";

const USAGE = "Usage: npm run bench -- [SUITE …] [--out DIR] [--minutes MINUTES OF THE SOAK]";
const SOAK_MINUTES = 10;

/** Every suite by its name; `npm run bench` runs all of them. */
const SUITES: Record<string, (projectDir: string, minutes: number) => Promise<SuiteResult>> = {
  embedding: embeddingSuite,
  soak: soakSuite,
};

/** Exit code 0: measured and written; 1: it could not be. */
await runCommand(async () => {
  const { values, positionals } = readArguments({ out: { type: "string" }, minutes: { type: "string" } }, USAGE);
  const minutes = Number(values["minutes"] ?? SOAK_MINUTES);
  if (!(minutes > 0)) throw new StartupError(`--minutes takes a number above 0.\n${USAGE}`);
  const unknown = positionals.find((name) => SUITES[name] === undefined);
  if (unknown !== undefined) {
    throw new StartupError(`There is no suite "${unknown}"; there is ${Object.keys(SUITES).join(", ")}.\n${USAGE}`);
  }
  const out = path.resolve((values["out"] as string | undefined) ?? path.join(PROJECT_DIR, "bench-report"));
  const report: BenchReport = { run: machine(), suites: [] };
  for (const name of positionals.length > 0 ? positionals : Object.keys(SUITES)) {
    process.stderr.write(`Measuring ${name} …\n`);
    report.suites.push(await SUITES[name]!(PROJECT_DIR, minutes));
  }
  await mkdir(out, { recursive: true });
  await writeFile(path.join(out, "bench.json"), jsonOf(report));
  await writeFile(path.join(out, "bench.md"), markdownOf(report));
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
