#!/usr/bin/env python3
"""Cuts the power under a store that is being written, and counts what was acknowledged and is gone.

The shim keeps a shadow folder with exactly what was synced; a cut is kill -9, and the shadow is what the next start finds.
Every acknowledged record must be in it, the file must be sound and the audit chain must verify. A control run on a disk
that lies about syncing the log must lose records: otherwise this test could not see a loss.
"""

import argparse
import contextlib
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time


class Disk:
    """A folder whose files survive a cut only as far as they were synced."""

    def __init__(self, root, shim, forget=""):
        self.root = pathlib.Path(root)
        self.shim = shim
        self.forget = forget
        self.live = self.root / "live"
        self.shadow = self.root / "shadow"
        for folder in (self.live, self.shadow):
            folder.mkdir(parents=True, exist_ok=True)

    def environment(self):
        env = dict(os.environ, LD_PRELOAD=str(self.shim), POWER_CUT_DIR=str(self.live), POWER_CUT_SHADOW=str(self.shadow))
        if self.forget:
            env["POWER_CUT_FORGET"] = self.forget
        return env

    def cut(self):
        """After the processes are dead: what was not synced is gone."""
        shutil.rmtree(self.live)
        shutil.copytree(self.shadow, self.live, ignore=shutil.ignore_patterns(".part-*"))
        for part in self.shadow.glob(".part-*"):
            part.unlink()


def run_until_cut(command, disk, seconds):
    """Starts a program that prints a line per acknowledged record, kills it that long after the first, returns the lines."""
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out, env=disk.environment())
        try:
            give_up = time.monotonic() + 60
            while os.fstat(out.fileno()).st_size == 0:
                if process.poll() is not None or time.monotonic() > give_up:
                    raise RuntimeError(f"{command[0]} acknowledged nothing")
                time.sleep(0.005)
            time.sleep(seconds)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        out.seek(0)
        lines = out.read().decode().split("\n")
    return lines[:-1]  # the last one is empty, or was cut short


def stored_request_ids(database):
    with contextlib.closing(sqlite3.connect(database)) as db:
        verdict = db.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            raise RuntimeError(f"integrity_check: {verdict}")
        if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'audit'").fetchone():
            return set()  # only a disk that lies loses even the schema
        return {row[0] for row in db.execute("SELECT request_id FROM audit")}


def run_cuts(program, shim, cuts, longest, forget=""):
    """Cuts one store again and again. Returns how many records were acknowledged and how many of them are gone."""
    acknowledged = lost = 0
    with tempfile.TemporaryDirectory(prefix="hourkey-power-cut-") as root:
        disk = Disk(root, shim, forget)
        database = disk.live / "hourkey.db"
        kept = set()
        for number in range(cuts):
            lines = set(run_until_cut([program, "load", str(database)], disk, random.uniform(0.02, longest)))
            disk.cut()
            if not forget:
                checked = subprocess.run([program, "check", str(database)], env=disk.environment(), capture_output=True, text=True, timeout=120)
                if checked.returncode != 0:
                    raise RuntimeError(f"cut {number}: {checked.stderr}")
            found = stored_request_ids(database)
            gone = (lines | kept) - found
            acknowledged += len(lines)
            lost += len(gone)
            kept = found
    return acknowledged, lost


def main():
    full = os.environ.get("HOURKEY_FAULT") == "full"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--shim", required=True)
    parser.add_argument("--cuts", type=int, default=100 if full else 10)
    parser.add_argument("--seconds", type=float, default=2.0 if full else 0.6, help="the longest time from the first record to the cut")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    random.seed(options.seed)
    print(f"seed {options.seed}")

    acknowledged, lost = run_cuts(options.program, options.shim, options.cuts, options.seconds)
    print(f"{options.cuts} cuts: {acknowledged} records acknowledged, {lost} lost")
    control_cuts = max(2, options.cuts // 10)
    control_acknowledged, control_lost = run_cuts(options.program, options.shim, control_cuts, options.seconds, forget="-wal")
    print(f"control, a disk that lies: {control_cuts} cuts, {control_acknowledged} acknowledged, {control_lost} lost")
    if lost:
        sys.exit("acknowledged records were lost")
    if not control_lost:
        sys.exit("the control lost nothing: this test would not see a loss")


if __name__ == "__main__":
    main()
