import { StartupError } from "../errors.js";
import { pack, unpack } from "./packed.js";
import type { PassageTable } from "./passage-table.js";
import { Ragged } from "./ragged.js";
import { gistLength } from "./thesaurus.js";
import { termsOf } from "./tokenize.js";
import type { Vocabulary } from "./vocabulary.js";

const FILE = "readings.bin";

/**
 * What weighing a passage needs to know of it, whatever the question: its index terms, as numbers of the vocabulary, in the
 * order they stand there.
 */
export interface Reading {
  vocabulary: Vocabulary;
  /** Of each unit, and of what introduces it. */
  units: readonly Uint32Array[];
  contexts: readonly Uint32Array[];
  /** Of the headings, with a FAQ item's question. */
  headings: Uint32Array;
  title: Uint32Array;
  /** The length of each unit's gist before it is made 1 (thesaurus.ts): alone, and with its headings and what introduces it. */
  gistLengths: Float32Array;
  placedGistLengths: Float32Array;
}

/** The terms of everything that stands in a passage table, as strings. */
export interface TableTerms {
  units: (readonly string[])[];
  contexts: (readonly string[])[];
  headings: (readonly string[])[];
  titles: (readonly string[])[];
}

export function termsOfTable(table: PassageTable): TableTerms {
  const { columns, sources } = table;
  const units: string[][] = [];
  for (let label = 0; label < table.count; label++) {
    const { text } = sources[columns.document[label]!]!;
    const [first, end] = table.unitsOf(label);
    for (let unit = first; unit < end; unit++)
      units.push(termsOf(text.slice(columns.unitStart[unit], columns.unitEnd[unit])));
  }
  return {
    units,
    contexts: table.contexts.map((context) => termsOf(context)),
    headings: table.headings.map((headings) => termsOf(headings.join(" "))),
    titles: sources.map(({ title }) => termsOf(title)),
  };
}

/** The readings of all passages of a table, made once, at ingest: to read them anew is what takes longest in an answer. */
export class Readings {
  private constructor(
    readonly table: PassageTable,
    readonly vocabulary: Vocabulary,
    readonly units: Ragged,
    readonly contexts: Ragged,
    readonly headings: Ragged,
    readonly titles: Ragged,
    readonly gistLengths: Float32Array,
    readonly placedGistLengths: Float32Array,
  ) {}

  /** @param terms `termsOfTable` of the table, all of them in the vocabulary */
  static of(table: PassageTable, terms: TableTerms, vocabulary: Vocabulary): Readings {
    const ragged = (lists: readonly (readonly string[])[]): Ragged =>
      Ragged.of(lists.map((list) => vocabulary.idsOf(list)));
    const readings = new Readings(
      table,
      vocabulary,
      ragged(terms.units),
      ragged(terms.contexts),
      ragged(terms.headings),
      ragged(terms.titles),
      new Float32Array(table.unitCount),
      new Float32Array(table.unitCount),
    );
    for (let label = 0; label < table.count; label++) {
      const { units, contexts, headings, gistLengths, placedGistLengths } = readings.reading(label);
      units.forEach((list, i) => {
        gistLengths[i] = lengthOf(vocabulary, [list]);
        placedGistLengths[i] = lengthOf(vocabulary, [list, headings, contexts[i]!]);
      });
    }
    return readings;
  }

  serialize(): Uint8Array {
    const { units, contexts, headings, titles, gistLengths, placedGistLengths } = this;
    return pack({
      unitStarts: units.starts,
      unitTerms: units.values,
      contextStarts: contexts.starts,
      contextTerms: contexts.values,
      headingStarts: headings.starts,
      headingTerms: headings.values,
      titleStarts: titles.starts,
      titleTerms: titles.values,
      gistLengths,
      placedGistLengths,
    });
  }

