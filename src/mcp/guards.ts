import type { ErrorRequestHandler, RequestHandler, Response } from "express";
import { ERROR_STATUS } from "../errors.js";
import { toDocentError } from "../http/problem.js";
import { RPC } from "./faults.js";
import { messagesIn, methodOf } from "./messages.js";

/** Later versions of the protocol have no batches; a caller of this one, or of those before, may send them. */
const LAST_WITH_BATCHES = "2025-03-26";
const BATCH_MESSAGES = 10;

/** Of a batch, every message counts as a request. */
export function countBatch(limit: RequestHandler): RequestHandler {
  return (request, response, next) => {
    const { body } = request as { body: unknown };
    if (!Array.isArray(body)) return next();
    // Without the header, the version is the one with batches: so the protocol says.
    if ((request.get("MCP-Protocol-Version") ?? LAST_WITH_BATCHES) > LAST_WITH_BATCHES) {
      return sendFault(response, 400, RPC.invalidRequest, "Send one message at a time: this version has no batches.");
    }
    if (body.length === 0 || body.length > BATCH_MESSAGES) {
      return sendFault(response, 400, RPC.invalidRequest, `A batch holds from 1 to ${BATCH_MESSAGES} messages.`);
    }
    const count = (left: number): void => {
      if (left <= 0) return next();
      void limit(request, response, (error?: unknown) => (error === undefined ? count(left - 1) : next(error)));
    };
    count(body.length - 1); // The request itself was counted before its body was read.
  };
}

/** Only what takes work waits for its turn: a call of a tool. */
export function forTools(turn: RequestHandler): RequestHandler {
  return (request, response, next) => {
    const calls = messagesIn(request.body).some((message) => methodOf(message) === "tools/call");
    return calls ? turn(request, response, next) : next();
  };
}

/** Answers what is wrong with a body as the protocol's callers read it; what else is wrong goes on. */
export function bodyFaults(): ErrorRequestHandler {
  return (thrown: unknown, _request, response, next) => {
    const error = toDocentError(thrown);
    const isBody = error.code === "invalid_request" || error.code === "too_large" || error.code === "not_json";
    if (!isBody || response.headersSent) return next(thrown);
    const code = error.code === "invalid_request" ? RPC.parse : RPC.invalidRequest;
    sendFault(response, ERROR_STATUS[error.code], code, error.message);
  };
}

function sendFault(response: Response, status: number, code: number, message: string): void {
  response.status(status).setHeader("Cache-Control", "no-store");
  response.json({ jsonrpc: "2.0", error: { code, message }, id: null });
}
