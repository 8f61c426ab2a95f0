// Writes how questions compare with FAQ items, one JSON line each, for faq.py.
//
// usage: node faq.mjs SETS OUT
//   SETS  as for dump.mjs, golden only; sets without FAQ items are left out
//   OUT   JSON lines: {set, items: [[features, whether it answers], …]}
import { createWriteStream, readFileSync } from "node:fs";
import path from "node:path";
import { faqCandidates, nearestFaq } from "../../../dist/src/answer/faq.js";
import { lookUp } from "../../../dist/src/answer/look-up.js";
import { PROJECT_DIR } from "../../../dist/src/config.js";
import { BUNDLED_MODEL, loadTransformersEmbedder } from "../../../dist/src/embed/transformers-embedder.js";
import { withCorpus } from "../../../dist/src/eval/open-corpus.js";

const [setsFile, outFile] = process.argv.slice(2);
const out = createWriteStream(outFile);
const embedder = await loadTransformersEmbedder(BUNDLED_MODEL, path.join(PROJECT_DIR, "models"));

const plain = (text) => text.toLowerCase().replace(/[’‘]/g, "'").replace(/[“”]/g, '"').replace(/[–—]/g, "-").replace(/\s+/g, " ");

function answers({ expect, facts, sources }, { documentId, text }) {
  return expect === "answer" && sources.flat().includes(documentId) && facts.flat().some((fact) => plain(text).includes(plain(fact)));
}

async function ask(set, deps) {
  if (deps.index.counts.faqItems === 0) return;
  for (const line of readFileSync(set.questions, "utf8").trim().split("\n")) {
    const question = JSON.parse(line);
    if (!["answer", "refuse"].includes(question.expect) || question.history !== undefined) continue;
    const found = await lookUp(deps, question.question);
    if (found.terms.length === 0) continue;
    const candidates = await faqCandidates(deps.index, found.vector);
    const items = candidates.map((one) => [nearestFaq([one], found).features, answers(question, one.passage) ? 1 : 0]);
    out.write(`${JSON.stringify({ set: set.name, items })}\n`);
  }
}

for (const set of JSON.parse(readFileSync(setsFile, "utf8"))) await withCorpus(set.corpus, embedder, (deps) => ask(set, deps));
out.end();
