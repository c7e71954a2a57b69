"""What commands may write over, who may open a store, and how commands end: by real files, signals and processes."""
import contextlib
import hashlib
import os
import pathlib
import pwd
import select
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import unittest

import harness
from harness import BINARIES, PATIENCE, World, clean_environment, end_with_us, temporary_folder, wait_until, without_triggers

OK, USAGE, UNAVAILABLE = 0, 2, 5
world = None


def setUpModule():
    global world
    world = World()


def tearDownModule():
    world.close()


def prepared(name):
    """A stopped server's folder: database, key, one token."""
    server = world.another_server(name, start=False)
    server.configure()
    server.make_token("operator")
    return server


def started(server, *arguments, **options):
    """A command that is still running."""
    return subprocess.Popen([str(BINARIES / "hourkeyd"), *map(str, arguments), "--config", str(server.config)], env=clean_environment(**server.base),
                            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=end_with_us, **options)


def copies(folder):
    """Those that the server makes for a command; they go by themselves."""
    return list(folder.glob("hourkey.db.copy.partial-*"))


def partials(folder):
    """Of a command."""
    return [f.name for f in folder.iterdir() if ".partial-" in f.name.removeprefix("hourkey.db.copy.partial-")]


class Files(unittest.TestCase):
    def assert_ends(self, done, code, *words):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stdout + done.stderr)


