import { describe, expect, it } from "vitest";
import { headingQuestions } from "../../../src/answer/heading-question.js";
import type { Block, Passage, Unit } from "../../../src/types.js";

const TEXT = `The members of the Harbour Library pay small fees. The key challenges are many, and the library knows
what the challenges of growth are. Readers love the Harbour Library and its old mill. A loan is data, too.`;

const DOCUMENT = { text: TEXT, blocks: [{ kind: "paragraph", start: 0, end: TEXT.length }] satisfies Block[] };

function passage(heading: string | null, units: Partial<Unit>[] = []): Passage {
  return {
    id: "rules#0",
    documentId: "rules",
    title: "Rules of the House",
    headings: heading === null ? [] : ["Rules", heading],
    text: "",
    kind: "prose",
    context: "",
    seconds: null,
    start: 0,
    end: 0,
    units: units.map((unit) => ({ kind: "sentence", start: 0, end: 0, context: "", seconds: null, ...unit })),
  };
}

const LIST: Partial<Unit>[] = [{ kind: "item" }, { kind: "item" }];

describe("questions made from headings", () => {
  it.each([
    ["Key Challenges", "What are the key challenges?"],
    ["3.2 Key Challenges", "What are the key challenges?"],
    ["Chapter 4: Challenges of Growth", "What are the challenges of growth?"],
    ["The Key Challenges (in full)", "What are the key challenges?"],
    ["Friends of the Harbour Library", "What are the friends of the Harbour Library?"],
    ["Key Challenges: Where It Hurts", "What are the key challenges?"],
    ["Who may join?", "Who may join?"],
    ["How Data Is Shared", "How is data shared?"],
    ["Why Data Matters", "Why does data matter?"],
    ["How to Join", "How do I join?"],
    ["The Old Mill", "What is the old mill?"],
    ["Harbour Library", "What is the Harbour Library?"],
    ["Sharing Small Fees", "What is said about sharing small fees?"],
    ["What the Fees Pay", "What is said about what the fees pay?"],
    ["Finding of the Old Mill", "What is said about the finding of the old mill?"],
    ["Importance of Data", "What is said about the importance of data?"],
    ["Loan rules and Harbour fees", "What is said about loan rules and Harbour fees?"],
    ["Data and Physics", "What is said about data and physics?"],
  ])("%s → %s", (heading, question) => expect(headingQuestions(passage(heading), DOCUMENT)[0]).toBe(question));

  it("asks for what a single word announces only where a list or table follows", () => {
    expect(headingQuestions(passage("Fees"), DOCUMENT)).toEqual([]);
    expect(headingQuestions(passage("Fees", LIST), DOCUMENT)).toEqual(["What are the fees?"]);
    expect(headingQuestions(passage("Status", LIST), DOCUMENT)).toEqual([]);
  });

  it("reads what a list's lead-in announces", () => {
    const units = [{ kind: "item" as const, context: "The key challenges are the following:" }];
    expect(headingQuestions(passage("Overview", units), DOCUMENT)).toEqual(["What are the key challenges?"]);
    const other = [{ kind: "item" as const, context: "It depends on three things:" }];
    expect(headingQuestions(passage("Overview", other), DOCUMENT)).toEqual([]);
  });

  it("takes the title where there is no heading", () => {
    expect(headingQuestions(passage(null), DOCUMENT)[0]).toBe("What are the rules of the house?");
  });

  it.each([
    "Introduction",
    "1. Introduction",
    "Conclusion",
    "Conclusion: One Road",
    "FAQ",
    "Frequently Asked Questions (FAQs)",
    "Further reading",
    "See also",
    "Executive Summary",
    "2024",
    "12",
    "IV.",
    "***",
    "",
    "From Data to Fees",
    "A title that was cut off in the middle of its…",
    "A very long heading that goes on and on until nobody could possibly ask it as a question any more",
  ])("makes none from: %s", (heading) => expect(headingQuestions(passage(heading), DOCUMENT)).toEqual([]));
});
