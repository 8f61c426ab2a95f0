import type { EmbedderFingerprint } from "./embed/embedder.js";
import { DocentError, messageOf, StartupError } from "./errors.js";
import type { IndexStore } from "./search/index-store.js";
import { embedderDifference } from "./search/manifest.js";

export interface RollbackSummary {
  buildId: string;
  /** When it was built, ISO 8601. */
  builtAt: string;
  documents: number;
  passages: number;
  faqItems: number;
}

/**
 * Puts the build before the one in use in its place again, after checking that it is whole; a second time, the later one.
 * It stays until the next ingest. Running servers take it up by themselves.
 *
 * @throws StartupError if there is no other build, if it is damaged or was made with another model; nothing is changed then
 */
export async function rollBack(store: IndexStore, embedder: EmbedderFingerprint): Promise<RollbackSummary> {
  if ((await store.currentId()) === null) {
    throw new StartupError(`${store.place} holds no index. Run "npm run ingest".`);
  }
  return store.exclusively(async () => {
    const build = await store.otherId();
    if (build === null) {
      throw new StartupError(`${store.place} holds no build but the one in use, so there is none to go back to.`);
    }
    const manifest = await store.manifest(build);
    if (manifest === null) throw new StartupError(notWhole("its manifest cannot be read"));
    const difference = embedderDifference(manifest.recipe.embedder, embedder);
    if (difference !== null) throw new StartupError(notWhole(`${difference}; set EMBEDDING_MODEL back as well`));
    const index = await store.open(manifest).catch((error: unknown) => {
      throw error instanceof DocentError ? error : new StartupError(notWhole(messageOf(error)));
    });
    await store.goBackTo(build);
    return { buildId: manifest.buildId, builtAt: manifest.builtAt, ...index.counts };
  });
}

function notWhole(why: string): string {
  return `The build before cannot be used (${why}). The one in use stays.`;
}
