import type { Request, RequestHandler, Response } from "express";
import type { Logger } from "pino";
import { type AnswerDeps, type AnswerOptions, answerQuestion, type AnswerRequest } from "../answer/answer-question.js";
import type { Generated } from "../answer/generate.js";
import type { ChatModelSettings } from "../chat-model/settings.js";
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

interface ObservedOptions extends AnswerOptions {
  /** What the answer is called, for callers who must be told before it is there. */
  answerId?: string | undefined;
}

export type ObservedAnswering = (
  deps: AnswerDeps,
  request: AnswerRequest,
  response: Response,
  options: ObservedOptions,
) => Promise<Answer>;

/**
 * Asks as every caller does, and tells log and metrics of the answer. Every route that answers a question asks through it.
 *
 * @param logQuestions whether questions are logged, with e-mail addresses and phone numbers masked
 * @param prices of a million tokens of the chat model, if they are set
 */
export function observedAnswering(
  logger: Logger,
  metrics: Metrics,
  logQuestions: boolean,
  prices: ChatModelSettings["prices"] = null,
): ObservedAnswering {
  return async (deps, request, response, { answerId, ...options }) => {
    const started = performance.now();
    const traces: Trace[] = [];
    try {
      const made = await answerQuestion(deps, request, { ...options, onTrace: (trace) => void traces.push(trace) });
      const answer = answerId === undefined ? made : { ...made, id: answerId };
      const ms = performance.now() - started;
      const trace = traces[0]!;
      const outcome = metrics.answer(answer, trace, ms / 1000);
      const { generated } = trace;
      const cost = generated === null ? null : costOf(generated, prices);
      if (generated !== null) metrics.chatModel(answer, generated, cost);
      const chatModel = generated === null ? {} : chatModelSummary(answer, generated, cost);
      // Its fault is the operator's to mend; the reader has the quotes.
      if (generated?.message != null) logger.warn({ requestId: requestIdOf(response) }, generated.message);
      const asked = logQuestions ? { question: maskPersonalData(request.question) } : {};
      logger.info(
        { requestId: requestIdOf(response), ...asked, ...summaryOf(answer, trace), ...chatModel, ms: tenths(ms) },
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

function chatModelSummary(answer: Answer, generated: Generated, cost: number | null): object {
  const { verification, usage } = generated;
  const results: Record<string, number> = {};
  for (const { result } of verification) results[result] = (results[result] ?? 0) + 1;
  return {
    chatModel: {
      ...(answer.fallback !== undefined && { fallback: answer.fallback }),
      ...(answer.cut_short !== undefined && { cutShort: answer.cut_short }),
      sentences: results,
      ...(usage !== null && { promptTokens: usage.promptTokens, completionTokens: usage.completionTokens }),
      ...(cost !== null && { cost: Number(cost.toPrecision(4)) }),
    },
  };
}

/** In the currency of the prices; null where tokens or prices are not known. */
function costOf({ usage }: Generated, prices: ChatModelSettings["prices"]): number | null {
  if (usage === null || prices === null) return null;
  return (usage.promptTokens * prices.prompt + usage.completionTokens * prices.completion) / 1e6;
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
  const body = request.body as { question?: unknown; messages?: unknown } | undefined;
  const question = body?.question ?? lastSaid(body?.messages) ?? request.query["q"];
  return typeof question === "string" ? question : null;
}

/** What the user wrote last in the messages of a chat completion. */
function lastSaid(messages: unknown): unknown {
  if (!Array.isArray(messages)) return undefined;
  const last = (messages as ({ role?: unknown; content?: unknown } | null)[]).findLast((one) => one?.role === "user");
  return last?.content;
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
