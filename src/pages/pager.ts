import type { Request } from "express";
import { html, type Markup } from "./markup.js";

interface PageOfItems<Item> {
  items: Item[];
  /** From 1. */
  page: number;
  pages: number;
}

/** The items of the page that `?page=` names: the first where it is no number, the last where there are fewer. */
export function pageOfItems<Item>(items: readonly Item[], query: Request["query"], size: number): PageOfItems<Item> {
  const given = query["page"];
  const pages = Math.max(1, Math.ceil(items.length / size));
  const asked = typeof given === "string" && /^\d{1,9}$/.test(given) ? Number(given) : 1;
  const page = Math.min(Math.max(1, asked), pages);
  return { items: items.slice((page - 1) * size, page * size), page, pages };
}

/** Links to the pages before and after; nothing where there is one page. */
export function pagerMarkup({ page, pages }: { page: number; pages: number }, urlOf: (page: number) => string): Markup {
  if (pages === 1) return html``;
  const before = page > 1 && html`<a rel="prev" href="${urlOf(page - 1)}">Previous</a>`;
  const after = page < pages && html`<a rel="next" href="${urlOf(page + 1)}">Next</a>`;
  return html`<nav class="pager" aria-label="Further pages">
    ${before}<span>Page ${page} of ${pages}</span>${after}
  </nav>`;
}
