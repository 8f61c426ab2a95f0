import express from "express";

/** The floor of serving: an Express route that reads a question and sends an answer that is ready. */

const citation = {
  n: 1,
  source: "alliances-for-exploration",
  title: "Space agencies: building alliances between nations to explore the cosmos?",
  heading: ["Looking Back: How International Cooperation in Space Began"],
  quote: "x".repeat(200),
  start: 3141,
  end: 3341,
  url: "/sources/alliances-for-exploration#p12",
  external_url: null,
  timestamp: null,
};
const answer = {
  id: "01JZZZZZZZZZZZZZZZZZZZZZZZ",
  status: "answered",
  answer: "x".repeat(250),
  citations: [citation, { ...citation, n: 2 }, { ...citation, n: 3 }],
  confidence: 0.9,
  suggestions: ["What is NISAR?", "Who built it?", "When was it launched?"],
  model: "extractive",
  mode: "extractive",
};
const app = express();
app.get("/readyz", (_request, response) => void response.json({ status: "ready" }));
app.post("/api/chat", express.json(), (_request, response) => void response.json(answer));
app.listen(Number(process.env["PORT"]), "127.0.0.1");
