// Writes what the pipeline sees of questions, one JSON line each, for fit.py.
//
// usage: node dump.mjs SETS OUT
//   SETS  a JSON file: [{"name", "corpus": folder, "questions": JSON lines file, "format": "golden" or "squad"}, …]
//         golden: as in test/golden; squad: {question, source, paragraph, start, impossible}, the answer's offset in its
//         paragraph; impossible: its article does not answer it, though it looks as if it did
//   OUT   JSON lines: {set, mode, kind, features: [...], right: [...], signals}
//
// Of an answerable question the answer is also taken away: its sentence, its passage and, in SQuAD, its whole article.
import { createWriteStream, readFileSync } from "node:fs";
import path from "node:path";
import { resolveFollowUp } from "../../../dist/src/answer/follow-up.js";
import { lookUp } from "../../../dist/src/answer/look-up.js";
import { decide } from "../../../dist/src/answer/refuse.js";
import { PROJECT_DIR } from "../../../dist/src/config.js";
import { BUNDLED_MODEL, loadTransformersEmbedder } from "../../../dist/src/embed/transformers-embedder.js";
import { withCorpus } from "../../../dist/src/eval/open-corpus.js";

const MOST_CANDIDATES = 40;
const FEWEST_LEFT = 5;

const [setsFile, outFile] = process.argv.slice(2);
const out = createWriteStream(outFile);
const embedder = await loadTransformersEmbedder(BUNDLED_MODEL, path.join(PROJECT_DIR, "models"));

const plain = (text) => text.toLowerCase().replace(/[’‘]/g, "'").replace(/[“”]/g, '"').replace(/[–—]/g, "-").replace(/\s+/g, " ");

function holdsAnswer({ format }, question, { text, hit }) {
  if (format === "squad") {
    const at = question.paragraph.indexOf(text);
    const isThere = hit.passage.documentId === question.source && at >= 0;
    return isThere && at <= question.start && question.start < at + text.length;
  }
  const isSource = question.sources.flat().includes(hit.passage.documentId);
  return isSource && question.facts.flat().some((fact) => plain(text).includes(plain(fact)));
}

function write(set, mode, found, evidence, right) {
  const { signals } = decide({ ...found.question, asksOpinion: false }, found.terms, evidence, { leastSubject: 0 });
  if (Object.keys(signals).length === 0) return;
  const features = evidence.slice(0, MOST_CANDIDATES).map((item) => item.features);
  const line = { set: set.name, mode, kind: found.question.kind, features, right: right.slice(0, MOST_CANDIDATES), signals };
  out.write(`${JSON.stringify(line)}\n`);
}

async function ask(set, deps) {
  const documents = (await deps.index.documents()).map(({ id }) => id);
  for (const line of readFileSync(set.questions, "utf8").trim().split("\n")) {
    const question = JSON.parse(line);
    if (set.format === "golden" && !["answer", "refuse"].includes(question.expect)) continue;
    const found = await lookUp(deps, resolveFollowUp(question.question, question.history ?? []));
    const { evidence } = found;
    if (question.expect === "refuse") {
      write(set, question.kind, found, evidence, evidence.map(() => false));
      continue;
    }
    if (question.impossible) {
      write(set, "impossible", found, evidence, evidence.map(() => false));
      continue;
    }
    const right = evidence.map((item) => holdsAnswer(set, question, item));
    write(set, "answerable", found, evidence, right);
    if (!right.includes(true)) continue;
    const passages = new Set(evidence.filter((_, i) => right[i]).map((item) => item.hit.passage.id));
    const withoutSentence = evidence.filter((_, i) => !right[i]);
    const withoutPassage = evidence.filter((item) => !passages.has(item.hit.passage.id));
    for (const [mode, left] of [["no sentence", withoutSentence], ["no passage", withoutPassage]])
      if (left.length > FEWEST_LEFT) write(set, mode, found, left, left.map(() => false));
    if (set.format !== "squad") continue;
    const elsewhere = await lookUp(deps, question.question, documents.filter((id) => id !== question.source));
    write(set, "no article", elsewhere, elsewhere.evidence, elsewhere.evidence.map(() => false));
  }
}

for (const set of JSON.parse(readFileSync(setsFile, "utf8"))) {
  await withCorpus(set.corpus, embedder, (deps) => ask(set, deps));
}
out.end();
