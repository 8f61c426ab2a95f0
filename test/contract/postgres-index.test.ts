import { DEFAULT_SPLITTER } from "../../src/corpus/split-passages.js";
import { recipeFor, UNFITTED } from "../../src/search/manifest.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { temporaryStore } from "../helpers/postgres.js";
import { passageIndexContract } from "./passage-index.contract.js";

passageIndexContract("PostgresIndex", async (content, dimensions) => {
  const store = await temporaryStore();
  const recipe = recipeFor(new HashEmbedder({ dimensions }).fingerprint, DEFAULT_SPLITTER);
  const manifest = await store.exclusively(() =>
    store.publish(
      content,
      { recipe, files: {} },
      async () => UNFITTED,
      () => {},
    ),
  );
  return store.open(manifest);
});
