import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findClockMarks } from "../../../src/corpus/clock-marks.js";
import { parseDocument } from "../../../src/corpus/parse-document.js";
import { parseMarkdown } from "../../../src/corpus/parse-markdown.js";
import { parseText } from "../../../src/corpus/parse-text.js";
import { splitPassages } from "../../../src/corpus/split-passages.js";
import type { ParsedDocument } from "../../../src/types.js";
import { outlineOf } from "../../helpers/outline.js";

const timesOf = ({ text, times }: ParsedDocument): [number, string][] =>
  times.map(({ start, end, seconds }) => [seconds, text.slice(start, end).trim()]);
const PARSERS = { md: parseMarkdown, txt: parseText };
const FORMATS = ["md", "txt"] as const;

describe.each(FORMATS)("clocks in a .%s file", (format) => {
  const parse = PARSERS[format];

  it("close the text before them where paragraphs end with them", () => {
    const parsed = parse(
      "Hello, I am Ann. [00:00:06] Today we go down. [00:00:14]\n\nWater is heavy. It runs. [00:00:41] (It is blue.) [00:00:49]",
    );
    expect(parsed.text).toBe("Hello, I am Ann. Today we go down.\n\nWater is heavy. It runs. (It is blue.)");
    expect(timesOf(parsed)).toEqual([
      [6, "Hello, I am Ann."],
      [14, "Today we go down."],
      [41, "Water is heavy. It runs."],
      [49, "(It is blue.)"],
    ]);
  });

  it("may stand before the full stop", () => {
    const parsed = parse("It runs [00:10]. It stops [00:20]. It rests [00:31].");
    expect(parsed.text).toBe("It runs. It stops. It rests.");
    expect(timesOf(parsed).map(([seconds]) => seconds)).toEqual([10, 20, 31]);
  });

  it.each([
    ["[00:00:06] ", "[00:00:14] ", "[00:01:41] "],
    ["(0:06) ", "(0:14) ", "(1:41) "],
    ["[00:06.250 --> 00:14.000]  ", "[00:14.000 --> 01:40.500]  ", "[01:41.0 --> 02:00.0]  "],
    ["[0:06](https://youtu.be/hMb7TqX2c0k?t=6) ", "[0:14](https://youtu.be/x) ", "[1:41](https://youtu.be/y) "],
    ["0:06 ", "0:14 ", "1:41 "],
    ["0:06 - ", "0:14 – ", "1:41 - "],
    ["0:06\n", "0:14\n", "1:41\n"],
    ["[00:06]\n\n", "[00:14]\n\n", "[01:41]\n\n"],
  ])("lead where paragraphs begin with them: %j", (first, second, third) => {
    const parsed = parse(`${first}Hello, I am Ann.\n\n${second}We go down.\n\n${third}Water is heavy.`);
    expect(parsed.text).toBe("Hello, I am Ann.\n\nWe go down.\n\nWater is heavy.");
    expect(timesOf(parsed)).toEqual([
      [6, "Hello, I am Ann."],
      [14, "We go down."],
      [101, "Water is heavy."],
    ]);
    expect(parsed.media).toEqual(first.includes("youtu") ? { kind: "youtube", id: "hMb7TqX2c0k" } : null);
  });

  it("may start later where they state hours", () => {
    const parsed = parse("(1:12:11) So we began.\n\n(1:13:05) Then it rained.\n\n(1:14:00) We left.");
    expect(timesOf(parsed)).toEqual([
      [4331, "So we began."],
      [4385, "Then it rained."],
      [4440, "We left."],
    ]);
  });

  it("cover what follows until the next one or a heading", () => {
    const parsed = parse(
      "# A talk\n\n[00:05] One. [00:09] Two.\n\nThree follows here.\n\n## Part\n\nFour is untimed.\n\n[01:10] Five.",
    );
    expect(timesOf(parsed)).toEqual([
      [5, "One."],
      [9, "Two."],
      [9, "Three follows here."],
      [70, "Five."],
    ]);
  });

  it("may stand in headings and after speakers' names", () => {
    const headed = parse(
      "# Intro [00:00]\n\nHello there, all.\n\n# Tour [02:31]\n\nWe go.\n\n# End [05:09]\n\nBye now.",
    );
    expect(outlineOf(headed)).toEqual([
      "h1 Intro",
      "p Hello there, all.",
      "h1 Tour",
      "p We go.",
      "h1 End",
      "p Bye now.",
    ]);
    expect(timesOf(headed)).toEqual([
      [0, "Hello there, all."],
      [151, "We go."],
      [309, "Bye now."],
    ]);
    const named = parse("Ann Lee (00:00:03):\nHello you.\n\nBob (00:00:08):\nHi.\n\nAnn Lee (00:00:10):\nBye.");
    expect(named.text.replace(/\s+/g, " ")).toBe("Ann Lee: Hello you. Bob: Hi. Ann Lee: Bye.");
    expect(named.times.map(({ seconds }) => seconds)).toEqual(format === "md" ? [3, 8, 10] : [3, 3, 8, 8, 10, 10]);
    const inline = parse("Ann: [00:03] Hello.\n\nBob: [00:08] Hi.\n\nAnn: [00:10] Bye.");
    expect(timesOf(inline)).toEqual([
      [3, "Ann: Hello."],
      [8, "Bob: Hi."],
      [10, "Ann: Bye."],
    ]);
  });

  it("may be out of order here and there", () => {
    const clocks = ["00:05", "00:10", "00:20", "00:15", "00:30", "00:40"];
    expect(parse(clocks.map((clock) => `Text. [${clock}]`).join("\n\n")).times).toHaveLength(6);
    const mixed = ["00:30", "00:10", "00:20", "00:05", "00:40"];
    expect(parse(mixed.map((clock) => `Text. [${clock}]`).join("\n\n")).times).toEqual([]);
  });

  it.each([
    ["one or two marks", "Hello. [00:06]\n\nBye. [00:14]"],
    ["opening hours", "Open from 09:00 to 11:30.\n\nWe open at 7:15 and close late.\n\nThen lunch (12:00)."],
    ["hours on lines", "Opening hours\n\n09:00 – 17:00 Monday\n\n09:00 – 18:30 Friday\n\n10:00 – 20:00 Sunday"],
    ["a schedule", "09:00 Registration\n\n10:10 Keynote\n\n11:35 Lunch\n\n13:00 Talks"],
    ["a schedule in brackets", "[09:00] Registration\n\n[10:10] Keynote\n\n[11:35] Lunch"],
    ["a schedule in parentheses", "Registration (09:00)\n\nKeynote (10:10)\n\nLunch (11:35)"],
    ["a lesson plan", "0:00 Arrive\n\n0:15 Warm up\n\n0:30 Swim\n\n0:45 Cool down"],
    ["times with am", "0:10 am Bus\n\n0:41 am Bus\n\n1:12 am Bus"],
    ["a chat", "[09:14] ann: hi\n\n[09:15] bob: hello\n\n[10:02] ann: bye"],
    ["a log", "[12:04:31] started\n\n[12:04:32] ready\n\n[12:05:10] stopped"],
    ["verses", "God so loved the world. (3:16)\n\nHe is judged. (3:18)\n\nThis is the verdict. (3:19)"],
    ["verses in front", "(1:12) In the beginning.\n\n(1:14) Light.\n\n(2:10) Night."],
    ["ratios", "Mix well. [1:10]\n\nDilute. [1:20]\n\nRinse. [1:40]"],
    ["results", "Anna Meyer (1:02:33)\n\nBob Ray (1:03:10)\n\nCleo Fox (1:05:59)"],
    ["clocks within sentences", "We met at [00:10] and [00:20] or so, then at [00:30] once more."],
    ["bare clocks on few lines", "0:05 text\n\nA line.\n\nMore.\n\n0:11 text\n\nAnd more.\n\nYet more.\n\n0:21 text"],
  ])("are not %s", (_, source) => {
    expect(findClockMarks(source)).toBeNull();
    const parsed = parse(source);
    expect(parsed.times).toEqual([]);
    expect(parsed.text).toBe(source);
  });
});

