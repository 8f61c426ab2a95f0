import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { BUNDLED_MODEL, loadTransformersEmbedder } from "../../src/embed/transformers-embedder.js";
import { type BenchCorpus, shippedCorpus, writeMixedCorpus } from "./mixed-corpus.js";
import type { IngestFigures } from "./probes/ingest.js";

/** More than any suite asks. */
const QUESTIONS = 6000;

/** A corpus with its index, made for the run. */
export interface Prepared {
  /** As it is named in figures: "10,000 passages, mixed". */
  label: string;
  corpus: BenchCorpus;
  indexDir: string;
  /** A store that LangChain's HNSWLib made of the same passages with its own settings. */
  stockDir: string;
  questionsFile: string;
  ingest: IngestFigures;
}

/** What suites measure on: each corpus is written and indexed once a run, when a suite first asks for it. */
export class Corpora {
  readonly #projectDir: string;
  readonly #prepared = new Map<number, Promise<Prepared>>();
  #scratch: Promise<string> | null = null;

  /** @param sizes in passages; 0 for the shipped documents */
  constructor(
    projectDir: string,
    readonly sizes: readonly number[],
  ) {
    this.#projectDir = projectDir;
  }

  of(size: number): Promise<Prepared> {
    let prepared = this.#prepared.get(size);
    if (prepared === undefined) this.#prepared.set(size, (prepared = this.#prepare(size)));
    return prepared;
  }

  async close(): Promise<void> {
    if (this.#scratch !== null) await rm(await this.#scratch, { recursive: true, force: true });
  }

  async #prepare(size: number): Promise<Prepared> {
    this.#scratch ??= mkdtemp(path.join(tmpdir(), "docent-bench-"));
    const folder = path.join(await this.#scratch, String(size));
    const corpus = await this.#corpus(size, path.join(folder, "corpus"));
    const [indexDir, stockDir] = [path.join(folder, "index"), path.join(folder, "stock")];
    const questionsFile = path.join(folder, "questions.json");
    const ingest = await probe<IngestFigures>("ingest", { corpusDir: corpus.folder, indexDir, stockDir });
    await writeFile(questionsFile, JSON.stringify(corpus.questions));
    const passages = ingest.passages.toLocaleString("en");
    const label = `${passages} passages, ${size === 0 ? "corpus/" : "mixed"}`;
    return { label, corpus, indexDir, stockDir, questionsFile, ingest };
  }

  async #corpus(size: number, folder: string): Promise<BenchCorpus> {
    if (size === 0) return shippedCorpus(this.#projectDir);
    const embedder = await loadTransformersEmbedder(BUNDLED_MODEL, path.join(this.#projectDir, "models"));
    try {
      return await writeMixedCorpus(this.#projectDir, embedder, size, folder, QUESTIONS);
    } finally {
      await embedder.close();
    }
  }
}

/** Measures something in a process of its own, so that nothing else is in its memory. */
export async function probe<Figures>(name: string, given: object): Promise<Figures> {
  const script = fileURLToPath(new URL(`probes/${name}.js`, import.meta.url));
  const child = spawn(process.execPath, ["--max-old-space-size=12000", script, JSON.stringify(given)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`measuring "${name}" failed`);
  return JSON.parse(output) as Figures;
}
