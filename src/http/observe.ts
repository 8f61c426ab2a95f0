import type { Request, RequestHandler, Response } from "express";
import type { Logger } from "pino";
import { type AnswerDeps, type AnswerOptions, answerQuestion, type AnswerRequest } from "../answer/answer-question.js";
import type { Trace } from "../answer/trace.js";
import { maskPersonalData } from "../logs/mask.js";
import type { Hidden } from "../logs/safe-error.js";
import type { Metrics } from "../metrics.js";
import type { Answer } from "../types.js";
import { requestIdOf } from "./request-id.js";

/** Logs and counts every request by its route's pattern; its address may hold what nobody should read. */
export function observeRequests(logger: Logger, metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const started = performance.now();
    // "close" comes after the last byte, and also where the caller went away before it.
    response.once("close", () => {
      const ms = performance.now() - started;
      const { method } = request;
      const route = routeOf(request);
      const status = response.writableFinished ? response.statusCode : 0;
      metrics.request(method, route, status, ms / 1000);
      logger.debug({ requestId: requestIdOf(response), method, route, status, ms: tenths(ms) }, "request");
    });
    next();
  };
}

/** The pattern that a request's path matched, such as /api/sources/*id, or "none". */
export function routeOf(request: Request): string {
  const route = request.route as { path?: unknown } | undefined;
  return typeof route?.path === "string" ? route.path : "none";
}

export type ObservedAnswering = (
  deps: AnswerDeps,
  request: AnswerRequest,
  response: Response,
  options: AnswerOptions,
) => Promise<Answer>;

/**
 * Asks as every caller does, and tells log and metrics of the answer. Every route that answers a question asks through it.
 *
 * @param logQuestions whether questions are logged, with e-mail addresses and phone numbers masked
 */
export function observedAnswering(logger: Logger, metrics: Metrics, logQuestions: boolean): ObservedAnswering {
  return async (deps, request, response, options) => {
    const started = performance.now();
    const traces: Trace[] = [];
    try {
      const answer = await answerQuestion(deps, request, { ...options, onTrace: (trace) => void traces.push(trace) });
      const ms = performance.now() - started;
      const outcome = metrics.answer(answer, traces[0]!, ms / 1000);
      const asked = logQuestions ? { question: maskPersonalData(request.question) } : {};
      logger.info(
        { requestId: requestIdOf(response), ...asked, ...summaryOf(answer, traces[0]!), ms: tenths(ms) },
        outcome,
      );
      return answer;
    } catch (error) {
      const outcome = options.signal?.aborted === true ? "cancelled" : "failed";
      const ms = performance.now() - started;
      metrics.noAnswer(outcome, ms / 1000);
      // What failed is logged with its reason by whoever answers the request.
      if (outcome === "cancelled") logger.info({ requestId: requestIdOf(response), ms: tenths(ms) }, outcome);
      throw error;
    }
  };
}

function summaryOf(answer: Answer, { parts, refusal, rewritten }: Trace): object {
  const best = parts[0]?.passages[0];
  const steps: Record<string, number> = {};
  for (const { ms } of parts) for (const [step, took] of Object.entries(ms)) steps[step] = (steps[step] ?? 0) + took;
  for (const step of Object.keys(steps)) steps[step] = Math.round(steps[step]! * 100) / 100;
  return {
    answerId: answer.id,
    status: answer.status,
    mode: answer.mode,
    ...(refusal === null ? {} : { refusal }),
    confidence: answer.confidence,
    citations: answer.citations.length,
    followUp: rewritten,
    ...(best === undefined
      ? {}
      : { scores: { dense: digits(best.dense), lexical: digits(best.lexical), fused: digits(best.score) } }),
    steps,
  };
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function digits(score: number): number {
  return Math.round(score * 1000) / 1000;
}

/** What of a request must not be in the log: its credentials, and what a person wrote. */
export function hiddenIn(request: Request, keys: readonly string[]): Hidden {
  const { authorization = "", cookie = "" } = request.headers;
  const credentials = authorization.replace(/^\S+\s+/, "");
  const cookies = cookie.split(/;\s*/).map((pair) => pair.slice(pair.indexOf("=") + 1));
  return {
    secrets: [
      ...keys,
      authorization,
      credentials,
      Buffer.from(credentials, "base64").toString("latin1"),
      cookie,
      ...cookies,
    ],
    questions: [...textsIn(request.body), ...textsIn(request.query)],
  };
}

/** The question that a request asks, or null. */
export function questionOf(request: Request): string | null {
  const body = request.body as { question?: unknown } | undefined;
  const question = body?.question ?? request.query["q"];
  return typeof question === "string" ? question : null;
}

/** Every text in a body or query, however deep. */
function textsIn(value: unknown): string[] {
  const texts: string[] = [];
  const open: unknown[] = [value];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (typeof one === "string") texts.push(one);
    else if (typeof one === "object" && one !== null)
      open.push(...(Object.values(one) as unknown[]).filter((v) => v !== undefined));
  }
  return texts;
}