describe("clocks in Markdown", () => {
  it("may be emphasised, linked or in lists", () => {
    const parsed = parseMarkdown(
      "- **[00:05]** One *and* more.\n- `x` two.\n- [00:09](https://www.youtube.com/watch?v=hMb7TqX2c0k&t=9) Three.\n- *[00:12]* **Four** it is.",
    );
    expect(outlineOf(parsed)).toEqual(["* One and more.", "* x two.", "* Three.", "* Four it is."]);
    expect(timesOf(parsed)).toEqual([
      [5, "One and more."],
      [5, "x two."],
      [9, "Three."],
      [12, "Four it is."],
    ]);
    expect(parsed.media).toEqual({ kind: "youtube", id: "hMb7TqX2c0k" });
    expect(parseMarkdown("**Ann** [00:05]: Hi.\n\n**Bob** [00:07]: Ho.\n\n**Ann** [00:09]: Hu.").text).toBe(
      "Ann: Hi.\n\nBob: Ho.\n\nAnn: Hu.",
    );
  });

  it("may start anywhere in a document about a recording", () => {
    const body = "Text. [12:05]\n\nText. [12:31]\n\nText. [13:10]";
    expect(parseMarkdown(`---\nvideoId: hMb7TqX2c0k\n---\n${body}`).times.map(({ seconds }) => seconds)).toEqual([
      725, 751, 790,
    ]);
    expect(parseMarkdown(body).times).toEqual([]);
    expect(parseMarkdown(`${body}\n\nText. [31:10]`).times).toHaveLength(4);
  });

  it("leave tables, code and links alone", () => {
    const source =
      "| Day | Hours |\n|---|---|\n| A | [00:10] |\n| B | [00:20] |\n| C | [00:30] |\n\n`[00:40]`\n\n`[00:50]`";
    expect(parseMarkdown(source).times).toEqual([]);
    expect(parseMarkdown("See [00:40](https://x.y/a) now.").text).toBe("See 00:40 now.");
  });
});

