/** Every error a person can cause or meet, with the HTTP status it is answered with. */
export const ERROR_STATUS = {
  invalid_request: 400,
  missing_key: 401,
  forbidden_host: 403,
  forbidden_origin: 403,
  not_found: 404,
  method_not_allowed: 405,
  too_large: 413,
  not_json: 415,
  too_many_requests: 429,
  internal: 500,
  no_index: 503,
  no_database: 503,
  overloaded: 503,
  not_kept: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

export interface FieldFault {
  path: string;
  message: string;
}

/** An error whose message is written for the person who caused it and may leave the process. */
export class DocentError extends Error {
  override readonly name = "DocentError";
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly faults: FieldFault[] = [],
  ) {
    super(message);
  }
}

/** A fault of one file of the corpus: reported by name with the reason, then skipped. */
export class UnreadableFileError extends Error {
  override readonly name = "UnreadableFileError";
}

/** A fault in settings, commands or files that stops the program: one plain line, no stack. */
export class StartupError extends Error {
  override readonly name = "StartupError";
}

/** Another process is at work on the same index. */
export class BusyError extends StartupError {}

/** The embedding model failed at work. Its message says why, in one line. */
export class EmbeddingError extends Error {
  override readonly name = "EmbeddingError";
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/**
 * The error for a folder that could not be written to, in words for the person who chose it; what has other causes is given
 * back as it is.
 *
 * @param setting the setting that names the folder
 */
export function storageError(setting: string, folder: string, error: unknown): Error {
  if (error instanceof StartupError) return error;
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ENOSPC") return new StartupError(`${setting}: the disk is full; what is in use was not touched.`);
  if (code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "ENOTDIR" || code === "EEXIST") {
    return new StartupError(`${setting}: "${folder}" cannot be written (${code}). Name a folder you may write to.`);
  }
  return error instanceof Error ? error : new Error(messageOf(error));
}
