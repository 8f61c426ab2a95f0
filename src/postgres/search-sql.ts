import type { Tables } from "./generation.js";

/** What the statement of a search is made for; each has a parameter for every term. */
export interface SearchShape {
  tables: Tables;
  dimensions: number;
  /** How many different terms the query has. */
  terms: number;
}

/** The parameters before those of the terms. */
export interface SearchValues {
  /** The query's embedding, as pgvector reads it. */
  vector: string;
  /** The passages that are ranked have one of these terms (`tsquery`); null for none. */
  matching: string | null;
  /** Numbers of the documents to search in; null for all. */
  documents: readonly number[] | null;
  /** Candidates that each leg contributes. */
  perLeg: number;
  /** Passages that are ranked roughly before `perLeg` of them are ranked exactly. */
  ranked: number;
  /** The highest sum of BM25 weights that any passage could reach. */
  highest: number;
  denseShare: number;
  k: number;
  /** The terms by number, and the weight of each: its idf times how much it counts. */
  termIds: readonly number[];
  weights: readonly number[];
}

/** The parameters of the statement. @param lexemes each of the terms as a `tsquery` */
export function searchParameters(values: SearchValues, lexemes: readonly string[]): unknown[] {
  const { vector, matching, documents, perLeg, ranked, highest, denseShare, k, termIds, weights } = values;
  return [vector, matching, documents, perLeg, ranked, highest, denseShare, k, termIds, weights, ...lexemes];
}

/** Constants of `BM25` for a tf of SQL's (search/term-table.ts has k1, b and where they come from). */
const FIRST_TERM = 11;

/**
 * Hybrid retrieval in one statement, the same as the embedded index's:
 *
 * 1. `dense`: the nearest passages by the graph (exactly, where the planner finds that few documents are searched in)
 * 2. `matched`: passages with one of the rarer terms by the full-text index, ranked by `ts_rank` of each term times its idf,
 *    which finds what BM25 would put first (docs/scale.md has how surely)
 * 3. `scored`: both scores of all these exactly: the cosine, and BM25 from the terms of the passage
 * 4. `fused`: the candidates that the embedded index would have, their scores normalised and summed as in search/rank.ts
 */
export function searchSql({ tables, dimensions, terms }: SearchShape, k1: number): string {
  const rank = Array.from(
    { length: terms },
    (_, i) => `($10::float8[])[${i + 1}] * ts_rank(lexemes, $${FIRST_TERM + i}::tsquery)`,
  );
  const inDocuments = "($3::int[] IS NULL OR document = ANY ($3::int[]))";
  const normal = (score: string): string => `CASE
      WHEN max(${score}) OVER () = min(${score}) OVER () THEN (${score} > 0)::int
      ELSE (${score} - min(${score}) OVER ()) / (max(${score}) OVER () - min(${score}) OVER ()) END`;
  return `
WITH dense AS MATERIALIZED (
  SELECT label FROM ${tables.vectors} WHERE ${inDocuments}
  ORDER BY embedding <#> $1::halfvec(${dimensions}) LIMIT $4
), matched AS MATERIALIZED (
  SELECT label FROM ${tables.passages} WHERE lexemes @@ $2::tsquery AND ${inDocuments}
  ORDER BY (${rank.join(" + ") || "0"}) / (1 + norm) DESC, label LIMIT $5
), scored AS MATERIALIZED (
  SELECT label, label IN (SELECT label FROM dense) AS is_dense,
    -(embedding::vector(${dimensions}) <#> $1::vector(${dimensions})) AS dense,
    CASE WHEN $6::float8 = 0 THEN 0 ELSE coalesce((
      SELECT sum(weight * tf * ${k1 + 1} / (tf + norm))
      FROM (SELECT id, count(*) AS tf FROM unnest(terms) AS id WHERE id = ANY ($9::int[]) GROUP BY id) AS counts
      JOIN unnest($9::int[], $10::float8[]) AS q(id, weight) USING (id)
    ), 0) / $6::float8 END AS lexical
  FROM (SELECT label FROM dense UNION SELECT label FROM matched) AS found
  JOIN ${tables.passages} USING (label) JOIN ${tables.vectors} USING (label)
), candidates AS (
  SELECT * FROM (SELECT *, row_number() OVER (ORDER BY lexical DESC, label) AS place FROM scored) AS ranked
  WHERE is_dense OR (lexical > 0 AND place <= $4)
), fused AS (
  SELECT label, dense, lexical,
    $7::float8 * (${normal("dense")}) + (1 - $7::float8) * (${normal("lexical")}) AS score
  FROM candidates ORDER BY score DESC, label LIMIT $8
)
SELECT label, dense, lexical, score, passage, units, reading
FROM fused JOIN ${tables.contents} USING (label) ORDER BY score DESC, label`;
}
