import { answerQuestion } from "../../../src/answer/answer-question.js";
import { readQuestion } from "../../../src/answer/look-up.js";
import type { PassageIndex } from "../../../src/search/passage-index.js";
import type { Hit } from "../../../src/types.js";
import { bundledEmbedder, given, openIndex, openPostgres, questionsIn, tell } from "./given.js";

/** Asks the same questions of both stores, in turns, and compares what they find. */

export interface TurnsFigures {
  /** Milliseconds of each question, by the store. */
  retrieval: Record<Store, number[]>;
  answer: Record<Store, number[]>;
  /** Share of the nearest ten that the graphs find. */
  recall: Record<Store, number>;
  /** Share of the embedded index's hits that PostgreSQL's has too, on average. */
  overlap: number;
  /** The largest difference of the lexical scores of a hit that both have: 0 to 1. */
  lexicalDifference: number;
}

type Store = "embedded" | "postgres";
interface Given {
  indexDir: string;
  url: string;
  schema: string;
  questionsFile: string;
  count: number;
}

const WARM_UP = 100;
const RECALL_QUESTIONS = 300;
const NEAREST = 10;
const PASSAGES_READ = 12;

const { indexDir, url, schema, questionsFile, count } = given() as Given;
const questions = await questionsIn(questionsFile);
const embedder = await bundledEmbedder();
const embedded = await openIndex(indexDir);
const { index: postgres, store } = await openPostgres(url, schema);
const indexes: [Store, PassageIndex][] = [
  ["embedded", embedded],
  ["postgres", postgres],
];
const retrieval: TurnsFigures["retrieval"] = { embedded: [], postgres: [] };
const answer: TurnsFigures["answer"] = { embedded: [], postgres: [] };
let shared = 0;
let expected = 0;
let lexicalDifference = 0;
for (let i = 0; i < WARM_UP + count; i++) {
  const question = questions[i % questions.length]!;
  const hits: Hit[][] = [];
  for (const [name, index] of indexes) {
    const { query } = await readQuestion({ index, embedder }, question);
    const started = performance.now();
    hits.push(await index.search({ ...query, k: PASSAGES_READ }));
    const found = performance.now();
    await answerQuestion({ index, embedder }, { question });
    if (i < WARM_UP) continue;
    retrieval[name].push(found - started);
    answer[name].push(performance.now() - found);
  }
  compare(hits[0]!, hits[1]!);
}
const figures: TurnsFigures = {
  retrieval,
  answer,
  recall: await recallOf(),
  overlap: shared / Math.max(1, expected),
  lexicalDifference,
};
await store.close();
await embedder.close();
tell(figures);

function compare(ours: readonly Hit[], theirs: readonly Hit[]): void {
  const keyOf = ({ passage }: Hit): string => `${passage.documentId} ${passage.start} ${passage.end}`;
  const byKey = new Map(theirs.map((hit) => [keyOf(hit), hit]));
  expected += ours.length;
  for (const hit of ours) {
    const same = byKey.get(keyOf(hit));
    if (same === undefined) continue;
    shared++;
    lexicalDifference = Math.max(lexicalDifference, Math.abs(hit.lexical - same.lexical));
  }
}

/** How many of the nearest ten, by exact comparison, each graph finds. */
async function recallOf(): Promise<Record<Store, number>> {
  const vectors: Float32Array[] = [];
  for await (const { vector } of embedded.embedded()) vectors.push(vector());
  const k = Math.min(NEAREST, vectors.length);
  const some = questions.slice(0, RECALL_QUESTIONS);
  const found: Record<Store, number> = { embedded: 0, postgres: 0 };
  for (const question of some) {
    const query = await embedder.embedQuery(question);
    const cosines = vectors.map((vector) => vector.reduce((sum, value, i) => sum + value * query[i]!, 0));
    // PostgreSQL keeps half precision: what is nearer by less counts as equally near.
    const least = [...cosines].sort((a, b) => b - a)[k - 1]! - 1e-4;
    const share = (labels: readonly number[]): number =>
      Math.min(k, labels.filter((label) => cosines[label]! >= least).length) / k;
    found.embedded += share(embedded.nearest(query, k)) / some.length;
    found.postgres += share(await postgres.nearest(query, k)) / some.length;
  }
  return found;
}
