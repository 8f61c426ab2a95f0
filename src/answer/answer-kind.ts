import { holdsWordsOf } from "../search/short-forms.js";
import { isStopWord, termsOfWord, wordsOf } from "../search/tokenize.js";
import type { AnswerKind, Question } from "./question.js";

const MONTH =
  "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";
const NUMBER_WORD =
  "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|trillions?|dozens?|half|twice|once|both|several|single|pair|no";
const NUMBER = `(?:\\d[\\d.,]*|(?:${NUMBER_WORD})\\b)`;
const TIME_UNIT = "(?:second|minute|hour|day|night|week|month|year|decade|centur|season)";

const DURATION = `\\b${NUMBER}[-\\s]+(?:[a-z]+[-\\s]+)?${TIME_UNIT}|\\bcenturies|\\bdecades|\\byears\\b`;
const LENGTH = `${NUMBER}[-\\s]?(?:of )?(?:[kcm]?m|(?:kilo|centi|milli)?met(?:er|re)s?|miles?|feet|foot|ft|yards?|inch(?:es)?|light[- ]years?|nm|µm|stor(?:ey|ie|y)s?|fathoms?|leagues?|hands?)\\b`;

const PHONE = String.raw`(?<![\d.,])(?:\+|\(0|0)\d[\d ()/-]{5,}\d\b|\b\d{3}[- .]\d{3,4}[- .]\d{3,}\b`;
const EMAIL = String.raw`[^\s@<>()]+@[^\s@<>()]+\.\w{2,}`;
const WEB = String.raw`\bhttps?://\S+|\bwww\.\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|eu|info|io|gov|edu|int|example|co\.uk|uk|de|fr)\b`;

/** "On the 9th of each month". */
const DAY_OF_MONTH = String.raw`\bon the \d{1,2}(?:st|nd|rd|th)\b|\b(?:\d{1,2}(?:st|nd|rd|th)|first|last|second|third) (?:(?:working )?day )?of (?:each|every|the|that|this|next) month\b`;

