#!/usr/bin/env python3
"""./dev bench: what a vend costs, beside the floors, in one run and one table.

hourkeyd      the real server with a real store on this disk: token, grant, AssumeRole over HTTPS, audit record with fsync
forwarder     our net, http and aws modules alone: sign and forward, no store, no audit
nginx proxy   Debian's nginx, HTTPS to the same HTTPS STS, neither signing nor rewriting

The servers are measured in turns, round after round, and medians are shown, because only ratios within a run mean anything
on a shared machine. The measured have one half of the cores, load generator and STS stand-in the other (--no-pin: all share).
"""
import argparse
import pathlib
import statistics
import sys

import hostile
import instructions
import rig as rigs

CONNECTIONS = (1, 16, 64, 256)
NEW = "new TLS"
HOSTILE_RATE = 2_000


def measure(rig, program, shape):
    """One sample of one server."""
    before = {}
    figures = rig.load(program.request, *shape, on_begin=lambda: before.update(cpu=program.cpu_ns()))
    if not figures["completed"]:
        raise rigs.Trouble(f"{program.name} answered nothing: {figures['errors']}")
    figures["cpu_ms"] = (program.cpu_ns() - before["cpu"]) / 1e6 / figures["completed"]
    figures["rss_mb"] = program.rss_kib() / 1024
    return figures


def median_of(samples):
    out = {key: statistics.median(s[key] for s in samples) for key in ("rate", "p50_ms", "p99_ms", "cpu_ms", "rss_mb")}
    out["errors"] = sum(sum(s["errors"].values()) for s in samples)
    return out


def shape_for(connections, seconds):
    if connections == NEW:
        return ["--connections", 16, "--new-connections", "--warm-up", 0.5, "--seconds", seconds]
    return ["--connections", connections, "--warm-up", 1, "--seconds", seconds]


def compare(rig, programs, rounds, seconds):
    """{(connections, program): medians}, in turns: A B C, A B C, ..."""
    rows = {}
    for connections in (*CONNECTIONS, NEW):
        samples = {program.name: [] for program in programs}
        for _ in range(rounds):
            for program in programs:
                samples[program.name].append(measure(rig, program, shape_for(connections, seconds)))
        for name, taken in samples.items():
            rows[connections, name] = median_of(taken)
    return rows


def print_table(rows):
    heading = f"{'connections':>11}  {'server':<12} {'vends/s':>9} {'p50 ms':>8} {'p99 ms':>8} {'CPU-ms/vend':>12} {'x nginx':>8} {'RSS MB':>7} {'errors':>7}"
    print(heading + "\n" + "-" * len(heading))
    for (connections, name), r in rows.items():
        ratio = r["cpu_ms"] / rows[connections, "nginx proxy"]["cpu_ms"]
        print(f"{connections:>11}  {name:<12} {r['rate']:>9.0f} {r['p50_ms']:>8.2f} {r['p99_ms']:>8.2f} {r['cpu_ms']:>12.4f} {ratio:>8.2f} {r['rss_mb']:>7.1f} {r['errors']:>7}")


def idle_kib(rig, program, counts):
    """KiB per idle TLS connection, over what the server had before."""
    before, out = program.rss_kib(), {}
    for count in counts:
        with rig.idle_connections(program, count):
            out[count] = (program.rss_kib() - before) / count
    return out


