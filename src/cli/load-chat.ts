import type { ChatModel } from "../chat-model/chat-model.js";
import { langChainModel } from "../chat-model/langchain-model.js";
import type { Config } from "../config.js";
import { loadVerifier, type Verifier } from "../gate/verifier.js";
import { downloadReporter } from "./report.js";

/** The chat model that the settings name; null where none is. Nothing is loaded before it is asked. */
export function chatModelOf({ chatModel }: Config): ChatModel | null {
  return chatModel === null ? null : langChainModel(chatModel);
}

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
