import { DANGLING } from "../answer/statement.js";
import { textOf } from "../answer/unit-text.js";
import type { ShortForm } from "../search/short-forms.js";
import type { Passage, Unit } from "../types.js";
import type { NumberIn } from "./numbers.js";
import { type ReadText, readText, type Token } from "./read-text.js";

/** A unit of a passage, to be quoted. */
export interface QuotedUnit {
  passage: Passage;
  unit: Unit;
}

export interface ReadUnit extends QuotedUnit {
  own: ReadText;
  /** What a reader knows when reading the unit: title, headings, lead-in or column names, of one that points back, the unit before. */
  around: readonly Token[];
  aroundNumbers: readonly NumberIn[];
}

/**
 * The units of a passage that say something. A question says nothing; it is what the reader of its answer knows, and so is
 * what stands before a unit that points back.
 */
export function readUnits(passage: Passage, forms: readonly ShortForm[]): ReadUnit[] {
  const place = readText([passage.title, ...passage.headings].map((text) => `${text}. `).join(""), forms);
  const owns = passage.units.map((unit) => readText(textOf(passage, unit), forms));
  const asks = passage.units.map(({ kind }, i) => kind === "question" || /\?["”’)]*$/.test(owns[i]!.text.trim()));
  const asked = passage.kind === "faq" ? owns.filter((_, i) => asks[i]).flatMap(({ tokens }) => tokens) : [];
  return passage.units.flatMap((unit, i) => {
    if (asks[i]) return [];
    const context = readText(unit.context, forms);
    const before = i > 0 && (asks[i - 1] || DANGLING.test(owns[i]!.text)) ? owns[i - 1]!.tokens : [];
    const known = [...context.tokens, ...place.tokens, ...asked, ...before];
    return [
      {
        passage,
        unit,
        own: owns[i]!,
        around: known.filter(({ denies }) => !denies),
        aroundNumbers: [...context.numbers, ...place.numbers],
      },
    ];
  });
}
