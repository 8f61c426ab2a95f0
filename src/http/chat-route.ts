import type { Request, RequestHandler, Response } from "express";
import { type AnswerDeps, answerQuestion, type AnswerRequest } from "../answer/answer-question.js";
import { problemOf, toDocentError } from "./problem.js";
import { ChatRequest } from "./schemas.js";
import { openEventStream } from "./sse.js";
import { parseRequest } from "./validate.js";

/** POST /api/chat: JSON, or server-sent events where the caller accepts them. */
export function chatRoute(deps: () => AnswerDeps): RequestHandler {
  return async (request: Request, response: Response) => {
    const asked = parseRequest(ChatRequest, request.body);
    const current = deps();
    const gone = new AbortController();
    response.on("close", () => {
      if (!response.writableFinished) gone.abort(new Error("the caller went away"));
    });
    const streams = acceptsStream(request);
    try {
      if (streams) await stream(current, asked, response, gone.signal);
      else response.json(await answerQuestion(current, asked, { signal: gone.signal }));
    } catch (error) {
      if (!gone.signal.aborted) throw error;
    }
  };
}

/** Whether the caller prefers events; where the header leaves it open, JSON is sent. */
function acceptsStream(request: Request): boolean {
  const best = request.accepts(["application/json", "text/event-stream", "text/event-stream; charset=utf-8"]);
  return best !== false && best.startsWith("text/event-stream");
}

async function stream(deps: AnswerDeps, asked: AnswerRequest, response: Response, signal: AbortSignal): Promise<void> {
  const events = openEventStream(response);
  try {
    const answer = await answerQuestion(deps, asked, {
      signal,
      onEvent: (event) => {
        if (event.type === "sources") events.send("sources", event.citations);
        else events.send("delta", { text: event.text });
      },
    });
    events.send("done", answer);
  } catch (error) {
    if (!signal.aborted) events.send("error", problemOf(toDocentError(error)));
    throw error;
  } finally {
    events.end();
  }
}
