import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { en } from "../../src/widget/languages/en.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { expectAccessible } from "./axe.js";
import { chatOn, expectSoon } from "./chat.js";
import { corpusSite } from "./corpus-site.js";
import { anAnswer, aRefusal, fakeDocent, type FakeDocent } from "./fake-docent.js";
import { it, LONG } from "./harness.js";

/** A FAQ item as it is written: answered whatever embeds it. */
const FAQ = "Which joint mission of NASA and ISRO matters most?";

describe("the pages", () => {
  const serve = corpusSite(undefined, new HashEmbedder());

  it("break no rule of accessibility", LONG, async ({ visitor }) => {
    const { url } = await serve();
    const page = await visitor.open(url);
    const [source] = (await (await fetch(`${url}/api/sources`)).json()) as { id: string }[];
    visitor.allow(/status of 404/);
    const from = `/sources/${source!.id}`;
    for (const path of [
      "/",
      "/faq",
      "/faq?q=nothing+like+it",
      "/sources",
      from,
      `${from}?from=0&to=20#p1`,
      "/docs",
      "/none",
    ]) {
      await page.goto(url + path);
      await page.waitForLoadState("load");
      await expectAccessible(page, path);
    }
    await page.goto(`${url}/?q=${encodeURIComponent(FAQ)}`);
    await chatOn(page).finished();
    await expectAccessible(page, "an answer");
  });

  it("fit on 320 CSS pixels, as at 400 %", async ({ visitor }) => {
    const { url } = await serve();
    const page = await visitor.open(url, { viewport: { width: 320, height: 640 } });
    visitor.allow(/status of 404/);
    const [source] = (await (await fetch(`${url}/api/sources`)).json()) as { id: string }[];
    for (const path of ["/", "/faq", "/sources", `/sources/${source!.id}?from=0&to=20`, "/docs", "/none"]) {
      await page.goto(url + path);
      await expectNoSidewaysScroll(page, path);
    }
    await page.goto(`${url}/?q=${encodeURIComponent(FAQ)}`);
    await chatOn(page).finished();
    await expectNoSidewaysScroll(page, "an answer");
  });
});

