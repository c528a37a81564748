"""
A scripted exchange between two real stations, which can be taken up again wherever one of them was cut off: they become
peers, one releases a message, the other takes custody and acknowledges. What was once told must stay true.
"""
import os
import re
import signal
import socket
import time

from wire import CLOSED, Refused, export_arrays, notice
from world import poll
from test_kill import pair_log, twice, RECEIVED, SENT

SUBJECT = "The message of the exchange"
WAIT_SECONDS = 20
LINKS = 3  # in which a new key must have come into use
KEPT = {"conf", "card", "keys"}  # of a station's directory, when it is made as new


class Gone(Exception):
    """The station under test has ended."""


class Broken(Exception):
    """A promise that does not hold."""


class Side:
    def __init__(self, station):
        self.station, self.controls = station, {}

    def control(self, role):
        if role not in self.controls:
            self.controls[role] = self.station.connect(role)
        return self.controls[role]

    def call(self, role, method, *params):
        return self.control(role).call(method, *params)

    def drop(self):
        for control in self.controls.values():
            control.close()
        self.controls = {}

    def message(self):
        found = self.station.find(SUBJECT)
        if len(found) > 1:
            raise Broken("%s lists the message %d times" % (self.station.name, len(found)))
        return found[0] if found else None

    def addressee(self):
        message = self.message()
        return message["addressees"][0] if message else {"custody_at": None, "acknowledged_at": None}

    def draft(self):
        drafts = self.station.drafts()
        if len(drafts) > 1:
            raise Broken("%s has %d drafts of one" % (self.station.name, len(drafts)))
        return drafts[0] if drafts else None

    def peer(self):
        return self.station.status()["peers"][0]

    def generation(self, name):
        contacts = self.station.must("admin", "contacts", "list", "--json")
        return next((contact["pair_key_generation"] for contact in contacts if contact["name"] == name), None)

    def message_count(self):
        return len(self.station.messages())

    def renew(self):
        """The directory as it was before the first start."""
        station = self.station
        for name in os.listdir(station.directory):
            path = os.path.join(station.directory, name)
            if name not in KEPT:
                os.remove(path)
            elif name == "keys":
                for key in set(os.listdir(path)) - {"station"}:
                    os.remove(os.path.join(path, key))


