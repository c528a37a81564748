#!/usr/bin/env python3
"""
A station on a file system that is really full, and one whose database can't be read: it ends by itself with one sentence,
says nothing that is not on disk, changes nothing that it can't read, and goes on once the disk is in order again.

usage: test_disk.py HOTLINED HOTLINE
"""
import hashlib
import os
import random
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]

from exchange import Exchange, Side  # noqa: E402
from wire import CLOSED, notice  # noqa: E402
from world import IS_ROOT, Tap, World, poll, run  # noqa: E402

NAMES = ["tha-cert", "vnm-cert"]
DISK_BYTES = 16 << 20    # room for all the messages, once the filler is gone
LEFT_BYTES = 700 * 1024  # of the disk, when the traffic begins
MESSAGES = 200           # far more than fit then
TEXT = "x" * 3000
OWN_NAMESPACE = "HOTLINE_TEST_OWN_MOUNTS"
BAD_UID = 3901


def mounted(kind, world, place):
    """A small file system at place, which keeps what was there. The sentence why it can't be, or None."""
    kept = place + ".kept"
    shutil.copytree(place, kept)
    if kind == "tmpfs":
        words = ["mount", "-t", "tmpfs", "-o", "size=%d" % DISK_BYTES, "tmpfs", place]
    else:
        image = world.path("image")
        with open(image, "wb") as disk:
            disk.truncate(DISK_BYTES)
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", image], check=True, capture_output=True)
        words = ["mount", "-o", "loop", image, place]
    done = run(words)
    if done.code != 0:
        return done.err.strip()
    os.chmod(place, 0o755)
    shutil.copytree(kept, place, dirs_exist_ok=True)
    return None


def fill(place):
    """One file that leaves no more than LEFT_BYTES."""
    filler = os.path.join(place, "filler")
    state = os.statvfs(place)
    with open(filler, "wb") as out:
        out.write(bytes(max(0, state.f_bavail * state.f_frsize - LEFT_BYTES)))
    return filler


def flood(sender, receiver):
    """Releases until one of the two ends; gives the subjects that were told as released."""
    told = []
    try:
        for number in range(MESSAGES):
            subject = "message %d" % number
            draft = sender.call("drafter", "draft.new", *notice(sender.station.name, [receiver.station.name], subject, TEXT))
            sender.call("releaser", "approve", draft[0], False)
            sender.call("releaser", "release", draft[0], False, "")
            told.append(subject)
            if any(side.station.process.poll() is not None for side in (sender, receiver)):
                break
    except CLOSED:
        pass
    return told


def receipted(side):
    return {m["subject"] for m in side.station.messages() if m["direction"] == "sent" and m["addressees"][0]["custody_at"]}


def full_disk(tap, kind, victim):
    """The sender's or the receiver's disk fills in the middle of traffic."""
    claim = "%s, full under the %s: " % (kind, ("sender", "receiver")[victim])
    with World(NAMES) as world:
        for station in world.stations:
            station.journal = world.path("journal-" + station.name)
            station.make()
        place = world.stations[victim].directory
        why = mounted(kind, world, place)
        if why is not None:
            tap.skip(claim + "it recovers", why)
            return
        try:
            on_full_disk(tap, claim, world, Side(world.stations[0]), Side(world.stations[1]), victim)
        finally:
            for station in world.stations:
                if station.process is not None and station.process.poll() is None:
                    station.process.kill()
                    station.process.wait(20)
            run(["umount", place])


def on_full_disk(tap, claim, world, sender, receiver, victim):
    sides = [sender, receiver]
    exchange = Exchange(world, victim, (), None)
    for side in sides:
        side.station.start()
    exchange.enrol(sender, receiver)
    exchange.enrol(receiver, sender)
    poll(lambda: sender.peer()["link"] == "up", 20, "link")
    filler = fill(sides[victim].station.directory)
    told = flood(sender, receiver)
    full = sides[victim].station
    code = full.process.wait(20)
    tap.ok(code == 1 and full.read_journal().count("event=failed") == 1, claim + "the station ends by itself and says why",
           "%d\n%s" % (code, full.read_journal()[-1000:]))
    for side in sides:
        side.drop()
    before = receipted(sender) if victim == 1 else None
    os.remove(filler)
    full.start()
    have = {m["subject"] for m in sender.station.messages()}
    tap.equal(set(told) - have, set(), claim + "every release that was told is on record")
    if before is not None:
        got = {m["subject"] for m in receiver.station.messages()}
        tap.equal(before - got, set(), claim + "every message that was receipted is on record")
    poll(lambda: sender.peer()["link"] == "up", 30, "link after the start")
    poll(lambda: receipted(sender) == have and exchange.is_quiet(), 60, "custody of all")
    got = sorted(m["subject"] for m in receiver.station.messages())
    tap.equal(got, sorted(have), claim + "with room again everything is delivered, once")
    files = [side.station.export(world.path("record-" + side.station.name)) for side in sides]
    cards = [word for side in sides for word in ("--card", side.station.card)]
    done = sender.station.hotline("admin", "log", "verify", *files, *cards)
    tap.ok(done.code == 0, claim + "and both records verify", done)
    tap.note("%d messages were released, %d told" % (len(have), len(told)))


