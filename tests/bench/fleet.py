#!/usr/bin/env python3
"""
One station with 193 links: its memory, and its processor time at rest; then one message to 192 addressees, against the
machine's own commits. Every peer is a daemon of its own on loopback; only the one in the middle is measured.

usage: fleet.py HOTLINED HOTLINE [LINKS] [SECONDS]
"""
import string
import sys
import time

from office import COMMITS, Desk, Table, World, commit_us, draft, enrol, poll
from wire import Control

LINKS, ADDRESSEES = 193, 192
REST_SECONDS = 60
MEMORY_MIB, CORE_PERCENT, COMMITS_MAX = 64, 2, 3000
FIRST_PORT = 20100  # below those that the kernel gives to whoever connects
PEER_OFFICERS = {"officer-1": (0, ["drafter", "releaser", "watch", "auditor", "admin"])}


def names(count):
    letters = string.ascii_lowercase
    return ["x%s%s-cert" % (letters[i // 26], letters[i % 26]) for i in range(count)]


def processor_seconds(process):
    with open("/proc/%d/schedstat" % process.pid, encoding="utf-8") as stat:
        return int(stat.read().split()[0]) / 1e9


def resident_mib(process):
    with open("/proc/%d/status" % process.pid, encoding="utf-8") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1024


def introduce(hub, peer):
    """Offers both ways. The contact point in the middle is the lower name, so that it dials."""
    control = Control(peer.control, peer.officer("admin"))
    hub_control = hub.connect("admin")
    offer = hub_control.call("contacts.offer", peer.name)[0]
    control.call("contacts.accept", offer, True)
    offer = control.call("contacts.offer", hub.name)[0]
    hub_control.call("contacts.accept", offer, True)
    control.close()
    hub_control.close()


def is_up(hub, count):
    return sum(peer["link"] == "up" for peer in hub.status()["peers"]) == count


def to_all(table, hub, peers, directory):
    """One message, and the last of its custody receipts."""
    commit = commit_us(directory)
    desk = Desk(hub)
    number = desk.prepare(draft("notice", ", ".join(peer.name for peer in peers), Precedence="priority"))
    before = processor_seconds(hub.process)
    desk.drain()
    begun = time.monotonic()
    desk.release(number)
    for _ in peers:
        desk.wait("custody", 120)
    took = time.monotonic() - begun
    commits = took * 1e6 / commit
    table.add("one message to %d, all in custody" % len(peers), "%d commits" % COMMITS_MAX,
              "%.0f commits (%.2f s)" % (commits, took), commits <= COMMITS_MAX)
    print("  (a commit took %.0f us here, mean of %d; the station in the middle spent %.2f s of processor)" % (
        commit, COMMITS, processor_seconds(hub.process) - before))
    desk.close()


def main():
    links = int(sys.argv[3]) if len(sys.argv) > 3 else LINKS
    seconds = int(sys.argv[4]) if len(sys.argv) > 4 else REST_SECONDS
    table = Table("%d links on one station" % links)
    with World(["aaa-cert"]) as world:
        hub = world.stations[0].make().start()
        own = world.officers
        world.officers = PEER_OFFICERS
        peers = [world.add(name, "release { second_person = no }") for name in names(links)]
        for number, peer in enumerate(peers):
            peer.port = FIRST_PORT + number
        begun = time.monotonic()
        for peer in peers:
            peer.make().start(wait=False)
        for peer in peers:
            poll(peer.is_ready, 60, "answer of " + peer.name)
            introduce(hub, peer)
        world.officers = own
        poll(lambda: is_up(hub, links), 120, "all links")
        print("  (made, enrolled and linked in %.0f s)" % (time.monotonic() - begun), flush=True)
        time.sleep(5)
        before, since = processor_seconds(hub.process), time.monotonic()
        time.sleep(seconds)
        share = 100 * (processor_seconds(hub.process) - before) / (time.monotonic() - since)
        table.add("processor at rest, over %d s" % seconds, "%d %% of a core" % CORE_PERCENT, "%.2f %%" % share,
                  share <= CORE_PERCENT)
        to_all(table, hub, peers[:ADDRESSEES], world.directory)
        memory = resident_mib(hub.process)
        table.add("memory, all of it done", "%d MiB" % MEMORY_MIB, "%.1f MiB resident" % memory, memory <= MEMORY_MIB)
        poll(lambda: is_up(hub, links), 10, "all links still up")
    return table.finish()


if __name__ == "__main__":
    sys.exit(main())
