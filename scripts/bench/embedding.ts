import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import type { ThreadOptions } from "../../src/embed/embedding-threads.js";
import type { Embedder } from "../../src/embed/embedder.js";
import { BUNDLED_MODEL, loadTransformersEmbedder } from "../../src/embed/transformers-embedder.js";
import { bertFiles } from "./bert.js";
import type { Comparison, Figure, SuiteResult } from "./report.js";
import { median, quantile, timed } from "./timing.js";

/** all-MiniLM-L6-v2, from its config.json. */
const MINILM = { layers: 6, hidden: 384, heads: 12, intermediate: 1536, positions: 512 };
const MINILM_VOCABULARY = 30_522;
const SPECIAL_TOKENS = 5;
const WORDS_A_PASSAGE = 120;
const ROUNDS = 3;
const QUERIES = 300;
const LOADS = 5;
const QUESTIONS = [
  "How often does NISAR map the surface of the earth?",
  "Which agencies share the cost of the mission?",
  "When was the agreement between the two agencies signed, and by whom?",
  "What is a launch window?",
];

interface Subject {
  label: string;
  model: string;
  folder: string;
  /** The transformer takes about a hundred times as long. */
  passages: number;
  pooling: "cls" | "mean";
}

/**
 * What embedding costs: the bundled model beside one of all-MiniLM-L6-v2's shape, each through the port that everything
 * else uses, and through a transformers.js pipeline called as its documentation does.
 *
 * @param projectDir where `models/` and `corpus/` lie
 */
