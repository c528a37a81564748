#!/usr/bin/python3
"""Two verifiers, one verdict: hotline's, and the one in this folder that was written from proto/SPEC.md alone. They judge
the records and proofs of three real stations, and what is left of these when they are tampered with."""
import json
import os
import random
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]

import verify  # noqa: E402
from strict import Bad, stream  # noqa: E402
from world import Tap, World, draft, poll  # noqa: E402

FILES_A_RUN = 60


class Judges:
    def __init__(self, tap, world):
        self.tap, self.world = tap, world
        self.cards = [station.card for station in world.stations]

    def hotline(self, paths, cards):
        """Each file's verdict."""
        words = [word for card in cards for word in ("--card", card)]
        verdicts = []
        for at in range(0, len(paths), FILES_A_RUN):
            some = paths[at:at + FILES_A_RUN]
            done = subprocess.run([self.world.hotline, "log", "verify", "--json", *some, *words], capture_output=True, text=True,
                                  timeout=300)
            found = {row["file"]: bool(row.get("verified", row.get("proven"))) for row in json.loads(done.stdout or "[]")}
            if done.returncode not in (0, 1) or "Sanitizer" in done.stderr:
                raise RuntimeError("log verify: %d %s" % (done.returncode, done.stderr[-2000:]))
            verdicts += [found.get(path, False) for path in some]  # what can't be read has a sentence on stderr
        return verdicts

    def second(self, path, cards):
        trust = verify.Trust()
        for card in cards:
            with open(card, "rb") as file:
                trust.add_card(file.read())
        try:
            with open(path, "rb") as file:
                return True, verify.judge(file.read(), trust)
        except Bad as why:
            return False, str(why)

    def compare(self, claim, paths, wanted=None, cards=None):
        """Both say the same of each file, and what is wanted where that is known."""
        cards = self.cards if cards is None else cards
        wrong, accepted = [], 0
        for path, first in zip(paths, self.hotline(paths, cards)):
            second, why = self.second(path, cards)
            accepted += first
            if first != second or wanted not in (None, first):
                wrong.append("%s: hotline %s, second %s: %s" % (path, first, second, why))
                if os.environ.get("HOTLINE_TEST_KEEP"):
                    subprocess.run(["cp", path, os.environ["HOTLINE_TEST_KEEP"]], check=True)
        self.tap.ok(not wrong, "%s (%d files, %d accepted)" % (claim, len(paths), accepted), "\n".join(wrong[:5]))


def talk(tha, vnm, sgp):
    """A notice to two, read by one; an exercise; a notice back. Gives the numbers of the first two."""
    first = tha.release(draft("notice", "vnm-cert", subject="One", text="Thai: เวิร์ม. The first.", Precedence="priority",
                              Cc="sgp-cert"))["number"]
    poll(lambda: vnm.find("One") and sgp.find("One"), 20, "the first notice")
    vnm.must("watch", "ack", first, "--understood", "partly", "--note", "Which ports?")
    second = tha.release(draft("notice", "vnm-cert", subject="Two", Exercise="DEMO"))["number"]
    vnm.release(draft("notice", "tha-cert", subject="Three"))
    poll(lambda: tha.find("Three") and vnm.find("Two"), 20, "the others")
    poll(lambda: any(row["acknowledged_at"] for row in tha.must("watch", "track", first, "--json")["addressees"]), 20,
         "the acknowledgement")
    poll(lambda: all(row["custody_at"] for row in tha.must("watch", "track", second, "--json")["addressees"]), 20,
         "custody of the exercise")
    return first, second


def specified(tap):
    """The worked example of SPEC.md 9.7, under the root fingerprints of the two cards in it."""
    with open(os.path.join(HERE, "..", "..", "proto", "SPEC.md"), encoding="utf-8") as file:
        book = file.read()
    encoded = bytes.fromhex(book.split("\n```hex proof\n")[1].split("```")[0])
    a = book.split("\n```text fingerprint\n")[1].split("\n")[1]
    trust = verify.Trust()
    trust.add_fingerprint("tha=" + a)
    try:
        verify.proof.verify(encoded, trust)
        tap.ok(False, "the example needs both roots")
    except Bad as why:
        tap.ok("vnm-cert" in str(why), "the example needs both roots", why)
    trust.add_card(bytes.fromhex(book.split("\n```hex export-card\n")[1].split("```")[0])[9:])
    tap.ok(len(verify.proof.verify(encoded, trust)) == 2, "the specification's example is a proof")


def export(station, path, *words):
    station.must("auditor", "log", "export", path, *words)
    os.chmod(path, 0o644)
    return path


