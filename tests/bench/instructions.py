"""Instructions per vend, as callgrind counts them: they repeat to 0.1 % whatever else the machine does, so a change that
costs more shows at once. Callgrind hides SHA-NI and VAES, so cryptography weighs more here than on a real processor."""
import json
import pathlib
import re
import subprocess

import rig as rigs

BUDGET_FILE = pathlib.Path(__file__).with_name("instructions.json")
TOLERANCE = 0.02
FEW, MANY = 200, 1200
TRIES = 3  # timers and group commits add a percent on a busy machine, never take one away: the least of them counts


def counted(rig, program, requests):
    """Instructions that `requests` vends on one new connection take, its handshake included."""
    out = rig.folder / "callgrind"
    control = lambda *what: subprocess.run(["callgrind_control", *what, str(program.process.pid)], check=True, capture_output=True)
    control("-z")
    figures = rig.load(program.request, "--connections", 1, "--requests", requests)
    if figures["completed"] != requests:
        raise rigs.Trouble(f"only {figures['completed']} of {requests} vends succeeded under callgrind: {figures['errors']}")
    for old in out.parent.glob("callgrind.*"):
        old.unlink()
    control("-d")
    totals = [int(n) for file in out.parent.glob("callgrind.*") for n in re.findall(r"^totals: (\d+)", file.read_text(), re.MULTILINE)]
    if not totals:
        raise rigs.Trouble("callgrind wrote no totals")
    return sum(totals)


def without_debug_information(rig, name):
    """A copy with function names alone: valgrind 3.19 gives up on the DWARF 5 that clang 19 writes."""
    copy = rig.folder / name
    subprocess.run(["llvm-strip-19", "--strip-debug", rig.binary(name), "-o", str(copy)], check=True)
    return copy


def instructions_per_vend(options):
    with rigs.Rig(options.bin, options.work) as rig:
        rig.server_cores = rig.server_cores[:1]
        rig.start_stand_in()
        valgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={rig.folder}/callgrind", "--quiet"]
        program = rig.start_hourkeyd(under=valgrind, binary=without_debug_information(rig, "hourkeyd"))
        rig.load(program.request, "--connections", 1, "--requests", FEW)  # caches, prepared statements, STS connection
        few, many = counted(rig, program, FEW), counted(rig, program, MANY)  # what they share, the handshake above all, cancels
        return round((many - few) / (MANY - FEW))


def measure_and_hold(options):
    if options.update or not BUDGET_FILE.exists():
        now = min(instructions_per_vend(options) for _ in range(TRIES))
        BUDGET_FILE.write_text(json.dumps({"instructions_per_vend": now}, indent=2) + "\n")
        print(f"{now:,} instructions per vend; written to {BUDGET_FILE.name}")
        return 0
    budget = json.loads(BUDGET_FILE.read_text())["instructions_per_vend"]
    for _ in range(TRIES):
        now = instructions_per_vend(options)
        print(f"{now:,} instructions per vend, budget {budget:,} ({(now / budget - 1) * 100:+.1f} %)", flush=True)
        if now <= budget * (1 + TOLERANCE):
            return 0
    print(f"More than {TOLERANCE:.0%} over. Make it cheaper, or commit a new budget with the reason: ./dev bench --instructions --update")
    return 1
