import { describe, expect } from "vitest";
import { en } from "../../src/widget/languages/en.js";
import { chatOn, expectSoon } from "./chat.js";
import { aCitation, anAnswer, fakeDocent } from "./fake-docent.js";
import { it } from "./harness.js";

const OPEN = { chat: "open" };
const QUESTION = "When is the library open?";

describe("a server that does not answer", () => {
  it("is told of in plain words, and asked again on request", async ({ visitor }) => {
    const faults = [
      [400, {}, en.errorInvalid],
      [401, {}, en.errorKey],
      [403, {}, en.errorForbidden],
      [413, {}, en.errorTooLong],
      [429, { "Retry-After": "17" }, en.errorBusy.replace("{n}", "17")],
      [429, {}, en.errorBusy.replace("{n}", "60")],
      [500, {}, en.errorServer],
      [503, { "Retry-After": "2" }, en.errorNotReady],
    ] as const;
    const fake = await fakeDocent(OPEN);
    const left = [...faults];
    fake.answerWith((reply) => {
      const fault = left.shift();
      if (fault === undefined) reply.answer(anAnswer());
      else reply.fail(fault[0], fault[1]);
    });
    visitor.allow(/Failed to load resource: the server responded with a status of (400|401|403|413|429|500|503) /);
    const chat = chatOn(await visitor.open(fake.url));
    await chat.ask(QUESTION);
    for (const [status, , words] of faults) {
      await expectSoon(() => chat.errors.innerText(), String(status)).toContain(words);
      expect(await chat.errors.innerText()).not.toMatch(/\b[45]\d\d\b|Only for programs|about:blank/);
      expect(await chat.named(en.send).isVisible()).toBe(true);
      await chat.named(en.retry).click();
    }
    expect(await chat.finished()).toContain("open on all days");
    expect(new Set(fake.asked.map(({ question }) => question))).toEqual(new Set([QUESTION]));
    expect(await chat.errors.count()).toBe(0);
    expect(await chat.questions.count()).toBe(1);
  });

  it("is told of in plain words after the stream has begun", async ({ visitor }) => {
    const fake = await fakeDocent(OPEN);
    fake.answerWith((reply) => {
      reply.delta("The library is");
      reply.send("error", { status: 503 });
      reply.end();
    });
    const chat = chatOn(await visitor.open(fake.url));
    await chat.ask(QUESTION);
    await chat.errors.waitFor();
    expect(await chat.errors.innerText()).toContain(en.errorNotReady);
    await chat.named(en.retry).waitFor();
  });

  it("sends what no version of it would: nothing of it is shown", async ({ visitor }) => {
    const fake = await fakeDocent(OPEN);
    fake.answerWith((reply) => reply.html("<h1>Sign in to the hotel's network</h1>"));
    const chat = chatOn(await visitor.open(fake.url));
    await chat.ask(QUESTION);
    await chat.errors.waitFor();
    expect(await chat.log.innerText()).not.toContain("hotel");
    const events = [
      ["delta", "{"],
      ["delta", "{}"],
      ["done", '{"id":"1","status":"answered"}'],
      ["sources", '[{"n":"one"}]'],
    ];
    for (const [i, [event, data]] of events.entries()) {
      fake.answerWith((reply) => reply.raw(`event: ${event}\ndata: ${data}\n\n`));
      await chat.named(en.retry).click();
      await expectSoon(() => fake.asked.length).toBe(2 + i);
      await expectSoon(() => chat.errors.allInnerTexts(), `${event} ${data}`).toEqual([
        expect.stringContaining(en.errorServer),
      ]);
    }
  });
});

