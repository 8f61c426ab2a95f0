import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { createMcpServer, type ServerSettings } from "./create-server.js";
import type { McpPort } from "./port.js";

/** How long answers under way may take once the client says no more. */
const DRAIN_MS = 10_000;

export interface StdioSettings extends ServerSettings {
  /** Is told, in plain words, of a line that is no message of the protocol. */
  onBadLine: (message: string) => void;
  /** Aborted to end at once. */
  signal: AbortSignal;
}

/**
 * Serves the Model Context Protocol over stdin and stdout, one message a line. Ends when the client closes stdin and what it
 * asked for is answered, when it reads no more, or when the signal says so.
 */
export async function serveStdio(port: McpPort, { onBadLine, signal, ...settings }: StdioSettings): Promise<void> {
  const server = await createMcpServer(port, settings);
  const transport = new StdioServerTransport();
  const underWay = countUnderWay(transport);
  const ended = new Promise<void>((resolve) => {
    const onerror = (): void =>
      onBadLine("A line on stdin is no message of the protocol, or too long; it was left out.");
    Object.assign(server, { onerror, onclose: resolve });
    signal.addEventListener("abort", () => resolve());
    // Both come where a pipe is closed; a file has an end only.
    for (const event of ["end", "close"])
      process.stdin.once(event, () => void underWay.drained(DRAIN_MS).then(resolve));
    process.stdout.once("error", () => resolve());
  });
  await server.connect(transport);
  if (signal.aborted) return;
  await ended;
  await server.close();
  // What was written last may still be on its way where pipes are written to in the background.
  await new Promise((resolve) => process.stdout.write("", resolve));
}

/** Follows which requests are not answered yet: cancelled ones never are. To be called before the transport is connected. */
function countUnderWay(transport: Transport): { drained: (ms: number) => Promise<void> } {
  const ids = new Set<unknown>();
  let onEmpty = (): void => {};
  const finish = (id: unknown): void => {
    ids.delete(id);
    if (ids.size === 0) onEmpty();
  };
  const onmessage = (message: JSONRPCMessage): void => {
    if (!("method" in message)) return;
    if (message.method === "notifications/cancelled") finish(message.params?.["requestId"]);
    else if ("id" in message) ids.add(message.id);
  };
  const sending = transport.send.bind(transport);
  const send: Transport["send"] = async (message, options) => {
    await sending(message, options);
    if (!("method" in message)) finish(message.id);
  };
  Object.assign(transport, { onmessage, send });
  return {
    drained: (ms) =>
      new Promise((resolve) => {
        onEmpty = resolve;
        setTimeout(resolve, ms).unref();
        if (ids.size === 0) resolve();
      }),
  };
}
