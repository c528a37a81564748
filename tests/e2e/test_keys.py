#!/usr/bin/env python3
"""
A whole ceremony, offline: a state's root, a station's request, its card, the keys replaced, a revocation; then the daemon
on locked keys. Every refusal is one sentence and changes nothing.
"""
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time

from world import Tap, World, poll, run

ROOT_WORDS, STATION_WORDS, OTHER_WORDS = "maple orbit kettle dune", "copper basin lantern reed", "violet anvil harbour moss"


class Ceremony:
    """The client, and files to work on. Nothing here has a terminal unless it says so."""

    def __init__(self, tap, world):
        self.tap, self.world = tap, world

    def path(self, *names):
        return os.path.join(self.world.directory, *names)

    def keys(self, *words, words_in=ROOT_WORDS, more=()):
        given = () if words_in is None else ("--passphrase-fd", "0")
        return run(["setsid", "-w", self.world.hotline, "keys", *words, *given, *more],
                   stdin="" if words_in is None else words_in + "\n")

    def must(self, *words, **options):
        done = self.keys(*words, **options)
        if done.code != 0:
            raise RuntimeError("keys %s: %r" % (" ".join(words), done))
        return done

    def refused(self, claim, *words, says=(), code=1, untouched=(), **options):
        before = [read(path) for path in untouched]
        done = self.keys(*words, **options)
        lines = [line for line in done.err.splitlines() if not line.startswith("The passphrase is ")]
        why = ["does not say %r" % word for word in says if word not in done.err]
        if done.code != code:
            why.append("exit code %d, not %d" % (done.code, code))
        if len(lines) != 1 or not lines[0].startswith("hotline: "):
            why.append("not one sentence")
        why += ["%s was changed" % path for path, old in zip(untouched, before) if read(path) != old]
        self.tap.ok(not why, claim, "\n".join(why + [repr(done)]))


def read(path):
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        return file.read()


def write(path, text, mode=0o600):
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    os.chmod(path, mode)
    return path


def typed(argv, answers):
    """Runs on a terminal of its own and types each answer when its prompt has come. Gives what the screen showed."""
    pid, screen = pty.fork()
    if pid == 0:
        os.execv(argv[0], argv)
    shown, end = b"", time.monotonic() + 60
    while time.monotonic() < end:
        if not select.select([screen], [], [], 0.1)[0]:
            continue
        try:
            got = os.read(screen, 4096)
        except OSError:  # the other end is closed
            break
        if not got:
            break
        shown += got
        while answers and re.search(answers[0][0].encode(), shown.split(b"\n")[-1]):
            os.write(screen, answers.pop(0)[1].encode() + b"\n")
            shown += b"\n"
    os.close(screen)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