class WhatABackupMayReplace(Files):
    def test_no_file_of_hourkeys_own_by_whatever_name(self):
        server = world.server
        own = [f"{server.database}{ending}" for ending in ("", "-wal", "-shm", ".lock", ".key", ".sock")]
        own += [server.certificate, server.key, server.config, world.authority.ca]
        absent = [f"{server.database}-journal"]
        folder = temporary_folder()
        before = {f: os.stat(f).st_ino for f in own}
        for number, file in enumerate(own + absent):
            names = {"its name": pathlib.Path(file), "another spelling": pathlib.Path(file).parent / "." / "x" / ".." / pathlib.Path(file).name,
                     "a link": folder / f"link-{number}", "a link to a link": folder / f"far-{number}"}
            (pathlib.Path(file).parent / "x").mkdir(exist_ok=True)
            names["a link"].symlink_to(file)
            names["a link to a link"].symlink_to(names["a link"])
            if file not in absent and not stat.S_ISSOCK(os.stat(file).st_mode):
                names["a hard link"] = folder / f"hard-{number}"
                with contextlib.suppress(OSError):
                    os.link(file, names["a hard link"])
            for kind, name in names.items():
                with self.subTest(str(file), by=kind):
                    self.assert_ends(server.command("backup", name), USAGE, str(name), "is not replaced")
        self.assertEqual({f: os.stat(f).st_ino for f in own}, before)
        self.assertEqual(partials(server.folder) + partials(folder), [])
        self.assertEqual(server.api.get("/readyz").status, 200)
        self.assert_ends(server.command("audit", "verify"), OK, "whole")

    def test_nothing_that_is_no_backup(self):
        folder = temporary_folder()
        other = prepared("other-store")  # a database of hourkey, and of another one
        foreign = folder / "foreign.db"
        with contextlib.closing(sqlite3.connect(foreign)) as db:
            db.execute("CREATE TABLE t (a)")
        (folder / "text").write_text("a letter")
        (folder / "empty").touch()
        (folder / "folder").mkdir()
        (folder / "nowhere").symlink_to(folder / "absent")
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(folder / "socket"))
        self.addCleanup(listening.close)
        for file in (foreign, folder / "text", folder / "empty", folder / "folder", folder / "nowhere", folder / "socket", other.database):
            content = file.read_bytes() if file.is_file() else None
            with self.subTest(file.name):
                self.assert_ends(world.server.command("backup", file), USAGE, str(file), "is not replaced")
                self.assertEqual(file.read_bytes() if file.is_file() else None, content)
        self.assertEqual(sorted(f.name for f in folder.iterdir()), ["empty", "folder", "foreign.db", "nowhere", "socket", "text"])

    def test_an_earlier_backup_is_replaced_where_it_is(self):
        folder = temporary_folder()
        copy, link = folder / "copy.db", folder / "link"
        self.assert_ends(world.server.command("backup", copy), OK, str(copy))
        link.symlink_to(copy)
        first = copy.stat().st_ino
        self.assert_ends(world.server.command("backup", link), OK)
        self.assertTrue(link.is_symlink(), "a link stays one")
        self.assertNotEqual(copy.stat().st_ino, first)
        self.assert_ends(world.server.command("restore", "--check", copy), OK, "is sound")

    def test_what_a_dead_process_left_is_no_hindrance_and_goes(self):
        folder = temporary_folder()
        copy = folder / "copy.db"
        left = copy.name + ".partial-0123456789abcdef" + hashlib.sha256(b"hourkey partial file 0123456789abcdef").hexdigest()[:8]
        others = [f"{copy.name}.partial-{name}" for name in ("of-mine", "monday", "monday-wal", "201125", "0123456789abcdef01234567")]
        for name in (left, left + "-journal", *others):
            (folder / name).touch()
        self.assert_ends(world.server.command("backup", copy), OK)
        self.assertEqual(sorted(f.name for f in folder.iterdir()), sorted([copy.name, *others]))

    def test_standard_output_into_a_file_of_hourkeys_own_or_one_that_holds_something(self):
        server = prepared("own-output")
        server.start()
        self.addCleanup(server.kill)
        own = [f"{server.database}{ending}" for ending in ("", "-wal", "-shm", ".lock", ".key", ".head")]
        own += [server.certificate, server.key, server.config, world.authority.ca]
        letter = temporary_folder() / "letter"
        letter.write_text("a letter")
        for file in map(pathlib.Path, (*own, letter)):
            for flags in (os.O_RDWR, os.O_WRONLY | os.O_APPEND):
                for arguments in (("backup", "-"), ("audit", "export")):
                    if file == letter and arguments[0] == "audit":
                        continue  # lines may follow lines
                    with self.subTest(file.name, by=flags, command=arguments[0]):
                        before = file.stat()
                        descriptor = os.open(file, flags)
                        done = subprocess.run([BINARIES / "hourkeyd", *arguments, "--config", server.config], env=clean_environment(**server.base),
                                              stdin=subprocess.DEVNULL, stdout=descriptor, stderr=subprocess.PIPE, timeout=PATIENCE)
                        os.close(descriptor)
                        self.assertEqual(done.returncode, USAGE, done.stderr)
                        self.assertIn(b"Standard output", done.stderr)
                        if not file.name.endswith(("-wal", "-shm", ".db")):  # which the server writes meanwhile
                            after = file.stat()
                            self.assertEqual((after.st_size, after.st_mtime_ns), (before.st_size, before.st_mtime_ns))
        self.assert_ends(server.command("audit", "verify"), OK, "whole")

    def test_a_copy_beside_the_database_that_a_link_leads_to(self):
        server = prepared("linked")
        real = temporary_folder() / "real.db"
        for ending in ("", ".head"):
            shutil.move(f"{server.database}{ending}", f"{real}{ending}")
        server.database.symlink_to(real)
        for base in (real, server.database):
            for ending in ("-journal", "-wal", "-shm", ".lock", ".head", ".sock"):
                with self.subTest(f"{base.name}{ending}"):
                    self.assert_ends(server.command("backup", f"{base}{ending}"), USAGE, "is not replaced")
        self.assert_ends(server.command("audit", "verify"), OK, "whole")

    def test_a_copy_into_a_folder_that_is_not_there_names_it(self):
        file = temporary_folder() / "nowhere" / "copy.db"
        done = world.server.command("backup", file)
        self.assert_ends(done, USAGE, str(file), "No such file or directory")
        self.assertNotIn("store.path", done.stderr)
        self.assertNotIn("[store]", done.stderr)

    def test_pipes_are_written_through_and_stdout_is_a_dash(self):
        folder = temporary_folder()
        pipe = folder / "pipe"
        os.mkfifo(pipe)
        command = started(world.server, "backup", pipe, stdout=subprocess.PIPE)
        content = pipe.read_bytes()
        self.assertEqual(command.wait(PATIENCE), OK, command.stderr.read())
        command.stdout.close(), command.stderr.close()
        self.assertTrue(stat.S_ISFIFO(os.stat(pipe).st_mode), "the pipe is still one")
        direct = subprocess.run([BINARIES / "hourkeyd", "backup", "-", "--config", world.server.config], env=clean_environment(**world.server.base),
                                stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
        self.assertEqual(direct.returncode, OK, direct.stderr)
        for number, bytes_ in enumerate((content, direct.stdout)):
            file = folder / f"copy-{number}"
            file.write_bytes(bytes_)
            self.assert_ends(world.server.command("restore", "--check", file), OK, "is sound")
        self.assert_ends(world.server.command("backup", "/dev/null"), OK)
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))
        self.assertEqual(partials(world.server.folder), [])


