import { createHash } from "node:crypto";
import type { Embedder, EmbedderFingerprint } from "../../src/embed/embedder.js";
import { termsOf } from "../../src/search/tokenize.js";

/**
 * An embedder without a model: every term is hashed to a direction, a text is the normalised sum of its terms. Texts that
 * share words are near each other, which is all that tests of everything but the model need.
 */
export class HashEmbedder implements Embedder {
  readonly fingerprint: EmbedderFingerprint;
  /** How many texts were embedded, to see what was reused. */
  embedded = 0;

  constructor({ dimensions = 64, revision = "1" } = {}) {
    this.fingerprint = {
      model: "hash",
      revision,
      dtype: "fp32",
      pooling: "mean",
      queryPrefix: "",
      passagePrefix: "",
      dimensions,
      maxTokens: 512,
      manner: "",
    };
  }

  knowsWord(): boolean {
    return false;
  }

  embedQuery(text: string): Promise<Float32Array> {
    return Promise.resolve(this.#embed(text));
  }

  embedPassages(texts: readonly string[], onProgress?: (done: number) => void): Promise<Float32Array[]> {
    this.embedded += texts.length;
    onProgress?.(texts.length);
    return Promise.resolve(texts.map((text) => this.#embed(text)));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #embed(text: string): Float32Array {
    const { dimensions } = this.fingerprint;
    const sum = new Float32Array(dimensions);
    for (const term of termsOf(text)) {
      const digest = createHash("sha256").update(this.fingerprint.revision).update(term).digest();
      for (let i = 0; i < dimensions; i++) sum[i]! += (digest[i % digest.length]! - 127.5) / 127.5;
    }
    const length = Math.hypot(...sum);
    return length === 0 ? sum : sum.map((value) => value / length);
  }
}
