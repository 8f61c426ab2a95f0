import { StartupError } from "../errors.js";
import type { Passage, PassageKind, Unit } from "../types.js";
import { pack, unpack } from "./packed.js";

const FILE = "passages.bin";
const KINDS: readonly PassageKind[] = ["prose", "list", "table", "faq"];
const UNIT_KINDS: readonly Unit["kind"][] = ["sentence", "item", "row", "question"];

/** What the table needs to know of a document. */
export interface PassageSource {
  id: string;
  title: string;
  text: string;
}

interface Columns {
  /** Which of the sources each passage is from. */
  document: Uint32Array;
  start: Uint32Array;
  end: Uint32Array;
  kind: Uint8Array;
  /** Which of `headings`, and of `contexts`. */
  heading: Uint32Array;
  context: Uint32Array;
  /** NaN where there are none; empty if no passage has any. */
  seconds: Float64Array;
  /** The units of passage p are `[firstUnit[p], firstUnit[p + 1])`. */
  firstUnit: Uint32Array;
  unitStart: Uint32Array;
  unitEnd: Uint32Array;
  unitKind: Uint8Array;
  unitContext: Uint32Array;
  unitSeconds: Float64Array;
}

/**
 * All passages of an index as columns of numbers, from which a `Passage` is made when it is asked for: as objects, those of
 * 100,000 passages take gigabytes. Passages are known by their label: their place in the corpus, from 0.
 */
export class PassageTable {
  /** The passages of source s are `[firstPassage[s], firstPassage[s + 1])`. */
  readonly #firstPassage: Uint32Array;

  private constructor(
    readonly sources: readonly PassageSource[],
    /** All headings that passages stand under, outermost first, each list once. */
    readonly headings: readonly (readonly string[])[],
    /** All lead-ins and column names, each once. */
    readonly contexts: readonly string[],
    readonly columns: Readonly<Columns>,
  ) {
    this.#firstPassage = new Uint32Array(sources.length + 1);
    for (const document of columns.document) this.#firstPassage[document + 1]!++;
    for (let i = 0; i < sources.length; i++) this.#firstPassage[i + 1]! += this.#firstPassage[i]!;
  }

