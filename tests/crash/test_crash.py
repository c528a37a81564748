#!/usr/bin/env python3
"""
The real daemon, killed at the system calls of a scripted exchange, and with its writes and fsyncs failing: each time it
is started again, the exchange is carried to its end, and both records verify.

usage: test_crash.py HOTLINED HOTLINE [--all] [--seed N] [--points N] [--jobs N] [--at SIDE:CALL:NUMBER[:ERROR]]
HOTLINED must be built without sanitizers.
"""
import argparse
import itertools
import multiprocessing
import os
import random
import re
import signal
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]

import strace  # noqa: E402
from exchange import Broken, Exchange  # noqa: E402
from strace import ERRORS, Aftermath, Fault  # noqa: E402
from world import Tap, World  # noqa: E402

NAMES = ["tha-cert", "vnm-cert"]
SIDES = ["sender", "receiver"]
FAILED_BY_ITSELF = 1
BEFORE_MAIN = 127  # what the loader ends with when a library can't be read


class Trial:
    """One exchange with one fault."""

    def __init__(self, world, victim, fault):
        self.log = world.path("strace")
        self.victim, self.fault = victim, fault
        self.exchange = Exchange(world, victim, strace.injecting(self.log, fault), self.judge,
                                 slips=0 if fault.error is None else 1)
        self.outcome = "not reached"

    def judge(self, side, code):
        if self.fault.error is None:
            self.judge_kill(code)
        else:
            self.judge_error(side, code)

    def judge_kill(self, code):
        if code == -signal.SIGKILL:
            self.outcome = "killed"
        elif code != 0:
            raise Broken("it ended with %d and was not killed" % code)

    def judge_error(self, side, code):
        wait_for_end(self.log)
        after = Aftermath(self.log, side.station.directory)
        if after.target is None:
            if code != 0:
                raise Broken("it ended with %d without the error" % code)
            return
        if not strace.is_of_station(after.target, side.station.directory):
            # a client's socket, the journal, a pipe of libuv's own, which then ends the process by an assertion
            self.outcome, self.exchange.tolerates = "failed outside the record", re.compile("event=failed|uv__")
            return
        self.outcome = "failed"
        was_stopping = "event=stop" in side.station.read_journal()
        if code not in (FAILED_BY_ITSELF, BEFORE_MAIN) and not (was_stopping and code == 0):
            raise Broken("it ended with %d after %s" % (code, self.fault))
        # A store that is only being made holds nothing yet, and SQLite takes back by itself what it began there.
        if after.sentences and "event=start" in side.station.read_journal():
            raise Broken("\n".join(after.sentences))

    def run(self):
        if os.path.exists(self.log):
            os.remove(self.log)
        self.exchange.run()
        return self.outcome


def wait_for_end(log):
    """The tracer lives a little longer than what it traced."""
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        with open(log, "rb") as lines:
            lines.seek(max(0, os.path.getsize(log) - 200))
            if b"+++ " in lines.read():
                return
        time.sleep(0.005)


def name_of(point):
    victim, fault = point
    parts = [SIDES[victim], fault.call, str(fault.number)] + ([fault.error] if fault.error else [])
    return ":".join(parts)


def point_of(name):
    side, call, number, *error = name.split(":")
    return SIDES.index(side), Fault(call, int(number), error[0] if error else None)


def make_stations(world):
    for station in world.stations:
        station.make()


def count_calls(victim):
    """The system calls of one side in an exchange without a fault."""
    with World(NAMES) as world:
        make_stations(world)
        log = world.path("strace")
        Exchange(world, victim, strace.counting(log), lambda side, code: wait_for_end(log)).run()
        return strace.counts(log)


def all_points():
    kills, errors = [], []
    for victim in range(len(SIDES)):
        for call, count in sorted(count_calls(victim).items()):
            for number in range(1, count + 1):
                kills.append((victim, Fault(call, number, None)))
                errors += [(victim, Fault(call, number, error)) for error in ERRORS.get(call, ())]
    return kills, errors


def work(queue, results):
    with World(NAMES) as world:
        make_stations(world)
        for point in iter(queue.get, None):
            try:
                results.put((point, Trial(world, *point).run(), None))
            except Exception as failure:  # whatever it is, it is this point's failure
                why = str(failure) if isinstance(failure, Broken) else traceback.format_exc()
                journals = ["%s: %s" % (station.name, line) for station in world.stations
                            for line in station.read_journal().splitlines()[-4:]]
                results.put((point, "broken", "\n".join([why] + journals)))


def run_all(points, jobs):
    """(point, outcome, why) as they come."""
    queue, results = multiprocessing.Queue(), multiprocessing.Queue()
    workers = [multiprocessing.Process(target=work, args=(queue, results)) for _ in range(min(jobs, len(points)))]
    for worker in workers:
        worker.start()
    for point in points:
        queue.put(point)
    for _ in workers:
        queue.put(None)
    for _ in points:
        yield results.get()
    for worker in workers:
        worker.join()


def spread(points, count, dice):
    """Some of each kind of system call, by turns: what touches the disk is not lost among what does not."""
    kinds = {}
    for point in dice.sample(points, len(points)):
        call = point[1].call
        kinds.setdefault(call if call in ERRORS or call in strace.TALKS else "other", []).append(point)
    rows = itertools.zip_longest(*(kinds[kind] for kind in sorted(kinds)))
    return [point for row in rows for point in row if point is not None][:count]


def choose(args):
    if args.at:
        return [point_of(name) for name in args.at]
    kills, errors = all_points()
    if args.all:
        return kills + errors
    dice = random.Random(args.seed)
    return spread(kills, args.points - args.points // 2, dice) + spread(errors, args.points // 2, dice)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hotlined")
    parser.add_argument("hotline")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--points", type=int, default=40)
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--at", action="append")
    return parser.parse_args()


def main():
    args, tap = arguments(), Tap()
    if not strace.is_here():
        tap.skip("a daemon that is killed at any system call recovers", "strace is not installed")
        return tap.finish()
    if os.path.isdir("/dev/shm"):
        tempfile.tempdir = "/dev/shm"  # what a kill leaves is the same there, and it is fast
    begun, counts, broken = time.monotonic(), {}, 0
    if not args.all:
        tap.note("seed %d; to repeat: tests/crash/run --seed %d --points %d" % (args.seed, args.seed, args.points))
    points = choose(args)
    if not args.all:
        tap.note("points: " + " ".join(map(name_of, points)))
    for point, outcome, why in run_all(points, args.jobs):
        counts[outcome] = counts.get(outcome, 0) + 1
        if why is not None or not args.all:
            claim = "%s: it recovers, the exchange completes and both records verify" % name_of(point)
            tap.ok(why is None, claim + " (%s)" % outcome, "%s\nto repeat: tests/crash/run --at %s" % (why, name_of(point)))
        broken += why is not None
        if args.all and sum(counts.values()) % 500 == 0:
            tap.note("%d of %d points, %.0f s: %s" % (sum(counts.values()), len(points), time.monotonic() - begun, counts))
    if args.all:
        tap.equal(broken, 0, "every one of %d points recovers, completes and verifies" % len(points))
    reached = sum(count for outcome, count in counts.items() if outcome != "not reached")
    tap.ok(2 * reached > len(points), "most points were reached", counts)
    tap.note("%d points: %s; %.0f s" % (len(points), counts, time.monotonic() - begun))
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
