import { describe, expect, it } from "vitest";
import { findShortForms, holdsWordsOf, type ShortForm, withShortForms } from "../../../src/search/short-forms.js";
import { termsOf } from "../../../src/search/tokenize.js";

const GENERAL = findShortForms([]);

/** What texts spell out beyond what every reader knows. */
const spelledOut = (...texts: string[]): ShortForm[] => findShortForms(texts).slice(GENERAL.length);

describe("findShortForms", () => {
  it.each([
    ["The International Space Station (ISS) flies.", "ISS", "International Space Station"],
    ["ISS (International Space Station) flies.", "ISS", "International Space Station"],
    ["Many inter-library loans (ILLs) are free.", "ILL", "inter library loans"],
    ["UAVs (unmanned aerial vehicles) fly.", "UAV", "unmanned aerial vehicles"],
    ["The Harbour Master’s Office (HMO) is open.", "HMO", "Harbour Master’s Office"],
    ["the town, and the Old Harbour Club (OHC)", "OHC", "Old Harbour Club"],
    // Several letters of one word.
    ["The NASA-ISRO Synthetic Aperture Radar (NISAR) flies.", "NISAR", "NASA ISRO Synthetic Aperture Radar"],
    ["near-Earth objects (NEOs) are tracked.", "NEO", "near Earth objects"],
    ["Global Navigation Satellite System (GLONASS)", "GLONASS", "Global Navigation Satellite System"],
    // Little words with and without a letter.
    ["A combined heat and power (CHP) plant.", "CHP", "combined heat and power"],
    ["the Bay of Bengal Programme (BOBP)", "BOBP", "Bay of Bengal Programme"],
  ])("%s", (text, short, long) => {
    expect(spelledOut(text)).toEqual([{ short: termsOf(short)[0], long: [...new Set(termsOf(long))] }]);
  });

  it.each([
    ["ILL (UK) is free.", "one word spells out nothing"],
    ["a loan (ILL) is free", "the words begin otherwise"],
    ["the great pump (XYZ)", "no word begins with the letters"],
    ["Some words (see page ten)", "no short form"],
    ["Pulse code modulation is PCM.", "no brackets"],
    ["the Federal Aviation Administration (the FAA)", "more than the short form in the brackets"],
    ["a combined plant heat engine power (CHP)", "two words that give no letter"],
  ])("finds nothing in %j: %s", (text) => {
    expect(spelledOut(text)).toEqual([]);
  });

  it("keeps each meaning once, over all texts", () => {
    const found = spelledOut(
      "A loan desk (LD) opened.",
      "The Loan Desk (LD) closed.",
      "Our late discount (LD) ended. So did the LD (loan desk).",
    );
    expect(found.map(({ long }) => long.join(" "))).toEqual([
      termsOf("loan desk").join(" "),
      termsOf("late discount").join(" "),
    ]);
  });

  it("knows those that nobody spells out", () => {
    expect(GENERAL).toContainEqual({ short: "un", long: termsOf("United Nations") });
  });
});

describe("holdsWordsOf", () => {
  it.each([
    ["With an OTDR, an optical time-domain reflectometer.", "OTDR", true],
    ["ONT stands for optical network terminal.", "ONT", true],
    ["A CHP plant makes combined heat and power.", "CHP", true],
    ["The OTDR measures the echo.", "OTDR", false],
    ["The ONT is on the network. Terminals are white.", "ONT", false],
    // Two letters begin words that stand together by chance.
    ["A PR person reads.", "PR", false],
  ])("%s %s: %s", (text, short, expected) => {
    expect(holdsWordsOf(text, short)).toBe(expected);
  });
});

describe("withShortForms", () => {
  const forms = [{ short: "iss", long: ["intern", "space", "station"] }];

  it.each([
    [["the", "iss"], ["the", "iss", "intern", "space", "station"], "a short form"],
    [["station", "space", "intern"], ["station", "space", "intern", "iss"], "all of what it stands for"],
    [["space", "station"], ["space", "station"], "a part of it"],
    [[], [], "nothing"],
  ])("makes %j into %j: %s", (list, expected) => {
    expect(withShortForms(list, forms)).toEqual(expected);
  });

  it("adds nothing without short forms", () => {
    expect(withShortForms(["iss"], [])).toEqual(["iss"]);
  });
});
