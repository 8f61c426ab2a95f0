import { createHash, timingSafeEqual } from "node:crypto";
import cors from "cors";
import type { Request, RequestHandler } from "express";
import { rateLimit } from "express-rate-limit";
import helmet from "helmet";
import { DocentError } from "../errors.js";

/** Security headers; pages may load what the server itself serves and nothing else. */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", "data:"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'self'"],
      },
    },
    // Only meaningful over HTTPS, which the proxy in front decides.
    strictTransportSecurity: false,
    crossOriginResourcePolicy: { policy: "cross-origin" },
  });
}

/** What pages may send to the API. */
export const API_HEADERS = ["Content-Type", "Authorization", "Accept"];

/**
 * Lets pages of the listed origins call the API; no list, no cross-origin calls.
 *
 * @param headers which they may send; null for any, as OpenAI's client sends a dozen of its own
 * @param read headers of the answer that they may read beyond those of the API
 */
export function crossOrigin(
  origins: readonly string[],
  headers: readonly string[] | null = API_HEADERS,
  read: readonly string[] = [],
): RequestHandler {
  return cors({
    origin: origins.includes("*") ? "*" : [...origins],
    methods: ["GET", "POST"],
    ...(headers === null ? {} : { allowedHeaders: [...headers] }),
    exposedHeaders: ["Retry-After", "X-Request-Id", ...read],
    maxAge: 86_400,
  });
}

/**
 * Asks for a key where keys are set: `Authorization: Bearer KEY`, or the password of `Basic`. Pages challenge with
 * `Basic`, because a browser can be asked for that one; the API with `Bearer`, so that no browser shows a dialog.
 */
export function requireKey(keys: readonly string[], challenge: "Bearer" | "Basic" = "Bearer"): RequestHandler {
  const digests = keys.map((key) => digestOf(key));
  return (request, response, next) => {
    const given = keyOf(request);
    // Every key is compared, and digests of equal length are, so that the time taken tells nothing.
    const digest = digestOf(given ?? "");
    const matches = digests.map((known) => timingSafeEqual(known, digest)).includes(true);
    if (keys.length === 0 || (given !== null && matches)) {
      next();
      return;
    }
    response.setHeader("WWW-Authenticate", `${challenge} realm="Docent"`);
    next(new DocentError("missing_key", 'Send a valid key as "Authorization: Bearer KEY".'));
  };
}

function keyOf(request: Request): string | null {
  const [, scheme, value] = /^(Bearer|Basic) +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (scheme === undefined || value === undefined) return null;
  if (scheme.toLowerCase() === "bearer") return value;
  const pair = Buffer.from(value, "base64").toString("utf8");
  return pair.slice(pair.indexOf(":") + 1); // The name before the colon may be anything.
}

function digestOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/** At most so many requests a minute from one address; 0 means no limit. */
export function limitRate(perMinute: number): RequestHandler {
  if (perMinute === 0) return (_request, _response, next) => next();
  return rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: "draft-7",
    legacyHeaders: false,
    // Its checks write to the console at the sight of an X-Forwarded-For header, which any caller can send.
    validate: false,
    handler: (_request, response, next) => {
      if (!response.hasHeader("Retry-After")) response.setHeader("Retry-After", "60");
      const detail = `At most ${perMinute} requests a minute are answered. Wait as long as Retry-After says.`;
      next(new DocentError("too_many_requests", detail));
    },
  });
}
