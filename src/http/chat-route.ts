import type { Request, RequestHandler, Response } from "express";
import type { AnswerDeps, AnswerOptions } from "../answer/answer-question.js";
import type { Answer } from "../types.js";
import { callerGone } from "./caller-gone.js";
import type { ObservedAnswering } from "./observe.js";
import { problemOf, toDocentError } from "./problem.js";
import { ChatRequest } from "./schemas.js";
import { openEventStream } from "./sse.js";
import { parseRequest } from "./validate.js";

type Answering = (onEvent?: AnswerOptions["onEvent"]) => Promise<Answer>;

/**
 * POST /api/chat: JSON, or server-sent events where the caller accepts them.
 *
 * @param remember is given every answer before it is sent, so that it can be rated at once
 */
export function chatRoute(
  deps: () => AnswerDeps,
  answering: ObservedAnswering,
  remember: (question: string, answer: Answer) => void,
): RequestHandler {
  return async (request: Request, response: Response) => {
    const asked = parseRequest(ChatRequest, request.body);
    const current = deps();
    const gone = callerGone(response);
    const answer: Answering = async (onEvent) => {
      const { explain, ...given } = asked;
      const told = await answering(current, given, response, { signal: gone, onEvent, explain });
      remember(asked.question, told);
      return told;
    };
    try {
      if (acceptsStream(request)) await stream(answer, response, gone);
      else response.json(await answer());
    } catch (error) {
      if (!gone.aborted) throw error;
    }
  };
}

/** Whether the caller prefers events; where the header leaves it open, JSON is sent. */
function acceptsStream(request: Request): boolean {
  const best = request.accepts(["application/json", "text/event-stream", "text/event-stream; charset=utf-8"]);
  return best !== false && best.startsWith("text/event-stream");
}

async function stream(answering: Answering, response: Response, signal: AbortSignal): Promise<void> {
  const events = openEventStream(response);
  try {
    const answer = await answering((event) => {
      if (event.type === "sources") events.send("sources", event.citations);
      else events.send("delta", { text: event.text });
    });
    events.send("done", answer);
  } catch (error) {
    if (!signal.aborted) events.send("error", problemOf(toDocentError(error)));
    throw error;
  } finally {
    events.end();
  }
}