describe("an answer that is cut short", () => {
  it("keeps what came and can be asked for again", async ({ visitor }) => {
    const fake = await fakeDocent(OPEN);
    fake.answerWith(async (reply) => {
      reply.delta("The library is open on all");
      await expectSoon(() => chat.answers.count()).toBe(1);
      reply.cut();
    });
    visitor.allow(/ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET/);
    const chat = chatOn(await visitor.open(fake.url));
    await chat.ask(QUESTION);
    await chat.errors.waitFor();
    expect(await chat.errors.innerText()).toContain(en.errorCut);
    expect(await chat.answers.innerText()).toContain("The library is open on all");
    expect(await chat.named(en.copy).count()).toBe(0);
    expect(await chat.named(en.good).count()).toBe(0);
    fake.answerWith((reply) => reply.answer(anAnswer()));
    await chat.named(en.retry).click();
    expect(await chat.finished()).toContain("Monday");
    expect(await chat.questions.count()).toBe(1);
  });

  it("is told of when the stream ends in good order but without the whole answer", async ({ visitor }) => {
    const fake = await fakeDocent(OPEN);
    fake.answerWith((reply) => {
      reply.delta("The library");
      reply.end();
    });
    const chat = chatOn(await visitor.open(fake.url));
    await chat.ask(QUESTION);
    await chat.errors.waitFor();
    expect(await chat.errors.innerText()).toContain(en.errorCut);
    expect(await chat.answers.innerText()).toContain("The library");
  });

  it("is stopped by the reader: what came stays, the server's work ends, retry is offered", async ({ visitor }) => {
    const fake = await fakeDocent(OPEN);
    let closed = false;
    fake.answerWith(async (reply) => {
      reply.send("sources", anAnswer().citations);
      reply.delta("The library is open [1]. Loans");
      await reply.closed;
      closed = true;
    });
    const chat = chatOn(await visitor.open(fake.url));
    await chat.ask(QUESTION);
    await chat.answers.waitFor();
    await chat.named(en.stop).click();
    await chat.log.getByText(en.stopped).waitFor();
    expect(await chat.answers.innerText()).toMatch(/The library is open\s+1\s*\. Loans/);
    await expectSoon(() => closed, "the connection is closed").toBe(true);
    expect(await chat.errors.count()).toBe(0);
    expect(await chat.named(en.send).isVisible()).toBe(true);
    fake.answerWith((reply) => reply.answer(anAnswer()));
    await chat.named(en.retry).click();
    expect(await chat.finished()).toContain("Monday");
    expect(await chat.log.getByText(en.stopped).count()).toBe(0);
    // A half answer is no turn of the conversation.
    expect(fake.asked.map(({ history }) => history)).toEqual([[], []]);
  });

  it("is stopped before anything came", async ({ visitor }) => {
    const fake = await fakeDocent(OPEN);
    fake.answerWith((reply) => reply.closed);
    const chat = chatOn(await visitor.open(fake.url));
    await chat.ask(QUESTION);
    await chat.log.getByText(en.searching).waitFor();
    await chat.named(en.stop).click();
    await chat.log.getByText(en.stopped).waitFor();
    expect(await chat.log.getByText(en.searching).count()).toBe(0);
    await chat.named(en.retry).waitFor();
  });
});

describe("a stream of thousands of pieces", () => {
  it("is drawn a frame at a time, whole and in order", async ({ visitor }) => {
    const pieces = Array.from({ length: 5000 }, (_, i) => `w${i} `);
    const answer = anAnswer({ answer: `${pieces.join("").trim()} [1].`, citations: [aCitation(1, "w0")] });
    const fake = await fakeDocent(OPEN);
    fake.answerWith((reply) => {
      reply.send("sources", answer.citations);
      for (const piece of pieces) reply.delta(piece);
      reply.done(answer);
    });
    const page = await visitor.open(fake.url);
    const chat = chatOn(page);
    await page.evaluate(() => {
      const counts = { changes: 0, frames: 0 };
      const count = (): void => {
        counts.frames++;
        requestAnimationFrame(count);
      };
      requestAnimationFrame(count);
      const log = document.querySelector("docent-chat")!.shadowRoot!.querySelector('[part~="log"]')!;
      const observer = new MutationObserver(() => counts.changes++);
      observer.observe(log, { subtree: true, childList: true, characterData: true });
      Object.assign(globalThis, { counts });
    });
    await chat.ask(QUESTION);
    expect((await chat.finished()).replace(/\s+1\s*\.$/, "").split(/\s+/)).toEqual(pieces.map((piece) => piece.trim()));
    const counts = await page.evaluate(() => {
      return (globalThis as unknown as { counts: { changes: number; frames: number } }).counts;
    });
    // Beside the frames: the question, the sources, the whole answer, and the end.
    expect(counts.changes, `${counts.frames} frames`).toBeLessThanOrEqual(counts.frames + 6);
    expect(counts.changes).toBeLessThan(200);
  });

  it("is shown whole however the network cuts it", async ({ visitor }) => {
    const answer = anAnswer({ answer: "Bücher, 図書館 und 📚 bis Montag [1].", citations: [aCitation(1, "Bücher")] });
    const bytes = Buffer.from(
      `event: sources\r\ndata: ${JSON.stringify(answer.citations)}\r\n\r\n: a comment\r\n\r\n` +
        `event: delta\r\ndata: {"text":${JSON.stringify(answer.answer)}}\r\n\r\n` +
        `event: later\ndata: {}\n\n` +
        `event: done\ndata: ${JSON.stringify(answer)}\n\n`,
    );
    const fake = await fakeDocent(OPEN);
    fake.answerWith(async (reply) => {
      for (let at = 0; at < bytes.length; at += 7) {
        reply.raw(bytes.subarray(at, at + 7));
        await new Promise((resolve) => setImmediate(resolve));
      }
      reply.end();
    });
    const chat = chatOn(await visitor.open(fake.url));
    await chat.ask(QUESTION);
    expect(await chat.finished()).toMatch(/^Bücher, 図書館 und 📚 bis Montag\s+1\s*\.$/);
  });
});
