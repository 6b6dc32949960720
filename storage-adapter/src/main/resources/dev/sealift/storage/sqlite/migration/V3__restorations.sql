-- How often this store was restored from an older state, as its operator says, and what each space has begun since.

CREATE TABLE restoration (
  number INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL                   -- Unix milliseconds
);

CREATE TABLE incarnation (
  space_row INTEGER NOT NULL REFERENCES space,
  number    INTEGER NOT NULL,               -- rising in a space; as signed
  signed    BLOB    NOT NULL,               -- as the notary signed it
  PRIMARY KEY (space_row, number)
) WITHOUT ROWID;
