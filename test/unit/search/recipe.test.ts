import { describe, expect, it } from "vitest";
import { DEFAULT_SPLITTER } from "../../../src/corpus/split-passages.js";
import { recipeDifference, recipeFor } from "../../../src/search/manifest.js";
import { HashEmbedder } from "../../helpers/hash-embedder.js";

describe("an index's recipe", () => {
  const now = recipeFor(new HashEmbedder().fingerprint, DEFAULT_SPLITTER);

  it("is the same as itself", () => {
    expect(recipeDifference(now, structuredClone(now))).toBeNull();
  });

  it("is of another version where its threshold was fitted for other models, or nobody noted which", () => {
    const { decision, ...unnoted } = now;
    for (const before of [{ ...now, decision: decision - 1 }, unnoted as typeof now])
      expect(recipeDifference(before, now)).toBe("what to refuse is decided differently by this version");
  });
});
