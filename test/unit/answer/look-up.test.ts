import { describe, expect, it } from "vitest";
import { lookUp } from "../../../src/answer/look-up.js";
import { openFiles } from "../../helpers/corpus.js";

describe("lookUp", () => {
  it("keeps a list named as what is asked for, though many passages are nearer", async () => {
    const files: Record<string, string> = {
      "list.md":
        "# Ropes\n\n## Main dangers\n\n- Frost breaks fibres\n- Salt dries them\n\n## Colours\n\n- Red\n- Blue\n",
    };
    for (let i = 0; i < 16; i++)
      files[`n${i}.txt`] = `Note ${i}\n\nSailors face dangers in harbour ${i} with anchors and chains.\n`;
    const deps = await openFiles(files);
    const headingsOf = async (question: string): Promise<(string | undefined)[]> =>
      (await lookUp(deps, question)).hits.map(({ passage }) => passage.headings.at(-1));
    const listed = await headingsOf("What are the dangers that sailors face in harbour with anchors and chains?");
    expect(listed.indexOf("Main dangers")).toBeGreaterThanOrEqual(12);
    expect(listed).toHaveLength(13);
    expect(await headingsOf("Do sailors face dangers in harbour with anchors and chains?")).toHaveLength(12);
  });
});

describe("a question for a time in a recording", () => {
  const FILES = {
    "talk.md": `# Talk about lighthouses

The keeper lit the lamp every evening and slept by day. <a class="yt-timestamp" data-t="00:02:10">[02:10]</a>

Steamers paid a toll of two shillings for the light. <a class="yt-timestamp" data-t="00:14:35">[14:35]</a>
`,
    "tolls.md": `# Tolls of the harbour

Steamers paid a toll of nine shillings for the pilot. The toll for steamers was raised in 1871.
`,
  };

  it("is answered by what has a time, though other words are nearer", async () => {
    const deps = await openFiles(FILES);
    const { evidence } = await lookUp(deps, "When in the talk is the toll of the steamers mentioned?");
    expect(evidence.map(({ unit }) => unit.seconds)).toContain(875);
    expect(evidence.every(({ unit }) => unit.seconds !== null)).toBe(true);
    const { evidence: untimed } = await lookUp(deps, "When was the toll for steamers raised?");
    expect(untimed.some(({ unit }) => unit.seconds === null)).toBe(true);
  });

  it("is answered by anything where nothing has a time", async () => {
    const deps = await openFiles({ "tolls.md": FILES["tolls.md"] });
    const { evidence } = await lookUp(deps, "When in the talk is the toll of the steamers mentioned?");
    expect(evidence.length).toBeGreaterThan(0);
  });
});
