import { isStopWord, wordsOf } from "../search/tokenize.js";

/** A pair that is set side by side: what stands before it, its two sides, and what stands after. */
interface Pair {
  before: string;
  left: string;
  right: string;
  after: string;
}

/** Wording that asks how two things differ; it says nothing about either. */
const ASKS_DIFFERENCE =
  /\b(?:compar(?:e[ds]?|ing|isons?)|contrast(?:s|ed|ing)?|differ(?:s|ed|ing)?|differences?|different(?= from| to | than|\W*$)|distinguish(?:es)?|distinctions?|versus|vs)\b/i;
/** "Which is older, A or B?" asks when each was. */
const ASKS_ORDER = /\b(?:earlier|later|older|newer|younger|first|sooner|more recent(?:ly)?)\b/i;
/** "Which is heavier, A or B?" asks of each how heavy it is. */
const ASKS_MORE =
  /\b(?:is|are|was|were|has|have|had|does|do|did|costs?)\s+(?:the\s+)?(?:more|less|fewer|\p{Ll}{2,}er)\b/iu;
const OR = /,?\s+or\s+/gi;
/** A word between the sides that by itself sets them against each other. */
const AGAINST =
  /\s+(?:versus|vs\.?|(?:is |are |was |were )?(?:compare[ds]?|as opposed) (?:to|with)|(?:differs?|differed|different|distinct|distinguished) from)\s+/i;
