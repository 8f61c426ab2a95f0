import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parseConfig, PROJECT_DIR } from "../../src/config.js";
import { StartupError } from "../../src/errors.js";
import { temporaryFolder } from "../helpers/folders.js";

const DEFAULTS = {
  host: "127.0.0.1",
  port: 3000,
  corpusDir: path.join(PROJECT_DIR, "corpus"),
  indexDir: path.join(PROJECT_DIR, "index"),
  dataDir: path.join(PROJECT_DIR, "data"),
  database: null,
  readingLimits: { bytes: 50_000_000, seconds: 60 },
  modelsDir: path.join(PROJECT_DIR, "models"),
  embeddingModel: "docent-embed-en",
  embeddingOverrides: {},
  modelCacheDir: path.join(PROJECT_DIR, "models", "cache"),
  hub: { endpoint: "https://huggingface.co", token: null, timeoutMs: 30_000, offline: false },
  chatModel: null,
  verifierModel: null,
  apiKeys: [],
  corsOrigins: [],
  rateLimitPerMinute: 120,
  allowedHosts: "loopback",
  trustProxy: false,
  logQuestions: false,
  logLevel: "info",
};
const NAMES = [
  "HOST",
  "PORT",
  "CORPUS_DIR",
  "INDEX_DIR",
  "DATA_DIR",
  "MAX_FILE_MB",
  "MAX_FILE_SECONDS",
  "EMBEDDING_MODEL",
  "EMBEDDING_POOLING",
  "EMBEDDING_QUERY_PREFIX",
  "EMBEDDING_PASSAGE_PREFIX",
  "EMBEDDING_DTYPE",
  "EMBEDDING_DIMENSIONS",
  "MODEL_CACHE_DIR",
  "HF_ENDPOINT",
  "HF_TOKEN",
  "HF_ACCESS_TOKEN",
  "HF_HUB_DOWNLOAD_TIMEOUT",
  "HF_HUB_OFFLINE",
  "RERANKER_MODEL",
  "CHAT_MODEL",
  "CHAT_BASE_URL",
  "OPENAI_API_KEY",
  "ANTHROPIC_API_KEY",
  "CHAT_PATIENCE_SECONDS",
  "CHAT_TIMEOUT_SECONDS",
  "CHAT_MAX_TOKENS",
  "CHAT_CONCURRENCY",
  "CHAT_PRICES",
  "VERIFIER_MODEL",
  "VECTOR_STORE",
  "DATABASE_URL",
  "API_KEYS",
  "CORS_ORIGINS",
  "ALLOWED_HOSTS",
  "RATE_LIMIT_PER_MINUTE",
  "TRUST_PROXY",
  "LOG_QUESTIONS",
  "LOG_LEVEL",
];

/** The lines of the error that settings are turned down with. */
function faults(env: Record<string, string>): string[] {
  try {
    parseConfig(env);
  } catch (error) {
    return error instanceof StartupError ? error.message.split("\n") : [`no StartupError: ${String(error)}`];
  }
  return [];
}

describe("defaults", () => {
  it("are the contract's", () => {
    expect(parseConfig({})).toEqual(DEFAULTS);
  });

  it.each(["", " ", "\t\n"])("hold for the empty value %j", (value) => {
    expect(parseConfig(Object.fromEntries(NAMES.map((name) => [name, value])))).toEqual(DEFAULTS);
  });

  it("hold whatever else the environment says", () => {
    expect(parseConfig({ PATH: "/bin", port: "1", Host: "x", __proto__: "x" })).toEqual(DEFAULTS);
  });

  it("lie in the project's folder, wherever the program was started", () => {
    const before = process.cwd();
    process.chdir(tmpdir());
    try {
      expect(parseConfig({})).toEqual(DEFAULTS);
      expect(parseConfig({ CORPUS_DIR: "docs" }).corpusDir).toBe(path.join(process.cwd(), "docs"));
    } finally {
      process.chdir(before);
    }
    expect(JSON.parse(readFileSync(path.join(PROJECT_DIR, "package.json"), "utf8"))).toMatchObject({ name: "docent" });
  });
});

