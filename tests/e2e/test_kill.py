#!/usr/bin/env python3
"""
kill -9 in the middle of traffic: two real daemons send to each other without pause, either is killed at seeded moments
and started again, and in the end nothing is lost and nothing was delivered twice.

usage: test_kill.py HOTLINED HOTLINE [SEED]
"""
import collections
import random
import signal
import sys
import time

from wire import CLOSED, IMMEDIATE, KIND_NOTICE, PRIORITY, ROUTINE, NOTICE_FIELDS, content, export_arrays, header, unpack
from world import Tap, World, poll

KILLS = 10           # that hit a message between its release and its custody, of each side
ROUNDS_MAX = 60      # of each side, in which they must be reached; some 15 do, and how many must not hang on the clock
BURST = 10           # messages that each side releases at once
ACKNOWLEDGE = 3      # received messages that each side acknowledges a round
SENT, RECEIVED = 1, 2  # kinds of entries in a pair log
HARMLESS = {"key agreements made", "parcel received again", "nothing came in time"}


class Side:
    """A station under traffic, and what it promised."""

    def __init__(self, station, other, dice):
        self.station, self.other, self.dice = station, other, dice
        self.drafted, self.released, self.acknowledged = set(), {}, set()
        self.made = 0
        self.connect()

    def connect(self):
        self.drafter, self.releaser = self.station.connect("drafter"), self.station.connect("releaser")
        self.watch = self.station.connect("watch")

    def close(self):
        for control in (self.drafter, self.releaser, self.watch):
            control.close()

    def draft(self):
        """Header and content of one more notice; now and then one that crosses many cells."""
        self.made += 1
        size = self.dice.choice([20, 20, 200, 200, 9000])
        subject = "%s %d" % (self.station.name, self.made)
        precedence = self.dice.choice([ROUTINE, ROUTINE, PRIORITY, IMMEDIATE])
        return subject, (header(KIND_NOTICE, self.station.name, [self.other], precedence=precedence),
                         content(subject, "x" * (min(size, 1200) if precedence == IMMEDIATE else size), NOTICE_FIELDS))

    def prepare(self):
        """Approved drafts; calls are sent ahead of their answers."""
        drafts = [self.draft() for _ in range(BURST)]
        calls = [self.drafter.send("draft.new", *parts) for _, parts in drafts]
        numbers = [self.drafter.answer(call)[0] for call in calls]
        self.drafted.update(subject for subject, _ in drafts)
        calls = [self.releaser.send("approve", number, False) for number in numbers]
        for call in calls:
            self.releaser.answer(call)
        return numbers

    def begin(self, numbers):
        self.calls = collections.deque(self.releaser.send("release", number, False, "") for number in numbers)

    def take(self):
        """The next release that the daemon tells."""
        message = self.releaser.answer(self.calls.popleft())[0]
        self.released[message[0]] = unpack(message[1])[0][7]

    def drain(self):
        """All that it tells before it ends, if it ends."""
        try:
            while self.calls:
                self.take()
        except CLOSED:
            self.calls.clear()

    def listed(self):
        """id: message, as `list` gives them now, the newest only."""
        return {message[0]: message for message in self.watch.call("list", 100, 0)[0]}

    def acknowledge(self):
        open_ids = [message[0] for message in self.listed().values() if not message[3] and message[0] not in self.acknowledged]
        for message_id in open_ids[:ACKNOWLEDGE]:
            self.watch.call("ack", message_id.hex(), 1, "")
            self.acknowledged.add(message_id)

    def peer(self):
        return self.watch.call("status")[1][0]

    def is_linked(self):
        return self.peer()[1] == 2

    def is_idle(self):
        peer = self.peer()
        return peer[1] == 2 and peer[6] == peer[7] == 0 and peer[14] == 0 and peer[8]  # waiting, in flight, gaps; log size

    def paged(self, count):
        """The ids of all messages, newest first, read in pages of so many."""
        ids, before = [], 0
        while True:
            page = self.watch.call("list", count, before)[0]
            if not page:
                return ids
            ids += [message[0].hex() for message in page]
            before = page[-1][4]

    def everything(self):
        """All messages, through the client."""
        return self.station.messages(100000)


