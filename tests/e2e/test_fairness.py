"""Nobody stops the others: rate limits, counted refusals, clients behind a proxy, and the reserve below the disk's floor."""
import contextlib
import http.client
import shutil
import socket
import ssl
import struct
import threading
import unittest

from harness import PATIENCE, Answer, World, check_answer, expect, wait_until

PROXY = "127.0.0.2"  # as a source address it tells the balancer from the test's own clients


def setUpModule():
    global world
    world = World()


def tearDownModule():
    world.close()


def restart(*clients, ready=True, **sections):
    """The server takes a new port; the operator's client and those given follow."""
    world.server.stop()
    world.server.configure(**sections)
    world.server.start(ready=ready)
    for client in (world.operator, *clients):
        client.close()
        client.port = world.server.port


class ProxiedClient:
    """One connection that comes from PROXY, perhaps with a PROXY protocol header before its handshake."""

    def __init__(self, of, token=None, header=b""):
        self.token, self.connection = token, None
        raw = socket.create_connection(("127.0.0.1", of.server.port), timeout=PATIENCE, source_address=(PROXY, 0))
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(raw.close)
            raw.sendall(header)
            up = of.authority.trust().wrap_socket(raw, server_hostname="127.0.0.1")
            on_failure.pop_all()
        self.connection = http.client.HTTPSConnection("127.0.0.1", of.server.port)
        self.connection.sock = up

    def __del__(self):
        if self.connection:
            self.connection.close()

    def get(self, path, **headers):
        return self.ask("GET", path, headers)

    def delete(self, path, **headers):
        return self.ask("DELETE", path, headers)

    def ask(self, verb, path, headers):
        fields = {**({"Authorization": f"Bearer {self.token}"} if self.token else {}), **headers}
        self.connection.request(verb, path, headers=fields)
        got = self.connection.getresponse()
        return check_answer(path, Answer(got.status, got.headers, got.read()))


def proxy_header(command, family, addresses=b""):
    return b"\r\n\r\n\0\r\nQUIT\n" + bytes((0x20 | command, family)) + struct.pack(">H", len(addresses)) + addresses


def tcp4(client):
    return proxy_header(1, 0x11, socket.inet_aton(client) + socket.inet_aton("127.0.0.1") + struct.pack(">HH", 4711, 443))


def tcp6(client):
    return proxy_header(1, 0x21, socket.inet_pton(socket.AF_INET6, client) + socket.inet_pton(socket.AF_INET6, "::1") + struct.pack(">HH", 4711, 443))


class Refusals(unittest.TestCase):
    def test_a_loop_of_denied_vends_is_a_record_and_a_number_and_the_chain_stays_whole(self):
        acme = world.tenant()
        holder = acme.ready()
        asked = 300
        for _ in range(asked):
            self.assertEqual(holder.get("/v1/credentials/nope").code, "app_not_allowed")
        denied = [r for r in acme.records("vend") if r["outcome"] == "denied"]
        self.assertLess(len(denied), 20)
        self.assertEqual((denied[0]["reason"], denied[0]["connection"]), ("app_not_allowed", "nope"))
        self.assertNotIn("count", denied[0])
        restart(acme.admin)
        denied = [r for r in acme.records("vend") if r["outcome"] == "denied"]
        self.assertEqual(sum(r.get("count", 1) for r in denied), asked)
        self.assertEqual(world.server.command("audit", "verify").returncode, 0)

    def test_a_window_that_ends_leaves_its_number_while_the_server_runs(self):
        acme = world.tenant()
        holder = acme.ready()
        for _ in range(5):
            self.assertEqual(holder.get("/v1/credentials/nope").code, "app_not_allowed")

        wait_until("the number", lambda: sum(r.get("count", 1) for r in acme.records("vend") if r["outcome"] == "denied") == 5, seconds=120)


class Rates(unittest.TestCase):
    def test_each_limit_of_the_configuration_can_be_set_and_lifted(self):
        acme, corp = world.tenant(), world.tenant()
        limited, lifted = acme.ready(), corp.ready()
        restart(limited, lifted, limits={"tenant_per_second": 1, "burst_seconds": 3, "lifted_tenants": corp.name})
        self.addCleanup(restart, limits={"tenant_per_second": 500, "burst_seconds": 10, "lifted_tenants": ""})
        codes = [limited.get("/v1/whoami").code for _ in range(10)]
        self.assertIn("rate_limited", codes)
        for _ in range(20):
            expect(lifted.get("/v1/whoami"), 200)
        self.assertRegex(world.server.metrics(), r'(?m)^hourkey_rate_limited_total\{by="tenant"\} [1-9]')


