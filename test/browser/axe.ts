import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Dark differs from light in colours alone, so the rules about them are enough there. */
const LOOKS = [
  { colorScheme: "light", options: {} },
  { colorScheme: "dark", options: { runOnly: { type: "tag", values: ["cat.color"] } } },
] satisfies { colorScheme: "light" | "dark"; options: axe.RunOptions }[];

/** Every rule of axe-core, on the page as it stands, light and dark. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(source);
  for (const { colorScheme, options } of LOOKS) {
    await page.emulateMedia({ colorScheme });
    const violations = await page.evaluate(async (given) => {
      const { axe: global } = globalThis as unknown as { axe: typeof axe };
      const found = await global.run(given);
      return found.violations.map(({ id, help, nodes }) => ({
        rule: `${id}: ${help}`,
        elements: nodes.map(({ target, html, failureSummary }) => [target.flat().join(" "), html, failureSummary]),
      }));
    }, options);
    expect(violations, `${what}, ${colorScheme}: violations of accessibility rules`).toEqual([]);
  }
}
