import { randomUUID } from "node:crypto";
import type { Request, RequestHandler, Response } from "express";
import { messagesIn, methodOf } from "./messages.js";

/**
 * Lets callers cancel what they asked for, though no connection has a state here: the caller is given a session id, of
 * which nothing is kept, and sends it with each request. A notification of the same session that names a request under
 * way ends its response, without an answer as the protocol wants it; whatever is at work for a response stops with it.
 * The id is random, so nobody can cancel what others asked for.
 */
export function heedCancellations(): RequestHandler {
  const underWay = new Map<string, Response>();
  return (request, response, next) => {
    const messages = messagesIn(request.body);
    for (const message of messages) {
      const cancelled = methodOf(message) === "notifications/cancelled" ? message["params"] : null;
      const id = (cancelled as { requestId?: unknown } | null)?.requestId;
      const named = underWay.get(keyOf(request, id));
      if (named !== undefined) endWithoutAnswer(named);
    }
    if (messages.some((message) => methodOf(message) === "initialize")) {
      response.setHeader("Mcp-Session-Id", randomUUID());
    }
    // Of a batch, no message can be cancelled by itself: one response answers all.
    const [first] = Array.isArray(request.body) ? [] : messages;
    if (first?.["id"] !== undefined && request.get("Mcp-Session-Id") !== undefined) {
      const key = keyOf(request, first["id"]);
      underWay.set(key, response);
      response.once("close", () => {
        if (underWay.get(key) === response) underWay.delete(key);
      });
    }
    next();
  };
}

/** Numbers and texts are different ids. */
function keyOf(request: Request, id: unknown): string {
  return JSON.stringify([request.get("Mcp-Session-Id"), id]);
}

/** A stream of no events: what answers a request that nothing more is said to. */
function endWithoutAnswer(response: Response): void {
  if (!response.headersSent) response.status(200).type("text/event-stream");
  response.end();
}
