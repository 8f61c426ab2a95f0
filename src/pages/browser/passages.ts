import { namedByHash } from "./hash.js";

/**
 * The page of a source: a passage may stand in several paragraphs, of which `:target` is only the first. All of the
 * passage that the address names are highlighted; at the start the marked words come into the middle of the window.
 */
export function followPassages(): void {
  const text = document.querySelector(".text");
  if (text === null) return;
  const show = (): HTMLElement | null => {
    const named = namedByHash();
    const passage = named?.dataset["passage"];
    if (passage === undefined) return null;
    for (const segment of text.querySelectorAll<HTMLElement>("[data-passage]")) {
      segment.classList.toggle("cited", segment.dataset["passage"] === passage);
    }
    return named;
  };
  const marked = text.querySelector("mark");
  const named = show();
  // The browser itself scrolls to the passage until the page has loaded. How it moves, if at all, is for the style to say.
  const bringIntoView = (): void => {
    if (marked !== null) marked.scrollIntoView({ block: "center" });
    else named?.scrollIntoView();
  };
  if (document.readyState === "complete") bringIntoView();
  else addEventListener("load", () => requestAnimationFrame(bringIntoView));
  addEventListener("hashchange", () => show()?.scrollIntoView());
}
