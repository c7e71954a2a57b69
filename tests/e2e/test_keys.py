"""Server keys are replaced and retired under a running server: nothing is lost, and what was made before stays good."""
import contextlib
import json
import pathlib
import shutil
import sqlite3
import threading
import unittest

from harness import World, expect, wait_until, without_triggers

SEALED = {"connections": ("tenant_id", "name"), "grants": ("tenant_id", "connection", "app"), "tokens": ("id",)}

OK, USAGE, DENIED, NOT_FOUND = 0, 2, 3, 4


def opened(path):
    return contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True))


class Keys(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)
        self.server = self.world.server
        self.key = pathlib.Path(f"{self.server.database}.key")

    def command(self, *arguments, code=OK):
        done = self.server.command(*arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def listed(self):
        """State, living tokens and sealed rows by id, as `key list` shows them."""
        rows = [line.split("\t") for line in self.command("key", "list").stdout.splitlines()[1:]]
        return {int(row[0]): (row[1], int(row[3]), int(row[4])) for row in rows}

    def wait_until_resealed(self, old):
        wait_until("rows are sealed anew", lambda: self.listed()[old][2] == 0)

    def test_a_rotation_under_load_loses_nothing(self):
        tenant = self.world.tenant()
        app = tenant.ready()
        answers, broken, enough = [], [], threading.Event()

        def vend():
            try:
                api = self.world.api(app.token)
                while not enough.is_set():
                    answers.append(api.get("/v1/credentials/prod").status)
            except Exception as error:  # else it would end this thread alone, unseen
                broken.append(error)

        threads = [threading.Thread(target=vend) for _ in range(4)]
        for thread in threads:
            thread.start()
        wait_until("some vends", lambda: len(answers) > 20)
        for new in (2, 3):
            self.assertIn(f"Server key {new} makes what is new", self.command("key", "rotate").stdout)
            before = len(answers)
            wait_until("vends go on", lambda: len(answers) > before + 20)
        enough.set()
        for thread in threads:
            thread.join()
        self.assertEqual(broken, [])
        self.assertEqual(set(answers), {200})

        self.wait_until_resealed(1)
        self.wait_until_resealed(2)
        states = self.listed()
        self.assertEqual([states[id][0] for id in (1, 2, 3)], ["old", "old", "active"])
        self.assertGreater(states[1][1], 0, "tokens that were made under it")
        self.assertIn("whole", self.command("audit", "verify").stdout)
        with opened(self.server.database) as db:
            self.assertEqual([row[0] for row in db.execute("SELECT DISTINCT key FROM audit ORDER BY key")], [1, 2, 3])
        self.server.restart()
        expect(self.world.api(app.token).get("/v1/credentials/prod"), 200)
        tenant.admin = self.world.api(tenant.admin.token)
        late = tenant.holder(tenant.app("late"))
        with opened(self.server.database) as db:
            self.assertEqual(db.execute("SELECT max(mac_key) FROM tokens").fetchone(), (3,))
        self.assertEqual(late.get("/v1/whoami").status, 200)
        self.assertIn("whole", self.command("audit", "verify").stdout)

    def test_a_rotation_that_was_cut_off_goes_on(self):
        tenant = self.world.tenant()
        app = tenant.ready()
        # The key is in the file, and the store has not heard of it: what a kill between the two steps leaves.
        self.server.kill()
        once = self.key.read_text().strip()
        self.key.write_text(f"1:{once}\n2:{'ab' * 32}\n")
        self.server.start()
        expect(self.world.api(app.token).get("/v1/credentials/prod"), 200)
        self.assertEqual(set(self.listed()), {1})
        with opened(self.server.database) as db:
            seals = {table: db.execute(f"SELECT {', '.join(key)}, seal FROM {table}").fetchall() for table, key in SEALED.items()}
        self.command("key", "rotate")
        self.assertEqual(self.listed()[2][0], "active")
        self.assertEqual(len(self.key.read_text().splitlines()), 2, "it took the key that was there")
        expect(self.world.api(app.token).get("/v1/credentials/prod"), 200)
        # And where the store knows of it and the rows are not sealed yet, the next start goes on with them, though the job
        # is lost: the rows are as they were.
        self.wait_until_resealed(1)
        self.server.kill()
        with contextlib.closing(sqlite3.connect(self.server.database, isolation_level=None)) as db, without_triggers(db):
            db.execute("DELETE FROM jobs")
            for table, key in SEALED.items():
                for *names, seal in seals[table]:
                    db.execute(f"UPDATE {table} SET seal = ? WHERE {' AND '.join(f'{column} = ?' for column in key)}", (seal, *names))
        self.assertEqual(self.listed()[1][2], sum(map(len, seals.values())))
        self.server.start()
        self.wait_until_resealed(1)
        self.assertIn("whole", self.command("audit", "verify").stdout)

    def test_a_key_is_retired_when_nothing_needs_it(self):
        tenant = self.world.tenant()
        app = tenant.ready()
        self.assertIn("active", self.command("key", "retire", "--id", "1", code=DENIED).stderr)
        self.command("key", "retire", "--id", "7", code=NOT_FOUND)
        self.command("key", "retire", "--id", "x", code=USAGE)
        self.command("key", "rotate")
        self.wait_until_resealed(1)
        refused = self.command("key", "retire", "--id", "1", code=DENIED).stderr
        self.assertIn("tokens that still work", refused)
        backup = self.world.folder / "before.db"
        self.command("backup", backup)

        operator, admin = self.server.make_token("operator"), self.server.make_token("admin", tenant.name)
        deploy = self.server.make_token("app", tenant.name, "deploy")
        with opened(self.server.database) as db:
            old = [row[0] for row in db.execute("SELECT hex(id) FROM tokens WHERE mac_key = 1 AND revoked_at IS NULL")]
        listed = self.server.command("token", "list").stdout + self.server.command("token", "list", "--tenant", tenant.name).stdout
        ids = [line.split("\t")[0] for line in listed.splitlines() if line.split("\t")[-1] == "valid"]
        new = {token.split("_")[2] for token in (operator, admin, deploy)}
        for id in set(ids) - new:
            self.command("token", "revoke", "--id", id)
        self.assertEqual(len(set(ids) - new), len(old))
        before = self.key.read_text()
        for _ in ("at first", "again: it may have been cut off"):
            self.assertIn("Server key 1 is retired", self.command("key", "retire", "--id", "1").stdout)
            self.assertEqual(self.listed()[1], ("retired", 0, 0))
        self.assertNotIn(".head", str(self.server.log()), "nobody else has written it")
        self.assertIn("1:audit:", self.key.read_text())
        self.assertNotIn(before.split()[0].removeprefix("1:"), self.key.read_text(), "of the key only what verifies records is left")
        self.assertEqual(self.key.stat().st_mode & 0o777, 0o600)
        expect(self.world.api(deploy).get("/v1/credentials/prod"), 200)
        self.assertEqual(self.world.api(app.token).get("/v1/credentials/prod").status, 401)
        self.assertIn("whole", self.command("audit", "verify").stdout)
        for stop in (self.server.stop, self.server.kill):
            stop()
            self.server.start()
            expect(self.world.api(deploy).get("/v1/credentials/prod"), 200)
        self.assertIn("whole", self.command("audit", "verify").stdout)
        # An old key file that is put back brings the key back neither into tokens nor into rows, and it is said.
        self.server.stop()
        after = self.key.read_text()
        self.key.write_text(before)
        self.server.start()
        self.assertEqual(self.world.api(app.token).get("/v1/credentials/prod").status, 401)
        self.assertIn("still in the key file", str(self.server.log()))
        self.assertIn("Run hourkeyd key retire again", self.command("key", "list").stderr)
        self.command("key", "retire", "--id", "1")
        self.assertEqual(self.key.read_text(), after)
        self.assertEqual(self.command("key", "list").stderr, "")
        # A backup from before needs the key file of its time.
        self.server.stop()
        self.assertIn("server key", self.server.command("restore", "--check", backup).stderr)
        kept = self.key.with_name("kept.key")
        shutil.copy(self.key, kept)
        self.key.write_text(before)
        self.assertEqual(self.server.command("restore", "--check", backup).returncode, OK)

    def test_a_backup_from_before_a_rotation_takes_it_back_and_says_so(self):
        self.world.tenant()
        backup = self.world.folder / "before.db"
        self.command("backup", backup)
        self.command("key", "rotate")
        self.assertEqual(self.server.stop(), 0)
        self.assertIn("Server key 1 is the active one again", self.command("restore", backup).stdout)
        self.command("key", "rotate")
        self.assertEqual(self.listed()[2][0], "active")
        self.assertEqual(len(self.key.read_text().splitlines()), 2)
        self.assertIn("whole", self.command("audit", "verify").stdout)

    def test_a_key_file_that_is_a_link_stays_one(self):
        self.server.stop()
        elsewhere = self.world.folder / "elsewhere" / "server.key"
        elsewhere.parent.mkdir()
        self.key.rename(elsewhere)
        self.key.symlink_to(elsewhere)
        self.server.start()
        self.command("key", "rotate")
        self.server.stop()
        self.command("key", "rotate")
        self.assertTrue(self.key.is_symlink())
        self.assertEqual(len(elsewhere.read_text().splitlines()), 3)
        self.server.start()
        self.assertEqual(self.listed()[3][0], "active")
        self.assertEqual([f.name for f in elsewhere.parent.iterdir()], ["server.key"])

    def test_without_a_server_the_command_does_it_itself(self):
        tenant = self.world.tenant()
        app = tenant.ready()
        self.assertEqual(self.server.stop(), 0)
        self.command("key", "rotate")
        self.assertEqual(self.listed()[1][2], 0, "and has sealed all rows anew")
        self.command("key", "retire", "--id", "1", code=DENIED)
        self.assertIn("whole", self.command("audit", "verify").stdout)
        self.server.start()
        expect(self.world.api(app.token).get("/v1/credentials/prod"), 200)
        self.assertEqual([(r["action"], r["actor"]) for r in self.server_records()[-1:]], [("key.rotate", "machine")])

    def server_records(self):
        done = self.command("audit", "export", "--server")
        return [json.loads(line) for line in done.stdout.splitlines()]


if __name__ == "__main__":
    unittest.main()
