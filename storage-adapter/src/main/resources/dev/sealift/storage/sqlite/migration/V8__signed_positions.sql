-- What devices have signed of their positions.

ALTER TABLE device ADD COLUMN signed_position BLOB NOT NULL DEFAULT x''; -- the newest, 181 bytes as they came; empty: none
