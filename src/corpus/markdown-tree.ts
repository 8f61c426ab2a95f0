import type { Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { frontmatterFromMarkdown } from "mdast-util-frontmatter";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { frontmatter } from "micromark-extension-frontmatter";
import { gfm } from "micromark-extension-gfm";

/** From this length on a piece is closed at the next border. Shorter sources are parsed in one go. */
const PIECE_CHARS = 32_000;
/**
 * A blank line before a heading or a line that begins with a letter, neither indented: whatever list, quote, table or
 * paragraph was open has ended. Only fenced code and HTML may go on.
 */
const BORDER = /\n[ \t]*\n(?=#{1,6}[ \t]|\p{L})/gu;
/** A definition of a link or footnote: it counts for the whole source, so the source must be read whole. */
const DEFINITION = /^[ \t>*+\-\d.)]*\[[^\]\n]+\]:/m;

/**
 * Parses Markdown (CommonMark, GFM, YAML front matter). Positions in the tree are not those of the source.
 *
 * micromark copies all events of its source at the end of each list (`editMap.consume` in its document tokenizer), so a
 * source of 870,000 characters with 8,000 lists took it half a minute. In pieces, the time grows with the length.
 *
 * @param pieceChars other than by default for tests
 */
export function markdownTree(source: string, pieceChars = PIECE_CHARS): Root {
  const root: Root = { type: "root", children: [] };
  for (const piece of DEFINITION.test(source) ? [source] : piecesOf(source, pieceChars)) {
    // In front of it a piece that does not begin the source has a line break, so that it holds no front matter.
    const tree = parse(root.children.length === 0 ? piece : `\n${piece}`);
    if (piece.length < source.length && endsOpen(tree)) return parse(source);
    for (const child of tree.children) root.children.push(child);
  }
  return root;
}

function parse(source: string): Root {
  return fromMarkdown(source, {
    extensions: [gfm(), frontmatter(["yaml"])],
    mdastExtensions: [gfmFromMarkdown(), frontmatterFromMarkdown(["yaml"])],
  });
}

function piecesOf(source: string, pieceChars: number): string[] {
  const pieces: string[] = [];
  let start = 0;
  for (const border of source.matchAll(BORDER)) {
    const end = border.index + border[0].length;
    if (end - start < pieceChars) continue;
    pieces.push(source.slice(start, end));
    start = end;
  }
  pieces.push(source.slice(start));
  return pieces;
}

/** Whether the piece ends in code or HTML, which may go on in the next. */
function endsOpen(tree: Root): boolean {
  let last: { type: string; children?: { type: string }[] } | undefined = tree;
  while (last?.children !== undefined) last = last.children.at(-1);
  return last?.type === "code" || last?.type === "html";
}
