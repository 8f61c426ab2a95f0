import { setTimeout as sleep } from "node:timers/promises";
import { answerQuestion } from "../../../src/answer/answer-question.js";
import type { PassageIndex } from "../../../src/search/passage-index.js";
import { bundledEmbedder, given, openIndex, openPostgres, questionsIn, tell } from "./given.js";

/** Answers questions for some seconds, as many at a time as told, from one store and nothing else. */

export interface AskFigures {
  /** Answers. */
  count: number;
  /** Resident at the end. */
  memoryMb: number;
}

export interface AskGiven {
  /** The folder of the embedded index, or the database. */
  from: { indexDir: string } | { url: string; schema: string };
  questionsFile: string;
  askers: number;
  seconds: number;
  /** Which question is the first, so that processes ask different ones. */
  first: number;
  /** When to begin, in milliseconds since 1970, so that processes begin together. */
  startAt: number;
}

const { from, questionsFile, askers, seconds, first, startAt } = given() as AskGiven;
const WARM_UP = 50;
const questions = await questionsIn(questionsFile);
const embedder = await bundledEmbedder();
const store = "url" in from ? await openPostgres(from.url, from.schema) : null;
const index: PassageIndex = store?.index ?? (await openIndex((from as { indexDir: string }).indexDir));
let next = first;
const ask = (): Promise<unknown> =>
  answerQuestion({ index, embedder }, { question: questions[next++ % questions.length]! });
for (let i = 0; i < WARM_UP; i++) await ask();
await sleep(Math.max(0, startAt - Date.now()));
const until = performance.now() + seconds * 1000;
let count = 0;
await Promise.all(
  Array.from({ length: askers }, async () => {
    while (performance.now() < until) {
      await ask();
      if (performance.now() < until) count++;
    }
  }),
);
const figures: AskFigures = { count, memoryMb: process.memoryUsage.rss() / 1e6 };
await store?.store.close();
await embedder.close();
tell(figures);
