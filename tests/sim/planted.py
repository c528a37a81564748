#!/usr/bin/python3
"""Bugs planted one at a time, which the storms must find. Prints TAP.

Each is a change of a few words in one source; a copy with it is compiled and linked in front of everything else that the
storms are made of, so that no bug can be switched on in the program that is delivered. usage: planted.py CC ROOT BUILD
[NAME]"""

import os
import re
import shlex
import subprocess
import sys

SEEDS = 60  # within which each must be found

PLANTS = [
    ("a receipt leaves before the commit", "daemon/station.c",
     "if (!store_must_commit(st->store) && store_is_open(st->store)) {",
     "if (store_is_open(st->store)) {"),
    ("a repeat is delivered twice", "daemon/inbox.c",
     "if (store_received(st->store, peer->id, seq, held)) {",
     "if (0 && store_received(st->store, peer->id, seq, held)) {"),
    ("the ladder stands still after a restart", "daemon/ladder.c",
     "st->next_due = store_delivery_next_due(st->store);\n\tst->ladder_from",
     "st->next_due = 0;\n\tst->ladder_from"),
    ("a ladder step is left out", "proto/deadline.c",
     "steps[] = {50, 100, 150, 200, 300};",
     "steps[] = {50, 100, 200, 300};"),
    ("a seq is given again", "daemon/store_peer.c",
     "SELECT next_seq FROM peer WHERE id = ?",
     "SELECT coalesce(max(seq), 0) + 1 FROM given WHERE peer = ?"),
    ("more is said to be stored than is", "daemon/partial.c",
     "out->beyond[out->count++] = seq;",
     "out->through = seq;"),
    ("a flash waits behind a routine", "daemon/store_peer.c",
     "seq IS NULL ORDER BY precedence DESC, id LIMIT 1",
     "seq IS NULL ORDER BY id LIMIT 1"),
    ("a hold does not pause the ladder", "proto/deadline.c",
     "delivery->due[DEADLINE_ACKNOWLEDGE] += until - from;",
     ";"),
    ("the alarm for custody comes early", "proto/deadline.c",
     "at + 2 * precedence_row(message->precedence)->custody_us;",
     "at + precedence_row(message->precedence)->custody_us;"),
    ("a hold that runs out is not told", "proto/deadline.c",
     "delivery->due[DEADLINE_ANSWER] = until;",
     ";"),
    ("what expired is owed when it is held", "proto/deadline.c",
     "if (delivery->is_ended)\n\t\treturn; /* expired, cancelled or refused",
     "if (0)\n\t\treturn; /* expired, cancelled or refused"),
    ("a head is not kept", "daemon/store_witness.c",
     "UPDATE peer SET seen_size = ?2,",
     "UPDATE peer SET seen_size = 0 * ?2,"),
    ("a step of the clock moves the deadlines", "daemon/clock.c",
     "st->shift.clock += before - clock;",
     ";"),
    ("a failed fsync is tried again", "daemon/store.c",
     "sqlite3_wal_hook(store->db, on_wal, store);",
     ""),
    ("a replayed record is answered", "daemon/greet.c",
     "if (conn->link.counter <= peer->counter_accepted) {",
     "if (0) {"),
    ("what waits is forgotten when it has a seq", "daemon/store_peer.c",
     "DELETE FROM outbox WHERE peer = ? AND seq <= ?",
     "DELETE FROM outbox WHERE peer = ? AND seq <= ? + 1"),
]


def libraries():
    names = ["libsodium", "msgpack", "sqlite3", "libconfuse", "libcrypto"]
    return shlex.split(subprocess.run(["pkg-config", "--libs"] + names, check=True, capture_output=True, text=True).stdout)


def build(compiler, root, directory, number, plant):
    """The storms with one bug in them."""
    _, source, old, new = plant
    text = open(os.path.join(root, source)).read()
    if old not in text:
        raise LookupError(f"{source} no longer says: {old}")
    stem = os.path.join(directory, f"planted-{number}")
    with open(stem + ".c", "w") as out:
        out.write(text.replace(old, new))
    subprocess.run(shlex.split(compiler) + [
        "-O1", "-std=gnu11", "-w", "-D_GNU_SOURCE", '-DHOTLINE_VERSION="planted"', f"-DSTORM_SEEDS={SEEDS}", "-I", root,
        "-I", os.path.join(directory, "../../daemon"), stem + ".c", os.path.join(root, "tests/sim/test_storm.c"),
        os.path.join(directory, "libstorm.a")] + libraries() + ["-o", stem], check=True)
    return stem


def hunt(program):
    """Which seed found it, and how; None when none did."""
    environment = dict(os.environ, WORLD_STOP="1", WORLD_WORKERS=os.environ.get("WORLD_WORKERS", "2"))
    run = subprocess.run([program], env=environment, capture_output=True, text=True)
    found = re.search(r"^# (seed \d+ (?:broke|ended|is not).*)$", run.stdout, re.M)
    return found.group(1) if found else None


def main():
    compiler, root, build_root = sys.argv[1:4]
    directory = os.path.join(build_root, "tests/sim")
    only = sys.argv[4] if len(sys.argv) > 4 else None
    failed = number = 0
    for number, plant in enumerate(PLANTS, 1):
        if only not in (None, plant[0]):
            continue
        try:
            found = hunt(build(compiler, root, directory, number, plant))
        except (LookupError, subprocess.CalledProcessError) as error:
            print(f"# {error}")
            found = None
        if found:
            print(f"# {found}")
        failed += found is None
        print(f"{'ok' if found else 'not ok'} {number} - {plant[0].replace(' ', '_')}", flush=True)
    print(f"1..{number}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
