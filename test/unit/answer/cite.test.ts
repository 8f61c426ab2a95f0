import { describe, expect, it } from "vitest";
import { cite } from "../../../src/answer/cite.js";
import type { Block, Statement } from "../../../src/answer/statement.js";
import type { Document } from "../../../src/types.js";

const text = "Loans last three weeks. Fees are low, said Ada (“very low.”)";

function documentOf(id: string, overrides: Partial<Document> = {}): Document {
  return {
    id,
    title: `Title of ${id}`,
    path: `${id}.txt`,
    format: "txt",
    text,
    blocks: [],
    sections: [],
    times: [],
    faq: [],
    media: null,
    url: null,
    contentHash: "",
    updatedAt: "",
    ...overrides,
  };
}

function statement(start: number, end: number, overrides: Partial<Statement> = {}): Statement {
  const quoted = text.slice(start, end);
  return {
    documentId: "rules",
    passageId: "rules#p1",
    headings: ["Loans"],
    quote: { start, end },
    quoted,
    text: quoted,
    lead: null,
    seconds: null,
    alsoAt: [],
    ...overrides,
  };
}

const prose = (...statements: Statement[]): Block[] => [{ intro: null, asList: false, statements }];
const documents = new Map([
  ["rules", documentOf("rules")],
  ["a/b c", documentOf("a/b c", { media: { kind: "youtube", id: "abcdefghijk" } })],
]);

describe("cite", () => {
  it("puts markers before the full stop and numbers places in reading order", () => {
    const { pieces, citations } = cite(prose(statement(0, 23), statement(24, text.length)), documents);
    expect(pieces.join("")).toBe("Loans last three weeks [1]. Fees are low, said Ada (“very low.”) [2]");
    expect(citations.map(({ n, start, end, quote, url }) => ({ n, start, end, quote, url }))).toEqual([
      { n: 1, start: 0, end: 23, quote: "Loans last three weeks.", url: "/sources/rules#p1" },
      { n: 2, start: 24, end: 60, quote: text.slice(24, 60), url: "/sources/rules#p1" },
    ]);
  });

  it("drops a statement whose quote is not in the source to the letter", () => {
    const altered = statement(0, 23, { quoted: "Loans last four weeks.", text: "Loans last four weeks." });
    const shifted = statement(1, 23, { quoted: "Loans last three weeks" });
    const unknown = statement(0, 23, { documentId: "nowhere" });
    const empty = statement(5, 5);
    expect(cite(prose(altered, shifted, unknown, empty), documents)).toEqual({ pieces: [], citations: [] });
  });

  it("keeps the true statements beside a false one, without a gap in the numbers", () => {
    const altered = statement(0, 23, { quoted: "Loans last four weeks." });
    const { pieces, citations } = cite(prose(altered, statement(0, 23)), documents);
    expect(pieces.join("")).toBe("Loans last three weeks [1].");
    expect(citations).toHaveLength(1);
  });

  it("gives several places several markers, and one place one number", () => {
    const elsewhere = statement(0, 23, { documentId: "a/b c", passageId: "a/b c#p4", seconds: 4331 });
    const { pieces, citations } = cite(prose(statement(0, 23, { alsoAt: [elsewhere] }), statement(0, 23)), documents);
    expect(pieces.join("")).toBe("Loans last three weeks [1][2]. Loans last three weeks [1].");
    expect(citations[1]).toMatchObject({
      source: "a/b c",
      url: "/sources/a/b%20c#p4",
      external_url: "https://www.youtube.com/watch?v=abcdefghijk&t=4331s",
      timestamp: "01:12:11",
    });
  });

  it("writes a list under its lead-in", () => {
    const block: Block = { intro: "Rules:", asList: true, statements: [statement(0, 23), statement(24, 36)] };
    expect(cite([block], documents).pieces.join("")).toBe("Rules:\n- Loans last three weeks. [1]\n- Fees are low [2]");
  });
});
