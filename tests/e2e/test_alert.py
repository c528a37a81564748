#!/usr/bin/env python3
"""The alert command: told what happened and never what was written, one at a time, ended when it takes too long."""
import os
import subprocess
import sys

from world import Tap, World, draft, poll

SECRET = "the words of the message"
# $0's directory is where it notes things; mkdir fails where another one runs
SCRIPT = """#!/bin/sh
here=$(dirname "$0")
mkdir "$here/running" || echo overlap >> "$here/overlaps"
{ printf 'call'; for word in "$@"; do printf '|%s' "$word"; done; printf '\\n'; } >> "$here/calls"
env >> "$here/environment"
i=0; while [ $i -lt 3000 ]; do i=$((i + 1)); done
if [ -e "$here/slow" ]; then
	echo "$$" >> "$here/pids"
	sleep 60 &
	echo "$!" >> "$here/pids"
	rm -rf "$here/running"
	wait
fi
rm -rf "$here/running"
"""


def lines(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def is_alive(pid):
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def calls(world):
    return lines(world.path("alert/calls"))


def arguments(tap, world, tha, vnm):
    sent = [tha.release(draft("notice", "vnm-cert", subject="%s %d" % (SECRET, i), text=SECRET, Precedence=precedence))
            for i, precedence in enumerate(["routine", "priority", "immediate", "routine", "routine"])]
    poll(lambda: len(calls(world)) >= len(sent), 30, "alert of each message")
    wanted = sorted("call|message|%s|%s|tha-cert" % (m["number"].split(" ", 1)[1], m["precedence"]) for m in sent)
    tap.equal(sorted(calls(world)), wanted, "it is called once a message with event, number, precedence, from")
    everything = "\n".join(calls(world) + lines(world.path("alert/environment")))
    tap.ok(SECRET not in everything, "the text and subject of a message reach neither its arguments nor its environment")
    tap.ok(SECRET not in vnm.read_journal() + tha.read_journal(), "nor the journals")
    poll(lambda: not os.path.exists(world.path("alert/running")), 20, "end of the last alert")
    tap.equal(lines(world.path("alert/overlaps")), [], "one runs at a time")


def slow(tap, world, tha, vnm):
    """A command that takes a minute, and a child that it waits for."""
    world.write("alert/slow", "")
    before = len(calls(world))
    tha.release(draft("notice", "vnm-cert", subject="Slow"))
    tha.release(draft("notice", "vnm-cert", subject="Behind it"))
    poll(lambda: len(lines(world.path("alert/pids"))) >= 2, 20, "pids of the slow alert and its child")
    pids = [int(line) for line in lines(world.path("alert/pids"))[:2]]
    tap.ok(all(map(is_alive, pids)), "a slow alert runs")
    tap.ok(vnm.find("Slow"), "and the station goes on meanwhile")
    tap.equal(len(calls(world)), before + 1, "the next one waits")
    os.unlink(world.path("alert/slow"))
    poll(lambda: not any(map(is_alive, pids)), 20, "end of the slow alert %s" % pids)
    tap.ok(True, "after ten seconds it is ended, with what it started")
    poll(lambda: len(calls(world)) == before + 2, 20, "next alert")
    tap.ok(True, "and the next one is called")
    tap.ok("event=alert-late" in vnm.read_journal(), "the journal says that it was late")


def stopped(tap, world, tha, vnm):
    """SIGTERM while an alert runs and a client follows."""
    world.write("alert/slow", "")
    known = len(lines(world.path("alert/pids")))
    with open(world.path("followed"), "wb") as out:
        follower = subprocess.Popen([world.hotline, "--socket", vnm.control, "follow"], stdin=subprocess.DEVNULL, stdout=out,
                                    stderr=out)
    world.processes.append(follower)
    tha.release(draft("notice", "vnm-cert", subject="Last"))
    poll(lambda: len(lines(world.path("alert/pids"))) >= known + 2, 20, "slow alert")
    pids = [int(line) for line in lines(world.path("alert/pids"))[known:]]
    tap.equal(vnm.end(), 0, "SIGTERM ends the daemon with exit code 0 though an alert runs and a client follows")
    poll(lambda: not any(map(is_alive, pids)), 10, "end of the alert")
    tap.ok(True, "the alert ends with it")
    tap.equal(follower.wait(20), 3, "the follower is told that there is no daemon: exit code 3")
    poll(lambda: tha.peer("vnm-cert")["link"] != "up", 20, "link down")
    tap.ok(True, "the peer sees the link go down at once")
    tap.ok("event=stop" in vnm.read_journal(), "the journal says that it was stopped")
    path = world.path("alert/slow")
    os.unlink(path)


def broken(tap, world, tha, vnm):
    """A command that can't be run."""
    os.chmod(world.path("alert/run"), 0o644)
    vnm.start()
    poll(lambda: tha.peer("vnm-cert")["link"] == "up", 30, "link")
    tha.release(draft("notice", "vnm-cert", subject="Unheard"))
    poll(lambda: vnm.find("Unheard"), 20, "message")
    poll(lambda: "event=alert-failed" in vnm.read_journal(), 20, "word of the failed alert")
    tap.ok(vnm.process.poll() is None, "a command that can't be run is journalled, and the station goes on")


def main():
    tap = Tap()
    with World(["tha-cert", "vnm-cert"]) as world:
        os.mkdir(world.path("alert"))
        script = world.write("alert/run", SCRIPT)
        os.chmod(script, 0o755)
        world.stations[1].settings = 'alert { command = "%s" }' % script
        tha, vnm = world.start()
        arguments(tap, world, tha, vnm)
        slow(tap, world, tha, vnm)
        stopped(tap, world, tha, vnm)
        broken(tap, world, tha, vnm)
        tap.equal([station.end() for station in world.stations], [0, 0], "both daemons end in order")
        tap.equal(world.troubles(), [], "no journal holds a trouble of the daemon's own")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
