import type { Express } from "express";
import supertest from "supertest";
import { beforeAll, describe, expect, it } from "vitest";
import type { Answer, Explanation } from "../../src/types.js";
import { appOver, bundledModel, folderForFile, openIndex } from "./app-under-test.js";

describe("explain", () => {
  let app: Express;
  beforeAll(async () => {
    const embedder = await bundledModel();
    app = appOver(await openIndex(folderForFile(), embedder), embedder).app;
  });
  const ask = async (body: object): Promise<Answer> =>
    (await supertest(app).post("/api/chat").send(body)).body as Answer;
  const explained = async (body: object): Promise<Explanation> => (await ask({ ...body, explain: true })).explain!;

  it("is there only where it is asked for, and changes nothing else", async () => {
    const question = "What does NISAR measure?";
    const [plain, off, on] = [
      await ask({ question }),
      await ask({ question, explain: false }),
      await ask({ question, explain: true }),
    ];
    expect(plain).not.toHaveProperty("explain");
    expect(off).not.toHaveProperty("explain");
    const { explain, id, ...rest } = on;
    expect(explain?.parts).toHaveLength(1);
    expect({ ...rest, id: plain.id }).toEqual(plain);
    expect(id).not.toBe(plain.id);
  });

  it("shows every candidate with its scores and ranks, more than were read", async () => {
    const { candidates, evidence, decision, ms } = (await explained({ question: "What does NISAR measure?" }))
      .parts[0]!;
    expect(candidates.length).toBeGreaterThan(30);
    // Twelve by dense and lexical score alone, and those of the best in the search's order that are not among them.
    const read = candidates.filter((one) => one.read);
    expect(read.length).toBeGreaterThanOrEqual(12);
    expect(candidates.slice(0, 8).every((one) => one.read)).toBe(true);
    for (const leg of ["dense", "lexical", "fused"] as const) {
      const sorted = candidates.toSorted((a, b) => a.ranks[leg] - b.ranks[leg]);
      expect(sorted[0]!.ranks[leg]).toBe(1);
      sorted.slice(1).forEach((one, i) => expect(one.scores[leg]).toBeLessThanOrEqual(sorted[i]!.scores[leg]));
    }
    expect(candidates.map(({ ranks }) => ranks.fused)).toEqual(
      candidates.map(({ ranks }) => ranks.fused).toSorted((a, b) => a - b),
    );
    expect(evidence.some(({ used }) => used)).toBe(true);
    expect(evidence.every(({ why, source }) => why !== "" && source !== "")).toBe(true);
    expect(decision.answer).toBe(true);
    expect(decision.signals).toHaveProperty("coverage");
    expect(Object.keys(ms)).toEqual(["embed", "retrieve", "weigh", "decide", "compose"]);
  });

  it("tells how a follow-up was understood, and why a refusal", async () => {
    const history = [{ role: "user", content: "What does NISAR measure?" }];
    expect((await explained({ question: "Who built it?", history })).question).toContain("NISAR");
    const refused = (await explained({ question: "What does a kilo of apples cost in Lisbon?" })).parts[0]!;
    expect(refused.decision.answer).toBe(false);
    expect(refused.evidence.some(({ used }) => used)).toBe(false);
  });

  it("has no parts for small talk, and must be true or false", async () => {
    expect((await explained({ question: "Hello!" })).parts).toEqual([]);
    const wrong = await supertest(app).post("/api/chat").send({ question: "Hello!", explain: "yes" });
    expect(wrong.body).toMatchObject({ status: 400, errors: [{ path: "explain", message: "must be true or false" }] });
  });
});
