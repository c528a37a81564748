#!/usr/bin/env python3
"""Attachments from client to client: what an officer attaches at one station another saves, byte for byte, at the next."""
import hashlib
import os
import pty
import random
import re
import select
import signal
import subprocess
import sys
import time

from world import IS_ROOT, Tap, World, draft, poll

KIB, MIB = 1024, 1024 * 1024
SIZES = [0, 1, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, 5 * MIB]
THAI = "ตัวบ่งชี้ ฉบับที่ ๑.csv"


def some_bytes(size, seed=0):
    return random.Random(size * 7 + seed).randbytes(size)


def digest(data):
    return hashlib.sha256(data).hexdigest()


def new_draft(station, subject, **headers):
    text = draft("notice", "vnm-cert", subject=subject, **headers)
    return station.must("drafter", "draft", "new", "--json", stdin=text)["draft"]


def release(station, number):
    station.must("releaser", "approve", number)
    return station.must("releaser", "release", number, "--json")["number"]


def attach(station, number, *words):
    return station.hotline("drafter", "draft", "attach", number, *words)


def files(station, reference):
    return station.must("watch", "attachment", "list", reference, "--json")


def wait_held(station, reference, seconds=60):
    poll(lambda: reference in [message["number"] for message in station.messages()], 20, "message %s" % reference)
    return poll(lambda: all(one["state"] == "held" for one in files(station, reference)) and files(station, reference),
                seconds, "all that is attached to %s" % reference)


def save_place(world, name):
    """A folder in which every officer can write."""
    path = world.path(name)
    os.mkdir(path)
    os.chmod(path, 0o777)
    return path


def read(path):
    with open(path, "rb") as data:
        return data.read()


def every_size(tap, world, tha, vnm):
    number = new_draft(tha, "Every size")
    paths = [world.write("size-%d.bin" % size, some_bytes(size)) for size in SIZES]
    given = tha.hotline("drafter", "draft", "attach", number, *paths, "--json")
    tap.ok(given.code == 0 and [one["bytes"] for one in given.json()] == SIZES and
           [one["number"] for one in given.json()] == [1, 2, 3, 4, 5, 6], "files of all sizes are attached in order", given)
    tap.ok(given.err == "", "no bar is drawn where there is no terminal", given)
    shown = tha.must("drafter", "draft", "show", number, "--json")
    tap.equal([one["sha256"] for one in shown["attachments"]], [digest(some_bytes(size)) for size in SIZES],
              "draft show names each with the hash of its bytes")
    where = save_place(world, "from-draft")
    looked = tha.hotline("releaser", "attachment", "save", "--draft", number, 5, "--to", where + "/five")
    tap.ok(looked.code == 0 and read(where + "/five") == some_bytes(SIZES[4]), "a releaser saves what is attached to a draft",
           looked)
    reference = release(tha, number)
    held = wait_held(vnm, reference)
    tap.equal([one["bytes"] for one in held], SIZES, "the addressee's station fetches all of them by itself")
    where = save_place(world, "from-message")
    for place, size in enumerate(SIZES, 1):
        path = "%s/%d" % (where, size)
        done = vnm.hotline("watch", "attachment", "save", reference, place, "--to", path)
        tap.ok(done.code == 0 and read(path) == some_bytes(size) and os.stat(path).st_mode & 0o777 == 0o600,
               "%d bytes are saved as they were attached, for the officer alone" % size, done)
    before = read(where + "/1")
    again = vnm.hotline("watch", "attachment", "save", reference, 6, "--to", where + "/1")
    tap.ok(again.code == 1 and "nothing is overwritten" in again.err and read(where + "/1") == before,
           "a file that is there is not overwritten", again)
    beyond = vnm.hotline("watch", "attachment", "save", reference, 7, "--to", where + "/seven")
    tap.ok(beyond.code == 1 and "has 6 attachments" in beyond.err, "a seventh of six is refused", beyond)
    page = vnm.must("watch", "track", reference)
    tap.ok(page.count("held") == 6 and "size-5242880.bin" in page, "track shows how far each attachment is", page)
    sent = tha.must("watch", "attachment", "list", reference)
    tap.ok(sent.count("given to vnm-cert whole") == 6, "the sender sees that the addressee has got all of it", sent)
    return reference


def names(tap, world, tha, vnm):
    number = new_draft(tha, "Names")
    where = save_place(world, "names")
    thai = os.path.join(where, THAI)
    for path in (thai, os.path.join(where, ".profile"), os.path.join(where, "\x1b]0;x\x07a.txt")):
        with open(path, "wb") as out:
            out.write(b"words")
        os.chmod(path, 0o644)
        given = attach(tha, number, path)
        tap.ok(given.code == 0 and "\x1b" not in given.out + given.err, "a file of any name is attached", given)
    control = tha.connect("drafter")
    try:
        refused = control.call("draft.attach", number, "../up", "text/plain", 5)
    except Exception as error:  # the daemon's refusal
        refused = str(error)
    finally:
        control.close()
    tap.ok("no \"/\"" in str(refused), "a name with a path in it is refused by the station", refused)
    reference = release(tha, number)
    wait_held(vnm, reference)
    listed = vnm.must("watch", "attachment", "list", reference)
    tap.ok("\x1b" not in listed and "<1B>]0;x<07>a.txt" in listed and THAI in listed,
           "names from a peer can't act on a terminal", listed)
    here = save_place(world, "default-names")
    by_thai = save_in(vnm, here, reference, 1)
    tap.ok(by_thai.code == 0 and read(os.path.join(here, THAI)) == b"words", "the default name is the attachment's", by_thai)
    hidden = save_in(vnm, here, reference, 2)
    tap.ok(hidden.code == 1 and "--to" in hidden.err and not os.path.exists(os.path.join(here, ".profile")),
           "a name that hides the file is not used", hidden)
    escaped = save_in(vnm, here, reference, 3)
    tap.ok(escaped.code == 0 and os.path.exists(os.path.join(here, "<1B>]0;x<07>a.txt")),
           "escapes in a name are written out in the file's name", escaped)
    twice = save_in(vnm, here, reference, 1)
    tap.ok(twice.code == 1 and "is there already" in twice.err, "the default name overwrites nothing either", twice)


