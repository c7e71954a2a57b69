"""Running it: commands and their exit codes, configuration, certificates, health, metrics, logs, stopping."""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import stat
import threading
import unittest

from harness import HOURKEY_ACCOUNT, PATIENCE, REPOSITORY, TARGET_ACCOUNT, Api, World, clean_environment, expect, hourkeyd, temporary_folder, toml, wait_until

OK, FOUND_WRONG, USAGE, DENIED, NOT_FOUND, UNAVAILABLE = 0, 1, 2, 3, 4, 5
world = None


def setUpModule():
    global world
    world = World()
    unittest.addModuleCleanup(world.close)


class Commands(unittest.TestCase):
    def assert_ends(self, done, code, *words):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stdout + done.stderr)

    def test_usage_errors_are_2(self):
        for arguments in ((), ("fly",), ("serve", "--fly"), ("token",), ("token", "create"), ("config", "check", "--config", "/nowhere.toml"), ("backup",),
                          ("restore", "x"), ("audit",), ("dev", "--port", "x")):
            with self.subTest(arguments):
                self.assertEqual(hourkeyd(*arguments).returncode, USAGE)

    def test_help_and_version_are_0(self):
        for arguments in (("--help",), ("--version",), ("serve", "--help"), ("token", "create", "--help")):
            self.assertEqual(hourkeyd(*arguments).returncode, OK)

    def test_a_token_is_alone_on_stdout_with_and_without_a_server(self):
        server = world.another_server("tokens", start=False)
        server.configure()
        first = server.make_token("operator")  # directly: this also makes the database and its key
        self.assertRegex(first, r"^hk_operator_\w+$")
        self.assertEqual(stat.S_IMODE(os.stat(f"{server.database}.key").st_mode), 0o600)
        server.start()
        self.addCleanup(server.kill)
        operator = Api(server.port, world.authority.trust(), first)
        expect(operator.post("/v1/tenants", {"name": "acme"}), 201)
        through = server.command("token", "create", "--role", "admin", "--tenant", "acme")
        self.assert_ends(through, OK)
        self.assertRegex(through.stdout, r"^hk_admin_\w+\n$")
        admin = operator.as_holder_of(through.stdout.strip())
        expect(admin.put("/v1/tenants/acme/apps/deploy"), 201)
        self.assertEqual(server.stop(), 0)
        direct = server.make_token("app", "acme", "deploy", "--expires-in-seconds", "3600")
        server.start()
        me = expect(Api(server.port, world.authority.trust(), direct).get("/v1/whoami"), 200).json
        self.assertEqual((me["role"], me["app"]), ("app", "deploy"))

    def listed(self, server, *more):
        """The lines of `token list` by id."""
        done = server.command("token", "list", *more)
        self.assert_ends(done, OK)
        head, *lines = (line.split("\t") for line in done.stdout.splitlines())
        self.assertEqual((head[0], head[-1]), ("ID", "STATE"))
        return {line[0]: dict(zip(head, line)) for line in lines}

    def test_tokens_of_every_role_are_listed_and_revoked_with_and_without_a_server(self):
        server = world.another_server("revoked-tokens")
        self.addCleanup(server.kill)
        operator = server.make_token("operator")
        as_operator = Api(server.port, world.authority.trust(), operator)
        expect(as_operator.post("/v1/tenants", {"name": "acme"}), 201)
        admin = server.make_token("admin", "acme")
        as_admin = as_operator.as_holder_of(admin)
        expect(as_admin.get("/v1/tenants/acme/apps"), 200)

        operators, admins = self.listed(server), self.listed(server, "--tenant", "acme")
        self.assertEqual([(t["ROLE"], t["STATE"]) for t in (*operators.values(), *admins.values())], [("operator", "valid"), ("admin", "valid")])
        self.assertTrue(all(id in token for id, token in zip((*operators, *admins), (operator, admin))))

        (of_operator,), (of_admin,) = operators, admins
        self.assert_ends(server.command("token", "revoke", "--id", of_operator), OK, of_operator)
        self.assertEqual(as_operator.get("/v1/tenants").status, 401, "at once, and although it was the last one")
        self.assertEqual(self.listed(server)[of_operator]["STATE"], "revoked")

        of_other = next(id for id in self.listed(server, "--tenant", "acme") if id != of_admin) if server.make_token("auditor", "acme") else None
        self.assert_ends(server.command("token", "revoke", "--id", of_other), OK, of_other)
        self.assertEqual(server.stop(), 0)
        self.assert_ends(server.command("token", "revoke", "--id", of_admin), OK, of_admin)
        auditor = server.make_token("auditor", "acme")
        server.start()
        here = Api(server.port, world.authority.trust(), admin)
        self.assertEqual(here.get("/v1/tenants/acme/apps").status, 401)
        records = expect(here.as_holder_of(auditor).get("/v1/tenants/acme/audit"), 200).json["records"]
        for id in (of_admin, of_other):
            self.assertIn(("token.revoke", f"tokens/{id}"), [(r["action"], r.get("target")) for r in records])
        with contextlib.closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as database:
            self.assertEqual(database.execute("SELECT actor_role, client_address FROM audit WHERE action = 13 AND target = ?",
                                              (f"tokens/{of_operator}",)).fetchall(), [("operator", "local")])

        self.assert_ends(server.command("token", "revoke", "--id", "0" * 26), NOT_FOUND, "no token with this id")
        self.assert_ends(server.command("token", "revoke", "--id", operator), USAGE, "--id")
        self.assert_ends(server.command("token", "list", "--tenant", "nowhere"), NOT_FOUND, "There is no tenant 'nowhere'")

    def test_a_token_for_what_is_not_there_is_4_and_what_does_not_fit_is_2(self):
        rows = (("no such tenant", ("--role", "admin", "--tenant", "nowhere"), NOT_FOUND, "There is no tenant 'nowhere'"),
                ("no such role", ("--role", "root"), USAGE, "--role"),
                ("a tenant's token without a tenant", ("--role", "admin"), USAGE, "--tenant is missing"),
                ("an operator with a tenant", ("--role", "operator", "--tenant", "acme"), USAGE, "--tenant does not go"),
                ("an app's token without an app", ("--role", "app", "--tenant", "acme"), USAGE, "--app is missing"),
                ("a name that is none", ("--role", "admin", "--tenant", "Acme"), USAGE, "--tenant is not a valid name"),
                ("for ever", ("--role", "operator", "--expires-in-seconds", "31622401"), USAGE, "--expires-in-seconds is '31622401'"))
        for name, arguments, code, word in rows:
            with self.subTest(name):
                done = world.server.command("token", "create", *arguments)
                self.assert_ends(done, code, word)
                self.assertEqual(done.stdout, "")

    def test_a_server_that_ends_before_it_answers_may_have_done_it(self):
        folder = temporary_folder()
        config = folder / "hourkey.toml"
        config.write_text(toml({"store": {"path": folder / "hourkey.db"}}))
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(str(folder / "hourkey.db.sock"))
            door.listen()

            def take_and_leave():
                with door.accept()[0] as client:
                    client.recv(65536)

            taking = threading.Thread(target=take_and_leave)
            taking.start()
            done = hourkeyd("token", "create", "--role", "operator", "--config", config, env=clean_environment())
            taking.join()
        self.assertEqual((done.returncode, done.stdout), (UNAVAILABLE, ""))
        self.assertIn("may have been done", done.stderr)
        self.assertFalse((folder / "hourkey.db").exists(), "it is not made a second time without the server")

    def test_the_control_socket_is_its_owners_only(self):
        self.assertEqual(stat.S_IMODE(os.stat(f"{world.server.database}.sock").st_mode), 0o600)

    def test_a_second_server_on_the_same_store_is_refused(self):
        done = world.server.command("serve")
        self.assert_ends(done, UNAVAILABLE, "Another hourkeyd has this database open", "Stop it first")

    def test_another_servers_key_is_refused(self):
        server = world.another_server("wrong-key")
        self.addCleanup(server.kill)
        self.assertEqual(server.stop(), 0)
        key = pathlib.Path(f"{server.database}.key")
        key.write_text("ab" * 32 + "\n")
        for arguments in (("serve",), ("migrate",), ("token", "create", "--role", "operator")):
            with self.subTest(arguments):
                self.assert_ends(server.command(*arguments), UNAVAILABLE, "The server key does not belong to this database")
        key.unlink()
        self.assert_ends(server.command("serve"), USAGE, "does not", "Restore the key file")
        self.assertFalse(key.exists(), "a new key would only hide the loss")

    def test_a_key_that_others_may_read_is_refused(self):
        server = world.another_server("open-key")
        self.addCleanup(server.kill)
        self.assertEqual(server.stop(), 0)
        os.chmod(f"{server.database}.key", 0o644)
        self.assert_ends(server.command("serve"), USAGE, "chmod 600")

    def test_migrate_says_what_is_and_refuses_what_a_newer_one_wrote(self):
        server = world.another_server("migrate", start=False)
        server.configure()
        server.make_token("operator")
        self.assert_ends(server.command("migrate"), OK, "has this hourkey's schema")
        with contextlib.closing(sqlite3.connect(server.database)) as db:
            db.execute("PRAGMA user_version = 99")
        for arguments in (("migrate",), ("serve",)):
            self.assert_ends(server.command(*arguments), UNAVAILABLE, "newer hourkey")

    def test_a_file_that_is_no_database_is_refused(self):
        server = world.another_server("no-database", start=False)
        server.configure()
        server.make_token("operator")
        server.database.write_bytes(b"this is no database" * 1000)
        self.assert_ends(server.command("serve"), UNAVAILABLE)
        self.assertTrue(server.database.read_bytes().startswith(b"this is no database"), "and left alone")

    def test_a_backup_of_the_running_server_is_whole_and_can_be_served(self):
        tenant = world.tenant()
        app = tenant.ready()
        expect(app.get("/v1/credentials/prod"), 200)
        copy = world.folder / "backup.db"
        self.assert_ends(world.server.command("backup", copy), OK, str(copy))
        self.assertEqual(stat.S_IMODE(copy.stat().st_mode), 0o600)
        self.assert_ends(world.server.command("restore", "--check", copy), OK, "is sound", "It belongs to this server's key")
        restored = world.another_server("restored", start=False)
        shutil.copy(copy, restored.database)
        shutil.copy(f"{world.server.database}.key", f"{restored.database}.key")
        restored.start()
        self.addCleanup(restored.kill)
        expect(Api(restored.port, world.authority.trust(), app.token).get("/v1/credentials/prod"), 200)
        self.assert_ends(restored.command("audit", "verify"), OK, "whole")

    def test_a_backup_that_is_not_sound_is_found(self):
        copy = world.folder / "damaged.db"
        self.assert_ends(world.server.command("backup", copy), OK)
        content = bytearray(copy.read_bytes())
        content[len(content) // 2 : len(content) // 2 + 4096] = os.urandom(4096)
        copy.write_bytes(content)
        self.assertNotEqual(world.server.command("restore", "--check", copy).returncode, OK)
        copy.write_bytes(b"")
        self.assertNotEqual(world.server.command("restore", "--check", copy).returncode, OK)

    def test_a_backup_of_another_server_is_found(self):
        other = world.another_server("other-key", start=False)
        other.configure()
        other.make_token("operator")
        copy = world.folder / "foreign.db"
        self.assert_ends(other.command("backup", copy), OK)
        self.assert_ends(world.server.command("restore", "--check", copy), UNAVAILABLE, "server key")

    def test_a_backup_never_overwrites_the_database(self):
        self.assertNotEqual(world.server.command("backup", world.server.database).returncode, OK)
        self.assertEqual(world.api().get("/readyz").status, 200)

    def test_audit_verify_passes_while_running(self):
        self.assert_ends(world.server.command("audit", "verify"), OK, "The audit chain is whole")

    def test_commands_that_read_make_neither_a_database_nor_a_key(self):
        folder = temporary_folder()
        for arguments in (("audit", "verify"), ("migrate",), ("backup", folder / "copy.db")):
            with self.subTest(arguments[0]):
                self.assertNotEqual(world.server.command(*arguments, "--set", f"store.path={folder}/nowhere.db").returncode, OK)
                self.assertEqual(list(folder.iterdir()), [])


class Configuration(unittest.TestCase):
    def check(self, text, *more, env=None):
        file = temporary_folder() / "hourkey.toml"
        file.write_text(text)
        return hourkeyd("config", "check", "--config", file, *more, env=clean_environment(**(env or {})))

    def good(self, **more):
        return toml({"listen": {"cert_file": world.server.certificate, "key_file": world.server.key}, **more})

    def test_a_good_one_is_said_to_be_valid(self):
        done = self.check(self.good())
        self.assertEqual(done.returncode, OK, done.stderr)
        self.assertIn("valid", done.stdout)

    def test_the_documented_example_is_valid_but_for_its_certificate(self):
        own = ("--set", f"listen.cert_file={world.server.certificate}", "--set", f"listen.key_file={world.server.key}")
        done = self.check((REPOSITORY / "config/hourkey.toml").read_text(), *own)
        self.assertEqual(done.returncode, OK, done.stderr)

    def test_what_is_wrong_is_named_with_file_section_and_key(self):
        good = self.good()
        rows = (
            ("an unknown key", good + "[vending]\ncolour = 1\n", (), {}, "vending.colour is not a known key"),
            ("an unknown section", good + "[colour]\nx = 1\n", (), {}, "colour.x is not a known key"),
            ("a key outside a section", "x = 1\n" + good, (), {}, "x stands outside a section"),
            ("text for a number", good + '[vending]\nsts_timeout_ms = "fast"\n', (), {}, "vending.sts_timeout_ms is not a whole number"),
            ("a number for text", good + "[store]\npath = 7\n", (), {}, "store.path is not a text"),
            ("a number out of range", good + "[vending]\ndefault_duration_seconds = 60\n", (), {}, "Use 900 to 43200"),
            ("a word that is not allowed", good + '[log]\nlevel = "loud"\n', (), {}, "Use one of: debug info warn error"),
            ("not TOML", good + "[log\n", (), {}, "is not TOML"),
            ("an unknown --set", good, ("--set", "vending.colour=1"), {}, "vending.colour is not a known key"),
            ("a --set without a value", good, ("--set", "vending"), {}, "--set section.key=value"),
            ("an unknown variable", good, (), {"HOURKEY_VENDING__COLOUR": "1"}, "HOURKEY_VENDING__COLOUR"),
            ("a variable that is no number", good, (), {"HOURKEY_LISTEN__PORT": "x"}, "HOURKEY_LISTEN__PORT"),
            ("no certificate", "", (), {}, ""),
            ("a certificate that is not there", good, ("--set", "listen.cert_file=/nowhere.pem"), {}, "/nowhere.pem"),
            ("a key of another certificate", good, ("--set", f"listen.key_file={world.emulator.key}"), {}, ""),
        )
        for name, text, more, env, words in rows:
            with self.subTest(name):
                done = self.check(text, *more, env=env)
                self.assertEqual(done.returncode, USAGE, done.stdout + done.stderr)
                self.assertIn(words, done.stderr)
                self.assertIn("hourkeyd: ", done.stderr)

    def refusals(self, folder):
        """What no server starts with: name, --set lines, environment, words of the message."""
        (folder / "taken").mkdir()
        (folder / "file").write_text("x")
        (folder / "garbage.db").write_text("this is no database, and it is long enough to be looked at" * 20)
        (folder / "key").write_text("ab" * 32 + "\n")
        (folder / "key").chmod(0o600)
        (folder / "short.key").write_text("abcd\n")
        (folder / "short.key").chmod(0o600)
        (folder / "open.key").write_text("ab" * 32 + "\n")
        (folder / "open.key").chmod(0o644)
        shutil.copy(world.server.key, folder / "open-tls.key")
        (folder / "open-tls.key").chmod(0o644)
        (folder / "garbage.pem").write_text("no certificate")
        (folder / "other.db").write_bytes(b"")
        for name in ("wal", "shm"):
            self.addCleanup(pathlib.Path(folder / f"other.db-{name}").unlink, missing_ok=True)
        with contextlib.closing(sqlite3.connect(folder / "other.db")) as db:
            db.execute("CREATE TABLE somebody_elses (x)")
            db.commit()
        return (
            ("http to an STS elsewhere", ["aws.sts_endpoint=http://sts.example.com"], {}, "aws.sts_endpoint"),
            ("no URL", ["aws.sts_endpoint=sts.example.com"], {}, "aws.sts_endpoint"),
            ("a URL with a path", ["aws.sts_endpoint=https://sts.example.com/x"], {}, "aws.sts_endpoint"),
            ("no region", ["aws.region=MOON"], {}, "aws.region"),
            ("no region in the environment", [], {"AWS_REGION": "MOON"}, "AWS_REGION"),
            ("no CA file", ["aws.ca_file=/nowhere.pem"], {}, "/nowhere.pem"),
            ("a CA file without a certificate", [f"aws.ca_file={folder}/garbage.pem"], {}, "garbage.pem"),
            ("a principal that is no ARN", ["aws.principal_arn=hourkey"], {}, "aws.principal_arn"),
            ("a principal that is a session", [f"aws.principal_arn=arn:aws:sts::{HOURKEY_ACCOUNT}:assumed-role/x/y"], {}, "aws.principal_arn"),
            ("a principal of another partition", [f"aws.principal_arn=arn:aws-cn:iam::{HOURKEY_ACCOUNT}:user/hourkey"], {}, "aws.principal_arn"),
            ("a name for an address", ["listen.address=localhost"], {}, "listen.address"),
            ("a name for the admin's address", ["admin.address=localhost"], {}, "admin.address"),
            ("an address of another machine", ["listen.address=203.0.113.7"], {}, "listen.address"),
            ("one port twice", ["listen.port=18443", "admin.port=18443"], {}, "admin.port"),
            ("one port twice, once for all addresses", ["listen.address=0.0.0.0", "listen.port=18443", "admin.port=18443"], {}, "admin.port"),
            ("no certificate", ["listen.cert_file=/nowhere.pem"], {}, "/nowhere.pem"),
            ("garbage for a certificate", [f"listen.cert_file={folder}/garbage.pem"], {}, "garbage.pem"),
            ("a key of another certificate", [f"listen.key_file={world.emulator.key}"], {}, "does not belong"),
            ("a TLS key that all may read", [f"listen.key_file={folder}/open-tls.key"], {}, "open-tls.key"),
            ("no path", ["store.path="], {}, "store.path"),
            ("no folder, nor one above it", [f"store.path={folder}/a/b/hourkey.db"], {}, "store.path"),
            ("a file for a folder", [f"store.path={folder}/file/hourkey.db"], {}, "store.path"),
            ("a folder for a database", [f"store.path={folder}/taken", f"store.key_file={folder}/key"], {}, "taken"),
            ("no database", [f"store.path={folder}/garbage.db", f"store.key_file={folder}/key"], {}, ""),
            ("another program's database", [f"store.path={folder}/other.db", f"store.key_file={folder}/key"], {}, "another program"),
            ("a database without its key", [f"store.path={folder}/other.db", f"store.key_file={folder}/nokey"], {}, "nokey"),
            ("a short server key", [f"store.key_file={folder}/short.key"], {}, "short.key"),
            ("a server key that all may read", [f"store.key_file={folder}/open.key"], {}, "open.key"),
            ("a key for a folder that is not there", [f"store.key_file={folder}/none/key"], {}, "none"),
            ("another server's key", [f"store.path={world.server.database}", f"store.key_file={folder}/key"], {}, "server key"),
            ("a public URL without TLS", ["listen.public_url=http://hourkey.example.com"], {}, "listen.public_url"),
            ("one underscore", [], {"HOURKEY_LISTEN_PORT": "1"}, "HOURKEY_LISTEN__PORT"),
        )

    def test_what_serve_refuses_check_refuses_in_the_same_words_and_neither_leaves_anything_behind(self):
        folder = temporary_folder()
        file = folder / "hourkey.toml"
        ports = {"listen": {"cert_file": world.server.certificate, "key_file": world.server.key, "port": 0}, "admin": {"port": 0}}
        rows = self.refusals(folder)
        file.write_text(toml({**ports, "store": {"path": folder / "new" / "hourkey.db"}}))
        before = sorted(folder.rglob("*"))
        for name, lines, env, words in rows:
            with self.subTest(name):
                arguments = ["--config", file, *(part for line in lines for part in ("--set", line))]
                variables = clean_environment(**{"AWS_REGION": "us-east-1", **env})
                checked = hourkeyd("config", "check", *arguments, env=variables)
                self.assertIn(checked.returncode, (USAGE, UNAVAILABLE), checked.stdout + checked.stderr)
                self.assertIn(words, checked.stderr)
                self.assertEqual(sorted(folder.rglob("*")), before)
                served = hourkeyd("serve", *arguments, env=variables)
                self.assertEqual(served.returncode, checked.returncode, served.stderr)
                self.assertIn(checked.stderr.splitlines()[0].removeprefix("hourkeyd: "), served.stderr)
                self.assertEqual(sorted(folder.rglob("*")), before)

    def test_a_check_of_what_is_good_makes_nothing_and_asks_nobody(self):
        folder = temporary_folder()
        file = folder / "hourkey.toml"
        file.write_text(self.good(store={"path": folder / "new" / "hourkey.db"}, aws={"sts_endpoint": "https://127.0.0.1:1", "region": "eu-west-1"}))
        done = hourkeyd("config", "check", "--config", file, env=clean_environment())
        self.assertEqual(done.returncode, OK, done.stderr)
        self.assertEqual(sorted(folder.rglob("*")), [file])

    def test_a_check_beside_the_running_server_changes_nothing(self):
        store = pathlib.Path(world.server.database).parent

        def state():
            return {p.name: (p.stat().st_size, p.stat().st_mtime_ns) for p in store.iterdir() if p.suffix != ".log"}

        before = state()
        done = hourkeyd("config", "check", "--config", world.server.config, env=clean_environment(AWS_REGION="us-east-1"))
        self.assertEqual(done.returncode, OK, done.stderr)
        after = state()
        self.assertEqual(before.keys(), after.keys())
        self.assertEqual([n for n in before if before[n] != after[n] and not n.endswith("-shm")], [])

    def test_serve_makes_the_folder_of_its_store(self):
        server = world.another_server("folderless", start=False, store={"path": world.folder / "not-there-yet" / "hourkey.db"})
        server.start()
        self.addCleanup(server.kill)
        self.assertEqual(stat.S_IMODE((world.folder / "not-there-yet").stat().st_mode), 0o700)

    def test_a_principal_of_another_account_is_an_error_in_the_log(self):
        for name, account, wrong in (("ours", HOURKEY_ACCOUNT, False), ("strangers", "999988887777", True)):
            with self.subTest(name):
                server = world.another_server(f"principal-{name}", start=False, aws={"principal_arn": f"arn:aws:iam::{account}:user/hourkey"})
                server.start()
                self.addCleanup(server.kill)
                if wrong:
                    line = wait_until("a word about it", lambda: [r for r in server.log() if "aws.principal_arn" in r["msg"]])[0]
                    self.assertEqual((line["level"], line["own_arn"]), ("error", f"arn:aws:iam::{HOURKEY_ACCOUNT}:user/hourkey"))
                    expect(server.api.get("/readyz"), 200)
                else:
                    server.stop()
                    self.assertEqual([r for r in server.log() if "aws.principal_arn" in r["msg"]], [])

    def test_a_key_that_others_may_read_is_refused(self):
        key = temporary_folder() / "open.key"
        shutil.copy(world.server.key, key)
        key.chmod(0o644)
        done = self.check(self.good(), "--set", f"listen.key_file={key}")
        self.assertEqual(done.returncode, USAGE, done.stdout)

    def test_the_environment_beats_the_file_and_a_flag_beats_both(self):
        folder = temporary_folder()
        file = folder / "hourkey.toml"
        file.write_text(self.good(store={"path": folder / "file.db"}))
        environment = {"HOURKEY_STORE__PATH": str(folder / "environment.db")}
        rows = (("file", {}, ()), ("environment", environment, ()), ("flag", environment, ("--set", f"store.path={folder}/flag.db")))
        for wanted, env, more in rows:
            with self.subTest(wanted):
                done = hourkeyd("migrate", "--config", file, *more, env=clean_environment(**env))
                self.assertIn(f"There is no database {folder}/{wanted}.db", done.stderr)

    def test_serve_refuses_http_to_an_sts_elsewhere_and_a_region_that_is_none(self):
        for name, more, words in (("http", "aws.sts_endpoint=http://sts.example.com", "https://"), ("no region", "aws.region=somewhere", "aws.region")):
            with self.subTest(name):
                file = temporary_folder() / "hourkey.toml"
                file.write_text(self.good(store={"path": file.parent / "hourkey.db"}))
                done = hourkeyd("serve", "--config", file, "--set", more, env=clean_environment(AWS_REGION="us-east-1"))
                self.assertEqual(done.returncode, USAGE, done.stderr)
                self.assertIn(words, done.stderr)


class Doors(unittest.TestCase):
    def test_health_and_metrics_on_the_admin_listener_in_plain_http_while_on_loopback(self):
        door = world.server.admin_door
        self.assertEqual(expect(door.get("/livez"), 200).json, {"status": "alive"})
        ready = expect(door.get("/readyz"), 200).json
        self.assertEqual(ready, {"status": "ready", "checks": {"store_writable": True, "audit_writable": True, "base_credentials_valid": True}})
        self.assertIn("text/plain", expect(door.get("/metrics"), 200).headers["Content-Type"])
        self.assertEqual(door.get("/v1/whoami").status, 404)

    def test_beyond_loopback_the_admin_listener_speaks_tls(self):
        server = world.another_server("admin-tls", admin={"address": "0.0.0.0"})
        self.addCleanup(server.kill)
        self.assertEqual(expect(server.admin_door.get("/livez"), 200).json["status"], "alive")
        self.assertEqual(Api(server.admin_port, None, plain=True).get("/livez").status, 400)

    def test_few_descriptors_lower_max_connections_and_the_log_says_so(self):
        server = world.another_server("few-descriptors", start=False)
        server.start(descriptors=96)
        with contextlib.ExitStack() as clients:
            clients.callback(server.kill)
            lowered = server.wait_for_log("listen.max_connections is lowered", level="warn")
            self.assertEqual((lowered["max_connections"], lowered["wanted"], lowered["descriptor_limit"]), (24, 4096, 96))
            self.assertIn("LimitNOFILE", lowered["fix"])
            for _ in range(25):
                clients.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            server.wait_for_log("connections were closed at once: a cap is reached", max_connections=24)
            server.stop()
            server.configure(listen={"max_connections": 24})
            server.start(descriptors=96)
            self.assertNotIn("listen.max_connections is lowered", [record["msg"] for record in server.log()])

    def test_metrics_name_no_tenant_app_connection_or_token(self):
        tenant = world.tenant("very-visible-tenant")
        app = tenant.ready(app="very-visible-app", connection="very-visible-connection")
        expect(app.get("/v1/credentials/very-visible-connection"), 200)
        app.get("/v1/credentials/very-visible-nothing")
        tenant.admin.get("/v1/very-visible-path")
        text = world.server.metrics()
        for word in ("very-visible", TARGET_ACCOUNT, app.token.split("_")[2], "ASIA", "127.0.0.1"):
            self.assertNotIn(word, text)
        for name in ("hourkey_http_requests_total", "hourkey_vends_total", "hourkey_vend_duration_seconds_bucket",
                     "hourkey_sts_request_duration_seconds_bucket", "hourkey_audit_commit_duration_seconds_bucket", "process_resident_memory_bytes"):
            self.assertIn(name, text)

    def test_a_vend_is_counted_by_its_outcome(self):
        app = world.tenant().ready()

        def counts():
            return {line.split(" ")[0]: float(line.split(" ")[1]) for line in world.server.metrics().splitlines() if line.startswith("hourkey_vends_total")}

        before = counts()
        expect(app.get("/v1/credentials/prod"), 200)
        app.get("/v1/credentials/nowhere")
        after = counts()
        self.assertEqual({k.split('"')[1]: after[k] - before[k] for k in after if after[k] != before[k]}, {"issued": 1, "denied": 1})

    def test_audit_metric_and_log_call_an_end_by_one_name(self):
        tenant = world.tenant()
        app = tenant.ready()
        dead = tenant.issue("app", "deploy")
        expect(tenant.admin.delete(f"{tenant.path}/tokens/{dead['id']}"), 204)
        dead = world.api(dead["token"])

        def counts():
            return {line.split('"')[1]: float(line.split(" ")[1]) for line in world.server.metrics().splitlines() if line.startswith("hourkey_vends_total")}

        rows = (
            ("more than the grant allows", app, "duration_seconds=3601", "duration_out_of_range", "denied"),
            ("shorter than min_ttl, before AWS was asked", app, "min_ttl_seconds=3601", "min_ttl_unmet", "denied"),
            ("a revoked token", dead, "", "unauthenticated", "denied"),
            ("AWS throttles", app, "", "sts_throttled", "error"),
        )
        for name, by, query, code, outcome in rows:
            with self.subTest(name):
                before = counts()
                with world.emulator.failing("throttling") if code == "sts_throttled" else contextlib.nullcontext():
                    answer = by.get(f"/v1/credentials/prod?{query}" if query else "/v1/credentials/prod")
                self.assertEqual(answer.code, code)
                after = counts()
                self.assertEqual({k: after[k] - before[k] for k in after if after[k] != before[k]}, {outcome: 1})
                asked = answer.headers["X-Request-Id"]
                self.assertEqual([r["outcome"] for r in tenant.records("vend") if r["request_id"] == asked], [outcome])
                wait_until("the line", lambda: any(r.get("request_id") == asked for r in world.server.log()))
                self.assertEqual([r["outcome"] for r in world.server.log() if r.get("request_id") == asked], [outcome])

    def test_each_denial_of_a_dead_token_is_counted_recorded_or_not(self):
        tenant = world.tenant()
        tenant.ready()
        dead = tenant.issue("app", "deploy")
        expect(tenant.admin.delete(f"{tenant.path}/tokens/{dead['id']}"), 204)

        def denied():
            return next(float(line.split(" ")[1]) for line in world.server.metrics().splitlines() if line.startswith('hourkey_vends_total{outcome="denied"}'))

        before = denied()
        for _ in range(15):
            self.assertEqual(world.api(dead["token"]).get("/v1/credentials/prod").status, 401)
        self.assertEqual(denied() - before, 15)

    def test_readyz_says_what_is_missing(self):
        server = world.another_server("no-credentials", start=False)
        server.base = {"AWS_REGION": "us-east-1"}
        server.start(ready=False)
        self.addCleanup(server.kill)
        answer = server.api.get("/readyz")
        self.assertEqual(answer.status, 503)
        self.assertEqual(answer.json["checks"], {"store_writable": True, "audit_writable": True, "base_credentials_valid": False})
        self.assertEqual(expect(server.api.get("/livez"), 200).json["status"], "alive")
        self.assertEqual(server.stop(), 0)

    def test_readyz_says_that_aws_refuses_the_key(self):
        server = world.another_server("refused-key", start=False)
        server.base = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIAREFUSED", "AWS_SECRET_ACCESS_KEY": "wrong"}
        server.start(ready=False)
        self.addCleanup(server.kill)
        answer = wait_until("/readyz to tell", lambda: (got := server.api.get("/readyz")).status == 503 and got)
        self.assertEqual(answer.json["checks"], {"store_writable": True, "audit_writable": True, "base_credentials_valid": False})
        world.emulator.control("PutUser", AccessKeyId="AKIAREFUSED", SecretAccessKey="wrong", Arn=f"arn:aws:iam::{HOURKEY_ACCOUNT}:user/late")
        wait_until("/readyz to recover", lambda: server.api.get("/readyz").status == 200)

    def test_a_request_is_one_json_line(self):
        app = world.tenant().ready()
        answers = [app.get("/v1/credentials/prod"), app.get("/v1/credentials/nowhere"), app.get("/no/such/path"), world.api().get("/v1/whoami")]
        ids = [a.headers["X-Request-Id"] for a in answers]
        wait_until("the log of the last request", lambda: any(r.get("request_id") == ids[-1] for r in world.server.log()))
        lines = {i: [r for r in world.server.log() if r.get("request_id") == i and r["msg"] == "request"] for i in ids}
        for answer, request_id in zip(answers, ids):
            with self.subTest(request_id):
                self.assertEqual(len(lines[request_id]), 1)
                line = lines[request_id][0]
                self.assertEqual((line["status"], line["method"]), (answer.status, "GET"))
                self.assertEqual(line["client"], "127.0.0.1")
                self.assertIn("route", line)
        self.assertEqual(lines[ids[0]][0]["route"], "/v1/credentials/{connection}")


class Certificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = world.another_server("certificates")
        cls.addClassCleanup(cls.server.kill)

    def serial(self):
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE) as plain, \
             world.authority.trust().wrap_socket(plain, server_hostname="127.0.0.1") as tls:
            return int(tls.getpeercert()["serialNumber"], 16)

    def test_sighup_reads_the_certificate_again(self):
        self.server.take_certificate("renewed-1")
        self.server.process.send_signal(signal.SIGHUP)
        wanted = world.authority.serial
        wait_until("the new certificate", lambda: self.serial() == wanted)

    def test_a_changed_file_is_noticed_without_a_signal(self):
        self.server.take_certificate("renewed-2")
        wanted = world.authority.serial
        wait_until("the new certificate", lambda: self.serial() == wanted)

    def test_a_bad_one_is_not_taken_and_the_old_one_is_still_served(self):
        before = self.serial()
        keep = self.server.certificate.read_bytes()
        held = Api(self.server.port, world.authority.trust())
        expect(held.get("/livez"), 200)
        self.server.certificate.write_text("this is no certificate\n")
        self.server.process.send_signal(signal.SIGHUP)
        self.server.wait_for_log("the new certificate was not taken; the old one is still served")
        self.assertEqual(self.serial(), before)
        expect(held.get("/livez"), 200)
        self.server.certificate.write_bytes(keep)

    def test_open_connections_outlive_a_renewal(self):
        held = Api(self.server.port, world.authority.trust())
        expect(held.get("/livez"), 200)
        connection = held.connection
        self.server.take_certificate("renewed-3")
        self.server.process.send_signal(signal.SIGHUP)
        wanted = world.authority.serial
        wait_until("the new certificate", lambda: self.serial() == wanted)
        expect(held.get("/livez"), 200)
        self.assertIs(held.connection, connection)


