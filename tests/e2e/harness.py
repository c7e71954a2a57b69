"""The programs under test, started and stopped; and clients of them that check, on every answer, what the contract promises for all."""
import atexit
import base64
import contextlib
import ctypes
import http.client
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import sqlite3
import ssl
import subprocess
import tempfile
import time
import urllib.parse

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BINARIES = pathlib.Path(os.environ.get("HOURKEY_BIN", REPOSITORY / "build/release/bin")).resolve()
# Debian's tools first: those are the clients that the suite speaks for.
PATH = os.pathsep.join(["/usr/bin", "/bin", os.environ.get("PATH", "")])

HOURKEY_ACCOUNT = "111122223333"
HOURKEY_USER = f"arn:aws:iam::{HOURKEY_ACCOUNT}:user/hourkey"
TARGET_ACCOUNT = "444455556666"
PATIENCE = 30  # seconds; a loaded machine is slow, a test that waits this long has failed

_die_with_parent = ctypes.CDLL(None, use_errno=True).prctl


def end_with_us():
    _die_with_parent(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: nothing outlives a test run that was killed


@contextlib.contextmanager
def opened(file):
    """One transaction, and the file closed after it."""
    with contextlib.closing(sqlite3.connect(file)) as db, db:
        yield db


@contextlib.contextmanager
def without_triggers(db):
    """As somebody does who knows that the schema is looked at: they are there again afterwards."""
    triggers = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        db.execute(f"DROP TRIGGER {name}")
    yield
    for _, sql in triggers:
        db.execute(sql)


class Trouble(Exception):
    """A program did not do what every test relies on."""


def wait_until(what, ready, seconds=PATIENCE):
    """Polls, bounded. Returns the first true value of `ready`."""
    end = time.monotonic() + seconds
    while True:
        value = ready()
        if value:
            return value
        if time.monotonic() > end:
            raise Trouble(f"waited {seconds} s in vain for {what}")
        time.sleep(0.02)


def clean_environment(**more):
    """Nothing of the machine's AWS set-up or proxies reaches a program under test."""
    return {"PATH": PATH, "HOME": "/nonexistent", "LANG": "C.UTF-8", "AWS_EC2_METADATA_DISABLED": "true", **more}


def run(*command, env=None, **options):
    """A program to its end: returncode, stdout, stderr as text."""
    return subprocess.run([str(c) for c in command], env=env or clean_environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=PATIENCE * 2, **options)


def hourkeyd(*arguments, env=None):
    return run(BINARIES / "hourkeyd", *arguments, env=env)


def temporary_folder():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hourkey-e2e-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


# ---------------------------------------------------------------------------------------------------------- certificates


class Authority:
    """A CA of our own, ECDSA P-256, by the openssl command."""

    EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")

    def __init__(self, folder):
        self.folder, self.serial = pathlib.Path(folder), 1
        self.ca = self.folder / "ca.pem"
        self._openssl("req", "-x509", *self.EC, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=hourkey e2e CA",
                      "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")

    def issue(self, name, hosts=()):
        """(certificate, key) for loopback, or for `hosts`; each has a serial number of its own."""
        self.serial += 1
        names = ",".join(f"DNS:{host}" for host in hosts) or "DNS:localhost,IP:127.0.0.1"
        (self.folder / f"{name}.ext").write_text(f"subjectAltName={names}\nextendedKeyUsage=serverAuth\n")
        self._openssl("req", *self.EC, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", "/CN=localhost")
        self._openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", str(self.serial), "-days", "2",
                      "-extfile", f"{name}.ext", "-out", f"{name}.pem")
        (self.folder / f"{name}.key").chmod(0o600)
        return self.folder / f"{name}.pem", self.folder / f"{name}.key"

    def trust(self):
        return ssl.create_default_context(cafile=str(self.ca))

    def _openssl(self, *arguments):
        done = run("openssl", *arguments, cwd=self.folder)
        if done.returncode:
            raise Trouble(f"openssl {' '.join(arguments)}: {done.stderr}")


# -------------------------------------------------------------------------------------------------------------- emulator


class Emulator:
    """hourkey-sts-emulator over TLS, with its control door."""

    def __init__(self, authority):
        self.authority = authority
        self.folder = authority.folder
        self.certificate, self.key = authority.issue("sts")
        # Random, so that finding one of them anywhere proves where it came from.
        self.access_key = "AKIA" + base64.b32encode(os.urandom(10)).decode()
        self.secret_key = base64.b64encode(os.urandom(30)).decode()
        self.port, self.process, self.door, self.roles = 0, None, None, []
        self.start()

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"

    def start(self):
        """Where it was before, when it has been started before; with the roles that it had."""
        command = [BINARIES / "hourkey-sts-emulator", "--port", self.port, "--cert-file", self.certificate, "--key-file", self.key,
                   "--user", f"{self.access_key}:{self.secret_key}:{HOURKEY_USER}"]
        output = self.folder / "emulator.log"
        with open(output, "wb") as log:
            self.process = subprocess.Popen([str(c) for c in command], env=clean_environment(), stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT, preexec_fn=end_with_us)
        atexit.register(self.stop)

        def announced():
            if self.process.poll() is not None:
                raise Trouble(f"the emulator ended: {output.read_text()}")
            return re.search(r"https://127\.0\.0\.1:(\d+) is ready", output.read_text())

        self.port = int(wait_until("the emulator", announced)[1])
        self.door = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE, context=self.authority.trust())
        for role in self.roles:
            self.control("PutRole", **role)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.door:
            self.door.close()

    def control(self, action, **fields):
        body = urllib.parse.urlencode({"Action": action, **fields})
        for attempt in (1, 2):
            try:
                self.door.request("POST", "/_emulator", body, {"Content-Type": "application/x-www-form-urlencoded"})
                answer = self.door.getresponse()
                text = answer.read().decode()
                break
            except (OSError, http.client.HTTPException):  # idle for long: the emulator closed the connection
                self.door.close()
                if attempt == 2:
                    raise
        if answer.status != 200:
            raise Trouble(f"{action}: {text}")
        return text

    def put_role(self, arn, external_id=None, **more):
        """Without an external id the role is open: whoever knows its ARN may assume it."""
        role = {"RoleArn": arn, "Principal": f"arn:aws:iam::{HOURKEY_ACCOUNT}:root", **more}
        if external_id:
            role["ExternalId"] = external_id
        self.roles = [r for r in self.roles if r["RoleArn"] != arn] + [role]
        self.control("PutRole", **role)

    def delete_role(self, arn):
        self.roles = [r for r in self.roles if r["RoleArn"] != arn]
        self.control("DeleteRole", RoleArn=arn)

    @contextlib.contextmanager
    def failing(self, fault, **rule):
        self.control("SetFault", Fault=fault, **rule)
        try:
            yield
        finally:
            self.control("ClearFaults")

    def history(self):
        """One dict for each AssumeRole, oldest first."""
        return [dict(field.split("=", 1) for field in line.split("\t")) for line in self.control("History").splitlines()]

    def base_environment(self):
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key, "AWS_REGION": "us-east-1"}


