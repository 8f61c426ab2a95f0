import { describe, expect, it } from "vitest";
import { holdsKind } from "../../../src/answer/answer-kind.js";
import { analyseQuestion, asksYesOrNo, splitQuestion } from "../../../src/answer/question.js";

describe("analyseQuestion", () => {
  it.each([
    ["When was the library founded?", "date"],
    ["In which year did it open?", "date"],
    ["How many members are there?", "number"],
    ["How much does a card cost?", "money"],
    ["What is the price of a card?", "money"],
    ["How often does the council meet?", "frequency"],
    ["How long does a loan last?", "duration"],
    ["What percentage of members vote?", "percentage"],
    ["Who runs the library?", "person"],
    ["Where is the archive?", "place"],
    ["What are the main challenges?", "list"],
    ["List the reasons for closing.", "list"],
    ["Which branches open on Sunday?", "list"],
    ["What is a reading room?", "definition"],
    ["What does ILL stand for?", "expansion"],
    ["Why did it close?", "reason"],
    ["library fees", "other"],
  ] as const)("%s asks for a %s", (text, kind) => {
    expect(analyseQuestion(text).kind).toBe(kind);
  });

  it("keeps informative words once, and tells names", () => {
    const { terms } = analyseQuestion("Who built the S-band radar of NISAR, and the radar of Rome?");
    expect(terms.map(({ word, isName }) => [word, isName])).toEqual([
      ["built", false],
      ["S-band", true],
      ["radar", false],
      ["NISAR", true],
      ["Rome", true],
    ]);
  });

  it("sees no names in a question that is all capitals", () => {
    expect(analyseQuestion("WHO RUNS THE LIBRARY").terms.some((term) => term.isName)).toBe(false);
  });

  it.each([
    ["When in the video is the lock mentioned?", "the lock mentioned"],
    ["At what time in the talk does he mention fees?", "mention fees"],
  ])("takes words about the recording out of what is searched: %s", (text, contains) => {
    const question = analyseQuestion(text);
    expect(question.asksForTime).toBe(true);
    expect(question.searchText).toContain(contains);
    expect(question.searchText).not.toMatch(/video|talk/);
  });

  it("names what a list is asked of", () => {
    expect(analyseQuestion("What are the key challenges of cooperation?").listNoun).toBe("challeng");
  });
});

describe("splitQuestion", () => {
  it("splits a double question and carries the name over", () => {
    expect(splitQuestion("Who built Hubble and when was it launched?")).toEqual([
      "Who built Hubble?",
      "when was it launched (Hubble)?",
    ]);
  });

  it("leaves lists and single questions whole", () => {
    expect(splitQuestion("What do NASA and ESA share?")).toEqual(["What do NASA and ESA share?"]);
  });
});

describe("holdsKind", () => {
  it.each([
    ["It opened in 1975.", "date", true],
    ["It opened on 3 May.", "date", true],
    ["It opened early.", "date", false],
    ["It has twelve rooms.", "number", true],
    ["It has rooms.", "number", false],
    ["A card costs $5.", "money", true],
    ["A card costs five.", "money", false],
    ["about 60–70% less", "percentage", true],
    ["The loan lasts three weeks.", "duration", true],
    ["Every 12 days data arrives.", "frequency", true],
    ["It is run by Ada Lovelace.", "person", true],
    ["anything", "definition", null],
  ] as const)("%s / %s: %s", (text, kind, expected) => {
    expect(holdsKind(text, { kind, terms: [], shortForm: null })).toBe(expected);
  });
});

describe("holdsKind for a short form", () => {
  it.each([
    ["Inter-library loan (ILL) is free.", true],
    ["Many inter-library loans (ILLs) are free.", true],
    ["ILL (inter-library loan) is free.", true],
    ["ILL (UK) is free.", false],
    ["The loan desk (LD) handles ILL.", false],
  ])("%s: %s", (text, expected) => {
    const question = analyseQuestion("What does ILL stand for?");
    expect(question.shortForm).toBe("ILL");
    expect(holdsKind(text, question)).toBe(expected);
  });
});

it("asksYesOrNo tells a question without a question word", () => {
  expect(asksYesOrNo("Are they open?")).toBe(true);
  expect(asksYesOrNo("When are they open?")).toBe(false);
});
