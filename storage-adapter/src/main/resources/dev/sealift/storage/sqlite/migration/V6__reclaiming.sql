-- What reclaiming goes by: since when a compaction stands, whether something was reclaimed under it, and when a device was seen last. And what stays
-- of a header that goes.

ALTER TABLE compaction_part ADD COLUMN stood_at INTEGER NOT NULL DEFAULT 0; -- of the last part of one that stands: server time of the file since which; 0: not noted
ALTER TABLE compaction_part ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0
  CHECK (sealed <= stands);                 -- of the last part; 1: something was reclaimed under it, so it stands for good

-- What says that an attestation is of no more use.
CREATE INDEX compaction_sealed ON compaction_part (space_row, base) WHERE sealed = 1;

ALTER TABLE device ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0; -- Unix milliseconds, by the store's clock

-- When those of before were seen nobody knows: they count from now.
UPDATE device SET seen_at = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER);

ALTER TABLE file ADD COLUMN hybrid_time INTEGER; -- of a header that was reclaimed: what it said
