import { foldWord } from "../search/tokenize.js";
import type { Span } from "../types.js";

/** A number as it stands in a text. */
export interface NumberIn extends Span {
  /** What it says, however it is written: "1500000" for "1.5 million"; "t570" for half past nine as a time of day. */
  value: string;
  /** Its sign of kind: "%" or a currency's; "" without one. */
  sign: string;
  /** Whether it is a place in an order, "third". */
  isOrdinal: boolean;
  /** Whether it is a least ("at least 5", "5 or more") or a most ("up to 5"); "" if neither is said. */
  bound: ">" | "<" | "";
}

const UNITS =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const ORDINALS =
  "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(
    " ",
  );
const SCALES: Record<string, number> = {
  hundred: 100,
  thousand: 1e3,
  million: 1e6,
  billion: 1e9,
  trillion: 1e12,
  hundreds: 100,
  thousands: 1e3,
  millions: 1e6,
  billions: 1e9,
  trillions: 1e12,
  k: 1e3,
  m: 1e6,
  mn: 1e6,
  bn: 1e9,
  tn: 1e12,
};
const WORD_VALUES = new Map<string, number>([
  ...UNITS.map((word, i): [string, number] => [word, i]),
  ...TENS.map((word, i): [string, number] => [word, (i + 2) * 10]),
  ["dozen", 12],
  ["half", 0.5],
  ["twice", 2],
  ["thrice", 3],
  ["double", 2],
  ["triple", 3],
]);
const ORDINAL_VALUES = new Map(ORDINALS.map((word, i): [string, number] => [word, i]));
const CURRENCIES: Record<string, string> = {
  $: "$",
  "£": "£",
  "€": "€",
  "₹": "₹",
  "¥": "¥",
  dollar: "$",
  dollars: "$",
  usd: "$",
  pound: "£",
  pounds: "£",
  gbp: "£",
  euro: "€",
  euros: "€",
  eur: "€",
  rupee: "₹",
  rupees: "₹",
  inr: "₹",
  yen: "¥",
  yuan: "¥",
};

const DIGITS = String.raw`(?<!\p{L}[-‐‑]?|\d)(?<sign>[$£€₹¥]\s?)?(?<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:[   ]\d{3})+(?!\d)|\d+(?:\.\d+)?)(?<ordinal>st|nd|rd|th)?(?<rest>s\b)?`;
const CLOCK = String.raw`(?<![\d.:])(?<hour>\d{1,2})(?:[:.](?<minute>[0-5]\d))?\s?(?<half>a\.?m\b\.?|p\.?m\b\.?|o['’]clock)|(?<![\d.:])(?<hour24>[01]?\d|2[0-4]):(?<minute24>[0-5]\d)(?!:?\d)`;
const NUMBER = new RegExp(`${CLOCK}|${DIGITS}`, "giu");
const SCALE_AFTER = /^[\s-]?(hundred|thousand|million|billion|trillion|k|m|mn|bn|tn)\b(?!\p{L})/iu;
const SIGN_AFTER =
  /^[\s-]?(%|per ?cent\b|percentage points?\b|[$£€₹¥]|dollars?\b|usd\b|pounds?\b|gbp\b|euros?\b|eur\b|rupees?\b|inr\b|yen\b|yuan\b)/i;
const WORD = /\p{L}+/gu;

/** Every number of a text, in its order: in digits, in words ("twenty-five", "1.5 million"), times of day, places in an order. */
export function numbersIn(text: string): NumberIn[] {
  const found = [...inDigits(text)];
  const taken = (start: number): boolean => found.some((one) => start >= one.start && start < one.end);
  for (const one of inWords(text)) if (!taken(one.start)) found.push(one);
  return found
    .map((one) => ({
      ...one,
      bound: boundOf(text.slice(Math.max(0, one.start - 24), one.start), text.slice(one.end, one.end + 30)),
    }))
    .sort((a, b) => a.start - b.start);
}

const LEAST =
  "at least|no (?:less|fewer) than|not (?:less|fewer) than|more than|over|above|upwards? of|a minimum of|minimum|exceeding|longer than|older than|beyond";
const MOST =
  "at most|no more than|not more than|up to|less than|fewer than|under|below|a maximum of|maximum|within|almost|nearly|younger than|not exceeding|until";
const BOUND_BEFORE = new RegExp(`\\b(?:(?<least>${LEAST})|(?<most>${MOST}))\\s+(?:the |an? |age )?[$£€₹¥]?$`, "i");
const BOUND_AFTER =
  /^[^,.;]{0,14}?\b(?:or (?:(?<least>more|over|older|above|longer|upwards?)|(?<most>less|fewer|under|younger|below))|(?<upward>upwards?)|at (?:(?<atLeast>least)|(?<atMost>most)))\b/i;

