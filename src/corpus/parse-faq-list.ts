import { parse as parseCsv } from "csv-parse/sync";
import { messageOf, UnreadableFileError } from "../errors.js";
import type { FaqPair, ParsedDocument } from "../types.js";
import { TextBuilder } from "./text-builder.js";

const QUESTION_NAMES = ["question", "q", "prompt"];
const ANSWER_NAMES = ["answer", "a", "response", "reply"];
const EXPECTED = `a question (${QUESTION_NAMES.join(", ")}) and an answer (${ANSWER_NAMES.join(", ")})`;

interface QuestionAndAnswer {
  question: string;
  answer: string;
}

/**
 * Reads a table of questions and answers with a header line; separated by commas, semicolons or tabs.
 *
 * @throws UnreadableFileError if a column is missing, a line is malformed, or no row has both question and answer
 */
export function parseFaqCsv(source: string): ParsedDocument {
  if (source.replace(/^\ufeff/, "").trim() === "") throw new UnreadableFileError("the list holds no text");
  const { columns, delimiter } = readHeader(source);
  const question = columns.findIndex((name) => QUESTION_NAMES.includes(name));
  const answer = columns.findIndex((name) => ANSWER_NAMES.includes(name));
  const rows = readRows(source, delimiter).slice(1);
  for (const { values, line } of rows) {
    const surplus = values.slice(columns.length).some((value) => value.trim() !== "");
    if (!surplus) continue;
    throw new UnreadableFileError(
      `line ${line} has ${values.length} values, but the header names ${columns.length} columns; ` +
        'put text that holds the separator between double quotes ("…")',
    );
  }
  const pairs = rows.map(({ values }) => ({ question: values[question] ?? "", answer: values[answer] ?? "" }));
  return listDocument(pairs, null);
}

interface Header {
  /** Lower case. */
  columns: string[];
  delimiter: string;
}

/** The first line's column names, with the separator under which they name both a question and an answer. */
function readHeader(source: string): Header {
  const headers = [",", ";", "\t"].map((delimiter) => ({ delimiter, columns: readColumns(source, delimiter) }));
  const has = ({ columns }: Header, names: string[]): boolean => columns.some((name) => names.includes(name));
  const complete = headers.find((header) => has(header, QUESTION_NAMES) && has(header, ANSWER_NAMES));
  if (complete !== undefined) return complete;
  const [widest] = headers.toSorted((a, b) => b.columns.length - a.columns.length);
  const missing = has(widest!, QUESTION_NAMES) ? "answer" : "question";
  const names = missing === "answer" ? ANSWER_NAMES : QUESTION_NAMES;
  throw new UnreadableFileError(
    `the ${missing} column is missing: line 1 must name one of ${names.join(", ")}, but names ` +
      (widest!.columns.map((name) => `"${shorten(name)}"`).join(", ") || "nothing"),
  );
}

/** Column names under a separator; none if the first line cannot be read with it. */
function readColumns(source: string, delimiter: string): string[] {
  try {
    const [first] = readRows(source, delimiter, 1);
    return (first?.values ?? []).map((name) => name.trim().toLowerCase());
  } catch {
    return []; // A quoted name followed by another separator, most likely.
  }
}

function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}

interface Row {
  values: string[];
  /** Line of the file the row ends on, counted from 1. */
  line: number;
}

function readRows(source: string, delimiter: string, limit = -1): Row[] {
  try {
    const parsed: unknown = parseCsv(source, {
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      to: limit,
    });
    return (parsed as { record: string[]; info: { lines: number } }[]).map(({ record, info }) => ({
      values: record,
      line: info.lines,
    }));
  } catch (thrown) {
    const line = thrown instanceof Error && "lines" in thrown ? ` at line ${String(thrown.lines)}` : "";
    throw new UnreadableFileError(
      `the table is malformed${line}; expected values that hold double quotes to be enclosed in them, ` +
        'with each quote inside doubled ("say ""hello""")',
    );
  }
}

/**
 * Reads a JSON list of objects with a question and an answer each, or an object that holds such a list (as `items`,
 * `faq`, `questions`, `data`, or as its only list).
 *
 * @throws UnreadableFileError if the JSON is malformed, holds no such list, or no entry has both question and answer
 */