class OneServerAStore(Files):
    def test_whatever_name_the_second_one_uses(self):
        folder = temporary_folder()
        link, hard, link_to_folder = folder / "link.db", world.server.folder / "hard.db", folder / "f"
        link.symlink_to(world.server.database)
        os.link(world.server.database, hard)
        self.addCleanup(hard.unlink)
        link_to_folder.symlink_to(world.server.folder)
        for path in (link, hard, link_to_folder / "hourkey.db"):
            with self.subTest(path.name):
                done = world.server.command("serve", "--set", f"store.path={path}", "--set", f"store.key_file={world.server.database}.key")
                self.assert_ends(done, UNAVAILABLE, "Another hourkeyd has this database open")
        self.assertEqual(world.server.api.get("/readyz").status, 200)

    def test_a_token_for_a_server_that_starts_waits_for_it(self):
        server = world.another_server("starting", start=False)
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as silent:  # STS takes the call and says nothing
            server.configure(aws={"sts_endpoint": f"http://127.0.0.1:{silent.getsockname()[1]}"})
            starting = started(server, "serve", stdout=subprocess.DEVNULL)
            self.addCleanup(starting.stderr.close)
            self.addCleanup(starting.wait)
            self.addCleanup(starting.kill)
            wait_until("the lock", lambda: pathlib.Path(f"{server.database}.lock").exists())
            self.assert_ends(server.command("token", "create", "--role", "operator"), OK)

    def test_a_running_server_without_its_socket_is_named_as_that(self):
        server = world.another_server("no-socket")
        self.addCleanup(server.kill)
        os.unlink(f"{server.database}.sock")
        self.assert_ends(server.command("token", "create", "--role", "operator"), UNAVAILABLE, f"{server.database}.sock")

    @unittest.skipUnless(os.geteuid() == 0, "only root can make files for another")
    def test_what_root_makes_first_is_the_services(self):
        nobody = pwd.getpwnam("nobody")
        server = world.another_server("of-nobody", start=False)
        place = temporary_folder()
        os.chown(place, nobody.pw_uid, nobody.pw_gid)
        server.configure(store={"path": place / "hourkey.db"})
        self.assert_ends(server.command("token", "create", "--role", "operator"), OK)
        folder = place / "made"  # by the command too
        server.configure(store={"path": folder / "hourkey.db"})
        self.assert_ends(server.command("token", "create", "--role", "operator"), OK)
        for file in (*place.iterdir(), *folder.iterdir()):
            self.assertEqual((file.stat().st_uid, file.stat().st_gid), (nobody.pw_uid, nobody.pw_gid), file.name)
        self.assertEqual(stat.S_IMODE(folder.stat().st_mode), 0o700)
        for made in (place, folder):
            self.assertIn("hourkey.db.key", [f.name for f in made.iterdir()])
        os.chown(place, 0, 0)
        server.configure(store={"path": place / "roots" / "hourkey.db"})
        self.assert_ends(server.command("token", "create", "--role", "operator"), OK)
        self.assertEqual((place / "roots").stat().st_uid, 0, "where root alone lives the store is root's")


    @unittest.skipUnless(os.geteuid() == 0, "only root runs commands on another's store")
    def test_what_root_does_to_the_services_store_leaves_it_the_services(self):
        nobody = pwd.getpwnam("nobody")
        server = prepared("of-a-service")
        backup = server.folder / "backup.db"
        for file in (server.folder, *server.folder.glob("hourkey.db*")):
            os.chown(file, nobody.pw_uid, nobody.pw_gid)
        for arguments in (("token", "create", "--role", "operator"), ("token", "list"), ("backup", backup), ("restore", backup), ("migrate",), ("audit", "verify"),
                          ("audit", "export"), ("config", "check")):
            with self.subTest(" ".join(map(str, arguments[:2]))):
                self.assert_ends(server.command(*arguments), OK)
                for file in server.folder.glob("hourkey.db*"):
                    self.assertEqual(file.stat().st_uid, nobody.pw_uid, file.name)


