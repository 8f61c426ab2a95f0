import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { readCorpus } from "../../src/corpus/read-corpus.js";
import type { Embedder } from "../../src/embed/embedder.js";
import { mostAlike } from "../../src/search/thesaurus.js";
import type { Document } from "../../src/types.js";
import { mix, type RealQuestion, type Words } from "./mixer.js";

/** The real text that mixed corpora are made of, and what is asked of it. */
const REAL: readonly (readonly [folder: string, questions: string])[] = [
  ["corpus", "test/golden/corpus-tune.jsonl"],
  ["test/golden/other-a", "test/golden/other-a.jsonl"],
  ["test/golden/other-b", "test/golden/other-b.jsonl"],
];
const ALIKE = 12;
const LEAST_LETTERS = 4;

/** A corpus to measure with, and more questions about it than are asked. */
export interface BenchCorpus {
  folder: string;
  questions: string[];
}

/** The shipped documents, as they are. */
export async function shippedCorpus(projectDir: string): Promise<BenchCorpus> {
  const [folder, file] = REAL[0]!;
  const questions = await questionsIn(path.join(projectDir, file));
  return { folder: path.join(projectDir, folder), questions: questions.map(({ question }) => question) };
}

/** Writes a mixed corpus (mixer.ts) with the real documents among it. */
export async function writeMixedCorpus(
  projectDir: string,
  embedder: Embedder,
  passages: number,
  folder: string,
  questionCount: number,
): Promise<BenchCorpus> {
  const documents: Document[] = [];
  const real: RealQuestion[] = [];
  for (const [place, file] of REAL) {
    const from = path.join(projectDir, place);
    documents.push(...(await readCorpus(from)).documents);
    real.push(...(await questionsIn(path.join(projectDir, file))));
    await cp(from, path.join(folder, path.basename(place)), { recursive: true });
  }
  const mixture = mix(documents, await wordsKnownTo(projectDir, embedder), passages);
  for (const { name, text } of mixture.files()) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  const questions = Array.from({ length: questionCount }, (_, i) =>
    mixture.question(real[i % real.length]!, Math.floor(i / real.length)),
  );
  return { folder, questions };
}

/** The questions of a golden set that stand alone. */
async function questionsIn(file: string): Promise<RealQuestion[]> {
  const lines = (await readFile(file, "utf8")).trim().split("\n");
  const asked = lines.map((line) => JSON.parse(line) as { question: string; history?: []; sources?: string[][] });
  return asked
    .filter(({ history }) => history === undefined || history.length === 0)
    .map(({ question, sources }) => ({ question, documentId: sources?.[0]?.[0] ?? null }));
}

/** Words of the word table that the embedding model knows whole: of pieces, all texts would be alike. */
async function wordsKnownTo(projectDir: string, embedder: Embedder): Promise<Words> {
  const table = await readFile(path.join(projectDir, "models", "docent-words-en", "terms.txt"), "utf8");
  const all = table.split("\n").filter((word) => word.length >= LEAST_LETTERS && embedder.knowsWord(word));
  const known = new Set(all);
  return { all, alike: (word) => mostAlike(word, (other) => known.has(other), ALIKE).map(({ term }) => term) };
}
