import type { NumberIn } from "./numbers.js";
import { type ReadText, sameness, type Token } from "./read-text.js";
import type { ReadUnit } from "./read-unit.js";

/** One clause of a claim, or several of which only together say something. */
export interface Clause {
  tokens: Token[];
  /** Inverse passage frequency of each token, 0 for a denial. */
  weights: number[];
  numbers: NumberIn[];
}

/** A clause with the unit that says most of it. */
export interface BackedClause {
  clause: Clause;
  unit: ReadUnit;
  /** How well each of the clause's words is said there, 0 to 1. */
  found: number[];
}

/** A clause with fewer words and numbers than this says nothing by itself and is taken with its neighbour. */
const LEAST_WORDS = 2;
/** What stands only in heading or lead-in counts a little less than what the unit itself says. */
const AROUND = 0.9;
/** A number weighs as much as a rare word. */
const NUMBER_WEIGHT = 6;
/** A name says more than its rarity of what a unit speaks of. */
const NAME_WEIGHT = 1.5;
/** One unit is enough if it says this share of what the best unit of each clause says. */
const ENOUGH = 0.8;

export function clausesOf(claim: ReadText, weights: readonly number[]): Clause[] {
  const clauses: Clause[] = [];
  for (let c = 0; c < claim.clauses; c++) {
    const at = claim.tokens.flatMap((token, t) => (token.clause === c ? [t] : []));
    const clause = {
      tokens: at.map((t) => claim.tokens[t]!),
      weights: at.map((t) => weights[t]!),
      numbers: claim.numbers.filter((number) => number.clause === c),
    };
    const last = clauses.at(-1);
    if (last !== undefined && (sizeOf(clause) < LEAST_WORDS || sizeOf(last) < LEAST_WORDS)) {
      last.tokens.push(...clause.tokens);
      last.weights.push(...clause.weights);
      last.numbers.push(...clause.numbers);
    } else if (sizeOf(clause) > 0) clauses.push(clause);
  }
  return clauses;
}

function sizeOf({ tokens, numbers }: Clause): number {
  return tokens.length + numbers.length;
}

/**
 * The clauses with the units that say them; those of which no unit says anything are left out. One unit for all is
 * preferred: from several, a claim can be put together that none of them makes.
 */
export function backClauses(clauses: readonly Clause[], units: readonly ReadUnit[]): BackedClause[] {
  const each = clauses.flatMap((clause) => best(units.map((unit) => back(clause, unit))));
  const single = best(units.map((unit) => joined(clauses.map((clause) => back(clause, unit)))));
  const chosen =
    single.length > 0 && single[0]!.said >= ENOUGH * sum(each.map(({ said }) => said)) ? single[0]!.parts : each;
  return chosen.filter(({ said }) => said > 0);
}

interface Candidate extends BackedClause {
  said: number;
  worth: number;
}

function back(clause: Clause, unit: ReadUnit): Candidate {
  const found = clause.tokens.map((token) =>
    Math.max(likeness(token, unit.own.tokens), AROUND * likeness(token, unit.around)),
  );
  const said = sum(found.map((value, t) => value * clause.weights[t]! * (clause.tokens[t]!.isName ? NAME_WEIGHT : 1)));
  const counted = clause.numbers.filter((number) => saysNumber(unit, number)).length * NUMBER_WEIGHT;
  return { clause, unit, found, said, worth: said + counted };
}

function joined(parts: Candidate[]): { parts: Candidate[]; said: number; worth: number } {
  return { parts, said: sum(parts.map(({ said }) => said)), worth: sum(parts.map(({ worth }) => worth)) };
}

/** The candidate that is worth most, the first of equals; none if there is none of any worth. */
function best<T extends { worth: number }>(candidates: readonly T[]): T[] {
  const most = Math.max(0, ...candidates.map(({ worth }) => worth));
  return most === 0 ? [] : [candidates.find(({ worth }) => worth === most)!];
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** So many units at most stand in for a claim. */
const STAND_INS = 3;
/** A unit stands in for a clause of which it says this share itself, or for a claim of which it says this share. */
const OF_CLAUSE = 0.7;
const OF_CLAIM = 0.35;

/**
 * The units that say best, in their own words, what a claim is about: the best of each clause that is said well, else the
 * best one of all; none if none speaks of the same.
 */
export function nearestUnits(clauses: readonly Clause[], units: readonly ReadUnit[]): ReadUnit[] {
  const bestFor = (clause: Clause): { unit: ReadUnit; worth: number }[] =>
    best(units.map((unit) => ({ unit, worth: ownShare(clause, unit) })));
  const well = clauses.filter((clause) => sizeOf(clause) >= LEAST_WORDS).flatMap(bestFor);
  const chosen = new Set(well.filter(({ worth }) => worth >= OF_CLAUSE).map(({ unit }) => unit));
  if (chosen.size > 0) return [...chosen].slice(0, STAND_INS);
  const whole = {
    tokens: clauses.flatMap(({ tokens }) => tokens),
    weights: clauses.flatMap(({ weights }) => weights),
    numbers: clauses.flatMap(({ numbers }) => numbers),
  };
  return bestFor(whole).flatMap(({ unit, worth }) => (worth >= OF_CLAIM ? [unit] : []));
}

/** The share of a clause's weight that the unit's own words say, 0 to 1. */
function ownShare({ tokens, weights }: Clause, { own }: ReadUnit): number {
  const total = sum(weights);
  return total === 0 ? 0 : sum(tokens.map((token, t) => likeness(token, own.tokens) * weights[t]!)) / total;
}

/** How far any of some words says one, 0 to 1. */
export function likeness(token: Token, others: readonly Token[]): number {
  let most = 0;
  for (const other of others) most = Math.max(most, sameness(token, other));
  return most;
}

export function saysNumber({ own, aroundNumbers }: ReadUnit, number: NumberIn): boolean {
  return [...own.numbers, ...aroundNumbers].some(
    ({ value, sign, bound }) =>
      value === number.value &&
      (sign === number.sign || sign === "" || number.sign === "") &&
      (bound === number.bound || bound === "" || number.bound === ""),
  );
}
