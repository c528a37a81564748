#!/usr/bin/env python3
"""Offers at the real client: locked ones, and fingerprints typed as they were heard. What is wrong enrols nobody."""
import os
import pty
import select
import sys
import time

from world import Tap, World

SECONDS = 30


def typed(answer, argv):
    """Runs on a terminal of its own and types the answer to the fingerprint's question; the exit code and what was seen."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(argv[0], argv)
    seen, has_answered, end = b"", False, time.monotonic() + SECONDS
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                got = os.read(terminal, 4096)
            except OSError:
                break
            if not got:
                break
            seen += got
        if b"two groups:" in seen and not has_answered:
            os.write(terminal, answer.encode() + b"\n")
            has_answered = True
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return code, seen.decode(errors="replace")


def main():
    tap = Tap()
    with World(["mys-cert", "idn-cert"]) as world:
        giver, taker = (station.make() for station in world.stations)
        giver.start()
        taker.start()
        locked, words = os.path.join(world.directory, "locked"), os.path.join(world.directory, "words")
        accept = ["contacts", "accept", "--passphrase-file", words, locked]
        with open(words, "w", opener=lambda p, f: os.open(p, f, 0o600)) as file:
            file.write("maple orbit kettle dune\n")
        offer = giver.must("admin", "contacts", "offer", "idn-cert", "--lock", "--passphrase-file", words)
        with open(locked, "w") as file:
            file.write(offer)
        tap.ok("BEGIN HOTLINE LOCKED OFFER" in offer, "a locked offer says that it is one")
        with open(words, "w") as file:
            file.write("another set of words\n")
        done = taker.hotline("admin", *accept, "--unverified")
        tap.ok(done.code == 1 and "passphrase is wrong" in done.err, "a wrong passphrase opens no offer", done)
        with open(words, "w") as file:
            file.write("maple orbit kettle dune\n")
        done = taker.hotline("admin", *accept)
        tap.ok(done.code == 1 and "nobody can be asked" in done.err, "without a terminal only --unverified enrols", done)
        base = [world.hotline, "--socket", os.path.join(taker.directory, "control")]
        code, seen = typed("00000 00000", base + accept)
        tap.ok(code == 1 and "nothing was enrolled" in seen, "wrong groups enrol nobody", seen)
        tap.equal(taker.must("admin", "contacts", "list", "--json"), [], "nothing that was refused left a peer")
        done = taker.hotline("admin", *accept, "--unverified")
        contact = taker.must("admin", "contacts", "list", "--json")[0]
        tap.ok(done.code == 0 and contact["verified"] is False, "--unverified enrols, and the list says so", done)
        fingerprint = contact["fingerprint"]
        verify = ["contacts", "verify", "mys-cert"]
        code, seen = typed("00000 00000", base + verify)
        tap.ok(code == 1, "contacts verify takes no wrong groups", seen)
        tap.ok(fingerprint[:35] in seen and fingerprint[-5:] not in seen, "the last two groups are not on the screen", seen)
        code, seen = typed(fingerprint[-11:], base + verify)
        tap.ok(code == 0 and taker.must("admin", "contacts", "list", "--json")[0]["verified"],
               "the right groups verify", seen)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
