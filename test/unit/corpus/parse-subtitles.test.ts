import { describe, expect, it } from "vitest";
import { parseSubtitles } from "../../../src/corpus/parse-subtitles.js";
import { UnreadableFileError } from "../../../src/errors.js";
import type { ParsedDocument } from "../../../src/types.js";

function timesOf({ text, times }: ParsedDocument): [number, string][] {
  return times.map((time) => [time.seconds, text.slice(time.start, time.end)]);
}

function paragraphsOf({ text, blocks }: ParsedDocument): string[] {
  expect(blocks.every((block) => block.kind === "paragraph")).toBe(true);
  return blocks.map((block) => text.slice(block.start, block.end));
}

/** A SubRip file of cues two seconds long that follow each other directly. */
function srtOf(texts: string[]): string {
  const clock = (seconds: number): string =>
    `00:${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")},000`;
  return texts.map((text, i) => `${i + 1}\n${clock(2 * i)} --> ${clock(2 * i + 2)}\n${text}\n`).join("\n");
}

describe("parseSubtitles", () => {
  it("reads SubRip with tags, entities, turns and pauses", () => {
    const parsed = parseSubtitles(
      "1\r\n00:00:01,500 --> 00:00:03,000\r\n- Welcome to the <i>city</i>\r\nlibrary &amp; garden.\r\n- Thank you.\r\n\r\n" +
        '2\r\n01:00:03,200 --> 01:00:05,000 X1:40 Y1:20\r\n{\\an8}<font color="#fff">Come in.</font>\r\n',
    );
    expect(parsed.text).toBe("Welcome to the city library & garden.\n\nThank you.\n\nCome in.");
    expect(timesOf(parsed)).toEqual([
      [1, "Welcome to the city library & garden."],
      [1, "Thank you."],
      [3603, "Come in."],
    ]);
    expect(paragraphsOf(parsed)).toEqual(["Welcome to the city library & garden.", "Thank you.", "Come in."]);
    expect(parsed).toMatchObject({ title: null, faq: [], media: null, url: null });
  });

  it("reads WebVTT with header, notes, styles, settings and voices", () => {
    const parsed = parseSubtitles(
      "\ufeffWEBVTT - a tour\nKind: captions\n\nNOTE\nnot shown\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\nintro\n" +
        "00:01.000 --> 00:02.500 align:start position:0%\n<v Anna>Hello <00:00:01.500><c.x>there</c>.\n\n" +
        "00:02.500 --> 00:03.000\n<v Anna>This way.</v> <v.loud Ben>Is 3 &lt; 5?\n\n00:00:03.000 --> 00:00:04.000\n<v Ben>Yes.\n",
    );
    expect(parsed.text).toBe("Anna: Hello there. This way.\n\nBen: Is 3 < 5? Yes.");
    expect(timesOf(parsed)).toEqual([
      [1, "Anna: Hello there."],
      [2, "This way."],
      [2, "Ben: Is 3 < 5?"],
      [3, "Yes."],
    ]);
  });

  it("merges the repeated lines of rolling captions, but not what is said again later", () => {
    const parsed = parseSubtitles(
      "WEBVTT\n\n00:00.000 --> 00:02.000\n \nbeans grow\n\n00:02.000 --> 00:02.010\nbeans grow\n \n\n" +
        "00:02.010 --> 00:04.000\nbeans grow\nup a pole\n\n00:04.000 --> 00:04.010\nup a pole\n\n" +
        "00:04.010 --> 00:06.000\nup a pole\nor a string\n\n00:09.000 --> 00:10.000\nor a string\n",
    );
    expect(parsed.text).toBe("beans grow up a pole or a string or a string");
    expect(timesOf(parsed)).toEqual([
      [0, "beans grow"],
      [2, "up a pole"],
      [4, "or a string"],
      [9, "or a string"],
    ]);
  });

  it("begins a paragraph after a pause of more than four seconds", () => {
    const cue = (from: string, to: string, text: string): string => `00:00:${from} --> 00:00:${to}\n${text}\n\n`;
    const source = cue("01,000", "02,000", "one") + cue("06,000", "07,000", "two") + cue("11,100", "12,000", "three");
    expect(paragraphsOf(parseSubtitles(source))).toEqual(["one two", "three"]);
  });

  it("begins a paragraph at a sentence end once the paragraph is long", () => {
    const texts = Array.from(
      { length: 40 },
      (_, i) => `Bed ${i + 10} holds beans and peas${i % 10 === 9 ? "." : " and"}`,
    );
    const parsed = parseSubtitles(srtOf(texts));
    // Ten cues make 300 characters, so the second full stop comes first after 600.
    expect(texts.slice(0, 20).join(" ").length).toBeGreaterThan(600);
    expect(texts.slice(0, 10).join(" ").length).toBeLessThan(600);
    expect(paragraphsOf(parsed)).toEqual([texts.slice(0, 20).join(" "), texts.slice(20).join(" ")]);
    expect(timesOf(parsed)).toEqual(texts.map((text, i) => [2 * i, text]));
  });

  it("ends paragraphs even without any punctuation", () => {
    const texts = Array.from({ length: 200 }, (_, i) => `words without an end ${i}`);
    const parsed = parseSubtitles(srtOf(texts));
    expect(Math.max(...paragraphsOf(parsed).map((paragraph) => paragraph.length))).toBeLessThan(1600);
    expect(timesOf(parsed)).toEqual(texts.map((text, i) => [2 * i, text]));
  });

  it("copes with missing and surplus blank lines and cues out of order", () => {
    const parsed = parseSubtitles(
      "2\n00:00:03,000 --> 00:00:04,000\nsecond\n3\n00:00:04,000 --> 00:00:05,000\nthird\n\nstill third\n\n" +
        "1\n\n00:00:01,000 --> 00:00:02,000\nfirst\n4\n00:00:0x,000 --> 00:00:09,000\nbroken",
    );
    expect(timesOf(parsed)).toEqual([
      [1, "first"],
      [3, "second"],
      [4, "third still third"],
    ]);
  });

  it.each(["", "WEBVTT\n\n", "Only some text.", "1\n00:61:01,000 --> 00:00:02,000\nx"])(
    "refuses %j without cues",
    (source) => {
      expect(() => parseSubtitles(source)).toThrow(UnreadableFileError);
      expect(() => parseSubtitles(source)).toThrow("no subtitle was found");
    },
  );

  it("refuses cues without text", () => {
    const parse = (): ParsedDocument => parseSubtitles("1\n00:00:01,000 --> 00:00:02,000\n<i> </i>\n");
    expect(parse).toThrow(new UnreadableFileError("the subtitles hold no text"));
  });
});
