import { type Corpora, type Prepared, probe } from "./prepared.js";
import type { LoadFigures } from "./probes/load.js";
import type { Comparison, SuiteResult } from "./report.js";
import { median } from "./timing.js";

const LOADS = 3;
const STOCK = "HNSWLib.load";
const LIMIT = "aim: 2 × (vectors + text) + 250 MB";
const LOAD_AIM = 1.5;

/** What opening an index takes, and what a process holds that answers from it, beside LangChain's stock store of the same passages. */
export async function loadSuite(corpora: Corpora): Promise<SuiteResult> {
  const comparisons: Comparison[] = [];
  const about = [
    `The median of ${LOADS} new processes each, file cache warm, modules and model loaded before. Docent's checks every file's checksum and holds texts, sentence vectors and BM25; the stock store holds one vector and one text a passage.`,
    "Vectors: of passages as 32-bit numbers, of sentences as bytes. Text: 1 byte a character.",
  ];
  for (const size of corpora.sizes) {
    const prepared = await corpora.of(size);
    const on = prepared.label;
    const ours = await loads("docent", prepared);
    const stock = await loads("stock", prepared);
    const { passages, units, dimensions, textChars } = prepared.ingest;
    const dataMb = (passages * dimensions * 4 + units * dimensions + textChars) / 1e6;
    const loadRatio =
      median(ours.map(({ milliseconds }) => milliseconds)) / median(stock.map((one) => one.milliseconds));
    comparisons.push(
      {
        title: `Load, ${on}`,
        unit: "ms",
        baseline: STOCK,
        figures: [
          { subject: "Docent", on, value: median(ours.map(({ milliseconds }) => milliseconds)) },
          { subject: STOCK, on, value: median(stock.map(({ milliseconds }) => milliseconds)) },
        ],
      },
      {
        title: `Resident memory after 100 questions, ${on}`,
        unit: "MB",
        baseline: LIMIT,
        figures: [
          { subject: "Docent", on, value: median(ours.map(({ afterMb }) => afterMb)) },
          { subject: "stock store", on, value: median(stock.map(({ afterMb }) => afterMb)) },
          { subject: "before the index is opened", on, value: median(ours.map(({ beforeMb }) => beforeMb)) },
          { subject: LIMIT, on: `${Math.round(dataMb)} MB of vectors and text`, value: 2 * dataMb + 250 },
        ],
      },
    );
    about.push(`${on}: ready in ${loadRatio.toFixed(2)} × ${STOCK} (aim ${LOAD_AIM}).`);
  }
  return { suite: "load", about, comparisons };
}

async function loads(
  kind: "docent" | "stock",
  { indexDir, stockDir, questionsFile }: Prepared,
): Promise<LoadFigures[]> {
  const all: LoadFigures[] = [];
  const folder = kind === "docent" ? indexDir : stockDir;
  for (let load = 0; load < LOADS; load++) all.push(await probe<LoadFigures>("load", { kind, folder, questionsFile }));
  return all;
}
