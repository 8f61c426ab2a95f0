import { describe, expect, it } from "vitest";
import { type Composed, composeExtractive } from "../../../src/answer/compose.js";
import { weigh } from "../../helpers/evidence.js";

/** What is composed from texts ranked in this order. */
async function compose(
  question: string,
  files: Record<string, string>,
  order: readonly string[],
  lead?: number,
): Promise<Composed> {
  const { question: read, terms, ranked } = await weigh(question, files);
  return composeExtractive(read, terms, ranked(order, lead));
}

const textsOf = ({ blocks }: Composed): string[] =>
  blocks.flatMap((block) => block.statements.map((statement) => statement.text));

/** A sentence of about so many characters that begins so. */
const long = (start: string, chars: number): string =>
  `${start} ${"rope ".repeat(Math.ceil((chars - start.length - 2) / 5)).trim()}.`;

describe("prose", () => {
  const DOCUMENT = {
    "harbour.txt": `The harbour

${long("Gulls circle", 130)} ${long("Nets dry", 130)} ${long("Boats rock", 130)} ${long("Bells ring", 130)}
`,
  };
  const ORDER = ["Bells ring", "Gulls circle", "Nets dry", "Boats rock"];

  it("is best first, and no longer than reads at a glance", async () => {
    const texts = textsOf(await compose("Tell me about the harbour.", DOCUMENT, ORDER));
    expect(texts.map((text) => text.slice(0, 4))).toEqual(["Bell", "Gull"]);
    expect(texts.join(" ").length).toBeLessThanOrEqual(400);
  });

  it("is the best sentence alone where that leads by far", async () => {
    const { blocks, why } = await compose("Tell me about the harbour.", DOCUMENT, ORDER, 5);
    expect(textsOf({ blocks, why })).toHaveLength(1);
    expect([...why.values()]).toEqual([expect.stringMatching(/^probability 0\.9\d$/)]);
  });

  it("takes a sentence however long if it is the best", async () => {
    const documents = { "a.txt": `Title\n\n${long("Bells ring", 700)} ${long("Gulls circle", 100)}\n` };
    const texts = textsOf(await compose("Tell me about bells.", documents, ["Bells ring", "Gulls circle"]));
    expect(texts.map((text) => text.slice(0, 4))).toEqual(["Bell"]);
  });

  it("is three sentences at most", async () => {
    const documents = { "a.txt": "Title\n\nGulls fly. Nets dry out. Boats rock. Bells ring. Tides turn.\n" };
    const order = ["Gulls", "Nets", "Boats", "Bells", "Tides"];
    expect(textsOf(await compose("And then?", documents, order))).toEqual([
      "Gulls fly.",
      "Nets dry out.",
      "Boats rock.",
    ]);
  });

  it("says nothing without evidence", async () => {
    expect(textsOf(await compose("And then?", {}, []))).toEqual([]);
  });
});

describe("two subjects", () => {
  const FILES = {
    "mill.txt": "The mill\n\nThe Tide Mill grinds corn. It is loud.\n",
    "library.txt": "The library\n\nThe Old Library lends books. It is quiet. It has cellars. It has lofts.\n",
  };
  const ORDER = ["The Tide Mill", "It has cellars", "It has lofts", "The Old Library"];

  it("are both covered, however far one leads", async () => {
    const composed = await compose("What do the Tide Mill and the Old Library do?", FILES, ORDER, 5);
    expect(textsOf(composed)).toEqual(["The Tide Mill grinds corn.", "The Old Library lends books."]);
    expect([...composed.why.values()][1]).toMatch(/^covers what the others leave out/);
  });

  it("need no second sentence where one names both", async () => {
    const files = { ...FILES, "both.txt": "Both\n\nThe Tide Mill feeds the Old Library.\n" };
    const order = ["The Tide Mill feeds", ...ORDER];
    expect(textsOf(await compose("What do the Tide Mill and the Old Library do?", files, order, 5))).toEqual([
      "The Tide Mill feeds the Old Library.",
    ]);
  });
});

describe("sources that differ", () => {
  const opened = (year: number): string => `Harbour\n\nThe Harbour Club opened its doors in ${year}.\n`;
  const ask = async (a: string, b: string, question = "When did the Harbour Club open?"): Promise<Composed> => {
    const { question: read, terms, evidence } = await weigh(question, { "a.txt": a, "b.txt": b });
    return composeExtractive(read, terms, evidence);
  };

  it("are both shown, and said to differ", async () => {
    const { blocks, why } = await ask(opened(1951), opened(1954));
    expect(blocks).toMatchObject([{ intro: "The sources differ:", asList: true }]);
    const years = textsOf({ blocks, why }).map((text) => /\d{4}/.exec(text)![0]);
    expect(new Set(years)).toEqual(new Set(["1951", "1954"]));
    expect([...why.values()]).toContain("another source gives another value");
  });

  it.each([
    [opened(1951), opened(1951), "the same year"],
    [opened(1951), "Harbour\n\nThe Harbour Club opened early.\n", "no year"],
    [opened(1951), "Tennis\n\nThe Tennis Club opened its doors in 1954.\n", "another name"],
  ])("are not said to differ: %#", async (a, b) => {
    const { blocks } = await ask(a, b);
    expect(blocks.map(({ intro }) => intro)).toEqual([null]);
  });

  it("are not said to differ where no value is asked for, nor within one document", async () => {
    const whole = await ask(opened(1951), opened(1954), "Why did the Harbour Club open?");
    expect(whole.blocks.map(({ intro }) => intro)).toEqual([null]);
    const { question, terms, evidence } = await weigh("When did the Harbour Club open?", {
      "a.txt": `${opened(1951)}It opened again in 1954 as the Harbour Club.\n`,
    });
    expect(composeExtractive(question, terms, evidence).blocks.map(({ intro }) => intro)).toEqual([null]);
  });
});

