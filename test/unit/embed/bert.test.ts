import path from "node:path";
import { pipeline, env, type FeatureExtractionPipeline } from "@xenova/transformers";
import { describe, expect, it } from "vitest";
import { bertFiles, type BertWeights } from "../../../scripts/bench/bert.js";
import { temporaryFolder, writeFiles } from "../../helpers/folders.js";

const WORDS = ["the", "moon", "orbits", "earth", "bread", "is", "baked"];
const SHAPE = { layers: 2, hidden: 32, heads: 4, intermediate: 64, positions: 16 };

async function open(weights: BertWeights): Promise<FeatureExtractionPipeline> {
  const folder = temporaryFolder();
  await writeFiles(folder, bertFiles(WORDS, SHAPE, weights));
  env.allowRemoteModels = false;
  env.localModelPath = path.dirname(folder);
  const dtype = weights.quantized === true ? "q8" : "fp32";
  return pipeline("feature-extraction", path.basename(folder), { dtype });
}

/** The vectors of every token, text by text. */
async function states(model: FeatureExtractionPipeline, texts: string[]): Promise<number[][][]> {
  return (await model(texts)).tolist() as number[][][];
}

const furthest = (a: number[], b: number[]): number => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

/** What tests and comparisons of speed lean on: a transformer made here behaves as one from the hub does. */
describe("a BERT made by the test helper", () => {
  it("gives a vector a token, each of mean 0 and deviation 1 after the last norm", async () => {
    const [text] = await states(await open({ deviation: 0.3 }), ["the moon orbits"]);
    expect(text).toHaveLength(5); // with [CLS] and [SEP]
    for (const token of text!) {
      expect(token).toHaveLength(SHAPE.hidden);
      expect(token.reduce((sum, value) => sum + value, 0) / SHAPE.hidden).toBeCloseTo(0, 4);
      expect(Math.hypot(...token) / Math.sqrt(SHAPE.hidden)).toBeCloseTo(1, 4);
    }
  });

  it("looks at every token of its own text, and not at padding", async () => {
    const model = await open({ deviation: 0.3 });
    const [alone] = await states(model, ["the moon"]);
    const [among] = await states(model, ["the moon", "the earth orbits the moon the earth is baked"]);
    alone!.forEach((token, at) => expect(furthest(token, among![at]!)).toBeLessThan(1e-5));
    const [other] = await states(model, ["the bread"]);
    expect(furthest(alone![0]!, other![0]!)).toBeGreaterThan(0.01); // [CLS] has seen the last word
  });

  it("knows the order of the words", async () => {
    const model = await open({ deviation: 0.3 });
    const [forth, back] = await states(model, ["moon orbits earth", "earth orbits moon"]);
    expect(furthest(forth![0]!, back![0]!)).toBeGreaterThan(0.01);
  });

  it("says nearly the same in eight bits", async () => {
    const texts = ["the moon orbits the earth"];
    const [exact] = await states(await open({ deviation: 0.1 }), texts);
    const [rounded] = await states(await open({ deviation: 0.1, quantized: true }), texts);
    const cosine = exact![0]!.reduce((sum, value, i) => sum + value * rounded![0]![i]!, 0) / SHAPE.hidden;
    expect(cosine).toBeGreaterThan(0.98);
    expect(cosine).toBeLessThan(0.999_999);
  });

  it("is the same for the same seed", () => {
    const bytes = (seed: number): Buffer => bertFiles(WORDS, SHAPE, { seed })["onnx/model.onnx"]!;
    expect(bytes(3).equals(bytes(3))).toBe(true);
    expect(bytes(3).equals(bytes(4))).toBe(false);
  });
});
