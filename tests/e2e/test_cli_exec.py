"""hourkey exec, env and print: a tool signs with the connection's keys and with no others, whatever its environment says; and the emulator,
which checks every signature, says who signed."""
import http.server
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import unittest

from cli_home import HOURKEY, Home, Listener
from harness import PATH, TARGET_ACCOUNT, World, wait_until

world = tenant = token = home = None

STATIC = "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wrong\n"
# What a machine may be full of.
OTHERS = {"AWS_PROFILE": "other", "AWS_DEFAULT_PROFILE": "other", "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "wrong",
          "AWS_SESSION_TOKEN": "wrong", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/", "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere",
          "AWS_ROLE_ARN": "arn:aws:iam::999999999999:role/x", "AWS_DEV_PROFILE": "other", "AWS_EC2_METADATA_DISABLED": "false"}


def setUpModule():
    global world, tenant, token, home
    world = World()
    unittest.addModuleCleanup(world.close)
    tenant = world.tenant("acme")
    tenant.ready()
    token = tenant.issue("app", "deploy")["token"]
    home = Home(world, token)
    (home.aws / "credentials").write_text(STATIC)


def environment_of_child(*arguments, **more):
    done = home.run("exec", *arguments, "prod", "--", sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))", **more)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


class Exec(unittest.TestCase):
    def test_awscli_signs_as_the_connection_whatever_else_is_there(self):
        done = home.run("exec", "prod", "--", shutil.which("aws", path=PATH), "--endpoint-url", world.emulator.url, "sts", "get-caller-identity",
                        AWS_CA_BUNDLE=world.authority.ca, AWS_REGION="us-east-1", **OTHERS)
        self.assertEqual(done.returncode, 0, done.stderr)
        session = tenant.records("vend")[-1]["session_name"]
        self.assertEqual(json.loads(done.stdout)["Arn"], f"arn:aws:sts::{TARGET_ACCOUNT}:assumed-role/acme-prod/{session}")

    def test_the_childs_environment(self):
        child, told = environment_of_child(FOO="kept", HOURKEY_TOKEN="hk_other", HOURKEY_TOKEN_FILE=home.token_file, AWS_PAGER="", **OTHERS)
        record = tenant.records("vend")[-1]
        self.assertEqual(child["AWS_ACCESS_KEY_ID"], record["access_key_id"])
        self.assertEqual((child["FOO"], child["AWS_PAGER"], child["HOURKEY_CONNECTION"], child["AWS_EC2_METADATA_DISABLED"]), ("kept", "", "prod", "true"))
        self.assertEqual((child["AWS_ACCOUNT_ID"], child["HOME"]), (TARGET_ACCOUNT, str(home.folder)))
        self.assertRegex(child["AWS_CREDENTIAL_EXPIRATION"], r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
        self.assertFalse((OTHERS.keys() - {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_EC2_METADATA_DISABLED"}) & child.keys())
        self.assertFalse({"HOURKEY_TOKEN", "HOURKEY_TOKEN_FILE"} & child.keys())
        self.assertNotIn(token, str(child))
        self.assertEqual(told, "hourkey: AWS_DEV_PROFILE is left out, which the Serverless Framework would take instead.\n")

    def test_options_change_it(self):
        child, _ = environment_of_child("--region", "eu-north-1", AWS_REGION="us-east-1")
        self.assertEqual((child["AWS_REGION"], child["AWS_DEFAULT_REGION"]), ("eu-north-1", "eu-north-1"))
        child, _ = environment_of_child("--keep-token")
        self.assertEqual(child["HOURKEY_TOKEN_FILE"], str(home.token_file))
        child, _ = environment_of_child("--pristine", FOO="gone", AWS_ENDPOINT_URL="http://gone")
        self.assertFalse({"FOO", "AWS_ENDPOINT_URL", "HOURKEY_URL", "XDG_RUNTIME_DIR"} & child.keys())
        self.assertEqual((child["PATH"], child["HOME"]), (home.environment()["PATH"], str(home.folder)))

    def test_the_exit_code_is_the_programs_own(self):
        for code in (0, 1, 3, 42, 255):
            self.assertEqual(home.run("exec", "prod", "--", "sh", "-c", f"exit {code}").returncode, code)
        self.assertEqual(home.run("exec", "prod", "--", "sh", "-c", "kill -9 $$").returncode, -signal.SIGKILL)

    def test_a_program_that_is_not_there_costs_no_vend(self):
        before = len(tenant.records("vend"))
        plain = home.folder / "plain"
        plain.write_text("no program")
        for name, code in (("no-such-program", 127), (str(home.folder / "none"), 127), (str(plain), 126), (str(home.folder), 126), ("", 127)):
            done = home.run("exec", "prod", "--", name)
            self.assertEqual(done.returncode, code, name)
            self.assertRegex(done.stderr, r"\Ahourkey: '.*' cannot be run: .*\n\Z")
        self.assertEqual(len(tenant.records("vend")), before)

    def test_a_script_without_a_first_line_is_run_as_a_shell_does(self):
        script = home.folder / "script"
        script.write_text("echo $HOURKEY_CONNECTION $1\n")
        script.chmod(0o755)
        self.assertEqual(home.run("exec", "prod", "--", script, "--x=1").stdout, "prod --x=1\n")

    def test_no_parent_remains_and_nothing_of_ours_is_left_to_the_program(self):
        process = home.start("exec", "prod", "--", "sh", "-c", "echo $$; umask; ulimit -Sc; ulimit -Hc; ls /proc/self/fd | wc -l; "
                             "grep -E '^Sig(Ign|Blk|Cgt)' /proc/self/status; exec sleep 60")
        lines = [process.stdout.readline().strip() for _ in range(5)]
        masks = {name.rstrip(":"): int(mask, 16) for name, mask in (process.stdout.readline().split() for _ in range(3))}
        here = subprocess.run(["sh", "-c", "umask; ulimit -Sc; ulimit -Hc"], capture_output=True, text=True, check=True).stdout.split()
        self.assertEqual(lines[0], str(process.pid))
        self.assertEqual(lines[1:4], here)
        self.assertEqual(lines[4], "4", "three, and ls's own")
        self.assertEqual((masks["SigIgn"] & (1 << (signal.SIGPIPE - 1)), masks["SigBlk"]), (0, 0))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(10), -signal.SIGTERM)
        process.communicate()

    def test_a_denial_names_what_is_denied_and_runs_nothing(self):
        tenant.link("locked")
        mark = home.folder / "ran"
        done = home.run("exec", "locked", "--", "touch", mark)
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, r"\Ahourkey: .*\n")
        self.assertRegex(done.stderr, r"request id: [0-9A-Z]{26}\n")
        self.assertFalse(mark.exists())
        self.assertEqual(home.run("exec", "no-such", "--", "touch", mark).returncode, 3)
        done = home.run("exec", "No_Name", "--", "touch", mark)
        self.assertEqual(done.returncode, 2)

    def test_a_wrong_command_line_is_usage(self):
        for arguments in ((), ("prod",), ("prod", "--"), ("prod", "--region", "mars", "--", "true"), ("prod", "--agnet", "--", "true")):
            done = home.run("exec", *arguments)
            self.assertEqual(done.returncode, 2, arguments)

    def test_no_token_and_no_secret_stands_in_a_command_line(self):
        process = home.start("exec", "prod", "--", "sleep", "60")
        line = pathlib.Path(f"/proc/{process.pid}/cmdline")
        wait_until("the program", lambda: line.read_bytes().startswith(b"sleep"))
        self.assertEqual(line.read_bytes(), b"sleep\x0060\x00")
        process.kill()
        process.communicate()


class Environment(unittest.TestCase):
    """Each shell that is here reads its lines."""

    PROBE = 'printf "%s|%s|%s|%s" "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "$AWS_SESSION_TOKEN" "${AWS_PROFILE-none}"'

    def last_key(self):
        return tenant.records("vend")[-1]["access_key_id"]

    def test_bourne_shells(self):
        for shell in ("sh", "bash", "zsh"):
            if not shutil.which(shell):
                continue
            done = subprocess.run([shell, "-c", f'eval "$("{HOURKEY}" env prod)"; {self.PROBE}'], env=home.environment(AWS_PROFILE="x"),
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual(done.stderr, "")
            key, secret, session, profile = done.stdout.split("|")
            self.assertEqual((key, profile), (self.last_key(), "none"))
            self.assertTrue(len(secret) >= 40 and len(session) > 100)

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish(self):
        done = subprocess.run(["fish", "--no-config", "-c", f"{HOURKEY} env prod --format fish | source; env"],
                              env=home.environment(AWS_PROFILE="x"), capture_output=True, text=True, timeout=60)
        variables = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
        self.assertEqual(variables["AWS_ACCESS_KEY_ID"], self.last_key())
        self.assertNotIn("AWS_PROFILE", variables)

    def test_formats_for_programs(self):
        as_json = home.json("env", "prod", "--format", "json")
        self.assertEqual(as_json["AWS_ACCESS_KEY_ID"], self.last_key())
        ini = home.run("env", "prod", "--format", "ini", "--profile", "p").stdout
        self.assertTrue(ini.startswith(f"[p]\naws_access_key_id = {self.last_key()}\n"), ini[:60])
        for name in ("dotenv", "gitlab"):
            lines = home.run("env", "prod", "--format", name).stdout.splitlines()
            self.assertIn(f"AWS_ACCESS_KEY_ID={self.last_key()}", lines)

    def test_github_hides_the_secrets_and_hands_them_on(self):
        file = home.folder / "github-env"
        file.write_text("BEFORE=1\n")
        done = home.run("env", "prod", "--format", "github", GITHUB_ENV=file, AWS_PROFILE="x")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = file.read_text().splitlines()
        variables = dict(line.split("=", 1) for line in lines)
        self.assertEqual((lines[0], variables["AWS_ACCESS_KEY_ID"], variables["AWS_PROFILE"]), ("BEFORE=1", self.last_key(), ""))
        self.assertEqual(done.stdout, f"::add-mask::{variables['AWS_SECRET_ACCESS_KEY']}\n::add-mask::{variables['AWS_SESSION_TOKEN']}\n")
        done = home.run("env", "prod", "--format", "github", GITHUB_ENV=None)
        self.assertEqual(done.returncode, 2)

    def test_a_terminal_is_shown_no_secret_unless_asked(self):
        before = len(tenant.records("vend"))
        code, shown = home.on_terminal("env", "prod")
        self.assertEqual(code, 2)
        self.assertNotIn("AWS_SECRET", shown)
        self.assertEqual(len(tenant.records("vend")), before, "refused before it is fetched")
        code, shown = home.on_terminal("env", "prod", "--reveal")
        self.assertEqual(code, 0)
        self.assertIn(f"export AWS_ACCESS_KEY_ID='{self.last_key()}'", shown)


class Print(unittest.TestCase):
    def test_secrets_are_hidden_unless_revealed(self):
        done = home.run("print", "prod")
        self.assertEqual(done.returncode, 0, done.stderr)
        record = tenant.records("vend")[-1]
        key = record["access_key_id"]
        self.assertIn(f"Access key:     {key[:4]}...{key[-3:]}\nSecret key:     ****\nSession token:  ****\n", done.stdout)
        self.assertRegex(done.stdout, r"Expires: +\d{4}-.*Z, in 59 min\n")
        hidden = home.json("print", "prod", "--json")
        self.assertEqual((hidden["secret_access_key"], hidden["session_token"], hidden["account_id"]), ("****", "****", TARGET_ACCOUNT))
        shown = home.json("print", "prod", "--json", "--reveal")
        self.assertTrue(shown["access_key_id"].startswith("ASIA") and len(shown["secret_access_key"]) >= 40)

    def test_check_asks_sts(self):
        variables = {"AWS_CA_BUNDLE": world.authority.ca, "AWS_ENDPOINT_URL_STS": world.emulator.url}
        done = home.run("print", "prod", "--check", **variables)
        self.assertEqual(done.returncode, 0, done.stderr)
        session = tenant.records("vend")[-1]["session_name"]
        self.assertIn(f"Signs as:       arn:aws:sts::{TARGET_ACCOUNT}:assumed-role/acme-prod/{session}\n", done.stdout)
        self.assertTrue(home.json("print", "prod", "--check", "--json", "--sts-endpoint", world.emulator.url, AWS_CA_BUNDLE=world.authority.ca)["check"]["ok"])

    def test_check_finds_keys_that_aws_does_not_know(self):
        # As if somebody answered in hourkey's place.
        false_keys = {"Version": 1, "AccessKeyId": "ASIAEXAMPLEEXAMPLE00", "SecretAccessKey": "s", "SessionToken": "t", "Token": "t", "Expiration":
                      "2099-01-01T00:00:00Z", "AccountId": TARGET_ACCOUNT, "RoleArn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/x"}
        done = home.run("print", "prod", "--check", "--sts-endpoint", world.emulator.url, AWS_CA_BUNDLE=world.authority.ca,
                        HOURKEY_URL=Listener(body=false_keys).url)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertNotIn("Signs as", done.stdout)

    def test_check_says_when_sts_cannot_be_asked(self):
        done = home.run("print", "prod", "--check", "--sts-endpoint", "http://127.0.0.1:1")
        self.assertEqual(done.returncode, 5)
        self.assertIn("hourkey: AWS STS at http://127.0.0.1:1 cannot be asked.\n", done.stderr)
        self.assertIn("Account:", done.stdout)


class Doctor(unittest.TestCase):
    def examine(self, **variables):
        found = home.run("doctor", "--json", **variables)
        self.assertNotIn(token, found.stdout)
        return found.returncode, {f["subject"]: f["state"] for f in json.loads(found.stdout)["items"]}

    def test_a_machines_role_and_default_keys_are_found(self):
        class Metadata(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_error(401)

            def log_message(self, *_):
                pass

        service = http.server.HTTPServer(("127.0.0.1", 0), Metadata)
        self.addCleanup(service.server_close)
        threading.Thread(target=service.serve_forever, daemon=True).start()
        self.addCleanup(service.shutdown)
        at = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": f"http://127.0.0.1:{service.server_port}/"}
        code, found = self.examine(AWS_EC2_METADATA_DISABLED="false", **at)
        self.assertEqual((code, found["server"], found["token"], found["clock"]), (1, "ok", "ok", "ok"))
        self.assertEqual((found["machine's role"], found["default keys"], found["variables"]), ("fail", "fail", "ok"))
        code, found = self.examine(AWS_SHARED_CREDENTIALS_FILE="/dev/null", **at)
        self.assertEqual((code, found["machine's role"], found["files"]), (0, "ok", "ok"))

    def test_a_server_that_is_not_there_is_found(self):
        code, found = self.examine(HOURKEY_URL="http://127.0.0.1:1", AWS_SHARED_CREDENTIALS_FILE="/dev/null", AWS_PROFILE="x",
                                   AWS_EC2_METADATA_SERVICE_ENDPOINT="http://127.0.0.1:1")
        self.assertEqual((code, found["server"], found["variables"], found["machine's role"]), (1, "fail", "warn", "ok"))
        self.assertIn("fail  server: http://127.0.0.1:1 cannot be reached.\n", home.run("doctor", HOURKEY_URL="http://127.0.0.1:1").stdout)


if __name__ == "__main__":
    unittest.main()
