import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerQuestion } from "../../src/answer/answer-question.js";
import { langChainModel } from "../../src/chat-model/langchain-model.js";
import { DEFAULT_HUB } from "../../src/embed/hub.js";
import { loadVerifier, type Verifier } from "../../src/gate/verifier.js";
import { bertFiles } from "../../scripts/bench/bert.js";
import { ELEMENT, OnnxGraph } from "../../scripts/bench/onnx.js";
import { temporaryFolder, writeFiles } from "../helpers/folders.js";
import { idOf, settingsFor } from "../helpers/scripted-model.js";
import { folderForFile } from "../http/app-under-test.js";
import { libraryForFile } from "./library.js";

const WORDS = ["hall", "built", "town", "1931", "closed", "sundays"];
const FIRST_WORD = 5;

/** A classifier that takes "closed" for a contradiction and all else for entailment: each word adds its own three numbers. */
function classifier(): Buffer {
  const graph = new OnnxGraph();
  const ids = graph.input("input_ids", ELEMENT.int64, ["batch", "tokens"]);
  for (const name of ["attention_mask", "token_type_ids"]) graph.input(name, ELEMENT.int64, ["batch", "tokens"]);
  const table = new Float32Array((FIRST_WORD + WORDS.length) * 3);
  table[0] = 0;
  for (let id = 0; id < FIRST_WORD + WORDS.length; id++) table[id * 3 + 1] = 0.5;
  table[(FIRST_WORD + WORDS.indexOf("closed")) * 3] = 20;
  const rows = graph.apply("Gather", [graph.constant(table, [FIRST_WORD + WORDS.length, 3]), ids]);
  graph.output("logits", graph.apply("ReduceSum", [rows, graph.integers(1)], { keepdims: { int: 0 } }), ELEMENT.float, [
    "batch",
    3,
  ]);
  return graph.serialize();
}

async function modelFolder(labels: Record<string, string>, folder = temporaryFolder()): Promise<string> {
  const shape = { layers: 1, hidden: 8, heads: 1, intermediate: 8, positions: 64 };
  const files = bertFiles(WORDS, shape);
  const config = JSON.parse(files["config.json"]!.toString()) as object;
  const named = { ...config, architectures: ["BertForSequenceClassification"], id2label: labels, num_labels: 3 };
  await writeFiles(folder, {
    ...files,
    "config.json": Buffer.from(JSON.stringify(named)),
    "onnx/model.onnx": classifier(),
  });
  return folder;
}

const LABELS = { 0: "contradiction", 1: "entailment", 2: "neutral" };
const settings = (model: string) => ({
  model,
  cacheDir: path.join(temporaryFolder(), "cache"),
  hub: { ...DEFAULT_HUB, offline: true },
});

describe("a model of natural language inference", () => {
  const library = libraryForFile();
  let verifier: Verifier;
  const ownFolder = folderForFile();
  beforeAll(async () => {
    verifier = await loadVerifier({
      model: await modelFolder(LABELS, ownFolder),
      cacheDir: ownFolder,
      hub: DEFAULT_HUB,
    });
  });
  afterAll(() => verifier.close());

  it("says how likely one sentence follows from another", async () => {
    expect(await verifier.entailment("The hall was built", "built hall")).toBeGreaterThan(0.9);
    expect(await verifier.entailment("The hall was built", "the hall is closed")).toBeLessThan(0.1);
  });

  it("stops what the words alone would let through, and nothing else", async () => {
    library.model.plays((asked) => ({
      pieces: [
        `The town hall was built in 1931 [${idOf(asked, "1931")}]. It is closed on Sundays [${idOf(asked, "Sundays")}].`,
      ],
    }));
    const deps = {
      index: library.index,
      embedder: library.embedder,
      chatModel: langChainModel(settingsFor(library.baseUrl)),
    };
    const request = { question: "When was the town hall built, and when is the library closed?" };
    const without = await answerQuestion(deps, request);
    expect(without.verification!.map(({ result }) => result)).toEqual(["verified", "verified"]);
    const withOpinion = await answerQuestion({ ...deps, verifier }, request);
    expect(withOpinion.verification![0]).toEqual({ sentence: 0, result: "verified", reason: null });
    expect(withOpinion.verification![1]).toMatchObject({ result: "replaced", reason: "entailment" });
  });

  it.each([
    ["no such folder", async () => "no such model", /^VERIFIER_MODEL: "no such model" is neither a folder/],
    [
      "no class for entailment",
      () => modelFolder({ 0: "bad", 1: "good", 2: "ugly" }),
      /^VERIFIER_MODEL: .* names no class for entailment/,
    ],
    [
      "an empty folder",
      async () => {
        const folder = temporaryFolder();
        await writeFiles(folder, { "config.json": "{}" });
        return folder;
      },
      /^VERIFIER_MODEL: .* it lacks tokenizer\.json/,
    ],
    ["a hub that must not be asked", async () => "some/model", /^VERIFIER_MODEL|HF_HUB_OFFLINE/],
  ])("with %s stops the start with one line", async (_, make, message) => {
    const model = await make();
    await expect(loadVerifier(settings(model))).rejects.toThrow(message);
  });
});
