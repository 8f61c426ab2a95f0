import path from "node:path";
import { progressReporter, rebuildReporter, rollbackLines, summaryLines } from "../src/cli/report.js";
import { readArguments, runCommand } from "../src/cli/run.js";
import { loadConfig } from "../src/config.js";
import { loadEmbedder } from "../src/cli/load-embedder.js";
import { openStore } from "../src/cli/open-store.js";
import { StartupError } from "../src/errors.js";
import { ingest } from "../src/ingest.js";
import { rollBack } from "../src/rollback.js";

const USAGE =
  "Usage: npm run ingest -- [--corpus DIR] [--index DIR] [--force] [--json]\n       npm run ingest -- --rollback [--index DIR] [--json]";

/** Exit code 0: everything is indexed; 1: files were skipped, or nothing could be done. */
await runCommand(async () => {
  const { values, positionals } = readArguments(
    {
      corpus: { type: "string" },
      index: { type: "string" },
      force: { type: "boolean" },
      rollback: { type: "boolean" },
      json: { type: "boolean" },
    },
    USAGE,
  );
  // "ingest docs" would otherwise ingest another folder than the one meant.
  if (positionals.length > 0) throw new StartupError(`"${positionals[0]}" is not an option.\n${USAGE}`);
  const config = loadConfig();
  const folder = (given: unknown, otherwise: string): string =>
    typeof given === "string" && given !== "" ? path.resolve(given) : otherwise;
  const store = await openStore({ ...config, indexDir: folder(values["index"], config.indexDir) });
  const asJson = values["json"] === true;
  if (values["rollback"] === true) {
    if (values["force"] === true || values["corpus"] !== undefined)
      throw new StartupError(`--rollback takes neither --force nor --corpus.\n${USAGE}`);
    const embedder = await loadEmbedder(config);
    const back = await rollBack(store, embedder.fingerprint);
    process.stdout.write(asJson ? `${JSON.stringify(back)}\n` : `${rollbackLines(back).join("\n")}\n`);
    return 0;
  }
  const summary = await ingest({
    corpusDir: folder(values["corpus"], config.corpusDir),
    store,
    embedder: await loadEmbedder(config),
    force: values["force"] === true,
    limits: config.readingLimits,
    ...(asJson ? {} : { onProgress: progressReporter(process.stderr), onRebuild: rebuildReporter(process.stderr) }),
  });
  process.stdout.write(asJson ? `${JSON.stringify(summary)}\n` : `${summaryLines(summary).join("\n")}\n`);
  return summary.skipped.length > 0 ? 1 : 0;
});
