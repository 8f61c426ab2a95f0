import type { Request, RequestHandler } from "express";
import { DocentError } from "../errors.js";

/**
 * The origin that the caller sees this server at (`https://docs.example.org`), behind a trusted proxy the one it names.
 * Null where the caller names none that could be one: it goes into pages, also into lines that people copy.
 */
export function originOf({ protocol, host }: Request): string | null {
  if (protocol !== "http" && protocol !== "https") return null;
  if (!/^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i.test(host ?? "")) return null;
  const origin = `${protocol}://${host}`;
  return URL.canParse(origin) ? new URL(origin).origin : null;
}

/**
 * Turns away requests that a page of another origin sends, but for the listed ones; what is no page names no origin. Not
 * only hides the answer from the page, as `crossOrigin` does: the request is not worked on at all.
 *
 * @param listed origins that may call, or "*" for all
 */
export function checkOrigin(listed: readonly string[]): RequestHandler {
  return (request, _response, next) => {
    const { origin } = request.headers;
    if (origin === undefined || listed.includes("*") || listed.includes(origin) || origin === originOf(request)) {
      return next();
    }
    const detail = "Pages of this origin may not call this server. Its operator can allow it: CORS_ORIGINS.";
    next(new DocentError("forbidden_origin", detail));
  };
}
