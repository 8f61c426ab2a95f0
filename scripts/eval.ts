import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { readArguments, runCommand } from "../src/cli/run.js";
import { PROJECT_DIR } from "../src/config.js";
import { BUNDLED_MODEL, loadTransformersEmbedder } from "../src/embed/transformers-embedder.js";
import { StartupError } from "../src/errors.js";
import { checkFloors, type FloorCheck, readFloors } from "../src/eval/floors.js";
import { GATE_SETS, gateLines, type GateResult, readGateFloors, runGateSet } from "../src/eval/gate-sets.js";
import { htmlReport } from "../src/eval/html-report.js";
import { jsonReport } from "../src/eval/json-report.js";
import { runSet, type SetResult } from "../src/eval/run-sets.js";
import { EVAL_SETS } from "../src/eval/sets.js";
import { floorLines, tableLines } from "../src/eval/terminal.js";

const USAGE = "Usage: npm run eval -- [--set NAME …] [--split tune|report] [--out DIR] [--json FILE] [--no-floors]";

/** Exit code 0: every floor held; 1: one did not, a question is faulty, or the questions could not be asked. */
await runCommand(async () => {
  const { values, positionals } = readArguments(
    {
      set: { type: "string", multiple: true },
      split: { type: "string" },
      out: { type: "string" },
      json: { type: "string" },
      "no-floors": { type: "boolean" },
    },
    USAGE,
  );
  if (positionals.length > 0) throw new StartupError(`"${positionals[0]}" is not an option.\n${USAGE}`);
  const declared = EVAL_SETS.map(({ name }) => name);
  const wanted = (values["set"] as string[] | undefined) ?? declared;
  const unknown = wanted.find((name) => !declared.includes(name));
  if (unknown !== undefined) throw new StartupError(`There is no set "${unknown}"; there are ${declared.join(", ")}.`);
  const split = values["split"];
  if (split !== undefined && split !== "tune" && split !== "report") throw new StartupError(USAGE);
  const sets = EVAL_SETS.filter((set) => wanted.includes(set.name) && (split === undefined || set.split === split));
  if (sets.length === 0) throw new StartupError(`None of these sets is of the split "${String(split)}".`);
  const floors =
    values["no-floors"] === true ? {} : await readFloors(path.join(PROJECT_DIR, "test/golden/floors.json"));
  const out = path.resolve((values["out"] as string | undefined) ?? path.join(PROJECT_DIR, "eval-report"));
  const jsonFile = path.resolve((values["json"] as string | undefined) ?? path.join(out, "eval.json"));

  // The bundled model, whatever the settings say: the floors were measured with it.
  const embedder = await loadTransformersEmbedder(BUNDLED_MODEL, path.join(PROJECT_DIR, "models"));
  const results: SetResult[] = [];
  for (const set of sets) {
    process.stderr.write(`Asking ${set.name} …\n`);
    results.push(await runSet(set, PROJECT_DIR, embedder));
  }
  const gateSets =
    values["set"] === undefined ? GATE_SETS.filter((set) => split === undefined || set.split === split) : [];
  const gateResults: GateResult[] = [];
  for (const set of gateSets) {
    process.stderr.write(`Checking ${set.name} …\n`);
    gateResults.push(await runGateSet(set, PROJECT_DIR, embedder));
  }
  const gateFloors =
    values["no-floors"] === true ? {} : await readGateFloors(path.join(PROJECT_DIR, "test/golden/gate-floors.json"));
  const gate = gateLines(gateResults, gateFloors);
  const checks: FloorCheck[] = checkFloors(floors, results, declared);

  const htmlFile = path.join(out, "index.html");
  await mkdir(out, { recursive: true });
  await mkdir(path.dirname(jsonFile), { recursive: true });
  await writeFile(jsonFile, JSON.stringify(jsonReport(results, checks, gateResults)));
  await writeFile(htmlFile, htmlReport(results, checks));

  const faults = results.flatMap(({ name, questionFaults }) => questionFaults.map((fault) => `${name} ${fault}`));
  const failed = [...floorLines(checks), ...gate.failed];
  const gateTable = gate.lines.length === 0 ? [] : ["", "Citation gate, labelled sentences", ...gate.lines];
  const lines = [
    ...tableLines(results),
    ...gateTable,
    "",
    `Question by question: ${path.relative(process.cwd(), htmlFile)}`,
  ];
  if (faults.length > 0) lines.push("", "Questions that nobody can answer as they are written:", ...faults);
  if (failed.length > 0) lines.push("", ...failed);
  else if (checks.length > 0) lines.push(`All ${checks.length + 2 * gateResults.length} floors held.`);
  process.stdout.write(`${lines.join("\n")}\n`);
  return failed.length + faults.length > 0 ? 1 : 0;
});
