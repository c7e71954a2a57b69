#!/usr/bin/env python3
"""Half-open handshakes, slow headers, slow bodies and idle connections against the real server, while a healthy client works.

The healthy client must see no error and get new connections, the server must let go of every attacker by itself, keep its
memory and live on. Timing is judged only with HOURKEY_FAULT=full, on a machine that does nothing else: there the healthy
client's p99 stays within 100 ms in each flood, of 10,000 half-open handshakes and 1,000 connections of each other kind.
"""

import argparse
import collections
import http.client
import itertools
import math
import multiprocessing
import os
import pathlib
import re
import resource
import selectors
import socket
import ssl
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import harness  # noqa: E402

HEALTHY_P99 = 0.100  # seconds
MOST_GROWTH = 150 * 1024  # KiB
MOST_PER_CONNECTION = 128  # KiB
DRIP = 0.5  # seconds between two bytes of a slow request
# What the server's deadlines become on a loaded machine: 5 s for a handshake, then 10 s for a header, then 10 s for a body.
GONE_WITHIN = 20
QUIET_OPEN = 2  # connections that the test's own clients may keep alive

processes = multiprocessing.get_context("fork")


class Kind:
    """What a hostile connection does: how far it gets, what it sends at first, and whether it then drips bytes."""

    def __init__(self, name, tls=True, opening=b"", drips=False):
        self.name, self.tls, self.opening, self.drips = name, tls, opening, drips


HALF_OPEN = Kind("half-open handshakes", tls=False)
SLOW_HEADERS = Kind("slow headers", opening=b"GET /v1/credentials/prod HTTP/1.1\r\nHost: a\r\nX-Slow: ", drips=True)
SLOW_BODIES = Kind("slow bodies", drips=True,
                   opening=b"POST /v1/tenants HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 4096\r\n\r\n{")
IDLE = Kind("idle connections")


def part_of_a_hello():
    """The first bytes of a true ClientHello: the server must wait for the rest."""
    sent = ssl.MemoryBIO()
    try:
        ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), sent, server_hostname="localhost").do_handshake()
    except ssl.SSLWantReadError:
        pass
    return sent.read()[:100]


class Flood:
    """Many hostile connections in one process. They stay open on this side whatever the server does: it has to end them."""

    def __init__(self, kind, world, connections, per_second):
        self.kind, self.connections = kind, connections
        self.pipe, far = processes.Pipe()
        self.process = processes.Process(target=self._run, args=(far, world.server.port, str(world.authority.ca), per_second), daemon=True)
        self.process.start()

    def summary(self):
        """When all are gone; or when they are overdue, with how many are left."""
        if not self.pipe.poll(GONE_WITHIN + harness.PATIENCE * 2):
            raise SystemExit(f"{self.kind.name}: the attacker does not report")
        return self.pipe.recv()

    def end(self):
        self.process.kill()
        self.process.join()

    # ------------------------------------------------------------------------------------------- in the attacker's process

    def _run(self, pipe, port, ca, per_second):
        harness.end_with_us()
        os.nice(5)  # true attackers do not take the server's processors
        self.trust = ssl.create_default_context(cafile=ca)
        # Half of them connect and say nothing, half begin to speak.
        self.hello = itertools.cycle([b"", part_of_a_hello()])
        self.selector = selectors.DefaultSelector()
        self.born, self.drips, self.ended = {}, collections.deque(), []
        self.lifetimes, self.unconnected = [], 0
        begun, opened = time.monotonic(), 0
        last_call = begun + self.connections / per_second + GONE_WITHIN
        while (opened < self.connections or self.born) and time.monotonic() < last_call:
            while opened < self.connections and begun + opened / per_second <= time.monotonic():
                self._open(port, ("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5")[opened % 4])
                opened += 1
            for key, _ in self.selector.select(0.01):
                self._attempt(key.fileobj, key.data)
            now = time.monotonic()
            while self.drips and self.drips[0][0] <= now:
                connection = self.drips.popleft()[1]
                if connection in self.born:
                    self._attempt(connection, self._drip)
        pipe.send({"opened": opened, "unconnected": self.unconnected, "left": len(self.born), "longest": max(self.lifetimes, default=0)})
        pipe.recv()  # never comes: the sockets stay open until this process is killed

    def _open(self, port, source):
        connection = socket.socket()
        connection.setblocking(False)
        connection.bind((source, 0))
        connection.connect_ex(("127.0.0.1", port))
        if self.kind.tls:
            connection = self.trust.wrap_socket(connection, server_hostname="localhost", do_handshake_on_connect=False, suppress_ragged_eofs=True)
        self.born[connection] = time.monotonic()
        self.selector.register(connection, selectors.EVENT_WRITE, self._begin)

    def _attempt(self, connection, step):
        try:
            step(connection)
        except (ssl.SSLWantReadError, BlockingIOError):
            self._wait(connection, selectors.EVENT_READ, step)
        except ssl.SSLWantWriteError:
            self._wait(connection, selectors.EVENT_WRITE, step)
        except OSError:  # ssl.SSLError is one
            self._gone(connection)

    def _wait(self, connection, events, step):
        # A byte that does not leave now never does: what is listened for remains the end.
        self.selector.modify(connection, events, self._listen if step == self._drip else step)

    def _begin(self, connection):
        error = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            self.unconnected += 1
            raise OSError(error, os.strerror(error))
        if self.kind.tls:
            connection.do_handshake()
        opening = self.kind.opening if self.kind.tls else next(self.hello)
        if opening:  # an empty TLS record would be more than nothing
            connection.send(opening)
        if self.kind.drips:
            self.drips.append((time.monotonic() + DRIP, connection))
        self._wait(connection, selectors.EVENT_READ, self._listen)

    def _drip(self, connection):
        self.drips.append((time.monotonic() + DRIP, connection))
        connection.send(b"a")

    def _listen(self, connection):
        while connection.recv(4096):
            pass
        self._gone(connection)

    def _gone(self, connection):
        self.selector.unregister(connection)
        self.lifetimes.append(time.monotonic() - self.born.pop(connection))
        self.ended.append(connection)


