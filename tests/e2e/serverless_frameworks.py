"""The Serverless Framework and osls as people run them, with the plugin as npm installs it, and an AWS of our own."""
import json
import re
import shutil
import subprocess
import unittest

import client_packages
from aws_stand_in import AwsStandIn, InstanceRole, Moto
from harness import PATH, REPOSITORY, Authority, World, end_with_us, temporary_folder

PLUGIN = REPOSITORY / "clients/serverless"
MOTO = "moto[server]==5.2.5"
CONNECTION = "sls-api-services"
APP = "web"
RUNTIME = "provided.al2023"  # one without an end in sight: what checks templates refuses a runtime from a day on
LOCAL_KEY = "AKIALOCALDEFAULT0000"  # static keys under [default]
PATIENCE = 240  # seconds; a first run compiles the schema of the configuration


class Framework:
    """One version of one framework; `node` is the oldest that it runs on."""

    def __init__(self, package, version, node=(12, 0), always=True):
        self.package, self.version, self.node, self.always = package, version, node, always

    @property
    def name(self):
        return f"{self.package} {self.version}"

    @property
    def major(self):
        return int(self.version.partition(".")[0])

    def install(self):
        """Or passes the test over, saying why; in CI the ones that always run must."""
        if not self.always and not client_packages.ALL:
            raise unittest.SkipTest(f"{self.name} runs under ./dev test --all-clients")
        have = client_packages.node_version()
        if have < self.node:
            wanted, found = (".".join(map(str, version)) for version in (self.node, have))
            client_packages.missing(f"{self.name} needs Node {wanted}, here is {found}")
        binaries = client_packages.npm(self.package, self.version) / "node_modules/.bin"
        self.program = binaries / ("osls" if self.package == "osls" else "serverless")
        return self


V1 = Framework("serverless", "1.83.3", always=False)
V2 = Framework("serverless", "2.72.4", always=False)
V3 = Framework("serverless", "3.40.0")
OSLS3 = Framework("osls", "3.77.1", node=(20, 19))
OSLS4 = Framework("osls", "4.3.1", node=(20, 19))


class Run:
    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def text(self):
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.out + self.err)

    def lines(self, wanted):
        return [line.strip() for line in self.text.splitlines() if wanted in line]

    def __repr__(self):
        return f"exit {self.code}\n{self.text}"


def packed_plugin():
    """What `npm pack` puts into the package: a file that it leaves out would be missed here."""
    folder = temporary_folder()
    done = subprocess.run(["npm", "pack", "--silent", str(PLUGIN)], cwd=folder, env={"PATH": PATH, "HOME": str(folder)},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(f"npm pack: {done.stderr}")
    shutil.unpack_archive(next(folder.glob("*.tgz")), folder, "gztar")
    return folder / "package"


class Stage:
    """hourkeyd with a connection that an app may use, AWS, an instance role, and a home with [default] keys."""

    def __init__(self):
        self.world = World()
        self.tenant = self.world.tenant("acme")
        self.app = self.tenant.ready(APP, CONNECTION)
        self.moto = Moto(client_packages.pip(MOTO, "moto_server"), self.world.folder)
        of_aws = self.world.folder / "of-aws"
        of_aws.mkdir()
        self.aws_authority = Authority(of_aws)  # trust in it must not stand for trust in hourkey's
        self.aws = AwsStandIn(self.aws_authority, self.moto)
        self.instance = InstanceRole()
        self.plugin = packed_plugin()
        self.home = self.world.folder / "home"
        (self.home / ".aws").mkdir(parents=True)
        (self.home / ".aws/credentials").write_text(
            f"[default]\naws_access_key_id = {LOCAL_KEY}\naws_secret_access_key = local-secret-of-default\n"
            "[other]\naws_access_key_id = AKIAOTHERPROFILE0000\naws_secret_access_key = other-secret\n")

    def close(self):
        self.aws.close()
        self.instance.close()
        self.moto.stop()
        self.world.close()

    @property
    def url(self):
        return f"https://127.0.0.1:{self.world.server.port}"

    def environment(self, **more):
        """A job's, with an instance role within reach."""
        ca = str(self.aws_authority.ca)
        return {
            "PATH": PATH, "HOME": str(self.home), "LANG": "C.UTF-8", "CI": "1",
            "SLS_TELEMETRY_DISABLED": "1", "SLS_TRACKING_DISABLED": "1", "SLS_NOTIFICATIONS_MODE": "off",
            "SLS_DISABLE_AUTO_UPDATE": "1", "SLS_DEPRECATION_DISABLE": "*", "SLS_AWS_REQUEST_MAX_RETRIES": "0",
            "SLS_SCHEMA_CACHE_BASE_DIR": str(client_packages.FOLDER / "schemas"),
            "HTTPS_PROXY": self.aws.proxy_url, "NO_PROXY": "127.0.0.1", "NODE_EXTRA_CA_CERTS": ca, "HTTPS_CAFILE": ca,
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.instance.url, "HOURKEY_URL": self.url,
            "HOURKEY_TOKEN": self.app.token, "HOURKEY_CACERT": str(self.world.authority.ca),
            **{k: str(v) for k, v in more.items()},
        }

    def granted(self):
        """The access keys of credentials that hourkey gave out."""
        return {r["access_key_id"] for r in self.tenant.records("vend") if r["outcome"] == "granted"}

    def vends(self):
        return len(self.tenant.records("vend"))


class Service:
    """A folder with a serverless.yml."""

    def __init__(self, stage, framework, credentials="${secrets:sls-api-services}", provider=(), more=()):
        self.stage, self.framework, self.folder = stage, framework, temporary_folder()
        modules = self.folder / "node_modules"
        modules.mkdir()
        shutil.copytree(stage.plugin, modules / "serverless-hourkey")
        self.configuration = {
            "service": "walk", "plugins": ["serverless-hourkey"],
            "provider": {"name": "aws", "runtime": RUNTIME, "region": AwsStandIn.REGION, **dict(provider)},
            "functions": {"hello": {"handler": "handler.hello"}}, **dict(more)}
        if credentials is not None:
            self.configuration["provider"]["credentials"] = credentials
        (self.folder / "handler.js").write_text("exports.hello = async () => ({ statusCode: 200 });\n")
        self.write()

    def write(self):
        # YAML is a superset of JSON.
        (self.folder / "serverless.yml").write_text(json.dumps(self.configuration, indent=2))

    def run(self, *arguments, without=(), **variables):
        surroundings = {k: v for k, v in self.stage.environment(**variables).items() if k not in without}
        done = subprocess.run([str(self.framework.program), *arguments], cwd=self.folder, env=surroundings,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE,
                              preexec_fn=end_with_us)
        return Run(done)

    def left_behind(self):
        """Every file of .serverless/, where the framework packs what it uploads."""
        files = [path for path in (self.folder / ".serverless").rglob("*") if path.is_file()]
        return {path.relative_to(self.folder): path.read_bytes() for path in files}
