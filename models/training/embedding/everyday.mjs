// Writes what everyday.py learns from: questions with the passages and units that answer them, as the product embeds them.
//
// usage: node everyday.mjs SETS OUT    SETS: of ../everyday/prepare.py; the project must be built (npm run build)
//   OUT  JSON: [{name, passages: [text], units: [text], questions: [{text, passages: [number], units: [number]}]}]
import { readFileSync, writeFileSync } from "node:fs";
import { readCorpus } from "../../../dist/src/corpus/read-corpus.js";
import { embeddedTextOf, embeddedTextOfUnit } from "../../../dist/src/corpus/split-passages.js";

const [setsFile, out] = process.argv.slice(2);
const spaced = (text) => text.replace(/\s+/g, " ");

async function read({ name, corpus, questions: file }) {
  const { documents, passages } = await readCorpus(corpus);
  const texts = new Map(documents.map(({ id, text }) => [id, text]));
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
for (const set of JSON.parse(readFileSync(setsFile, "utf8"))) sets.push(await read(set));
writeFileSync(out, JSON.stringify(sets));
