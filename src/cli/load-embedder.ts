import { downloadReporter } from "./report.js";
import type { Config } from "../config.js";
import type { Embedder } from "../embed/embedder.js";
import { loadTransformersEmbedder } from "../embed/transformers-embedder.js";

/**
 * Loads the embedding model that the settings name; a model of the hub that is not there yet is downloaded, with its
 * progress on stderr.
 *
 * @throws StartupError if it cannot be had, loaded or run as the settings say
 */
export function loadEmbedder(config: Config): Promise<Embedder> {
  return loadTransformersEmbedder(config.embeddingModel, config.modelsDir, {
    overrides: config.embeddingOverrides,
    cacheDir: config.modelCacheDir,
    hub: config.hub,
    onDownload: downloadReporter(process.stderr, config.embeddingModel),
  });
}
