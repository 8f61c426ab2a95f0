import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { CHAT_PROVIDERS, type ChatModelSettings, parseChatModel } from "./chat-model/settings.js";
import { READING_LIMITS, type ReadingLimits } from "./corpus/reading-limits.js";
import { StartupError } from "./errors.js";
import { type MannerOverrides, POOLINGS } from "./embed/families.js";
import { DEFAULT_HUB, type HubSettings } from "./embed/hub.js";
import { DTYPES } from "./embed/model-files.js";
import { BUNDLED_MODEL } from "./embed/transformers-embedder.js";
import { isLoopback } from "./http/host.js";

export interface Config {
  host: string;
  port: number;
  corpusDir: string;
  indexDir: string;
  /** The database that holds the index and the feedback; null if folders do. */
  database: { url: string; schema: string } | null;
  /** Where feedback is kept. */
  dataDir: string;
  /** What a file of the corpus may cost. */
  readingLimits: Pick<ReadingLimits, "bytes" | "seconds">;
  modelsDir: string;
  embeddingModel: string;
  /** What counts instead of what is known of the model's family. */
  embeddingOverrides: MannerOverrides;
  /** Where models of the hub are kept once downloaded. */
  modelCacheDir: string;
  hub: HubSettings;
  /** What answers in its own words; null for quotes alone. */
  chatModel: ChatModelSettings | null;
  /** What gives a second opinion on the chat model's sentences: a folder or a hub id; null for none. */
  verifierModel: string | null;
  apiKeys: string[];
  corsOrigins: string[];
  /** 0 = no limit. */
  rateLimitPerMinute: number;
  /** Host names that the server answers under: those given, those of this machine where it listens only there, or any. */
  allowedHosts: string[] | "loopback" | null;
  /** What Express's "trust proxy" takes: a number of proxies, or false. */
  trustProxy: number | false;
  /** Whether questions are logged, with e-mail addresses and phone numbers masked. */
  logQuestions: boolean;
  logLevel: "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";
}

/** The folder with package.json, `corpus/` and `models/`, wherever the compiled file lies. */
export const PROJECT_DIR = findProject(path.dirname(fileURLToPath(import.meta.url)));

function findProject(folder: string): string {
  if (existsSync(path.join(folder, "package.json"))) return folder;
  const parent = path.dirname(folder);
  return parent === folder ? process.cwd() : findProject(parent);
}

