import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const READY_MS = 120_000;

/** Runs a task while a server answers in a process of its own: a script that takes its port from `PORT` and has `/readyz`. */
export async function withServer<T>(
  script: string,
  settings: Record<string, string>,
  task: (port: number) => Promise<T>,
): Promise<T> {
  const port = await freePort();
  const server = spawn(process.execPath, [script], {
    env: { ...process.env, ...settings, PORT: String(port) },
    stdio: ["ignore", "ignore", "inherit"],
  });
  try {
    await untilReady(server, port);
    return await task(port);
  } finally {
    if (server.exitCode === null) {
      server.kill("SIGTERM");
      await once(server, "exit");
    }
  }
}

/** A port of this machine that nothing listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function untilReady(server: ChildProcess, port: number): Promise<void> {
  const until = performance.now() + READY_MS;
  while (performance.now() < until) {
    if (server.exitCode !== null) throw new Error("the server ended before it was ready");
    const status = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    await sleep(100);
  }
  throw new Error("the server was not ready in time");
}
