import { HNSWLib } from "@langchain/community/vectorstores/hnswlib";
import { answerQuestion } from "../../../src/answer/answer-question.js";
import { bundledEmbedder, given, LangChainEmbeddings, openIndex, questionsIn, tell } from "./given.js";

/** Opens an index, or a stock store, and says how long it took and what the process holds after some questions. */

export interface LoadFigures {
  milliseconds: number;
  /** Resident, before the index is opened (model and modules are there) and after the questions. */
  beforeMb: number;
  afterMb: number;
}

const ASKED = 100;
const { kind, folder, questionsFile } = given() as { kind: "docent" | "stock"; folder: string; questionsFile: string };
const questions = (await questionsIn(questionsFile)).slice(0, ASKED);
const embedder = await bundledEmbedder();
const embeddings = new LangChainEmbeddings(embedder);
await embedder.embedQuery("warm up");
const beforeMb = residentMb();
const started = performance.now();
let milliseconds: number;
if (kind === "docent") {
  const index = await openIndex(folder);
  milliseconds = performance.now() - started;
  for (const question of questions) await answerQuestion({ index, embedder }, { question });
} else {
  const store = await HNSWLib.load(folder, embeddings);
  milliseconds = performance.now() - started;
  for (const question of questions) await store.similaritySearch(question);
}
const figures: LoadFigures = { milliseconds, beforeMb, afterMb: residentMb() };
await embedder.close();
tell(figures);

function residentMb(): number {
  return process.memoryUsage.rss() / 1e6;
}
