import type { RequestHandler, Response } from "express";
import { ulid } from "ulid";

/** What a caller may call its own request: it goes into logs and back into a header. */
const HARMLESS = /^[\w.:-]{1,64}$/;

/** Names each request, by the caller's `X-Request-Id` if it is short and harmless, and says so in the answer's header. */
export function nameRequests(): RequestHandler {
  return (request, response, next) => {
    const given = request.get("X-Request-Id");
    const id = given !== undefined && HARMLESS.test(given) ? given : ulid();
    response.locals["requestId"] = id;
    response.setHeader("X-Request-Id", id);
    next();
  };
}

/** The name of the request that is answered. */
export function requestIdOf(response: Response): string {
  return String(response.locals["requestId"] ?? "");
}
