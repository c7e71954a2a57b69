#!/usr/bin/env python3
"""The real server on a disk whose syncs do not come back for a while.

What cannot be recorded is refused, not kept waiting and not given out; what is asked meanwhile is refused without asking STS;
reads go on, and the server recovers by itself.
"""

import argparse
import contextlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import harness  # noqa: E402

VEND = "/v1/credentials/prod"


def must(holds, sentence):
    if not holds:
        raise SystemExit(f"a hung disk: {sentence}")


def hang(world, flag):
    tenant = world.tenant()
    api = tenant.ready("deploy", "prod")
    given = [harness.expect(api.get(VEND), 200).json["AccessKeyId"]]
    before = len(world.emulator.history())

    flag.touch()
    caught = api.get(VEND)  # the commit of its record hangs
    must((caught.status, caught.code) == (503, "audit_unavailable"), f"the vend that met it was answered {caught!r}")
    harness.wait_until("/readyz to tell", lambda: world.api().get("/readyz").status == 503)
    asked = len(world.emulator.history())
    must(asked <= before + 1, "STS was asked more often than once")
    for _ in range(3):
        refused = api.get(VEND)
        must((refused.status, refused.code) == (503, "audit_unavailable"), f"a vend meanwhile was answered {refused!r}")
    must(len(world.emulator.history()) == asked, "STS was asked for a vend that could not be recorded")
    must(world.api().get("/livez").status == 200, "/livez is no longer 200")
    harness.expect(tenant.admin.get(f"/v1/tenants/{tenant.name}/connections/prod"), 200)

    flag.unlink()
    harness.wait_until("/readyz to recover", lambda: world.api().get("/readyz").status == 200)
    change(world, flag, tenant)
    given.append(harness.expect(api.get(VEND), 200).json["AccessKeyId"])
    must(set(given) <= harness.granted_keys(world.server.database), "a vend has no record")
    checked = world.server.command("audit", "verify")
    must(checked.returncode == 0, f"{checked.stdout}{checked.stderr}")
    must(world.server.stop() == 0, "the server did not stop well")


def change(world, flag, tenant):
    """A change that was under way may be stored: the answer says so and does not invite a repetition. One that never began is not."""
    flag.touch()
    caught = tenant.admin.put(f"{tenant.path}/apps/caught", {})
    must((caught.status, caught.code, caught.json["retryable"]) == (503, "outcome_unknown", False), f"the change that met it was answered {caught!r}")
    must("Retry-After" not in caught.headers, "a change that may have been stored invites a repetition")
    later = tenant.admin.put(f"{tenant.path}/apps/later", {})
    must((later.status, later.code, later.json["retryable"]) == (503, "store_unavailable", True), f"a change meanwhile was answered {later!r}")
    flag.unlink()
    harness.wait_until("/readyz to recover", lambda: world.api().get("/readyz").status == 200)
    harness.expect(tenant.admin.get(f"{tenant.path}/apps/caught"), 200)  # this disk was only slow
    harness.expect(tenant.admin.get(f"{tenant.path}/apps/later"), 404)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shim", required=True)
    options = parser.parse_args()
    with contextlib.ExitStack() as ends:
        flag = harness.temporary_folder() / "hung"
        world = harness.World({"LD_PRELOAD": str(pathlib.Path(options.shim).resolve()), "HUNG_DISK": str(flag)})
        ends.callback(world.close)
        hang(world, flag)
    print("a hung disk: vends were refused, STS was not asked for them, and the server recovered by itself")


if __name__ == "__main__":
    main()
