import type { Passage, Unit } from "../types.js";
import { textOf } from "./unit-text.js";

/** What introduces a sentence: so many words of its lead-in, the last ones, and of its heading, the first ones. */
const PLACE_SHARE = 6;

/** A sentence with what stands around it. */
export interface Placed {
  sentence: string;
  /** What introduces it: the last words of its lead-in or column names, the first of its heading. */
  introduction: string;
  /** The heading that it stands under, which may be a question; the title, if there is none. */
  heading: string;
  /** The sentences beside it; empty at the ends of a passage. */
  before: string;
  after: string;
}

/** A unit of a passage with what stands around it. */
export function placed({ passage, unit, text }: { passage: Passage; unit: Unit; text: string }): Placed {
  const at = passage.units.indexOf(unit);
  const beside = (i: number): string => (i in passage.units ? textOf(passage, passage.units[i]!) : "");
  const heading = passage.headings.at(-1) ?? passage.title;
  return {
    sentence: text,
    introduction: introductionOf(unit.context, heading),
    heading,
    before: beside(at - 1),
    after: beside(at + 1),
  };
}

function introductionOf(context: string, heading: string): string {
  const lead = context === "" ? "" : `${context.split(/\s+/).slice(-PLACE_SHARE).join(" ")} `;
  return lead + heading.split(/\s+/).slice(0, PLACE_SHARE).join(" ");
}
