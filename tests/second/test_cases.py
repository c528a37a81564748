#!/usr/bin/python3
"""Every record and proof that the unit tests `audit` and `prove` make and judge, judged again by the verifier in this folder:
one verdict."""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]

import verify  # noqa: E402
from strict import Bad  # noqa: E402
from world import Tap  # noqa: E402


class Given:
    """A card given beside the record, as the unit test tells it."""

    def __init__(self, name, state, serial, root, signing, log, id):
        self.name, self.state, self.serial = name, state, int(serial)
        self.root, self.signing, self.log, self.id = (bytes.fromhex(word) for word in (root, signing, log, id))


def read_trust(lines):
    trust = verify.Trust()
    for kind, *words in (line.split() for line in lines):
        if kind == "root":
            trust.add_fingerprint("=".join(words))
            continue
        card = Given(*words)
        trust.roots[card.state] = card.root
        trust.cards.append(card)
    return trust


def judge_again(directory):
    """How many of each verdict there are, and where the two differ."""
    counts, wrong = {True: 0, False: 0}, []
    for name in sorted(name for name in os.listdir(directory) if name.endswith(".verdict")):
        with open(os.path.join(directory, name), encoding="utf-8") as file:
            verdict, *lines = file.read().splitlines()
        with open(os.path.join(directory, name.replace(".verdict", ".file")), "rb") as file:
            data = file.read()
        first, second, why = verdict.startswith("verified"), True, "verified"
        try:
            verify.judge(data, read_trust(lines))
        except Bad as bad:
            second, why = False, str(bad)
        counts[first] += 1
        if first != second:
            wrong.append("%s: hotline says %s; second: %s" % (name, verdict, why))
    return counts, wrong


def main():
    tap = Tap()
    for test, good, bad in zip(sys.argv[1:], (20, 5), (500, 500)):
        with tempfile.TemporaryDirectory(prefix="hotline-cases-") as directory:
            done = subprocess.run([test], env=dict(os.environ, HOTLINE_AUDIT_KEEP=directory), capture_output=True, text=True,
                                  timeout=300)
            name = os.path.basename(test)
            tap.ok(done.returncode == 0, "%s itself passes" % name, done.stdout[-2000:] + done.stderr[-2000:])
            counts, wrong = judge_again(directory)
            tap.ok(not wrong, "%d good and %d bad files of %s get one verdict" % (counts[True], counts[False], name),
                   "\n".join(wrong[:40]))
            tap.ok(counts[True] >= good and counts[False] >= bad, "there are many of both")
    return tap.finish()


sys.exit(main())
