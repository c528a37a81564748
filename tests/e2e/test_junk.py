#!/usr/bin/env python3
"""
What strangers send to the port that peers use: garbage, replays, half a record, too much. It is closed without a byte in
answer, counted by its cause, and costs neither memory nor the peers' link.
"""
import os
import random
import select
import socket
import sys
import threading
import time

from world import Tap, World, draft, enrol, poll

JUNK, WARM_UP, TOGETHER = 20000, 4000, 16
RSS_GROWTH_KIB = 8 * 1024
RECORD = 256
STRANGER, REPLAYED = "no key of ours made the record", "replayed record"
TIMEOUT, GATE = "nothing came in time", "too many connections"
CELL, HANDSHAKE = "malformed cell or frame", "handshake that does not authenticate"


class Proxy:
    """A wire between two stations that keeps the first record of each dialler and can turn a bit of what passes."""

    def __init__(self, port):
        self.target, self.records, self.flip_next = port, [], None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.is_over = False
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while not self.is_over:
            try:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                continue
            threading.Thread(target=self.carry, args=(near, far), daemon=True).start()

    def carry(self, near, far):
        first = b""
        passed = {near: 0, far: 0}
        try:
            while True:
                for side in select.select([near, far], [], [])[0]:
                    data = side.recv(65536)
                    if not data:
                        raise OSError
                    if side is near and len(first) < RECORD:
                        first += data[:RECORD - len(first)]
                        if len(first) == RECORD:
                            self.records.append(first)
                    data = self.turn(data, passed[side], "out" if side is near else "in")
                    passed[side] += len(data)
                    (far if side is near else near).sendall(data)
        except OSError:
            near.close()
            far.close()

    def turn(self, data, before, way):
        """Flips the bit that was asked for: (way, offset), in a record just there, in cells there or anywhere after."""
        if self.flip_next is None or self.flip_next[0] != way or before + len(data) <= self.flip_next[1]:
            return data
        at = max(self.flip_next[1] - before, 0)
        if before > self.flip_next[1] and self.flip_next[1] < RECORD:
            return data  # a link that was there before
        self.flip_next = None
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]

    def close(self):
        self.is_over = True
        self.listener.close()


def counted(station, cause):
    return next((row["count"] for row in station.status()["refused_input"] if row["cause"] == cause), 0)


def knock(port, data, address="127.0.0.1", seconds=10):
    """Sends data and gives what came back until the other side closed; None when it did not close."""
    with socket.socket() as sock:
        sock.settimeout(seconds)
        sock.bind((address, 0))
        answer = b""
        try:
            sock.connect(("127.0.0.1", port))
            sock.sendall(data)
            while True:
                more = sock.recv(4096)
                if not more:
                    return answer
                answer += more
        except (ConnectionError, BrokenPipeError):
            return answer
        except socket.timeout:
            return None


def refused(tap, station, claim, data, cause, count=1, seconds=10):
    before = counted(station, cause)
    answer = knock(station.port, data, seconds=seconds)
    poll(lambda: counted(station, cause) >= before + count, 10, "count of %s" % cause)
    tap.ok(answer == b"" and counted(station, cause) == before + count,
           "%s: closed without a byte in answer, counted as \"%s\"" % (claim, cause), "answer %r" % answer)


def singly(tap, vnm, proxy, dice):
    record = proxy.records[-1]
    refused(tap, vnm, "256 random bytes", dice.randbytes(RECORD), STRANGER)
    refused(tap, vnm, "zeros", bytes(RECORD), STRANGER)
    refused(tap, vnm, "a web browser", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + b"a" * RECORD, STRANGER)
    refused(tap, vnm, "a hundred thousand bytes", dice.randbytes(100000), STRANGER)
    refused(tap, vnm, "the record of a live link again", record, REPLAYED)
    refused(tap, vnm, "and once more", record, REPLAYED)
    for at in (0, 15, 16, 48, 100, 255):
        changed = record[:at] + bytes([record[at] ^ 0x80]) + record[at + 1:]
        refused(tap, vnm, "that record with a bit of byte %d turned" % at, changed, STRANGER)
    refused(tap, vnm, "nothing", b"", TIMEOUT, seconds=10)
    refused(tap, vnm, "half a record", record[:128], TIMEOUT, seconds=10)


def damaged(tap, tha, vnm, proxy):
    """Bits turned on the wire between the two."""
    for claim, flip, station, cause in (
            ("a turned bit in a cell from the dialler", ("out", 2000), vnm, CELL),
            ("a turned bit in a cell to the dialler", ("in", 2000), tha, CELL),
            ("a turned bit in the dialler's record", ("out", 60), vnm, STRANGER),
            ("a turned bit in the answer to it", ("in", 60), tha, HANDSHAKE)):
        before, links = counted(station, cause), len(proxy.records)
        proxy.flip_next = flip
        if flip[1] < RECORD:  # a new link is needed for it
            vnm.end()
            vnm.start()
        sent = tha.release(draft("notice", "vnm-cert", subject=claim, text="x" * 5000))
        answer = vnm.release(draft("notice", "tha-cert", subject=claim + " back", text="x" * 5000))
        poll(lambda s=station, c=cause, b=before: counted(s, c) > (b if flip[1] >= RECORD or s is tha else 0), 30,
             "count of %s for %s" % (cause, claim))
        tap.ok(True, "%s is counted as \"%s\"" % (claim, cause))
        poll(lambda m=sent: [x for x in vnm.messages() if x["id"] == m["id"]], 60, "message after " + claim)
        poll(lambda m=answer: [x for x in tha.messages() if x["id"] == m["id"]], 60, "message after " + claim)
        tap.ok(len(proxy.records) > links, "and all is delivered over the next link")


