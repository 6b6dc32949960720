-- What reclaiming goes by: since when a compaction stands, whether something was reclaimed under it, and when a device was seen last. And what stays
-- of a header that goes. Code of before goes on: what it makes stand is noted when reclaiming first asks for it, a device that it adds is seen
-- at that moment, and a contest of what is sealed breaks a constraint, which it takes for a conflict.
UPDATE store_schema SET version = 6;

ALTER TABLE compaction_part
  ADD COLUMN stood_at bigint  NOT NULL DEFAULT 0,       -- of the last part of one that stands: server time of the file since which; 0: not noted
  ADD COLUMN sealed   boolean NOT NULL DEFAULT false,   -- of the last part: something was reclaimed under it, so it stands for good
  ADD CONSTRAINT compaction_sealed_stands CHECK (stands OR NOT sealed);

-- What says that an attestation is of no more use.
CREATE INDEX compaction_sealed ON compaction_part (space_row, base) WHERE sealed;

-- When those of before were seen nobody knows: they count from now. One value for all of them, so that no row is written.
ALTER TABLE device
  ADD COLUMN seen_at bigint NOT NULL DEFAULT (extract(epoch FROM now()) * 1000)::bigint; -- Unix milliseconds, by the server's clock

ALTER TABLE file ADD COLUMN hybrid_time bigint;         -- of a header that was reclaimed: what it said
