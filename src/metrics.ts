import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Generated } from "./answer/generate.js";
import type { Trace } from "./answer/trace.js";
import type { PassageIndex } from "./search/passage-index.js";
import type { Answer } from "./types.js";

/** How asking went: `cancelled` by a caller who went away, `failed` by a fault of the server. */
export type Outcome = "answered" | "refused" | "small_talk" | "cancelled" | "failed";

/** From what a step takes on the bundled corpus (0.1 ms) to what nobody waits for. In seconds. */
const STEP_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];
const REQUEST_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
/** Confidence is shown in tenths. */
const TENTHS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/**
 * What GET /metrics shows, in a registry of its own. Every label takes one of a few values that are known beforehand: route
 * patterns, never addresses; reasons, never texts.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<"method" | "route" | "status">;
  readonly #steps: Histogram<"step">;
  readonly #answers: Histogram<"outcome">;
  readonly #refusals: Counter<"reason">;
  readonly #confidence: Histogram<"outcome">;
  readonly #feedback: Counter<"rating" | "confidence">;
  readonly #generated: Counter<"outcome">;
  readonly #sentences: Counter<"result">;
  readonly #tokens: Counter<"kind">;
  readonly #cost: Counter;

  /** @param index the index in use, or null while there is none */
  constructor(version: string, index: () => PassageIndex | null) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Histogram({
      name: "docent_http_request_duration_seconds",
      help: "Time from a request's headers to the end of its answer, by route pattern; status 0: the caller went away.",
      labelNames: ["method", "route", "status"],
      buckets: REQUEST_BUCKETS,
      registers,
    });
    this.#steps = new Histogram({
      name: "docent_step_duration_seconds",
      help: "Time of each step of answering.",
      labelNames: ["step"],
      buckets: STEP_BUCKETS,
      registers,
    });
    this.#answers = new Histogram({
      name: "docent_answer_duration_seconds",
      help: "Time of answering a question, by how it went.",
      labelNames: ["outcome"],
      buckets: REQUEST_BUCKETS,
      registers,
    });
    this.#refusals = new Counter({
      name: "docent_refusals_total",
      help: "Questions that were not answered, by reason.",
      labelNames: ["reason"],
      registers,
    });
    this.#confidence = new Histogram({
      name: "docent_answer_confidence",
      help: "Confidence of answers and refusals, small talk left out.",
      labelNames: ["outcome"],
      buckets: TENTHS,
      registers,
    });
    this.#feedback = new Counter({
      name: "docent_feedback_total",
      help: "Ratings, by the confidence of what was rated; unknown where the server does not remember it.",
      labelNames: ["rating", "confidence"],
      registers,
    });
    this.#generated = new Counter({
      name: "docent_chat_model_answers_total",
      help: "Answers asked of the chat model, by how it went: generated, or why quotes were given instead.",
      labelNames: ["outcome"],
      registers,
    });
    this.#sentences = new Counter({
      name: "docent_chat_model_sentences_total",
      help: "Sentences of the chat model, by what the citation gate made of them.",
      labelNames: ["result"],
      registers,
    });
    this.#tokens = new Counter({
      name: "docent_chat_model_tokens_total",
      help: "Tokens as the chat model's server counts them.",
      labelNames: ["kind"],
      registers,
    });
    this.#cost = new Counter({
      name: "docent_chat_model_cost_total",
      help: "What the tokens cost by CHAT_PRICES, in its currency.",
      registers,
    });
    const build = { name: "docent_build_info", help: "Version of Docent and of Node.js.", registers } as const;
    new Gauge({ ...build, labelNames: ["version", "node"] }).set({ version, node: process.version }, 1);
    registerIndexGauges(this.#registry, index);
  }

  /** @param route the route's pattern @param status 0 if the caller went away */
  request(method: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ method: METHODS.has(method) ? method : "other", route, status }, seconds);
  }

  answer(answer: Answer, trace: Trace, seconds: number): Outcome {
    const outcome = trace.smallTalk ? "small_talk" : answer.status === "answered" ? "answered" : "refused";
    this.#answers.observe({ outcome }, seconds);
    for (const part of trace.parts)
      for (const [step, ms] of Object.entries(part.ms)) this.#steps.observe({ step }, ms / 1000);
    if (trace.refusal !== null) this.#refusals.inc({ reason: trace.refusal });
    if (!trace.smallTalk) this.#confidence.observe({ outcome }, answer.confidence);
    return outcome;
  }

  /** @param cost in the currency of the prices, or null if it is not known */
  chatModel({ mode, fallback }: Answer, { verification, usage }: Generated, cost: number | null): void {
    this.#generated.inc({ outcome: mode === "generated" ? "generated" : (fallback ?? "not_verified") });
    for (const { result } of verification) this.#sentences.inc({ result });
    if (usage !== null) {
      this.#tokens.inc({ kind: "prompt" }, usage.promptTokens);
      this.#tokens.inc({ kind: "completion" }, usage.completionTokens);
    }
    if (cost !== null) this.#cost.inc(cost);
  }

  noAnswer(outcome: "cancelled" | "failed", seconds: number): void {
    this.#answers.observe({ outcome }, seconds);
  }

  /** @param confidence of the answer that was rated, or null if it is not known */
  feedback(rating: "up" | "down", confidence: number | null): void {
    this.#feedback.inc({ rating, confidence: confidence === null ? "unknown" : tenthOf(confidence) });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

const METHODS = new Set(["GET", "HEAD", "POST", "OPTIONS"]);

/** The tenth that a confidence lies in, upper end included as in a histogram: 0.8 is in "0.7-0.8". */
function tenthOf(confidence: number): string {
  const upper = Math.max(1, Math.ceil(Math.round(confidence * 1000) / 100));
  return `${((upper - 1) / 10).toFixed(1)}-${(upper / 10).toFixed(1)}`;
}

/** Gauges of the index in use, read when they are asked for; none while there is no index. */
function registerIndexGauges(registry: Registry, index: () => PassageIndex | null): void {
  const gauge = (name: string, help: string, read: (index: PassageIndex) => number): void => {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          const current = index();
          this.reset();
          if (current === null) this.remove();
          else this.set(read(current));
        },
      }),
    );
  };
  gauge("docent_index_documents", "Documents in the index.", ({ counts }) => counts.documents);
  gauge("docent_index_passages", "Passages in the index.", ({ counts }) => counts.passages);
  gauge("docent_index_faq_items", "FAQ items in the index.", ({ counts }) => counts.faqItems);
  const age = ({ builtAt }: PassageIndex): number => Math.max(0, (Date.now() - Date.parse(builtAt)) / 1000);
  gauge("docent_index_age_seconds", "Time since the index was built.", age);
  gauge(
    "docent_index_probes_answered_ratio",
    "Share of probe questions about other things that this index would answer, as measured at ingest.",
    ({ refusal }) => refusal.answeredForeign,
  );
  gauge(
    "docent_index_probes_refused_ratio",
    "Share of questions made from the documents that this index would refuse, as measured at ingest.",
    ({ refusal }) => refusal.refusedOwn,
  );
  registry.registerMetric(
    new Gauge({
      name: "docent_index_info",
      help: "The build of the index in use.",
      labelNames: ["build"],
      registers: [],
      collect() {
        const current = index();
        this.reset();
        if (current !== null) this.set({ build: current.buildId }, 1);
      },
    }),
  );
}
