"""hourkey's own AWS identity from the shared files: it follows their changes, and outlives their mistakes."""
import base64
import http.server
import json
import pathlib
import subprocess
import threading
import time
import unittest

import boto3

from harness import (BINARIES, HOURKEY_ACCOUNT, HOURKEY_USER, TARGET_ACCOUNT, Api, Server, World, clean_environment, expect, hourkeyd, run, wait_until)

world = None
OWN_ROLE = f"arn:aws:iam::{HOURKEY_ACCOUNT}:role/hourkey"


def setUpModule():
    global world
    world = World()
    unittest.addModuleCleanup(world.close)
    world.emulator.put_role(OWN_ROLE)


class SharedFiles(unittest.TestCase):
    def setUp(self):
        self.name = f"files-{self.id().rsplit('_', 1)[1]}"
        self.files = world.folder / f"{self.name}-aws"
        self.files.mkdir(mode=0o700)

    def write(self, name, text):
        """Whole at any moment, as a careful administrator's tool does it."""
        fresh = self.files / f"{name}.new"
        fresh.write_text(text)
        fresh.chmod(0o600)
        fresh.rename(self.files / name)

    def keys_of(self, user):
        """A user of hourkey's account that the emulator knows, as lines of a profile."""
        key, secret = f"AKIA{user.upper():0<16.16}", f"{user:x<40.40}"
        world.emulator.control("PutUser", AccessKeyId=key, SecretAccessKey=secret, Arn=f"arn:aws:iam::{HOURKEY_ACCOUNT}:user/{user}")
        return f"aws_access_key_id = {key}\naws_secret_access_key = {secret}\n"

    def start(self):
        """A server with these files, and a client that may vend."""
        base = {"AWS_REGION": "us-east-1", "AWS_CONFIG_FILE": str(self.files / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(self.files / "credentials")}
        self.server = world.another_server(self.name, base)
        self.addCleanup(self.server.kill)
        operator = Api(self.server.port, world.authority.trust(), self.server.make_token("operator"))
        expect(operator.post("/v1/tenants", {"name": "acme"}), 201)
        admin = operator.as_holder_of(self.server.make_token("admin", "acme"))
        expect(admin.put("/v1/tenants/acme/apps/deploy"), 201)
        wanted = {"kind": "role", "role_arn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/{self.name}"}
        made = expect(admin.put("/v1/tenants/acme/connections/prod", wanted), 201).json
        world.emulator.put_role(made["role_arn"], made["external_id"])
        self.assertEqual(expect(admin.post("/v1/tenants/acme/connections/prod/verify"), 200).json["state"], "active")
        expect(admin.put("/v1/tenants/acme/connections/prod/grants/deploy", {"max_duration_seconds": 43200}), 201)
        self.app = operator.as_holder_of(self.server.make_token("app", "acme", "deploy"))

    def signer(self):
        """Who signs a vend now; each must succeed."""
        key = expect(self.app.get("/v1/credentials/prod"), 200).json["AccessKeyId"]
        return next(call["caller"] for call in world.emulator.history() if call.get("access_key") == key)

    def test_rotated_keys_are_taken_without_a_restart_or_a_failed_vend(self):
        self.write("credentials", "[default]\n" + self.keys_of("old"))
        self.start()
        self.assertEqual(self.signer(), f"arn:aws:iam::{HOURKEY_ACCOUNT}:user/old")
        self.write("credentials", "[default]\n" + self.keys_of("new"))
        wait_until("the new user's signature", lambda: self.signer() == f"arn:aws:iam::{HOURKEY_ACCOUNT}:user/new")

    def test_a_broken_file_takes_nothing_away(self):
        self.write("credentials", "[default]\n" + self.keys_of("steady"))
        self.start()
        self.write("credentials", "[default\nthis is no profile file\n")
        wait_until("a word about the file", lambda: any(r["level"] in ("warn", "error") for r in self.server.log()))
        self.assertEqual(self.signer(), f"arn:aws:iam::{HOURKEY_ACCOUNT}:user/steady")
        expect(self.server.api.get("/readyz"), 200)

    def test_a_role_with_a_source_profile_is_assumed(self):
        self.write("config", f"[default]\nrole_arn = {OWN_ROLE}\nsource_profile = user\nrole_session_name = server\n")
        self.write("credentials", "[user]\n" + self.keys_of("source"))
        self.start()
        self.assertEqual(self.signer(), f"arn:aws:sts::{HOURKEY_ACCOUNT}:assumed-role/hourkey/server")
        capped = expect(self.app.get("/v1/credentials/prod?duration_seconds=7200"), 200)
        self.assertIn("role chaining", capped.headers["X-Hourkey-Warning"])

    def test_keys_from_a_process(self):
        lines = dict(line.split(" = ") for line in self.keys_of("process").splitlines())
        self.write("keys.json", json.dumps({"Version": 1, "AccessKeyId": lines["aws_access_key_id"], "SecretAccessKey": lines["aws_secret_access_key"]}))
        self.write("config", f"[default]\ncredential_process = cat {self.files}/keys.json\n")
        self.start()
        self.assertEqual(self.signer(), f"arn:aws:iam::{HOURKEY_ACCOUNT}:user/process")


class WebIdentity(unittest.TestCase):
    """A pod's own role, for a token that its platform renews."""

    PROVIDER = f"arn:aws:iam::{HOURKEY_ACCOUNT}:oidc-provider/oidc.example.com/id/1"
    ROLE = f"arn:aws:iam::{HOURKEY_ACCOUNT}:role/pods/hourkey"

    def setUp(self):
        self.name = f"web-{self.id().rsplit('_', 1)[1]}"
        self.file = world.folder / f"{self.name}-token"
        trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": self.PROVIDER}, "Action": "sts:AssumeRoleWithWebIdentity",
                                                         "Condition": {"StringEquals": {"oidc.example.com/id/1:sub": "system:serviceaccount:hourkey:server"}}}]}
        world.emulator.control("PutRole", RoleArn=self.ROLE, AssumeRolePolicyDocument=json.dumps(trust))

    def write(self, **claims):
        parts = ({"alg": "RS256"}, {"iss": "https://oidc.example.com/id/1", "aud": "sts.amazonaws.com", "sub": "system:serviceaccount:hourkey:server",
                                    "exp": int(time.time()) + 600} | claims)
        token = ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + ".c2ln"
        fresh = self.file.with_suffix(".new")
        fresh.write_text(token + "\n")
        fresh.chmod(0o644)  # as Kubernetes projects it
        fresh.rename(self.file)

    def start(self, ready=True, **env):
        base = {"AWS_REGION": "us-east-1", "AWS_WEB_IDENTITY_TOKEN_FILE": str(self.file), "AWS_ROLE_ARN": self.ROLE, **env}
        server = world.another_server(self.name, base, start=False)
        self.addCleanup(server.kill)
        return server.start(ready=ready)

    def test_it_vends_and_trust_policies_name_the_role_with_its_path(self):
        self.write()
        server = self.start(AWS_ROLE_SESSION_NAME="pod-1")
        operator = Api(server.port, world.authority.trust(), server.make_token("operator"))
        expect(operator.post("/v1/tenants", {"name": "acme"}), 201)
        admin = operator.as_holder_of(server.make_token("admin", "acme"))
        expect(admin.put("/v1/tenants/acme/apps/deploy"), 201)
        link = "/v1/tenants/acme/connections/prod"
        made = expect(admin.put(link, {"kind": "role", "role_arn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/{self.name}"}), 201).json
        self.assertEqual(made["principal_arn"], self.ROLE)
        world.emulator.put_role(made["role_arn"], made["external_id"], Principal=self.ROLE)
        self.assertEqual(expect(admin.post(f"{link}/verify"), 200).json["state"], "active")
        expect(admin.put(f"{link}/grants/deploy"), 201)
        app = operator.as_holder_of(server.make_token("app", "acme", "deploy"))
        key = expect(app.get("/v1/credentials/prod"), 200).json["AccessKeyId"]
        signer = next(call["caller"] for call in world.emulator.history() if call.get("access_key") == key)
        self.assertEqual(signer, f"arn:aws:sts::{HOURKEY_ACCOUNT}:assumed-role/hourkey/pod-1")
        self.assertNotIn(self.file.read_text().strip(), server.log_file.read_text())

    def test_a_wrong_token_is_told_with_its_cause_and_a_good_one_taken_when_it_comes(self):
        server = self.start(ready=False)
        server.wait_for_log(
            "base credentials could not be fetched",
            reason="web identity: AWS_WEB_IDENTITY_TOKEN_FILE names no file with a token; see that it is there and that hourkey "
            "may read it")
        self.write(exp=1)
        server.wait_for_log("base credentials could not be fetched", reason="web identity: its web identity token was not taken (AWS: ExpiredTokenException)")
        self.write(sub="system:serviceaccount:other:server")
        server.wait_for_log("base credentials could not be fetched", reason="web identity: its web identity token was not taken (AWS: AccessDenied)")
        self.assertEqual(server.api.get("/readyz").status, 503)
        self.write()
        server.wait_for_log("base credentials fetched", source="web identity")
        expect(server.api.get("/readyz"), 200)


