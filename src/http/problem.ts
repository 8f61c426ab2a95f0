import type { ErrorRequestHandler, Request, Response } from "express";
import type { Logger } from "pino";
import { DocentError, ERROR_STATUS, type ErrorCode, type FieldFault } from "../errors.js";
import { maskPersonalData } from "../logs/mask.js";
import { loggedError } from "../logs/safe-error.js";
import { errorPage } from "../pages/error-page.js";
import { hiddenIn, questionOf, routeOf } from "./observe.js";
import { requestIdOf } from "./request-id.js";

export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: FieldFault[];
}

/** What each kind of error is called. */
export const PROBLEM_TITLES: Record<ErrorCode, string> = {
  invalid_request: "The request is not valid",
  missing_key: "An API key is needed",
  forbidden_host: "This host name is not allowed",
  forbidden_origin: "Pages of this origin may not call",
  not_found: "Not found",
  method_not_allowed: "This method is not allowed here",
  too_large: "The request is too large",
  not_json: "The request must be JSON",
  too_many_requests: "Too many requests",
  internal: "Something went wrong on the server",
  no_index: "The documents are not ready yet",
  no_database: "The database does not answer",
  overloaded: "The server is busy",
  not_kept: "The feedback could not be kept",
};

/** RFC 9457 problem details of an error; `type` names the kind of error and is stable. */
export function problemOf(error: DocentError): ProblemDetails {
  return {
    type: `urn:docent:problem:${error.code.replaceAll("_", "-")}`,
    title: PROBLEM_TITLES[error.code],
    status: ERROR_STATUS[error.code],
    detail: error.message,
    ...(error.faults.length > 0 ? { errors: error.faults } : {}),
  };
}

/** Writes an error into an answer whose status, and when to come back, are already set. */
type SendError = (request: Request, response: Response, error: DocentError) => void;

/** A browser that was to show a page is sent one; everybody else the problem. */
const sendProblem: SendError = (request, response, error) => {
  const problem = problemOf(error);
  response.vary("Accept");
  if (!wantsPage(request)) {
    response.type("application/problem+json").send(JSON.stringify(problem));
    return;
  }
  if (error.code === "no_index" || error.code === "no_database") response.setHeader("Refresh", "3");
  const wait = Number(response.getHeader("Retry-After")) || null;
  response.type("html").send(errorPage(error.code, problem, wait));
};

/** Addresses that programs ask; what goes wrong there is told to programs. */
const FOR_PROGRAMS = /^\/(?:(?:api|mcp)(?:\/|$)|(?:openapi\.json|healthz|readyz|metrics)$)/;

function wantsPage(request: Request): boolean {
  if (FOR_PROGRAMS.test(request.path)) return false;
  return request.accepts(["application/problem+json", "application/json", "text/html"]) === "text/html";
}

const NO_DATABASE = "The database does not answer. Try again in a few seconds.";

/** Turns whatever was thrown into an error that may leave the process. */
export function toDocentError(thrown: unknown): DocentError {
  // Where the database is and why it is away is its operator's business.
  if (thrown instanceof DocentError && thrown.code === "no_database") return new DocentError(thrown.code, NO_DATABASE);
  if (thrown instanceof DocentError) return thrown;
  const type = typeof thrown === "object" && thrown !== null && "type" in thrown ? String(thrown.type) : "";
  const status = typeof thrown === "object" && thrown !== null && "status" in thrown ? Number(thrown.status) : 500;
  // What Express's body parser reports, by its documented types.
  if (type === "entity.parse.failed") return new DocentError("invalid_request", "The body is not well-formed JSON.");
  if (type === "entity.too.large") return new DocentError("too_large", "The body is larger than 256 kB.");
  if (type === "encoding.unsupported" || type === "charset.unsupported") {
    return new DocentError("not_json", "The body must be JSON in UTF-8, plain or compressed with gzip, deflate or br.");
  }
  if (status >= 400 && status < 500) return new DocentError("invalid_request", "The request could not be read.");
  return new DocentError("internal", "The request could not be handled. The server's log says why.");
}

interface LogSettings {
  apiKeys: readonly string[];
  logQuestions: boolean;
}

/** The last handler: answers with a problem, never with a stack. */
export function problemHandler(logger: Logger, settings: LogSettings): ErrorRequestHandler {
  return errorHandler(logger, settings, sendProblem);
}

/** Logs what is the server's fault, and answers in a form of the caller's. */
export function errorHandler(logger: Logger, settings: LogSettings, send: SendError): ErrorRequestHandler {
  return (thrown: unknown, request: Request, response: Response, _next) => {
    const error = toDocentError(thrown);
    if (error.code === "internal") logFault(logger, settings, thrown, request, response);
    if (response.headersSent) {
      response.end();
      return;
    }
    response.status(ERROR_STATUS[error.code]).setHeader("Cache-Control", "no-store");
    if (error.code === "no_index" || error.code === "no_database") response.setHeader("Retry-After", "2");
    send(request, response, error);
  };
}

/** Logs what went wrong with a request, without its credentials and what a person wrote. */
export function logFault(
  logger: Logger,
  { apiKeys, logQuestions }: LogSettings,
  thrown: unknown,
  request: Request,
  response: Response,
): void {
  const question = logQuestions ? questionOf(request) : null;
  logger.error(
    {
      requestId: requestIdOf(response),
      method: request.method,
      route: routeOf(request),
      ...(question === null ? {} : { question: maskPersonalData(question) }),
      err: loggedError(thrown, hiddenIn(request, apiKeys)),
    },
    "request failed",
  );
}
