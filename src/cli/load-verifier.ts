import { loadVerifier, type Verifier } from "../gate/verifier.js";
import type { Config } from "../config.js";
import { downloadReporter } from "./report.js";

/**
 * Loads the model that gives a second opinion on a chat model's sentences; null where none is set, or nothing to judge.
 *
 * @throws StartupError if it cannot be had or loaded
 */
export async function loadVerifierOf({
  verifierModel,
  chatModel,
  modelCacheDir,
  hub,
}: Config): Promise<Verifier | null> {
  if (verifierModel === null || chatModel === null) return null;
  const onDownload = downloadReporter(process.stderr, verifierModel);
  return loadVerifier({ model: verifierModel, cacheDir: modelCacheDir, hub, onDownload });
}