  /**
   * @param passages in the order of their sources, each source's as `splitPassages` numbers them
   * @throws Error if they are not
   */
  static of(sources: readonly PassageSource[], passages: readonly Passage[]): PassageTable {
    const places = new Map(sources.map(({ id }, at) => [id, at]));
    const headings = new Numbering<readonly string[]>((list) => JSON.stringify(list));
    const contexts = new Numbering<string>((text) => text);
    const units = passages.flatMap((passage) => passage.units);
    const firstUnit = new Uint32Array(passages.length + 1);
    passages.forEach((passage, i) => (firstUnit[i + 1] = firstUnit[i]! + passage.units.length));
    const table = new PassageTable(sources, headings.items, contexts.items, {
      document: Uint32Array.from(passages, ({ documentId }) => places.get(documentId) ?? sources.length),
      start: Uint32Array.from(passages, ({ start }) => start),
      end: Uint32Array.from(passages, ({ end }) => end),
      kind: Uint8Array.from(passages, ({ kind }) => KINDS.indexOf(kind)),
      heading: Uint32Array.from(passages, (passage) => headings.numberOf(passage.headings)),
      context: Uint32Array.from(passages, ({ context }) => contexts.numberOf(context)),
      seconds: secondsOf(passages),
      firstUnit,
      unitStart: Uint32Array.from(units, ({ start }) => start),
      unitEnd: Uint32Array.from(units, ({ end }) => end),
      unitKind: Uint8Array.from(units, ({ kind }) => UNIT_KINDS.indexOf(kind)),
      unitContext: Uint32Array.from(units, ({ context }) => contexts.numberOf(context)),
      unitSeconds: secondsOf(units),
    });
    const stray = passages.find(({ id }, label) => id !== table.#idOf(label));
    if (stray !== undefined) throw new Error(`the passage "${stray.id}" is out of order`);
    return table;
  }

  serialize(): Uint8Array {
    const strings = { headings: this.headings, contexts: this.contexts };
    return pack({ ...this.columns, strings: new TextEncoder().encode(JSON.stringify(strings)) });
  }

  /** @throws StartupError if the bytes were not written by `serialize` or belong to other sources */
  static deserialize(bytes: Uint8Array, sources: readonly PassageSource[]): PassageTable {
    const column = unpack(bytes, FILE);
    const u32 = (name: string): Uint32Array => column(name, "u32") as Uint32Array;
    const columns: Columns = {
      document: u32("document"),
      start: u32("start"),
      end: u32("end"),
      kind: column("kind", "u8") as Uint8Array,
      heading: u32("heading"),
      context: u32("context"),
      seconds: column("seconds", "f64") as Float64Array,
      firstUnit: u32("firstUnit"),
      unitStart: u32("unitStart"),
      unitEnd: u32("unitEnd"),
      unitKind: column("unitKind", "u8") as Uint8Array,
      unitContext: u32("unitContext"),
      unitSeconds: column("unitSeconds", "f64") as Float64Array,
    };
    const { headings, contexts } = JSON.parse(new TextDecoder().decode(column("strings", "u8"))) as {
      headings: string[][];
      contexts: string[];
    };
    const fits =
      columns.document.every((document) => document < sources.length) &&
      columns.firstUnit.length === columns.document.length + 1 &&
      columns.firstUnit.at(-1) === columns.unitStart.length;
    if (!fits) throw new StartupError(`the index file ${FILE} does not belong to the others`);
    return new PassageTable(sources, headings, contexts, columns);
  }

  get count(): number {
    return this.columns.document.length;
  }

  get unitCount(): number {
    return this.columns.unitStart.length;
  }

  isFaq(label: number): boolean {
    return KINDS[this.columns.kind[label]!] === "faq";
  }

  /** The labels of a source's passages: `[first, end)`. */
  labelsOf(source: number): [first: number, end: number] {
    return [this.#firstPassage[source]!, this.#firstPassage[source + 1]!];
  }

  /** Where the units of a passage stand among all units: `[first, end)`. */
  unitsOf(label: number): [first: number, end: number] {
    return [this.columns.firstUnit[label]!, this.columns.firstUnit[label + 1]!];
  }

  passage(label: number): Passage {
    const { columns } = this;
    const source = this.sources[columns.document[label]!]!;
    const [start, end] = [columns.start[label]!, columns.end[label]!];
    const units: Unit[] = [];
    const [first, last] = this.unitsOf(label);
    for (let unit = first; unit < last; unit++) {
      units.push({
        kind: UNIT_KINDS[columns.unitKind[unit]!]!,
        start: columns.unitStart[unit]!,
        end: columns.unitEnd[unit]!,
        context: this.contexts[columns.unitContext[unit]!]!,
        seconds: secondsAt(columns.unitSeconds, unit),
      });
    }
    return {
      id: this.#idOf(label),
      documentId: source.id,
      title: source.title,
      headings: [...this.headings[columns.heading[label]!]!],
      start,
      end,
      text: source.text.slice(start, end),
      kind: KINDS[columns.kind[label]!]!,
      context: this.contexts[columns.context[label]!]!,
      units,
      seconds: secondsAt(columns.seconds, label),
    };
  }

  #idOf(label: number): string {
    const source = this.columns.document[label]!;
    return `${this.sources[source]?.id}#p${label - this.#firstPassage[source]! + 1}`;
  }
}

/** Different things by number, in the order they came. */
class Numbering<T> {
  readonly items: T[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(readonly keyOf: (item: T) => string) {}

  numberOf(item: T): number {
    const key = this.keyOf(item);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.items.push(item) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }
}

function secondsOf(items: readonly { seconds: number | null }[]): Float64Array {
  if (items.every(({ seconds }) => seconds === null)) return new Float64Array();
  return Float64Array.from(items, ({ seconds }) => seconds ?? NaN);
}

function secondsAt(column: Float64Array, at: number): number | null {
  const seconds = column[at];
  return seconds === undefined || Number.isNaN(seconds) ? null : seconds;
}
