#!/usr/bin/env python3
"""
How soon a key press is drawn, the whole way: from the byte typed at a terminal of 200x60 to the last byte of the new screen,
through the real client, the control socket, the daemon and its store on a disk. Every message is open, which is the most
that a board can have to sort. At two sizes of the store in one run.

usage: key.py HOTLINED HOTLINE [MESSAGES]
"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time

from office import Table, World, poll
from wire import notice

NAMES = ["tha-cert", "vnm-cert"]
FEW, MANY = 1000, 100000
BATCH = 100  # calls sent ahead of their answers
ROUNDS = 41
COLUMNS, LINES = 200, 60
BOUND_MS = 50
QUIET = 0.1  # seconds without a byte: the screen is drawn
KEYS = ((b"+", b"", "one line down"), (b" ", b"", "a screen down"), (b"G", b"g", "to the last"), (b"\t", b"", "another box"),
        (b"\r", b"q", "a message opened"), (b"u", b"u", "urgent only"))


def hoard(sender, receiver, count):
    """So many messages more, all the way into the other's custody and not acknowledged there."""
    drafter, releaser = sender.connect("drafter"), sender.connect("releaser-1")
    words = notice(sender.name, [receiver.name], "ทดสอบ đường dây " + "x" * 24, "Text of some length. " * 8)

    def all_of(control, calls):
        return [control.answer(number) for number in [control.send(*call) for call in calls]]

    for left in range(count, 0, -BATCH):
        drafts = [answer[0] for answer in all_of(drafter, [("draft.new", *words)] * min(left, BATCH))]
        all_of(releaser, [("approve", number, False) for number in drafts])
        all_of(releaser, [("release", number, False, "") for number in drafts])
    drafter.close()
    releaser.close()


class Screen:
    """The board of a watch officer on a terminal that only counts when bytes come."""

    def __init__(self, world, station):
        pid, self.master = pty.fork()
        if pid == 0:
            os.setgid(station.officer("watch"))
            os.setuid(station.officer("watch"))
            os.execvpe(world.hotline, [world.hotline], {"TERM": "xterm", "HOTLINE_SOCKET": station.control, "LANG": "C.UTF-8",
                                                        "HOME": world.directory})
        self.pid = pid
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.settle()

    def settle(self):
        """Reads until nothing comes; gives when the last byte came, 0.0 for none."""
        last = 0.0
        while select.select([self.master], [], [], QUIET)[0]:
            os.read(self.master, 1 << 16)
            last = time.monotonic()
        return last

    def press(self, key):
        """Milliseconds to the last byte of what follows."""
        begun = time.monotonic()
        os.write(self.master, key)
        return 1e3 * (self.settle() - begun)

    def close(self):
        os.write(self.master, b"Q")
        os.waitpid(self.pid, 0)
        os.close(self.master)


def measure(table, world, station, count):
    screen = Screen(world, station)
    for key, back, what in KEYS:
        took = []
        for _ in range(ROUNDS):
            screen.settle()  # a second's countdown isn't the key's
            took.append(screen.press(key))
            if back:
                screen.press(back)
        took = sorted(ms for ms in took if ms > 0)
        median, late = took[len(took) // 2], took[len(took) * 95 // 100]
        table.add("%6d messages: %s" % (count, what), "%d ms" % BOUND_MS, "%.1f ms, 95 %% %.1f ms" % (median, late),
                  late <= BOUND_MS)
    screen.close()


def main():
    many = int(sys.argv[3]) if len(sys.argv) > 3 else MANY
    table = Table("A key press drawn on a terminal of %dx%d" % (COLUMNS, LINES))
    with World(NAMES) as world:
        sender, receiver = world.start()
        had = 0
        for count in (FEW, many):
            hoard(sender, receiver, count - had)
            poll(lambda: sender.peer(receiver.name)["waiting"] == 0, 120, "custody of all")
            had = count
            measure(table, world, receiver, count)
    return table.finish()


if __name__ == "__main__":
    sys.exit(main())
