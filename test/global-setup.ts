import { servePglite } from "./helpers/pglite.js";

/** With `VECTOR_STORE=pgvector`, tests that take any index take one in PostgreSQL: where none is given, one for the whole run. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env["VECTOR_STORE"] !== "pgvector" || process.env["DATABASE_URL"] !== undefined) return undefined;
  const { url, stop } = await servePglite();
  process.env["PGLITE_URL"] = url;
  return stop;
}
