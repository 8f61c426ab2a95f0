/** Markup that is safe to send: made by the `html` tag, which escapes whatever is not markup already. */
export class Markup {
  constructor(private readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

type Part = string | number | null | false | Markup | readonly Part[];

/** A template of markup: values are escaped, markup and lists of it go in as they are, null and false leave nothing. */
export function html(strings: TemplateStringsArray, ...values: Part[]): Markup {
  return new Markup(strings.reduce((text, string, i) => text + markupOf(values[i - 1]!) + string));
}

/** Escaped, and so that a writing direction it sets ends with it instead of turning round what stands beside it. */
export function isolated(text: string): Markup {
  return html`<bdi>${text}</bdi>`;
}

/**
 * JSON for a `<script type="application/ld+json">`: nothing in it can end the element, and none of it is run.
 */
export function jsonData(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, unicodeEscape));
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function markupOf(part: Part): string {
  if (part === null || part === false) return "";
  if (part instanceof Markup) return String(part);
  if (typeof part === "object") return part.map(markupOf).join("");
  return escape(String(part));
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
