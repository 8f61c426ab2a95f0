import { existsSync } from "node:fs";
import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Embedder } from "../embed/embedder.js";
import { StartupError } from "../errors.js";
import { askAll, faultsInQuestions } from "./ask.js";
import { type Figures, figuresOf } from "./figures.js";
import { withCorpus } from "./open-corpus.js";
import { absentHalf, readEncyclopedia, readGolden } from "./read-questions.js";
import type { EvalSet } from "./sets.js";
import type { EvalQuestion, Outcome } from "./types.js";

export interface SetResult extends Pick<EvalSet, "name" | "split" | "format"> {
  /** Why the set was not asked, or null. */
  skipped: string | null;
  outcomes: Outcome[];
  figures: Figures;
  /** What is wrong with the questions themselves. */
  questionFaults: string[];
}

/**
 * Asks every question of a set over its corpus.
 *
 * @param projectDir what the set's paths are relative to
 * @throws StartupError if a file or folder in the project is missing, or a question file is malformed
 */
export async function runSet(set: EvalSet, projectDir: string, embedder: Embedder): Promise<SetResult> {
  const { name, split, format } = set;
  const result = { name, split, format, outcomes: [], figures: figuresOf([]), questionFaults: [] };
  for (const place of [set.questions, set.corpus]) {
    if (existsSync(path.join(projectDir, place))) continue;
    if (isElsewhere(place)) return { ...result, skipped: `${place} is not there` };
    throw new StartupError(`${place} is missing, which src/eval/sets.ts declares for the set "${name}".`);
  }
  const file = path.join(projectDir, set.questions);
  const corpus = path.join(projectDir, set.corpus);
  const asked =
    format === "golden" ? await askGolden(file, corpus, embedder) : await askBothHalves(file, corpus, embedder);
  return { ...result, ...asked, skipped: null, figures: figuresOf(asked.outcomes) };
}

/** What lies outside the project is not part of it and may be missing. */
function isElsewhere(place: string): boolean {
  return place.startsWith("../");
}

type Asked = Pick<SetResult, "outcomes" | "questionFaults">;

async function askGolden(file: string, corpus: string, embedder: Embedder): Promise<Asked> {
  return askOver(corpus, await readGolden(file), embedder);
}

/** All questions over all articles, then those about one half of the articles over the other half. */
async function askBothHalves(file: string, corpus: string, embedder: Embedder): Promise<Asked> {
  const questions = await readEncyclopedia(file);
  const present = await askOver(corpus, questions, embedder);
  const { articles, questions: absent } = absentHalf(questions);
  const half = await mkdtemp(path.join(tmpdir(), "docent-half-"));
  try {
    for (const name of await readdir(corpus)) {
      if (articles.includes(path.parse(name).name)) await copyFile(path.join(corpus, name), path.join(half, name));
    }
    const refused = await askOver(half, absent, embedder);
    return {
      outcomes: [...present.outcomes, ...refused.outcomes],
      questionFaults: [...present.questionFaults, ...refused.questionFaults],
    };
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}

function askOver(corpus: string, questions: readonly EvalQuestion[], embedder: Embedder): Promise<Asked> {
  return withCorpus(corpus, embedder, async (deps) => ({
    outcomes: await askAll(deps, questions),
    questionFaults: await faultsInQuestions(deps, questions),
  }));
}
