"""AWS's own clients use what hourkey vends; the emulator, which checks every signature, says who signed."""
import contextlib
import http.server
import json
import os
import re
import shutil
import subprocess
import threading
import unittest
import unittest.mock
import urllib.error
import urllib.request
import warnings

import boto3
import botocore.credentials
import botocore.exceptions
import botocore.session
import botocore.utils

from harness import HOURKEY_USER, PATH, TARGET_ACCOUNT, World, end_with_us, clean_environment, expect, run, temporary_folder, wait_until

world = tenant = app = None


def setUpModule():
    global world, tenant, app
    # botocore leaves its connections to the garbage collector.
    warnings.filterwarnings("ignore", category=ResourceWarning)
    world = World()
    unittest.addModuleCleanup(world.close)
    tenant = world.tenant("acme")
    app = tenant.ready()


def role_session(record):
    return f"arn:aws:sts::{TARGET_ACCOUNT}:assumed-role/acme-prod/{record['session_name']}"


def record_of(access_key):
    return next(r for r in tenant.records("vend") if r.get("access_key_id") == access_key)


def sts_client(session=boto3, url=None, **keys):
    return session.client("sts", region_name="us-east-1", endpoint_url=url or world.emulator.url, verify=str(world.authority.ca), **keys)


def as_boto(body):
    return {"aws_access_key_id": body["AccessKeyId"], "aws_secret_access_key": body["SecretAccessKey"], "aws_session_token": body["SessionToken"]}


@contextlib.contextmanager
def environment(**variables):
    """For botocore in this process: nothing of the machine's, and these."""
    with unittest.mock.patch.dict(os.environ, clean_environment(**variables), clear=True):
        yield


def aws(*arguments, **variables):
    """Debian's awscli against the emulator."""
    return run(shutil.which("aws", path=PATH), "--endpoint-url", world.emulator.url, *arguments, env=clean_environment(
        AWS_CA_BUNDLE=str(world.authority.ca), AWS_DEFAULT_REGION="us-east-1", **{k: str(v) for k, v in variables.items()}))


def profile(connection="prod", token=None):
    """A config file as docs and `hourkeyd dev` write it: curl as credential_process."""
    folder = temporary_folder()
    header, config = folder / "authorization", folder / "config"
    header.write_text(f"Authorization: Bearer {token or app.token}\n")
    config.write_text(f"[profile hourkey]\nregion = us-east-1\ncredential_process = curl -sS --fail-with-body --cacert {world.authority.ca} -H @{header} "
                      f"https://127.0.0.1:{world.server.port}/v1/credentials/{connection}\n")
    return config


class AwsCli(unittest.TestCase):
    def test_vended_keys_in_the_environment_sign_as_the_session_in_the_audit_log(self):
        body = expect(app.get("/v1/credentials/prod"), 200).json
        keys = {"AWS_ACCESS_KEY_ID": body["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": body["SecretAccessKey"], "AWS_SESSION_TOKEN": body["SessionToken"]}
        done = aws("sts", "get-caller-identity", **keys)
        self.assertEqual(done.returncode, 0, done.stderr)
        identity = json.loads(done.stdout)
        self.assertEqual((identity["Account"], identity["Arn"]), (TARGET_ACCOUNT, role_session(record_of(body["AccessKeyId"]))))

    def test_credential_process(self):
        done = aws("--profile", "hourkey", "sts", "get-caller-identity", AWS_CONFIG_FILE=profile())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(json.loads(done.stdout)["Arn"], [role_session(r) for r in tenant.records("vend") if r["outcome"] == "granted"])

    def test_a_refusal_reaches_the_person_with_our_words(self):
        done = aws("--profile", "hourkey", "sts", "get-caller-identity", AWS_CONFIG_FILE=profile("nowhere"))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("403", done.stdout + done.stderr)


class Boto3(unittest.TestCase):
    def test_vended_keys_sign_as_the_session_in_the_audit_log(self):
        with environment():
            body = expect(app.get("/v1/credentials/prod"), 200).json
            identity = sts_client(**as_boto(body)).get_caller_identity()
        record = record_of(body["AccessKeyId"])
        self.assertEqual((identity["Account"], identity["Arn"]), (TARGET_ACCOUNT, role_session(record)))
        self.assertTrue(identity["UserId"].endswith(":" + record["session_name"]))

    def test_one_changed_character_of_any_part_is_refused(self):
        """Proves that the emulator's word is worth something."""
        body = as_boto(expect(app.get("/v1/credentials/prod"), 200).json)
        for part in body:
            with self.subTest(part), environment():
                other = {**body, part: body[part][:-1] + ("A" if body[part][-1] != "A" else "B")}
                with self.assertRaises(botocore.exceptions.ClientError):
                    sts_client(**other).get_caller_identity()

    def test_a_vended_session_may_chain_as_aws_allows_it(self):
        second = f"arn:aws:iam::{TARGET_ACCOUNT}:role/second"
        world.emulator.put_role(second, Principal="*")
        body = expect(app.get("/v1/credentials/prod"), 200).json
        with environment():
            chained = sts_client(**as_boto(body)).assume_role(RoleArn=second, RoleSessionName="chained")
        self.assertEqual(chained["AssumedRoleUser"]["Arn"], f"arn:aws:sts::{TARGET_ACCOUNT}:assumed-role/second/chained")

    def test_credential_process_gives_refreshable_keys(self):
        with environment(AWS_CONFIG_FILE=str(profile()), AWS_PROFILE="hourkey"):
            session = boto3.Session()
            credentials = session.get_credentials()
            identity = sts_client(session).get_caller_identity()
        self.assertEqual(credentials.method, "custom-process")
        self.assertIsInstance(credentials, botocore.credentials.RefreshableCredentials, "it reads Expiration and will ask again")
        self.assertEqual(identity["Arn"], role_session(record_of(credentials.access_key)))

    def test_a_refusal_becomes_botocores_own_error(self):
        with environment(AWS_CONFIG_FILE=str(profile(token="hk_app_nonsense")), AWS_PROFILE="hourkey"):
            with self.assertRaises(botocore.exceptions.CredentialRetrievalError):
                boto3.Session().get_credentials().get_frozen_credentials()


class Container(unittest.TestCase):
    """botocore's container provider takes http only, from loopback: a small local proxy stands for a sidecar."""

    @classmethod
    def setUpClass(cls):
        class proxy(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked = urllib.request.Request(f"https://127.0.0.1:{world.server.port}{self.path}", headers={"Authorization": self.headers["Authorization"]})
                try:
                    answer = urllib.request.urlopen(asked, context=world.authority.trust())
                except urllib.error.HTTPError as refusal:
                    answer = refusal
                with answer:
                    body = answer.read()
                    self.send_response(answer.status)
                    self.send_header("Content-Type", answer.headers["Content-Type"])
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        cls.proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), proxy)
        cls.addClassCleanup(cls.proxy.server_close)
        threading.Thread(target=cls.proxy.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.proxy.shutdown)

    def provider(self, connection, authorization):
        variables = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{self.proxy.server_port}/v1/credentials/{connection}",
                     "AWS_CONTAINER_AUTHORIZATION_TOKEN": authorization}
        return botocore.credentials.ContainerProvider(variables, fetcher=botocore.utils.ContainerMetadataFetcher(sleep=lambda _: None))

    def test_the_body_is_what_the_container_provider_reads(self):
        for authorization in (app.token, f"Bearer {app.token}"):
            with environment():
                credentials = self.provider("prod", authorization).load()
                keys = dict(zip(("aws_access_key_id", "aws_secret_access_key", "aws_session_token"), credentials.get_frozen_credentials()))
                identity = sts_client(**keys).get_caller_identity()
            self.assertEqual(identity["Arn"], role_session(record_of(credentials.access_key)))

    def test_a_refusal_is_an_error_of_the_provider(self):
        with environment(), self.assertRaises(botocore.exceptions.CredentialRetrievalError):
            self.provider("nowhere", app.token).load()


