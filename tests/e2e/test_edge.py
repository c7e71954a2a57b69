"""The edge: nobody stops the others by holding places, a log that nobody reads stops nothing, and what other people's programs send is answered."""
import contextlib
import csv
import fcntl
import http.client
import io
import json
import os
import select
import signal
import socket
import ssl
import subprocess
import threading
import unittest

from harness import (BINARIES, PATIENCE, TARGET_ACCOUNT, Api, World, clean_environment, end_with_us, expect, wait_until)

world = None


def setUpModule():
    global world
    world = World()
    unittest.addModuleCleanup(world.close)


def dial(port, own_address="127.0.0.1"):
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE, source_address=(own_address, 0))


def raw(port, request, tls=None):
    """What comes back until the end of the connection."""
    with dial(port) as plain, contextlib.ExitStack() as stack:
        talk = stack.enter_context(tls.wrap_socket(plain, server_hostname="localhost")) if tls else plain
        talk.sendall(request)
        got = b""
        with contextlib.suppress(ConnectionResetError, ssl.SSLEOFError):
            while part := talk.recv(65536):
                got += part
        return got


class Places(unittest.TestCase):
    """Whoever takes places is the one who loses them."""

    def setUp(self):
        self.held = contextlib.ExitStack()
        self.addCleanup(self.held.close)

    def hold(self, count, port, own_address):
        return [self.held.enter_context(dial(port, own_address)) for _ in range(count)]

    def test_addresses_that_only_open_tcp_lock_nobody_out(self):
        server = world.another_server("handshakes")
        self.addCleanup(server.kill)
        for attacker in range(2, 7):
            self.hold(60, server.port, f"127.0.0.{attacker}")
        clients = self.hold(3, server.port, "127.0.0.1")  # on their way, with their first flight still to come
        for attacker in range(2, 7):
            self.hold(60, server.port, f"127.0.0.{attacker}")
        for client in clients:
            with world.authority.trust().wrap_socket(client, server_hostname="localhost") as talk:
                talk.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                self.assertTrue(talk.recv(4096).startswith(b"HTTP/1.1 200"))

    def test_an_address_that_holds_all_places_gives_one_to_another(self):
        server = world.another_server("places", listen={"max_connections": 16})
        self.addCleanup(server.kill)
        server.api.close()
        trust = world.authority.trust()
        for silent in self.hold(16, server.port, "127.0.0.2"):
            with contextlib.suppress(OSError):  # the test's own first connection may still hold a place
                self.held.enter_context(trust.wrap_socket(silent, server_hostname="localhost"))
        expect(Api(server.port, trust).get("/livez"), 200)
        self.assertRegex(server.metrics(), r"(?m)^hourkey_connections_displaced_total [1-9]")

    def test_silence_on_loopback_shuts_neither_probes_nor_commands(self):
        server = world.another_server("silence")
        self.addCleanup(server.kill)
        for round_ in range(2):
            self.hold(100, server.admin_port, "127.0.0.1")
            for _ in range(100):
                silent = self.held.enter_context(socket.socket(socket.AF_UNIX))
                silent.settimeout(PATIENCE)
                silent.connect(f"{server.database}.sock")
            with self.subTest(round_):
                for path in ("/livez", "/readyz", "/metrics"):
                    expect(Api(server.admin_port, None, plain=True).get(path), 200)
                self.assertRegex(server.make_token("operator"), r"^hk_operator_")

    def test_silence_after_a_request_shuts_no_probe_either(self):
        server = world.another_server("kept")
        self.addCleanup(server.kill)
        for _ in range(100):
            client = self.held.enter_context(contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.admin_port, timeout=PATIENCE)))
            client.request("GET", "/livez")
            self.assertEqual(client.getresponse().read()[:1], b"{")

    def test_silence_on_a_plain_door_ends_before_silence_on_the_other(self):
        main, admin = self.hold(1, world.server.port, "127.0.0.1")[0], self.hold(1, world.server.admin_port, "127.0.0.1")[0]
        first, _, _ = select.select([main, admin], [], [], PATIENCE)
        self.assertEqual(first, [admin])
        self.assertEqual(admin.recv(1), b"")