def memory(rig, vends):
    """RSS of a fresh server, then after a tenth and after all of the vends."""
    program = rig.start_hourkeyd()
    idle = program.rss_kib() / 1024
    after = {}
    for total, more in ((vends // 10, vends // 10), (vends, vends - vends // 10)):
        rig.load(program.request, "--connections", 64, "--requests", more)
        after[total] = program.rss_kib() / 1024
    rig.end(program.process)
    return idle, after


def fixed_rate(rig, program, rate, seconds):
    """p99 at a fixed rate of the server and of the STS alone, both timed from when a request was due."""
    shape = ["--connections", 256, "--rate", rate, "--warm-up", 1, "--seconds", seconds]
    return rig.load(program.request, *shape)["p99_ms"], rig.load(rig.sts_request(rig.sts.port), *shape)["p99_ms"]


def held_reader(rig, program, rounds, seconds, fill):
    """The rate at 64 connections alone, and while somebody holds a snapshot of the store: [(alone, held), ...] in turns. The log
    (the WAL) is filled first, far beyond where it is copied back otherwise."""
    pairs = []
    for _ in range(rounds):
        alone = measure(rig, program, shape_for(64, seconds))["rate"]
        with rig.held_snapshot():
            rig.load(program.request, "--connections", 64, "--requests", fill)
            pairs.append((alone, measure(rig, program, shape_for(64, seconds))["rate"]))
    return pairs


def auditors(rig, program, rounds, seconds, count=4):
    """p99 in ms at 1,000 vends/s alone, and beside `count` auditors that read pages of 1,000 records: [(alone, beside), ...] in turns."""
    vends = ["--connections", 64, "--rate", 1000, "--warm-up", 1, "--seconds", seconds]
    pairs = []
    for _ in range(rounds):
        alone = rig.load(program.request, *vends)["p99_ms"]
        with rig.auditors(program, count):
            pairs.append((alone, rig.load(program.request, *vends)["p99_ms"]))
    return pairs


def beside_hostile(rig, program, rounds, seconds):
    """2,000 vends/s of one tenant, in turns alone and beside a tenant that does all it can; and that tenant's rights taken away meanwhile."""
    shape = ["--connections", 128, "--rate", HOSTILE_RATE, "--warm-up", 2, "--seconds", seconds]
    enemy = hostile.Hostile(rig, program, rigs.ROLE)
    alone, beside, revoked, failed = [], [], 0, []
    for _ in range(rounds):
        with hostile.Revocations(rig, program) as revocations:
            alone.append(rig.load(program.request, *shape))
        failed += revocations.failed
        with hostile.Revocations(rig, program) as revocations, enemy.at_work():
            beside.append(rig.load(program.request, *shape))
        revoked += revocations.done
        failed += revocations.failed
    answered = lambda samples: statistics.median(s["rate"] for s in samples)
    p99 = lambda samples: statistics.median(s["p99_ms"] for s in samples)
    return {"alone": answered(alone), "beside": answered(beside), "p99_alone": p99(alone), "p99_beside": p99(beside),
            "errors": [s["errors"] for s in beside if s["errors"]], "revoked": revoked, "failed": failed, "answers": enemy.answers}


def print_hostile(h):
    print(f"{HOSTILE_RATE:,} vends/s, timed from when due: alone {h['alone']:.0f}/s, p99 {h['p99_alone']:.2f} ms; "
          f"beside a hostile tenant {h['beside']:.0f}/s, p99 {h['p99_beside']:.2f} ms, errors {h['errors'] or 'none'}")
    print(f"  meanwhile {h['revoked']} tokens revoked, not in order: {h['failed'][:3] or 'none'}")
    print("  the hostile tenant was answered: " + "; ".join(f"{kind} {answers}" for kind, answers in h["answers"].items()))


def check_hostile(targets, h):
    targets.check("rate lost beside a hostile tenant", 100 * (1 - h["beside"] / h["alone"]), 5, "%")
    targets.check("p99 that a hostile tenant costs", h["p99_beside"] - h["p99_alone"], 10, "ms")
    targets.check("revocations that did not work meanwhile", len(h["failed"]), 0, "")


def bench_hostile(options):
    rounds, seconds = (1, 5) if options.quick else (options.rounds, 10)
    with rigs.Rig(options.bin, options.work, pin=not options.no_pin) as rig:
        rig.start_stand_in()
        h = beside_hostile(rig, rig.start_hourkeyd(), rounds, seconds)
    print_hostile(h)
    targets = Targets()
    check_hostile(targets, h)
    return 1 if targets.missed and options.gate else 0


class Targets:
    def __init__(self):
        self.missed = 0

    def check(self, what, value, limit, unit, at_least=False):
        met = value >= limit if at_least else value <= limit
        self.missed += not met
        print(f"  {'met   ' if met else 'MISSED'}  {what}: {value:.3g} {unit} (target: at {'least' if at_least else 'most'} {limit:g})")


def bench(options):
    rounds, seconds, vends, idle_counts = (1, 2, 10_000, (1_000,)) if options.quick else (options.rounds, 5, 100_000, (1_000, 8_000))
    with rigs.Rig(options.bin, options.work, pin=not options.no_pin) as rig:
        rig.start_stand_in()
        idle_rss, after = memory(rig, vends)
        hourkeyd = rig.start_hourkeyd()
        programs = [hourkeyd, rig.start_forwarder(), rig.start_nginx()]
        idle = {p.name: idle_kib(rig, p, idle_counts) for p in (programs[0], programs[2])}
        rows = compare(rig, programs, rounds, seconds)
        with_hourkey, with_sts = fixed_rate(rig, hourkeyd, 1000, 2 * seconds)
        read_beside = auditors(rig, hourkeyd, rounds, seconds)
        pairs = held_reader(rig, hourkeyd, rounds, seconds, vends)
        hostility = beside_hostile(rig, hourkeyd, 1 if options.quick else 3, 2 * seconds)

    print_table(rows)
    print()
    for name, sizes in idle.items():
        print(f"KiB per idle TLS connection, {name}: " + ", ".join(f"{kib:.1f} at {count:,}" for count, kib in sizes.items()))
    print(f"RSS of hourkeyd: {idle_rss:.1f} MB idle, " + ", ".join(f"{mb:.1f} MB after {count:,} vends" for count, mb in after.items()))
    print(f"p99 at 1,000 vends/s, timed from when due: {with_hourkey:.2f} ms, of which the STS alone takes {with_sts:.2f} ms")
    print("p99 ms at 1,000 vends/s beside four auditors: " + ", ".join(f"{beside:.2f} (alone {alone:.2f})" for alone, beside in read_beside))
    print("vends/s while somebody holds a snapshot of the store: " + ", ".join(f"{held:.0f} (alone {alone:.0f})" for alone, held in pairs))
    print_hostile(hostility)
    print("\nTargets:")
    targets = Targets()
    beside_nginx = lambda connections, name: rows[connections, name]["cpu_ms"] / rows[connections, "nginx proxy"]["cpu_ms"]
    for connections in (64, 256):
        targets.check(f"CPU of net+http+aws alone, {connections} connections", beside_nginx(connections, "forwarder"), 1.15, "x nginx")
    targets.check("CPU of a vend, 64 connections", beside_nginx(64, "hourkeyd"), 2.6, "x nginx")
    targets.check("CPU of a vend, 1 connection", beside_nginx(1, "hourkeyd"), 3.2, "x nginx")
    targets.check("rate, 64 connections", rows[64, "hourkeyd"]["rate"] / rows[64, "nginx proxy"]["rate"], 0.3, "of nginx's", at_least=True)
    targets.check("p99 over the STS's at 1,000 vends/s", with_hourkey - with_sts, 15, "ms")
    targets.check("p99 that four auditors add", statistics.median(beside - alone for alone, beside in read_beside), 15, "ms")
    targets.check("rate while a snapshot is held", statistics.median(held / alone for alone, held in pairs), 0.7, "of the rate alone", at_least=True)
    # At 1,000 the pages of code and heap that the first connections touch count too: some 1 MB, nginx's as ours.
    targets.check("an idle TLS connection", idle["hourkeyd"][max(idle_counts)], 17, "KiB")
    targets.check("RSS idle", idle_rss, 18, "MB")
    targets.check(f"RSS growth from {vends // 10:,} to {vends:,} vends", after[vends] - after[vends // 10], 2, "MB")
    check_hostile(targets, hostility)
    return 1 if targets.missed and options.gate else 0


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release/bin", help=argparse.SUPPRESS)
    parser.add_argument("--work", default="build/bench", type=pathlib.Path, help="folder for the store and logs; on the disk that is to be measured")
    parser.add_argument("--quick", action="store_true", help="one short round: a look, not a figure to quote")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-pin", action="store_true", help="let servers, load and STS share all cores")
    parser.add_argument("--gate", action="store_true", help="exit 1 when a target is missed")
    parser.add_argument("--hostile", action="store_true", help="only the row of a hostile tenant beside another one's vends")
    parser.add_argument("--instructions", action="store_true", help="callgrind's instructions per vend, held to tests/bench/instructions.json")
    parser.add_argument("--update", action="store_true", help="with --instructions: write the file instead")
    options = parser.parse_args()
    try:
        if options.instructions:
            return instructions.measure_and_hold(options)
        return bench_hostile(options) if options.hostile else bench(options)
    except rigs.Trouble as why:
        print(f"bench: {why}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
