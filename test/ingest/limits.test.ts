import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readCorpus } from "../../src/corpus/read-corpus.js";
import { READING_LIMITS, type ReadingLimits } from "../../src/corpus/reading-limits.js";
import { temporaryFolder, writeFiles } from "../helpers/folders.js";
import { wordDocument } from "../helpers/zip.js";

const GOOD = "The ferry crosses the sound twice a day.\n";

/** What becomes of a file that lies beside a good one: why it is skipped, or how many passages it makes. */
async function read(name: string, content: string | Buffer, limits: Partial<ReadingLimits> = {}): Promise<string> {
  const folder = temporaryFolder();
  await writeFiles(folder, { "a-good.txt": GOOD, [name]: content, "z-good.txt": GOOD });
  const { documents, passages, skipped } = await readCorpus(folder, { limits });
  const ids = documents.map(({ id }) => id);
  expect(ids).toContain("a-good");
  expect(ids).toContain("z-good");
  const [reason] = skipped.map((file) => file.reason);
  return reason ?? `${passages.length - 2} passages`;
}

/** A PDF of one page, whose content is so many bytes once inflated. */
function pdf(bytes: number): Buffer {
  const stream = deflateSync(Buffer.alloc(bytes, "(boom) Tj "));
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  const head = Buffer.from(`%PDF-1.4\n${objects.map((object, i) => `${i + 1} 0 obj\n${object}\nendobj\n`).join("")}`);
  const open = Buffer.from(`5 0 obj\n<< /Length ${stream.length} /Filter /FlateDecode >>\nstream\n`);
  return Buffer.concat([
    head,
    open,
    stream,
    Buffer.from("\nendstream\nendobj\ntrailer << /Size 6 /Root 1 0 R >>\n%%EOF"),
  ]);
}

describe("a file beyond the limits is skipped with the reason, and the others are read", () => {
  it("by its size", async () => {
    expect(await read("large.txt", "word ".repeat(500_000), { bytes: 2_000_000 })).toBe(
      "it has 3 MB, more than the 2 MB of MAX_FILE_MB; cut it into several files",
    );
  });

  it("by the time it takes", async () => {
    const bar = "[a](".repeat(100_000); // Takes a minute and more.
    expect(await read("slow.md", bar, { seconds: 3 })).toBe("reading it was given up: it took longer than 3 s");
  });

  it("by the memory it takes", async () => {
    const bomb = pdf(700_000_000);
    expect(bomb.length).toBeLessThan(2_000_000);
    expect(await read("bomb.pdf", bomb, { megabytes: 500 })).toBe(
      "reading it was given up: it took more than 500 MB of memory",
    );
  });

  it("by what a Word document unpacks to", async () => {
    const bomb = wordDocument("boom", 6_000_000);
    expect(bomb.length).toBeLessThan(2_000_000);
    expect(await read("bomb.docx", bomb)).toBe(
      "unpacked it has more than 200 MB of text; cut it into several documents",
    );
    expect(await read("fine.docx", wordDocument("The mill grinds flour.", 20))).toBe("1 passages");
  });

  it("by the passages it makes", async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => `What is ${i}?,It is ${i}.\n`).join("");
    const csv = `question,answer\n${rows}`;
    expect(await read("faq.csv", csv, { passages: 2000 })).toBe(
      "it makes 3,000 passages, more than 2,000; cut it into several files",
    );
    expect(await read("faq.csv", csv)).toBe("3000 passages");
  });
});

// What each comes to matters less than that it comes to an end, and that the files beside it are read.
describe("what is made to hang or crash a parser is read or skipped in time", () => {
  const BOMBS: [name: string, content: () => string][] = [
    ["deep.html", () => `${"<div>".repeat(200_000)}deep${"</div>".repeat(200_000)}`],
    ["formatting.html", () => "<b>".repeat(50_000) + "<p>".repeat(20_000)],
    ["tables.html", () => "<table>".repeat(20_000)],
    ["attributes.html", () => `<a ${Array.from({ length: 100_000 }, (_, i) => `a${i}=1`).join(" ")}>text</a>`],
    ["line.txt", () => "word ".repeat(2_000_000)],
    ["letters.txt", () => "a".repeat(10_000_000)],
    ["comma.txt", () => "Word and another word, ".repeat(300_000)],
    ["headings.md", () => Array.from({ length: 1_000_000 }, (_, i) => `# h${i}\n`).join("")],
    ["quotes.md", () => `${">".repeat(50_000)} x`],
    ["list.md", () => Array.from({ length: 1500 }, (_, i) => `${"  ".repeat(i)}- item ${i}`).join("\n")],
    ["brackets.md", () => "[".repeat(100_000)],
    ["short-forms.txt", () => "ABC (".repeat(50_000) + "abcdefgh".repeat(50_000)],
    ["capitals.txt", () => `${"A ".repeat(200_000)}(AAAAAAA)`],
    ["pipes.txt", () => `${"|".repeat(2000)}\n`.repeat(1000)],
    ["nested.json", () => "[".repeat(1_000_000) + "]".repeat(1_000_000)],
    ["quote.csv", () => `question,answer\n"${"a,".repeat(2_000_000)}`],
    [
      "cues.srt",
      () => Array.from({ length: 50_000 }, (_, i) => `${i}\n00:00:01,000 --> 00:00:02,000\nx ${i}\n`).join("\n"),
    ],
    [
      "clocks.txt",
      () => Array.from({ length: 50_000 }, (_, i) => `0:${String(i % 60).padStart(2, "0")} said ${i}`).join("\n"),
    ],
    [
      "anchors.md",
      () =>
        `---\na: &a [x]\n${["b", "c", "d", "e", "f", "g", "h", "i"].map((to, i) => `${to}: &${to} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(",")}]`).join("\n")}\n---\n\nText.\n`,
    ],
  ];
  const SECONDS = 5;

  it.each(BOMBS)("%s", { timeout: 60_000 }, async (name, content) => {
    const started = performance.now();
    expect(await read(name, content(), { seconds: SECONDS })).toMatch(
      /^\d+ passages$|given up|more than|holds|malformed|expected|text|deep/,
    );
    // A thread starts, works and is ended within it; another reads what comes after.
    expect(performance.now() - started).toBeLessThan((SECONDS + 20) * 1000);
  });
});

it("by default a book many times as long as any is read", () => {
  expect(READING_LIMITS).toEqual({ bytes: 50_000_000, seconds: 60, megabytes: 2000, passages: 50_000 });
});