describe("settings", () => {
  it.each([
    ["HOST", "0.0.0.0", { host: "0.0.0.0", allowedHosts: null }],
    ["HOST", "::1", { host: "::1" }],
    ["PORT", "0", { port: 0 }],
    ["MAX_FILE_MB", "200", { readingLimits: { bytes: 200_000_000, seconds: 60 } }],
    ["MAX_FILE_SECONDS", "5", { readingLimits: { bytes: 50_000_000, seconds: 5 } }],
    ["PORT", "65535", { port: 65_535 }],
    ["PORT", " 8080 ", { port: 8080 }],
    ["CORPUS_DIR", "/srv/docs/", { corpusDir: "/srv/docs" }],
    ["INDEX_DIR", "/srv/index", { indexDir: "/srv/index" }],
    ["INDEX_DIR", "some index", { indexDir: path.resolve("some index") }],
    ["DATA_DIR", "/srv/data", { dataDir: "/srv/data" }],
    ["EMBEDDING_MODEL", "Xenova/bge-small-en-v1.5", { embeddingModel: "Xenova/bge-small-en-v1.5" }],
    ["EMBEDDING_POOLING", "cls", { embeddingOverrides: { pooling: "cls" } }],
    ["EMBEDDING_DTYPE", "fp32", { embeddingOverrides: { dtype: "fp32" } }],
    ["EMBEDDING_DIMENSIONS", "256", { embeddingOverrides: { dimensions: 256 } }],
    ["MODEL_CACHE_DIR", "/srv/models", { modelCacheDir: "/srv/models" }],
    ["HF_ENDPOINT", "https://mirror.example/hub", { hub: { ...DEFAULTS.hub, endpoint: "https://mirror.example/hub" } }],
    ["HF_TOKEN", "hf_abc", { hub: { ...DEFAULTS.hub, token: "hf_abc" } }],
    ["HF_ACCESS_TOKEN", "hf_abc", { hub: { ...DEFAULTS.hub, token: "hf_abc" } }],
    ["HF_HUB_DOWNLOAD_TIMEOUT", "5", { hub: { ...DEFAULTS.hub, timeoutMs: 5000 } }],
    ["HF_HUB_OFFLINE", "1", { hub: { ...DEFAULTS.hub, offline: true } }],
    ["HF_HUB_OFFLINE", "False", { hub: DEFAULTS.hub }],
    ["API_KEYS", "one", { apiKeys: ["one"] }],
    ["API_KEYS", " one , two,,three, ", { apiKeys: ["one", "two", "three"] }],
    ["CORS_ORIGINS", "https://a.example", { corsOrigins: ["https://a.example"] }],
    [
      "CORS_ORIGINS",
      "https://a.example, http://localhost:5173",
      { corsOrigins: ["https://a.example", "http://localhost:5173"] },
    ],
    // As browsers write them, or they would never match.
    ["CORS_ORIGINS", "HTTPS://A.Example:443,http://b:80", { corsOrigins: ["https://a.example", "http://b"] }],
    ["CORS_ORIGINS", "*", { corsOrigins: ["*"] }],
    ["RATE_LIMIT_PER_MINUTE", "0", { rateLimitPerMinute: 0 }],
    ["RATE_LIMIT_PER_MINUTE", "1000000", { rateLimitPerMinute: 1_000_000 }],
    ["ALLOWED_HOSTS", "Docs.example.org, [::1]", { allowedHosts: ["docs.example.org", "[::1]"] }],
    ["ALLOWED_HOSTS", "*", { allowedHosts: null }],
    ["TRUST_PROXY", "false", { trustProxy: false }],
    ["TRUST_PROXY", "true", { trustProxy: 1, allowedHosts: null }],
    ["TRUST_PROXY", "0", { trustProxy: 0 }],
    ["TRUST_PROXY", "2", { trustProxy: 2, allowedHosts: null }],
    ...["fatal", "error", "warn", "info", "debug", "trace", "silent"].map(
      (level) => ["LOG_LEVEL", level, { logLevel: level }] as [string, string, object],
    ),
    ["RERANKER_MODEL", "off", {}],
    ["RERANKER_MODEL", "OFF", {}],
    ["CHAT_MODEL", "off", {}],
    ["CHAT_BASE_URL", "http://localhost:8080/v1", {}],
    ["VERIFIER_MODEL", "Off", {}],
    ["VERIFIER_MODEL", "Xenova/nli-deberta-v3-xsmall", { verifierModel: "Xenova/nli-deberta-v3-xsmall" }],
    ["VECTOR_STORE", "hnsw", {}],
    ["DATABASE_URL", "postgres://u:p@h/d", {}],
  ])("%s=%s is read", (name, value, expected) => {
    expect(parseConfig({ [name]: value })).toEqual({ ...DEFAULTS, ...expected });
  });
});

