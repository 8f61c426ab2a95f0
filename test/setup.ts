import { afterEach, beforeEach, expect, vi } from "vitest";

// Output nobody expected is a defect in a library, so it fails the test that caused it.
const methods = ["log", "info", "warn", "error"] as const;
let unexpected: string[] = [];

beforeEach(() => {
  unexpected = [];
  for (const method of methods) {
    vi.spyOn(console, method).mockImplementation((...args: unknown[]) => {
      unexpected.push(`console.${method}: ${args.map(String).join(" ")}`);
    });
  }
});

afterEach(() => {
  vi.restoreAllMocks();
  expect(unexpected, "unexpected console output").toEqual([]);
});