describe("clocks in plain text", () => {
  it("leave lines, bullets and headings as they are", () => {
    const parsed = parseText("My Talk\r\n[0:01] Thank You All\r\n[0:04] Good Morning\r\n- [0:09] We begin.\r\n");
    expect(parsed.text).toBe("My Talk\r\nThank You All\r\nGood Morning\r\n- We begin.\r\n");
    expect(outlineOf(parsed)).toEqual(["h1 My Talk", "p Thank You All", "p Good Morning", "* We begin."]);
    expect(timesOf(parsed)).toEqual([
      [1, "Thank You All"],
      [4, "Good Morning"],
      [9, "We begin."],
    ]);
  });

  it("are found in a long line in good time", () => {
    const clock = (i: number): string => `${Math.floor(i / 60)}:${String(i % 60).padStart(2, "0")}`;
    const source = Array.from({ length: 20_000 }, (_, i) => `Text. [${clock(i)}]`).join(" ");
    const started = performance.now();
    expect(parseText(source).times).toHaveLength(20_000);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("on lines of their own do not cut sentences", () => {
    const parsed = parseText("0:00\nwelcome to the show\n0:04\ntoday we talk. And then\n0:09\nwe go home.\n");
    expect(outlineOf(parsed)).toEqual(["p welcome to the show\ntoday we talk. And then\nwe go home."]);
    expect(timesOf(parsed)).toEqual([
      [0, "welcome to the show"],
      [4, "today we talk. And then"],
      [9, "we go home."],
    ]);
  });
});

describe("the golden transcript", () => {
  it("has clean sentences, each with its time", async () => {
    const path = "behind-the-scenes-tour.md";
    const bytes = readFileSync(`test/golden/other-a/${path}`);
    const document = await parseDocument({ id: path, path, bytes, updatedAt: "2024-01-01T00:00:00.000Z" });
    expect(document.text).not.toMatch(/\d:\d\d|[[\]]/);
    const units = splitPassages(document).flatMap((passage) => passage.units);
    const clocks = bytes.toString("utf8").match(/\[\d\d:\d\d:\d\d\]/g)!;
    expect(units).toHaveLength(clocks.length);
    expect(
      units.map(({ seconds }) => `[00:0${Math.floor(seconds! / 60)}:${`${seconds! % 60}`.padStart(2, "0")}]`),
    ).toEqual(clocks);
    const rings = units.find(({ seconds }) => seconds === 62)!;
    expect(document.text.slice(rings.start, rings.end)).toMatch(/^Through these small round windows .* last year\.$/);
  });
});