class WhatIsMissed(Files):
    """A store that was lost, emptied or put back is not taken for a new one."""

    def refused(self, server, *words):
        commands = (("serve",), ("token", "create", "--role", "operator"), ("token", "list"), ("migrate",), ("audit", "verify"),
                    ("backup", server.folder / "copy.db"))
        for arguments in commands:
            with self.subTest(arguments[0]):
                done = server.command(*arguments)
                self.assertNotEqual(done.returncode, OK, done.stdout)
                for word in words:
                    self.assertIn(word, done.stdout + done.stderr)
        self.assertFalse((server.folder / "copy.db").exists())

    def insist(self, server):
        process = started(server, "serve", "--new-store", stdout=subprocess.DEVNULL)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        wait_until("the server that was insisted on", lambda: server.command("token", "create", "--role", "operator").returncode == OK)
        process.terminate()
        self.assertEqual(process.wait(PATIENCE), OK)

    def test_the_database_with_all_that_belongs_to_it(self):
        server = prepared("lost")
        for ending in ("", "-wal", "-shm"):
            pathlib.Path(f"{server.database}{ending}").unlink(missing_ok=True)
        self.refused(server, str(server.database))
        self.assertFalse(server.database.exists(), "none is made")
        self.insist(server)
        self.assertEqual(server.start().stop(), 0)

    def test_the_database_emptied(self):
        server = prepared("emptied")
        for ending in ("-wal", "-shm"):
            pathlib.Path(f"{server.database}{ending}").unlink(missing_ok=True)
        os.truncate(server.database, 0)
        self.refused(server, str(server.database))
        self.insist(server)

    def test_the_database_as_it_was_before(self):
        server = prepared("rolled-back")
        older = server.folder / "older.db"
        self.assert_ends(server.command("backup", older), OK)
        server.make_token("operator")
        for ending in ("-wal", "-shm"):
            pathlib.Path(f"{server.database}{ending}").unlink(missing_ok=True)
        shutil.copy(older, server.database)
        self.refused(server, str(server.database), f"{server.database}.head")
        self.insist(server)

    def test_the_log_of_a_killed_server(self):
        server = world.another_server("no-log")
        self.addCleanup(server.kill)
        head = pathlib.Path(f"{server.database}.head")
        before = head.read_text()
        server.make_token("operator")
        wait_until("the head file to know", lambda: head.read_text() != before)
        server.kill()
        pathlib.Path(f"{server.database}-wal").unlink()
        self.refused(server, str(server.database))

    def killed_with_a_log(self, name):
        """And a backup of before the last clean stop."""
        server = world.another_server(name)
        self.addCleanup(server.kill)
        older = server.folder / "older.db"
        self.assert_ends(server.command("backup", older), OK)
        server.make_token("operator")
        self.assertEqual(server.stop(), 0)
        server.start()
        server.make_token("operator")
        server.kill()
        log = pathlib.Path(f"{server.database}-wal").read_bytes()
        self.assertTrue(log)
        return server, older, log

    def assert_kept(self, server, log):
        (kept,) = server.folder.glob("*.before-new-store-*-wal")
        self.assertEqual(kept.read_bytes(), log)

    def test_an_older_database_file_under_a_newer_log(self):
        server, older, log = self.killed_with_a_log("older-under-log")
        shutil.copyfile(older, server.database)
        self.refused(server, str(server.database), f"{server.database}.head", "restore")
        self.insist(server)
        self.assert_kept(server, log)

    def test_the_database_file_without_its_log(self):
        server, _, log = self.killed_with_a_log("log-alone")
        server.database.unlink()
        self.refused(server, str(server.database))
        self.insist(server)
        self.assert_kept(server, log)

    def test_without_the_head_file_verify_says_what_is_not_known(self):
        server = prepared("no-head")
        head = pathlib.Path(f"{server.database}.head")
        self.assertEqual(server.command("audit", "verify").stderr, "")
        head.unlink()
        done = server.command("audit", "verify")
        self.assert_ends(done, OK, "whole")
        self.assertIn(f"{head} is not there", done.stderr)
        self.assertFalse(head.exists())

    def test_a_log_that_is_all_that_is_left(self):
        server, _, log = self.killed_with_a_log("only-a-log")
        for ending in ("", "-shm", ".key", ".head"):
            pathlib.Path(f"{server.database}{ending}").unlink(missing_ok=True)
        self.assertEqual(server.start().stop(), 0)
        self.assert_kept(server, log)

    def test_an_older_copy_under_a_store_that_a_link_leads_to(self):
        server = prepared("linked-store")
        older = server.folder / "older.db"
        self.assert_ends(server.command("backup", older), OK)
        server.make_token("operator")
        link = server.folder / "link.db"
        link.symlink_to(server.database)
        shutil.copy(older, server.database)
        done = server.command("serve", "--set", f"store.path={link}", "--set", f"store.key_file={server.database}.key")
        self.assert_ends(done, UNAVAILABLE, f"{server.database}.head")

    def test_what_is_no_file_in_the_stores_place_blocks_nothing(self):
        server = prepared("no-file")
        backup = server.folder / "copy.db"
        self.assert_ends(server.command("backup", backup), OK)
        server.database.unlink()
        commands = (("serve",), ("token", "create", "--role", "operator"), ("token", "list"), ("token", "revoke", "--id", "0" * 26), ("migrate",),
                    ("audit", "verify"), ("audit", "export"), ("backup", server.folder / "another.db"), ("restore", backup), ("config", "check"))
        for kind, make, remove in (("a pipe", os.mkfifo, os.unlink), ("a folder", os.mkdir, os.rmdir)):
            make(server.database)
            for arguments in (*commands, *([("restore", "--check", server.database)] if kind == "a pipe" else ())):
                with self.subTest(" ".join(map(str, arguments[:2])), on=kind):
                    done = server.command(*arguments)
                    self.assertNotEqual(done.returncode, OK)
                    self.assertIn(f"{server.database} is no", done.stdout + done.stderr)
            remove(server.database)

    def test_database_and_key_together(self):
        server = prepared("both-gone")
        for ending in ("", "-wal", "-shm", ".key"):
            pathlib.Path(f"{server.database}{ending}").unlink(missing_ok=True)
        self.assert_ends(server.command("serve"), USAGE, str(server.database), "--new-store")
        self.insist(server)

    def test_a_head_file_that_is_not_ours(self):
        server = prepared("head-changed")
        head = pathlib.Path(f"{server.database}.head")
        head.write_text(head.read_text().replace("end ", "end 9"))
        self.refused(server, str(head))

    def test_a_copy_of_database_and_key_on_another_machine_starts(self):
        server = prepared("moved")
        other = world.another_server("moved-to", start=False)
        shutil.copy(server.database, other.database)
        shutil.copy(f"{server.database}.key", f"{other.database}.key")
        self.assertEqual(other.start().stop(), 0)


