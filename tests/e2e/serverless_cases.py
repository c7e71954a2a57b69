"""What the plugin does in every framework; each version's file runs it with the real one."""
import datetime
import http.server
import json
import re
import ssl
import threading
import urllib.error
import urllib.request

from harness import temporary_folder
from serverless_frameworks import APP, CONNECTION, LOCAL_KEY, Service, Stage

STACK_LINE = re.compile(r"^\s+at .*[(:/]", re.MULTILINE)
# Each of them would sign instead, if the plugin let it.
RIVALS = {"AWS_PROFILE": "other", "AWS_DEFAULT_PROFILE": "other", "AWS_DEV_PROFILE": "other",
          "AWS_DEV_ACCESS_KEY_ID": "AKIADEVSTAGE00000000", "AWS_DEV_SECRET_ACCESS_KEY": "dev-secret",
          "AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT00000", "AWS_SECRET_ACCESS_KEY": "environment-secret",
          "AWS_SESSION_TOKEN": "environment-token"}
NOBODY = "https://127.0.0.1:9"  # the discard service, which nobody runs
OTHER_PLUGIN = """
module.exports = class {
  constructor() { this.hooks = {}; }
  async asyncInit() {
    const sdk = require(process.env.SDK);
    const ofChain = () => new sdk.CredentialProviderChain().resolvePromise();
    const ofClient = () => new sdk.STSClient({ region: 'us-east-1' }).config.credentials();
    const asked = sdk.CredentialProviderChain ? ofChain() : ofClient();
    require('fs').writeFileSync('found', await asked.then(({ accessKeyId }) => accessKeyId, () => 'none'));
  }
};
"""
QUICK = {"SLS_AWS_MONITORING_FREQUENCY": "500"}  # ms between looks at a stack; 5,000 is the frameworks' own


