import { isStopWord, wordsOf } from "../search/tokenize.js";
import { isDayOrMonth } from "./answer-kind.js";

/** Behind these begins what a question is about: "How deep is the sports pool?". */
const DETERMINER = /^(?:the|an?|my|your|our|his|her|its|their|this|that|these|those|any|some)$/i;
/** What is said of a thing rather than a part of what it is called: "When is the sauna open?". */
const PREDICATE =
  /^(?:open|closed?|costs?|lasts?|takes?|works?|starts?|begins?|ends?|means?|happens?|looks?|runs?|goes|comes?|needs?|full|free|available|ready|due|necessary|long|deep|high|big|old|heavy|wide|far|fast|\p{L}+ed|built|made|sold|held|kept|found|left|paid|given|taken|written|shown|called)$/iu;
/** "How long does the crew stay at the station?": it may be either. */
const MOST_THINGS = 2;

/** A day, a month or a holiday: no thing. */
export function isTime(word: string): boolean {
  return isDayOrMonth(word) || /^(?:christmas|easter)$/i.test(word);
}

export function informativeWords(text: string): string[] {
  return wordsOf(text)
    .map(({ word }) => word)
    .filter((word) => !isStopWord(word));
}

/** Runs of capitalised words, without a question's first word unless that is in capitals or has a digit, and without days. */
export function nameRuns(text: string): string[] {
  const runs: string[] = [];
  let end = -1;
  wordsOf(text).forEach(({ word, start, end: wordEnd }, i) => {
    const isName =
      /^\p{Lu}/u.test(word) &&
      !isStopWord(word) &&
      !isTime(word) &&
      (i > 0 || /^\p{Lu}[\p{L}\d-]*[\p{Lu}\d]/u.test(word));
    if (!isName) return;
    if (end >= 0 && /^\s+$/.test(text.slice(end, start))) runs[runs.length - 1] += text.slice(end, wordEnd);
    else runs.push(word);
    end = wordEnd;
  });
  return runs;
}

/**
 * The things that a question is about, as far as that can be told without knowing verbs: the phrases behind "the" or "a"
 * ("the HTTP gateway") and other names; else what is left of "Who teaches aqua cycling?" without the verb. Null if there are only
 * names, or nothing.
 */
export function thingsOf(question: string, most = MOST_THINGS): string | null {
  const words = wordsOf(question);
  const names = nameRuns(question);
  const phrases = words.flatMap(({ word, end }, i) => {
    const phrase = DETERMINER.test(word) ? phraseAt(question, words, i + 1) : null;
    return phrase === null ? [] : [{ phrase, after: question.slice(question.indexOf(phrase, end) + phrase.length) }];
  });
  // "The price of a ticket": it is the ticket.
  const things = phrases
    .filter(({ after }, i) => i === phrases.length - 1 || !/^ of\b/i.test(after))
    .map(({ phrase }) => phrase);
  const holdsName = things.some((phrase) => names.some((name) => phrase.includes(name)));
  if (names.length > 0 && !holdsName) return null;
  if (things.length > 0) {
    const others = names.filter((name) => !things.some((phrase) => phrase.includes(name)));
    return [...things.slice(0, most), ...(most > 1 ? others : [])].join(" ");
  }
  const start = words.findIndex(({ word }) => !/^(?:and|but|so|then|ok|okay)$/i.test(word));
  // "Who teaches", "How deep"; not "how much", which are words that carry nothing.
  const isAsked = /^(?:who|what|how)$/i.test(words[start]?.word ?? "") && !isStopWord(words[start + 1]?.word ?? "the");
  const from = words.findIndex(
    ({ word }, i) => i > start + (isAsked ? 1 : 0) && !isStopWord(word) && !/^when$/i.test(word),
  );
  return from < 0 ? null : phraseAt(question, words, from);
}

/** The informative words from here on that stand side by side, without what is said of them. */
function phraseAt(
  text: string,
  words: readonly { word: string; start: number; end: number }[],
  from: number,
): string | null {
  let to = from;
  while (
    to < words.length &&
    !isStopWord(words[to]!.word) &&
    (to === from || /^\s+$/.test(text.slice(words[to - 1]!.end, words[to]!.start)))
  )
    to++;
  while (to - 1 > from && PREDICATE.test(words[to - 1]!.word)) to--;
  return to === from ? null : text.slice(words[from]!.start, words[to - 1]!.end);
}