class HealthyClient:
    """Vends at a steady pace from a process of its own, each 20th time over a brand-new connection; without a second try."""

    def __init__(self, world, token, requests, per_second):
        self.pipe, far = processes.Pipe()
        self.process = processes.Process(target=self._run, args=(far, world, token, requests, per_second), daemon=True)
        self.process.start()

    def result(self):
        answer = self.pipe.recv()
        self.process.join()
        return answer

    @staticmethod
    def _run(pipe, world, token, requests, per_second):
        harness.end_with_us()
        trust, fields = world.authority.trust(), {"Authorization": f"Bearer {token}"}

        def connect():
            return http.client.HTTPSConnection("127.0.0.1", world.server.port, timeout=harness.PATIENCE, context=trust)

        def vend(over):
            over.request("GET", "/v1/credentials/prod", headers=fields)
            got = over.getresponse()
            harness.expect(harness.check_answer("vend", harness.Answer(got.status, got.headers, got.read())), 200)

        kept, begun, took, took_new, errors = connect(), time.monotonic(), [], [], []
        for n in range(requests):
            due = begun + n / per_second
            time.sleep(max(0.0, due - time.monotonic()))
            is_new = n % 20 == 10
            over = connect() if is_new else kept
            try:
                vend(over)
            except Exception as e:
                errors.append(f"{'new' if is_new else 'kept'} connection, request {n}: {e!r}")
                over.close()
            # From the moment it was due: a client that was held up must not send less and look better for it.
            (took_new if is_new else took).append(time.monotonic() - due)
            if is_new:
                over.close()
        pipe.send((took, took_new, errors))