const AND = /,?\s+and\s+/gi;
const TO = /\s+(?:to|with|from)\s+/gi;
/** Words of the comparison, left out of what is asked about each side. */
const COMPARISON_WORDS =
  /\b(?:please|compare[ds]?|comparing|comparisons?|contrast(?:s|ed)?|differ(?:s|ed)?|differences?|different|distinguish(?:es)?|distinctions?|between|versus|each|both|respectively|how (?:do|does|did|is|are|was|were)|how|what(?:'s|’s| is| are| was| were)?|which|who|is|are|was|were|explain|tell me|describe)\b/gi;
/** "those of ISRO", "multilateral ones": what stands for a noun of the other side. */
const PLACEHOLDER = /^(?:that|those|the (?:one|ones)) (of|in|from|for|at|by) /i;
const ONES = /\s+ones?$/i;
const MAX_SIDE_WORDS = 8;

/** One of two things that a question sets beside each other. */
export interface Side {
  /** What is asked of it. */
  question: string;
  /** The words that tell it from the other side, and those that tell the other. */
  own: string[];
  other: string[];
}

/**
 * What to ask about each side of "How does A differ from B?", or null if a question compares nothing in this way. Both keep
 * what the question says of the two: "price difference of A and B" asks for the price of A, and of B.
 */
export function comparedSides(text: string): [Side, Side] | null {
  const bare = text.replace(/[?!.\s]+$/, "");
  const asksOneOf = /^\W*(?:which|who|what)\b/i.test(text) && / or /i.test(text);
  const asksOrder = asksOneOf && ASKS_ORDER.test(text);
  const asksWhich = asksOrder || (asksOneOf && ASKS_MORE.test(text));
  if (!asksWhich && !ASKS_DIFFERENCE.test(text)) return null;
  const pair = asksWhich ? (pairsJoinedBy(OR, bare).at(-1) ?? null) : pairIn(bare);
  if (pair === null) return null;
  const [left, right] = filledIn(pair);
  if (left === "" || right === "" || left.toLowerCase() === right.toLowerCase()) return null;
  const rest = wordsOnly(`${pair.before} ${pair.after}`.replace(asksOrder ? ASKS_ORDER : "", " "));
  const about = asksOrder ? `When was ${rest}`.trim() : rest;
  // "NASA's approach" is not ESA's.
  const aboutRight = PLACEHOLDER.test(pair.right) ? about.replace(/(?:^|\s)\S+['’]s\s/, " ").trim() : about;
  const [ofLeft, ofRight] = [ownWords(left, right), ownWords(right, left)];
  return [
    { question: asked(left, about), own: ofLeft, other: ofRight },
    { question: asked(right, aboutRight), own: ofRight, other: ofLeft },
  ];
}

function ownWords(side: string, other: string): string[] {
  const others = new Set(wordsOf(other).map(({ word }) => word.toLowerCase()));
  return wordsOf(side).flatMap(({ word }) => (isStopWord(word) || others.has(word.toLowerCase()) ? [] : [word]));
}

function asked(side: string, about: string): string {
  if (about !== "") return `${about} ${side}?`;
  return /\s(?:of|in)\s/.test(side) ? `${side}?` : `What is ${side}?`;
}

function pairIn(text: string): Pair | null {
  const against = AGAINST.exec(text);
  if (against !== null) return pairAround(text, against.index, against.index + against[0].length);
  // Of several "and", the one between the sides is the one after "between" or "compare", else the last with words on both sides.
  const pairs = pairsJoinedBy(/\sand\s/i.test(text) ? AND : TO, text);
  return (
    pairs.find(({ before }) => /\b(?:between|compare|of|in)\s*(?:the |an? )?$/i.test(before)) ?? pairs.at(-1) ?? null
  );
}

function pairsJoinedBy(connector: RegExp, text: string): Pair[] {
  return [...text.matchAll(connector)]
    .map((match) => pairAround(text, match.index, match.index + match[0].length))
    .filter((pair) => pair !== null);
}

/** The words next to a connector, up to the first word on either side that says nothing by itself. */
function pairAround(text: string, from: number, to: number): Pair | null {
  const [before, left] = lastPhrase(text.slice(0, from));
  const [right, after] = firstPhrase(text.slice(to));
  return left === "" || right === "" ? null : { before, left, right, after };
}

const EDGE = /[,;:–—]$/;

function lastPhrase(text: string): [before: string, phrase: string] {
  const words = text.split(/\s+/);
  let start = words.length;
  while (start > 0 && words.length - start < MAX_SIDE_WORDS) {
    const word = words[start - 1]!;
    if (EDGE.test(word) || !isPhraseWord(word)) break;
    start--;
  }
  return [words.slice(0, start).join(" "), trimmed(words.slice(start))];
}

function firstPhrase(text: string): [phrase: string, after: string] {
  const words = text.split(/\s+/);
  let end = 0;
  while (end < words.length && end < MAX_SIDE_WORDS) {
    const word = words[end]!;
    if (!isPhraseWord(word) && !(end === 0 && /^(?:that|those|the)$/i.test(word))) break;
    end++;
    if (EDGE.test(word)) break;
  }
  return [trimmed(words.slice(0, end)), words.slice(end).join(" ")];
}

/** "of" and "the" stand inside a phrase too: "the strengths of NASA". */
function isPhraseWord(word: string): boolean {
  const bare = word.replace(/[^\p{L}\p{N}'’.-]/gu, "");
  if (/^(?:of|the|an?)$/i.test(bare)) return true;
  return bare !== "" && !isStopWord(bare) && !ASKS_DIFFERENCE.test(bare);
}

function trimmed(words: readonly string[]): string {
  return words
    .join(" ")
    .replace(/^(?:of |the |an? )+/i, "")
    .replace(/(?: of| the| an?)+$/i, "")
    .replace(/[,;:]+$/, "")
    .trim();
}

/** Puts in what one side takes from the other: a noun that is said once, or a word that stands for it. */
function filledIn({ left, right }: Pair): [string, string] {
  const placeholder = PLACEHOLDER.exec(right);
  if (placeholder !== null) {
    const preposition = placeholder[1]!;
    const head = left.split(new RegExp(`\\s${preposition}\\s`, "i"))[0]!.replace(/^\S+['’]s\s+(?=\S)/, "");
    return [left, `${head} ${preposition} ${right.slice(placeholder[0].length)}`];
  }
  // "the budget of 2010 … to 2011"
  if (/^\d+$/.test(right) && /\s(?:of|in) \d+$/.test(left)) return [left, left.replace(/\d+$/, right)];
  if (ONES.test(right)) return [left, right.replace(ONES, ` ${left.split(" ").at(-1)!}`)];
  const words = right.split(" ");
  // "bilateral and multilateral partnerships": one word, no name, before two.
  const sharesNoun = words.length === 2 && !left.includes(" ") && /^\p{Ll}/u.test(words[0]!) && !/\d/.test(left);
  return sharesNoun ? [`${left} ${words[1]!}`, right] : [left, right];
}

function wordsOnly(text: string): string {
  const rest = text
    .replace(COMPARISON_WORDS, " ")
    .replace(/[^\p{L}\p{N}'’.\s-]/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  return rest.split(" ").some((word) => word !== "" && !isStopWord(word)) ? rest : "";
}
