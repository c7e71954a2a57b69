"""The state held against the trail, seals of rows, heads in the log, and the export of records."""
import json
import shutil
import signal
import subprocess
import unittest

from harness import BINARIES, PATIENCE, TARGET_ACCOUNT, World, expect, opened, wait_until, without_triggers

world = None


def setUpModule():
    global world
    world = World()
    unittest.addModuleCleanup(world.close)


def copy_of(server, name):
    """The running server's database as one file, with its key beside it."""
    file = world.folder / f"{name}.db"
    file.unlink(missing_ok=True)
    with opened(server.database) as source, opened(file) as target:
        source.backup(target)
    shutil.copy(f"{server.database}.key", f"{file}.key")
    return file


def head_of(file):
    with opened(file) as db:
        return db.execute("SELECT seq, hash, seal FROM audit_writers").fetchone()


def verify(server, file, *more):
    return server.command("audit", "verify", "--set", f"store.path={file}", *more)


def role(name):
    return {"kind": "role", "role_arn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/{name}"}


class StateAgainstTrail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tenant = world.tenant()
        cls.app = cls.tenant.ready(max_duration_seconds=900)
        cls.tenant.grant("prod", "*")
        cls.revoked = cls.tenant.issue("auditor")
        expect(cls.tenant.admin.delete(f"{cls.tenant.path}/tokens/{cls.revoked['id']}"), 204)
        cls.tenant.app("gone")
        cls.gone = cls.tenant.issue("app", "gone")
        expect(cls.tenant.admin.delete(f"{cls.tenant.path}/apps/gone"), 204)
        other = world.tenant()
        expect(world.operator.delete(other.path), 204)

    def tampered(self, *statements):
        file = copy_of(world.server, "tampered")
        with opened(file) as db:
            with without_triggers(db):
                db.execute("PRAGMA foreign_keys = OFF")
                for statement in statements:
                    db.execute(statement)
        return verify(world.server, file)

    def test_an_honest_copy_and_the_live_file_are_what_their_records_tell(self):
        for file in (world.server.database, copy_of(world.server, "honest")):
            done = verify(world.server, file)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("The audit chain is whole", done.stdout)

    def test_every_row_that_decides_is_held_against_its_record(self):
        rows = (
            ("a token made longer", "UPDATE tokens SET expires_at = expires_at + 1 WHERE role = 'app' AND revoked_at IS NULL", "differs", "tokens/"),
            ("a token's role raised", "UPDATE tokens SET role = 'auditor' WHERE role = 'admin'", "differs", "tokens/"),
            ("a revoked token revived", "UPDATE tokens SET revoked_at = NULL WHERE role = 'auditor'", "differs", f"tokens/{self.revoked['id']}"),
            ("a token that ended with its app revived", "UPDATE tokens SET revoked_at = NULL WHERE app = 'gone'", "differs", f"tokens/{self.gone['id']}"),
            ("a token put in", "INSERT INTO tokens (id, role, tenant_id, mac_key, mac, created_at, expires_at, seal) "
                               "SELECT randomblob(16), role, tenant_id, mac_key, mac, created_at, expires_at, seal FROM tokens WHERE role = 'admin' LIMIT 1",
             "unrecorded", "tokens/"),
            ("a token gone", "DELETE FROM tokens WHERE role = 'auditor'", "vanished", f"tokens/{self.revoked['id']}"),
            ("a token's secret", "UPDATE tokens SET mac = randomblob(32) WHERE role = 'admin'", "unsealed", "tokens/"),
            ("a grant made longer", "UPDATE grants SET max_duration_seconds = 43200 WHERE app = 'deploy'", "differs", "connections/prod/grants/deploy"),
            ("a grant for all put in", "UPDATE grants SET connection = 'other' WHERE app = '*'", "unrecorded", "connections/other/grants/*"),
            ("a grant gone", "DELETE FROM grants WHERE app = 'deploy'", "vanished", "connections/prod/grants/deploy"),
            ("another role", "UPDATE connections SET role_arn = role_arn || 'x'", "differs", "connections/prod"),
            ("a state", "UPDATE connections SET state = 'broken'", "differs", "connections/prod"),
            ("an external id", "UPDATE connections SET external_id = 'hk-ffffffffffffffffffffffffffffffff' "
                               "WHERE external_id = (SELECT min(external_id) FROM connections)", "differs", "connections/prod"),
            ("a seal", "UPDATE connections SET seal = zeroblob(33)", "unsealed", "connections/prod"),
            ("an app put in", "INSERT INTO apps SELECT tenant_id, 'mole', created_at, revision FROM apps LIMIT 1", "unrecorded", "apps/mole"),
            ("an app gone", "DELETE FROM apps WHERE name = 'deploy'", "vanished", "apps/deploy"),
            ("a tenant renamed", f"UPDATE tenants SET name = 'evil' WHERE name = '{self.tenant.name}'", "differs", "tenants/evil"),
            ("a tenant made older", f"UPDATE tenants SET created_at = created_at - 1 WHERE name = '{self.tenant.name}'", "differs",
             f"tenants/{self.tenant.name}"),
        )
        for name, statement, kind, target in rows:
            with self.subTest(name):
                done = self.tampered(statement)
                self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                self.assertIn(f"{kind}: {target}", done.stdout)

    def test_a_tail_cut_off_with_an_old_head_shows_in_the_state(self):
        old = head_of(copy_of(world.server, "before"))
        self.tenant.app("late")
        self.tenant.grant("prod", "late")
        done = self.tampered(f"DELETE FROM audit WHERE seq > {old[0]}",
                             f"UPDATE audit_writers SET seq = {old[0]}, hash = x'{old[1].hex()}', seal = x'{old[2].hex()}'")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("unrecorded: apps/late", done.stdout)
        self.assertIn("unrecorded: connections/prod/grants/late", done.stdout)

    def test_an_older_right_put_back_with_its_own_seal_shows(self):
        self.tenant.app("short")
        self.tenant.grant("prod", "short")
        with opened(copy_of(world.server, "before")) as db:
            row = db.execute("SELECT max_duration_seconds, revision, seal FROM grants WHERE app = 'short'").fetchone()
        self.tenant.grant("prod", "short", max_duration_seconds=900)
        done = self.tampered(f"UPDATE grants SET max_duration_seconds = NULL, revision = {row[1]}, seal = x'{row[2].hex()}' WHERE app = 'short'")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("differs: connections/prod/grants/short", done.stdout)

    def test_a_record_that_cannot_be_read_is_found_and_not_a_failure(self):
        for column, value in (("outcome", "99"), ("detail", "'aname:x'"), ("tenant_id", "x'00'"), ("hash", "x'00'"),
                              ("requested_seconds", "-1"), ("token_id", "x''")):
            with self.subTest(column):
                done = self.tampered("PRAGMA ignore_check_constraints = ON", f"UPDATE audit SET {column} = {value} WHERE seq = 5")
                self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                self.assertIn("broken at seq 5", done.stdout)

    def test_a_row_of_the_state_that_cannot_be_read_is_found_too(self):
        done = self.tampered("PRAGMA ignore_check_constraints = ON", "UPDATE connections SET state = 'maybe'")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)


