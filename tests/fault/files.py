#!/usr/bin/env python3
"""What may happen to the files of a store, done to a running and to a stopped server: each file is removed, replaced, cut, put back as
it was earlier, or made unreadable.

Under a load of vends no answer whose request began after the deed may lack its record. Whatever the server says later, it never goes on
without a vend that it has acknowledged, and where the deed did harm a message names the file. Short by default, one deed of a kind to each
file; HOURKEY_FAULT=full does all of them, several times, with the load at other moments.
"""

import argparse
import atexit
import contextlib
import os
import pathlib
import random
import shutil
import sqlite3
import stat
import sys
import tempfile
import threading
import time

NOBODY = 65534
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
if os.geteuid() == 0:
    # Nothing is unreadable to root. The programs, and all that is imported, may lie where only root can read.
    programs = tempfile.TemporaryDirectory(prefix="hourkey-programs-")
    atexit.register(programs.cleanup)
    os.chmod(programs.name, 0o755)
    for program in ("hourkeyd", "hourkey-sts-emulator"):
        shutil.copy(pathlib.Path(os.environ["HOURKEY_BIN"]) / program, programs.name)
    os.environ["HOURKEY_BIN"] = programs.name
    import harness
    os.chown(programs.name, NOBODY, NOBODY)
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
else:
    import harness

FILES = ("", "-wal", "-shm", ".lock", ".head", ".key", ".sock")
CLIENTS = 4


def remove(file, _):
    file.unlink()


def replace(file, _):
    """By a file that has nothing to do with it."""
    other = file.with_name(file.name + ".other")
    other.write_bytes(os.urandom(20_000))
    other.chmod(0o600)
    other.rename(file)


def cut(file, _):
    os.truncate(file, 0)


def older(file, earlier):
    """As `mv backup hourkey.db` does."""
    other = file.with_name(file.name + ".earlier")
    shutil.copy(earlier, other)
    other.rename(file)


def older_in_place(file, earlier):
    """As `cp backup hourkey.db` does."""
    with open(file, "r+b") as into:
        into.truncate(0)
        into.write(earlier.read_bytes())


def unreadable(file, _):
    file.chmod(0)


DEEDS = (remove, replace, cut, older, older_in_place, unreadable)


def is_possible(suffix, deed):
    if suffix == ".sock":
        return deed in (remove, replace, unreadable)  # a socket has no content
    if suffix == ".lock":
        return deed not in (cut, older_in_place)  # it is empty, and stays the same file
    if suffix == "-shm":
        return deed is not older_in_place  # SQLite has it mapped: what is written into it from outside cannot be told from its own
    if suffix == ".key":
        return deed is not older and deed is not older_in_place  # a key does not change
    return True


# Harmless to a server that runs: it has the file open, or writes it anew.
def may_go_on(suffix, deed):
    return suffix in (".head", ".sock") or deed is unreadable


