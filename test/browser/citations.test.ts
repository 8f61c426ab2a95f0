import { describe, expect } from "vitest";
import { en } from "../../src/widget/languages/en.js";
import { chatOn, expectSoon } from "./chat.js";
import { aCitation, anAnswer, fakeDocent } from "./fake-docent.js";
import { it } from "./harness.js";

const OPEN = { chat: "open" };

describe("the quote of a marker", () => {
  it("shows while it is pointed at, stays while one reads it, and goes with Escape", async ({ visitor }) => {
    const fake = await fakeDocent(OPEN);
    const page = await visitor.open(fake.url);
    const chat = chatOn(page);
    await chat.ask("When?");
    await chat.finished();
    expect(await chat.popover.isVisible()).toBe(false);
    for (const { n, quote, title } of anAnswer().citations) {
      await chat.pointAt(n);
      expect(await chat.popover.innerText()).toContain(quote);
      expect(await chat.popover.innerText()).toContain(title);
    }
    await chat.popover.hover();
    await chat.popover.getByText("Loans last").hover();
    expect(await chat.popover.isVisible()).toBe(true);
    await page.mouse.move(2, 2);
    await chat.popover.waitFor({ state: "hidden" });
    await chat.marker(1).focus();
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Tab");
    await chat.popover.waitFor();
    await page.keyboard.press("Escape");
    await chat.popover.waitFor({ state: "hidden" });
    expect(await chat.panel.isVisible(), "Escape closes one thing at a time").toBe(true);
  });

  it("shows for a marker that the keyboard brings into view, and goes where that is scrolled away", async ({
    visitor,
  }) => {
    const fake = await fakeDocent(OPEN);
    const lines = Array.from({ length: 60 }, (_, i) => `- line ${i} [1]`).join("\n");
    fake.answerWith((reply) => reply.answer(anAnswer({ answer: lines })));
    const page = await visitor.open(fake.url);
    const chat = chatOn(page);
    await chat.ask("When?");
    await chat.finished();
    await chat.log.focus();
    for (let i = 0; i < 40; i++) await page.keyboard.press("Tab");
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    expect(await chat.log.evaluate(({ scrollTop }) => scrollTop)).toBeGreaterThan(200);
    await chat.popover.waitFor();
    await chat.log.evaluate((log) => log.scrollTo(0, 0));
    await chat.popover.waitFor({ state: "hidden" });
  });

  it("opens at the first touch, where there is no pointer", async ({ visitor }) => {
    const fake = await fakeDocent(OPEN);
    const page = await visitor.open(fake.url, {
      hasTouch: true,
      isMobile: true,
      viewport: { width: 390, height: 700 },
    });
    const chat = chatOn(page);
    await chat.ask("When?");
    await chat.finished();
    await chat.marker(1).tap();
    await chat.popover.waitFor();
    expect(page.context().pages()).toHaveLength(1);
    const box = (await chat.popover.boundingBox())!;
    expect([box.x >= 0, box.x + box.width <= 390]).toEqual([true, true]);
    await chat.log.tap({ position: { x: 5, y: 5 } });
    await chat.popover.waitFor({ state: "hidden" });
  });

  it("shows for what came of an answer that was stopped", async ({ visitor }) => {
    const fake = await fakeDocent(OPEN);
    fake.answerWith((reply) => {
      reply.send("sources", anAnswer().citations);
      reply.delta("Open [1]. Loans [");
    });
    const chat = chatOn(await visitor.open(fake.url));
    await chat.ask("When?");
    await chat.marker(1).hover();
    await expectSoon(() => chat.popover.innerText()).toContain("The library is open");
    expect(await chat.answers.innerText(), "half a marker is not shown").not.toContain("[");
    await chat.named(en.stop).click();
    await chat.log.getByText(en.stopped).waitFor();
    await chat.marker(1).hover();
    await expectSoon(() => chat.popover.innerText()).toContain("The library is open");
  });

  it("leads into the recording at its second, and to the words in its text", async ({ visitor }) => {
    const fake = await fakeDocent(OPEN);
    const address = "https://www.youtube.com/watch?v=x&t=4331s";
    const citations = [aCitation(1, "Open.", { external_url: address, timestamp: "01:12:11" })];
    fake.answerWith((reply) => reply.answer(anAnswer({ answer: "Open [1].", citations })));
    const page = await visitor.open(fake.url);
    const chat = chatOn(page);
    await chat.ask("When?");
    await chat.finished();
    await chat.marker(1).hover();
    const link = (name: string): Promise<(string | null)[]> =>
      Promise.all(["href", "target", "rel"].map((one) => chat.popover.getByRole("link", { name }).getAttribute(one)));
    expect(await link(en.playAt.replace("{time}", "01:12:11"))).toEqual([address, "_blank", "noopener noreferrer"]);
    const words = `${fake.url}/sources/hours?from=100&to=105#p1`;
    expect(await link(en.openSource)).toEqual([words, "_blank", "noopener noreferrer"]);
  });
});
