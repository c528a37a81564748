#!/usr/bin/env python3
"""
What administrators get wrong: a daemon that can't start well does not start, says in one sentence what is wrong and what
to do, and changes nothing.
"""
import os
import signal
import shutil
import socket
import sys

from world import Tap, World, run, shifted

DAY = 86400


def refused(tap, station, claim, *options, says=(), env=None):
    """Runs the daemon where it must not start."""
    done = run([station.world.hotlined, "-c", station.config, *options], env=env)
    # that keys may reach swap is another thing, and true wherever memory can't be locked
    lines = [line for line in done.err.splitlines() if "WARNING: ASan" not in line and "event=unlocked-memory" not in line]
    why = ["does not say %r" % word for word in says if word not in done.err]
    if done.code != 1:
        why.append("exit code %d" % done.code)
    if len(lines) != 1:
        why.append("not one line")
    return tap.ok(not why, claim, "\n".join(why + [repr(done)]))


def second_daemon(tap, station):
    station.start()
    size = station.status()["log_size"]
    refused(tap, station, "a second daemon on the same directory is refused and told why",
            says=["another hotlined runs on " + station.directory, "stop that one first"])
    status = station.status()
    tap.equal((status["log_size"], station.process.poll()), (size, None), "the first one runs on, its log untouched")
    tap.equal(station.end(), 0, "SIGTERM ends it with exit code 0")
    tap.ok(not os.path.exists(station.control), "and its control socket is gone")


def killed(tap, station):
    station.start()
    station.end(signal.SIGKILL)
    tap.ok(os.path.exists(station.control), "a killed daemon leaves its control socket")
    station.start()
    tap.ok(station.status()["station"] == station.name, "and the next one takes its place")
    station.end()


def secrets(tap, station):
    """Key files: for nobody else, whole, and there."""
    key = os.path.join(station.directory, "keys", "station")
    for mode in (0o644, 0o640, 0o606, 0o620):
        os.chmod(key, mode)
        refused(tap, station, "a key file of mode %03o is refused, and told how to close it" % mode,
                says=[key, "%03o" % mode, "chmod 600"])
    os.chmod(key, 0o600)
    with open(key, "rb") as old:
        whole = old.read()
    for claim, damaged in (("cut", whole[:-1]), ("too long", whole + b"x" * 5000), ("empty", b""),
                           ("of another kind", b"\x00" * len(whole))):
        write(key, damaged)
        refused(tap, station, "a key file that is %s is named" % claim, says=[key])
    os.unlink(key)
    refused(tap, station, "a key file that is missing is named", says=[key])
    write(key, whole)
    with open(station.card, "rb") as old:
        card = old.read()
    write(station.card, card.replace(b"A", b"B", 1))
    refused(tap, station, "a damaged card is named", says=[station.card])
    write(station.card, card)
    pair = os.path.join(station.directory, "keys", "pair-vnm-cert")
    write(pair, b"not a pair's keys")
    refused(tap, station, "a damaged pair key file is named", says=[pair])
    os.unlink(pair)
    store = os.path.join(station.directory, "store")
    shutil.move(store, store + ".kept")
    write(store, b"not a store" * 1000)
    refused(tap, station, "a store that is none is named", says=[store])
    tap.equal(open(store, "rb").read(), b"not a store" * 1000, "and left as it was")
    shutil.move(store + ".kept", store)
    station.start()
    tap.equal(station.end(), 0, "with everything back in place the station starts and ends in order")


def write(path, data):
    with open(path, "wb") as out:
        out.write(data)
    os.chmod(path, 0o600)


def clock(tap, station, library):
    """A log that is ahead of the clock."""
    station.start(env=shifted(library, 30 * DAY))
    tap.equal(station.end(), 0, "a station with a clock a month ahead runs")
    refused(tap, station, "a clock behind the newest log entry keeps it from starting, and says what to do",
            says=["the newest log entry", "set the clock right", "--confirm-clock"])
    refused(tap, station, "and again: nothing was changed by the refusal", says=["--confirm-clock"])
    station.start("--confirm-clock")
    size = station.status()["log_size"]
    tap.ok(size > 0, "an administrator who confirms the clock starts it")
    path = station.export(station.world.path("record"))
    done = run([station.world.hotline, "log", "verify", path, "--card", station.card])
    tap.equal((station.end(), done.code), (0, 0), "and its record verifies, with no entry earlier than the one before")
    station.start()
    tap.ok(station.status()["log_size"] > size, "once confirmed, it starts again without being asked")
    station.end()
    refused(tap, station, "but not with a clock behind the one that was confirmed", says=["--confirm-clock"],
            env=shifted(library, -DAY))


