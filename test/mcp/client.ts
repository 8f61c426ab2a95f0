import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { expect, onTestFinished } from "vitest";
import type { FoundPassage } from "../../src/http/corpus-routes.js";
import type { Answer } from "../../src/types.js";

/** Documents whose ids need care in an address. */
export const FILES = {
  "herrings.txt": "Herrings are smoked over beech wood for six hours.\n",
  "guides/a tour (1).md": "# The harbour tour\n\nThe harbour tour starts at ten o'clock at the old lighthouse.\n",
  "günstig & gut/50% off?.txt": "The season ticket costs forty euros in the winter.\n",
};
export const IDS = ["guides/a tour (1)", "günstig & gut/50% off?", "herrings"];
export const QUESTION = "What are herrings smoked over?";
export const UNANSWERABLE = "Who won the chess championship of Brazil in 1987?";

/** A client that has said hello; closed when the test ends. */
export async function connected(transport: Transport): Promise<Client> {
  const client = new Client({ name: "test", version: "1.0.0" });
  onTestFinished(() => client.close());
  await client.connect(transport);
  return client;
}

/** As `connected`, over HTTP, with headers that go with every request. */
export function connectedTo(url: string, headers: Record<string, string> = {}): Promise<Client> {
  return connected(new StreamableHTTPClientTransport(new URL("/mcp", url), { requestInit: { headers } }));
}

interface Called {
  isError?: boolean;
  content: { type: string; text: string }[];
  structuredContent?: object;
}

/** Calls a tool; the client checks what comes back against the tool's output schema. */
async function call(client: Client, name: string, given: Record<string, unknown>): Promise<Called> {
  return (await client.callTool({ name, arguments: given })) as Called;
}

export async function ask(client: Client, question: string, more: object = {}): Promise<Answer & { text: string }> {
  const called = await call(client, "ask", { question, ...more });
  expect(called.isError).toBeUndefined();
  return { ...(called.structuredContent as Answer), text: called.content[0]!.text };
}

export async function search(client: Client, query: string, k?: number): Promise<FoundPassage[]> {
  const called = await call(client, "search", { query, ...(k === undefined ? {} : { k }) });
  expect(called.isError).toBeUndefined();
  return (called.structuredContent as { passages: FoundPassage[] }).passages;
}

/** The text of a resource. */
export async function read(client: Client, uri: string): Promise<string> {
  const { contents } = await client.readResource({ uri });
  expect(contents).toHaveLength(1);
  expect(contents[0]).toMatchObject({ uri, mimeType: "text/plain" });
  return (contents[0] as { text: string }).text;
}

/** The one text of a call that failed. */
export async function faultOf(client: Client, name: string, given: Record<string, unknown>): Promise<string> {
  const { isError, content, structuredContent } = await call(client, name, given);
  expect([isError, content.length, structuredContent]).toEqual([true, 1, undefined]);
  return content[0]!.text;
}
