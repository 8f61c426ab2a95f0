// Writes what the network learns from: of each question the words, and those of its best candidates, as flat arrays.
//
// usage: node dump.mjs SETS OUT
//   SETS  as for ../dump.mjs; `end` of a question is where its answer ends
//   OUT   a folder: int32 and float32 arrays for reader.py, meta.json, and cases.json, which test the product against it
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { resolveFollowUp } from "../../../../dist/src/answer/follow-up.js";
import { lookUp } from "../../../../dist/src/answer/look-up.js";
import { ReaderWords } from "../../../../dist/src/answer/reader-words.js";
import { placed } from "../../../../dist/src/answer/placed-sentence.js";
import { SentenceReader } from "../../../../dist/src/answer/sentence-reader.js";
import { termsOf } from "../../../../dist/src/search/tokenize.js";
import { PROJECT_DIR } from "../../../../dist/src/config.js";
import { BUNDLED_MODEL, loadTransformersEmbedder } from "../../../../dist/src/embed/transformers-embedder.js";
import { withCorpus } from "../../../../dist/src/eval/open-corpus.js";

const CANDIDATES = 24;
const SENTENCE_WORDS = 40;
const INTRODUCTION_WORDS = 12;
const HEADING_WORDS = 16;
/** Of every so many questions of golden sets, so many candidates are kept as text. */
const CASE_EVERY = 25;
const CASE_CANDIDATES = 3;
/** A candidate: the numbers of five texts, whether it is right, and its words that answer, from and to. */
const COLUMNS = 8;
/** What the network itself says is no input to it. */
const OWN_FEATURES = ["answers", "covers"];

// Nor does it choose its own candidates; and to read them takes most of the time.
SentenceReader.prototype.read = () => ({ answers: 0, covers: 0 });

const [setsFile, out] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const embedder = await loadTransformersEmbedder(BUNDLED_MODEL, path.join(PROJECT_DIR, "models"));
const shapes = ["<pad>", "<year>", "<small>", "<integer>", "<decimal>", "<ordinal>", "<mixed>", "<capitals>", "<name>", "<word>", "<function>"];
const learned = [...shapes, ...readFileSync(new URL("function-words.txt", import.meta.url), "utf8").trim().split("\n")];
const words = new ReaderWords(learned);

const tokens = { emb: [], tid: [], flags: [], idf: [], off: [0] };
const rows = { q: [], c: [], x: [] };
const meta = [];
const cases = [];
const stems = new Map();
let names = null;

function numberOf(stem) {
  if (!stems.has(stem)) stems.set(stem, stems.size);
  return stems.get(stem);
}

/** Adds a text's words and returns its number. */
function add(list) {
  for (const { code, stem, look, idf } of list) {
    tokens.emb.push(code);
    tokens.tid.push(numberOf(stem));
    tokens.flags.push(look);
    tokens.idf.push(idf);
  }
  tokens.off.push(tokens.emb.length);
  return tokens.off.length - 2;
}

const plain = (text) => text.toLowerCase().replace(/[’‘]/g, "'").replace(/[“”]/g, '"').replace(/[–—]/g, "-").replace(/\s+/g, " ");

/** Where in a candidate the answer stands; null if it does not. */
function answerIn({ format }, question, { text, hit }) {
  if (format === "squad") {
    const at = question.paragraph.indexOf(text);
    const isThere = !question.impossible && hit.passage.documentId === question.source && at >= 0;
    const holds = isThere && at <= question.start && question.start < at + text.length;
    return holds ? [question.start - at, Math.min(question.end - at, text.length)] : null;
  }
  if (question.expect === "refuse" || !question.sources.flat().includes(hit.passage.documentId)) return null;
  const found = question.facts.flat().map((fact) => [plain(text).indexOf(plain(fact)), plain(fact).length]).find(([at]) => at >= 0);
  return found === undefined ? null : [found[0], found[0] + found[1]];
}

async function ask(set, deps) {
  const { vocabulary } = deps.index;
  const idf = (term) => {
    const id = vocabulary.idOf(term);
    return id === undefined ? 0 : vocabulary.idf(id);
  };
  const known = new Map();
  const textOf = (text, most) => {
    const key = `${most} ${text}`;
    if (!known.has(key)) {
      const list = words.tokensOf(text, most, idf);
      known.set(key, { number: add(list), list });
    }
    return known.get(key);
  };
  for (const line of readFileSync(set.questions, "utf8").trim().split("\n")) {
    const question = JSON.parse(line);
    if (set.format === "golden" && !["answer", "refuse"].includes(question.expect)) continue;
    const { question: asked, terms, evidence } = await lookUp(deps, resolveFollowUp(question.question, question.history ?? []));
    if (evidence.length === 0) continue;
    const answers = evidence.map((item) => answerIn(set, question, item));
    const first = rows.c.length / COLUMNS;
    const number = add(words.tokensOfQuestion(asked, terms, idf));
    for (const [i, item] of evidence.slice(0, CANDIDATES).entries()) {
      const { sentence, introduction, heading, before, after } = placed({ ...item, passage: item.hit.passage });
      const own = textOf(sentence, SENTENCE_WORDS);
      const answer = own.list.flatMap(({ start, end }, at) => (answers[i] !== null && start < answers[i][1] && end > answers[i][0] ? [at] : []));
      const around = [textOf(introduction, INTRODUCTION_WORDS), textOf(before, SENTENCE_WORDS), textOf(after, SENTENCE_WORDS)];
      const texts = [own, ...around, textOf(heading, HEADING_WORDS)].map((text) => text.number);
      rows.c.push(...texts, answers[i] === null ? 0 : 1, answer.at(0) ?? -1, answer.at(-1) ?? -1);
      names ??= Object.keys(item.features).filter((name) => !OWN_FEATURES.includes(name));
      rows.x.push(...names.map((name) => item.features[name]));
    }
    const mode = question.expect === "refuse" ? question.kind : question.impossible ? "impossible" : "answerable";
    rows.q.push(number, first, rows.c.length / COLUMNS - first, answers.some((answer) => answer !== null) ? 1 : 0);
    if (set.format === "golden" && meta.length % CASE_EVERY === 0) {
      const candidates = evidence.slice(0, CASE_CANDIDATES).map((item) => placed({ ...item, passage: item.hit.passage }));
      const texts = [asked.text, ...candidates.flatMap((candidate) => Object.values(candidate))];
      const weights = Object.fromEntries(texts.flatMap((text) => termsOf(text)).map((term) => [term, idf(term)]));
      cases.push({ row: meta.length, question: asked.text, focus: asked.focus, terms, idf: weights, candidates });
    }
    meta.push([set.name, mode, asked.kind]);
  }
}

for (const set of JSON.parse(readFileSync(setsFile, "utf8"))) await withCorpus(set.corpus, embedder, (deps) => ask(set, deps));
const write = (name, array) => writeFileSync(path.join(out, `${name}.bin`), array);
for (const name of ["emb", "tid", "flags", "off"]) write(name, Int32Array.from(tokens[name]));
write("idf", Float32Array.from(tokens.idf));
for (const name of ["q", "c"]) write(name, Int32Array.from(rows[name]));
write("x", Float32Array.from(rows.x));
writeFileSync(path.join(out, "meta.json"), JSON.stringify({ meta, names, learned }));
writeFileSync(path.join(out, "cases.json"), JSON.stringify(cases));
