import supertest from "supertest";
import { describe, expect, it } from "vitest";
import { isLoopback } from "../../src/http/host.js";
import { appOver, problem, problemIn } from "./app-under-test.js";

const LOCAL = [
  "localhost",
  "localhost:3000",
  "LOCALHOST.",
  "docs.localhost:80",
  "127.0.0.1",
  "127.9.9.9:1",
  "[::1]",
  "[::1]:3000",
];
const OTHERS = [
  "evil.example",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "127.0.0.1@evil.example",
  "10.0.0.1",
  "[::2]",
  "",
  "a b",
];

describe("a server of this machine only", () => {
  const { app } = appOver(null, null, { allowedHosts: "loopback" });
  const get = (path: string, host: string) => supertest(app).get(path).set("Host", host);

  it.each(LOCAL)("answers under %j", async (host) => {
    expect((await get("/openapi.json", host)).status).toBe(200);
  });

  it.each(OTHERS)("does not answer under %j", async (host) => {
    for (const path of ["/openapi.json", "/widget.js", "/api/faq"]) {
      expect(problemIn(await get(path, host))).toEqual(problem("forbidden-host", /ALLOWED_HOSTS/));
    }
  });

  it("tells whoever looks after it that it is well, under any name", async () => {
    expect((await get("/healthz", "10.0.0.1")).status).toBe(200);
    expect((await get("/readyz", "10.0.0.1")).status).toBe(503);
  });
});

describe("a server of named hosts", () => {
  const { app } = appOver(null, null, { allowedHosts: ["docs.example.org", "[::1]"] });
  it.each([
    ["docs.example.org", 200],
    ["Docs.Example.org:8443", 200],
    ["[::1]:1", 200],
    ["example.org", 403],
    ["localhost", 403],
  ])("answers %j with %i", async (host, status) => {
    expect((await supertest(app).get("/openapi.json").set("Host", host)).status).toBe(status);
  });
});

it("knows the addresses of this machine", () => {
  expect(["127.0.0.1", "::1", "localhost", "Localhost"].map(isLoopback)).toEqual([true, true, true, true]);
  expect(["0.0.0.0", "::", "192.168.0.1", "example.org"].map(isLoopback)).toEqual([false, false, false, false]);
});

describe("a request's name", () => {
  const { app } = appOver(null, null);
  it("is the caller's if it is harmless, else a new one", async () => {
    const named = async (id: string): Promise<string> =>
      (await supertest(app).get("/healthz").set("X-Request-Id", id)).headers["x-request-id"] as string;
    expect(await named("job-7:a.b")).toBe("job-7:a.b");
    for (const id of ["x".repeat(65), "a b", "<script>", ""]) expect(await named(id)).toMatch(/^[0-9A-Z]{26}$/);
  });
});
