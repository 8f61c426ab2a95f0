import type { DocentAnswer, DocentCitation } from "./widget.js";

/** Checks of what comes from the server or from the browser's storage, before anything relies on it. */

type Check = (value: unknown) => boolean;

const isString: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number";
const isStringOrNull: Check = (value) => value === null || isString(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

const CITATION: Record<keyof DocentCitation, Check> = {
  n: isNumber,
  source: isString,
  title: isString,
  heading: listOf(isString),
  quote: isString,
  start: isNumber,
  end: isNumber,
  url: isString,
  external_url: isStringOrNull,
  timestamp: isStringOrNull,
};

const ANSWER: Record<keyof DocentAnswer, Check> = {
  id: isString,
  status: (value) => value === "answered" || value === "not_found",
  answer: isString,
  citations: isCitations,
  confidence: isNumber,
  suggestions: listOf(isString),
  model: isString,
};

export function isCitations(value: unknown): value is DocentCitation[] {
  return Array.isArray(value) && value.every((one) => hasShape(one, CITATION));
}

export function isAnswer(value: unknown): value is DocentAnswer {
  return hasShape(value, ANSWER);
}

export function hasShape(value: unknown, shape: Record<string, Check>): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(shape).every(([name, check]) => check((value as Record<string, unknown>)[name]));
}