describe("prefixes", () => {
  it.each([
    // Spaces count, also the last one.
    ["query: ", "query: "],
    ["  query:  ", "  query:  "],
    ["query:", "query:"],
    // Quotes that a reader of .env files left on.
    ['"query: "', "query: "],
    ["'query: ' ", "query: "],
    ['"', '"'],
    ['say "please": ', 'say "please": '],
    ["Instruct: find\\nQuery: ", "Instruct: find\nQuery: "],
    ["off", ""],
    [" OFF ", ""],
    ['""', ""],
  ])("%j is %j", (value, expected) => {
    const read = parseConfig({ EMBEDDING_QUERY_PREFIX: value, EMBEDDING_PASSAGE_PREFIX: value });
    expect(read.embeddingOverrides).toEqual({ queryPrefix: expected, passagePrefix: expected });
  });

  it("keep their last space in a .env file when quoted", () => {
    const folder = temporaryFolder();
    const file = path.join(folder, ".env");
    writeFileSync(file, 'DOCENT_TEST_QUOTED="query: "\nDOCENT_TEST_BARE=query: \nDOCENT_TEST_BREAK="a\\nb: "\n');
    process.loadEnvFile(file);
    const { DOCENT_TEST_QUOTED, DOCENT_TEST_BARE, DOCENT_TEST_BREAK } = process.env;
    for (const name of Object.keys(process.env)) if (name.startsWith("DOCENT_TEST_")) delete process.env[name];
    const prefixOf = (value: string | undefined): string | undefined =>
      parseConfig({ EMBEDDING_QUERY_PREFIX: value }).embeddingOverrides.queryPrefix;
    expect(prefixOf(DOCENT_TEST_QUOTED)).toBe("query: ");
    expect(prefixOf(DOCENT_TEST_BREAK)).toBe("a\nb: ");
    // Why .env.example asks for quotes.
    expect(prefixOf(DOCENT_TEST_BARE)).toBe("query:");
  });
});

describe("the chat model", () => {
  it("is read with all that belongs to it", () => {
    const env = {
      CHAT_MODEL: "OpenAI:some/model:8b",
      CHAT_BASE_URL: "http://localhost:8000/v1",
      OPENAI_API_KEY: "sk-1",
      CHAT_PATIENCE_SECONDS: "5",
      CHAT_TIMEOUT_SECONDS: "30",
      CHAT_MAX_TOKENS: "300",
      CHAT_CONCURRENCY: "2",
      CHAT_PRICES: "0.25 / 2",
    };
    expect(parseConfig(env).chatModel).toEqual({
      provider: "openai",
      model: "some/model:8b",
      apiKey: "sk-1",
      baseUrl: "http://localhost:8000/v1",
      patienceSeconds: 5,
      timeoutSeconds: 30,
      maxTokens: 300,
      concurrency: 2,
      prices: { prompt: 0.25, completion: 2 },
    });
  });

  it("of one's own machine needs neither key nor address", () => {
    expect(parseConfig({ CHAT_MODEL: "ollama:llama3.2", OPENAI_API_KEY: "sk-1" }).chatModel).toMatchObject({
      provider: "ollama",
      apiKey: null,
      baseUrl: null,
      prices: null,
    });
  });

  it.each(["off", "OFF", ""])("is none for %j, whatever else is set", (value) => {
    expect(
      parseConfig({ CHAT_MODEL: value, OPENAI_API_KEY: "sk-1", CHAT_BASE_URL: "http://h/v1" }).chatModel,
    ).toBeNull();
  });
});

