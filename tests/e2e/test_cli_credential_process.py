"""hourkey credential-process and configure: what SDKs are given, what is kept for how long, and what happens when something is wrong."""
import datetime
import json
import os
import resource
import shutil
import signal
import stat
import unittest

from cli_home import HOURKEY, Home, Listener
from harness import PATH, TARGET_ACCOUNT, Authority, World, clean_environment, run, temporary_folder

world = tenant = token = None


def setUpModule():
    global world, tenant, token
    world = World()
    unittest.addModuleCleanup(world.close)
    tenant = world.tenant("acme")
    tenant.ready()
    token = tenant.issue("app", "deploy")["token"]


def vends():
    return len(tenant.records("vend"))


class CredentialProcess(unittest.TestCase):
    def setUp(self):
        self.home = Home(world, token)

    def get(self, *more, **variables):
        done = self.home.run("credential-process", "prod", *more, **variables)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def test_what_sdks_read(self):
        body = self.get()
        self.assertEqual(body.keys(), {"Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "AccountId"})
        self.assertEqual((body["Version"], body["AccountId"]), (1, TARGET_ACCOUNT))
        self.assertRegex(body["Expiration"], r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")

    def test_it_is_kept_and_given_out_again(self):
        first, before = self.get(), vends()
        self.assertEqual(self.get(), first)
        self.assertEqual(vends(), before)
        (kept,) = self.home.cache
        self.assertEqual(stat.S_IMODE(kept.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(kept.parent.stat().st_mode), 0o700)
        self.assertNotIn(token, kept.read_text() + str(kept))

    def test_another_request_token_or_none_kept_is_another_vend(self):
        other = tenant.issue("app", "deploy")["token"]
        keys = {self.get()["AccessKeyId"], self.get("--duration-seconds", "900")["AccessKeyId"], self.get("--stage", "x")["AccessKeyId"],
                self.get(HOURKEY_TOKEN_FILE=None, HOURKEY_TOKEN=other)["AccessKeyId"], self.get("--no-cache")["AccessKeyId"]}
        self.assertEqual(len(keys), 5)
        self.assertEqual(len(self.home.cache), 4)

    def test_of_several_at_once_one_asks(self):
        before = vends()
        running = [self.home.start("credential-process", "prod") for _ in range(12)]
        answers = {process.communicate(timeout=60) for process in running}
        self.assertEqual([process.returncode for process in running], [0] * 12)
        self.assertEqual((len(answers), vends() - before), (1, 1))

    def test_one_that_was_killed_holds_nobody(self):
        with world.emulator.failing("hang"):
            hung = self.home.start("credential-process", "prod")
            locked = list((self.home.runtime).glob("*/*.lock"))
            while not locked:
                locked = list((self.home.runtime).glob("*/*.lock"))
            hung.send_signal(signal.SIGINT)
            self.assertEqual(hung.wait(10), -signal.SIGINT)
            hung.communicate()
        self.get()

    def rewrite(self, **changes):
        (kept,) = self.home.cache
        content = json.loads(kept.read_text())
        content["credentials"] |= changes.pop("credentials", {})
        kept.write_text(json.dumps({**content, **changes}))

    def test_it_is_renewed_before_its_end(self):
        first = self.get()
        self.rewrite(fetched_at="2020-01-01T00:00:00Z", credentials={"Expiration": "2020-01-01T01:00:00Z"})
        self.assertNotEqual(self.get()["AccessKeyId"], first["AccessKeyId"])

    def test_what_is_damaged_or_open_to_others_is_not_used_and_said_how(self):
        def loosen():
            self.home.cache[0].chmod(0o644)

        def damage():
            self.home.cache[0].write_text(self.home.cache[0].read_text()[:-20])

        def replace_by_link():
            (kept,) = self.home.cache
            kept.rename(self.home.folder / "elsewhere")
            kept.symlink_to(self.home.folder / "elsewhere")

        for spoil, word in ((loosen, "others may read the file"), (damage, "they are damaged"), (replace_by_link, "not used")):
            with self.subTest(word):
                first = self.get()
                spoil()
                done = self.home.run("credential-process", "prod", "--explain")
                self.assertEqual(done.returncode, 0)
                self.assertIn(word, done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1)
                self.assertNotEqual(json.loads(done.stdout)["AccessKeyId"], first["AccessKeyId"])
                self.assertNotIn("SecretAccessKey", done.stderr)
                (kept,) = self.home.cache
                self.assertEqual((kept.is_symlink(), stat.S_IMODE(kept.stat().st_mode)), (False, 0o600))

    @unittest.skipUnless(os.geteuid() == 0, "only root can give a file away")
    def test_what_is_somebody_elses_is_not_used(self):
        first = self.get()
        os.chown(self.home.cache[0], 65534, 65534)
        done = self.home.run("credential-process", "prod", "--explain")
        self.assertIn("the file is somebody else's", done.stderr)
        self.assertNotEqual(json.loads(done.stdout)["AccessKeyId"], first["AccessKeyId"])
        os.chown(self.home.cache[0].parent, 65534, 65534)
        done = self.home.run("credential-process", "prod", "--explain")
        self.assertEqual(done.returncode, 0)
        self.assertIn("is somebody else's", done.stderr)

    def test_a_full_disk_costs_the_keeping_alone(self):
        def no_byte():
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

        done = self.home.run("credential-process", "prod", "--explain", preexec_fn=no_byte)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("File too large", done.stderr)
        self.assertEqual(json.loads(done.stdout)["Version"], 1)
        self.assertEqual(list(self.home.runtime.glob("hourkey/*.json*")), list(self.home.runtime.glob("hourkey/*.lock")))

    def test_a_failure_is_one_line(self):
        tenant.link("locked")
        done = self.home.run("credential-process", "locked")
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertRegex(done.stderr, r"\Ahourkey: .* \(app_not_allowed, request [0-9A-Z]{26}\)\n\Z")
        for arguments, variables, code in ((("prod",), {"HOURKEY_CACERT": Authority(temporary_folder()).ca}, 5),
                                           (("prod",), {"HOURKEY_TOKEN_FILE": None, "HOURKEY_TOKEN": "hk_wrong"}, 3),
                                           (("prod", "--nonsense"), {}, 2), ((), {}, 2), (("prod",), {"HOURKEY_URL": None}, 2)):
            done = self.home.run("credential-process", *arguments, **variables)
            self.assertEqual((done.returncode, done.stdout, len(done.stderr.splitlines())), (code, "", 1), done.stderr)
            self.assertTrue(done.stderr.startswith("hourkey: "))


class Clock(unittest.TestCase):
    def vended(self, minutes):
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
        return {"Version": 1, "AccessKeyId": "ASIAEXAMPLEEXAMPLE00", "SecretAccessKey": "s", "SessionToken": "t", "Token": "t",
                "Expiration": end.strftime("%Y-%m-%dT%H:%M:%SZ"), "AccountId": TARGET_ACCOUNT, "RoleArn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/x"}

    def test_a_clock_by_which_they_have_run_out_is_said_so(self):
        behind = Listener(date="Sat, 01 Jan 2000 00:00:00 GMT", body=self.vended(-60))
        done = Home(world, "hk_any", url=behind.url).run("credential-process", "prod")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr, r"\Ahourkey: By this machine's clock the credentials have run out already\. This machine's clock is \d+ d \d+ h "
                                      r"ahead of the server's\. Set the clock: .*\n\Z")

    def test_exec_says_it_and_goes_on(self):
        behind = Listener(date="Sat, 01 Jan 2000 00:00:00 GMT", body=self.vended(60))
        done = Home(world, "hk_any", url=behind.url).run("exec", "prod", "--", "echo", "ran")
        self.assertEqual((done.returncode, done.stdout), (0, "ran\n"))
        self.assertRegex(done.stderr, r"\Ahourkey: This machine's clock is .* ahead of the server's\. AWS refuses what is signed at a wrong time")


class Canary(unittest.TestCase):
    def test_token_and_secrets_are_nowhere_but_where_they_belong(self):
        home = Home(world, token)
        url = home.variables["HOURKEY_URL"]
        said = [home.run("login", "--server", url, stdin=token)]
        body = home.json("credential-process", "prod")
        secrets = [token, body["SecretAccessKey"], body["SessionToken"]]
        for arguments in (("whoami",), ("whoami", "--json"), ("context", "list"), ("context", "list", "--json"), ("doctor",), ("print", "prod"),
                          ("print", "prod", "--json"), ("configure", "prod"), ("credential-process", "prod", "--explain", "--timeout", "x"),
                          ("exec", "prod", "--", "true"), ("logout",)):
            said.append(home.run(*arguments))
        for done in said:
            for secret in secrets:
                self.assertNotIn(secret, done.stdout + done.stderr, done.args)
        with_one = [file for file in home.folder.rglob("*") if file.is_file() and any(s in file.read_text() for s in secrets)]
        self.assertEqual(sorted(with_one), sorted([home.token_file, *home.cache]), "and no longer in the contexts file")
        self.assertEqual([file for file in home.cache if token in file.read_text()], [])
        self.assertEqual({stat.S_IMODE(file.stat().st_mode) for file in home.cache}, {0o600})


class Offline(unittest.TestCase):
    def test_what_is_kept_lives_on_until_its_end_and_says_so(self):
        server = world.another_server("offline")
        operator = world.api(None)
        operator = type(operator)(server.port, world.authority.trust(), server.make_token("operator"))
        operator.post("/v1/tenants", {"name": "off"})
        admin = operator.as_holder_of(operator.post("/v1/tenants/off/tokens", {"role": "admin"}).json["token"])
        admin.put("/v1/tenants/off/apps/deploy")
        arn = f"arn:aws:iam::{TARGET_ACCOUNT}:role/hourkey/off-prod"
        made = admin.put("/v1/tenants/off/connections/prod", {"kind": "role", "role_arn": arn}).json
        world.emulator.put_role(arn, made["external_id"])
        admin.post("/v1/tenants/off/connections/prod/verify")
        admin.put("/v1/tenants/off/connections/prod/grants/deploy")
        home = Home(world, admin.post("/v1/tenants/off/tokens", {"role": "app", "app": "deploy"}).json["token"], url=f"https://127.0.0.1:{server.port}")
        first = home.json("credential-process", "prod")
        server.stop()

        # 12 of 60 minutes are left: no longer given out unasked.
        (kept,) = home.cache
        content = json.loads(kept.read_text())
        now = datetime.datetime.now(datetime.timezone.utc)
        stamp = "%Y-%m-%dT%H:%M:%SZ"
        content["fetched_at"] = (now - datetime.timedelta(minutes=48)).strftime(stamp)
        content["credentials"]["Expiration"] = (now + datetime.timedelta(minutes=12)).strftime(stamp)
        kept.write_text(json.dumps(content))
        done = home.run("credential-process", "prod")
        self.assertEqual((done.returncode, done.stderr), (0, ""), "SDKs are told nothing")
        self.assertEqual(json.loads(done.stdout)["AccessKeyId"], first["AccessKeyId"])
        done = home.run("credential-process", "prod", "--explain")
        self.assertIn("cannot be reached", done.stderr)
        self.assertIn("are given out", done.stderr)
        done = home.run("exec", "prod", "--", "sh", "-c", "echo $AWS_ACCESS_KEY_ID")
        self.assertEqual((done.returncode, done.stdout.strip()), (0, first["AccessKeyId"]))
        self.assertRegex(done.stderr, r"\Ahourkey: .* cannot be reached\. These are the credentials that were fetched at .*\n\Z")
        # Of somebody else's token nothing is kept, and what has run out is worth nothing.
        self.assertEqual(home.run("exec", "prod", "--", "true", HOURKEY_TOKEN_FILE=None, HOURKEY_TOKEN="hk_other").returncode, 5)
        content["credentials"]["Expiration"] = (now - datetime.timedelta(seconds=1)).strftime(stamp)
        kept.write_text(json.dumps(content))
        done = home.run("credential-process", "prod")
        self.assertEqual((done.returncode, done.stdout, len(done.stderr.splitlines())), (5, "", 1))


class Configure(unittest.TestCase):
    BEFORE = "# mine\r\n[default]\r\nregion = eu-west-1\t\r\n"

    def setUp(self):
        self.home = Home(world, token)
        self.config = self.home.aws / "config"
        self.config.write_bytes(self.BEFORE.encode())

    def test_a_profile_serves_awscli_and_goes_without_a_trace(self):
        self.config.chmod(0o640)
        done = self.home.run("configure", "prod", "--region", "us-east-1")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("AWS_SDK_LOAD_CONFIG=1", done.stderr)
        text = self.config.read_bytes().decode()
        self.assertTrue(text.startswith(self.BEFORE))
        self.assertEqual(stat.S_IMODE(self.config.stat().st_mode), 0o640)
        self.assertIn(f"credential_process = {HOURKEY} credential-process prod --server https://127.0.0.1:{world.server.port} "
                      f"--token-file {self.home.token_file} --cacert {world.authority.ca}\r\n", text)
        # Nothing but the profile says where hourkey is.
        alone = clean_environment(HOME=str(self.home.folder), XDG_RUNTIME_DIR=str(self.home.runtime), AWS_CA_BUNDLE=str(world.authority.ca))
        done = run(shutil.which("aws", path=PATH), "--profile", "prod", "--endpoint-url", world.emulator.url, "sts", "get-caller-identity", env=alone)
        self.assertEqual(done.returncode, 0, done.stderr)
        session = tenant.records("vend")[-1]["session_name"]
        self.assertEqual(json.loads(done.stdout)["Arn"], f"arn:aws:sts::{TARGET_ACCOUNT}:assumed-role/acme-prod/{session}")
        self.assertEqual(self.home.run("configure", "prod", "--region", "us-east-1").returncode, 0)
        self.assertEqual(self.config.read_bytes().decode(), text, "twice is once")
        self.assertEqual(self.home.run("configure", "prod", "--remove").returncode, 0)
        self.assertEqual(self.config.read_bytes(), self.BEFORE.encode())
        self.assertEqual(self.home.run("configure", "prod", "--remove").returncode, 4)

    def test_a_context_stands_in_the_profile_by_its_name(self):
        self.home.run("login", "--server", self.home.variables["HOURKEY_URL"], stdin=token)
        done = self.home.run("configure", "prod", "--profile", "p", HOURKEY_URL=None, HOURKEY_TOKEN_FILE=None, HOURKEY_CACERT=None)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"credential_process = {HOURKEY} credential-process prod --context acme-deploy\r\n", self.config.read_bytes().decode())

    def test_keys_that_would_win_are_refused(self):
        (self.home.aws / "credentials").write_text("[prod]\naws_access_key_id = AKIA\n")
        done = self.home.run("configure", "prod")
        self.assertEqual(done.returncode, 2)
        self.assertIn("has keys in", done.stderr)
        self.config.write_text("[profile x]\nrole_arn = y\n")
        done = self.home.run("configure", "prod", "--profile", "x")
        self.assertEqual(done.returncode, 2)
        self.assertIn("role_arn", done.stderr)
        self.assertEqual(self.config.read_text(), "[profile x]\nrole_arn = y\n")

    def test_a_home_without_aws_files(self):
        self.config.unlink()
        self.home.aws.rmdir()
        self.assertEqual(self.home.run("configure", "prod").returncode, 0)
        self.assertEqual(stat.S_IMODE(self.config.stat().st_mode), 0o600)


if __name__ == "__main__":
    unittest.main()
