import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  embeddedTextOf,
  embeddedTextOfUnit,
  splitPassages,
  type SplitterSettings,
} from "../../corpus/split-passages.js";
import type { Embedder } from "../../embed/embedder.js";
import type { HnswIndex } from "../../search/hnsw-index.js";
import { FolderStore } from "../../search/folder-store.js";
import { recipeFor, UNFITTED } from "../../search/manifest.js";
import { ByteVectors } from "../../search/byte-vectors.js";
import type { Block, Document, Passage } from "../../types.js";
import type { CollectionDocument } from "./types.js";

/**
 * The longest passage, in characters: what the embedder reads of a text. So all but the longest documents of a collection are
 * one passage, as in the published figures, and longer ones are cut where the product would cut them.
 */
const WHOLE_DOCUMENT: SplitterSettings = { maxChars: 2000 };

/** A collection in an index of the product's. */
export interface OpenCollection {
  index: HnswIndex;
  passages: readonly Passage[];
  /** Of each passage. */
  vectors: readonly Float32Array[];
}

/** Indexes a collection as the product indexes a corpus, and removes the index after the task. */
export async function withCollection<T>(
  documents: readonly CollectionDocument[],
  embedder: Embedder,
  task: (open: OpenCollection) => Promise<T>,
  settings: SplitterSettings = WHOLE_DOCUMENT,
): Promise<T> {
  const texts = documents.map((document) => documentOf(document));
  const passages = texts.flatMap((document) => splitPassages(document, settings));
  const vectors = await embedder.embedPassages(passages.map((passage) => embeddedTextOf(passage)));
  const textOf = new Map(texts.map(({ id, text }) => [id, text]));
  const unitTexts = passages.flatMap((passage) =>
    passage.units.map((unit) => embeddedTextOfUnit(passage, unit, textOf.get(passage.documentId)!)),
  );
  const units = ByteVectors.allocate(unitTexts.length, embedder.fingerprint.dimensions);
  (await embedder.embedPassages(unitTexts)).forEach((vector, at) => units.set(at, vector));
  const store = new FolderStore(await mkdtemp(path.join(tmpdir(), "docent-retrieval-")));
  try {
    const manifest = await store.publish(
      { documents: texts, passages, vectors, units },
      { recipe: recipeFor(embedder.fingerprint, settings), files: {} },
      // Nothing is refused here.
      async () => UNFITTED,
      () => {},
    );
    return await task({ index: await store.open(manifest), passages, vectors });
  } finally {
    await rm(store.folder, { recursive: true, force: true });
  }
}

/** A text of a collection as a parser would hand it over: one paragraph below its title, or one FAQ item. */
function documentOf({ id, title, question, text }: CollectionDocument): Document {
  const whole = question === null ? text : `${question}\n\n${text}`;
  const questionSpan = { start: 0, end: question?.length ?? 0 };
  const answerSpan = { start: question === null ? 0 : question.length + 2, end: whole.length };
  const heading: Block[] = question === null ? [] : [{ kind: "heading", level: 2, ...questionSpan }];
  const faq =
    question === null ? [] : [{ id: `${id}-faq`, documentId: id, question: questionSpan, answer: answerSpan }];
  return {
    id,
    title,
    path: `${id}.txt`,
    format: "txt",
    text: whole,
    blocks: [...heading, { kind: "paragraph", ...answerSpan }],
    sections: [{ headings: [], start: 0, end: whole.length }],
    times: [],
    faq,
    media: null,
    url: null,
    contentHash: createHash("sha256").update(whole).digest("hex"),
    updatedAt: new Date(0).toISOString(),
  };
}
