#!/usr/bin/env python3
"""Checks by the real client between two real stations: a link on the hour, a watch that types, a card that is true."""
import os
import pty
import select
import subprocess
import sys
import time
import unicodedata

from world import IS_ROOT, Tap, World, enrol, poll, shifted

SECONDS_BEFORE_THE_HOUR = 20


def record(station, kind):
    return next(row for row in station.must("watch", "check", "--json") if row["check"] == kind)


def words_of(station, number):
    fields = station.must("watch", "show", number, "--json")["fields"]
    return next(field["value"] for field in fields if field["name"] == "check-words")


def ask(asker, answerer):
    """A watch check; its number once it has come."""
    number = asker.must("watch", "check", answerer.name, "--json")["number"]
    poll(lambda: answerer.hotline("watch", "show", number).code == 0, 20, "check")
    return number


def link(tap, tha, vnm):
    rows = poll(lambda: [row for row in (record(tha, "link"), record(vnm, "link")) if row["asked"] > 0], 60, "link check")
    tap.equal([(row["asked"], row["answered"], row["last_outcome"]) for row in rows], [(1, 1, "answered")],
              "on the hour one of the two tries the link, and is answered")
    tap.ok(0 < rows[0]["median_ms"] < 5000, "how long that took is known", rows)


def watch(tap, tha, vnm):
    number = ask(tha, vnm)
    words = words_of(vnm, number)
    tap.equal(len(words), 4, "four words are asked for")
    tap.equal(sum(not word.isascii() for word in words), 1, "one of them is not English")
    again = tha.hotline("watch", "check", "vnm-cert")
    tap.ok(again.code == 1 and "is out already" in again.err, "one check is out at a time", again)
    typed = unicodedata.normalize("NFD", " ".join(words)).upper()
    done = vnm.hotline("watch", "check", "answer", number, stdin=typed + "\n")
    tap.ok(done.code == 0 and "is answered" in done.out, "they are typed back, in whatever case and form", done)
    poll(lambda: record(tha, "watch")["answered"] == 1, 20, "answer")
    tap.equal(record(tha, "watch")["last_outcome"], "answered", "and stand in the record as answered")
    done = vnm.hotline("watch", "check", "answer", number, *words)
    tap.ok(done.code == 1 and "answered already" in done.err, "a check is answered once", done)
    tap.ok("100.0 %" in tha.must("watch", "check"), "the table shows the share that was answered")
    number = ask(tha, vnm)
    done = vnm.hotline("watch", "check", "answer", number, "apple", "arrow", "bamboo", "x")
    tap.ok(done.code == 0 and "is not as shown" in done.err, "a word that differs is named, and goes as typed", done)
    poll(lambda: record(tha, "watch")["wrong"] == 1, 20, "wrong answer")
    tap.equal(record(tha, "watch")["answered_share"], 0.5, "it counts as wrong")
    tap.ok("check-missed" in tha.read_journal(), "and the journal says so")


def typed_on_terminal(station, lines, *words):
    """The client on a terminal, where somebody types these lines; its exit code and what the terminal showed."""
    leader, follower = pty.openpty()
    uid = station.officer("watch")
    user = {"user": uid, "group": uid, "extra_groups": []} if IS_ROOT else {}
    child = subprocess.Popen([station.world.hotline, "--socket", station.control, *words], stdin=follower,
                             stdout=follower, stderr=follower, **user)
    os.close(follower)
    station.world.processes.append(child)
    shown = b""
    while select.select([leader], [], [], 20)[0]:
        try:
            more = os.read(leader, 4096)
        except OSError:
            break  # the other end is closed
        shown += more
        if lines and shown.count(b"type them back:") > typed_on_terminal.asked:
            typed_on_terminal.asked += 1
            os.write(leader, lines.pop(0).encode() + b"\n")
    os.close(leader)
    return child.wait(20), shown.decode()


def terminal(tap, tha, vnm):
    number = ask(tha, vnm)
    words = words_of(vnm, number)
    typed_on_terminal.asked = 0
    code, shown = typed_on_terminal(vnm, ["no such words here", " ".join(words)], "check", "answer", number)
    tap.ok(code == 0 and all(word in shown for word in words), "the words are shown on the terminal", shown)
    tap.equal(typed_on_terminal.asked, 2, "a slip is named, and may be mended once")
    poll(lambda: record(tha, "watch")["answered"] == 2, 20, "answer")
    tap.ok(True, "what was mended counts")


def card(tap, tha, vnm):
    due = record(tha, "directory")["due_at"]
    number = tha.must("admin", "check", "directory", "vnm-cert", "--json")["number"]
    poll(lambda: vnm.hotline("watch", "show", number).code == 0, 20, "directory check")
    done = vnm.hotline("admin", "check", "answer", number, "perhaps")
    tap.ok(done.code == 2 and "yes or no" in done.err, "whether a card is true is answered by yes or no", done)
    vnm.must("admin", "check", "answer", number, stdin="yes\n")
    poll(lambda: record(tha, "directory")["answered"] == 1, 20, "confirmation")
    tap.ok(record(tha, "directory")["due_at"] > due, "their yes confirms the card")
    due = record(tha, "directory")["due_at"]
    tha.must("admin", "check", "directory", "vnm-cert", "--by-phone")
    tap.ok(record(tha, "directory")["due_at"] > due, "and so does an admin who reached them by telephone")


def refusals(tap, tha, vnm):
    done = tha.hotline("watch", "check", "lao-cert")
    tap.ok(done.code == 1 and "not an enrolled contact point" in done.err, "a stranger is not checked", done)
    if IS_ROOT:
        done = tha.hotline("drafter-1", "check", "vnm-cert")
        tap.ok(done.code == 1 and "may not do this" in done.err, "nor by who has no such role", done)
    done = tha.hotline("watch", "check", "answer", "2026-000001", "apple")
    tap.ok(done.code == 1 and "is held here" in done.err, "what is not held is not answered", done)


def main():
    tap = Tap()
    with World(["tha-cert", "vnm-cert"]) as world:
        tha, vnm = world.stations
        env = shifted(sys.argv[3], 3600 - int(time.time()) % 3600 - SECONDS_BEFORE_THE_HOUR)
        for station in world.stations:
            station.make().start(env=env)
        enrol(tha, vnm)
        enrol(vnm, tha)
        poll(lambda: tha.peer("vnm-cert")["link"] == "up", 40, "link")
        link(tap, tha, vnm)
        watch(tap, tha, vnm)
        terminal(tap, tha, vnm)
        card(tap, tha, vnm)
        refusals(tap, tha, vnm)
        tap.equal([station.end() for station in world.stations], [0, 0], "both daemons end in order")
        tap.equal(world.troubles(), [], "no journal holds a trouble of the daemon's own")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
