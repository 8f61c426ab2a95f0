/**
 * Masks e-mail addresses and phone numbers. It errs on the side of masking where a number is written as phone numbers are
 * (a leading +, a trunk 0, brackets, groups that end in four digits, a word such as "call" before it), and leaves years,
 * ranges, dates, amounts and bare big numbers as they are.
 *
 * @returns the text with `[e-mail]` and `[phone]` in their places
 */
export function maskPersonalData(text: string): string {
  const masked = EMAILS.reduce((put, pattern) => put.replace(pattern, "[e-mail]"), text);
  const afterCue = masked.replace(AFTER_CUE, (all: string, cue: string, number: string) =>
    isPhoneLength(number) && !isNoPhone(number) ? `${cue}[phone]` : all,
  );
  return PHONES.reduce(
    (put, { pattern, least, most }) =>
      put.replace(pattern, (number) => {
        const digits = digitsIn(number);
        return digits >= least && digits <= most && !isNoPhone(number) ? "[phone]" : number;
      }),
    afterCue,
  );
}

/** Every part is bounded, so that a hostile text takes no longer than a harmless one of its length. */
const EMAILS = [
  /(?<![\p{L}\p{N}\p{M}._%+'-])[\p{L}\p{N}\p{M}._%+'-]{1,64}@(?:[\p{L}\p{N}\p{M}-]{1,63}\.){1,8}[\p{L}\p{N}\p{M}-]{2,24}/gu,
  // A quoted name, and an address without a dot or in numbers: "the keeper"@example.org, root@localhost, a@[192.0.2.1].
  /"[^"\n]{1,64}"@[\p{L}\p{N}\p{M}.[\]:-]{1,100}/gu,
  /(?<![\p{L}\p{N}\p{M}._%+'-])[\p{L}\p{N}\p{M}._%+'-]{1,64}@(?:localhost\b|\[[\da-fA-F.:]{2,45}\])/gu,
  // Written out against collectors: ida (at) example [dot] org, ida at example dot org.
  /(?<![\p{L}\p{N}\p{M}._%+-])[\p{L}\p{N}\p{M}._%+-]{1,64}\s?[[({]\s?at\s?[\])}]\s?[\p{L}\p{N}\p{M}-]{1,63}(?:\s?(?:\.|[[({]\s?dot\s?[\])}]|\bdot\b)\s?[\p{L}\p{N}\p{M}-]{1,63}){1,8}/giu,
  /(?<![\p{L}\p{N}\p{M}._%+-])[\p{L}\p{N}\p{M}._%+-]{1,64} at [\p{L}\p{N}\p{M}-]{1,63}(?: dot [\p{L}\p{N}\p{M}-]{2,63}){1,4}/giu,
];

/** What stands between two digits of a phone number: up to three of these. */
const GAP = String.raw`[\s().\-/\u2010-\u2013\u2212\u00a0\u202f]{0,3}`;
const EXTENSION = String.raw`(?:\s?(?:ext\.?|extension|x|#)\s?\d{1,6})?`;
/** Not in the middle of a number, a word or an amount such as 1,234. */
const BEFORE = String.raw`(?<![\p{L}\p{N}_+])(?<!\p{N}[.,\-/\u2010-\u2013])`;
const AFTER = String.raw`(?![\p{N}\p{L}])(?![.,]\p{N})`;

function phone(body: string, least: number, most: number): { pattern: RegExp; least: number; most: number } {
  return { pattern: new RegExp(`${BEFORE}${body}${EXTENSION}${AFTER}`, "giu"), least, most: most + 6 };
}

/** Forms in which phone numbers are written (ITU-T E.123 and what people do), with how many digits each may have. */
const PHONES = [
  // +49 30 1234567, +44 (0)20 7946 0958, ＋1-415-555-2671: at most 15 digits (E.164).
  phone(String.raw`(?:tel:)?[+\uff0b]\s?\(?\d(?:${GAP}\d){6,14}`, 8, 15),
  // 0049 30 1234567
  phone(String.raw`00[1-9](?:${GAP}\d){6,14}`, 9, 17),
  // (415) 555-2671, (030) 1234567
  phone(String.raw`\(\d{2,5}\)(?:${GAP}\d){5,9}`, 8, 12),
  // 030 1234567, 0151/23456789, 01 23 45 67 89, 020 7946 0958: a trunk 0 begins no amount.
  phone(String.raw`0[1-9](?:${GAP}\d){7,10}`, 9, 12),
  // 415-555-2671, 1 800 555 0199, 415.555.2671: no amount ends in a group of four.
  phone(String.raw`(?:1[\s.-])?[2-9]\d{2}([\s.-])\d{3}\1\d{4}`, 10, 11),
  // 98765 43210 (India, Nordic and others with two groups of five)
  phone(String.raw`[6-9]\d{4}\s\d{5}`, 10, 10),
];

/** "call 555-0199", "my number is 4155552671": after such a word any number of that length is one. */
const AFTER_CUE = new RegExp(
  String.raw`(\b(?:tel(?:efon|ephone|\.)?|phone|cell|mobile|handy|fax|whatsapp|signal|sms|call(?: me| us)?|ring(?: me)?|dial|text(?: me)?|reach me|number is|nummer)\b(?:\s(?:me|us|number|no\.?|is|at|on|under))?[\s.:#=]{1,3})(\(?\d(?:${GAP}\d){5,14}${EXTENSION})(?![\p{N}\p{L}])`,
  "giu",
);

function isPhoneLength(number: string): boolean {
  const digits = digitsIn(number);
  return digits >= 6 && digits <= 21;
}

/** Years, dates, ranges and amounts in groups of three that the forms above would take in. */
const NO_PHONES = [
  // 1990-2000, 2010 – 2015
  /^\(?[12]\d{3}\)?\s?[-–/\u2010-\u2013]\s?\(?[12]\d{3}\)?$/u,
  // 2024-05-17, 17.05.2024, 05/17/2024, with an hour after it
  /^\d{4}[-./]\d{1,2}[-./]\d{1,2}(?:\D.*)?$/u,
  /^0?\d{1,2}[-./]\d{1,2}[-./]\d{4}(?:\D.*)?$/u,
  // 299 792 458: groups of three all the way
  /^[1-9]\d{0,2}(?:[\s\u00a0\u202f.]\d{3}){2,}$/u,
];

function isNoPhone(number: string): boolean {
  return NO_PHONES.some((pattern) => pattern.test(number.trim()));
}

function digitsIn(text: string): number {
  return text.replace(/\D/g, "").length;
}
