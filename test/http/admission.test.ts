import { connect } from "node:net";
import express, { type Response } from "express";
import { pino } from "pino";
import supertest from "supertest";
import { describe, expect, it, onTestFinished } from "vitest";
import { admit } from "../../src/http/admission.js";
import { problemHandler } from "../../src/http/problem.js";
import { listening, problem, problemIn } from "./app-under-test.js";

/** A server whose answers wait until they are let go, one by one. */
async function slowServer(limits: { atWork: number; waiting: number }) {
  const working: Response[] = [];
  const app = express();
  app.get("/", admit(limits), (_request, response) => void working.push(response));
  app.use(problemHandler(pino({ level: "silent" }), { apiKeys: [], logQuestions: false }));
  const { url } = await listening(app);
  const until = async (isSo: () => boolean): Promise<void> => {
    for (let i = 0; i < 200 && !isSo(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(isSo()).toBe(true);
  };
  return { url, working, until };
}

describe("admission", () => {
  it("works on so many, lets so many wait, and turns away the rest with a time to come back", async () => {
    const { url, working, until } = await slowServer({ atWork: 2, waiting: 1 });
    const first = [fetch(url), fetch(url), fetch(url)];
    await until(() => working.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const turnedAway = await supertest(url).get("/");
    expect(problemIn(turnedAway)).toEqual(problem("overloaded", /Ask again as Retry-After says\.$/));
    expect(Number(turnedAway.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    expect(working).toHaveLength(2);
    working[0]!.send("a");
    await until(() => working.length === 3);
    for (const response of working.slice(1)) response.send("b");
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it("forgets who goes away, at work or in line", async () => {
    const { url, working, until } = await slowServer({ atWork: 1, waiting: 1 });
    const gone = new AbortController();
    const [atWork, inLine] = [fetch(url, { signal: gone.signal }), fetch(url, { signal: gone.signal })];
    await until(() => working.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    gone.abort();
    await Promise.allSettled([atWork, inLine]);
    const next = fetch(url);
    await until(() => working.length >= 2);
    working.at(-1)!.send("c");
    expect((await next).status).toBe(200);
  });

  it("gives a place back when the answer is handed over, though its reader reads nothing", async () => {
    const { url, working, until } = await slowServer({ atWork: 1, waiting: 1 });
    const sleeper = connect(Number(new URL(url).port), "127.0.0.1").pause();
    onTestFinished(() => void sleeper.destroy());
    sleeper.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await until(() => working.length === 1);
    working[0]!.send("y".repeat(20_000_000));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(working[0]!.writableFinished).toBe(false);
    const next = fetch(url);
    await until(() => working.length === 2);
    working[1]!.send("z");
    expect((await next).status).toBe(200);
  });
});
