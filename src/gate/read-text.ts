import type { ShortForm } from "../search/short-forms.js";
import { areSynonyms } from "../search/synonyms.js";
import { termLikeness } from "../search/thesaurus.js";
import { foldWord, isStopWord, termsOfWord, wordsOf } from "../search/tokenize.js";
import { type NumberIn, numbersIn } from "./numbers.js";
import { areOpposite, denies } from "./opposites.js";

/** A word of a text with what it counts as. */
export interface Token {
  /** As written. */
  word: string;
  start: number;
  end: number;
  /** Its index terms: for a compound the joined whole, then its parts. */
  terms: readonly string[];
  /** Whether it is written as a name: a capital that does not come from the beginning of a sentence. */
  isName: boolean;
  denies: boolean;
  /** Which clause of the text it stands in, from 0. */
  clause: number;
}

/** A word or number in the order of its text. */
export interface Placed {
  token: Token | null;
  number: NumberIn | null;
  /** How far into the text, in words that carry meaning; crossing a clause's border counts as more than one. */
  at: number;
  clause: number;
  /** Names and numbers: what stays what it is and can be put in a wrong place. Those of one group stand side by side. */
  group: number | null;
  /** Whether "by" stands directly before it. */
  isAgent: boolean;
}

/** A text as it is compared. */
export interface ReadText {
  text: string;
  /** The words that carry meaning, and denials, in their order. */
  tokens: readonly Token[];
  numbers: readonly (NumberIn & { clause: number })[];
  clauses: number;
  sequence: readonly Placed[];
}

/** Where one clause ends and the next begins. */
const CLAUSE_BORDER =
  /[;:()–—]|\s-\s|,(?=\s)|\s(?=(?:and|but|while|whereas|although|though|because|since|which|who|whose|where|when|so that|instead of|rather than|after|before|until|unless|if)\s)/giu;
