import type { Html, Nodes, PhrasingContent, Root } from "mdast";
import { findClockMarks, type ClockMark, type ClockMarks } from "./clock-marks.js";
import { formatClock } from "./media.js";

/** A stretch of text, or a link whose text is a clock, and where it stands in the text that is searched. */
interface Leaf {
  parent: Nodes & { children: PhrasingContent[] };
  node: PhrasingContent;
  start: number;
  end: number;
}

/**
 * Puts a timestamp anchor in the place of each clock mark (see clock-marks.ts) in paragraphs and headings.
 *
 * @returns what is known about the marks, or null if there are none and the tree is as it was
 */
export function anchorClocks(tree: Root, isRecording: boolean): Omit<ClockMarks, "marks"> | null {
  const { text, leaves } = readLeaves(tree);
  const found = findClockMarks(text, isRecording);
  if (found === null) return null;
  const replacements = new Map<PhrasingContent, PhrasingContent[]>();
  let next = 0;
  const anchorsOf = new Map<Leaf, ClockMark[]>();
  for (const mark of found.marks) {
    while (next < leaves.length - 1 && leaves[next]!.end <= mark.at) next++;
    const leaf = leaves[next]!;
    const anchors = anchorsOf.get(leaf);
    if (anchors === undefined) anchorsOf.set(leaf, [mark]);
    else anchors.push(mark);
  }
  let first = 0;
  for (const leaf of leaves) {
    while (first < found.marks.length && found.marks[first]!.end <= leaf.start) first++;
    const cuts: ClockMark[] = [];
    for (let i = first; i < found.marks.length && found.marks[i]!.start < leaf.end; i++) cuts.push(found.marks[i]!);
    const anchors = anchorsOf.get(leaf) ?? [];
    if (cuts.length + anchors.length > 0) replacements.set(leaf.node, replacementOf(leaf, text, cuts, anchors));
  }
  for (const parent of new Set(leaves.map((leaf) => leaf.parent))) {
    parent.children = parent.children.flatMap((node) => replacements.get(node) ?? [node]);
  }
  return { lead: found.lead, media: found.media };
}

function replacementOf(leaf: Leaf, text: string, cuts: ClockMark[], anchors: ClockMark[]): PhrasingContent[] {
  const within = (offset: number): number => Math.min(Math.max(offset, leaf.start), leaf.end);
  const nodes: PhrasingContent[] = [];
  let from = leaf.start;
  const writeUntil = (end: number): void => {
    if (end <= from) return;
    nodes.push(leaf.node.type === "text" ? { type: "text", value: text.slice(from, end) } : leaf.node);
    from = end;
  };
  const edits = [
    ...anchors.map((mark) => ({ at: within(mark.at), mark, isCut: false })),
    ...cuts.map((mark) => ({ at: within(mark.start), mark, isCut: true })),
  ].sort((a, b) => a.at - b.at || Number(a.isCut) - Number(b.isCut));
  for (const { at, mark, isCut } of edits) {
    writeUntil(at);
    if (isCut) from = Math.max(from, within(mark.end));
    else nodes.push(html(`<a data-t="${formatClock(mark.seconds)}">`), html("</a>"));
  }
  writeUntil(leaf.end);
  return nodes;
}

function html(value: string): Html {
  return { type: "html", value };
}

/** The text of paragraphs and headings with blank lines between them; code and pictures become a character. */
function readLeaves(tree: Root): { text: string; leaves: Leaf[] } {
  const leaves: Leaf[] = [];
  const pieces: string[] = [];
  let length = 0;
  const write = (piece: string): void => {
    pieces.push(piece);
    length += piece.length;
  };
  const inline = (parent: Leaf["parent"]): void => {
    for (const node of parent.children) {
      const start = length;
      const linked = linkedClock(node);
      if (node.type === "text" || linked !== null) {
        write(linked ?? (node.type === "text" ? node.value : ""));
        leaves.push({ parent, node, start, end: length });
      } else if (node.type === "break") {
        write("\n");
      } else if (node.type === "html") {
        write(/^<br\b/i.test(node.value) ? "\n" : "");
      } else if ("children" in node) {
        inline(node);
      } else {
        write("\ufffc");
      }
    }
  };
  const blocks = (node: Nodes): void => {
    if (node.type === "paragraph" || node.type === "heading") {
      if (node.type === "heading") write("# ");
      inline(node);
      write("\n\n");
    } else if (node.type !== "table" && "children" in node) {
      for (const child of node.children) blocks(child);
    }
  };
  blocks(tree);
  return { text: pieces.join(""), leaves };
}

/** `[00:12](address)` if the node is a link with nothing but a clock in it. */
function linkedClock(node: PhrasingContent): string | null {
  if (node.type !== "link" && node.type !== "linkReference") return null;
  const [child, second] = node.children;
  if (child?.type !== "text" || second !== undefined) return null;
  const clock = /^\s*[[(]?\s*([\d:]{4,9})\s*[\])]?\s*$/.exec(child.value)?.[1];
  if (clock === undefined) return null;
  const address = node.type === "link" && /^https?:/i.test(node.url) ? node.url : null;
  return address === null ? `[${clock}]` : `[${clock}](${address.replace(/[\s()]/g, "").slice(0, 400)})`;
}
