import type { RequestHandler } from "express";
import { DocentError } from "../errors.js";

const LOOPBACK = /^(?:localhost|(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether a name or address is reached from this machine only. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host.includes(":") && !host.startsWith("[") ? `[${host}]` : host.toLowerCase());
}

/**
 * Turns away requests that came under another name than the server's. A server on a loopback address is otherwise open to
 * any web page: its author lets a name of theirs point to 127.0.0.1 ("DNS rebinding"), and the visitor's browser takes
 * the page and the server for one site.
 *
 * @param allowed host names without port, or "loopback" for those of this machine; null allows all
 */
export function checkHost(allowed: readonly string[] | "loopback" | null): RequestHandler {
  if (allowed === null) return (_request, _response, next) => next();
  const names = allowed === "loopback" ? null : new Set(allowed);
  return (request, _response, next) => {
    // Older programs send no Host; browsers always do.
    const given = request.headers.host;
    const name = given === undefined ? null : hostIn(given);
    if (given === undefined || (name !== null && (names?.has(name) ?? isLoopback(name)))) return next();
    next(
      new DocentError(
        "forbidden_host",
        "This server does not answer under this host name. Its operator can allow it: ALLOWED_HOSTS, or TRUST_PROXY behind a proxy.",
      ),
    );
  };
}

function hostIn(header: string): string | null {
  return /^(\[[\da-f:.]+\]|[\w.-]+?)\.?(?::\d+)?$/i.exec(header)?.[1]?.toLowerCase() ?? null;
}
