"""Starting and stopping: a stop is obeyed at any moment, and a start says what it has not proven."""
import contextlib
import signal
import socket
import sqlite3
import subprocess
import unittest

from harness import BINARIES, PATIENCE, World, clean_environment, end_with_us, expect, wait_until

world = None


def setUpModule():
    global world
    world = World()
    unittest.addModuleCleanup(world.close)


class Stop(unittest.TestCase):
    def test_a_stop_is_obeyed_while_sts_is_waited_for(self):
        for stop in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(stop), socket.create_server(("127.0.0.1", 0)) as silent:
                silent.settimeout(PATIENCE)
                server = world.another_server(f"waiting-{stop.name}", sts_url=f"https://127.0.0.1:{silent.getsockname()[1]}", start=False)
                server.configure()
                with open(server.log_file, "wb") as log:
                    process = subprocess.Popen([str(BINARIES / "hourkeyd"), "serve", "--config", str(server.config)], env=clean_environment(**server.base),
                                               stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=end_with_us)
                self.addCleanup(process.kill)
                connection, _ = silent.accept()  # it asks who it is; nobody will answer
                with connection:
                    process.send_signal(stop)
                    self.assertEqual(process.wait(PATIENCE), 0)
                self.assertNotIn("listening", [line.get("msg") for line in server.log()], "it ended before it had started")


class Start(unittest.TestCase):
    def integrity(self, server):
        answer = server.api.get("/readyz?verbose")
        return answer.json["store"]

    def test_what_a_start_leaves_unproven_is_said(self):
        server = world.another_server("proof")
        self.addCleanup(server.kill)
        self.assertEqual(self.integrity(server), {"integrity": "sound", "unproven": ""}, "a small file is read through at once")
        self.assertNotIn("store", expect(server.api.get("/readyz"), 200).json, "only who asks is told more")
        self.assertEqual(server.stop(), 0)

        with contextlib.closing(sqlite3.connect(server.database)) as database:  # what is not small
            database.execute("INSERT INTO former_revisions VALUES (randomblob(16), hex(zeroblob(10000000)), 1)")
            database.commit()
        server.start()
        server.wait_for_log("the store was closed cleanly; its file has not been read through")
        trusted = self.integrity(server)
        self.assertEqual(trusted["integrity"], "trusted")
        self.assertIn("not read through", trusted["unproven"])

        server.kill()
        server.start()
        server.wait_for_log("the store was not closed cleanly: its file is read through in the background")
        read = wait_until("the file to be read through", lambda: (now := self.integrity(server))["integrity"] == "sound" and now)
        self.assertEqual(read["unproven"], "")
        server.wait_for_log("the store's file has been read through: it is whole")

        self.assertEqual(server.stop(), 0)
        server.start()
        self.assertEqual(self.integrity(server)["integrity"], "trusted")


if __name__ == "__main__":
    unittest.main()
