// Serves the Model Context Protocol over stdin and stdout, for clients that start it themselves, from whatever folder. Plain
// JavaScript, because it first compiles what is missing; what that says goes to stderr, as stdout belongs to the protocol.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const setup = path.join(path.dirname(fileURLToPath(import.meta.url)), "setup.mjs");
const { status } = spawnSync(process.execPath, [setup, "--quiet"], { stdio: ["ignore", 2, 2] });
if (status !== 0) process.exit(status ?? 1);
await import("../dist/scripts/mcp.js");