class Front:
    """Before hourkeyd: its answers, with what is secret in them noted. With `seconds` the credentials end that soon,
    and AWS refuses them from then on."""

    def __init__(self, stage, seconds=None):
        authority, server = stage.world.authority, stage.world.server
        self.secrets = secrets = set()

        class door(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked = urllib.request.Request(f"https://127.0.0.1:{server.port}{self.path}",
                                               headers={"Authorization": self.headers["Authorization"]})
                try:
                    answer = urllib.request.urlopen(asked, context=authority.trust())
                except urllib.error.HTTPError as refusal:
                    answer = refusal
                with answer:
                    body = json.loads(answer.read())
                    secrets.update(body[key] for key in ("SecretAccessKey", "SessionToken") if key in body)
                    if answer.status == 200 and seconds:
                        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
                        # The text has whole seconds; AWS is as strict as it says.
                        body["Expiration"] = end.strftime("%Y-%m-%dT%H:%M:%SZ")
                        stage.aws.ends[body["AccessKeyId"]] = end.replace(microsecond=0)
                    text = json.dumps(body).encode()
                    self.send_response(answer.status)
                    self.send_header("Content-Length", str(len(text)))
                    self.end_headers()
                    self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), door)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*authority.issue("front"))
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"https://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Plugin:
    """Mixed into a TestCase that says which `framework`."""

    @classmethod
    def setUpClass(cls):
        cls.framework.install()
        cls.stage = Stage()
        cls.addClassCleanup(cls.stage.close)

    def setUp(self):
        self.stage.aws.forget()
        self.stage.instance.asked.clear()

    def service(self, *arguments, **options):
        return Service(self.stage, self.framework, *arguments, **options)

    def front(self, **options):
        front = Front(self.stage, **options)
        self.addCleanup(front.close)
        return front

    # -------------------------------------------------------------------------------------------------- what must hold

    def assert_signed_by_hourkey_alone(self, keys=1):
        signers = self.stage.aws.signers()
        self.assertEqual(signers - self.stage.granted(), set(), self.stage.aws.calls)
        self.assertEqual(len(signers), keys)
        self.assert_nobody_else_was_asked()

    def assert_nobody_else_was_asked(self):
        self.assertEqual(self.stage.instance.asked, [], "the instance role")
        self.assertEqual(self.stage.aws.strangers, [], "hosts that are not AWS's")

    def assert_refused(self, run, wanted, signed=0):
        """One line says why, nothing was signed, and nothing is shown that only a defect or a secret would be."""
        self.assertNotEqual(run.code, 0, run)
        lines = run.lines("hourkey: ")
        self.assertEqual(len(lines), 1, run)
        self.assertRegex(lines[0], wanted)
        self.assertEqual(len(self.stage.aws.calls), signed, self.stage.aws.calls)
        self.assert_nobody_else_was_asked()
        self.assert_shows_no_secret(run)
        self.assertIsNone(STACK_LINE.search(run.text), run)

    def assert_shows_no_secret(self, run, more=()):
        tokens = {call.session_token for call in self.stage.aws.calls if call.session_token}
        for secret in (self.stage.app.token, *more, *tokens):
            self.assertNotIn(secret, run.text)

    def shown_credentials(self, run):
        self.assertEqual(run.code, 0, run)
        text = run.out[run.out.index("{"):] if "{" in run.out else run.out
        return json.JSONDecoder().raw_decode(text)[0]

    # -------------------------------------------------------------------------------------------------------- it works

    def test_print_shows_the_three_keys_of_one_vend(self):
        before = self.stage.vends()
        custom = {"again": "${secrets:sls-api-services}", "account": "${secrets:sls-api-services.accountId}"}
        run = self.service(more={"custom": custom}).run("print", "--format", "json", **RIVALS)
        shown = self.shown_credentials(run)
        credentials = shown["provider"]["credentials"]
        self.assertEqual(set(credentials), {"accessKeyId", "secretAccessKey", "sessionToken"})
        self.assertIn(credentials["accessKeyId"], self.stage.granted())
        self.assertEqual(shown["custom"]["again"], credentials)
        self.assertEqual(shown["custom"]["account"], "444455556666")
        self.assertEqual(self.stage.vends() - before, 1)

    def test_a_whole_life_is_signed_by_hourkey_alone(self):
        service, front = self.service(), self.front()
        for words in (["deploy"], ["info"], ["invoke", "--function", "hello"], ["remove"]):
            with self.subTest(words[0]):
                self.stage.aws.calls.clear()
                run = service.run(*words, HOURKEY_URL=front.url, **RIVALS, **QUICK)
                self.assertEqual(run.code, 0, run)
                self.assert_signed_by_hourkey_alone()
                self.assert_shows_no_secret(run, front.secrets)
                if words[0] == "deploy":
                    uploads = {call.path: call.body for call in self.stage.aws.calls if call.method == "PUT"}
                    self.assertTrue([path for path in uploads if ".zip" in path], "it uploads")
                    self.assert_keeps_no_secret(service, front, uploads)

    def assert_keeps_no_secret(self, service, front, uploads):
        """Neither on the disk nor in the deployment bucket, where the framework puts its whole configuration."""
        self.assertTrue(front.secrets)
        left = service.left_behind()
        for name, content in {**left, **uploads}.items():
            for secret in front.secrets:
                self.assertNotIn(secret.encode(), content, name)
        state = next(content for name, content in left.items() if name.name == "serverless-state.json")
        self.assertEqual(json.loads(state)["service"]["provider"]["credentials"], f"secrets:{CONNECTION}")

    def test_package_asks_aws_nothing_and_keeps_no_secret(self):
        service, front = self.service(), self.front()
        run = service.run("package", HOURKEY_URL=front.url)
        self.assertEqual(run.code, 0, run)
        self.assert_keeps_no_secret(service, front, {})
        self.assertEqual(self.stage.aws.calls, [])
        self.assert_nobody_else_was_asked()

    def test_variables_stand_inside_the_reference(self):
        for name, credentials, arguments, more in (
                ("a stage", "${secrets:sls-${opt:stage}-services}", ("--stage", "api"), {}),
                ("of the configuration", "${secrets:${self:custom.connection}}", (),
                 {"custom": {"connection": "sls-${env:PART}-services"}}),
                ("angle brackets", "$<secrets:sls-api-services>", (), {}),
                ("an empty one", "${secrets:${opt:absent}, secrets:sls-api-services}", (), {}),
                ("elsewhere", "${self:custom.aws}", (), {"custom": {"aws": "${secrets:sls-api-services}"}})):
            with self.subTest(name):
                self.stage.aws.forget()
                run = self.service(credentials, more=more).run("info", *arguments, PART="api")
                self.assertRegex(run.text, r"walk-\w+ does not exist|Stack with id")
                self.assert_signed_by_hourkey_alone()

    def test_the_region_of_the_connection_is_the_regions_of_the_deploy(self):
        self.stage.tenant.link("regional", default_region="eu-west-1")
        self.stage.tenant.grant("regional", APP)
        service = self.service("${secrets:regional}", provider={"region": "${secrets:regional.region}"})
        run = service.run("info", **RIVALS)
        self.assertEqual([call.host for call in self.stage.aws.calls], ["cloudformation.eu-west-1.amazonaws.com"], run)
        self.assert_signed_by_hourkey_alone()

    def test_each_key_may_be_named_by_itself(self):
        keys = ("accessKeyId", "secretAccessKey", "sessionToken")
        self.service({key: f"${{secrets:sls-api-services.{key}}}" for key in keys}).run("info", **RIVALS)
        self.assert_signed_by_hourkey_alone()

    def test_the_framework_reads_parameters_with_the_same_credentials(self):
        service = self.service(more={"custom": {"parameter": "${ssm:/walk/parameter}"}})
        run = service.run("print", "--format", "json", **RIVALS)
        self.assertIn("GetParameter", self.stage.aws.actions(), run)
        self.assert_signed_by_hourkey_alone()

    def test_a_deploy_outlives_its_credentials(self):
        front = self.front(seconds=6)
        service = self.service()
        run = service.run("deploy", HOURKEY_URL=front.url)
        self.assertEqual(run.code, 0, run)
        self.assertEqual(self.stage.aws.signers() - self.stage.granted(), set())
        calls = self.stage.aws.calls
        first_end = self.stage.aws.ends[calls[0].access_key]
        self.assertGreater(calls[-1].time, first_end, "the deploy was too quick to prove anything")
        self.assertGreaterEqual(len(self.stage.aws.signers()), 2)
        self.assert_nobody_else_was_asked()

    def test_the_contexts_of_hourkey_login_are_read(self):
        configuration = temporary_folder()
        (configuration / "hourkey").mkdir()
        file = configuration / "hourkey/contexts.json"
        work = {"url": self.stage.url, "tenant": "acme", "token": self.stage.app.token,
                "cacert": str(self.stage.world.authority.ca)}
        file.write_text(json.dumps({"version": 1, "current": "work", "contexts": {"work": work}}))
        file.chmod(0o600)
        hidden = ("HOURKEY_URL", "HOURKEY_TOKEN", "HOURKEY_CACERT")
        self.service().run("info", without=hidden, XDG_CONFIG_HOME=configuration)
        self.assert_signed_by_hourkey_alone()
        self.stage.aws.forget()
        file.chmod(0o640)
        run = self.service().run("deploy", without=hidden, XDG_CONFIG_HOME=configuration)
        self.assert_refused(run, r"others can read it: chmod 600")

    def test_local_credentials_only_when_asked_for(self):
        run = self.service().run("info", "--use-local-credentials", without=("HOURKEY_URL", "HOURKEY_TOKEN"))
        self.assertEqual(self.stage.aws.signers(), {LOCAL_KEY}, run)
        self.assertEqual(len(run.lines("own AWS credentials sign (--use-local-credentials)")), 1, run)

    def test_debugging_output_has_no_secret(self):
        front = self.front()
        run = self.service().run("info", HOURKEY_URL=front.url, SLS_DEBUG="*", DEBUG="*")
        self.assert_signed_by_hourkey_alone()
        self.assertEqual(len(front.secrets), 2)
        self.assert_shows_no_secret(run, front.secrets)
        self.stage.aws.forget()
        run = self.service().run("info", HOURKEY_URL=front.url, SLS_LOG_DEBUG="*")
        for secret in front.secrets:
            # osls 4 logs each failed call to AWS with its headers, the session token's among them.
            if not (self.framework.package == "osls" and self.framework.major == 4 and secret.startswith("IQoJ")):
                self.assertNotIn(secret, run.text)

    # ------------------------------------------------------------------------------------------------- it fails closed

    def test_refusals_sign_nothing(self):
        stranger = self.stage.tenant.app("stranger")
        token = self.stage.tenant.holder(stranger).token
        for name, wanted, variables, without in (
                ("denied", rf'use of the secret is not allowed: app "stranger", connection "{CONNECTION}"',
                 {"HOURKEY_TOKEN": token}, ()),
                ("token unknown", r"does not know the token of HOURKEY_TOKEN.*request [0-9A-Z]{26}",
                 {"HOURKEY_TOKEN": "hk_app_nonsense"}, ()),
                ("down", r"cannot be reached \(connection refused, ECONNREFUSED\)", {"HOURKEY_URL": NOBODY}, ()),
                ("untrusted", r"is not trusted \(.*set HOURKEY_CACERT", {}, ("HOURKEY_CACERT",)),
                ("another CA", r"is not trusted", {"HOURKEY_CACERT": self.stage.aws_authority.ca}, ()),
                ("not to be verified", r"is not trusted", {"NODE_TLS_REJECT_UNAUTHORIZED": "0"}, ("HOURKEY_CACERT",)),
                ("no settings", r"set HOURKEY_URL", {}, ("HOURKEY_URL", "HOURKEY_TOKEN")),
                ("no token", r"there is no token for", {}, ("HOURKEY_TOKEN",))):
            with self.subTest(name):
                self.stage.aws.forget()
                self.assert_refused(self.service().run("deploy", without=without, **{**RIVALS, **variables}), wanted)
        with self.subTest("debugging"):
            run = self.service().run("deploy", HOURKEY_TOKEN=token, SLS_DEBUG="*")
            self.assertNotEqual(run.code, 0)
            self.assertEqual(self.stage.aws.calls, [])
            self.assertEqual([line for line in run.lines("serverless-hourkey") if line.startswith("at ")], [], run)
            self.assertNotIn(token, run.text)

    def test_a_connection_of_which_the_role_refuses(self):
        self.stage.tenant.link("refusing")
        self.stage.tenant.grant("refusing", APP)
        with self.stage.world.emulator.failing("access_denied"):
            self.assert_refused(self.service("${secrets:refusing}").run("deploy"), r"secrets:refusing: .*request")

    def test_another_plugin_finds_no_other_identity_meanwhile(self):
        """It asks its own SDK for credentials while hourkey has not answered yet."""
        modules = self.framework.program.resolve().parents[2]
        sdk = next(path for path in (modules / "aws-sdk", modules / "@aws-sdk/client-sts") if path.exists())
        plugins = {"plugins": ["serverless-hourkey", "./other.js"]}
        for name, credentials, wanted in (
                ("with a reference", "${secrets:sls-api-services}", "none"),
                ("without", None, LOCAL_KEY)):
            with self.subTest(name):
                service = self.service(credentials, more=plugins)
                (service.folder / "other.js").write_text(OTHER_PLUGIN)
                service.run("info", HOURKEY_URL=NOBODY, SDK=sdk)
                self.assertEqual((service.folder / "found").read_text(), wanted)
                self.assertEqual(self.stage.instance.asked, [])

    def test_two_identities_are_none(self):
        for name, wanted, arguments, provider in (
                ("an option", r"--aws-profile", ("--aws-profile", "other"), {}),
                ("a profile", r"provider\.profile", (), {"profile": "other"})):
            with self.subTest(name):
                self.stage.aws.forget()
                self.assert_refused(self.service(provider=provider).run("info", *arguments), wanted)

    def test_what_is_no_reference_is_refused(self):
        for name, credentials, wanted in (
                ("a plain text", "sls-api-services", r"write \$\{secrets:NAME\}"),
                ("a field as a whole", "${secrets:sls-api-services.accessKeyId}", r"without \.accessKeyId"),
                ("an unknown field", "${secrets:sls-api-services.password}", r"the field is one of"),
                ("no name", "${secrets:Sls_Api}", r"a name has at most 63"),
                ("a default that could sign", "${secrets:sls-api-services, 'x'}", r"another secrets:NAME"),
                ("an empty variable", "${secrets:${opt:absent}}", r"is empty")):
            with self.subTest(name):
                self.stage.aws.forget()
                self.assert_refused(self.service(credentials).run("deploy", **RIVALS), wanted)

    def test_a_token_has_no_place_in_the_configuration(self):
        run = self.service(more={"custom": {"hourkey": {"token": "hk_app_x"}}}).run("deploy")
        self.assert_refused(run, r"custom\.hourkey\.token: a token has no place in serverless\.yml")


class Syntax:
    """v1 and v2 alone: `variableSyntax` for files in which ${...} means something else."""

    def test_angle_brackets(self):
        provider = {"variableSyntax": "\\$<([^<>]+)>"}
        service = self.service("$<secrets:sls-api-services>", provider, {"custom": {"kept": "${AWS::Region}"}})
        shown = self.shown_credentials(service.run("print", "--format", "json"))
        self.assertIn(shown["provider"]["credentials"]["accessKeyId"], self.stage.granted())
        self.assertEqual(shown["custom"]["kept"], "${AWS::Region}")
        self.service("$<secrets:sls-api-services>", provider=provider).run("info", **RIVALS)
        self.assert_signed_by_hourkey_alone()
