#!/usr/bin/env python3
"""
A bad network: all links of two real stations pass a relay that delays each connection by its own time, cuts it after a
few thousand bytes, and now and then swallows everything. In the end nothing is lost and nothing was delivered twice.

usage: test_relay.py HOTLINED HOTLINE [SEED]
"""
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "net"))

from relay import Relay  # noqa: E402
from test_kill import Side, compare, quiet, troubles  # noqa: E402
from world import Tap, World, enrol, poll  # noqa: E402

ROUNDS = 6
CONNECTIONS_MIN = 3  # that a storm must have taken, or it was none


def storm(one, two, relay, dice):
    """Traffic both ways while connections come and go."""
    for number in range(ROUNDS):
        relay.tell(delay_ms=[0, dice.choice([5, 50, 200])], cut_after=dice.choice([15000, 40000]),
                   is_silent=number % 3 == 2)
        for side in (one, two):
            side.begin(side.prepare())
        for side in (one, two):
            side.drain()
            side.acknowledge()
        if number % 2 == 1:
            relay.tell(cut=True)
        time.sleep(1 + dice.random())  # the network's own time: what it does to what is on its way


def main():
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(1 << 32)
    tap = Tap()
    tap.note("seed %d; to repeat: /usr/bin/python3 %s %s %d" % (seed, sys.argv[0], " ".join(sys.argv[1:3]), seed))
    dice = random.Random(seed)
    with World(["tha-cert", "vnm-cert"]) as world:
        sender, receiver = world.stations
        with Relay(receiver.port) as relay:
            sender.settings = 'peer "vnm-cert" { endpoint = {"127.0.0.1:%d"} }' % relay.port
            for station in world.stations:
                station.make().start()
            enrol(sender, receiver)
            enrol(receiver, sender)
            poll(lambda: sender.peer("vnm-cert")["link"] == "up", 40, "link through the relay")
            one, two = Side(sender, "vnm-cert", dice), Side(receiver, "tha-cert", dice)
            relay.tell(seed=seed)
            storm(one, two, relay, dice)
            taken = relay.tell(delay_ms=[0, 0], cut_after=0, is_silent=False)["connections"]
            tap.ok(taken >= CONNECTIONS_MIN, "connections are cut and taken anew", taken)
            poll(lambda: one.is_linked() and two.is_linked(), 60, "link once the network is well")
            quiet(tap, one, two)
            compare(tap, world, one, two)
            troubles(tap, world, (one, two))
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
