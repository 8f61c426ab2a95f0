import type { Corpora } from "./prepared.js";
import type { Comparison, SuiteResult } from "./report.js";

const ALONE = "embedding and graph alone";
const AIM = 1.3;

/** What an ingest takes beside embedding the same texts and building the same graph, one after the other. */
export async function ingestSuite(corpora: Corpora): Promise<SuiteResult> {
  const comparisons: Comparison[] = [];
  const about = [
    "Each in a process of its own; the model and its threads had started before. A corpus is ingested once: the figures of the larger ones vary by a tenth.",
  ];
  for (const size of corpora.sizes) {
    const { label, ingest } = await corpora.of(size);
    const { passages, units, embedSeconds, graphSeconds, wholeSeconds } = ingest;
    const alone = embedSeconds + graphSeconds;
    const on = `${label}, ${units.toLocaleString("en")} sentences`;
    comparisons.push({
      title: `Ingest, ${label}`,
      unit: "s",
      baseline: ALONE,
      figures: [
        { subject: "whole ingest", on, value: wholeSeconds },
        { subject: ALONE, on, value: alone },
        { subject: "embedding alone", on, value: embedSeconds },
        { subject: "graph alone", on, value: graphSeconds },
      ],
    });
    about.push(
      `${label}: ${Math.round(passages / wholeSeconds).toLocaleString("en")} passages/s; ${(wholeSeconds / alone).toFixed(2)} × ${ALONE} (aim ${AIM}).`,
    );
  }
  return { suite: "ingest", about, comparisons };
}
