"""Vault's and OpenBao's own clients, unmodified, against hourkey: what they read signs, and what is refused they show in hourkey's words.

hvac comes from PyPI and runs wherever that is reached. Ansible and Go run where they are installed; with HOURKEY_ALL_CLIENTS set they must be."""
import json
import os
import re
import shutil
import subprocess
import unittest

from harness import BINARIES, PATH, PATIENCE, REPOSITORY, World, clean_environment, expect, temporary_folder
from python_packages import python_with

HVACS = ("hvac==0.11.2", "hvac==2.4.0")
CLIENTS = REPOSITORY / "tests/clients"

world = tenant = app = None


def setUpModule():
    global world, tenant, app
    world = World()
    unittest.addModuleCleanup(world.close)
    tenant = world.tenant("acme")
    app = tenant.ready()


def variables(token=None):
    return {"VAULT_ADDR": f"https://127.0.0.1:{world.server.port}", "VAULT_TOKEN": token or app.token, "VAULT_CACERT": str(world.authority.ca),
            "REQUESTS_CA_BUNDLE": str(world.authority.ca), "BAO_ADDR": f"https://127.0.0.1:{world.server.port}", "BAO_TOKEN": token or app.token,
            "BAO_CACERT": str(world.authority.ca), "VAULT_MAX_RETRIES": "0", "BAO_MAX_RETRIES": "0"}


def records_of(access_key):
    return [r for r in tenant.records("vend") if r.get("access_key_id") == access_key]


def fresh_token():
    """So that what another test has read is not handed out again."""
    return tenant.issue("app", "deploy")["token"]


def program(name):
    found = shutil.which(name, path=os.pathsep.join([PATH, os.environ.get("PATH", "")]))
    if not found:
        if "HOURKEY_ALL_CLIENTS" in os.environ:
            raise AssertionError(f"{name} is not installed")
        raise unittest.SkipTest(f"{name} is not installed: ./dev test --all-clients has it")
    return found


def run(*command, token=None, **more):
    return subprocess.run([str(c) for c in command], env=clean_environment(**variables(token), **more), stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=PATIENCE * 4)


class Hvac(unittest.TestCase):
    SCRIPT = """
import hvac, json, os, sys
client = hvac.Client(url=os.environ["VAULT_ADDR"], token=os.environ["VAULT_TOKEN"], verify=os.environ["VAULT_CACERT"])
print(json.dumps(eval(sys.argv[1], {"client": client, "hvac": hvac})))
"""

    def each(self, expression, token=None):
        """By every version, with a token that has read nothing yet."""
        return [run(python_with(package), "-c", self.SCRIPT, expression, token=token or fresh_token()) for package in HVACS]

    def good(self, expression):
        for package, done in zip(HVACS, all_done := self.each(expression)):
            self.assertEqual(done.returncode, 0, f"{package}: {done.stderr}")
        return [json.loads(done.stdout) for done in all_done]

    def test_a_read_of_the_path_is_a_credential(self):
        for answer in self.good('client.read("aws/sts/prod")'):
            data = answer["data"]
            self.assertEqual(data["security_token"], data["session_token"])
            self.assertTrue(data["access_key"].startswith("ASIA"))
            self.assertEqual([r["outcome"] for r in records_of(data["access_key"])], ["granted"])
            self.assertRegex(answer["lease_id"], "^aws/sts/prod/")

    def test_the_aws_engine_s_own_function_works_for_both_endpoints(self):
        for endpoint in ("creds", "sts"):
            for answer in self.good(f'client.secrets.aws.generate_credentials(name="prod", endpoint="{endpoint}", ttl="15m")'):
                data = answer["data"]
                self.assertLessEqual(data["ttl"], 900)
                self.assertEqual(records_of(data["access_key"])[0]["requested_seconds"], 900)

    def test_a_token_is_known_for_good_or_for_none(self):
        for done in self.good("client.is_authenticated()"):
            self.assertIs(done, True)
        for token in ("hk_app_nonsense", "hvs.CAESI"):
            for done in self.each("client.is_authenticated()", token=token):
                self.assertEqual((done.returncode, done.stdout.strip()), (0, "false"), done.stderr)

    def test_a_denial_is_forbidden_and_has_our_words(self):
        for done in self.each('client.read("aws/sts/nowhere")'):
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("hvac.exceptions.Forbidden", done.stderr)
            self.assertIn("/connections/nowhere/grants/deploy", done.stderr)

    def test_a_role_of_one_s_own_is_refused(self):
        for done in self.each('client.secrets.aws.generate_credentials(name="prod", role_arn="arn:aws:iam::444455556666:role/other", endpoint="sts")'):
            self.assertIn("role_arn is not the role of this connection", done.stderr)

    def test_fields_that_are_read_one_by_one_are_one_credential(self):
        fields = "[client.read('aws/sts/prod')['data'][f] for f in ('access_key', 'secret_key', 'session_token', 'access_key')]"
        for access_key, _, _, again in self.good(fields):
            self.assertEqual(access_key, again)
            self.assertEqual([r["outcome"] for r in records_of(access_key)], ["granted"] + ["reissued"] * 3)


