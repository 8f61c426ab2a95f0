import { html } from "parse5";
import { attribute, type Element, HEADINGS, isCell, isElementNode, isTextNode, type Node } from "./html-elements.js";
import { youtubeId } from "./media.js";

/** Never shown, or shown by something else than text. */
const UNSEEN = new Set(
  (
    "head title script style template noscript noframes noembed svg annotation annotation-xml rp iframe object embed " +
    "applet canvas audio video nav"
  ).split(" "),
);
const CONTROLS = new Set("input textarea select option datalist progress meter output button".split(" "));
/** Accordions put their questions into buttons; there the button's text is the heading's text. */
const BUTTON_IS_TEXT = new Set([...HEADINGS, "summary", "dt"]);
const SECTIONING = new Set(["main", "article", "section"]);
const PAGE_FURNITURE = new Set(["header", "footer", "aside"]);
const FURNITURE_ROLES = new Set(["navigation", "banner", "contentinfo"]);

/** What is learned about a page before its text is written. */
export interface Survey {
  title: string | null;
  ogTitle: string | null;
  /** The canonical address, http(s) only. */
  url: string | null;
  /** Addresses of embedded YouTube players. */
  embeds: string[];
  skipped: Set<Element>;
  /** Tables that arrange a page instead of holding data. */
  layoutTables: Set<Element>;
  /** The element whose text is read. */
  root: Element | null;
}

/** An element that is visible, with what its descendants need to know about its ancestors. */
interface Visit {
  element: Element;
  parent: Visit | null;
  /** Within main, article or section, where a header or an aside belongs to the content. */
  sectioned: boolean;
  /** Within an element whose button is its text. */
  labelled: boolean;
  table: Element | null;
  inDataCell: boolean;
  /** Visible characters within the element, white space not counted. */
  weight: number;
}

/** Walks the whole tree once, without recursion since pages may be nested arbitrarily deep. */
export function surveyPage(topNodes: Node[]): Survey {
  const survey: Survey = {
    title: null,
    ogTitle: null,
    url: null,
    embeds: [],
    skipped: new Set(),
    layoutTables: new Set(),
    root: null,
  };
  const visits: Visit[] = [];
  const cellCounts = new Map<Element, number>();
  const waiting: { node: Node; parent: Visit | null }[] = [];
  const wait = (nodes: Node[], parent: Visit | null): void => {
    for (let i = nodes.length - 1; i >= 0; i--) waiting.push({ node: nodes[i]!, parent });
  };
  wait(topNodes, null);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, parent } = next;
    if (isTextNode(node)) {
      if (parent !== null) parent.weight += visibleLength(node.value);
    } else if (isElementNode(node)) {
      readMetadata(node, survey);
      if (node.tagName === "head") wait(node.childNodes, null);
      if (isSkipped(node, parent)) {
        survey.skipped.add(node);
        continue;
      }
      const visit = visitOf(node, parent);
      visits.push(visit);
      noteLayout(visit, survey.layoutTables, cellCounts);
      wait(node.childNodes, visit);
    }
  }
  for (const [table, cells] of cellCounts) {
    if (cells === 1) survey.layoutTables.add(table);
  }
  survey.root = contentRoot(visits);
  return survey;
}

function visitOf(element: Element, parent: Visit | null): Visit {
  const { tagName } = element;
  return {
    element,
    parent,
    sectioned: parent?.sectioned === true || SECTIONING.has(tagName),
    labelled: parent?.labelled === true || BUTTON_IS_TEXT.has(tagName),
    table: tagName === "table" ? element : (parent?.table ?? null),
    inDataCell: tagName === "td" || (tagName !== "table" && parent?.inDataCell === true),
    weight: 0,
  };
}

/** A table that holds a table or headings among its data, or a single cell, arranges a page. */
function noteLayout(visit: Visit, layoutTables: Set<Element>, cellCounts: Map<Element, number>): void {
  const { element, parent, table } = visit;
  const { tagName } = element;
  if (tagName === "table") {
    if (/^(presentation|none)$/i.test(attribute(element, "role") ?? "")) layoutTables.add(element);
    if (parent?.table != null) layoutTables.add(parent.table);
  } else if (table !== null && HEADINGS.has(tagName) && visit.inDataCell) {
    layoutTables.add(table);
  } else if (table !== null && isCell(element)) {
    cellCounts.set(table, (cellCounts.get(table) ?? 0) + 1);
  }
}

function visibleLength(text: string): number {
  return text.replace(/\s+/g, "").length;
}

/** `<main>`, or a single `<article>`, if it holds at least half of what the body shows; otherwise the body. */
function contentRoot(visits: Visit[]): Element | null {
  // Parents stand before their children, so going backwards every weight is complete before it is passed on.
  for (let i = visits.length - 1; i >= 0; i--) {
    const { parent, weight } = visits[i]!;
    if (parent !== null) parent.weight += weight;
  }
  const named = (tagName: string): Visit[] => visits.filter(({ element }) => element.tagName === tagName);
  const body = named("body")[0] ?? null;
  if (body === null) return null;
  const main = named("main")[0];
  const articles = named("article");
  const candidates = [main, articles.length === 1 ? articles[0] : undefined];
  const chosen = candidates.find((visit) => visit !== undefined && visit.weight * 2 >= body.weight);
  return (chosen ?? body).element;
}

function readMetadata(element: Element, survey: Survey): void {
  const { tagName } = element;
  if (tagName === "title" && element.namespaceURI === html.NS.HTML) {
    survey.title ??= nonEmpty(element.childNodes.map((node) => (isTextNode(node) ? node.value : "")).join(""));
  } else if (tagName === "meta" && attribute(element, "property")?.toLowerCase() === "og:title") {
    survey.ogTitle ??= nonEmpty(attribute(element, "content") ?? "");
  } else if (tagName === "link" && /(^|\s)canonical(\s|$)/i.test(attribute(element, "rel") ?? "")) {
    survey.url ??= webAddress(attribute(element, "href") ?? "");
  } else if (tagName === "iframe") {
    const address = attribute(element, "src") ?? "";
    if (youtubeId(address) !== null) survey.embeds.push(address);
  }
}

function nonEmpty(text: string): string | null {
  const collapsed = text.replace(/[\s\u00a0]+/g, " ").trim();
  return collapsed === "" ? null : collapsed;
}

function webAddress(text: string): string | null {
  if (!URL.canParse(text.trim())) return null;
  const url = new URL(text.trim());
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
}

/** Whether a reader of the page's content does not see the element. */
function isSkipped(element: Element, parent: Visit | null): boolean {
  const { tagName } = element;
  if (UNSEEN.has(tagName)) return true;
  if (tagName === "button") return parent?.labelled !== true;
  if (CONTROLS.has(tagName)) return true;
  if (tagName === "dialog" && attribute(element, "open") === undefined) return true;
  // Pages hide their body until scripts have run, or while a dialogue is open.
  if (tagName !== "html" && tagName !== "body" && isHidden(element)) return true;
  if (parent?.sectioned === true) return false;
  return PAGE_FURNITURE.has(tagName) || FURNITURE_ROLES.has(attribute(element, "role")?.toLowerCase() ?? "");
}

function isHidden(element: Element): boolean {
  const hidden = attribute(element, "hidden");
  // "until-found" text can be searched for on the page, so it may be quoted too.
  if (hidden !== undefined && hidden.toLowerCase() !== "until-found") return true;
  return attribute(element, "aria-hidden")?.toLowerCase() === "true";
}
