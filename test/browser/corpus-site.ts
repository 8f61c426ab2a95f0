import { beforeAll } from "vitest";
import type { AppDeps } from "../../src/app.js";
import type { Embedder } from "../../src/embed/embedder.js";
import type { PassageIndex } from "../../src/search/passage-index.js";
import { appOver, bundledModel, folderForFile, openIndex } from "../http/app-under-test.js";
import { startedSite } from "./site.js";

/** Starts a real server over an index that all tests of the file share. */
export type CorpusSite = (settings?: Partial<AppDeps>) => ReturnType<typeof startedSite>;

/** Makes the index before the first test: of the shipped corpus with its model, or of files with a given embedder. */
export function corpusSite(files?: Record<string, string>, given?: Embedder): CorpusSite {
  const folder = folderForFile();
  let embedder: Embedder;
  let index: PassageIndex;
  beforeAll(async () => {
    embedder = given ?? (await bundledModel());
    index = await openIndex(folder, embedder, files);
  });
  return (settings) => startedSite(appOver(index, embedder, settings).app);
}
