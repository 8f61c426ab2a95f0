import type { Embedder } from "../../../src/embed/embedder.js";
import { ingest } from "../../../src/ingest.js";
import type { IndexStore } from "../../../src/search/index-store.js";

export interface IngestTimes {
  wholeSeconds: number;
  /** Writing the build alone: without reading, embedding, and fitting the decision to answer. */
  writeSeconds: number;
}

/** Ingests a corpus into an empty store. */
export async function timedIngest(corpusDir: string, store: IndexStore, embedder: Embedder): Promise<IngestTimes> {
  let writeMs = 0;
  const publish = store.publish.bind(store);
  store.publish = async (content, origin, measure, onProgress) => {
    const started = performance.now();
    let measureMs = 0;
    const manifest = await publish(
      content,
      origin,
      async (index) => {
        const measuring = performance.now();
        const fit = await measure(index);
        measureMs = performance.now() - measuring;
        return fit;
      },
      onProgress,
    );
    writeMs = performance.now() - started - measureMs;
    return manifest;
  };
  const started = performance.now();
  await ingest({ corpusDir, store, embedder });
  return { wholeSeconds: (performance.now() - started) / 1000, writeSeconds: writeMs / 1000 };
}
