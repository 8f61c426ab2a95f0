import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { StartupError } from "./errors.js";
import { BUNDLED_MODEL } from "./embed/transformers-embedder.js";

export interface Config {
  host: string;
  port: number;
  corpusDir: string;
  indexDir: string;
  /** Where feedback is kept. */
  dataDir: string;
  modelsDir: string;
  embeddingModel: string;
  apiKeys: string[];
  corsOrigins: string[];
  /** 0 = no limit. */
  rateLimitPerMinute: number;
  /** What Express's "trust proxy" takes: a number of proxies, or false. */
  trustProxy: number | false;
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

/** Every setting with what it allows; the messages complete the sentence "NAME: … is not allowed; it takes …". */
const SETTINGS = z
  .object({
    HOST: z.string().min(1, "a host name or address"),
    PORT: wholeNumber(0, 65_535),
    CORPUS_DIR: z.string().min(1, "a folder"),
    INDEX_DIR: z.string().min(1, "a folder"),
    DATA_DIR: z.string().min(1, "a folder"),
    EMBEDDING_MODEL: z.string(),
    RERANKER_MODEL: off("re-ranking is not part of this version"),
    CHAT_MODEL: off("this version answers by quotation only"),
    CHAT_BASE_URL: z.string(),
    VECTOR_STORE: z.enum(["hnsw"], '"hnsw" (PostgreSQL is not part of this version)'),
    DATABASE_URL: z.string(),
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
    RATE_LIMIT_PER_MINUTE: wholeNumber(0, 1_000_000),
    TRUST_PROXY: z
      .string()
      .regex(/^(false|true|\d{1,2})$/, '"false" or the number of proxies in front of Docent')
      .transform((value) => (value === "false" ? false : value === "true" ? 1 : Number(value))),
    LOG_LEVEL: z.enum(
      ["fatal", "error", "warn", "info", "debug", "trace", "silent"],
      "fatal, error, warn, info, debug, trace or silent",
    ),
  })
  .partial();

/** Settings whose value must not be shown, not even in an error. */
const SECRET = new Set(["API_KEYS", "DATABASE_URL"]);

/**
 * Reads the settings; an empty value counts as not given.
 *
 * @throws StartupError naming every invalid setting, its value and what is allowed, one line each
 */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(
    Object.keys(SETTINGS.shape).flatMap((name) => {
      const value = env[name]?.trim();
      return value === undefined || value === "" ? [] : [[name, value]];
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
  return {
    host: settings.HOST ?? "127.0.0.1",
    port: settings.PORT ?? 3000,
    corpusDir: path.resolve(settings.CORPUS_DIR ?? path.join(PROJECT_DIR, "corpus")),
    indexDir: path.resolve(settings.INDEX_DIR ?? path.join(PROJECT_DIR, "index")),
    dataDir: path.resolve(settings.DATA_DIR ?? path.join(PROJECT_DIR, "data")),
    modelsDir: path.join(PROJECT_DIR, "models"),
    embeddingModel: settings.EMBEDDING_MODEL ?? BUNDLED_MODEL,
    apiKeys: settings.API_KEYS ?? [],
    corsOrigins: settings.CORS_ORIGINS ?? [],
    rateLimitPerMinute: settings.RATE_LIMIT_PER_MINUTE ?? 120,
    trustProxy: settings.TRUST_PROXY ?? false,
    logLevel: settings.LOG_LEVEL ?? "info",
  };
}

/** Reads `.env` of the project, if there is one, and the environment, which wins. */
export function loadConfig(): Config {
  const file = path.join(PROJECT_DIR, ".env");
  if (existsSync(file)) process.loadEnvFile(file);
  return parseConfig(process.env);
}