class Restoring(Files):
    def store(self, name):
        server = world.another_server(name)
        self.addCleanup(server.kill)
        server.make_token("operator")
        backup = server.folder / "backup.db"
        self.assert_ends(server.command("backup", backup), OK)
        return server, backup

    def test_a_backup_takes_the_databases_place_which_is_kept(self):
        server, backup = self.store("restored-here")
        later = server.make_token("operator")
        self.assertEqual(server.stop(), 0)
        done = server.command("restore", backup)
        self.assert_ends(done, OK, "Restored", "revoke it again")
        (kept,) = [f for f in server.folder.iterdir() if ".before-restore-" in f.name]
        self.assertIn(str(kept), done.stdout)
        self.assertEqual(partials(server.folder), [])
        self.assert_ends(server.command("restore", "--check", kept), OK, "is sound")
        self.assert_ends(server.command("backup", kept), USAGE, "is no backup made by hourkey", "is not replaced")
        server.start()
        self.assert_ends(server.command("audit", "verify"), OK, "whole")
        with contextlib.closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as db:
            self.assertEqual([r[0] for r in db.execute("SELECT name FROM audit JOIN audit_actions ON audit_actions.id = action ORDER BY seq")], ["token.create", "store.restore"])
        self.assertEqual(harness.Api(server.port, world.authority.trust(), later).get("/v1/tenants").status, 401, "it came after the backup")
        self.assertEqual(server.stop(), 0)
        self.assert_ends(server.command("restore", kept), OK)
        server.start()
        self.assertEqual(harness.Api(server.port, world.authority.trust(), later).get("/v1/tenants").status, 200, "and is back")

    def test_not_under_a_running_server(self):
        server, backup = self.store("restored-running")
        self.assert_ends(server.command("restore", backup), UNAVAILABLE, "Another hourkeyd has this database open")
        self.assertEqual(server.api.get("/readyz").status, 200)

    def test_after_the_loss_of_the_database(self):
        server, backup = self.store("restored-lost")
        server.kill()
        for ending in ("", "-wal", "-shm", ".head"):
            pathlib.Path(f"{server.database}{ending}").unlink(missing_ok=True)
        self.assert_ends(server.command("restore", backup), OK)
        self.assertEqual(server.start().stop(), 0)

    def test_where_a_link_leads_to_nothing_yet(self):
        server, backup = self.store("restored-linked")
        self.assertEqual(server.stop(), 0)
        real = temporary_folder() / "real.db"
        for ending in ("", "-wal", "-shm", ".head"):
            pathlib.Path(f"{server.database}{ending}").unlink(missing_ok=True)
        server.database.symlink_to(real)
        done = server.command("restore", backup)
        self.assert_ends(done, OK, "Restored")
        self.assertNotIn("The database that was there", done.stdout)
        self.assertTrue(server.database.is_symlink())
        self.assertTrue(real.is_file())
        self.assertEqual(server.start().stop(), 0)

    def test_nothing_that_is_not_sound(self):
        server, backup = self.store("restored-wrong")
        server.make_token("operator")
        self.assert_ends(server.command("backup", backup), OK)
        self.assertEqual(server.stop(), 0)
        before = server.database.stat().st_ino
        with contextlib.closing(sqlite3.connect(backup)) as db:
            columns = ", ".join(row[1] for row in db.execute("PRAGMA table_info(audit)") if row[1] != "seq")
        deeds = {"changed": ["UPDATE audit SET reason = 'none' WHERE seq = 1"],
                 "removed": ["DELETE FROM audit WHERE seq = 2"],
                 "put in": [f"INSERT INTO audit (seq, {columns}) SELECT 3, {columns.replace('tenant_seq', 'tenant_seq + 9', 1)} FROM audit WHERE seq = 2"],
                 "state changed": ["UPDATE tokens SET expires_at = expires_at + 1 WHERE id = (SELECT min(id) FROM tokens)"],
                 "state removed": ["DELETE FROM tokens WHERE id = (SELECT min(id) FROM tokens)"],
                 "state put in": ["INSERT INTO tokens (id, role, mac_key, mac, created_at, expires_at, seal) "
                                  "SELECT randomblob(16), role, mac_key, mac, created_at, expires_at, seal FROM tokens WHERE id = (SELECT min(id) FROM tokens)"],
                 "cut with its head": ["DELETE FROM audit WHERE seq = 2", "UPDATE audit_writers SET seq = 1, hash = (SELECT hash FROM audit WHERE seq = 1)"]}
        with contextlib.closing(sqlite3.connect(backup)) as db:
            rest = ", ".join(row[1] for row in db.execute("PRAGMA table_info(tokens)") if row[1] != "id")
        deeds |= {"a token that lives longer": ["UPDATE tokens SET expires_at = expires_at + 1"],
                  "a token gone": ["DELETE FROM tokens WHERE id = (SELECT min(id) FROM tokens)"],
                  "a token put in": [f"INSERT INTO tokens (id, {rest}) SELECT randomblob(16), {rest} FROM tokens LIMIT 1"]}
        for name, statements in deeds.items():
            with self.subTest(name):
                wrong = server.folder / "wrong.db"
                shutil.copy(backup, wrong)
                with contextlib.closing(sqlite3.connect(wrong)) as db, db, without_triggers(db):
                    for statement in statements:
                        db.execute(statement)
                self.assert_ends(server.command("restore", "--check", wrong), 1, str(wrong), "is not sound")
                done = server.command("restore", wrong)
                self.assertNotEqual(done.returncode, OK)
                self.assertIn("is not sound", done.stderr)
                self.assertEqual(server.database.stat().st_ino, before)
        self.assertEqual(partials(server.folder), [])
        newer = server.folder / "newer.db"
        shutil.copy(backup, newer)
        with contextlib.closing(sqlite3.connect(newer)) as db:
            db.execute("PRAGMA user_version = 99")
        foreign = prepared("foreign").folder / "backup.db"
        self.assert_ends(prepared("foreign").command("backup", foreign), OK)
        for file, word in ((newer, "newer hourkey"), (foreign, "server key"), (server.config, "not a database"), (server.database, "the database itself")):
            with self.subTest(file.name):
                done = server.command("restore", file)
                self.assertNotEqual(done.returncode, OK)
                self.assertIn(word, done.stderr)
                self.assertEqual(server.database.stat().st_ino, before)
        self.assertEqual(server.start().stop(), 0)

    def test_nothing_whose_schema_somebody_changed(self):
        server, backup = self.store("restored-trap")
        self.assertEqual(server.stop(), 0)
        trap = """DROP TRIGGER tokens_stay_revoked;
                  CREATE TRIGGER tokens_stay_revoked AFTER UPDATE OF revoked_at ON tokens WHEN NEW.revoked_at IS NOT NULL
                  BEGIN UPDATE tokens SET revoked_at = OLD.revoked_at, seal = OLD.seal WHERE id = OLD.id; END;"""
        for name, deed, found in (("trap", trap, "trigger tokens_stay_revoked"), ("dropped", "DROP TRIGGER audit_stays", "trigger audit_stays"),
                                  ("unindexed", "DROP INDEX audit_by_tenant", "index audit_by_tenant"), ("table", "CREATE TABLE evil (x)", "table evil")):
            with self.subTest(name):
                wrong = server.folder / f"{name}.db"
                shutil.copy(backup, wrong)
                shutil.copy(f"{server.database}.key", f"{wrong}.key")
                with contextlib.closing(sqlite3.connect(wrong)) as db:
                    db.executescript(deed)
                self.assert_ends(server.command("restore", "--check", wrong), 1, found)
                self.assert_ends(server.command("restore", wrong), UNAVAILABLE, found)
                there = ("--set", f"store.path={wrong}")
                self.assert_ends(server.command("audit", "verify", *there), 1, found)
                self.assert_ends(server.command("serve", *there), UNAVAILABLE, found)
        self.assertEqual(server.start().stop(), 0)


