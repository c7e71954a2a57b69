"""`hourkey exec --agent` and `hourkey agent` with a real server, the emulator and AWS's own clients: who signed each
call, for how long, and what becomes of it when the server is gone or says no."""

import contextlib
import http.client
import json
import os
import pathlib
import pty
import re
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import unittest
import urllib.parse
import warnings

from harness import (
    BINARIES,
    HOURKEY_USER,
    PATH,
    TARGET_ACCOUNT,
    Trouble,
    World,
    clean_environment,
    end_with_us,
    expect,
    temporary_folder,
    wait_until,
)

HOURKEY = str(BINARIES / "hourkey")
AGENT_BYTES = 12 * 1024 * 1024

world = tenant = app = home = None


def setUpModule():
    global world, tenant, app, home
    warnings.filterwarnings("ignore", category=ResourceWarning)
    world = World()
    unittest.addModuleCleanup(world.close)
    tenant = world.tenant("acme")
    app = tenant.ready()
    home = home_with_other_keys()


def home_with_other_keys():
    """What wins over a container's endpoint in every SDK: keys that work, of somebody else."""
    folder = temporary_folder()
    (folder / ".aws").mkdir()
    keys = f"aws_access_key_id = {world.emulator.access_key}\naws_secret_access_key = {world.emulator.secret_key}\n"
    (folder / ".aws/credentials").write_text(f"[default]\n{keys}[other]\n{keys}")
    (folder / ".aws/config").write_text("[default]\nregion = us-east-1\n")
    return folder


def environment(**more):
    runtime = temporary_folder()
    given = {
        "HOME": home,
        "XDG_RUNTIME_DIR": runtime,
        "HOURKEY_URL": f"https://127.0.0.1:{world.server.port}",
        "HOURKEY_TOKEN": app.token,
        "HOURKEY_CACERT": world.authority.ca,
        "AWS_CA_BUNDLE": world.authority.ca,
        "AWS_REGION": "us-east-1",
        "AWS_PROFILE": "other",
        "EMULATOR": world.emulator.url,
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }
    return clean_environment(**{k: str(v) for k, v in given.items() if v is not None})


def exec_command(*arguments, options=()):
    return [HOURKEY, "exec", "prod", "--agent", *options, "--", *(str(a) for a in arguments)]


