import { serverUrl, webUrl } from "./client.js";
import type { Exchange } from "./conversation.js";
import type { DocentCitation } from "./widget.js";

/** Where a citation's source shows the very words quoted; null if it has no address to go to. */
export function quoteLink(endpoint: string, { url, start, end }: DocentCitation): string | null {
  const link = serverUrl(endpoint, url);
  if (link === null) return null;
  link.searchParams.set("from", String(start));
  link.searchParams.set("to", String(end));
  return link.href;
}

/** Where the source comes from: a web page, or a recording at the second. */
export function outsideLink({ external_url: address }: DocentCitation): string | null {
  return address === null ? null : (webUrl(address)?.href ?? null);
}

/** Where a click on a marker leads: into the recording where there is one, else to the words in the source. */
export function mainLink(endpoint: string, citation: DocentCitation): string | null {
  const outside = citation.timestamp === null ? null : outsideLink(citation);
  return outside ?? quoteLink(endpoint, citation);
}

/** Where a question is asked on load. */
export function answerLink(endpoint: string, question: string): string {
  const link = serverUrl(endpoint, "");
  link?.searchParams.set("q", question);
  return link?.href ?? "";
}

/** An answer as text to paste elsewhere, with each source's words and address. */
export function copyText(endpoint: string, { text, citations }: Exchange): string {
  const sources = citations.map((citation) => {
    const place = [citation.title, ...citation.heading].join(" › ");
    const time = citation.timestamp === null ? "" : `, ${citation.timestamp}`;
    return `[${citation.n}] ${place}${time}: “${citation.quote}” ${mainLink(endpoint, citation) ?? ""}`.trimEnd();
  });
  return [text, ...sources].join("\n");
}