describe("lists", () => {
  const FILES = {
    "visit.md": `# The hall

The hall is warm. The doors are blue.

Visitors must bring:

- A towel
- A padlock
- A cap
`,
  };

  it("are shown whole under their lead-in when several items win, what ranks before them first", async () => {
    const { blocks } = await compose("What will be needed there?", FILES, ["The hall is warm", "A cap", "A towel"]);
    expect(blocks.map(({ intro, asList }) => [intro, asList])).toEqual([
      [null, false],
      ["Visitors must bring:", true],
    ]);
    expect(textsOf({ blocks, why: new Map() })).toEqual(["The hall is warm.", "A towel", "A padlock", "A cap"]);
  });

  it("are not shown whole for a single item, which keeps its lead-in", async () => {
    const { blocks } = await compose("What will be needed there?", FILES, ["A cap", "The doors are blue"], 5);
    expect(blocks).toMatchObject([{ asList: false, statements: [{ text: "A cap", lead: "Visitors must bring:" }] }]);
  });

  it("are not shown whole where one sentence answers", async () => {
    const { blocks } = await compose("When is it needed?", FILES, ["A cap", "A towel"]);
    expect(textsOf({ blocks, why: new Map() })).toEqual(["A cap", "A towel"]);
  });

  it("are what a question for them gets", async () => {
    const { question, terms, evidence } = await weigh("What must visitors bring?", FILES);
    const { blocks } = composeExtractive(question, terms, evidence);
    expect(blocks).toMatchObject([{ intro: "Visitors must bring:" }]);
    expect(textsOf({ blocks, why: new Map() })).toEqual(["A towel", "A padlock", "A cap"]);
  });
});

describe("a sentence that points back", () => {
  const FILES = {
    "mill.txt":
      "Sights\n\nThe mill stands on the pier. It grinds corn at ebb. Its wheel is oak. Children like the Mill.\n",
  };

  it("comes after the sentence that it points to", async () => {
    expect(textsOf(await compose("What grinds corn?", FILES, ["It grinds corn"]))).toEqual([
      "The mill stands on the pier.",
      "It grinds corn at ebb.",
    ]);
  });

  it("comes alone if it names what is asked about, or opens the passage", async () => {
    const named = { "a.txt": "Sights\n\nThe pier is old. It carries the Tide Mill.\n" };
    expect(textsOf(await compose("What carries the Tide Mill?", named, ["It carries"]))).toEqual([
      "It carries the Tide Mill.",
    ]);
    const keywords = { "a.txt": "Sights\n\nThe pier is old. One of them is the tide mill.\n" };
    expect(textsOf(await compose("tide mill", keywords, ["One of them"]))).toEqual(["One of them is the tide mill."]);
    const first = { "a.txt": "Sights\n\nIt grinds corn at ebb. The pier is old.\n" };
    expect(textsOf(await compose("What grinds corn?", first, ["It grinds"]))).toEqual(["It grinds corn at ebb."]);
  });
});

describe("what was composed wrongly once", () => {
  it("two subjects with a value each are not sources that differ", async () => {
    const { question, terms, evidence } = await weigh("When were the Tide Mill and the Old Library built?", {
      "mill.txt": "Mills\n\nThe Tide Mill was built in 1820.\n",
      "library.txt": "Books\n\nThe Old Library was built in 1962.\n",
    });
    const { blocks } = composeExtractive(question, terms, evidence);
    expect(blocks.map(({ intro }) => intro)).toEqual([null]);
  });

  it("a later sentence of a FAQ answer that is the evidence is in the answer", async () => {
    const files = {
      "faq.md":
        "# Fees\n\n## Frequently asked questions\n\n### What does a ticket cost?\n\nA ticket costs 4 euros. Children pay half.\n",
    };
    expect(textsOf(await compose("Do children pay less?", files, ["Children pay half"]))).toContain(
      "Children pay half.",
    );
  });

  it("where sources differ, only the two shown count as used", async () => {
    const files = {
      "a.txt": "Harbour\n\nThe Harbour Club opened in 1951. Bells rang in 1951.\n",
      "b.txt": "Harbour\n\nThe Harbour Club opened in 1954.\n",
    };
    const { question, terms, ranked } = await weigh("When did the Harbour Club open?", files);
    const order = ["The Harbour Club opened in 1951", "Bells", "The Harbour Club opened in 1954"];
    const { blocks, why } = composeExtractive(question, terms, ranked(order));
    expect(blocks).toMatchObject([{ intro: "The sources differ:" }]);
    expect([...why.keys()].map(({ text }) => text)).not.toContain("Bells rang in 1951.");
  });
});
