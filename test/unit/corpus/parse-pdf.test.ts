import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parsePdf } from "../../../src/corpus/parse-pdf.js";
import { UnreadableFileError } from "../../../src/errors.js";
import type { ParsedDocument } from "../../../src/types.js";

const fixture = (name: string): Uint8Array => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));

interface Piece {
  text: string;
  x: number;
  /** Baseline, in points from the page's lower edge. */
  y: number;
  size?: number;
  bold?: boolean;
  /** Text runs upwards. */
  upwards?: boolean;
}

/** A PDF with the given pieces of Helvetica on pages of 400 by 600 points. */
function pdfOf(pages: Piece[][], title?: string): Uint8Array {
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Kids [${pages.map((_, i) => `${6 + 2 * i} 0 R`).join(" ")}] /Count ${pages.length} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
    title === undefined ? "<< >>" : `<< /Title (${title}) >>`,
  ];
  pages.forEach((pieces, i) => {
    const content = pieces.map(contentOf).join("\n");
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 600] /Contents ${7 + 2 * i} 0 R ` +
        "/Resources << /Font << /R 3 0 R /B 4 0 R >> >> >>",
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    );
  });
  let file = "%PDF-1.4\n";
  const offsets = objects.map((object, i) => {
    const offset = file.length;
    file += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  const trailer = `trailer\n<< /Size ${size} /Root 1 0 R /Info 5 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.from(`${file}xref\n0 ${size}\n0000000000 65535 f \n${table}${trailer}`, "latin1");
}

function contentOf({ text, x, y, size = 10, bold = false, upwards = false }: Piece): string {
  const matrix = upwards ? `0 1 -1 0 ${x} ${y}` : `1 0 0 1 ${x} ${y}`;
  const escaped = text.replace(/[\\()]/g, "\\$&");
  return `BT /${bold ? "B" : "R"} ${size} Tf ${matrix} Tm (${escaped}) Tj ET`;
}

/** Lines below each other, 12 points apart. */
function linesOf(texts: string[], y = 500, x = 50): Piece[] {
  return texts.map((text, i) => ({ text, x, y: y - 12 * i }));
}

/** Each block as `kind(level or depth)` with the text its span reproduces. */
function outline({ text, blocks }: ParsedDocument): [string, string][] {
  return blocks.map((block) => {
    const detail = block.kind === "heading" ? block.level : block.kind === "item" ? block.depth : "";
    const kind = block.kind === "row" && block.header ? "header" : block.kind;
    return [`${kind}${detail}`, text.slice(block.start, block.end)];
  });
}

const LONG = "The reading room has forty seats and half of them have a lamp";

