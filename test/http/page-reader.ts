import { type DefaultTreeAdapterTypes, defaultTreeAdapter as tree, parse } from "parse5";
import { expect } from "vitest";

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

function* nodesOf(node: Node): Generator<Node> {
  yield node;
  if ("childNodes" in node) for (const child of node.childNodes) yield* nodesOf(child);
}

/** All elements of a page, in its order. */
export function elementsOf(markup: string): Element[] {
  return [...nodesOf(parse(markup))].filter((node) => tree.isElementNode(node));
}

function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((one) => one.name === name)?.value;
}

/** The text of an element, on one line. */
export function wordsOf(node: Node): string {
  const text = [...nodesOf(node)].map((one) => (tree.isTextNode(one) ? one.value : "")).join("");
  return text.replace(/\s+/g, " ").trim();
}

/** The text of every element of a tag name. */
export function textsOf(markup: string, tagName: string): string[] {
  return elementsOf(markup)
    .filter((element) => element.tagName === tagName)
    .map(wordsOf);
}

/** What `<meta property>` and `<meta name>` say, and the canonical address. */
export function metadataOf(markup: string): Record<string, string | undefined> {
  return Object.fromEntries(
    elementsOf(markup).flatMap((element) => {
      const name = attribute(element, "property") ?? attribute(element, "name") ?? attribute(element, "rel");
      const value = attribute(element, "content") ?? attribute(element, "href");
      return name !== undefined && /^(meta|link)$/.test(element.tagName) ? [[name, value]] : [];
    }),
  );
}

/** Nothing in it is run by a browser or loaded from elsewhere, every link within it leads somewhere, and no id is twice. */
export function expectHarmless(markup: string): void {
  const elements = elementsOf(markup);
  const ids = elements.map((element) => attribute(element, "id")).filter((id) => id !== undefined);
  expect(ids).toEqual([...new Set(ids)]);
  for (const element of elements) {
    expect(element.tagName).not.toMatch(/^(style|iframe|object|embed|img|base|svg)$/);
    for (const { name, value } of element.attrs) {
      expect(name).not.toMatch(/^on|^style$|^srcdoc$/);
      if (name === "src") expect(value).toMatch(/^\/[a-z@0-9]+\.js$/);
      if (name === "href" && element.tagName === "a") expect(value).toMatch(/^(https?:\/\/|\/(?!\/)|#)/);
      if (name === "href" && value.startsWith("#")) expect(ids).toContain(value.slice(1));
    }
    if (element.tagName === "script") expect(wordsOf(element)).toBe("");
  }
}
