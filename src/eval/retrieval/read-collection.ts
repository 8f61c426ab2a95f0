import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { messageOf, StartupError } from "../../errors.js";
import type { Collection, CollectionSource } from "./types.js";

const run = promisify(execFile);
/** The largest file of the manifest has 3.3 MB. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** How far below the mirror folder git directories are looked for. */
const MIRROR_DEPTH = 3;

export interface ReadOptions {
  /** A folder of git mirrors to read from; null to fetch from github.com. */
  from: string | null;
  /** Where fetched repositories are kept. */
  cacheDir: string;
}

/**
 * Reads a collection from its repository at the pinned commit, after checking each file against its SHA-256.
 *
 * @throws StartupError if the repository cannot be had, or a file is missing or another than the manifest says
 */
export async function readCollection(source: CollectionSource, options: ReadOptions): Promise<Collection> {
  const gitDir = options.from === null ? await fetched(source, options.cacheDir) : await mirrored(source, options.from);
  const texts: string[] = [];
  for (const file of source.files) {
    const bytes = await blob(gitDir, source, file.path);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    if (sha256 !== file.sha256) {
      throw new StartupError(
        `${source.name}: ${file.path} of ${source.repository} has the SHA-256 ${sha256}, but src/eval/retrieval/collections.ts expects ${file.sha256}.`,
      );
    }
    texts.push(bytes.toString("utf8"));
  }
  return source.parse(...texts);
}

async function blob(gitDir: string, source: CollectionSource, file: string): Promise<Buffer> {
  try {
    return await git(gitDir, ["cat-file", "blob", `${source.commit}:${file}`]);
  } catch (error) {
    throw new StartupError(
      `${source.name}: ${file} of ${source.repository} at ${source.commit} could not be read: ${reasonOf(error)}.`,
    );
  }
}

/** The repository in the cache, fetched at its commit if it is not there; blobs come when they are first read. */
async function fetched({ name, repository, commit }: CollectionSource, cacheDir: string): Promise<string> {
  const gitDir = path.join(cacheDir, `${repository.replace("/", "+")}.git`);
  const address = `https://github.com/${repository}.git`;
  try {
    if (!existsSync(path.join(gitDir, "HEAD"))) {
      await mkdir(gitDir, { recursive: true });
      await git(gitDir, ["init", "--quiet", "--bare", gitDir]);
      await git(gitDir, ["remote", "add", "origin", address]);
    }
    if (!(await holds(gitDir, commit))) {
      await git(gitDir, ["fetch", "--quiet", "--depth", "1", "--filter=blob:none", "origin", commit]);
    }
  } catch (error) {
    throw new StartupError(
      `${name}: ${address} could not be fetched (${reasonOf(error)}). It takes git and a connection to github.com; offline, name a folder of mirrors with --from, or leave it out with --collections.`,
    );
  }
  return gitDir;
}

/** The git directory of a repository below a folder: `owner+name` or `owner/name`, itself bare or holding one. */
async function mirrored({ name, repository, commit }: CollectionSource, folder: string): Promise<string> {
  if (!existsSync(folder)) throw new StartupError(`--from: there is no folder "${folder}".`);
  const found = await findMirror(folder, repository, MIRROR_DEPTH);
  if (found === null) {
    throw new StartupError(
      `${name}: no git directory of ${repository} below "${folder}". Expected a folder "${repository.replace("/", "+")}" or "${repository}" with a (bare) repository in it.`,
    );
  }
  if (!(await holds(found, commit))) {
    throw new StartupError(`${name}: "${found}" does not hold the commit ${commit} of ${repository}.`);
  }
  return found;
}

async function findMirror(folder: string, repository: string, depth: number): Promise<string | null> {
  for (const spelling of [repository.replace("/", "+"), repository]) {
    for (const ending of ["", ".git"]) {
      const place = path.join(folder, spelling + ending);
      // A mirror is the folder itself, a clone's .git, or either of them one folder down.
      const candidates = [place, path.join(place, ".git"), path.join(place, "repo"), path.join(place, "repo", ".git")];
      const gitDir = candidates.find((one) => ["HEAD", "objects"].every((part) => existsSync(path.join(one, part))));
      if (gitDir !== undefined) return gitDir;
    }
  }
  if (depth <= 1) return null;
  const inner = await readdir(folder, { withFileTypes: true });
  for (const entry of inner) {
    // Repositories are named after their owner, so one of another name is not searched.
    if (!entry.isDirectory() || entry.name.includes("+") || entry.name.startsWith(".")) continue;
    const found = await findMirror(path.join(folder, entry.name), repository, depth - 1);
    if (found !== null) return found;
  }
  return null;
}

async function holds(gitDir: string, commit: string): Promise<boolean> {
  return git(gitDir, ["cat-file", "-e", `${commit}^{tree}`]).then(
    () => true,
    () => false,
  );
}

async function git(gitDir: string, args: string[]): Promise<Buffer> {
  const { stdout } = await run("git", [`--git-dir=${gitDir}`, ...args], {
    encoding: "buffer",
    maxBuffer: MAX_FILE_BYTES,
    // A repository that is gone would have git ask for a password.
    env: { ...process.env, GIT_TERMINAL_PROMPT: "0" },
  });
  return stdout;
}

/** What git says went wrong, in its first line. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  return (said === "" ? messageOf(error) : said).split("\n")[0]!.replace(/\.$/, "");
}
