import { DocentError } from "../errors.js";
import { FEEDBACK_BYTES, type FeedbackLog } from "../feedback.js";
import type { Database } from "./database.js";

/** Ratings in a table of the database. */
export function postgresLog(database: Database): FeedbackLog {
  return {
    append: async ({ id, time, rating: { answer_id, rating, comment }, answer }) => {
      const table = database.table("feedback");
      // With its own id: if the connection is lost after the row was kept, trying again keeps no second one.
      const kept = await database.query(
        `INSERT INTO ${table} (id, time, answer_id, rating, comment, answer)
         SELECT $1, $2, $3, $4, $5, $6 WHERE pg_total_relation_size($7) < $8
         ON CONFLICT (id) DO UPDATE SET id = excluded.id RETURNING id`,
        [
          id,
          time,
          storable(answer_id),
          rating,
          comment === undefined ? null : storable(comment),
          answer &&
            JSON.stringify(answer, (_, value: unknown) => (typeof value === "string" ? storable(value) : value)),
          table,
          FEEDBACK_BYTES,
        ],
      );
      if (kept.length === 0)
        throw new DocentError("not_kept", "The table of feedback is full. Ask the operator to move its rows away.");
    },
  };
}

/** PostgreSQL's texts hold every character but U+0000 and halves of characters; in JSON, they could not be asked for. */
function storable(text: string): string {
  return text.replaceAll("\0", "").replace(/\p{Surrogate}/gu, "\uFFFD");
}