/** A capital after one of these is that of a sentence. */
const SENTENCE_START = /(?:^|[.!?:]["”’)]?\s+|["“‘(|]\s*|\n\s*)$/u;

/** @param forms short forms of the corpus: a spelt-out one is read as its short form */
export function readText(text: string, forms: readonly ShortForm[] = []): ReadText {
  const borders = [...text.matchAll(CLAUSE_BORDER)].map(({ index }) => index);
  const clauseAt = (place: number): number => {
    let clause = 0;
    while (clause < borders.length && borders[clause]! < place) clause++;
    return clause;
  };
  const numbers = numbersIn(text).map((number) => ({ ...number, clause: clauseAt(number.start) }));
  const isNumber = (start: number): boolean => numbers.some((one) => start >= one.start && start < one.end);
  const words: Token[] = [];
  for (const { word, start, end } of wordsOf(text)) {
    if (isNumber(start)) continue;
    const terms = termsOfWord(word);
    const isDenial = denies(word, terms[0]!);
    if (isStopWord(word) && !isDenial) continue;
    const isCapital = /^\p{Lu}/u.test(word);
    // "L-band" and "X-ray" are no names.
    const isLetter = /^\p{Lu}[-‐‑]\p{Ll}/u.test(word);
    const isInner = !SENTENCE_START.test(text.slice(Math.max(0, start - 4), start));
    const isShortForm = /^(?:\p{Lu}[\p{Lu}\p{N}]+s?|\p{Ll}\p{Lu}|\p{Lu}\p{Ll}+\p{Lu})/u.test(word);
    words.push({
      word,
      start,
      end,
      terms,
      isName: isCapital && !isLetter && (isInner || isShortForm),
      denies: isDenial,
      clause: clauseAt(start),
    });
  }
  const tokens = shortened(words, forms);
  return { text, tokens, numbers, clauses: borders.length + 1, sequence: sequenceOf(text, tokens, numbers) };
}

/** "European Space Agency (ESA)" as "ESA". */
function shortened(words: readonly Token[], forms: readonly ShortForm[]): Token[] {
  const tokens: Token[] = [];
  for (let w = 0; w < words.length; w++) {
    const form = forms.find(({ long }) => long.length > 1 && long.every((term, i) => words[w + i]?.terms[0] === term));
    const last = tokens.at(-1);
    if (form === undefined) {
      // The short form in brackets, after or before.
      if (last === undefined || last.terms[0] !== words[w]!.terms[0] || words[w]!.start - last.end > 3)
        tokens.push(words[w]!);
      continue;
    }
    const { start, clause } = words[w]!;
    w += form.long.length - 1;
    if (last?.terms[0] === form.short && start - last.end <= 3) continue;
    tokens.push({
      word: form.short,
      start,
      end: words[w]!.end,
      terms: [form.short],
      isName: true,
      denies: false,
      clause,
    });
  }
  return tokens;
}

/** Crossing a border between clauses is as far as so many words more. */
const BORDER = 2;
/** Between names that stand side by side, as in "NASA, ESA and the European Space Agency (ESA)". */
const WITHIN_GROUP = /^(?:['’]s)?[\s,&/()“”"-]*(?:(?:and|or|of|the|of the|and the)\s+)?$/iu;
const BY_BEFORE = /\bby\s+(?:(?:the|its|an?)\s+)?$/iu;

function sequenceOf(text: string, tokens: readonly Token[], numbers: ReadText["numbers"]): Placed[] {
  const all = [
    ...tokens.map((token) => ({ token, number: null, start: token.start, end: token.end })),
    ...numbers.map((number) => ({ token: null, number, start: number.start, end: number.end })),
  ].sort((a, b) => a.start - b.start);
  const placed: Placed[] = [];
  let groups = 0;
  for (const [i, { token, number, start }] of all.entries()) {
    const before = placed.at(-1);
    const clause = (token ?? number).clause;
    const isName = token?.isName === true;
    const gap = i > 0 ? text.slice(all[i - 1]!.end, start) : "";
    const joins = isName && before?.token?.isName === true && before.group !== null && WITHIN_GROUP.test(gap);
    const group = joins ? before.group : isName || number !== null ? groups++ : null;
    const at = before === undefined ? 0 : before.at + 1 + BORDER * (clause - before.clause);
    const isAgent = BY_BEFORE.test(text.slice(Math.max(0, start - 12), start));
    placed.push({ token, number, at, clause, group, isAgent });
  }
  return placed;
}

/** How far a word of a claim is said by one of a text: 1 the same, less for like words; negative if it is its opposite. */
export function sameness(claim: Token, other: Token): number {
  const whole = claim.terms[0]!;
  const others = other.terms;
  if (others.includes(whole) || claim.terms.includes(others[0]!)) return areConflated(claim.word, other.word) ? 0 : 1;
  if (claim.terms.length > 1 && claim.terms.slice(1).every((part) => others.includes(part))) return 1;
  if (areOpposite(whole, others[0]!)) return -1;
  if (claim.isName || other.isName) return nameLikeness(claim.word, other.word);
  if (areSynonyms(whole, others[0]!) || sameRoot(whole, others[0]!)) return SYNONYM;
  return LIKE * termLikeness(whole, others[0]!);
}

/** Words of one stem that mean different things, by how they begin. */
const CONFLATED = [
  ["general", "generous", "generosit", "generic", "generat"],
  ["universe", "universal", "universit"],
  ["police", "policy", "policies"],
  ["organi", "organs", "organic"],
  ["importan", "imported", "importer", "imports"],
  ["executive", "executed", "execution"],
  ["author's", "authors", "authori"],
  ["internal", "interns", "internship"],
  ["commun", "communis"],
];

function areConflated(a: string, b: string): boolean {
  const [one, other] = [foldWord(a), foldWord(b)];
  if (one === other) return false;
  const familyOf = (word: string): string | undefined =>
    CONFLATED.flat()
      .filter((start) => word.startsWith(start))
      .sort((x, y) => y.length - x.length)[0];
  const [first, second] = [familyOf(one), familyOf(other)];
  return first !== second && first !== undefined && second !== undefined;
}

const SYNONYM = 0.95;
/** Words that stand in like places may mean opposite things ("inner" and "outer"), so likeness counts little. */
const LIKE = 0.7;
const LEAST_ROOT = 5;

/** "cooper" and "cooperate": stems of one root. */
function sameRoot(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length >= LEAST_ROOT && long.startsWith(short.slice(0, Math.max(LEAST_ROOT, short.length - 1)));
}

/** Names of peoples that are no longer form of their country's. */
const PEOPLES = new Set(
  "french france|dutch netherlands|british britain|british uk|swiss switzerland|spanish spain|danish denmark|turkish turkey|greek greece|welsh wales|polish poland|irish ireland|scottish scotland|english england|german germany|finnish finland|swedish sweden|norwegian norway|chinese china|american usa|american us".split(
    "|",
  ),
);

/** "India" and "Indian" name the same; so do "USA" and "U.S.A.". */
function nameLikeness(a: string, b: string): number {
  const [one, other] = [foldWord(a), foldWord(b)].map((word) =>
    word.replace(/['’]s?$/, "").replace(/[^\p{L}\p{N}]/gu, ""),
  );
  if (one === other || PEOPLES.has(`${one} ${other}`) || PEOPLES.has(`${other} ${one}`)) return 1;
  const [short, long] = one!.length < other!.length ? [one!, other!] : [other!, one!];
  return short.length >= 4 && long.length - short.length <= 3 && long.startsWith(short.slice(0, -1)) ? 1 : 0;
}
