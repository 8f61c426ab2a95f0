import { downloadReporter } from "../src/cli/report.js";
import { readArguments, runCommand } from "../src/cli/run.js";
import { type Config, loadConfig } from "../src/config.js";
import { damagedFiles, listCachedModels } from "../src/embed/cached-models.js";
import { mannerOf } from "../src/embed/families.js";
import { loadEmbedder } from "../src/cli/load-embedder.js";
import { type Dtype, DTYPES } from "../src/embed/model-files.js";
import { pullModel } from "../src/embed/pull.js";
import { BUNDLED_MODEL, isHubId } from "../src/embed/transformers-embedder.js";
import { StartupError } from "../src/errors.js";

const USAGE = `Usage:
  npm run models -- pull <owner/name> [--dtype ${DTYPES.join("|")}]   download a model of the hub into the cache
  npm run models -- list                      models that are here
  npm run models -- check [model]             read its files again, load it, and say how it is asked`;

/** Exit code 0: done; 1: not, or a model is damaged. */
await runCommand(async () => {
  const { values, positionals } = readArguments({ dtype: { type: "string" } }, USAGE);
  const [command, model, ...rest] = positionals;
  const config = loadConfig();
  if (rest.length === 0 && command === "pull" && model !== undefined)
    return pull(config, model, values["dtype"] as string | undefined);
  if (rest.length === 0 && command === "list" && model === undefined) return list(config);
  if (rest.length === 0 && command === "check")
    return check({ ...config, embeddingModel: model ?? config.embeddingModel });
  throw new StartupError(USAGE);
});

async function pull(config: Config, id: string, given: string | undefined): Promise<number> {
  if (!isHubId(id)) throw new StartupError(`"${id}" is no id of a model: it takes owner/name.`);
  const dtype = given ?? config.embeddingOverrides.dtype ?? mannerOf(id.split("/")[1]!).manner.dtype;
  if (!isDtype(dtype)) throw new StartupError(`--dtype: "${dtype}" is not one of ${DTYPES.join(", ")}.`);
  const interruption = new AbortController();
  process.once("SIGINT", () => interruption.abort());
  const summary = await pullModel({
    id,
    dtype,
    hub: config.hub,
    cacheDir: config.modelCacheDir,
    signal: interruption.signal,
    onProgress: downloadReporter(process.stderr, id),
  });
  const commit = summary.commit === null ? "" : ` (commit ${summary.commit.slice(0, 12)})`;
  const size = `${(summary.bytes / 1e6).toFixed(1)} MB in ${summary.fetched.length} files, sizes and checksums right`;
  const done = summary.fetched.length === 0 ? "is here already; nothing was downloaded" : `was downloaded: ${size}`;
  process.stdout.write(`${id}, ${dtype}${commit} ${done}.\n${summary.folder}\n`);
  if (summary.unchecked.length > 0) {
    process.stdout.write(`No checksum came with ${summary.unchecked.join(", ")}; only the size was checked.\n`);
  }
  process.stdout.write(`To use it, set EMBEDDING_MODEL=${id}, and restart or run "npm run ingest".\n`);
  return 0;
}

async function list(config: Config): Promise<number> {
  const mark = (name: string): string => (name === config.embeddingModel ? "  (in use)" : "");
  process.stdout.write(`${BUNDLED_MODEL}: bundled${mark(BUNDLED_MODEL)}\n`);
  for (const { id, dtypes, record } of await listCachedModels(config.modelCacheDir)) {
    const bytes = Object.values(record?.files ?? {}).reduce((sum, file) => sum + file.bytes, 0);
    const size = record === null ? "copied by hand" : `${(bytes / 1e6).toFixed(1)} MB`;
    const state = dtypes.length === 0 ? "not whole; pull it again" : `${dtypes.join(", ")}, ${size}`;
    process.stdout.write(`${id}: ${state}${mark(id)}\n`);
  }
  return 0;
}

async function check(config: Config): Promise<number> {
  const cached = (await listCachedModels(config.modelCacheDir)).find(({ id }) => id === config.embeddingModel);
  const damaged = cached === undefined ? [] : await damagedFiles(cached);
  if (damaged.length > 0) {
    throw new StartupError(
      `"${config.embeddingModel}": ${damaged.join(" and ")} changed since the download. ` +
        `Delete "${cached!.folder}" and pull the model again.`,
    );
  }
  const { fingerprint } = await loadEmbedder(config);
  for (const [name, value] of Object.entries(fingerprint)) {
    process.stdout.write(`${name}: ${value === "" ? "none" : JSON.stringify(value)}\n`);
  }
  return 0;
}

function isDtype(text: string): text is Dtype {
  return (DTYPES as string[]).includes(text);
}
