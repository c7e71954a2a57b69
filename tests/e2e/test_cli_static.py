"""The shipped `hourkey` is one file: it needs no library, no resolver's plug-in and no trust store in Debian's place."""
import json
import os
import shutil
import subprocess
import unittest

from cli_home import HOURKEY
from harness import World, temporary_folder

IS_SHIPPED = os.environ.get("HOURKEY_BUILD_TYPE", "Release") == "Release"
BUNDLES = ("etc/ssl/certs/ca-certificates.crt", "etc/pki/tls/certs/ca-bundle.crt", "etc/ssl/ca-bundle.pem", "etc/ssl/cert.pem")


@unittest.skipUnless(IS_SHIPPED, "only a release build is static")
class Static(unittest.TestCase):
    def test_it_asks_for_no_loader(self):
        headers = subprocess.run(["readelf", "-ld", HOURKEY], capture_output=True, text=True, check=True).stdout
        self.assertNotIn("INTERP", headers)
        self.assertNotIn("(NEEDED)", headers)

    @unittest.skipUnless(os.geteuid() == 0, "only root can change the root")
    def test_it_works_where_there_is_nothing_else(self):
        world = World()
        self.addCleanup(world.close)
        tenant = world.tenant("acme")
        tenant.ready()
        token = tenant.issue("app", "deploy")["token"]
        for bundle in BUNDLES:
            with self.subTest(bundle):
                root = temporary_folder()
                (root / bundle).parent.mkdir(parents=True)
                shutil.copy(world.authority.ca, root / bundle)
                shutil.copy(HOURKEY, root / "hourkey")
                (root / "etc/hosts").write_text("127.0.0.1 localhost\n")
                # What other distributions have, and what would be loaded from a glibc that is not ours.
                (root / "etc/nsswitch.conf").write_text("hosts: mymachines resolve [!UNAVAIL=return] myhostname sss\n")
                done = subprocess.run(["/hourkey", "credential-process", "prod"], preexec_fn=lambda: os.chroot(root), cwd="/", capture_output=True,  # noqa: B023
                                      text=True, timeout=60, env={"HOURKEY_URL": f"https://localhost:{world.server.port}", "HOURKEY_TOKEN": token,
                                                                  "HOME": "/"})
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual(json.loads(done.stdout)["Version"], 1)


if __name__ == "__main__":
    unittest.main()
