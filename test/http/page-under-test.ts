import type { Express } from "express";
import { type DefaultTreeAdapterTypes, defaultTreeAdapter as tree, parse } from "parse5";
import supertest from "supertest";
import { expect } from "vitest";

type Node = DefaultTreeAdapterTypes.Node;
export type Element = DefaultTreeAdapterTypes.Element;

function* nodesOf(node: Node): Generator<Node> {
  yield node;
  if ("childNodes" in node) for (const child of node.childNodes) yield* nodesOf(child);
}

/** Texts that would run, load or turn round what stands beside them, were they put into a page as they are. */
export const HOSTILE = {
  SCRIPT: "<script>alert(1)</script>",
  IMAGE: '"><img src=x onerror=alert(1)>',
  TURNED: "\u202egnp.moc\u202c \u2066isolated",
};

/** A page as a browser would read it. */
export class Page {
  readonly root: Node;

  constructor(readonly markup: string) {
    this.root = parse(markup);
  }

  /** Elements of a tag name, or all. */
  all(name?: string, within: Node = this.root): Element[] {
    const elements = [...nodesOf(within)].filter((node) => tree.isElementNode(node));
    return name === undefined ? elements : elements.filter(({ tagName }) => tagName === name);
  }

  /** The page's own part as it is written. */
  get main(): string {
    return this.markup.slice(this.markup.indexOf("<main"));
  }

  byId(id: string): Element[] {
    return this.all().filter((element) => attribute(element, "id") === id);
  }

  byClass(name: string): Element {
    return this.all().find((element) => attribute(element, "class")?.split(" ").includes(name))!;
  }
}

export function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((one) => one.name === name)?.value;
}

export function textOf(node: Node): string {
  return [...nodesOf(node)].map((one) => (tree.isTextNode(one) ? one.value : "")).join("");
}

/** Opens a page, which must be there and harmless. */
export async function open(app: Express, path: string): Promise<Page> {
  const response = await supertest(app).get(path);
  expect(response.status).toBe(200);
  expect(response.headers["content-type"]).toBe("text/html; charset=utf-8");
  expectHarmless(response.text);
  return new Page(response.text);
}

/** All elements of a page, in its order. */
export function elementsOf(markup: string): Element[] {
  return new Page(markup).all();
}

/** The text of an element, on one line. */
export function wordsOf(node: Node): string {
  return textOf(node).replace(/\s+/g, " ").trim();
}

/** The text of every element of a tag name. */
export function textsOf(markup: string, tagName: string): string[] {
  return new Page(markup).all(tagName).map(wordsOf);
}

/** What `<meta property>`, `<meta name>` and `<link>` say. */
export function metadataOf(markup: string): Record<string, string | undefined> {
  return Object.fromEntries(
    elementsOf(markup).flatMap((element) => {
      const name = attribute(element, "property") ?? attribute(element, "name") ?? attribute(element, "rel");
      const value = attribute(element, "content") ?? attribute(element, "href");
      return name !== undefined && /^(meta|link)$/.test(element.tagName) ? [[name, value]] : [];
    }),
  );
}

const TAGS =
  "a article bdi blockquote body br button caption code dd details div dl docent-chat dt form h1 h2 h3 h4 h5 h6 head header hr " +
  "html input li link main mark meta nav ol p pre script section small span summary table tbody td th thead time title tr ul";

/**
 * No page has anything inline that a browser would run, nor loads anything from elsewhere, nor links to a script; no id is
 * there twice, and every link within a page leads somewhere.
 */
export function expectHarmless(markup: string): void {
  const page = new Page(markup);
  const allowed = new Set(TAGS.split(" "));
  expect(page.all().flatMap(({ tagName }) => (allowed.has(tagName) ? [] : [tagName]))).toEqual([]);
  const ids = page.all().flatMap((element) => attribute(element, "id") ?? []);
  expect(ids).toEqual([...new Set(ids)]);
  for (const element of page.all()) {
    for (const { name, value } of element.attrs) {
      expect(name).not.toMatch(/^on|^style$|^srcdoc$/);
      if (name === "href" && element.tagName === "a") expect(value).toMatch(/^(https?:\/\/|\/(?!\/)|#)/);
      if (name === "href" && value.startsWith("#")) expect(ids).toContain(decodeURIComponent(value.slice(1)));
      if (name === "href" && element.tagName === "link" && attribute(element, "rel") !== "canonical") {
        expect(["/docent.css", "/favicon.svg"]).toContain(value);
      }
      if (name === "src") expect([element.tagName, value]).toEqual(["script", expect.stringMatching(/^\/\w+\.js$/)]);
      if (name === "action") expect(value).toMatch(/^\/(faq)?$/);
    }
  }
  for (const script of page.all("script")) {
    // Data is read, never run; what is run has no text of its own.
    if (attribute(script, "type") === "application/ld+json") expect(JSON.parse(textOf(script))).toBeTypeOf("object");
    else expect([attribute(script, "src"), textOf(script)]).toEqual([expect.any(String), ""]);
  }
}

/** A text on a page without the clocks put into it and the space after each. */
export function textWithoutClocks(node: Node): string {
  let text = "";
  let isAfterClock = false;
  const visit = (one: Node): void => {
    if (tree.isElementNode(one) && attribute(one, "class") === "clock") {
      isAfterClock = true;
    } else if (tree.isTextNode(one)) {
      text += isAfterClock ? one.value.replace(/^ /, "") : one.value;
      isAfterClock = false;
    } else if ("childNodes" in one) {
      for (const child of one.childNodes) visit(child);
    }
  };
  visit(node);
  return text;
}