describe("the widget on another page", () => {
  it("breaks no rule of accessibility", LONG, async ({ visitor }) => {
    const fake = await fakeDocent();
    fake.suggestions.push("When is the library open?");
    const page = await visitor.open(fake.url);
    const chat = chatOn(page);
    const check = (state: string): Promise<void> => expectAccessible(page, state);
    await chat.button.waitFor();
    await check("closed");
    await chat.button.click();
    await chat.chips.first().waitFor();
    await check("open and empty");
    await chat.ask("When?");
    await chat.finished();
    await check("an answer");
    await chat.pointAt(1);
    await check("a quote");
    await chat.named(en.bad).click();
    await chat.named(en.sendComment).waitFor();
    await check("a comment");
    fake.answerWith((reply) => reply.answer(aRefusal(["When is the library open?"])));
    await chat.ask("How?");
    await chat.refusals.waitFor();
    await check("a refusal");
    fake.answerWith((reply) => reply.delta("The library"));
    await chat.ask("Where?");
    await expectSoon(() => chat.answers.count()).toBe(2);
    await check("half an answer");
    await chat.named(en.stop).click();
    await chat.named(en.retry).waitFor();
    await check("a stopped answer");
    visitor.allow(/status of 429/);
    fake.answerWith((reply) => reply.fail(429));
    await chat.named(en.retry).click();
    await chat.errors.waitFor();
    await check("an error");
  });

  it("fits on 320 CSS pixels, as at 400 %, with words longer than a line", async ({ visitor }) => {
    const fake = await fakeDocent();
    const long = "W".repeat(300);
    fake.answerWith((reply) => reply.answer(anAnswer({ answer: `${long} [1].`, suggestions: [long] })));
    const page = await visitor.open(fake.url, { viewport: { width: 320, height: 480 } });
    const chat = chatOn(page);
    await expectNoSidewaysScroll(page, "closed");
    await chat.button.click();
    await chat.ask(long);
    await chat.finished();
    await chat.pointAt(1);
    await expectNoSidewaysScroll(page, "open");
    expect(await chat.log.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
    for (const part of [chat.panel, chat.input, chat.popover, chat.named(en.send), chat.named(en.closeChat)]) {
      const { x, y, width, height } = (await part.boundingBox())!;
      const edges = { left: x, top: y, right: x + width, bottom: y + height };
      const isInside = x >= 0 && y >= 0 && edges.right <= 320 && edges.bottom <= 480;
      expect(isInside, `${String(part)} ${JSON.stringify(edges)}`).toBe(true);
    }
  });

  it("moves nothing where the reader wants no motion", async ({ visitor }) => {
    const fake = await fakeDocent({ chat: "open" });
    fake.answerWith((reply) => reply.closed);
    const moving = async (reducedMotion: "reduce" | "no-preference"): Promise<number> => {
      const page = await visitor.open(fake.url, { reducedMotion });
      await chatOn(page).ask("When?");
      await chatOn(page).named(en.stop).waitFor();
      return page.evaluate(() => {
        const all = [...document.querySelector("docent-chat")!.shadowRoot!.querySelectorAll("*")];
        return all.filter((one) => {
          const { animationName, transitionDuration } = getComputedStyle(one);
          return animationName !== "none" || Number.parseFloat(transitionDuration) > 0;
        }).length;
      });
    };
    expect(await moving("reduce")).toBe(0);
    expect(await moving("no-preference"), "otherwise this test sees nothing").toBeGreaterThan(0);
  });
});

describe("a screen reader", () => {
  /** Notes every change of a live region that is read out, from now on. */
  async function listen(page: Page): Promise<() => Promise<string[]>> {
    await page.evaluate(() => {
      const heard: string[] = [];
      const root = document.querySelector("docent-chat")!.shadowRoot!;
      const said = new Map<Element, string>();
      const look = (): void => {
        for (const region of root.querySelectorAll(
          '[role="status"], [role="alert"], [aria-live]:not([aria-live="off"])',
        )) {
          const text = region.textContent.trim();
          if (text !== "" && text !== said.get(region)) heard.push(text);
          said.set(region, text);
        }
      };
      new MutationObserver(look).observe(root, { subtree: true, childList: true, characterData: true });
      Object.assign(globalThis, { heard });
    });
    return () => page.evaluate(() => Reflect.get(globalThis, "heard") as string[]);
  }

  it("is told of a finished answer once, without the markers", async ({ visitor }) => {
    const fake = await fakeDocent({ chat: "open" });
    const page = await visitor.open(fake.url);
    const chat = chatOn(page);
    await chat.input.waitFor();
    const heard = await listen(page);
    await chat.ask("When?");
    await chat.finished();
    const told = `Answer: The library is open on all days but Monday. Loans last for three weeks. ${en.announcedSources.replace("{n}", "2")}`;
    await expectSoon(heard).toEqual([told]);
    await chat.ask("When?");
    await expectSoon(heard, "the same answer again").toEqual([told, told]);
    expect(await chat.log.getAttribute("aria-busy")).toBe("false");
  });

  it("is told of a refusal and of a failure", async ({ visitor }) => {
    const fake = await fakeDocent({ chat: "open" });
    const page = await visitor.open(fake.url);
    const chat = chatOn(page);
    await chat.input.waitFor();
    const heard = await listen(page);
    fake.answerWith((reply) => reply.answer(aRefusal()));
    await chat.ask("When?");
    await expectSoon(heard).toEqual(["Answer: The documents do not say."]);
    visitor.allow(/status of 503/);
    fake.answerWith((reply) => reply.fail(503));
    await chat.ask("When?");
    await expectSoon(heard).toEqual(["Answer: The documents do not say.", en.errorNotReady]);
  });
});

describe("the keyboard alone", () => {
  it("opens, asks, reads a quote, rates, copies and closes", async ({ visitor }) => {
    const fake = await fakeDocent();
    fake.suggestions.push("When is the library open?");
    const page = await visitor.open(fake.url, { permissions: ["clipboard-read", "clipboard-write"] });
    const chat = chatOn(page);
    await tabTo(page, en.openChat);
    await page.keyboard.press("Enter");
    await expectSoon(() => focused(page)).toBe(en.placeholder);
    await chat.chips.first().waitFor();
    await tabTo(page, "When is the library open?");
    await page.keyboard.press("Enter");
    await chat.finished();
    await expectSoon(() => focused(page)).toBe(en.placeholder);
    await tabTo(page, "Source 1: Opening hours");
    await chat.popover.waitFor();
    expect(await chat.popover.innerText()).toContain("The library is open on all days but Monday.");
    expect(await chat.marker(1).getAttribute("aria-describedby")).toBe(await chat.popover.getAttribute("id"));
    await page.keyboard.press("Escape");
    await chat.popover.waitFor({ state: "hidden" });
    expect(await focused(page)).toBe("Source 1: Opening hours");
    await tabTo(page, en.copy);
    await page.keyboard.press("Enter");
    await chat.log.getByText(en.copied).waitFor();
    await tabTo(page, en.good);
    await page.keyboard.press("Space");
    await expectSoon(() => fake.feedback.map(({ rating }) => rating)).toEqual(["up"]);
    await tabTo(page, en.placeholder);
    await page.keyboard.type("And then?");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("Really?");
    await page.keyboard.press("Enter");
    await expectSoon(() => fake.asked.map(({ question }) => question)).toEqual([
      "When is the library open?",
      "And then?\nReally?",
    ]);
    await chat.finished();
    // The quote of the last marker that was passed goes a moment after it; until then Escape is for that.
    await chat.popover.waitFor({ state: "hidden" });
    await page.keyboard.press("Escape");
    await chat.panel.waitFor({ state: "detached" });
    await expectSoon(() => focused(page)).toBe(en.openChat);
  });

  it("stays in the open panel, both ways round", async ({ visitor }) => {
    const fake = await fakeDocent();
    const page = await visitor.open(fake.url);
    const chat = chatOn(page);
    await chat.button.click();
    await chat.ask("When?");
    await chat.finished();
    for (const key of ["Tab", "Shift+Tab"]) {
      const seen = new Set<string>();
      for (let i = 0; i < 40; i++) {
        await page.keyboard.press(key);
        expect(await isInWidget(page), `${key} ${i}`).toBe(true);
        seen.add(await focused(page));
      }
      for (const name of [en.closeChat, en.newChat, en.placeholder, en.copy, en.good, en.bad]) {
        expect(seen, key).toContain(name);
      }
    }
  });

  it("stops an answer and goes on", async ({ visitor }) => {
    const fake: FakeDocent = await fakeDocent({ chat: "open" });
    fake.answerWith((reply) => reply.delta("The library"));
    const page = await visitor.open(fake.url);
    const chat = chatOn(page);
    await chat.ask("When?");
    await chat.answers.waitFor();
    await tabTo(page, en.stop);
    await page.keyboard.press("Enter");
    await chat.log.getByText(en.stopped).waitFor();
    expect(await isInWidget(page), "focus is not lost").toBe(true);
    fake.answerWith((reply) => reply.answer(anAnswer()));
    await tabTo(page, en.retry);
    await page.keyboard.press("Enter");
    expect(await chat.finished()).toContain("Monday");
    expect(await focused(page)).toBe(en.placeholder);
  });
});

/** Name of what has the focus, inside the widget too. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return (element?.getAttribute("aria-label") ?? (element as HTMLElement | null)?.innerText ?? "").trim();
  });
}

function isInWidget(page: Page): Promise<boolean> {
  return page.evaluate(() => document.activeElement?.localName === "docent-chat");
}

async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = [];
  while (passed.at(-1) !== name && passed.length < 40) {
    await page.keyboard.press("Tab");
    passed.push(await focused(page));
  }
  expect(passed.at(-1), `passed ${passed.join(", ")}`).toBe(name);
}

async function expectNoSidewaysScroll(page: Page, what: string): Promise<void> {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wider, `${what}: CSS pixels wider than the window`).toBe(0);
}
