import type { RequestHandler } from "express";
import type { Logger } from "pino";
import { DocentError, messageOf } from "../errors.js";
import type { Feedback } from "../feedback.js";
import type { Metrics } from "../metrics.js";
import { requestIdOf } from "./request-id.js";
import { FeedbackRequest } from "./schemas.js";
import { parseRequest } from "./validate.js";

/** POST /api/feedback: keeps a rating. An answer that is not remembered may be rated too: the server may have restarted. */
export function feedbackRoute(feedback: Feedback, logger: Logger, metrics: Metrics): RequestHandler {
  return async (request, response) => {
    const rating = parseRequest(FeedbackRequest, request.body);
    try {
      await feedback.keep(rating);
    } catch (error) {
      logger.error({ requestId: requestIdOf(response), reason: messageOf(error) }, "feedback was not kept");
      if (error instanceof DocentError) throw error;
      throw new DocentError("not_kept", "The server could not write your feedback down. Try again later.");
    }
    metrics.feedback(rating.rating, feedback.confidenceOf(rating.answer_id));
    response.status(204).end();
  };
}
