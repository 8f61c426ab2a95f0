import type { Response } from "express";

/** Aborts once the caller has gone away before the whole answer was sent. */
export function callerGone(response: Response): AbortSignal {
  const gone = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) gone.abort(new Error("the caller went away"));
  });
  return gone.signal;
}
