import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { onTestFinished } from "vitest";
import type { HubSettings } from "../../src/embed/hub.js";

/** How the hub is to misbehave; by file name where it is a map. */
interface Faults {
  /** Break the connection off after so many bytes of an answer; so often, then no more. */
  breakOff: Map<string, { after: number; times: number }>;
  /** Send these bytes instead. */
  forge: Map<string, Buffer>;
  /** Answer with this status to everything, with the hub's word for it. */
  status: { code: number; word: string } | null;
  /** Say nothing at all for these files. */
  silent: Set<string>;
  /** Leave out ETags, as a plain file server would of hashes. */
  noChecksums: boolean;
  /** Begin at the start whatever range is asked for. */
  noRanges: boolean;
}

/**
 * The hub's download addresses on the loopback: `/<owner>/<name>/resolve/<revision>/<file>`. Files in `large` are
 * redirected to a second origin with signed addresses, as the hub does with LFS files (SHA-256 in `x-linked-etag`); the
 * others come with git's hash as ETag after a redirect on the same origin.
 */
export class FakeHub {
  readonly faults: Faults = {
    breakOff: new Map(),
    forge: new Map(),
    status: null,
    silent: new Set(),
    noChecksums: false,
    noRanges: false,
  };
  /** Every request, as "METHOD path range authorization". */
  readonly requests: { method: string; path: string; range: string | null; token: string | null }[] = [];
  readonly #servers: Server[] = [];
  #files = new Map<string, Buffer>();
  #commit = "";
  #large = new Set<string>();
  #cdn = "";
  endpoint = "";

  static async start(): Promise<FakeHub> {
    const hub = new FakeHub();
    hub.#cdn = await hub.#listen((request, response) => hub.#serveLarge(request, response));
    hub.endpoint = await hub.#listen((request, response) => hub.#serve(request, response));
    onTestFinished(() => hub.stop());
    return hub;
  }

  /** What `id` has from now on, at a new commit. */
  publish(id: string, files: Record<string, Buffer>, large: readonly string[] = []): string {
    this.#commit = createHash("sha1")
      .update(JSON.stringify([id, Object.values(files).map((bytes) => sha256(bytes))]))
      .digest("hex");
    this.#large = new Set(large);
    for (const key of this.#files.keys()) if (key.startsWith(`/${id}/resolve/main/`)) this.#files.delete(key);
    for (const revision of ["main", this.#commit]) {
      for (const [name, bytes] of Object.entries(files)) this.#files.set(`/${id}/resolve/${revision}/${name}`, bytes);
    }
    return this.#commit;
  }

  settings(changes: Partial<HubSettings> = {}): HubSettings {
    return { endpoint: this.endpoint, token: null, timeoutMs: 5000, offline: false, ...changes };
  }

  /** Nobody answers any more. The port is another test's at once, so the endpoint is then one that nobody listens on. */
  stop(): void {
    this.endpoint = "http://127.0.0.1:1024";
    for (const server of this.#servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  }

  async #listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
    const server = createServer(answer);
    this.#servers.push(server);
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  #note(request: IncomingMessage): string {
    const path = decodeURIComponent(request.url!.split("?")[0]!);
    const { range = null, authorization = null } = request.headers;
    this.requests.push({ method: request.method!, path, range, token: authorization });
    return path;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const path = this.#note(request);
    const { status } = this.faults;
    if (status !== null) {
      response.writeHead(status.code, { "x-error-code": status.word }).end();
      return;
    }
    const cached = path.startsWith("/api/resolve-cache");
    const key = cached ? path.slice("/api/resolve-cache".length) : path;
    const name = key.split("/").slice(5).join("/");
    if (this.faults.silent.has(name)) return;
    const bytes = this.#files.get(key);
    if (bytes === undefined) {
      response.writeHead(404, { "x-error-code": "EntryNotFound" }).end("Entry not found");
      return;
    }
    const revision = key.split("/")[4]!;
    response.setHeader("x-repo-commit", revision === "main" ? this.#commit : revision);
    if (this.#large.has(name)) {
      if (!this.faults.noChecksums) response.setHeader("x-linked-etag", `"${sha256(bytes)}"`);
      response.setHeader("x-linked-size", bytes.length);
      response.writeHead(302, { location: `${this.#cdn}${key}?signature=1` }).end("Found");
    } else if (!cached) {
      response.writeHead(307, { location: `/api/resolve-cache${key}` }).end("Temporary Redirect");
    } else {
      if (!this.faults.noChecksums) response.setHeader("etag", `W/"${gitHash(bytes)}"`);
      this.#send(request, response, name, bytes);
    }
  }

  #serveLarge(request: IncomingMessage, response: ServerResponse): void {
    const key = this.#note(request);
    const name = key.split("/").slice(5).join("/");
    if (!request.url!.includes("signature=1")) response.writeHead(403).end();
    else this.#send(request, response, name, this.#files.get(key)!);
  }

  #send(request: IncomingMessage, response: ServerResponse, name: string, real: Buffer): void {
    const bytes = this.faults.forge.get(name) ?? real;
    const start = this.faults.noRanges ? undefined : /^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1];
    const from = Number(start ?? 0);
    if (start !== undefined) response.setHeader("content-range", `bytes ${from}-${bytes.length - 1}/${bytes.length}`);
    response.setHeader("content-length", bytes.length - from);
    response.statusCode = start === undefined ? 200 : 206;
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    const fault = this.faults.breakOff.get(name);
    if (fault === undefined || fault.times === 0) {
      response.end(bytes.subarray(from));
      return;
    }
    fault.times--;
    response.write(bytes.subarray(from, from + fault.after), () => setTimeout(() => response.destroy(), 20));
  }
}

/** A proxy that tunnels (CONNECT), with the hosts it was asked for. */
export async function startProxy(): Promise<{ address: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer();
  server.on("connect", (request, socket, head) => {
    asked.push(request.url!);
    const [host, port] = request.url!.split(":");
    const target = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      target.write(head);
      target.pipe(socket).pipe(target);
    });
    for (const end of [socket, target]) end.on("error", () => [socket, target].forEach((each) => each.destroy()));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function gitHash(bytes: Buffer): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}
