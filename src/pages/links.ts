import type { Citation } from "../types.js";

/** `guides/tour` → `/sources/guides/tour`, each part encoded. */
export function sourceUrl(id: string): string {
  return `/sources/${id
    .split("/")
    .map((part) => encodeURIComponent(part))
    .join("/")}`;
}

/** Where the page of a source shows a citation's passage with the very words marked. */
export function quoteUrl({ url, start, end }: Pick<Citation, "url" | "start" | "end">): string {
  const [path, anchor] = url.split("#");
  return `${path}?from=${start}&to=${end}#${anchor}`;
}

/** Where a question is asked on load. */
export function askUrl(question: string): string {
  return `/?${String(new URLSearchParams({ q: question }))}`;
}
