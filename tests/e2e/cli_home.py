"""A person's or a runner's home with the client `hourkey` in it."""
import http.server
import json
import os
import pty
import select
import subprocess
import threading
import time

from harness import BINARIES, PATIENCE, clean_environment, end_with_us, temporary_folder

HOURKEY = BINARIES / "hourkey"


class Home:
    """Folders of its own, and the variables with which `hourkey` is run: of a job that has a token's file, unless told otherwise."""

    def __init__(self, world=None, token=None, url=None):
        self.folder = temporary_folder()
        self.runtime = self.folder / "runtime"
        self.runtime.mkdir(mode=0o700)
        self.aws = self.folder / ".aws"
        self.aws.mkdir()
        self.variables = {"HOME": self.folder, "XDG_RUNTIME_DIR": self.runtime}
        if world:
            self.variables |= {"HOURKEY_URL": url or f"https://127.0.0.1:{world.server.port}", "HOURKEY_CACERT": world.authority.ca}
        if token:
            self.token = token
            self.token_file = self.folder / "token"
            self.token_file.write_text(token + "\n")
            self.variables["HOURKEY_TOKEN_FILE"] = self.token_file

    @property
    def contexts(self):
        return self.folder / ".config/hourkey/contexts.json"

    @property
    def cache(self):
        """What credential-process has kept; locks left out."""
        return sorted((self.runtime / "hourkey").glob("*.json"))

    def environment(self, **more):
        """`None` takes a variable away."""
        merged = {**self.variables, **more}
        return clean_environment(**{k: str(v) for k, v in merged.items() if v is not None})

    def run(self, *arguments, stdin="", preexec_fn=None, **more):
        return subprocess.run([str(a) for a in (HOURKEY, *arguments)], env=self.environment(**more), input=stdin, capture_output=True,
                              text=True, timeout=PATIENCE * 2, preexec_fn=preexec_fn)

    def start(self, *arguments, **more):
        return subprocess.Popen([str(a) for a in (HOURKEY, *arguments)], env=self.environment(**more), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=end_with_us)

    def on_terminal(self, *arguments, typed="", **more):
        """(exit code, all that the terminal showed)."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(HOURKEY, [str(a) for a in (HOURKEY, *arguments)], self.environment(TERM="xterm", **more))
        shown, has_typed, end = b"", not typed, time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if not select.select([terminal], [], [], 0.1)[0]:
                continue
            try:
                got = os.read(terminal, 65536)
            except OSError:  # EIO: the other end is closed
                break
            if not got:
                break
            shown += got
            if not has_typed and shown.endswith(b": "):
                os.write(terminal, typed.encode() + b"\n")
                has_typed = True
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()

    def json(self, *arguments, **more):
        done = self.run(*arguments, **more)
        if done.returncode:
            raise AssertionError(f"{arguments}: {done.returncode} {done.stderr}")
        return json.loads(done.stdout)


class Listener(threading.Thread):
    """A server that is none of ours, on plain loopback: it answers all alike, and keeps what it is sent."""

    def __init__(self, answers=True, date=None, body=None):
        super().__init__(daemon=True)
        seen = self.seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                seen.append(dict(self.headers))
                if not answers:
                    time.sleep(60)
                text = json.dumps(body or {"role": "operator", "token_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}).encode()
                self.send_response_only(200)
                self.send_header("Date", date or self.date_time_string())
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def run(self):
        self.server.serve_forever()
