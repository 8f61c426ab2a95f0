import type { Response } from "express";

/** A stream of server-sent events (WHATWG HTML, "Server-sent events"). */
export interface EventStream {
  send(event: string, data: unknown): void;
  /** An event without a name. `data` must be one line. */
  sendPlain(data: string): void;
  end(): void;
}

export function openEventStream(response: Response): EventStream {
  response.status(200);
  response.setHeader("Content-Type", "text/event-stream; charset=utf-8");
  response.setHeader("Cache-Control", "no-cache, no-transform");
  // Proxies such as nginx would otherwise hold the events back.
  response.setHeader("X-Accel-Buffering", "no");
  response.flushHeaders();
  const write = (block: string): void => {
    if (!response.writableEnded) response.write(`${block}\n\n`);
  };
  return {
    send: (event, data) => write(`event: ${event}\ndata: ${JSON.stringify(data)}`),
    sendPlain: (data) => write(`data: ${data}`),
    end: () => response.end(),
  };
}
