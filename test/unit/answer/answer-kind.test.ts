import { describe, expect, it } from "vitest";
import { holdsKind, isNarrow } from "../../../src/answer/answer-kind.js";
import { analyseQuestion } from "../../../src/answer/question.js";

/** What a text holds for a question, read as any question is. */
const holds = (question: string, text: string): boolean | null => holdsKind(text, analyseQuestion(question));

describe("holdsKind of measures", () => {
  const ASKING = {
    age: "How old is it?",
    mass: "How heavy is it?",
    length: "How tall is it?",
    temperature: "How hot is it?",
    speed: "How fast is it?",
  };

  it.each([
    ["age", "She was aged 40 then."],
    ["age", "It is 40 years old."],
    ["age", "a three-year-old ship"],
    ["age", "children under 8 years of age"],
    ["age", "He was born in 1815."],
    ["mass", "It weighs 40 kg."],
    ["mass", "It weighs 40kg."],
    ["mass", "2.5 tonnes of steel"],
    ["mass", "two pounds"],
    ["mass", "1,000 grams"],
    ["length", "It is 40 m tall."],
    ["length", "384,000 kilometres away"],
    ["length", "six feet"],
    ["length", "a 4-storey house"],
    ["length", "2 light-years"],
    ["length", "5 million km"],
    ["temperature", "It is 40 °C."],
    ["temperature", "minus 20 degrees Celsius"],
    ["temperature", "five degrees"],
    ["temperature", "300 K"],
    ["speed", "28,000 km/h"],
    ["speed", "17 miles an hour"],
    ["speed", "15 kilometers per second"],
    ["speed", "at Mach 3"],
    ["speed", "twelve knots"],
  ] as const)("%s: %s", (kind, text) => {
    expect(analyseQuestion(ASKING[kind]).kind).toBe(kind);
    expect(holds(ASKING[kind], text)).toBe(true);
  });

  it.each([
    ["age", "It lasted for 40 years."],
    ["age", "It fills pages."],
    ["mass", "It is heavy."],
    ["mass", "It is 40 km long."],
    ["mass", "five of them"],
    ["length", "It is tall."],
    ["length", "It weighs 40 kg."],
    ["length", "It takes 40 minutes."],
    ["temperature", "It is hot."],
    ["temperature", "40 km"],
    ["temperature", "a degree in law"],
    ["speed", "It is fast."],
    ["speed", "40 km"],
    ["speed", "twice a day"],
  ] as const)("not %s: %s", (kind, text) => {
    expect(holds(ASKING[kind], text)).toBe(false);
  });
});

describe("holdsKind of persons and places", () => {
  it.each([
    ["Who runs it?", "It is run by Ada Lovelace."],
    ["Who runs it?", "NASA runs it."],
    ["Who runs it?", "Marie Curie runs it."],
    ["Who runs it?", "It is old. Marie Curie runs it."],
    ["Who runs the Ada club?", "The club of Ada is run by Lovelace."],
    ["Who runs it?", "It is run by the Russian engineer Ada Lovelace."],
    ["Where is the hall?", "It lies in Oslo."],
    ["Where is the hall?", "It lies behind the station."],
    ["In which city is the hall?", "It lies in Oslo."],
  ])("%s Yes: %s", (question, text) => {
    expect(holds(question, text)).toBe(true);
  });

  it.each([
    ["Who runs it?", "It is run by members.", "no name"],
    ["Who runs it?", "Members run it.", "a capital that begins a sentence"],
    ["Who runs it?", "It is old. Members run it.", "a capital that begins a later sentence"],
    ["Who runs the Harbour Club?", "Members run the Harbour Club.", "only names of the question"],
    ["Who runs it?", "It is run by Russian and Japanese engineers.", "where they come from"],
    ["Who runs it?", "It runs in May and on every Monday.", "a month and a weekday"],
    ["In which city is the hall?", "It lies behind the station.", "a place that is no city"],
    ["Where is the hall of Oslo?", "It lies in Oslo.", "only the question's place"],
  ])("%s No: %s (%s)", (question, text) => {
    expect(holds(question, text)).toBe(false);
  });
});

describe("holdsKind of days", () => {
  it.each([
    ["It opened on 4 October 1957.", true],
    ["It opened on October 4th.", true],
    ["It opened on 1957-10-04.", true],
    ["It opened on a Friday.", true],
    ["It opened in 1957.", false],
    ["It opened in October 1957.", false],
    ["It opens on the 9th of each month.", true],
    ["It opens on the last day of the month.", true],
    ["It is the 9th edition.", false],
  ])("On which day did it open? %s: %s", (text, expected) => {
    expect(analyseQuestion("On which day did it open?").kind).toBe("day");
    expect(holds("On which day did it open?", text)).toBe(expected);
  });

  it.each([
    ["Which days is it open?", "other"],
    ["How many days does it last?", "duration"],
    ["On what date did it open?", "date"],
  ])("%s asks for another kind: %s", (question, kind) => {
    expect(analyseQuestion(question).kind).toBe(kind);
  });
});

