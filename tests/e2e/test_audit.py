"""One durable record for each vend, joined to what AWS saw; a chain that shows every change; no secret anywhere."""
import shutil
import sqlite3
import unittest

from harness import TARGET_ACCOUNT, World, expect, opened, without_triggers

world = None


def setUpModule():
    global world
    world = World()
    unittest.addModuleCleanup(world.close)


class Records(unittest.TestCase):
    def setUp(self):
        self.tenant = world.tenant()
        self.app = self.tenant.ready()
        self.role = f"arn:aws:iam::{TARGET_ACCOUNT}:role/hourkey/{self.tenant.name}-prod"

    def vends(self):
        return self.tenant.records("vend")

    def test_each_vend_has_one_record_that_names_what_aws_saw(self):
        token_id = expect(self.app.get("/v1/whoami"), 200).json["token_id"]
        answers = [expect(self.app.get("/v1/credentials/prod?duration_seconds=1800"), 200) for _ in range(5)]
        records = {r["request_id"]: r for r in self.vends()}
        self.assertEqual(len(records), len(answers))
        seen_by_aws = {h["access_key"]: h for h in world.emulator.history() if h.get("access_key")}
        for answer in answers:
            record, body = records[answer.headers["X-Request-Id"]], answer.json
            at_aws = seen_by_aws[body["AccessKeyId"]]
            wanted = {"outcome": "granted", "app": "deploy", "connection": "prod", "role_arn": self.role, "access_key_id": body["AccessKeyId"],
                      "expiration": body["Expiration"], "token_id": token_id, "client_address": "127.0.0.1", "requested_seconds": 1800, "actor_role": "app",
                      "session_name": at_aws["session"]}
            self.assertEqual({k: record.get(k) for k in wanted}, wanted)
            self.assertRegex(record["sts_request_id"], "^[0-9a-f-]{36}$")
            self.assertEqual(at_aws["duration"], "1800")
            # CloudTrail shows the session's name: it leads back to tenant, app and request.
            self.assertEqual(record["session_name"], f"hk.{self.tenant.name}.deploy.{record['request_id'][-16:]}")

    def test_no_credential_was_made_at_aws_without_its_record(self):
        for _ in range(3):
            expect(self.app.get("/v1/credentials/prod"), 200)
        made = {h["access_key"] for h in world.emulator.history() if h["role"] == self.role and h.get("access_key") and h["session"].startswith("hk.")}
        self.assertEqual(made, {r["access_key_id"] for r in self.vends()})

    def test_sessions_of_verifications_are_recorded_too_open_roles_included(self):
        for trust, sessions in (("right", 1), ("open", 3)):
            with self.subTest(trust):
                tenant = world.tenant()
                role = f"arn:aws:iam::{TARGET_ACCOUNT}:role/hourkey/{tenant.name}-prod"
                tenant.link("prod", trust=trust)
                made = {h["access_key"]: h["session"] for h in world.emulator.history() if h["role"] == role and h.get("access_key")}
                self.assertEqual(len(made), sessions)
                recorded = {r["access_key_id"]: r for r in tenant.records() if "access_key_id" in r}
                self.assertEqual({key: r["session_name"] for key, r in recorded.items()}, made)
                for record in recorded.values():
                    self.assertIn(record["action"], ("connection.verify", "connection.probe"))
                    self.assertTrue(record["sts_request_id"])
                    self.assertEqual(record["role_arn"], role)

    def test_a_verification_that_proves_nothing_is_recorded(self):
        tenant = world.tenant()
        tenant.link("prod", verify=False)
        role = f"arn:aws:iam::{TARGET_ACCOUNT}:role/hourkey/{tenant.name}-prod"
        with world.emulator.failing("throttling", RoleArn=role):
            expect(tenant.verify("prod"), 200)
        (record,) = tenant.records("connection.verify")
        self.assertEqual((record["outcome"], record["reason"]), ("error", "sts_throttled"))
        self.assertTrue(record["session_name"].startswith("hourkey-verify."))

    def test_denials_are_recorded_with_their_reason(self):
        self.tenant.link("hidden")
        self.tenant.link("waiting", verify=False)
        self.tenant.grant("waiting", "deploy")
        dead = self.tenant.issue("app", "deploy")
        expect(self.tenant.admin.delete(f"{self.tenant.path}/tokens/{dead['id']}"), 204)
        asked = (
            ("prod?duration_seconds=899", self.app, "duration_out_of_range"),
            ("hidden", self.app, "app_not_allowed"),
            ("nowhere", self.app, "app_not_allowed"),
            ("waiting", self.app, "connection_not_ready"),
            ("prod", world.api(dead["token"]), "unauthenticated"),
            ("prod", self.tenant.admin, "role_not_allowed"),
        )
        for what, by, code in asked:
            answer = by.get(f"/v1/credentials/{what}")
            self.assertEqual(answer.code, code)
            record = {r["request_id"]: r for r in self.vends()}[answer.headers["X-Request-Id"]]
            self.assertEqual((record["outcome"], record["reason"], record["connection"]), ("denied", code, what.split("?")[0]))
            self.assertNotIn("access_key_id", record)
            self.assertIn("token_id", record)

    def test_failures_of_aws_are_recorded_with_its_code(self):
        with world.emulator.failing("opt_in_required", RoleArn=self.role):
            answer = self.app.get("/v1/credentials/prod")
        self.assertGreaterEqual(answer.status, 400)
        record = {r["request_id"]: r for r in self.vends()}[answer.headers["X-Request-Id"]]
        self.assertEqual((record["outcome"], record["reason"], record["aws_code"]), ("error", answer.code, "OptInRequired"))
        self.assertEqual(record["session_name"], f"hk.{self.tenant.name}.deploy.{record['request_id'][-16:]}")
        self.assertNotIn("access_key_id", record)

    def test_every_change_has_a_record_with_its_actor(self):
        expect(self.tenant.admin.delete(f"{self.tenant.path}/connections/prod/grants/deploy"), 204)
        expect(self.tenant.admin.delete(f"{self.tenant.path}/connections/prod"), 204)
        actions = [r["action"] for r in self.tenant.records()]
        for action in ("tenant.create", "token.create", "app.put", "connection.put", "connection.verify", "grant.put", "grant.delete", "connection.delete"):
            self.assertIn(action, actions)
        for record in self.tenant.records():
            self.assertEqual(record["outcome"], "changed")
            self.assertIn(record["actor_role"], ("admin", "operator"))
            self.assertIn("token_id", record)
            self.assertIn("target", record)

    def test_records_of_a_tenant_are_its_own(self):
        other = world.tenant()
        other.ready(app="elsewhere")
        self.assertNotIn("elsewhere", [r.get("app") for r in self.tenant.records()])
        self.assertEqual(self.tenant.admin.get(f"{other.path}/audit").status, 404)


