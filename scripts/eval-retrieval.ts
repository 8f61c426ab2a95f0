import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { loadEmbedder } from "../src/cli/load-embedder.js";
import { readArguments, runCommand } from "../src/cli/run.js";
import { loadConfig, PROJECT_DIR } from "../src/config.js";
import { BUNDLED_MODEL, isHubId } from "../src/embed/transformers-embedder.js";
import { messageOf, StartupError } from "../src/errors.js";
import { COLLECTIONS } from "../src/eval/retrieval/collections.js";
import { markdownReport } from "../src/eval/retrieval/markdown.js";
import { measure } from "../src/eval/retrieval/measure.js";
import { readCollection } from "../src/eval/retrieval/read-collection.js";
import { type MeasuredCollection, type ModelResult, resultOf } from "../src/eval/retrieval/results.js";
import type { Collection } from "../src/eval/retrieval/types.js";

const USAGE =
  "Usage: npm run eval:retrieval -- [--model [LABEL=]NAME|FOLDER|ID …] [--beside FILE …] [--collections A,B] [--split report|dev] [--from FOLDER] [--json FILE] [--markdown FILE]";

/** Exit code 0: everything was measured; 1: something could not be had. */
await runCommand(async () => {
  const { values, positionals } = readArguments(
    {
      model: { type: "string", multiple: true },
      beside: { type: "string", multiple: true },
      collections: { type: "string" },
      split: { type: "string" },
      from: { type: "string" },
      json: { type: "string" },
      markdown: { type: "string" },
    },
    USAGE,
  );
  if (positionals.length > 0) throw new StartupError(`"${positionals[0]}" is not an option.\n${USAGE}`);
  const names = (values["collections"] as string | undefined)?.split(",").map((name) => name.trim());
  const declared = COLLECTIONS.map(({ name }) => name);
  const unknown = names?.find((name) => !declared.includes(name));
  if (unknown !== undefined) {
    throw new StartupError(`--collections: there is no "${unknown}"; there are ${declared.join(", ")}.`);
  }
  const split = values["split"] as string | undefined;
  if (split !== undefined && split !== "report" && split !== "dev") throw new StartupError(USAGE);
  const sources = COLLECTIONS.filter(
    (source) => (names?.includes(source.name) ?? true) && (split === undefined || source.split === split),
  );
  if (sources.length === 0) throw new StartupError(`None of these collections is of the split "${String(split)}".`);
  const beside = await Promise.all(((values["beside"] as string[] | undefined) ?? []).map(recorded));

  const from = values["from"] as string | undefined;
  const options = {
    from: from === undefined ? null : path.resolve(from),
    cacheDir: path.join(PROJECT_DIR, ".cache", "retrieval"),
  };
  const collections: Collection[] = [];
  for (const source of sources) {
    process.stderr.write(`Reading ${source.name} …\n`);
    collections.push(await readCollection(source, options));
  }

  const models = ((values["model"] as string[] | undefined) ?? [BUNDLED_MODEL]).map((given) => labelled(given));
  const results: ModelResult[] = beside.flat();
  const settings = loadConfig();
  for (const { label, model } of models) {
    // The overrides are for the model of the settings.
    const embedder = await loadEmbedder({ ...settings, embeddingModel: model, embeddingOverrides: {} });
    try {
      const measured: MeasuredCollection[] = [];
      for (const [i, { name, split: of }] of sources.entries()) {
        process.stderr.write(`Measuring ${label} on ${name} …\n`);
        measured.push({ name, split: of, measured: await measure(collections[i]!, embedder) });
      }
      results.push(resultOf(label, embedder.fingerprint.revision, measured));
    } finally {
      await embedder.close();
    }
  }

  const flags = [
    ...models.map(({ shown }) => `--model ${shown}`),
    ...((values["beside"] as string[] | undefined) ?? []).map((file) => `--beside ${relative(file)}`),
    ...(names === undefined ? [] : [`--collections ${names.join(",")}`]),
    ...(split === undefined ? [] : [`--split ${split}`]),
    ...(values["markdown"] === undefined ? [] : [`--markdown ${relative(values["markdown"] as string)}`]),
  ];
  const report = markdownReport(results, COLLECTIONS, ["npm run eval:retrieval --", ...flags].join(" "));
  await write(values["json"] as string | undefined, `${JSON.stringify(results, null, 1)}\n`);
  await write(values["markdown"] as string | undefined, report);
  process.stdout.write(report);
  return 0;
});

/**
 * `LABEL=MODEL`, or a model alone. Folders are called by their last name, and shown by it: where they lie on one machine says
 * nothing to a reader.
 */
function labelled(given: string): { label: string; model: string; shown: string } {
  const at = given.indexOf("=");
  const model = given.slice(at + 1);
  const short = isHubId(model) ? model : path.basename(model);
  const label = at === -1 ? short : given.slice(0, at);
  if (label === "" || model === "") throw new StartupError(`--model: "${given}" names no model.\n${USAGE}`);
  return { label, model, shown: at === -1 ? short : `${label}=${short}` };
}

function relative(file: string): string {
  return path.relative(PROJECT_DIR, path.resolve(file));
}

/** Results that `--json` wrote before, of a model that may no longer be at hand. */
async function recorded(file: string): Promise<ModelResult[]> {
  try {
    const results = JSON.parse(await readFile(file, "utf8")) as ModelResult[];
    if (!Array.isArray(results) || results.some(({ model, collections }) => !model || !Array.isArray(collections))) {
      throw new Error("it holds no results of this command");
    }
    return results;
  } catch (error) {
    throw new StartupError(`--beside: "${file}" cannot be used: ${messageOf(error)}. Name a file that --json wrote.`);
  }
}

async function write(file: string | undefined, text: string): Promise<void> {
  if (file === undefined) return;
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
  await writeFile(file, text);
}
