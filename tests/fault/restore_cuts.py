#!/usr/bin/env python3
"""`hourkeyd restore` killed with -9 at random moments.

Whatever stands in the database's place afterwards is one state or the other, whole and taken for the newest: every command goes on with
it, and so does a restore that is run again. Short by default; HOURKEY_FAULT=full kills five hundred times.
"""

import argparse
import os
import pathlib
import random
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import harness  # noqa: E402


def restore_and_kill(server, backup, after):
    """True: the kill came in time."""
    command = [str(harness.BINARIES / "hourkeyd"), "restore", str(backup), "--config", str(server.config)]
    process = subprocess.Popen(command, env=harness.clean_environment(**server.base), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, preexec_fn=harness.end_with_us)
    time.sleep(after)
    process.kill()
    return process.wait() != 0


def must(done):
    if done.returncode != 0:
        sys.exit(f"{done.args}: exit {done.returncode}\n{done.stdout}{done.stderr}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500 if os.environ.get("HOURKEY_FAULT") == "full" else 25)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    random.seed(options.seed)
    print(f"seed {options.seed}")
    world = harness.World()
    server = world.another_server("cut", start=False)
    server.configure()
    server.make_token("operator")
    backup = server.folder / "backup.db"
    must(server.command("backup", backup))
    began = time.monotonic()
    must(server.command("restore", backup))
    takes = time.monotonic() - began
    killed = 0
    for _ in range(options.kills):
        server.make_token("operator")  # so that there is something to lose
        killed += restore_and_kill(server, backup, random.uniform(0, takes * 1.2))
        must(server.command("audit", "verify"))
        for kept in server.folder.glob("*.before-restore-*"):
            kept.unlink()
    must(server.command("restore", backup))
    left = [f.name for f in server.folder.iterdir() if ".partial-" in f.name]
    if left:
        sys.exit(f"left behind by those that were killed: {left}")
    server.start()
    server.stop()
    world.close()
    print(f"{killed} of {options.kills} restores were killed; the store was whole and the newest every time")


if __name__ == "__main__":
    main()
