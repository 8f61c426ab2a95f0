import { describe, expect, it } from "vitest";
import { holdsKind } from "../../../src/answer/answer-kind.js";
import { analyseQuestion, asksYesOrNo, splitQuestion } from "../../../src/answer/question.js";

describe("analyseQuestion", () => {
  it.each([
    ["date", "When was the library founded?"],
    ["date", "Since when has it been open?"],
    ["date", "In which year did it open?"],
    ["date", "In what month does it rain?"],
    ["date", "What was the date of the launch?"],
    ["date", "What's the year of the fire?"],
    ["date", "How long ago did it end?"],
    ["date", "What is the keeper's birthday?"],
    ["date", "What was Ida Holm's date of birth?"],
    ["date", "What time does it open?"],
    ["number", "How many members are there?"],
    ["number", "How many times did it fly?"],
    ["number", "How much water does it hold?"],
    ["number", "How big is the hall?"],
    ["number", "What is the population of Orrin?"],
    ["number", "By how much did the fee fall?"],
    ["number", "By how much did it lower the cost?"],
    ["number", "By how much do reusable rockets cut costs?"],
    ["money", "How much does a card cost?"],
    ["money", "What is the price of a card?"],
    ["money", "wat is the price"],
    ["money", "What was the budget of the mission?"],
    ["money", "How much does the keeper earn?"],
    ["money", "How much must a guest pay for a copy?"],
    ["money", "How much do they charge?"],
    ["percentage", "What percentage of members vote?"],
    ["percentage", "How many percent vote?"],
    ["duration", "How long does a loan last?"],
    ["extent", "How long is the flight to Mars?"],
    ["duration", "For how many years did she run it?"],
    ["frequency", "How often does the council meet?"],
    ["age", "How old is the lighthouse?"],
    ["age", "At what age can I join?"],
    ["mass", "How heavy is the lander?"],
    ["mass", "How much does the rover weigh?"],
    ["mass", "What is the mass of the probe?"],
    ["length", "How tall is the tower?"],
    ["length", "How far is the Moon?"],
    ["extent", "How long is the bridge?"],
    ["length", "At what altitude does it fly?"],
    ["temperature", "How hot is the sauna?"],
    ["temperature", "What temperature is the water?"],
    ["speed", "How fast does it fly?"],
    ["speed", "What is the top speed of the train?"],
    ["person", "Who runs the library?"],
    ["person", "whos the head of the library"],
    ["person", "Whose idea was it?"],
    ["person", "To whom was it given?"],
    ["person", "Which agency built it?"],
    ["person", "What is the name of the founder?"],
    ["place", "Where is the archive?"],
    ["place", "From where was it launched?"],
    ["place", "In which city is it?"],
    ["list", "What are the main challenges?"],
    ["list", "List the reasons for closing."],
    ["list", "Name three rovers."],
    ["list", "Which branches open on Sunday?"],
    ["list", "Which countries signed?"],
    ["list", "What instruments are on board?"],
    ["list", "Give me examples of grants."],
    ["list", "What steps are needed to join?"],
    // Words that end in s and are no plurals, or verbs.
    ["other", "Which Russian vehicle still brings crews to the station?"],
    ["other", "Which access does it need?"],
    ["other", "Which mission is the oldest?"],
    ["definition", "What is a reading room?"],
    ["definition", "What is meant by dry dock?"],
    ["definition", "Define tide."],
    ["definition", "Tell me about the ferry."],
    ["expansion", "What does ILL stand for?"],
    ["expansion", "What does ILL mean?"],
    ["expansion", "What is the full form of ILL?"],
    ["expansion", "What do the letters ILL mean?"],
    ["other", "What is the abbreviation of inter-library loan?"],
    ["reason", "Why did it close?"],
    ["reason", "What caused the fire?"],
    ["other", "library fees"],
    ["other", "What was bought this spring?"],
    ["other", "What is new?"],
    ["place", "In which country is it kept?"],
    ["money", "What did the prize pay?"],
    ["date", "harbour bridge opening year??"],
    ["other", "training budget per year"],
    ["money", "annual pass price"],
    ["money", "How big is the market, in dollars?"],
    ["date", "harbor brigde wich year"],
    ["number", "hw many boats are there"],
    ["other", "What is the name of the ship?"],
    ["other", "What is the main goal of the club?"],
    ["other", "Can I swim?"],
  ] as const)("asks for %s: %s", (kind, text) => {
    expect(analyseQuestion(text).kind).toBe(kind);
  });

  it.each([
    ["Which rocket brings crews to the station?", ["rocket", "bring"]],
    ["How many countries take part?", ["countri"]],
    ["What kinds of boats are there?", ["boat"]],
    ["Which Russian vehicle is the oldest?", ["vehicl"]],
    ["What is the fee?", []],
    ["How big is the hall?", []],
    ["Who runs it?", []],
    ["library fees", []],
  ])("the answer to %s is one of %j", (text, focus) => {
    expect(analyseQuestion(text).focus).toEqual(focus);
  });

  it.each(["At which minute does she mention the ferry?", "what minute is the ferry talked about"])(
    "asks for a time in a recording: %s",
    (text) => {
      expect(analyseQuestion(text).asksForTime).toBe(true);
    },
  );

  it("does not look for the words that say where to look", () => {
    const { terms } = analyseQuestion("Who runs the ferry, according to the interview?");
    expect(terms.map(({ word }) => word)).toEqual(["runs", "ferry"]);
  });

  it.each([
    ["What does ILL stand for?", "ILL"],
    ["What does ill stand for?", "ill"],
    ["What are UAVs short for?", "UAVs"],
    ["What is the abbreviation of inter-library loan?", null],
    ["What is ILL?", null],
  ])("the short form in %s is %s", (text, shortForm) => {
    expect(analyseQuestion(text).shortForm).toBe(shortForm);
  });

  it.each([
    "What do you think about Mars?",
    "What is your opinion of SpaceX?",
    "Do you like trains?",
    "Do you think ESA will land on Mars?",
    "Would you recommend the ferry?",
    "What is your favourite planet?",
    "Should I buy SpaceX shares?",
    "Is Bitcoin a good investment?",
  ])("asks the bot's own opinion: %s", (text) => {
    expect(analyseQuestion(text).asksOpinion).toBe(true);
  });

  it.each([
    "What do scientists think about Mars?",
    "What is the council's opinion of it?",
    "What did the council think of it?",
    "How can I buy a ticket?",
    "Do you sell maps?",
    "Who shares the data?",
    "Should I bring a towel?",
  ])("asks no opinion: %s", (text) => {
    expect(analyseQuestion(text).asksOpinion).toBe(false);
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

  it("reads a number with separators as one word, as the index does", () => {
    const question = analyseQuestion("Which pump moves 8,600 litres of water?");
    expect(question.terms.flatMap(({ terms }) => terms)).toEqual(["pump", "move", "8600", "litr", "water"]);
    const howMuch = analyseQuestion("How much does the pump of 8,600 litres weigh?");
    expect(holdsKind("The pump of 8,600 litres is heavy.", howMuch)).toBe(false);
    expect(holdsKind("The pump of 8,600 litres weighs 40 kg.", howMuch)).toBe(true);
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

describe("what was read wrongly once", () => {
  it.each([
    ["other", "What makes NISAR special?"],
    ["other", "What happens in winter?"],
    ["age", "What is the minimum age?"],
    ["money", "How much was paid for the boat?"],
    ["definition", "What does tide mean?"],
    ["list", "What were the two largest grants?"],
  ] as const)("%s: %s", (kind, text) => {
    expect(analyseQuestion(text).kind).toBe(kind);
  });

  it("a question about who bought shares asks no opinion", () => {
    expect(analyseQuestion("Did ESA buy shares in Arianespace?").asksOpinion).toBe(false);
  });
});

describe("splitQuestion", () => {
  it("gives a second part that points back what the first is about", () => {
    expect(splitQuestion("What are the ticket levels and how fast do they answer?")).toEqual([
      "What are the ticket levels?",
      "how fast do they answer (ticket levels)?",
    ]);
    expect(splitQuestion("What is a lease and who signs?")[1]).toBe("who signs?");
  });

  it("splits a double question and carries the name over", () => {
    expect(splitQuestion("Who built Hubble and when was it launched?")).toEqual([
      "Who built Hubble?",
      "when was it launched (Hubble)?",
    ]);
  });

  it.each([
    [
      "For the Harbour Trip, what does it cost and when does it leave?",
      ["For the Harbour Trip, what does it cost?", "For the Harbour Trip, when does it leave (Harbour Trip)?"],
    ],
    ["Who leads ESA and who leads NASA?", ["Who leads ESA?", "who leads NASA?"]],
    ["What is it, and in which year did it open?", ["What is it?", "in which year did it open?"]],
    ["Where is it or how do I get there?", ["Where is it?", "how do I get there?"]],
  ])("splits %s", (text, parts) => {
    expect(splitQuestion(text)).toEqual(parts);
  });

  it("leaves a long introduction to no part", () => {
    const text =
      "I came here with my three children last summer and it rained every day, so what is open and when does it close?";
    expect(splitQuestion(text)).toEqual([text]);
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
    expect(holdsKind(text, { kind, terms: [], shortForm: null, focus: [] })).toBe(expected);
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
