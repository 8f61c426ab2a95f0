import { z } from "zod";
import { collect, oneLine } from "./collect.js";
import type { Collection } from "./types.js";

const SQUAD = z.object({
  data: z.array(
    z.object({
      title: z.string().optional(),
      paragraphs: z.array(
        z.object({
          context: z.string(),
          qas: z.array(
            z.object({
              id: z.union([z.string(), z.number()]),
              question: z.string(),
              answers: z.array(z.object({ answer_start: z.number().int() })).min(1),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** Every second article of XQuAD, from the first on. A paragraph is a document; a question's is the one it was asked about. */
export function parseXquad(source: string): Collection {
  const articles = SQUAD.parse(JSON.parse(source)).data.filter((_, i) => i % 2 === 0);
  const documents = articles.flatMap(({ title = "", paragraphs }) =>
    paragraphs.map(({ context, qas }, i) => {
      return { id: `${title}#${i + 1}`, title: title.replaceAll("_", " "), context, qas };
    }),
  );
  return collect(
    documents.map(({ id, title, context }) => ({ id, title, question: null, text: oneLine(context) })),
    documents.flatMap(({ id, qas }) =>
      qas.map((asked) => ({ id: String(asked.id), text: oneLine(asked.question), relevant: [id] })),
    ),
  );
}

/** Words of a piece of a COVID-QA paper: about as long as the paragraphs of the other collections. */
const PIECE_WORDS = 120;

/** COVID-QA: papers, cut into pieces of 120 words; a question's is the one in which its first answer begins. */
export function parseCovidQa(source: string): Collection {
  const papers = SQUAD.parse(JSON.parse(source)).data.flatMap(({ paragraphs }) => paragraphs);
  const cut = papers.map(({ context }, paper) => {
    const starts = [...context.matchAll(/\S+/g)].flatMap(({ index }, word) =>
      word % PIECE_WORDS === 0 ? [index] : [],
    );
    return starts.map((start, i) => ({
      id: `${paper + 1}#${i + 1}`,
      start,
      text: context.slice(start, starts[i + 1]),
    }));
  });
  return collect(
    cut.flat().map(({ id, text }) => ({ id, title: "", question: null, text: oneLine(text) })),
    papers.flatMap(({ qas }, paper) =>
      qas.map(({ id, question, answers }) => {
        const held = cut[paper]!.findLast(({ start }) => start <= answers[0]!.answer_start);
        return { id: String(id), text: oneLine(question), relevant: held === undefined ? [] : [held.id] };
      }),
    ),
  );
}
