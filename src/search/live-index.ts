import { messageOf } from "../errors.js";
import { HnswIndex } from "./hnsw-index.js";
import { currentBuild, readManifest } from "./index-folder.js";
import type { PassageIndex } from "./passage-index.js";

/** How often a running server looks for a new build. */
const LOOK_EVERY_MS = 2000;

/**
 * The index in use. A new build is loaded beside the old one and then takes its place; a request keeps the index it
 * began with. A build that cannot be loaded leaves the old one in use.
 */
export class LiveIndex {
  #index: HnswIndex | null = null;
  #failedBuild: string | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    readonly indexDir: string,
    readonly onChange: (message: string, failed: boolean) => void = () => {},
  ) {}

  get current(): PassageIndex | null {
    return this.#index;
  }

  /**
   * Loads the current build if it is not the one in use.
   *
   * @throws StartupError if it is damaged
   */
  async refresh(): Promise<void> {
    const build = await currentBuild(this.indexDir);
    if (build === null || build.endsWith(this.#index?.buildId ?? "\u0000") || build === this.#failedBuild) return;
    const manifest = await readManifest(build);
    if (manifest === null) return;
    try {
      this.#index = await HnswIndex.load(build, manifest);
    } catch (error) {
      this.#failedBuild = build;
      throw error;
    }
    this.onChange(`index ${manifest.buildId} is in use`, false);
  }

  watch(): void {
    const look = (): void => {
      this.refresh()
        .catch((error: unknown) => this.onChange(messageOf(error), true))
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
