import { describe, expect, it } from "vitest";
import { resolveFollowUp } from "../../../src/answer/follow-up.js";
import type { Turn } from "../../../src/types.js";

/** Alternating turns, the user's first. */
function turns(...contents: string[]): Turn[] {
  return contents.map((content, i) => ({ role: i % 2 === 0 ? "user" : "assistant", content }));
}

describe("resolveFollowUp", () => {
  it.each([
    ["And Cassini?", ["When was Hubble launched?", "In 1990 [1]."], "When was Cassini launched?"],
    ["What about the Garden Club?", ["Who runs the Book Club?", "…"], "Who runs the the Garden Club?"],
    [
      "When was it launched?",
      ["What is the Hubble Space Telescope?", "…"],
      "When was Hubble Space Telescope launched?",
    ],
    ["What are its goals?", ["What is NISAR?", "…"], "What are NISAR's goals?"],
    ["Why?", ["Did the library close on Mondays?", "…"], "Why Did the library close on Mondays?"],
    ["tell me more", ["What is NISAR?", "…"], "What is NISAR?"],
    ["yes", ["What is NISAR?", "…"], "What is NISAR?"],
    ["When?", ["Was NISAR launched?", "The documents do not say."], "When Was NISAR launched?"],
  ])("%s", (question, history, expected) => {
    expect(resolveFollowUp(question, turns(...history))).toBe(expected);
  });

  it("follows a chain of follow-ups", () => {
    const history = turns("When was Hubble launched?", "1990", "And Cassini?", "1997");
    expect(resolveFollowUp("And Curiosity?", history)).toBe("When was Curiosity launched?");
  });

  it.each([
    "Which agencies built the International Space Station?",
    "How many member states does ESA have?",
    "Who is Ada?",
  ])("leaves a question alone that stands by itself: %s", (question) => {
    expect(resolveFollowUp(question, turns("When was Hubble launched?", "1990"))).toBe(question);
  });

  it("uses only what the user said", () => {
    const history: Turn[] = [{ role: "assistant", content: "Hello, I am Docent." }];
    expect(resolveFollowUp("And India?", history)).toBe("And India?");
  });
});
