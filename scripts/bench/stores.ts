import { randomBytes } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { Database } from "../../src/postgres/database.js";
import { currentBuild } from "../../src/search/index-folder.js";
import { type Corpora, type Prepared, probe } from "./prepared.js";
import type { AskFigures, AskGiven } from "./probes/stores-ask.js";
import type { FillFigures } from "./probes/stores-fill.js";
import type { TurnsFigures } from "./probes/stores-turns.js";
import type { Comparison, Figure, SuiteResult } from "./report.js";
import { median, quantile } from "./timing.js";

const QUESTIONS = 500;
const ROUNDS = 3;
const SECONDS = 5;
/** Until a process is ready to ask. */
const START_MS = 6_000;
const EMBEDDED = "embedded";
const POSTGRES = "PostgreSQL";
const RECALL_AIM = 0.98;

/** Who asks at the same time: in all, spread over processes. */
const LOADS: readonly [store: string, processes: number, askers: number][] = [
  [EMBEDDED, 1, 1],
  [POSTGRES, 1, 1],
  [EMBEDDED, 1, 4],
  [POSTGRES, 1, 4],
  [POSTGRES, 2, 4],
  [EMBEDDED, 1, 16],
  [POSTGRES, 1, 16],
  [POSTGRES, 2, 16],
];

/** The embedded index beside PostgreSQL with pgvector: making it, its size, asking it, and what it finds. */
export async function storesSuite(corpora: Corpora, url: string): Promise<SuiteResult> {
  const comparisons: Comparison[] = [];
  const about = [
    "The database and whoever asks share the machine's cores, and a connection takes no time on the way. Both stores are made of the same documents with the same model.",
    `${QUESTIONS} questions, each another one; 100 before the clock starts. Both stores take turns in one process. Retrieval: twelve passages, hybrid, as an answer asks for them.`,
    `Answers a second: the median of ${ROUNDS} rounds of ${SECONDS} s, in which the ways take turns, each in processes of its own.`,
  ];
  for (const size of corpora.sizes) {
    const prepared = await corpora.of(size);
    const database = new Database(url, `bench_${randomBytes(6).toString("hex")}`);
    try {
      await measure(prepared, url, database, comparisons, about);
    } finally {
      await database.drop();
      await database.close();
    }
  }
  return { suite: "stores", about, comparisons };
}

async function measure(
  { label: on, corpus, indexDir, questionsFile, ingest }: Prepared,
  url: string,
  { schema }: Database,
  comparisons: Comparison[],
  about: string[],
): Promise<void> {
  const add = (title: string, unit: string, figures: [subject: string, value: number][]): void => {
    const named = figures.map(([subject, value]): Figure => ({ subject, on, value }));
    comparisons.push({ title: `${title}, ${on}`, unit, baseline: figures[0]![0], figures: named });
  };
  const filled = await probe<FillFigures>("stores-fill", { corpusDir: corpus.folder, url, schema });
  const pair = (embedded: number, postgres: number): [string, number][] => [
    [EMBEDDED, embedded],
    [POSTGRES, postgres],
  ];
  add("Whole ingest", "s", pair(ingest.wholeSeconds, filled.wholeSeconds));
  add("Writing the index, without reading and embedding", "s", pair(ingest.writeSeconds, filled.writeSeconds));
  add("Size: files; tables with indexes", "MB", pair((await sizeOf(indexDir)) / 1e6, filled.bytes / 1e6));

  const turns = await probe<TurnsFigures>("stores-turns", { indexDir, url, schema, questionsFile, count: QUESTIONS });
  for (const [what, times] of [
    ["Retrieval", turns.retrieval],
    ["A whole answer", turns.answer],
  ] as const) {
    for (const [name, share] of [
      ["median", 0.5],
      ["95th percentile", 0.95],
      ["99th percentile", 0.99],
    ] as const)
      add(`${what}, ${name}`, "ms", pair(quantile(times.embedded, share), quantile(times.postgres, share)));
  }
  add("Recall of the nearest ten by the graph alone", "share", pair(turns.recall.embedded, turns.recall.postgres));
  about.push(
    `${on}: of the embedded index's twelve hits PostgreSQL finds ${turns.overlap.toFixed(3)} on average; the lexical scores of a hit that both have differ by ${turns.lexicalDifference.toExponential(0)} at most. Recall of PostgreSQL's graph: ${turns.recall.postgres.toFixed(3)} (aim ${RECALL_AIM}).`,
  );

  const rates = new Map<string, number[]>();
  const memory = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [store, processes, askers] of LOADS) {
      const from = store === EMBEDDED ? { indexDir } : { url, schema };
      const asked = await ask({ from, questionsFile, seconds: SECONDS }, processes, askers, round);
      const name = `${store}, ${askers} askers in ${processes === 1 ? "one process" : `${processes} processes`}`;
      const rate = asked.reduce((sum, { count }) => sum + count, 0) / SECONDS;
      rates.set(name, [...(rates.get(name) ?? []), rate]);
      memory.set(store, [...(memory.get(store) ?? []), ...asked.map(({ memoryMb }) => memoryMb)]);
    }
  }
  add(
    "Answers a second",
    "1/s",
    [...rates].map(([name, all]) => [name, median(all)]),
  );
  add(
    "Resident memory of a process that answers",
    "MB",
    [...memory].map(([store, all]) => [store, median(all)]),
  );
}

function ask(
  given: Pick<AskGiven, "from" | "questionsFile" | "seconds">,
  processes: number,
  askers: number,
  round: number,
): Promise<AskFigures[]> {
  const startAt = Date.now() + START_MS;
  return Promise.all(
    Array.from({ length: processes }, (_, i) => {
      const told: AskGiven = { ...given, askers: askers / processes, first: 2000 * round + 1000 * i, startAt };
      return probe<AskFigures>("stores-ask", told);
    }),
  );
}

async function sizeOf(indexDir: string): Promise<number> {
  const build = (await currentBuild(indexDir))!;
  const sizes = (await readdir(build)).map(async (name) => (await stat(path.join(build, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
