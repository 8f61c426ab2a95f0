import type { RefusalFit } from "../search/manifest.js";
import { isStopWord, wordsOf } from "../search/tokenize.js";
import type { Passage } from "../types.js";
import { textOf } from "./unit-text.js";
import { faqQuestionOf } from "./faq.js";
import { type AnswerDeps, type LookUp, lookUp } from "./look-up.js";
import { PROBE_QUESTIONS } from "./probe-questions.js";
import { decide } from "./refuse.js";

/** This share of the questions about other things may look as if the corpus were about them; the fact model sees to the rest. */
const FOREIGN_SHARE = 0.07;
/** However narrow or wide the corpus, the threshold stays where the models were fitted. */
const LOWEST = -2.9;
const HIGHEST = -0.4;
/** Questions made from the corpus itself. */
const OWN_PROBES = 60;
/** Sentences shorter than this make no question. */
const LEAST_WORDS = 8;

/**
 * Fits the decision to a corpus: a collection about one thing is told from other things by less than one about many. The
 * threshold is where all but a few probe questions about other things fall below it. Then both error rates are measured.
 */
export async function fitRefusal(deps: AnswerDeps): Promise<RefusalFit> {
  const foreign = await lookUpAll(deps, PROBE_QUESTIONS);
  const logits = foreign
    .map((found) => verdictOf(found, HIGHEST).signals.subjectLogit ?? -Infinity)
    .sort((a, b) => a - b);
  const at = logits[Math.floor(logits.length * (1 - FOREIGN_SHARE))] ?? HIGHEST;
  const leastSubject = Math.round(Math.min(HIGHEST, Math.max(LOWEST, at)) * 100) / 100;
  const own = await lookUpAll(deps, await ownQuestions(deps));
  const answered = (found: readonly LookUp[]): number =>
    found.filter((one) => verdictOf(one, leastSubject).answer).length / Math.max(1, found.length);
  return {
    leastSubject,
    answeredForeign: round(answered(foreign)),
    foreignProbes: foreign.length,
    refusedOwn: own.length === 0 ? 0 : round(1 - answered(own)),
    ownProbes: own.length,
  };
}

async function lookUpAll(deps: AnswerDeps, questions: readonly string[]): Promise<LookUp[]> {
  const found: LookUp[] = [];
  for (const question of questions) found.push(await lookUp(deps, question));
  return found;
}

function verdictOf({ question, terms, evidence }: LookUp, leastSubject: number): ReturnType<typeof decide> {
  return decide(question, terms, evidence, { leastSubject });
}

function round(share: number): number {
  return Math.round(share * 1000) / 1000;
}

/** FAQ questions, and every other informative word of sentences spread over the corpus. */
async function ownQuestions({ index }: AnswerDeps): Promise<string[]> {
  const questions: string[] = [];
  const sentences: string[] = [];
  for (const { id } of await index.documents()) {
    for (const passage of await index.passagesOf(id)) {
      if (passage.kind === "faq") questions.push(faqQuestionOf(passage));
      else sentences.push(...keywordQuestions(passage));
    }
  }
  const wanted = Math.max(0, OWN_PROBES - questions.length);
  const step = Math.max(1, Math.floor(sentences.length / Math.max(1, wanted)));
  return [...questions.slice(0, OWN_PROBES), ...sentences.filter((_, i) => i % step === 0).slice(0, wanted)];
}

function keywordQuestions(passage: Passage): string[] {
  return passage.units.flatMap((unit) => {
    const words = wordsOf(textOf(passage, unit))
      .map(({ word }) => word)
      .filter((word) => !isStopWord(word));
    return words.length < LEAST_WORDS
      ? []
      : [
          words
            .filter((_, i) => i % 2 === 0)
            .slice(0, 6)
            .join(" "),
        ];
  });
}
