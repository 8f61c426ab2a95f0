import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** What a database says that turns something down. */
export interface Refusal {
  code: string;
  message: string;
}

export interface Script {
  /** What a connection is told instead of being let in. */
  refuses?: () => Refusal | null;
  /** The rows of a statement, each with the same columns, or why there are none; null for no reply at all. */
  reply?: (sql: string) => Record<string, string>[] | Refusal | null;
}

const SSL_REQUEST = 80_877_103;
const TEXT_TYPE = 25;

/**
 * A server that speaks PostgreSQL's protocol and answers by a script: for what a real one does only where it is old, full,
 * stuck or set up otherwise.
 *
 * @returns its address, with a password that no message may hold
 */
export async function fakePostgres(script: Script): Promise<{ url: string; statements: string[] }> {
  const statements: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    let received = Buffer.alloc(0);
    let isStarted = false;
    let parsed = "";
    let isStuck = false;
    const answer = (sql: string): void => {
      statements.push(sql);
      const reply = script.reply === undefined ? [] : script.reply(sql);
      if (reply === null) isStuck = true;
      else if (Array.isArray(reply)) socket.write(rowsOf(reply));
      else socket.write(errorOf(reply));
    };
    const take = (type: string, body: Buffer): void => {
      if (isStuck) return;
      if (type === "Q") {
        answer(body.toString("utf8", 0, body.length - 1));
        if (!isStuck) socket.write(message("Z", Buffer.from("I")));
      } else if (type === "P") {
        const from = body.indexOf(0) + 1;
        parsed = body.toString("utf8", from, body.indexOf(0, from));
      } else if (type === "E") answer(parsed);
      else if (type === "S") socket.write(message("Z", Buffer.from("I")));
      else if (type === "X") socket.end();
    };
    socket.on("data", (piece) => {
      received = Buffer.concat([received, piece]);
      for (;;) {
        const head = isStarted ? 1 : 0;
        if (received.length < head + 4) return;
        const end = head + received.readInt32BE(head);
        if (received.length < end) return;
        const [type, body] = [received.toString("latin1", 0, head), received.subarray(head + 4, end)];
        received = received.subarray(end);
        if (isStarted) take(type, body);
        else if (body.readInt32BE(0) === SSL_REQUEST) socket.write("N");
        else {
          isStarted = true;
          const refusal = script.refuses?.() ?? null;
          if (refusal === null)
            socket.write(Buffer.concat([message("R", Buffer.alloc(4)), message("Z", Buffer.from("I"))]));
          else socket.end(errorOf(refusal));
        }
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `postgresql://docent:s3cret@127.0.0.1:${(server.address() as AddressInfo).port}/docs`, statements };
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function errorOf({ code, message: text }: Refusal): Buffer {
  return message("E", Buffer.from(`SERROR\0VERROR\0C${code}\0M${text}\0\0`));
}

function rowsOf(rows: Record<string, string>[]): Buffer {
  const columns = Object.keys(rows[0] ?? {});
  const description = columns.map((name) => {
    const field = Buffer.alloc(18);
    field.writeInt32BE(TEXT_TYPE, 6);
    field.writeInt16BE(-1, 10);
    return Buffer.concat([Buffer.from(`${name}\0`), field]);
  });
  const data = rows.map((row) =>
    message(
      "D",
      Buffer.concat([
        int16(columns.length),
        ...columns.flatMap((name) => [int32(Buffer.byteLength(row[name]!)), Buffer.from(row[name]!)]),
      ]),
    ),
  );
  return Buffer.concat([
    ...(columns.length > 0 ? [message("T", Buffer.concat([int16(columns.length), ...description]))] : []),
    ...data,
    message("C", Buffer.from(`SELECT ${rows.length}\0`)),
  ]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
