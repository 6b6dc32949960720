-- What supersedes what. Nothing is taken from the files themselves: what a superseded one held may go or stay.

-- A part of a compaction. The row of its last part says how the compaction stands.
CREATE TABLE compaction_part (
  space_row     INTEGER NOT NULL REFERENCES space,
  sequence      INTEGER NOT NULL,
  file          BLOB    NOT NULL,           -- FileId
  device_row    INTEGER NOT NULL,           -- of the author
  first         INTEGER NOT NULL,           -- of the range
  base          INTEGER NOT NULL,           -- the end of the range
  generation    INTEGER NOT NULL,
  part          INTEGER NOT NULL,           -- from 1
  parts         INTEGER NOT NULL,
  sound         INTEGER NOT NULL,           -- 1: the last part, and the log has the base with its root
  attested      INTEGER NOT NULL,           -- of the last part; 1: somebody answers for it, or there was nobody
  contested     INTEGER NOT NULL,           -- of the last part; 1: somebody is against it, and was not overruled
  stands        INTEGER NOT NULL,           -- of the first and the last part; 1: sound, attested, not contested
  superseded_by INTEGER NOT NULL,           -- sequence of the last part of one that stands and does; 2^63 - 1: none
  PRIMARY KEY (space_row, sequence)
) WITHOUT ROWID;

CREATE INDEX compaction_superseded ON compaction_part (space_row, superseded_by);
CREATE INDEX compaction_by_file ON compaction_part (space_row, file);
CREATE INDEX compaction_standing ON compaction_part (space_row, base) WHERE stands = 1 AND part = parts;
CREATE INDEX compaction_step ON compaction_part (space_row, sequence)
  WHERE stands = 1 AND part = parts AND superseded_by = 9223372036854775807;
CREATE INDEX compaction_begun ON compaction_part (device_row)
  WHERE part = 1 AND stands = 0 AND superseded_by = 9223372036854775807;

-- What a file of attestations says of a compaction.
CREATE TABLE attestation (
  space_row  INTEGER NOT NULL REFERENCES space,
  compaction BLOB    NOT NULL,              -- FileId of its last part, or of anything
  sequence   INTEGER NOT NULL,              -- of the file
  device_row INTEGER NOT NULL,              -- of the author
  contested  INTEGER NOT NULL,
  PRIMARY KEY (space_row, compaction, sequence)
) WITHOUT ROWID;

CREATE INDEX attestation_by_sequence ON attestation (space_row, sequence);
CREATE INDEX attestation_by_device ON attestation (space_row, compaction, device_row, contested);

-- What an outline of the log has as entries: membership files and attestations.
CREATE INDEX file_outline ON file (place) WHERE kind IN (3, 5);
