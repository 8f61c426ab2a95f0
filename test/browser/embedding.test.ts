import { createHash } from "node:crypto";
import { describe, expect } from "vitest";
import { en } from "../../src/widget/languages/en.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { chatOn, expectSoon } from "./chat.js";
import { corpusSite } from "./corpus-site.js";
import { fakeDocent } from "./fake-docent.js";
import { it } from "./harness.js";
import { type HostPage, hostPages, strictPolicyWith } from "./host-page.js";
import { type Site, startedSite } from "./site.js";

const HERRINGS = { "herrings.txt": "Herrings are smoked over beech wood for six hours.\n" };
const QUESTION = "What are herrings smoked over?";

describe("a page of another origin", () => {
  const serve = corpusSite(HERRINGS, new HashEmbedder());

  /** The address of somebody's site whose page has the widget from a Docent of another origin. */
  async function siteBeside(docentOf: (host: string) => Promise<Site>, page: HostPage = {}): Promise<string> {
    const pages = new Map<string, HostPage>();
    const host = await startedSite(hostPages(pages), "localhost");
    const { url } = await docentOf(host.url);
    const { widget = "/widget.js" } = page;
    pages.set("/", { policy: strictPolicyWith(url), ...page, widget: `${url}${widget}` });
    return host.url;
  }
  const knowing = (host: string): Promise<Site> => serve({ corsOrigins: [host] });

  it("has the widget with one line, and answers come from where the script does", async ({ visitor }) => {
    const page = await visitor.open(await siteBeside(knowing));
    const chat = chatOn(page);
    await chat.button.click();
    await chat.ask(QUESTION);
    expect(await chat.finished()).toContain("beech wood");
    const opened = page.waitForEvent("popup");
    await chat.sources.getByRole("link").first().click();
    const source = await opened;
    await source.waitForLoadState();
    expect(await source.locator("mark").innerText()).toBe(HERRINGS["herrings.txt"].trim());
    expect(await source.evaluate(() => [window.opener, document.referrer])).toEqual([null, ""]);
  });

  it("can hold the script to its bytes", async ({ visitor }) => {
    const widget = await (await fetch(`${(await serve()).url}/widget@1.js`)).arrayBuffer();
    const digest = createHash("sha384").update(Buffer.from(widget)).digest("base64");
    const script = `integrity="sha384-${digest}" crossorigin="anonymous"`;
    const chat = chatOn(await visitor.open(await siteBeside(knowing, { widget: "/widget@1.js", script })));
    await chat.button.click();
    await chat.ask(QUESTION);
    expect(await chat.finished()).toContain("beech wood");
  });

  it("runs no script of other bytes", async ({ visitor }) => {
    const digest = createHash("sha384").update("something else").digest("base64");
    const host = await siteBeside(knowing, { script: `integrity="sha384-${digest}"` });
    visitor.allow(/Failed to find a valid digest in the 'integrity' attribute/);
    const page = await visitor.open(host);
    await page.waitForLoadState("networkidle");
    expect(await page.evaluate(() => customElements.get("docent-chat") === undefined)).toBe(true);
  });

  it("that the server does not list gets no widget from it", async ({ visitor }) => {
    const host = await siteBeside(() => serve({ corsOrigins: ["https://example.org"] }));
    visitor.allow(/blocked by CORS policy/);
    visitor.allow(/ERR_FAILED/);
    const opened = await visitor.open(host);
    await opened.waitForLoadState("networkidle");
    expect(await opened.evaluate(() => customElements.get("docent-chat") === undefined)).toBe(true);
  });

  it("that the server does not list gets no answer with a widget of its own", async ({ visitor }) => {
    const docent = await serve({ corsOrigins: ["https://example.org"] });
    const page = { policy: strictPolicyWith(docent.url), chat: `open suggestions="" endpoint="${docent.url}"` };
    const host = await fakeDocent(page);
    visitor.allow(/blocked by CORS policy/);
    visitor.allow(/ERR_FAILED|403/);
    const chat = chatOn(await visitor.open(host.url));
    await chat.ask(QUESTION);
    await chat.errors.waitFor();
    expect(await chat.errors.innerText()).toMatch(
      new RegExp([en.errorForbidden, en.errorOffline].map((text) => text.slice(0, 30)).join("|")),
    );
    expect(await chat.log.innerText()).not.toContain("beech");
  });

  it("keeps its own look, and lends none of it to the widget", async ({ visitor }) => {
    const fake = await fakeDocent({ chat: "open" });
    const page = await visitor.open(fake.url);
    const looks = (selector: string): Promise<string[]> =>
      page.locator(selector).evaluate((element) => {
        const { color, fontSize, fontFamily, textTransform, display, letterSpacing } = getComputedStyle(element);
        return [color, fontSize, fontFamily, textTransform, display, letterSpacing];
      });
    const chat = chatOn(page);
    await chat.input.waitFor();
    const heading = await looks("h1");
    const before = await looks('docent-chat [part~="heading"]');
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(
        "* { color: red; text-transform: uppercase; letter-spacing: 3px } h2, button { display: none; font-size: 3em } body { font: 40px fantasy }",
      );
      document.adoptedStyleSheets = [sheet];
    });
    await expectSoon(() => looks("h1")).not.toEqual(heading);
    expect(await looks('docent-chat [part~="heading"]')).toEqual(before);
    expect(await page.evaluate(() => document.querySelectorAll("style").length)).toBe(0);
  });
});
