-- Everything that belongs to a tenant carries tenant_id in its key and in every reference, so that a reference across
-- tenants cannot be written down, whatever the code above does. Times are nanoseconds since 1970 UTC; ids are the 16 bytes
-- of a ULID. Applied with user_version in one transaction; a released file is never edited, the next number follows it.

PRAGMA application_id = 1752329081;  -- "hrky": a file of another program is refused

-- One row.
CREATE TABLE installation (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    created_at INTEGER NOT NULL,
    probed_at  INTEGER NOT NULL  -- rewritten to prove that writing works again after an I/O error
) STRICT;

-- One row while the file is closed, none while it is in use: a file that is found without one was not closed.
CREATE TABLE clean_stop (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL
) STRICT;

-- The ring of server keys. Whatever a key has made names it by its id: tokens, seals, records, heads. key_check is a MAC of a
-- fixed text under it: another key is noticed before anything is written. active: it makes what is new. old: what it has
-- made is still good. retired: only records of it are left, which are verified as ever.
CREATE TABLE server_keys (
    id         INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 255),
    state      TEXT NOT NULL CHECK (state IN ('active', 'old', 'retired')),
    key_check  BLOB NOT NULL CHECK (length(key_check) = 32),
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_active_key ON server_keys (state) WHERE state = 'active';
CREATE TRIGGER server_keys_stay BEFORE DELETE ON server_keys BEGIN SELECT RAISE(ABORT, 'the ids of keys are kept for ever'); END;
CREATE TRIGGER server_keys_are_fixed BEFORE UPDATE OF id, key_check, created_at ON server_keys
BEGIN SELECT RAISE(ABORT, 'a key does not change'); END;
CREATE TRIGGER server_keys_go_forward BEFORE UPDATE OF state ON server_keys
WHEN (OLD.state = 'retired' AND NEW.state <> 'retired') OR (OLD.state = 'old' AND NEW.state = 'active')
BEGIN SELECT RAISE(ABORT, 'a key that was replaced stays replaced'); END;

CREATE TABLE tenants (
    id         BLOB PRIMARY KEY CHECK (length(id) = 16 AND id <> zeroblob(16)),
    name       TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 63 AND name NOT GLOB '*[^a-z0-9-]*' AND name NOT GLOB '-*'),
    created_at INTEGER NOT NULL,
    revision   INTEGER NOT NULL CHECK (revision >= 1)
) STRICT, WITHOUT ROWID;

CREATE TABLE apps (
    tenant_id  BLOB NOT NULL REFERENCES tenants (id),
    name       TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 63 AND name NOT GLOB '*[^a-z0-9-]*' AND name NOT GLOB '-*'),
    created_at INTEGER NOT NULL,
    revision   INTEGER NOT NULL CHECK (revision >= 1),
    PRIMARY KEY (tenant_id, name)
) STRICT, WITHOUT ROWID;

