import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test as base } from "vitest";
import { CHROMIUM_MISSING, findChromium } from "./chromium.js";

/** How long a page may take to come to what a test waits for. */
export const PATIENCE = { timeout: 8000 };

/** How long a test may take that opens many pages or measures more than once, on a busy machine. */
export const LONG = { timeout: 90_000 };

/** Names that are looked up on this machine; whatever else a page asks for is not found, and fails its test. */
const LOCAL_HOSTS = new Set(["127.0.0.1", "localhost"]);

export interface Visitor {
  /** A new page, in a context (cookies, storage) of its own. */
  page(options?: BrowserContextOptions): Promise<Page>;
  /** A new page that has been taken to an address. */
  open(url: string, options?: BrowserContextOptions): Promise<Page>;
  /** Announces trouble that the test brings about; any other fails it. */
  allow(trouble: RegExp): void;
}

let browser: Promise<Browser> | null = null;
beforeAll(() => {
  // Not every reporter tells why a test was skipped.
  if (findChromium() === null) process.stderr.write(`${CHROMIUM_MISSING}\n`);
});
afterAll(async () => (await browser)?.close());

/** One for all tests of a file; null where none is installed. */
function launched(): Promise<Browser> | null {
  const executablePath = findChromium();
  if (executablePath === null) return null;
  const hosts = [...LOCAL_HOSTS].map((host) => `EXCLUDE ${host}`).join(", ");
  browser ??= chromium.launch({
    executablePath,
    args: ["--disable-gpu", `--host-resolver-rules=MAP * ~NOTFOUND, ${hosts}`],
    // Playwright leaves the back/forward cache out, which readers have.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  return browser;
}

/** A test with a browser; skipped where there is none, but failed on CI. */
export const it = base.extend<{ visitor: Visitor }>({
  visitor: async ({ skip }, use) => {
    const found = launched();
    if (found === null) {
      if (process.env["CI"] === "true") throw new Error(CHROMIUM_MISSING);
      skip(CHROMIUM_MISSING);
      return;
    }
    const troubles: string[] = [];
    const allowed: RegExp[] = [];
    const contexts: BrowserContext[] = [];
    const page = async (options: BrowserContextOptions = {}): Promise<Page> => {
      const context = await (await found).newContext({ reducedMotion: "reduce", ...options });
      contexts.push(context);
      context.setDefaultTimeout(PATIENCE.timeout);
      await watch(context, (trouble) => troubles.push(trouble));
      return context.newPage();
    };
    await use({
      page,
      open: async (url, options) => {
        const opened = await page(options);
        await opened.goto(url);
        return opened;
      },
      allow: (trouble) => void allowed.push(trouble),
    });
    for (const context of contexts) await context.close();
    const unexpected = troubles.filter((trouble) => !allowed.some((pattern) => pattern.test(trouble)));
    expect(unexpected, "trouble that the test did not announce").toEqual([]);
  },
});

/** Tells of all that a reader's browser would complain about, in every page of a context. */
async function watch(context: BrowserContext, tell: (trouble: string) => void): Promise<void> {
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) tell(`console ${message.type()}: ${message.text()}`);
  });
  context.on("weberror", (fault) => tell(`uncaught: ${String(fault.error())}`));
  context.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "";
    // What is under way when a page is left or an answer is stopped ends so, and no reader is told.
    if (reason !== "net::ERR_ABORTED") tell(`request failed: ${request.method()} ${request.url()} ${reason}`);
  });
  context.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    const isLocal = protocol === "data:" || (protocol === "http:" && LOCAL_HOSTS.has(hostname));
    if (!isLocal) tell(`request elsewhere: ${request.url()}`);
  });
  context.on("dialog", (dialog) => {
    tell(`dialog: ${dialog.type()} ${dialog.message()}`);
    void dialog.dismiss();
  });
  await context.exposeBinding("tellOfViolation", (_page, text: string) => tell(`policy: ${text}`));
  await context.addInitScript(() => {
    const global = globalThis as unknown as { tellOfViolation: (text: string) => void };
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) => {
      global.tellOfViolation(`${violatedDirective} forbids ${blockedURI} (${sourceFile})`);
    });
  });
}
