-- What expiry goes by. Files of before have none: an engine of then refused it.

ALTER TABLE file ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0; -- server time from which on the payload may go; 0: never, or it is gone
ALTER TABLE file ADD COLUMN expired INTEGER NOT NULL DEFAULT 0;    -- 1: the payload is gone since it had expired

-- The payloads of a space that are to expire, those that do so first in front.
CREATE INDEX file_expiry ON file (place >> 40, expires_at) WHERE expires_at > 0;
