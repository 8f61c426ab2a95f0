/** A piece of an answer: words, or the marker of a citation. */
export type Inline = { text: string } | { marker: number };

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
  const addText = (more: string): void => {
    const last = pieces.at(-1);
    if (last !== undefined && "text" in last) last.text += more;
    else if (more !== "") pieces.push({ text: more });
  };
  text.split(/\[(\d+)\]/).forEach((part, i) => {
    if (i % 2 === 0) addText(part);
    else if (known.has(Number(part))) pieces.push({ marker: Number(part) });
    else addText(`[${part}]`);
  });
  return pieces;
}

/** The words alone, for reading aloud. */
export function spokenText(text: string, known: ReadonlySet<number>): string {
  return text
    .replace(/ ?\[(\d+)\]/g, (marker, n: string) => (known.has(Number(n)) ? "" : marker))
    .replace(/\s+/g, " ")
    .trim();
}
