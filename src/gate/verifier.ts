import { existsSync } from "node:fs";
import path from "node:path";
import { isHubId } from "../embed/transformers-embedder.js";
import type { HubSettings } from "../embed/hub.js";
import { countWeightsFiles, type Dtype, graphFile, missingFiles } from "../embed/model-files.js";
import { type PullProgress, pullModel } from "../embed/pull.js";
import { messageOf, StartupError } from "../errors.js";

/** A model of natural language inference: a second opinion on what the words of a source say. */
export interface Verifier {
  /** How likely it is that the premise entails the claim, 0 to 1. */
  entailment(premise: string, claim: string): Promise<number>;
  close(): Promise<void>;
}

export interface VerifierSettings {
  /** A folder in the hub's layout, or a hub id. */
  model: string;
  cacheDir: string;
  hub: HubSettings;
  /** Told while a model of the hub is downloaded. */
  onDownload?: (progress: PullProgress) => void;
}

/** Which of a model's classes says that one follows from the other. */
const ENTAILS = /^entail/i;

/**
 * Loads a sequence classifier for pairs of sentences through transformers.js, such as one trained on MNLI.
 *
 * @throws StartupError if it cannot be had or loaded, or has no class for entailment
 */
export async function loadVerifier({ model, cacheDir, hub, onDownload }: VerifierSettings): Promise<Verifier> {
  const local = path.resolve(model);
  const isLocal = existsSync(path.join(local, "config.json"));
  if (!isLocal && !isHubId(model)) {
    throw new StartupError(
      `VERIFIER_MODEL: "${model}" is neither a folder with a config.json nor a hub id such as "Xenova/nli-deberta-v3-xsmall".`,
    );
  }
  const folder = isLocal ? local : path.resolve(cacheDir, model);
  const dtype: Dtype = isLocal && !existsSync(path.join(folder, graphFile("q8"))) ? "fp32" : "q8";
  const progress = onDownload === undefined ? {} : { onProgress: onDownload };
  if (!isLocal)
    await pullModel({ id: model, cacheDir, dtype, hub, ...progress }).catch((error: unknown) =>
      fault(messageOf(error)),
    );
  const missing = missingFiles(folder, dtype);
  if (missing.length > 0) fault(`"${model}" could not be loaded: it lacks ${missing.join(", ")}.`);
  return openVerifier(folder, dtype).catch((error: unknown) =>
    fault(`"${model}" could not be loaded: ${messageOf(error)}`),
  );
}

function fault(message: string): never {
  // What to do about an embedding model is said where models are downloaded; here the setting is another.
  throw new StartupError(`VERIFIER_MODEL: ${message.replace(/; or set EMBEDDING_MODEL .*$/, ", or set it off.")}`);
}

async function openVerifier(folder: string, dtype: Dtype): Promise<Verifier> {
  const { AutoModelForSequenceClassification, AutoTokenizer, env } = await import("@xenova/transformers");
  env.allowRemoteModels = false;
  const tokenizer = await AutoTokenizer.from_pretrained(folder);
  const classifier = await AutoModelForSequenceClassification.from_pretrained(folder, {
    dtype,
    use_external_data_format: countWeightsFiles(folder, dtype),
    session_options: { intraOpNumThreads: 1, interOpNumThreads: 1 },
  });
  const labels = Object.entries((classifier.config as unknown as { id2label?: Record<string, string> }).id2label ?? {});
  const entails = labels.find(([, label]) => ENTAILS.test(label))?.[0];
  if (entails === undefined) throw new Error("its config.json names no class for entailment (id2label).");
  return {
    async entailment(premise, claim) {
      const inputs: unknown = tokenizer(premise, { text_pair: claim, truncation: true, padding: true });
      const { logits } = (await classifier(inputs)) as { logits: { data: Float32Array } };
      return softmax(logits.data)[Number(entails)]!;
    },
    close: async () => void (await classifier.dispose()),
  };
}

function softmax(logits: Float32Array): number[] {
  const most = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - most));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
