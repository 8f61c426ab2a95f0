import express, { type Express, type RequestHandler } from "express";
import type { Logger } from "pino";
import type { AnswerDeps } from "./answer/answer-question.js";
import type { ChatModel } from "./chat-model/chat-model.js";
import type { ChatModelSettings } from "./chat-model/settings.js";
import type { Embedder } from "./embed/embedder.js";
import { DocentError } from "./errors.js";
import type { Verifier } from "./gate/verifier.js";
import { feedbackIn, type FeedbackLog, fileLog } from "./feedback.js";
import { chatRoute } from "./http/chat-route.js";
import { faqRoute, searchRoute, sourceRoute, sourcesRoute, suggestionsRoute } from "./http/corpus-routes.js";
import { feedbackRoute } from "./http/feedback-route.js";
import { type AdmissionLimits, admit } from "./http/admission.js";
import { API_HEADERS, crossOrigin, limitRate, requireKey, securityHeaders } from "./http/guards.js";
import { checkHost } from "./http/host.js";
import { completionsRoute } from "./http/openai/completions-route.js";
import { sendOpenAiError } from "./http/openai/errors.js";
import { modelRoutes } from "./http/openai/models-route.js";
import { checkOrigin } from "./http/origin.js";
import { openApiDocument } from "./http/openapi.js";
import { errorHandler, logFault, problemHandler } from "./http/problem.js";
import { observedAnswering, observeRequests } from "./http/observe.js";
import { nameRequests } from "./http/request-id.js";
import { heedCancellations } from "./mcp/cancellations.js";
import { bodyFaults, countBatch, forTools } from "./mcp/guards.js";
import { mcpRoute } from "./mcp/route.js";
import { Metrics } from "./metrics.js";
import { LIMITS } from "./http/schemas.js";
import { browserFileRoute, type BrowserFiles } from "./pages/browser-files.js";
import { docsRoute } from "./pages/docs-page.js";
import { faqPageRoute } from "./pages/faq-page.js";
import { homeRoute } from "./pages/home-page.js";
import { sourcePageRoute } from "./pages/source-page.js";
import { sourcesPageRoute } from "./pages/sources-page.js";
import type { PassageIndex } from "./search/passage-index.js";

export interface AppDeps {
  /** The index in use, or null while there is none. */
  index: () => PassageIndex | null;
  embedder: () => Embedder | null;
  /** What answers in its own words, if one is set. */
  chatModel?: ChatModel | null;
  /** What gives a second opinion on the chat model's sentences, if one is set. */
  verifier?: () => Verifier | null;
  /** What a million tokens of prompt and of reply cost, if it is set. */
  chatPrices?: ChatModelSettings["prices"];
  logger: Logger;
  browserFiles: BrowserFiles;
  version: string;
  apiKeys: readonly string[];
  corsOrigins: readonly string[];
  rateLimitPerMinute: number;
  trustProxy: number | false;
  /** Host names that are answered under; null for any. */
  allowedHosts: readonly string[] | "loopback" | null;
  /** How many answers are made at once, and how many wait; the usual numbers if absent. */
  admission?: AdmissionLimits;
  /** The folder where feedback is kept, if not elsewhere. */
  dataDir: string;
  feedbackLog?: FeedbackLog | undefined;
  /** Looks whether what is answered from can be reached. @throws DocentError if not */
  checkStore?: (() => Promise<void>) | undefined;
  /** Whether questions are logged, masked. */
  logQuestions: boolean;
}

/** What clients of the Model Context Protocol send beyond the API's headers. */
const MCP_HEADERS = [...API_HEADERS, "Mcp-Session-Id", "Mcp-Protocol-Version"];

