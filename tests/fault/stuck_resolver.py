#!/usr/bin/env python3
"""The real server with a resolver that does not answer: it recovers with it, and a stop does not wait for it."""

import argparse
import contextlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import harness  # noqa: E402


def must(holds, sentence):
    if not holds:
        raise SystemExit(f"a stuck resolver: {sentence}")


def start_stuck(server, flag):
    asked = flag.with_name(flag.name + ".asked")
    asked.unlink(missing_ok=True)
    flag.touch()
    server.start(ready=False)
    harness.wait_until("a look-up", asked.exists)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shim", required=True)
    options = parser.parse_args()
    with contextlib.ExitStack() as ends:
        folder = harness.temporary_folder()
        flag = folder / "stuck"
        authority = harness.Authority(folder)
        emulator = harness.Emulator(authority)
        ends.callback(emulator.stop)
        environment = {**emulator.base_environment(), "LD_PRELOAD": str(pathlib.Path(options.shim).resolve()), "STUCK_RESOLVER": str(flag)}
        server = harness.Server(folder / "server", authority, f"https://localhost:{emulator.port}", environment, start=False)
        ends.callback(server.kill)

        start_stuck(server, flag)
        flag.unlink()
        server.wait_for_log("base identity learned")
        must(server.stop() == 0, "the server did not stop well after the resolver had come back")

        start_stuck(server, flag)
        must(server.stop() == 0, "the server did not stop well while a look-up hung")
    print("a stuck resolver: the server recovered with it, and stopped without it")


if __name__ == "__main__":
    main()
