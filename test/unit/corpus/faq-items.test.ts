import { describe, expect, it } from "vitest";
import { findFaqPairs } from "../../../src/corpus/faq-items.js";
import { parseMarkdown } from "../../../src/corpus/parse-markdown.js";
import { parseText } from "../../../src/corpus/parse-text.js";
import type { ParsedDocument } from "../../../src/types.js";

function pairsOf({ text, blocks }: ParsedDocument): [string, string][] {
  return findFaqPairs(text, blocks).map(({ question, answer }) => [
    text.slice(question.start, question.end),
    text.slice(answer.start, answer.end),
  ]);
}

const inText = (...lines: string[]): [string, string][] => pairsOf(parseText(lines.join("\n")));
const inMarkdown = (source: string): [string, string][] => pairsOf(parseMarkdown(source));

describe("findFaqPairs", () => {
  it("finds a single pair below a heading that says FAQ, and none below the heading after it", () => {
    const faq = [
      "Our Library",
      "",
      "Text.",
      "",
      "Frequently Asked Questions (FAQs)",
      "",
      "May I eat here?",
      "No, never.",
    ];
    expect(inText(...faq)).toEqual([["May I eat here?", "No, never."]]);
    expect(inText(...faq, "", "Contact", "", "May I call?", "Yes.")).toEqual([["May I eat here?", "No, never."]]);
  });

  it("finds questions that follow each other, with lists in answers and labels left out", () => {
    expect(
      inText(
        "Water Filter",
        "",
        "Some text.",
        "",
        "Q1: How often do I change it?",
        "A1: Every month.",
        "",
        "Question 2: Can I wash it?",
        "Answer: No. It breaks.",
        "",
        "Q. Where do I buy one?",
        "A. From:",
        "- your dealer",
        "- our shop",
      ),
    ).toEqual([
      ["How often do I change it?", "Every month."],
      ["Can I wash it?", "No. It breaks."],
      ["Where do I buy one?", "From:\n- your dealer\n- our shop"],
    ]);
  });

  it("finds questions that are headings, if there are two of them", () => {
    const questions = "# Guide\n\n## Why?\n\nBecause.\n\n### In short\n\nSo.\n\n## Other\n\nText.\n\n";
    expect(inMarkdown(questions)).toEqual([]);
    expect(inMarkdown(`${questions}## How?\n\n- like\n- this\n`)).toEqual([
      ["Why?", "Because.\n\nIn short\n\nSo."],
      ["How?", "like\n- this"],
    ]);
  });

  it("takes no title for a question", () => {
    expect(inText("Why do towns need gardens?", "", "", "Because.", "", "What else?", "", "Fun.")).toEqual([]);
    expect(inMarkdown("# Why?\n\nBecause.\n\n## How?\n\nSo.\n")).toEqual([]);
  });

  it.each([
    ["rhetorical questions in paragraphs", ["Title", "Who knows? Nobody does. But why?", "We went on. It was late."]],
    ["a single line that asks", ["Title", "It was late.", "But why go on?", "We went on.", "It rained."]],
    ["questions without an answer", ["FAQ", "", "Why is it?", "How is it?"]],
    ["a question of two sentences", ["FAQ", "", "It rains. Why is it so?", "Because."]],
    ["a question without letters", ["FAQ", "", "???", "Because."]],
    ["an answer that is an essay", ["FAQ", "", "Why is it?", "Because it is so. ".repeat(100)]],
    ["a question that is none in its length", ["FAQ", "", `Why ${"very ".repeat(50)}much?`, "Because."]],
  ])("passes over %s", (_, lines) => {
    expect(inText(...lines)).toEqual([]);
  });

  it("takes time proportional to the number of questions", () => {
    const parsed = parseText("FAQ\n\nIntro.\n".concat("Why is that?\nBecause it is.\n".repeat(20_000)));
    const started = performance.now();
    expect(findFaqPairs(parsed.text, parsed.blocks)).toHaveLength(20_000);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