class CommandsEnd(Files):
    """Ctrl-C and SIGTERM, at a moment when the command is known to be at work."""

    def interrupt(self, command, sign):
        command.send_signal(sign)
        self.assertEqual(command.wait(PATIENCE), -sign)
        for stream in (command.stdout, command.stderr):
            if stream:
                stream.close()

    def test_a_backup_into_a_pipe_that_nobody_reads(self):
        folder = temporary_folder()
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(sign.name):
                pipe = folder / sign.name
                os.mkfifo(pipe)
                command = started(world.server, "backup", pipe)
                self.addCleanup(command.kill)
                wait_until("the server's copy", lambda: copies(world.server.folder))
                self.assertEqual(partials(world.server.folder), [], "a stream needs no second copy")
                self.interrupt(command, sign)
                wait_until("the end of the server's copy", lambda: not copies(world.server.folder))
        self.assert_ends(world.server.command("audit", "verify"), OK, "whole")

    def test_a_backup_on_standard_output_that_is_full(self):
        out, into = os.pipe()
        self.addCleanup(os.close, out)
        command = started(world.server, "backup", "-", stdout=into)
        os.close(into)
        self.assertTrue(select.select([out], [], [], PATIENCE)[0])
        self.interrupt(command, signal.SIGINT)
        self.assertEqual(partials(world.server.folder), [])

    def test_what_cannot_be_shown_is_a_failure(self):
        server = prepared("unshown")
        backup = server.folder / "backup.db"
        self.assert_ends(server.command("backup", backup), OK)

        def run(*arguments):
            with open("/dev/full", "w") as full:
                done = started(server, *arguments, stdout=full)
            _, error = done.communicate(timeout=PATIENCE)
            self.assertEqual(done.returncode, UNAVAILABLE, (arguments, error))
            self.assertIn("No space left on device", error.decode())
            return error.decode()

        def states():
            return {row.split("\t")[0]: row.split("\t")[-1] for row in server.command("token", "list").stdout.splitlines()[1:]}

        for is_running in (False, True):
            with self.subTest(running=is_running):
                before = states()
                error = run("token", "create", "--role", "operator")
                (lost,) = states().keys() - before.keys()
                self.assertIn(f"hourkeyd token revoke --id {lost}", error)
                run("token", "revoke", "--id", lost)
                self.assertEqual(states()[lost], "revoked")
                for arguments in (("token", "list"), ("audit", "verify"), ("restore", "--check", backup), ("backup", server.folder / "another.db")):
                    run(*arguments)
                if not is_running:
                    for arguments in (("config", "check"), ("migrate",), ("restore", backup)):
                        run(*arguments)
                    server.start()
                    self.addCleanup(server.kill)

    def test_commands_that_wait_for_a_server(self):
        server = prepared("frozen")
        server.start()
        self.addCleanup(server.kill)
        server.process.send_signal(signal.SIGSTOP)
        self.addCleanup(server.process.send_signal, signal.SIGCONT)
        for arguments in (("token", "create", "--role", "operator"), ("token", "revoke", "--id", "0" * 26)):
            for sign in (signal.SIGINT, signal.SIGTERM):
                with self.subTest(arguments[1], by=sign.name):
                    command = started(server, *arguments, stdout=subprocess.PIPE)
                    wait_until("it to wait", lambda: state_of(command.pid) == "S")
                    self.interrupt(command, sign)

    def test_commands_that_wait_for_their_server_key(self):
        """Whatever command it is: the key is a pipe into which nobody writes."""
        server = prepared("key-in-a-pipe")
        backup = server.folder / "backup.db"
        self.assert_ends(server.command("backup", backup), OK)
        pipe = server.folder / "pipe.key"
        os.mkfifo(pipe, 0o600)
        commands = (("backup", server.folder / "copy"), ("restore", "--check", backup), ("restore", backup), ("audit", "verify"), ("migrate",),
                    ("config", "check"), ("token", "create", "--role", "operator"), ("token", "list"), ("token", "revoke", "--id", "0" * 26))
        before = sorted(f.name for f in server.folder.iterdir())
        for arguments in commands:
            for sign in (signal.SIGINT, signal.SIGTERM):
                with self.subTest(" ".join(map(str, arguments[:2])), by=sign.name):
                    command = started(server, *arguments, "--set", f"store.key_file={pipe}", stdout=subprocess.DEVNULL)
                    with open(pipe, "wb"):  # returns when the command has opened it too
                        self.interrupt(command, sign)
        self.assertEqual(sorted(f.name for f in server.folder.iterdir()), before)


def state_of(pid):
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


if __name__ == "__main__":
    unittest.main()
