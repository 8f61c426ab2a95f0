import type { Response } from "express";

/** A stream of server-sent events (WHATWG HTML, "Server-sent events"). */
export interface EventStream {
  send(event: string, data: unknown): void;
  end(): void;
}

export function openEventStream(response: Response): EventStream {
  response.status(200);
  response.setHeader("Content-Type", "text/event-stream; charset=utf-8");
  response.setHeader("Cache-Control", "no-cache, no-transform");
  // Proxies such as nginx would otherwise hold the events back.
  response.setHeader("X-Accel-Buffering", "no");
  response.flushHeaders();
  return {
    send: (event, data) => {
      if (!response.writableEnded) response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    end: () => response.end(),
  };
}
