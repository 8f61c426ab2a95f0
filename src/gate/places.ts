import { type Placed, type ReadText, sameness } from "./read-text.js";

/** Words at least this like count as the same one. */
const SAME_WORD = 0.6;
const SAME_NAME = 0.9;
/** Further away than this, in words, nothing is said of what a word belongs to. */
const BESIDE = 2;
/** A rival must be nearer by this many words. */
const NEARER = 1;
/** Between two names, these make the sentence mean the same either way round. */
const MUTUAL = /\b(?:with|and|together|between|alongside|jointly|both|than|like|or)\b/i;

/**
 * How many names and numbers of a claim belong to other words in the source: "the tower, 30 m, and the bridge, 50 m" for
 * "the tower, 50 m, and the bridge, 30 m"; or have changed sides, as the doer and the one it is done to.
 */
export function misplacedIn(claim: ReadText, source: ReadText): number {
  return belongElsewhere(claim, source) + changedSides(claim, source) + changedPlaces(claim, source);
}

function belongElsewhere(claim: ReadText, source: ReadText): number {
  let misplaced = 0;
  for (const one of claim.sequence) {
    if (one.group === null) continue;
    const own = source.sequence.filter((other) => isSame(one, other));
    const ownGroups = new Set(own.map(({ group }) => group));
    const rivals = source.sequence.filter(
      (other) =>
        other.group !== null && !ownGroups.has(other.group) && sortOf(other) === sortOf(one) && !isSame(one, other),
    );
    if (own.length === 0 || rivals.length === 0) continue;
    const votes = wordsNear(one, claim.sequence).map((word) => voteOf(word, one, claim, own, rivals, source));
    const cast = votes.filter((vote) => vote !== null);
    if (cast.length > 0 && cast.every((vote) => vote)) misplaced++;
  }
  return misplaced;
}

/** Whether a word is nearer to a rival in the source; null if it stands in neither, or belongs as well to a rival in the claim. */
function voteOf(
  word: Placed,
  one: Placed,
  claim: ReadText,
  own: readonly Placed[],
  rivals: readonly Placed[],
  source: ReadText,
): boolean | null {
  const places = source.sequence.filter(
    (other) => other.token !== null && sameness(word.token!, other.token) > SAME_WORD,
  );
  if (places.length === 0) return null;
  const nearest = (anchors: readonly Placed[]): number =>
    Math.min(...anchors.flatMap((anchor) => places.map((place) => Math.abs(anchor.at - place.at))));
  const usurpers = rivals.filter((rival) => nearest([rival]) <= BESIDE && nearest([rival]) + NEARER < nearest(own));
  const isShared = (rival: Placed): boolean =>
    claim.sequence.some(
      (other) => isSame(other, rival) && Math.abs(other.at - word.at) <= Math.abs(one.at - word.at) + 1,
    );
  if (usurpers.some(isShared)) return null;
  if (usurpers.length === 0 && nearest(rivals) <= nearest(own) + NEARER) return null;
  return usurpers.length > 0;
}

function wordsNear(one: Placed, sequence: readonly Placed[]): Placed[] {
  return sequence.filter(
    ({ group, token, at }) => group === null && token !== null && !token.denies && Math.abs(at - one.at) <= BESIDE,
  );
}

/** Pairs of words of which each stands beside what in the source stands beside the other. */
function changedPlaces(claim: ReadText, source: ReadText): number {
  const [ours, theirs] = [besidesIn(claim), besidesIn(source)];
  const words = claim.sequence.filter(({ group, token }) => group === null && token !== null && !token.denies);
  const taken = new Map(words.map((word) => [word, usurpersOf(word, claim, ours, theirs)]));
  const isPair = (a: Placed, b: Placed): boolean => taken.get(a)!.has(b) && taken.get(b)?.has(a) === true;
  return words.filter((word) => [...taken.get(word)!].some((other) => isPair(word, other))).length / 2;
}

/** A word with the one that stands beside it, to the right (1) or left (-1). */
interface Beside {
  word: Placed;
  neighbour: Placed;
  side: 1 | -1;
}

function besidesIn({ sequence }: ReadText): Beside[] {
  return sequence.flatMap((word, i) =>
    ([1, -1] as const).flatMap((side) => {
      const neighbour = sequence[i + side];
      return neighbour !== undefined && isNextTo(neighbour, word) ? [{ word, neighbour, side }] : [];
    }),
  );
}