class Ansible(unittest.TestCase):
    """Debian's, with the collection community.hashi_vault."""

    @classmethod
    def setUpClass(cls):
        cls.command = program("ansible-playbook")
        listed = subprocess.run([shutil.which("ansible-doc", path=PATH) or "ansible-doc", "-t", "lookup", "community.hashi_vault.vault_read"],
                                capture_output=True, text=True, env=clean_environment(HOME=str(temporary_folder())))
        if listed.returncode or "hvac" not in subprocess.run(["/usr/bin/python3", "-c", "import hvac; print('hvac')"], capture_output=True, text=True).stdout:
            raise unittest.SkipTest("Ansible is here without community.hashi_vault, or without hvac")

    def play(self, path, token=None):
        folder = temporary_folder()
        done = run(self.command, CLIENTS / "ansible/read.yml", "-e", json.dumps({"path": path, "into": str(folder / "out.json")}), token=token,
                   HOME=str(folder), ANSIBLE_HASHI_VAULT_TOKEN_VALIDATE="true", ANSIBLE_LOCALHOST_WARNING="false")
        return done, folder / "out.json"

    def test_whole_and_by_field_is_one_credential(self):
        done, out = self.play("aws/sts/prod", fresh_token())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        read = json.loads(out.read_text())
        self.assertEqual(read["whole"]["data"]["access_key"], read["field"])
        self.assertIn("granted", [r["outcome"] for r in records_of(read["field"])])
        for secret in (read["whole"]["data"]["secret_key"], read["whole"]["data"]["session_token"]):
            self.assertNotIn(secret, done.stdout + done.stderr)

    def test_a_denial_and_a_wrong_token_end_the_play(self):
        for path, token in (("aws/sts/nowhere", None), ("aws/sts/prod", "hk_app_nonsense")):
            done, out = self.play(path, token)
            self.assertNotEqual(done.returncode, 0)
            self.assertFalse(out.exists())


class Go(unittest.TestCase):
    """The client libraries of both, each in a small program (tests/clients)."""

    @classmethod
    def setUpClass(cls):
        cls.programs = {}
        go = program("go")
        for name in ("vault_go", "openbao_go"):
            made = BINARIES.parent / "clients" / name
            built = subprocess.run([go, "build", "-o", made, "."], cwd=CLIENTS / name, capture_output=True, text=True, env={**os.environ, "CGO_ENABLED": "0"})
            if built.returncode:
                if "HOURKEY_ALL_CLIENTS" in os.environ:
                    raise AssertionError(built.stderr)
                raise unittest.SkipTest(f"{name} cannot be built here: {built.stderr.strip().splitlines()[-1:]}")
            cls.programs[name] = made

    def test_read_and_write_give_a_credential_and_the_mount_is_found(self):
        for name, made in self.programs.items():
            with self.subTest(name):
                token = fresh_token()
                read = run(made, "aws/creds/prod", token=token)
                self.assertEqual(read.returncode, 0, read.stderr)
                answer = json.loads(read.stdout)
                self.assertEqual(answer["mount"], "aws/")
                self.assertGreater(answer["token_ttl"], 0)
                self.assertTrue(0 < answer["lease"] <= 3600)
                wrote = run(made, "aws/sts/prod", "ttl=60m", "role_session_name=mine", token=token)
                self.assertEqual(wrote.returncode, 0, wrote.stderr)
                again = json.loads(wrote.stdout)
                self.assertEqual(again["data"]["secret_key"], answer["data"]["secret_key"])
                self.assertEqual(again["warnings"], ["role_session_name was not used: hourkey names sessions."])
                self.assertEqual([r["outcome"] for r in records_of(answer["data"]["access_key"])], ["granted", "reissued"])

    def test_a_denial_is_an_error_and_not_a_secret_that_is_not_there(self):
        for name, made in self.programs.items():
            with self.subTest(name):
                denied = run(made, "aws/sts/nowhere")
                self.assertEqual(denied.returncode, 1)
                self.assertIn("Code: 403", denied.stderr)
                self.assertIn("permission denied", denied.stderr)
                wrong = run(made, "aws/sts/prod", token="hk_app_nonsense")
                self.assertEqual(wrong.returncode, 1)
                self.assertIn("Code: 403", wrong.stderr)


class ByHand(unittest.TestCase):
    def test_the_answer_has_what_serverless_v4_takes_by_the_last_part_of_a_path(self):
        """It asks once for each field, at the path up to the last slash, and takes data.data of a mount that is kv."""
        answer = expect(app.get("/v1/aws/sts/prod"), 200).json
        self.assertNotEqual(answer["mount_type"], "kv")
        self.assertLessEqual({"access_key", "secret_key", "session_token"}, answer["data"].keys())
        self.assertTrue(re.fullmatch(r"arn:aws:sts::\d{12}:assumed-role/acme-prod/hk\.acme\.deploy\.\w+", answer["data"]["arn"]), answer["data"]["arn"])


if __name__ == "__main__":
    unittest.main()
