import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type axe from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Every rule of axe-core, on the page as it stands. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(source);
  const violations = await page.evaluate(async () => {
    const { axe: global } = globalThis as unknown as { axe: typeof axe };
    const found = await global.run();
    return found.violations.map(({ id, help, nodes }) => ({
      rule: `${id}: ${help}`,
      elements: nodes.map(({ target, html, failureSummary }) => [target.flat().join(" "), html, failureSummary]),
    }));
  });
  expect(violations, `${what}: violations of accessibility rules`).toEqual([]);
}
