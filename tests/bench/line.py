"""
Two network namespaces joined by one line of a given rate, gone with the block.

The line is a veth pair with a token bucket at each end, for packets of 576 bytes as slow lines have them. The rate counts
IP packets (the overhead of -14 takes Ethernet's header off). The bucket holds one packet, so that little is carried at no
price after a pause. Its queue holds five and is never full, unless somebody lets what is large and routine stand in it.
"""
import os
import subprocess

MTU, BURST, LIMIT = 576, 600, 3000
ADDRESSES = ("10.77.0.1", "10.77.0.2")


def ip(*words):
    subprocess.run(["ip", *words], check=True)


class Line:
    def __init__(self, bits_per_second=None):
        self.names = ["hotline-%d-%s" % (os.getpid(), end) for end in "ab"]
        self.devices = ["hl%d%s" % (os.getpid() % 10000000, end) for end in "ab"]
        self.rate = bits_per_second

    def __enter__(self):
        try:
            self.build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def build(self):
        for name in self.names:
            ip("netns", "add", name)
        ip("link", "add", self.devices[0], "netns", self.names[0], "type", "veth", "peer", "name", self.devices[1], "netns",
           self.names[1])
        for name, device, address in zip(self.names, self.devices, ADDRESSES):
            ip("-n", name, "address", "add", address + "/30", "dev", device)
            ip("-n", name, "link", "set", "lo", "up")
            ip("-n", name, "link", "set", device, "up", *(["mtu", str(MTU)] if self.rate is not None else []))
            if self.rate is not None:
                subprocess.run(["tc", "-n", name, "qdisc", "add", "dev", device, "root", "stab", "overhead", "-14", "linklayer", "ethernet", "tbf", "rate", "%dbit" % self.rate,
                                "burst", str(BURST), "limit", str(LIMIT)], check=True)

    def prefix(self, end):
        """The words that run a command at this end and leave it its pid."""
        return ["ip", "netns", "exec", self.names[end]]

    def cut(self):
        ip("-n", self.names[0], "link", "set", self.devices[0], "down")

    def mend(self):
        ip("-n", self.names[0], "link", "set", self.devices[0], "up")

    def blackhole(self):
        """Packets vanish without a word to who sends them: the link stays up."""
        for name, address in zip(self.names, reversed(ADDRESSES)):
            ip("-n", name, "route", "add", "blackhole", address + "/32")

    def restore(self):
        for name, address in zip(self.names, reversed(ADDRESSES)):
            ip("-n", name, "route", "del", "blackhole", address + "/32")

    def __exit__(self, *failure):
        for name in self.names:
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL, check=False)


def start(line, stations):
    """Stations that are made, one at each end, started and linked."""
    from office import enrol, poll
    for end, station in enumerate(stations):
        station.host = ADDRESSES[end]
        station.make()
        station.start(prefix=line.prefix(end))
    for one, other in (stations, reversed(stations)):
        enrol(one, other)
    poll(lambda: all(station.status()["peers"][0]["link"] == "up" for station in stations), 60, "link")
