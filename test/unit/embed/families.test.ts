import { describe, expect, it } from "vitest";
import { mannerOf } from "../../../src/embed/families.js";

const BGE = "Represent this sentence for searching relevant passages: ";
const INSTRUCT = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ";

describe("a model's family", () => {
  it.each([
    ["docent-embed-en", "cls", "", ""],
    ["all-MiniLM-L6-v2", "mean", "", ""],
    ["all-MiniLM-L6-v2-ONNX", "mean", "", ""],
    ["all-mpnet-base-v2", "mean", "", ""],
    ["multi-qa-mpnet-base-dot-v1", "cls", "", ""],
    ["multi-qa-MiniLM-L6-cos-v1", "mean", "", ""],
    ["bge-small-en-v1.5", "cls", BGE, ""],
    ["bge-large-zh-v1.5", "cls", "为这个句子生成表示以用于检索相关文章：", ""],
    ["bge-m3", "cls", "", ""],
    ["gte-small", "mean", "", ""],
    ["gte-base-en-v1.5", "cls", "", ""],
    ["gte-modernbert-base", "cls", "", ""],
    ["e5-small-v2", "mean", "query: ", "passage: "],
    ["multilingual-e5-small", "mean", "query: ", "passage: "],
    ["multilingual-e5-large-instruct", "mean", INSTRUCT, ""],
    ["nomic-embed-text-v1", "mean", "search_query: ", "search_document: "],
    ["nomic-embed-text-v1.5", "mean", "search_query: ", "search_document: "],
    ["snowflake-arctic-embed-xs", "cls", BGE, ""],
    ["snowflake-arctic-embed-m-v1.5", "cls", BGE, ""],
    ["snowflake-arctic-embed-m-v2.0", "cls", "query: ", ""],
    ["snowflake-arctic-embed-l-v2.0-ONNX", "cls", "query: ", ""],
    ["mxbai-embed-large-v1", "cls", BGE, ""],
    ["mxbai-embed-xsmall-v1", "mean", "", ""],
    ["jina-embeddings-v2-base-en", "mean", "", ""],
    ["jina-embeddings-v3", "mean", "", ""],
    ["embeddinggemma-300m-ONNX", "sentence_embedding", "task: search result | query: ", "title: none | text: "],
    ["Qwen3-Embedding-0.6B-ONNX", "last_token", INSTRUCT.trimEnd(), ""],
  ])("tells how %s wants to be asked", (name, pooling, queryPrefix, passagePrefix) => {
    const { manner, known } = mannerOf(name);
    expect(known).toBe(true);
    expect(manner).toMatchObject({ pooling, queryPrefix, passagePrefix });
  });

  it.each(["my-model", "some-e5-like-thing", "not-bge", "bge-reranker-base", "gte-Qwen2-7B-instruct"])(
    "is not guessed from a likeness: %s",
    (name) => {
      const { manner, known } = mannerOf(name);
      expect(known).toBe(false);
      expect(manner).toMatchObject({ pooling: "mean", queryPrefix: "", passagePrefix: "", truncations: null });
    },
  );

  it("tells how short vectors may become, and how long texts", () => {
    const { manner: nomic } = mannerOf("nomic-embed-text-v1.5");
    expect(nomic).toMatchObject({ truncations: [512, 256, 128, 64], layerNorm: true, maxTokens: 8192 });
    expect(mannerOf("embeddinggemma-300m-ONNX").manner).toMatchObject({
      truncations: [512, 256, 128],
      maxTokens: 2048,
    });
    expect(mannerOf("snowflake-arctic-embed-l-v2.0").manner.truncations).toEqual([256]);
    expect(mannerOf("bge-base-en-v1.5").manner).toMatchObject({ truncations: [], maxTokens: 512 });
  });
});