def digits_of_code(svg):
    """The digits in a QR code of version 2 with one block, as ISO/IEC 18004 lays them out; without error correction."""
    dark = {(int(y), int(x)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", svg)}
    mask = sum(((8, 2 + i) in dark) << (2 - i) for i in range(3)) ^ 0b101
    masks = (lambda r, c: (r + c) % 2, lambda r, c: r % 2, lambda r, c: c % 3, lambda r, c: (r + c) % 3,
             lambda r, c: (r // 2 + c // 3) % 2, lambda r, c: r * c % 2 + r * c % 3,
             lambda r, c: (r * c % 2 + r * c % 3) % 2, lambda r, c: ((r + c) % 2 + r * c % 3) % 2)

    def is_data(r, c):
        return not (r == 6 or c == 6 or (r < 9 and c < 9) or (r < 9 and c > 16) or (r > 16 and c < 9)
                    or (16 <= r <= 20 and 16 <= c <= 20))
    bits, up = [], True
    for right in (24, 22, 20, 18, 16, 14, 12, 10, 8, 5, 3, 1):
        for r in (range(24, -1, -1) if up else range(25)):
            bits += [((r, c) in dark) ^ (masks[mask](r, c) == 0) for c in (right, right - 1) if is_data(r, c)]
        up = not up

    def take(count):
        value = 0
        for _ in range(count):
            value = value * 2 + bits.pop(0)
        return value
    mode, count = take(4), take(10)
    if mode != 1:
        return "mode %d" % mode
    text = ""
    while count > 0:
        group = min(count, 3)
        text += "%0*d" % (group, take((0, 4, 7, 10)[group]))
        count -= group
    return text


def fingerprint_of(done):
    return re.search(r"fingerprint  ((?:\d{5} ){7}\d{5})", done.out).group(1)


def roots(tap, c):
    root, page, svg = c.path("root"), c.path("page.txt"), c.path("page.svg")
    new = ("root", "--out", root, "--state", "tha")
    c.refused("an empty passphrase makes no root", *new, words_in="", says=["no passphrase"], untouched=[root])
    c.refused("a passphrase of 7 characters makes no root", *new, words_in="กขคงจฉช", says=["less than 8 characters"],
              untouched=[root])
    c.refused("a root is not made without a passphrase", *new, words_in=None, says=["--passphrase-fd"], untouched=[root])
    c.refused("nor with two", *new, more=["--passphrase-file", write(c.path("words"), ROOT_WORDS)], code=2,
              says=["one of them"], untouched=[root])
    c.refused("a passphrase file that others can read is refused", *new, words_in=None, untouched=[root],
              more=["--passphrase-file", write(c.path("open"), ROOT_WORDS, 0o644)], says=["644", "chmod 600"])
    c.refused("a passphrase that is not UTF-8 is refused", *new, words_in="12345678\udcff", says=["UTF-8"],
              untouched=[root])
    c.refused("a state is a code", "root", "--out", root, "--state", "Thailand!", code=2, says=["--state"],
              untouched=[root])
    done = c.must(*new, "--page", page, "--svg", svg, "--office", "en=National <CERT> & more", "--fallback", "phone=+66 2",
                  words_in=None, more=["--passphrase-file", c.path("words")])
    told = fingerprint_of(done)
    tap.ok(re.search(r"^ +[0-9a-f]{64}$", done.out, re.M), "a root is made, its fingerprint told in digits and in hex", done)
    tap.ok("strong" in done.err, "the strength of its passphrase is said", done)
    tap.equal(os.stat(root).st_mode & 0o777, 0o600, "the root file is for nobody else")
    tap.ok(b"hotline-root" not in read(root), "and does not show what it holds")
    text = read(page).decode()
    tap.ok(told[:23] in text and told[24:] in text and "National <CERT> & more" in text and "+66 2" in text,
           "the page has fingerprint, office and telephone", text)
    drawn = read(svg).decode()
    tap.ok("National &lt;CERT&gt; &amp; more" in drawn and 'width="210mm" height="297mm"' in drawn,
           "the drawing is an A4 page with the same lines, markup written out", drawn)
    tap.equal(digits_of_code(drawn), told.replace(" ", ""), "its QR code holds the 40 digits")
    c.refused("a root is never replaced", *new, says=[root, "exists"], untouched=[root])
    c.refused("nor a page", "root", "--out", c.path("root2"), "--state", "tha", "--page", page, says=[page, "exists"],
              untouched=[page, c.path("root2")])
    weak = c.must("root", "--out", c.path("weak"), "--state", "vnm", words_in="bangkok1")
    tap.ok("is weak" in weak.err, "a passphrase of 8 characters is taken, and called weak", weak)
    return told


def terminal(tap, c):
    root = c.path("typed")
    new = [c.world.hotline, "keys", "root", "--out", root, "--state", "lao"]
    first, again = "New passphrase of .*: $", "The same again.*: $"
    code, shown = typed(new, [(first, ROOT_WORDS), (again, ROOT_WORDS + "s")])
    tap.ok(code == 1 and "differ" in shown and not os.path.exists(root), "two different passphrases make no root", shown)
    code, shown = typed(new, [(first, ROOT_WORDS), (again, ROOT_WORDS)])
    tap.ok(code == 0 and os.path.exists(root), "on a terminal the passphrase is typed twice", shown)
    tap.ok("maple" not in shown, "and not shown", shown)


def first_card(tap, c, station, told):
    """Request, certify, install: the way of the first card."""
    card, request = c.path("card-1"), os.path.join(station.directory, "request")
    ask = ("request", "--dir", station.directory)
    endpoint = "127.0.0.1:%d" % station.port
    key = os.path.join(station.directory, "keys", "station")
    c.refused("the first request needs a name", *ask, code=2, says=["--name"], untouched=[key])
    c.refused("a request for an endpoint that is none makes no keys", *ask, "--name", "tha-cert", "--endpoint", "nowhere",
              code=2, words_in=STATION_WORDS, says=["endpoints"], untouched=[key, request])
    asked = c.must(*ask, "--name", "tha-cert", "--endpoint", endpoint, words_in=STATION_WORDS)
    tap.ok(os.path.exists(key) and b"hotline-keys" not in read(key), "a request makes locked keys where there are none")
    c.refused("keys of one name are not asked for under another", *ask, "--name", "tha-mfa", words_in=STATION_WORDS,
              says=["tha-cert", "tha-mfa"], untouched=[key, request])
    c.refused("a request on locked keys needs their passphrase", *ask, "--name", "tha-cert", words_in=OTHER_WORDS,
              says=[key, "passphrase is wrong"], untouched=[request])
    certify = ("certify", "--root", c.path("root"), "--request", request, "--out", card)
    c.refused("nothing is signed unasked", *certify, says=["--anyway"], untouched=[card])
    c.refused("a wrong passphrase signs nothing", *certify, "--anyway", words_in=OTHER_WORDS, says=["passphrase is wrong"],
              untouched=[card])
    c.refused("another state's root signs nothing", "certify", "--root", c.path("weak"), "--request", request, "--out", card,
              "--anyway", words_in="bangkok1", says=["tha-cert", "root of vnm"], untouched=[card])
    damaged = write(c.path("damaged"), read(request).replace(b"k", b"l", 1))
    c.refused("a damaged request is refused", "certify", "--root", c.path("root"), "--request", damaged, "--out", card,
              "--anyway", says=[damaged], untouched=[card])
    c.refused("a station's key file without a root is none", "certify", "--root", key, "--request", request, "--out", card,
              "--anyway", words_in=STATION_WORDS, says=["kept elsewhere"], untouched=[card])
    done = c.must(*certify, "--anyway")
    digest = re.search(r"digest +([\d ]{47})", asked.out).group(1)
    tap.ok(digest in done.out, "station and root show the same digest of the request", done)
    tap.ok(all(word in done.out for word in (endpoint, told, "signing key", "serial       1")),
           "every field is shown before it is signed", done)
    c.refused("a card file is never replaced by certify", *certify, "--anyway", says=["exists"], untouched=[card])
    c.must("install", "--dir", station.directory, "--card", card, words_in=STATION_WORDS)
    again = c.must("install", "--dir", station.directory, "--card", card, words_in=None)
    tap.ok("already" in again.out, "installing the same card again says so", again)


def second_card(tap, c, station):
    """New keys, seen and signed against the card in force."""
    card, key = c.path("card-2"), os.path.join(station.directory, "keys", "station")
    request, following = os.path.join(station.directory, "request"), key + ".next"
    ask = ("request", "--dir", station.directory)
    c.refused("a contact point keeps its name", *ask, "--name", "tha-mfa", code=2, says=["keeps its name"],
              untouched=[request])
    c.must(*ask, "--new-keys", "--zone", "Asia/Bangkok", words_in=STATION_WORDS)
    c.refused("new keys that wait are not replaced", *ask, "--new-keys", words_in=STATION_WORDS, says=[following],
              untouched=[following, request])
    certify = ("certify", "--root", c.path("root"), "--anyway", "--request", request)
    c.refused("a serial that is not higher is refused", "certify", "--root", c.path("root"), "--anyway", "--request",
              c.path("request-1"), "--present", station.card, "--out", card, says=["serial 1"], untouched=[card])
    c.must("init", "--plain", "--dir", c.path("other"), "--name", "tha-mfa", words_in=None)
    c.refused("a present card of another root is refused", *certify, "--present", c.path("other", "card"), "--out", card,
              says=["another root"], untouched=[card])
    c.must("request", "--dir", c.path("mfa"), "--name", "tha-mfa", "--plain", words_in=None)
    c.must("certify", "--root", c.path("root"), "--request", c.path("mfa", "request"), "--out", c.path("mfa-card"),
           "--anyway")
    c.refused("a present card of another contact point is refused", *certify, "--present", c.path("mfa-card"), "--out",
              card, says=["tha-mfa"], untouched=[card])
    done = c.must(*certify, "--present", station.card, "--out", card)
    changed = done.out.split("Changed against")[1]
    tap.ok(all(re.search(wanted, changed) for wanted in (r"serial +1 → 2", r"zone +UTC → Asia/Bangkok",
                                                         r"link key +\w{64} → \w{64}")),
           "what changed against the present card is shown, old and new", done)
    tap.ok("endpoints" not in changed and "127.0.0.1" in done.out, "what no option named stays and is not shown as changed",
           done)
    return card


def replace(tap, c, station, card):
    """The second card comes into force, also when it is cut short."""
    key, words = os.path.join(station.directory, "keys", "station"), {"words_in": STATION_WORDS}
    following, install = key + ".next", ("install", "--dir", station.directory, "--card")
    kept = [key, following, station.card]
    c.refused("a card of another contact point is not installed", *install, c.path("mfa-card"), **words,
              says=["tha-mfa", "tha-cert"], untouched=kept)
    c.refused("a damaged card is not installed", *install, write(c.path("bad"), read(card).replace(b"A", b"B", 1)), **words,
              says=[c.path("bad")], untouched=kept)
    c.refused("a wrong passphrase installs nothing", *install, card, words_in=OTHER_WORDS, says=["passphrase is wrong"],
              untouched=kept)
    c.must("root", "--out", c.path("new-root"), "--state", "tha")
    c.must("certify", "--root", c.path("new-root"), "--request", os.path.join(station.directory, "request"), "--out",
           c.path("new-card"), "--anyway")
    c.refused("a card by another root is not installed unless that is meant", *install, c.path("new-card"), **words,
              says=["--new-root"], untouched=kept)
    shutil.copytree(station.directory, c.path("aside"))
    c.must("install", "--dir", c.path("aside"), "--card", c.path("new-card"), "--new-root", **words)
    tap.equal(read(c.path("aside", "card")), read(c.path("new-card")), "where it is meant, --new-root installs it")
    shutil.copytree(station.directory, c.path("cut"))
    shutil.move(c.path("cut", "keys", "station.next"), c.path("cut", "keys", "station"))
    c.must("install", "--dir", c.path("cut"), "--card", card, **words)
    tap.equal(read(c.path("cut", "card")), read(card), "an install cut short after the keys is finished by the next")
    shutil.copytree(station.directory, c.path("cut2"))
    shutil.copy(c.path("cut2", "keys", "station.next"), c.path("cut2", "keys", "station"))
    c.must("install", "--dir", c.path("cut2"), "--card", card, **words)
    tap.ok(read(c.path("cut2", "card")) == read(card) and not os.path.exists(c.path("cut2", "keys", "station.next")),
           "and one cut short between the two key files")
    done = c.must(*install, card, **words)
    tap.ok("Restart hotlined" in done.out and not os.path.exists(following), "keys and card come into force together", done)
    c.refused("an older card is not installed", *install, c.path("card-1"), **words, says=["serial 1"],
              untouched=[key, station.card])
    c.must("install", "--dir", c.path("mfa"), "--card", c.path("mfa-card"), words_in=None)
    c.must("request", "--dir", c.path("mfa"), "--new-keys", words_in=None)
    c.must("certify", "--root", c.path("root"), "--request", c.path("mfa", "request"), "--out", c.path("mfa-2"), "--anyway")
    os.unlink(c.path("mfa", "keys", "station.next"))
    c.refused("a card for keys that are not here is not installed", "install", "--dir", c.path("mfa"), "--card",
              c.path("mfa-2"), words_in=None, says=["does not name the keys"],
              untouched=[c.path("mfa", "keys", "station"), c.path("mfa", "card")])


def revoke(tap, c):
    out = c.path("revocation")
    words = ("revoke", "--root", c.path("root"), "--out", out, "--serial", "1")
    c.refused("another state's contact point is not revoked", *words, "--name", "vnm-cert", "--reason", "lost",
              says=["vnm-cert", "tha"], untouched=[out])
    c.refused("a reason is one of four", *words, "--name", "tha-cert", "--reason", "bored", code=2,
              says=["lost, seized, replaced or closed"], untouched=[out])
    c.refused("no serial 0 is revoked", *words, "--serial", "0", "--name", "tha-cert", "--reason", "lost", code=2,
              says=["--serial"], untouched=[out])
    c.refused("a wrong passphrase revokes nothing", *words, "--name", "tha-cert", "--reason", "seized",
              words_in=OTHER_WORDS, says=["passphrase is wrong"], untouched=[out])
    c.must(*words, "--name", "tha-cert", "--reason", "seized")
    tap.ok(b"BEGIN HOTLINE REVOCATION" in read(out), "the root revokes a card")


def locks(tap, c):
    """init, lock, unlock; and the root that init keeps in the key file."""
    quick, key = c.path("quick"), c.path("quick", "keys", "station")
    new = ("init", "--dir", quick, "--name", "tha-mil")
    c.refused("keys init wants a passphrase unless --plain is given", *new, words_in=None, says=["--passphrase-fd"],
              untouched=[key])
    c.must(*new, words_in=STATION_WORDS)
    tap.ok(b"hotline-keys" not in read(key), "keys init locks the key file")
    c.refused("what is locked needs its passphrase to be unlocked", "unlock", "--dir", quick, words_in=OTHER_WORDS,
              says=["passphrase is wrong"], untouched=[key])
    c.refused("and for a new one", "lock", "--dir", quick, words_in=OTHER_WORDS, says=["passphrase is wrong"],
              more=["--new-passphrase-file", c.path("words")], untouched=[key])
    c.refused("a change of passphrase needs the new one", "lock", "--dir", quick, words_in=STATION_WORDS,
              says=["--new-passphrase-fd"], untouched=[key])
    c.must("lock", "--dir", quick, words_in=STATION_WORDS, more=["--new-passphrase-file", c.path("words")])
    c.refused("after a change the old passphrase opens nothing", "unlock", "--dir", quick, words_in=STATION_WORDS,
              says=["passphrase is wrong"], untouched=[key])
    c.must("unlock", "--dir", quick)
    tap.ok(b"hotline-keys" in read(key), "keys unlock takes the lock off")
    c.must("lock", "--dir", quick)
    tap.ok(b"hotline-keys" not in read(key), "and keys lock puts one on")
    c.must("request", "--dir", quick)
    certify = ("certify", "--root", key, "--request", c.path("quick", "request"), "--present", c.path("quick", "card"),
               "--anyway", "--out", c.path("quick-2"))
    os.chmod(key, 0o640)
    c.refused("a key file that others can read is refused", *certify, says=[key, "640", "chmod 600"],
              untouched=[c.path("quick-2")])
    os.chmod(key, 0o600)
    c.refused("a root file that is not locked is none", "certify", "--root", write(c.path("plain"), b"\x93hotline-root/1"),
              "--request", c.path("quick", "request"), "--out", c.path("quick-2"), "--anyway", says=[c.path("plain")],
              untouched=[c.path("quick-2")])
    c.must(*certify)
    c.must("install", "--dir", quick, "--card", c.path("quick-2"))
    tap.equal(read(c.path("quick", "card")), read(c.path("quick-2")),
              "the root that keys init left in the key file signs the next card")


def daemon_refused(tap, station, claim, says, env):
    done = run([station.world.hotlined, "-c", station.config], env=env)
    lines = [line for line in done.err.splitlines() if "event=unlocked-memory" not in line]
    why = ["does not say %r" % word for word in says if word not in done.err]
    tap.ok(done.code == 1 and len(lines) == 1 and not why, claim, "\n".join(why + [repr(done)]))


def daemon(tap, c, station):
    """hotlined on locked keys."""
    with open(write(c.path("station-words"), STATION_WORDS + "\n"), "rb") as words:
        station.process = start(station, words, "--passphrase-fd", "0")
    tap.ok(station.status()["station"] == "tha-cert", "the daemon starts with the passphrase from a descriptor")
    tap.equal(station.end(), 0, "and ends in order")
    credentials = c.path("credentials")
    os.mkdir(credentials, 0o700)
    write(os.path.join(credentials, "hotline.passphrase"), STATION_WORDS, 0o400)
    env = dict(os.environ, CREDENTIALS_DIRECTORY=credentials)
    station.start(env=env)
    tap.ok(station.status()["station"] == "tha-cert", "it starts with a credential of systemd")
    station.end()
    os.unlink(os.path.join(credentials, "hotline.passphrase"))
    write(os.path.join(credentials, "hotline.passphrase"), OTHER_WORDS, 0o400)
    daemon_refused(tap, station, "a wrong passphrase is refused with one sentence", says=["passphrase is wrong"], env=env)
    key = os.path.join(station.directory, "keys", "station")
    os.chmod(key, 0o604)
    daemon_refused(tap, station, "a key file that others can read is refused before its passphrase is asked for",
                   says=[key, "604", "chmod 600"], env=env)
    os.chmod(key, 0o600)
    card = read(station.card)
    write(station.card, read(c.path("card-1")), 0o644)
    write(os.path.join(credentials, "right"), STATION_WORDS, 0o400)
    os.replace(os.path.join(credentials, "right"), os.path.join(credentials, "hotline.passphrase"))
    daemon_refused(tap, station, "a card that does not name the keys is refused with one sentence",
                   says=["does not name the keys"], env=env)
    write(station.card, card, 0o644)


def start(station, stdin, *options):
    with open(station.journal, "ab") as journal:
        station.process = subprocess.Popen([station.world.hotlined, "-c", station.config, *options], stdin=stdin,
                                           stdout=journal, stderr=journal)
    station.world.processes.append(station.process)
    poll(station.is_ready, 30, "control socket: " + station.read_journal()[-500:])
    return station.process


def main():
    tap = Tap()
    with World(["tha-cert"]) as world:
        station = world.stations[0]
        os.mkdir(station.directory, 0o755)
        station.configure()
        c = Ceremony(tap, world)
        told = roots(tap, c)
        terminal(tap, c)
        first_card(tap, c, station, told)
        shutil.copy(os.path.join(station.directory, "request"), c.path("request-1"))
        replace(tap, c, station, second_card(tap, c, station))
        revoke(tap, c)
        locks(tap, c)
        daemon(tap, c, station)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
