"""What README and docs/CLIENTS.md show for fetching works as printed; only host, port and the two files are put in place."""
import contextlib
import http.server
import json
import re
import shutil
import ssl
import threading
import unittest
import unittest.mock
import warnings

import boto3
import botocore.exceptions

from harness import PATH, REPOSITORY, TARGET_ACCOUNT, World, clean_environment, run, temporary_folder

README = (REPOSITORY / "README.md").read_text()
CLIENTS = (REPOSITORY / "docs/CLIENTS.md").read_text()
world = tenant = app = None


def setUpModule():
    global world, tenant, app
    warnings.filterwarnings("ignore", category=ResourceWarning)  # botocore leaves its connections to the garbage collector
    world = World()
    unittest.addModuleCleanup(world.close)
    tenant = world.tenant("acme")
    app = tenant.ready()


def blocks(text):
    return re.findall(r"^```\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def block_with(text, words):
    found = [b for b in blocks(text) if words in b]
    if len(found) != 1:
        raise AssertionError(f"{len(found)} blocks show {words!r}")
    return found[0]


def typed(block):
    """What stands behind the prompts, continued lines included."""
    lines = block.splitlines()
    return "\n".join(line[2:] if line.startswith("$ ") else line for line in lines if line.startswith(("$ ", "  ")))


@contextlib.contextmanager
def answering(status, body, cut=0):
    """The port of a server in hourkey's place that answers so, always; the last `cut` bytes that it promised never come."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body) + cut))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    certificate, key = world.authority.issue("in-hourkeys-place")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


class Lines(unittest.TestCase):
    def setUp(self):
        self.home = temporary_folder()
        (self.home / ".aws").mkdir()
        self.header = self.home / "authorization"
        self.header.write_text(f"Authorization: Bearer {app.token}\n")
        self.connection = "prod"

    def here(self, text):
        """The documented places as they are on this machine; each must be there to be replaced."""
        places = (("/run/secrets/hourkey", self.header), ("/etc/hourkey/ca.pem", world.authority.ca),
                  ("https://hourkey.example.com:8443/v1/credentials/prod", f"https://127.0.0.1:{world.server.port}/v1/credentials/{self.connection}"))
        for printed, real in places:
            self.assertIn(printed, text)
            text = text.replace(printed, str(real))
        return text

    def write_profile(self):
        (self.home / ".aws/config").write_text(self.here(block_with(README, "credential_process")))

    def shell(self, script, shell="bash"):
        environment = clean_environment(HOME=str(self.home), AWS_CA_BUNDLE=str(world.authority.ca))
        del environment["AWS_EC2_METADATA_DISABLED"]  # the documented lines have to say it themselves
        return run(shell, "-c", script, env=environment)

    def signs_as_the_session(self, printed):
        arn = json.loads(printed)["Arn"]
        self.assertIn(arn, [f"arn:aws:sts::{TARGET_ACCOUNT}:assumed-role/acme-prod/{r['session_name']}" for r in tenant.records("vend") if r["outcome"] == "granted"])

    def aws_line(self):
        line = typed(block_with(README, "aws sts get-caller-identity"))
        shown = "\n".join(part for part in line.splitlines() if "curl" not in part)
        return shown.replace("aws sts", f"{shutil.which('aws', path=PATH)} --endpoint-url {world.emulator.url} sts")

    def test_the_profile_and_the_aws_line(self):
        self.write_profile()
        done = self.shell(self.aws_line())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.signs_as_the_session(done.stdout)

    def test_a_refusal_shows_hourkeys_own_words_in_the_aws_cli(self):
        self.connection = "elsewhere"
        self.write_profile()
        done = self.shell(self.aws_line())
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("This app may not use this connection", done.stderr)
        self.assertIn("PUT /v1/tenants/acme/connections/elsewhere/grants/deploy", done.stderr)

    def test_the_profile_in_boto3(self):
        self.write_profile()
        with unittest.mock.patch.dict("os.environ", clean_environment(HOME=str(self.home), AWS_PROFILE="prod"), clear=True):
            session = boto3.Session()
            identity = session.client("sts", endpoint_url=world.emulator.url, verify=str(world.authority.ca)).get_caller_identity()
        self.signs_as_the_session(json.dumps({"Arn": identity["Arn"]}))

    def test_a_refusal_shows_hourkeys_own_words_in_boto3(self):
        self.connection = "elsewhere"
        self.write_profile()
        with unittest.mock.patch.dict("os.environ", clean_environment(HOME=str(self.home), AWS_PROFILE="prod"), clear=True):
            with self.assertRaisesRegex(botocore.exceptions.CredentialRetrievalError, "This app may not use this connection"):
                boto3.Session().get_credentials().get_frozen_credentials()

    def test_a_server_that_is_away_is_an_error_too(self):
        self.write_profile()
        config = self.home / ".aws/config"
        config.write_text(re.sub(r"https://127\.0\.0\.1:\d+", "https://127.0.0.1:1", config.read_text()))
        done = self.shell(self.aws_line())
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("curl: (7)", done.stderr)

    def test_the_curl_line(self):
        line = self.here(next(part for part in typed(block_with(README, "aws sts get-caller-identity")).splitlines() if "curl" in part))
        done = self.shell(line)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["AccountId"], TARGET_ACCOUNT)
        self.assertEqual(int(world.emulator.history()[-1]["duration"]), 900)

    @unittest.skipUnless(shutil.which("jq", path=PATH), "jq is not installed")
    def test_keys_in_the_environment(self):
        printed = self.here(typed(block_with(CLIENTS, "serverless deploy")))
        tool = f"{shutil.which('aws', path=PATH)} --region us-east-1 --endpoint-url {world.emulator.url} sts get-caller-identity"
        done = self.shell(printed.replace("serverless deploy", tool))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.signs_as_the_session(done.stdout)

    @unittest.skipUnless(shutil.which("jq", path=PATH), "jq is not installed")
    def test_without_keys_the_environments_tool_is_not_run(self):
        self.connection = "elsewhere"
        done = self.shell(self.here(typed(block_with(CLIENTS, "serverless deploy"))).replace("serverless deploy", "echo the tool ran"))
        self.assertNotEqual(done.returncode, 0)
        self.assertNotIn("the tool ran", done.stdout)
        self.assertIn("This app may not use this connection", done.stderr)


    def answers_without_keys(self):
        """(name, status, body, bytes that are promised and do not come)"""
        whole = json.dumps({"Version": 1, "AccessKeyId": "ASIAUD5QGBCD7OBTFDH3", "SecretAccessKey": "s" * 40, "SessionToken": "t" * 400}).encode()
        yield "403", 403, b'{"code":"app_not_allowed","message":"This app may not use this connection."}', 0
        yield "403, empty", 403, b"", 0
        yield "503 of a proxy", 503, b"<html>", 0
        yield "200, empty", 200, b"", 0
        yield "200, cut off", 200, whole[:100], len(whole) - 100
        yield "200, cut off where nobody says so", 200, whole[:100], 0
        yield "200, all there and more promised", 200, whole, 10
        yield "200, no JSON", 200, b"<html>", 0
        yield "200, an empty object", 200, b"{}", 0
        yield "200, one key only", 200, b'{"AccessKeyId":"ASIAUD5QGBCD7OBTFDH3"}', 0
        yield "200, null", 200, b"null", 0

    def does_not_run_the_tool(self, line, port):
        script = re.sub(r"https://127\.0\.0\.1:\d+", f"https://127.0.0.1:{port}", self.here(line)).replace("serverless deploy", "echo the tool ran")
        for shell in ("bash", "sh"):
            done = self.shell(script, shell)
            self.assertNotIn("the tool ran", done.stdout, shell)
            self.assertNotEqual(done.returncode, 0, shell)
            self.assertNotEqual(done.stderr, "", shell)

    @unittest.skipUnless(shutil.which("jq", path=PATH), "jq is not installed")
    def test_the_environments_tool_is_run_with_keys_or_not_at_all(self):
        line = typed(block_with(CLIENTS, "serverless deploy"))
        with self.subTest("a server that is away"):
            self.does_not_run_the_tool(line, 1)
        for name, status, body, cut in self.answers_without_keys():
            with self.subTest(name), answering(status, body, cut) as port:
                self.does_not_run_the_tool(line, port)

    def test_an_answer_without_keys_is_an_error_to_the_aws_line(self):
        for name, status, body, cut in self.answers_without_keys():
            with self.subTest(name), answering(status, body, cut) as port:
                self.write_profile()
                config = self.home / ".aws/config"
                config.write_text(re.sub(r"https://127\.0\.0\.1:\d+", f"https://127.0.0.1:{port}", config.read_text()))
                self.assertNotEqual(self.shell(self.aws_line()).returncode, 0)


class Words(unittest.TestCase):
    """Where a way of fetching is shown, the safe one is."""

    def test_whoever_shows_a_way_of_fetching_says_what_an_instance_role_does(self):
        shown = [p for p in (REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md"))
                 if re.search(r"credential_process = .*v1/credentials|CONTAINER_CREDENTIALS_FULL_URI", p.read_text())]
        self.assertIn(REPOSITORY / "README.md", shown)
        for page in shown:
            with self.subTest(page.name):
                self.assertIn("AWS_EC2_METADATA_DISABLED=true", page.read_text())
                self.assertIn("instance role", page.read_text())

    def test_no_page_promises_every_tool(self):
        for page in (REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")):
            for promise in ("works everywhere", "every AWS tool", "Every AWS tool"):
                with self.subTest(f"{page.name}: {promise}"):
                    self.assertNotIn(promise, page.read_text())

    def test_profiles_that_are_shown_have_names(self):
        for text in (README, CLIENTS):
            for block in blocks(text):
                if "credential_process" in block:
                    self.assertRegex(block, r"\[profile \w+\]")
                    self.assertNotIn("[default]", block)


if __name__ == "__main__":
    unittest.main()
