"""hourkey's own AWS identity from the shared files: it follows their changes, and outlives their mistakes."""
import json
import unittest

from harness import HOURKEY_ACCOUNT, HOURKEY_USER, TARGET_ACCOUNT, Api, Server, World, expect, wait_until

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
        self.server = Server(world.folder / self.name, world.authority, world.emulator.url, base)
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


class FarAway(unittest.TestCase):
    def test_while_nobody_knows_whom_to_trust_no_policy_is_made_up(self):
        with world.emulator.failing("hang"):
            server = Server(world.folder / "far", world.authority, world.emulator.url, world.emulator.base_environment())
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


if __name__ == "__main__":
    unittest.main()
