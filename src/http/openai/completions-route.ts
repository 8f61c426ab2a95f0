import type { Request, RequestHandler, Response } from "express";
import { newAnswerId } from "../../answer/answer-id.js";
import type { AnswerDeps } from "../../answer/answer-question.js";
import type { Answer } from "../../types.js";
import { callerGone } from "../caller-gone.js";
import type { ObservedAnswering } from "../observe.js";
import { originOf } from "../origin.js";
import { parseRequest } from "../validate.js";
import { type Asked, completionOf, headOf } from "./completion.js";
import { conversationIn } from "./conversation.js";
import { modelNotFound } from "./models-route.js";
import { ChatCompletionRequest, MODEL } from "./schemas.js";
import { sourceList } from "./source-list.js";
import { stopCut } from "./stop.js";
import { streamCompletion } from "./stream.js";
import { usageOf } from "./usage.js";

/**
 * POST /v1/chat/completions: an answer in OpenAI's shape, as JSON or as chunks.
 *
 * @param remember is given every answer before it is sent, so that it can be rated at once
 */
export function completionsRoute(
  deps: () => AnswerDeps,
  answering: ObservedAnswering,
  remember: (question: string, answer: Answer) => void,
): RequestHandler {
  return async (request: Request, response: Response) => {
    const parsed = parseRequest(ChatCompletionRequest, request.body);
    if (parsed.model !== MODEL) throw modelNotFound(parsed.model);
    const { question, history, promptChars } = conversationIn(parsed.messages);
    const current = deps();
    const signal = callerGone(response);
    // Named before it is made: the first chunk has the name already.
    const answerId = newAnswerId();
    const asked: Asked = {
      head: headOf(answerId, current.index.buildId),
      request: parsed,
      promptChars,
      origin: originOf(request),
      answer: async (onEvent) => {
        const told = await answering(current, { question, history }, response, { signal, onEvent, answerId });
        remember(question, told);
        return told;
      },
    };
    try {
      if (parsed.stream === true) await streamCompletion(asked, response, signal);
      else response.json(await wholeCompletion(asked));
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };
}

async function wholeCompletion({ head, request, promptChars, origin, answer }: Asked): Promise<object> {
  const told = await answer();
  const cut = stopCut(request.stop);
  const content = cut.push(told.answer) + cut.push(sourceList(told.citations, origin)) + cut.end();
  return completionOf(head, told, content, origin, usageOf(told, promptChars, content.length));
}
