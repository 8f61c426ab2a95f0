import { describe, expect, it } from "vitest";
import { parseMarkdown } from "../../../src/corpus/parse-markdown.js";
import { outlineOf } from "../../helpers/outline.js";

const outline = (...lines: string[]): string[] => outlineOf(parseMarkdown(lines.join("\n")));
const anchor = (clock: string): string => `<a class="yt-timestamp" data-t="${clock}">[${clock}]</a>`;

function timesOf(source: string): [number, string][] {
  const { text, times } = parseMarkdown(source);
  return times.map(({ start, end, seconds }) => [seconds, text.slice(start, end)]);
}

describe("front matter", () => {
  it("gives title, recording and address", () => {
    expect(
      parseMarkdown("---\ntitle: ' A talk '\nvideoId: _ziODBruqdA\nurl: https://example.com/a\n---\n# Other\n\nText."),
    ).toMatchObject({
      title: "A talk",
      media: { kind: "youtube", id: "_ziODBruqdA" },
      url: "https://example.com/a",
      text: "Other\n\nText.",
    });
    expect(parseMarkdown("---\nvideo: https://youtu.be/_ziODBruqdA\nsource: javascript:x\n---\nText.")).toMatchObject({
      title: null,
      media: { kind: "youtube", id: "_ziODBruqdA" },
      url: null,
    });
  });

  it.each([
    "---\ntitle: [broken\n---\nText.",
    "---\n- a list\n---\nText.",
    "---\ntitle: 5\n---\nText.",
    "---\n\n---\nText.",
  ])("is passed over where it is no use: %j", (source) => {
    expect(parseMarkdown(source)).toMatchObject({ title: null, media: null, url: null, text: "Text." });
  });

  it("lets the first heading be the title only if it is of the first level", () => {
    expect(parseMarkdown("Text\n\n# Title\n\n## More").title).toBe("Title");
    expect(parseMarkdown("## Part\n\n# Title").title).toBeNull();
  });
});

describe("inline text", () => {
  it("is what a reader sees", () => {
    expect(
      parseMarkdown(
        "See [[space_agency | the **agency**]], [[page]], [a *link*](http://x.y), ![a picture](p.png)`a  b`, ~~no~~,\n" +
          "<b>bold</b><br>next  \nhard\\\nbreak &amp; <https://x.y> H<sub>2</sub>O[^1].\n\n[^1]: A note.",
      ).text,
    ).toBe(
      "See [[space_agency | the agency]], page, a link, a b, no, bold next hard break & https://x.y H2O.\n\nA note.",
    );
    expect(parseMarkdown("To [[a_b_c | ISRO]] and [[ d ]].").text).toBe("To ISRO and d.");
  });
});

describe("timestamp anchors", () => {
  it("give their time to the text since the one before", () => {
    expect(timesOf(`One. ${anchor("00:01:02")} Two.\n${anchor("01:00:03")} Three.`)).toEqual([
      [62, "One."],
      [3603, " Two."],
    ]);
  });

  it("may stand on the following line, in items and headings", () => {
    expect(
      timesOf(`One.\n${anchor("00:05")}\n\n- two ${anchor("00:06")}\n  - three\n    ${anchor("00:07")}\n`),
    ).toEqual([
      [5, "One."],
      [6, "two"],
      [7, "three"],
    ]);
    expect(timesOf(`One.\n\n${anchor("00:05")}`)).toEqual([]);
    expect(timesOf(`One ${anchor("00:99")} two.`)).toEqual([]);
  });
});

describe("blocks", () => {
  it("are headings of both kinds, paragraphs, quotes and code", () => {
    expect(
      outline(
        "One",
        "===",
        "Two",
        "---",
        "### Three ###",
        "> quoted",
        "> text",
        "",
        "```js",
        "let a;",
        "  b();",
        "```",
        "***",
        "end",
      ),
    ).toEqual(["h1 One", "h2 Two", "h3 Three", "p quoted text", "p let a;\n  b();", "p end"]);
  });

  it("are lists, ordered in unordered ones and with paragraphs of their own", () => {
    const source =
      "Steps:\n\n3. three\n   - [x] done\n   - not\n4. four\n\n   below four\n\n- > quoted\n- ```\n  code\n  ```\n-\n";
    expect(outlineOf(parseMarkdown(source))).toEqual([
      "p Steps:",
      "* three",
      "  * done",
      "  * not",
      "* four",
      "p below four",
      "p quoted",
      "p code",
    ]);
    expect(parseMarkdown(source).text).toBe(
      "Steps:\n\n3. three\n  - done\n  - not\n4. four\n\nbelow four\n\nquoted\n\ncode",
    );
    expect(outline("- a", "  1. b", "     - c")).toEqual(["* a", "  * b", "    * c"]);
  });

  it("are tables, with empty cells and escaped borders", () => {
    expect(outline("| A | B |", "|---|:-:|", "| `x` |  |", "|  | y \\| z |")).toEqual([
      "columns A ¦ B",
      "row x ¦ ",
      "row  ¦ y | z",
    ]);
  });

  it("are what HTML shows", () => {
    expect(
      outline(
        '<h1 align="center">Lamp</h1>',
        "",
        "<!-- no -->",
        "",
        "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>",
        "",
        "<ul><li>x</li></ul>",
      ),
    ).toEqual(["h1 Lamp", "columns A ¦ B", "row 1 ¦ 2", "* x"]);
  });

  it("put the summary of details below the heading before it, until the details end", () => {
    expect(
      outline(
        "## FAQ",
        "",
        "<details>",
        "<summary>Why?</summary>",
        "",
        "Because.",
        "",
        "</details>",
        "",
        "<details><summary>How?</summary>So.</details>",
        "",
        "After.",
        "",
        "<details>",
        "",
        "no summary",
        "",
        "</details>",
        "",
        "rest",
        "",
        "## Next",
      ),
    ).toEqual([
      "h2 FAQ",
      "h3 Why?",
      "p Because.",
      "h3 How?",
      "p So.",
      "break",
      "p After.",
      "p no summary",
      "p rest",
      "h2 Next",
    ]);
  });
});

describe("excess", () => {
  it("loses its marks, not its text", () => {
    expect(outline(`${">".repeat(10_000)} deep`)).toEqual(["p deep"]);
    expect(outline(`${"- ".repeat(10_000)}deep`)).toEqual([`${"  ".repeat(63)}* deep`]);
    expect(parseMarkdown(`${"*a_".repeat(5000)}${"_b*".repeat(5000)}`).text).toBe(
      `${"*a_".repeat(5000)}${"_b*".repeat(5000)}`,
    );
    expect(parseMarkdown(`${"[".repeat(20_000)}text`).text).toBe(`${"[".repeat(20_000)}text`);
    expect(outline(Array.from({ length: 120 }, (_, i) => `${"  ".repeat(i)}- i${i}`).join("\n")).length).toBe(120);
  });

  it("is not seen in rules, code and long tables", () => {
    const rule = "-".repeat(100);
    expect(outline("a", rule, "", "```", rule, "```", "", rule, "end")).toEqual(["h2 a", `p ${rule}`, "p end"]);
    const rows = Array.from({ length: 1500 }, (_, i) => `| **r${i}** | *x* |`);
    expect(outline("| A | B |", "|---|---|", ...rows).at(-1)).toBe("row r1499 ¦ x");
  });
});
