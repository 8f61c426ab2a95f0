import { randomUUID } from "node:crypto";
import supertest from "supertest";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { FeedbackRecord } from "../../src/feedback.js";
import type { Database } from "../../src/postgres/database.js";
import { postgresLog } from "../../src/postgres/feedback-log.js";
import type { PassageIndex } from "../../src/search/passage-index.js";
import type { Answer } from "../../src/types.js";
import { appOver, folderForFile, openIndex, problem, problemIn } from "../http/app-under-test.js";
import { HashEmbedder } from "../helpers/hash-embedder.js";
import { temporaryDatabase } from "../helpers/postgres.js";
import { FolderStore } from "../../src/search/folder-store.js";

const embedder = new HashEmbedder();
const folder = folderForFile();
const QUESTION = "What are herrings smoked over?";
const RATED = {
  question: QUESTION,
  status: "answered",
  answer: "Beech wood [1].",
  confidence: 0.9,
  sources: [{ n: 1 }],
};

let index: PassageIndex;
let database: Database;

beforeAll(async () => {
  const files = { "plain.txt": "Herrings are smoked over beech wood.\n" };
  index = await openIndex(folder, embedder, files, new FolderStore(`${folder}/index`));
});
beforeEach(async () => {
  database = await temporaryDatabase();
});

const rows = () => database.query(`SELECT * FROM ${database.table("feedback")} ORDER BY time`);
const record = (more: Partial<FeedbackRecord> = {}): FeedbackRecord => ({
  id: randomUUID(),
  time: "2026-01-02T03:04:05.678Z",
  rating: { answer_id: "01J", rating: "up" },
  answer: null,
  ...more,
});

describe("ratings in PostgreSQL", () => {
  it("are rows, with their answers where those are remembered", async () => {
    const log = postgresLog(database);
    const rating = { answer_id: "01J", rating: "down" as const, comment: 'Not "all"\nof it, it\'s \\ \u2028 😀.' };
    const [bare, full] = [record(), record({ rating, answer: RATED, time: "2026-01-02T03:04:06.000Z" })];
    await log.append(bare);
    await log.append(full);
    expect(await rows()).toEqual([
      { id: bare.id, time: new Date(bare.time), answer_id: "01J", rating: "up", comment: null, answer: null },
      { id: full.id, time: new Date(full.time), ...rating, answer: RATED },
    ]);
  });

  it("are kept once, though they are sent again because a connection was lost", async () => {
    const twice = record({ answer: RATED });
    for (let i = 0; i < 2; i++) await postgresLog(database).append(twice);
    expect(await rows()).toHaveLength(1);
  });

  it("may hold any character, of which those that PostgreSQL has no room for are left out", async () => {
    const odd = "a\u0000b\ud800c";
    const rating = { answer_id: odd, rating: "up" as const, comment: odd };
    await postgresLog(database).append(record({ rating, answer: { ...RATED, question: odd } }));
    const kept = "ab\ufffdc";
    expect(await rows()).toMatchObject([{ answer_id: kept, comment: kept, answer: { question: kept } }]);
    const table = database.table("feedback");
    expect(await database.query(`SELECT answer->>'question' AS question FROM ${table}`)).toEqual([{ question: kept }]);
  });

  it("are kept 100 at once", async () => {
    const log = postgresLog(database);
    await Promise.all(Array.from({ length: 100 }, () => log.append(record({ answer: RATED }))));
    expect(await rows()).toHaveLength(100);
  });

  it("come from the API", async () => {
    const { app, logs } = appOver(index, embedder, { feedbackLog: postgresLog(database) });
    const asked = await supertest(app).post("/api/chat").send({ question: QUESTION });
    const answer = JSON.parse(asked.text) as Answer;
    const sent = await supertest(app)
      .post("/api/feedback")
      .send({ answer_id: answer.id, rating: "down", comment: "No." });
    expect([sent.status, sent.text]).toEqual([204, ""]);
    expect(await rows()).toMatchObject([
      {
        answer_id: answer.id,
        rating: "down",
        comment: "No.",
        answer: {
          question: QUESTION,
          status: "answered",
          answer: answer.answer,
          confidence: answer.confidence,
          sources: answer.citations.map(({ n, source, start, end }) => ({ n, source, start, end })),
        },
      },
    ]);
    expect(logs).toEqual([]);
  });

  it("are turned down once the table is full", async () => {
    const table = database.table("feedback");
    const { app } = appOver(index, embedder, { feedbackLog: postgresLog(database) });
    const send = () => supertest(app).post("/api/feedback").send({ answer_id: "01J", rating: "up" });
    // Stored as it is, so that it takes as much room as it is long.
    await database.query(`ALTER TABLE ${table} ALTER comment SET STORAGE EXTERNAL`);
    await database.query(
      `INSERT INTO ${table} (id, answer_id, rating, comment)
       SELECT gen_random_uuid(), 'x', 'up', repeat('x', 1000000) FROM generate_series(1, 50)`,
    );
    expect(problemIn(await send())).toEqual(
      problem("not-kept", "The table of feedback is full. Ask the operator to move its rows away."),
    );
    expect(await rows()).toHaveLength(50);
    await database.query(`TRUNCATE ${table}`);
    expect((await send()).status).toBe(204);
  });
});
