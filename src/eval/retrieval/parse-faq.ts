import { parse as parseCsv } from "csv-parse/sync";
import { z } from "zod";
import { collect, oneLine } from "./collect.js";
import type { Collection, CollectionDocument } from "./types.js";

const STACK_FAQ = z.object({
  root: z.object({
    qapair: z.array(
      z.object({
        question: z.string(),
        answer: z.union([z.string(), z.array(z.string())]),
        // One is null.
        rephr: z.array(z.string().nullable()),
      }),
    ),
  }),
});

/** StackFAQ: a thread with its answers is a FAQ item; the queries are the paraphrases of its question. */
export function parseStackFaq(source: string): Collection {
  const threads = STACK_FAQ.parse(JSON.parse(source)).root.qapair;
  return collect(
    threads.map(({ question, answer }, i): CollectionDocument => {
      return {
        id: String(i + 1),
        title: "",
        question: oneLine(question),
        text: [answer].flat().map(oneLine).join("\n"),
      };
    }),
    threads.flatMap(({ rephr }, i) =>
      rephr
        .map((text) => oneLine(text ?? ""))
        // "*" divides the paraphrases into two groups.
        .filter((text) => /\p{L}/u.test(text))
        .map((text, at) => ({ id: `${i + 1}.${at + 1}`, text, relevant: [String(i + 1)] })),
    ),
  );
}

const COVID_FAQ = z.array(
  z.object({ id: z.string(), query_type: z.enum(["faq", "user_query"]), question: z.string(), answer: z.string() }),
);

/** CovidFAQ: what people typed, and the FAQ items with the answer that it was given. An item's own question is no query. */
export function parseCovidFaq(source: string): Collection {
  const entries = COVID_FAQ.parse(JSON.parse(source));
  const items = entries.filter(({ query_type }) => query_type === "faq");
  const own = new Set(items.map(({ question }) => oneLine(question).toLowerCase()));
  return collect(
    items.map(({ id, question, answer }) => ({ id, title: "", question: oneLine(question), text: oneLine(answer) })),
    entries
      .filter(({ query_type, question }) => query_type === "user_query" && !own.has(oneLine(question).toLowerCase()))
      .map(({ id, question, answer }) => ({
        id,
        text: oneLine(question),
        relevant: items.filter((item) => item.answer === answer).map((item) => item.id),
      })),
  );
}

/** Of each intent the first so many questions are known: enough for recall@5 to be able to reach 1. */
const KNOWN_PER_INTENT = 5;

type Labelled = readonly [text: string, intent: string];

/** The first questions of each intent are what can be found; the test questions ask for those of the same intent. */
function fromIntents(train: readonly Labelled[], test: readonly Labelled[]): Collection {
  const known = new Map<string, { id: string; text: string }[]>();
  for (const [text, intent] of train) {
    const questions = known.get(intent) ?? [];
    known.set(intent, questions);
    if (questions.length < KNOWN_PER_INTENT)
      questions.push({ id: `${intent}#${questions.length + 1}`, text: oneLine(text) });
  }
  const own = new Set([...known.values()].flat().map(({ text }) => text.toLowerCase()));
  return collect(
    [...known.values()].flat().map(({ id, text }) => ({ id, title: "", question: null, text })),
    test
      .map(([text, intent], i) => ({ id: String(i + 1), text: oneLine(text), intent }))
      .filter(({ text }) => !own.has(text.toLowerCase()))
      .map(({ id, text, intent }) => ({
        id,
        text,
        relevant: (known.get(intent) ?? []).map((question) => question.id),
      })),
  );
}

const BANKING = z.array(z.object({ text: z.string(), category: z.string() }));

export function parseBanking(train: string, test: string): Collection {
  const read = (source: string): Labelled[] =>
    BANKING.parse(parseCsv(source, { columns: true })).map(({ text, category }) => [text, category]);
  return fromIntents(read(train), read(test));
}

const LABELLED = z.array(z.tuple([z.string(), z.string()]));
const CLINC = z.object({ train: LABELLED, test: LABELLED });

export function parseClinc(source: string): Collection {
  const { train, test } = CLINC.parse(JSON.parse(source));
  return fromIntents(train, test);
}