describe("holdsKind of short forms", () => {
  it.each([
    ["With an OTDR, an optical time-domain reflectometer.", true],
    ["The OTDR (optical time-domain reflectometer) is old.", true],
    ["The OTDR measures the echo.", false],
    ["An optical time-domain reflectometer is old.", false],
  ])("What does OTDR stand for? %s: %s", (text, expected) => {
    expect(holds("What does OTDR stand for?", text)).toBe(expected);
  });
});

describe("holdsKind of ways to get in touch", () => {
  it.each([
    ["phone", "What is the phone number of the office?", "Call 01632 960177.", true],
    ["phone", "What is the phone number of the office?", "Dial +44 (0)1632 960-177 at night.", true],
    ["phone", "Which number do I ring at night?", "(555) 555-0199 or 555-555-0199", true],
    ["phone", "What is the phone number of the office?", "In 2024 it sold 14,000 phones.", false],
    ["phone", "What is the phone number of the office?", "Open 10:00-18:00 from 2024-05-01.", false],
    ["email", "What is your e-mail address?", "Write to desk@hall.example.", true],
    ["email", "What is your e-mail address?", "Write to the desk at 4 Hall Lane.", false],
    ["web", "Do you have a website?", "Book at hall.example or by phone.", true],
    ["web", "What is the web address?", "See https://hall.example/book.", true],
    ["web", "Do you have a website?", "Write to desk@hall.example.", false],
    ["contact", "How do I contact you?", "Write to the desk.", true],
    ["contact", "How can I reach support?", "Use the chat in the program.", true],
    ["contact", "How do I get hold of someone at night?", "At night call 01632 960177.", true],
    ["contact", "How do I contact you?", "We were in contact with the town.", false],
  ] as const)("%s: %s %s: %s", (kind, question, text, expected) => {
    expect(analyseQuestion(question).kind).toBe(kind);
    expect(holds(question, text)).toBe(expected);
  });

  it.each([
    ["How do I reach the museum by bus?", "other"],
    ["How do the probes contact the Earth?", "other"],
    ["How many phone numbers can I save?", "number"],
    ["How do I change the website?", "other"],
  ])("%s asks for another kind: %s", (question, kind) => {
    expect(analyseQuestion(question).kind).toBe(kind);
  });
});

describe("numbers that the question says itself", () => {
  it.each([
    ["By which year had over 20 people come?", "By 2011 it had over 20 visitors.", true],
    ["In which year, after 1975, did it reopen?", "In 1975 the hall burned.", false],
    ["In which year, after 1975, did it reopen?", "It burned in 1975 and reopened in 1980.", true],
    ["When did it close?", "In 1975 the hall burned.", true],
    ["How many of the 12 rooms are open?", "The 12 rooms are old.", false],
    ["How many of the 12 rooms are open?", "Of the 12 rooms, 5 are open.", true],
  ])("%s %s: %s", (question, text, expected) => {
    expect(holds(question, text)).toBe(expected);
  });
});

it.each([
  ["date", true],
  ["day", true],
  ["age", true],
  ["speed", true],
  ["number", true],
  ["duration", true],
  ["expansion", true],
  ["person", false],
  ["reason", false],
  ["other", false],
] as const)("%s: a narrow shape %s", (kind, narrow) => {
  expect(isNarrow(kind)).toBe(narrow);
});

describe("what was not seen once", () => {
  it.each([
    ["How much does a card cost?", "A card costs four euros."],
    ["How fast is it?", "It moves at 7.66 km/s."],
    ["How hot is it?", "It is -150 Celsius."],
    ["How heavy is it?", "It weighs 90 t."],
  ])("%s %s", (question, text) => {
    expect(holds(question, text)).toBe(true);
  });

  it("the first word of a sentence is no name for standing before one", () => {
    expect(holds("Who runs the Harbour Club?", "The Harbour Club is run by members.")).toBe(false);
  });
});

describe("holdsKind of what may be one thing or another", () => {
  it.each([
    ["How long is the lesson?", "It takes 45 minutes.", true],
    ["How long is the pool?", "It measures 25 metres.", true],
    ["How long is the pool?", "It is very long.", false],
    ["Where is the first-aid kit?", "It hangs by the kettle.", true],
    ["Who founded the tool library?", "The Harbour Lane Tool Library lends tools.", false],
    ["Who founded the tool library?", "It lends tools to people in Saltmarsh.", false],
    ["Who was the engineer of the line?", "It was surveyed by Engineer Anna Berg.", true],
    ["Why were they sent twice?", "They were sent twice after the change to winter time.", false],
    ["Why were they moved?", "They were moved to keep them dry.", true],
  ])("%s %s", (question, text, held) => {
    expect(holds(question, text)).toBe(held);
  });
});
