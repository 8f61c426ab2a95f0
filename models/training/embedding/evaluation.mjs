// Writes the public collections of `npm run eval:retrieval` as JSON: for the leak check of pairs.py, and for measuring on the
// dev set while a model is trained.
//
// usage: node evaluation.mjs OUT [FROM]
//   OUT   a folder: one <collection>.json each, {split, documents: [{title, text}], queries: [{text, relevant, lexical}]}
//   FROM  a folder of git mirrors; without it the collections are fetched
//
// `relevant` are numbers of documents; `lexical` are [document, BM25 score] pairs, best first, for the dev set alone: nothing
// here ranks the report set.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PROJECT_DIR } from "../../../dist/src/config.js";
import { COLLECTIONS } from "../../../dist/src/eval/retrieval/collections.js";
import { readCollection } from "../../../dist/src/eval/retrieval/read-collection.js";
import { LexicalIndex } from "../../../dist/src/search/lexical-index.js";
import { termsOf } from "../../../dist/src/search/tokenize.js";

const MOST_LEXICAL = 200;

const [out, from] = process.argv.slice(2);
if (out === undefined) throw new Error("usage: node evaluation.mjs OUT [FROM]");
mkdirSync(out, { recursive: true });
const options = { from: from === undefined ? null : path.resolve(from), cacheDir: path.join(PROJECT_DIR, ".cache", "retrieval") };

for (const source of COLLECTIONS) {
  const collection = await readCollection(source, options);
  const number = new Map(collection.documents.map(({ id }, at) => [id, at]));
  const documents = collection.documents.map(({ title, question, text }) => ({
    title,
    text: question === null ? text : `${question}\n\n${text}`,
  }));
  const isDev = source.split === "dev";
  const index = isDev ? LexicalIndex.build(documents.map(({ title, text }) => termsOf(`${title}\n${text}`))) : null;
  const queries = collection.queries.map(({ text, relevant }) => ({
    text,
    relevant: relevant.map((id) => number.get(id)),
    lexical: index?.search(termsOf(text), MOST_LEXICAL, () => true).map(({ label, score }) => [label, score]) ?? [],
  }));
  writeFileSync(path.join(out, `${source.name}.json`), JSON.stringify({ split: source.split, documents, queries }));
  process.stdout.write(`${source.name}: ${documents.length} documents, ${queries.length} queries\n`);
}
