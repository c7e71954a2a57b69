"""A backup beside a running server: the server makes the copy, so that no other process holds a snapshot of its store."""
import contextlib
import os
import pathlib
import signal
import sqlite3
import subprocess
import unittest

from harness import BINARIES, PATIENCE, World, clean_environment, end_with_us, expect, wait_until

world = None


def setUpModule():
    global world
    world = World()
    unittest.addModuleCleanup(world.close)


def open_files(process):
    """Names of what a process has open; nothing once it has ended."""
    names = set()
    with contextlib.suppress(FileNotFoundError):
        for entry in pathlib.Path(f"/proc/{process.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                names.add(os.readlink(entry))
    return names


class BackupBesideServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = world.another_server("copied")
        cls.addClassCleanup(cls.server.kill)
        assert cls.server.stop() == 0
        with contextlib.closing(sqlite3.connect(cls.server.database)) as database:  # so that a copy takes its time
            database.executemany("INSERT INTO former_revisions VALUES (randomblob(16), hex(randomblob(?)), 1)", [(500_000,)] * 60)
            database.commit()
        cls.server.start()

    def copies(self):
        return list(self.server.database.parent.glob(f"{self.server.database.name}.copy.partial-*"))

    def begin(self, target):
        process = subprocess.Popen([str(BINARIES / "hourkeyd"), "backup", "--config", str(self.server.config), str(target)],
                                   env=clean_environment(**self.server.base), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, preexec_fn=end_with_us)
        self.addCleanup(process.kill)
        return process

    def test_the_command_never_opens_the_running_store(self):
        target = self.server.folder / "whole.db"
        process, seen = self.begin(target), set()
        while process.poll() is None:
            seen |= open_files(process)
        self.assertEqual(process.returncode, 0)
        self.assertNotIn(str(self.server.database), seen)
        self.assertEqual(self.server.command("restore", "--check", target).returncode, 0)
        wait_until("the server's own copy to go", lambda: not self.copies())

    def test_a_stopped_command_holds_nothing_and_stops_nobody(self):
        process = self.begin(self.server.folder / "stopped.db")
        wait_until("the copy to begin", lambda: self.copies() or process.poll() is not None)
        process.send_signal(signal.SIGSTOP)
        self.assertIsNone(process.poll(), "it was to be stopped half-way")
        try:
            self.assertEqual(self.server.command("backup", self.server.folder / "second.db").returncode, 0)
            self.server.make_token("operator")  # the store is written to all the same
            expect(self.server.api.get("/readyz"), 200)
        finally:
            process.send_signal(signal.SIGCONT)
        self.assertIn(process.wait(PATIENCE), (0, 4))  # 4: the server gave its copy away meanwhile
        wait_until("the server's own copies to go", lambda: not self.copies())

    def test_two_at_a_time_come_one_after_the_other_or_are_told(self):
        one, two = self.begin(self.server.folder / "one.db"), self.begin(self.server.folder / "two.db")
        self.assertEqual(sorted((one.wait(PATIENCE), two.wait(PATIENCE)))[0], 0)

    def test_a_killed_command_does_not_stop_the_next(self):
        process = self.begin(self.server.folder / "killed.db")
        wait_until("the copy to begin", lambda: self.copies() or process.poll() is not None)
        process.kill()
        process.wait()
        done = self.server.command("backup", self.server.folder / "after.db")
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
