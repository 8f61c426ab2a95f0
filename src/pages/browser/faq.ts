import { countLine, matchedText, matcherOf } from "../faq-match.js";
import { askUrl } from "../links.js";
import { namedByHash } from "./hash.js";

/** After so many milliseconds without a key, the count is told; in between it would only interrupt. */
const QUIET = 400;

/** The FAQ page: filters as one types, where the page has all items. */
export function followFaq(): void {
  const list = document.querySelector<HTMLElement>(".faq[data-whole]");
  const form = document.querySelector<HTMLFormElement>(".faq-search");
  const input = form?.querySelector("input");
  if (list === null || !form || !input) return;
  const status = document.querySelector('[role="status"]')!;
  const none = document.querySelector<HTMLElement>(".faq-none")!;
  const ask = none.querySelector<HTMLAnchorElement>(".ask")!;
  const items = [...list.querySelectorAll("article")].map((element) => ({
    element,
    text: matchedText(textOf(element)),
  }));
  let telling: ReturnType<typeof setTimeout> | undefined;

  const filter = (): void => {
    const query = input.value.trim();
    const matches = matcherOf(query);
    for (const { element, text } of items) element.hidden = !matches(text);
    for (const group of list.querySelectorAll("section")) {
      group.hidden = group.querySelector("article:not([hidden])") === null;
    }
    const shown = items.filter(({ element }) => !element.hidden).length;
    none.hidden = shown > 0;
    ask.href = askUrl(query);
    clearTimeout(telling);
    telling = setTimeout(() => {
      status.textContent = countLine(shown, items.length);
      const searched = `?${String(new URLSearchParams({ q: query }))}`;
      history.replaceState(null, "", `/faq${query === "" ? location.hash : searched}`);
    }, QUIET);
  };

  /** An item that the address names is shown, whatever is searched for. */
  const showNamed = (): void => {
    const named = namedByHash();
    if (named?.closest("[hidden]") == null) return;
    input.value = "";
    filter();
    named.scrollIntoView();
  };

  input.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", showNamed);
  // Gone back to, the page may have been given what was typed before.
  addEventListener("pageshow", () => input.value !== input.defaultValue && filter());
  showNamed();
}

/** Question and answer, a line for each stretch of text. */
function textOf(item: HTMLElement): string {
  const lines: string[] = [];
  for (const part of item.querySelectorAll("h2, h3, .faq-answer")) {
    const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (texts.nextNode() !== null) lines.push(texts.currentNode.nodeValue ?? "");
  }
  return lines.join("\n");
}
