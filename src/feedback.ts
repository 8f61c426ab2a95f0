import { mkdir, open } from "node:fs/promises";
import path from "node:path";
import { DocentError } from "./errors.js";
import type { Answer } from "./types.js";

/** What a reader says of an answer. */
interface Rating {
  answer_id: string;
  rating: "up" | "down";
  comment?: string | undefined;
}

/** Ratings, kept in a file of JSON Lines, each with the answer it is about where that is still remembered. */
export interface Feedback {
  /** So that a rating of this answer can be kept with it. */
  remember: (question: string, answer: Answer) => void;
  /** @throws DocentError if the file is full; whatever the file system throws if it cannot be written */
  keep: (rating: Rating) => Promise<void>;
  /** Of an answer that is remembered; null of others, and of small talk, which is sure of nothing. */
  confidenceOf: (answerId: string) => number | null;
}

/** How many of the last answers are remembered. */
const ANSWERS_REMEMBERED = 1000;
/** How large the file may become, so that nobody can fill the disk. */
const FILE_BYTES = 50_000_000;
const LINE_FEED = 0x0a;

/** Nothing is written, and no folder made, before the first rating. */
export function feedbackIn(folder: string): Feedback {
  const answers = new Map<
    string,
    { question: string; status: string; answer: string; confidence: number; sources: object[] }
  >();
  let last: Promise<void> = Promise.resolve();
  return {
    remember: (question, { id, status, answer, citations, confidence }) => {
      const sources = citations.map(({ n, source, start, end }) => ({ n, source, start, end }));
      answers.set(id, { question, status, answer, confidence, sources });
      if (answers.size > ANSWERS_REMEMBERED) answers.delete(answers.keys().next().value!);
    },
    confidenceOf: (answerId) => {
      const rated = answers.get(answerId);
      const isSmallTalk = rated?.status === "answered" && rated.sources.length === 0;
      return rated === undefined || isSmallTalk ? null : rated.confidence;
    },
    keep: ({ answer_id, rating, comment }) => {
      const said = comment ? { comment } : {};
      const line = JSON.stringify({
        time: new Date().toISOString(),
        answer_id,
        rating,
        ...said,
        ...answers.get(answer_id),
      });
      // One after the other, and one that fails holds up none of the next.
      const kept = last.then(() => append(folder, line));
      last = kept.catch(() => undefined);
      return kept;
    },
  };
}

/** Adds a whole line by one write; after a line that a crash has cut short, on a line of its own. */
async function append(folder: string, line: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  // Only its owner may read what people have asked.
  const file = await open(path.join(folder, "feedback.jsonl"), "a+", 0o600);
  try {
    const { size } = await file.stat();
    const isTorn =
      size > 0 && (await file.read({ buffer: Buffer.alloc(1), position: size - 1 })).buffer[0] !== LINE_FEED;
    const bytes = Buffer.from(`${isTorn ? "\n" : ""}${line}\n`);
    if (size + bytes.length > FILE_BYTES) {
      throw new DocentError("not_kept", "The file of feedback is full. Ask the operator to move it away.");
    }
    const { bytesWritten } = await file.write(bytes);
    if (bytesWritten < bytes.length) throw new Error(`only ${bytesWritten} of ${bytes.length} bytes were written`);
  } finally {
    await file.close();
  }
}
