import supertest from "supertest";
import { beforeAll, describe, expect, it } from "vitest";
import type { PassageIndex } from "../../src/search/passage-index.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { temporaryFolder } from "../helpers/folders.js";
import { appOver, folderForFile, openIndex } from "./app-under-test.js";

const LISTED = "https://www.example.org";
const OTHER = "https://evil.example";
const folder = folderForFile();
const embedder = new HashEmbedder();
let index: PassageIndex;

beforeAll(async () => {
  index = await openIndex(folder, embedder, { "plain.txt": "Herrings are smoked over beech wood.\n" });
});

const server = () => supertest(appOver(index, embedder, { corsOrigins: [LISTED], dataDir: temporaryFolder() }).app);

/** What the widget sends from a page of another origin. */
const REQUESTS = {
  "the script": () => server().get("/widget.js"),
  "the script under its lasting path": () => server().get("/widget@1.js"),
  "the question before a question": () =>
    server()
      .options("/api/chat")
      .set("Access-Control-Request-Method", "POST")
      .set("Access-Control-Request-Headers", "content-type"),
  "the question before feedback": () =>
    server()
      .options("/api/feedback")
      .set("Access-Control-Request-Method", "POST")
      .set("Access-Control-Request-Headers", "content-type"),
  "a question": () => server().post("/api/chat").send({ question: "What are herrings smoked over?" }),
  "a stream": () =>
    server().post("/api/chat").set("Accept", "text/event-stream").send({ question: "What are herrings smoked over?" }),
  feedback: () => server().post("/api/feedback").send({ answer_id: "a", rating: "up" }),
  suggestions: () => server().get("/api/suggestions"),
};

describe.each(Object.entries(REQUESTS))("from a page of another origin, %s", (_name, send) => {
  it("may be read where the origin is listed", async () => {
    const { status, headers } = await send().set("Origin", LISTED);
    expect([200, 204]).toContain(status);
    expect(headers["access-control-allow-origin"]).toBe(LISTED);
    expect(headers["vary"]).toContain("Origin");
    expect(headers["cross-origin-resource-policy"]).toBe("cross-origin");
  });

  it("may not where it is not", async () => {
    const { headers } = await send().set("Origin", OTHER);
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  });
});

it("a stream from another origin is a stream, and its fault can be read too", async () => {
  const streamed = await REQUESTS["a stream"]().set("Origin", LISTED);
  expect(streamed.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
  const faulty = await server().post("/api/chat").set("Origin", LISTED).send({ question: "" });
  expect([faulty.status, faulty.headers["access-control-allow-origin"]]).toEqual([400, LISTED]);
});