  /** @throws StartupError if the bytes were not written by `serialize` or belong to another table */
  static deserialize(bytes: Uint8Array, table: PassageTable, vocabulary: Vocabulary): Readings {
    const column = unpack(bytes, FILE);
    const u32 = (name: string): Uint32Array => column(name, "u32") as Uint32Array;
    const units = new Ragged(u32("unitStarts"), u32("unitTerms"));
    const contexts = new Ragged(u32("contextStarts"), u32("contextTerms"));
    const headings = new Ragged(u32("headingStarts"), u32("headingTerms"));
    const titles = new Ragged(u32("titleStarts"), u32("titleTerms"));
    const fits =
      units.count === table.unitCount &&
      contexts.count === table.contexts.length &&
      headings.count === table.headings.length &&
      titles.count === table.sources.length &&
      [units, contexts, headings, titles].every((lists) => lists.isWithin(vocabulary.terms.length));
    if (!fits) throw new StartupError(`the index file ${FILE} does not belong to the others`);
    const lengths = column("gistLengths", "f32") as Float32Array;
    const placed = column("placedGistLengths", "f32") as Float32Array;
    return new Readings(table, vocabulary, units, contexts, headings, titles, lengths, placed);
  }

  reading(label: number): Reading {
    const { table } = this;
    const { columns } = table;
    const units: Uint32Array[] = [];
    const contexts: Uint32Array[] = [];
    const [first, end] = table.unitsOf(label);
    for (let unit = first; unit < end; unit++) {
      units.push(this.units.at(unit));
      contexts.push(this.contexts.at(columns.unitContext[unit]!));
    }
    const headings = this.headings.at(columns.heading[label]!);
    return {
      vocabulary: this.vocabulary,
      units,
      contexts,
      // The question of a FAQ item heads its answer.
      headings: table.isFaq(label) ? Uint32Array.of(...headings, ...units[0]!) : headings,
      title: this.titles.at(columns.document[label]!),
      gistLengths: this.gistLengths.subarray(first, end),
      placedGistLengths: this.placedGistLengths.subarray(first, end),
    };
  }
}

/**
 * A reading as bytes. Layout (u32, little-endian): number of units, of the headings' and of the title's terms; the number of
 * terms of each unit, then of each context; the terms of the units, the contexts, the headings and the title; then both lengths
 * of each unit's gist (f32).
 */
export function packReading(reading: Reading): Uint8Array {
  const { units, contexts, headings, title, gistLengths, placedGistLengths } = reading;
  const lists = [...units, ...contexts];
  const numbers = Uint32Array.of(
    units.length,
    headings.length,
    title.length,
    ...lists.map(({ length }) => length),
    ...lists.flatMap((list) => [...list]),
    ...headings,
    ...title,
  );
  const lengths = Float32Array.of(...gistLengths, ...placedGistLengths);
  const bytes = new Uint8Array(numbers.byteLength + lengths.byteLength);
  bytes.set(new Uint8Array(numbers.buffer), 0);
  bytes.set(new Uint8Array(lengths.buffer), numbers.byteLength);
  return bytes;
}

/** What `packReading` packed. */
export function unpackReading(bytes: Uint8Array, vocabulary: Vocabulary): Reading {
  const { buffer } = Uint8Array.from(bytes); // Aligned.
  const numbers = new Uint32Array(buffer);
  const [units, headings, title] = numbers as unknown as [number, number, number];
  let at = 3 + 2 * units;
  const take = (length: number): Uint32Array => numbers.subarray(at, (at += length));
  const lists = Array.from({ length: 2 * units }, (_, i) => take(numbers[3 + i]!));
  const [headingTerms, titleTerms] = [take(headings), take(title)];
  const lengths = new Float32Array(buffer, at * 4);
  return {
    vocabulary,
    units: lists.slice(0, units),
    contexts: lists.slice(units),
    headings: headingTerms,
    title: titleTerms,
    gistLengths: lengths.subarray(0, units),
    placedGistLengths: lengths.subarray(units),
  };
}

function lengthOf(vocabulary: Vocabulary, lists: readonly Uint32Array[]): number {
  const ids = [...new Set(lists.flatMap((list) => [...list]))];
  return gistLength(
    ids.map((id) => vocabulary.rowOf(id)),
    ids.map((id) => vocabulary.idf(id)),
  );
}
