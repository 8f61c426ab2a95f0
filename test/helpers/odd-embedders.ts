import { HashEmbedder } from "./hash-embedder.js";

/** Fails at every query, with what nobody outside should read. */
export class FaultyEmbedder extends HashEmbedder {
  override embedQuery(): Promise<Float32Array> {
    return Promise.reject(new Error("secret of /srv/model.onnx"));
  }
}

/** Stops at the first query until it is let go on, and counts the queries. */
export class GatedEmbedder extends HashEmbedder {
  queries = 0;
  readonly asked: Promise<void>;
  letGo: () => void = () => {};
  #tellAsked: () => void = () => {};
  readonly #gate: Promise<void>;

  constructor() {
    super();
    this.asked = new Promise((resolve) => (this.#tellAsked = resolve));
    this.#gate = new Promise((resolve) => (this.letGo = resolve));
  }

  override async embedQuery(text: string): Promise<Float32Array> {
    this.queries++;
    this.#tellAsked();
    await this.#gate;
    return super.embedQuery(text);
  }
}
