#!/usr/bin/env python3
"""
How soon after a path's return what waits for it is in custody: with a flash waiting, and with something routine. The path
goes by an interface that is set down, or by routes that swallow packets. Root only; the cases run side by side.

usage: back.py HOTLINED HOTLINE
"""
import multiprocessing
import sys
import time

from line import Line, start
from office import Desk, Table, World, coded_flash, draft

NAMES = ["tha-cert", "vnm-cert"]
OUTAGES = (4, 11, 26, 47, 100)  # seconds: before anything notices, between retransmissions, after the link is given up
URGENT_SECONDS, OTHER_SECONDS = 5, 20
AT_ONCE = 5  # cases, so that they do not hold up each other


def routine(to):
    return draft("notice", to)


def measure(case):
    """Seconds from the path's return to custody."""
    how, outage, is_urgent = case
    with World(NAMES) as world, Line() as line:
        start(line, world.stations)
        desk = Desk(world.stations[0])
        text = coded_flash(NAMES[1]) if is_urgent else routine(NAMES[1])
        number = desk.prepare(text, 2 if is_urgent else 1)
        desk.drain()
        (line.cut if how == "down" else line.blackhole)()
        gone = time.monotonic()
        time.sleep(1)
        desk.release(number)
        wanted = desk.wait("released", 20)[2]
        time.sleep(max(0, gone + outage - time.monotonic()))
        (line.mend if how == "down" else line.restore)()
        back = time.monotonic()
        desk.wait("custody", 120, number=wanted)
        took = time.monotonic() - back
        desk.close()
        return case, took


def main():
    cases = [(how, outage, is_urgent) for outage in reversed(OUTAGES) for how in ("down", "swallowed")
             for is_urgent in (True, False)]
    with multiprocessing.Pool(AT_ONCE, maxtasksperchild=1) as pool:
        results = sorted(pool.imap_unordered(measure, cases, chunksize=1))
    table = Table("From the path's return to the custody of what waited for it")
    for (how, outage, is_urgent), took in results:
        limit = URGENT_SECONDS if is_urgent else OTHER_SECONDS
        table.add("%s for %d s, %s waiting" % (how, outage, "a flash" if is_urgent else "a routine message"), "%d s" % limit,
                  "%.1f s" % took, took <= limit)
    return table.finish()


if __name__ == "__main__":
    sys.exit(main())
