"""What the benchmarks of real stations share: drafts made ready, messages timed, and the machine's own figures."""
import os
import sqlite3
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "e2e"), os.path.join(HERE, "..", "net")]

from world import Station, World, draft, enrol, poll  # noqa: E402,F401

COMMITS = 1000
THAI = "ระบบควบคุมการจ่ายไฟฟ้าขัดข้องเป็นวงกว้าง โปรดยืนยันว่าได้รับแล้ว "
APPROVERS = ("releaser-1", "releaser-2")


def commit_us(directory):
    """The mean of one commit with one fsync in this directory, as tests/bench/machine.c measures it."""
    path = os.path.join(directory, "commits")
    store = sqlite3.connect(path, isolation_level=None)
    store.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (a)")
    begun = time.monotonic()
    for _ in range(COMMITS):
        store.execute("INSERT INTO t VALUES (randomblob(1024))")
    spent = time.monotonic() - begun
    store.close()
    os.remove(path)
    return spent * 1e6 / COMMITS


def thai(characters):
    return (THAI * (characters // len(THAI) + 1))[:characters]


def coded_flash(to):
    """An alert without a word of text: coded fields only."""
    return draft("alert", to, subject=None, text="", Precedence="flash")


def thai_flash(to):
    return draft("alert", to, subject="แจ้งเตือนด่วน", text=thai(1200), Precedence="flash", Language="th")


class Desk:
    """The officers of one station, connected, one of them following what happens."""

    def __init__(self, station):
        self.station = station
        self.drafter, self.watch = station.connect("drafter"), station.connect("watch")
        self.releasers = [station.connect(name) for name in APPROVERS]
        self.watch.call("follow")

    def prepare(self, text, approvals=1):
        number = self.station.must("drafter", "draft", "new", "--json", stdin=text)["draft"]
        for releaser in self.releasers[:approvals]:
            releaser.call("approve", number, False)
        return number

    def release(self, number):
        return self.releasers[0].call("release", number, False, "")

    def wait(self, event, seconds, to=None, number=None):
        """The next event of this name; raises when there is none in time."""
        end = time.monotonic() + seconds
        self.watch.socket.settimeout(seconds)
        while time.monotonic() < end:
            value = self.watch.message()
            if value[0] == 2 and value[2][1] == event and to in (None, value[2][5]) and number in (None, value[2][2]):
                return value[2]
        raise TimeoutError("no %s in %d s" % (event, seconds))

    def time_custody(self, text, approvals, seconds):
        """Seconds from the release of this draft to its custody here."""
        number = self.prepare(text, approvals)
        self.drain()
        begun = time.monotonic()
        self.release(number)
        wanted = self.wait("released", 20)[2]
        self.wait("custody", seconds, number=wanted)
        return time.monotonic() - begun

    def drain(self):
        """Forgets the events that have come."""
        self.watch.call("status")
        self.watch.events.clear()

    def close(self):
        for control in (self.drafter, self.watch, *self.releasers):
            control.close()


class Table:
    """What was to be reached, and what was."""

    def __init__(self, title):
        self.rows = []
        print(title, flush=True)

    def add(self, what, target, reached, holds):
        self.rows.append(holds)
        print("  %-62s %-16s %-24s %s" % (what, target, reached, "reached" if holds else "MISSED"), flush=True)

    def finish(self):
        return 0 if all(self.rows) else 1
