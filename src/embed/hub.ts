import { open, rm, stat } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import type { Dispatcher } from "undici";
import { messageOf } from "../errors.js";

/** Where models are downloaded from, and how. */
export interface HubSettings {
  /** The hub or a mirror of it, such as https://huggingface.co. */
  endpoint: string;
  /** Sent to the endpoint as a bearer token; never to where it redirects to. */
  token: string | null;
  /** How long a server may be silent. */
  timeoutMs: number;
  /** True: nothing is asked of any server. */
  offline: boolean;
}

export const DEFAULT_HUB: HubSettings = {
  endpoint: "https://huggingface.co",
  token: null,
  timeoutMs: 30_000,
  offline: false,
};

/** What the hub says of a file before it is downloaded. */
export interface RemoteFile {
  name: string;
  bytes: number;
  /** What the bytes must hash to: SHA-256 of large files (LFS), git's hash of a blob for small ones; null: not told. */
  checksum: { algorithm: "sha256" | "git"; hex: string } | null;
  /** Names the version of the file. */
  etag: string;
  /** The commit the file is of; null: not told. */
  commit: string | null;
}

/** An answer of the hub that trying again will not change. */
export class HubRefusal extends Error {
  override readonly name = "HubRefusal";
  constructor(
    readonly status: number,
    /** The hub's own word for it, such as "GatedRepo", or null. */
    readonly code: string | null,
    message: string,
  ) {
    super(message);
  }
}

const MAX_REDIRECTS = 5;
/** Tries in a row that bring nothing. */
const MAX_TRIES = 3;
const USER_AGENT = "docent";

/**
 * A client of the hub's download addresses (`<endpoint>/<owner>/<name>/resolve/<revision>/<file>`). Proxies are those of
 * `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.
 */
export class Hub {
  #dispatcher: Dispatcher | null = null;

  /** @param retryMs how long to wait before the second try; longer before each that follows */
  constructor(
    readonly settings: HubSettings,
    readonly signal?: AbortSignal,
    readonly retryMs = 1000,
  ) {}

  get host(): string {
    return new URL(this.settings.endpoint).host;
  }