export function parseFaqJson(source: string): ParsedDocument {
  const root = parseJson(source.replace(/^\ufeff/, ""));
  const entries = findList(root);
  const pairs = entries.map((entry, i) => {
    if (!isObject(entry)) throw new UnreadableFileError(`entry ${i + 1} is no object; expected ${EXPECTED}`);
    return { question: fieldOf(entry, QUESTION_NAMES, i), answer: fieldOf(entry, ANSWER_NAMES, i) };
  });
  for (const [name, names] of [["question", QUESTION_NAMES] as const, ["answer", ANSWER_NAMES] as const]) {
    if (pairs.some((pair) => pair[name] !== null) || pairs.length === 0) continue;
    throw new UnreadableFileError(`no entry has a field for the ${name}; expected one of ${names.join(", ")}`);
  }
  const title = isObject(root) && typeof root.title === "string" && root.title.trim() !== "" ? root.title.trim() : null;
  return listDocument(
    pairs.map(({ question, answer }) => ({ question: question ?? "", answer: answer ?? "" })),
    title,
  );
}

function parseJson(source: string): unknown {
  if (source.trim() === "") throw new UnreadableFileError("the list holds no text");
  try {
    return JSON.parse(source);
  } catch (thrown) {
    const place = placeOf(messageOf(thrown), source);
    throw new UnreadableFileError(`the JSON is malformed${place}; expected a list of objects with ${EXPECTED}`);
  }
}

/** Where a JSON error is, as far as the engine's message tells. */
function placeOf(message: string, source: string): string {
  if (/unexpected end/i.test(message)) return " (it ends too early)";
  const position = /position (\d+)/.exec(message)?.[1];
  if (position === undefined) return "";
  return ` at line ${source.slice(0, Number(position)).split("\n").length}`;
}

const LIST_NAMES = ["items", "faq", "questions", "data"];

function findList(root: unknown): unknown[] {
  if (Array.isArray(root)) return root;
  const lists = isObject(root) ? Object.entries(root).filter(([, value]) => Array.isArray(value)) : [];
  const named = LIST_NAMES.map((name) => lists.find(([key]) => key.toLowerCase() === name));
  const chosen = named.find((entry) => entry !== undefined) ?? (lists.length === 1 ? lists[0] : undefined);
  if (chosen !== undefined) return chosen[1] as unknown[];
  throw new UnreadableFileError(
    `no list was found; expected a list of objects with ${EXPECTED}, on its own or as "${LIST_NAMES.join('", "')}"`,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The first of the named fields; null if the entry has none of them. Several strings become paragraphs. */
function fieldOf(entry: Record<string, unknown>, names: string[], index: number): string | null {
  for (const name of names) {
    const field = Object.entries(entry).find(([key]) => key.trim().toLowerCase() === name);
    if (field === undefined || field[1] === null) continue;
    const value = field[1];
    if (typeof value === "string") return value;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    if (Array.isArray(value) && value.every((part) => typeof part === "string")) return value.join("\n");
    throw new UnreadableFileError(`entry ${index + 1}: "${shorten(field[0])}" is no text; expected a string`);
  }
  return null;
}

/** Writes each pair as a heading with its answer below; pairs without question or answer are left out. */
function listDocument(pairs: QuestionAndAnswer[], title: string | null): ParsedDocument {
  const builder = new TextBuilder();
  const faq: FaqPair[] = [];
  for (const { question, answer } of pairs) {
    const paragraphs = answer.split(/[\r\n]+/).filter((paragraph) => !isBlank(paragraph));
    if (isBlank(question) || paragraphs.length === 0) continue;
    builder.begin({ kind: "heading", level: 2 });
    builder.write(question);
    const questionSpan = builder.end()!;
    const answerSpans = paragraphs.map((paragraph) => {
      builder.begin({ kind: "paragraph" });
      builder.write(paragraph);
      return builder.end()!;
    });
    faq.push({ question: questionSpan, answer: { start: answerSpans[0]!.start, end: answerSpans.at(-1)!.end } });
  }
  if (faq.length === 0) {
    throw new UnreadableFileError(`no entry has both ${EXPECTED} with text in it`);
  }
  return { title, text: builder.text, blocks: builder.blocks, times: [], faq, media: null, url: null };
}

/** The builder writes nothing for white space and cell borders alone. */
function isBlank(text: string): boolean {
  return text.replace(/[\s\u00a0|]+/g, "") === "";
}
