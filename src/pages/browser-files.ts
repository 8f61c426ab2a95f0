import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { RequestHandler } from "express";
import { StartupError } from "../errors.js";

/** What browsers load beside the pages, made by scripts/setup.mjs, by path. */
export type BrowserFiles = ReadonlyMap<string, BrowserFile>;

interface BrowserFile {
  body: Buffer;
  /** MIME type. */
  type: string;
  /** What is sent where the browser takes it; null where that saves nothing. */
  gzipped: Buffer | null;
  /** For the `integrity` attribute (Subresource Integrity, W3C). */
  integrity: string;
}

const FILES = [
  ["/widget.js", "widget.js", "text/javascript"],
  // The same under a path that stays as long as the element's attributes, methods, events and parts do.
  ["/widget@1.js", "widget.js", "text/javascript"],
  ["/widget.d.ts", "widget.d.ts", "text/plain"],
  ["/page.js", "page.js", "text/javascript"],
  ["/docent.css", "docent.css", "text/css"],
  ["/favicon.svg", "favicon.svg", "image/svg+xml"],
  ["/social.png", "social.png", "image/png"],
  ["/robots.txt", "robots.txt", "text/plain"],
] as const;

/**
 * Reads them once, before the server listens.
 *
 * @throws StartupError if one is missing
 */
export function loadBrowserFiles(folder: string): BrowserFiles {
  return new Map(
    FILES.map(([url, name, type]) => {
      const file = path.join(folder, name);
      if (!existsSync(file)) throw new StartupError(`${name} has not been built. Run "npm run setup".`);
      const body = readFileSync(file);
      const integrity = `sha384-${createHash("sha384").update(body).digest("base64")}`;
      const gzipped = gzipSync(body, { level: 9 });
      return [url, { body, gzipped: gzipped.length < body.length ? gzipped : null, type, integrity }];
    }),
  );
}

/** GET one of them: looked at anew on every visit, and sent only if it has changed (ETag). */
export function browserFileRoute({ body, gzipped, type }: BrowserFile): RequestHandler {
  return (request, response) => {
    response.type(type).setHeader("Cache-Control", "no-cache");
    response.vary("Accept-Encoding");
    if (gzipped === null || request.acceptsEncodings("gzip", "identity") !== "gzip") response.send(body);
    else response.setHeader("Content-Encoding", "gzip").send(gzipped);
  };
}
