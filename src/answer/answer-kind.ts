import type { AnswerKind, Question } from "./question.js";

const MONTH =
  "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";
const NUMBER_WORD =
  "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|trillions?|dozens?|half|twice|once|both|several|single|pair";
const NUMBER = `(?:\\d[\\d.,]*|(?:${NUMBER_WORD})\\b)`;
const TIME_UNIT = "(?:second|minute|hour|day|night|week|month|year|decade|centur|season)";

/** What text of each kind looks like. Kinds that have no shape of their own are absent. */
const SHAPES: Partial<Record<AnswerKind, RegExp>> = {
  date: new RegExp(
    `\\b(1\\d{3}|20\\d\\d)s?\\b|\\b(${MONTH})\\b\\.? ?\\d|\\b\\d{1,2}(st|nd|rd|th)?( of)? (${MONTH})\\b|\\b\\d{1,2}(st|nd|rd|th) centur|\\b(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\\w+teenth|twentieth|twenty-first) centur|\\b\\d+ ?(bc|ad|bce|ce)\\b|\\b\\d{1,2}[:.]\\d{2}\\b|\\b\\d{1,2} ?([ap]\\.?m\\b|o.clock)|\\b(noon|midnight)\\b|\\b(yesterday|today|tomorrow|spring|summer|autumn|winter)\\b|\\b(monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?\\b`,
    "i",
  ),
  number: new RegExp(`\\b${NUMBER}`, "i"),
  money:
    /[$€£¥₹]\s?\d|\b\d[\d.,]*\s*(million|billion|trillion|thousand)?\s*(dollars?|euros?|pounds?|rupees?|yen|cents?|francs?|usd|eur|gbp|inr|crores?|lakhs?)\b/i,
  percentage: /\d\s?%|\b(per ?cent|percentage|half|third|quarter|fifth|majority)\b/i,
  duration: new RegExp(`\\b${NUMBER}[-\\s]+(?:[a-z]+[-\\s]+)?${TIME_UNIT}|\\bcenturies|\\bdecades|\\byears\\b`, "i"),
  frequency: new RegExp(`\\b(every|each|per|daily|weekly|monthly|yearly|annual|once|twice|times a|regular)`, "i"),
  // A capitalised word that is not the sentence's first, or one in capitals anywhere.
  person: /(?<=\S\s+["“(]?)\p{Lu}[\p{L}'’-]+|\b\p{Lu}{2,}\b|^\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+/u,
  place:
    /(?<=\S\s+["“(]?)\p{Lu}[\p{L}'’-]+|\b(in|at|on|near|from|to|between|across|inside|outside|north|south|east|west)\b/u,
  reason:
    /\b(because|since|due to|as a result|so that|in order to|to \w+|owing|caused?|reason|therefore|thanks to|for its|for their|despite)\b/i,
};

/** Kinds whose absence speaks strongly against a sentence: their shapes are narrow. */
const NARROW: ReadonlySet<AnswerKind> = new Set([
  "date",
  "number",
  "money",
  "percentage",
  "duration",
  "frequency",
  "expansion",
]);

/** Whether a text holds something of the kind that is asked for; null if the kind has no shape to look for. */
export function holdsKind(text: string, { kind, shortForm }: Pick<Question, "kind" | "shortForm">): boolean | null {
  if (kind === "expansion") return shortForm === null ? null : spellsOut(text, shortForm);
  const shape = SHAPES[kind];
  return shape === undefined ? null : shape.test(text);
}

/** "Long Name (LN)" or "LN (Long Name)"; a single word in the brackets ("NASA (USA)") spells nothing out. */
function spellsOut(text: string, shortForm: string): boolean {
  const escaped = shortForm.replace(/s$/, "").replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`\\(${escaped}s?\\)|(?<![\\p{L}-])${escaped}s?\\s+\\([^)\\s]+\\s[^)]+\\)`, "iu").test(text);
}

export function isNarrow(kind: AnswerKind): boolean {
  return NARROW.has(kind);
}

/** Dates, times and sums of money always look the same: a text without one cannot answer. */
export function hasPlainShape(kind: AnswerKind): boolean {
  return kind === "date" || kind === "money" || kind === "percentage";
}
