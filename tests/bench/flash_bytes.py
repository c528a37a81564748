#!/usr/bin/env python3
"""
What a flash of coded fields only costs on the wire, from its release to its custody: TCP payload from the sender to the
receiver until the receipt comes, and back, on a link that is open already. Counted by a relay in the middle.

usage: flash_bytes.py HOTLINED HOTLINE
"""
import sys
import time

from office import Desk, Table, World, coded_flash, enrol, poll, thai_flash
from relay import ANSWERED, DIALLED, Relay

NAMES = ["tha-cert", "vnm-cert"]
CELLS = (1024, 512, 256, 128)
LIMIT = 1024
TIMES = 3


def measure(table, cell):
    with World(NAMES) as world:
        sender, receiver = world.stations
        with Relay(receiver.port) as relay:
            sender.settings = 'peer "%s" { endpoint = {"127.0.0.1:%d"} cell = %d }' % (NAMES[1], relay.port, cell)
            receiver.settings = 'peer "%s" { cell = %d }' % (NAMES[0], cell)
            for station in world.stations:
                station.make().start()
            enrol(sender, receiver)
            enrol(receiver, sender)
            poll(lambda: sender.status()["peers"][0]["link"] == "up", 20, "link")
            desk = Desk(sender)
            desk.time_custody(coded_flash(NAMES[1]), 2, 20)
            for what, text, limit in (("coded fields only", coded_flash(NAMES[1]), LIMIT),
                                      ("1,200 Thai characters", thai_flash(NAMES[1]), None)):
                forth, back = most(desk, relay, text)
                table.add("flash of %s, cells of %d" % (what, cell), "%d bytes" % limit if limit else "-",
                          "%d there, %d back" % (forth, back), limit is None or forth <= limit)
            desk.close()


def most(desk, relay, text):
    """The most bytes either way of a few, each after a pause in which nothing of the last one is under way."""
    spent = []
    for _ in range(TIMES):
        poll(lambda: desk.station.status()["peers"][0]["in_flight"] == 0, 20, "quiet")
        quiet(relay)
        relay.tell(trace=True)
        desk.time_custody(text, 2, 20)
        turns = relay.tell(trace=True)["turns"]
        while turns[-1][0] == DIALLED:  # what answers the receipt
            turns.pop()
        spent.append([sum(count for way, count in turns if way == direction) for direction in (DIALLED, ANSWERED)])
    return [max(column) for column in zip(*spent)]


def quiet(relay):
    """Waits until nothing has moved for a while."""
    counts = None
    while counts != relay.tell()["bytes"]:
        counts = relay.tell()["bytes"]
        time.sleep(0.3)


def main():
    table = Table("Bytes of a flash on an open link")
    for cell in CELLS:
        measure(table, cell)
    return table.finish()


if __name__ == "__main__":
    sys.exit(main())
