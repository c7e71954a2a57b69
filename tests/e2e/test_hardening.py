"""The binaries and the process as docs/SECURITY.md promises them: what a compiler flag or a start-up line lost would not be seen otherwise."""
import contextlib
import os
import re
import resource
import shutil
import signal
import unittest

from harness import BINARIES, World, run

BUILD_TYPE = os.environ.get("HOURKEY_BUILD_TYPE", "Release")
READELF = shutil.which("llvm-readelf-19") or shutil.which("readelf")


def readelf(program, *flags):
    done = run(READELF, "-W", *flags, BINARIES / program)
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout


@unittest.skipUnless(READELF, "no readelf here")
class Binaries(unittest.TestCase):
    def setUp(self):
        if re.search(r"__[at]san_init", readelf("hourkeyd", "--dyn-syms")):
            self.skipTest("a sanitized build is for tests alone")

    def test_no_page_is_both_writable_and_executable_and_what_is_bound_at_the_start_stays(self):
        for program in ("hourkeyd", "hourkey-sts-emulator"):
            with self.subTest(program):
                header, segments, dynamic = readelf(program, "--file-header"), readelf(program, "--program-headers"), readelf(program, "--dynamic")
                self.assertRegex(header, r"Type:\s+DYN", "position-independent")
                stack = re.search(r"(?m)^\s+GNU_STACK\s+(?:0x\w+\s+)*([RWE ]+)\s", segments)
                self.assertEqual(stack[1].strip(), "RW", "the stack is not executable")
                self.assertNotRegex(segments, r"(?m)^\s+LOAD\s.*\sRWE\s")
                self.assertRegex(segments, r"(?m)^\s+GNU_RELRO\s")
                self.assertRegex(dynamic, r"\(FLAGS\).*BIND_NOW")
                self.assertNotRegex(dynamic, r"\((RPATH|RUNPATH|TEXTREL)\)")

    def test_overrun_buffers_are_found(self):
        symbols = readelf("hourkeyd", "--dyn-syms")
        self.assertRegex(symbols, r"UND __stack_chk_fail\b")
        self.assertRegex(symbols, r"UND \S*__glibcxx_assert_fail", "the containers check what they are asked")
        if BUILD_TYPE == "Release":
            self.assertRegex(symbols, r"UND __memcpy_chk\b", "fortified")


@contextlib.contextmanager
def soft_descriptor_limit(count):
    """For what is started meanwhile."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


class Process(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        _, cls.most_descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)
        with soft_descriptor_limit(256):
            cls.world = World()
        cls.addClassCleanup(cls.world.close)
        cls.pid = cls.world.server.process.pid

    def read(self, name):
        with open(f"/proc/{self.pid}/{name}", encoding="ascii") as file:
            return file.read()

    def test_it_leaves_no_core_file(self):
        self.assertRegex(self.read("limits"), r"Max core file size\s+0\s+0\s")

    def test_it_may_open_as_many_files_as_the_machine_lets_it(self):
        soft = int(re.search(r"Max open files\s+(\d+)", self.read("limits"))[1])
        self.assertEqual(soft, min(self.most_descriptors, 1 << 20))

    def test_its_files_are_its_users_alone(self):
        self.assertRegex(self.read("status"), r"Umask:\s+0077\n")

    def test_no_peer_and_no_full_quota_ends_it(self):
        ignored = int(re.search(r"SigIgn:\s+([0-9a-f]+)", self.read("status"))[1], 16)
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            self.assertTrue(ignored >> (number - 1) & 1, number.name)

    @unittest.skipIf(os.getuid() == 0, "root's own processes look the same either way")
    def test_its_own_user_cannot_trace_it(self):
        self.assertEqual(os.stat(f"/proc/{self.pid}/fd").st_uid, 0)


if __name__ == "__main__":
    unittest.main()
