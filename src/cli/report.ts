import type { WriteStream } from "node:tty";
import type { PullProgress } from "../embed/pull.js";
import type { IngestProgress, IngestSummary } from "../ingest.js";
import type { RollbackSummary } from "../rollback.js";
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
  const report = barReporter(stream, String);
  return ({ step, done, total }) => report(STEP_NAMES[step].padEnd(stream.isTTY ? 9 : 0), done, total);
}

/** As `progressReporter`, for a model that is downloaded; without a terminal, the beginning and the end have a line too. */
export function downloadReporter(
  stream: WriteStream | NodeJS.WriteStream,
  model: string,
): (progress: PullProgress) => void {
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const report = barReporter(stream, megabytes);
  let begun = false;
  return ({ done, total }) => {
    if (!begun && !stream.isTTY) stream.write(`Downloading ${model}: ${megabytes(total)} …\n`);
    begun = true;
    report(`Downloading ${model}`, done, total);
    if (done === total && !stream.isTTY) stream.write(`Downloaded ${model}.\n`);
  };
}

function barReporter(
  stream: WriteStream | NodeJS.WriteStream,
  inWords: (amount: number) => string,
): (step: string, done: number, total: number) => void {
  let step: string | null = null;
  let started = 0;
  let begunAt = 0;
  let reported = 0;
  return (current, done, total) => {
    const now = performance.now();
    if (current !== step) {
      step = current;
      started = now;
      begunAt = done;
      reported = stream.isTTY ? -Infinity : now;
    }
    const isLast = done >= total;
    if (now - reported < (stream.isTTY ? REPORT_EVERY_MS : LINE_EVERY_MS) && !(isLast && stream.isTTY)) return;
    reported = now;
    const rate = (done - begunAt) / Math.max(0.001, (now - started) / 1000);
    const left = rate === 0 ? 0 : (total - done) / rate;
    const figures = `${inWords(done)}/${inWords(total)}, ${inWords(Math.round(rate))}/s, ${left.toFixed(0)} s left`;
    if (!stream.isTTY) {
      stream.write(`${current} ${figures}\n`);
      return;
    }
    const filled = total === 0 ? BAR_CHARS : Math.round((done / total) * BAR_CHARS);
    const bar = "█".repeat(filled) + "░".repeat(BAR_CHARS - filled);
    stream.write(`\r${current} ${bar} ${figures}\u001b[K${isLast ? "\n" : ""}`);
  };
}

/** Says why an ingest reuses nothing, before it begins. */
export function rebuildReporter(stream: NodeJS.WritableStream): (reason: string) => void {
  return (reason) => void stream.write(`Rebuilding from nothing: ${reason}.\n`);
}

/** What an ingest did, for people. */
export function summaryLines(summary: IngestSummary): string[] {
  const lines = summary.skipped.map(({ path, reason }) => `Skipped ${path}: ${reason}.`);
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

/** What a rollback did, for people. */
export function rollbackLines({ buildId, builtAt, documents, passages, faqItems }: RollbackSummary): string[] {
  return [
    `Back to build ${buildId} of ${builtAt}: ${documents} documents, ${passages} passages, ${faqItems} FAQ items.`,
    'It stays in use until the next "npm run ingest"; --rollback again returns to the later one. Servers take it up by themselves.',
  ];
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
