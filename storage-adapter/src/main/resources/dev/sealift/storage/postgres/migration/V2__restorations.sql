-- How often this store was restored from an older state, as its operator says, and what each space has begun since.

CREATE TABLE restoration (
  number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at     timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE incarnation (
  space_row bigint  NOT NULL,
  number    bigint  NOT NULL,                           -- rising in a space; as signed
  signed    bytea   NOT NULL,                           -- as the notary signed it
  PRIMARY KEY (space_row, number)
);

UPDATE store_schema SET version = 2;
