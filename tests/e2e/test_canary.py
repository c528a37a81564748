#!/usr/bin/env python3
"""What whoever carries the disk away finds: no words and no keys, in no file but the key file, and no core image."""
import os
import re
import signal
import sys

from world import Tap, World, draft, poll

WORDS = {
    "subject": "canary subject Mekong 7391",
    "text": "canary text: นกขมิ้น ๗๓๙๑",
    "deleted": "canary draft that was thrown away 7391",
    "kept": "canary draft that was kept 7391",
    "note": "canary note of a watch 7391",
    "hold": "canary reason to wait 7391",
}


def talk(tha, vnm):
    """Every way in which words reach a store: released, received, noted, held, drafted, thrown away."""
    sent = tha.release(draft("notice", "vnm-cert", subject=WORDS["subject"], text=WORDS["text"]))
    poll(lambda: vnm.find(WORDS["subject"]), 30, "message")
    for subject in ("deleted", "kept"):
        made = tha.must("drafter", "draft", "new", "--json", stdin=draft("notice", "vnm-cert", subject=WORDS[subject]))
        if subject == "deleted":
            tha.must("drafter", "draft", "delete", made["draft"])
    vnm.must("watch", "ack", sent["number"], "--note", WORDS["note"])
    vnm.must("watch", "hold", sent["number"], "--until", "1h", WORDS["hold"])
    poll(lambda: tha.find("Hold"), 30, "hold")
    vnm.end(signal.SIGKILL)
    # what waits for a station that is down is on the disk too
    tha.release(draft("notice", "vnm-cert", subject=WORDS["subject"], text=WORDS["text"]))


def secrets(station):
    """Every run of 32 bytes that the plain key file holds as a bin."""
    with open(os.path.join(station.directory, "keys/station"), "rb") as file:
        return re.findall(rb"\xc4\x20(.{32})", file.read(), re.S)


def files(world):
    for folder, _, names in os.walk(world.directory):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and not path.endswith("keys/station"):
                with open(path, "rb") as file:
                    yield path, file.read()


def found(world, needles):
    return [(path, needle) for path, data in files(world) for needle in needles if needle in data]


def images(tap, station):
    with open("/proc/%d/limits" % station.process.pid, encoding="utf-8") as limits:
        core = next(line for line in limits if line.startswith("Max core file size"))
    tap.equal(core.split()[4:6], ["0", "0"], "a core image may hold nothing")
    before = set(os.listdir(os.getcwd()))
    station.end(signal.SIGQUIT)
    left = set(os.listdir(os.getcwd())) - before | set(os.listdir(station.directory))
    cores = [name for name in left if name.startswith("core")]
    tap.equal(cores, [], "a daemon that is made to dump leaves no core image")


def main():
    tap = Tap()
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)  # a shell has what runs in its background ignore it
    with World(["tha-cert", "vnm-cert"]) as world:
        tha, vnm = world.start()
        keys = secrets(tha) + secrets(vnm)
        tap.ok(len(keys) >= 10, "the key files hold the keys that are looked for", "%d runs" % len(keys))
        talk(tha, vnm)
        images(tap, tha)
        texts = {name: text.encode() for name, text in WORDS.items()}
        for name, text in texts.items():
            tap.equal(found(world, [text]), [], "the %s stands in no file" % name)
        tap.equal(found(world, keys), [], "no key of a key file stands in another file")
        seen = [os.path.basename(path) for path, _ in files(world)]
        tap.ok("store" in seen and "journal" in seen and any(name.startswith("pair-") for name in seen),
               "store, journal and pair files were looked through", ", ".join(sorted(set(seen))))
        tha.start()
        vnm.start()
        poll(lambda: len(vnm.find(WORDS["subject"])) == 2, 30, "both messages after the restart")
        tap.ok(True, "the stations read their own disks again")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
