import type { Request, Response } from "express";
import type { z } from "zod";
import { DocentError, type ErrorCode } from "../../errors.js";
import type { OpenAiError } from "./schemas.js";

/** An error that OpenAI has a code of its own for. */
export class OpenAiFault extends DocentError {
  constructor(
    kind: ErrorCode,
    /** OpenAI's code, such as model_not_found. */
    readonly openAiCode: string | null,
    readonly param: string | null,
    message: string,
  ) {
    super(kind, message);
  }
}

const INVALID = "invalid_request_error";
const SERVER = "server_error";

/** Type and code of each kind of error, in OpenAI's words where it has some. */
const TYPES_AND_CODES: Record<ErrorCode, readonly [type: string, code: string | null]> = {
  invalid_request: [INVALID, null],
  missing_key: [INVALID, "invalid_api_key"],
  forbidden_host: [INVALID, "forbidden_host"],
  forbidden_origin: [INVALID, "forbidden_origin"],
  not_found: [INVALID, "unknown_url"],
  method_not_allowed: [INVALID, "method_not_supported"],
  too_large: [INVALID, "request_too_large"],
  not_json: [INVALID, "unsupported_content_type"],
  too_many_requests: ["requests", "rate_limit_exceeded"],
  internal: [SERVER, "internal"],
  no_index: [SERVER, "no_index"],
  no_database: [SERVER, "no_database"],
  overloaded: [SERVER, "overloaded"],
  not_kept: [SERVER, "not_kept"],
};

/** An error as OpenAI's clients read it. */
export function openAiErrorOf(error: DocentError): z.output<typeof OpenAiError> {
  const [type, usual] = TYPES_AND_CODES[error.code];
  const { param, openAiCode } =
    error instanceof OpenAiFault ? error : { param: error.faults[0]?.path || null, openAiCode: usual };
  return { error: { message: error.message, type, param, code: openAiCode } };
}

/** Answers with an error below /v1; the status is already set. */
export function sendOpenAiError(_request: Request, response: Response, error: DocentError): void {
  response.json(openAiErrorOf(error));
}
