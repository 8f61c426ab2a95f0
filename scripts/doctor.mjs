// Looks at what Docent needs and says what to do where something is missing. Plain JavaScript that imports nothing at first,
// because it must run where packages are missing or nothing is compiled; the rest is in src/cli/doctor.ts.
// Exit code 0: all is well, or only warnings; 1: a fault. --json prints the findings as a list.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const asJson = process.argv.includes("--json");
const findings = [];

/** Prints a finding as it comes, so that a check that hangs is the one after the last line. */
function tell(finding, lines) {
  findings.push(finding);
  if (!asJson) process.stdout.write(`${lines.join("\n")}\n`);
}

function tellPlain(check, fault, text, advice) {
  const mark = fault ? "FAULT   " : "ok      ";
  tell({ check, level: fault ? "fault" : "ok", text, ...(fault ? { advice } : {}) }, [
    `${mark} ${check}: ${text}`,
    ...(fault ? [`         → ${advice}`] : []),
  ]);
}

const { engines } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const [major, minor] = process.versions.node.split(".").map(Number);
const [wantedMajor, wantedMinor] = /(\d+)\.(\d+)/.exec(engines.node).slice(1).map(Number);
const isOld = major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
tellPlain(
  "Node.js",
  isOld,
  `${process.version} (wanted: ${engines.node})`,
  "Install a newer Node.js: https://nodejs.org",
);

for (const [name, why] of [
  ["onnxruntime-node", "runs the embedding model"],
  ["hnswlib-node", "searches vectors"],
]) {
  // A new process, because a broken addon can take its process down.
  const run = () =>
    spawnSync(process.execPath, ["-e", `require(${JSON.stringify(name)})`], { cwd: root, encoding: "utf8" });
  let result = run();
  // hnswlib-node is compiled by the setup, which says itself what it lacks.
  if (result.status !== 0 && name === "hnswlib-node") {
    spawnSync(process.execPath, ["scripts/setup.mjs", "--quiet"], { cwd: root });
    result = run();
  }
  const reason =
    /^(?:Error: )?(.*(?:Cannot find|ERR_|rror).*)$/m.exec(result.stderr)?.[1] ?? result.signal ?? "it does not load";
  const missing = /Cannot find module/.test(result.stderr);
  tellPlain(
    name,
    result.status !== 0,
    result.status === 0 ? why : reason.slice(0, 200),
    missing ? 'Run "npm ci".' : 'It needs a C++ compiler, make and Python 3. Run "node scripts/setup.mjs" to see more.',
  );
}

if (!findings.some(({ level }) => level === "fault")) {
  const setup = spawnSync(process.execPath, ["scripts/setup.mjs", "--quiet"], { cwd: root, encoding: "utf8" });
  if (setup.status !== 0) {
    tellPlain(
      "compiled files",
      true,
      setup.stderr.trim().split("\n").at(-1),
      'Run "node scripts/setup.mjs" to see more.',
    );
  } else {
    const { examine, findingLines } = await import("../dist/src/cli/doctor.js");
    for await (const finding of examine(process.env)) tell(finding, findingLines(finding));
  }
}

const faults = findings.filter(({ level }) => level === "fault").length;
if (asJson) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
else process.stdout.write(faults === 0 ? "\nNothing stands in the way.\n" : `\n${faults} to mend.\n`);
process.exitCode = faults === 0 ? 0 : 1;
