-- Everything that belongs to a tenant carries tenant_id in its key and in every reference, so that a reference across
-- tenants cannot be written down, whatever the code above does. Times are nanoseconds since 1970 UTC; ids are the 16 bytes
-- of a ULID. Applied with user_version in one transaction; a released file is never edited, the next number follows it.

PRAGMA application_id = 1752329081;  -- "hrky": a file of another program is refused

-- One row. key_check is a MAC of a fixed text under the server key: another key is noticed before anything is written.
CREATE TABLE installation (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    key_check  BLOB NOT NULL CHECK (length(key_check) = 32),
    created_at INTEGER NOT NULL,
    probed_at  INTEGER NOT NULL  -- rewritten to prove that writing works again after an I/O error
) STRICT;

-- One row while the file is closed, none while it is in use: a file that is found without one was not closed.
CREATE TABLE clean_stop (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL
) STRICT;

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

-- seal, here and below: the key's number and a MAC over the row under the server key (lib/store/row_seal.hpp). A row that
-- something else wrote is not used.
CREATE TABLE connections (
    tenant_id   BLOB NOT NULL REFERENCES tenants (id),
    name        TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 63 AND name NOT GLOB '*[^a-z0-9-]*' AND name NOT GLOB '-*'),
    state       TEXT NOT NULL CHECK (state IN ('pending', 'active', 'broken', 'insecure_trust')),
    role_arn    TEXT NOT NULL CHECK (role_arn GLOB 'arn:*:iam::*:role/*'),
    account_id  TEXT NOT NULL CHECK (length(account_id) = 12 AND account_id NOT GLOB '*[^0-9]*'),
    region      TEXT NOT NULL,
    external_id TEXT NOT NULL UNIQUE,
    created_at  INTEGER NOT NULL,
    verified_at INTEGER,
    revision    INTEGER NOT NULL CHECK (revision >= 1),
    seal        BLOB NOT NULL CHECK (length(seal) = 33),
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

-- live_app: a revoked token keeps its app's name as history, a live one cannot outlive its app.
CREATE TABLE tokens (
    id           BLOB PRIMARY KEY CHECK (length(id) = 16),
    role         TEXT NOT NULL CHECK (role IN ('operator', 'admin', 'app', 'auditor')),
    tenant_id    BLOB REFERENCES tenants (id) ON DELETE CASCADE CHECK ((tenant_id IS NULL) = (role = 'operator')),
    app          TEXT CHECK ((app IS NOT NULL) = (role = 'app')),
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
CREATE TRIGGER tokens_are_fixed BEFORE UPDATE OF id, role, tenant_id, app, mac, created_at, expires_at ON tokens
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

-- No reference to tenants: a record outlives what it tells of. A nil tenant_id is the server itself.
CREATE TABLE audit (
    seq               INTEGER PRIMARY KEY CHECK (seq >= 1),
    tenant_seq        INTEGER NOT NULL CHECK (tenant_seq >= 1),
    time              INTEGER NOT NULL,
    request_id        TEXT NOT NULL,
    action            TEXT NOT NULL,
    outcome           TEXT NOT NULL  -- no IN: it fills a temporary b-tree at each insert
                      CHECK (outcome = 'granted' OR outcome = 'denied' OR outcome = 'error' OR outcome = 'changed'),
    reason            TEXT NOT NULL,
    tenant_id         BLOB NOT NULL CHECK (length(tenant_id) = 16),
    tenant            TEXT NOT NULL,
    app               TEXT NOT NULL,
    actor_role        TEXT NOT NULL,
    token_id          BLOB NOT NULL CHECK (length(token_id) = 16),
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
    before_state      TEXT NOT NULL,  -- model::audit_fields in its canonical form; empty: nothing was there
    after_state       TEXT NOT NULL,
    count             INTEGER NOT NULL CHECK (count >= 1),
    hash              BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE UNIQUE INDEX audit_by_tenant ON audit (tenant_id, tenant_seq);
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit records are never removed'); END;
CREATE TRIGGER audit_is_fixed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit records are never changed'); END;

-- One row: the last record's seq and hash under a seal, so that cutting off the tail shows.
CREATE TABLE audit_head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL CHECK (seq >= 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    seal BLOB NOT NULL CHECK (length(seal) = 32)
) STRICT;
CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head BEGIN SELECT RAISE(ABORT, 'the audit head stays'); END;
CREATE TRIGGER audit_head_goes_forward BEFORE UPDATE ON audit_head WHEN NEW.seq <= OLD.seq
BEGIN SELECT RAISE(ABORT, 'the audit head goes forward only'); END;
