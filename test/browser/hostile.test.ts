import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { en } from "../../src/widget/languages/en.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { chatOn, expectSoon } from "./chat.js";
import { corpusSite } from "./corpus-site.js";
import { aCitation, anAnswer, aRefusal, fakeDocent } from "./fake-docent.js";
import { it, LONG } from "./harness.js";

const SCRIPT = "<script>globalThis.hacked=1</script>";
const IMAGE = '"><img src=x onerror=globalThis.hacked=1>';
const UNCLOSED = "<div><!-- </textarea><style>*{display:none}";
const TURNED = "\u202egnp.moc";
const LINK = "[click](javascript:globalThis.hacked=1) <a href='javascript:globalThis.hacked=1'>here</a>";
const HOSTILE = [SCRIPT, IMAGE, UNCLOSED, TURNED, LINK].join(" ");

/** No text has become an element, run anything or made a link that does. */
async function expectInert(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const roots: (Document | ShadowRoot)[] = [document];
    for (const element of document.querySelectorAll("*")) if (element.shadowRoot) roots.push(element.shadowRoot);
    const all = roots.flatMap((root) => [...root.querySelectorAll("*")]);
    const ran = all.filter((one) =>
      one.matches("img, iframe, object, embed, style, script:not([src]):not([type*=json])"),
    );
    const links = all.flatMap((one) => (one instanceof HTMLAnchorElement ? [one.protocol] : []));
    const handlers = all.flatMap((one) => one.getAttributeNames().filter((name) => /^on|^srcdoc$/.test(name)));
    return {
      hacked: "hacked" in globalThis,
      elements: ran.map(({ outerHTML }) => outerHTML),
      protocols: [...new Set(links)].filter((protocol) => !/^https?:$/.test(protocol)),
      handlers,
    };
  });
  expect(found, page.url()).toEqual({ hacked: false, elements: [], protocols: [], handlers: [] });
}

describe("hostile text in an answer", () => {
  it("is shown as it is, and none of it runs", async ({ visitor }) => {
    const fake = await fakeDocent({ chat: "open" });
    const evil = { title: `T ${HOSTILE}`, heading: [`H ${HOSTILE}`], source: "x" };
    const citations = [
      aCitation(1, `Q ${HOSTILE}`, {
        ...evil,
        url: "javascript:globalThis.hacked=1",
        external_url: "javascript:globalThis.hacked=1",
      }),
      aCitation(2, "Q", {
        ...evil,
        url: "//evil.example/x",
        external_url: "data:text/html,<script>1</script>",
        timestamp: HOSTILE,
      }),
    ];
    const answer = anAnswer({
      answer: `A ${HOSTILE} [1].\n- item ${HOSTILE} [2] [99]`,
      citations,
      suggestions: [HOSTILE],
    });
    fake.answerWith((reply) => reply.answer(answer));
    const page = await visitor.open(fake.url);
    const chat = chatOn(page);
    await chat.ask(HOSTILE);
    const shown = await chat.finished();
    for (const text of [SCRIPT, IMAGE, UNCLOSED, TURNED]) expect(shown).toContain(text);
    expect(shown).toContain("[99]");
    expect(await chat.questions.innerText()).toContain(SCRIPT);
    expect((await chat.chips.first().innerText()).trim()).toBe(HOSTILE);
    for (const n of [1, 2]) {
      await chat.pointAt(n);
      await expectSoon(() => chat.popover.locator("blockquote").innerText()).toBe(citations[n - 1]!.quote);
      await expectInert(page);
    }
    const addresses = await chat.root
      .getByRole("link")
      .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).origin));
    expect(new Set(addresses), "links lead to the server only").toEqual(new Set([fake.url]));
    fake.answerWith((reply) => reply.answer({ ...aRefusal([HOSTILE]), answer: HOSTILE }));
    await chat.ask(IMAGE);
    await expectSoon(() => chat.refusals.innerText()).toContain(SCRIPT);
    await expectInert(page);
    await page.reload();
    await chat.refusals.waitFor();
    await expectInert(page);
  });

  it("does not turn round the words beside it", async ({ visitor }) => {
    const fake = await fakeDocent({ chat: "open" });
    const citations = [aCitation(1, "Q", { title: TURNED, heading: ["Heading"] })];
    fake.answerWith((reply) => reply.answer(anAnswer({ answer: "Open [1].", citations })));
    const page = await visitor.open(fake.url);
    const chat = chatOn(page);
    await chat.ask("When?");
    await chat.finished();
    const isolated = await chat.sources.locator("li bdi").allInnerTexts();
    expect(isolated).toEqual([TURNED, "Heading"]);
  });
});

describe("hostile text in documents", () => {
  const serve = corpusSite(
    {
      "x \"onclick=alert(1) '<b>&.txt": `${SCRIPT} keeps the lamp oil. Also ${IMAGE} is there.\n`,
      "list.json": JSON.stringify([
        { question: `Where is the ${IMAGE} ${SCRIPT} kept?`, answer: `In the ${SCRIPT} ${UNCLOSED} drawer.` },
      ]),
      "page.html": `<title>&lt;script&gt;globalThis.hacked=1&lt;/script&gt;</title><h2>&lt;img src=x onerror=globalThis.hacked=1&gt;</h2><p>Beacons ${TURNED} shine all night. <img src=x onerror="globalThis.hacked=1"><a href="javascript:globalThis.hacked=1">here</a></p>`,
      "linked.md": `---\ntitle: '</title>${SCRIPT}'\nurl: "javascript:globalThis.hacked=1"\n---\n\n## "><svg onload=globalThis.hacked=1>\n\nPuffins nest below the \`</div>${SCRIPT}\` line of Skomer. [Click](javascript:globalThis.hacked=1)\n`,
    },
    new HashEmbedder(),
  );

  it("is shown as it is on every page, and none of it runs", LONG, async ({ visitor }) => {
    const { url } = await serve();
    const page = await visitor.open(`${url}/sources`);
    const sources = await page
      .locator("main a[href^='/sources/']")
      .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
    expect(sources.length).toBeGreaterThanOrEqual(4);
    const query = encodeURIComponent(HOSTILE);
    const pages = ["/", "/faq", `/faq?q=${query}`, `/sources?q=${query}`, "/docs", `/none/${query}`].map(
      (path) => url + path,
    );
    visitor.allow(/status of 404/);
    for (const address of [...pages, ...sources, `${sources[0]}?from=0&to=30`, `${sources[0]}?from=${query}`]) {
      await page.goto(address);
      await page.waitForLoadState("load");
      await expectInert(page);
    }
  });

  it("is quoted as it is in the chat", async ({ visitor }) => {
    const { url } = await serve();
    const page = await visitor.open(`${url}/?q=${encodeURIComponent("What keeps the lamp oil?")}`);
    const chat = chatOn(page);
    expect(await chat.finished()).toContain(SCRIPT);
    await chat.pointAt(1);
    await expectSoon(() => chat.popover.innerText()).toContain(SCRIPT);
    await expectInert(page);
    await page.goto(`${url}/?q=${encodeURIComponent(HOSTILE)}`);
    await expectSoon(() => chat.questions.count()).toBe(2);
    await chat.named(en.send).waitFor();
    await expectInert(page);
  });
});
