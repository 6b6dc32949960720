-- Spaces and devices have small integer keys here; their 32-byte ids stand once each. What belongs to a log is partitioned
-- by its space, so that no index and no vacuum grows with the whole mesh. There are no foreign keys: they would cost every
-- file a look-up of rows that its own transaction has just locked.

-- What this schema is, and the oldest code that it still serves: see "Changing the schema" in the module's README.
CREATE TABLE store_schema (
  only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  version     integer NOT NULL,
  serves_from integer NOT NULL
);
INSERT INTO store_schema (version, serves_from) VALUES (1, 1);

-- Half of a page is left free, so that a head that is updated stays on its page and no index learns of it.
CREATE TABLE space (
  space_row        bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  space            bytea   NOT NULL UNIQUE,             -- SpaceId
  size             bigint  NOT NULL DEFAULT 0,          -- files in the log; 0: nothing was ever committed
  root             bytea   NOT NULL DEFAULT '',         -- of the tree at this size
  frontier         bytea   NOT NULL DEFAULT '',         -- roots of its complete subtrees, largest first
  last_server_time bigint  NOT NULL DEFAULT 0,          -- of the newest file
  stored_bytes     bigint  NOT NULL DEFAULT 0,          -- of headers and payloads that are kept
  admission_token  bytea                                -- of the newest commit that brought one
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);

-- A device that wrote a file or reported a position.
CREATE TABLE device (
  device_row bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  space_row  bigint NOT NULL,
  device     bytea  NOT NULL,                           -- DeviceId
  position   bigint NOT NULL DEFAULT 0,                 -- last sequence it holds durably, with all before it
  UNIQUE (space_row, device)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);

CREATE TABLE file (
  space_row      bigint   NOT NULL,
  sequence       bigint   NOT NULL,
  device_row     bigint   NOT NULL,
  counter        bigint   NOT NULL,
  server_time    bigint   NOT NULL,
  base           bigint   NOT NULL,
  payload_length integer  NOT NULL,
  kind           smallint NOT NULL,                     -- FileKind
  reclaimed      boolean  NOT NULL DEFAULT false,       -- the payload; it has no row then
  payload_sha256 bytea    NOT NULL,
  file           bytea    NOT NULL,                     -- FileId
  header         bytea,                                 -- signed header; NULL once reclaimed
  PRIMARY KEY (space_row, sequence),
  UNIQUE (space_row, device_row, counter)
) PARTITION BY HASH (space_row);
CREATE INDEX file_membership ON file (space_row, sequence) WHERE kind = 3;

-- Apart from the files, so that headers are read without them and they can go.
CREATE TABLE payload (
  space_row bigint NOT NULL,
  sequence  bigint NOT NULL,
  bytes     bytea  NOT NULL,
  PRIMARY KEY (space_row, sequence)
) PARTITION BY HASH (space_row);

-- The log's hash tree in tiles of 256 hashes: level 0 has the leaves, level n + 1 the roots of level n's full tiles. A tile is
-- stored as 16 parts of up to 16 hashes, so that appending a leaf rewrites half a kilobyte.
CREATE TABLE tile_part (
  space_row bigint   NOT NULL,
  level     smallint NOT NULL,
  part      bigint   NOT NULL,                          -- index of its first hash / 16
  hashes    bytea    NOT NULL,
  PRIMARY KEY (space_row, level, part)
) PARTITION BY HASH (space_row);

-- Sealed bytes and hashes do not compress: trying would only cost time.
ALTER TABLE file ALTER COLUMN header SET STORAGE EXTERNAL;
ALTER TABLE payload ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- 16: the largest store on paper has 100 million files a day; a sixteenth of them is a table that vacuum and a rebuilt index
-- still get done with in minutes. More would cost every statement that plans without knowing its space.
DO $$
DECLARE
  partitions CONSTANT integer := 16;
BEGIN
  FOR i IN 0 .. partitions - 1 LOOP
    EXECUTE format(
      'CREATE TABLE file_%s PARTITION OF file FOR VALUES WITH (MODULUS %s, REMAINDER %s)
       WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.1)', i, partitions, i);
    -- Reclaiming leaves dead rows in bursts; their room is to be found before the next burst.
    EXECUTE format(
      'CREATE TABLE payload_%s PARTITION OF payload FOR VALUES WITH (MODULUS %s, REMAINDER %s)
       WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.1,
         toast.autovacuum_vacuum_scale_factor = 0.05)', i, partitions, i);
    -- A part is rewritten fifteen times before it is full.
    EXECUTE format(
      'CREATE TABLE tile_part_%s PARTITION OF tile_part FOR VALUES WITH (MODULUS %s, REMAINDER %s)
       WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05)', i, partitions, i);
  END LOOP;
END
$$;