def proofs(tap, world, judges, records, part, first, second):
    """Proofs from either side, and from both together."""
    made = []
    cards = [word for card in judges.cards for word in ("--card", card)]
    for name, number, words in (
            ("sender", first, ["--from", records["tha-cert"]]), ("addressee", first, ["--from", records["vnm-cert"]]),
            ("words", first, ["--from", records["tha-cert"], "--content", "--with", "custody,acknowledged"]),
            ("both", first, ["--from", records["tha-cert"], "--from", records["vnm-cert"], "--to", "vnm-cert"]),
            ("part", first, ["--from", part]), ("exercise", second, ["--from", records["tha-cert"]])):
        path = world.path("proof-" + name)
        done = subprocess.run([world.hotline, "log", "prove", number, *words, *cards, "--out", path],
                              capture_output=True, text=True, timeout=120)
        tap.ok(done.returncode == 0, "a proof is made: %s" % name, done.stderr)
        made.append(path)
    done = subprocess.run([world.hotline, "log", "verify", made[2], *cards], capture_output=True, text=True, timeout=120)
    tap.ok(done.returncode == 0 and "PROVEN" in done.stdout and "Which ports?" in done.stdout and "เวิร์ม" in done.stdout and
           "of 1 more" in done.stdout, "a proof is told in sentences", done.stdout + done.stderr)
    for words in (["--with", "shown"], ["--to", "mys-cert"]):
        path = world.path("proof-none")
        done = subprocess.run([world.hotline, "log", "prove", first, "--from", records["tha-cert"], *words, *cards, "--out", path],
                              capture_output=True, text=True, timeout=120)
        tap.ok(done.returncode == 1 and done.stderr and not os.path.exists(path), "what is not there is not proven", done)
    return made


def tampered(data, other, chance):
    """A record changed in one of the ways that somebody might try; the arrays are those of a good one."""
    import msgpack
    rows = [msgpack.packb(row, use_bin_type=True) for row in stream(data)]
    more = [msgpack.packb(row, use_bin_type=True) for row in stream(other)]
    at, to = chance.randrange(len(rows)), chance.randrange(len(rows))
    way = chance.choice(["flip", "flip", "flip", "drop", "double", "swap", "graft", "cut"])
    if way == "flip":
        changed = bytearray(data)
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        return bytes(changed)
    if way == "cut":
        return data[:chance.randrange(len(data))]
    if way == "drop":
        del rows[at]
    elif way == "double":
        rows.insert(to, rows[at])
    elif way == "swap":
        rows[at], rows[to] = rows[to], rows[at]
    else:
        rows[at] = more[to % len(more)]
    if way != "drop" or chance.random() < 0.7:
        rows[-1] = msgpack.packb(["end", len(rows) - 1])
    return b"".join(rows)


def tampered_proof(data, chance):
    """A proof whose array has one bit changed, in armour that fits."""
    import base64
    import hashlib
    array = bytearray(verify.armoured("PROOF", data))
    array[chance.randrange(len(array))] ^= 1 << chance.randrange(8)
    body = base64.b64encode(array).decode()
    lines = [body[at:at + 64] for at in range(0, len(body), 64)]
    return ("-----BEGIN HOTLINE PROOF-----\n%s\n=%s\n-----END HOTLINE PROOF-----\n" %
            ("\n".join(lines), hashlib.sha256(array).hexdigest()[:8])).encode()


def main():
    tap, chance = Tap(), random.Random(int(os.environ.get("HOTLINE_TEST_SEED", "5")))
    rounds = int(os.environ.get("HOTLINE_TEST_ROUNDS", "120"))
    specified(tap)
    with World(["tha-cert", "vnm-cert", "sgp-cert"]) as world:
        tha, vnm, sgp = world.start()
        first, second = talk(tha, vnm, sgp)
        os.mkdir(world.path("records"))
        os.chmod(world.path("records"), 0o777)
        judges = Judges(tap, world)
        records = {station.name: export(station, world.path("records/" + station.name)) for station in (tha, vnm, sgp)}
        parts = [export(tha, world.path("records/shut"), "--withhold", "content"),
                 export(tha, world.path("records/one"), "--withhold", "all-but", first),
                 export(tha, world.path("records/pair"), "--peer", "vnm-cert")]
        judges.compare("whole records verify", list(records.values()), True)
        judges.compare("parts of a record verify", parts, True)
        judges.compare("without one card a record does not verify", list(records.values()), False, judges.cards[:1])
        made = proofs(tap, world, judges, records, parts[1], first, second)
        judges.compare("proofs verify", made, True)
        judges.compare("a proof needs both sides' cards", made, False, judges.cards[:1])
        data = {name: open(path, "rb").read() for name, path in records.items()}
        sources = list(data.values()) + [open(path, "rb").read() for path in parts]
        changed = [world.write("changed-%d" % i, tampered(chance.choice(sources), data["vnm-cert"], chance)) for i in range(rounds)]
        judges.compare("tampered records get one verdict", changed)
        bad = [world.write("bad-%d" % i, tampered_proof(open(chance.choice(made), "rb").read(), chance)) for i in range(rounds // 2)]
        judges.compare("tampered proofs are no proofs", bad, False)
        foreign = [world.write("empty", b""), world.write("text", "a letter\n"), world.write("halved", data["tha-cert"][:40])]
        judges.compare("foreign files are refused", foreign, False)
        tap.equal(world.troubles(), [], "nothing in the journals")
    return tap.finish()


sys.exit(main())
