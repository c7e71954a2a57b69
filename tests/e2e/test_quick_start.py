"""The newcomer's way: what `hourkeyd dev` prints works when it is pasted."""
import json
import re
import signal
import socket
import subprocess
import unittest

from harness import BINARIES, HOURKEY_ACCOUNT, HOURKEY_USER, PATIENCE, Authority, Emulator, Trouble, end_with_us, clean_environment, hourkeyd, temporary_folder, wait_until


def dev(folder, *more):
    return hourkeyd("dev", "--dir", folder, "--port", 0, "--admin-port", 0, *more)


def paste(line):
    """As a person would, into a shell."""
    return subprocess.run(["sh", "-c", line], env=clean_environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE * 2)


class RunningDev(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = temporary_folder() / "it's mine"  # a quote and a blank: the printed lines must survive them
        output = cls.folder.parent / "dev.out"
        with open(output, "wb") as out:
            cls.process = subprocess.Popen([str(BINARIES / "hourkeyd"), "dev", "--dir", str(cls.folder), "--port", "0", "--admin-port", "0"],
                                           env=clean_environment(), stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=end_with_us)
        cls.addClassCleanup(cls.end)

        def whole():
            if cls.process.poll() is not None:
                raise AssertionError(f"hourkeyd dev ended with {cls.process.returncode}: {output.read_text()}")
            return "Ctrl-C ends it" in output.read_text()

        wait_until("the end of what dev prints", whole)
        cls.text = output.read_text()
        cls.lines = [line.strip() for line in cls.text.splitlines()]

    @classmethod
    def end(cls):
        cls.process.kill()
        cls.process.wait()

    def line_with(self, words):
        found = [line for line in self.lines if words in line]
        self.assertEqual(len(found), 1, self.text)
        return found[0]

    def test_the_printed_curl_line_fetches_credentials(self):
        done = paste(self.line_with("curl --cacert"))
        self.assertEqual(done.returncode, 0, done.stderr)
        body = json.loads(done.stdout)
        self.assertEqual(body["Version"], 1)
        self.assertRegex(body["AccessKeyId"], "^ASIA[A-Z0-9]{16}$")
        self.assertIn(f"AccountId: {body['AccountId']}", self.text)
        self.assertIn(f"RoleArn: {body['RoleArn']}", self.text)

    def test_the_printed_aws_line_is_answered_with_the_vended_session(self):
        done = paste(self.line_with("aws --profile hourkey"))
        self.assertEqual(done.returncode, 0, done.stderr)
        identity = json.loads(done.stdout)
        self.assertRegex(identity["Arn"], r"^arn:aws:sts::\d{12}:assumed-role/hourkey-demo/hk\.demo\.deploy\.[0-9A-Z]{16}$")
        self.assertIn(f"AccountId: {identity['Account']}", self.text)

    def test_it_shows_one_vend_with_its_secrets_masked(self):
        for name in ("SecretAccessKey", "SessionToken"):
            self.assertRegex(self.line_with(f"{name}:"), rf"^{name}: .{{4}}\.\.\. \(\d+ characters\)$")
        self.assertNotRegex(self.text, "hk_(app|admin|operator)_")

    def test_it_says_where_its_ca_is_and_that_the_role_was_verified(self):
        self.assertTrue((self.folder / "ca.pem").is_file())
        self.assertIn(f"Its CA, made for this folder: {self.folder}/ca.pem", self.text)
        self.assertIn("stays shut with a wrong one or none", self.text)

    def test_what_holds_a_secret_is_readable_by_its_owner_only(self):
        self.assertEqual(self.folder.stat().st_mode & 0o077, 0)
        for file in self.folder.iterdir():
            self.assertEqual(file.stat().st_mode & 0o077, 0, file)

    def test_a_second_one_on_the_same_port_is_told_so(self):
        port = re.search(r"listening on https://127\.0\.0\.1:(\d+)", self.text)[1]
        done = hourkeyd("dev", "--once", "--dir", temporary_folder() / "other", "--port", port, "--admin-port", 0)
        self.assertEqual(done.returncode, 5, done.stdout)
        self.assertIn(f"Cannot listen on 127.0.0.1 port {port}", done.stderr)

    def test_a_second_one_in_the_same_folder_is_told_so(self):
        done = dev(self.folder, "--once")
        self.assertEqual(done.returncode, 5, done.stdout)
        self.assertIn("Another hourkeyd has this database open", done.stderr)


class Dev(unittest.TestCase):
    def test_once_ends_by_itself_and_may_be_repeated_in_the_same_folder(self):
        folder = temporary_folder() / "dev"
        first = dev(folder, "--once")
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertIn("AccessKeyId: ASIA", first.stdout)
        ca = (folder / "ca.pem").read_bytes()
        second = dev(folder, "--once")
        self.assertEqual(second.returncode, 0, second.stderr)
        self.assertIn("AccessKeyId: ASIA", second.stdout)
        self.assertEqual((folder / "ca.pem").read_bytes(), ca, "the CA that clients were told to trust is kept")
        self.assertEqual(first.stderr + second.stderr, "", "a newcomer sees no warning")

    def test_a_port_in_use_is_named_with_what_to_do(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            for which, other in (("--port", "--admin-port"), ("--admin-port", "--port")):
                with self.subTest(which):
                    done = hourkeyd("dev", "--once", "--dir", temporary_folder() / "dev", which, port, other, 0)
                    self.assertEqual(done.returncode, 5)
                    self.assertIn(f"Cannot listen on 127.0.0.1 port {port}", done.stderr)
                    self.assertIn("choose another port", done.stderr)

    def test_ctrl_c_and_sigterm_end_it_well(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number.name):
                process = subprocess.Popen([str(BINARIES / "hourkeyd"), "dev", "--dir", str(temporary_folder() / "dev"), "--port", "0", "--admin-port", "0"],
                                           env=clean_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                           preexec_fn=end_with_us)
                with process:
                    self.addCleanup(process.kill)
                    self.assertTrue(any("Ctrl-C ends it" in line for line in process.stdout))
                    process.send_signal(number)
                    self.assertEqual(process.wait(PATIENCE), 0)


class AgainstAws(unittest.TestCase):
    """`--aws`, with the emulator in AWS's place."""

    def setUp(self):
        self.folder = temporary_folder()
        self.output = self.folder / "dev.out"
        authority = Authority(self.folder)
        self.emulator = Emulator(authority)
        self.addCleanup(self.emulator.stop)
        self.env = {**self.emulator.base_environment(), "HOURKEY_AWS__STS_ENDPOINT": self.emulator.url, "HOURKEY_AWS__CA_FILE": str(authority.ca)}

    def start(self, **env):
        with open(self.output, "wb") as out:
            process = subprocess.Popen([str(BINARIES / "hourkeyd"), "dev", "--aws", "--once", "--dir", str(self.folder / "dev"), "--port", "0", "--admin-port", "0"],
                                       env=clean_environment(**self.env | env), stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=end_with_us)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_it_says_which_trust_policy_is_missing_waits_for_it_and_vends(self):
        # AWS is further away than the emulator: who hourkey is comes after the server is up.
        with self.emulator.failing("slow", DelayMs=500, Count=1):
            process = self.start()

            def asked_for_the_policy():
                if process.poll() is not None:
                    raise Trouble(f"it ended: {self.output.read_text()}")
                return re.search(r"--assume-role-policy-document '(.*)'", self.output.read_text())

            policy = json.loads(wait_until("the trust policy", asked_for_the_policy).group(1))
        role = re.search(r"does not yet let hourkey assume (\S+)\.$", self.output.read_text(), re.MULTILINE).group(1)
        self.assertEqual(role, f"arn:aws:iam::{HOURKEY_ACCOUNT}:role/hourkey-demo")
        condition = policy["Statement"][0]["Condition"]
        self.assertEqual(condition["ArnEquals"]["aws:PrincipalArn"], HOURKEY_USER)
        self.emulator.put_role(role, condition["StringEquals"]["sts:ExternalId"])
        self.assertEqual(process.wait(PATIENCE), 0, self.output.read_text())
        text = self.output.read_text()
        for words in ("STS: AWS itself", "Verified: the role opens", "AccessKeyId: ASIA", "aws --profile hourkey sts get-caller-identity"):
            self.assertIn(words, text)

    def test_a_key_that_aws_refuses_ends_it_with_what_to_check(self):
        self.assertEqual(self.start(AWS_ACCESS_KEY_ID="AKIAUNKNOWNTOEMULATE").wait(PATIENCE), 5)
        self.assertIn("AWS did not say whose credentials these are", self.output.read_text())
        self.assertIn("Check AWS_ACCESS_KEY_ID", self.output.read_text())


if __name__ == "__main__":
    unittest.main()