class ShutOut(unittest.TestCase):
    """A command that the running server does not let in says so, and does not go for the database."""

    def setUp(self):
        self.server = world.another_server(f"shut-{self._testMethodName}"[:60], start=False)
        self.server.configure()
        self.path = f"{self.server.database}.sock"
        self.door = socket.socket(socket.AF_UNIX)
        self.addCleanup(self.door.close)
        self.door.bind(self.path)

    def assert_shut_out(self):
        done = self.server.command("token", "create", "--role", "operator")
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertIn("control socket", done.stderr)
        self.assertIn(self.path, done.stderr)
        self.assertFalse(self.server.database.exists())

    def test_when_its_connection_is_closed(self):
        self.door.listen(8)

        def turn_away():
            with contextlib.suppress(OSError):
                while True:
                    self.door.accept()[0].close()
        threading.Thread(target=turn_away, daemon=True).start()
        self.assert_shut_out()

    def test_when_the_queue_is_full(self):
        self.door.listen(0)
        with contextlib.ExitStack() as waiting, contextlib.suppress(BlockingIOError):
            while True:
                one = waiting.enter_context(socket.socket(socket.AF_UNIX))
                one.setblocking(False)
                try:
                    one.connect(self.path)
                except BlockingIOError:
                    self.assert_shut_out()
                    break


class Log(unittest.TestCase):
    def test_a_standard_error_that_nobody_reads_stops_nothing(self):
        server = world.another_server("unread", start=False)
        server.configure()
        reading, writing = os.pipe()
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
        with open(reading, "rb") as unread:
            process = subprocess.Popen([str(BINARIES / "hourkeyd"), "serve", "--config", str(server.config)], env=clean_environment(**server.base),
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=writing, preexec_fn=end_with_us)
            os.close(writing)
            self.addCleanup(process.kill)
            told = next(line for line in map(json.loads, unread) if line["msg"] == "listening")
            api = Api(told["port"], world.authority.trust())
            for _ in range(600):  # a line each: forty times what the pipe holds, three times what is gathered
                expect(api.get("/livez"), 200)
            self.assertIn("hourkey_log_dropped_total 0", Api(told["admin_port"], None, plain=True).get("/metrics").body.decode())
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(PATIENCE), 0)


