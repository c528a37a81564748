#!/usr/bin/env python3
"""Corrections, closes, tracers, reminders, notices and timed release by the real client between two real stations."""
import sys

from world import IS_ROOT, Tap, World, draft, iso, poll


def approve(station, number):
    station.must("releaser-1" if IS_ROOT else "releaser", "approve", number)


def release(station, number, *options):
    approve(station, number)
    return station.must("releaser", "release", number, "--json", *options)


def seen(station, number, what):
    return poll(lambda: what(station.must("watch", "show", number, "--json")), 20, "sight of %s" % number)


def notice(tha, vnm, subject, **headers):
    message = tha.release(draft("notice", "vnm-cert", subject=subject, **headers))
    poll(lambda: vnm.find(subject), 20, "custody of %s" % subject)
    return message["number"]


def corrections(tap, tha, vnm):
    for verb, options in (("correct", ["--reason", "error of fact"]), ("update", ["--status", "contained"]),
                          ("cancel", ["--reason", "sent in error"])):
        number = notice(tha, vnm, "To " + verb, Precedence="priority", Cc=None)
        form = tha.must("drafter", verb, number, *options, "--print")
        tap.ok("Kind: %s\n" % verb in form and "To: vnm-cert\n" in form and "Precedence: priority\n" in form
               and "Text." in form, verb + " --print gives a draft file with what the old message had", form)
        words = ["-"] if verb != "cancel" else []
        made = tha.must("drafter", verb, number, *words, *options, "--json", stdin="It was not so.\n")
        newer = release(tha, made["draft"])
        tap.equal((newer["kind"], newer["supersedes_number"]), (verb, number), verb + " supersedes the old message")
        for station in (tha, vnm):
            document = seen(station, number, lambda document: document["superseded"] == verb and document)
            tap.equal(document["superseded_by"], newer["number"], "%s shows by which" % station.name)
        page = vnm.must("watch", "show", number)
        tap.ok(newer["number"] in page.splitlines()[0], "the page says so before all else", page)
        tap.ok(newer["number"] in vnm.must("watch", "list"), "and so does the list")
    tap.equal(vnm.must("watch", "track", number, "--json")["addressees"][0]["why_text"], "nothing is owed, in custody",
              "of a cancelled message nothing is owed")
    again = tha.hotline("drafter", "cancel", number, "--reason", "overtaken")
    tap.ok(again.code == 1 and "cancelled already" in again.err, "it is cancelled once", again)
    other = vnm.hotline("drafter", "correct", number, "-", "--reason", "overtaken", stdin="x")
    tap.ok(other.code == 1 and "one's own" in other.err, "another's message is not corrected", other)


def close(tap, tha, vnm):
    number = notice(tha, vnm, "An incident", Incident="new")
    shown = lambda station: station.must("watch", "show", number, "--json")["addressees"][0]["incident"]
    release(tha, tha.must("drafter", "close", number, "--json")["draft"])
    poll(lambda: shown(vnm) == "close proposed by them", 20, "proposal")
    tap.equal(shown(tha), "close proposed by us", "a close is a proposal")
    tap.equal(vnm.status()["incidents"]["close_proposed_by_them"], 1, "status counts it")
    incident = vnm.must("watch", "show", number, "--json")["incident"]
    release(vnm, vnm.must("drafter", "close", incident, "--status", "contained", "--json")["draft"])
    poll(lambda: shown(tha) == "closed", 20, "close")
    tap.equal(shown(vnm), "closed", "both have closed it")
    again = tha.hotline("drafter", "close", number)
    tap.ok(again.code == 1 and "closed with everyone" in again.err, "there is nothing more to close", again)
    made = tha.hotline("drafter", "draft", "new", "--json", stdin=draft("notice", "vnm-cert", Incident=incident))
    tap.ok(any("opens it again" in warning for warning in made.json()["warnings"]), "who opens it again is warned", made)
    release(tha, made.json()["draft"])
    poll(lambda: shown(vnm) == "open", 20, "reopening")
    tap.equal(shown(tha), "open", "a message opens it again")


