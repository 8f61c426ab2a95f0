import { describe, expect, it } from "vitest";
import { ChatModelError } from "../../../src/chat-model/chat-model.js";
import { toChatModelError } from "../../../src/chat-model/model-error.js";
import { settingsFor } from "../../helpers/scripted-model.js";

const OWN = settingsFor("https://me:s3cret@models.example/v1?key=s3cret");
const PROVIDER = { ...OWN, baseUrl: null };
const withStatus = (status: number, message = "no"): Error => Object.assign(new Error(message), { status });
const caused = (code: string): Error => new Error("fetch failed", { cause: Object.assign(new Error("x"), { code }) });

describe("an error of a chat model is one line for the operator", () => {
  it.each([
    [withStatus(401), PROVIDER, "the server of openai does not accept the key (401). Check OPENAI_API_KEY."],
    [withStatus(404), PROVIDER, 'the server of openai has no model "scripted" (404).'],
    [
      withStatus(404),
      OWN,
      'the server at CHAT_BASE_URL (https://models.example/v1) has no model "scripted" or CHAT_BASE_URL leads elsewhere (it usually ends in /v1) (404).',
    ],
    [withStatus(503), PROVIDER, "the server of openai failed (503)."],
    [withStatus(422, "too long\nmore"), PROVIDER, "the server of openai refused the request (422): too long"],
    [
      withStatus(400, `bad key sk-${"a".repeat(20)} given`),
      PROVIDER,
      "the server of openai refused the request (400): bad key … given",
    ],
    [
      caused("ENOTFOUND"),
      OWN,
      "the server at CHAT_BASE_URL (https://models.example/v1) cannot be reached (ENOTFOUND).",
    ],
    [caused("ECONNRESET"), PROVIDER, "the connection to the server of openai broke off (ECONNRESET)."],
    [new Error("terminated"), PROVIDER, "the connection to the server of openai broke off."],
    [new Error("OpenAI or Azure OpenAI API key not found"), PROVIDER, "no key is set. Set OPENAI_API_KEY."],
    ["odd", PROVIDER, "the server of openai gave no usable reply: odd"],
  ])("%s", (error, settings, line) => {
    const told = toChatModelError(error, settings);
    expect(told).toMatchObject({ fault: "model_failed", message: `CHAT_MODEL: ${line}` });
    expect(told.message).not.toMatch(/s3cret|\n/);
  });

  it("stays what it is if it is one already", () => {
    const error = new ChatModelError("busy", "CHAT_MODEL: busy.");
    expect(toChatModelError(error, OWN)).toBe(error);
  });
});
