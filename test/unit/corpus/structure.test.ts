import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseDocument } from "../../../src/corpus/parse-document.js";
import { outlineOf } from "../../helpers/outline.js";

const FOLDER = "test/fixtures/structure";

/** Documents of the kinds teams have; beside each stands the outline a reader makes of it, checked by hand. */
describe("the structure of", () => {
  const names = readdirSync(FOLDER).filter((name) => !name.endsWith(".outline"));

  it("twelve documents is known", () => {
    expect(names).toHaveLength(12);
  });

  it.each(names)("%s is found", async (name) => {
    const bytes = readFileSync(`${FOLDER}/${name}`);
    const document = await parseDocument({ id: name, path: name, bytes, updatedAt: "2024-01-01T00:00:00.000Z" });
    const blocks = outlineOf(document).map((line) => line.replace(/(?<=\S)\s+/g, " "));
    const faq = document.faq.map(({ question, answer }) =>
      [question, answer].map(({ start, end }) => document.text.slice(start, end).replace(/\s+/g, " ")).join(" => "),
    );
    const outline = [...blocks, ...faq.map((pair) => `faq ${pair}`)];
    expect(outline).toEqual(readFileSync(`${FOLDER}/${name}.outline`, "utf8").trimEnd().split("\n"));
  });
});
