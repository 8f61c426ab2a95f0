/** Markup that is already safe. Only `markup` and `raw` make it, so that no text is put into a page unescaped. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = Markup | string | number | null | readonly (Markup | string)[];

/** A template whose values are escaped unless they are markup; null and empty lists leave nothing. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.reduce((all, text, i) => all + textOf(parts[i - 1] ?? null) + text));
}

export function raw(text: string): Markup {
  return new Markup(text);
}

function textOf(part: Part): string {
  if (part === null) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "object") return part.map((one) => textOf(one)).join("");
  return escape(String(part));
}

function escape(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
