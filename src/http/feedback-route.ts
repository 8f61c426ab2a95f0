import type { RequestHandler } from "express";
import type { Logger } from "pino";
import { DocentError, messageOf } from "../errors.js";
import type { Feedback } from "../feedback.js";
import { FeedbackRequest } from "./schemas.js";
import { parseRequest } from "./validate.js";

/** POST /api/feedback: keeps a rating. An answer that is not remembered may be rated too: the server may have restarted. */
export function feedbackRoute(feedback: Feedback, logger: Logger): RequestHandler {
  return async (request, response) => {
    const rating = parseRequest(FeedbackRequest, request.body);
    try {
      await feedback.keep(rating);
    } catch (error) {
      logger.error({ reason: messageOf(error) }, "feedback was not kept");
      if (error instanceof DocentError) throw error;
      throw new DocentError("not_kept", "The server could not write your feedback down. Try again later.");
    }
    response.status(204).end();
  };
}
