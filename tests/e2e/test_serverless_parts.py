"""The plugin's own tests, by Node's test runner."""
import re
import subprocess
import unittest

import client_packages
from harness import PATH, REPOSITORY

PLUGIN = REPOSITORY / "clients/serverless"


class Parts(unittest.TestCase):
    def test_all_pass(self):
        if client_packages.node_version() < (18, 0):
            client_packages.missing("Node's test runner is there from 18 on")
        files = sorted(str(path) for path in (PLUGIN / "test").glob("*.test.js"))
        done = subprocess.run(["node", "--test", *files], env={"PATH": PATH, "HOME": "/nonexistent", "LANG": "C.UTF-8"}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout[-4000:] + done.stderr[-2000:])
        passed = re.search(r"^\W*pass (\d+)$", done.stdout, re.MULTILINE)
        self.assertGreater(int(passed[1]), 100)


if __name__ == "__main__":
    unittest.main()
