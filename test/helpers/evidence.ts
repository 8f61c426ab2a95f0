import { type Evidence, weighEvidence, type WeightedTerm } from "../../src/answer/evidence.js";
import { analyseQuestion, type Question } from "../../src/answer/question.js";
import { parseDocument } from "../../src/corpus/parse-document.js";
import { splitPassages } from "../../src/corpus/split-passages.js";
import type { ShortForm } from "../../src/search/short-forms.js";
import { SentenceReader } from "../../src/answer/sentence-reader.js";
import { TermMatcher } from "../../src/answer/term-matcher.js";
import { PassageTable } from "../../src/search/passage-table.js";
import { Readings, termsOfTable } from "../../src/search/readings.js";
import { Vocabulary } from "../../src/search/vocabulary.js";
import type { Document, Hit } from "../../src/types.js";

export interface Weighed {
  question: Question;
  terms: WeightedTerm[];
  hits: Hit[];
  evidence: Evidence[];
  /** The evidence of these texts as if it had been ranked so: the first leads the others by `lead`, they are close. */
  ranked: (texts: readonly string[], lead?: number) => Evidence[];
}

/** All of a few documents as evidence for a question, without an index: every passage and every term counts the same. */
export async function weigh(
  asked: string,
  files: Record<string, string>,
  forms: readonly ShortForm[] = [],
): Promise<Weighed> {
  const documents: Document[] = [];
  for (const [path, text] of Object.entries(files)) {
    const id = path.replace(/\.\w+$/, "");
    const bytes = new TextEncoder().encode(text);
    documents.push(await parseDocument({ id, path, bytes, updatedAt: "2026-01-02T03:04:05.000Z" }));
  }
  const passages = documents.flatMap((document) => splitPassages(document));
  const table = PassageTable.of(documents, passages);
  const read = termsOfTable(table);
  const vocabulary = new Vocabulary([...new Set(Object.values(read).flat(2))], () => 1);
  const readings = Readings.of(table, read, vocabulary);
  const hits = passages.map((passage, label): Hit => {
    const unitCosines = passage.units.map(() => 0.5);
    return { passage, dense: 0.5, lexical: 0.5, score: 0.5, order: 0.5, unitCosines, reading: readings.reading(label) };
  });
  const question = analyseQuestion(asked);
  const terms = question.terms.map((term) => ({ ...term, idf: 1, known: true, searchWord: term.word }));
  const evidence = weighEvidence(
    question,
    terms,
    hits,
    new TermMatcher(terms, vocabulary, forms),
    new SentenceReader(question, terms, vocabulary),
  );
  const ranked = (texts: readonly string[], lead = 0): Evidence[] =>
    texts.map((text, i) => {
      const item = evidence.find((one) => one.text.startsWith(text));
      if (item === undefined) throw new Error(`no evidence begins with "${text}"`);
      return { ...item, score: 10 - i / 100 - (i > 0 ? lead : 0) };
    });
  return { question, terms, hits, evidence, ranked };
}