class KnownHeads(unittest.TestCase):
    """A server of its own, started and stopped."""

    def heads(self, server):
        return [line for line in server.log() if line["msg"] == "audit head"]

    def test_a_server_that_goes_on_logs_its_head_again_and_again(self):
        own = World(audit={"head_log_seconds": 1})
        self.addCleanup(own.close)
        tenant = own.tenant()
        last = tenant.records()[-1]["seq"]
        wait_until("a later head", lambda: any(h["when"] == "running" and h["seq"] >= last for h in self.heads(own.server)))
        known = self.heads(own.server)[-1]
        self.assertEqual(own.server.stop(), 0)
        done = own.server.command("audit", "verify", "--since", f"{known['seq']}:{known['hash']}")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_head_of_the_log_finds_what_nothing_else_does(self):
        own = World()
        self.addCleanup(own.close)
        started = self.heads(own.server)
        self.assertEqual([h["when"] for h in started], ["start"])
        tenant = own.tenant()
        app = tenant.ready()
        expect(app.get("/v1/credentials/prod"), 200)
        with opened(own.server.database) as db:
            old = db.execute("SELECT seq, hash, seal FROM audit_writers").fetchone()
        for _ in range(3):
            expect(app.get("/v1/credentials/prod"), 200)
        self.assertEqual(own.server.stop(), 0)
        last = self.heads(own.server)[-1]
        self.assertEqual(last["when"], "stop")
        with opened(own.server.database) as db:
            seq, digest = db.execute("SELECT seq, hash FROM audit_writers").fetchone()
        self.assertEqual((last["seq"], last["hash"]), (seq, digest.hex()))

        known = f"{last['seq']}:{last['hash']}"
        for head in (known, f"{started[0]['seq']}:{started[0]['hash']}"):
            done = own.server.command("audit", "verify", "--since", head)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(own.server.command("audit", "verify", "--since", "17").returncode, 2)

        # Vends only: no state depends on them. On another machine, where nothing else remembers the head.
        file = own.folder / "elsewhere.db"
        shutil.copy(own.server.database, file)
        shutil.copy(f"{own.server.database}.key", f"{file}.key")
        with opened(file) as db:
            with without_triggers(db):
                db.execute("DELETE FROM audit WHERE seq > ?", (old[0],))
                db.execute("UPDATE audit_writers SET seq = ?, hash = ?, seal = ?", old)
        self.assertEqual(verify(own.server, file).returncode, 0, "what SECURITY says is not found without a known head")
        done = verify(own.server, file, "--since", known)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("older", done.stdout)


