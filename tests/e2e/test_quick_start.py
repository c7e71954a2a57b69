"""The newcomer's way: what `hourkeyd dev` prints works when it is pasted."""
import json
import os
import pathlib
import pty
import re
import select
import signal
import socket
import subprocess
import unittest

import boto3

from harness import BINARIES, HOURKEY_ACCOUNT, HOURKEY_USER, PATIENCE, REPOSITORY, Authority, Emulator, Trouble, end_with_us, clean_environment, hourkeyd, temporary_folder, wait_until


def dev(folder, *more):
    return hourkeyd("dev", "--dir", folder, "--port", 0, "--admin-port", 0, *more)


def paste(line, **env):
    """As a person would, into a shell."""
    return subprocess.run(["sh", "-c", line], env=clean_environment(**env), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE * 2)


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

    @staticmethod
    def started(folder, **env):
        """Its output is read through a pipe."""
        return subprocess.Popen([str(BINARIES / "hourkeyd"), "dev", "--dir", str(folder), "--port", "0", "--admin-port", "0"], env=clean_environment() | env,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=end_with_us)

    @classmethod
    def end(cls):
        cls.process.kill()
        cls.process.wait()

    def line_with(self, words):
        found = [line for line in self.lines if words in line]
        self.assertEqual(len(found), 1, self.text)
        return found[0]

    def test_the_printed_curl_line_fetches_credentials(self):
        done = paste(self.line_with("curl --noproxy"))
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

    def test_the_printed_lines_work_behind_a_proxy(self):
        for name in ("HTTPS_PROXY", "https_proxy"):
            for line in ("curl ", "aws --profile hourkey"):
                with self.subTest(f"{name} {line}"):
                    done = paste(self.line_with(line), **{name: "http://127.0.0.1:9"})  # nobody listens there
                    self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_printed_aws_line_does_not_meet_the_users_own_profiles(self):
        home = temporary_folder()
        (home / ".aws").mkdir()
        (home / ".aws/credentials").write_text("[hourkey]\naws_access_key_id = AKIAOFSOMETHINGELSE0\naws_secret_access_key = nothing\n")
        done = paste(self.line_with("aws --profile hourkey"), HOME=str(home))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("assumed-role/hourkey-demo", done.stdout)

    def test_it_shows_one_vend_with_its_secrets_masked(self):
        for name in ("SecretAccessKey", "SessionToken"):
            self.assertRegex(self.line_with(f"{name}:"), rf"^{name}: .{{4}}\.\.\. \(\d+ characters\)$")
        self.assertNotRegex(self.text, "hk_(app|admin|operator)_")

    def test_the_readme_shows_what_is_printed(self):
        def without_what_differs(text):
            for pattern, word in ((r"(127\.0\.0\.1):\d+", r"\1:PORT"), (r"(folder: ).*/", r"\1"), (r"ASIA[A-Z0-9]{16}", "KEY"), (r"\S{4}(\.\.\. \()", r"\1"),
                                  (r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME")):
                text = re.sub(pattern, word, text)
            return text

        shown = re.search(r"^\$ \./dev run\n\.\.\.\n(.*?)^\.\.\.$", (REPOSITORY / "README.md").read_text(), re.MULTILINE | re.DOTALL)[1]
        self.assertIn("RoleArn", shown)
        self.assertTrue(without_what_differs(self.text).startswith(without_what_differs(shown)), self.text)

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
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn(f"Cannot listen on 127.0.0.1 port {port}", done.stderr)

    def test_a_second_one_in_the_same_folder_is_told_so(self):
        done = dev(self.folder, "--once")
        self.assertEqual(done.returncode, 5, done.stdout)
        self.assertIn("Another hourkeyd has this database open", done.stderr)
        self.assertIn(str(self.folder), done.stderr)
        self.assertIn("--dir", done.stderr)

    def test_the_printed_line_makes_a_token_of_the_admin(self):
        done = paste(self.line_with("token create"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"^hk_admin_\S+\n$")
        port = re.search(r"listening on https://127\.0\.0\.1:(\d+)", self.text)[1]
        answer = paste(f"curl -sS --noproxy '*' --cacert \"{self.folder}/ca.pem\" -H 'Authorization: Bearer {done.stdout.strip()}' "
                       f"https://127.0.0.1:{port}/v1/tenants/demo/apps")
        self.assertIn('"deploy"', answer.stdout, answer.stderr)

    def test_the_emulator_says_where_it_takes_more_roles(self):
        self.assertRegex(self.text, r"talk to https://127\.0\.0\.1:\d+/_emulator")


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
        for line in ("curl ", "aws --profile", "token create", "Ctrl-C", "_emulator."):
            self.assertNotIn(line, first.stdout, "impossible once it has ended")
        self.assertFalse((folder / "authorization").exists())

    def test_a_folder_that_is_not_its_own_is_left_alone(self):
        folder = temporary_folder() / "production"
        folder.mkdir(mode=0o750)
        for name in ("server.key", "server.pem", "ca.pem", "hourkey.db", "hourkey.db.key"):
            (folder / name).write_text(name)
        done = dev(folder, "--once")
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn(f"The folder {folder} is not empty", done.stderr)
        self.assertIn("--dir", done.stderr)
        self.assertEqual({f.name: f.read_text() for f in folder.iterdir()}, {n: n for n in ("server.key", "server.pem", "ca.pem", "hourkey.db", "hourkey.db.key")})
        self.assertEqual(folder.stat().st_mode & 0o777, 0o750)

    def test_it_prints_the_address_that_clients_are_to_use(self):
        folder = temporary_folder() / "named"
        process = RunningDev.started(folder, HOURKEY_LISTEN__PUBLIC_URL="https://hourkey.example.com/")
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C ends it" in line:
                break
        text = "".join(lines)
        self.assertIn("hourkey is listening on https://hourkey.example.com (", text)
        self.assertRegex(text, r"(?m)^  curl .* https://hourkey\.example\.com/v1/credentials/demo$")
        self.assertIn(" https://hourkey.example.com/v1/credentials/demo)", (folder / "aws-config").read_text())

    def test_it_stays_on_loopback_and_in_its_folder_whatever_the_environment_says(self):
        elsewhere = temporary_folder()
        (elsewhere / "hourkey.db.key").write_text("0" * 64 + "\n")
        env = {"HOURKEY_LISTEN__ADDRESS": "0.0.0.0", "HOURKEY_ADMIN__ADDRESS": "0.0.0.0", "HOURKEY_STORE__PATH": str(elsewhere / "hourkey.db"),
               "HOURKEY_STORE__KEY_FILE": str(elsewhere / "hourkey.db.key"), "HOURKEY_AWS__STS_ENDPOINT": "https://sts.example.com"}
        folder = temporary_folder() / "dev"
        process = RunningDev.started(folder, **env)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        ports = re.search(r"https://127\.0\.0\.1:(\d+) \(health and metrics: http://127\.0\.0\.1:(\d+)\)", process.stdout.readline()).groups()
        self.assertTrue(any("Ctrl-C ends it" in line for line in process.stdout))
        listening = [row.split()[1] for table in ("tcp", "tcp6") for row in pathlib.Path(f"/proc/net/{table}").read_text().splitlines() if row.split()[3] == "0A"]
        for port in ports:  # 0100007F is 127.0.0.1
            ours = {address for address in listening if address.endswith(f":{int(port):04X}")}
            self.assertEqual(ours, {f"0100007F:{int(port):04X}"})
        self.assertEqual([f.name for f in elsewhere.iterdir()], ["hourkey.db.key"])
        self.assertTrue((folder / "hourkey.db.key").is_file())

    def test_a_full_disk_is_told_with_its_path_room_and_key(self):
        folder = temporary_folder() / "dev"
        done = hourkeyd("dev", "--once", "--dir", folder, "--port", 0, "--admin-port", 0, env=clean_environment(HOURKEY_STORE__MIN_FREE_MIB="1000000"))
        self.assertEqual(done.returncode, 5, done.stdout)
        self.assertRegex(done.stderr, rf"disk of {folder} has \d+ MiB free.*store\.min_free_mib = 1000000")
        self.assertFalse(folder.exists())

    def test_a_role_without_aws_is_an_error(self):
        done = dev(temporary_folder() / "dev", "--once", "--role-arn", "arn:aws:iam::444455556666:role/x")
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("--aws", done.stderr)

    def test_awscli_is_offered_where_it_is_not_installed(self):
        bare = temporary_folder()
        (bare / "curl").symlink_to("/usr/bin/curl")
        process = RunningDev.started(temporary_folder() / "dev", PATH=str(bare))
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        said = []
        for line in process.stdout:
            said.append(line)
            if "Ctrl-C ends it" in line:
                break
        self.assertIn("apt-get install awscli", "".join(said))
        self.assertNotIn("apt-get install curl", "".join(said))

    def test_the_emulator_keeps_its_roles_over_a_restart(self):
        folder = temporary_folder() / "dev"
        role = "arn:aws:iam::444455556666:role/second"

        def emulator_of(process):
            for line in process.stdout:
                if found := re.search(r"talk to (https://127\.0\.0\.1:\d+)/_emulator", line):
                    return found[1]
            self.fail("it ended")

        for told in (False, True):
            process = RunningDev.started(folder)
            self.addCleanup(process.wait)
            self.addCleanup(process.kill)
            url = emulator_of(process)
            if not told:
                done = paste(f"curl -sS --noproxy '*' --cacert {folder}/ca.pem -d Action=PutRole -d RoleArn={role} -d ExternalId=hk-1 {url}/_emulator")
                self.assertEqual(done.stdout, "ok\n", done.stderr)
            else:
                done = paste(f"curl -sS --noproxy '*' --cacert {folder}/ca.pem -d Action=DeleteRole -d RoleArn={role} {url}/_emulator")
                self.assertEqual(done.stdout, "ok\n", "it is still known")
            process.terminate()
            self.assertEqual(process.wait(PATIENCE), 0)

    def test_on_a_terminal_each_request_is_a_line(self):
        folder = temporary_folder() / "dev"
        ours, theirs = pty.openpty()
        process = subprocess.Popen([str(BINARIES / "hourkeyd"), "dev", "--dir", str(folder), "--port", "0", "--admin-port", "0"], env=clean_environment(),
                                   stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, preexec_fn=end_with_us)
        os.close(theirs)
        self.addCleanup(os.close, ours)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        said = b""

        def says(words):
            nonlocal said
            while words not in said:
                ready, _, _ = select.select([ours], [], [], PATIENCE)
                self.assertTrue(ready, said.decode())
                said += os.read(ours, 65536)

        says(b"each request is a line here")
        self.assertNotIn(b"status=200", said)
        line = next(line for line in said.decode().splitlines() if "curl --noproxy" in line)
        self.assertEqual(paste(line.strip()).returncode, 0)
        says(b"route=/v1/credentials/{connection} status=200")
        says(b"app=deploy")

    def test_both_ports_alike_are_told_apart_before_anything_is_made(self):
        folder = temporary_folder() / "dev"
        done = hourkeyd("dev", "--once", "--dir", folder, "--port", 9, "--admin-port", 9)
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn("--port and --admin-port are both 9", done.stderr)
        self.assertFalse(folder.exists())

    def test_a_port_in_use_is_named_with_what_to_do(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            for which, other in (("--port", "--admin-port"), ("--admin-port", "--port")):
                with self.subTest(which):
                    done = hourkeyd("dev", "--once", "--dir", temporary_folder() / "dev", which, port, other, 0)
                    self.assertEqual(done.returncode, 2)
                    self.assertIn(f"Cannot listen on 127.0.0.1 port {port}", done.stderr)
                    self.assertIn("choose another port: --port and --admin-port", done.stderr)

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

    def start(self, *more, once=True, **env):
        """A variable that is None is not set."""
        env = {name: value for name, value in (self.env | env).items() if value is not None}
        with open(self.output, "wb") as out:
            where = () if "--dir" in more else ("--dir", str(self.folder / "dev"))
            process = subprocess.Popen([str(BINARIES / "hourkeyd"), "dev", "--aws", *(["--once"] if once else []), "--port", "0", "--admin-port", "0", *where, *more],
                                       env=clean_environment(**env), stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=end_with_us)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def said(self, process, words):
        """The match of a regular expression, once it is printed."""
        def printed():
            found = re.search(words, self.output.read_text(), re.MULTILINE)
            if not found and process.poll() is not None:
                raise Trouble(f"it ended: {self.output.read_text()}")
            return found

        return wait_until(words, printed)

    def make_the_role(self, process):
        """What the admin of the account does who reads the printed line. Returns the role's name and its trust policy."""
        role = self.said(process, r"does not yet let hourkey assume (\S+)\.$")[1]
        policy = json.loads(self.said(process, r"--assume-role-policy-document '(.*)'")[1])
        statement = policy["Statement"][0]
        self.emulator.put_role(role, statement["Condition"]["StringEquals"]["sts:ExternalId"], Principal=statement["Principal"]["AWS"],
                               PrincipalArn=statement["Condition"]["ArnEquals"]["aws:PrincipalArn"])
        return role, policy

    def ends_well(self, process):
        self.assertEqual(process.wait(PATIENCE), 0, self.output.read_text())

    def test_it_says_which_trust_policy_is_missing_waits_for_it_and_vends(self):
        # AWS is further away than the emulator: who hourkey is comes after the server is up.
        with self.emulator.failing("slow", DelayMs=500, Count=1):
            process = self.start()
            role, policy = self.make_the_role(process)
        self.assertEqual(role, f"arn:aws:iam::{HOURKEY_ACCOUNT}:role/hourkey-demo")
        self.assertEqual(policy["Statement"][0]["Condition"]["ArnEquals"]["aws:PrincipalArn"], HOURKEY_USER)
        self.ends_well(process)
        text = self.output.read_text()
        for words in (f"STS: {self.emulator.url.removeprefix('https://')}\n", "Verified: the role opens", "AccessKeyId: ASIA"):
            self.assertIn(words, text)

    def test_a_new_key_that_aws_does_not_know_yet_is_waited_for(self):
        with self.emulator.failing("invalid_client_token", Operation="GetCallerIdentity", Count=1):
            process = self.start()
            self.said(process, "Waiting for AWS to say whose credentials these are.*AWS STS refuses hourkey's own access key")
            self.make_the_role(process)
        self.ends_well(process)

    def test_a_profile_whose_role_is_refused_at_first_is_waited_for(self):
        base = f"arn:aws:iam::{HOURKEY_ACCOUNT}:role/base"
        self.emulator.put_role(base)
        with self.emulator.failing("access_denied", RoleArn=base, Count=2):
            process = self.start(**self.profile_of(base))
            self.make_the_role(process)
        self.ends_well(process)

    def test_no_line_is_printed_for_a_hourkey_whose_name_is_not_known(self):
        role = "arn:aws:iam::444455556666:role/team/x"
        with self.emulator.failing("access_denied", Operation="GetCallerIdentity"):
            process = self.start("--role-arn", role)
            self.said(process, "does not know yet who it is to AWS.*refuses GetCallerIdentity.*aws.principal_arn")
            self.assertNotIn("create-role", self.output.read_text())
        named, policy = self.make_the_role(process)
        self.assertEqual(named, role)
        self.ends_well(process)
        self.assertNotIn("YOUR-HOURKEY", self.output.read_text())

    def profile_of(self, role):
        """The environment of who has a profile that assumes the role."""
        (self.folder / "config").write_text(f"[default]\nrole_arn = {role}\nsource_profile = keys\n"
                                            f"[profile keys]\naws_access_key_id = {self.emulator.access_key}\naws_secret_access_key = {self.emulator.secret_key}\n")
        return {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "AWS_CONFIG_FILE": str(self.folder / "config")}

    def session_of(self, role):
        """The environment of who has assumed a role of hourkey's account, as it is pasted from elsewhere."""
        arn = f"arn:aws:iam::{HOURKEY_ACCOUNT}:role/{role}"
        self.emulator.put_role(arn)
        sts = boto3.client("sts", region_name="us-east-1", endpoint_url=self.emulator.url, verify=str(self.emulator.authority.ca),
                           aws_access_key_id=self.emulator.access_key, aws_secret_access_key=self.emulator.secret_key)
        keys = sts.assume_role(RoleArn=arn, RoleSessionName="jane@example.com")["Credentials"]
        return {"AWS_ACCESS_KEY_ID": keys["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"], "AWS_SESSION_TOKEN": keys["SessionToken"]}

    def test_a_profiles_role_is_trusted_with_its_path(self):
        base = f"arn:aws:iam::{HOURKEY_ACCOUNT}:role/services/hourkey"
        self.emulator.put_role(base)
        process = self.start(**self.profile_of(base))
        policy = self.make_the_role(process)[1]
        self.assertEqual(policy["Statement"][0]["Condition"]["ArnEquals"]["aws:PrincipalArn"], base)
        self.ends_well(process)

    def test_keys_of_single_sign_on_are_trusted_whatever_region_their_path_names(self):
        for path in ("", "eu-west-1/"):
            with self.subTest(path):
                process = self.start("--dir", str(self.folder / f"sso{len(path)}"),
                                     **self.session_of(f"aws-reserved/sso.amazonaws.com/{path}AWSReservedSSO_Admin_0123456789abcdef"))
                self.make_the_role(process)
                self.ends_well(process)
                self.assertNotIn("guess", self.output.read_text())

    def test_a_session_whose_roles_path_is_a_guess_is_told_so(self):
        process = self.start(**self.session_of("hourkey"))
        self.make_the_role(process)
        self.ends_well(process)
        self.assertRegex(self.output.read_text(), f"role/hourkey is a guess.*aws.principal_arn")

    def test_keys_that_may_not_assume_any_role_end_it_at_once(self):
        for arn, words in ((f"arn:aws:iam::{HOURKEY_ACCOUNT}:root", "root user"), (f"arn:aws:sts::{HOURKEY_ACCOUNT}:federated-user/jane", "federated user")):
            with self.subTest(words):
                self.emulator.control("PutUser", AccessKeyId="AKIAMAYNOTASSUMEROLE", SecretAccessKey="k" * 40, Arn=arn)
                process = self.start(AWS_ACCESS_KEY_ID="AKIAMAYNOTASSUMEROLE", AWS_SECRET_ACCESS_KEY="k" * 40)
                self.assertEqual(process.wait(PATIENCE), 5, self.output.read_text())
                self.assertIn(words, self.output.read_text())
                self.assertIn("IAM user", self.output.read_text())

    def test_the_profile_it_writes_is_of_the_region_in_use(self):
        self.emulator.control("PutUser", AccessKeyId="AKIACHINACHINACHINA1", SecretAccessKey="k" * 40, Arn=f"arn:aws-cn:iam::{HOURKEY_ACCOUNT}:user/hourkey")
        process = self.start(once=False, AWS_ACCESS_KEY_ID="AKIACHINACHINACHINA1", AWS_SECRET_ACCESS_KEY="k" * 40, AWS_REGION="cn-north-1")
        self.make_the_role(process)
        self.said(process, "AWS_SHARED_CREDENTIALS_FILE=/dev/null aws --profile hourkey sts get-caller-identity")
        self.assertIn("\nregion = cn-north-1\n", (self.folder / "dev/aws-config").read_text())

    def test_the_role_is_made_with_its_path_and_hourkey_allowed_to_assume_it(self):
        process = self.start("--role-arn", "arn:aws:iam::444455556666:role/team/x")
        self.make_the_role(process)
        self.ends_well(process)
        text = self.output.read_text()
        self.assertIn("aws iam create-role --path '/team/' --role-name x ", text)
        statement = json.loads(re.search("aws iam put-user-policy --user-name hourkey .*--policy-document '(.*)'", text)[1])["Statement"][0]
        self.assertEqual((statement["Action"], statement["Resource"]), ("sts:AssumeRole", "arn:aws:iam::444455556666:role/team/x"))

    def test_why_a_verification_does_not_pass_is_said_and_again_when_it_changes(self):
        role = f"arn:aws:iam::{HOURKEY_ACCOUNT}:role/hourkey-demo"
        self.emulator.control("SetFault", Fault="opt_in_required", RoleArn=role)
        process = self.start()
        self.said(process, rf"has not told yet whether hourkey may assume {role}\.\n  assume_role: .*OptInRequired")
        self.assertNotIn("create-role", self.output.read_text())
        self.emulator.put_role(role)  # open to whoever knows its name
        self.emulator.control("ClearFaults")
        self.said(process, rf"'insecure_trust': others can assume {role} too")
        policy = json.loads(self.said(process, "aws iam update-assume-role-policy --role-name hourkey-demo --policy-document '(.*)'")[1])
        self.emulator.put_role(role, policy["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"])
        self.ends_well(process)
        self.assertEqual(self.output.read_text().count("insecure_trust"), 1)

    def test_what_it_cannot_use_of_the_environment_is_named(self):
        rows = (("AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN", 5,
                 dict(AWS_WEB_IDENTITY_TOKEN_FILE="/token", AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)),
                ("AWS_REGION is 'EU-West-1', which is no AWS region", 2, dict(AWS_REGION="EU-West-1")))
        for words, code, env in rows:
            with self.subTest(words):
                self.assertEqual(self.start(**env).wait(PATIENCE), code)
                self.assertIn(words, self.output.read_text())

    def test_a_proxy_that_is_not_taken_is_warned_of_once(self):
        process = self.start(HTTPS_PROXY="http://user:hunter2@127.0.0.1:9")
        self.make_the_role(process)
        self.ends_well(process)
        self.assertEqual(self.output.read_text().count("hourkey takes no proxy"), 1)
        self.assertNotIn("hunter2", self.output.read_text())

    def test_a_role_arn_that_is_none_makes_nothing(self):
        process = self.start("--role-arn", 'arn:aws:iam::444455556666:role/x","region":"eu-west-1')
        self.assertEqual(process.wait(PATIENCE), 2)
        self.assertIn("role_arn", self.output.read_text())
        self.assertNotIn("listening", self.output.read_text())
        self.assertFalse((self.folder / "dev").exists())

    def test_once_ends_with_the_line_for_the_same_without_it(self):
        role = "arn:aws:iam::444455556666:role/team/x"
        process = self.start("--role-arn", role)
        self.make_the_role(process)
        self.ends_well(process)
        self.assertIn(f"hourkeyd dev --dir '{self.folder}/dev' --port 0 --admin-port 0 --aws --role-arn '{role}'\n".replace("'", ""),
                      self.output.read_text().replace("'", ""))

    def test_without_any_credentials_it_ends_at_once(self):
        process = self.start(AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
        self.assertEqual(process.wait(PATIENCE), 5)
        self.assertIn("AWS_ACCESS_KEY_ID is not set", self.output.read_text())
        self.assertNotIn("Waiting", self.output.read_text())

    def test_a_vend_that_is_refused_right_after_verify_is_tried_again(self):
        process = self.start()
        self.make_the_role(process)
        self.ends_well(process)
        self.emulator.control("ClearHistory")
        self.ends_well(self.start())
        calls = self.emulator.history()
        self.assertTrue(calls[-1]["session"].startswith("hk."), calls)
        # AccessDenied is asked again once by itself: two are needed to refuse one vend.
        with self.emulator.failing("access_denied", Operation="AssumeRole", After=len(calls) - 1, Count=2):
            self.ends_well(self.start())
        self.assertIn("The first vend was not answered with credentials", self.output.read_text())
        self.assertIn("AccessKeyId: ASIA", self.output.read_text())

    def test_ctrl_c_ends_every_wait_of_it(self):
        waits = {"identity": ("Waiting for AWS", dict(fault="invalid_client_token", Operation="GetCallerIdentity")),
                 "verify": ("connection 'demo' ->", dict(fault="hang", Operation="AssumeRole"))}
        for name, (words, fault) in waits.items():
            with self.subTest(name), self.emulator.failing(**fault):
                process = self.start()
                self.said(process, words)
                process.send_signal(signal.SIGINT)
                self.assertEqual(process.wait(PATIENCE), 0, self.output.read_text())
                for words in ("AWS did not say", "does not yet let"):
                    self.assertNotIn(words, self.output.read_text())

    def test_a_key_that_aws_refuses_ends_it_with_what_to_check(self):
        self.assertEqual(self.start(AWS_ACCESS_KEY_ID="AKIAUNKNOWNTOEMULATE").wait(PATIENCE * 2), 5)
        self.assertIn("AWS did not say whose credentials these are: AWS STS refuses hourkey's own access key", self.output.read_text())
        self.assertIn("Check AWS_ACCESS_KEY_ID", self.output.read_text())


if __name__ == "__main__":
    unittest.main()