# --------------------------------------------------------------------------------------------------------------- clients


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The error's code; the status alone when the answer is no error."""
        return self.json["code"] if self.status >= 400 else f"status {self.status}"

    def __repr__(self):
        return f"{self.status} {self.body.decode(errors='replace')[:600]}"


class BrokenContract(AssertionError):
    """An answer lacks what DESIGN promises for every answer."""


def check_answer(what, answer):
    """X-Request-Id and no-store on all; never a redirect, never HTML; one shape for errors."""
    def must(holds, sentence):
        if not holds:
            raise BrokenContract(f"{what}: {sentence}: {answer!r} {dict(answer.headers)}")

    request_id = answer.headers.get("X-Request-Id", "")
    must(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}", request_id), "X-Request-Id is not a ULID")
    must(answer.headers.get("Cache-Control") == "no-store", "Cache-Control is not no-store")
    must(not 300 <= answer.status < 400 and "Location" not in answer.headers, "it is a redirect")
    kind = answer.headers.get("Content-Type", "")
    must("html" not in kind.lower(), "it is HTML")
    if answer.status == 204:
        must(answer.body == b"", "204 has a body")
    elif answer.body and not kind.startswith("text/plain"):
        must(kind.startswith("application/json"), "its body is not JSON")
    if answer.status >= 400 and answer.body and "checks" not in answer.json:
        error = answer.json
        for field, of in (("code", str), ("message", str), ("hint", str), ("retryable", bool), ("request_id", str)):
            must(isinstance(error.get(field), of), f"the error's {field} is missing")
        must(re.fullmatch(r"[a-z_]+", error["code"]), "the code is not snake_case")
        must(error["message"] and error["hint"], "message or hint is empty")
        must(error["request_id"] == request_id, "request_id is not X-Request-Id's")
        if answer.status == 429:
            must(answer.headers.get("Retry-After", "").isdigit(), "429 without Retry-After")
        if answer.status == 401:
            must(answer.headers.get("WWW-Authenticate") == "Bearer", "401 without WWW-Authenticate")
    return answer


