import { describe, expect, it } from "vitest";
import { parseText } from "../../../src/corpus/parse-text.js";
import { outlineOf } from "../../helpers/outline.js";

const outline = (...lines: string[]): string[] => outlineOf(parseText(lines.join("\n")));

describe("headings nobody marked", () => {
  it("are lines in title case; one followed by another is its parent", () => {
    expect(
      outline(
        "Gardens help a town to breathe. They are also fun.",
        "Starting Out",
        "Choosing a Place",
        "Look for sun. Look for water. Then dig.",
        "Preparing the Soil",
        "Dig it over. Add compost. Wait a week.",
        "Looking After It",
        "Watering",
        "Water in the morning. Use a can. Wait.",
      ),
    ).toEqual([
      "p Gardens help a town to breathe. They are also fun.",
      "h2 Starting Out",
      "h3 Choosing a Place",
      "p Look for sun. Look for water. Then dig.",
      "h3 Preparing the Soil",
      "p Dig it over. Add compost. Wait a week.",
      "h2 Looking After It",
      "h3 Watering",
      "p Water in the morning. Use a can. Wait.",
    ]);
  });

  it("stand between empty lines, also indented; a wide gap ends what they cover", () => {
    const text =
      "Town Gardens\r\n\r\nGardens help a town to breathe.\r\n\r\n Starting Out\r\n\r\nLook for sun. Look for water.\r\n\r\n" +
      "\u00a0Late Summer Work\r\n\r\nPick and dry. Store in jars.\r\n\r\nNot a heading, as a comma ends it,\r\n\r\n" +
      "Frequently Asked Questions\r\n\r\nCan I start late?\r\n\r\nYes, in May.\r\n\r\n\r\nThis closes the text.";
    const parsed = parseText(text);
    expect(parsed.title).toBe("Town Gardens");
    expect(parsed.text).toBe(text);
    expect(outlineOf(parsed)).toEqual([
      "h1 Town Gardens",
      "p Gardens help a town to breathe.",
      "h2 Starting Out",
      "p Look for sun. Look for water.",
      "h2 Late Summer Work",
      "p Pick and dry. Store in jars.",
      "p Not a heading, as a comma ends it,",
      "h2 Frequently Asked Questions",
      "p Can I start late?",
      "p Yes, in May.",
      "break",
      "p This closes the text.",
    ]);
  });

  it("may be a question in the first line, but not one that is answered at once", () => {
    const title = "Why do towns need gardens?";
    const answer = `Because people need air. ${"They also need to rest. ".repeat(10)}`.trim();
    expect(outline(title, "", answer)).toEqual([`h1 ${title}`, `p ${answer}`]);
    expect(outline(title, "", "", "Short.")).toEqual([`h1 ${title}`, "p Short."]);
    expect(outline(title, "Because.", "What else?", "Fun.")).toEqual([
      `p ${title}`,
      "p Because.",
      "p What else?",
      "p Fun.",
    ]);
    expect(parseText(`${title}\nBecause.`).title).toBeNull();
  });

  it("are not the lines of an address or a poem, nor lines below a lead-in, nor columns", () => {
    expect(
      outline(
        "Contact Us",
        "",
        "Lampion Ltd",
        "12 Market Street",
        "Springfield",
        "",
        "Opening Times",
        "",
        "Monday to Friday.",
        "",
        "Ask for:",
        "Anna Berg",
        "",
        "Name    Room",
        "A poem of three lines.",
        "",
        "The Moon Is High",
        "The Night Is Long",
        "The Stars Go By",
      ),
    ).toEqual([
      "h1 Contact Us",
      "p Lampion Ltd",
      "p 12 Market Street",
      "p Springfield",
      "h2 Opening Times",
      "p Monday to Friday.",
      "p Ask for:",
      "p Anna Berg",
      "p Name    Room",
      "p A poem of three lines.",
      "p The Moon Is High",
      "p The Night Is Long",
      "p The Stars Go By",
    ]);
  });

  it("begin a file even where lines like them follow at once", () => {
    expect(
      outline("Weekly Meeting", "Date: 12 June", "Present: Anna, Tom", "Apologies: Maria", "", "Budget", "It is fine."),
    ).toEqual([
      "h1 Weekly Meeting",
      "p Date: 12 June",
      "p Present: Anna, Tom",
      "p Apologies: Maria",
      "h2 Budget",
      "p It is fine.",
    ]);
  });
});

describe("headings somebody marked", () => {
  it("are underlined or have hashes", () => {
    const parsed = parseText(
      "Title\n=====\n\nPart\n----\n# One #\n### Three ##\n#hash\n# C#\n\nText.\n\n***\n\nMore.\n* * *\nEnd.\n",
    );
    expect(parsed.title).toBe("Title");
    expect(outlineOf(parsed)).toEqual([
      "h1 Title",
      "h2 Part",
      "h1 One",
      "h3 Three",
      "p #hash",
      "h1 C#",
      "p Text.",
      "break",
      "p More.",
      "break",
      "p End.",
    ]);
    expect(outline(`# ${"a".repeat(400)}`)).toEqual([`p # ${"a".repeat(400)}`]);
  });

  it("are numbered and have text below them; numbered lines without are a list", () => {
    expect(
      outline(
        "1. Fill the tank",
        "",
        "2. Press the button",
        "",
        "3. Wait",
        "",
        "Done.",
        "",
        "1. First Part",
        "",
        "Text of it.",
        "",
        "1.1 Detail",
        "",
        "More text here.",
        "",
        "2. Second Part",
        "It begins right below. It goes on.",
        "",
        "3. Eggs",
        "Flour",
      ),
    ).toEqual([
      "* Fill the tank",
      "* Press the button",
      "* Wait",
      "p Done.",
      "h2 1. First Part",
      "p Text of it.",
      "h3 1.1 Detail",
      "p More text here.",
      "h2 2. Second Part",
      "p It begins right below. It goes on.",
      "* Eggs",
      "p Flour",
    ]);
  });
});

