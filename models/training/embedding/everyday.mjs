// Writes what everyday.py learns from: questions with the passages and units that answer them, as the product embeds them.
//
// usage: node everyday.mjs SETS OUT    SETS: of ../everyday/prepare.py; the project must be built (npm run build)
//   OUT  JSON: [{name, passages: [text], units: [text], questions: [{text, passages: [number], units: [number]}]}]
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { embeddedTextOf, embeddedTextOfUnit } from "../../../dist/src/corpus/split-passages.js";
import { PROJECT_DIR } from "../../../dist/src/config.js";
import { BUNDLED_MODEL, loadTransformersEmbedder } from "../../../dist/src/embed/transformers-embedder.js";
import { withCorpus } from "../../../dist/src/eval/open-corpus.js";

const models = path.join(PROJECT_DIR, "models");
const [setsFile, out] = process.argv.slice(2);
const embedder = await loadTransformersEmbedder(BUNDLED_MODEL, models);
const spaced = (text) => text.replace(/\s+/g, " ");

async function read({ name, questions: file }, { index }) {
  const ids = (await index.documents()).map(({ id }) => id);
  const passages = (await Promise.all(ids.map((id) => index.passagesOf(id)))).flat();
  const texts = new Map(await Promise.all(ids.map(async (id) => [id, (await index.document(id)).text])));
  const units = passages.flatMap((passage, number) =>
    passage.units
      .filter(({ kind }) => kind !== "question")
      .map((unit) => ({ number, written: texts.get(passage.documentId).slice(unit.start, unit.end), unit, passage })),
  );
  const questions = readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line)).flatMap(({ question, facts, sources }) => {
    const has = (text) => facts.some(([fact]) => spaced(text).includes(fact));
    const right = passages.flatMap(({ documentId, text }, i) => (sources.flat().includes(documentId) && has(text) ? [i] : []));
    const rightUnits = units.flatMap(({ number, written }, i) => (right.includes(number) && has(written) ? [i] : []));
    return right.length === 0 ? [] : [{ text: question, passages: right, units: rightUnits }];
  });
  const written = units.map(({ passage, unit }) => embeddedTextOfUnit(passage, unit, texts.get(passage.documentId)));
  return { name, passages: passages.map(embeddedTextOf), units: written, questions };
}

const sets = [];
for (const set of JSON.parse(readFileSync(setsFile, "utf8"))) sets.push(await withCorpus(set.corpus, embedder, (deps) => read(set, deps)));
writeFileSync(out, JSON.stringify(sets));
