import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { turn } from "../../src/threads/turns.js";

describe("turns", () => {
  it("lets one caller go on each time the event loop comes round, in the order of asking", async () => {
    const gone: string[] = [];
    const went = ["first", "second", "third"].map(async (name) => {
      await turn();
      gone.push(name);
    });
    const seen: string[][] = [];
    for (let round = 0; round < 4; round++) {
      seen.push([...gone]);
      await setImmediate();
    }
    await Promise.all(went);
    expect(gone).toEqual(["first", "second", "third"]);
    // One more at most from one round to the next.
    for (const [round, there] of seen.entries()) expect(there.length).toBeLessThanOrEqual(round);
  });

  it("lets a caller who asks again wait behind those who wait already", async () => {
    const gone: string[] = [];
    const twice = (async () => {
      await turn();
      gone.push("a");
      await turn();
      gone.push("a again");
    })();
    const once = turn().then(() => gone.push("b"));
    await Promise.all([twice, once]);
    expect(gone).toEqual(["a", "b", "a again"]);
  });
});
