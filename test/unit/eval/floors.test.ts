import path from "node:path";
import { describe, expect, it } from "vitest";
import { PROJECT_DIR } from "../../../src/config.js";
import { figuresOf } from "../../../src/eval/figures.js";
import { checkFloors, readFloors } from "../../../src/eval/floors.js";
import type { SetResult } from "../../../src/eval/run-sets.js";
import { EVAL_SETS } from "../../../src/eval/sets.js";
import { floorLines } from "../../../src/eval/terminal.js";
import { temporaryFolder, writeFiles } from "../../helpers/folders.js";
import { anOutcome, aQuestion } from "./examples.js";

const outcomes = [
  anOutcome(),
  anOutcome({ question: aQuestion({ id: "q2", question: "How many\ncranes?" }), right: false }),
];
const harbour: SetResult = {
  name: "harbour",
  split: "tune",
  format: "golden",
  skipped: null,
  outcomes,
  figures: figuresOf(outcomes),
  questionFaults: [],
};
const skipped: SetResult = { ...harbour, outcomes: [], figures: figuresOf([]), skipped: "its texts are not there" };

describe("checkFloors", () => {
  it("fails a figure below its floor and names the questions", () => {
    const checks = checkFloors({ harbour: { right: { min: 0.9 } } }, [harbour], ["harbour"]);
    expect(floorLines(checks)).toEqual([
      "Below its floor: right of harbour is 0.5, wanted at least 0.9.",
      "  q2  How many cranes?",
    ]);
  });

  it("fails a figure above its ceiling", () => {
    const checks = checkFloors({ harbour: { medianChars: { max: 20 } } }, [harbour], ["harbour"]);
    expect(floorLines(checks)[0]).toBe("Below its floor: medianChars of harbour is 29, wanted at most 20.");
  });

  it("holds at the floor itself, and then names no question", () => {
    const checks = checkFloors({ harbour: { right: { min: 0.5 }, medianChars: { max: 29 } } }, [harbour], ["harbour"]);
    expect(checks.map(({ held, against }) => ({ held, against }))).toEqual([
      { held: true, against: [] },
      { held: true, against: [] },
    ]);
    expect(floorLines(checks)).toEqual([]);
  });

  it("passes over sets that were skipped or not asked for", () => {
    const floors = { harbour: { right: { min: 0.9 } } };
    expect(checkFloors(floors, [skipped], ["harbour"])).toEqual([]);
    expect(checkFloors(floors, [], ["harbour"])).toEqual([]);
  });

  it("refuses a floor that could never fail", () => {
    expect(() => checkFloors({ harbour: { refused: { min: 0.9 } } }, [harbour], ["harbour"])).toThrow(/not measured/);
    expect(() => checkFloors({ port: { right: { min: 0.9 } } }, [harbour], ["harbour"])).toThrow(/no set of questions/);
  });
});

describe("readFloors", () => {
  it("reads the committed floors, all of declared sets", async () => {
    const floors = await readFloors(path.join(PROJECT_DIR, "test/golden/floors.json"));
    const declared = EVAL_SETS.map(({ name }) => name);
    for (const set of Object.keys(floors)) expect(declared).toContain(set);
  });

  it.each([
    ["a figure that does not exist", '{"harbour":{"rihgt":{"min":0.9}}}'],
    ["neither a least nor a most", '{"harbour":{"right":0.9}}'],
    ["no JSON", "{"],
  ])("says what is wrong: %s", async (_what, text) => {
    const folder = temporaryFolder();
    await writeFiles(folder, { "floors.json": text });
    await expect(readFloors(path.join(folder, "floors.json"))).rejects.toThrow(/floors\.json cannot be read: /);
  });
});
