#!/usr/bin/env python3
"""
Flashes on slow lines, while a routine attachment of 16 MiB moves the same way. Root only.

usage: slow.py HOTLINED HOTLINE [CELL_BYTES [BITS_PER_SECOND]]
"""
import os
import sys
import time

from line import Line, start
from office import Desk, Table, World, coded_flash, draft, thai_flash

NAMES = ["tha-cert", "vnm-cert"]
FLASHES = 3
ATTACHMENT_BYTES = 16 << 20
# bits a second, seconds for coded fields, seconds for a full Thai text
LINES = ((64000, 2, 2), (2400, 10, 25))


def begin_load(world, desk, to):
    """A message with an attachment, whose bytes are asked for once the message is in custody."""
    station = desk.station
    number = station.must("drafter", "draft", "new", "--json", stdin=draft("notice", to, subject="large"))["draft"]
    station.must("drafter", "draft", "attach", number, world.write("large.bin", os.urandom(ATTACHMENT_BYTES)))
    desk.releasers[0].call("approve", number, False)
    desk.release(number)
    desk.wait("custody", 60)
    time.sleep(5)  # the line and its queue are full


def measure(table, rate, limits, cell):
    with World(NAMES) as world, Line(rate) as line:
        for station, other in zip(world.stations, reversed(NAMES)):
            station.settings = 'peer "%s" { cell = %d }' % (other, cell) if cell != 1024 else ""
        start(line, world.stations)
        desk = Desk(world.stations[0])
        begin_load(world, desk, NAMES[1])
        for what, text, limit in (("coded fields only", coded_flash(NAMES[1]), limits[0]),
                                  ("1,200 Thai characters", thai_flash(NAMES[1]), limits[1])):
            took = [desk.time_custody(text, 2, 120) for _ in range(FLASHES)]
            table.add("flash of %s, %d bit/s, cells of %d" % (what, rate, cell), "%d s" % limit,
                      "%.1f s (%s)" % (max(took), " ".join("%.1f" % t for t in took)), max(took) <= limit)
        desk.close()


def main():
    cell = int(sys.argv[3]) if len(sys.argv) > 3 else 256
    table = Table("Custody of a flash while a routine attachment of 16 MiB moves, as its sender sees it")
    only = [int(word) for word in sys.argv[4:]]
    for rate, *limits in (line for line in LINES if line[0] in only or not only):
        measure(table, rate, limits, cell)
    return table.finish()


if __name__ == "__main__":
    sys.exit(main())
