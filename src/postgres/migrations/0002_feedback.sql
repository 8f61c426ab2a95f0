-- Up Migration

CREATE TABLE feedback (
  id uuid PRIMARY KEY,
  time timestamptz NOT NULL DEFAULT now(),
  answer_id text NOT NULL,
  rating text NOT NULL CHECK (rating IN ('up', 'down')),
  comment text,
  -- The answer that is rated, where the server that keeps the rating gave it: question, status, answer, confidence, sources.
  answer json
);
CREATE INDEX ON feedback (time);

-- Down Migration

DROP TABLE feedback;
