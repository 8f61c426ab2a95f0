import { defaultTreeAdapter } from "parse5";
import type { DefaultTreeAdapterTypes } from "parse5";

export type Element = DefaultTreeAdapterTypes.Element;
export type Node = DefaultTreeAdapterTypes.ChildNode;

export const isElementNode = (node: Node): node is Element => defaultTreeAdapter.isElementNode(node);
export const isTextNode = (node: Node): node is DefaultTreeAdapterTypes.TextNode => defaultTreeAdapter.isTextNode(node);

export const HEADINGS = new Set(["h1", "h2", "h3", "h4", "h5", "h6"]);

export function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((attr) => attr.name === name)?.value;
}

export function isCell(element: Element): boolean {
  return element.tagName === "td" || element.tagName === "th";
}
