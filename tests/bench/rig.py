"""What a measurement needs: certificates, the programs under test, their set-up, their figures."""
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import threading
import time

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/hourkey/bench"
BASE_KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE00", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYab"}


class Trouble(Exception):
    """The measurement cannot go on; the text says why."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until(what, ready, seconds=20):
    """Polls, because programs that are not ours (nginx) do not say when they are ready."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if ready():
                return
        time.sleep(0.05)
    raise Trouble(f"{what} was not ready within {seconds} s")


def make_certificates(folder):
    """A CA and one ECDSA P-256 certificate for loopback, used by every server so that handshakes cost the same."""
    run = lambda *args: subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True)
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    run("req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=bench CA",
        "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
    run("req", *new_key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (folder / "server.ext").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
    run("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30",
        "-extfile", "server.ext", "-out", "server.pem")
    (folder / "server.key").chmod(0o600)


class Program:
    """A server under test: a process, where it listens, how a request to it looks, what it costs."""

    def __init__(self, name, process, port, request):
        self.name, self.process, self.port, self.request = name, process, port, request

    def pids(self):
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def cpu_ns(self):
        """User and system time of all its threads and children. schedstat counts nanoseconds, /proc/PID/stat only ticks."""
        total = 0
        for pid in self.pids():
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                total += int((task / "schedstat").read_text().split()[0])
        return total

    def rss_kib(self):
        total = 0
        for pid in self.pids():
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            total += int(status.split("VmRSS:")[1].split()[0])
        return total


class Rig:
    """Starts programs, ends them all on exit. `server_cores` and `load_cores` keep the measured apart from the measuring."""

    def __init__(self, binaries, folder, pin=True):
        self.binaries, self.folder = pathlib.Path(binaries).resolve(), pathlib.Path(folder).resolve()
        cores = sorted(os.sched_getaffinity(0))
        self.server_cores = cores[: max(1, len(cores) // 2)] if pin else cores
        self.load_cores = cores[len(cores) // 2 :] if pin else cores
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        make_certificates(self.folder)
        self.ca = str(self.folder / "ca.pem")
        return self

    def __exit__(self, *reason):
        self.stack.close()

    def binary(self, name):
        path = self.binaries / name
        if not path.exists():
            raise Trouble(f"{path} is not built; run ./dev build first")
        return str(path)

    @staticmethod
    def pinned(cores, command):
        return ["taskset", "-c", ",".join(map(str, cores)), *command]

    def start(self, name, command, cores, env=None, stdout=None):
        log = self.stack.enter_context(open(self.folder / f"{name}.log", "ab"))
        process = subprocess.Popen(self.pinned(cores, command), env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
                                   stdout=stdout or log, stderr=log)
        self.stack.callback(self.end, process)
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start_announcing(self, name, command, cores):
        """A program of ours that prints `listening PORT`."""
        process = self.start(name, command, cores, stdout=subprocess.PIPE)
        words = process.stdout.readline().split()
        if len(words) != 2:
            raise Trouble(f"{name} did not start: see {self.folder / name}.log")
        return process, int(words[1])

    def tls_files(self):
        return ["--cert", str(self.folder / "server.pem"), "--key", str(self.folder / "server.key")]

    def start_stand_in(self):
        process, port = self.start_announcing("stand-in", [self.binary("bench-sts-stand-in"), *self.tls_files()], self.load_cores)
        self.sts = Program("STS stand-in", process, port, None)

    def start_hourkeyd(self, under=(), binary="hourkeyd", database="hourkey.db", lifted="bench"):
        """Without limits for the tenants `lifted`. With a tenant, an app, a verified connection, a grant and a token, all made through its own API and commands."""
        port, admin_port = free_port(), free_port()
        config = self.folder / "hourkey.toml"
        config.write_text(f"""
[listen]
address = "127.0.0.1"
port = {port}
cert_file = "{self.folder}/server.pem"
key_file = "{self.folder}/server.key"
max_connections = 12000
[admin]
address = "127.0.0.1"
port = {admin_port}
[store]
path = "{self.folder}/{database}"
[aws]
region = "us-east-1"
principal_arn = "arn:aws:iam::{ACCOUNT}:user/hourkey"
sts_endpoint = "https://127.0.0.1:{self.sts.port}"
ca_file = "{self.ca}"
[limits]
lifted_tenants = "{lifted}"
[log]
level = "info"
format = "json"
""")
        operator = self.new_token(config, "--role", "operator")
        process = self.start("hourkeyd", [*under, self.binary(binary), "serve", "--config", str(config)], self.server_cores, BASE_KEYS)
        program = Program("hourkeyd", process, port, None)
        program.operator, program.new_token = operator, lambda *what: self.new_token(config, *what)
        wait_until("hourkeyd", lambda: self.get_status(port, "/livez") == 200, 60 if under else 20)
        if not (self.folder / f"{database}.ready").exists():
            self.call_api(port, operator, "POST", "/v1/tenants", {"name": "bench"})
            admin = self.new_token(config, "--role", "admin", "--tenant", "bench")
            api = lambda method, path, body: self.call_api(port, admin, method, path, body)
            api("PUT", "/v1/tenants/bench/apps/deploy", {})
            self.external_id = api("PUT", "/v1/tenants/bench/connections/prod", {"kind": "role", "role_arn": ROLE})["external_id"]
            verified = api("POST", "/v1/tenants/bench/connections/prod/verify", {})
            if verified["state"] != "active":
                raise Trouble(f"the connection could not be verified: {verified}")
            api("PUT", "/v1/tenants/bench/connections/prod/grants/deploy", {})
            (self.folder / f"{database}.ready").touch()
        token = self.new_token(config, "--role", "app", "--tenant", "bench", "--app", "deploy")
        program.request = ["--url", f"https://127.0.0.1:{port}/v1/credentials/prod", "--header", f"Authorization: Bearer {token}"]
        program.auditor = self.new_token(config, "--role", "auditor", "--tenant", "bench")
        return program

    def new_token(self, config, *what):
        done = subprocess.run([self.binary("hourkeyd"), "token", "create", "--config", str(config), *what], capture_output=True, text=True,
                              env={**os.environ, **BASE_KEYS})
        if done.returncode != 0:
            raise Trouble(f"hourkeyd token create {' '.join(what)}: {done.stderr}")
        return done.stdout.strip()

    def connect(self, port):
        return http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=ssl.create_default_context(cafile=self.ca))

    def get_status(self, port, path):
        connection = self.connect(port)
        connection.request("GET", path)
        return connection.getresponse().status

    def call_api(self, port, token, method, path, body):
        connection = self.connect(port)
        connection.request(method, path, json.dumps(body), {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status // 100 != 2:
            raise Trouble(f"{method} {path}: {answer.status} {text.decode(errors='replace')}")
        return json.loads(text) if text else {}

    def start_forwarder(self):
        command = [self.binary("bench-forwarder"), *self.tls_files(), "--sts-port", str(self.sts.port), "--ca", self.ca, "--role-arn", ROLE,
                   "--external-id", self.external_id, "--threads", str(len(self.server_cores))]
        process, port = self.start_announcing("forwarder", command, self.server_cores)
        return Program("forwarder", process, port, ["--url", f"https://127.0.0.1:{port}/"])

    def sts_request(self, port):
        body = f"Action=AssumeRole&Version=2011-06-15&RoleArn={ROLE}&RoleSessionName=bench&DurationSeconds=3600&ExternalId={self.external_id}"
        return ["--url", f"https://127.0.0.1:{port}/", "--body", body.replace("/", "%2F").replace("RoleArn=arn:aws:iam::", "RoleArn=arn%3Aaws%3Aiam%3A%3A")]

    def start_nginx(self):
        """Debian's nginx as a TLS proxy in front of the same STS: same certificate, no tickets, no sessions, no log, keep-alive on both sides."""
        port = free_port()
        (self.folder / "nginx.conf").write_text(f"""
daemon off;
pid {self.folder}/nginx.pid;
worker_processes {len(self.server_cores)};
worker_rlimit_nofile 65536;
error_log {self.folder}/nginx.error.log;
events {{ worker_connections 32768; }}
http {{
  access_log off;
  client_body_temp_path {self.folder}/nginx.body; proxy_temp_path {self.folder}/nginx.proxy;
  fastcgi_temp_path {self.folder}/nginx.fastcgi; uwsgi_temp_path {self.folder}/nginx.uwsgi; scgi_temp_path {self.folder}/nginx.scgi;
  keepalive_requests 1000000000;
  keepalive_timeout 300s;
  upstream sts {{ server 127.0.0.1:{self.sts.port}; keepalive 512; keepalive_requests 1000000000; keepalive_time 24h; }}
  server {{
    listen 127.0.0.1:{port} ssl reuseport backlog=4096;
    ssl_certificate {self.folder}/server.pem; ssl_certificate_key {self.folder}/server.key;
    ssl_protocols TLSv1.2 TLSv1.3; ssl_session_tickets off; ssl_session_cache off;
    location = /livez {{ return 200 "ok"; }}
    location / {{
      proxy_pass https://sts;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host localhost;
      proxy_ssl_protocols TLSv1.2 TLSv1.3; proxy_ssl_verify on; proxy_ssl_trusted_certificate {self.ca};
      proxy_ssl_name localhost; proxy_ssl_server_name on; proxy_ssl_session_reuse on;
    }}
  }}
}}
""")
        nginx = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin") or "nginx"
        process = self.start("nginx", [nginx, "-c", str(self.folder / "nginx.conf"), "-p", str(self.folder), "-e", str(self.folder / "nginx.error.log")],
                             self.server_cores)
        program = Program("nginx proxy", process, port, self.sts_request(port))
        wait_until("nginx", lambda: self.get_status(port, "/livez") == 200)
        return program

    def load(self, request, *shape, on_begin=lambda: None):
        """Runs the load generator; `on_begin` is called when its warm-up is over. Returns its figures."""
        command = self.pinned(self.load_cores, [self.binary("bench-load"), "--ca", self.ca, *request, *map(str, shape)])
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            if process.stdout.readline().strip() != "begin":
                raise Trouble("the load generator did not begin: " + " ".join(command))
            on_begin()
            return json.loads(process.stdout.readline())

    @contextlib.contextmanager
    def auditors(self, program, count):
        """So many clients that read pages of 1,000 audit records, one after the other, until the end."""
        enough, read = threading.Event(), []

        def audit():
            connection = self.connect(program.port)
            while not enough.is_set():
                connection.request("GET", "/v1/tenants/bench/audit?limit=1000", headers={"Authorization": f"Bearer {program.auditor}"})
                answer = connection.getresponse()
                answer.read()
                read.append(answer.status)

        threads = [threading.Thread(target=audit) for _ in range(count)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            enough.set()
            for thread in threads:
                thread.join()
        if set(read) != {200}:
            raise Trouble(f"the auditors were answered {sorted(set(read))}")

    @contextlib.contextmanager
    def held_snapshot(self, database="hourkey.db"):
        """A reader that has begun and does not end, like a stopped program or a forgotten shell."""
        with contextlib.closing(sqlite3.connect(f"file:{self.folder / database}?mode=ro", uri=True, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM tenants").fetchone()
            yield

    @contextlib.contextmanager
    def idle_connections(self, program, count):
        """Holds `count` idle TLS connections to `program`, each of which has carried one request."""
        command = [self.binary("bench-load"), "--ca", self.ca, "--url", f"https://127.0.0.1:{program.port}/livez", "--idle", str(count)]
        with subprocess.Popen(self.pinned(self.load_cores, command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            held = process.stdout.readline().split()
            if held != ["holding", str(count)]:
                raise Trouble(f"{program.name}: {' '.join(held)} of {count} idle connections; raise the descriptor limit (ulimit -n)?")
            yield
            process.stdin.close()
