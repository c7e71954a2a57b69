"""A start on a fresh machine, and under systemd: what is missing is made or named, and what is wrong fails once and visibly."""
import configparser
import contextlib
import json
import os
import pty
import re
import select
import shlex
import shutil
import socket
import subprocess
import unittest

from harness import BINARIES, PATIENCE, REPOSITORY, Authority, Emulator, Server, clean_environment, end_with_us, hourkeyd, run, temporary_folder, toml

UNIT = REPOSITORY / "config/hourkeyd.service"
CONFIGURATION = 2  # exit code


def setUpModule():
    global authority, emulator
    authority = Authority(temporary_folder())
    emulator = Emulator(authority)
    unittest.addModuleCleanup(emulator.stop)


def server_of(folder=None, **sections):
    """Configured and not started."""
    made = Server(folder or temporary_folder() / "server", authority, emulator.url, emulator.base_environment(), start=False, **sections)
    made.configure()
    return made


def serve(server, *more, **env):
    return hourkeyd("serve", "--config", server.config, *more, env=clean_environment(**server.base, **env))


class Unit(unittest.TestCase):
    def setUp(self):
        parser = configparser.RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#",))
        parser.optionxform = str
        # A key that may be given several times keeps its last value: none of those that are looked at is.
        parser.read_string(UNIT.read_text())
        self.service = parser["Service"]

    @unittest.skipUnless(shutil.which("systemd-analyze"), "no systemd-analyze here")
    def test_systemd_knows_each_key(self):
        copy = temporary_folder() / "hourkeyd.service"
        copy.write_text(UNIT.read_text().replace("/usr/local/bin/hourkeyd", "/bin/true"))
        done = run("systemd-analyze", "verify", copy)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_it_checks_the_configuration_that_it_serves_and_does_not_start_again_what_a_start_cannot_mend(self):
        serves, checks = shlex.split(self.service["ExecStart"]), shlex.split(self.service["ExecStartPre"])
        self.assertEqual(serves[1], "serve")
        self.assertEqual(checks[1:3], ["config", "check"])
        self.assertEqual(checks[3:], serves[2:])
        # systemd starts again after a failed ExecStartPre, whatever its exit status and RestartPreventExitStatus.
        self.assertEqual(checks[0], "-" + serves[0])
        self.assertEqual(self.service["Type"], "notify")
        self.assertEqual(self.service["Restart"], "on-failure")
        self.assertEqual(self.service["RestartPreventExitStatus"].split(), [str(CONFIGURATION)])

    def test_a_wrong_configuration_ends_with_the_status_that_prevents_a_restart_and_another_failure_does_not(self):
        server = server_of()
        rows = {"a typo": "[listen]\naddres = \"0.0.0.0\"\n", "no TOML": "[listen\n", "no certificate": toml({"store": {"path": server.database}}),
                "an impossible value": toml({"listen": {"port": 70000}})}
        for name, text in rows.items():
            with self.subTest(name):
                server.config.write_text(text)
                for command in (("serve",), ("config", "check")):
                    self.assertEqual(hourkeyd(*command, "--config", server.config).returncode, CONFIGURATION)
        server.configure()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.assertEqual(serve(server, "--set", f"listen.port={taken.getsockname()[1]}").returncode, 5, "systemd is to try again")

    def test_systemd_is_told_when_the_server_listens_and_not_when_it_does_not(self):
        for place in ("file", "abstract"):
            with self.subTest(place), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
                name = str(temporary_folder() / "notify") if place == "file" else f"@hourkey-e2e-{os.getpid()}"
                notices.bind(name if place == "file" else "\0" + name[1:])
                notices.settimeout(PATIENCE)
                wrong = server_of()
                wrong.config.write_text("[listen\n")
                self.assertEqual(serve(wrong, NOTIFY_SOCKET=name).returncode, CONFIGURATION)
                good = server_of()
                good.base = {**good.base, "NOTIFY_SOCKET": name}
                good.start(ready=False)
                # The first that comes is the good one's.
                self.assertEqual(notices.recv(100), b"READY=1")
                self.assertEqual(good.api.get("/livez").status, 200)
                good.kill()


class StartErrors(unittest.TestCase):
    def failures(self):
        """(name, server, further arguments, words)"""
        typo, missing, busy = server_of(), server_of(), server_of()
        typo.config.write_text("[listen]\naddres = \"0.0.0.0\"\n")
        yield "a typo", typo, (), "listen.addres"
        yield "no certificate", missing, ("--set", "listen.cert_file=/nowhere.pem"), "/nowhere.pem"
        yield "a flag that is none", busy, ("--unknown",), "--unknown"
        yield "no such file", busy, ("--config", "/nowhere.toml"), "/nowhere.toml"
        yield "a region that is none", busy, ("--set", "aws.region=MOON"), "MOON"

    def test_without_a_terminal_they_are_log_lines_like_the_others(self):
        for name, server, more, words in self.failures():
            with self.subTest(name):
                done = serve(server, *more)
                self.assertEqual(done.returncode, CONFIGURATION, done.stderr)
                lines = [json.loads(line) for line in done.stderr.splitlines()]
                last = lines[-1]
                self.assertEqual((last["level"], last["msg"]), ("error", "hourkeyd did not start"))
                self.assertIn(words, last["problem"] + last.get("cause", ""))
                self.assertEqual(done.stdout, "")

    def test_on_a_terminal_they_are_for_people(self):
        for name, server, more, words in self.failures():
            with self.subTest(name):
                ours, theirs = pty.openpty()
                self.addCleanup(os.close, ours)
                process = subprocess.Popen([str(BINARIES / "hourkeyd"), "serve", "--config", str(server.config), "--set", "log.format=auto", *more],
                                           env=clean_environment(**server.base),
                                           stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, preexec_fn=end_with_us)
                os.close(theirs)
                self.assertEqual(process.wait(PATIENCE), CONFIGURATION)
                said = b""
                with contextlib.suppress(OSError):  # EIO: the other side is closed and all is read
                    while select.select([ours], [], [], 0)[0]:
                        said += os.read(ours, 65536)
                self.assertIn(words, said.decode())
                self.assertNotIn('"msg"', said.decode())


class FreshMachine(unittest.TestCase):
    def test_the_stores_folder_is_made_when_only_it_is_missing(self):
        place = temporary_folder() / "hourkey"
        server = server_of(store={"path": place / "hourkey.db"})
        server.start(ready=False)
        self.assertEqual(place.stat().st_mode & 0o777, 0o700)
        self.assertTrue((place / "hourkey.db").is_file())
        server.kill()

    def test_what_cannot_be_made_is_named_with_the_line_that_makes_it(self):
        place = temporary_folder() / "not" / "there"
        server = server_of(store={"path": place / "hourkey.db"})
        for command in (("serve",), ("token", "create", "--role", "operator")):
            with self.subTest(command[0]):
                done = hourkeyd(*command, "--config", server.config, env=clean_environment(**server.base))
                self.assertEqual(done.returncode, CONFIGURATION, done.stderr)
                self.assertRegex(done.stderr, rf"sudo install -d -o \S+ -m 700 {re.escape(str(place))}")
                self.assertFalse(place.parent.exists())


if __name__ == "__main__":
    unittest.main()