def run_exec(*arguments, options=(), env=None):
    return subprocess.run(
        exec_command(*arguments, options=options),
        env=env or environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


@contextlib.contextmanager
def running(*arguments, options=(), env=None, **more):
    process = subprocess.Popen(
        exec_command(*arguments, options=options),
        env=env or environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=end_with_us,
        **more,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


# What a child may use: who it is at AWS, and what the endpoint says to whom.
TOOLS = """
import http.client, json, os, sys, time, urllib.parse
at = urllib.parse.urlsplit(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
def ask(token=os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"], host=None, path=at.path):
    door = http.client.HTTPConnection(at.hostname, at.port, timeout=30)
    door.putrequest("GET", path, skip_host=True)
    door.putheader("Host", host or at.netloc)
    if token: door.putheader("Authorization", token)
    door.endheaders()
    answer = door.getresponse()
    return answer.status, json.loads(answer.read())
def client(session=None):
    import boto3
    return (session or boto3).client("sts", endpoint_url=os.environ["EMULATOR"])
"""


def python(script):
    return ["/usr/bin/python3" if pathlib.Path("/usr/bin/python3").exists() else sys.executable, "-c", TOOLS + script]


def vended_arn(text):
    """The session that signed, when it is one that the audit has."""
    sessions = {
        f"arn:aws:sts::{TARGET_ACCOUNT}:assumed-role/acme-prod/{r['session_name']}"
        for r in tenant.records("vend")
        if r["outcome"] == "granted"
    }
    return text if text in sessions else f"not vended: {text}"


class Clients(unittest.TestCase):
    def assert_vended(self, arn):
        self.assertEqual(vended_arn(arn), arn)
        self.assertNotIn(HOURKEY_USER, arn)

    def test_other_peoples_keys_win_without_it(self):
        """Proves that the next tests could fail."""
        done = subprocess.run(
            [shutil.which("aws", path=PATH), "--endpoint-url", world.emulator.url, "sts", "get-caller-identity"],
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(json.loads(done.stdout)["Arn"], HOURKEY_USER, done.stderr)

    def test_awscli(self):
        done = run_exec(
            shutil.which("aws", path=PATH), "--endpoint-url", world.emulator.url, "sts", "get-caller-identity"
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_vended(json.loads(done.stdout)["Arn"])

    def test_boto3_fetches_from_the_agent_and_will_ask_again(self):
        done = run_exec(*python("""
import boto3
session = boto3.Session()
print(json.dumps([session.get_credentials().method, client(session).get_caller_identity()["Arn"]]))
"""))
        self.assertEqual(done.returncode, 0, done.stderr)
        method, arn = json.loads(done.stdout)
        self.assertEqual(method, "container-role")
        self.assert_vended(arn)

    def test_a_metadata_service_on_request_alone(self):
        script = python("""
import boto3
for name in ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"): os.environ.pop(name)
session = boto3.Session()
print(json.dumps([session.get_credentials().method, client(session).get_caller_identity()["Arn"]]))
""")
        done = run_exec(*script, options=["--imds"])
        self.assertEqual(done.returncode, 0, done.stderr)
        method, arn = json.loads(done.stdout)
        self.assertEqual(method, "iam-role")
        self.assert_vended(arn)
        self.assertNotEqual(run_exec(*script).returncode, 0)


class TheChild(unittest.TestCase):
    def test_its_environment_leads_to_the_agent_and_nowhere_else(self):
        done = run_exec(
            *python("""
about = [os.stat(os.environ[n]) for n in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")]
folder = os.stat(os.path.dirname(os.environ["AWS_CONFIG_FILE"]))
print(json.dumps({"environment": dict(os.environ), "modes": [oct(a.st_mode) for a in about],
                  "sizes": [a.st_size for a in about], "folder": oct(folder.st_mode)}))
"""),
            env=environment(
                AWS_ACCESS_KEY_ID="AKIAEXAMPLE",
                AWS_SECRET_ACCESS_KEY="x",
                AWS_DEV_PROFILE="other",
                AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="/x",
            ),
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        seen = told["environment"]
        self.assertRegex(seen["AWS_CONTAINER_CREDENTIALS_FULL_URI"], r"^http://127\.0\.0\.1:\d+/v1/credentials/prod$")
        self.assertRegex(seen["AWS_CONTAINER_AUTHORIZATION_TOKEN"], r"^hka_[0-9A-Za-z]{43}$")
        self.assertEqual((seen["AWS_EC2_METADATA_DISABLED"], seen["AWS_SDK_LOAD_CONFIG"]), ("true", "1"))
        for name in (
            "AWS_PROFILE",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_DEV_PROFILE",
            "HOURKEY_TOKEN",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        ):
            self.assertNotIn(name, seen)
        self.assertNotIn(app.token, done.stdout)
        self.assertIn("AWS_DEV_PROFILE", done.stderr)
        self.assertEqual((told["modes"], told["sizes"], told["folder"]), (["0o100600"] * 2, [0, 0], "0o40700"))
        self.assertFalse(pathlib.Path(seen["AWS_CONFIG_FILE"]).parent.exists(), "the files went with the child")

    def test_its_exit_code_is_the_commands(self):
        for script, code in (
            ("exit 0", 0),
            ("exit 7", 7),
            ("kill -TERM $$", 128 + signal.SIGTERM),
            ("kill -KILL $$", 128 + signal.SIGKILL),
        ):
            with self.subTest(script):
                self.assertEqual(run_exec("sh", "-c", script).returncode, code)
        self.assertEqual(run_exec("no-such-program-anywhere").returncode, 127)
        self.assertEqual(run_exec(home / ".aws/config").returncode, 126)

    def test_it_has_the_callers_input_and_outputs(self):
        done = subprocess.run(
            exec_command("sh", "-c", "cat; echo told >&2"),
            env=environment(),
            input="given",
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "given", "told\n"))

    def test_it_does_not_start_without_credentials(self):
        started = temporary_folder() / "started"
        rows = (
            ("denied", ["exec", "nowhere", "--agent"], {}, 3, r"(?s)hourkey: .*request id: [0-9A-Z]{26}"),
            ("wrong token", ["exec", "prod", "--agent"], {"HOURKEY_TOKEN": "hk_app_nonsense"}, 3, r"hourkey: .*token"),
            (
                "server down",
                ["exec", "prod", "--agent"],
                {"HOURKEY_URL": f"https://127.0.0.1:{free_port()}"},
                5,
                r"hourkey: https://127.*cannot be reached",
            ),
            (
                "open to others",
                ["exec", "prod", "--agent", "--listen", "0.0.0.0:0"],
                {},
                2,
                r"hourkey: .*other machines",
            ),
        )
        for name, words, more, code, told in rows:
            with self.subTest(name):
                done = subprocess.run(
                    [HOURKEY, *words, "--", "touch", str(started)],
                    env=environment(**more),
                    capture_output=True,
                    text=True,
                    timeout=60,
                )
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertRegex(done.stderr, told)
                self.assertFalse(started.exists())

    def test_no_secret_is_in_arguments_or_outputs(self):
        with running(
            *python(
                'print(json.dumps(ask()[1]), os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"], flush=True)\n'
                "time.sleep(60)"
            )
        ) as process:
            *body, token = process.stdout.readline().rsplit(" ", 1)
            secrets = [json.loads(body[0])["SecretAccessKey"], token.strip(), app.token]
            lines = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
            process.terminate()
            _, told = process.communicate(timeout=60)
            for one in secrets:
                self.assertNotIn(one, lines)
                self.assertNotIn(one, told)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class TheDoor(unittest.TestCase):
    def test_a_wrong_token_or_host_is_refused(self):
        done = run_exec(*python("""
asked = ({}, {"token": None}, {"token": "hka_wrong"}, {"host": "evil.example:%d" % at.port}, {"host": "127.0.0.1"},
         {"path": "/v1/credentials/other"})
print(json.dumps([[status, body.get("code"), body.get("Code")] for status, body in (ask(**one) for one in asked)]))
"""))
        self.assertEqual(done.returncode, 0, done.stderr)
        good, *refused = json.loads(done.stdout)
        self.assertEqual(good, [200, None, None])
        self.assertEqual(
            refused,
            [[401, "unauthenticated"] + ["unauthenticated"]] * 2
            + [[400, "invalid_request", "invalid_request"]] * 2
            + [[403, "app_not_allowed", "app_not_allowed"]],
        )

    def test_it_holds_a_hundred_tools_at_once(self):
        before = len(tenant.records("vend"))
        done = run_exec(*python("""
import threading
doors = []
def tool():
    door = http.client.HTTPConnection(at.hostname, at.port, timeout=60)
    doors.append(door)
    door.request("GET", at.path, headers={"Authorization": os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"]})
    answer = door.getresponse()
    assert answer.status == 200 and json.loads(answer.read())["Version"] == 1
tools = [threading.Thread(target=tool) for _ in range(100)]
for t in tools: t.start()
for t in tools: t.join()
status = dict(line.split(":", 1) for line in open(f"/proc/{os.getppid()}/status"))
print(len(doors), int(status["VmHWM"].split()[0]) * 1024, int(status["Threads"]))
"""))
        self.assertEqual(done.returncode, 0, done.stderr)
        tools, most, threads = (int(n) for n in done.stdout.split())
        self.assertEqual(tools, 100)
        self.assertEqual(len(tenant.records("vend")) - before, 1, "one vend for all")
        self.assertEqual(threads, 1)
        if os.environ.get("HOURKEY_BUILD_TYPE", "Release") == "Release":
            self.assertLessEqual(most, AGENT_BYTES)


class ALongJob(unittest.TestCase):
    def test_across_three_expiries_no_call_fails(self):
        with world.emulator.failing("brief_expiration"):
            done = run_exec(*python("""
import boto3
sts, keys, end, calls = client(), set(), time.monotonic() + 20, 0
session = boto3.Session()
while time.monotonic() < end:
    sts.get_caller_identity()
    keys.add(ask()[1]["AccessKeyId"])
    calls += 1
    time.sleep(0.2)
print(calls, len(keys))
"""))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        calls, keys = (int(n) for n in done.stdout.split())
        self.assertGreater(calls, 20)
        self.assertGreaterEqual(keys, 4, "three expiries were passed")

    WATCH = """
print("ready", flush=True)
end, said = time.monotonic() + 30, []
while time.monotonic() < end:
    status, body = ask()
    if status == 200:
        left = time.mktime(time.strptime(body["Expiration"], "%Y-%m-%dT%H:%M:%SZ")) - time.mktime(time.gmtime())
        assert left >= 0, f"expired for {-left} s"
    else:
        print(json.dumps([status, body]), flush=True)
        break
    time.sleep(0.1)
"""

    def test_while_the_server_is_down_what_has_not_ended_is_served_on(self):
        with world.emulator.failing("brief_expiration"), running(*python(self.WATCH)) as process:
            self.assertEqual(process.stdout.readline(), "ready\n")
            world.server.settings["listen"]["port"] = world.server.port  # the next one is to be found there
            world.server.kill()
            down = time.monotonic()
            try:
                out, told = process.communicate(timeout=60)
            finally:
                world.server.start()
        status, body = json.loads(out)
        self.assertGreater(time.monotonic() - down, 1)
        self.assertEqual(
            (status, body["code"], body["Code"], body["retryable"]),
            (503, "connection_failed", "connection_failed", True),
        )
        self.assertEqual(process.returncode, 0)
        self.assertEqual(len(re.findall("cannot be renewed", told)), 1, told)
        self.assertRegex(
            told, r"hourkey: The credentials of 'prod' cannot be renewed, and are handed out on until 20\d\d-.*Z: "
        )

    def test_a_revoked_grant_is_felt_in_the_servers_words(self):
        with world.emulator.failing("brief_expiration"), running(*python(self.WATCH)) as process:
            self.assertEqual(process.stdout.readline(), "ready\n")
            expect(tenant.admin.delete(f"{tenant.path}/connections/prod/grants/deploy"), 204)
            try:
                out, told = process.communicate(timeout=60)
            finally:
                tenant.grant("prod", "deploy")
        status, body = json.loads(out)
        self.assertEqual((status, body["code"], body["Code"]), (403, "app_not_allowed", "app_not_allowed"))
        self.assertRegex(body["request_id"], "^[0-9A-Z]{26}$")
        self.assertIn("are handed out no longer", told)
        self.assertIn(body["request_id"], told)


class Signals(unittest.TestCase):
    COUNTS = """
import signal
seen = []
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): signal.signal(number, lambda n, _: seen.append(n))
print("ready", flush=True)
end = time.monotonic() + 30
while not seen and time.monotonic() < end: time.sleep(0.05)
time.sleep(0.5)
print(json.dumps(seen), flush=True)
sys.exit(9)
"""

    def test_without_a_terminal_they_are_passed_on(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number), running(*python(self.COUNTS), start_new_session=True) as process:
                self.assertEqual(process.stdout.readline(), "ready\n")
                process.send_signal(number)
                out, _ = process.communicate(timeout=60)
                self.assertEqual((json.loads(out), process.returncode), ([number], 9))

    def test_a_terminals_ctrl_c_reaches_the_child_once(self):
        child, terminal = pty.fork()
        if child == 0:
            os.execve(HOURKEY, exec_command(*python(self.COUNTS)), environment())
        with open(terminal, "rb", 0) as screen:
            shown = b""
            while b"ready" not in shown:
                shown += screen.read(1000)
            os.write(terminal, b"\x03")
            with contextlib.suppress(OSError):  # EIO: the other side has ended
                while more := screen.read(1000):
                    shown += more
            _, status = os.waitpid(child, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), 9, shown)
        self.assertIn(f"[{int(signal.SIGINT)}]".encode(), shown)

    def test_a_child_that_is_left_alone_is_told(self):
        told = temporary_folder() / "told"
        with running(
            "sh", "-c", f"trap 'touch {told}; exit' TERM; echo ready; while :; do sleep 0.05; done"
        ) as process:
            self.assertEqual(process.stdout.readline(), "ready\n")
            process.kill()
            wait_until("the child to be told", told.exists)

    def test_ctrl_c_before_the_child_starts(self):
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            with running(
                "true", env=environment(HOURKEY_URL=f"https://127.0.0.1:{silent.getsockname()[1]}")
            ) as process:
                held, _ = silent.accept()  # closed, it would be an answer
                self.addCleanup(held.close)
                began = time.monotonic()
                process.send_signal(signal.SIGINT)
                self.assertEqual(process.wait(60), -signal.SIGINT)
                self.assertLess(time.monotonic() - began, 5)


class Agent(unittest.TestCase):
    @contextlib.contextmanager
    def agent(self, *arguments, env=None):
        env = env or environment()
        process = subprocess.Popen(
            [HOURKEY, "agent", "prod", *arguments],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=end_with_us,
        )
        try:
            line = process.stdout.readline()
            if not line.startswith(". "):
                process.kill()
                raise Trouble(f"no agent: {line}{process.communicate()}")
            yield process, line.strip(), pathlib.Path(shlex.split(line)[1])
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()

    def test_a_shell_uses_it_by_the_line_that_it_prints(self):
        env = environment()
        with self.agent(env=env) as (process, line, file):
            self.assertEqual(file.parent, pathlib.Path(env["XDG_RUNTIME_DIR"]) / "hourkey/agent")
            shell = subprocess.run(
                ["sh", "-c", f"{line}; aws --endpoint-url {world.emulator.url} sts get-caller-identity"],
                env={
                    **env,
                    "AWS_ACCESS_KEY_ID": world.emulator.access_key,
                    "AWS_SECRET_ACCESS_KEY": world.emulator.secret_key,
                },
                capture_output=True,
                text=True,
                timeout=60,
            )
            self.assertEqual(shell.returncode, 0, shell.stderr)
            arn = json.loads(shell.stdout)["Arn"]
            self.assertEqual(vended_arn(arn), arn)
            for one in (*file.parent.iterdir(), file.parent):
                self.assertEqual(one.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO), 0, one)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(30), 0)
            self.assertEqual(list(file.parent.iterdir()), [], "its files went with it")

    def test_its_socket_answers_this_user_without_a_token(self):
        with self.agent() as (_, _, file), socket.socket(socket.AF_UNIX) as door:
            door.connect(str(file.parent / "agent.sock"))
            door.sendall(b"GET /v1/credentials/prod HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = http.client.HTTPResponse(door)
            answer.begin()
            self.assertEqual(answer.status, 200)
            self.assertEqual(json.loads(answer.read())["Version"], 1)

    def test_a_second_one_in_the_same_place_leaves_the_first_alone(self):
        env = environment()
        with self.agent(env=env) as (_, line, file):
            text = file.read_text()
            second = subprocess.run([HOURKEY, "agent", "prod"], env=env, capture_output=True, text=True, timeout=60)
            self.assertEqual((second.returncode, second.stdout), (2, ""))
            self.assertIn("another server answers on this socket", second.stderr)
            self.assertEqual(file.read_text(), text)

    def test_the_next_one_takes_the_place_of_one_that_was_killed(self):
        env = environment()
        with self.agent(env=env) as (process, _, file):
            process.kill()
            process.wait()
        with self.agent(env=env) as (_, _, again):
            self.assertEqual(again, file)

    def test_no_secret_is_printed(self):
        with self.agent() as (process, line, file):
            token = re.search(r"hka_\w+", file.read_text())[0]
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
            for text in (line, out, err):
                self.assertNotIn(token, text)
                self.assertNotIn("hk_", text.replace(str(file), ""))

    def test_what_is_refused_is_told_with_its_exit_code(self):
        for words, more, code in (
            (["nowhere"], {}, 3),
            (["Prod"], {}, 2),
            (["prod"], {"HOURKEY_URL": f"https://127.0.0.1:{free_port()}"}, 5),
        ):
            with self.subTest(words):
                done = subprocess.run(
                    [HOURKEY, "agent", *words], env=environment(**more), capture_output=True, text=True, timeout=60
                )
                self.assertEqual((done.returncode, done.stdout), (code, ""))
                self.assertTrue(done.stderr.startswith("hourkey: "), done.stderr)

    def test_a_token_that_was_renewed_in_its_file_is_taken(self):
        file = temporary_folder() / "token"
        first = tenant.issue("app", "deploy")
        file.write_text(first["token"])
        env = environment(HOURKEY_TOKEN=None, HOURKEY_TOKEN_FILE=file)
        with world.emulator.failing("brief_expiration"), running(
            *python(ALongJob.WATCH.replace("+ 30", "+ 10")), env=env
        ) as process:
            self.assertEqual(process.stdout.readline(), "ready\n")
            file.write_text(tenant.issue("app", "deploy")["token"])
            expect(tenant.admin.delete(f"{tenant.path}/tokens/{first['id']}"), 204)
            out, told = process.communicate(timeout=60)
        self.assertEqual((process.returncode, out, told), (0, "", ""))

    def test_systemd_takes_its_unit(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not installed")
        folder = temporary_folder()
        text = (pathlib.Path(__file__).resolve().parents[2] / "config/hourkey-agent@.service").read_text()
        (folder / "hourkey-agent@prod.service").write_text(text.replace("/usr/local/bin/hourkey", HOURKEY))
        done = subprocess.run(
            ["systemd-analyze", "verify", "--user", "--man=no", str(folder / "hourkey-agent@prod.service")],
            capture_output=True,
            text=True,
            env={**os.environ, "XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)},
            timeout=60,
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
