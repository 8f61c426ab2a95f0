import type { EmbedderFingerprint } from "../embed/embedder.js";
import { DocentError, messageOf, StartupError } from "../errors.js";
import type { IndexStore } from "./index-store.js";
import { embedderDifference } from "./manifest.js";
import type { PassageIndex } from "./passage-index.js";

/** How often a running server looks for a new build. */
const LOOK_EVERY_MS = 2000;

/**
 * The index in use. A new build is loaded beside the old one and then takes its place; a request keeps the index it
 * began with. A build that cannot be loaded leaves the old one in use.
 */
export class LiveIndex {
  #index: PassageIndex | null = null;
  #failedBuild: string | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    readonly store: IndexStore,
    readonly onChange: (message: string, failed: boolean) => void = () => {},
  ) {}

  get current(): PassageIndex | null {
    return this.#index;
  }

  /**
   * Loads the current build if it is not the one in use.
   *
   * @param embedder the model that questions are embedded with, if it is known: vectors of another do not compare
   * @throws StartupError if the build is damaged or was made with another model
   * @throws DocentError if the store is away
   */
  async refresh(embedder?: EmbedderFingerprint): Promise<void> {
    const build = await this.store.currentId();
    if (build === null || build === this.#index?.buildId || build === this.#failedBuild) return;
    const manifest = await this.store.manifest(build);
    if (manifest === null) return;
    try {
      const difference = embedder === undefined ? null : embedderDifference(manifest.recipe.embedder, embedder);
      if (difference !== null)
        throw new StartupError(`The index does not fit: ${difference}, so all passages must be embedded again.`);
      this.#index = await this.store.open(manifest);
    } catch (error) {
      // A store that is away says nothing of the build: it is asked again.
      if (!(error instanceof DocentError)) this.#failedBuild = build;
      throw error;
    }
    this.onChange(`index ${manifest.buildId} is in use`, false);
  }

  /** Looks for a new build every two seconds until `stop`. */
  watch(embedder: EmbedderFingerprint): void {
    let fault: string | null = null;
    const look = (): void => {
      this.refresh(embedder)
        .then(() => (fault = null))
        .catch((error: unknown) => {
          // What lasts is told once.
          if (fault !== messageOf(error)) this.onChange(messageOf(error), true);
          fault = messageOf(error);
        })
        .finally(() => {
          if (this.#timer !== null) this.#timer = setTimeout(look, LOOK_EVERY_MS).unref();
        });
    };
    this.#timer = setTimeout(look, LOOK_EVERY_MS).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
