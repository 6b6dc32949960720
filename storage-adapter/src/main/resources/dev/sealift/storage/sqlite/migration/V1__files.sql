-- Spaces, devices and files have small integer keys here; their 32-byte ids stand once each.

CREATE TABLE space (
  space_row        INTEGER PRIMARY KEY,
  space            BLOB    NOT NULL UNIQUE, -- SpaceId
  size             INTEGER NOT NULL,        -- files in the log
  root             BLOB    NOT NULL,        -- of the tree at this size
  frontier         BLOB    NOT NULL,        -- roots of its complete subtrees, largest first
  last_server_time INTEGER NOT NULL         -- of the newest file
);

-- A device that wrote a file or reported a position.
CREATE TABLE device (
  device_row INTEGER PRIMARY KEY,
  space_row  INTEGER NOT NULL REFERENCES space,
  device     BLOB    NOT NULL,              -- DeviceId
  position   INTEGER NOT NULL DEFAULT 0,    -- last sequence it holds durably, with all before it
  UNIQUE (space_row, device)
);

-- place = space_row * 2^40 + sequence: a space's log lies together in this order, and no second index finds it.
CREATE TABLE file (
  place          INTEGER PRIMARY KEY,
  device_row     INTEGER NOT NULL REFERENCES device,
  counter        INTEGER NOT NULL,
  kind           INTEGER NOT NULL,          -- FileKind
  server_time    INTEGER NOT NULL,
  base           INTEGER NOT NULL,
  payload_length INTEGER NOT NULL,
  payload_sha256 BLOB    NOT NULL,
  file           BLOB    NOT NULL,          -- FileId
  header         BLOB                       -- signed header; NULL once reclaimed
);

CREATE UNIQUE INDEX file_by_dot ON file (device_row, counter);
CREATE INDEX file_membership ON file (place) WHERE kind = 3;

-- Apart from the files, so that headers are read without them and they can go. No row: reclaimed.
CREATE TABLE payload (
  place INTEGER PRIMARY KEY,                -- the file's
  bytes BLOB NOT NULL
);

-- The log's hash tree in tiles of 256 hashes: level 0 has the leaves, level n + 1 the roots of level n's full
-- tiles. A tile is stored as 16 parts of up to 16 hashes, so that appending a leaf rewrites half a kilobyte.
CREATE TABLE tile_part (
  space_row INTEGER NOT NULL REFERENCES space,
  level     INTEGER NOT NULL,
  part      INTEGER NOT NULL,               -- index of its first hash / 16
  hashes    BLOB    NOT NULL,
  PRIMARY KEY (space_row, level, part)
) WITHOUT ROWID;
