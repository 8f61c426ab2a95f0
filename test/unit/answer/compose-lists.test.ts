import { describe, expect, it } from "vitest";
import { composeExtractive } from "../../../src/answer/compose.js";
import { lookUp } from "../../../src/answer/look-up.js";
import { openFiles } from "../../helpers/corpus.js";
import { weigh } from "../../helpers/evidence.js";

async function compose(question: string, files: Record<string, string>, order: readonly string[], lead?: number) {
  const { question: read, terms, ranked } = await weigh(question, files);
  const { blocks } = composeExtractive(read, terms, ranked(order, lead));
  return blocks.map(({ intro, statements }) => ({ intro, texts: statements.map(({ text }) => text) }));
}

/** The same with the ranking that the pipeline makes. */
async function composeOver(files: Record<string, string>, asked: string) {
  const { question, terms, evidence } = await lookUp(await openFiles(files), asked);
  const { blocks } = composeExtractive(question, terms, evidence);
  return blocks.map(({ intro, statements }) => ({ intro, texts: statements.map(({ text }) => text) }));
}

describe("several things told in prose", () => {
  const FILES = {
    "a.txt":
      "Harbour\n\nSeveral dangers threaten the harbour. Sand fills the channel, which is one of them. " +
      "The pilots know it well. Another danger is the ice in March. Gulls sleep on the wall.\n",
  };
  const ORDER = ["Several dangers", "Gulls sleep", "Sand fills", "The pilots", "Another danger"];

  it("are told whole, in the order of the text", async () => {
    expect(await compose("Which dangers threaten the harbour?", FILES, ORDER, 6)).toEqual([
      {
        intro: null,
        texts: [
          "Several dangers threaten the harbour.",
          "Sand fills the channel, which is one of them.",
          "Another danger is the ice in March.",
        ],
      },
    ]);
  });

  it("are not looked for where the sentence tells them itself", async () => {
    const files = { "a.txt": FILES["a.txt"].replace("the harbour. Sand", "the harbour, such as fog and rust. Sand") };
    const [block] = await compose("Which dangers threaten the harbour?", files, ORDER, 6);
    expect(block!.texts).toHaveLength(1);
  });
});

describe("a definition", () => {
  const FILES = {
    "a.txt": "Boats\n\nA ketch is another kind of boat. It carries two masts. The sea is cold. There are ten here.\n",
  };

  it("goes on with the sentence that tells the rest", async () => {
    const [block] = await compose("What is a ketch?", FILES, ["A ketch", "The sea", "It carries"], 6);
    expect(block!.texts).toEqual(["A ketch is another kind of boat.", "It carries two masts."]);
  });

  it("does not go on with another matter", async () => {
    const files = { "a.txt": FILES["a.txt"].replace("It carries two masts. ", "") };
    const [block] = await compose("What is a ketch?", files, ["A ketch", "There are", "The sea"], 6);
    expect(block!.texts).toEqual(["A ketch is another kind of boat."]);
  });
});

describe("an item in several sentences", () => {
  const FILES = {
    "a.md":
      "# Alarms\n\n- E31 clock: the clock went back. Set it and try again.\n- E40 disk: the disk is full. Free some space.\n",
  };
  const ORDER = ["E31 clock", "E40 disk", "Set it"];

  it("is said whole", async () => {
    const [block] = await compose("E31 clock", FILES, ORDER, 6);
    expect(block!.texts).toEqual(["E31 clock: the clock went back.", "Set it and try again."]);
  });

  it.each(["Did the clock go back?", "Who set the clock back?"])(
    "is not, where one sentence answers: %s",
    async (asked) => {
      const [block] = await compose(asked, FILES, ORDER, 6);
      expect(block!.texts).toEqual(["E31 clock: the clock went back."]);
    },
  );
});

describe("a FAQ answer to another question than its own", () => {
  const FILES = {
    "a.md":
      "# Help\n\n## FAQ\n\n### Is there support?\n\nYes. It has two levels, Sand and Stone. Sand is free.\n\n### May I sell it?\n\nYes.\n",
  };

  it("leaves out the yes to its own", async () => {
    const [block] = await compose("What are the levels?", FILES, ["It has two", "Sand is"], 4);
    expect(block!.texts).toEqual(["It has two levels, Sand and Stone.", "Sand is free."]);
  });
});

