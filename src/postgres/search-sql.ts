import { K1 } from "../search/term-table.js";
import type { Tables } from "./generation.js";

/** The parameters of a search. */
export interface SearchValues {
  /** The query's embedding, as pgvector reads it. */
  vector: string;
  /** Passages with one of these terms are ranked, by number (`tsquery`); null for none. */
  matching: string | null;
  /** Numbers of the documents to search in; null for all. */
  documents: readonly number[] | null;
  /** Candidates that each leg contributes. */
  perLeg: number;
  /** The highest sum of BM25 weights that any passage could reach. */
  highest: number;
  denseShare: number;
  k: number;
  /** The query's terms by number, and the weight of each: its idf times how much it counts. */
  terms: readonly number[];
  weights: readonly number[];
}

export function searchParameters(values: SearchValues): unknown[] {
  const { vector, matching, documents, perLeg, highest, denseShare, k, terms, weights } = values;
  return [vector, matching, documents, perLeg, highest, denseShare, k, terms, weights];
}

/** BM25 of a passage, over the highest sum: `weight · tf · (k1 + 1) / (tf + norm)` for each term, as in search/lexical-index.ts. */
const BM25 = `
    CASE WHEN $5::float8 = 0 THEN 0 ELSE coalesce((
      SELECT sum(($9::float8[])[array_position($8::int[], term)] * tf * ${K1 + 1} / (tf + norm))
      FROM (SELECT term, count(*) AS tf FROM unnest(terms) AS term WHERE term = ANY ($8::int[]) GROUP BY term) AS counts
    ), 0) / $5::float8 END`;
const IN_DOCUMENTS = "($3::int[] IS NULL OR document = ANY ($3::int[]))";
/** As `minMax` in search/rank.ts. */
const normal = (score: string): string => `CASE
      WHEN max(${score}) OVER () = min(${score}) OVER () THEN (${score} > 0)::int
      ELSE (${score} - min(${score}) OVER ()) / (max(${score}) OVER () - min(${score}) OVER ()) END`;

/**
 * Hybrid retrieval in one statement, the same as the embedded index's:
 *
 * 1. `dense`: the nearest passages by the graph (exactly, where the planner finds that few documents are searched in)
 * 2. `matched`: of the passages that the full-text index finds, the best by BM25
 * 3. `scored`: both scores of all of them
 * 4. `fused`: the scores normalised and summed as in search/rank.ts
 */
export function searchSql(tables: Tables, dimensions: number): string {
  return `
WITH dense AS MATERIALIZED (
  SELECT label FROM ${tables.vectors} WHERE ${IN_DOCUMENTS}
  ORDER BY embedding <#> $1::halfvec(${dimensions}) LIMIT $4
), matched AS MATERIALIZED (
  SELECT label FROM ${tables.passages} WHERE lexemes @@ $2::tsquery AND ${IN_DOCUMENTS}
  ORDER BY ${BM25} DESC, label LIMIT $4
), scored AS MATERIALIZED (
  SELECT label, -(embedding::vector(${dimensions}) <#> $1::vector(${dimensions})) AS dense, ${BM25} AS lexical
  FROM (SELECT label FROM dense UNION SELECT label FROM matched) AS found
  JOIN ${tables.passages} USING (label) JOIN ${tables.vectors} USING (label)
), fused AS (
  SELECT label, dense, lexical,
    $6::float8 * (${normal("dense")}) + (1 - $6::float8) * (${normal("lexical")}) AS score
  FROM scored ORDER BY score DESC, label LIMIT $7
)
SELECT label, dense, lexical, score, passage, units, reading
FROM fused JOIN ${tables.contents} USING (label) ORDER BY score DESC, label`;
}
