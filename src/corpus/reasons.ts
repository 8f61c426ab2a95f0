import { messageOf, UnreadableFileError } from "../errors.js";

/** Why a file is not read, for its owner. */
export function reasonOf(error: unknown): string {
  if (error instanceof UnreadableFileError) return error.message;
  if (error instanceof RangeError && /call stack/i.test(error.message)) return "it is nested too deeply";
  const code = codeOf(error);
  if (code === "EACCES" || code === "EPERM") return "no permission to read it";
  if (code === "ENOENT") return "it disappeared while the corpus was read";
  return `it could not be read: ${messageOf(error).split("\n")[0]}`;
}

/** The system's code of an error, such as ENOENT, or else its message. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : messageOf(error);
}