class Api:
    """One keep-alive connection and one token. Every answer is checked for what all answers have."""

    def __init__(self, port, trust, token=None, plain=False):
        self.port, self.trust, self.token, self.plain = port, trust, token, plain
        self.connection = None

    def as_holder_of(self, token):
        return Api(self.port, self.trust, token, self.plain)

    def call(self, method, path, body=None, headers=None):
        fields = dict(headers or {})
        if self.token and "Authorization" not in fields:
            fields["Authorization"] = f"Bearer {self.token}"
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        return check_answer(f"{method} {path}", self._exchange(method, path, body, fields))

    def get(self, path, **headers):
        return self.call("GET", path, headers=headers)

    def put(self, path, body=None, **headers):
        return self.call("PUT", path, {} if body is None else body, headers)

    def post(self, path, body=None, **headers):
        return self.call("POST", path, body, headers)

    def delete(self, path, **headers):
        return self.call("DELETE", path, headers=headers)

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def __del__(self):
        self.close()

    def _exchange(self, method, path, body, fields):
        for attempt in (1, 2):
            fresh = self.connection is None
            if fresh:
                self.connection = (http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE) if self.plain else
                                   http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE, context=self.trust))
            try:
                self.connection.request(method, path, body, fields)
                got = self.connection.getresponse()
                return Answer(got.status, got.headers, got.read())
            except (OSError, http.client.HTTPException):
                self.close()
                if fresh or attempt == 2:  # only an idle connection may have been closed by the server
                    raise


# ---------------------------------------------------------------------------------------------------------------- server


def toml(sections):
    lines = []
    for section, keys in sections.items():
        lines.append(f"[{section}]")
        lines += [f"{key} = {json.dumps(str(v) if isinstance(v, pathlib.Path) else v)}" for key, v in keys.items()]
    return "\n".join(lines) + "\n"


class Server:
    """hourkeyd serve, in a folder of its own."""

    def __init__(self, folder, authority, sts_url, base, start=True, **sections):
        self.folder, self.authority, self.base = pathlib.Path(folder), authority, base
        self.folder.mkdir(exist_ok=True)
        self.certificate, self.key = self.folder / "server.pem", self.folder / "server.key"
        self.take_certificate("server-1")
        self.database = self.folder / "hourkey.db"
        self.log_file = self.folder / "hourkeyd.log"
        self.settings = {"listen": {"address": "127.0.0.1", "port": 0, "cert_file": self.certificate, "key_file": self.key, "threads": 2},
                         "admin": {"port": 0}, "store": {"path": self.database}, "aws": {"sts_endpoint": sts_url, "ca_file": authority.ca},
                         "vending": {}, "log": {"format": "json"}}
        for section, keys in sections.items():
            self.settings.setdefault(section, {}).update(keys)
        self.config = self.folder / "hourkey.toml"
        self.process, self.log_from = None, 0
        if start:
            self.start()

    def take_certificate(self, name):
        """Puts a new pair where the server looks for it, each file whole at any moment."""
        for made, wanted in zip(self.authority.issue(name), (self.certificate, self.key)):
            fresh = wanted.with_suffix(".new")
            shutil.copy(made, fresh)
            fresh.chmod(0o600)
            fresh.rename(wanted)

    def configure(self, **sections):
        for section, keys in sections.items():
            self.settings.setdefault(section, {}).update(keys)
        self.config.write_text(toml(self.settings))

    def start(self, ready=True, descriptors=None):
        def in_child():
            end_with_us()
            if descriptors:
                resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        self.configure()
        self.log_from = self.log_file.stat().st_size if self.log_file.exists() else 0
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen([str(BINARIES / "hourkeyd"), "serve", "--config", str(self.config)], env=clean_environment(**self.base),
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=in_child)
        atexit.register(self.kill)
        told = self.wait_for_log("listening")
        self.port, self.admin_port = told["port"], told["admin_port"]
        self.api = Api(self.port, self.authority.trust())
        on_loopback = self.settings["admin"].get("address", "127.0.0.1").startswith("127.")
        self.admin_door = Api(self.admin_port, self.authority.trust(), plain=on_loopback)
        if ready:
            wait_until("/readyz", lambda: self.api.get("/readyz").status == 200)
        return self

    def log(self):
        """The records of this run; every line is JSON, or this raises."""
        with open(self.log_file, "rb") as file:
            file.seek(self.log_from)
            text = file.read()
        return [json.loads(line) for line in text[: text.rfind(b"\n") + 1].splitlines()]

    def wait_for_log(self, message, **fields):
        def found():
            ended = self.process.poll() is not None
            for record in self.log():
                if record.get("msg") == message and all(record.get(k) == v for k, v in fields.items()):
                    return record
            if ended:
                raise Trouble(f"hourkeyd ended with {self.process.returncode}: {self.log_file.read_text()[-3000:]}")
            return None
        return wait_until(f"the log line '{message}' {fields}", found)

    def stop(self):
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def restart(self, **sections):
        if self.process.poll() is None and self.stop() != 0:
            raise Trouble(f"hourkeyd ended with {self.process.returncode}")
        self.configure(**sections)
        return self.start()

    def command(self, *arguments, env=None):
        """hourkeyd with this server's configuration."""
        return hourkeyd(*arguments, "--config", self.config, env=clean_environment(**self.base, **(env or {})))

    def make_token(self, role, tenant=None, app=None, *more):
        names = [*(("--tenant", tenant) if tenant else ()), *(("--app", app) if app else ())]
        done = self.command("token", "create", "--role", role, *names, *more)
        if done.returncode:
            raise Trouble(f"token create: {done.stderr}")
        return done.stdout.removesuffix("\n")

    def metrics(self):
        return self.admin_door.get("/metrics").body.decode()


