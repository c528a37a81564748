#!/usr/bin/env python3
"""A store put back from a backup, with real daemons: the station says so, sends nothing, and takes back what it lost."""
import os
import shutil
import sys

from world import Tap, World, draft, poll, run


def backup(station, to):
    """A copy of the store of a station that is down."""
    os.mkdir(to)
    for name in os.listdir(station.directory):
        if name.startswith("store"):
            shutil.copy2(os.path.join(station.directory, name), to)


def restore(station, copy):
    for name in os.listdir(station.directory):
        if name.startswith("store"):
            os.remove(os.path.join(station.directory, name))
    for name in os.listdir(copy):
        shutil.copy2(os.path.join(copy, name), station.directory)



def rebuild(tap, world, station):
    """The lists follow from the logs alone: made anew, they are the same."""
    before = station.messages()
    tap.equal(station.end(), 0, "the station ends for a rebuild")
    done = run([world.hotlined, "-c", station.config, "--rebuild"])
    tap.ok(done.code == 0 and "log entries" in done.out, "hotlined --rebuild says from how many entries", done)
    station.start()
    tap.equal(station.messages(), before, "the lists after a rebuild are those before")


def main():
    tap = Tap()
    with World(["tha-cert", "vnm-cert"]) as world:
        tha, vnm = world.start()
        first = tha.release(draft("notice", "vnm-cert", "Before the copy"))
        poll(lambda: vnm.find("Before the copy"), 20, "the first message there")
        tap.equal(tha.end(), 0, "the station ends for its backup")
        backup(tha, world.path("copy"))
        tha.start()
        tha.release(draft("notice", "vnm-cert", "After the copy"))
        poll(lambda: vnm.find("After the copy"), 20, "the second message there")
        vnm.release(draft("notice", "tha-cert", "To the station"))
        poll(lambda: tha.find("To the station"), 20, "the third message here")
        tap.equal(tha.end(), 0, "and ends once more")
        restore(tha, world.path("copy"))
        tha.start()
        poll(lambda: "behind" in tha.peer("vnm-cert")["explanation"], 20, "the station that says it is behind")
        tap.ok(not tha.find("After the copy") and not tha.find("To the station"), "the copy lacks what came after it")
        number = tha.release(draft("notice", "vnm-cert", "While behind"))
        tap.ok(tha.hotline("watch", "recover", "vnm-cert").code == 1, "only an admin may have it recovered")
        done = tha.hotline("admin", "recover", "vnm-cert")
        tap.ok(done.code == 0 and "taken back" in done.out, "recover says what it does", done)
        poll(lambda: tha.find("After the copy") and tha.find("To the station"), 30, "what was lost")
        poll(lambda: "behind" not in tha.peer("vnm-cert")["explanation"], 30, "the end of the recovery")
        poll(lambda: vnm.find("While behind"), 30, "what waited meanwhile")
        tap.ok(first and number, "traffic flows both ways again")
        vnm.release(draft("notice", "tha-cert", "Afterwards"))
        poll(lambda: tha.find("Afterwards"), 20, "a message after it")
        cards = [word for station in (tha, vnm) for word in ("--card", station.card)]
        for station in (tha, vnm):
            path = world.path("record-" + station.name)
            station.export(path)
            done = station.hotline("auditor", "log", "verify", path, *cards)
            tap.ok(done.code == 0, "the record of %s verifies after the recovery" % station.name, done)
        done = tha.hotline("admin", "recover", "vnm-cert")
        tap.ok(done.code == 1 and len(done.err.splitlines()) == 1, "nothing is recovered twice", done)
        rebuild(tap, world, tha)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
