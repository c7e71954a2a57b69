#!/usr/bin/env python3
"""The real server under a load of vends, killed at random moments: by kill -9, and by a power cut that takes what was not synced.

Whatever a client got a 2xx for must be in the audit, the chain must verify, and the server must start again and vend.
Short by default; HOURKEY_FAULT=full makes at least 10,000 vends and fifty kills of each kind.
"""

import argparse
import contextlib
import os
import pathlib
import random
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import harness  # noqa: E402
from power_cut import Disk  # noqa: E402

CLIENTS = 6
NO_LIMITS = {f"{of}_per_second": 0 for of in ("token", "app", "tenant", "sts")}


class Load:
    """Clients that vend until the server is gone, and remember each access key they were given."""

    def __init__(self, server, token):
        self.given, self._lock = [], threading.Lock()
        self._threads = [threading.Thread(target=self._vend, args=(server.port, server.authority, token), daemon=True) for _ in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def _vend(self, port, authority, token):
        api = harness.Api(port, authority.trust(), token)
        with contextlib.suppress(OSError, harness.http.client.HTTPException):
            while True:
                answer = api.get("/v1/credentials/prod")
                if answer.status == 200:
                    with self._lock:
                        self.given.append(answer.json["AccessKeyId"])

    def wait(self):
        for thread in self._threads:
            thread.join(harness.PATIENCE)


def prepare(world):
    tenant = world.tenant()
    tenant.ready("deploy", "prod")
    return tenant.issue("app", "deploy")["token"]


def run(kind, disk, least_vends, least_kills, seconds):
    """Kills and restarts until there were that many vends and kills. Returns both."""
    world = harness.World(disk.shim_environment(), store={"path": disk.live / "hourkey.db"}, limits=NO_LIMITS)
    token = prepare(world)
    given, kills = set(), 0
    try:
        while len(given) < least_vends or kills < least_kills:
            load = Load(world.server, token)
            time.sleep(random.uniform(0.1, seconds))
            world.server.kill()
            load.wait()
            kills += 1
            disk.after_kill()
            given.update(load.given)
            missing = given - harness.granted_keys(disk.live / "hourkey.db")
            if missing:
                raise SystemExit(f"{kind}: {len(missing)} of {len(given)} vends that clients received have no record")
            checked = world.server.command("audit", "verify")
            if checked.returncode:
                raise SystemExit(f"{kind}, kill {kills}: {checked.stdout}{checked.stderr}")
            world.server.start()
    finally:
        world.close()
    return len(given), kills


class PlainDisk:
    """A disk that keeps what was written: kill -9 alone."""

    def __init__(self, root):
        self.live = pathlib.Path(root)

    def shim_environment(self):
        return {}

    def after_kill(self):
        pass


class CutDisk(Disk):
    def shim_environment(self):
        mine = self.environment()
        return {key: mine[key] for key in ("LD_PRELOAD", "POWER_CUT_DIR", "POWER_CUT_SHADOW")}

    def after_kill(self):
        self.cut()


def main():
    full = os.environ.get("HOURKEY_FAULT") == "full"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shim", required=True)
    parser.add_argument("--vends", type=int, default=10_000 if full else 300)
    parser.add_argument("--kills", type=int, default=50 if full else 1)
    parser.add_argument("--seconds", type=float, default=0.4 if full else 0.6, help="the longest time between two kills")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    random.seed(options.seed)
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory(prefix="hourkey-cuts-") as root:
        (pathlib.Path(root) / "plain").mkdir()
        for kind, disk in (("kill -9", PlainDisk(pathlib.Path(root) / "plain")), ("power cut", CutDisk(pathlib.Path(root) / "cut", pathlib.Path(options.shim).resolve()))):
            vends, kills = run(kind, disk, options.vends, options.kills, options.seconds)
            print(f"{kind}: {kills} times, {vends} vends answered, each with its record; the audit chain verified every time", flush=True)


if __name__ == "__main__":
    main()
