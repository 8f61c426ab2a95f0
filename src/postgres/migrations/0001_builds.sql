-- Up Migration

-- A build of the index: its rows stand in tables of its own (generation.ts).
CREATE TABLE builds (
  build_id text PRIMARY KEY,
  manifest json NOT NULL,
  short_forms json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- When another build took its place; null for the one in use.
  retired_at timestamptz
);

-- The one row names the build in use.
CREATE TABLE current_build (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  build_id text NOT NULL REFERENCES builds,
  -- Whether a person went back to it.
  pinned boolean NOT NULL DEFAULT false
);

-- Down Migration

DROP TABLE current_build;
DROP TABLE builds;
