import { build } from "esbuild";
import { createParser } from "eventsource-parser";
import { pino } from "pino";
import supertest from "supertest";
import { describe, expect, it } from "vitest";
import { langChainModel } from "../../src/chat-model/langchain-model.js";
import { ChatAnswer } from "../../src/http/schemas.js";
import type { Answer, Citation } from "../../src/types.js";
import { libraryForFile } from "../chat-model/library.js";
import { idOf, settingsFor, tokens } from "../helpers/scripted-model.js";
import { appOver } from "./app-under-test.js";

const library = libraryForFile();
const QUESTION = "When was the library founded?";
const BOTH = "Edith Marlow gave the town 3,000 books [1]. The reading room was opened in 1902 [2].";

function playTwoSentences(): void {
  library.model.plays((asked) => ({
    pieces: tokens(
      `Edith Marlow gave the town 3,000 books [${idOf(asked, "3,000")}]. The reading room was opened in 1902 [${idOf(asked, "1902")}]. It has 900 seats [${idOf(asked, "1902")}].`,
    ),
  }));
}

const appWithModel = (settings: Parameters<typeof settingsFor>[1] = {}, more: Parameters<typeof appOver>[2] = {}) =>
  appOver(library.index, library.embedder, {
    chatModel: langChainModel(settingsFor(library.baseUrl, settings)),
    chatPrices: { prompt: 1, completion: 10 },
    ...more,
  }).app;

describe("POST /api/chat with a chat model", () => {
  it("answers in the model's words, with what became of each sentence", async () => {
    playTwoSentences();
    const { body } = await supertest(appWithModel()).post("/api/chat").send({ question: QUESTION });
    const answer = ChatAnswer.parse(body);
    expect(answer).toEqual(body);
    expect(answer).toMatchObject({ status: "answered", model: "openai:scripted", mode: "generated" });
    expect(answer.answer.startsWith(BOTH)).toBe(true);
    expect(answer.answer).not.toContain("900");
    expect(answer.verification!.slice(0, 2)).toEqual([
      { sentence: 0, result: "verified", reason: null },
      { sentence: 1, result: "verified", reason: null },
    ]);
    expect(answer.verification![2]).toMatchObject({ reason: "number" });
    expect(answer.usage).toEqual({ prompt_tokens: 321, completion_tokens: 45 });
  });

  it("streams each sentence after the citations it needs", async () => {
    playTwoSentences();
    const { text } = await supertest(appWithModel())
      .post("/api/chat")
      .set("Accept", "text/event-stream")
      .send({ question: QUESTION });
    const cited = new Set<number>();
    let said = "";
    let done: Answer | null = null;
    const parser = createParser({
      onEvent: ({ event, data }) => {
        const value: unknown = JSON.parse(data);
        if (event === "sources") for (const { n } of value as Citation[]) cited.add(n);
        if (event === "done") done = value as Answer;
        if (event !== "delta") return;
        said += (value as { text: string }).text;
        for (const [, n] of said.matchAll(/\[(\d+)\]/g)) expect([...cited]).toContain(Number(n));
      },
    });
    parser.feed(text);
    expect(said.startsWith(BOTH)).toBe(true);
    expect(done!).toMatchObject({ answer: said, mode: "generated" });
  });

  it("tells log and metrics of sentences, tokens, cost, and why there are quotes instead", async () => {
    const lines: Record<string, unknown>[] = [];
    const logger = pino(
      { level: "info" },
      { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
    );
    const app = appWithModel({}, { logger });
    playTwoSentences();
    await supertest(app).post("/api/chat").send({ question: QUESTION });
    library.model.plays({ status: 401 });
    await supertest(app).post("/api/chat").send({ question: QUESTION });
    const [generated, warning, quoted] = lines;
    expect(generated).toMatchObject({
      mode: "generated",
      chatModel: { sentences: { verified: 2 }, promptTokens: 321, completionTokens: 45, cost: 0.000771 },
    });
    expect(warning).toMatchObject({ level: 40, msg: expect.stringMatching(/does not accept the key \(401\)/) });
    expect(quoted).toMatchObject({ mode: "extractive", chatModel: { fallback: "model_failed" } });
    const { text } = await supertest(app).get("/metrics");
    for (const line of [
      'docent_chat_model_answers_total{outcome="generated"} 1',
      'docent_chat_model_answers_total{outcome="model_failed"} 1',
      'docent_chat_model_sentences_total{result="verified"} 2',
      'docent_chat_model_tokens_total{kind="prompt"} 321',
      'docent_chat_model_tokens_total{kind="completion"} 45',
      "docent_chat_model_cost_total 0.000771",
    ])
      expect(text.split("\n")).toContain(line);
    expect(text + JSON.stringify(lines)).not.toContain("key-of-the-test");
  });

  it("is OpenAI's and MCP's answer too", async () => {
    playTwoSentences();
    const app = appWithModel();
    const completion = await supertest(app)
      .post("/v1/chat/completions")
      .send({ model: "docent", messages: [{ role: "user", content: QUESTION }] });
    const told = completion.body as { choices: { message: { content: string } }[]; usage: object };
    expect(told.choices[0]!.message.content.startsWith(BOTH)).toBe(true);
    expect(told.usage).toEqual({ prompt_tokens: 321, completion_tokens: 45, total_tokens: 366 });
    const call = await supertest(app)
      .post("/mcp")
      .set("Accept", "application/json, text/event-stream")
      .send({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: "ask", arguments: { question: QUESTION } },
      });
    const { result } = call.body as { result: { structuredContent: Answer } };
    expect(result.structuredContent).toMatchObject({ mode: "generated", model: "openai:scripted" });
  });
});

describe("without a chat model", () => {
  it("nothing of one, nor of MCP's SDK, is loaded at the start", async () => {
    const { metafile } = await build({
      entryPoints: ["src/server.ts"],
      bundle: true,
      splitting: true,
      outdir: "nowhere",
      write: false,
      platform: "node",
      format: "esm",
      packages: "external",
      metafile: true,
    });
    /** What is imported at once, from the entry on; pieces that are imported later are left aside. */
    const atStart = new Set<string>();
    const open = Object.entries(metafile.outputs).flatMap(([file, { entryPoint }]) =>
      entryPoint === "src/server.ts" ? [file] : [],
    );
    expect(open).toHaveLength(1);
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      for (const { path, kind } of metafile.outputs[file]?.imports ?? []) {
        if (kind !== "import-statement" || atStart.has(path)) continue;
        atStart.add(path);
        open.push(path);
      }
    }
    expect(atStart).toContain("express");
    const isModel = /^(?:langchain|@langchain\/(?:openai|anthropic|ollama)|@modelcontextprotocol|openai)(?:\/|$)/;
    expect([...atStart].filter((path) => isModel.test(path))).toEqual([]);
    const later = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
    expect(later).toContain("langchain/chat_models/universal");
  });
});
