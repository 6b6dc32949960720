-- What supersedes what. Nothing is taken from the files themselves: what a superseded one held may go or stay. Code of before goes on, and
-- notes nothing here: a compaction that it commits for a newer engine supersedes nothing.
UPDATE store_schema SET version = 5, serves_from = 4;

-- A part of a compaction. With the last part its compaction is effective, if the log has its base with its root.
CREATE TABLE compaction_part (
  space_row     bigint  NOT NULL,
  sequence      bigint  NOT NULL,
  file          bytea   NOT NULL,                       -- FileId
  first         bigint  NOT NULL,                       -- of the range
  base          bigint  NOT NULL,                       -- the end of the range
  superseded_by bigint  NOT NULL,                       -- sequence of the last part of the first that did; 2^63 - 1: none
  generation    integer NOT NULL,
  part          integer NOT NULL,                       -- from 1
  parts         integer NOT NULL,
  effective     boolean NOT NULL,                       -- the last part of an effective compaction
  PRIMARY KEY (space_row, sequence)
);
CREATE INDEX compaction_live ON compaction_part (space_row, superseded_by);
CREATE INDEX compaction_effective ON compaction_part (space_row, superseded_by) WHERE effective;
CREATE INDEX compaction_by_file ON compaction_part (space_row, file);

-- What a file of attestations says of a compaction.
CREATE TABLE attestation (
  space_row  bigint  NOT NULL,
  compaction bytea   NOT NULL,                          -- FileId of its last part, or of anything
  sequence   bigint  NOT NULL,                          -- of the file
  contested  boolean NOT NULL,
  PRIMARY KEY (space_row, compaction, sequence)
);
CREATE INDEX attestation_by_sequence ON attestation (space_row, sequence);

-- What an outline of the log has as entries: membership files and attestations.
CREATE INDEX file_outline ON file (space_row, sequence) WHERE kind IN (3, 5);