class OtherPeoplesPrograms(unittest.TestCase):
    def test_haproxy_finds_hourkey_up(self):
        folder = world.folder / "haproxy"
        folder.mkdir()
        config = folder / "haproxy.cfg"
        config.write_text(f"""
global
    stats socket {folder}/stats level admin
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend unused
    bind unix@{folder}/unused
    default_backend hourkey
backend hourkey
    option httpchk GET /readyz
    server admin 127.0.0.1:{world.server.admin_port} check inter 200ms
    server main 127.0.0.1:{world.server.port} check inter 200ms check-ssl ca-file {world.authority.ca} verify required verifyhost localhost
""")
        log = folder / "log"
        with open(log, "wb") as output:
            process = subprocess.Popen(["/usr/sbin/haproxy", "-db", "-f", str(config)], env=clean_environment(), stdin=subprocess.DEVNULL, stdout=output,
                                       stderr=output, preexec_fn=end_with_us)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)

        def checked():
            self.assertIsNone(process.poll(), log.read_text())
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as stats:
                stats.connect(f"{folder}/stats")
                stats.sendall(b"show stat\n")
                rows = csv.DictReader(io.StringIO(b"".join(iter(lambda: stats.recv(65536), b"")).decode().removeprefix("# ")))
                found = {row["svname"]: (row["status"], row["check_status"], row["check_code"]) for row in rows if row["svname"] in ("admin", "main")}
                return found if len(found) == 2 and all(check and not check.startswith("*") and check != "INI" for _, check, _ in found.values()) else None
            return None
        found = wait_until("haproxy's checks", checked)
        self.assertEqual(found, {"admin": ("UP", "L7OK", "200"), "main": ("UP", "L7OK", "200")})

    def test_http_1_0_without_host_is_answered(self):
        for path in ("/livez", "/readyz"):
            for port, tls in ((world.server.port, world.authority.trust()), (world.server.admin_port, None)):
                with self.subTest(path=path, port=port):
                    self.assertTrue(raw(port, f"GET {path} HTTP/1.0\r\n\r\n".encode(), tls).startswith(b"HTTP/1.0 200 "))

    def test_plain_http_on_the_tls_port_is_told_so(self):
        for start in ("GET / ", "HEAD /x ", "POST / ", "PUT / ", "DELETE /v1/tenants/a ", "OPTIONS * ", "PATCH / ", "TRACE / ", "CONNECT h:443 ", "PRI * "):
            with self.subTest(start):
                got = raw(world.server.port, f"{start}HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                self.assertTrue(got.startswith(b"HTTP/1.1 400 "), got)
                self.assertIn(b"https://", got)
                self.assertIn(b"\r\nConnection: close\r\n", got)

    def test_what_is_neither_tls_nor_http_gets_no_http_answer(self):
        for garbage in (b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00" * 64, b"get / http/1.1\r\n\r\n"):
            with self.subTest(garbage[:8]):
                self.assertNotIn(b"HTTP/", raw(world.server.port, garbage))

    def test_requests_that_the_rfcs_allow_are_taken(self):
        token = world.operator.token
        rows = (("absolute target", f"GET https://localhost/v1/whoami HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"),
                ("several blanks", f"GET /v1/whoami HTTP/1.1\r\nHost: localhost\r\nAuthorization: bearer    {token}\r\n"),
                ("obs-text where nobody reads", f"GET /v1/whoami HTTP/1.1\r\nHost: localhost\r\nUser-Agent: J\xf6rg\r\nAuthorization: {token}\r\n"))
        for name, request in rows:
            with self.subTest(name):
                got = raw(world.server.port, (request + "Connection: close\r\n\r\n").encode("latin-1"), world.authority.trust())
                self.assertTrue(got.startswith(b"HTTP/1.1 200 "), got)
        got = raw(world.server.port, f"GET https://elsewhere/v1/whoami HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\n\r\n".encode(), world.authority.trust())
        self.assertTrue(got.startswith(b"HTTP/1.1 400 "), got)


class Denials(unittest.TestCase):
    def test_a_verification_asks_aws_once_for_each_of_its_questions(self):
        tenant = world.tenant()
        tenant.link("prod")
        asked = [call for call in world.emulator.history() if call["role"].endswith(f"{tenant.name}-prod")]
        self.assertEqual([call["outcome"] for call in asked], ["ok", "AccessDenied", "AccessDenied"])


class Regions(unittest.TestCase):
    wanted = {"kind": "role", "role_arn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/deploy"}

    def test_a_region_that_aws_does_not_have_is_refused(self):
        tenant = world.tenant()
        for region in ("eu-west-4", "us-east-99", "us-moon-1"):
            with self.subTest(region):
                refused = tenant.admin.put(f"{tenant.path}/connections/c", {**self.wanted, "region": region})
                self.assertEqual(refused.code, "invalid_request")
                self.assertIn("region", refused.json["message"])
        expect(tenant.admin.put(f"{tenant.path}/connections/c", {**self.wanted, "region": "eu-west-3"}), 201)

    def test_the_operator_may_add_regions(self):
        server = world.another_server("regions", aws={"extra_regions": "eu-west-4, moon"}, start=False)
        server.configure()
        self.assertEqual(server.command("serve").returncode, 2)
        server.configure(aws={"extra_regions": "eu-west-4, us-east-9"})
        server.start()
        self.addCleanup(server.kill)
        operator = Api(server.port, world.authority.trust(), server.make_token("operator"))
        expect(operator.post("/v1/tenants", {"name": "acme"}), 201)
        admin = operator.as_holder_of(server.make_token("admin", "acme"))
        expect(admin.put("/v1/tenants/acme/connections/c", {**self.wanted, "region": "eu-west-4"}), 201)
        # No longer known: what is stored is refused when it is used.
        server.restart(aws={"extra_regions": ""})
        api = Api(server.port, world.authority.trust(), admin.token)
        verified = expect(api.post("/v1/tenants/acme/connections/c/verify"), 200).json
        self.assertNotEqual(verified["state"], "active")
        self.assertIn("region", json.dumps(verified))


if __name__ == "__main__":
    unittest.main()
