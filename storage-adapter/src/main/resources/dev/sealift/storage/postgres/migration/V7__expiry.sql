-- What expiry goes by. Files of before have none: an engine of then refused it. Code of before goes on: what it commits never expires, and what has
-- expired it tells as reclaimed.
UPDATE store_schema SET version = 7;

ALTER TABLE file
  ADD COLUMN expires_at bigint  NOT NULL DEFAULT 0,     -- server time from which on the payload may go; 0: never, or it is gone
  ADD COLUMN expired    boolean NOT NULL DEFAULT false; -- the payload is gone since it had expired

-- The payloads of a space that are to expire, those that do so first in front. Those of the partitions are made behind this, without stopping
-- anybody (PartitionIndex).
CREATE INDEX file_expiry ON ONLY file (space_row, expires_at, sequence) WHERE expires_at > 0;
