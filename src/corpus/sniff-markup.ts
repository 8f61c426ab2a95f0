/** What a `.txt` file turns out to hold: people save pages and notes under that ending, mark-up and all. */
export type Markup = "plain" | "markdown" | "html";

const FRONT_MATTER = /^\s*---[ \t]*\r?\n(?:[^\n]*\n){0,60}?---[ \t]*\r?\n/;
/** Signs of Markdown that hardly occur in plain text; one kind alone may be chance. */
const MARKDOWN_SIGNS = [
  /^#{1,6} \S/m,
  /\*\*\S(?:[^*\n]*\S)?\*\*/,
  /(?<!!)\[[^\]\n]+\]\((?:https?:|\/|#|\.)[^)\s]*\)/,
  /\[\[[^[\]\n]+\]\]/,
  /<a\b[^>\n]*\bdata-t=/i,
  /^```/m,
];

/** Tells plain text from Markdown and HTML by their own marks. */
export function sniffMarkup(text: string): Markup {
  if (/^\s*(?:<!doctype html|<html\b)/i.test(text)) return "html";
  const frontMatter = FRONT_MATTER.exec(text)?.[0];
  if (frontMatter !== undefined && /^[\w-]+:\s/m.test(frontMatter)) return "markdown";
  return MARKDOWN_SIGNS.filter((sign) => sign.test(text)).length >= 2 ? "markdown" : "plain";
}
