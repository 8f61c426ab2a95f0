import type { Request, RequestHandler, Response } from "express";
import { originOf } from "../http/origin.js";
import type { ServerSettings } from "./create-server.js";
import { type McpPort, portOver, type PortSettings } from "./port.js";

export interface RouteSettings {
  deps: PortSettings["deps"];
  version: string;
  /** Answers a question that came with a request. */
  answer: (response: Response, ...asked: Parameters<PortSettings["answer"]>) => ReturnType<PortSettings["answer"]>;
  /** Is told what went wrong inside. */
  onFault: (error: unknown, request: Request, response: Response) => void;
}

/**
 * POST /mcp: the Model Context Protocol over HTTP, one message at a time and without state. Once a response is closed,
 * sent or not, whatever is at work for it stops.
 */
export function mcpRoute(settings: RouteSettings): RequestHandler {
  return async (request, response) => {
    const closed = new Promise<null>((resolve) => response.once("close", () => resolve(null)));
    // Loaded when it is first needed: most servers are never asked for it, and each would start later.
    const { exchange } = await import("./exchange.js");
    if (response.writableEnded || response.destroyed) return;
    const { server, reply } = await exchange(request, portFor(request, response, settings), {
      version: settings.version,
      onFault: (error) => settings.onFault(error, request, response),
    } satisfies ServerSettings);
    void closed.then(() => server.close());
    const sent = await Promise.race([reply, closed]);
    if (sent === null || response.writableEnded) return;
    const type = sent.headers.get("Content-Type");
    response.status(sent.status).setHeader("Cache-Control", "no-store");
    if (type !== null) response.setHeader("Content-Type", type);
    response.end(await sent.text());
  };
}

function portFor(request: Request, response: Response, { deps, answer }: RouteSettings): McpPort {
  return portOver({
    deps,
    origin: originOf(request),
    answer: (...asked) => answer(response, ...asked),
  });
}