class BehindAProxy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World(listen={"trusted_proxies": f"{PROXY}, 10.0.0.0/8"}, limits={"address_per_second": 1, "burst_seconds": 5})

    @classmethod
    def tearDownClass(cls):
        cls.world.close()

    def seen_as(self, acme):
        return acme.records("vend")[-1]["client_address"]

    def test_the_audit_shows_the_client_that_the_proxy_saw_not_the_one_that_it_claims_to_be(self):
        acme = self.world.tenant()
        token = acme.ready().token
        rows = (("192.0.2.1", "192.0.2.1"), ("203.0.113.66, 192.0.2.2", "192.0.2.2"), ("192.0.2.3, 10.1.2.3", "192.0.2.3"),
                ("2001:0db8::0001", "2001:db8::1"), ("what is this", PROXY), ("127.0.0.1", PROXY), ("::1", PROXY),
                (None, PROXY))
        proxy = ProxiedClient(self.world, token)  # one connection for many clients
        for said, seen in rows:
            with self.subTest(said):
                expect(proxy.get("/v1/credentials/prod", **({"X-Forwarded-For": said} if said else {})), 200)
                self.assertEqual(self.seen_as(acme), seen)

    def test_nobody_else_is_believed(self):
        acme = self.world.tenant()
        expect(acme.ready().get("/v1/credentials/prod", **{"X-Forwarded-For": "192.0.2.1"}), 200)
        self.assertEqual(self.seen_as(acme), "127.0.0.1")

    def test_requests_without_a_good_token_are_limited_by_the_clients_address(self):
        token = self.world.tenant().ready().token
        strangers, proxy = ProxiedClient(self.world, "hk_app_nonsense"), ProxiedClient(self.world, token)

        def codes(client, address, times=12):
            return {client.get("/v1/whoami", **{"X-Forwarded-For": address}).code for _ in range(times)}
        self.assertIn("rate_limited", codes(strangers, "192.0.2.10"))
        self.assertEqual(codes(strangers, "192.0.2.11", 3), {"unauthenticated"})
        self.assertEqual(codes(proxy, "192.0.2.12"), {"status 200"})  # a good token pays itself
        # Before a token is looked at: what others without one take from an address, a good one beside them lacks.
        over = threading.Event()

        def hammer():
            stranger = ProxiedClient(self.world, "hk_app_nonsense")
            while not over.is_set():
                stranger.get("/v1/whoami", **{"X-Forwarded-For": "192.0.2.13"})
        hammers = [threading.Thread(target=hammer) for _ in range(4)]
        for one in hammers:
            one.start()
        try:
            wait_until("a good token that has to wait", lambda: "rate_limited" in codes(proxy, "192.0.2.13", 1))
        finally:
            over.set()
            for one in hammers:
                one.join()
        self.assertEqual({strangers.get("/v1/whoami", **{"X-Forwarded-For": f"2001:db8:0:1::{n}"}).code for n in range(12)}, {"unauthenticated", "rate_limited"})


    def test_a_bad_token_gets_no_further_by_asking_to_take_rights_away(self):
        acme = self.world.tenant()
        path, behind = f"/v1/tenants/{acme.name}/connections/none", {"X-Forwarded-For": "192.0.2.20"}
        stranger, admin = ProxiedClient(self.world, "hk_app_nonsense"), ProxiedClient(self.world, acme.admin.token)
        self.assertTrue(any(stranger.delete(path, **behind).code == "rate_limited" for _ in range(20)))
        self.assertEqual(admin.delete(path, **behind).code, "not_found")