/** Builds the Express app; nothing is listened on, read or written before a request comes. */
export function createApp(deps: AppDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", deps.trustProxy);
  app.set("query parser", "simple");

  const current = (): AnswerDeps => {
    const index = deps.index();
    const embedder = deps.embedder();
    if (index === null || embedder === null) {
      throw new DocentError("no_index", "The index is still being made. Try again in a few seconds.");
    }
    return { index, embedder, chatModel: deps.chatModel ?? null, verifier: deps.verifier?.() ?? null };
  };
  const index = (): PassageIndex => current().index;
  const feedback = feedbackIn(deps.feedbackLog ?? fileLog(deps.dataDir));
  const openApi = openApiDocument(deps.version);

  const metrics = new Metrics(deps.version, deps.index);
  const answering = observedAnswering(deps.logger, metrics, deps.logQuestions, deps.chatPrices ?? null);

  app.use(nameRequests(), observeRequests(deps.logger, metrics), securityHeaders());
  route(app, "/healthz", { get: [(_request, response) => void response.json({ status: "ok" })] });
  route(app, "/readyz", {
    get: [
      async (_request, response) => {
        const { buildId } = index();
        await deps.checkStore?.();
        response.json({ status: "ready", index: buildId });
      },
    ],
  });
  // After the two above: whatever looks after the server may ask under any name.
  app.use(checkHost(deps.allowedHosts));
  app.use(["/api", "/openapi.json"], crossOrigin(deps.corsOrigins));
  app.use("/v1", crossOrigin(deps.corsOrigins, null));

  const limit = limitRate(deps.rateLimitPerMinute);
  const api = [limit, requireKey(deps.apiKeys)];
  const turn = admit(deps.admission);
  // Not strict, so that a body such as null is called what it is: well-formed, but no object.
  const json = [requireJson, express.json({ limit: LIMITS.bodyBytes, type: "application/json", strict: false })];
  route(app, "/api/chat", { post: [...api, ...json, turn, chatRoute(current, answering, feedback.remember)] });
  route(app, "/api/feedback", { post: [...api, ...json, feedbackRoute(feedback, deps.logger, metrics)] });
  route(app, "/api/faq", { get: [...api, faqRoute(index)] });
  route(app, "/api/suggestions", { get: [...api, turn, suggestionsRoute(current)] });
  route(app, "/api/search", { get: [...api, turn, searchRoute(current)] });
  route(app, "/api/sources", { get: [...api, sourcesRoute(index)] });
  route(app, "/api/sources/*id", { get: [...api, sourceRoute(index)] });
  app.use("/mcp", crossOrigin(deps.corsOrigins, MCP_HEADERS, ["Mcp-Session-Id"]));
  const mcp = mcpRoute({
    deps: async () => current(),
    version: deps.version,
    answer: async (response, asked, request, signal) => {
      const told = await answering(asked, request, response, { signal });
      feedback.remember(request.question, told);
      return told;
    },
    onFault: (error, request, response) => logFault(deps.logger, deps, error, request, response),
  });
  const mcpGuards = [checkOrigin(deps.corsOrigins), ...api, ...json, countBatch(limit), heedCancellations()];
  route(app, "/mcp", { post: [...mcpGuards, forTools(turn), mcp] });
  app.use("/mcp", bodyFaults());
  // For the clients of OpenAI's API.
  const models = modelRoutes();
  route(app, "/v1/chat/completions", {
    post: [...api, ...json, turn, completionsRoute(current, answering, feedback.remember)],
  });
  route(app, "/v1/models", { get: [...api, models.list] });
  route(app, "/v1/models/*model", { get: [...api, models.one] });
  route(app, "/openapi.json", { get: [(_request, response) => void response.json(openApi)] });
  // What is asked of a server and how well it answers is its operator's business: the same key as the API, no other origins.
  route(app, "/metrics", { get: [...api, metricsRoute(metrics)] });
  // Pages show what the API answers, so they take the same key.
  const pages = [limit, requireKey(deps.apiKeys, "Basic")];
  route(app, "/", { get: [...pages, turn, homeRoute(current, answering)] });
  route(app, "/faq", { get: [...pages, faqPageRoute(index)] });
  route(app, "/sources", { get: [...pages, sourcesPageRoute(index)] });
  route(app, "/sources/*id", { get: [...pages, sourcePageRoute(index)] });
  const { integrity } = deps.browserFiles.get("/widget.js")!;
  route(app, "/docs", { get: [limit, docsRoute(openApi, integrity, deps.apiKeys.length > 0)] });
  // These hold nothing of the documents, so they need no key; other origins that may call the API may load the widget.
  app.use(["/widget.js", "/widget@1.js"], crossOrigin(deps.corsOrigins));
  for (const [path, file] of deps.browserFiles) route(app, path, { get: [browserFileRoute(file)] });
  // Browsers ask for it where they find no page that names an icon.
  route(app, "/favicon.ico", { get: [(_request, response) => response.redirect(301, "/favicon.svg")] });

  app.use((request) => {
    throw new DocentError("not_found", `There is nothing at ${request.path.slice(0, 200)}.`);
  });
  app.use("/v1", errorHandler(deps.logger, deps, sendOpenAiError));
  app.use(problemHandler(deps.logger, deps));
  return app;
}

type Method = "get" | "post";

/** Mounts a path's handlers, and answers its other methods with 405. */
function route(app: Express, path: string, handlers: Partial<Record<Method, RequestHandler[]>>): void {
  const methods = Object.keys(handlers) as Method[];
  for (const method of methods) app[method](path, ...handlers[method]!);
  const allowed = methods.includes("get") ? ["GET", "HEAD"] : ["POST"];
  app.all(path, (request, response) => {
    response.setHeader("Allow", allowed.join(", "));
    throw new DocentError("method_not_allowed", `${request.method} is not answered here; use ${allowed.join(" or ")}.`);
  });
}

const requireJson: RequestHandler = (request, _response, next) => {
  if (request.is("application/json") === false) {
    throw new DocentError("not_json", 'Send the body as JSON with "Content-Type: application/json".');
  }
  next();
};

/** GET /metrics: Prometheus' text format. */
function metricsRoute(metrics: Metrics): RequestHandler {
  return async (_request, response) => {
    response.setHeader("Cache-Control", "no-store");
    response.type(metrics.contentType).send(await metrics.text());
  };
}
