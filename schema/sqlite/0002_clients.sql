-- What a connection says to clients. default_region: theirs, where `region` is whose STS is called. session_sharing: how far one
-- session may serve several requests, by its number. Both are under the seal when one of them is set, so that the seals of rows
-- from before this file stay good (lib/store_sqlite/row_seal.cpp).

-- The words by their numbers (lib/model/connection.hpp).
CREATE TABLE session_sharings (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO session_sharings (id, name) VALUES (1, 'none'), (2, 'job'), (3, 'app'), (4, 'connection');

ALTER TABLE connections ADD COLUMN default_region TEXT;
ALTER TABLE connections ADD COLUMN session_sharing INTEGER NOT NULL DEFAULT 1 CHECK (session_sharing BETWEEN 1 AND 4);