class Platform:
    """What ECS, EKS and EC2 have beside a program, on loopback: a session of a role, for who asks as they want it."""

    def __init__(self, role):
        self.status, self.token, self.requests = 200, "pod-token", []
        self.session = self.assume(role)  # beforehand: who asks a platform waits for a second
        self.port = 0
        self.start()

    def start(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(handler):
                self.answer(handler)

            do_PUT = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, handler):
        self.requests.append((handler.command, handler.path))
        status, body = self.decide(handler)
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body.encode())

    def decide(self, handler):
        if self.status != 200:
            return self.status, json.dumps({"code": "Broken", "message": "on purpose"})
        roles = "/latest/meta-data/iam/security-credentials/"
        if handler.command == "PUT":
            return (200, "imds-token") if handler.path == "/latest/api/token" else (404, "")
        if handler.path.startswith(roles):
            if handler.headers.get("x-aws-ec2-metadata-token") != "imds-token":
                return 401, ""
            return 200, self.document(Code="Success") if handler.path != roles else "hourkey"
        if handler.headers.get("Authorization") != self.token:
            return 401, json.dumps({"code": "InvalidAuthToken", "message": "another"})
        return 200, self.document()

    @staticmethod
    def assume(role):
        base = world.emulator.base_environment()
        client = boto3.client("sts", region_name="us-east-1", endpoint_url=world.emulator.url, verify=str(world.authority.ca),
                              aws_access_key_id=base["AWS_ACCESS_KEY_ID"], aws_secret_access_key=base["AWS_SECRET_ACCESS_KEY"])
        return client.assume_role(RoleArn=role, RoleSessionName="platform")["Credentials"]

    def document(self, **more):
        made = self.session
        return json.dumps({"AccessKeyId": made["AccessKeyId"], "SecretAccessKey": made["SecretAccessKey"], "Token": made["SessionToken"],
                           "Expiration": made["Expiration"].strftime("%Y-%m-%dT%H:%M:%SZ"), **more})