describe("parsePdf", () => {
  it("rebuilds a printed page", async () => {
    const parsed = await parsePdf(fixture("library-guide.pdf"));
    expect(outline(parsed)).toEqual([
      ["heading1", "A guide to the city library"],
      [
        "paragraph",
        "The library stands at the corner of Mill Lane and the market square. It was opened in a former grain store and " +
          "has grown in three steps; the youngest wing holds the children’s books, the map room and a small workshop for " +
          "repairing damaged bindings. Everyone may come in without a card.",
      ],
      [
        "paragraph",
        "Guided tours begin at ten o’clock on the first Saturday of each month. A well-known tour is the one through the " +
          "cellar, where the old scales still hang and where the self-lending machines have been placed.",
      ],
      ["heading2", "Borrowing"],
      ["paragraph", "To borrow, bring along:"],
      [
        "item0",
        "your library card, which is issued at the front desk while you wait and which is valid for one year from that day;",
      ],
      ["item0", "a bag."],
      ["heading3", "Lost cards"],
      ["paragraph", "A lost card is blocked at once when you call the desk."],
      ["heading2", "Opening hours"],
      ["header", "Day | Opens | Closes"],
      ["row", "Monday | 9:00 | 18:00"],
      ["row", "Saturday | 10:00 | 14:00"],
      ["heading2", "The reading room"],
      [
        "paragraph",
        "The reading room has forty seats. Half of them have a lamp and a socket. Please do not keep a seat with your coat " +
          "while you are away for longer than half an hour, because others are waiting for one in the weeks before exams.",
      ],
      [
        "paragraph",
        "Food stays outside. Water in a bottle that closes is welcome. The staff will ask you to leave if you keep talking " +
          "on the phone, and they are kind about it, but they will ask only once and then show you the way to the door.",
      ],
      [
        "paragraph",
        "Printing costs ten cents a page. The printer takes coins only. Ask at the desk for change; the machine next to " +
          "the entrance gives change for notes of up to twenty and it is emptied every evening.",
      ],
      ["heading2", "The seed library"],
      [
        "paragraph",
        "In spring the library lends seeds. Take up to five small bags, sow them in your garden or on your balcony, and " +
          "bring back seeds from your own plants in autumn. Beans and tomatoes are the easiest for a first year. Nobody is " +
          "fined when a harvest fails.",
      ],
    ]);
    expect(parsed).toMatchObject({ title: "A guide to the city library", times: [], faq: [], media: null, url: null });
  });

  it("leaves the caller's bytes as they were", async () => {
    const bytes = new Uint8Array(fixture("library-guide.pdf"));
    await parsePdf(bytes);
    expect(Buffer.compare(bytes, fixture("library-guide.pdf"))).toBe(0);
  });

  it("tells paragraphs by gap, indentation and lines cut short", async () => {
    const texts = [LONG, "and a socket for visitors.", "No food is allowed in it, but water in a bottle is."];
    const gap = [...linesOf([LONG, "and a socket."]), ...linesOf([`${LONG}.`], 470)];
    const indented = [
      ...linesOf([LONG, `${LONG}.`]),
      { text: "Another begins here, set in from the margin at the left,", x: 65, y: 476 },
      ...linesOf([LONG], 464),
    ];
    expect(outline(await parsePdf(pdfOf([linesOf(texts)])))).toEqual([
      ["paragraph", `${LONG} and a socket for visitors.`],
      ["paragraph", "No food is allowed in it, but water in a bottle is."],
    ]);
    expect(outline(await parsePdf(pdfOf([[...linesOf([LONG, LONG, LONG], 580), ...gap]])))).toEqual([
      ["paragraph", `${LONG} ${LONG} ${LONG}`],
      ["paragraph", `${LONG} and a socket.`],
      ["paragraph", `${LONG}.`],
    ]);
    expect(outline(await parsePdf(pdfOf([indented])))).toEqual([
      ["paragraph", `${LONG} ${LONG}.`],
      ["paragraph", `Another begins here, set in from the margin at the left, ${LONG}`],
    ]);
  });

  it("keeps the lines of an address apart and those of a centred text together", async () => {
    const address = linesOf(["City library", "Mill Lane 3", "12345 Hillside"], 440);
    const centred = ["Quiet please in", "the whole of the hall", "Thank You"].map((text, i) => ({
      text,
      x: 200 - 2.4 * text.length,
      y: 380 - 12 * i,
    }));
    expect(outline(await parsePdf(pdfOf([[...linesOf([LONG, `${LONG}.`], 480), ...address, ...centred]])))).toEqual([
      ["paragraph", `${LONG} ${LONG}.`],
      ["paragraph", "City library"],
      ["paragraph", "Mill Lane 3"],
      ["paragraph", "12345 Hillside"],
      ["paragraph", "Quiet please in the whole of the hall Thank You"],
    ]);
  });

  it("puts divided words together and keeps real hyphens", async () => {
    const texts = [
      "The house is a well-known place where visitors find a work-",
      "shop for bindings, and where they may borrow tools, a well-",
      "known offer of the house, or attend a course on the pre-",
      "and post-harvest care of apples, held in the Anglo-",
      "Saxon hall every other week in winter and spring.",
    ];
    const parsed = await parsePdf(pdfOf([linesOf(texts)]));
    expect(parsed.text).toBe(
      "The house is a well-known place where visitors find a workshop for bindings, and where they may borrow tools, a " +
        "well-known offer of the house, or attend a course on the pre- and post-harvest care of apples, held in the " +
        "Anglo-Saxon hall every other week in winter and spring.",
    );
  });

  it("ranks headings by size and takes short bold lines as the lowest", async () => {
    const page: Piece[] = [
      { text: "Garden", x: 50, y: 560, size: 22 },
      { text: "of the city", x: 50, y: 534, size: 22 },
      { text: "Beds", x: 50, y: 505, size: 14, bold: true },
      ...linesOf([LONG, `${LONG}.`], 485),
      { text: "Paths", x: 50, y: 450, bold: true },
      ...linesOf([LONG], 436),
      { text: "Note", x: 50, y: 424, bold: true },
      { text: " that all paths are swept on Mondays.", x: 75, y: 424 },
      { text: "Bold sentences are no headings.", x: 50, y: 400, bold: true },
    ];
    expect(outline(await parsePdf(pdfOf([page])))).toEqual([
      ["heading1", "Garden of the city"],
      ["heading2", "Beds"],
      ["paragraph", `${LONG} ${LONG}.`],
      ["heading3", "Paths"],
      ["paragraph", `${LONG} Note that all paths are swept on Mondays.`],
      ["paragraph", "Bold sentences are no headings."],
    ]);
  });

  it("reads bullets and numbers as list items", async () => {
    const page: Piece[] = [
      ...linesOf([`${LONG}:`], 540),
      { text: "\u0095", x: 50, y: 520 },
      { text: "a spade, which you find behind the door of the shed, and", x: 62, y: 520 },
      { text: "a bucket", x: 62, y: 508 },
      { text: "\u0096 of tin", x: 70, y: 496 },
      { text: "\u0095 a rake", x: 50, y: 484 },
      { text: "1. Dig.", x: 50, y: 460 },
      { text: "2. Sow.", x: 50, y: 448 },
      ...linesOf(
        ["The shed behind the house was built in the autumn of", "1998. It has been painted twice since then."],
        420,
      ),
    ];
    const parsed = await parsePdf(pdfOf([page]));
    expect(outline(parsed)).toEqual([
      ["paragraph", `${LONG}:`],
      ["item0", "a spade, which you find behind the door of the shed, and a bucket"],
      ["item1", "of tin"],
      ["item0", "a rake"],
      ["item0", "Dig."],
      ["item0", "Sow."],
      ["paragraph", "The shed behind the house was built in the autumn of 1998. It has been painted twice since then."],
    ]);
    expect(parsed.text).toContain("\n1. Dig.\n2. Sow.\n");
  });

  it("reads columns one after the other and goes on across columns and pages", async () => {
    const left = linesOf(
      ["Seeds are lent in spring and", "must be sown before the last", "week of May, so that they"],
      500,
    );
    const right = linesOf(
      ["ripen in time. Beans are the", "easiest, and nobody has to", "pay for a harvest that was"],
      500,
      220,
    );
    const next = linesOf(["eaten by snails."], 500);
    const parsed = await parsePdf(pdfOf([[...left, ...right], next]));
    expect(outline(parsed)).toEqual([
      [
        "paragraph",
        "Seeds are lent in spring and must be sown before the last week of May, so that they ripen in time. Beans are the " +
          "easiest, and nobody has to pay for a harvest that was eaten by snails.",
      ],
    ]);
  });

  it("drops running heads and page numbers, but no headings", async () => {
    const page = (i: number): Piece[] => [
      { text: i % 2 === 0 ? "City garden" : `Part ${i}: beds ${i + 1}`, x: 50, y: 580, size: 8 },
      { text: `Chapter ${i + 1}`, x: 50, y: 540, size: 16 },
      ...linesOf([`${LONG} in bed ${i + 1}.`], 500),
      { text: i === 4 ? "v" : `– ${i + 1} –`, x: 190, y: 20, size: 8 },
    ];
    expect(outline(await parsePdf(pdfOf([0, 1, 2, 3, 4, 5].map(page))))).toEqual(
      [1, 2, 3, 4, 5, 6].flatMap((number) => [
        ["heading1", `Chapter ${number}`],
        ["paragraph", `${LONG} in bed ${number}.`],
      ]),
    );
  });

  it("drops headers that differ from chapter to chapter by the page's number in them", async () => {
    const page = (i: number): Piece[] => [
      { text: `Chapter ${["one", "two", "three", "four", "five"][i]} ${i + 11}`, x: 50, y: 580 },
      ...linesOf([`${LONG}, says page ${["A", "B", "C", "D", "E"][i]}.`], 400),
    ];
    const parsed = await parsePdf(pdfOf([0, 1, 2, 3, 4].map(page)));
    expect(parsed.text).toBe(["A", "B", "C", "D", "E"].map((letter) => `${LONG}, says page ${letter}.`).join("\n\n"));
  });

  it("reads pages set sideways, and leaves out stamps along the margin", async () => {
    const sideways: Piece[] = [
      { text: LONG, x: 100, y: 50, upwards: true },
      { text: "and a socket.", x: 112, y: 50, upwards: true },
    ];
    expect((await parsePdf(pdfOf([sideways]))).text).toBe(`${LONG} and a socket.`);
    const stamped = [...linesOf([LONG]), { text: "DRAFT", x: 20, y: 100, upwards: true }];
    expect((await parsePdf(pdfOf([stamped]))).text).toBe(LONG);
  });

  it.each([
    ["Garden rules", "Garden rules"],
    ["Microsoft Word - Garden rules", "Garden rules"],
    ["Microsoft Word - rules.docx", null],
    ["untitled", null],
    ["Untitled-1", null],
    ["Document2", null],
    ["https://garden.example/rules", null],
    ["42", null],
    [undefined, null],
  ])("takes the title %j as %j", async (stated, title) => {
    expect((await parsePdf(pdfOf([linesOf([LONG])], stated))).title).toBe(title);
  });

  it.each([
    [
      "a scan",
      (): Uint8Array => fixture("scanned.pdf"),
      "holds no text (its pages are probably scanned images); run text",
    ],
    ["a page of dashes", (): Uint8Array => pdfOf([linesOf(["- - -"])]), "holds no text"],
    ["a locked file", (): Uint8Array => fixture("library-guide-locked.pdf"), "the PDF asks for a password"],
    ["a truncated file", (): Uint8Array => fixture("truncated.pdf"), "the PDF is damaged or incomplete"],
    ["a mere header", (): Uint8Array => Buffer.from("%PDF-1.7\nhello"), "the PDF is damaged or incomplete"],
    ["something else", (): Uint8Array => Buffer.from("hello"), "this is not a PDF file"],
    ["no bytes", (): Uint8Array => new Uint8Array(), "this is not a PDF file"],
  ])("refuses %s with a plain reason", async (_, bytes, reason) => {
    const failure = parsePdf(bytes());
    await expect(failure).rejects.toThrow(UnreadableFileError);
    await expect(failure).rejects.toThrow(reason);
  });
});
