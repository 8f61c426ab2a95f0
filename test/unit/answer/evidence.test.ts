import { describe, expect, it } from "vitest";
import { answersOnlyItsQuestion, type Evidence, type Features } from "../../../src/answer/evidence.js";
import { weigh } from "../../helpers/evidence.js";

/** The evidence that a text makes for a question. */
async function evidenceOf(question: string, text: string, sentence: string): Promise<Evidence> {
  const { evidence } = await weigh(question, { "text.md": text });
  const found = evidence.find((one) => one.text.startsWith(sentence));
  if (found === undefined) throw new Error(`"${sentence}" is no evidence`);
  return found;
}

async function feature(name: keyof Features, question: string, sentence: string): Promise<number> {
  return (await evidenceOf(question, `${sentence}\n`, sentence)).features[name];
}

describe("what counts as evidence", () => {
  const TEXT = `# The hall

## Interview

Who looks after the water?

An engineer does. She tests it daily. Nobody else may. The boiler is new.

## Visits

Visitors must bring:

- A towel
- A padlock

## Frequently asked questions

### May I bring a ball?

No, balls are not allowed.

### What does a ticket cost?

Four euros each.
`;

  const CITABLE = [
    "A padlock",
    "A towel",
    "An engineer does.",
    "Four euros each.",
    "Nobody else may.",
    "She tests it daily.",
    "The boiler is new.",
  ];

  it("is sentences, items and answers, never a question or a lead-in", async () => {
    const { evidence } = await weigh("What is there?", { "hall.md": TEXT });
    expect(evidence.map(({ text }) => text).sort()).toEqual([...CITABLE, "No, balls are not allowed."].sort());
  });

  it("is no yes or no to another question for yes or no", async () => {
    const { question, evidence } = await weigh("Is there a boiler?", { "hall.md": TEXT });
    const answering = evidence.filter((item) => !answersOnlyItsQuestion(question, item));
    expect(answering.map(({ text }) => text).sort()).toEqual(CITABLE);
  });

  it("a question in an interview heads the two sentences after it, no more", async () => {
    const { evidence } = await weigh("Who looks after the water?", { "hall.md": TEXT });
    const headings = new Map(evidence.map(({ text, features }) => [text, features.headings]));
    expect(headings.get("An engineer does.")).toBe(1);
    expect(headings.get("She tests it daily.")).toBeGreaterThan(0.9);
    expect(headings.get("Nobody else may.")).toBe(0);
    expect(headings.get("The boiler is new.")).toBe(0);
  });

  it("the question of a FAQ item heads its answer, and a lead-in its items", async () => {
    const ticket = await evidenceOf("What does a ticket cost?", TEXT, "Four euros each.");
    expect(ticket.features).toMatchObject({ own: 0, headings: expect.closeTo(1, 1) });
    const towel = await evidenceOf("What must visitors bring?", TEXT, "A towel");
    expect(towel.features).toMatchObject({ own: 0, headings: 1, item: 1 });
  });

  it("ranks best first", async () => {
    const { evidence } = await weigh("How often does she test the water daily?", { "hall.md": TEXT });
    expect(evidence[0]!.text).toBe("She tests it daily.");
    expect(evidence.map(({ score }) => score)).toEqual(evidence.map(({ score }) => score).sort((a, b) => b - a));
  });
});

describe("counted", () => {
  it.each([
    ["How many countries take part?", "Over 20 nations take part."],
    ["How many countries take part?", "Twelve European countries take part."],
    ["How many seats are there?", "There are 40 seats."],
  ])("%s Yes: %s", async (question, text) => {
    expect(await feature("counted", question, text)).toBe(1);
  });

  it.each([
    ["How many countries take part?", "The countries take part in 20 projects."],
    ["How many countries take part?", "Many countries take part."],
    ["How big is the hall?", "The hall has 40 seats."],
    ["Which countries take part?", "20 countries take part."],
  ])("%s No: %s", async (question, text) => {
    expect(await feature("counted", question, text)).toBe(0);
  });
});

describe("defines", () => {
  it.each([
    ["What is a tide table?", "A tide table is a list of high waters."],
    ["What is a tide table?", "The tide table, which hangs in the hall, helps sailors."],
    ["What is a tide table?", "Tide table – a list of high waters."],
    ["What is NISAR?", "NISAR (a radar mission) refers to a joint project."],
  ])("%s Yes: %s", async (question, text) => {
    expect(await feature("defines", question, text)).toBe(1);
  });

  it.each([
    ["What is a tide table?", "The harbour master hangs up a tide table."],
    ["What is a tide table?", "A list is made for every tide by two men of the village."],
    ["Where is the tide table?", "The tide table is in the hall."],
  ])("%s No: %s", async (question, text) => {
    expect(await feature("defines", question, text)).toBe(0);
  });
});

describe("found", () => {
  const TEXT = `# Harbour of Orrin

## Vessels

The ship sails at noon. It needs paint. The clock ticks.
`;

  it.each([
    ["ship", "The ship sails", 1, 1, "itself in the sentence"],
    ["boat", "The ship sails", 0.9, 0.9, "by a word as good as a synonym"],
    ["Vessels", "It needs paint", 0, 1, "in the heading"],
    ["Orrin", "It needs paint", 0, 1, "in the title"],
    ["ship", "It needs paint", 0, 1, "in the sentence beside it"],
    ["ship", "The clock ticks", 0, 0.63, "by a like word in the heading"],
    ["banana", "The ship sails", 0, 0, "nowhere"],
  ])("%s for “%s”: %d, %d (%s)", async (word, sentence, own, anywhere) => {
    const evidence = await evidenceOf(`About the ${word}?`, TEXT, sentence);
    expect(evidence.own[0]).toBeCloseTo(own, 6);
    expect(evidence.found[0]).toBeCloseTo(anywhere, 6);
  });

  it.each([
    ["India", "Indian ships", true],
    ["Mars", "The Moon", false],
  ])("takes forms of a name for it, never another name: %s, %s", async (name, text, like) => {
    const evidence = await evidenceOf(`About ${name}?`, `${text} sail.\n`, text);
    expect(evidence.own[0]! > 0).toBe(like);
  });

  it("takes a short form for what it stands for, and the other way round", async () => {
    const forms = [{ short: "iss", long: ["intern", "space", "station"] }];
    const texts = { "a.txt": "The ISS flies.\n\nThe International Space Station flies.\n" };
    const asked = await weigh("Does the ISS fly?", texts, forms);
    expect(asked.evidence.map(({ own }) => own[0])).toEqual([1, 1]);
    const spelt = await weigh("Does the International Space Station fly?", texts, forms);
    expect(spelt.evidence.map(({ own }) => own.slice(0, 3))).toEqual([
      [1, 1, 1],
      [1, 1, 1],
    ]);
  });
});