/** What text of each kind looks like. Kinds that have no shape of their own are absent. */
const SHAPES: Partial<Record<AnswerKind, RegExp>> = {
  date: new RegExp(
    `\\b(1\\d{3}|20\\d\\d)s?\\b|\\b(${MONTH})\\b\\.? ?\\d|\\b(in|since|until|of|by|every|during|from) (${MONTH})\\b|\\b\\d{1,2}(st|nd|rd|th)?( of)? (${MONTH})\\b|\\b\\d{1,2}(st|nd|rd|th) centur|\\b(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\\w+teenth|twentieth|twenty-first) centur|\\b\\d+ ?(bc|ad|bce|ce)\\b|\\b\\d{1,2}[:.]\\d{2}\\b|\\b\\d{1,2} ?([ap]\\.?m\\b|o.clock)|\\b(noon|midnight|weekends?|weekdays?)\\b|\\b(yesterday|today|tomorrow|spring|summer|autumn|winter)\\b|\\b(monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?\\b|${DAY_OF_MONTH}`,
    "i",
  ),
  day: new RegExp(
    `${DAY_OF_MONTH}|\\b(${MONTH})\\b\\.? ?\\d{1,2}(st|nd|rd|th)?\\b(?!\\d)|\\b\\d{1,2}(st|nd|rd|th)?( of)? (${MONTH})\\b|\\b\\d{4}-\\d\\d-\\d\\d\\b|\\b\\d{1,2}[./]\\d{1,2}[./]\\d{2,4}\\b|\\b(yesterday|today|tomorrow|weekends?|weekdays?)\\b|\\b(mon|tues|wednes|thurs|fri|satur|sun)days?\\b|\\b(eve|holidays?|birthday|christmas|easter)\\b`,
    "i",
  ),
  number: new RegExp(`\\b${NUMBER}`, "i"),
  money: new RegExp(
    `[$€£¥₹]\\s?\\d|${NUMBER}\\s*(?:million|billion|trillion|thousand|hundred)?\\s*(?:dollars?|euros?|pounds?|rupees?|yen|cents?|pence|francs?|usd|eur|gbp|inr|crores?|lakhs?)\\b|\\b(?:free|no charge|no extra charge)\\b`,
    "i",
  ),
  percentage: /\d\s?%|\b(per ?cent|percentage|half|third|quarter|fifth|majority)\b/i,
  duration: new RegExp(DURATION, "i"),
  frequency: new RegExp(`\\b(every|each|per|daily|weekly|monthly|yearly|annual|once|twice|times a|regular)`, "i"),
  age: new RegExp(
    `\\bage[ds]?\\b|\\b${NUMBER}[-\\s]+(?:years?|months?|weeks?)[-\\s]+old\\b|\\byears? (?:old|of age)\\b|\\bborn (?:in|on)\\b`,
    "i",
  ),
  mass: new RegExp(
    `${NUMBER}[-\\s]?(?:of )?(?:k?g|kilo(?:gram)?s?|grams?|t|tonn?es?|tons?|pounds?|lbs?|ounces?|oz|stones?)\\b`,
    "i",
  ),
  length: new RegExp(LENGTH, "i"),
  extent: new RegExp(`${DURATION}|${LENGTH}`, "i"),
  temperature: new RegExp(`${NUMBER}\\s?(?:°|degrees?\\b|[ckf]\\b|celsius|fahrenheit|kelvin)`, "i"),
  speed: new RegExp(
    `(?<![a-z])(?:k?m/[hs]|mph|kph|knots?|mach)\\b|\\b(?:per|an?|every) (?:hour|second|minute)\\b`,
    "i",
  ),
  phone: new RegExp(PHONE),
  email: new RegExp(EMAIL),
  web: new RegExp(`(?<!@)(?:${WEB})`, "i"),
  contact: new RegExp(
    `${PHONE}|${EMAIL}|\\b(?:write|speak|talk|report|turn|apply|e-?mail|call|phone|ring|contact|text|message) (?:to |us\\b|the |our |him\\b|her\\b|them\\b)|\\b(?:chat|contact form|helpline|hotline)\\b`,
    "i",
  ),
  reason:
    /\b(because|since|due to|as a result|so that|in order to|so as to|(?<=, )to \w+|to (?:avoid|prevent|keep|make|help|allow|let|protect|reduce|save|ensure|give|stop|increase|improve)|owing|caused?|reason|therefore|thanks to|for its|for their|despite)\b/i,
};

/** Kinds whose absence speaks strongly against a sentence: their shapes are narrow. */
const NARROW: ReadonlySet<AnswerKind> = new Set([
  "date",
  "day",
  "number",
  "money",
  "percentage",
  "duration",
  "frequency",
  "age",
  "mass",
  "length",
  "extent",
  "temperature",
  "speed",
  "phone",
  "email",
  "web",
  "contact",
  "expansion",
]);

const PLACE =
  /\b(?:in|at|on|by|near|next to|beside|behind|under|over|above|below|between|inside|outside|opposite|along|against|across|around) (?:the|an?|our|your|their|its|each|every)\b/i;

