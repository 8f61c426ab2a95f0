import type { RequestHandler, Response } from "express";
import { DocentError } from "../errors.js";

/** Answers at work at once: more would only take turns on the same thread. */
const AT_WORK = 16;
/** Requests that may wait for their turn; each holds a few kilobytes. */
const WAITING = 256;
/** What a caller who is turned away is told to wait, in seconds, at least. */
const LEAST_WAIT_S = 1;
/** Weight of the newest duration in the running mean. */
const NEWEST = 0.1;

export interface AdmissionLimits {
  atWork: number;
  waiting: number;
}

/**
 * Lets so many requests be worked on at once and so many wait in line; the rest are turned away with 503 and `Retry-After`,
 * so that a flood costs time but no memory. Who goes away leaves the line. A place is given back when the answer is
 * handed over, not when it has arrived: a slow reader holds up nobody.
 */
export function admit({ atWork, waiting }: AdmissionLimits = { atWork: AT_WORK, waiting: WAITING }): RequestHandler {
  const line = new Set<() => void>();
  let busy = 0;
  let meanMs = 50;

  const start = (response: Response, next: () => void): void => {
    busy++;
    const started = performance.now();
    let isDone = false;
    const done = (): void => {
      if (isDone) return;
      isDone = true;
      busy--;
      meanMs += NEWEST * (performance.now() - started - meanMs);
      const [first] = line;
      first?.();
    };
    response.once("prefinish", done);
    response.once("close", done);
    next();
  };

  return (_request, response, next) => {
    if (busy < atWork) return start(response, next);
    if (line.size >= waiting) {
      const wait = Math.max(LEAST_WAIT_S, Math.ceil((meanMs * (line.size + busy)) / atWork / 1000));
      response.setHeader("Retry-After", String(wait));
      next(new DocentError("overloaded", "Too many questions are being answered. Ask again as Retry-After says."));
      return;
    }
    const leave = (): void => void line.delete(turn);
    const turn = (): void => {
      line.delete(turn);
      response.off("close", leave);
      start(response, next);
    };
    line.add(turn);
    response.once("close", leave);
  };
}
