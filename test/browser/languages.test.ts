import { describe, expect } from "vitest";
import { de } from "../../src/widget/languages/de.js";
import { en } from "../../src/widget/languages/en.js";
import { fr } from "../../src/widget/languages/fr.js";
import { hi } from "../../src/widget/languages/hi.js";
import { chatOn, expectSoon } from "./chat.js";
import { anAnswer, fakeDocent } from "./fake-docent.js";
import { it } from "./harness.js";

describe("the language of the interface", () => {
  it.for([
    ["the element's", 'lang="en"', 'open lang="de"', "en-US", de],
    ["the page's", 'lang="fr-CA"', "open", "en-US", fr],
    ["the reader's, where the page does not tell", "", "open", "hi-IN", hi],
    ["English, where there is no other", 'lang="ja"', "open", "ja-JP", en],
  ] as const)("is %s", async ([, html, chat, locale, words], { visitor }) => {
    const fake = await fakeDocent({ html, chat });
    const page = await visitor.open(fake.url, { locale });
    const shown = chatOn(page, words);
    await shown.ask("When?");
    expect(await shown.finished()).toContain("Monday");
    expect(await shown.log.innerText()).toContain(words.greeting);
    await shown.named(words.closeChat).click();
    await shown.button.waitFor();
  });

  it("can be added and changed by a page", async ({ visitor }) => {
    const fake = await fakeDocent({ html: 'lang="nl"' });
    const page = await visitor.open(fake.url);
    await page.evaluate(async () => {
      const defined = (await customElements.whenDefined("docent-chat")) as unknown as {
        addLanguage(tag: string, words: Record<string, string>): void;
      };
      defined.addLanguage("nl", { openChat: "Open de chat", send: "Verstuur" });
      document.querySelector("docent-chat")!.open();
    });
    const chat = chatOn(page, { ...en, send: "Verstuur" });
    await chat.ask("When?");
    await expectSoon(() => chat.sources.count()).toBe(1);
  });

  it("turns round with a page written from right to left", async ({ visitor }) => {
    const fake = await fakeDocent({ html: 'lang="ar" dir="rtl"' });
    const page = await visitor.open(fake.url);
    const chat = chatOn(page);
    const sideOf = async (): Promise<string> => {
      const { x, width } = (await chat.button.boundingBox())!;
      return x + width / 2 < page.viewportSize()!.width / 2 ? "left" : "right";
    };
    expect(await sideOf()).toBe("left");
    for (const side of ["right", "left"]) {
      await page.evaluate(
        (to) => document.querySelector("docent-chat")!.setAttribute("position", `bottom-${to}`),
        side,
      );
      await expectSoon(sideOf).toBe(side);
    }
  });

  it("keeps each text's own direction", async ({ visitor }) => {
    const fake = await fakeDocent({ chat: "open" });
    fake.answerWith((reply) => reply.answer(anAnswer({ answer: "المكتبة مفتوحة كل يوم [1]." })));
    const chat = chatOn(await visitor.open(fake.url));
    await chat.ask("متى؟");
    await chat.finished();
    const direction = (element: Element): string => getComputedStyle(element).direction;
    expect(await chat.answers.evaluate(direction)).toBe("rtl");
    expect(await chat.questions.evaluate(direction)).toBe("rtl");
    expect(await chat.panel.evaluate(direction)).toBe("ltr");
  });
});