def flood(port, count, dice, address):
    """Junk by the thousand; gives how many were closed without an answer."""
    silent, open_sockets, begun = 0, {}, 0
    while begun < count or open_sockets:
        while begun < count and len(open_sockets) < TOGETHER:
            sock = socket.socket()
            sock.bind((address, 0))
            sock.connect(("127.0.0.1", port))
            begun += 1
            try:
                sock.sendall(dice.randbytes(dice.choice([RECORD, RECORD, 1000])))
            except (ConnectionError, BrokenPipeError):
                pass  # closed before it was heard
            open_sockets[sock] = True
        ready = select.select(list(open_sockets), [], [], 20)[0]
        if not ready:
            raise TimeoutError("%d connections are not closed" % len(open_sockets))
        for sock in ready:
            try:
                silent += sock.recv(100) == b""
            except ConnectionError:
                silent += 1
            del open_sockets[sock]
            sock.close()
    return silent


def rss_kib(station):
    with open("/proc/%d/status" % station.process.pid, encoding="utf-8") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def thousands(tap, tha, vnm, dice):
    before = {cause: counted(vnm, cause) for cause in (STRANGER, GATE)}
    lines = vnm.read_journal().count("\n")
    silent = flood(vnm.port, WARM_UP, dice, "127.0.0.1")
    rss, begun = rss_kib(vnm), time.monotonic()
    silent += flood(vnm.port, JUNK - 2 * WARM_UP, dice, "127.0.0.1")
    growth = rss_kib(vnm) - rss
    silent += flood(vnm.port, WARM_UP, dice, "127.0.0.2")
    tap.note("%.0f s; RSS %d KiB, grown by %d KiB" % (time.monotonic() - begun, rss, growth))
    tap.equal(silent, JUNK, "%d connections with junk are each closed without a byte in answer" % JUNK)
    poll(lambda: sum(counted(vnm, cause) - before[cause] for cause in before) >= JUNK, 20, "count of all junk")
    counts = {cause: counted(vnm, cause) - before[cause] for cause in before}
    tap.equal(sum(counts.values()), JUNK, "each is counted by its cause")
    tap.ok(counts[GATE] > WARM_UP // 2, "an address of no peer is held off before its bytes are looked at", counts)
    tap.ok(growth < RSS_GROWTH_KIB, "memory stays bounded: less than %d KiB more" % RSS_GROWTH_KIB, "%d KiB" % growth)
    added = vnm.read_journal().count("\n") - lines
    tap.ok(added < 100, "the journal does not fill: less than 100 lines", "%d lines" % added)
    sent = tha.release(draft("notice", "vnm-cert", subject="After the flood"))
    poll(lambda: [m for m in vnm.messages() if m["id"] == sent["id"]], 20, "message")
    tap.equal(vnm.peer("tha-cert")["link"], "up", "the link to the peer stands, and messages pass")


def hoard(tap, tha, vnm):
    """Connections that say nothing, more than there are places for."""
    silent = []
    try:
        for _ in range(200):
            sock = socket.socket()
            sock.bind(("127.0.0.3", 0))
            sock.connect(("127.0.0.1", vnm.port))
            silent.append(sock)
        sent = tha.release(draft("notice", "vnm-cert", subject="Through the crowd"))
        poll(lambda: [m for m in vnm.messages() if m["id"] == sent["id"]], 20, "message")
        tap.ok(True, "two hundred silent strangers do not keep the peer's messages out")
        claim = "nor do they hold more than the places for strangers"
        try:
            files = len(os.listdir("/proc/%d/fd" % vnm.process.pid))
            tap.ok(files < 120, claim, "%d open files" % files)
        except PermissionError:
            tap.skip(claim, "not root: a process that locks its memory away shows nobody its files")
    finally:
        for sock in silent:
            sock.close()


def main():
    seed = random.SystemRandom().randrange(1 << 32)
    tap, dice = Tap(), random.Random(seed)
    tap.note("seed %d" % seed)
    # of freed memory AddressSanitizer keeps 256 MiB by itself, which would hide what is asked here
    os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=4"
    with World(["tha-cert", "vnm-cert"]) as world:
        tha, vnm = world.stations
        vnm.make().start()
        proxy = Proxy(vnm.port)
        tha.settings = 'peer "vnm-cert" { endpoint = {"127.0.0.1:%d"} }' % proxy.port
        tha.make().start()
        enrol(tha, vnm)
        enrol(vnm, tha)
        poll(lambda: tha.peer("vnm-cert")["link"] == "up" and vnm.peer("tha-cert")["link"] == "up", 40, "link")
        singly(tap, vnm, proxy, dice)
        thousands(tap, tha, vnm, dice)
        hoard(tap, tha, vnm)
        damaged(tap, tha, vnm, proxy)
        tap.equal([station.end() for station in world.stations], [0, 0], "both daemons run still, and end in order")
        tap.equal(world.troubles(), [], "no journal holds a trouble of the daemon's own")
        proxy.close()
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
