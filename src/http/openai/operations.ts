import type { Operation } from "../openapi.js";
import {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionRequest,
  Model,
  ModelList,
  OpenAiError,
  Usage,
} from "./schemas.js";

/** The schemas of the API below /v1. */
export const OPENAI_COMPONENTS = {
  ChatCompletionRequest,
  ChatCompletion,
  ChatCompletionChunk,
  Usage,
  ModelList,
  Model,
  OpenAiError,
};

/** What the OpenAPI document says of the API below /v1. */
export const OPENAI_OPERATIONS: Record<string, Record<string, Operation>> = {
  "/v1/chat/completions": {
    post: {
      summary: "Answer a chat in OpenAI's shape, for its clients and for chat programs.",
      description:
        "The content is the answer with its markers, an empty line, then the sources, one a line; citations beside the " +
        "choices has the quotes as POST /api/chat tells them. With stream the answer comes as chunks, then [DONE]; " +
        "closing the connection stops the work. The question is the user's last message; what the user and the " +
        "assistant said before is its history, as far as there is room. System prompts, tools, " +
        "temperature, max_tokens and other fields that are not listed change nothing.",
      body: {
        schema: "ChatCompletionRequest",
        example: { model: "docent", messages: [{ role: "user", content: "What can you do?" }] },
      },
      answer: "ChatCompletion",
      events: {
        schema: { $ref: "#/components/schemas/ChatCompletionChunk" },
        example: 'data: {"id":"chatcmpl-…","object":"chat.completion.chunk",…}\n\ndata: [DONE]\n\n',
      },
      problems: [
        "invalid_request",
        "too_large",
        "not_json",
        "missing_key",
        "forbidden_host",
        "not_found",
        "too_many_requests",
        "internal",
        "no_index",
        "overloaded",
      ],
      problem: "OpenAiError",
    },
  },
  "/v1/models": {
    get: {
      summary: "The models, of which there is one.",
      answer: "ModelList",
      problems: ["missing_key", "forbidden_host", "too_many_requests"],
      problem: "OpenAiError",
    },
  },
  "/v1/models/{model}": {
    get: {
      summary: "One model.",
      answer: "Model",
      parameters: [
        {
          name: "model",
          in: "path",
          required: true,
          description: "The model's id.",
          schema: { type: "string" },
          example: "docent",
        },
      ],
      problems: ["invalid_request", "missing_key", "forbidden_host", "not_found", "too_many_requests"],
      problem: "OpenAiError",
    },
  },
};
