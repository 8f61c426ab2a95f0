import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { messageOf, StartupError } from "../errors.js";
import type { EvalQuestion } from "./types.js";

const wordings = z.array(z.array(z.string().min(1)).min(1));
const GOLDEN = z
  .strictObject({
    id: z.string().min(1),
    kind: z.string().min(1),
    question: z.string(),
    history: z.array(z.strictObject({ role: z.enum(["user", "assistant"]), content: z.string() })).default([]),
    expect: z.enum(["answer", "refuse", "correct-or-refuse", "small-talk"]),
    facts: wordings.default([]),
    sources: wordings.default([]),
    forbidden: z.array(z.string().min(1)).default([]),
    timestamp: z
      .string()
      .regex(/^\d\d:\d\d:\d\d$/, "hh:mm:ss")
      .nullable()
      .default(null),
  })
  .refine(({ expect, facts, timestamp }) => expect !== "answer" || facts.length > 0 || timestamp !== null, {
    message: 'needs "facts" or a "timestamp"',
  })
  .refine(({ expect, sources }) => expect !== "answer" || sources.length > 0, { message: 'needs "sources"' });

/**
 * Questions in the project's own format: test/golden/README.md.
 *
 * @throws StartupError naming the file and the line that is wrong
 */
export async function readGolden(file: string): Promise<EvalQuestion[]> {
  const questions = await readLines(file, GOLDEN);
  return questions.map((question) => ({ ...question, factsInQuotes: true, maxChars: null }));
}

const ENCYCLOPEDIA = z.object({
  id: z.string().min(1),
  question: z.string(),
  source: z.string().min(1),
  answers: z.array(z.string().min(1)).min(1),
});
/** An answer that holds the right words among this many others is no answer. */
const ENCYCLOPEDIA_CHARS = 400;

/** Questions with their short answers, one article each. */
export async function readEncyclopedia(file: string): Promise<EvalQuestion[]> {
  const questions = await readLines(file, ENCYCLOPEDIA);
  return questions.map(({ id, question, source, answers }) => ({
    id,
    kind: "fact",
    question,
    history: [],
    expect: "answer",
    facts: [answers],
    sources: [[source]],
    forbidden: [],
    timestamp: null,
    factsInQuotes: false,
    maxChars: ENCYCLOPEDIA_CHARS,
  }));
}

/**
 * Half of the articles, every second one in the order the questions name them, and the questions about the other half: over
 * the first half alone they must be refused.
 */
export function absentHalf(questions: readonly EvalQuestion[]): { articles: string[]; questions: EvalQuestion[] } {
  const named = [...new Set(questions.map(({ sources }) => sources[0]![0]!))];
  const articles = named.filter((_, i) => i % 2 === 0);
  const kept = new Set(articles);
  const absent = questions
    .filter(({ sources }) => !kept.has(sources[0]![0]!))
    .map((question): EvalQuestion => {
      return {
        ...question,
        id: `${question.id}-absent`,
        kind: "article-absent",
        expect: "refuse",
        facts: [],
        sources: [],
      };
    });
  return { articles, questions: absent };
}

export async function readLines<T extends { id: string }>(file: string, schema: z.ZodType<T>): Promise<T[]> {
  const name = path.basename(file);
  const text = await readFile(file, "utf8").catch(() => {
    throw new StartupError(`The question file ${file} is declared in src/eval/sets.ts and cannot be read.`);
  });
  const ids = new Set<string>();
  return text.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    const wrong = (why: string): never => {
      throw new StartupError(`${name}, line ${i + 1}: ${why}`);
    };
    const parsed = schema.safeParse(parseJson(line, wrong));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return wrong(`${issue!.path.join(".")} ${issue!.message}`.trim());
    }
    if (ids.has(parsed.data.id)) wrong(`the id ${parsed.data.id} stands twice`);
    ids.add(parsed.data.id);
    return [parsed.data];
  });
}

function parseJson(line: string, wrong: (why: string) => never): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    return wrong(messageOf(error));
  }
}