class Exchange:
    """
    victim: 0 the sender, 1 the receiver. judge(side, code) says whether it ended as it should have. slips: how many
    connections of clients may be lost although it lives.
    """

    def __init__(self, world, victim, prefix, judge, slips=0):
        self.sides = [Side(station) for station in world.stations]
        self.sender, self.receiver = self.sides
        self.victim, self.prefix, self.judge = self.sides[victim], prefix, judge
        self.told, self.deaths, self.slips = {}, 0, slips
        self.tolerates = re.compile("event=failed")  # in the journal of the one under test

    def start(self, side, prefix=()):
        side.station.start(prefix=prefix, wait=False)
        try:
            poll(side.station.is_ready, WAIT_SECONDS, "answer of " + side.station.name)
        except RuntimeError as ended:
            raise Gone() if side is self.victim else ended

    def check_victim(self):
        if self.victim.station.process.poll() is not None:
            raise Gone()

    def wait(self, holds, what):
        """Waits for what one station hears of the other; events are what wakes it."""
        end = time.monotonic() + WAIT_SECONDS
        while not holds():
            self.check_victim()
            if time.monotonic() > end:
                raise Broken("in %d s there was no %s" % (WAIT_SECONDS, what))
            self.listen()

    def listen(self):
        control = self.sender.control("watch")
        control.socket.settimeout(0.1)
        try:
            control.message()
        except socket.timeout:
            pass
        finally:
            control.socket.settimeout(20)

    # the steps; each is done again until it was told that it is done

    def enrol(self, giver, taker):
        offer = giver.call("admin", "contacts.offer", taker.station.name)[0]
        taker.call("admin", "contacts.accept", offer, True)

    def follow(self):
        self.sender.call("watch", "follow")
        self.wait(lambda: self.sender.peer()["link"] == "up", "link")

    def write(self):
        if not self.sender.draft() and not self.sender.message():
            self.sender.call("drafter", "draft.new", *notice(self.sender.station.name, [self.receiver.station.name],
                                                             SUBJECT, "x" * 3000))

    def release(self):
        draft = self.sender.draft()
        if draft is None:
            return
        if not draft["approvals"]:
            self.sender.call("releaser", "approve", draft["draft"], False)
        self.sender.call("releaser", "release", draft["draft"], False, "")

    def custody(self):
        self.wait(lambda: self.sender.addressee()["custody_at"], "custody")

    def acknowledge(self):
        try:
            self.receiver.call("watch", "ack", self.receiver.message()["id"], 1, "")
        except Refused as refused:
            if not self.receiver.addressee()["acknowledged_at"]:
                raise refused

    def acknowledged(self):
        self.wait(lambda: self.sender.addressee()["acknowledged_at"], "acknowledgement")

    def stop(self):
        """Ends the one under test in good order, where it is still the first life of it."""
        if self.deaths == 0:
            code = self.victim.station.end()
            self.judge(self.victim, code)
            self.deaths += 1
            self.victim.drop()
            self.start(self.victim)

    def steps(self):
        return [("offer taken by the receiver", lambda: self.enrol(self.sender, self.receiver)),
                ("offer taken by the sender", lambda: self.enrol(self.receiver, self.sender)),
                ("link", self.follow), ("draft", self.write), ("release", self.release), ("custody", self.custody),
                ("acknowledge", self.acknowledge), ("acknowledged", self.acknowledged), ("stop", self.stop)]

    def recheck(self):
        """What the one under test told before it ended is what it knows now."""
        names = [side.station.name for side in self.sides]
        known = {"offer taken by the receiver": lambda: self.receiver.generation(names[0]) is not None,
                 "offer taken by the sender": lambda: self.sender.generation(names[1]) is not None,
                 "draft": lambda: self.sender.draft() or self.sender.message(),
                 "release": self.sender.message,
                 "custody": lambda: self.sender.addressee()["custody_at"] and self.receiver.message(),
                 "acknowledge": lambda: self.receiver.addressee()["acknowledged_at"],
                 "acknowledged": lambda: self.sender.addressee()["acknowledged_at"]}
        for name in self.told:
            if name in known and not known[name]():
                raise Broken("%s was told before the end and is not so after it" % name)

    def revive(self):
        """The one under test is gone: was that as it should be, and does it start again?"""
        if self.deaths > 0:
            raise Broken("%s ended a second time" % self.victim.station.name)
        self.deaths += 1
        try:
            code = self.victim.station.process.wait(WAIT_SECONDS)
        except Exception as late:
            raise Broken("%s does not end: %r" % (self.victim.station.name, late))
        self.judge(self.victim, code)
        self.victim.station.configure("peer \"%s\" { dial = \"always\" }" % next(
            side.station.name for side in self.sides if side is not self.victim))
        self.start(self.victim)
        self.recheck()

    def step(self, act):
        while True:
            try:
                return act()
            except (*CLOSED, OSError, Gone, RuntimeError) as ended:
                # the client's own words when its station goes are as good as an end of the socket
                if self.is_ending(1 if self.slips else 5):
                    self.revive()
                elif self.slips:
                    self.slips -= 1
                else:
                    raise Broken("a failure while both live: %r" % ended)
                for side in self.sides:
                    side.drop()
                self.sender.call("watch", "follow")

    def is_ending(self, seconds):
        deadline = time.monotonic() + seconds
        while self.victim.station.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        return self.victim.station.process.poll() is not None

    def run(self):
        for side in self.sides:
            side.station.configure("")
            side.renew()
        survivor = next(side for side in self.sides if side is not self.victim)
        try:
            self.start(survivor)
            try:
                self.start(self.victim, self.prefix)
            except Gone:
                self.revive()
            for name, act in self.steps():
                self.step(act)
                self.told[name] = True
            self.finish()
        finally:
            for side in self.sides:
                side.drop()
                if side.station.process is not None and side.station.process.poll() is None:
                    side.station.process.kill()
                    side.station.process.wait(20)

    def is_quiet(self):
        for side in self.sides:
            peer = side.peer()
            if peer["waiting"] or peer["in_flight"] or peer["gaps"] or peer["link"] != "up":
                return False
        return True

    def finish(self):
        """Both records verify and agree, and the message is there once."""
        self.check_victim()
        poll(self.is_quiet, WAIT_SECONDS, "quiet")
        files, logs, names = [], [], [side.station.name for side in self.sides]
        for side, other in zip(self.sides, reversed(names)):
            files.append(side.station.export(os.path.join(side.station.directory, "record")))
            with open(files[-1], "rb") as record:
                logs.append(pair_log(export_arrays(record.read()), side.station.name, other))
        mirror = {(RECEIVED if kind == SENT else SENT, i) for kind, i in logs[1]}
        wrong = set(logs[0]) ^ mirror
        if wrong or twice(logs[0]) or twice(logs[1]):
            raise Broken("the pair logs do not agree: %r %r" % (logs, wrong))
        if not all(side.message() for side in self.sides):
            raise Broken("the message is not on both sides")
        self.verify(files)
        self.look_at_keys(names)
        self.look_for_troubles()

    def look_at_keys(self, names):
        """The key that was exchanged is in use, if not on this link, then on one of the next."""
        for _ in range(LINKS):
            if all(side.generation(other) == 1 for side, other in zip(self.sides, reversed(names))):
                return
            self.victim.station.end(signal.SIGKILL)
            self.victim.drop()
            self.start(self.victim)
            poll(self.is_quiet, WAIT_SECONDS, "quiet after another link")
        raise Broken("the exchanged key is not used: %r" % [side.station.must("admin", "contacts", "list", "--json")
                                                            for side in self.sides])

    def verify(self, files):
        cards = [word for side in self.sides for word in ("--card", side.station.card)]
        done = self.sender.station.hotline("admin", "log", "verify", *files, *cards)
        if done.code != 0:
            raise Broken("the records do not verify: %r" % done)

    def look_for_troubles(self):
        for side in self.sides:
            for line in side.station.read_journal().splitlines():
                if side is self.victim and self.tolerates.search(line):
                    continue
                if "Assertion" in line or "event=fault" in line or "event=behind" in line or "event=failed" in line:
                    raise Broken("%s: %s" % (side.station.name, line))