describe("a table", () => {
  const FILES = {
    "a.md":
      "# Hall\n\n## Opening hours\n\n| Day | Open |\n| --- | --- |\n| Tuesday | 16:00–19:00 |\n| Thursday | 10:00–13:00 |\n\n" +
      "We close in August.\n\n## Membership\n\n| Kind | Price |\n| --- | --- |\n| Single | £28 |\n| Household | £42 |\n",
  };

  it("is told whole, under its heading, where that is what was asked for", async () => {
    expect(await composeOver(FILES, "What are your opening hours?")).toEqual([
      { intro: "Opening hours:", texts: ["Tuesday – Open: 16:00–19:00", "Thursday – Open: 10:00–13:00"] },
    ]);
  });

  it("is told whole where several rows are among the best", async () => {
    const [block] = await compose("What does it cost to join?", FILES, ["Household", "Single"]);
    expect(block).toEqual({ intro: "Membership:", texts: ["Single – Price: £28", "Household – Price: £42"] });
  });

  it("is not where a row is asked for", async () => {
    const [block] = await compose("What does household membership cost?", FILES, ["Household", "Single"], 6);
    expect(block!.texts).toEqual(["Household – Price: £42"]);
  });
});

describe("a heading with a date", () => {
  const FILES = {
    "a.md": "# News\n\n## Version 5.2 (12 February 2025)\n\nDark mode has come.\n\nIt came in May 2024.\n",
  };

  it("introduces what tells no date itself", async () => {
    const [block] = await compose("When did dark mode come out?", FILES, ["Dark mode", "It came"], 6);
    expect(block!.texts).toEqual(["Version 5.2 (12 February 2025): Dark mode has come."]);
  });

  it("is half as good as a date in the sentence", async () => {
    const { evidence } = await weigh("When did dark mode come out?", FILES);
    expect(new Map(evidence.map(({ text, features }) => [text, features.kind]))).toEqual(
      new Map([
        ["Dark mode has come.", 0.5],
        ["It came in May 2024.", 1],
      ]),
    );
  });
});

describe("a list", () => {
  const list = (heading: string, ...items: string[]) =>
    `## ${heading}\n\n${items.map((item) => `- ${item}`).join("\n")}\n\n`;
  const FILES = {
    "a.md":
      "# Ropes\n\n" +
      list("Kinds", "Hemp holds well", "Nylon stretches") +
      list("Main dangers", "Frost breaks fibres", "Salt dries them"),
  };

  it("that is named as what is asked for answers, though its items have no word of it", async () => {
    expect(await composeOver(FILES, "What are the dangers for ropes?")).toEqual([
      { intro: "Main dangers:", texts: ["Frost breaks fibres", "Salt dries them"] },
    ]);
  });

  it("whose items are ranked far below a sentence does not answer", async () => {
    const files = { ...FILES, "b.txt": "Songs\n\nThe shanty tells of a rope and a kind captain.\n" };
    const blocks = await compose("Which songs tell of a rope?", files, ["The shanty", "Hemp", "Nylon"], 6);
    expect(blocks).toEqual([{ intro: null, texts: ["The shanty tells of a rope and a kind captain."] }]);
  });
});

describe("a list under a line without a colon", () => {
  it("is told whole under that line, which is no answer itself", async () => {
    const files = {
      "club.md":
        "# Club\n\nThe hall is old. You can join the club if you\n\n- live in the town\n- are older than 18\n- own a boat\n\nThe cook makes soup.\n",
    };
    const { ranked } = await weigh("Which people can join the club?", files);
    const order = ["live in the town", "are older than 18", "own a boat", "The cook", "The hall"];
    expect(ranked(order, 2).map(({ text }) => text)).not.toContain("You can join the club if you");
    expect(await compose("Which people can join the club?", files, order, 2)).toEqual([
      { intro: "You can join the club if you:", texts: ["live in the town", "are older than 18", "own a boat"] },
    ]);
  });
});
