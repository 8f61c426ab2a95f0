import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A way to a database that can be cut and mended, so that it is away for one test alone. */
export interface DatabaseProxy {
  url: string;
  /** Ends every connection, and takes no other. */
  cut: () => void;
  mend: () => void;
  /** Takes connections and passes nothing on, as a machine that hangs does. */
  stall: () => void;
}

export async function databaseProxy(target: string): Promise<DatabaseProxy> {
  const { hostname, port } = new URL(target);
  let state: "open" | "cut" | "stalled" = "open";
  const pairs = new Set<Socket[]>();
  const server = createServer((near) => {
    near.on("error", () => {});
    if (state === "cut") {
      near.resetAndDestroy();
      return;
    }
    const pair = [near];
    pairs.add(pair);
    near.on("close", () => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    });
    if (state === "stalled") return;
    const far = connect(Number(port || 5432), hostname);
    pair.push(far);
    far.on("error", () => near.destroy());
    far.on("close", () => near.destroy());
    near.on("data", (piece) => {
      if (state !== "stalled") far.write(piece);
    });
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = (): void => {
    state = "cut";
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  onTestFinished(() => {
    cut();
    server.close();
  });
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    cut,
    mend: () => {
      state = "open";
    },
    stall: () => {
      state = "stalled";
    },
  };
}