@unittest.skipUnless(shutil.which("moto_server"), "moto_server is not on PATH (pip install 'moto[server]'): the second STS is not tried")
class Moto(unittest.TestCase):
    """An STS that is not ours: other headers, an Expiration with microseconds, a connection closed after every answer."""

    @classmethod
    def setUpClass(cls):
        cls.own = World()
        cls.addClassCleanup(cls.own.close)
        cls.tenant = cls.own.tenant("acme")
        token = cls.tenant.ready().token  # verified by the emulator: moto does not evaluate a missing external id
        log = cls.own.folder / "moto.log"
        with open(log, "wb") as out:
            surroundings = clean_environment(HOME=os.environ.get("HOME", "/nonexistent"), PATH=os.environ["PATH"])
            moto = subprocess.Popen([shutil.which("moto_server"), "-H", "127.0.0.1", "-p", "0"], env=surroundings, stdin=subprocess.DEVNULL,
                                    stdout=out, stderr=out, preexec_fn=end_with_us)
        cls.addClassCleanup(moto.wait)
        cls.addClassCleanup(moto.kill)

        def announced():
            if moto.poll() is not None:
                raise unittest.SkipTest(f"moto_server does not run here: {log.read_text()[-300:]}")
            return re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text())

        cls.url = f"http://127.0.0.1:{wait_until('moto_server', announced)[1]}"
        cls.own.server.restart(aws={"sts_endpoint": cls.url, "principal_arn": HOURKEY_USER})
        cls.tenant.admin = cls.own.api(cls.tenant.admin.token)
        cls.app = cls.own.api(token)

    def test_a_vend_from_moto_is_a_session_that_moto_knows(self):
        answer = expect(self.app.get("/v1/credentials/prod?duration_seconds=900"), 200)
        self.assertRegex(answer.json["Expiration"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        record = next(r for r in self.tenant.records("vend") if r["request_id"] == answer.headers["X-Request-Id"])
        self.assertEqual(record["outcome"], "granted")
        with environment():
            identity = sts_client(url=self.url, **as_boto(answer.json)).get_caller_identity()
        self.assertTrue(identity["Arn"].startswith(f"arn:aws:sts::{TARGET_ACCOUNT}:assumed-role/"))
        self.assertTrue(identity["Arn"].endswith(f"acme-prod/{record['session_name']}"), identity["Arn"])  # moto keeps the role's path in it

    def test_a_role_that_moto_opens_without_an_external_id_is_found_insecure(self):
        self.tenant.app("second")
        made = self.tenant.link("open", trust=None)
        self.assertEqual(made["verified"]["state"], "insecure_trust")
        self.assertEqual({s["id"]: s["state"] for s in made["verified"]["steps"]}["no_external_id"], "fail")
        self.tenant.grant("open", "second")
        self.assertEqual(self.tenant.holder("second").get("/v1/credentials/open").status, 409)


if __name__ == "__main__":
    unittest.main()