/** The words of a claim that in the source stand beside what a word of it stands beside in the claim. */
function usurpersOf(word: Placed, claim: ReadText, ours: readonly Beside[], theirs: readonly Beside[]): Set<Placed> {
  const found = new Set<Placed>();
  for (const { neighbour, side } of ours.filter((beside) => beside.word === word)) {
    if (neighbour.token?.denies === true) continue;
    const there = theirs.filter((beside) => beside.side === side && isSameWord(neighbour, beside.neighbour));
    if (there.some((beside) => isSameWord(word, beside.word))) continue;
    for (const other of claim.sequence)
      if (other !== word && there.some((beside) => isSameWord(other, beside.word))) found.add(other);
  }
  return found;
}

/** "A pays B" for "B pays A", or for "A is paid by B". */
function changedSides(claim: ReadText, source: ReadText): number {
  let changed = 0;
  const names = claim.sequence.filter(({ token }) => token?.isName === true);
  for (const [i, left] of names.entries()) {
    for (const right of names.slice(i + 1)) {
      if (left.group === right.group || left.clause !== right.clause) continue;
      const verbs = claim.sequence.filter(({ at, group }) => group === null && at > left.at && at < right.at);
      if (verbs.length === 0 || MUTUAL.test(textBetween(claim, left, right))) continue;
      if (
        source.sequence.some(
          (a) =>
            isSame(left, a) &&
            source.sequence.some(
              (b) => isSame(right, b) && isTurned(a, b, verbs, right.isAgent, textBetween(claim, left, right), source),
            ),
        )
      )
        changed++;
    }
  }
  return changed;
}

/** @param claimed what stands between the two in the claim */
function isTurned(
  a: Placed,
  b: Placed,
  verbs: readonly Placed[],
  isPassive: boolean,
  claimed: string,
  source: ReadText,
): boolean {
  const [first, second] = a.at < b.at ? [a, b] : [b, a];
  if (a.group === b.group || a.clause !== b.clause || MUTUAL.test(textBetween(source, first, second))) return false;
  const between = source.sequence.filter(({ at, group }) => group === null && at > first.at && at < second.at);
  const sharesVerb = verbs.some((verb) => between.some((other) => sameness(verb.token!, other.token!) > SAME_WORD));
  if (!sharesVerb) return false;
  const isFlipped = first === b;
  if (second.isAgent !== isPassive) return !isFlipped;
  // "The chosen one is A" says what "A was chosen" says: only verbs in the active voice tell who does it to whom.
  return isFlipped && !BE.test(textBetween(source, first, second)) && !BE.test(claimed);
}

const BE = /\b(?:is|are|was|were|be|been|being|as|became|becomes?)\b/i;

function textBetween({ text }: ReadText, left: Placed, right: Placed): string {
  return text.slice((left.token ?? left.number!).start, (right.token ?? right.number!).start);
}

function isSame(a: Placed, b: Placed): boolean {
  if (a.number !== null) return b.number !== null && a.number.value === b.number.value;
  return (
    a.token !== null &&
    b.token !== null &&
    a.group !== null &&
    b.group !== null &&
    sameness(a.token, b.token) >= SAME_NAME
  );
}

/** Only what is of one sort can be taken for another. */
function sortOf({ number }: Placed): string {
  if (number === null) return "name";
  if (number.sign !== "") return number.sign;
  if (number.value.startsWith("t")) return "time";
  return /^(?:1\d|20)\d\d$/.test(number.value) ? "year" : "count";
}

const SAID = 0.9;

/**
 * How many words stand where the source has another, beside the same neighbour, which the claim does not say: "the inner
 * solar system" for "the outer solar system".
 */
export function substitutedIn(claim: ReadText, source: ReadText): number {
  const isSaid = (one: Placed, others: readonly Placed[]): boolean => others.some((other) => isSameWord(one, other));
  const isOwn = ({ token }: Placed): boolean => token !== null && !token.denies;
  const theirs = besidesIn(source).filter(({ word }) => isOwn(word) && !isSaid(word, claim.sequence));
  const ours = besidesIn(claim);
  return claim.sequence.filter(
    (one) =>
      isOwn(one) &&
      !isSaid(one, source.sequence) &&
      ours.some(
        ({ word, neighbour, side }) =>
          word === one && theirs.some((other) => other.side === side && isSameWord(neighbour, other.neighbour)),
      ),
  ).length;
}

function isNextTo(a: Placed | undefined, b: Placed): boolean {
  return a !== undefined && Math.abs(a.at - b.at) <= 1;
}

function isSameWord(a: Placed, b: Placed | undefined): boolean {
  if (b === undefined) return false;
  if (a.number !== null || b.number !== null) return a.number?.value === b.number?.value;
  return sameness(a.token!, b.token!) >= SAID;
}
