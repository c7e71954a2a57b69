"""Verifications that nobody waits for: one that a crash has cut off, and the looks from time to time at what is in use."""
import contextlib
import http.client
import sqlite3
import threading
import unittest

from harness import TARGET_ACCOUNT, World, expect, wait_until


class Rechecks(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.close)
        self.server, self.emulator = self.world.server, self.world.emulator
        self.tenant = self.world.tenant()
        self.app = self.tenant.ready()
        self.link = f"{self.tenant.path}/connections/prod"
        self.role = f"arn:aws:iam::{TARGET_ACCOUNT}:role/hourkey/{self.tenant.name}-prod"

    def jobs(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.server.database}?mode=ro", uri=True)) as db:
            return [tuple(row) for row in db.execute("SELECT kind, target FROM jobs ORDER BY kind")]

    def reach_it_again(self):
        """After a start, which may have taken another port."""
        self.tenant.admin = self.world.api(self.tenant.admin.token)

    def state(self):
        return expect(self.tenant.admin.get(self.link), 200).json["state"]

    def verify_unheard(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            self.tenant.verify("prod")

    def test_a_verification_that_a_crash_cuts_off_is_made_again(self):
        self.emulator.put_role(self.role)  # anybody's
        with self.emulator.failing("slow", DelayMs=60_000):
            before = len(self.emulator.history())
            asking = threading.Thread(target=self.verify_unheard)
            asking.start()
            wait_until("AssumeRole under way", lambda: len(self.emulator.history()) > before)
            self.server.kill()
        asking.join()
        self.assertIn(("connection.verify", "connections/prod"), self.jobs())
        with contextlib.closing(sqlite3.connect(self.server.database)) as db, db:
            db.execute("UPDATE jobs SET next_at = 1 WHERE kind = 'connection.verify'")  # as if its time had come meanwhile
        self.server.start()
        self.reach_it_again()
        wait_until("the open role is found", lambda: self.state() == "insecure_trust")
        self.assertEqual(self.world.api(self.app.token).get("/v1/credentials/prod").code, "connection_not_ready")
        self.assertEqual(self.tenant.records("connection.verify")[-1]["actor"], "server")
        wait_until("the job is done", lambda: ("connection.verify", "connections/prod") not in self.jobs())

    def test_what_is_in_use_is_looked_at_by_itself_unless_that_is_off(self):
        self.assertEqual(self.jobs(), [("connection.recheck", "connections/prod")])
        checked = expect(self.tenant.admin.get(self.link), 200).json["last_checked_at"]
        self.server.restart(linking={"verify_every": 1})
        self.reach_it_again()
        wait_until("a look that finds it good", lambda: expect(self.tenant.admin.get(self.link), 200).json["last_checked_at"] != checked)
        self.assertEqual(self.state(), "active")
        self.server.restart(linking={"verify_every": 0})
        self.reach_it_again()
        self.emulator.put_role(self.role)
        wait_until("no more looks are planned", lambda: self.jobs() == [])
        self.assertEqual(self.state(), "active")
        self.server.restart(linking={"verify_every": 1})
        self.reach_it_again()
        wait_until("the open role is found", lambda: self.state() == "insecure_trust")
        self.server.wait_for_log("a connection was verified unasked and vends no more", state="insecure_trust")
        wait_until("it is left alone", lambda: self.jobs() == [])


if __name__ == "__main__":
    unittest.main()
