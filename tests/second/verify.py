#!/usr/bin/python3
"""A second verifier of what Hotline's stations export and prove, written from proto/SPEC.md alone.

    verify.py FILE... [--card FILE]... [--root STATE=FINGERPRINT]...

It shares no code with the programs it judges: Debian's python3-nacl and python3-msgpack do the arithmetic. Says what is
wrong with the first bad array of each file, or that all is well; exits 1 when anything is wrong."""
import hashlib
import re
import sys

import proof
import record
from objects import Card, Object, decode64, state
from strict import Bad, need


def armoured(label, data):
    """The first block of this label in a text (9.1), or None."""
    lines = [line.rstrip(" \t\r") for line in data.decode("utf-8", "replace").split("\n")]
    begin, end = "-----BEGIN HOTLINE %s-----" % label, "-----END HOTLINE %s-----" % label
    if begin not in lines:
        return None
    rest = lines[lines.index(begin) + 1:]
    need(end in rest, "the armour has no end")
    rest = [line for line in rest[:rest.index(end)] if line]
    need(rest and rest[-1].startswith("="), "the armour has no checksum")
    body = rest[:-1]
    need(all(len(line) == 64 for line in body[:-1]) and all(len(line) <= 64 for line in body), "the armour's lines are malformed")
    decoded = decode64("".join(body))
    need(hashlib.sha256(decoded).hexdigest()[:8] == rest[-1][1:], "the armour's checksum is wrong")
    return decoded


class Trust:
    """The roots that the user names: one a state, for that state alone."""

    def __init__(self):
        self.cards, self.roots, self.fingerprints = [], {}, {}

    def add_card(self, data):
        card = Card(Object(data if data[:1] == b"\x93" else armoured("CARD", data) or b""))
        need(self.check(card) != "another", "two roots are named for %s" % card.state)
        self.roots[card.state] = card.root
        self.cards.append(card)

    def add_fingerprint(self, word):
        where, _, digits = word.partition("=")
        digits = digits.replace(" ", "").lower()
        need(re.match(r"([0-9]{40}|[0-9a-f]{64})\Z", digits), "a fingerprint has 40 digits, or 64 in hex")
        self.fingerprints[state(where)] = digits

    def check(self, card):
        """Whether a card's root is the one named for its state: "yes", "no" when none is named, or "another"."""
        hashed = hashlib.sha256(card.root).digest()
        read_aloud = "%040d" % (int.from_bytes(hashed, "big") % 10 ** 40)
        root, digits = self.roots.get(card.state), self.fingerprints.get(card.state)
        if root is None and digits is None:
            return "no"
        return "yes" if root in (None, card.root) and digits in (None, read_aloud, hashed.hex()) else "another"


def judge(data, trust):
    """What a file shows, as sentences; Bad when it does not verify."""
    if data[:1] != b"\x95":
        armour = armoured("PROOF", data)
        if armour is not None:
            return proof.verify(armour, trust)
    return record.verify(data, trust)


def main(words):
    trust, files, code = Trust(), [], 0
    while words:
        word = words.pop(0)
        if word in ("--card", "--root") and words:
            value = words.pop(0)
            try:
                trust.add_card(open(value, "rb").read()) if word == "--card" else trust.add_fingerprint(value)
            except Bad as why:
                sys.exit("verify.py: %s: %s" % (value, why))
        elif word.startswith("--"):
            sys.exit(__doc__)
        else:
            files.append(word)
    if not files or not (trust.roots or trust.fingerprints):
        sys.exit(__doc__)
    for path in files:
        try:
            with open(path, "rb") as file:
                sentences = judge(file.read(), trust)
        except (Bad, OSError) as why:
            print("%s: NOT VERIFIED: %s" % (ascii(path)[1:-1], ascii(str(why))[1:-1]))
            code = 1
            continue
        print("%s: VERIFIED" % ascii(path)[1:-1])
        for sentence in sentences:
            print("  " + sentence)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
