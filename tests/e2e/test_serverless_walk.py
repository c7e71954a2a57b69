"""docs/SERVERLESS.md, line by line, as a newcomer types it."""
import json
import re
import shlex
import shutil
import subprocess
import unittest

from harness import REPOSITORY, end_with_us, temporary_folder
from serverless_frameworks import CONNECTION, PATIENCE, V3, Run, Stage

TEXT = (REPOSITORY / "docs/SERVERLESS.md").read_text()
ROLE = "arn:aws:iam::444455556666:role/sls-deploy"


def typed():
    """Every line behind a prompt, continued ones joined, in the order of the page."""
    lines = re.findall(r"^\$ ((?:.*\\\n)*.*)$", TEXT, re.MULTILINE)
    return [line.replace("\\\n", " ") for line in lines]


class Walk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        V3.install()
        cls.stage = Stage()
        cls.addClassCleanup(cls.stage.close)
        # The stage's own has the page's app and connection already: this one starts with nothing.
        cls.tenant = cls.stage.world.tenant("walked")
        cls.folder = temporary_folder()

    def shell(self, line, **variables):
        line = line.replace("/tenants/acme/", f"/tenants/{self.tenant.name}/")
        surroundings = {**self.stage.environment(), "ADMIN": self.tenant.admin.token, **variables}
        surroundings["PATH"] = f"{self.folder}/node_modules/.bin:{surroundings['PATH']}"
        done = subprocess.run(["bash", "-c", line], cwd=self.folder, env=surroundings, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=PATIENCE, preexec_fn=end_with_us)
        return Run(done)

    def test_the_page(self):
        lines = typed()
        self.assertEqual([shlex.split(line)[0] for line in lines], ["ask()"] + ["ask"] * 5 + ["npm", "npx", "npx"])
        answers = []
        ask, *asked = lines[:6]
        for line in asked:
            with self.subTest(line):
                done = self.shell(f"{ask}\n{line}")
                self.assertEqual(done.code, 0, done)
                answers.append(json.loads(done.out))
                if "trust_policy" in answers[-1]:
                    self.stage.world.emulator.put_role(ROLE, answers[-1]["external_id"])
        self.assertEqual(answers[1]["state"], "active")
        token = answers[4]["token"]
        # What `npm install` does, for a package that no registry has yet.
        modules = self.folder / "node_modules"
        (modules / ".bin").mkdir(parents=True)
        shutil.copytree(self.stage.plugin, modules / "serverless-hourkey")
        (modules / ".bin/serverless").symlink_to(V3.program)
        configuration = re.search(r"^```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)[1]
        (self.folder / "serverless.yml").write_text(configuration)
        (self.folder / "handler.js").write_text("exports.hello = async () => ({ statusCode: 200 });\n")
        shown = self.shell(lines[7], HOURKEY_TOKEN=token)
        for key in ("accessKeyId", "secretAccessKey", "sessionToken"):
            self.assertRegex(shown.out, rf"(?m)^{key}: ")
        self.stage.aws.forget()
        deployed = self.shell(lines[8], HOURKEY_TOKEN=token)
        self.assertEqual(deployed.code, 0, deployed)
        granted = {r["access_key_id"]: r for r in self.tenant.records("vend") if r["outcome"] == "granted"}
        self.assertEqual(len(self.stage.aws.signers()), 1)
        self.assertLessEqual(self.stage.aws.signers(), set(granted))

        self.stage.aws.forget()
        refused = self.shell(lines[8], HOURKEY_TOKEN=self.tenant.holder(self.tenant.app("stranger")).token)
        self.assertNotEqual(refused.code, 0)
        shown = re.search(r"^```\n(hourkey: secrets:.*?)\.\.\. \(request", TEXT, re.MULTILINE | re.DOTALL)[1]
        wanted = shown.replace("\n", " ").strip()
        self.assertIn(CONNECTION, wanted)
        self.assertTrue(refused.lines(wanted), refused)
        self.assertEqual(self.stage.aws.calls, [])


if __name__ == "__main__":
    unittest.main()