class Observed:
    """The server process from outside."""

    def __init__(self, server):
        self.server = server
        self.base = self.memory("VmRSS")

    def memory(self, field):
        status = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+) kB", status, re.M)[1])

    def processor_seconds(self):
        fields = pathlib.Path(f"/proc/{self.server.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def open_connections(self):
        if self.server.process.poll() is not None:
            raise SystemExit(f"hourkeyd ended with {self.server.process.returncode}")
        return int(float(re.search(r"^hourkey_open_connections (\S+)", self.server.metrics(), re.M)[1]))


def percentile(values, share):
    return sorted(values)[max(0, math.ceil(len(values) * share) - 1)]


class Trial:
    def __init__(self, options, full):
        self.options, self.full, self.complaints = options, full, []
        self.world = harness.World()
        tenant = self.world.tenant()
        tenant.ready("deploy", "prod")
        self.token = tenant.issue("app", "deploy")["token"]
        self.server = Observed(self.world.server)

    def complain(self, sentence):
        self.complaints.append(sentence)
        print(f"    {sentence}", flush=True)

    def work(self, name, requests):
        """The healthy client through one phase. Returns the most connections that were open."""
        before, most_open = self.server.processor_seconds(), 0
        client = HealthyClient(self.world, self.token, requests, self.options.pace)
        while not client.pipe.poll(0.25):
            most_open = max(most_open, self.server.open_connections())
            if not client.process.is_alive() and not client.pipe.poll():
                raise SystemExit(f"{name}: the healthy client ended")
        took, took_new, errors = client.result()
        p99 = percentile(took + took_new, 0.99)
        print(f"{name}: {len(took) + len(took_new)} vends, p50 {percentile(took, 0.5) * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms; over new connections "
              f"p50 {percentile(took_new, 0.5) * 1e3:.1f} ms, longest {max(took_new) * 1e3:.1f} ms; up to {most_open} connections open, "
              f"RSS {self.server.memory('VmRSS') // 1024} MiB, processor {self.server.processor_seconds() - before:.1f} s", flush=True)
        for error in errors[:5]:
            self.complain(error)
        if self.full and p99 > HEALTHY_P99:
            self.complain(f"p99 is {p99 * 1e3:.1f} ms, above {HEALTHY_P99 * 1e3:.0f}")
        return most_open

    def under(self, kind, connections):
        # Half-open handshakes keep coming for the whole phase, for each is soon pushed out; the others are all there early and stay.
        rate = connections * self.options.pace / self.options.requests / (1 if kind is HALF_OPEN else 0.3)
        flood = Flood(kind, self.world, connections, rate)
        rss = self.server.memory("VmRSS")
        most_open = self.work(kind.name, self.options.requests)
        growth = self.server.memory("VmRSS") - rss
        if self.full and most_open >= 256 and growth > MOST_PER_CONNECTION * most_open:
            self.complain(f"{growth // most_open} KiB for each open connection")
        return flood

    def settle(self, *floods):
        """The server has let go of all, although none of them closed."""
        for flood in floods:
            s = flood.summary()
            print(f"{flood.kind.name}: {s['opened']} opened, the longest held {s['longest']:.1f} s, {s['left']} left", flush=True)
            if s["unconnected"]:
                self.complain(f"{s['unconnected']} could not connect")
            if s["left"]:
                self.complain(f"{s['left']} still there after {GONE_WITHIN} s")

    def run(self):
        few, many = self.options.connections, self.options.half_open
        self.work("no flood", self.options.requests)
        pending = []
        for kind in (SLOW_BODIES, SLOW_HEADERS, HALF_OPEN, IDLE):
            flood = self.under(kind, many if kind is HALF_OPEN else few)
            pending.append(flood)
            if self.full:  # one kind at a time; the short form has no time to wait after each
                self.settle(flood)
                harness.wait_until("the server to close them", lambda: self.server.open_connections() <= QUIET_OPEN)
        if not self.full:
            self.settle(*pending)
            harness.wait_until("the server to close them", lambda: self.server.open_connections() <= QUIET_OPEN)
        growth = self.server.memory("VmHWM") - self.server.base
        print(f"memory: {self.server.base // 1024} MiB before, {growth / 1024:.1f} MiB more at its height", flush=True)
        if growth > MOST_GROWTH:
            self.complain(f"memory grew by {growth // 1024} MiB")
        if self.full:
            before = self.server.processor_seconds()
            time.sleep(2)
            if self.server.processor_seconds() - before > 0.5:
                self.complain("the server computes although nobody asks")
        for flood in pending:
            flood.end()
        if self.world.server.process.poll() is not None or self.world.server.stop() != 0:
            self.complain(f"hourkeyd ended with {self.world.server.process.returncode}")


def main():
    full = os.environ.get("HOURKEY_FAULT") == "full"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half-open", type=int, default=10_000 if full else 1_000)
    parser.add_argument("--connections", type=int, default=1_000 if full else 150, help="slow headers, slow bodies and idle ones, each")
    parser.add_argument("--requests", type=int, default=500 if full else 150, help="of the healthy client, in each phase")
    parser.add_argument("--pace", type=int, default=50 if full else 75, help="requests of the healthy client per second")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # the server inherits it

    trial = Trial(options, full)
    try:
        trial.run()
    finally:
        trial.world.close()
    if trial.complaints:
        raise SystemExit(f"{len(trial.complaints)} complaints: {'; '.join(trial.complaints)}")


if __name__ == "__main__":
    main()
