import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { RequestHandler } from "express";
import { StartupError } from "../errors.js";

/** What browsers load beside the pages, made by scripts/setup.mjs, by path. */
export type BrowserFiles = ReadonlyMap<string, BrowserFile>;

interface BrowserFile {
  body: Buffer;
  /** MIME type. */
  type: string;
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
      return [url, { body, type, integrity: `sha384-${createHash("sha384").update(body).digest("base64")}` }];
    }),
  );
}

/** GET one of them: looked at anew on every visit, and sent only if it has changed (ETag). */
export function browserFileRoute({ body, type }: BrowserFile): RequestHandler {
  return (_request, response) => {
    response.type(type).setHeader("Cache-Control", "no-cache").send(body);
  };
}
