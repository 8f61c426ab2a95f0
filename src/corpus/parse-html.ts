import { parse } from "parse5";
import { UnreadableFileError } from "../errors.js";
import type { Media, ParsedDocument } from "../types.js";
import { type Survey, surveyPage } from "./html-survey.js";
import { HtmlWriter } from "./html-writer.js";
import { youtubeId } from "./media.js";

/**
 * Reads an HTML page (or a fragment of one) into its visible text, without navigation and page furniture.
 *
 * Timestamp anchors (`<a class="yt-timestamp" data-t="01:12:11">`) leave no text; each gives its time to the text
 * before it, back to the previous anchor of the block or the block's start.
 *
 * @param source decoded HTML; may be malformed in any way a browser copes with
 * @throws UnreadableFileError if nothing visible is left
 */
export function parseHtml(source: string): ParsedDocument {
  const survey = surveyPage(parse(source).childNodes);
  const writer = new HtmlWriter(survey);
  if (survey.root !== null) writer.write(survey.root);
  const { text, blocks } = writer.builder;
  if (text === "") throw new UnreadableFileError("the page holds no text (nothing a reader would see)");
  const title = survey.title ?? survey.ogTitle;
  return { title, text, blocks, times: writer.times, faq: [], media: recordingOf(survey, writer), url: survey.url };
}

/** The video that timestamps point into: named by a timestamp's link, the page's address or its only player. */
function recordingOf(survey: Survey, writer: HtmlWriter): Media | null {
  if (writer.times.length === 0) return null;
  const [embedded, second] = survey.embeds;
  const addresses = [writer.timestampLink, survey.url, second === undefined ? embedded : undefined];
  for (const address of addresses) {
    // A bare path such as "/opening-hr" may look like an id, an address does not.
    const id = address != null && /^(https?:)?\/\//i.test(address) ? youtubeId(address) : null;
    if (id !== null) return { kind: "youtube", id };
  }
  return null;
}
