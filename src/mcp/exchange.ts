import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { Request as ExpressRequest } from "express";
import { createMcpServer, type ServerSettings } from "./create-server.js";
import type { McpPort } from "./port.js";

/** What of a request the transport looks at. */
const HEADERS = ["Accept", "Content-Type", "MCP-Protocol-Version"];

/**
 * Hands one request, whose body is read, to a server of its own.
 *
 * @returns the server, to be closed by the caller, and its reply, which never comes if it is closed before
 */
export async function exchange(
  request: ExpressRequest,
  port: McpPort,
  settings: ServerSettings,
): Promise<{ server: Server; reply: Promise<Response> }> {
  const server = await createMcpServer(port, settings);
  // Answers come in one piece, so a stream of events would have one.
  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: undefined,
    enableJsonResponse: true,
  });
  await server.connect(transport);
  const headers = HEADERS.flatMap((name): [string, string][] => {
    const value = request.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  // The address has no meaning to the transport, and the one of the request may be malformed.
  const asked = new Request("http://localhost/mcp", { method: "POST", headers });
  return { server, reply: transport.handleRequest(asked, { parsedBody: request.body as unknown }) };
}
