import { randomUUID } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import path from "node:path";
import { DocentError } from "./errors.js";
import type { Answer } from "./types.js";

/** An answer as it is kept with its rating. */
interface RatedAnswer {
  question: string;
  status: string;
  answer: string;
  confidence: number;
  sources: object[];
}

/** A rating as it is kept. */
export interface FeedbackRecord {
  /** A UUID of the record's own. */
  id: string;
  /** ISO 8601. */
  time: string;
  rating: Rating;
  /** The answer that is rated, if it is remembered. */
  answer: RatedAnswer | null;
}

/** Where ratings are kept. Adapters: `fileLog` here, postgres/feedback-log.ts. */
export interface FeedbackLog {
  /** @throws DocentError if there is no room for more; whatever the store throws if it cannot be written */
  append: (record: FeedbackRecord) => Promise<void>;
}

/** What a reader says of an answer. */
interface Rating {
  answer_id: string;
  rating: "up" | "down";
  comment?: string | undefined;
}

/** Ratings, each kept with the answer it is about where that is still remembered. */
export interface Feedback {
  /** So that a rating of this answer can be kept with it. */
  remember: (question: string, answer: Answer) => void;
  /** @throws what the log throws */
  keep: (rating: Rating) => Promise<void>;
  /** Of an answer that is remembered; null of others, and of small talk, which is sure of nothing. */
  confidenceOf: (answerId: string) => number | null;
}

/** How many of the last answers are remembered. */
const ANSWERS_REMEMBERED = 1000;
/** How much may be kept, so that nobody can fill the disk. */
export const FEEDBACK_BYTES = 50_000_000;
const LINE_FEED = 0x0a;

export function feedbackIn(log: FeedbackLog): Feedback {
  const answers = new Map<string, RatedAnswer>();
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
    keep: (rating) =>
      log.append({
        id: randomUUID(),
        time: new Date().toISOString(),
        rating,
        answer: answers.get(rating.answer_id) ?? null,
      }),
  };
}

/** A file of JSON Lines in a folder. Nothing is written, and no folder made, before the first rating. */
export function fileLog(folder: string): FeedbackLog {
  let last: Promise<void> = Promise.resolve();
  return {
    append: ({ time, rating: { answer_id, rating, comment }, answer }) => {
      const said = comment ? { comment } : {};
      const line = JSON.stringify({ time, answer_id, rating, ...said, ...answer });
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
    if (size + bytes.length > FEEDBACK_BYTES) {
      throw new DocentError("not_kept", "The file of feedback is full. Ask the operator to move it away.");
    }
    const { bytesWritten } = await file.write(bytes);
    if (bytesWritten < bytes.length) throw new Error(`only ${bytesWritten} of ${bytes.length} bytes were written`);
  } finally {
    await file.close();
  }
}