class BrokenSeals(unittest.TestCase):
    def test_a_right_that_somebody_wrote_into_the_file_is_not_used(self):
        own = World()
        self.addCleanup(own.close)
        tenant = own.tenant()
        app = tenant.ready()
        tenant.link("other")
        expect(app.get("/v1/credentials/prod"), 200)
        self.assertEqual(app.get("/v1/credentials/other").code, "app_not_allowed")
        self.assertEqual(own.server.stop(), 0)
        with opened(own.server.database) as db:
            with without_triggers(db):
                db.execute("INSERT INTO grants (tenant_id, connection, app, reason, created_at, revision, seal) "
                           "SELECT tenant_id, 'other', app, reason, created_at, revision, seal FROM grants WHERE connection = 'prod'")
        own.server.start()
        app, admin = own.api(app.token), own.api(tenant.admin.token)
        expect(app.get("/v1/credentials/prod"), 200)
        refused = app.get("/v1/credentials/other")
        self.assertEqual((refused.status, refused.code), (500, "broken_seal"))
        self.assertIn("connections/other/grants/deploy", refused.json["message"])
        grants = f"{tenant.path}/connections/other/grants"
        self.assertEqual(admin.get(f"{grants}/deploy").code, "broken_seal")
        self.assertEqual(admin.put(f"{grants}/deploy").code, "broken_seal")
        record = [r for r in expect(admin.get(f"{tenant.path}/audit?limit=200"), 200).json["records"]
                  if r["request_id"] == refused.headers["X-Request-Id"]]
        self.assertEqual([(r["outcome"], r["reason"]) for r in record], [("error", "broken_seal")])
        counted = [line for line in own.server.metrics().splitlines() if line.startswith("hourkey_broken_seals_total ")]
        self.assertGreaterEqual(float(counted[0].split()[1]), 1)
        expect(admin.delete(f"{grants}/deploy"), 204)
        self.assertEqual(app.get("/v1/credentials/other").code, "app_not_allowed")
        expect(admin.put(f"{grants}/deploy"), 201)
        expect(app.get("/v1/credentials/other"), 200)

    def test_a_right_that_is_put_back_under_a_running_server_is_not_used(self):
        own = World()
        self.addCleanup(own.close)
        tenant = own.tenant()
        app = tenant.ready()
        with opened(own.server.database) as db:
            columns = ", ".join(row[1] for row in db.execute("PRAGMA table_info(grants)"))  # without those that are computed
            (once,) = db.execute(f"SELECT {columns} FROM grants WHERE connection = 'prod'")
        expect(tenant.admin.delete(f"{tenant.path}/connections/prod/grants/deploy"), 204)
        self.assertEqual(app.get("/v1/credentials/prod").code, "app_not_allowed")
        with opened(own.server.database) as db, without_triggers(db):
            db.execute(f"INSERT INTO grants ({columns}) VALUES ({', '.join('?' * len(once))})", once)
        self.assertEqual(app.get("/v1/credentials/prod").status, 503)
        own.server.wait_for_log(f"{own.server.database} (the database) has been changed by another program: nothing is written any more")
        self.assertEqual(own.server.api.get("/readyz").status, 503)