class Chain(unittest.TestCase):
    """hourkeyd audit verify, on the live database and on copies that were tampered with."""

    @classmethod
    def setUpClass(cls):
        tenant = world.tenant()
        app = tenant.ready()
        for _ in range(5):
            expect(app.get("/v1/credentials/prod"), 200)

    def copy(self):
        file = world.folder / f"{self.id().rsplit('.', 1)[1][:40]}.db"
        if not file.exists():
            with opened(world.server.database) as source, opened(file) as target:
                source.backup(target)
            shutil.copy(f"{world.server.database}.key", f"{file}.key")
        return file

    def verify(self, file):
        return world.server.command("audit", "verify", "--set", f"store.path={file}")

    def tamper(self, *statements):
        file = self.copy()
        with opened(file) as db, without_triggers(db):
            for statement in statements:
                db.execute(statement)
        return self.verify(file)

    def assert_broken_at(self, done, seq):
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn(f"broken at seq {seq}", done.stdout)

    def test_it_holds_while_the_server_runs(self):
        done = self.verify(world.server.database)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("The audit chain is whole", done.stdout)

    def test_it_holds_on_an_honest_copy(self):
        self.assertEqual(self.verify(self.copy()).returncode, 0)

    def test_the_database_itself_refuses_changes(self):
        for statement in ("UPDATE audit SET app = 'x' WHERE seq = 3", "DELETE FROM audit WHERE seq = 3", "UPDATE audit_writers SET seq = 1",
                          "DELETE FROM audit_writers"):
            with self.subTest(statement), opened(self.copy()) as db, self.assertRaises(sqlite3.DatabaseError):
                db.execute(statement)

    def test_every_single_column_is_covered(self):
        with opened(world.server.database) as db:
            columns = [row[1] for row in db.execute("PRAGMA table_info(audit)")]
        for column in columns:
            if column in ("seq", "tenant_seq"):
                continue  # below
            with self.subTest(column):
                file = self.copy()
                change = {"hash": "zeroblob(32)", "tenant_id": "randomblob(16)", "token_id": "randomblob(16)", "expiration": "ifnull(expiration, 0) + 1",
                          "actor_role": "CASE actor_role WHEN 'app' THEN 'admin' ELSE 'app' END"}
                change |= {number: f"{number} + 1" for number in ("writer", "format", "key", "time", "action", "outcome", "actor", "requested_seconds", "count")}
                self.assert_broken_at(self.tamper("PRAGMA ignore_check_constraints = ON",
                                                  f"UPDATE audit SET {column} = {change.get(column, f'{column} || ' + repr('x'))} WHERE seq = 3"), 3)
                file.unlink()

    def test_a_missing_record_shows(self):
        self.assert_broken_at(self.tamper("DELETE FROM audit WHERE seq = 4"), 4)

    def test_a_missing_record_with_the_rest_renumbered_shows(self):
        self.assert_broken_at(self.tamper("DELETE FROM audit WHERE seq = 4", "UPDATE audit SET seq = seq - 1 WHERE seq > 4"), 4)

    def test_swapped_records_show(self):
        done = self.tamper("UPDATE audit SET seq = 100000 WHERE seq = 3", "UPDATE audit SET seq = 3 WHERE seq = 4",
                           "UPDATE audit SET seq = 4 WHERE seq = 100000")
        self.assert_broken_at(done, 3)

    def test_an_inserted_record_shows(self):
        with opened(self.copy()) as db:
            columns = ", ".join(row[1] for row in db.execute("PRAGMA table_xinfo(audit)") if row[1] not in ("seq", "tenant_seq"))
        last = "(SELECT max(seq) + 1 FROM audit), (SELECT max(tenant_seq) + 1 FROM audit)"
        done = self.tamper(f"INSERT INTO audit (seq, tenant_seq, {columns}) SELECT {last}, {columns} FROM audit WHERE seq = 3")
        self.assertEqual(done.returncode, 1, done.stdout)

    def test_a_cut_off_tail_shows_even_when_the_head_is_put_back(self):
        cut = "DELETE FROM audit WHERE seq > 5"
        self.assertEqual(self.tamper(cut).returncode, 1)
        self.assertEqual(self.tamper("UPDATE audit_writers SET seq = 5, hash = (SELECT hash FROM audit WHERE seq = 5)").returncode, 1)

    def test_an_emptied_log_shows(self):
        self.assertEqual(self.tamper("DELETE FROM audit").returncode, 1)

    def test_another_servers_key_verifies_nothing(self):
        file = self.copy()
        key = file.with_name(file.name + ".key")
        key.write_text("00" * 32 + "\n")
        self.assertNotEqual(self.verify(file).returncode, 0)