/** A capitalised word, or one in capitals; the first of a sentence tells nothing unless it is in capitals. */
const CAPITALISED = /^\p{Lu}[\p{L}\p{N}'’.-]*$/u;
const SHORT_FORM = /^\p{Lu}[\p{Lu}\p{N}-]+s?$/u;

/**
 * Whether a text holds something of the kind that is asked for and that the question does not say itself ("In which
 * year, after 1975, …"); null if the kind has no shape to look for.
 */
export function holdsKind(
  text: string,
  question: Pick<Question, "kind" | "shortForm" | "terms" | "focus">,
): boolean | null {
  const { kind, shortForm } = question;
  if (kind === "expansion") return shortForm === null ? null : spellsOut(text, shortForm);
  if (kind === "person") return holdsNewName(text, question);
  // A place may have no name, "on the old pier"; a city has one.
  if (kind === "place") return holdsNewName(text, question) || (question.focus.length === 0 && PLACE.test(text));
  const shape = SHAPES[kind];
  if (shape === undefined) return null;
  return shape.test(withoutNumbersOf(text, question));
}

function withoutNumbersOf(text: string, { terms }: Pick<Question, "terms">): string {
  let rest = text;
  for (const { word } of terms)
    if (/^\d[\d,]*$/.test(word)) rest = rest.replaceAll(new RegExp(`(?<!\\d)${word}(?!\\d)`, "g"), "");
  return rest;
}

/** Behind "in" stands where, not who. */
const WHERE = /\bin (?:the )?$/i;

function holdsNewName(text: string, { terms, kind }: Pick<Question, "terms" | "kind">): boolean {
  const asked = new Set(terms.flatMap((term) => term.terms));
  const isAsked = (word: string): boolean => termsOfWord(word).some((term) => asked.has(term));
  const words = wordsOf(text);
  return words.some(({ word, start }, i) => {
    if (!CAPITALISED.test(word) || isNoName(text, word, start + word.length)) return false;
    const startsSentence = start === 0 || /[.!?:]["'”’)]*\s+$/.test(text.slice(Math.max(0, start - 4), start));
    if (startsSentence && !SHORT_FORM.test(word) && !followedByName(text, word, start + word.length)) return false;
    if (kind === "person" && WHERE.test(text.slice(Math.max(0, start - 8), start))) return false;
    // "The Harbour Lane Tool Library" is what was asked about, if that is the tool library; "Engineer Anna Berg" is who the engineer was.
    return !isAsked(word) && !isAsked(lastOfName(words, i));
  });
}

/** The last of the capitalised words that a word begins. */
function lastOfName(words: readonly { word: string; start: number; end: number }[], i: number): string {
  let last = i;
  while (words[last + 1] !== undefined && words[last + 1]!.start === words[last]!.end + 1) {
    if (!CAPITALISED.test(words[last + 1]!.word)) break;
    last++;
  }
  return words[last]!.word;
}

/** Capitals that name neither who nor where: "in May", "on Monday", "Russian engineers". */
const NO_NAME = new RegExp(`^(?:${MONTH}|(?:mon|tues|wednes|thurs|fri|satur|sun)days?)$`, "i");
const OF_A_COUNTRY = /^(?:Soviet|French|Dutch|Greek|Czech|Thai|Swiss|\p{Lu}\p{Ll}+(?:[aei]an|ese|ish))$/u;

export function isDayOrMonth(word: string): boolean {
  return NO_NAME.test(word);
}

function isNoName(text: string, word: string, end: number): boolean {
  return isDayOrMonth(word) || (OF_A_COUNTRY.test(word) && /^\s\p{Ll}/u.test(text.slice(end, end + 2)));
}

/** "Marie Curie" at the start of a sentence is a name; "Several" is not. */
function followedByName(text: string, word: string, end: number): boolean {
  return !isStopWord(word) && /^\s+\p{Lu}[\p{Ll}'’.-]/u.test(text.slice(end, end + 4));
}

/** "Long Name (LN)", "LN (Long Name)" or "an LN, a long name"; a single word in the brackets ("NASA (USA)") spells nothing out. */
function spellsOut(text: string, shortForm: string): boolean {
  const short = shortForm.replace(/s$/, "");
  const escaped = short.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const inBrackets = new RegExp(`\\(${escaped}s?\\)|(?<![\\p{L}-])${escaped}s?\\s+\\([^)\\s]+\\s[^)]+\\)`, "iu");
  const alone = new RegExp(`(?<![\\p{L}\\p{N}-])${escaped}s?(?![\\p{L}\\p{N}])`, "iu");
  return inBrackets.test(text) || (alone.test(text) && holdsWordsOf(text, short));
}

/** Kinds that many a sentence holds one of, whatever it is about. */
const BROAD: ReadonlySet<AnswerKind> = new Set(["person", "place", "number", "extent"]);

export function isBroad(kind: AnswerKind): boolean {
  return BROAD.has(kind);
}

export function isNarrow(kind: AnswerKind): boolean {
  return NARROW.has(kind);
}
