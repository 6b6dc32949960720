-- What supersedes what. Nothing is taken from the files themselves: what a superseded one held may go or stay.

-- A part of a compaction. With the last part its compaction is effective, if the log has its base with its root.
CREATE TABLE compaction_part (
  space_row     INTEGER NOT NULL REFERENCES space,
  sequence      INTEGER NOT NULL,
  file          BLOB    NOT NULL,           -- FileId
  first         INTEGER NOT NULL,           -- of the range
  base          INTEGER NOT NULL,           -- the end of the range
  generation    INTEGER NOT NULL,
  part          INTEGER NOT NULL,           -- from 1
  parts         INTEGER NOT NULL,
  effective     INTEGER NOT NULL,           -- 1: the last part of an effective compaction
  superseded_by INTEGER NOT NULL,           -- sequence of the last part of the first that did; 2^63 - 1: none
  PRIMARY KEY (space_row, sequence)
) WITHOUT ROWID;

CREATE INDEX compaction_live ON compaction_part (space_row, superseded_by);
CREATE INDEX compaction_effective ON compaction_part (space_row, superseded_by) WHERE effective = 1;
CREATE INDEX compaction_by_file ON compaction_part (space_row, file);

-- What a file of attestations says of a compaction.
CREATE TABLE attestation (
  space_row  INTEGER NOT NULL REFERENCES space,
  compaction BLOB    NOT NULL,              -- FileId of its last part, or of anything
  sequence   INTEGER NOT NULL,              -- of the file
  contested  INTEGER NOT NULL,
  PRIMARY KEY (space_row, compaction, sequence)
) WITHOUT ROWID;

CREATE INDEX attestation_by_sequence ON attestation (space_row, sequence);

-- What an outline of the log has as entries: membership files and attestations.
CREATE INDEX file_outline ON file (place) WHERE kind IN (3, 5);
