"""One tenant that does all it can to stop the others, and what the others have of it."""
import contextlib
import http.client
import itertools
import json
import os
import ssl
import subprocess
import sys
import threading
import time

CONNECTIONS = 64
DEAD_TOKENS = 1_024
TENANT = "hostile"
BENCH = "/v1/tenants/bench"


def connect(port, ca):
    return http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=ssl.create_default_context(cafile=ca))


def ask(connection, method, path, token, body=None):
    connection.request(method, path, None if body is None else json.dumps(body), {"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    return answer.status, answer.read()


def must(connection, method, path, token, body=None):
    status, text = ask(connection, method, path, token, body)
    if status // 100 != 2:
        raise RuntimeError(f"{method} {path}: {status} {text.decode(errors='replace')}")
    return json.loads(text) if text else {}


class Hostile:
    """What it may ask for, and 1,024 tokens that are dead because their app is gone."""

    def __init__(self, rig, program, role_arn):
        self.rig, self.program = rig, program
        connection = connect(program.port, rig.ca)
        must(connection, "POST", "/v1/tenants", program.operator, {"name": TENANT})
        self.admin = program.new_token("--role", "admin", "--tenant", TENANT)
        api = lambda method, path, body=None: must(connection, method, f"/v1/tenants/{TENANT}{path}", self.admin, body)
        for app in ("loop", "gone"):
            api("PUT", f"/apps/{app}", {})
        self.connection = {"kind": "role", "role_arn": role_arn + "-hostile"}
        api("PUT", "/connections/prod", self.connection)
        self.app = api("POST", "/tokens", {"role": "app", "app": "loop"})["token"]
        self.dead = [api("POST", "/tokens", {"role": "app", "app": "gone"})["token"] for _ in range(DEAD_TOKENS)]
        api("DELETE", "/apps/gone")

    @contextlib.contextmanager
    def at_work(self):
        """In a process of its own that yields to everybody else: what is measured is the server, not the clients' cores."""
        task = {"port": self.program.port, "ca": self.rig.ca, "admin": self.admin, "app": self.app, "dead": self.dead, "connection": self.connection}
        command = self.rig.pinned(self.rig.load_cores, ["nice", "-n", "19", sys.executable, "-B", os.path.abspath(__file__)])
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            process.stdin.write(json.dumps(task) + "\n")
            process.stdin.flush()
            if process.stdout.readline().strip() != "begun":
                raise RuntimeError("the hostile tenant did not begin")
            self.answers = {}
            try:
                yield
            finally:
                process.stdin.close()
                self.answers = json.loads(process.stdout.readline() or "{}")


class Revocations:
    """The others' admin makes a token, revokes it, and sees it refused, again and again; counts what did not work."""

    def __init__(self, rig, program):
        self.port, self.ca, self.admin = program.port, rig.ca, program.new_token("--role", "admin", "--tenant", "bench")
        self.done, self.failed, self.over = 0, [], threading.Event()

    def run(self):
        connection = connect(self.port, self.ca)
        while not self.over.wait(0.05):
            made = must(connection, "POST", f"{BENCH}/tokens", self.admin, {"role": "app", "app": "deploy"})
            status, text = ask(connection, "DELETE", f"{BENCH}/tokens/{made['id']}", self.admin)
            if status != 204:
                self.failed.append(f"{status} {text.decode(errors='replace')}")
            status, _ = ask(connection, "GET", "/v1/credentials/prod", made["token"])
            if status != 401:
                self.failed.append(f"a revoked token was answered with {status}")
            self.done += 1

    def __enter__(self):
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        return self

    def __exit__(self, *reason):
        self.over.set()
        self.thread.join()


# ------------------------------------------------------------------------------------------------------- the hostile process


def loops(task):
    """64 endless lists of requests, one a connection: (method, path, token, body)."""
    admin, app, base = task["admin"], task["app"], f"/v1/tenants/{TENANT}"
    prod = f"{base}/connections/prod"
    numbers = itertools.count()

    def denied():
        while True:
            yield "GET", "/v1/credentials/nope", app, None

    def invented_names():
        while True:
            yield "GET", f"/v1/credentials/n{next(numbers)}", app, None

    def same_puts():
        while True:
            yield "PUT", prod, admin, task["connection"]

    def audit_pages():
        while True:
            yield "GET", f"{base}/audit?limit=1000", admin, None

    def verifications():
        while True:
            yield "POST", f"{prod}/verify", admin, None

    def invented_regions():
        while True:
            region = f"eu-nowhere-{next(numbers) % 1000}"
            yield "PUT", f"{base}/connections/far", admin, {**task["connection"], "region": region}
            yield "POST", f"{base}/connections/far/verify", admin, None

    def dead_tokens():
        for token in itertools.cycle(task["dead"]):
            yield "GET", "/v1/credentials/prod", token, None

    kinds = ((denied, 10), (invented_names, 10), (same_puts, 8), (audit_pages, 8), (verifications, 8), (invented_regions, 8), (dead_tokens, 12))
    return [(kind.__name__, kind()) for kind, times in kinds for _ in range(times)]


def work(task, kind, requests, counts, over):
    connection = connect(task["port"], task["ca"])
    for request in requests:
        if over.is_set():
            return
        try:
            status, _ = ask(connection, *request)
        except (OSError, http.client.HTTPException):
            connection.close()
            status = 0
        counts[kind, status] = counts.get((kind, status), 0) + 1


def main():
    task = json.loads(sys.stdin.readline())
    counts, over = {}, threading.Event()
    all_loops = loops(task)
    assert len(all_loops) == CONNECTIONS
    threads = [threading.Thread(target=work, args=(task, kind, requests, counts, over), daemon=True) for kind, requests in all_loops]
    for thread in threads:
        thread.start()
    print("begun", flush=True)
    sys.stdin.read()
    over.set()
    end = time.monotonic() + 20
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    answers = {}
    for (kind, status), times in sorted(counts.items()):
        answers.setdefault(kind, {})[str(status)] = times
    print(json.dumps(answers), flush=True)


if __name__ == "__main__":
    main()
