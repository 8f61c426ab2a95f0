/** A piece of an answer: words, or the marker of a citation with the word before and the full stop after it. */
export type Inline = { text: string } | { before: string; marker: number; after: string };

/** A paragraph, or a list with its items. */
export type AnswerBlock = { kind: "paragraph"; content: Inline[] } | { kind: "list"; items: Inline[][] };

/**
 * Takes an answer's text apart: paragraphs, lines that begin with "- " as lists, `[1]` as markers. What is only the
 * beginning of a marker at the end of a text that is still streaming is left out.
 *
 * @param known numbers that have a citation; other brackets are words
 */
export function answerBlocks(text: string, known: ReadonlySet<number>): AnswerBlock[] {
  const blocks: AnswerBlock[] = [];
  for (const line of text.replace(/ ?\[\d*$/, "").split("\n")) {
    const last = blocks.at(-1);
    if (line.startsWith("- ")) {
      const item = inlines(line.slice(2), known);
      if (last?.kind === "list") last.items.push(item);
      else blocks.push({ kind: "list", items: [item] });
    } else if (line.trim() !== "") {
      blocks.push({ kind: "paragraph", content: inlines(line, known) });
    }
  }
  return blocks;
}

function inlines(text: string, known: ReadonlySet<number>): Inline[] {
  const pieces: Inline[] = [];
  let words = "";
  let marker: Exclude<Inline, { text: string }> | null = null;
  const flush = (rest: string): void => {
    if (rest !== "") pieces.push({ text: rest });
    words = "";
  };
  text.split(/\[(\d+)\]/).forEach((part, i) => {
    if (i % 2 === 0) {
      const stop = words === "" && marker !== null ? STOP.exec(part)![0] : "";
      if (marker !== null) marker.after += stop;
      words += part.slice(stop.length);
    } else if (known.has(Number(part))) {
      const before = WORD.exec(words)?.[0] ?? "";
      flush(words.slice(0, words.length - before.length));
      marker = { before, marker: Number(part), after: "" };
      pieces.push(marker);
    } else {
      words += `[${part}]`;
    }
  });
  flush(words);
  return pieces;
}

/** What stays on a marker's line: the word before it, unless it is so long that it might leave the line … */
const WORD = /\S{1,24} ?$/;
/** … and the full stop after it. */
const STOP = /^[.,;:!?…)\]”’"]*/;

/** The words alone, for reading aloud. */
export function spokenText(text: string, known: ReadonlySet<number>): string {
  return text
    .replace(/ ?\[(\d+)\]/g, (marker, n: string) => (known.has(Number(n)) ? "" : marker))
    .replace(/\s+/g, " ")
    .trim();
}
