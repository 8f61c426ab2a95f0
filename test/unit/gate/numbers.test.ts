import { describe, expect, it } from "vitest";
import { numbersIn } from "../../../src/gate/numbers.js";

const shown = (text: string): string[] => numbersIn(text).map(({ value, sign, bound }) => bound + sign + value);

describe("the numbers of a text", () => {
  it.each([
    ["It took 12 days.", ["12"]],
    ["It cost 1,250,000 pounds.", ["£1250000"]],
    ["It cost £1.25 million.", ["£1250000"]],
    ["about $5m", ["$5000000"]],
    ["a pole of 5 m", ["5"]],
    ["twenty-five boats", ["25"]],
    ["two hundred and five thousand", ["205000"]],
    ["a dozen eggs, half of them brown", ["12", "0.5"]],
    ["three to five weeks", ["3", "5"]],
    ["one of them", []],
    ["one hundred", ["100"]],
    ["25 per cent, 25 % and 25 percent", ["%25", "%25", "%25"]],
    ["in 1957", ["1957"]],
    ["the 1970s", ["1970"]],
    ["the third step, on 3rd May", ["3", "3"]],
    ["from 9 a.m. to 5:30 pm", ["t540", "t1050"]],
    ["at 17:30", ["t1050"]],
    ["at least ten books", [">10"]],
    ["up to ten books", ["<10"]],
    ["ten books or more", [">10"]],
    ["no more than £5", ["<£5"]],
    ["not fewer than 30", [">30"]],
    ["version 2.1.0 of the B-52", ["2.1", "0"]],
    ["on 2024-05-17", ["2024", "5", "17"]],
    ["on 12.05.2024", ["12.05", "2024"]],
    ["pages 10-14, open 9–17", ["10", "14", "9", "17"]],
    ["call 555-0199", ["555", "199"]],
    ["ISBN 9780306406157", ["9780306406157"]],
    ["at -5 degrees, a range of -3–4", ["-5", "-3", "4"]],
    ["Falcon 9", ["9"]],
    ["", []],
  ])("%s", (text, expected) => {
    expect(shown(text)).toEqual(expected);
  });

  it("stand where they are written", () => {
    const text = "From twenty-five to 1.5 million euros.";
    expect(numbersIn(text).map(({ start, end }) => text.slice(start, end))).toEqual(["twenty-five", "1.5 million"]);
  });
});