# Nobody listens there: keys of a platform are never asked for through a proxy.
DEAD_PROXY = {"HTTP_PROXY": "http://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1"}


class OfAPlatform(unittest.TestCase):
    def setUp(self):
        self.name = f"platform-{self.id().rsplit('_', 1)[1]}"
        self.folder = world.folder / self.name
        world.emulator.put_role(OWN_ROLE)
        self.platform = Platform(OWN_ROLE)
        self.addCleanup(lambda: self.platform.stop())

    def start(self, ready=True, **env):
        server = Server(self.folder, world.authority, world.emulator.url, {"AWS_REGION": "us-east-1", **env}, start=False)
        self.addCleanup(server.kill)
        return server.start(ready=ready)

    def client(self, server):
        operator = Api(server.port, world.authority.trust(), server.make_token("operator"))
        expect(operator.post("/v1/tenants", {"name": "acme"}), 201)
        admin = operator.as_holder_of(server.make_token("admin", "acme"))
        expect(admin.put("/v1/tenants/acme/apps/deploy"), 201)
        link = "/v1/tenants/acme/connections/prod"
        made = expect(admin.put(link, {"kind": "role", "role_arn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/{self.name}"}), 201).json
        world.emulator.put_role(made["role_arn"], made["external_id"], Principal=OWN_ROLE)
        self.assertEqual(expect(admin.post(f"{link}/verify"), 200).json["state"], "active")
        expect(admin.put(f"{link}/grants/deploy"), 201)
        return operator.as_holder_of(server.make_token("app", "acme", "deploy"))

    def test_a_containers_endpoint_vends_and_its_outage_takes_nothing_away(self):
        token = world.folder / f"{self.name}-token"
        token.write_text(self.platform.token + "\n")
        server = self.start(AWS_CONTAINER_CREDENTIALS_FULL_URI=f"http://127.0.0.1:{self.platform.port}/v1/credentials",
                            AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(token), **DEAD_PROXY)
        app = self.client(server)
        key = expect(app.get("/v1/credentials/prod"), 200).json["AccessKeyId"]
        signer = next(call["caller"] for call in world.emulator.history() if call.get("access_key") == key)
        self.assertEqual(signer, f"arn:aws:sts::{HOURKEY_ACCOUNT}:assumed-role/hourkey/platform")
        self.assertEqual(self.platform.requests, [("GET", "/v1/credentials")])
        self.platform.stop()
        self.addCleanup(self.platform.start)
        expect(app.get("/v1/credentials/prod"), 200)
        expect(server.api.get("/readyz"), 200)

    def test_an_instances_role_by_a_token(self):
        server = self.start(AWS_EC2_METADATA_DISABLED="false", AWS_EC2_METADATA_SERVICE_ENDPOINT=f"http://127.0.0.1:{self.platform.port}", **DEAD_PROXY)
        expect(self.client(server).get("/v1/credentials/prod"), 200)
        self.assertEqual([verb for verb, _ in self.platform.requests], ["PUT", "GET", "GET"])

    def test_an_instances_role_from_where_the_profile_says(self):
        config = world.folder / f"{self.name}-config"
        config.write_text(f"[default]\nregion = us-east-1\nec2_metadata_service_endpoint = http://127.0.0.1:{self.platform.port}\n")
        server = self.start(AWS_EC2_METADATA_DISABLED="false", AWS_CONFIG_FILE=str(config))
        server.wait_for_log("base credentials fetched", source="instance metadata")
        self.assertEqual([verb for verb, _ in self.platform.requests], ["PUT", "GET", "GET"])

    def test_why_there_are_none_is_told_until_there_are(self):
        self.platform.status = 500
        server = self.start(ready=False, AWS_EC2_METADATA_DISABLED="false",
                            AWS_EC2_METADATA_SERVICE_ENDPOINT=f"http://127.0.0.1:{self.platform.port}")
        record = server.wait_for_log("base credentials could not be fetched")
        self.assertIn("instance metadata: the metadata service answered with status 500 (Broken)", record["reason"])
        self.assertIn("environment: AWS_ACCESS_KEY_ID is not set; profile default", record["reason"])
        self.assertEqual(server.api.get("/readyz").status, 503)
        self.platform.status = 200
        server.wait_for_log("base credentials fetched", source="instance metadata")
        expect(server.api.get("/readyz"), 200)


