"""hourkey login, logout, context and whoami: which server is asked, whose token goes where, and what nobody ever sees."""
import json
import signal
import socket
import stat
import unittest

from cli_home import HOURKEY, Home, Listener
from harness import World, clean_environment, run, temporary_folder, wait_until

world = tenant = None


def setUpModule():
    global world, tenant
    world = World()
    unittest.addModuleCleanup(world.close)
    tenant = world.tenant("acme")
    tenant.ready()


def url():
    return f"https://127.0.0.1:{world.server.port}"


def new_token(role="app", app="deploy"):
    return tenant.issue(role, app if role == "app" else None)["token"]


class Login(unittest.TestCase):
    def setUp(self):
        self.home = Home(world)

    def log_in(self, *more, token=None, **options):
        return self.home.run("login", "--server", url(), *more, stdin=(token or new_token()) + "\n", **options)

    def test_a_token_from_standard_input_becomes_a_private_context(self):
        token = new_token()
        done = self.log_in(token=token)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("as app 'deploy' of tenant 'acme'", done.stdout)
        self.assertNotIn(token, done.stdout)
        self.assertEqual(json.loads(self.home.contexts.read_text()), {
            "version": 1, "current": "acme-deploy", "contexts": {
                "acme-deploy": {"url": url(), "tenant": "acme", "token": token, "cacert": str(world.authority.ca)}}})
        self.assertEqual(stat.S_IMODE(self.home.contexts.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(self.home.contexts.parent.stat().st_mode), 0o700)
        # From now on nothing needs to be said.
        who = self.home.json("whoami", "--json", HOURKEY_URL=None, HOURKEY_CACERT=None)
        self.assertEqual((who["role"], who["tenant"], who["app"]), ("app", "acme", "deploy"))

    def test_a_terminal_does_not_show_what_is_typed(self):
        token = new_token()
        code, shown = self.home.on_terminal("login", "--server", url(), typed=token)
        self.assertEqual(code, 0, shown)
        self.assertIn(f"Token of {url()}: ", shown)
        self.assertNotIn(token[5:], shown)
        self.assertIn(token, self.home.contexts.read_text())

    def test_a_token_that_the_server_does_not_know_is_not_kept(self):
        done = self.log_in(token="hk_no_such_token")
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, r"\Ahourkey: .*\n")
        self.assertIn("request id: ", done.stderr)
        self.assertNotIn("no_such_token", done.stderr + done.stdout)
        self.assertFalse(self.home.contexts.exists())

    def test_nothing_on_standard_input_is_said_so(self):
        done = self.home.run("login", "--server", url(), stdin="\n")
        self.assertEqual(done.returncode, 2)
        self.assertIn("Standard input holds no token", done.stderr)

    def test_no_option_takes_the_token_itself(self):
        done = self.home.run("login", "--server", url(), "--token", "hk_onTheCommandLine123")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--token-file", done.stderr)
        self.assertNotIn("hk_on", done.stderr)

    def test_several_contexts(self):
        self.log_in()
        admin = self.log_in("--context", "boss", token=new_token("admin"))
        self.assertIn("Context: boss", admin.stdout)
        listed = self.home.json("context", "list", "--json")["items"]
        self.assertEqual([(c["name"], c["current"]) for c in listed], [("acme-deploy", False), ("boss", True)])
        self.assertNotIn("token", json.dumps(listed).replace("hourkey-e2e", ""))
        self.assertRegex(self.home.run("context", "list").stdout, r"\n\* +boss +https://")
        self.assertEqual(self.home.json("whoami", "--json")["role"], "admin")
        self.assertEqual(self.home.json("whoami", "--json", "--context", "acme-deploy")["role"], "app")
        self.assertEqual(self.home.json("whoami", "--json", HOURKEY_CONTEXT="acme-deploy")["role"], "app")
        self.assertEqual(self.home.run("context", "use", "acme-deploy").returncode, 0)
        self.assertEqual(self.home.json("whoami", "--json")["role"], "app")
        self.assertEqual(self.home.run("context", "use", "nowhere").returncode, 4)
        self.assertEqual(self.home.run("logout").returncode, 0)
        self.assertEqual([c["name"] for c in self.home.json("context", "list", "--json")["items"]], ["boss"])
        self.assertEqual(self.home.run("logout").returncode, 4, "none is current any more")
        self.assertEqual(self.home.run("logout", "--context", "boss").returncode, 0)
        self.assertNotIn("hk_", self.home.contexts.read_text())

    def test_a_contexts_file_that_others_may_read_is_refused(self):
        self.log_in()
        self.home.contexts.chmod(0o644)
        done = self.home.run("whoami")
        self.assertEqual(done.returncode, 2)
        self.assertIn("may be read by others", done.stderr)

    def test_a_contexts_file_that_is_damaged_is_said_so_and_not_shown(self):
        self.log_in()
        self.home.contexts.write_text(self.home.contexts.read_text()[:-3])
        done = self.home.run("whoami")
        self.assertEqual(done.returncode, 2)
        self.assertIn("The contexts file is not as", done.stderr)
        self.assertNotIn("hk_", done.stderr)