def kill_round(victim, survivor, dice):
    """Traffic both ways, and a kill in its middle. Gives (before, after) in us: the kill lay between."""
    for side in (victim, survivor):
        poll(side.is_linked, 30, "link of %s" % side.station.name)
    bursts = [(side, side.prepare()) for side in (victim, survivor)]
    for side, numbers in bursts:
        side.begin(numbers)
    for side in (victim, survivor):
        for _ in range(dice.randrange(1, BURST // 2)):
            side.take()
    time.sleep(dice.random() * 0.02)  # not waiting for anything: the moment itself is what is drawn
    before = time.time_ns() // 1000
    victim.station.end(signal.SIGKILL)
    after = time.time_ns() // 1000
    for side in (victim, survivor):
        side.drain()
    victim.close()
    numbers = survivor.prepare()  # the traffic of the other goes on
    survivor.begin(numbers)
    victim.station.start()
    survivor.drain()
    victim.connect()
    for side in (victim, survivor):
        side.acknowledge()
    return before, after


def is_between(kill, deliveries):
    """Whether a message was released before the kill, and in custody only after it."""
    return any(released < kill[0] and custody > kill[1] for released, custody in deliveries)


def storm(one, two, dice, tap):
    """Kills each side until enough of them hit; gives how many did, by station."""
    hits, rounds = collections.Counter(), collections.Counter()
    for number in range(2 * ROUNDS_MAX):
        sides = [one, two] if number % 2 == 0 else [two, one]
        victim = sides[0].station.name
        if hits[victim] >= KILLS:
            continue
        kill = kill_round(*sides, dice)
        deliveries = {}
        for side in sides:  # custody comes when the link is back
            for message_id, message in side.listed().items():
                if message[3]:
                    custody = message[-1][0][3]
                    deliveries[message_id] = (side.released.get(message_id, message[4]), custody or kill[1] + 1)
        rounds[victim] += 1
        hits[victim] += is_between(kill, deliveries.values())
    tap.note("kills: %s, of which between release and custody: %s" % (dict(rounds), dict(hits)))
    return hits


def quiet(tap, one, two):
    """Nothing waits and nothing moves."""
    before = None

    def is_quiet():
        nonlocal before
        sizes = [one.is_idle(), two.is_idle()]
        still = sizes == before and all(sizes)
        before = sizes
        return still
    try:
        tap.ok(poll(is_quiet, 30, "quiet"), "after the last restart everything that waits is delivered")
    except TimeoutError:
        tap.ok(False, "after the last restart everything that waits is delivered", "%s\n%s" % (one.peer(), two.peer()))


def pair_log(arrays, station, other):
    """The ids in the pair log, in order, as (kind, id)."""
    origin = "hotline/%s/%s" % (station, other)
    entries = [unpack(array[3])[0] for array in arrays if array[0] == "entry" and array[1] == origin]
    return [(entry[2], entry[3]) for entry in entries]


def twice(items):
    return [item for item, count in collections.Counter(items).items() if count > 1]


def compare_side(tap, sender, receiver, sender_log, receiver_log):
    """What one side released, what the other received, what it receipted."""
    name = "%s to %s" % (sender.station.name, receiver.station.name)
    sent = [m for m in sender.everything() if m["direction"] == "sent"]
    received = [m for m in receiver.everything() if m["direction"] == "received"]
    sent_ids, received_ids = [m["id"] for m in sent], [m["id"] for m in received]
    tap.note("%s: %d released, %d received" % (name, len(sent_ids), len(received_ids)))
    lost = {i.hex() for i in sender.released} - set(sent_ids)
    tap.ok(not lost, "%s: every release that was told is on record" % name, lost)
    tap.ok(set(sent_ids) == set(received_ids), "%s: what was released is what was received" % name,
           set(sent_ids) ^ set(received_ids))
    tap.ok(sender.paged(7) == [m["id"] for m in sender.everything()], "%s: pages of seven make up the whole list" % name)
    tap.equal((twice(sent_ids), twice(received_ids)), ([], []), "%s: no message is listed twice on either side" % name)
    tap.equal(twice(m["subject"] for m in sent), [], "%s: no draft was released twice" % name)
    drafts = {draft["subject"] for draft in drafts_of(sender)}
    whole = drafts | {m["subject"] for m in sent}
    tap.ok(sender.drafted <= whole and not drafts & {m["subject"] for m in sent},
           "%s: every draft is a draft still or a message, not both" % name, sender.drafted - whole)
    receipted = {m["id"] for m in sent if m["addressees"][0]["custody_at"]}
    tap.equal(set(sent_ids) - receipted, set(), "%s: everything received is receipted" % name)
    acknowledged = {m["id"] for m in sent if m["addressees"][0]["acknowledged_at"]}
    missing = {i.hex() for i in receiver.acknowledged} - acknowledged
    tap.ok(not missing, "%s: every acknowledgement that was taken has come back" % name, missing)
    logged = [i.hex() for kind, i in receiver_log if kind == RECEIVED]
    wrong = [i for i in received_ids if logged.count(i) != 1]
    tap.ok(not wrong, "%s: each message is entered once in the receiver's log" % name, wrong)
    logged = [i.hex() for kind, i in sender_log if kind == SENT]
    tap.ok(all(logged.count(i) == 1 for i in sent_ids), "%s: and once in the sender's" % name)


def drafts_of(side):
    return [side.station.must("watch", "draft", "show", draft["draft"], "--json") for draft in side.station.drafts()]


def compare(tap, world, one, two):
    names = [side.station.name for side in (one, two)]
    files = [side.station.export(world.path("record-" + side.station.name)) for side in (one, two)]
    logs = []
    for path, station, other in zip(files, names, reversed(names)):
        with open(path, "rb") as record:
            logs.append(pair_log(export_arrays(record.read()), station, other))
    tap.ok(all(logs), "both pair logs have entries")
    mirror = [{(RECEIVED if kind == SENT else SENT, i) for kind, i in log} for log in logs]
    tap.equal(set(logs[0]) ^ mirror[1], set(), "the pair logs hold the same ids, sent by one and received by the other")
    tap.equal([twice(log) for log in logs], [[], []], "no id stands twice in a pair log")
    compare_side(tap, one, two, logs[0], logs[1])
    compare_side(tap, two, one, logs[1], logs[0])
    cards = [word for side in (one, two) for word in ("--card", side.station.card)]
    done = one.station.hotline("admin", "log", "verify", *files, *cards)
    tap.ok(done.code == 0, "both exports verify", done)


def troubles(tap, world, sides):
    bad = {}
    for side in sides:
        for row in side.station.status()["refused_input"]:
            if row["cause"] not in HARMLESS:
                bad[side.station.name, row["cause"]] = row["count"]
    tap.equal(bad, {}, "neither side refused anything of the other")
    alarms = [line for station in world.stations for line in station.read_journal().splitlines()
              if "event=fault" in line or "event=behind" in line]
    tap.equal(alarms, [], "neither side took the other for faulty, or itself for an old copy")
    tap.equal(world.troubles(), [], "no journal holds a trouble of the daemon's own")


def main():
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.SystemRandom().randrange(1 << 32)
    tap = Tap()
    tap.note("seed %d; to repeat: /usr/bin/python3 %s %s %d" % (seed, sys.argv[0], " ".join(sys.argv[1:3]), seed))
    dice = random.Random(seed)
    begun = time.monotonic()
    with World(["tha-cert", "vnm-cert"]) as world:
        stations = world.start()
        one, two = Side(stations[0], "vnm-cert", dice), Side(stations[1], "tha-cert", dice)
        hits = storm(one, two, dice, tap)
        for side in (one, two):
            tap.ok(hits[side.station.name] >= KILLS, "%s was killed %d times between a release and its custody" % (
                side.station.name, KILLS), dict(hits))
        quiet(tap, one, two)
        compare(tap, world, one, two)
        troubles(tap, world, (one, two))
        tap.note("%.0f s" % (time.monotonic() - begun))
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
