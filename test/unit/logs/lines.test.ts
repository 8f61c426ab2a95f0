import { describe, expect, it } from "vitest";
import { prettyLine } from "../../../src/logs/pretty.js";
import { loggedError } from "../../../src/logs/safe-error.js";

const unpainted = (text: string): string =>
  text
    .split("\u001b")
    .map((part, i) => (i === 0 ? part : part.replace(/^\[\d+m/, "")))
    .join("");

describe("a line for a terminal", () => {
  it("is readable, with the stack below", () => {
    const line = JSON.stringify({
      level: "info",
      time: "2026-11-24T10:00:00.000Z",
      msg: "answered",
      ms: 10.2,
      mode: "extractive",
    });
    expect(unpainted(prettyLine(line))).toMatch(/^\d\d:\d\d:\d\d INFO {2}answered ms=10\.2 mode=extractive\n$/);
    const failed = JSON.stringify({
      level: "error",
      msg: "failed",
      err: { message: "no", stack: "Error: no\n    at x" },
    });
    expect(unpainted(prettyLine(failed))).toBe("ERROR failed\nError: no\n    at x\n");
  });

  it("lets no text move the cursor, and passes on what is no JSON", () => {
    const line = prettyLine(JSON.stringify({ level: "info", msg: "a\u009b2Jb", note: "\u202e\u0007x" }));
    expect(unpainted(line)).toBe('INFO  a\\u009b2Jb note="\\u202e\\u0007x"\n');
    expect(prettyLine("plain\n")).toBe("plain\n");
  });
});

describe("an error in the log", () => {
  const hidden = { secrets: ["very-secret-key"], questions: ["What does Ida Tarbell earn in a year?"] };

  it("is told without what must not be there, nor pieces of it", () => {
    const error = new Error('no answer to "What does Ida Tarbell earn in a year?" with very-secret-key', {
      cause: new TypeError("Tarbell earn in"),
    });
    const told = JSON.stringify(loggedError(error, hidden));
    expect(told).not.toMatch(/Tarbell|secret-k/);
    expect(told).toContain("[…]");
    expect(loggedError(error, hidden).cause?.type).toBe("TypeError");
  });

  it("leaves out what else hangs on it, ends a circle of causes, and tells what is no error", () => {
    const error: Error & { headers?: object; code?: string } = new Error("broken");
    error.headers = { authorization: "Bearer very-secret-key" };
    error.code = "EPIPE";
    error.cause = error;
    const told = loggedError(error, hidden);
    expect(told).toMatchObject({ type: "Error", message: "broken", code: "EPIPE" });
    expect(JSON.stringify(told)).not.toContain("authorization");
    expect(loggedError("very-secret-key\ud800", hidden)).toEqual({ type: "string", message: "[…]\ud800" });
  });
});
