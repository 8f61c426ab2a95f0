import { symlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { listFiles, readCorpus } from "../../../src/corpus/read-corpus.js";
import { StartupError } from "../../../src/errors.js";
import { temporaryFolder, writeFiles } from "../../helpers/folders.js";

describe("readCorpus", () => {
  it("reads files of all folders in the order of their paths", async () => {
    const folder = temporaryFolder();
    await writeFiles(folder, { "b.txt": "B.", "a/two.MD": "Two.", "a/deep/one.html": "<p>One.", "a.txt": "A." });
    await utimes(path.join(folder, "b.txt"), 1_700_000_000, 1_700_000_000);
    const { documents, skipped } = await readCorpus(folder);
    expect(documents.map(({ id, path: file, format, text }) => [id, file, format, text])).toEqual([
      ["a", "a.txt", "txt", "A."],
      ["a/deep/one", "a/deep/one.html", "html", "One."],
      ["a/two", "a/two.MD", "md", "Two."],
      ["b", "b.txt", "txt", "B."],
    ]);
    expect(documents[3]!.updatedAt).toBe("2023-11-14T22:13:20.000Z");
    expect(skipped).toEqual([]);
  });

  it("passes over hidden files and those of editors without a word", async () => {
    const folder = temporaryFolder();
    await writeFiles(folder, {
      ".git/a.txt": "A",
      ".b.txt": "B",
      "a/.c.md": "C",
      "~$d.docx": "D",
      "e.txt~": "E",
      "Thumbs.db": "F",
    });
    expect(await readCorpus(folder)).toEqual({ documents: [], passages: [], skipped: [] });
  });

  it("names what it cannot read, with the reason, and reads the rest", async () => {
    const folder = temporaryFolder();
    await writeFiles(folder, {
      "1.png": "x",
      "2.txt": "",
      "3.txt": " \n",
      "4.txt": Uint8Array.from({ length: 99 }, (_, i) => i % 9),
      "5.pdf": "no",
      "6.json": "{",
      "7.srt": "nothing",
      "8.html": "<!-- -->",
      "9.txt": "Fine.",
    });
    const { documents, skipped } = await readCorpus(folder);
    expect(documents.map(({ id }) => id)).toEqual(["9"]);
    const reasons = Object.fromEntries(skipped.map(({ path: file, reason }) => [file, reason]));
    expect(Object.keys(reasons)).toEqual(["1.png", "2.txt", "3.txt", "4.txt", "5.pdf", "6.json", "7.srt", "8.html"]);
    expect(reasons).toMatchObject({
      "1.png":
        "files of this kind are not read (only .txt .text .md .markdown .html .htm .pdf .docx .srt .vtt .csv .json)",
      "2.txt": "the file is empty",
      "3.txt": "the file is empty",
      "4.txt": "this is not a text file (it holds binary data)",
      "8.html": "the page holds no text (nothing a reader would see)",
    });
    for (const reason of Object.values(reasons)) expect(reason).not.toMatch(/could not be read|\n|Error/);
  });

  it("keeps files of one name apart, whatever stands beside them", async () => {
    const folder = temporaryFolder();
    await writeFiles(folder, {
      guide: "x",
      "guide.html": "<p>H",
      "guide.md": "M",
      "guide.md.txt": "X",
      "guide.txt": "T",
    });
    const { documents, skipped } = await readCorpus(folder);
    expect(documents.map(({ id, path: file }) => [id, file])).toEqual([
      ["guide", "guide.html"],
      ["guide.md", "guide.md"],
      ["guide.md.txt", "guide.md.txt"],
      ["guide.txt", "guide.txt"],
    ]);
    expect(skipped.map((file) => file.path)).toEqual(["guide"]);
  });

  it("follows links within the folder, not out of it", async () => {
    const outside = temporaryFolder();
    const folder = temporaryFolder();
    await writeFiles(outside, { "secret.txt": "Secret." });
    await writeFiles(folder, { "a.txt": "A.", "sub/b.txt": "B." });
    await symlink(path.join(outside, "secret.txt"), path.join(folder, "secret.txt"));
    await symlink(outside, path.join(folder, "outside"));
    await symlink(path.join(folder, "nothing"), path.join(folder, "broken.txt"));
    await symlink(folder, path.join(folder, "sub", "loop"));
    await symlink(path.join(folder, "a.txt"), path.join(folder, "link.txt"));
    expect(await listFiles(folder)).toEqual(["a.txt", "link.txt", "sub/b.txt"]);
    expect((await readCorpus(folder)).documents.map(({ id, text }) => [id, text])).toEqual([
      ["a", "A."],
      ["link", "A."],
      ["sub/b", "B."],
    ]);
  });

  it("may itself be reached by a link", async () => {
    const folder = temporaryFolder();
    await writeFiles(folder, { "real/a.txt": "A." });
    await symlink(path.join(folder, "real"), path.join(folder, "alias"));
    expect(await listFiles(path.join(folder, "alias"))).toEqual(["a.txt"]);
  });

  it("says which folder is missing or is none", async () => {
    const folder = temporaryFolder();
    await expect(readCorpus(path.join(folder, "no"))).rejects.toThrow(
      new StartupError(
        `CORPUS_DIR: the folder "${path.join(folder, "no")}" does not exist. Create it and put documents into it.`,
      ),
    );
    await writeFile(path.join(folder, "file"), "x");
    await expect(readCorpus(path.join(folder, "file"))).rejects.toThrow(
      new StartupError(`CORPUS_DIR: the folder "${path.join(folder, "file")}" cannot be read (ENOTDIR).`),
    );
  });
});
