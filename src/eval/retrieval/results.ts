import { mean } from "../metrics.js";
import { type Measured, type Method, METHODS, type QueryFigures } from "./measure.js";
import { bootstrapInterval, type Interval, ratioOfMeans } from "./statistics.js";
import type { CollectionSplit } from "./types.js";

const FIGURES = ["ndcg10", "mrr10", "recall5"] as const;
export type Figure = (typeof FIGURES)[number];

/** The figures of a collection, or their means over collections. */
export interface Summary {
  /** Of each method. */
  means: Record<Method, QueryFigures>;
  /** Hybrid over BM25, of each figure; null where BM25 found nothing. */
  ratios: Record<Figure, number | null>;
  /** Hybrid minus BM25, nDCG@10, with its 95 % interval over queries. */
  difference: Interval & { mean: number };
}

export interface CollectionResult extends Summary {
  name: string;
  split: CollectionSplit;
  documents: number;
  passages: number;
  queries: number;
  indexSeconds: number;
  queryMilliseconds: number;
}

/** What a model did on the collections. */
export interface ModelResult {
  /** As it is called in the tables. */
  model: string;
  /** Hash of the model's files, or the hub's revision. */
  revision: string;
  collections: CollectionResult[];
  /** Over the collections of each split that was measured; each collection counts the same. */
  splits: Partial<Record<CollectionSplit, Summary & { ratioInterval: Interval }>>;
}

/** A collection with what was measured on it. */
export interface MeasuredCollection {
  name: string;
  split: CollectionSplit;
  measured: Measured;
}

export function resultOf(model: string, revision: string, measured: readonly MeasuredCollection[]): ModelResult {
  const splits: ModelResult["splits"] = {};
  for (const split of ["report", "dev"] as const) {
    const all = measured.filter((one) => one.split === split).map((one) => one.measured.figures);
    if (all.length === 0) continue;
    const ratioInterval = bootstrapInterval(all.map(pairsOf), ([hybrid, bm25]) => (bm25 === 0 ? 0 : hybrid! / bm25!));
    splits[split] = { ...summarise(all), ratioInterval };
  }
  return {
    model,
    revision,
    collections: measured.map(({ name, split, measured: { figures, documents, passages, ...times } }) => ({
      name,
      split,
      documents,
      passages,
      queries: figures.bm25.length,
      ...times,
      ...summarise([figures]),
    })),
    splits,
  };
}

/** @param collections for each collection, for each method, the figures of each query */
function summarise(collections: readonly Measured["figures"][]): Summary {
  const meanOf = (method: Method, figure: Figure): number[] =>
    collections.map((figures) => mean(figures[method].map((query) => query[figure])) ?? 0);
  const means = {} as Summary["means"];
  for (const method of METHODS) {
    const [ndcg10, mrr10, recall5] = FIGURES.map((figure) => mean(meanOf(method, figure)) ?? 0);
    means[method] = { ndcg10: ndcg10!, mrr10: mrr10!, recall5: recall5! };
  }
  const ratios = {} as Summary["ratios"];
  for (const figure of FIGURES) ratios[figure] = ratioOfMeans(meanOf("hybrid", figure), meanOf("bm25", figure));
  const interval = bootstrapInterval(collections.map(pairsOf), ([hybrid, bm25]) => hybrid! - bm25!);
  return { means, ratios, difference: { mean: means.hybrid.ndcg10 - means.bm25.ndcg10, ...interval } };
}

/** For each query nDCG@10 of hybrid and BM25. */
function pairsOf(figures: Measured["figures"]): number[][] {
  return figures.hybrid.map(({ ndcg10 }, i) => [ndcg10, figures.bm25[i]!.ndcg10]);
}
