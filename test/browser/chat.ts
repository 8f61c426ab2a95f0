import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { en } from "../../src/widget/languages/en.js";
import { PATIENCE } from "./harness.js";

/** The widget on a page, by what assistive technology and a page's own style find in it. */
export interface Chat {
  root: Locator;
  /** The floating button, as long as the panel is closed. */
  button: Locator;
  panel: Locator;
  input: Locator;
  log: Locator;
  answers: Locator;
  refusals: Locator;
  errors: Locator;
  questions: Locator;
  /** The list under each answer. */
  sources: Locator;
  popover: Locator;
  /** The marker of a citation in the last answer. */
  marker: (n: number) => Locator;
  /** Points at a marker, from elsewhere, until its quote is shown. */
  pointAt: (n: number) => Promise<void>;
  chips: Locator;
  named: (name: string) => Locator;
  ask: (question: string) => Promise<void>;
  /** What the last answer says once it is whole: its words without markers. */
  finished: () => Promise<string>;
}

export function chatOn(page: Page, words: typeof en = en): Chat {
  const root = page.locator("docent-chat");
  const part = (name: string): Locator => root.locator(`[part~="${name}"]`);
  const named = (name: string): Locator => root.getByRole("button", { name, exact: true });
  const input = root.getByRole("textbox", { name: words.placeholder });
  const answers = part("answer");
  const popover = part("popover");
  const marker = (n: number): Locator =>
    part("marker")
      .filter({ hasText: new RegExp(`^\\s*${n}\\s*$`) })
      .last();
  return {
    root,
    button: named(words.openChat),
    panel: root.getByRole("dialog"),
    input,
    log: root.getByRole("log", { name: words.conversation }),
    answers,
    refusals: part("refusal"),
    errors: part("error"),
    questions: part("question"),
    sources: part("sources"),
    popover,
    marker,
    pointAt: async (n) => {
      await page.mouse.move(0, 0);
      await popover.waitFor({ state: "hidden" });
      await marker(n).hover();
      await popover.waitFor();
    },
    chips: part("chip"),
    named,
    ask: async (question) => {
      await input.fill(question);
      await named(words.send).click();
    },
    finished: async () => {
      await named(words.send).waitFor();
      await named(words.copy).last().waitFor();
      return (await answers.last().innerText()).trim();
    },
  };
}

/** Waits until something on the page is as it should be. */
export function expectSoon<T>(look: () => T | Promise<T>, message?: string) {
  return expect.poll(look, { ...PATIENCE, interval: 20, message: message ?? "" });
}
