import { describe, expect, it } from "vitest";
import { listsIn } from "../../../src/answer/lists-in.js";
import { textOf } from "../../../src/answer/unit-text.js";
import { weigh } from "../../helpers/evidence.js";

async function listsOf(text: string): Promise<{ kind: string; before: string | null; items: string[] }[]> {
  const { hits } = await weigh("What is there?", { "a.md": text });
  return listsIn(hits).map(({ kind, before, items }) => ({
    kind,
    before: before === null ? null : textOf(before.passage, before.unit),
    items: items.map(({ passage, unit }) => textOf(passage, unit)),
  }));
}

describe("lists in passages", () => {
  it("are items under one lead-in, with the sentence before them", async () => {
    expect(await listsOf("# Boats\n\nThe boats come in two kinds.\n\n- ketches\n- yawls\n")).toEqual([
      { kind: "items", before: "The boats come in two kinds.", items: ["ketches", "yawls"] },
    ]);
  });

  it("are the rows of a table", async () => {
    const [table, ...others] = await listsOf(
      "# Fares\n\n| Who | Fare |\n| --- | --- |\n| Adults | £4 |\n| Children | £2 |\n",
    );
    expect(table).toMatchObject({ kind: "rows", before: null });
    expect(table!.items).toHaveLength(2);
    expect(others).toEqual([]);
  });

  it("are sentences that count what they enumerate", async () => {
    const text =
      "# Rules\n\nWe ask three things of you. First, tie your boat up well. Use the iron rings. Second, keep the slip free. " +
      "Finally, put out the lamp. The lamp is older than the harbour.\n";
    expect(await listsOf(text)).toEqual([
      {
        kind: "sentences",
        before: "We ask three things of you.",
        items: ["First, tie your boat up well.", "Second, keep the slip free.", "Finally, put out the lamp."],
      },
    ]);
  });

  it.each([
    ["one sentence alone", "First, tie your boat up well. The slip is free."],
    ["sentences far apart", "One boat sank. Gulls cried. Nobody came. It rained. It rained again. Another boat sank."],
    ["what nothing began", "The slip is free. Another boat came in. Then it rained."],
  ])("are not %s", async (_, text) => {
    expect(await listsOf(`# Boats\n\n${text}\n`)).toEqual([]);
  });
});
