import { type Evidence, weighEvidence, type WeightedTerm } from "../../src/answer/evidence.js";
import { analyseQuestion, type Question } from "../../src/answer/question.js";
import { parseDocument } from "../../src/corpus/parse-document.js";
import { splitPassages } from "../../src/corpus/split-passages.js";
import type { ShortForm } from "../../src/search/short-forms.js";
import type { Hit } from "../../src/types.js";

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
  const hits: Hit[] = [];
  for (const [path, text] of Object.entries(files)) {
    const id = path.replace(/\.\w+$/, "");
    const bytes = new TextEncoder().encode(text);
    const document = await parseDocument({ id, path, bytes, updatedAt: "2026-01-02T03:04:05.000Z" });
    for (const passage of splitPassages(document)) {
      hits.push({ passage, dense: 0.5, lexical: 0.5, score: 0.5, unitCosines: passage.units.map(() => 0.5) });
    }
  }
  const question = analyseQuestion(asked);
  const terms = question.terms.map((term) => ({ ...term, idf: 1, known: true, searchWord: term.word }));
  const evidence = weighEvidence(question, terms, hits, { idf: new Map(), forms });
  const ranked = (texts: readonly string[], lead = 0): Evidence[] =>
    texts.map((text, i) => {
      const item = evidence.find((one) => one.text.startsWith(text));
      if (item === undefined) throw new Error(`no evidence begins with "${text}"`);
      return { ...item, score: 10 - i / 100 - (i > 0 ? lead : 0) };
    });
  return { question, terms, hits, evidence, ranked };
}
