import type { Server } from "node:http";
import type { Duplex } from "node:stream";
import { DocentError } from "../errors.js";
import { problemOf } from "./problem.js";

/** Answers what Node's HTTP parser turns down before Express sees it with a problem, where Node sends an empty page. */
export function answerUnreadable(server: Server): void {
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    const problem = problemOf(unreadable(error.code));
    const body = JSON.stringify(problem);
    socket.end(
      `HTTP/1.1 ${problem.status} ${problem.status === 413 ? "Content Too Large" : "Bad Request"}\r\n` +
        "Content-Type: application/problem+json; charset=utf-8\r\n" +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  });
}

function unreadable(code: string | undefined): DocentError {
  if (code === "HPE_HEADER_OVERFLOW") return new DocentError("too_large", "The headers are larger than 16 kB.");
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return new DocentError("invalid_request", "The request did not arrive in time.");
  }
  return new DocentError("invalid_request", "This is not an HTTP request.");
}
