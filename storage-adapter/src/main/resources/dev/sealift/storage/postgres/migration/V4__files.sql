-- Spaces and devices have small integer keys here; their 32-byte ids stand once each. What belongs to a log is partitioned
-- by its space, so that no index and no vacuum grows with the whole mesh. There are no foreign keys: they would cost every
-- file a look-up of rows that its own transaction has just locked.

-- What this schema is, and the oldest code that it still serves: see "Changing the schema" in the module's README.
CREATE TABLE store_schema (
  only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  version     integer NOT NULL,
  serves_from integer NOT NULL
);
INSERT INTO store_schema (version, serves_from) VALUES (4, 4);

-- Half of a page is left free, so that a head that is updated stays on its page and no index learns of it.
CREATE TABLE space (
  space_row        bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  space            bytea   NOT NULL UNIQUE,             -- SpaceId
  size             bigint  NOT NULL DEFAULT 0,          -- files in the log; 0: nothing was ever committed
  root             bytea   NOT NULL DEFAULT '',         -- of the tree at this size
  frontier         bytea   NOT NULL DEFAULT '',         -- roots of its complete subtrees, largest first
  edge             bytea   NOT NULL DEFAULT '',         -- of each level of tiles, lowest first, the last count % 16 hashes
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

-- A file's payload is in its row, so that a small file costs one; the server keeps a large one apart by itself, and reads it
-- only for whoever wants it. A device's counter names a file once.
CREATE TABLE file (
  space_row      bigint   NOT NULL,
  sequence       bigint   NOT NULL,
  device_row     bigint   NOT NULL,
  counter        bigint   NOT NULL,
  server_time    bigint   NOT NULL,
  base           bigint   NOT NULL,
  payload_length integer  NOT NULL,
  kind           smallint NOT NULL,                     -- FileKind
  file           bytea    NOT NULL,                     -- FileId
  header         bytea,                                 -- signed header; NULL once reclaimed
  payload        bytea,                                 -- NULL once reclaimed
  PRIMARY KEY (space_row, sequence),
  UNIQUE (space_row, device_row, counter)
) PARTITION BY HASH (space_row);
CREATE INDEX file_membership ON file (space_row, sequence) WHERE kind = 3;

-- The log's hash tree in tiles of 256 hashes: level 0 has the leaves, level n + 1 the roots of level n's full tiles. A tile is
-- stored as 16 parts of 16 hashes, each when it is full; what is not full yet is the edge, at the head.
CREATE TABLE tile_part (
  space_row bigint   NOT NULL,
  level     smallint NOT NULL,
  part      bigint   NOT NULL,                          -- index of its first hash / 16
  hashes    bytea    NOT NULL,
  PRIMARY KEY (space_row, level, part)
) PARTITION BY HASH (space_row);

-- How often this store was restored from an older state, as its operator says, and what each space has begun since.
CREATE TABLE restoration (
  number bigint PRIMARY KEY,                            -- the time, in Unix seconds, or one more than the one before
  at     timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE incarnation (
  space_row bigint  NOT NULL,
  number    bigint  NOT NULL,                           -- rising in a space; as signed
  signed    bytea   NOT NULL,                           -- as the notary signed it
  PRIMARY KEY (space_row, number)
);

-- What the notary signed of a space in a state that was lost, as devices told: no head of the log that is here is of one. They come with the
-- files that they excuse, so before the next incarnation begins.
CREATE TABLE lost_incarnation (
  space_row bigint  NOT NULL,
  number    bigint  NOT NULL,                           -- as signed
  signed    bytea   NOT NULL,                           -- as the notary signed it
  PRIMARY KEY (space_row, number)
);

-- Sealed bytes and hashes do not compress: trying would only cost time. A head stays in its row whole, since every commit has use for it.
ALTER TABLE file ALTER COLUMN header SET STORAGE EXTERNAL;
ALTER TABLE file ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE space ALTER COLUMN root SET STORAGE PLAIN;
ALTER TABLE space ALTER COLUMN frontier SET STORAGE PLAIN;
ALTER TABLE space ALTER COLUMN edge SET STORAGE PLAIN;

-- 16: the largest store on paper has 100 million files a day; a sixteenth of them is a table that vacuum and a rebuilt index
-- still get done with in minutes. More would cost every statement that plans without knowing its space.
DO $$
DECLARE
  partitions CONSTANT integer := 16;
BEGIN
  FOR i IN 0 .. partitions - 1 LOOP
    -- Reclaiming leaves dead rows in bursts; their room is to be found before the next burst.
    EXECUTE format(
      'CREATE TABLE file_%s PARTITION OF file FOR VALUES WITH (MODULUS %s, REMAINDER %s)
       WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.1,
         toast.autovacuum_vacuum_scale_factor = 0.05)', i, partitions, i);
    EXECUTE format(
      'CREATE TABLE tile_part_%s PARTITION OF tile_part FOR VALUES WITH (MODULUS %s, REMAINDER %s)
       WITH (autovacuum_vacuum_insert_scale_factor = 0.1)', i, partitions, i);
  END LOOP;
END
$$;