class Secrets(unittest.TestCase):
    """A server of its own: it is stopped, and every file that it left is searched."""

    def test_no_secret_is_at_rest_or_in_a_log(self):
        own = World()
        self.addCleanup(own.close)
        tenant = own.tenant()
        app = tenant.ready()
        body = expect(app.get("/v1/credentials/prod"), 200).json
        secrets = {"vended secret key": body["SecretAccessKey"], "vended session token": body["SessionToken"], "base secret key": own.emulator.secret_key,
                   "operator's token": own.operator.token, "admin's token": tenant.admin.token, "app's token": app.token,
                   "someone else's secret key": "wJalrXUtnFEMI+K7MDENG+bPxRfiCYEXAMPLEKEY"}
        # Where secrets come when someone errs: path, query, a field, a broken body, another header.
        for secret in secrets.values():
            self.assertGreaterEqual(app.get(f"/v1/credentials/{secret[:900]}".replace("+", "%2B")).status, 400)
            self.assertEqual(app.get(f"/v1/credentials/prod?stage={secret[:900]}".replace("+", "%2B")).status, 200)
            self.assertEqual(app.get(f"/v1/credentials/prod?{secret[:900]}=1".replace("+", "%2B")).status, 400)
            self.assertEqual(app.post("/v1/credentials/prod", {secret[:900]: 1}).status, 400)
            self.assertEqual(app.post("/v1/credentials/prod", '{"stage":"' + secret).status, 400)
            self.assertGreaterEqual(tenant.admin.put(f"{tenant.path}/apps/{secret[:900]}".replace("+", "%2B")).status, 400)
            self.assertGreaterEqual(own.api().get("/v1/whoami", Authorization=f"Basic {secret}").status, 400)
        for fault in ("access_denied", "garbage", "duplicate", "crlf_token", "short_expiration"):
            with own.emulator.failing(fault):
                app.get("/v1/credentials/prod")
        log = own.server.log_file

        def sweep(when):
            files = [f for f in own.server.folder.iterdir() if f.is_file() and f.suffix not in (".key",)]
            self.assertIn(log, files)
            if when == "running":
                self.assertTrue(any(f.name.endswith("-wal") for f in files))
            for file in files:
                content = file.read_bytes()
                for name, secret in secrets.items():
                    parts = [secret] if not secret.startswith("hk_") else [secret, secret.split("_")[3]]
                    for part in parts:
                        self.assertNotIn(part.encode(), content, f"{name} in {file.name} ({when})")
                        self.assertNotIn(part.replace("+", "%2B").replace("/", "%2F").encode(), content, f"{name} in {file.name} ({when})")

        sweep("running")
        self.assertNotIn(body["SecretAccessKey"], own.server.metrics())
        self.assertEqual(own.server.stop(), 0)
        sweep("stopped")
        verified = own.server.command("audit", "verify")
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)


if __name__ == "__main__":
    unittest.main()