def fingerprint(directory):
    """Every file's name, kind, mode and bytes, but for the lock and a write-ahead log of nothing."""
    found = {}
    for where, folders, names in os.walk(directory):
        for name in folders + names:
            path = os.path.join(where, name)
            whole = b"" if not os.path.isfile(path) else open(path, "rb").read()
            if name not in ("lock", "journal") and (name != "store-wal" or whole):
                found[os.path.relpath(path, directory)] = (os.stat(path).st_mode, hashlib.sha256(whole).hexdigest())
    return found


def refused(tap, station, what, uid=None):
    before = fingerprint(station.directory)
    try:
        done = run([station.program, "-c", station.config], uid)
    except subprocess.TimeoutExpired:
        tap.ok(False, "%s keeps it from starting" % what, "it runs")
        return
    lines = [line for line in done.err.splitlines() if "event=unlocked-memory" not in line]
    store = os.path.join(station.directory, "store")
    tap.ok(done.code == 1 and len(lines) == 1 and lines[0].startswith("hotlined: ") and store in lines[0],
           "%s keeps it from starting, in one sentence that names it" % what, done)
    after = fingerprint(station.directory)
    tap.equal(after, before, "and nothing is changed")
    tap.note(lines[0] if lines else "no line")


def replace(store, data):
    with open(store, "wb") as out:
        out.write(data)


def bad_databases(tap, dice):
    with World(NAMES) as world:
        station = world.start()[0]
        station.program = shutil.copy(world.hotlined, world.path("hotlined"))  # which other users reach too
        other = world.stations[1].process
        side = Side(station)
        flood_once(side, world.stations[1].name)
        side.drop()
        station.end()
        other.kill()
        other.wait()
        store = os.path.join(station.directory, "store")
        with open(store, "rb") as file:
            whole = file.read()
        for what, size in (("half a database", len(whole) // 2), ("one page of a database", 4096),
                           ("a hundred bytes of a database", 100), ("an empty file for a database", 0)):
            replace(store, whole[:size])
            refused(tap, station, what)
        replace(store, dice.randbytes(len(whole)))
        refused(tap, station, "random bytes for a database")
        replace(store, whole[:4096] + dice.randbytes(len(whole) - 4096))
        refused(tap, station, "random bytes behind the first page")
        os.remove(store)
        refused(tap, station, "no database where there are peers")
        os.mkdir(store)
        refused(tap, station, "a directory for a database")
        os.rmdir(store)
        replace(store, whole)
        permissions(tap, station, store)
        station.start()
        tap.ok(side.message_count() == 1, "with the database back in place the station has all it had")


def permissions(tap, station, store):
    if not IS_ROOT:
        os.chmod(store, 0)
        refused(tap, station, "a database that may not be read")
    else:
        for where, folders, names in os.walk(station.directory):
            for path in [where] + [os.path.join(where, name) for name in names]:
                os.chown(path, BAD_UID, BAD_UID)
        os.chmod(store, 0)
        refused(tap, station, "a database that may not be read", BAD_UID)
        for where, folders, names in os.walk(station.directory):
            for path in [where] + [os.path.join(where, name) for name in names]:
                os.chown(path, 0, 0)
    os.chmod(store, 0o600)


def flood_once(side, other):
    draft = side.call("drafter", "draft.new", *notice(side.station.name, [other], "kept", TEXT))
    side.call("releaser", "approve", draft[0], False)
    side.call("releaser", "release", draft[0], False, "")


def in_own_namespace():
    """Mounts that nobody else sees and that end with this process; None where that is not permitted."""
    if os.environ.get(OWN_NAMESPACE):
        return True
    if not IS_ROOT or run(["unshare", "--mount", "true"]).code != 0:
        return False
    os.environ[OWN_NAMESPACE] = "1"
    os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, *sys.argv])


def main():
    may_mount, tap = in_own_namespace(), Tap()
    dice = random.Random(1)
    bad_databases(tap, dice)
    for kind in ("tmpfs", "ext4"):
        for victim in (0, 1):
            if may_mount:
                full_disk(tap, kind, victim)
            else:
                tap.skip("%s, full: it recovers" % kind, "this user may not mount file systems")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
