import { describe, expect, it } from "vitest";
import { OpenAiFault } from "../../../src/http/openai/errors.js";
import { conversationIn } from "../../../src/http/openai/conversation.js";
import { sourceList } from "../../../src/http/openai/source-list.js";
import type { Citation } from "../../../src/types.js";
import { assistant, user } from "./client-under-test.js";

const CITATION: Citation = {
  n: 1,
  source: "guides/ferry",
  title: "The ferry",
  heading: ["Travel", "Times"],
  quote: "It leaves\nat  nine.",
  start: 10,
  end: 29,
  url: "/sources/guides/ferry#p2",
  external_url: null,
  timestamp: null,
};

describe("the question and its history", () => {
  it("are the user's last message and what was said before", () => {
    const { question, history } = conversationIn([
      { role: "system", content: "You are a pirate." },
      user("Who built it?"),
      { role: "developer", content: "Be brief." },
      assistant("ISRO did."),
      { role: "tool", content: "42" },
      user("  And when?\n"),
    ]);
    expect(question).toBe("And when?");
    expect(history).toEqual([user("Who built it?"), assistant("ISRO did.")]);
  });

  it("are read though a message comes after them, or has no content", () => {
    const { question, history } = conversationIn([
      user("a"),
      { role: "assistant", content: null },
      { role: "assistant" },
      user("b"),
      assistant("Well,"),
    ]);
    expect([question, history]).toEqual(["b", [user("a")]]);
  });

  it("may come in parts", () => {
    const { question, history, promptChars } = conversationIn([
      {
        role: "assistant",
        content: [
          { type: "text", text: "One." },
          { type: "refusal", refusal: "No." },
        ],
      },
      {
        role: "user",
        content: [
          { type: "text", text: "Who" },
          { type: "text", text: "built it?" },
        ],
      },
    ]);
    expect([question, history, promptChars]).toEqual(["Who\nbuilt it?", [assistant("One.")], 17]);
  });

  it("keep the newest 20 turns", () => {
    const turns = Array.from({ length: 25 }, (_, i) => (i % 2 === 0 ? user(`q${i}`) : assistant(`a${i}`)));
    expect(conversationIn([...turns, user("now")]).history).toEqual(turns.slice(5));
  });

  it("keep as many of the newest turns as 8,000 characters hold, and of a long one its end", () => {
    const long = (letter: string) => user(letter.repeat(1999));
    const turns = [user("first"), long("a"), long("b"), long("c"), long("d"), user("last")];
    expect(conversationIn([...turns, user("now")]).history).toEqual(turns.slice(1));
    const overlong = assistant(`${"x".repeat(9000)} Shall I go on?`);
    const { history } = conversationIn([user("first"), overlong, user("yes")]);
    expect(history.map(({ content }) => content.length)).toEqual([5, 2000]);
    expect(history[1]!.content.endsWith("Shall I go on?")).toBe(true);
  });

  it.each([
    [[], "messages", null, /at least one message of the role "user"/],
    [[assistant("a")], "messages", null, /at least one message of the role "user"/],
    [[user("a"), user(" \n")], "messages.1.content", null, /must not be empty/],
    [[{ role: "user" as const }], "messages.0.content", null, /must not be empty/],
    [[user("a".repeat(2001))], "messages", "context_length_exceeded", /at most 2000 characters.* has 2001\./],
    [
      [{ role: "user" as const, content: [{ type: "text", text: "a" }, { type: "image_url" }] }],
      "messages.0.content.1",
      null,
      /has the type "image_url", and this model reads only text/,
    ],
    [
      [{ role: "user" as const, content: [{ type: "input_audio" }] }, user("a")],
      "messages.0.content.0",
      null,
      /"input_audio"/,
    ],
    [[{ role: "user" as const, content: [{ type: "text" }] }], "messages.0.content.0", null, /must have a text/],
  ])("are refused where they cannot be read: %#", (messages, param, code, message) => {
    const refuse = (): unknown => conversationIn(messages);
    expect(refuse).toThrow(OpenAiFault);
    expect(refuse).toThrow(message);
    expect(refuse).toThrow(expect.objectContaining({ param, openAiCode: code, code: "invalid_request" }));
  });

  it("take 2,000 characters", () => {
    expect(conversationIn([user(` ${"a".repeat(2000)} `)]).question).toHaveLength(2000);
  });
});

describe("the list of sources", () => {
  it("has a line for each: quote, place, address", () => {
    const video = { ...CITATION, n: 2, heading: [], timestamp: "01:02:03" };
    expect(sourceList([CITATION, video], "https://a.example")).toBe(
      '\n\nSources:\n[1] "It leaves at nine." — The ferry, Times — https://a.example/sources/guides/ferry#p2\n' +
        '[2] "It leaves at nine." — The ferry, 01:02:03 — https://a.example/sources/guides/ferry#p2',
    );
    expect(sourceList([{ ...CITATION, heading: ["The ferry"] }], null)).toBe(
      '\n\nSources:\n[1] "It leaves at nine." — The ferry — /sources/guides/ferry#p2',
    );
    expect(sourceList([], "https://a.example")).toBe("");
  });

  const said = (content: string) => conversationIn([assistant(content), user("a")]).history;

  it("is taken out of the history again, with the markers", () => {
    const content = `It leaves at nine [1][2].\n\n- Or at ten [1]${sourceList([CITATION, { ...CITATION, n: 2 }], null)}`;
    const plain = [assistant("It leaves at nine.\n\n- Or at ten")];
    expect(said(content)).toEqual(plain);
    expect(said(`${content}\n`)).toEqual(plain);
    // As a stop may have left it.
    expect(said(content.slice(0, content.indexOf("Sources:") + 8))).toEqual(plain);
  });

  it("is told from what only looks alike", () => {
    const other = "He named three.\n\nSources:\nthe sun, the moon";
    expect(said(other)).toEqual([assistant(other)]);
    expect(conversationIn([user("What is [1]?"), user("a")]).history).toEqual([user("What is [1]?")]);
  });
});
