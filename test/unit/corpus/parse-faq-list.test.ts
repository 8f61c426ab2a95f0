import { describe, expect, it } from "vitest";
import { parseFaqCsv, parseFaqJson } from "../../../src/corpus/parse-faq-list.js";
import { UnreadableFileError } from "../../../src/errors.js";
import type { ParsedDocument } from "../../../src/types.js";

function pairsOf({ text, faq }: ParsedDocument): [string, string][] {
  return faq.map(({ question, answer }) => [
    text.slice(question.start, question.end),
    text.slice(answer.start, answer.end),
  ]);
}

function blocksOf({ text, blocks }: ParsedDocument): [string, string][] {
  return blocks.map((block) => [
    block.kind === "heading" ? `heading${block.level}` : block.kind,
    text.slice(block.start, block.end),
  ]);
}

const refusal = (parse: () => ParsedDocument): string => {
  try {
    parse();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(UnreadableFileError);
    return (thrown as Error).message;
  }
  throw new Error("not refused");
};

describe("parseFaqCsv", () => {
  it("reads questions and answers, line breaks included", () => {
    const parsed = parseFaqCsv(
      '\ufeffId;QUESTION;Answer;Note\r\n1; May I  eat? ;"No; not\r\n\r\nin the ""hall""."\r\n2;;Lost;\r\n3;Lost?;;\r\n4;Wi-Fi?;Free.;;\r\n',
    );
    expect(parsed.text).toBe('May I eat?\n\nNo; not\n\nin the "hall".\n\nWi-Fi?\n\nFree.');
    expect(pairsOf(parsed)).toEqual([
      ["May I eat?", 'No; not\n\nin the "hall".'],
      ["Wi-Fi?", "Free."],
    ]);
    expect(blocksOf(parsed)).toEqual([
      ["heading2", "May I eat?"],
      ["paragraph", "No; not"],
      ["paragraph", 'in the "hall".'],
      ["heading2", "Wi-Fi?"],
      ["paragraph", "Free."],
    ]);
    expect(parsed).toMatchObject({ title: null, times: [], media: null, url: null });
  });

  it.each(["question,answer\nWho?,We.", '"q"\t"a"\nWho?\tWe.', "Prompt;Reply\nWho?;We.", "response,q\nWe.,Who?\n"])(
    "knows the columns and separator of %j",
    (source) => {
      expect(pairsOf(parseFaqCsv(source))).toEqual([["Who?", "We."]]);
    },
  );

  it.each([
    ["", "the list holds no text"],
    ["\ufeff \r\n", "the list holds no text"],
    [
      "frage,answer\nx,y",
      'the question column is missing: line 1 must name one of question, q, prompt, but names "frage", "answer"',
    ],
    [
      "question;notes\na;b",
      'the answer column is missing: line 1 must name one of answer, a, response, reply, but names "question", "notes"',
    ],
    ["question,answer\na,b\nc,yes, sure", "line 3 has 3 values, but the header names 2 columns"],
    ['question,answer\na,"b\nc,d', "the table is malformed at line"],
    ['question,answer\na,b\nc,d "x"\n', "the table is malformed at line 3"],
    ["question,answer\na,\n ,b", "no entry has both a question"],
    ["question,answer", "no entry has both a question"],
  ])("refuses %j", (source, reason) => {
    expect(refusal(() => parseFaqCsv(source))).toContain(reason);
  });
});

describe("parseFaqJson", () => {
  const pair = '{"question": "Who?", "answer": "We."}';

  it.each([
    `[${pair}]`,
    `\ufeff[${pair.replace("question", "Q").replace("answer", "RESPONSE")}]`,
    `{"tags": ["a"], "Items": [${pair}]}`,
    `{"faq": [${pair}]}`,
    `{"questions": [${pair}]}`,
    `{"data": [${pair}]}`,
    `{"version": 1, "anything": [${pair}]}`,
  ])("finds the list in %s", (source) => {
    const parsed = parseFaqJson(source);
    expect(parsed.text).toBe("Who?\n\nWe.");
    expect(pairsOf(parsed)).toEqual([["Who?", "We."]]);
  });

  it("keeps the title, joins lists of paragraphs and leaves empty pairs out", () => {
    const source = JSON.stringify({
      title: " Tool shed ",
      items: [
        { q: "Fee?", a: ["None.", "Really."] },
        { q: "", a: "x" },
        { a: "y" },
        { q: "How many?", a: 3 },
        { q: "z", a: null },
      ],
    });
    const parsed = parseFaqJson(source);
    expect(parsed.title).toBe("Tool shed");
    expect(pairsOf(parsed)).toEqual([
      ["Fee?", "None.\n\nReally."],
      ["How many?", "3"],
    ]);
  });

  it.each([
    [" ", "the list holds no text"],
    ["[", "the JSON is malformed (it ends too early)"],
    ['[\n{"q": "a",\n"a" "b"}]', "the JSON is malformed at line 3; expected a list of objects"],
    ['{"a": 1}', "no list was found"],
    ['{"x": [], "y": []}', "no list was found"],
    ["3", "no list was found"],
    ["[1]", "entry 1 is no object"],
    ['[{"q": "x"}]', "no entry has a field for the answer; expected one of answer, a, response, reply"],
    ['[{"a": "x"}]', "no entry has a field for the question; expected one of question, q, prompt"],
    ['[{"q": "x", "a": "y"}, {"q": "x", "a": {}}]', 'entry 2: "a" is no text'],
    ["[]", "no entry has both a question"],
  ])("refuses %j", (source, reason) => {
    const message = refusal(() => parseFaqJson(source));
    expect(message).toContain(reason);
  });
});
