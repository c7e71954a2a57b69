"""What is left in the server's memory once an answer is out: nothing that a core file or a swapped page could give away."""
import re
import unittest

from harness import World, expect, wait_until

VENDS = 50


def writable_memory(pid):
    """Every readable block of the process that it can write to; needs its permission or root's."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            begin, end, access = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line).groups()
            if not access.startswith("rw") or "[stack]" in line:  # the main thread's: it serves nobody, but holds the environment
                continue
            memory.seek(int(begin, 16))
            try:
                yield memory.read(int(end, 16) - int(begin, 16))
            except OSError:  # a device's
                continue


class Memory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World()
        cls.addClassCleanup(cls.world.close)

    def found(self, secrets):
        try:
            blocks = list(writable_memory(self.world.server.process.pid))
        except PermissionError:
            self.skipTest("the server closes its memory to its own user; only root can look")
        return [name for name, secret in secrets.items() if any(secret.encode() in block for block in blocks)]

    def test_nothing_of_a_vend_stays(self):
        client = self.world.tenant().ready()
        self.assertEqual(self.found({"hourkey's own key, which must be there": self.world.emulator.secret_key}), ["hourkey's own key, which must be there"])
        for _ in range(VENDS):
            vended = expect(client.get("/v1/credentials/prod"), 200).json
        secrets = {"the secret key": vended["SecretAccessKey"], "the session token's head": vended["SessionToken"][:60],
                   "the session token's end": vended["SessionToken"][-40:], "the app's token": client.token[-40:]}
        wait_until("every copy to be overwritten", lambda: not self.found(secrets))


if __name__ == "__main__":
    unittest.main()