def save_in(station, folder, reference, place):
    """attachment save with its default name, in a folder."""
    user = {"user": station.officer("watch"), "group": station.officer("watch"), "extra_groups": []} if IS_ROOT else {}
    done = subprocess.run([station.world.hotline, "--socket", station.control, "attachment", "save", reference, str(place)],
                          cwd=folder, capture_output=True, timeout=60, **user)

    class Done:
        code, out, err = done.returncode, done.stdout.decode(), done.stderr.decode()

        def __repr__(self):
            return "exit %d\n%s%s" % (self.code, self.out, self.err)
    return Done()


def limits(tap, world, tha):
    number = new_draft(tha, "Limits")
    over = attach(tha, number, world.write("over.bin", bytes(16 * MIB + 1)))
    tap.ok(over.code == 1 and "at most 16 MiB" in over.err and "over.bin" in over.err, "16 MiB and a byte are refused", over)
    whole = attach(tha, number, world.write("whole.bin", bytes(16 * MIB)))
    tap.ok(whole.code == 0, "16 MiB are attached", whole)
    small = world.write("small.txt", "x")
    for _ in range(15):
        attach(tha, number, small)
    more = attach(tha, number, small)
    tap.ok(more.code == 1 and "16 attachments already" in more.err, "a seventeenth is refused", more)
    for claim, path in (("a folder", world.directory), ("a file that is not there", world.path("none"))):
        refused = attach(tha, number, path)
        tap.ok(refused.code == 1 and len(refused.err.splitlines()) == 1, "%s is refused in one sentence" % claim, refused)
    unknown = attach(tha, 999, small)
    tap.ok(unknown.code == 1 and "no draft 999" in unknown.err, "there is no such draft", unknown)
    other = new_draft(tha, "Approvals")
    tha.must("releaser", "approve", other)
    attach(tha, other, small)
    early = tha.hotline("releaser", "release", other)
    tap.ok(early.code == 1 and "0 of the 1 approvals" in early.err, "what is attached makes an approval void", early)
    if IS_ROOT:
        auditor = tha.hotline("auditor", "draft", "attach", other, small)
        tap.ok(auditor.code == 1 and "may not" in auditor.err, "an auditor attaches nothing", auditor)
    else:
        tap.skip("an auditor attaches nothing", "not root: one officer has all roles")
    tha.must("drafter", "draft", "delete", number)
    tha.must("drafter", "draft", "delete", other)


def on_terminal(station, role, *words):
    """Runs the client with a terminal as its stderr, and gives what it drew there."""
    leader, follower = pty.openpty()
    user = {"user": station.officer(role), "group": station.officer(role), "extra_groups": []} if IS_ROOT else {}
    child = subprocess.Popen([station.world.hotline, "--socket", station.control, *map(str, words)],
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=follower, **user)
    os.close(follower)
    station.world.processes.append(child)
    shown = b""
    while select.select([leader], [], [], 30)[0]:
        try:
            more = os.read(leader, 4096)
        except OSError:
            break
        if not more:
            break
        shown += more
    os.close(leader)
    return child.wait(30), shown.decode()


def bars_and_restarts(tap, world, tha, vnm):
    """A large one: bars at both ends, and a station that is killed while it comes."""
    data = some_bytes(16 * MIB, 3)
    number = new_draft(tha, "A large one")
    code, drawn = on_terminal(tha, "drafter", "draft", "attach", number, world.write("large.bin", data))
    tap.ok(code == 0 and re.search(r"attaching \[#+\] 100 %  16\.0 MiB of 16\.0 MiB  .*/s  done", drawn),
           "a bar shows bytes, rate and time left while a file is attached", repr(drawn[-300:]))
    reference = release(tha, number)
    poll(lambda: vnm.find("A large one"), 20, "the message")
    kills = 0
    while kills < 3 and files(vnm, reference)[0]["state"] != "held":
        time.sleep(0.1)
        station = vnm if kills % 2 == 0 else tha
        station.end(signal.SIGKILL)
        station.start()
        kills += 1
    tap.note("killed %d times on the way" % kills)
    where = save_place(world, "large")
    code, drawn = on_terminal(vnm, "watch", "attachment", "save", reference, 1, "--to", where + "/large")
    tap.ok(code == 0 and read(where + "/large") == data, "save waits for all of it, and what it saves is what was attached")
    tap.ok(re.search(r"saving \[#+\] 100 %  16\.0 MiB of 16\.0 MiB  .*/s  done", drawn), "a bar shows it being saved",
           repr(drawn[-300:]))


def verifies(tap, world, tha, vnm):
    record = vnm.export(world.path("vnm.export"))
    done = vnm.hotline("auditor", "log", "verify", record, "--card", tha.card, "--card", vnm.card)
    tap.ok(done.code == 0, "the record of messages with attachments verifies, without their bytes", done)


def main():
    tap = Tap()
    with World(["tha-cert", "vnm-cert"]) as world:
        tha, vnm = world.start()
        every_size(tap, world, tha, vnm)
        names(tap, world, tha, vnm)
        limits(tap, world, tha)
        bars_and_restarts(tap, world, tha, vnm)
        verifies(tap, world, tha, vnm)
        tap.equal(world.troubles(), [], "no station had trouble")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
