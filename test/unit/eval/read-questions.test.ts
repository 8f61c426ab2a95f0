import path from "node:path";
import { describe, expect, it } from "vitest";
import { absentHalf, readEncyclopedia, readGolden } from "../../../src/eval/read-questions.js";
import { temporaryFolder, writeFiles } from "../../helpers/folders.js";

async function fileOf(...lines: (object | string)[]): Promise<string> {
  const folder = temporaryFolder();
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  await writeFiles(folder, { "questions.jsonl": text });
  return path.join(folder, "questions.jsonl");
}

const refusal = { id: "a1", kind: "near-miss", question: "What do they cost?", expect: "refuse" };

describe("readGolden", () => {
  it("fills in what a line leaves out, and passes over empty lines", async () => {
    expect(await readGolden(await fileOf(refusal, "", { ...refusal, id: "a2" }))).toMatchObject([
      {
        id: "a1",
        history: [],
        facts: [],
        sources: [],
        forbidden: [],
        timestamp: null,
        factsInQuotes: true,
        maxChars: null,
      },
      { id: "a2" },
    ]);
  });

  it.each<[what: string, line: object | string, why: RegExp]>([
    ["no JSON", "{", /line 2: .*JSON/],
    ["an unknown field", { ...refusal, id: "a2", fact: [] }, /line 2: .*fact/],
    ["an unknown expectation", { ...refusal, id: "a2", expect: "maybe" }, /line 2: expect/],
    [
      "no facts where an answer is expected",
      { ...refusal, id: "a2", expect: "answer", sources: [["x"]] },
      /needs "facts"/,
    ],
    [
      "no sources where an answer is expected",
      { ...refusal, id: "a2", expect: "answer", facts: [["x"]] },
      /needs "sources"/,
    ],
    ["a time that is none", { ...refusal, id: "a2", timestamp: "1:02" }, /timestamp hh:mm:ss/],
    ["an id twice", refusal, /line 2: the id a1 stands twice/],
  ])("names the line: %s", async (_what, line, why) => {
    await expect(readGolden(await fileOf(refusal, line))).rejects.toThrow(why);
  });

  it("says that a file is missing", async () => {
    await expect(readGolden("no/such.jsonl")).rejects.toThrow(/no\/such\.jsonl is declared/);
  });
});

describe("the encyclopaedia", () => {
  const line = (id: string, source: string): object => ({
    id,
    question: `${id}?`,
    source,
    paragraph: 0,
    answers: ["x"],
  });

  it("reads questions with accepted answers of at most 400 characters", async () => {
    expect(await readEncyclopedia(await fileOf(line("e1", "oxygen")))).toMatchObject([
      { id: "e1", expect: "answer", facts: [["x"]], sources: [["oxygen"]], factsInQuotes: false, maxChars: 400 },
    ]);
  });

  it("keeps every second article in the order of the questions and expects refusals of the others' questions", async () => {
    const sources = ["oxygen", "normans", "oxygen", "amazon", "huguenot", "normans"];
    const questions = await readEncyclopedia(await fileOf(...sources.map((source, i) => line(`e${i}`, source))));
    const { articles, questions: absent } = absentHalf(questions);
    expect(articles).toEqual(["oxygen", "amazon"]);
    expect(absent.map(({ id, expect: expected, facts }) => [id, expected, facts])).toEqual([
      ["e1-absent", "refuse", []],
      ["e4-absent", "refuse", []],
      ["e5-absent", "refuse", []],
    ]);
  });
});
