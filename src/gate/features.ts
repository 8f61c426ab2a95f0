import { rowOf } from "../search/thesaurus.js";
import { type BackedClause, type Clause, likeness, saysNumber, sum } from "./clauses.js";
import { wrongColumns } from "./columns.js";
import { turnedParticles } from "./opposites.js";
import { misplacedIn, substitutedIn } from "./places.js";
import { type ReadText, sameness, type Token } from "./read-text.js";
import type { ReadUnit } from "./read-unit.js";

/** What the units that are to say a claim say of it. Counts, unless told otherwise. */
export interface SupportFeatures {
  /** Numbers that do not stand there; a place in an order may count what is listed. */
  strangeNumbers: number;
  /** Names that stand nowhere in the cited passages. */
  strangeNames: number;
  /** Names that do, but not in the unit that says their clause. */
  distantNames: number;
  /** Clauses where one side denies what the other says, or says the opposite. */
  denied: number;
  /** Names and numbers that have another place there. */
  misplaced: number;
  /** Words that stand where the unit has another, beside the same neighbour. */
  substituted: number;
  /** Share of the claim's term weight that is said, 0 to 1. */
  covered: number;
  /** The same of the clause that is covered least. */
  leastClause: number;
  /** Weight, over the mean of the claim's words, of the heaviest word that only another unit of the cited passages says. */
  heaviestDistant: number;
  /** Share of the claim's term weight that is said word for word, 0 to 1. */
  literal: number;
  /** Units beyond the first that the clauses need. */
  joined: number;
  /** Cosine of the claim and the nearest of the units, or all of them. */
  cosine: number;
}

/** A name is found if a word is this like it. */
const SAME_NAME = 0.9;
/** Above this a word counts as said. */
const SAID = 0.9;

export function featuresOf(
  claim: ReadText,
  clauses: readonly Clause[],
  backed: readonly BackedClause[],
  cited: readonly ReadUnit[],
  cosine: number,
): SupportFeatures {
  const shares = backed.map(({ clause, found }) => ({
    total: sum(clause.weights),
    said: sum(found.map((value, t) => value * clause.weights[t]!)),
    literal: sum(found.map((value, t) => (value >= SAID ? clause.weights[t]! : 0))),
  }));
  const total = sum(clauses.flatMap(({ weights }) => weights));
  const mean = total / Math.max(1, claim.tokens.filter(({ denies }) => !denies).length);
  const clauseShares = shares.filter((share) => share.total >= mean).map((share) => share.said / share.total);
  const words = backed.flatMap(({ clause, unit, found }) =>
    clause.tokens.map((token, t) => ({
      token,
      unit,
      found: found[t]!,
      weight: clause.weights[t]! / Math.max(1e-9, mean),
    })),
  );
  const elsewhere = (token: Token, unit: ReadUnit): number =>
    Math.max(0, ...cited.filter((other) => other !== unit).map((other) => likeness(token, other.own.tokens)));
  const missed = words.filter(({ token, found }) => !token.denies && found < SAID);
  const chosen = [...new Set(backed.map(({ unit }) => unit))];
  const labels = new Map(chosen.map((unit) => [unit, labelOf(unit)]));
  /** A name from title or heading, where the unit says itself whom it speaks of, and the claim does not name that. */
  const isOverLabel = ({ token, unit }: (typeof words)[number]): boolean => {
    const label = labels.get(unit)!;
    return (
      token.isName &&
      label.length > 0 &&
      likeness(token, unit.own.tokens) < SAME_NAME &&
      label.every((word) => !inClause(word, token.clause))
    );
  };
  const inClause = (word: Token, clause: number): boolean =>
    likeness(
      word,
      claim.tokens.filter((token) => token.clause === clause),
    ) >= SAME_NAME;
  const names = missed.filter(
    ({ token, unit, found }) => isNamed(token, found) && found < SAME_NAME && !isLongerName(token, claim, unit, cited),
  );
  const unsaid = clauses.filter((clause) => !backed.some((one) => one.clause === clause));
  const strange = [
    ...unsaid.flatMap(({ numbers }) => numbers),
    ...backed.flatMap(({ clause, unit }) => clause.numbers.filter((number) => !saysNumber(unit, number))),
  ];
  const partSaidBy = (unit: ReadUnit): ReadText => {
    const part = new Set(
      backed.flatMap((one) => (one.unit === unit ? one.clause.tokens.map((token) => token.clause) : [])),
    );
    return { ...claim, sequence: claim.sequence.filter((one) => part.has(one.clause)) };
  };
  const parts = chosen.map((unit) => ({ unit, part: partSaidBy(unit) }));
  return {
    strangeNumbers: strange.filter(({ isOrdinal }) => !isOrdinal).length,
    strangeNames:
      unsaid.flatMap(({ tokens }) => tokens.filter((token) => isNamed(token, 0))).length +
      names.filter(({ token, unit }) => elsewhere(token, unit) < SAME_NAME).length,
    distantNames:
      names.filter(({ token, unit }) => elsewhere(token, unit) >= SAME_NAME).length + words.filter(isOverLabel).length,
    denied:
      backed.filter(isDenied).length + (chosen.length === 1 ? turnedParticles(claim.text, chosen[0]!.own.text) : 0),
    misplaced: sum(parts.map(({ unit, part }) => misplacedIn(part, unit.own) + wrongColumns(part, unit))),
    substituted: sum(parts.map(({ unit, part }) => substitutedIn(part, unit.own))),
    covered: total === 0 ? 0 : sum(shares.map(({ said }) => said)) / total,
    leastClause: Math.min(1, ...clauseShares),
    heaviestDistant: Math.max(
      0,
      ...missed.map(({ token, unit, found, weight }) => weight * Math.max(0, elsewhere(token, unit) - found)),
    ),
    literal: total === 0 ? 0 : sum(shares.map(({ literal }) => literal)) / total,
    joined: Math.max(0, chosen.length - 1),
    cosine,
  };
}

