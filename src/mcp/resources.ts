import type { DocumentSummary } from "../types.js";
import { addressOf, idIn, SOURCE_TEMPLATE } from "./addresses.js";
import { ProtocolFault, RPC } from "./faults.js";
import type { McpPort } from "./port.js";

/** How many documents a list gives at once. */
const PER_PAGE = 500;
/** As many as the protocol allows. */
const COMPLETIONS = 100;
const MIME_TYPE = "text/plain";

/** What resources/templates/list says. */
export const TEMPLATES = {
  resourceTemplates: [
    {
      name: "source",
      title: "A document",
      uriTemplate: SOURCE_TEMPLATE,
      description: "The whole text of a document. Every quote is text.slice(start, end) of it.",
      mimeType: MIME_TYPE,
    },
  ],
};

/** resources/list: the documents, one page after the other. The cursor is the id of the last one listed, encoded. */
export async function listSources(port: McpPort, cursor: string | undefined): Promise<object> {
  const all = await port.sources();
  const first = cursor === undefined ? 0 : placeAfter(all, cursor);
  const page = all.slice(first, first + PER_PAGE);
  const isLast = first + PER_PAGE >= all.length;
  return {
    resources: page.map(({ id, title, updatedAt }) => ({
      uri: addressOf(id),
      name: id,
      title,
      mimeType: MIME_TYPE,
      annotations: { lastModified: updatedAt },
    })),
    ...(isLast ? {} : { nextCursor: Buffer.from(page.at(-1)!.id).toString("base64url") }),
  };
}

function placeAfter(all: readonly DocumentSummary[], cursor: string): number {
  const last = Buffer.from(cursor, "base64url").toString();
  const place = all.findIndex(({ id }) => id === last);
  if (place >= 0) return place + 1;
  throw new ProtocolFault(
    RPC.invalidParams,
    "There is no page of this cursor; the documents may have changed. List anew.",
  );
}

/** resources/read: the whole text of a document, to the letter. */
export async function readSource(port: McpPort, uri: string): Promise<object> {
  const id = idIn(uri);
  const document = id === null ? null : await port.source(id);
  if (document === null) {
    const detail = `There is no source at this address. Addresses are ${SOURCE_TEMPLATE}; resources/list gives all.`;
    throw new ProtocolFault(RPC.unknownResource, detail);
  }
  return { contents: [{ uri, mimeType: MIME_TYPE, text: document.text, _meta: { title: document.title } }] };
}

/** completion/complete for the template: ids that begin with what was typed, then those that hold it, or whose titles do. */
export async function completeSource(port: McpPort, typed: string): Promise<object> {
  const sought = typed.toLowerCase();
  const all = await port.sources();
  const begins = all.filter(({ id }) => id.toLowerCase().startsWith(sought));
  const holds = all.filter(({ id, title }) => {
    const lower = id.toLowerCase();
    return !lower.startsWith(sought) && (lower.includes(sought) || title.toLowerCase().includes(sought));
  });
  const ids = [...begins, ...holds].map(({ id }) => id);
  return {
    completion: { values: ids.slice(0, COMPLETIONS), total: ids.length, hasMore: ids.length > COMPLETIONS },
  };
}
