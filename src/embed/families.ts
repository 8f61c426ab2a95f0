import type { Dtype } from "./model-files.js";

/**
 * How a text's vector is made of what the model returns: of the first token's, the mean of all, the last token's, or the
 * model's own `sentence_embedding` output.
 */
export const POOLINGS = ["cls", "mean", "last_token", "sentence_embedding"] as const;
export type Pooling = (typeof POOLINGS)[number];

/** How a model wants to be asked. */
export interface ModelManner {
  pooling: Pooling;
  queryPrefix: string;
  passagePrefix: string;
  dtype: Dtype;
  /** The longest text the model was made for, in tokens; null: what its tokenizer says. */
  maxTokens: number | null;
  /** To how many dimensions a vector may be cut (Matryoshka, arXiv 2205.13147); null: not known, so any number. */
  truncations: readonly number[] | null;
  /** Whether a pooled vector is shifted and scaled to mean 0 and deviation 1 before it is cut. */
  layerNorm: boolean;
  /** Names of the adapters for questions and passages, of a model that has several (`lora_adaptations` in config.json). */
  tasks: { query: string; passage: string } | null;
}

/** What a person may set instead of what the table says. */
export interface MannerOverrides {
  pooling?: Pooling;
  queryPrefix?: string;
  passagePrefix?: string;
  dtype?: Dtype;
  dimensions?: number;
}

/** Most sentence-transformers, and a model nothing is known of. */
const UNKNOWN: ModelManner = {
  pooling: "mean",
  queryPrefix: "",
  passagePrefix: "",
  dtype: "q8",
  maxTokens: null,
  truncations: null,
  layerNorm: false,
  tasks: null,
};

const BGE_QUERY = "Represent this sentence for searching relevant passages: ";
const WEB_SEARCH = "Instruct: Given a web search query, retrieve relevant passages that answer the query\n";

/**
 * The families by the name of the model (without its owner); the first that fits counts. Each is taken from the model card
 * named before it. `truncations: []`: the card promises none.
 */
const FAMILIES: [RegExp, Partial<ModelManner>][] = [
  // models/docent-embed-en/README.md
  [/^docent-embed/, { pooling: "cls", truncations: [] }],

  // huggingface.co/sentence-transformers/all-MiniLM-L6-v2, all-mpnet-base-v2, multi-qa-mpnet-base-dot-v1,
  // paraphrase-multilingual-MiniLM-L12-v2
  [/^all-minilm/, { maxTokens: 256, truncations: [] }],
  [/^all-(mpnet|distilroberta)/, { maxTokens: 384, truncations: [] }],
  [/^multi-qa-.*-dot/, { pooling: "cls", maxTokens: 512, truncations: [] }],
  [/^multi-qa-/, { maxTokens: 512, truncations: [] }],
  [/^paraphrase-multilingual/, { maxTokens: 128, truncations: [] }],

  // huggingface.co/BAAI/bge-m3, bge-small-zh-v1.5, bge-small-en-v1.5
  [/^bge-m3/, { pooling: "cls", maxTokens: 8192, truncations: [] }],
  [
    /^bge-(small|base|large)-zh/,
    { pooling: "cls", queryPrefix: "为这个句子生成表示以用于检索相关文章：", maxTokens: 512, truncations: [] },
  ],
  [/^bge-(small|base|large)/, { pooling: "cls", queryPrefix: BGE_QUERY, maxTokens: 512, truncations: [] }],

  // huggingface.co/Alibaba-NLP/gte-modernbert-base, gte-base-en-v1.5, gte-multilingual-base; thenlper/gte-small
  [/^gte-modernbert/, { pooling: "cls", maxTokens: 8192, truncations: [] }],
  [/^gte-multilingual/, { pooling: "cls", maxTokens: 8192 }],
  [/^gte-(base|large)-en-v1\.5/, { pooling: "cls", maxTokens: 8192, truncations: [] }],
  [/^gte-(small|base|large)/, { maxTokens: 512, truncations: [] }],

  // huggingface.co/intfloat/multilingual-e5-large-instruct, e5-small-v2, multilingual-e5-small
  [/^multilingual-e5-.*instruct/, { queryPrefix: `${WEB_SEARCH}Query: `, maxTokens: 512, truncations: [] }],
  [
    /^(multilingual-)?e5-(small|base|large)/,
    { queryPrefix: "query: ", passagePrefix: "passage: ", maxTokens: 512, truncations: [] },
  ],

  // huggingface.co/nomic-ai/nomic-embed-text-v1.5 (layer norm before the cut), nomic-embed-text-v1
  [
    /^nomic-embed-text-v1\.5/,
    {
      queryPrefix: "search_query: ",
      passagePrefix: "search_document: ",
      maxTokens: 8192,
      truncations: [512, 256, 128, 64],
      layerNorm: true,
    },
  ],
  [
    /^nomic-embed/,
    { queryPrefix: "search_query: ", passagePrefix: "search_document: ", maxTokens: 8192, truncations: [] },
  ],

  // huggingface.co/Snowflake/snowflake-arctic-embed-l-v2.0, -m-v1.5, -m-long, -m
  [/^snowflake-arctic-embed-.*v2/, { pooling: "cls", queryPrefix: "query: ", maxTokens: 8192, truncations: [256] }],
  [/^snowflake-arctic-embed-m-v1\.5/, { pooling: "cls", queryPrefix: BGE_QUERY, maxTokens: 512, truncations: [256] }],
  [/^snowflake-arctic-embed-m-long/, { pooling: "cls", queryPrefix: BGE_QUERY, maxTokens: 2048, truncations: [] }],
  [/^snowflake-arctic-embed/, { pooling: "cls", queryPrefix: BGE_QUERY, maxTokens: 512, truncations: [] }],

  // huggingface.co/mixedbread-ai/mxbai-embed-xsmall-v1 (made from all-MiniLM), mxbai-embed-large-v1
  [/^mxbai-embed-xsmall/, { maxTokens: 4096 }],
  [/^mxbai-embed/, { pooling: "cls", queryPrefix: BGE_QUERY, maxTokens: 512 }],

  // huggingface.co/jinaai/jina-embeddings-v3 (its repository has no eight-bit file), jina-embeddings-v2-base-en
  [
    /^jina-embeddings-v3/,
    {
      dtype: "fp32",
      maxTokens: 8192,
      truncations: [768, 512, 256, 128, 64, 32],
      tasks: { query: "retrieval.query", passage: "retrieval.passage" },
    },
  ],
  [/^jina-embeddings-v2/, { maxTokens: 8192, truncations: [] }],

  // ai.google.dev/gemma/docs/embeddinggemma/model_card: two dense layers follow the mean, so the graph's own output counts
  [
    /^embeddinggemma/,
    {
      pooling: "sentence_embedding",
      queryPrefix: "task: search result | query: ",
      passagePrefix: "title: none | text: ",
      maxTokens: 2048,
      truncations: [512, 256, 128],
    },
  ],

  // huggingface.co/Qwen/Qwen3-Embedding-0.6B (no space after "Query:")
  [/^qwen3-embedding/, { pooling: "last_token", queryPrefix: `${WEB_SEARCH}Query:` }],
];

/** The family's manner, and whether the family is known. @param name the model's name, without owner or folder */
export function mannerOf(name: string): { manner: ModelManner; known: boolean } {
  const family = FAMILIES.find(([pattern]) => pattern.test(name.toLowerCase()))?.[1];
  return { manner: { ...UNKNOWN, ...family }, known: family !== undefined };
}
