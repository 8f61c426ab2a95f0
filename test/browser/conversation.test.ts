import { describe, expect } from "vitest";
import { en } from "../../src/widget/languages/en.js";
import { chatOn, expectSoon } from "./chat.js";
import { aCitation, anAnswer, aRefusal, fakeDocent } from "./fake-docent.js";
import { it } from "./harness.js";

const OPEN = { chat: "open" };

describe("a conversation", () => {
  it("is there again after a reload, open as it was asked in, and forgotten when cleared", async ({ visitor }) => {
    const fake = await fakeDocent();
    const page = await visitor.open(fake.url);
    const chat = chatOn(page);
    await chat.button.click();
    await chat.ask("When is the library open?");
    const before = await chat.finished();
    await page.reload();
    await chat.button.click();
    expect(await chat.finished()).toBe(before);
    await chat.ask("And the museum?");
    await chat.finished();
    expect(fake.asked.map(({ history }) => history.map(({ content }) => content))).toEqual([
      [],
      ["When is the library open?", anAnswer().answer],
    ]);
    await chat.named(en.newChat).click();
    expect(await chat.questions.count()).toBe(0);
    await page.reload();
    await chat.button.click();
    await chat.input.waitFor();
    expect(await chat.questions.count()).toBe(0);
    await chat.ask("When is the library open?");
    await chat.finished();
    expect(fake.asked.at(-1)!.history).toEqual([]);
  });

  it("is the tab's own", async ({ visitor }) => {
    const fake = await fakeDocent(OPEN);
    const page = await visitor.open(fake.url);
    await chatOn(page).ask("When is the library open?");
    await chatOn(page).finished();
    const other = await page.context().newPage();
    await other.goto(fake.url);
    await chatOn(other).input.waitFor();
    expect(await chatOn(other).questions.count()).toBe(0);
  });

  it("goes on where the browser keeps nothing, or something else", async ({ visitor }) => {
    const fake = await fakeDocent(OPEN);
    const page = await visitor.page();
    await page.addInitScript(() => {
      const denied = {
        get: () => {
          throw new DOMException("denied", "SecurityError");
        },
      };
      Object.defineProperty(globalThis, "sessionStorage", denied);
    });
    await page.goto(fake.url);
    await chatOn(page).ask("When is the library open?");
    expect(await chatOn(page).finished()).toContain("Monday");

    const kept = await visitor.open(fake.url);
    await chatOn(kept).ask("When is the library open?");
    await chatOn(kept).finished();
    for (const broken of ["{", "null", '[{"question":1}]', '"<img src=x onerror=alert(1)>"']) {
      await kept.evaluate((text) => {
        for (const key of Object.keys(sessionStorage)) sessionStorage.setItem(key, text);
      }, broken);
      await kept.reload();
      await chatOn(kept).input.waitFor();
      expect(await chatOn(kept).questions.count(), broken).toBe(0);
    }
  });

  it("sends the latest turns that the server takes: 20, and 8,000 characters", async ({ visitor }) => {
    const fake = await fakeDocent(OPEN);
    const long = "x".repeat(1500);
    fake.answerWith((reply, { question }) => {
      reply.answer(anAnswer({ answer: question.startsWith("long") ? `${long} [1].` : "Yes [1]." }));
    });
    const page = await visitor.open(fake.url);
    const ask = (question: string): Promise<unknown> =>
      page.evaluate((text) => document.querySelector("docent-chat")!.ask(text), question);
    for (let i = 0; i < 13; i++) await ask(`short ${i}`);
    const turns = fake.asked.at(-1)!.history;
    expect(turns).toHaveLength(20);
    expect(turns.map(({ role }) => role)).toEqual(Array.from({ length: 10 }, () => ["user", "assistant"]).flat());
    expect(turns[0]!.content).toBe("short 2");
    expect(turns.at(-2)!.content).toBe("short 11");
    for (let i = 0; i < 8; i++) await ask(`long ${i}`);
    const { history } = fake.asked.at(-1)!;
    const chars = history.reduce((sum, { content }) => sum + content.length, 0);
    expect(chars).toBeLessThanOrEqual(8000);
    expect(chars).toBeGreaterThan(6000);
    expect(history.at(-2)!.content).toBe("long 6");
  });

  it("takes a question of 2,000 characters and cuts a longer one", async ({ visitor }) => {
    const fake = await fakeDocent(OPEN);
    const page = await visitor.open(fake.url);
    await page.evaluate((text) => document.querySelector("docent-chat")!.ask(text), `  ${"é".repeat(2500)}`);
    expect(fake.asked[0]!.question).toBe("é".repeat(2000));
    expect(await chatOn(page).input.getAttribute("maxlength")).toBe("2000");
  });

  it("is taken up by the back button after it was left while an answer came", async ({ visitor }) => {
    const fake = await fakeDocent(OPEN);
    let closed = false;
    fake.answerWith(async (reply) => {
      reply.delta("The library is open");
      await reply.closed;
      closed = true;
    });
    const page = await visitor.open(fake.url);
    const chat = chatOn(page);
    await chat.ask("When is the library open?");
    await chat.answers.waitFor();
    await page.evaluate(() =>
      addEventListener("pageshow", ({ persisted }) => Object.assign(globalThis, { persisted })),
    );
    await page.goto(`${fake.url}/elsewhere`);
    await expectSoon(() => closed, "the connection is closed").toBe(true);
    // Playwright waits in vain for a load event where the page comes from the back/forward cache.
    await page.evaluate(() => history.back());
    await expectSoon(() => page.url()).toBe(`${fake.url}/`);
    await chat.log.getByText(en.interrupted).waitFor();
    expect(await page.evaluate(() => Reflect.get(globalThis, "persisted")), "kept by the browser").toBe(true);
    expect(await chat.answers.innerText()).toContain("The library is open");
    fake.answerWith((reply) => reply.answer(anAnswer()));
    await chat.named(en.retry).click();
    expect(await chat.finished()).toContain("Monday");
    expect(await chat.questions.count()).toBe(1);
  });
});