class FarAway(unittest.TestCase):
    def test_while_nobody_knows_whom_to_trust_no_policy_is_made_up(self):
        with world.emulator.failing("hang"):
            server = world.another_server("far")
            self.addCleanup(server.kill)
            operator = Api(server.port, world.authority.trust(), server.make_token("operator"))
            expect(operator.post("/v1/tenants", {"name": "acme"}), 201)
            admin = operator.as_holder_of(server.make_token("admin", "acme"))
            link = "/v1/tenants/acme/connections/prod"
            made = expect(admin.put(link, {"kind": "role", "role_arn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/far"}), 201).json
            self.assertEqual(made["principal_arn"], "")
            self.assertNotIn("trust_policy", made)
        wait_until("AWS's word", lambda: expect(admin.get(link), 200).json["principal_arn"])
        policy = json.loads(expect(admin.get(link), 200).json["trust_policy"])
        self.assertEqual(policy["Statement"][0]["Condition"]["ArnEquals"]["aws:PrincipalArn"], HOURKEY_USER)


class SdkSettings(unittest.TestCase):
    """Where AWS is called when hourkey.toml does not say: what the SDKs' settings say."""

    def setUp(self):
        self.folder = world.folder / self.id().rsplit(".", 1)[1]
        self.folder.mkdir(mode=0o700)

    def server(self, toml=None, **env):
        """Not started; its [aws] has only what is given."""
        base = {**world.emulator.base_environment(), "HOME": str(self.folder), **env}
        server = Server(self.folder / "server", world.authority, world.emulator.url, base, start=False)
        server.settings["aws"] = toml or {}
        self.addCleanup(server.kill)
        return server

    def config_file(self, text):
        path = self.folder / "aws-config"
        path.write_text(text)
        return str(path)

    def test_an_endpoint_and_a_ca_bundle_of_the_environment(self):
        server = self.server(AWS_ENDPOINT_URL_STS=world.emulator.url, AWS_ENDPOINT_URL="https://127.0.0.1:9", AWS_CA_BUNDLE=str(world.authority.ca)).start()
        server.wait_for_log("base identity learned", arn=HOURKEY_USER)
        self.assertEqual([r for r in server.log() if r["level"] in ("warn", "error")], [])

    def test_an_endpoint_and_a_ca_bundle_of_the_profile(self):
        config = self.config_file(f"[profile p]\nservices = local\nendpoint_url = https://127.0.0.1:9\nca_bundle = {world.authority.ca}\n"
                                  f"[services local]\nsts =\n  endpoint_url = {world.emulator.url}\n")
        server = self.server(AWS_CONFIG_FILE=config, AWS_DEFAULT_PROFILE="p").start()
        server.wait_for_log("base identity learned", arn=HOURKEY_USER)

    def test_hourkey_toml_goes_before_them_and_says_so(self):
        server = self.server({"sts_endpoint": world.emulator.url, "ca_file": str(world.authority.ca)}, AWS_ENDPOINT_URL="https://127.0.0.1:9",
                             AWS_USE_FIPS_ENDPOINT="true", AWS_CA_BUNDLE="/nowhere", AWS_MAX_ATTEMPTS="9").start()
        server.wait_for_log("base identity learned", arn=HOURKEY_USER)
        told = [r for r in server.log() if r["msg"] == "settings of the AWS SDKs that hourkey does not obey"]
        self.assertEqual(len(told), 1)
        for name in ("AWS_ENDPOINT_URL", "AWS_USE_FIPS_ENDPOINT", "AWS_CA_BUNDLE", "AWS_MAX_ATTEMPTS"):
            self.assertIn(name, told[0]["settings"])

    def test_what_cannot_be_obeyed_is_refused_by_serve_and_by_config_check(self):
        rows = {
            "AWS_ENDPOINT_URL and AWS_USE_FIPS_ENDPOINT cannot both be set": dict(AWS_ENDPOINT_URL=world.emulator.url, AWS_USE_FIPS_ENDPOINT="true"),
            "AWS_ENDPOINT_URL_STS is http:// to another machine": dict(AWS_ENDPOINT_URL_STS="http://sts.example.com"),
            "AWS_USE_DUALSTACK_ENDPOINT is neither true nor false": dict(AWS_USE_DUALSTACK_ENDPOINT="yes"),
            "AWS_CA_BUNDLE: ": dict(AWS_CA_BUNDLE="/nowhere/ca.pem"),
        }
        for number, (words, env) in enumerate(rows.items()):
            with self.subTest(words):
                server = self.server(**env)
                server.configure()
                for command in (("serve",), ("config", "check")):
                    done = hourkeyd(*command, "--config", server.config, env=clean_environment(**server.base))
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertIn(words, done.stderr)

    def test_a_key_that_aws_takes_is_a_metric(self):
        server = self.server({"sts_endpoint": world.emulator.url, "ca_file": str(world.authority.ca)}).start()
        self.assertIn("hourkey_base_credentials_valid 1", server.metrics())
        server.stop()
        stranger = self.server({"sts_endpoint": world.emulator.url, "ca_file": str(world.authority.ca)}, AWS_ACCESS_KEY_ID="AKIASTRANGER", AWS_SECRET_ACCESS_KEY="x")
        stranger.start(ready=False)
        wait_until("AWS's refusal", lambda: "hourkey_base_credentials_valid 0" in stranger.metrics())


