import { type Logger, pino } from "pino";
import type { Config } from "../config.js";
import { prettyLine } from "./pretty.js";

/** Lines that wait while the reader of the log is slow; beyond it lines are dropped rather than memory filled. */
const MAX_WAITING_BYTES = 16_000_000;

/**
 * The server's log on stdout: JSON lines for machines, readable lines where stdout is a terminal.
 *
 * JSON lines are written in the background, so that a reader which falls behind holds up no request; pino flushes what is
 * left when the process ends, by `process.exit` or an uncaught error too. A terminal is written to at once.
 */
export function createLogger(
  level: Config["logLevel"],
  stdout: NodeJS.WriteStream & { fd: number } = process.stdout,
): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (!stdout.isTTY) {
    return pino(options, pino.destination({ fd: stdout.fd, sync: false, maxLength: MAX_WAITING_BYTES }));
  }
  return pino(options, { write: (line: string) => void stdout.write(prettyLine(line)) });
}
