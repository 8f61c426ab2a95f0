// Writes what speaks for each list of the passages found for a question, one JSON line each, for lists.py.
//
// usage: node lists.mjs SETS OUT
//   SETS  as for dump.mjs, golden only: `../everyday/prepare.py OUT lists` and the tuning sets
//   OUT   JSON lines: {set, kind, expect, facts, lists: [[features, number of facts in the list], …]}
import { createWriteStream, readFileSync } from "node:fs";
import path from "node:path";
import { isNarrow } from "../../../dist/src/answer/answer-kind.js";
import { resolveFollowUp } from "../../../dist/src/answer/follow-up.js";
import { weighLists } from "../../../dist/src/answer/lists.js";
import { lookUp } from "../../../dist/src/answer/look-up.js";
import { textOf } from "../../../dist/src/answer/unit-text.js";
import { PROJECT_DIR } from "../../../dist/src/config.js";
import { BUNDLED_MODEL, loadTransformersEmbedder } from "../../../dist/src/embed/transformers-embedder.js";
import { withCorpus } from "../../../dist/src/eval/open-corpus.js";

const [setsFile, outFile] = process.argv.slice(2);
const out = createWriteStream(outFile);
const embedder = await loadTransformersEmbedder(BUNDLED_MODEL, path.join(PROJECT_DIR, "models"));

const plain = (text) => text.toLowerCase().replace(/[’‘]/g, "'").replace(/[“”]/g, '"').replace(/[–—]/g, "-").replace(/\*\*|[*_`]/g, "").replace(/\s+/g, " ");

/** How many of a question's facts a list has. */
function heldBy({ items, sentences }, { facts, sources }) {
  if (!sources.flat().includes(items[0].passage.documentId)) return 0;
  const passages = [...new Set(items.map(({ passage }) => passage))];
  const texts = [...sentences.keys()].map((unit) => textOf(passages.find(({ units }) => units.includes(unit)), unit));
  const text = plain(texts.join(" \n "));
  return facts.filter((alternatives) => alternatives.some((fact) => text.includes(plain(fact)))).length;
}

async function ask(set, deps) {
  for (const line of readFileSync(set.questions, "utf8").trim().split("\n")) {
    const question = JSON.parse(line);
    if (question.expect !== "answer") continue;
    const { question: read, terms, evidence } = await lookUp(deps, resolveFollowUp(question.question, question.history ?? []));
    if (evidence.length === 0 || read.asksForTime || isNarrow(read.kind)) continue;
    const hits = [...new Set(evidence.map(({ hit }) => hit))];
    const lists = weighLists(read, terms, evidence, hits).map(({ list, features }) => [features, heldBy(list, question)]);
    out.write(`${JSON.stringify({ set: set.name, kind: question.kind, facts: question.facts.length, lists })}\n`);
  }
}

for (const set of JSON.parse(readFileSync(setsFile, "utf8"))) await withCorpus(set.corpus, embedder, (deps) => ask(set, deps));
out.end();