describe("the database", () => {
  const url = "postgresql://u:p@h/d";

  it("is what DATABASE_URL names, where VECTOR_STORE asks for it", () => {
    expect(parseConfig({ VECTOR_STORE: "pgvector", DATABASE_URL: url }).database).toEqual({ url, schema: "docent" });
    const other = { VECTOR_STORE: "pgvector", DATABASE_URL: url, DATABASE_SCHEMA: "second_bot" };
    expect(parseConfig(other).database).toEqual({ url, schema: "second_bot" });
    expect(parseConfig({ VECTOR_STORE: "hnsw", DATABASE_URL: url }).database).toBeNull();
  });

  it("must be named", () => {
    expect(faults({ VECTOR_STORE: "pgvector" })).toEqual([
      'DATABASE_URL: must be set where VECTOR_STORE is "pgvector", to "postgresql://user:password@host:5432/database".',
    ]);
  });
});

describe("faults", () => {
  const PORTS = "a whole number from 0 to 65535";
  const LIMIT = "a whole number from 0 to 1000000";
  const ORIGINS = 'origins such as "https://example.org", comma separated, or "*"';
  const PROXIES = '"false" or the number of proxies in front of Docent';
  const MODELS = '"off" or provider:model, such as "openai:gpt-5-mini" (providers: openai, anthropic, ollama)';
  const LEVELS = "fatal, error, warn, info, debug, trace or silent";
  it.each([
    ["PORT", "http", PORTS],
    ["PORT", "65536", PORTS],
    ["PORT", "-1", PORTS],
    ["PORT", "80.5", PORTS],
    ["PORT", "1e3", PORTS],
    ["PORT", "0x50", PORTS],
    ["PORT", "99999999999999999999999", PORTS],
    ["RATE_LIMIT_PER_MINUTE", "many", LIMIT],
    ["RATE_LIMIT_PER_MINUTE", "1000001", LIMIT],
    ["CORS_ORIGINS", "example.org", ORIGINS],
    ["CORS_ORIGINS", "https://a.example/", ORIGINS],
    ["CORS_ORIGINS", "https://a.example,ftp://b", ORIGINS],
    ["CORS_ORIGINS", "https://a.example b", ORIGINS],
    ["CORS_ORIGINS", "https://user@a.example", ORIGINS],
    ["CORS_ORIGINS", "https://a:99999", ORIGINS],
    ["CORS_ORIGINS", "null", ORIGINS],
    ["TRUST_PROXY", "yes", PROXIES],
    ["TRUST_PROXY", "100", PROXIES],
    ["TRUST_PROXY", "10.0.0.0/8", PROXIES],
    ["EMBEDDING_POOLING", "max", "cls, mean, last_token, sentence_embedding"],
    ["EMBEDDING_DTYPE", "q3", "fp32, fp16, q8, int8, uint8, q4, q4f16, bnb4"],
    ["EMBEDDING_DIMENSIONS", "0", "a whole number from 1 to 16384"],
    ["EMBEDDING_DIMENSIONS", "half", "a whole number from 1 to 16384"],
    ["HF_HUB_OFFLINE", "maybe", "1 or 0"],
    ["HF_HUB_DOWNLOAD_TIMEOUT", "0", "a whole number from 1 to 3600"],
    ["LOG_LEVEL", "verbose", LEVELS],
    ["LOG_LEVEL", "INFO", LEVELS],
    ["RERANKER_MODEL", "Xenova/bge-reranker-base", 'empty or "off" (re-ranking is not part of this version)'],
    ["CHAT_MODEL", "gpt-5-mini", MODELS],
    ["CHAT_MODEL", "openai:", MODELS],
    ["CHAT_MODEL", ":gpt-5-mini", MODELS],
    ["CHAT_MODEL", "acme:gpt-5-mini", MODELS],
    ["CHAT_MODEL", "constructor:x", MODELS],
    ["CHAT_PATIENCE_SECONDS", "0", "a whole number from 1 to 600"],
    ["CHAT_CONCURRENCY", "many", "a whole number from 1 to 1000"],
    ["CHAT_PRICES", "0.25", 'two prices of a million tokens, of prompt and reply, such as "0.25/2"'],
    ["CHAT_PRICES", "0.25/-2", 'two prices of a million tokens, of prompt and reply, such as "0.25/2"'],
    ["VECTOR_STORE", "milvus", '"hnsw" or "pgvector"'],
    ["DATABASE_SCHEMA", "Docent-1", "a name of small letters, digits and underscores"],
  ])("%s=%s is one line with what is allowed", (name, value, allowed) => {
    expect(faults({ [name]: value })).toEqual([`${name}: "${value}" is not allowed; it takes ${allowed}.`]);
  });

  it("are told all at once, a line each", () => {
    const lines = faults({ PORT: "x", LOG_LEVEL: "y", CHAT_MODEL: "z", TRUST_PROXY: "?", HOST: "fine" });
    expect(lines).toEqual([
      `PORT: "x" is not allowed; it takes ${PORTS}.`,
      'CHAT_MODEL: "z" is not allowed; it takes "off" or provider:model, such as "openai:gpt-5-mini" (providers: openai, anthropic, ollama).',
      `TRUST_PROXY: "?" is not allowed; it takes ${PROXIES}.`,
      `LOG_LEVEL: "y" is not allowed; it takes ${LEVELS}.`,
    ]);
  });

  it.each(["openai", "anthropic"])("%s without a key, and without a server of one's own, is told", (provider) => {
    const key = `${provider.toUpperCase()}_API_KEY`;
    expect(faults({ CHAT_MODEL: `${provider}:m` })).toEqual([
      `CHAT_MODEL: ${provider} needs a key. Set ${key}, or CHAT_BASE_URL for a server that needs none.`,
    ]);
    expect(faults({ CHAT_MODEL: `${provider}:m`, CHAT_BASE_URL: "http://localhost:8000/v1" })).toEqual([]);
    expect(faults({ CHAT_MODEL: `${provider}:m`, [key]: "k" })).toEqual([]);
  });

  it("stay one line each whatever the value holds", () => {
    expect(faults({ PORT: "1\n2\u001b[31m" })).toEqual([`PORT: "1\\n2\\u001b[31m" is not allowed; it takes ${PORTS}.`]);
  });

  const KEYS = "keys of ASCII letters, digits and signs without spaces, comma separated";
  it.each(["my secret", "fine,s\u00e4cret", ",", " , ,", "s\u0007cret"])("do not show keys: API_KEYS=%j", (value) => {
    expect(faults({ API_KEYS: value })).toEqual([`API_KEYS: the value is not allowed; it takes ${KEYS}.`]);
  });

  it.each([
    ["HF_TOKEN", "hf secret", "a token of ASCII letters, digits and signs"],
    ["HF_ENDPOINT", "ftp://me:s3cret@mirror", "an address such as https://example.org"],
    ["CHAT_BASE_URL", "ftp://me:s3cret@mirror", "an address such as http://localhost:8000/v1"],
    ["CHAT_BASE_URL", "http://me:s3cret@mirror/v1", "an address such as http://localhost:8000/v1"],
    ["OPENAI_API_KEY", "sk secret", "a token of ASCII letters, digits and signs"],
    ["ANTHROPIC_API_KEY", "sk-s\u00e4cret", "a token of ASCII letters, digits and signs"],
  ])("do not show secrets: %s", (name, value, allowed) => {
    expect(faults({ [name]: value })).toEqual([`${name}: the value is not allowed; it takes ${allowed}.`]);
  });

  it("of other settings do not show keys either", () => {
    const message = faults({ API_KEYS: "s3cret-key", DATABASE_URL: "postgres://u:s3cret@h/d", PORT: "x" }).join("\n");
    expect(message).toBe(`PORT: "x" is not allowed; it takes ${PORTS}.`);
  });
});
