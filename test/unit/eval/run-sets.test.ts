import path from "node:path";
import { expect, it } from "vitest";
import { jsonReport } from "../../../src/eval/json-report.js";
import { runSet, type SetResult } from "../../../src/eval/run-sets.js";
import type { EvalSet } from "../../../src/eval/sets.js";
import { tableLines } from "../../../src/eval/terminal.js";
import { temporaryFolder, writeFiles } from "../../helpers/folders.js";
import { HashEmbedder } from "../../helpers/hash-embedder.js";

const HARBOUR: EvalSet = {
  name: "harbour",
  split: "tune",
  format: "golden",
  questions: "questions.jsonl",
  corpus: "texts",
};
const TEXTS = {
  "project/texts/boats.txt": "Boats\n\nThe harbour keeps nineteen wooden boats.\n",
  "project/texts/faq.md": "# FAQ\n\n**Who may swim here?**\n\nOnly members of the swimming club may swim here.\n",
};
const BOATS = {
  id: "h1",
  kind: "fact",
  question: "How many wooden boats does the harbour keep?",
  expect: "answer",
  facts: [["nineteen wooden boats"]],
  sources: [["boats"]],
};

async function run(set: EvalSet, ...files: Record<string, string>[]): Promise<SetResult> {
  const folder = temporaryFolder();
  await writeFiles(folder, Object.assign({ "project/package.json": "{}" }, ...files));
  return runSet(set, path.join(folder, "project"), new HashEmbedder());
}

const lines = (...questions: object[]): Record<string, string> => {
  return { "project/questions.jsonl": questions.map((question) => JSON.stringify(question)).join("\n") };
};

it("asks every question, judges the answers and tells of the passages behind them", async () => {
  const refusal = { id: "h2", kind: "out-of-domain", question: "Zebra xylophone quartz?", expect: "refuse" };
  const result = await run(HARBOUR, TEXTS, lines(BOATS, refusal));
  const [boats, zebra] = result.outcomes;
  expect(boats).toMatchObject({ right: true, faults: [], quoteFaults: [], resolved: BOATS.question, relevance: [1] });
  expect(boats!.retrieved[0]).toMatchObject({ passage: { documentId: "boats" }, facts: [0] });
  expect(boats!.parts).toMatchObject([{ question: BOATS.question, verdict: { answer: true } }]);
  expect(boats!.milliseconds).toBeGreaterThan(0);
  expect(zebra).toMatchObject({ right: true, answer: { status: "not_found" } });
  expect(result.figures).toMatchObject({ right: { value: 1 }, refused: { value: 1 }, "recall@1": { value: 1 } });

  expect(tableLines([result]).join("\n")).toMatch(/harbour +2 +100\.0 % 1\/1/);
  const report = JSON.parse(JSON.stringify(jsonReport([result], []))) as {
    sets: { questions: { id: string; retrieved: { passage: string }[] }[]; passages: Record<string, unknown> }[];
  };
  const [set] = report.sets;
  expect(set!.questions.map(({ id }) => id)).toEqual(["h1", "h2"]);
  expect(Object.keys(set!.passages)).toContain(set!.questions[0]!.retrieved[0]!.passage);
});

it("measures retrieval also where a FAQ item answers", async () => {
  const swim = { question: "Who may swim here?", facts: [["members of the swimming club"]], sources: [["faq"]] };
  const { outcomes } = await run(HARBOUR, TEXTS, lines({ ...BOATS, ...swim }));
  expect(outcomes[0]).toMatchObject({ right: true, parts: [{ faq: { used: true } }] });
  expect(outcomes[0]!.retrieved[0]).toMatchObject({ passage: { documentId: "faq" }, facts: [0] });
});

it("names questions that nobody can answer", async () => {
  const { questionFaults } = await run(
    HARBOUR,
    TEXTS,
    lines({ ...BOATS, facts: [["no cranes"]], sources: [["boat"]] }),
  );
  expect(questionFaults).toEqual(['h1: no source "boat"', "h1: no source it names says “no cranes”"]);
});

it("skips a set whose texts lie outside the project and are missing, and says so", async () => {
  const elsewhere = { ...HARBOUR, corpus: "../texts" };
  const result = await run(elsewhere, lines(BOATS));
  expect(result).toMatchObject({ skipped: "../texts is not there", outcomes: [] });
  expect(tableLines([result])[0]).toBe("harbour skipped: ../texts is not there.");
});

it("fails when a file or folder of the project is missing", async () => {
  await expect(run(HARBOUR, TEXTS)).rejects.toThrow(/^questions\.jsonl is missing.*"harbour"/);
  await expect(run(HARBOUR, lines(BOATS))).rejects.toThrow(/^texts is missing/);
  await expect(run({ ...HARBOUR, corpus: "../texts" })).rejects.toThrow(/^questions\.jsonl is missing/);
});

it("asks about all articles, then about those left out", async () => {
  const question = (id: string, source: string): object => {
    return { ...BOATS, id, source, answers: ["nineteen"], paragraph: 0 };
  };
  const { outcomes } = await run(
    { ...HARBOUR, format: "encyclopedia" },
    { ...TEXTS, "project/texts/cranes.txt": "Cranes\n\nTwo cranes unload the ships.\n" },
    lines(question("e1", "cranes"), question("e2", "boats")),
  );
  expect(outcomes.map(({ question: { id }, answer, right }) => [id, answer.status, right])).toEqual([
    ["e1", "answered", false],
    ["e2", "answered", true],
    ["e2-absent", "not_found", true],
  ]);
});
