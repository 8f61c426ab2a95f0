import { servePglite } from "./pglite.js";

// For commands that need a database and are given none: `tsx test/helpers/serve-pglite.ts 5439`, until it is stopped.
const { url, stop } = await servePglite(Number(process.argv[2] ?? 0));
process.stdout.write(`${url}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void stop().then(() => process.exit(0)));