  /** @returns null if the repository has no such file @throws HubRefusal, or what the network failed with */
  describe(id: string, revision: string, name: string): Promise<RemoteFile | null> {
    return this.#persist(async () => {
      const answer = await this.#request("HEAD", this.#address(id, revision, name), {});
      await answer.last.body.dump();
      const code = answer.header("x-error-code");
      const { statusCode } = answer.last;
      if (statusCode === 404 && code !== "RepoNotFound" && code !== "RevisionNotFound") return null;
      if (statusCode !== 200) throw refusal(statusCode, code);
      const etag = (answer.header("x-linked-etag") ?? answer.header("etag") ?? "")
        .replace(/^W\//, "")
        .replaceAll('"', "");
      const bytes = Number(answer.header("x-linked-size") ?? answer.header("content-length"));
      if (!Number.isSafeInteger(bytes)) throw new HubRefusal(statusCode, null, "it does not say how long the file is");
      return { name, bytes, checksum: checksumOf(etag), etag, commit: answer.header("x-repo-commit") };
    });
  }

  /**
   * Downloads a file, going on from what is there of it already.
   *
   * @param part where the bytes are put; it holds `file.bytes` of them in the end, unchecked
   * @param onBytes is told how many bytes are there
   */
  async download(
    id: string,
    revision: string,
    file: RemoteFile,
    part: string,
    onBytes: (bytes: number) => void,
  ): Promise<void> {
    const sizeOf = (): Promise<number> =>
      stat(part).then(
        ({ size }) => size,
        () => 0,
      );
    if ((await sizeOf()) > file.bytes) await rm(part);
    let most = 0;
    await this.#persist(async (progressed) => {
      const from = await sizeOf();
      if (from === file.bytes && from > 0) return onBytes(from);
      const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
      const { last } = await this.#request("GET", this.#address(id, revision, file.name), headers);
      const resumed = last.statusCode === 206 && startOfRange(last.headers["content-range"]) === from;
      if (!resumed && last.statusCode !== 200) {
        await last.body.dump();
        // What is there does not fit what the server has now.
        if (last.statusCode === 206 || last.statusCode === 416) await rm(part, { force: true });
        throw refusal(last.statusCode, null);
      }
      let there = resumed ? from : 0;
      const handle = await open(part, resumed ? "a" : "w");
      try {
        for await (const chunk of last.body) {
          await handle.writeFile(chunk as Buffer);
          there += (chunk as Buffer).length;
          // A server that begins anew each time and breaks off at the same place brings nothing.
          if (there > most) progressed();
          most = Math.max(most, there);
          onBytes(there);
          if (there > file.bytes) break;
        }
        await handle.sync();
      } finally {
        await handle.close();
      }
      if (there < file.bytes) throw new Error(`the connection ended after ${there} of ${file.bytes} bytes`);
    });
  }

  async close(): Promise<void> {
    await this.#dispatcher?.close();
  }

  #address(id: string, revision: string, name: string): URL {
    const base = this.settings.endpoint.replace(/\/+$/, "");
    return new URL(`${base}/${id}/resolve/${encodeURIComponent(revision)}/${name}`);
  }

  /** Follows redirects, which the library would do without a look at whom the token goes to. */
  async #request(method: "GET" | "HEAD", first: URL, headers: Record<string, string>): Promise<Answer> {
    const { EnvHttpProxyAgent, request } = await import("undici");
    const { timeoutMs, token } = this.settings;
    this.#dispatcher ??= new EnvHttpProxyAgent({ connect: { timeout: timeoutMs } });
    const seen: Record<string, string> = {};
    let url = first;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const own = url.origin === first.origin && token !== null ? { authorization: `Bearer ${token}` } : {};
      const last = await request(url, {
        method,
        // Identity, because size and hash are those of the file and not of a compressed answer.
        headers: { ...headers, ...own, "accept-encoding": "identity", "user-agent": USER_AGENT },
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        dispatcher: this.#dispatcher,
        ...(this.signal === undefined ? {} : { signal: this.signal }),
      });
      // What the hub itself says of a file comes with its redirect, before a storage network's own headers.
      for (const [name, value] of Object.entries(last.headers)) seen[name] ??= String(value);
      const { location } = last.headers;
      const isRedirect = last.statusCode >= 300 && last.statusCode < 400 && typeof location === "string";
      if (
        isRedirect &&
        method === "HEAD" &&
        seen["x-linked-size"] !== undefined &&
        seen["x-linked-etag"] !== undefined
      ) {
        // The hub has said it all; a storage network need not even allow HEAD.
        return { last: { ...last, statusCode: 200 }, header: (name) => seen[name] ?? null };
      }
      if (!isRedirect) {
        // The length of a redirect's own page is not the file's.
        const header = (name: string): string | null =>
          name === "content-length" || name === "etag" ? asText(last.headers[name]) : (seen[name] ?? null);
        return { last, header };
      }
      await last.body.dump();
      url = new URL(location, url);
    }
    throw new HubRefusal(310, null, "it redirects in a circle");
  }

  /** Tries again while the network fails, as long as something comes; gives up at once when the hub refuses. */
  async #persist<T>(attempt: (progressed: () => void) => Promise<T>): Promise<T> {
    let failures = 0;
    for (;;) {
      try {
        return await attempt(() => (failures = 0));
      } catch (error) {
        this.signal?.throwIfAborted();
        failures++;
        if (error instanceof HubRefusal || isDiskFault(error) || failures >= MAX_TRIES) throw error;
        await setTimeout(this.retryMs * 2 ** (failures - 1), undefined, { signal: this.signal });
      }
    }
  }
}

interface Answer {
  last: Dispatcher.ResponseData;
  /** A header by its lower-case name, of the first answer that has it. */
  header: (name: string) => string | null;
}

/** 429 and 5xx may pass, so they are plain errors, which are tried again. */
function refusal(status: number, code: string | null): Error {
  const message = `it answers with status ${status}`;
  const passes = status === 206 || status === 408 || status === 416 || status === 429 || status >= 500;
  return passes ? new Error(message) : new HubRefusal(status, code, message);
}

function checksumOf(etag: string): RemoteFile["checksum"] {
  if (/^[0-9a-f]{64}$/i.test(etag)) return { algorithm: "sha256", hex: etag.toLowerCase() };
  if (/^[0-9a-f]{40}$/i.test(etag)) return { algorithm: "git", hex: etag.toLowerCase() };
  return null;
}

function startOfRange(header: string | string[] | undefined): number | null {
  const start = /^bytes (\d+)-/.exec(String(header))?.[1];
  return start === undefined ? null : Number(start);
}

function asText(header: string | string[] | undefined): string | null {
  return header === undefined ? null : String(header);
}

/** The system's code of a fault of the disk, such as ENOSPC, or null. */
export function diskFault(error: unknown): string | null {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return ["ENOSPC", "EDQUOT", "EACCES", "EPERM", "EROFS", "ENOTDIR", "EISDIR", "EIO"].includes(code) ? code : null;
}

function isDiskFault(error: unknown): boolean {
  return diskFault(error) !== null;
}

/** What went wrong on the network, in words. */
export function networkFault(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `its name is not known (${code})`;
  if (code.includes("TIMEOUT") || code === "ETIMEDOUT") return `it did not answer in time (${code})`;
  if (code === "ECONNREFUSED") return `it refuses connections (${code})`;
  return code === "" || messageOf(error).includes(code) ? messageOf(error) : `${messageOf(error)} (${code})`;
}
