import type { Evidence } from "./evidence.js";
import { isSingle } from "./lists.js";
import { continuesItem } from "./lists-in.js";
import { asksYesOrNo, type Question } from "./question.js";

/** What a list question asks for may be spread over several sentences. */
export const MAX_LIST_STATEMENTS = 4;
/** A sentence that points back does so in its first words. */
const POINTS_BACK_WITHIN = 60;
/** A sentence that tells more of what the one before was about. */
const GOES_ON = /^(?:it|its|they|their|this|these|such)\b/i;
/** So many further sentences of an item are said with its first. */
const MAX_REST = 2;
/** A sentence this short says what something is only in part. */
const SHORT_DEFINITION = 90;

const WHY_OR_HOW =
  /^\W*(and |but |so )?(why|how (?!many|much|long|old|often|far|big|tall|high|deep|heavy|fast|large)|what (is|was|are) the reason)/i;
const POINTS_BACK = /\b(this|these|that|those|such|they|it)\b/i;

/**
 * What goes on from a sentence that says little by itself: after "why" and "how" the sentence after the best one ("To avoid
 * this, …"), and after a short sentence that says what something is ("Tides are …") the one that goes on with "They …".
 */
export function goOn(
  question: Question,
  evidence: readonly Evidence[],
  chosen: Evidence[],
  why: Map<Evidence, string>,
): void {
  const add = (from: Evidence, isNext: (text: string) => boolean): void => {
    const { units } = from.hit.passage;
    const next = units[units.indexOf(from.unit) + 1];
    const item = evidence.find(({ unit }) => unit === next);
    if (from.unit.kind !== "sentence" || item?.unit.kind !== "sentence" || chosen.includes(item)) return;
    if (!isNext(item.text)) return;
    chosen.splice(chosen.indexOf(from) + 1, 0, item);
    why.set(item, "goes on from the one before");
  };
  const [best] = chosen;
  if (best !== undefined && WHY_OR_HOW.test(question.text))
    add(best, (text) => POINTS_BACK.test(text.slice(0, POINTS_BACK_WITHIN)));
  if (best !== undefined && announcesList(question, best)) {
    for (const item of enumeratedAfter(best, evidence)) {
      if (chosen.length === MAX_LIST_STATEMENTS) break;
      if (chosen.includes(item)) continue;
      chosen.splice(lastOf(best, chosen) + 1, 0, item);
      why.set(item, "one of what the best announces");
    }
  }
  if (best?.unit.kind === "item" && wantsWholeItem(question)) {
    for (const item of restOfItem(best, evidence)) {
      if (chosen.includes(item)) continue;
      chosen.splice(lastOf(best, chosen) + 1, 0, item);
      why.set(item, "the rest of the item");
    }
  }
  if (question.kind !== "definition") return;
  for (const short of chosen.filter(({ text }) => text.length <= SHORT_DEFINITION))
    add(short, (text) => GOES_ON.test(text));
}

/** Who, where, how many, yes or no: one sentence says it. */
function wantsWholeItem({ text, kind, asksForTime }: Question): boolean {
  return !asksForTime && !asksYesOrNo(text) && !isSingle(kind);
}

/** An item's further sentences: "E12 disk full: writing stops. Free some space." */
function restOfItem(best: Evidence, evidence: readonly Evidence[]): Evidence[] {
  const { passage } = best.hit;
  const from = passage.units.indexOf(best.unit) + 1;
  const rest: Evidence[] = [];
  for (let i = from; i < from + MAX_REST && i < passage.units.length && continuesItem(passage, i); i++) {
    const item = evidence.find(({ unit }) => unit === passage.units[i]);
    if (item === undefined) break;
    rest.push(item);
  }
  return rest;
}

/** "Partnerships come in several forms": what is asked for follows. */
const ANNOUNCES =
  /\b(?:several|various|many|multiple|numerous|different|diverse|number of|variety of|range of|two|three|four|five|six)\b(?!-)/i;
/** … unless the sentence tells it itself. */
const TELLS = /\b(?:including|includes?|such as|namely|e\.g\.)|:|(?:,[^,]+){2,},? (?:and|or) /i;
/** "One is …", "Another threat …", "… is one of them". */
const ENUMERATES =
  /^(?:one|another|an?other|others?|the (?:first|second|third|fourth|last|other|next)|a (?:first|second|third|further|common|final)|first(?:ly)?|second(?:ly)?|third(?:ly)?|finally|further(?:more)?|also|moreover|in addition|additionally)\b|\b(?:another|one of (?:them|these)|among (?:them|these)|as well|too)\b/i;
/** Whether a sentence goes on to enumerate what one before announced. */
export function enumerates({ text }: Evidence): boolean {
  return ENUMERATES.test(text);
}

/** What is announced is told within so many sentences. */
const ENUMERATED_WITHIN = 8;

export function announcesList(question: Question, best: Evidence | undefined): boolean {
  return (
    question.kind === "list" && best?.unit.kind === "sentence" && ANNOUNCES.test(best.text) && !TELLS.test(best.text)
  );
}

/** The sentences after one, in its passage and those after it under the same heading, that enumerate. */
function enumeratedAfter(announcing: Evidence, evidence: readonly Evidence[]): Evidence[] {
  const { documentId, headings } = announcing.hit.passage;
  return evidence
    .filter(({ hit, unit }) => {
      const { passage } = hit;
      const isHere = passage.documentId === documentId && passage.headings.at(-1) === headings.at(-1);
      return isHere && unit.kind === "sentence" && unit.start > announcing.unit.start;
    })
    .toSorted((a, b) => a.unit.start - b.unit.start)
    .slice(0, ENUMERATED_WITHIN)
    .filter(enumerates);
}

function lastOf(best: Evidence, chosen: readonly Evidence[]): number {
  let last = chosen.indexOf(best);
  chosen.forEach((item, i) => {
    if (item.hit.passage.documentId === best.hit.passage.documentId && item.unit.start > best.unit.start)
      last = Math.max(last, i);
  });
  return last;
}
