-- What a space's quota is reckoned by: the bytes of headers and payloads that are kept, and the token it is admitted under.

ALTER TABLE space ADD COLUMN stored_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE space ADD COLUMN admission_token BLOB; -- NULL: none

UPDATE space SET stored_bytes =
  (SELECT coalesce(sum(length(header)), 0) FROM file
   WHERE place > (space_row << 40) AND place < ((space_row + 1) << 40))
  + (SELECT coalesce(sum(length(bytes)), 0) FROM payload
     WHERE place > (space_row << 40) AND place < ((space_row + 1) << 40));
