import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { readQuestion } from "../answer/look-up.js";
import type { AnswerDeps } from "../answer/look-up.js";
import type { Embedder } from "../embed/embedder.js";
import { StartupError } from "../errors.js";
import { checkClaim } from "../gate/gate.js";
import { Sources } from "../gate/support.js";
import type { Passage } from "../types.js";
import { withCorpus } from "./open-corpus.js";
import { readLines } from "./read-questions.js";

/** Sets of labelled sentences: how they are written is told in test/golden/README.md. */
export const GATE_SETS = [
  { name: "sentences-tune", split: "tune" },
  { name: "sentences-report", split: "report" },
  { name: "claims-tune", split: "tune" },
  { name: "claims-report", split: "report" },
] as const;

const PAIR = z.strictObject({
  id: z.string().min(1),
  corpus: z.string().min(1),
  source: z.string().min(1),
  /** The words of the source that say the faithful sentence. */
  evidence: z.string().min(1),
  faithful: z.string().min(1),
  altered: z.string().min(1),
  change: z.enum(["number", "name", "negation", "swap", "invented"]),
});
type Pair = z.infer<typeof PAIR>;

/** How the citation gate fared on one set; the sentences it got wrong, as they were written. */
export interface GateResult {
  name: string;
  split: "tune" | "report";
  pairs: number;
  /** False sentences that left, with the kind of change. */
  letThrough: { change: Pair["change"]; sentence: string }[];
  /** True sentences that did not leave as they were written, with the gate's reason. */
  stopped: { reason: string; sentence: string }[];
}

/** As many passages are offered beside those cited as a model is given. */
const OFFERED = 8;

/** Gives every sentence to the gate with the passages that hold its evidence cited, and others offered, as in an answer. */
export async function runGateSet(
  { name, split }: (typeof GATE_SETS)[number],
  folder: string,
  embedder: Embedder,
): Promise<GateResult> {
  const pairs = await readLines(path.join(folder, "test/golden", `${name}.jsonl`), PAIR);
  const result: GateResult = { name, split, pairs: pairs.length, letThrough: [], stopped: [] };
  for (const corpus of new Set(pairs.map((pair) => pair.corpus))) {
    const corpusDir = path.join(folder, corpus === "corpus" ? "corpus" : path.join("test/golden", corpus));
    await withCorpus(corpusDir, embedder, async (deps) => {
      for (const pair of pairs.filter((one) => one.corpus === corpus)) {
        const cited = await holdersOf(pair, deps);
        const faithful = await check(deps, pair.faithful, cited);
        if (!LEAVES.has(faithful.result)) result.stopped.push({ reason: faithful.reason!, sentence: pair.faithful });
        const altered = await check(deps, pair.altered, cited);
        if (LEAVES.has(altered.result)) result.letThrough.push({ change: pair.change, sentence: pair.altered });
      }
    });
  }
  return result;
}

const LEAVES = new Set(["verified", "recited"]);

async function check(deps: AnswerDeps, text: string, cited: readonly Passage[]): ReturnType<typeof checkClaim> {
  const { query } = await readQuestion(deps, text);
  const hits = await deps.index.search({ ...query, k: OFFERED });
  const offered = [...new Map([...cited, ...hits.map(({ passage }) => passage)].map((one) => [one.id, one])).values()];
  return checkClaim(new Sources(deps.index, deps.embedder), { text, cited, citesUnknown: false }, offered);
}

/** The passages that hold a sentence's evidence, or parts of it. */
async function holdersOf({ source, evidence }: Pair, { index }: AnswerDeps): Promise<Passage[]> {
  const parts = flat(evidence)
    .split(/(?<=[.!?;])\s+/)
    .filter((part) => part.length >= LEAST_PART_CHARS);
  const passages = await index.passagesOf(source);
  const found = passages.filter(({ text }) => {
    const whole = flat(text);
    return parts.some((part) => whole.includes(part) || part.includes(whole));
  });
  if (found.length > 0) return found;
  // Of rows that do not follow each other, the passage that holds most.
  const words = flat(evidence).split(" ");
  const held = ({ text }: Passage): number => words.filter((word) => flat(text).includes(word)).length;
  const best = passages.toSorted((a, b) => held(b) - held(a))[0];
  if (best === undefined || held(best) < words.length * MOST_WORDS)
    throw new StartupError(`No passage of "${source}" holds the evidence "${evidence}".`);
  return [best];
}

const MOST_WORDS = 0.8;

const LEAST_PART_CHARS = 6;

function flat(text: string): string {
  // Evidence may have been copied with the marks of its file's format.
  return text
    .replace(/^\s*-\s/gm, " ")
    .replace(/[`*]/g, "")
    .replace(/[\s|]+/g, " ")
    .trim();
}

const FLOORS = z.record(z.string(), z.strictObject({ letThrough: z.number(), stopped: z.number() }));

/** The greatest shares of false sentences let through and of true ones stopped, by set. */
export async function readGateFloors(file: string): Promise<z.infer<typeof FLOORS>> {
  return FLOORS.parse(JSON.parse(await readFile(file, "utf8")));
}

/** A line for each set; what is over its floor, with the sentences. */
export function gateLines(
  results: readonly GateResult[],
  floors: z.infer<typeof FLOORS>,
): { lines: string[]; failed: string[] } {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const lines = results.map(({ name, pairs, letThrough, stopped }) => {
    const [through, held] = [letThrough.length / pairs, stopped.length / pairs];
    return `${name.padEnd(18)} ${String(pairs).padStart(4)} pairs   false let through ${percent(through).padStart(7)}   true replaced or left out ${percent(held).padStart(7)}`;
  });
  const failed = results.flatMap(({ name, pairs, letThrough, stopped }) => {
    const floor = floors[name];
    if (floor === undefined) return [];
    const over = (share: number, most: number, what: string, sentences: string[]): string[] =>
      share <= most
        ? []
        : [
            `Over its floor: ${what} of ${name} is ${percent(share)}, wanted at most ${percent(most)}.`,
            ...sentences.map((one) => `  ${one}`),
          ];
    return [
      ...over(
        letThrough.length / pairs,
        floor.letThrough,
        "false sentences let through",
        letThrough.map(({ change, sentence }) => `${change}: ${sentence}`),
      ),
      ...over(
        stopped.length / pairs,
        floor.stopped,
        "true sentences stopped",
        stopped.map(({ reason, sentence }) => `${reason}: ${sentence}`),
      ),
    ];
  });
  return { lines, failed };
}
