// Builds what `npm ci` leaves out, and only where it is missing or out of date:
// 1. hnswlib-node's native addon. Install scripts are off (.npmrc), because other packages' would download binaries from
//    outside the registry; and the headers come with the running Node where they can, not from the network.
// 2. what browsers load (the widget, the pages' script and style), into dist/browser/.
// 3. the TypeScript sources, into dist/.
// Plain JavaScript, because it must run before anything is compiled. Flags: --no-server leaves out the third, --quiet says
// nothing, and --serve goes on to the server in this same process and spares the start of another.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(root, "dist");
const quiet = process.argv.includes("--quiet");
const say = (line) => quiet || process.stderr.write(`${line}\n`);

buildNativeAddon();
await make("browser", ["src/widget", "src/pages", "src/search/tokenize.ts"], bundleForBrowsers);
if (!process.argv.includes("--no-server")) await make("src", ["src", "scripts"], compileSources);
if (process.argv.includes("--serve")) await import("../dist/src/server.js");

function buildNativeAddon() {
  const require = createRequire(path.join(root, "package.json"));
  let folder;
  try {
    folder = path.dirname(path.dirname(require.resolve("hnswlib-node")));
  } catch {
    fail('hnswlib-node is not installed. Run "npm ci" first.');
  }
  if (loads(folder)) return;
  say("Compiling the vector index (once, about 10 s) …");
  const prefix = path.dirname(path.dirname(process.execPath));
  const hasHeaders = existsSync(path.join(prefix, "include", "node", "node_api.h"));
  const args = [nodeGyp(prefix), "rebuild", ...(hasHeaders ? [`--nodedir=${prefix}`] : [])];
  const result = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  if (result.status !== 0 || !loads(folder)) {
    const tail = `${result.stdout ?? ""}${result.stderr ?? ""}`.trim().split("\n").slice(-15).join("\n");
    fail(
      `${tail}\n\nThe vector index (hnswlib-node) could not be compiled. It needs a C++ compiler, make and Python 3 ` +
        '(Debian and Ubuntu: "apt-get install g++ make python3"; macOS: "xcode-select --install").',
    );
  }
}

/** A new process tries it, so that a half-built addon cannot take this one down. */
function loads(folder) {
  return spawnSync(process.execPath, ["-e", `require(${JSON.stringify(folder)})`], { stdio: "ignore" }).status === 0;
}

/** npm brings node-gyp with it and tells its scripts where. */
function nodeGyp(prefix) {
  const candidates = [
    process.env.npm_config_node_gyp,
    path.join(prefix, "lib", "node_modules", "npm", "node_modules", "node-gyp", "bin", "node-gyp.js"),
    path.join(prefix, "node_modules", "npm", "node_modules", "node-gyp", "bin", "node-gyp.js"),
  ];
  const found = candidates.find((candidate) => candidate !== undefined && existsSync(candidate));
  return found ?? fail('node-gyp, which npm brings with it, was not found. Run this through npm: "npm run setup".');
}

/** Makes a part of dist/ anew if a file it is made from has changed. */
async function make(part, places, build) {
  const stamp = path.join(dist, `.${part}-stamp`);
  const fingerprint = fingerprintOf([
    ...places,
    "tsconfig.json",
    "tsconfig.browser.json",
    "package-lock.json",
    "scripts/setup.mjs",
  ]);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint) return;
  rmSync(stamp, { force: true });
  await build();
  mkdirSync(dist, { recursive: true });
  writeFileSync(stamp, fingerprint);
}

async function bundleForBrowsers() {
  const { build } = await import("esbuild");
  const outdir = path.join(dist, "browser");
  rmSync(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: { widget: "src/widget/docent-chat.ts", page: "src/pages/browser/page.ts" },
    outdir,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2021",
    legalComments: "inline",
    logLevel: "error",
  }).catch(() => fail("What browsers load could not be built."));
  copyFileSync(path.join(root, "src/widget/widget.d.ts"), path.join(outdir, "widget.d.ts"));
  for (const file of ["docent.css", "favicon.svg", "social.png", "robots.txt"]) {
    copyFileSync(path.join(root, "src/pages/browser", file), path.join(outdir, file));
  }
  const widget = readFileSync(path.join(outdir, "widget.js"));
  const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  say(`widget.js: ${kB(widget.length)}, gzipped ${kB(gzipSync(widget, { level: 9 }).length)}`);
}

function compileSources() {
  say("Compiling Docent …");
  for (const folder of ["src", "scripts"]) rmSync(path.join(dist, folder), { recursive: true, force: true });
  const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
  const result = spawnSync(process.execPath, [tsc, "-p", "tsconfig.json"], { cwd: root, encoding: "utf8" });
  if (result.status !== 0) fail(`${result.stdout}${result.stderr}\nThe sources do not compile.`);
}

/** Changes when a source file does: names and contents. */
function fingerprintOf(places) {
  const hash = createHash("sha256").update(process.version.split(".")[0]);
  const add = (file) => {
    if (statSync(file).isDirectory()) for (const name of readdirSync(file).sort()) add(path.join(file, name));
    else hash.update(path.relative(root, file)).update("\0").update(readFileSync(file));
  };
  for (const place of places) add(path.join(root, place));
  return hash.digest("hex");
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