CONFIGS = (
    # what, the text that replaces `station = …`, what the sentence names
    ("a missing setting", "", ["the setting station is missing"]),
    ("a name that is none", 'station = "Viet Nam"', [":1:", "station", "tha-cert"]),
    ("an unknown setting", 'station = "tha-cert"\ncolour = "red"', [":2:", "colour"]),
    ("an unknown role", 'station = "tha-cert"\nofficer "x" { uid = 9 roles = {"king"} }', [":2:", "king", "drafter"]),
    ("an officer without a uid", 'station = "tha-cert"\nofficer "x" { roles = {"admin"} }', [":2:", "x", "uid"]),
    ("an officer without roles", 'station = "tha-cert"\nofficer "x" { uid = 9 }', [":2:", "x", "roles"]),
    ("two officers with one uid", 'station = "tha-cert"\nofficer "x" { uid = 9 roles = {"admin"} }\n'
     'officer "y" { uid = 9 roles = {"admin"} }', ["x", "y", "same uid"]),
    ("an officer twice", 'station = "tha-cert"\nofficer "x" { uid = 9 roles = {"admin"} }\n'
     'officer "x" { uid = 8 roles = {"admin"} }', [":3:", "x"]),
    ("a uid that is none", 'station = "tha-cert"\nofficer "x" { uid = many roles = {"admin"} }', [":2:", "integer", "uid"]),
    ("a listen address without a port", 'station = "tha-cert"\nlisten = {"localhost"}', [":2:", "localhost", "host:port"]),
    ("a port that is none", 'station = "tha-cert"\nlisten = {"localhost:99999"}', [":2:", "99999"]),
    ("a relative path", 'station = "tha-cert"\ncontrol = "control"', [":2:", "control", "absolute"]),
    ("a word that is not allowed", 'station = "tha-cert"\npeer "vnm-cert" { dial = "sometimes" }',
     [":2:", "auto, always or never"]),
    ("a peer that is no name", 'station = "tha-cert"\npeer "Viet Nam" { dial = "auto" }', [":2:", "Viet Nam"]),
    ("a brace that is not closed", 'station = "tha-cert"\nofficer "x" {', [":"]),
    ("bytes at random", "\x01\x02\udcff{{{", [":1:"]),
)


def configs(tap, station):
    with open(station.config, encoding="utf-8") as old:
        good = old.read()
    done = run([station.world.hotlined, "-c", station.config, "--test-config"])
    tap.ok(done.code == 0 and "is good" in done.out, "--test-config says of a good configuration that it is good", done)
    rest = 'directory = "%s"\n' % station.directory
    for what, text, says in CONFIGS:
        with open(station.config, "w", encoding="utf-8", errors="surrogateescape") as out:
            out.write(text + "\n" + rest)
        refused(tap, station, "--test-config: %s is told with file and line" % what, "--test-config",
                says=[station.config] + says)
        refused(tap, station, "and nothing starts: %s" % what, says=[station.config])
    with open(station.config, "w", encoding="utf-8") as out:
        out.write(good)
    kept, station.config = station.config, station.world.path("no-such-file")
    refused(tap, station, "a configuration that is not there is named", "--test-config", says=[station.config])
    station.config = station.world.directory
    refused(tap, station, "a directory for a configuration is named", "--test-config", says=[station.config])
    station.config = kept
    for words in ([], ["-c"], ["-c", station.config, "more"], ["--nonsense"]):
        done = run([station.world.hotlined, *words])
        tap.ok(done.code == 2 and "usage" in done.err, "hotlined %s is exit code 2" % " ".join(words[:1] + words[2:]), done)


def places(tap, station):
    """Where it can't listen, or has no place for its socket."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        kept, station.port = station.port, taken.getsockname()[1]
        station.configure()
        refused(tap, station, "a port that is taken is named", says=["127.0.0.1:%d" % station.port, "in use"])
    station.port = kept
    control, station.control = station.control, os.path.join(station.directory, "nowhere", "control")
    station.configure()
    refused(tap, station, "a control socket that can't be made is named", says=[station.control])
    station.control = os.path.join(station.directory, "x" * 120)
    station.configure()
    refused(tap, station, "a control socket with too long a path is named", says=[station.control])
    station.control = control
    directory, station.directory = station.directory, station.world.path("missing")
    station.configure()
    refused(tap, station, "a directory that is not there is named", says=[station.directory])
    station.directory = directory
    station.configure()


def main():
    tap = Tap()
    library = os.path.abspath(sys.argv[3])
    with World(["tha-cert"]) as world:
        station = world.stations[0].make()
        second_daemon(tap, station)
        killed(tap, station)
        secrets(tap, station)
        configs(tap, station)
        places(tap, station)
        clock(tap, station, library)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