describe("lists", () => {
  it("have bullets, numbers or letters, and nest by their indent", () => {
    expect(
      outline(
        "You need:",
        "- a spade",
        "* a rake",
        "+ a can",
        "• seeds",
        "  ◦ beans",
        "  ◦ peas",
        "    – early ones",
        "  – late",
        "·\ttime",
        "1. one",
        "2) two",
        "(a) three",
        "b. four",
        "(ii) five",
        "o  six",
        "of course not",
        "-not one",
        "2005. no",
      ),
    ).toEqual([
      "p You need:",
      "* a spade",
      "* a rake",
      "* a can",
      "* seeds",
      "  * beans",
      "  * peas",
      "    * early ones",
      "  * late",
      "* time",
      "* one",
      "* two",
      "* three",
      "* four",
      "* five",
      "* six",
      "p of course not",
      "p -not one",
      "p 2005. no",
    ]);
  });

  it("take further lines that are indented", () => {
    expect(outline("- one", "  and more", "- two", "text")).toEqual(["* one\n  and more", "* two", "p text"]);
  });
});

describe("tables", () => {
  it("have a rule, or at least three even rows", () => {
    expect(
      outline(
        "Name | Size",
        "---|---",
        "Oak | big",
        "| Elm \\| ash |",
        "",
        "| A | B |",
        "|:--|--:|",
        "| 1 |  |",
        "|| 2 |",
        "",
        "Plan | Price",
        "Free | 0",
        "Pro | 10",
        "",
        "red | green",
        "blue | pink",
        "white | black",
        "",
        "+----+----+",
        "| X  | Y  |",
        "+====+====+",
        "| 1  | 2  |",
        "+----+----+",
        "",
        "yes | no",
        "only two | rows.",
      ),
    ).toEqual([
      "columns Name ¦ Size",
      "row Oak ¦ big",
      "row Elm \\| ash",
      "columns A ¦ B",
      "row 1",
      "row 2",
      "columns Plan ¦ Price",
      "row Free ¦ 0",
      "row Pro ¦ 10",
      "row red ¦ green",
      "row blue ¦ pink",
      "row white ¦ black",
      "columns X ¦ Y",
      "row 1 ¦ 2",
      "p yes | no",
      "p only two | rows.",
    ]);
  });
});

describe("hard-wrapped text", () => {
  const wrapped = [
    "The library lends books, films, and games to everybody who lives in the",
    "city. Cards are free of charge. A card is valid for two years and can be",
    "renewed at the desk, where at most",
    "3. of them are handed out.",
    "",
    "Opening hours",
    "",
    "The main building opens at nine o'clock on weekdays. On the first Monday of",
    "a month it stays closed.",
    "- a first bullet that is long enough to be broken off by the editor at the",
    "margin of the page",
    "- a second one",
    "The list has ended.",
  ];
  const expected = [
    `p ${wrapped.slice(0, 4).join("\n")}`,
    "h2 Opening hours",
    `p ${wrapped.slice(7, 9).join("\n")}`,
    `* ${wrapped.slice(9, 11).join("\n").slice(2)}`,
    "* a second one",
    "p The list has ended.",
  ];

  it("is read by paragraph", () => {
    expect(outline(...wrapped)).toEqual(expected);
  });

  it("is read the same with other line ends", () => {
    const parsed = parseText(wrapped.join("\r\n"));
    expect(outlineOf(parsed)).toEqual(expected.map((line) => line.replaceAll("\n", "\r\n")));
  });

  it("is not suspected where each paragraph has a line of its own", () => {
    expect(
      outline("A paragraph that has a line of its own and is not short.", "Another one that is just as long as it."),
    ).toEqual([
      "p A paragraph that has a line of its own and is not short.",
      "p Another one that is just as long as it.",
    ]);
  });
});

describe("parseText", () => {
  it.each<[string, () => string]>([
    ["headings", () => "A Heading Here\n\nSome text ends.\n\n\nMore.\n\n".repeat(20_000)],
    ["separators", () => "---\n".repeat(50_000) + "A Heading\nText ends.\n".repeat(10_000)],
    ["dashes in a line", () => `a\n${"-".repeat(2_000_000)}`],
    ["hashes in a line", () => `# ${"#".repeat(1_000_000)}x`],
    ["spaces after a hash", () => `# a${" ".repeat(1_000_000)}b`],
    ["cells", () => `|${"a|".repeat(200_000)}\n|---|\n| b |`],
    ["nested bullets", () => Array.from({ length: 20_000 }, (_, i) => `${" ".repeat(i % 200)}- item`).join("\n")],
  ])("takes time proportional to the number of %s", (_, make) => {
    const text = make();
    const started = performance.now();
    expect(parseText(text).blocks.length).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
