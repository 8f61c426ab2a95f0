import { describe, expect, it } from "vitest";
import { addLanguage, chooseLanguage, filled } from "../../../src/widget/languages.js";
import { de } from "../../../src/widget/languages/de.js";
import { en, type Words } from "../../../src/widget/languages/en.js";
import { es } from "../../../src/widget/languages/es.js";
import { fr } from "../../../src/widget/languages/fr.js";
import { hi } from "../../../src/widget/languages/hi.js";

const names = Object.keys(en) as (keyof Words)[];
const blanks = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).toSorted();

describe.each([
  ["de", de],
  ["fr", fr],
  ["es", es],
  ["hi", hi],
])("the words in %s", (tag, words) => {
  it("are chosen by their tag", () => {
    expect(chooseLanguage([`${tag}-XX`, "en"])).toEqual({ tag, words, direction: "ltr" });
  });

  it("are all there, with the same blanks as in English", () => {
    expect(Object.keys(words).toSorted()).toEqual(names.toSorted());
    for (const name of names) expect([name, blanks(words[name])]).toEqual([name, blanks(en[name])]);
  });

  it("are translated", () => {
    const same = names.filter((name) => words[name] === en[name]);
    expect(
      same.every((name) => ["original", "conversation", "sources", "announcedSources", "source"].includes(name)),
    ).toBe(true);
  });
});

describe("chooseLanguage", () => {
  it.each([
    [["de-AT"], "de"],
    [["pt-BR", "fr-CA"], "fr"],
    [["xx"], "en"],
    [[], "en"],
    [["ES"], "es"],
    [["zh_TW", "hi_IN"], "hi"],
  ])("of %j takes %s", (wished, tag) => {
    expect(chooseLanguage(wished).tag).toBe(tag);
  });

  it("takes a language that a page adds, with English for what it leaves out", () => {
    const added: Record<string, string> = { send: "إرسال", unheardOf: "x" };
    addLanguage("ar-EG", added);
    const { tag, words, direction } = chooseLanguage(["ar"]);
    expect([tag, words.send, words.stop, direction]).toEqual(["ar", "إرسال", en.stop, "rtl"]);
    expect(words).not.toHaveProperty("unheardOf");
  });
});

it("filled leaves a blank it has no value for", () => {
  expect(filled("Source {n}: {title}", { n: 2 })).toBe("Source 2: {title}");
});
