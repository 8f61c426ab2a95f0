import { describe, expect } from "vitest";
import { en } from "../../src/widget/languages/en.js";
import { chatOn, expectSoon } from "./chat.js";
import { anAnswer, fakeDocent } from "./fake-docent.js";
import { it } from "./harness.js";

const INLINE = { chat: 'position="inline"' };
const QUESTION = "When is the library open?";

describe("while one reads", () => {
  it("the page is as long with a long conversation as with none", async ({ visitor }) => {
    const fake = await fakeDocent(INLINE);
    const page = await visitor.open(fake.url);
    const chat = chatOn(page);
    const heightOfPage = (): Promise<number> => page.evaluate(() => document.documentElement.scrollHeight);
    for (let i = 0; i < 3; i++) {
      await chat.ask(QUESTION);
      await chat.finished();
    }
    const panel = await chat.log.evaluate((log) => log.scrollHeight > log.clientHeight);
    expect(panel, "the conversation is longer than its box").toBe(true);
    const before = await heightOfPage();
    for (let i = 0; i < 4; i++) {
      await chat.ask(QUESTION);
      await chat.finished();
    }
    expect(await heightOfPage()).toBe(before);
  });

  it("typing does not move the conversation", async ({ visitor }) => {
    const fake = await fakeDocent(INLINE);
    const chat = chatOn(await visitor.open(fake.url));
    for (let i = 0; i < 4; i++) {
      await chat.ask(QUESTION);
      await chat.finished();
    }
    // Near enough to its end to count as following it.
    const top = await chat.log.evaluate((log) => (log.scrollTop = log.scrollHeight - log.clientHeight - 12));
    await chat.input.pressSequentially("And on Mondays?");
    await expectSoon(() => chat.input.inputValue()).toBe("And on Mondays?");
    expect(await chat.log.evaluate((log) => log.scrollTop)).toBeCloseTo(top, 0);
  });

  it("a double click on Send sends, and does not stop the answer at once", async ({ visitor }) => {
    const fake = await fakeDocent(INLINE);
    fake.answerWith(async (reply) => {
      reply.send("sources", anAnswer().citations);
      await new Promise((resolve) => setTimeout(resolve, 400));
      for (const text of anAnswer().answer.match(/\S+\s*/g) ?? []) reply.delta(text);
      reply.done(anAnswer());
    });
    const chat = chatOn(await visitor.open(fake.url));
    await chat.input.fill(QUESTION);
    await chat.named(en.send).dblclick();
    expect(await chat.finished()).toContain("Monday");
    expect(await chat.log.getByText(en.stopped).count()).toBe(0);
    expect(fake.asked).toHaveLength(1);
  });
});

describe("the server that is asked", () => {
  it("may be given relative to the page", async ({ visitor }) => {
    const fake = await fakeDocent({ chat: 'position="inline" endpoint="/"' });
    const chat = chatOn(await visitor.open(fake.url));
    await chat.ask(QUESTION);
    expect(await chat.finished()).toContain("Monday");
  });

  it("ends its answer when another is set, and keeps to its own conversation", async ({ visitor }) => {
    const fake = await fakeDocent(INLINE);
    let closed = false;
    fake.answerWith(async (reply) => {
      reply.send("sources", anAnswer().citations);
      reply.delta("Half of an answer");
      await reply.closed;
      closed = true;
    });
    const page = await visitor.open(fake.url);
    const chat = chatOn(page);
    await chat.ask(QUESTION);
    await chat.answers.waitFor();
    await page.evaluate(() => document.querySelector("docent-chat")!.setAttribute("endpoint", "./other/.."));
    await expectSoon(() => closed, "the connection is closed").toBe(true);
    await expectSoon(() => chat.questions.count()).toBe(0);
    fake.answerWith((reply) => reply.answer(anAnswer()));
    await chat.ask("And on Mondays?");
    expect(await chat.finished()).toContain("Monday");
    expect(await chat.questions.count()).toBe(1);
    expect(await chat.log.getByText("Half of an answer").count()).toBe(0);
  });
});
