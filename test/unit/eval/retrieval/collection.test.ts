import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { COLLECTIONS } from "../../../../src/eval/retrieval/collections.js";
import { markdownReport } from "../../../../src/eval/retrieval/markdown.js";
import { measure } from "../../../../src/eval/retrieval/measure.js";
import { readCollection } from "../../../../src/eval/retrieval/read-collection.js";
import { resultOf } from "../../../../src/eval/retrieval/results.js";
import type { Collection, CollectionSource } from "../../../../src/eval/retrieval/types.js";
import { HashEmbedder } from "../../../helpers/hash-embedder.js";
import { temporaryFolder } from "../../../helpers/folders.js";

const KITE = "Kites rise because moving air lifts their tilted sail.";
const collection: Collection = {
  documents: [
    { id: "kite", title: "Kites", question: null, text: KITE },
    {
      id: "long",
      title: "",
      question: null,
      text: "Bread needs time to rest. ".repeat(80) + "Yeast makes dough swell. ".repeat(60),
    },
    { id: "lamp", title: "", question: "How do I mend the lamp?", text: "Change its bulb, then its fuse." },
  ],
  queries: [
    { id: "1", text: "what lifts kites", relevant: ["kite"] },
    { id: "2", text: "yeast in dough", relevant: ["long"] },
    { id: "3", text: "mend a lamp", relevant: ["lamp"] },
  ],
};

describe("measure", () => {
  it("finds by every method what shares its words, a long document by its best passage", async () => {
    const measured = await measure(collection, new HashEmbedder());
    expect(measured.documents).toBe(3);
    expect(measured.passages).toBeGreaterThan(3);
    for (const method of ["bm25", "dense", "hybrid-plain", "hybrid"] as const) {
      expect(measured.figures[method].map(({ mrr10 }) => mrr10)).toEqual([1, 1, 1]);
    }
    const report = markdownReport(
      [resultOf("hash", "1", [{ name: "med", split: "report", measured }])],
      COLLECTIONS,
      "x",
    );
    expect(report).toContain("| med        | 3       | 3         | 1.000     |");
    expect(report).toContain("+0.000 (+0.000 to +0.000)");
    expect(report).not.toContain("Dev set");
  });

  it("gives a figure below 1 where the relevant document is not the nearest", async () => {
    const wrong = { ...collection, queries: [{ id: "1", text: "what lifts kites", relevant: ["lamp"] }] };
    const { figures } = await measure(wrong, new HashEmbedder());
    expect(figures.bm25[0]!.mrr10).toBeLessThan(1);
  });
});

describe("readCollection", () => {
  const text = "one\ntwo\n";
  const sourceAt = (commit: string, over: Partial<CollectionSource> = {}): CollectionSource => ({
    name: "tiny",
    split: "dev",
    about: "",
    licence: "",
    repository: "someone/words",
    commit,
    files: [{ path: "data/list", sha256: createHash("sha256").update(text).digest("hex") }],
    rule: "",
    parse: (list) => ({
      documents: [],
      queries: list
        .trim()
        .split("\n")
        .map((line) => ({ id: line, text: line, relevant: [] })),
    }),
    ...over,
  });

  /** A folder with a clone two folders down, and its commit. */
  function mirror(): { from: string; cacheDir: string; commit: string } {
    const from = temporaryFolder();
    const clone = path.join(from, "deeper", "someone+words");
    mkdirSync(path.join(clone, "data"), { recursive: true });
    writeFileSync(path.join(clone, "data", "list"), text);
    const git = (...args: string[]): string =>
      execFileSync("git", ["-C", clone, "-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
        encoding: "utf8",
      });
    git("init", "--quiet");
    git("add", ".");
    git("commit", "--quiet", "-m", "words");
    return { from, cacheDir: path.join(from, "cache"), commit: git("rev-parse", "HEAD").trim() };
  }

  it("reads the files at the commit, wherever the mirror lies below the folder", async () => {
    const { commit, ...options } = mirror();
    const { queries } = await readCollection(sourceAt(commit), options);
    expect(queries.map(({ id }) => id)).toEqual(["one", "two"]);
  });

  it("says which file is another than the manifest expects", async () => {
    const { commit, ...options } = mirror();
    const files = [{ path: "data/list", sha256: "0".repeat(64) }];
    await expect(readCollection(sourceAt(commit, { files }), options)).rejects.toThrow(
      /tiny: data\/list of someone\/words has the SHA-256/,
    );
  });

  it("says what is missing: folder, repository, commit or file", async () => {
    const { commit, ...options } = mirror();
    const missing = async (source: CollectionSource, from = options.from): Promise<string> =>
      readCollection(source, { ...options, from }).then(
        () => "nothing",
        (error: Error) => error.message,
      );
    expect(await missing(sourceAt(commit), "/no/such/folder")).toContain("there is no folder");
    expect(await missing(sourceAt(commit, { repository: "no/body" }))).toContain("no git directory of no/body");
    expect(await missing(sourceAt("1".repeat(40)))).toContain("does not hold the commit");
    expect(await missing(sourceAt(commit, { files: [{ path: "data/other", sha256: "" }] }))).toContain(
      "data/other of someone/words",
    );
  });
});

describe("COLLECTIONS", () => {
  it("pins every collection", () => {
    for (const { commit, files, licence } of COLLECTIONS) {
      expect(commit).toMatch(/^[0-9a-f]{40}$/);
      expect(licence).not.toBe("");
      for (const { sha256 } of files) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(new Set(COLLECTIONS.map(({ name }) => name)).size).toBe(COLLECTIONS.length);
  });
});
