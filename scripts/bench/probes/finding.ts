import { HNSWLib } from "@langchain/community/vectorstores/hnswlib";
import { MemoryVectorStore } from "@langchain/classic/vectorstores/memory";
import { create, insertMultiple, search } from "@orama/orama";
import MiniSearch from "minisearch";
import { answerQuestion } from "../../../src/answer/answer-question.js";
import { readQuestion } from "../../../src/answer/look-up.js";
import type { HnswIndex } from "../../../src/search/hnsw-index.js";
import type { Passage } from "../../../src/types.js";
import {
  bundledEmbedder,
  given,
  LangChainEmbeddings,
  langChainDocument,
  openIndex,
  questionsIn,
  tell,
} from "./given.js";

/** Asks the same questions in several ways, taking turns, and gives the times of each. */

export interface FindingFigures {
  /** Milliseconds of each question, by the way. */
  times: Record<string, number[]>;
  /** Share of the questions that are answered, not refused. */
  answered: number;
  /** Share of the nearest ten that the graphs find, by name. */
  recall: Record<string, number>;
}

export type Ways = "docent" | "memory" | "minisearch" | "orama";
interface Given {
  ways: Ways;
  indexDir: string;
  stockDir: string;
  questionsFile: string;
  count: number;
}

const WARM_UP = 100;
const RECALL_QUESTIONS = 300;
const NEAREST = 10;
const CHUNK = 1000;

const { ways, indexDir, stockDir, questionsFile, count } = given() as Given;
const questions = await questionsIn(questionsFile);
const embedder = await bundledEmbedder();
const embeddings = new LangChainEmbeddings(embedder);
const index = await openIndex(indexDir);
const figures: FindingFigures = { times: {}, answered: 0, recall: {} };
const asked = Array.from({ length: WARM_UP + count }, (_, i) => questions[i % questions.length]!);

/** Asks every question in every way. */
async function measure(named: Record<string, (question: string) => Promise<unknown>>): Promise<void> {
  for (const name of Object.keys(named)) figures.times[name] = [];
  for (const [i, question] of asked.entries()) {
    for (const [name, ask] of Object.entries(named)) {
      const started = performance.now();
      await ask(question);
      if (i >= WARM_UP) figures.times[name]!.push(performance.now() - started);
    }
  }
}

const PASSAGES_READ = 12;
const RESULTS = 10;
if (ways === "docent") {
  const store = await HNSWLib.load(stockDir, embeddings);
  const retriever = store.asRetriever();
  const vectors = new Map<string, Float32Array>();
  let answered = 0;
  await measure({
    "embedding alone": async (question) => vectors.set(question, await embedder.embedQuery(question)),
    "searchKnn alone": async (question) => store.index.searchKnn(Array.from(vectors.get(question)!), NEAREST),
    "stock HNSWLib retriever": (question) => retriever.invoke(question),
    "Docent, retrieval": async (question) => {
      const { query } = await readQuestion({ index, embedder }, question);
      return index.search({ ...query, k: PASSAGES_READ });
    },
    "Docent, whole answer": async (question) => {
      if ((await answerQuestion({ index, embedder }, { question })).status === "answered") answered++;
    },
  });
  figures.answered = answered / asked.length;
  figures.recall = await recallOf(index, store);
} else if (ways === "memory") {
  const store = new MemoryVectorStore(embeddings);
  for await (const [vectors, passages] of chunks()) {
    await store.addVectors(
      vectors.map((vector) => Array.from(vector)),
      passages.map((passage) => langChainDocument(passage)),
    );
  }
  const retriever = store.asRetriever();
  await measure({ "LangChain in memory, exact": (question) => retriever.invoke(question) });
} else if (ways === "minisearch") {
  const mini = new MiniSearch({ fields: ["text"] });
  let id = 0;
  for await (const [, passages] of chunks()) mini.addAll(passages.map(({ text }) => ({ id: id++, text })));
  await measure({ MiniSearch: async (question) => mini.search(question).slice(0, RESULTS) });
} else {
  const { dimensions } = embedder.fingerprint;
  const database = create({ schema: { text: "string", embedding: `vector[${dimensions}]` } } as const);
  for await (const [vectors, passages] of chunks()) {
    await insertMultiple(
      database,
      passages.map(({ text }, i) => ({ text, embedding: Array.from(vectors[i]!) })),
    );
  }
  await measure({
    "Orama, hybrid": async (question) => {
      const value = Array.from(await embedder.embedQuery(question));
      return search(database, {
        mode: "hybrid",
        term: question,
        vector: { value, property: "embedding" },
        limit: RESULTS,
      });
    },
  });
}
await embedder.close();
tell(figures);

/** The index's passages with their vectors, some at a time. */
async function* chunks(): AsyncGenerator<[Float32Array[], Passage[]]> {
  let vectors: Float32Array[] = [];
  let passages: Passage[] = [];
  for await (const { passage, vector } of index.embedded()) {
    vectors.push(vector());
    passages.push(passage);
    if (passages.length < CHUNK) continue;
    yield [vectors, passages];
    [vectors, passages] = [[], []];
  }
  yield [vectors, passages];
}

/** How many of the nearest ten, by exact comparison, each graph finds: with the width it is used with, and with others. */
async function recallOf(own: HnswIndex, stock: HNSWLib): Promise<Record<string, number>> {
  const vectors: Float32Array[] = [];
  for await (const { vector } of own.embedded()) vectors.push(vector());
  const passages = vectors.length;
  const found: Record<string, number> = { "stock, ef as loaded": 0, Docent: 0 };
  const some = questions.slice(0, RECALL_QUESTIONS);
  for (const question of some) {
    const query = await embedder.embedQuery(question);
    const cosines = vectors.map((vector) => vector.reduce((sum, value, i) => sum + value * query[i]!, 0));
    const least = [...cosines].sort((a, b) => b - a)[Math.min(NEAREST, passages) - 1]! - 1e-6;
    const share = (labels: readonly number[]): number =>
      Math.min(NEAREST, labels.filter((label) => cosines[label]! >= least).length) / Math.min(NEAREST, passages);
    const k = Math.min(NEAREST, passages);
    found["stock, ef as loaded"]! += share(stock.index.searchKnn(Array.from(query), k).neighbors);
    found["Docent"]! += share(own.nearest(query, k));
  }
  return Object.fromEntries(Object.entries(found).map(([name, sum]) => [name, sum / some.length]));
}