const LABEL = /^[^:|]{1,60}(?=[:|])/u;

/** The words that a row's first cell or an item's "Name:" says what the unit speaks of with. */
function labelOf({ own }: ReadUnit): Token[] {
  const end = LABEL.exec(own.text)?.[0].length ?? 0;
  const label = own.tokens.filter(({ start }) => start < end);
  return label.some((token) => token.isName || rowOf(token.terms[0]!) < 0) ? label : [];
}

/** "Hubble Space Telescope" where the unit says "Hubble" and another of the passages the whole name. */
function isLongerName(token: Token, claim: ReadText, unit: ReadUnit, cited: readonly ReadUnit[]): boolean {
  const group = claim.sequence.find((one) => one.token === token)?.group ?? null;
  if (group === null) return false;
  const others = claim.sequence.flatMap((one) =>
    one.group === group && one.token !== null && one.token !== token ? [one.token] : [],
  );
  const known = others.filter((other) => likeness(other, unit.own.tokens) >= SAME_NAME);
  return cited.some(({ own }) =>
    own.sequence.some(
      (one) =>
        one.token !== null &&
        one.group !== null &&
        sameness(token, one.token) >= SAME_NAME &&
        known.some((name) =>
          own.sequence.some(
            (two) => two.group === one.group && two.token !== null && sameness(name, two.token) >= SAME_NAME,
          ),
        ),
    ),
  );
}

/** A word with a capital that is a name, or stands first and is in no dictionary. */
function isNamed(token: Token, found: number): boolean {
  return token.isName || (found === 0 && /^\p{Lu}/u.test(token.word) && rowOf(token.terms[0]!) < 0);
}

/** Whether a clause denies what its unit says, or the other way round. */
function isDenied({ clause, unit }: BackedClause): boolean {
  // Of a bare "No." everything.
  let theirs: readonly Token[] = unit.own.tokens.length <= BARE_WORDS ? unit.own.tokens : [];
  let most = 0;
  for (let c = 0; c < unit.own.clauses; c++) {
    const tokens = unit.own.tokens.filter((token) => token.clause === c);
    const shared = sum(
      clause.tokens.map((token, t) => (token.denies ? 0 : clause.weights[t]! * likeness(token, tokens))),
    );
    if (shared > most) [theirs, most] = [tokens, shared];
  }
  const all = unit.own.tokens;
  const isOpposite = (token: Token, others: readonly Token[]): boolean =>
    others.some((other) => sameness(token, other) < 0) && !others.some((other) => sameness(token, other) > SAID);
  const opposites = clause.tokens.filter((token) => isOpposite(token, all)).length;
  // "Forbidden" against "allowed" is one difference, not a denial besides.
  const denials = (list: readonly Token[], others: readonly Token[]): number =>
    list.filter((token) => token.denies && !isOpposite(token, others)).length;
  return (opposites + denials(clause.tokens, all) + denials(theirs, clause.tokens)) % 2 === 1;
}

/** A unit with no more words than this is a bare "No.". */
const BARE_WORDS = 2;