function boundOf(before: string, after: string): NumberIn["bound"] {
  const front = BOUND_BEFORE.exec(before)?.groups;
  if (front !== undefined) return front["least"] === undefined ? "<" : ">";
  const back = BOUND_AFTER.exec(after)?.groups;
  if (back === undefined) return "";
  return (back["least"] ?? back["upward"] ?? back["atLeast"]) ? ">" : "<";
}

function* inDigits(text: string): Generator<Unbound> {
  for (const match of text.matchAll(NUMBER)) {
    const { groups = {}, index } = match;
    let end = index + match[0].length;
    const hour = groups["hour"] ?? groups["hour24"];
    if (hour !== undefined) {
      const isEvening = /^p/i.test(groups["half"] ?? "");
      const hours = groups["half"] === undefined ? Number(hour) : (Number(hour) % 12) + (isEvening ? 12 : 0);
      const value = `t${hours * 60 + Number(groups["minute"] ?? groups["minute24"] ?? 0)}`;
      yield { start: index, end, value, sign: "", isOrdinal: false };
      continue;
    }
    let value = Number(groups["digits"]!.replace(/[,   ]/g, ""));
    const scale = SCALE_AFTER.exec(text.slice(end));
    // "5 m" is a length, "$5m" is money.
    if (scale !== null && (scale[1]!.length > 1 || groups["sign"] !== undefined)) {
      value *= SCALES[scale[1]!.toLowerCase()]!;
      end += scale[0].length;
    }
    const after = SIGN_AFTER.exec(text.slice(end));
    const sign = signOf(groups["sign"]?.trim() ?? after?.[1] ?? "");
    const minus = MINUS.test(text.slice(Math.max(0, index - 2), index)) ? "-" : "";
    // Numbers of articles and books have more digits than a number can tell apart.
    const digits = groups["digits"]!.replace(/\D/g, "");
    const written = digits.length > MOST_DIGITS ? digits : shown(value);
    yield { start: index, end, value: minus + written, sign, isOrdinal: groups["ordinal"] !== undefined };
  }
}

type Unbound = Omit<NumberIn, "bound">;

/** A number in words while it is read: "two hundred and five thousand" is 205 so far when "thousand" comes. */
class SpokenNumber {
  #total = 0;
  #current: number;

  constructor(
    readonly start: number,
    public end: number,
    value: number,
  ) {
    this.#current = value;
  }

  /** Whether a value goes on with it: "twenty five", "hundred and five", not "five six". */
  takes(value: number): boolean {
    return this.#current === 0 || (this.#current >= 20 && this.#current < 100 && value < 10) || this.#current >= 100;
  }

  add(value: number, end: number): void {
    this.#current += value;
    this.end = end;
  }

  multiply(scale: number, end: number): void {
    this.#current = Math.max(1, this.#current) * scale;
    this.end = end;
    if (scale === 100) return;
    this.#total += this.#current;
    this.#current = 0;
  }

  get value(): number {
    return this.#total + this.#current;
  }
}

/** Between the words of one number: "twenty-five", "two hundred and five". */
const WITHIN = /^(?:\s|-|\sand\s)$/;

const MINUS = /(?:^|[\s(])[-−]$/;
const MOST_DIGITS = 12;

/** "twenty-five", "two hundred", "three million", "a dozen", "third". "One" is mostly no number: "one of them". */
function* inWords(text: string): Generator<Unbound> {
  let open: SpokenNumber | null = null;
  for (const match of text.matchAll(WORD)) {
    const word = foldWord(match[0]);
    if (word === "and") continue;
    const [start, end] = [match.index, match.index + match[0].length];
    if (open !== null && !WITHIN.test(text.slice(open.end, start))) {
      yield* finished(open, text);
      open = null;
    }
    const value = WORD_VALUES.get(word);
    const scale = word.length > 2 ? SCALES[word] : undefined;
    if (value !== undefined && open !== null && open.takes(value)) open.add(value, end);
    else if (value !== undefined) {
      if (open !== null) yield* finished(open, text);
      open = new SpokenNumber(start, end, value);
    } else if (scale !== undefined && open !== null) open.multiply(scale, end);
    else {
      if (open !== null) yield* finished(open, text);
      open = null;
      const ordinal = ORDINAL_VALUES.get(word);
      if (ordinal !== undefined && ordinal > 1) yield { start, end, value: shown(ordinal), sign: "", isOrdinal: true };
    }
  }
  if (open !== null) yield* finished(open, text);
}

function finished({ start, end, value }: SpokenNumber, text: string): Unbound[] {
  if (value === 1 && end - start === 3) return [];
  const sign = signOf(SIGN_AFTER.exec(text.slice(end))?.[1] ?? "");
  return [{ start, end, value: shown(value), sign, isOrdinal: false }];
}

function signOf(text: string): string {
  const word = text.toLowerCase();
  if (word === "%" || word.startsWith("per")) return "%";
  return CURRENCIES[word] ?? "";
}

function shown(value: number): string {
  return String(Number(value.toPrecision(12)));
}