const list = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== ""),
);
const wholeNumber = (least: number, most: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d+$/, `a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `a whole number from ${least} to ${most}`);
const origin = /^https?:\/\/[^/?#@\s]+$/i;
const off = (what: string): z.ZodType<string> =>
  z.string().refine((value) => value === "" || value.toLowerCase() === "off", `empty or "off" (${what})`);

const isOff = (value: string): boolean => value.toLowerCase() === "off";
const PRICES = /^(\d{1,6}(?:\.\d{1,6})?)\s*\/\s*(\d{1,6}(?:\.\d{1,6})?)$/;

const ON = new Set(["1", "on", "yes", "true"]);
const OFF = new Set(["0", "off", "no", "false"]);
const headerValue = z.string().regex(/^[\x21-\x7e]+$/, "a token of ASCII letters, digits and signs");
/**
 * A text put before every question or passage. Its spaces count, so it is not trimmed; quotes around it are taken off, as
 * some readers of .env files leave them on; `\n` is a line break; "off" is none.
 */
const prefix = z
  .string()
  .max(1000, "at most 1000 characters")
  .transform((value) => (value.trim().toLowerCase() === "off" ? "" : unquoted(value).replaceAll("\\n", "\n")));

function unquoted(value: string): string {
  return /^\s*(["'])([^]*)\1\s*$/.exec(value)?.[2] ?? value;
}

/** Every setting with what it allows; the messages complete the sentence "NAME: … is not allowed; it takes …". */
const SETTINGS = z
  .object({
    HOST: z.string().min(1, "a host name or address"),
    PORT: wholeNumber(0, 65_535),
    CORPUS_DIR: z.string().min(1, "a folder"),
    INDEX_DIR: z.string().min(1, "a folder"),
    DATA_DIR: z.string().min(1, "a folder"),
    MAX_FILE_MB: wholeNumber(1, 2000),
    MAX_FILE_SECONDS: wholeNumber(1, 3600),
    EMBEDDING_MODEL: z.string(),
    EMBEDDING_POOLING: z.enum(POOLINGS, POOLINGS.join(", ")),
    EMBEDDING_QUERY_PREFIX: prefix,
    EMBEDDING_PASSAGE_PREFIX: prefix,
    EMBEDDING_DTYPE: z.enum(DTYPES, DTYPES.join(", ")),
    EMBEDDING_DIMENSIONS: wholeNumber(1, 16_384),
    MODEL_CACHE_DIR: z.string().min(1, "a folder"),
    // The names that Hugging Face's own tools know.
    HF_ENDPOINT: z
      .string()
      .refine(
        (value) => URL.canParse(value) && /^https?:\/\/[^?#]+$/i.test(value),
        "an address such as https://example.org",
      ),
    HF_TOKEN: headerValue,
    HF_ACCESS_TOKEN: headerValue,
    HF_HUB_DOWNLOAD_TIMEOUT: wholeNumber(1, 3600),
    HF_HUB_OFFLINE: z
      .string()
      .toLowerCase()
      .refine((value) => ON.has(value) || OFF.has(value), "1 or 0")
      .transform((value) => ON.has(value)),
    RERANKER_MODEL: off("re-ranking is not part of this version"),
    CHAT_MODEL: z
      .string()
      .refine(
        (value) => isOff(value) || parseChatModel(value) !== null,
        `"off" or provider:model, such as "openai:gpt-5-mini" (providers: ${Object.keys(CHAT_PROVIDERS).join(", ")})`,
      ),
    CHAT_BASE_URL: z
      .string()
      .refine(
        (value) => URL.canParse(value) && /^https?:\/\/[^?#@]+$/i.test(value),
        "an address such as http://localhost:8000/v1",
      ),
    OPENAI_API_KEY: headerValue,
    ANTHROPIC_API_KEY: headerValue,
    CHAT_PATIENCE_SECONDS: wholeNumber(1, 600),
    CHAT_TIMEOUT_SECONDS: wholeNumber(1, 3600),
    CHAT_MAX_TOKENS: wholeNumber(16, 100_000),
    CHAT_CONCURRENCY: wholeNumber(1, 1000),
    CHAT_PRICES: z
      .string()
      .regex(PRICES, 'two prices of a million tokens, of prompt and reply, such as "0.25/2"')
      .transform((value) => {
        const [, prompt, completion] = PRICES.exec(value)!;
        return { prompt: Number(prompt), completion: Number(completion) };
      }),
    VERIFIER_MODEL: z.string(),
    VECTOR_STORE: z.enum(["hnsw", "pgvector"], '"hnsw" or "pgvector"'),
    DATABASE_URL: z.string(),
    DATABASE_SCHEMA: z.string().regex(/^[a-z_][a-z0-9_]{0,30}$/, "a name of small letters, digits and underscores"),
    // A value that holds no key must not leave the door open, nor a key that no HTTP header can carry shut it for good.
    API_KEYS: list.refine(
      (keys) => keys.length > 0 && keys.every((key) => /^[\x21-\x7e]+$/.test(key)),
      "keys of ASCII letters, digits and signs without spaces, comma separated",
    ),
    CORS_ORIGINS: list
      .refine(
        (origins) => origins.every((one) => one === "*" || (origin.test(one) && URL.canParse(one))),
        'origins such as "https://example.org", comma separated, or "*"',
      )
      // As browsers write them: lower case, without a default port.
      .transform((origins) => origins.map((one) => (one === "*" ? one : new URL(one).origin))),
    ALLOWED_HOSTS: list
      .transform((names) => names.map((name) => name.toLowerCase()))
      .refine(
        (names) => names.every((name) => name === "*" || /^(?:[\w.-]+|\[[\da-f:.]+\])$/.test(name)),
        'host names without port, such as "docs.example.org", comma separated, or "*"',
      ),
    RATE_LIMIT_PER_MINUTE: wholeNumber(0, 1_000_000),
    TRUST_PROXY: z
      .string()
      .regex(/^(false|true|\d{1,2})$/, '"false" or the number of proxies in front of Docent')
      .transform((value) => (value === "false" ? false : value === "true" ? 1 : Number(value))),
    LOG_LEVEL: z.enum(
      ["fatal", "error", "warn", "info", "debug", "trace", "silent"],
      "fatal, error, warn, info, debug, trace or silent",
    ),
    LOG_QUESTIONS: z
      .string()
      .toLowerCase()
      .refine((value) => ON.has(value) || OFF.has(value), '"on" or "off"')
      .transform((value) => ON.has(value)),
  })
  .partial();

/** What `compose.yaml` reads from the same file. */
const COMPOSE_SETTINGS = new Set(["POSTGRES_PASSWORD", "SITE_ADDRESS", "HTTP_PORT", "HTTPS_PORT"]);

/** Whether Docent, or something it uses or is run by, reads a variable of this name. */
export function isSetting(name: string): boolean {
  return (
    name in SETTINGS.shape || COMPOSE_SETTINGS.has(name) || /^(?:NODE_|HTTPS?_PROXY$|NO_PROXY$|DOCENT_)/i.test(name)
  );
}

/** Settings whose value must not be shown, not even in an error. */
const SECRET = new Set([
  "API_KEYS",
  "OPENAI_API_KEY",
  "ANTHROPIC_API_KEY",
  "CHAT_BASE_URL",
  "DATABASE_URL",
  "HF_TOKEN",
  "HF_ACCESS_TOKEN",
  "HF_ENDPOINT",
]);
/** Settings in which a space at the end counts. */
const UNTRIMMED = new Set(["EMBEDDING_QUERY_PREFIX", "EMBEDDING_PASSAGE_PREFIX"]);

/**
 * Reads the settings; an empty value counts as not given.
 *
 * @throws StartupError naming every invalid setting, its value and what is allowed, one line each
 */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.keys(SETTINGS.shape).flatMap((name) => {
      const value = env[name];
      if (value === undefined || value.trim() === "") return [];
      return [[name, UNTRIMMED.has(name) ? value : value.trim()]];
    }),
  );
  const parsed = SETTINGS.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      const value = SECRET.has(name) ? "the value" : JSON.stringify(given[name]);
      return `${name}: ${value} is not allowed; it takes ${issue.message}.`;
    });
    throw new StartupError([...new Set(lines)].join("\n"));
  }
  const settings = parsed.data;
  const host = settings.HOST ?? "127.0.0.1";
  const trustProxy = settings.TRUST_PROXY ?? false;
  return {
    host,
    port: settings.PORT ?? 3000,
    corpusDir: path.resolve(settings.CORPUS_DIR ?? path.join(PROJECT_DIR, "corpus")),
    indexDir: path.resolve(settings.INDEX_DIR ?? path.join(PROJECT_DIR, "index")),
    database: databaseFrom(settings),
    dataDir: path.resolve(settings.DATA_DIR ?? path.join(PROJECT_DIR, "data")),
    readingLimits: {
      bytes: settings.MAX_FILE_MB === undefined ? READING_LIMITS.bytes : settings.MAX_FILE_MB * 1_000_000,
      seconds: settings.MAX_FILE_SECONDS ?? READING_LIMITS.seconds,
    },
    modelsDir: path.join(PROJECT_DIR, "models"),
    embeddingModel: settings.EMBEDDING_MODEL ?? BUNDLED_MODEL,
    embeddingOverrides: overridesFrom(settings),
    modelCacheDir: path.resolve(settings.MODEL_CACHE_DIR ?? path.join(PROJECT_DIR, "models", "cache")),
    hub: {
      endpoint: settings.HF_ENDPOINT ?? DEFAULT_HUB.endpoint,
      token: settings.HF_TOKEN ?? settings.HF_ACCESS_TOKEN ?? DEFAULT_HUB.token,
      timeoutMs: (settings.HF_HUB_DOWNLOAD_TIMEOUT ?? DEFAULT_HUB.timeoutMs / 1000) * 1000,
      offline: settings.HF_HUB_OFFLINE ?? DEFAULT_HUB.offline,
    },
    chatModel: chatModelFrom(settings),
    verifierModel: isOff(settings.VERIFIER_MODEL ?? "off") ? null : settings.VERIFIER_MODEL!,
    apiKeys: settings.API_KEYS ?? [],
    corsOrigins: settings.CORS_ORIGINS ?? [],
    rateLimitPerMinute: settings.RATE_LIMIT_PER_MINUTE ?? 120,
    allowedHosts: hostsFrom(settings.ALLOWED_HOSTS, isLoopback(host) && Number(trustProxy) === 0),
    trustProxy,
    logQuestions: settings.LOG_QUESTIONS ?? false,
    logLevel: settings.LOG_LEVEL ?? "info",
  };
}

function chatModelFrom(settings: z.infer<typeof SETTINGS>): ChatModelSettings | null {
  const named = settings.CHAT_MODEL === undefined ? null : parseChatModel(settings.CHAT_MODEL);
  if (named === null) return null;
  const keyName = CHAT_PROVIDERS[named.provider];
  const apiKey = keyName === null ? null : (settings[keyName] ?? null);
  const baseUrl = settings.CHAT_BASE_URL ?? null;
  if (keyName !== null && apiKey === null && baseUrl === null) {
    throw new StartupError(
      `CHAT_MODEL: ${named.provider} needs a key. Set ${keyName}, or CHAT_BASE_URL for a server that needs none.`,
    );
  }
  return {
    ...named,
    apiKey,
    baseUrl,
    patienceSeconds: settings.CHAT_PATIENCE_SECONDS ?? 20,
    timeoutSeconds: settings.CHAT_TIMEOUT_SECONDS ?? 60,
    maxTokens: settings.CHAT_MAX_TOKENS ?? 1000,
    concurrency: settings.CHAT_CONCURRENCY ?? 8,
    prices: settings.CHAT_PRICES ?? null,
  };
}

function hostsFrom(names: string[] | undefined, isLocal: boolean): Config["allowedHosts"] {
  if (names === undefined || names.length === 0) return isLocal ? "loopback" : null;
  return names.includes("*") ? null : names;
}

/** @throws StartupError if the database is wanted and not named */
function databaseFrom({ VECTOR_STORE, DATABASE_URL, DATABASE_SCHEMA }: z.infer<typeof SETTINGS>): Config["database"] {
  if (VECTOR_STORE !== "pgvector") return null;
  if (DATABASE_URL === undefined) {
    throw new StartupError(
      'DATABASE_URL: must be set where VECTOR_STORE is "pgvector", to "postgresql://user:password@host:5432/database".',
    );
  }
  return { url: DATABASE_URL, schema: DATABASE_SCHEMA ?? "docent" };
}

/** Only those that are set, so that the others do not hide what is known of the model. */
function overridesFrom(settings: z.infer<typeof SETTINGS>): MannerOverrides {
  const {
    EMBEDDING_POOLING: pooling,
    EMBEDDING_QUERY_PREFIX: queryPrefix,
    EMBEDDING_PASSAGE_PREFIX: passagePrefix,
    EMBEDDING_DTYPE: dtype,
    EMBEDDING_DIMENSIONS: dimensions,
  } = settings;
  return {
    ...(pooling !== undefined && { pooling }),
    ...(queryPrefix !== undefined && { queryPrefix }),
    ...(passagePrefix !== undefined && { passagePrefix }),
    ...(dtype !== undefined && { dtype }),
    ...(dimensions !== undefined && { dimensions }),
  };
}

/** Reads `.env` of the project, if there is one, and the environment, which wins. */
export function loadConfig(): Config {
  const file = path.join(PROJECT_DIR, ".env");
  if (existsSync(file)) process.loadEnvFile(file);
  return parseConfig(process.env);
}
