import type { WriteStream } from "node:tty";
import type { IngestProgress, IngestSummary } from "../ingest.js";
import type { Answer } from "../types.js";

const STEP_NAMES: Record<IngestProgress["step"], string> = { embed: "Embedding", index: "Indexing" };
const BAR_CHARS = 24;
const REPORT_EVERY_MS = 100;
/** Without a terminal, a line is written this often at most. */
const LINE_EVERY_MS = 5000;

/**
 * Reports progress: on a terminal a bar with rate and time left, redrawn in place; otherwise a plain line now and then.
 */
export function progressReporter(stream: WriteStream | NodeJS.WriteStream): (progress: IngestProgress) => void {
  let step: string | null = null;
  let started = 0;
  let reported = 0;
  return ({ step: current, done, total }) => {
    const now = performance.now();
    if (current !== step) {
      step = current;
      started = now;
      reported = stream.isTTY ? -Infinity : now;
    }
    const isLast = done >= total;
    if (now - reported < (stream.isTTY ? REPORT_EVERY_MS : LINE_EVERY_MS) && !(isLast && stream.isTTY)) return;
    reported = now;
    const rate = done / Math.max(0.001, (now - started) / 1000);
    const left = rate === 0 ? 0 : (total - done) / rate;
    const figures = `${done}/${total}, ${Math.round(rate)}/s, ${left.toFixed(0)} s left`;
    if (!stream.isTTY) {
      stream.write(`${STEP_NAMES[current]} ${figures}\n`);
      return;
    }
    const filled = total === 0 ? BAR_CHARS : Math.round((done / total) * BAR_CHARS);
    const bar = "█".repeat(filled) + "░".repeat(BAR_CHARS - filled);
    stream.write(`\r${STEP_NAMES[current].padEnd(9)} ${bar} ${figures}\u001b[K${isLast ? "\n" : ""}`);
  };
}

/** What an ingest did, for people. */
export function summaryLines(summary: IngestSummary): string[] {
  const lines = summary.skipped.map(({ path, reason }) => `Skipped ${path}: ${reason}.`);
  if (summary.rebuildReason !== null) lines.push(`Rebuilt from nothing: ${summary.rebuildReason}.`);
  const counts =
    `${summary.documents} documents, ${summary.passages} passages, ${summary.faqItems} FAQ items; ` +
    `${summary.reused} texts reused, ${summary.embedded} embedded, ${summary.skipped.length} files skipped`;
  lines.push(
    summary.built ? `Ingested in ${summary.seconds} s: ${counts}.` : `Up to date (${summary.seconds} s): ${counts}.`,
  );
  const { foreignProbes, answeredForeign, ownProbes, refusedOwn } = summary.refusal;
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  lines.push(
    `Refusals: of ${foreignProbes} questions about other things ${percent(answeredForeign)} would be answered; ` +
      `of ${ownProbes} made from the documents ${percent(refusedOwn)} would be refused.`,
  );
  return lines;
}

/** An answer with its sources listed below, for a terminal. */
export function answerLines(answer: Answer): string[] {
  const sources = answer.citations.flatMap((citation) => {
    const place = [citation.title, ...citation.heading].join(" › ");
    const at = citation.timestamp === null ? "" : ` at ${citation.timestamp}`;
    const link = citation.external_url === null ? [] : [`    ${citation.external_url}`];
    return [
      `[${citation.n}] ${place}${at} (${citation.source}, ${citation.start}–${citation.end})`,
      `    “${citation.quote}”`,
      ...link,
    ];
  });
  const suggestions = answer.status === "not_found" ? answer.suggestions.map((question) => `  ${question}`) : [];
  return [
    answer.answer,
    ...(sources.length > 0 ? ["", ...sources] : []),
    ...(suggestions.length > 0 ? ["", "Questions the documents answer:", ...suggestions] : []),
  ];
}