class ProcessOne(unittest.TestCase):
    def test_as_process_1_of_a_container_it_leaves_no_zombies(self):
        if run("unshare", "--pid", "--fork", "true").returncode:
            self.skipTest("this machine lets nobody make a process namespace")
        folder = world.folder / "container"
        folder.mkdir()
        tool = folder / "tool"
        document = json.dumps({"Version": 1, "AccessKeyId": world.emulator.access_key, "SecretAccessKey": world.emulator.secret_key})
        tool.write_text(f"#!/bin/sh\n(sleep 0.3; : > {folder}/over) >/dev/null &\necho '{document}'\n")
        tool.chmod(0o700)
        (folder / "config").write_text(f"[default]\ncredential_process = {tool}\n")
        server = Server(folder / "server", world.authority, world.emulator.url,
                        {"AWS_REGION": "us-east-1", "AWS_CONFIG_FILE": str(folder / "config")}, start=False)
        server.configure()
        with open(folder / "log", "wb") as log:
            outer = subprocess.Popen(["unshare", "--pid", "--fork", "--kill-child", str(BINARIES / "hourkeyd"), "serve", "--config", str(server.config)],
                                     env=clean_environment(**server.base), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.addCleanup(outer.wait)
        self.addCleanup(outer.kill)

        def children_of(pid):
            return [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

        hourkey = wait_until("process 1", lambda: (children_of(outer.pid) or [None])[0])
        wait_until("the child that was left behind", lambda: (folder / "over").exists())
        wait_until("no child", lambda: not any(children_of_threads(hourkey)))


def children_of_threads(pid):
    return [t for task in pathlib.Path(f"/proc/{pid}/task").iterdir() for t in (task / "children").read_text().split()]


if __name__ == "__main__":
    unittest.main()
