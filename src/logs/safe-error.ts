/** Pieces of a hidden text this long are taken out too: an error may quote it in part. */
const QUESTION_PIECE = 12;
const SECRET_PIECE = 6;
/** A hidden text shorter than this would take letters out of every word. */
const LEAST_CHARS = 3;
const MAX_CHARS = 8000;
/** How many causes of causes are told. */
const MAX_CAUSES = 3;
const TAKEN_OUT = "[…]";

/** What must not be in the log. */
export interface Hidden {
  /** Keys and credentials, which are never logged. */
  secrets: readonly string[];
  /** What people wrote. */
  questions: readonly string[];
}

export interface LoggedError {
  type: string;
  message: string;
  code?: string;
  stack?: string;
  cause?: LoggedError;
}

/**
 * An error as it may be logged: kind, message, code, stack and causes, without what is hidden. Whatever else hangs on an
 * error (a request, headers, a body) is left out.
 */
export function loggedError(thrown: unknown, hidden: Hidden, depth = 0): LoggedError {
  const clean = (text: string): string => without(text.slice(0, MAX_CHARS), hidden);
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: clean(String(thrown)) };
  const { code } = thrown as { code?: unknown };
  const isTold = thrown.cause !== undefined && depth < MAX_CAUSES;
  return {
    type: thrown.name,
    message: clean(thrown.message),
    ...(typeof code === "string" ? { code: clean(code) } : {}),
    ...(thrown.stack === undefined ? {} : { stack: clean(thrown.stack) }),
    ...(isTold ? { cause: loggedError(thrown.cause, hidden, depth + 1) } : {}),
  };
}

/** Takes hidden texts out of a text, and longer pieces of them. */
function without(text: string, { secrets, questions }: Hidden): string {
  const isOut = new Uint8Array(text.length);
  for (const secret of secrets) mark(text, secret, SECRET_PIECE, isOut);
  for (const question of questions) mark(text, question, QUESTION_PIECE, isOut);
  let clean = "";
  for (let i = 0; i < text.length; i++) {
    if (isOut[i] === 0) clean += text[i];
    else if (isOut[i - 1] !== 1) clean += TAKEN_OUT;
  }
  return clean;
}

function mark(text: string, hidden: string, pieceChars: number, isOut: Uint8Array): void {
  for (const form of new Set([hidden, JSON.stringify(hidden).slice(1, -1), encodeURIComponent(wellFormed(hidden))])) {
    if (form.length < LEAST_CHARS) continue;
    const length = Math.min(form.length, pieceChars);
    const pieces = new Set<string>();
    for (let i = 0; i + length <= form.length; i++) pieces.add(form.slice(i, i + length));
    for (let i = 0; i + length <= text.length; i++)
      if (pieces.has(text.slice(i, i + length))) isOut.fill(1, i, i + length);
  }
}

/** Without lone surrogates, which no address can hold. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}
