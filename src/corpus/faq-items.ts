import type { Block, FaqPair } from "../types.js";
import { splitSentences } from "./sentences.js";

const MAX_QUESTION_CHARS = 200;
const MAX_ANSWER_CHARS = 1500;
const FAQ_HEADING = /\b(faqs?|frequently asked|common questions|questions (and|&) answers|q ?& ?a)\b/i;
const QUESTION_LABEL = /^(?:q|question)\s*\d*\s*[.:)]\s*/i;
const ANSWER_LABEL = /^(?:a|answer)\s*\d*\s*[.:)]\s*/i;

/**
 * Question-answer pairs written in a document: a line or heading that is one question, followed by a short answer.
 * A single such pair counts only under a heading that says FAQ; elsewhere it takes two, in a row where the questions are
 * plain lines, because essays ask rhetorical questions too. A document's title is never a question of its FAQ.
 */
export function findFaqPairs(text: string, blocks: Block[]): FaqPair[] {
  const pairs: (FaqPair & { at: number; next: number; isHeading: boolean; underFaqHeading: boolean })[] = [];
  let underFaqHeading = false;
  const firstBlock = blocks.findIndex((block) => block.kind !== "break");
  for (let at = 0; at < blocks.length; at++) {
    const block = blocks[at]!;
    const isQuestion = at !== firstBlock && isOneQuestion(text, block);
    if (block.kind === "heading" && !isQuestion) {
      underFaqHeading = FAQ_HEADING.test(text.slice(block.start, block.end));
    }
    if (!isQuestion) continue;
    const next = endOfAnswer(text, blocks, at);
    if (next === at + 1) continue;
    const question = withoutLabel(text, block.start, block.end, QUESTION_LABEL);
    const answer = withoutLabel(text, blocks[at + 1]!.start, blocks[next - 1]!.end, ANSWER_LABEL);
    if (answer.end - answer.start > MAX_ANSWER_CHARS || answer.end <= answer.start) continue;
    pairs.push({ question, answer, at, next, isHeading: block.kind === "heading", underFaqHeading });
  }
  const headingQuestions = pairs.filter((pair) => pair.isHeading).length;
  return pairs
    .filter((pair, i) => {
      const inRow = pairs[i - 1]?.next === pair.at || pairs[i + 1]?.at === pair.next;
      return pair.underFaqHeading || inRow || (pair.isHeading && headingQuestions >= 2);
    })
    .map(({ question, answer }) => ({ question, answer }));
}

function isOneQuestion(text: string, block: Block): boolean {
  if (block.kind === "row" || block.kind === "break" || block.end - block.start > MAX_QUESTION_CHARS) return false;
  const written = text.slice(block.start, block.end);
  return /\?["'”’)]*$/.test(written) && /[\p{L}]{2}/u.test(written) && splitSentences(text, block).length === 1;
}

/** Index of the first block after the answer: the next question, heading or break. */
function endOfAnswer(text: string, blocks: Block[], question: number): number {
  let i = question + 1;
  const level = blocks[question]!.kind === "heading" ? (blocks[question] as { level: number }).level : 0;
  for (; i < blocks.length; i++) {
    const block = blocks[i]!;
    if (block.kind === "break" || isOneQuestion(text, block)) return i;
    if (block.kind === "heading" && (level === 0 || block.level <= level || i === question + 1)) return i;
  }
  return i;
}

function withoutLabel(text: string, start: number, end: number, label: RegExp): { start: number; end: number } {
  const match = label.exec(text.slice(start, end));
  return { start: start + (match?.[0].length ?? 0), end };
}