class WithoutAToken(unittest.TestCase):
    """What is open to everybody, and what is refused before it is read."""

    def test_it_has_its_address_rate(self):
        world = World(listen={"trusted_proxies": PROXY, "proxy_protocol": "v2"}, limits={"address_per_second": 1, "burst_seconds": 5})
        self.addCleanup(world.close)
        rows = {"health": (b"GET /livez HTTP/1.1\r\nHost: h\r\n\r\n", 200, True), "readiness": (b"GET /readyz?verbose HTTP/1.1\r\nHost: h\r\n\r\n", 200, True),
                "a method": (b"BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 405, True), "no path": (b"GET /nowhere HTTP/1.1\r\nHost: h\r\n\r\n", 404, True),
                "a smuggler": (b"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 2\r\n\r\n", 400, True), "no TLS": (b"GET / HTTP/1.1\r\nHost: h\r\n\r\n", 400, False)}
        for number, (name, (request, status, with_tls)) in enumerate(rows.items()):
            with self.subTest(name):
                def answer():
                    connection = socket.create_connection(("127.0.0.1", world.server.port), timeout=PATIENCE, source_address=(PROXY, 0))
                    connection.sendall(tcp4(f"192.0.2.{number + 1}"))
                    if with_tls:
                        connection = world.authority.trust().wrap_socket(connection, server_hostname="127.0.0.1")
                    with connection:
                        connection.sendall(request)
                        return int(connection.recv(4096).split()[1])

                answers = [answer() for _ in range(5)]
                self.assertEqual(answers, [status] * 5)
                wait_until("the end of what the address may ask for", lambda: answer() == 429)
                expect(world.server.admin_door.get("/livez"), 200)  # which is for probes alone


class ProxyProtocol(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World(listen={"trusted_proxies": f"{PROXY}, 10.0.0.0/8", "proxy_protocol": "v2", "max_connections_per_address": 4})

    @classmethod
    def tearDownClass(cls):
        cls.world.close()

    def test_the_header_before_the_handshake_names_the_client(self):
        acme = self.world.tenant()
        token = acme.ready().token
        for name, header, seen in (("IPv4", tcp4("192.0.2.1"), "192.0.2.1"), ("IPv6", tcp6("2001:db8::1"), "2001:db8::1"),
                                   ("LOCAL", proxy_header(0, 0), PROXY), ("UNSPEC", proxy_header(1, 0), PROXY), ("loopback", tcp4("127.0.0.1"), PROXY),
                                   ("nobody", tcp4("0.0.0.0"), PROXY), ("a trusted one", tcp4("10.0.0.9"), "203.0.113.66")):
            with self.subTest(name):
                client = ProxiedClient(self.world, token, header)
                for _ in range(2):
                    expect(client.get("/v1/credentials/prod", **{"X-Forwarded-For": "203.0.113.66"}), 200)
                    self.assertEqual(acme.records("vend")[-1]["client_address"], seen)

    def test_a_client_that_has_all_its_places_shuts_nobody_else_out(self):
        token = self.world.tenant().ready().token
        held = [ProxiedClient(self.world, token, tcp4("192.0.2.66")) for _ in range(4)]
        with self.assertRaises((ssl.SSLError, OSError)):
            ProxiedClient(self.world, token, tcp4("192.0.2.66"))
        expect(ProxiedClient(self.world, token, tcp4("192.0.2.67")).get("/v1/whoami"), 200)
        expect(held[0].get("/v1/whoami"), 200)

    def test_without_a_header_or_with_a_wrong_one_the_connection_ends(self):
        for header in (b"", b"PROXY TCP4 192.0.2.1 127.0.0.1 4711 443\r\n", proxy_header(1, 0x12, b"\0" * 12), tcp4("192.0.2.1")[:-1] + b"\x16\x03"):
            with self.subTest(header), self.assertRaises((ssl.SSLError, OSError)):
                ProxiedClient(self.world, None, header)

    def test_others_may_not_send_one(self):
        expect(self.world.api().get("/readyz"), 200)
        raw = socket.create_connection(("127.0.0.1", self.world.server.port), timeout=PATIENCE)
        raw.sendall(tcp4("192.0.2.1"))
        self.addCleanup(raw.close)
        with self.assertRaises((ssl.SSLError, OSError)):
            self.world.authority.trust().wrap_socket(raw, server_hostname="127.0.0.1")

    def test_a_protocol_that_nobody_may_speak_is_an_error(self):
        done = self.world.server.command("serve", "--set", "listen.trusted_proxies=")
        self.assertEqual(done.returncode, 2)
        self.assertIn("listen.trusted_proxies", done.stderr)


class BelowTheFloor(unittest.TestCase):
    def test_nothing_is_vended_and_every_right_can_be_taken_away_with_its_record(self):
        acme = world.tenant()
        holder = acme.ready()
        doomed = acme.issue("app", "deploy")
        free_mib = shutil.disk_usage(world.folder).free >> 20
        restart(holder, acme.admin, ready=False, store={"min_free_mib": min(2 * free_mib, 1_000_000)})
        self.addCleanup(restart, store={"min_free_mib": 64})
        self.assertEqual(holder.get("/v1/credentials/prod").code, "audit_unavailable")
        self.assertEqual(acme.admin.put(f"{acme.path}/apps/more").code, "store_unavailable")
        self.assertEqual(world.api().get("/readyz").status, 503)
        for path in (f"tokens/{doomed['id']}", "connections/prod/grants/deploy", "connections/prod", "apps/deploy"):
            expect(acme.admin.delete(f"{acme.path}/{path}"), 204)
        done = [r["action"] for r in acme.records()]
        for action in ("token.revoke", "grant.delete", "connection.delete", "app.delete"):
            self.assertIn(action, done)
        self.assertEqual(world.api(doomed["token"]).get("/v1/whoami").status, 401)
        self.assertRegex(world.server.metrics(), r"(?m)^hourkey_store_disk_free_bytes \d")
        self.assertEqual(world.server.command("audit", "verify").returncode, 0)


if __name__ == "__main__":
    unittest.main()