describe("what can be done with an answer", () => {
  it("is copied with its sources, each with its words and address", async ({ visitor }) => {
    const fake = await fakeDocent(OPEN);
    const talk = { external_url: "https://www.youtube.com/watch?v=x&t=4331s", timestamp: "01:12:11" };
    const citations = [aCitation(1, "Open on all days."), aCitation(2, "Loans last.", { ...talk, title: "A talk" })];
    fake.answerWith((reply) => reply.answer(anAnswer({ answer: "Open on all days [1]. Loans last [2].", citations })));
    const page = await visitor.open(fake.url, { permissions: ["clipboard-read", "clipboard-write"] });
    const chat = chatOn(page);
    await chat.ask("When is the library open?");
    await chat.finished();
    await chat.named(en.copy).click();
    await chat.log.getByText(en.copied).waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text.split("\n")).toEqual([
      "Open on all days [1]. Loans last [2].",
      `[1] Opening hours › Visits: “Open on all days.” ${fake.url}/sources/hours?from=100&to=117#p1`,
      "[2] A talk › Visits, 01:12:11: “Loans last.” https://www.youtube.com/watch?v=x&t=4331s",
    ]);
  });

  it("is rated, with a comment, and the server is told", async ({ visitor }) => {
    const fake = await fakeDocent(OPEN);
    const page = await visitor.open(fake.url);
    const chat = chatOn(page);
    await chat.ask("When is the library open?");
    await chat.finished();
    await chat.named(en.bad).click();
    await chat.log.getByText(en.thanks).waitFor();
    await expectSoon(() => chat.named(en.bad).getAttribute("aria-pressed")).toBe("true");
    await chat.root.getByRole("textbox", { name: en.commentLabel }).fill("Not on holidays.");
    await chat.named(en.sendComment).click();
    await expectSoon(() => fake.feedback).toEqual([
      { answer_id: "01JANSWER", rating: "down" },
      { answer_id: "01JANSWER", rating: "down", comment: "Not on holidays." },
    ]);
    await expectSoon(() => chat.root.getByRole("textbox", { name: en.commentLabel }).count()).toBe(0);
    await chat.named(en.good).click();
    await expectSoon(() => fake.feedback.at(-1)).toEqual({ answer_id: "01JANSWER", rating: "up" });
    await expectSoon(() => chat.named(en.bad).getAttribute("aria-pressed")).toBe("false");
    await fake.site.stop();
    visitor.allow(/ERR_CONNECTION_REFUSED/);
    await chat.named(en.bad).click();
    await chat.log.getByText(en.errorFeedback).waitFor();
    expect(await chat.named(en.good).getAttribute("aria-pressed"), "what the server did not keep").toBe("true");
  });
});

describe("what a page can do with the element", () => {
  it("asks, is told, opens, closes and clears", async ({ visitor }) => {
    const fake = await fakeDocent();
    fake.answerWith((reply, { question }) => reply.answer(question === "none" ? aRefusal() : anAnswer()));
    const page = await visitor.open(fake.url);
    const told = await page.evaluate(async () => {
      await customElements.whenDefined("docent-chat");
      const element = document.querySelector("docent-chat")!;
      const events: unknown[] = [];
      element.addEventListener("docent-open", ({ detail }) => events.push(detail));
      element.addEventListener("docent-answer", ({ detail }) => events.push(detail.question, detail.answer.status));
      const answers = [await element.ask(" when? "), await element.ask("none"), await element.ask(" ")];
      element.close();
      element.reset();
      return { events, answers: answers.map((answer) => answer?.id ?? null), open: element.isOpen };
    });
    expect(told).toEqual({
      events: [{ open: true }, "when?", "answered", "none", "not_found", { open: false }],
      answers: ["01JANSWER", "01JREFUSAL", null],
      open: false,
    });
  });

  it("says its own greeting, questions and placeholder", async ({ visitor }) => {
    const attributes = 'heading="Ask the library" greeting="Good day." placeholder="Ask" suggestions="When? | Where?"';
    const fake = await fakeDocent({ chat: `open ${attributes}` });
    const chat = chatOn(await visitor.open(fake.url));
    await chat.log.getByText("Good day.").waitFor();
    expect(await chat.panel.getAttribute("aria-labelledby")).toBe("heading");
    expect(await chat.root.getByRole("heading", { name: "Ask the library" }).count()).toBe(1);
    expect(await chat.input.getAttribute("placeholder")).toBe("Ask");
    await expectSoon(async () => (await chat.chips.allInnerTexts()).map((text) => text.trim())).toEqual([
      "When?",
      "Where?",
    ]);
    await chat.chips.last().click();
    await chat.finished();
    expect(fake.asked.map(({ question }) => question)).toEqual(["Where?"]);
  });
});
