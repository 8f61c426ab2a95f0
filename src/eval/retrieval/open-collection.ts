import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { embeddedTextOf, splitPassages, type SplitterSettings } from "../../corpus/split-passages.js";
import type { Embedder } from "../../embed/embedder.js";
import { HnswIndex } from "../../search/hnsw-index.js";
import { publishBuild } from "../../search/index-folder.js";
import { recipeFor, UNFITTED } from "../../search/manifest.js";
import { ByteVectors } from "../../search/byte-vectors.js";
import { writeHnswIndex } from "../../search/write-index.js";
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
  // Sentences take no part in ranking, so they are not embedded.
  const units = ByteVectors.allocate(
    passages.reduce((sum, passage) => sum + passage.units.length, 0),
    embedder.fingerprint.dimensions,
  );
  const faqItems = passages.filter(({ kind }) => kind === "faq").length;
  const counts = { documents: texts.length, passages: passages.length, units: units.count, faqItems, terms: 0 };
  const folder = await mkdtemp(path.join(tmpdir(), "docent-retrieval-"));
  try {
    const manifest = await publishBuild(
      folder,
      async (build) => {
        const content = { documents: texts, passages, vectors, units };
        const written = await writeHnswIndex(build, content, embedder.fingerprint.dimensions, () => {});
        counts.terms = written.terms;
      },
      { recipe: recipeFor(embedder.fingerprint, settings), files: {}, counts },
      // Nothing is refused here.
      async () => UNFITTED,
    );
    const index = await HnswIndex.load(path.join(folder, manifest.buildId), manifest);
    return await task({ index, passages, vectors });
  } finally {
    await rm(folder, { recursive: true, force: true });
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
