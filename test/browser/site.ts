import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A web site on this machine that can be stopped and started again at the same address. */
export class Site {
  #server: Server | null = null;
  #port = 0;

  constructor(
    private readonly handler: RequestListener,
    private readonly host = "127.0.0.1",
  ) {}

  get url(): string {
    return `http://${this.host}:${this.#port}`;
  }

  /** Listens on a free port, later on the same one again. */
  async start(): Promise<this> {
    const server = createServer(this.handler);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    return this;
  }

  /** Ends every connection at once, as a machine that goes down does. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

/** Starts one for the test that is running. */
export async function startedSite(handler: RequestListener, host?: string): Promise<Site> {
  const site = await new Site(handler, host).start();
  onTestFinished(() => site.stop());
  return site;
}