def trace(tap, tha, vnm):
    number = notice(tha, vnm, "To trace")
    vnm.must("watch", "shown", number)
    refused = tha.hotline("drafter", "trace", number)
    tap.ok(not IS_ROOT or refused.code == 1, "a drafter sends no tracer", refused)
    tha.must("watch", "trace", number, "vnm-cert")
    answers = lambda: [row for row in tha.must("watch", "track", number, "--json")["traces"] if row["answered_at"]]
    stages = [stage["stage"] for stage in poll(answers, 20, "answer to a tracer")[0]["stages"]]
    tap.equal(stages, ["received", "custody receipt sent", "shown"], "their station answers by itself, with each stage")
    tap.ok("vnm-cert says at" in tha.must("watch", "track", number), "track shows both sides")


def remind(tap, tha, vnm):
    number = notice(tha, vnm, "To remind of")
    tha.must("watch", "remind", number)
    poll(lambda: tha.peer("vnm-cert")["waiting"] == 0, 20, "empty queue")
    vnm.must("watch", "ack", number)
    poll(lambda: tha.must("watch", "track", number, "--json")["addressees"][0]["acknowledged_at"], 20, "acknowledgement")
    late = tha.hotline("watch", "remind", number)
    tap.ok(late.code == 1 and "Nobody can be reminded" in late.err, "who has acknowledged is not reminded", late)


def notices(tap, tha, vnm):
    tha.must("releaser", "minimise", "immediate", "--until", "2h", "For the storm.")
    poll(lambda: vnm.status()["notices"], 20, "minimise")
    tap.equal([(row["type"], row["by"], row["least_precedence"]) for row in tha.status()["notices"]],
              [("minimise", "us", "immediate")], "status shows minimise")
    number = vnm.must("drafter", "draft", "new", "--json", stdin=draft("notice", "tha-cert"))["draft"]
    approve(vnm, number)
    bare = vnm.hotline("releaser", "release", number)
    tap.ok(bare.code == 1 and "--reason" in bare.err, "at the other side too a release below it needs a reason", bare)
    tap.equal(vnm.must("releaser", "release", number, "--reason", "It can't wait.", "--json")["kind"], "notice",
              "and goes with one")
    tha.must("releaser", "minimise", "--off")
    poll(lambda: not vnm.status()["notices"], 20, "end of minimise")
    for words in (["minimise", "urgent"], ["minimise"], ["silence"], ["silence", "--until", "soon"]):
        tap.equal(tha.hotline("releaser", *words).code, 2, "usage: " + " ".join(words))
    long = tha.hotline("releaser", "silence", "--until", "80h")
    tap.ok(long.code == 1 and "72 hours" in long.err, "silence of 80 hours is refused", long)
    waiting = notice(tha, vnm, "To be silent about")
    vnm.must("releaser", "silence", "--until", "3h", "--to", "tha-cert")
    poll(lambda: tha.must("watch", "track", waiting, "--json")["addressees"][0]["why"] == "silent", 20, "silence")
    tap.ok("silence" in tha.must("watch", "status"), "status shows silence")
    vnm.must("releaser", "silence", "--off")
    poll(lambda: tha.must("watch", "track", waiting, "--json")["addressees"][0]["why"] == "custody", 20, "end of silence")


def timed(tap, tha, vnm):
    number = tha.must("drafter", "draft", "new", "--json", stdin=draft("notice", "vnm-cert", subject="On time"))["draft"]
    early = tha.hotline("releaser", "release", number, "--at", "1h")
    tap.ok(early.code == 1 and "approvals" in early.err, "a draft without approval gets no time", early)
    approve(tha, number)
    tha.must("releaser", "release", number, "--at", "1h")
    tap.ok("released at" in tha.must("watch", "draft", "list"), "draft list shows the time")
    tha.must("releaser", "release", number, "--at", "off")
    tap.equal(tha.drafts()[0]["release_at"], None, "it is called off")
    tha.must("releaser", "release", number, "--at", "5s")
    tha.end()
    tha.start()
    poll(lambda: vnm.find("On time"), 30, "timed release")
    tap.equal(tha.drafts(), [], "it left by itself, after a restart")


def main():
    tap = Tap()
    with World(["tha-cert", "vnm-cert"]) as world:
        tha, vnm = world.start()
        for part in (corrections, close, trace, remind, notices, timed):
            part(tap, tha, vnm)
        tap.equal(world.troubles(), [], "no daemon complained")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
