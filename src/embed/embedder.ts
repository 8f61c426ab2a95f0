import type { Pooling } from "./families.js";

/** Everything that changes vectors. Two indexes with equal fingerprints hold comparable vectors. */
export interface EmbedderFingerprint {
  /** As it was set: the bundled model's name, a folder, or a hub id. */
  model: string;
  /** Hash of the model's files. */
  revision: string;
  dtype: string;
  pooling: Pooling;
  queryPrefix: string;
  passagePrefix: string;
  /** Numbers in a vector. */
  dimensions: number;
  /** Longer texts are cut there. */
  maxTokens: number;
  /** What else the model's manner asks for, such as a layer norm before a cut; empty for most. */
  manner: string;
}

/** Turns texts into vectors of length 1, so that a dot product is a cosine. */
export interface Embedder {
  readonly fingerprint: EmbedderFingerprint;
  /** Whether the model has the word in its vocabulary whole, so that it is unlikely to be a slip of the pen. */
  knowsWord(word: string): boolean;
  /** One vector of `fingerprint.dimensions` numbers. */
  embedQuery(text: string): Promise<Float32Array>;
  /** One vector a text, in the order of the texts. `onProgress` is told how many texts are done. */
  embedPassages(texts: readonly string[], onProgress?: (done: number) => void): Promise<Float32Array[]>;
  /** Ends what works for it. Called once, when nothing more will be embedded. */
  close(): Promise<void>;
}
