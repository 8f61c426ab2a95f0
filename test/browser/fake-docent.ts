import path from "node:path";
import express, { type Response } from "express";
import { PROJECT_DIR } from "../../src/config.js";
import { openEventStream } from "../../src/http/sse.js";
import { browserFileRoute, loadBrowserFiles } from "../../src/pages/browser-files.js";
import type { Answer, Citation } from "../../src/types.js";
import { type HostPage, hostPages } from "./host-page.js";
import { type Site, startedSite } from "./site.js";

interface Asked {
  question: string;
  history: { role: "user" | "assistant"; content: string }[];
}

/** A server that keeps the contract of POST /api/chat, with answers and faults as a test wants them. */
export interface FakeDocent {
  site: Site;
  /** Where the page with the widget is. */
  url: string;
  /** What the widget was asked to send, oldest first. */
  asked: Asked[];
  feedback: { answer_id: string; rating: string; comment?: string }[];
  /** Answers the next questions. */
  answerWith: (chat: Chat) => void;
  suggestions: string[];
}

type Chat = (reply: Reply, asked: Asked) => void | Promise<void>;

/** One answer on its way. */
class Reply {
  #events: ReturnType<typeof openEventStream> | null = null;
  /** Settles when the connection is over, whoever ended it. */
  readonly closed: Promise<void>;

  constructor(private readonly response: Response) {
    this.closed = new Promise((resolve) => response.on("close", resolve));
  }

  send(event: string, data: unknown): void {
    this.#events ??= openEventStream(this.response);
    this.#events.send(event, data);
  }

  delta(text: string): void {
    this.send("delta", { text });
  }

  /** The whole answer as the real server streams it. */
  answer(answer: Answer): void {
    this.send("sources", answer.citations);
    for (const text of answer.answer.match(/\S+\s*/g) ?? []) this.delta(text);
    this.done(answer);
  }

  done(answer: Answer): void {
    this.send("done", answer);
    this.response.end();
  }

  /** What stands in the stream, to the byte. */
  raw(bytes: string | Uint8Array): void {
    this.#events ??= openEventStream(this.response);
    this.response.write(bytes);
  }

  /** Ends the stream in good order. */
  end(): void {
    this.response.end();
  }

  /** A page where events were asked for, as a network that wants a log-in sends it. */
  html(markup: string): void {
    this.response.type("html").send(markup);
  }

  /** Breaks the connection off. */
  cut(): void {
    this.response.destroy();
  }

  fail(status: number, headers: Record<string, string> = {}): void {
    const problem = { type: "about:blank", title: "A problem", status, detail: "Only for programs." };
    this.response.status(status).set(headers).type("application/problem+json").send(JSON.stringify(problem));
  }
}

/** Starts one for the test that is running. */
export async function fakeDocent(page: HostPage = {}): Promise<FakeDocent> {
  const app = express();
  let chat: Chat = (reply) => reply.answer(anAnswer());
  const fake: Omit<FakeDocent, "site" | "url"> = {
    asked: [],
    feedback: [],
    answerWith: (next) => void (chat = next),
    suggestions: [],
  };
  app.use(express.json({ limit: "1mb" }));
  app.post("/api/chat", (request, response) => {
    const asked = request.body as Asked;
    fake.asked.push(asked);
    return chat(new Reply(response), asked);
  });
  app.get("/api/suggestions", (_request, response) => void response.json(fake.suggestions));
  app.post("/api/feedback", (request, response) => {
    fake.feedback.push(request.body as FakeDocent["feedback"][number]);
    response.status(204).end();
  });
  for (const [name, file] of loadBrowserFiles(path.join(PROJECT_DIR, "dist", "browser"))) {
    app.get(name, browserFileRoute(file));
  }
  const pages = new Map([
    ["/", page],
    ["/elsewhere", { chat: null }],
  ]);
  app.use(hostPages(pages));
  const site = await startedSite(app);
  return Object.assign(fake, { site, url: site.url });
}

/** An answer of two sentences, each from a source of its own. */
export function anAnswer(changes: Partial<Answer> = {}): Answer {
  const answer = "The library is open on all days but Monday [1]. Loans last for three weeks [2].";
  return {
    id: "01JANSWER",
    status: "answered",
    answer,
    citations: [
      aCitation(1, "The library is open on all days but Monday."),
      aCitation(2, "Loans last for three weeks.", { title: "Rules for readers", source: "rules" }),
    ],
    confidence: 0.9,
    suggestions: [],
    model: "extractive",
    mode: "extractive",
    ...changes,
  };
}

export function aCitation(n: number, quote: string, changes: Partial<Citation> = {}): Citation {
  const source = changes.source ?? "hours";
  return {
    n,
    source,
    title: "Opening hours",
    heading: ["Visits"],
    quote,
    start: 100,
    end: 100 + quote.length,
    url: `/sources/${source}#p${n}`,
    external_url: null,
    timestamp: null,
    ...changes,
  };
}

export function aRefusal(suggestions: string[] = []): Answer {
  return anAnswer({
    id: "01JREFUSAL",
    status: "not_found",
    answer: "The documents do not say.",
    citations: [],
    confidence: 0.8,
    suggestions,
  });
}
