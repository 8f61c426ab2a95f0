import { type Corpora, probe } from "./prepared.js";
import type { FindingFigures, Ways } from "./probes/finding.js";
import type { Comparison, Figure, SuiteResult } from "./report.js";
import { median, quantile } from "./timing.js";

const QUESTIONS = 500;
/** An exact search of 100,000 vectors takes a second. */
const SLOW_QUESTIONS = 100;
/** Above it, Orama and an exact store take minutes to fill and gigabytes to hold. */
const MOST_FOR_SLOW = 20_000;
const STOCK = "stock HNSWLib retriever";
const WHOLE = "Docent, whole answer";
const ANSWER_AIM = 6;
const RECALL_AIM = 0.98;
const GROWTH_AIM = 2;

/** Times of finding and of whole answers in process, and what the graph finds, beside what else a TypeScript team would take. */
export async function findingSuite(corpora: Corpora): Promise<SuiteResult> {
  const comparisons: Comparison[] = [];
  const recall: Figure[] = [];
  const about = [
    `${QUESTIONS} questions (${SLOW_QUESTIONS} of the slow ones), each another one where the corpus is mixed; 100 before the clock starts. Docent, the stock retriever and the floor take turns in one process; each of the others has its own. All embed with the bundled model; MiniSearch has no vectors.`,
    `${STOCK}: LangChain's HNSWLib with its defaults, asked for four passages. MiniSearch and Orama: their defaults, ten results.`,
    `MiniSearch beyond ${MOST_FOR_SLOW.toLocaleString("en")} passages is asked ${SLOW_QUESTIONS} questions; Orama and the exact store are left out there, because they take minutes to fill and gigabytes to hold.`,
  ];
  const wholes: [label: string, ms: number][] = [];
  for (const size of corpora.sizes) {
    const { label, indexDir, stockDir, questionsFile } = await corpora.of(size);
    const isLarge = size > MOST_FOR_SLOW;
    const run = (ways: Ways, count: number): Promise<FindingFigures> =>
      probe<FindingFigures>("finding", { ways, indexDir, stockDir, questionsFile, count });
    const own = await run("docent", QUESTIONS);
    const others = [await run("minisearch", isLarge ? SLOW_QUESTIONS : QUESTIONS)];
    if (!isLarge) others.push(await run("memory", SLOW_QUESTIONS), await run("orama", SLOW_QUESTIONS));
    const times = Object.assign({}, own.times, ...others.map((other) => other.times)) as Record<string, number[]>;
    for (const [name, share] of [
      ["median", 0.5],
      ["95th percentile", 0.95],
      ["99th percentile", 0.99],
    ] as const) {
      comparisons.push({
        title: `A question in process, ${name}, ${label}`,
        unit: "ms",
        baseline: STOCK,
        figures: Object.entries(times).map(([subject, samples]) => ({
          subject,
          on: `${label}, ${samples.length} questions`,
          value: quantile(samples, share),
        })),
      });
    }
    for (const [subject, value] of Object.entries(own.recall))
      recall.push({ subject: `${subject}, ${label}`, on: "300 questions", value });
    const whole = median(own.times[WHOLE]!);
    wholes.push([label, whole]);
    about.push(
      `${label}: ${Math.round(own.answered * 100)} % of the questions are answered, the others refused; a whole answer takes ${(whole / median(own.times[STOCK]!)).toFixed(1)} × the stock retriever's bare retrieval (aim at 10,000: ${ANSWER_AIM}), at the median.`,
    );
  }
  const largest = recall.at(-1)!;
  comparisons.push({
    title: "Recall of the nearest ten passages by the graph alone",
    unit: "share",
    baseline: largest.subject,
    figures: recall,
  });
  about.push(`Recall at ten with the most passages: ${largest.value.toFixed(3)} (aim ${RECALL_AIM}).`);
  const [smaller, larger] = wholes.slice(-2);
  if (smaller !== undefined && larger !== undefined)
    about.push(
      `A whole answer takes ${(larger[1] / smaller[1]).toFixed(2)} × as long over ${larger[0]} as over ${smaller[0]} (aim ${GROWTH_AIM}).`,
    );
  return { suite: "finding", about, comparisons };
}