class Stopping(unittest.TestCase):
    def start(self, name):
        server = world.another_server(name)
        self.addCleanup(server.kill)
        operator = Api(server.port, world.authority.trust(), server.make_token("operator"))
        expect(operator.post("/v1/tenants", {"name": name}), 201)
        admin = operator.as_holder_of(server.make_token("admin", name))
        expect(admin.put(f"/v1/tenants/{name}/apps/deploy"), 201)
        made = expect(admin.put(f"/v1/tenants/{name}/connections/prod", {"kind": "role", "role_arn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/{name}"}), 201).json
        world.emulator.put_role(made["role_arn"], made["external_id"])
        self.assertEqual(expect(admin.post(f"/v1/tenants/{name}/connections/prod/verify"), 200).json["state"], "active")
        expect(admin.put(f"/v1/tenants/{name}/connections/prod/grants/deploy"), 201)
        return server, operator.as_holder_of(server.make_token("app", name, "deploy")), made["role_arn"]

    def test_sigterm_lets_a_vend_in_flight_finish(self):
        server, app, role = self.start("draining")
        idle = Api(server.port, world.authority.trust())
        expect(idle.get("/livez"), 200)  # an idle connection must not hold the end up
        got = []
        with world.emulator.failing("slow", DelayMs=1500, RoleArn=role):
            before = len(world.emulator.history())
            vend = threading.Thread(target=lambda: got.append(app.get("/v1/credentials/prod")))
            vend.start()
            wait_until("AssumeRole under way", lambda: len(world.emulator.history()) > before)
            self.assertEqual(server.stop(), 0)
            vend.join()
        body = expect(got[0], 200).json
        issued = world.emulator.history()[-1]
        self.assertEqual(body["AccessKeyId"], issued["access_key"])
        with self.assertRaises(OSError):
            Api(server.port, world.authority.trust()).get("/livez")
        verified = server.command("audit", "verify")
        self.assertEqual(verified.returncode, OK, verified.stdout)
        with contextlib.closing(sqlite3.connect(server.database)) as db:
            self.assertEqual(db.execute("SELECT count(*) FROM audit WHERE access_key_id = ?", (issued["access_key"],)).fetchone(), (1,))
        self.assertFalse(os.path.exists(f"{server.database}.sock"))

    def test_a_kill_loses_nothing_that_was_answered(self):
        server, app, _ = self.start("killed")
        keys = {expect(app.get("/v1/credentials/prod"), 200).json["AccessKeyId"] for _ in range(20)}
        server.kill()
        server.start()
        self.assertEqual(server.command("audit", "verify").returncode, OK)
        with contextlib.closing(sqlite3.connect(server.database)) as db:
            recorded = {row[0] for row in db.execute("SELECT access_key_id FROM audit WHERE action = 1 AND outcome = 1")}
        self.assertEqual(recorded, keys)
        expect(Api(server.port, world.authority.trust(), app.token).get("/v1/credentials/prod"), 200)


if __name__ == "__main__":
    unittest.main()
