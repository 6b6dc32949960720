-- What devices have signed of their positions. Code of before goes on: it keeps none, and leaves those that are there as they are.
UPDATE store_schema SET version = 8;

ALTER TABLE device ADD COLUMN signed_position bytea NOT NULL DEFAULT ''; -- the newest, 181 bytes as they came; empty: none
