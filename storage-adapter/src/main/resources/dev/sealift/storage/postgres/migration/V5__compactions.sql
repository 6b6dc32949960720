-- What supersedes what. Nothing is taken from the files themselves: what a superseded one held may go or stay. Code of before goes on, and
-- notes nothing here: an engine brings it no compactions.
UPDATE store_schema SET version = 5, serves_from = 4;

-- A part of a compaction. The row of its last part says how the compaction stands.
CREATE TABLE compaction_part (
  space_row     bigint  NOT NULL,
  sequence      bigint  NOT NULL,
  file          bytea   NOT NULL,                       -- FileId
  device_row    bigint  NOT NULL,                       -- of the author
  first         bigint  NOT NULL,                       -- of the range
  base          bigint  NOT NULL,                       -- the end of the range
  superseded_by bigint  NOT NULL,                       -- sequence of the last part of one that stands and does; 2^63 - 1: none
  generation    integer NOT NULL,
  part          integer NOT NULL,                       -- from 1
  parts         integer NOT NULL,
  sound         boolean NOT NULL,                       -- the last part, and the log has the base with its root
  attested      boolean NOT NULL,                       -- of the last part: somebody answers for it, or there was nobody
  contested     boolean NOT NULL,                       -- of the last part: somebody is against it, and was not overruled
  stands        boolean NOT NULL,                       -- of the first and the last part: sound, attested, not contested
  PRIMARY KEY (space_row, sequence)
);
CREATE INDEX compaction_superseded ON compaction_part (space_row, superseded_by);
CREATE INDEX compaction_by_file ON compaction_part (space_row, file);
CREATE INDEX compaction_standing ON compaction_part (space_row, base) WHERE stands AND part = parts;
CREATE INDEX compaction_step ON compaction_part (space_row, sequence)
  WHERE stands AND part = parts AND superseded_by = 9223372036854775807;
CREATE INDEX compaction_begun ON compaction_part (device_row)
  WHERE part = 1 AND NOT stands AND superseded_by = 9223372036854775807;

-- What a file of attestations says of a compaction.
CREATE TABLE attestation (
  space_row  bigint  NOT NULL,
  compaction bytea   NOT NULL,                          -- FileId of its last part, or of anything
  sequence   bigint  NOT NULL,                          -- of the file
  device_row bigint  NOT NULL,                          -- of the author
  contested  boolean NOT NULL,
  PRIMARY KEY (space_row, compaction, sequence)
);
CREATE INDEX attestation_by_sequence ON attestation (space_row, sequence);
CREATE INDEX attestation_by_device ON attestation (space_row, compaction, device_row, contested);

-- What an outline of the log has as entries: membership files and attestations. Those of the partitions are made behind this, without stopping
-- anybody (OutlineIndex).
CREATE INDEX file_outline ON ONLY file (space_row, sequence) WHERE kind IN (3, 5);