-- Every external id ever made. It never forgets: an id that a customer's trust policy still names must not come back to
-- life for another connection or tenant.
CREATE TABLE external_ids (
    external_id TEXT PRIMARY KEY CHECK (external_id GLOB 'hk-*' AND length(external_id) >= 35),
    tenant_id   BLOB NOT NULL,
    connection  TEXT NOT NULL,
    UNIQUE (tenant_id, connection, external_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER external_ids_stay BEFORE DELETE ON external_ids BEGIN SELECT RAISE(ABORT, 'external ids are kept for ever'); END;
CREATE TRIGGER external_ids_are_fixed BEFORE UPDATE ON external_ids BEGIN SELECT RAISE(ABORT, 'external ids are kept for ever'); END;

-- seal, here and below: the key's id and a MAC over the row under the server key (lib/store_sqlite/row_seal.hpp). A row that
-- something else wrote is not used. A connection without a role is a draft. capabilities: model::connection_capabilities.
-- last_checked_at is no part of what revision and seal stand for.
CREATE TABLE connections (
    tenant_id   BLOB NOT NULL REFERENCES tenants (id),
    name        TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 63 AND name NOT GLOB '*[^a-z0-9-]*' AND name NOT GLOB '-*'),
    kind        TEXT NOT NULL CHECK (kind IN ('role', 'static_key')),
    state       TEXT NOT NULL CHECK (state IN ('draft', 'pending', 'active', 'degraded', 'broken', 'insecure_trust', 'disabled')),
    role_arn    TEXT CHECK (role_arn GLOB 'arn:*:iam::*:role/*'),
    account_id  TEXT CHECK (length(account_id) = 12 AND account_id NOT GLOB '*[^0-9]*'),
    region      TEXT NOT NULL,
    external_id TEXT NOT NULL UNIQUE,
    capabilities    TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    verified_at     INTEGER,
    last_checked_at INTEGER,
    revision        INTEGER NOT NULL CHECK (revision >= 1),
    seal            BLOB NOT NULL CHECK (length(seal) = 33),
    CHECK (kind <> 'role' OR state IN ('draft', 'disabled') OR role_arn IS NOT NULL),
    CHECK (role_arn IS NULL OR account_id IS NOT NULL),
    PRIMARY KEY (tenant_id, name),
    FOREIGN KEY (tenant_id, name, external_id) REFERENCES external_ids (tenant_id, connection, external_id)
) STRICT, WITHOUT ROWID;

-- app '*' is any app of the tenant and refers to none; any other refers to an app of the same tenant.
CREATE TABLE grants (
    tenant_id            BLOB NOT NULL,
    connection           TEXT NOT NULL,
    app                  TEXT NOT NULL,
    named_app            TEXT GENERATED ALWAYS AS (NULLIF(app, '*')) STORED,
    max_duration_seconds INTEGER CHECK (max_duration_seconds > 0),
    expires_at           INTEGER,
    reason               TEXT NOT NULL CHECK (length(reason) <= 256),
    created_at           INTEGER NOT NULL,
    revision             INTEGER NOT NULL CHECK (revision >= 1),
    seal                 BLOB NOT NULL CHECK (length(seal) = 33),
    PRIMARY KEY (tenant_id, connection, app),
    FOREIGN KEY (tenant_id, connection) REFERENCES connections (tenant_id, name) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, named_app) REFERENCES apps (tenant_id, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX grants_by_app ON grants (tenant_id, named_app);

-- mac: of the token, under the server key mac_key. stage: where alone it may be used.
-- live_app: a revoked token keeps its app's name as history, a live one cannot outlive its app.
CREATE TABLE tokens (
    id           BLOB PRIMARY KEY CHECK (length(id) = 16),
    role         TEXT NOT NULL CHECK (role IN ('operator', 'admin', 'app', 'auditor')),
    tenant_id    BLOB REFERENCES tenants (id) ON DELETE CASCADE CHECK ((tenant_id IS NULL) = (role = 'operator')),
    app          TEXT CHECK ((app IS NOT NULL) = (role = 'app')),
    stage        TEXT CHECK (length(stage) BETWEEN 1 AND 63 AND stage NOT GLOB '*[^a-z0-9-]*' AND stage NOT GLOB '-*'),
    mac_key      INTEGER NOT NULL REFERENCES server_keys (id),
    mac          BLOB NOT NULL CHECK (length(mac) = 32),
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL CHECK (expires_at > created_at),
    last_used_at INTEGER,
    revoked_at   INTEGER,
    seal         BLOB NOT NULL CHECK (length(seal) = 33),
    live_app     TEXT GENERATED ALWAYS AS (CASE WHEN revoked_at IS NULL THEN app END) STORED,
    FOREIGN KEY (tenant_id, live_app) REFERENCES apps (tenant_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_by_tenant ON tokens (tenant_id, id);
CREATE INDEX tokens_by_live_app ON tokens (tenant_id, live_app);
CREATE TRIGGER tokens_are_fixed BEFORE UPDATE OF id, role, tenant_id, app, stage, mac_key, mac, created_at, expires_at ON tokens
BEGIN SELECT RAISE(ABORT, 'a token does not change'); END;
CREATE TRIGGER tokens_stay_revoked BEFORE UPDATE OF revoked_at ON tokens WHEN OLD.revoked_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a revoked token stays revoked'); END;

-- The last revision of what is gone, by the name that the audit has for it: what is made anew under that name goes on after
-- it, so that a revision never comes back. A tenant leaves the highest of all that was in it (under the nil tenant); a new one
-- of its name starts there, and so does everything in it.
CREATE TABLE former_revisions (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    target    TEXT NOT NULL,
    revision  INTEGER NOT NULL CHECK (revision >= 1),
    PRIMARY KEY (tenant_id, target)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER apps_leave_their_revision AFTER DELETE ON apps
BEGIN INSERT OR REPLACE INTO former_revisions VALUES (OLD.tenant_id, 'apps/' || OLD.name, OLD.revision); END;
CREATE TRIGGER connections_leave_their_revision AFTER DELETE ON connections
BEGIN INSERT OR REPLACE INTO former_revisions VALUES (OLD.tenant_id, 'connections/' || OLD.name, OLD.revision); END;
CREATE TRIGGER grants_leave_their_revision AFTER DELETE ON grants
BEGIN INSERT OR REPLACE INTO former_revisions VALUES (OLD.tenant_id, 'connections/' || OLD.connection || '/grants/' || OLD.app, OLD.revision); END;
CREATE TRIGGER tenants_leave_their_revision AFTER DELETE ON tenants BEGIN
    INSERT OR REPLACE INTO former_revisions VALUES (zeroblob(16), 'tenants/' || OLD.name,
        max(OLD.revision, coalesce((SELECT max(revision) FROM former_revisions WHERE tenant_id = OLD.id), 1)));
    DELETE FROM former_revisions WHERE tenant_id = OLD.id;
END;

-- The words of the audit by their numbers (lib/model/audit_words.hpp), for whoever reads the tables below. More follow.
CREATE TABLE audit_actions (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE audit_outcomes (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE audit_actors (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
INSERT INTO audit_actions (id, name) VALUES
    (1, 'vend'), (2, 'tenant.create'), (3, 'tenant.delete'), (4, 'app.put'), (5, 'app.delete'), (6, 'connection.put'),
    (7, 'connection.delete'), (8, 'connection.verify'), (9, 'connection.probe'), (10, 'grant.put'), (11, 'grant.delete'),
    (12, 'token.create'), (13, 'token.revoke'), (14, 'store.restore'), (15, 'key.rotate'), (16, 'key.retire');
INSERT INTO audit_outcomes (id, name) VALUES
    (1, 'granted'), (2, 'denied'), (3, 'error'), (4, 'changed'), (5, 'reissued'), (6, 'shared'), (7, 'undelivered');
INSERT INTO audit_actors (id, name) VALUES
    (1, 'server'), (2, 'machine'), (3, 'token'), (4, 'oidc_session'), (5, 'certificate'), (6, 'platform');

-- Who writes a chain, and where it ends: the last record's seq and hash under a seal, so that cutting off the tail shows.
-- Here one writes, slot 0. term, epoch, holder and lease_until are for several nodes on one database; one process counts
-- its epochs in memory.
CREATE TABLE audit_writers (
    slot        INTEGER PRIMARY KEY CHECK (slot = 0),
    term        INTEGER NOT NULL CHECK (term >= 0),
    epoch       INTEGER NOT NULL CHECK (epoch >= 0),
    seq         INTEGER NOT NULL CHECK (seq >= 0),
    hash        BLOB NOT NULL CHECK (length(hash) = 32),
    key         INTEGER NOT NULL CHECK (key >= 1),  -- no reference: it would be looked up at each commit
    seal        BLOB NOT NULL CHECK (length(seal) = 32),
    holder      TEXT,
    lease_until INTEGER
) STRICT;
CREATE TRIGGER audit_writers_stay BEFORE DELETE ON audit_writers BEGIN SELECT RAISE(ABORT, 'the audit head stays'); END;
CREATE TRIGGER audit_writers_go_forward BEFORE UPDATE ON audit_writers
WHEN NEW.seq < OLD.seq OR (NEW.seq = OLD.seq AND NEW.hash <> OLD.hash) OR NEW.term < OLD.term
BEGIN SELECT RAISE(ABORT, 'the audit head goes forward only'); END;

-- No reference to tenants: a record outlives what it tells of. A nil tenant_id is the server itself. format: how the record
-- is written down for the chain (lib/audit/chain.hpp). key: the server key under which it is chained.
CREATE TABLE audit (
    writer            INTEGER NOT NULL CHECK (writer = 0),
    seq               INTEGER PRIMARY KEY CHECK (seq >= 1),
    tenant_seq        INTEGER NOT NULL CHECK (tenant_seq >= 1),
    format            INTEGER NOT NULL CHECK (format >= 1),
    key               INTEGER NOT NULL CHECK (key >= 1),
    time              INTEGER NOT NULL,
    request_id        TEXT NOT NULL,
    action            INTEGER NOT NULL CHECK (action >= 1),
    outcome           INTEGER NOT NULL CHECK (outcome >= 1),
    reason            TEXT NOT NULL,
    tenant_id         BLOB NOT NULL CHECK (length(tenant_id) = 16),
    tenant            TEXT NOT NULL,
    app               TEXT NOT NULL,
    actor             INTEGER NOT NULL CHECK (actor >= 1),
    actor_role        TEXT,
    token_id          BLOB NOT NULL CHECK (length(token_id) = 16),  -- the actor's id
    client_address    TEXT NOT NULL,
    connection        TEXT NOT NULL,
    role_arn          TEXT NOT NULL,
    session_name      TEXT NOT NULL,
    access_key_id     TEXT NOT NULL,
    sts_request_id    TEXT NOT NULL,
    aws_code          TEXT NOT NULL,
    requested_seconds INTEGER NOT NULL CHECK (requested_seconds BETWEEN 0 AND 4294967295),
    expiration        INTEGER,
    target            TEXT NOT NULL,
    detail            TEXT NOT NULL,  -- model::audit_detail in its canonical form
    count             INTEGER NOT NULL CHECK (count >= 1),
    hash              BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE UNIQUE INDEX audit_by_tenant ON audit (tenant_id, tenant_seq);

-- What has been taken off a chain's beginning, after it was exported: records first_seq to last_seq, the last one's hash,
-- the export's SHA-256, and a seal over all of it. What a segment does not name cannot be removed
-- (docs/decisions/0032-the-audit-is-removed-in-sealed-segments.md).
CREATE TABLE audit_segments (
    writer      INTEGER NOT NULL REFERENCES audit_writers (slot),
    last_seq    INTEGER NOT NULL CHECK (last_seq >= first_seq),
    first_seq   INTEGER NOT NULL CHECK (first_seq >= 1),
    last_hash   BLOB NOT NULL CHECK (length(last_hash) = 32),
    last_time   INTEGER NOT NULL,
    export_hash BLOB NOT NULL CHECK (length(export_hash) = 32),
    exported_at INTEGER NOT NULL,
    key         INTEGER NOT NULL REFERENCES server_keys (id),
    seal        BLOB NOT NULL CHECK (length(seal) = 32),
    PRIMARY KEY (writer, last_seq)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER audit_segments_stay BEFORE DELETE ON audit_segments
BEGIN SELECT RAISE(ABORT, 'what was removed stays on record'); END;
CREATE TRIGGER audit_segments_are_fixed BEFORE UPDATE ON audit_segments
BEGIN SELECT RAISE(ABORT, 'what was removed stays on record'); END;
CREATE TRIGGER audit_segments_leave_no_gap BEFORE INSERT ON audit_segments
WHEN NEW.first_seq <> 1 + coalesce((SELECT max(last_seq) FROM audit_segments WHERE writer = NEW.writer), 0)
BEGIN SELECT RAISE(ABORT, 'records are removed from the beginning on, without gaps'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit
WHEN NOT EXISTS (SELECT 1 FROM audit_segments
                 WHERE writer = OLD.writer AND last_seq >= OLD.seq AND first_seq <= OLD.seq)
BEGIN SELECT RAISE(ABORT, 'audit records are removed only in segments that were exported and sealed'); END;
CREATE TRIGGER audit_is_fixed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;

-- Work that outlives the process that began it (lib/jobs): one of a kind for each thing. A nil tenant_id is the server's own.
-- Whoever holds the lease is at it; when the lease is over, somebody else may be.
CREATE TABLE jobs (
    kind        TEXT NOT NULL,
    tenant_id   BLOB NOT NULL CHECK (length(tenant_id) = 16),
    target      TEXT NOT NULL,  -- as the audit names it
    id          BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    detail      TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    next_at     INTEGER NOT NULL,
    attempts    INTEGER NOT NULL CHECK (attempts >= 0),
    last_error  TEXT NOT NULL,
    owner       BLOB CHECK (length(owner) = 16),  -- of the lease
    lease_until INTEGER CHECK ((lease_until IS NULL) = (owner IS NULL)),
    PRIMARY KEY (kind, tenant_id, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_by_next ON jobs (next_at);
CREATE TRIGGER tenants_end_their_jobs AFTER DELETE ON tenants BEGIN DELETE FROM jobs WHERE tenant_id = OLD.id; END;
