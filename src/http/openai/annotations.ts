import type { Answer, Citation } from "../../types.js";
import { addressOf } from "./source-list.js";

interface Annotation {
  type: "url_citation";
  /** UTF-16 offsets of the marker in the content. */
  url_citation: { start_index: number; end_index: number; url: string; title: string };
}

/** What of an answer's sources a completion tells. */
export interface Cited {
  annotations: Annotation[];
  citations: Citation[];
}

/**
 * One annotation for each marker of the answer, and the citations; those whose markers a stop has cut off are left out.
 *
 * @param contentChars UTF-16 units of the content that was let through
 */
export function citedIn({ answer, citations }: Answer, contentChars: number, origin: string | null): Cited {
  const byNumber = new Map(citations.map((citation) => [citation.n, citation]));
  const left = new Set<Citation>();
  const annotations: Annotation[] = [];
  for (const { 0: marker, 1: n, index } of answer.matchAll(/\[(\d+)\]/g)) {
    const citation = byNumber.get(Number(n));
    const end = index + marker.length;
    if (citation === undefined || end > contentChars) continue;
    left.add(citation);
    const url = addressOf(citation, origin);
    annotations.push({
      type: "url_citation",
      url_citation: { start_index: index, end_index: end, url, title: citation.title },
    });
  }
  return { annotations, citations: citations.filter((citation) => left.has(citation)) };
}