export async function embeddingSuite(projectDir: string): Promise<SuiteResult> {
  const scratch = await mkdtemp(path.join(tmpdir(), "docent-bench-"));
  try {
    const modelsFolder = path.join(projectDir, "models");
    const bundled = path.join(modelsFolder, BUNDLED_MODEL);
    const hub = path.join(scratch, "minilm-shape");
    await writeHubModel(hub, path.join(bundled, "tokenizer.json"));
    const subjects: Subject[] = [
      { label: "bundled model", model: BUNDLED_MODEL, folder: bundled, passages: 1500, pooling: "cls" },
      { label: "MiniLM-shaped model", model: hub, folder: hub, passages: 100, pooling: "mean" },
    ];
    const words = await wordsOf(path.join(projectDir, "corpus"));
    return {
      suite: "embedding",
      about: [
        "MiniLM-shaped model: the layers, sizes and vocabulary size of all-MiniLM-L6-v2 with random weights and the bundled " +
          "model's words; eight-bit weights, activations quantised as it runs, as in the hub's model_quantized.onnx (23 MB).",
        `Queries: ${QUERIES} of ${QUESTIONS.length} questions, one after the other. Passages: ${WORDS_A_PASSAGE} words of corpus/, ` +
          `the median of ${ROUNDS} rounds in which the ways take turns. Threads had started before.`,
        `Load: from the call to the first vector, in a new process, transformers.js imported before; the median of ${LOADS}, file cache warm.`,
      ],
      comparisons: [
        ...(await queryFigures(subjects, modelsFolder)),
        ...(await loadFigures(subjects, modelsFolder)),
        ...(await passageFigures(subjects, modelsFolder, words)),
      ],
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function writeHubModel(folder: string, tokenizerFile: string): Promise<void> {
  const { model } = JSON.parse(await readFile(tokenizerFile, "utf8")) as { model: { vocab: Record<string, number> } };
  const words = Object.keys(model.vocab).filter((word) => !/^\[[A-Z]+\]$/.test(word));
  while (words.length < MINILM_VOCABULARY - SPECIAL_TOKENS) words.push(`[unused${words.length}]`);
  for (const [name, content] of Object.entries(bertFiles(words, MINILM, { quantized: true }))) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

async function queryFigures(subjects: Subject[], modelsFolder: string): Promise<Comparison[]> {
  const embedders: Embedder[] = [];
  // One after the other: transformers.js has one place to look for models at a time.
  for (const { model } of subjects) embedders.push(await loadTransformersEmbedder(model, modelsFolder));
  const times = subjects.map((): number[] => []);
  for (let query = -20; query < QUERIES; query++) {
    for (const [at, embedder] of embedders.entries()) {
      const ms = await timed(() => embedder.embedQuery(QUESTIONS[Math.abs(query) % QUESTIONS.length]!));
      if (query >= 0) times[at]!.push(ms); // The first ones warm up.
    }
  }
  for (const embedder of embedders) await embedder.close();
  const figures = (share: number): Figure[] =>
    subjects.map(({ label }, at) => ({
      subject: label,
      on: `${QUERIES} questions`,
      value: quantile(times[at]!, share),
    }));
  const baseline = subjects[1]!.label;
  return [
    { title: "A query, median", unit: "ms", baseline, figures: figures(0.5) },
    { title: "A query, 95th percentile", unit: "ms", baseline, figures: figures(0.95) },
  ];
}

interface Probe {
  importMs: number;
  loadMs: number;
  memoryMb: number;
}

async function loadFigures(subjects: Subject[], modelsFolder: string): Promise<Comparison[]> {
  const probes = subjects.map((): Probe[] => []);
  for (let load = 0; load < LOADS; load++) {
    for (const [at, { model }] of subjects.entries()) probes[at]!.push(probe(model, modelsFolder));
  }
  const figures = (of: keyof Probe): Figure[] =>
    subjects.map(({ label }, at) => ({
      subject: label,
      on: `${LOADS} new processes`,
      value: median(probes[at]!.map((one) => one[of])),
    }));
  const sizes = await Promise.all(
    subjects.map(async ({ label, folder }) => ({ subject: label, on: "its folder", value: await megabytes(folder) })),
  );
  const baseline = subjects[1]!.label;
  return [
    { title: "Load", unit: "ms", baseline, figures: figures("loadMs") },
    { title: "Import of transformers.js", unit: "ms", baseline, figures: figures("importMs") },
    { title: "Memory of a process that answers queries", unit: "MB", baseline, figures: figures("memoryMb") },
    { title: "Size on disk", unit: "MB", baseline, figures: sizes },
  ];
}

function probe(model: string, modelsFolder: string): Probe {
  const script = fileURLToPath(new URL("embedding-probe.js", import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, model, modelsFolder], { encoding: "utf8" });
  if (status !== 0) throw new Error(`Loading ${model} in a process of its own failed: ${stderr.trim()}`);
  return JSON.parse(stdout) as Probe;
}

/** A way to embed passages. */
interface Way {
  label: string;
  embed: (texts: string[]) => Promise<unknown>;
  close: () => Promise<void>;
}

const PIPELINE = "transformers.js, 16 a batch by characters";

async function passageFigures(subjects: Subject[], modelsFolder: string, words: string[]): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const subject of subjects) {
    const texts = passagesOf(words, subject.passages);
    const ways = [
      await pipelineWay(subject),
      await portWay("on the calling thread", subject, modelsFolder, { fastQueryMs: Infinity, inPlaceChars: Infinity }),
      await portWay("1 thread", subject, modelsFolder, { count: 1, inPlaceChars: 0 }),
      await portWay("2 threads", subject, modelsFolder, { count: 2, inPlaceChars: 0 }),
    ];
    const speeds = ways.map((): number[] => []);
    const delays = ways.map((): number[] => []);
    for (const way of ways) await way.embed(texts.slice(0, 50));
    for (let round = 0; round < ROUNDS; round++) {
      for (const [at, way] of ways.entries()) {
        const delay = monitorEventLoopDelay({ resolution: 1 });
        delay.enable();
        speeds[at]!.push((texts.length * 1000) / (await timed(() => way.embed(texts))));
        delay.disable();
        delays[at]!.push(delay.percentile(99) / 1e6);
      }
    }
    for (const way of ways) await way.close();
    const on = `${texts.length} passages of ${WORDS_A_PASSAGE} words`;
    const figures = (samples: number[][]): Figure[] =>
      ways.map(({ label }, at) => ({ subject: label, on, value: median(samples[at]!) }));
    comparisons.push(
      { title: `Passages, ${subject.label}`, unit: "passages/s", baseline: PIPELINE, figures: figures(speeds) },
      {
        title: `Event-loop delay meanwhile, 99th percentile, ${subject.label}`,
        unit: "ms",
        baseline: PIPELINE,
        figures: figures(delays),
      },
    );
  }
  return comparisons;
}

async function portWay(label: string, { model }: Subject, modelsFolder: string, options: ThreadOptions): Promise<Way> {
  const embedder = await loadTransformersEmbedder(model, modelsFolder, { threads: options });
  return { label, embed: (texts) => embedder.embedPassages(texts), close: () => embedder.close() };
}

/** How Docent embedded before it had threads. */
async function pipelineWay({ folder, pooling }: Subject): Promise<Way> {
  const { env, pipeline } = await import("@xenova/transformers");
  env.allowRemoteModels = false;
  env.localModelPath = path.dirname(folder);
  const extract = await pipeline("feature-extraction", path.basename(folder), { dtype: "q8" });
  const embed = async (texts: string[]): Promise<void> => {
    const sorted = [...texts].sort((a, b) => a.length - b.length);
    for (let from = 0; from < sorted.length; from += 16) {
      await extract(sorted.slice(from, from + 16), { pooling, normalize: true });
    }
  };
  return { label: PIPELINE, embed, close: () => extract.dispose() };
}

async function wordsOf(folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => /\.(md|txt)$/.test(name)).sort();
  const texts = await Promise.all(files.map((name) => readFile(path.join(folder, name), "utf8")));
  return texts.flatMap((text) => text.split(/\s+/).filter((word) => word !== ""));
}

/** Passages that overlap but for 57 words, so that a small corpus gives many, no two alike. */
function passagesOf(words: string[], count: number): string[] {
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: WORDS_A_PASSAGE }, (__, k) => words[(i * 57 + k) % words.length]).join(" "),
  );
}

async function megabytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const stats = await Promise.all(names.map((name) => stat(path.join(folder, name))));
  return stats.reduce((sum, one) => sum + (one.isFile() ? one.size : 0), 0) / 1e6;
}