class Load:
    """Clients that vend, and remember each access key they were given and when they asked for it."""

    def __init__(self, server, token):
        self.given, self._lock, self._ends = [], threading.Lock(), threading.Event()
        self.answers = 0
        self._threads = [threading.Thread(target=self._vend, args=(server, token), daemon=True) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def _vend(self, server, token):
        api = harness.Api(server.port, server.authority.trust(), token)
        with contextlib.suppress(OSError, harness.http.client.HTTPException):
            while not self._ends.is_set():
                began = time.monotonic()
                answer = api.get("/v1/credentials/prod")
                with self._lock:
                    self.answers += 1
                    if answer.status == 200:
                        self.given.append((began, answer.json["AccessKeyId"]))

    def wait_for_answers(self, more):
        wanted = self.answers + more
        harness.wait_until("answers", lambda: self.answers >= wanted or not any(t.is_alive() for t in self._threads))

    def end(self):
        self._ends.set()
        for thread in self._threads:
            thread.join(harness.PATIENCE)


class Wrong(Exception):
    pass


class Round:
    """One server with a history, in a folder of its own."""

    def __init__(self, world, number):
        self.folder = world.folder / f"round-{number}"
        self.server = harness.Server(self.folder, world.authority, world.emulator.url, world.emulator.base_environment())
        self.database = self.server.database
        operator = harness.Api(self.server.port, world.authority.trust(), self.server.make_token("operator"))
        name = f"files-{number}"
        harness.expect(operator.post("/v1/tenants", {"name": name}), 201)
        admin = harness.Api(self.server.port, world.authority.trust(),
                            harness.expect(operator.post(f"/v1/tenants/{name}/tokens", {"role": "admin"}), 201).json["token"])
        path = f"/v1/tenants/{name}"
        role = f"arn:aws:iam::{harness.TARGET_ACCOUNT}:role/hourkey/{name}"
        harness.expect(admin.put(f"{path}/apps/deploy"), 200, 201)
        made = harness.expect(admin.put(f"{path}/connections/prod", {"kind": "role", "role_arn": role}), 200, 201).json
        world.emulator.put_role(role, made["external_id"])
        harness.expect(admin.post(f"{path}/connections/prod/verify"), 200)
        harness.expect(admin.put(f"{path}/connections/prod/grants/deploy"), 200, 201)
        self.admin, self.tokens = admin.token, f"{path}/tokens"
        self.token = harness.expect(admin.post(self.tokens, {"role": "app", "app": "deploy"}), 201).json["token"]
        self.leaver = harness.expect(admin.post(self.tokens, {"role": "app", "app": "deploy"}), 201).json
        self.given = set()

    def file(self, suffix):
        return self.database.with_name(self.database.name + suffix)

    def keep_copies(self):
        """As everything is now: older than what comes."""
        self.copies = self.folder / "earlier"
        self.copies.mkdir(exist_ok=True)
        for suffix in FILES:
            file = self.file(suffix)
            if file.exists() and stat.S_ISREG(file.stat().st_mode):
                shutil.copy(file, self.copies / file.name)

    def revoke_and_restart(self):
        """The revocation is in the database file afterwards, and not in its log."""
        admin = harness.Api(self.server.port, self.server.authority.trust(), self.admin)
        harness.expect(admin.delete(f"{self.tokens}/{self.leaver['id']}"), 200, 204)
        if self.server.stop() != 0:
            raise Wrong("the server did not stop well")
        self.server.start()

    def vends_to_the_revoked(self):
        api = harness.Api(self.server.port, self.server.authority.trust(), self.leaver["token"])
        return api.get("/v1/credentials/prod").status == 200

    def vend(self, times):
        api = harness.Api(self.server.port, self.server.authority.trust(), self.token)
        for _ in range(times):
            self.given.add(harness.expect(api.get("/v1/credentials/prod"), 200).json["AccessKeyId"])

    def do(self, suffix, deed):
        file = self.file(suffix)
        deed(file, self.copies / file.name)

    def recorded(self):
        with contextlib.suppress(sqlite3.Error):
            return harness.granted_keys(self.database)
        return set()

    def start_again(self):
        """(True, what it said) when it serves, (False, what it said) when it refused."""
        before = self.server.log_file.stat().st_size
        try:
            self.server.start()
            serves = True
        except (harness.Trouble, ValueError):  # it has ended, or is about to: a refusal is told in plain words
            with contextlib.suppress(harness.subprocess.TimeoutExpired):
                self.server.process.wait(harness.PATIENCE)
            self.server.kill()
            serves = False
        return serves, self.server.log_file.read_bytes()[before:].decode()

    def end(self):
        self.server.kill()
        for suffix in FILES:
            with contextlib.suppress(OSError):
                self.file(suffix).chmod(0o600)
        shutil.rmtree(self.folder, ignore_errors=True)


def check_next_start(r, suffix, deed, told):
    """It serves with all that was ever acknowledged, or refuses; where it refuses, the file has been named."""
    serves, said = r.start_again()
    if serves:
        if r.vends_to_the_revoked():
            raise Wrong("it serves again, and a revoked token vends")
        lost = r.given - r.recorded()
        if lost:
            raise Wrong(f"it serves again without {len(lost)} of {len(r.given)} vends that clients received")
        checked = r.server.command("audit", "verify")
        if checked.returncode:
            raise Wrong(f"it serves again, and the audit is not whole: {checked.stdout}{checked.stderr}")
    elif r.file(suffix).name not in told + said:
        raise Wrong(f"it refuses to start, and no message names {r.file(suffix).name}: {said[-800:]}")
    return serves, said


def to_running(r, suffix, deed):
    r.vend(3)
    r.keep_copies()
    r.revoke_and_restart()
    r.vend(5)
    load = Load(r.server, r.token)
    load.wait_for_answers(random.randint(2, 20))
    log_from = r.server.log_file.stat().st_size
    r.do(suffix, deed)
    done = time.monotonic()
    load.wait_for_answers(8 * CLIENTS)

    def told():
        text = r.server.log_file.read_bytes()[log_from:].decode()
        return text if r.file(suffix).name in text or r.server.process.poll() is not None else None
    try:
        said = harness.wait_until(f"a message that names {r.file(suffix).name}", told)
    except harness.Trouble as trouble:
        raise Wrong(f"{trouble}; {load.answers} answers, the log since: {r.server.log_file.read_bytes()[log_from:].decode()[-1500:]}")
    if r.file(suffix).name not in said:
        raise Wrong(f"the server ended, and no message names {r.file(suffix).name}: {said[-800:]}")
    load.end()
    after = {key for began, key in load.given if began > done}
    r.given.update(key for _, key in load.given)
    if may_go_on(suffix, deed) and r.server.process.poll() is not None:
        raise Wrong("the server ended for a file that it does not need")
    r.server.kill() if random.random() < 0.5 or r.server.process.poll() is not None else r.server.stop()
    with contextlib.suppress(OSError):
        if deed is not unreadable:
            r.file("").chmod(0o600)
    if deed is unreadable:
        with contextlib.suppress(FileNotFoundError):  # a stop removes the socket
            r.file(suffix).chmod(0o600)  # what is in it can be looked at, and the next start is not about rights
    missing = after - r.recorded()
    if missing:
        raise Wrong(f"{len(missing)} of {len(after)} vends that began after the deed have no record")
    check_next_start(r, suffix, deed, said)


def to_stopped(r, suffix, deed):
    r.vend(3)
    r.keep_copies()
    r.revoke_and_restart()
    r.vend(5)
    if r.server.stop() != 0:
        raise Wrong("the server did not stop well")
    if not r.file(suffix).exists():
        return
    r.do(suffix, deed)
    check_next_start(r, suffix, deed, "")


def main():
    full = os.environ.get("HOURKEY_FAULT") == "full"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5 if full else 1)
    parser.add_argument("--only", default="", help="part of a case's name")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    random.seed(options.seed)
    print(f"seed {options.seed}")
    cases = [(state, suffix, deed) for state in (to_running, to_stopped) for suffix in FILES for deed in DEEDS if is_possible(suffix, deed)]
    if not full:  # each file in each state, and each deed to the database and its log
        picked = {suffix: random.choice([d for d in DEEDS if is_possible(suffix, d)]) for suffix in FILES}
        cases = [c for c in cases if c[1] in ("", "-wal") or c[2] is picked[c[1]]]
    failed, number = 0, 0
    with tempfile.TemporaryDirectory(prefix="hourkey-files-") as root:
        os.environ["TMPDIR"] = tempfile.tempdir = root
        world = harness.World()
        try:
            for state, suffix, deed in cases * options.rounds:
                name = f"{state.__name__}: {deed.__name__} hourkey.db{suffix}"
                if options.only not in name:
                    continue
                number += 1
                r = Round(world, number)
                try:
                    state(r, suffix, deed)
                except (Wrong, harness.Trouble, AssertionError) as wrong:
                    failed += 1
                    print(f"FAILED {name}: {wrong}", flush=True)
                finally:
                    r.end()
        finally:
            world.close()
    if failed:
        raise SystemExit(f"{failed} of {number} cases failed")
    print(f"{number} cases: no vend that began after the deed is without its record, none acknowledged was lost unnoticed")


if __name__ == "__main__":
    main()