class Trust(unittest.TestCase):
    def test_a_contexts_token_goes_to_no_other_server(self):
        home, other = Home(world), Listener()
        home.run("login", "--server", url(), stdin=new_token())
        for more, variables in ((["--server", other.url], {}), ([], {"HOURKEY_URL": other.url})):
            done = home.run("whoami", *more, **variables)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"There is no token for {other.url}", done.stderr)
        self.assertEqual(other.seen, [])
        self.assertEqual(home.run("whoami", "--server", other.url, HOURKEY_TOKEN="hk_mine").returncode, 0)
        self.assertEqual([s["Authorization"] for s in other.seen], ["Bearer hk_mine"])

    def test_an_unknown_authority_is_said_so(self):
        done = Home(world, new_token()).run("whoami", HOURKEY_CACERT=None)
        self.assertEqual(done.returncode, 5)
        self.assertIn("is not trusted", done.stderr)
        self.assertIn("--cacert", done.stderr)
        self.assertRegex(done.stderr, r"A wrong clock does this too: here it is \d{4}-")

    def test_a_server_that_is_down_or_silent_is_said_so(self):
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            down = f"https://127.0.0.1:{nobody.getsockname()[1]}"
            done = Home(world, new_token(), url=down).run("whoami")
        self.assertEqual(done.returncode, 5)
        self.assertTrue(done.stderr.startswith(f"hourkey: {down} cannot be reached.\n"), done.stderr)
        silent = Listener(answers=False)
        done = Home(world, new_token(), url=silent.url).run("whoami", "--timeout", "1")
        self.assertEqual(done.returncode, 5)
        self.assertIn(f"{silent.url} did not answer within 1 s.", done.stderr)

    def test_http_is_for_loopback_alone(self):
        done = Home(world, new_token(), url="http://hourkey.example").run("whoami")
        self.assertEqual(done.returncode, 2)
        self.assertIn("http://", done.stderr)

    def test_a_clock_that_is_wrong_is_said_so(self):
        ahead = Listener(date="Fri, 01 Jan 2100 00:00:00 GMT")
        done = Home(world, "hk_any", url=ahead.url).run("whoami")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stderr, r"\Ahourkey: This machine's clock is \d+ d \d+ h behind the server's\.\n\Z")

    def test_a_person_who_waits_is_told_so_and_a_program_is_not(self):
        silent = Listener(answers=False)
        home = Home(world, "hk_any", url=silent.url)
        code, shown = home.on_terminal("whoami", "--timeout", "2")
        self.assertEqual(code, 5)
        self.assertTrue(shown.startswith(f"Waiting for {silent.url} ...\r\x1b[K"), shown)
        self.assertNotIn("Waiting", home.run("whoami", "--timeout", "2").stderr)

    def test_an_interrupt_ends_it_at_once(self):
        silent = Listener(answers=False)
        for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process = Home(world, "hk_any", url=silent.url).start("whoami")
            before = len(silent.seen)
            wait_until("the request", lambda: len(silent.seen) > before or silent.seen)
            process.send_signal(which)
            self.assertEqual(process.wait(10), -which)
            process.communicate()


class CommandLine(unittest.TestCase):
    def test_help_and_version_need_no_home(self):
        for arguments in (("--version",), ("--help",), ("exec", "--help"), ("completion", "bash")):
            done = run(HOURKEY, *arguments, env=clean_environment(HOME=""))
            self.assertEqual((done.returncode, done.stderr), (0, ""), arguments)

    def test_without_a_server_it_is_said_how_to_name_one(self):
        done = Home().run("whoami")
        self.assertEqual(done.returncode, 2)
        self.assertIn("hourkey login", done.stderr)

    def test_a_token_file_that_is_none_is_said_so(self):
        home = Home(world, new_token())
        empty = temporary_folder() / "empty"
        empty.write_text("\n")
        for file, sentence in ((empty, "is empty"), (temporary_folder() / "none", "No such file"), (temporary_folder(), "no regular file")):
            done = home.run("whoami", HOURKEY_TOKEN_FILE=file)
            self.assertEqual(done.returncode, 2)
            self.assertIn(sentence, done.stderr)


if __name__ == "__main__":
    unittest.main()