class Export(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tenant = world.tenant()
        cls.app = cls.tenant.ready()
        expect(cls.app.get("/v1/credentials/prod"), 200)
        cls.gone = world.tenant("gone-for-good")
        cls.gone_id = expect(world.operator.get(cls.gone.path), 200).json["id"]
        expect(world.operator.delete(cls.gone.path), 204)

    def export(self, *arguments, code=0):
        done = world.server.command("audit", "export", *arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_everything_is_exported_in_the_order_of_the_chain(self):
        everything = self.export("--all")
        self.assertEqual([r["seq"] for r in everything], list(range(1, len(everything) + 1)))
        self.assertEqual(self.export()[: len(everything)], everything)
        for record in everything:
            self.assertRegex(record["hash"], "^[0-9a-f]{64}$")
        third = everything[2]["seq"]
        self.assertEqual(self.export("--since", str(third))[: len(everything) - 3], everything[3:])

    def test_a_tenants_records_are_those_of_the_api(self):
        mine = self.export("--tenant", self.tenant.name)
        shown = self.tenant.records()
        own = ("seq", "tenant_seq", "tenant", "tenant_id", "hash")
        self.assertEqual([{**{k: v for k, v in r.items() if k not in own}, "seq": r["tenant_seq"]} for r in mine], shown)
        self.assertEqual({r["tenant"] for r in mine}, {self.tenant.name})
        self.assertIn("granted", {r["outcome"] for r in mine})

    def test_a_tenant_that_is_gone_and_the_server_have_theirs(self):
        for whose in (self.gone.name, self.gone_id):
            records = self.export("--tenant", whose)
            self.assertEqual(records[0]["action"], "tenant.create")
            self.assertEqual(records[-1]["action"], "tenant.delete")
            self.assertEqual({r["tenant_id"] for r in records}, {self.gone_id})
        servers = self.export("--server")
        self.assertEqual(servers[0]["action"], "token.create")
        self.assertTrue(all("tenant_id" not in r for r in servers))
        self.assertEqual(self.export("--tenant", "never-was"), [])
        self.assertIn("never-was", world.server.command("audit", "export", "--tenant", "never-was").stderr)
        last = self.export()[-1]["seq"]
        self.assertEqual(self.export("--since", str(last)), [])
        for arguments in (("--since", str(last + 1000)), ("--since", str(last + 1000), "--follow")):
            done = world.server.command("audit", "export", *arguments)
            self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
            self.assertIn(f"the trail ends at seq", done.stderr)

    def test_wrong_arguments_are_usage_errors(self):
        for arguments in (("--all", "--server"), ("--tenant", "x", "--all"), ("--tenant", "No Such!"), ("--since", "-1"), ("--since", "x"),
                          ("--since", "18446744073709551615")):
            with self.subTest(arguments):
                self.export(*arguments, code=2)

    def test_a_row_that_holds_no_record_ends_it_with_its_seq(self):
        file = copy_of(world.server, "unreadable")
        with opened(file) as db:
            with without_triggers(db):
                db.execute("PRAGMA ignore_check_constraints = ON")
                db.execute("UPDATE audit SET detail = 'x' WHERE seq = 4")
        done = world.server.command("audit", "export", "--set", f"store.path={file}")
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertEqual([json.loads(line)["seq"] for line in done.stdout.splitlines()], [1, 2, 3])
        self.assertIn("seq 4", done.stderr)

    def test_it_does_not_follow_a_database_that_was_replaced(self):
        own = World()
        self.addCleanup(own.close)
        backup = own.server.folder / "backup.db"
        self.assertEqual(own.server.command("backup", backup).returncode, 0)
        own.tenant()
        for deed in ("restored", "gone"):
            with self.subTest(deed):
                command = [str(BINARIES / "hourkeyd"), "audit", "export", "--follow", "--config", str(own.server.config)]
                following = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                try:
                    self.assertEqual(json.loads(following.stdout.readline())["seq"], 1, "it has the file open")
                    self.assertEqual(own.server.stop(), 0)
                    if deed == "restored":
                        done = own.server.command("restore", backup)
                        self.assertEqual(done.returncode, 0, done.stderr)
                        own.server.start()
                    else:
                        own.server.database.rename(own.server.folder / "elsewhere.db")
                    _, error = following.communicate(timeout=PATIENCE)
                    self.assertEqual(following.returncode, 1, error)
                    self.assertIn(str(own.server.database), error)
                    self.assertIn("--since", error)
                finally:
                    following.kill()
                    following.wait()

    def test_it_follows_until_it_is_told_to_end(self):
        for ending in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(ending):
                last = self.export("--all")[-1]["seq"]
                command = [str(BINARIES / "hourkeyd"), "audit", "export", "--follow", "--since", str(last), "--config", str(world.server.config)]
                following = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
                self.addCleanup(following.stdout.close)
                try:
                    name = f"seen-{ending}"
                    self.tenant.app(name)
                    record = json.loads(following.stdout.readline())
                    self.assertEqual((record["action"], record["after"]["name"]), ("app.put", name))
                    following.send_signal(ending)
                    following.wait(timeout=30)
                finally:
                    following.kill()
                    following.wait()


if __name__ == "__main__":
    unittest.main()
