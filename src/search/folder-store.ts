import path from "node:path";
import { withLock } from "../folder-lock.js";
import { HnswIndex } from "./hnsw-index.js";
import {
  currentBuild,
  goBackTo,
  isPinned,
  otherBuild,
  pruneBuilds,
  publishBuild,
  readManifest,
  unpin,
} from "./index-folder.js";
import { countsOf, type IndexContent, type IndexOrigin, type IndexStore } from "./index-store.js";
import type { IndexManifest, RefusalFit } from "./manifest.js";
import type { PassageIndex } from "./passage-index.js";

/** Builds of the embedded index, each a folder in the index folder (index-folder.ts). */
export class FolderStore implements IndexStore {
  readonly place: string;

  constructor(readonly folder: string) {
    this.place = `INDEX_DIR: "${folder}"`;
  }

  currentId(): Promise<string | null> {
    return currentBuild(this.folder).then(idOf);
  }

  otherId(): Promise<string | null> {
    return otherBuild(this.folder).then(idOf);
  }

  manifest(buildId: string): Promise<IndexManifest | null> {
    return readManifest(this.#build(buildId));
  }

  open(manifest: IndexManifest): Promise<HnswIndex> {
    return HnswIndex.load(this.#build(manifest.buildId), manifest);
  }

  async publish(
    content: IndexContent,
    origin: IndexOrigin,
    measure: (index: PassageIndex) => Promise<RefusalFit>,
    onProgress: (done: number) => void,
  ): Promise<IndexManifest> {
    const counts = { ...countsOf(content), terms: 0 };
    return publishBuild(
      this.folder,
      async (folder) => {
        // Imported here, because a server whose index is up to date never needs LangChain.
        const { writeHnswIndex } = await import("./write-index.js");
        const { dimensions } = origin.recipe.embedder;
        counts.terms = (await writeHnswIndex(folder, content, dimensions, onProgress)).terms;
      },
      { ...origin, counts },
      async (folder, provisional) => measure(await HnswIndex.load(folder, provisional)),
    );
  }

  goBackTo(buildId: string): Promise<void> {
    return goBackTo(this.folder, this.#build(buildId));
  }

  isPinned(): Promise<boolean> {
    return isPinned(this.folder);
  }

  unpin(): Promise<void> {
    return unpin(this.folder);
  }

  prune(previous?: string | null): Promise<void> {
    return pruneBuilds(this.folder, previous);
  }

  exclusively<T>(task: () => Promise<T>): Promise<T> {
    return withLock(this.folder, task);
  }

  async check(): Promise<void> {} // What is answered from is in memory.

  async close(): Promise<void> {}

  #build(buildId: string): string {
    return path.join(this.folder, buildId);
  }
}

function idOf(build: string | null): string | null {
  return build === null ? null : path.basename(build);
}
