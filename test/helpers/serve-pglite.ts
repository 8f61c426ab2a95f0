import { servePglite } from "./pglite.js";

// For commands that need a database and are given none, and for tests that kill one, until it is stopped:
// `tsx test/helpers/serve-pglite.ts [PORT [FOLDER]]`; without a folder its data are gone with it.
const [port = "0", folder] = process.argv.slice(2);
const { url, stop } = await servePglite(Number(port), folder);
process.stdout.write(`${url}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void stop().then(() => process.exit(0)));
