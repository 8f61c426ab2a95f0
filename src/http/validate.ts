import type { z } from "zod";
import { DocentError } from "../errors.js";

/**
 * Checks a body or query and returns the parsed value, which is the only one to go on with.
 *
 * @throws DocentError naming every field at fault
 */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message }));
  const named = faults.map(({ path, message }) => `${path === "" ? "The body" : path} ${message}`).join("; ");
  throw new DocentError("invalid_request", `${named.slice(0, 500)}.`, faults.slice(0, 20));
}
