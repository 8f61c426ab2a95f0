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