def granted_keys(database):
    """The access keys that the audit says were vended, read beside the server."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        return {row[0] for row in db.execute("SELECT access_key_id FROM audit WHERE outcome = 1")}


# ------------------------------------------------------------------------------------------------------------- whole set


class Tenant:
    """A tenant with its admin, and short ways to what most tests need first."""

    def __init__(self, world, name):
        self.world, self.name, self.path = world, name, f"/v1/tenants/{name}"
        made = world.operator.post("/v1/tenants", {"name": name})
        expect(made, 201)
        self.admin = world.api(self.issue("admin", by=world.operator)["token"])

    def issue(self, role, app=None, by=None, **more):
        body = {"role": role, **({"app": app} if app else {}), **more}
        return expect((by or self.admin).post(f"{self.path}/tokens", body), 201).json

    def app(self, name):
        expect(self.admin.put(f"{self.path}/apps/{name}"), 200, 201)
        return name

    def link(self, name, role_arn=None, trust="right", verify=True, **more):
        """A connection; `trust`: the role asks for its external id ('right'), for none ('open'), or does not exist (None)."""
        role_arn = role_arn or f"arn:aws:iam::{TARGET_ACCOUNT}:role/hourkey/{self.name}-{name}"
        made = expect(self.admin.put(f"{self.path}/connections/{name}", {"kind": "role", "role_arn": role_arn, **more}), 200, 201).json
        if trust:
            self.world.emulator.put_role(role_arn, made["external_id"] if trust == "right" else None)
        if verify:
            made["verified"] = expect(self.verify(name), 200).json
        return made

    def verify(self, connection):
        return self.admin.post(f"{self.path}/connections/{connection}/verify")

    def grant(self, connection, app, **more):
        return expect(self.admin.put(f"{self.path}/connections/{connection}/grants/{urllib.parse.quote(app, safe='')}", more), 200, 201)

    def holder(self, app):
        """A client with a fresh token of the app."""
        return self.world.api(self.issue("app", app)["token"])

    def ready(self, app="deploy", connection="prod", **grant):
        """App, verified connection and grant; a client that may vend."""
        self.app(app)
        self.link(connection)
        self.grant(connection, app, **grant)
        return self.holder(app)

    def records(self, action=None):
        found = expect(self.admin.get(f"{self.path}/audit?limit=200"), 200).json["records"]
        return [r for r in found if action in (None, r["action"])]


def expect(answer, *statuses):
    if answer.status not in statuses:
        raise AssertionError(f"expected {statuses}, got {answer!r}")
    return answer


class World:
    """An emulator and a server that signs with the emulator's user; gone with close()."""

    def __init__(self, environment=None, **sections):
        self.folder = temporary_folder()
        self.authority = Authority(self.folder)
        self.emulator = Emulator(self.authority)
        base = {**self.emulator.base_environment(), **(environment or {})}
        self.server = self.another_server("server", base, **sections)
        self.operator = self.api(self.server.make_token("operator"))
        self.tenants = 0

    def another_server(self, name, base=None, sts_url=None, **options):
        """Beside the first: same CA and emulator, a store of its own."""
        return Server(self.folder / name, self.authority, sts_url or self.emulator.url, base or self.emulator.base_environment(), **options)

    def api(self, token=None):
        return Api(self.server.port, self.authority.trust(), token)

    def tenant(self, name=None):
        """Each test its own, so that one server serves a whole module."""
        self.tenants += 1
        return Tenant(self, name or f"tenant-{self.tenants}")

    def close(self):
        self.server.kill()
        self.emulator.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
