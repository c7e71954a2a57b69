"""What both programs tell of their own command lines: completion in the shells, man pages, docs/CLI.md."""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import unittest

from harness import BINARIES, REPOSITORY, clean_environment, hourkeyd, run, temporary_folder

HOURKEYD = str(BINARIES / "hourkeyd")
COMMANDS = list(dict.fromkeys(re.findall(r"^## hourkeyd (\S+)", (REPOSITORY / "docs/CLI.md").read_text(), re.MULTILINE)))


def needs(program):
    return unittest.skipUnless(shutil.which(program), f"{program} is not installed")


def script_of(shell):
    done = hourkeyd("completion", shell)
    assert done.returncode == 0, done.stderr
    return done.stdout


def in_shell(*command, given="", folder=None):
    environment = clean_environment(PATH=f"{BINARIES}:{os.environ['PATH']}", HOME=str(folder or temporary_folder()))  # fish makes its folders there
    return subprocess.run(command, input=given, env=environment, cwd=folder, capture_output=True, text=True, timeout=60)


class Bash(unittest.TestCase):
    """The script is loaded into a real bash, which is then asked as readline asks it."""

    def complete(self, *words, folder=None):
        """`words` as bash cuts them; the last is being typed."""
        listed = " ".join(shlex.quote(w) for w in ("hourkeyd", *words))
        # complete -p names the function; compopt works in a completion only.
        asks = f"""
            compopt() {{ echo "compopt $*"; }}
            COMP_WORDS=({listed}); COMP_CWORD={len(words)}
            complete -p hourkeyd >/dev/null || exit 9
            _hourkeyd hourkeyd {shlex.quote(words[-1])} {shlex.quote(("hourkeyd", *words)[-2])}
            printf '%s\\n' "${{COMPREPLY[@]}}"
        """
        done = in_shell("bash", "--norc", "-c", script_of("bash") + asks, folder=folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return [line for line in done.stdout.splitlines() if line]

    def test_commands_options_and_values(self):
        rows = (("commands", ("",), COMMANDS),
                ("a verb", ("token", ""), ["create", "list", "revoke"]),
                ("an option", ("token", "create", "--r"), ["--role"]),
                ("values", ("token", "create", "--role", ""), ["operator", "admin", "app", "auditor"]),
                ("a value's beginning", ("token", "create", "--role", "a"), ["admin", "app", "auditor"]),
                ("a value behind =", ("token", "create", "--role", "=", "op"), ["operator"]),
                ("shells", ("completion", ""), ["bash", "zsh", "fish"]),
                ("nothing hidden", ("man",), []))
        for name, words, wanted in rows:
            with self.subTest(name):
                self.assertEqual(self.complete(*words), wanted)

    def test_files_and_folders(self):
        folder = temporary_folder()
        (folder / "hour key.toml").write_text("")
        (folder / "hours").mkdir()
        for words, wanted in ((("serve", "--config", "ho"), {"hour key.toml", "hours"}), (("serve", "--config", "="), {"hour key.toml", "hours"}),
                              (("backup", "ho"), {"hour key.toml", "hours"}), (("dev", "--dir", "h"), {"hours"})):
            with self.subTest(words):
                switch, *names = self.complete(*words, folder=folder)
                self.assertEqual((switch, set(names)), ("compopt -o filenames", wanted))


class OtherShells(unittest.TestCase):
    @needs("zsh")
    def test_zsh_reads_its_script(self):
        done = in_shell("zsh", "-n", given=script_of("zsh"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        # What the function hands to zsh, without a terminal.
        asks = """
            words=(hourkeyd token create --role a); CURRENT=5
            _describe() { print -l -- ${(P)2} }; _files() { print files "$@" }
            _hourkeyd
            words=(hourkeyd token ''); CURRENT=3; _hourkeyd
            words=(hourkeyd serve --config ''); CURRENT=4; _hourkeyd
            words=(hourkeyd dev --dir ''); CURRENT=4; _hourkeyd
        """
        done = in_shell("zsh", "-f", "-c", "compdef() { }\n" + script_of("zsh") + asks)
        self.assertEqual(done.stderr, "")
        lines = done.stdout.splitlines()
        self.assertEqual(lines[:3], ["admin", "app", "auditor"])
        self.assertEqual([line.split(":")[0] for line in lines[3:6]], ["create", "list", "revoke"])
        self.assertIn("Print a new token", lines[3])
        self.assertEqual(lines[6:], ["files", "files -/"])

    @needs("fish")
    def test_fish_completes(self):
        folder = temporary_folder()
        (folder / "hours").mkdir()
        script = folder / "hourkeyd.fish"
        script.write_text(script_of("fish"))
        for line, wanted in (("hourkeyd token ", ["create", "list", "revoke"]), ("hourkeyd token create --role a", ["admin", "app", "auditor"]),
                             ("hourkeyd token create --ro", ["--role"]), ("hourkeyd serve --config ho", ["hours/", "hourkeyd.fish"]), ("hourkeyd dev --dir ho", ["hours/"])):
            with self.subTest(line):
                done = in_shell("fish", "--no-config", "-c", f"source {script}; complete -C {shlex.quote(line)}", folder=folder)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual(sorted(row.split("\t")[0] for row in done.stdout.splitlines()), sorted(wanted))


class Documents(unittest.TestCase):
    def test_the_reference_is_the_programs(self):
        wanted = "\n".join(run(BINARIES / program, "manual", "--markdown").stdout for program in ("hourkey", "hourkeyd"))
        self.assertEqual((REPOSITORY / "docs/CLI.md").read_text(), wanted,
                         "make it anew: { hourkey manual --markdown; echo; hourkeyd manual --markdown; } >docs/CLI.md")

    def test_man_pages_are_written_and_read_without_a_warning(self):
        folder = temporary_folder()
        for program in ("hourkey", "hourkeyd"):
            done = run(BINARIES / program, "manual", folder)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        pages = sorted(pathlib.Path(folder).glob("*.1"))
        self.assertLessEqual({"hourkey.1", "hourkey-login.1", "hourkeyd.1", "hourkeyd-token-create.1"}, {page.name for page in pages})
        for page in pages:
            with self.subTest(page.name):
                self.assertTrue(page.read_text().startswith('.TH "hourkey'))
                if shutil.which("groff"):
                    read = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8", str(page)], capture_output=True, text=True, timeout=60)
                    self.assertEqual((read.returncode, read.stderr), (0, ""))
                if shutil.which("mandoc"):
                    lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", str(page)], capture_output=True, text=True, timeout=60)
                    self.assertEqual([line for line in (lint.stdout + lint.stderr).splitlines() if "missing date" not in line], [])
        nowhere = hourkeyd("manual", folder / "nowhere")
        self.assertEqual(nowhere.returncode, 2)
        self.assertIn("could not be written", nowhere.stderr)


class Commands(unittest.TestCase):
    def test_a_usage_error_names_the_fix_and_help(self):
        for arguments, words in ((("token", "crate"), ("Did you mean create?", "Help: hourkeyd token --help")),
                                 (("token",), ("create, list or revoke",)),
                                 (("token", "create", "--rol", "app"), ("Did you mean --role?", "Help: hourkeyd token create --help"))):
            with self.subTest(arguments):
                done = hourkeyd(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                for word in words:
                    self.assertIn(word, done.stderr)

    def test_help_that_nobody_can_read_is_no_success(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([HOURKEYD, "--help"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(done.returncode, 5)
        self.assertIn("No space left on device", done.stderr)


if __name__ == "__main__":
    unittest.main()
