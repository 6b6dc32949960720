-- Restorations are numbered by the time: whoever marks one says the number.

ALTER TABLE restoration ALTER COLUMN number DROP IDENTITY;
ALTER TABLE restoration ALTER COLUMN number TYPE bigint;

UPDATE store_schema SET version = 3;
