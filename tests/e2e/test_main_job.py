#!/usr/bin/env python3
"""The main job, by the real client between three real stations: from a draft to a record that verifies."""
import json
import os
import pty
import select
import subprocess
import sys

from world import IS_ROOT, Tap, World, draft, poll

THAI = "เวิร์มเรียกค่าไถ่แพร่ระบาดในโรงพยาบาล"


def delivery(station, number, name):
    document = station.must("watch", "track", number, "--json")
    return next(entry for entry in document["addressees"] if entry["name"] == name)


def why(station, number, name):
    return delivery(station, number, name)["why"]


def wait_why(station, number, name, wanted):
    return poll(lambda: why(station, number, name) == wanted, 20, "state %s of %s at %s" % (wanted, number, name))


def on_terminal(station, role, *words):
    """Runs the client with a terminal as its stdout, and gives what it showed."""
    leader, follower = pty.openpty()
    user = {"user": station.officer(role), "group": station.officer(role), "extra_groups": []} if IS_ROOT else {}
    child = subprocess.Popen([station.world.hotline, "--socket", station.control, *words], stdin=subprocess.DEVNULL,
                             stdout=follower, stderr=subprocess.DEVNULL, **user)
    os.close(follower)
    station.world.processes.append(child)
    shown = b""
    while select.select([leader], [], [], 20)[0]:
        try:
            more = os.read(leader, 4096)
        except OSError:
            break  # the other end is closed
        if not more:
            break
        shown += more
    os.close(leader)
    return child.wait(20), shown.decode()


def to_custody(tap, tha, vnm, sgp):
    """A notice from its draft to custody at both addressees."""
    text = draft("notice", "vnm-cert", subject="Ransomware worm", text=THAI, Precedence="priority", Cc="sgp-cert",
                 Language="th", Incident="new")
    new = tha.hotline("drafter", "draft", "new", "--json", stdin=text)
    tap.ok(new.code == 0 and new.json()["warnings"] == [], "a complete draft is taken without a warning", new)
    number = new.json()["draft"]
    early = tha.hotline("releaser", "release", number)
    tap.ok(early.code == 1 and "0 of the 1 approvals" in early.err, "a draft without approval is not released", early)
    raw = tha.must("drafter", "draft", "show", number, "--raw")
    tap.ok(THAI in raw and "Kind: notice" in raw, "draft show --raw gives a draft file back")
    again = tha.hotline("drafter", "draft", "new", "--json", stdin=raw)
    tap.ok(again.code == 0, "what draft show --raw gives is a draft file that is taken", again)
    tha.must("drafter", "draft", "delete", again.json()["draft"])
    approved = tha.must("releaser", "approve", number, "--json")
    tap.equal((approved["approvals"], approved["needed"]), (1, 1), "approve counts the approvals")
    released = tha.must("releaser", "release", number, "--json")
    tap.ok(released["direction"] == "sent" and released["number"].startswith("tha-cert "), "release numbers the message")
    tap.equal(tha.drafts(), [], "a released draft is a draft no more")
    reference = released["number"]
    wait_why(tha, reference, "vnm-cert", "custody")
    wait_why(tha, reference, "sgp-cert", "info")
    tap.ok(True, "both addressees' stations take custody, and the sender sees it")
    got = poll(lambda: vnm.find("Ransomware worm"), 20, "message at vnm-cert")[0]
    tap.equal((got["id"], got["direction"], got["number"]), (released["id"], "received", reference),
              "the addressee lists it under the same id and number")
    full = vnm.must("watch", "show", reference, "--json")
    tap.equal((full["text"], full["language"], full["fields"][2]["text"]), (THAI, "th", "high | national scale | orange"),
              "show --json gives text and coded fields unchanged")
    page = sgp.must("watch", "show", reference)
    tap.ok(THAI in page and "tha-cert" in page, "show prints the message for an info addressee")
    return reference, released


def to_acknowledged(tap, tha, vnm, reference):
    """Shown by a terminal to the watch, never otherwise; acknowledged once."""
    vnm.must("watch", "show", reference, "--json")
    vnm.must("watch", "show", reference)
    tap.equal(why(vnm, reference, "vnm-cert"), "custody", "show --json and show into a pipe record nothing as shown")
    if IS_ROOT:
        code, page = on_terminal(vnm, "drafter", "show", reference)
        tap.ok(code == 0 and why(vnm, reference, "vnm-cert") == "custody",
               "a terminal of an officer without the watch role records nothing", page)
    else:
        tap.skip("a terminal of an officer without the watch role records nothing", "not root: one officer has all roles")
    code, page = on_terminal(vnm, "watch", "show", reference)
    wait_why(tha, reference, "vnm-cert", "shown")
    tap.ok(code == 0, "a terminal that shows it to the watch makes it shown, and the sender sees it", page)
    again = vnm.must("watch", "shown", reference)
    tap.ok("not recorded" in again, "a second shown records nothing", again)
    vnm.must("watch", "ack", reference, "--understood", "partly", "--note", "รับทราบ")
    wait_why(tha, reference, "vnm-cert", "acknowledged")
    entry = delivery(tha, reference, "vnm-cert")
    tap.equal((entry["understood"], entry["note"]), ("partly", "รับทราบ"), "an acknowledgement carries how it was understood")
    twice = vnm.hotline("watch", "ack", reference)
    tap.ok(twice.code == 1 and "already" in twice.err, "a second acknowledgement is refused", twice)
    times = [entry[key] for key in ("sent_at", "custody_at", "shown_at", "acknowledged_at")]
    tap.ok(all(times) and times == sorted(times), "sent, custody, shown and acknowledged follow each other", times)


def to_answered(tap, tha, vnm, sgp, reference):
    """Hold by the watch alone; answer and decline as drafts that need release."""
    sent = vnm.must("watch", "hold", reference, "--until", "2h", "working on it", "--json")
    tap.equal((sent["kind"], sent["in_reply_to_number"]), ("hold", reference), "the watch sends a hold alone")
    wait_why(tha, reference, "vnm-cert", "hold")
    tap.equal(delivery(tha, reference, "vnm-cert")["holds"], 1, "the sender sees it on hold, and counts the hold")
    reply = vnm.must("drafter", "reply", reference, "-", "--json", stdin="We have cleaned it.")
    tap.equal(why(tha, reference, "vnm-cert"), "hold", "a drafted answer is not an answer")
    vnm.must("releaser", "approve", reply["draft"])
    answer = vnm.must("releaser", "release", reply["draft"], "--json")
    wait_why(tha, reference, "vnm-cert", "answered")
    full = poll(lambda: tha.find("Re: Ransomware worm"), 20, "answer")[0]
    full = tha.must("watch", "show", full["number"], "--json")
    tap.equal((full["text"], full["in_reply_to_number"], full["id"]), ("We have cleaned it.", reference, answer["id"]),
              "the answer reaches the sender and names what it answers")
    tap.ok(full["incident"] == tha.must("watch", "show", reference, "--json")["incident"] and full["incident"],
           "an answer belongs to the incident of what it answers")
    asked = tha.release(draft("inquiry", "sgp-cert", subject="Is it yours?"))["number"]
    poll(lambda: sgp.find("Is it yours?"), 20, "inquiry")
    declined = sgp.must("drafter", "decline", asked, "--reason", "policy", "--json")
    sgp.must("releaser", "approve", declined["draft"])
    sgp.must("releaser", "release", declined["draft"])
    wait_why(tha, asked, "sgp-cert", "declined")
    tap.ok(True, "a decline with its reason ends in declined at the sender")
    page = tha.must("watch", "track", reference)
    tap.ok("vnm-cert" in page and "answered" in page and "for information, in custody" in page,
           "track says of each addressee where it stands", page)


def exercise_and_flash(tap, tha, vnm):
    text = draft("notice", "vnm-cert", subject="Drill", Exercise="DEMO")
    number = tha.release(text)["number"]
    tap.ok(" EX " in number, "an exercise message is numbered with EX")
    poll(lambda: vnm.find("Drill"), 20, "exercise message")
    lines = [line for line in vnm.must("watch", "show", number).splitlines() if line]
    tap.ok(lines and all(line.startswith("[EXERCISE DEMO]") for line in lines), "every line of an exercise message says so")
    if not IS_ROOT:
        tap.skip("a flash message needs two approvals", "not root: one officer has all roles")
        return
    flash = draft("alert", "vnm-cert", subject="Flash", Precedence="flash")
    made = tha.must("drafter", "draft", "new", "--json", stdin=flash)["draft"]
    tha.must("releaser-1", "approve", made)
    one = tha.hotline("releaser-1", "release", made)
    tha.must("releaser-1", "approve", made)
    still = tha.hotline("releaser-1", "release", made)
    tap.ok(one.code == 1 and still.code == 1, "one releaser alone, even twice, releases no flash message", still)
    tha.must("releaser-2", "approve", made)
    tap.equal(tha.must("releaser-1", "release", made, "--json")["releasers"], ["releaser-1", "releaser-2"],
              "a flash message that two approved is released, and names both")


def follow(tap, tha, vnm):
    """What a follower is told while a message goes out and is acknowledged."""
    watcher = subprocess.Popen([tha.world.hotline, "--socket", tha.control, "follow", "--json"], stdin=subprocess.DEVNULL,
                               stdout=open(tha.world.path("events"), "wb"), stderr=subprocess.DEVNULL)
    tha.world.processes.append(watcher)

    def events():
        with open(tha.world.path("events"), encoding="utf-8") as lines:
            return [json.loads(line) for line in lines if line.endswith("\n")]

    def beat():  # nothing says that it follows now, but the first thing that it tells
        tha.release(draft("notice", "sgp-cert", subject="Beat"))
        return events()

    poll(beat, 20, "event")
    number = tha.release(draft("notice", "vnm-cert", subject="Followed"))["number"]
    poll(lambda: vnm.find("Followed"), 20, "message")
    vnm.must("watch", "shown", number)
    vnm.must("watch", "ack", number)
    wanted = ["released", "custody", "shown", "acknowledged"]
    seen = poll(lambda: [e["event"] for e in events() if e["number"] and number.endswith(e["number"])][-4:] == wanted, 20,
                "events %s, but %s" % (wanted, events()))
    tap.ok(seen, "follow --json tells release, custody, shown and acknowledged, one line each, in order")
    watcher.terminate()
    watcher.wait(20)


def records(tap, world, tha, vnm, sgp):
    os.mkdir(world.path("records"))
    os.chmod(world.path("records"), 0o777)
    for station in (tha, vnm, sgp):
        path = world.path("records/" + station.name)
        done = station.hotline("auditor", "log", "export", path)
        tap.ok(done.code == 0 and os.stat(path).st_mode & 0o777 == 0o600, "%s exports its record, for nobody else" % station.name,
               done)
    cards = [word for station in (tha, vnm, sgp) for word in ("--card", station.card)]
    done = tha.hotline("auditor", "log", "verify", world.path("records/tha-cert"), world.path("records/vnm-cert"),
                       world.path("records/sgp-cert"), *cards, "--json")
    tap.ok(done.code == 0 and all(report["verified"] for report in done.json()), "all three records verify offline", done)
    data = bytearray(open(world.path("records/tha-cert"), "rb").read())
    data[len(data) // 2] ^= 1
    world.write("changed", bytes(data))
    done = tha.hotline("auditor", "log", "verify", world.path("changed"), *cards)
    tap.ok(done.code == 1 and "NOT VERIFIED" in done.out, "a record with one changed bit does not verify: exit code 1", done)


def parts(tap, world, tha, vnm, sgp, number):
    """A part of the record verifies by itself, and what it withholds is not in its bytes."""
    cards = [word for station in (tha, vnm, sgp) for word in ("--card", station.card)]
    whole = tha.must("auditor", "log", "export", "--format", "jsonl").splitlines()
    lines = [json.loads(line) for line in whole]
    tap.ok(lines[0]["record"] == "begin" and lines[-1] == {"record": "end", "records": len(lines) - 1},
           "an export as lines of JSON is whole")
    words = [line["text"] for line in lines if line["record"] == "content"]
    shut = world.path("records/shut")
    tha.must("auditor", "log", "export", shut, "--withhold", "content")
    data = open(shut, "rb").read()
    tap.ok(words and not any(text.encode() in data for text in words if text), "no text stands in a record without contents")
    one = world.path("records/one")
    tha.must("auditor", "log", "export", one, "--withhold", "all-but", number)
    tap.ok(os.path.getsize(one) < os.path.getsize(world.path("records/tha-cert")), "one message alone is a smaller record")
    for path in (shut, one):
        done = tha.hotline("auditor", "log", "verify", path, *cards)
        tap.ok(done.code == 0, "a part of the record verifies by itself", done)
    for words in (["--withhold", "some"], ["--since", "noon"], ["--incident", "12"], ["--format", "xml"], ["a", "b"]):
        done = tha.hotline("auditor", "log", "export", *words)
        tap.ok(done.code == 2 and len(done.err.splitlines()) == 1, "log export %s is refused with a sentence" % " ".join(words), done)
    done = tha.hotline("auditor", "log", "export", world.path("records/none"), "--peer", "mys-cert")
    tap.ok(done.code == 1 and not os.path.exists(world.path("records/none")), "an export of no peer leaves no file", done)


def replayed(tap, world, tha, vnm, sgp, number):
    """What the record says of a moment is what the station said then."""
    cards = [word for station in (tha, vnm, sgp) for word in ("--card", station.card)]
    path = world.path("records/tha-cert")
    now = tha.must("auditor", "show", number, "--json")
    late = tha.hotline("auditor", "log", "replay", path, "--at", "2099-01-01", number, *cards, "--json")
    tap.ok(late.code == 0 and late.json()["verified"] and late.json()["messages"] == [now],
           "a replay of all the record shows a message as the station does", late)
    early = tha.hotline("auditor", "log", "replay", path, "--at", now["released_at"][:-8] + "Z", *cards, "--json")
    tap.ok(early.code == 0 and now["id"] not in [message["id"] for message in early.json()["messages"]],
           "a replay up to the second before its release does not know it", early)
    text = tha.hotline("auditor", "log", "replay", path, "--at", "2099-01-01", *cards)
    tap.ok(text.code == 0 and "Timeline" in text.out and now["number"] in text.out, "a replay is readable", text)
    for words in ([path], [path, "--at", "noon"], [path, "--at", "2099-01-01"]):
        done = tha.hotline("auditor", "log", "replay", *words)
        tap.ok(done.code == 2 and len(done.err.splitlines()) == 1 and not done.out, "log replay %s is refused" % words[1:], done)
    done = tha.hotline("auditor", "log", "replay", world.path("changed"), "--at", "2099-01-01", *cards)
    tap.ok(done.code == 1 and not done.out and len(done.err.splitlines()) == 1, "a record that does not verify is not replayed", done)


def compared(tap, world, tha, vnm, sgp):
    """Two records side by side: they agree, and one that was cut differently or doctored is told."""
    cards = [word for station in (tha, vnm, sgp) for word in ("--card", station.card)]
    paths = [world.path("records/tha-cert"), world.path("records/vnm-cert")]
    done = tha.hotline("auditor", "log", "compare", *paths, *cards, "--json", "--evidence", world.path("evidence"))
    tap.ok(done.code == 0 and done.json()["agree"] and done.json()["shared"] > 0 and
           {line["after"] for line in done.json()["timeline"]} == {"proven", "clocks"},
           "the records of both sides agree, and proven order is told from what clocks claim", done)
    tap.ok(not os.path.exists(world.path("evidence")), "no evidence is written when there is none")
    done = tha.hotline("auditor", "log", "compare", *paths, *cards)
    tap.ok(done.code == 0 and "THEY AGREE" in done.out and "Timeline of both" in done.out, "a comparison is readable", done)
    done = tha.hotline("auditor", "log", "compare", paths[0], paths[0], *cards)
    tap.ok(done.code == 1 and not done.out and len(done.err.splitlines()) == 1, "a record is not compared with itself", done)
    done = tha.hotline("auditor", "log", "compare", world.path("changed"), paths[1], *cards)
    tap.ok(done.code == 1 and not done.out and len(done.err.splitlines()) == 1,
           "a record that does not verify is not compared", done)


def codes(tap, world, tha):
    for claim, words in (("a verb that is none", ["frobnicate"]), ("an option that is none", ["list", "--nonsense"]),
                         ("a word too few", ["show"]), ("a draft's number that is none", ["approve", "one"])):
        done = tha.hotline("watch", *words)
        tap.ok(done.code == 2 and done.err, "%s is exit code 2 with a sentence" % claim, done)
    done = tha.hotline("watch", "--socket", world.path("nowhere"), "status")
    tap.ok(done.code == 3 and "start hotlined" in done.err, "no daemon is exit code 3 and says what to do", done)
    for words in (["--help"], ["release", "--help"], ["--version"]):
        tap.equal(tha.hotline("watch", *words).code, 0, "hotline %s is exit code 0" % " ".join(words))
    status = tha.status()
    tap.ok(status["station"] == "tha-cert" and len(status["peers"]) == 2, "status --json names station and peers")
    contacts = tha.must("watch", "contacts", "list", "--json")
    tap.ok([c["name"] for c in contacts] == ["vnm-cert", "sgp-cert"] and not contacts[0]["verified"],
           "contacts list --json names the peers and that nobody compared their fingerprints", contacts)
    tap.equal(tha.must("watch", "contacts", "show", "vnm-cert", "--json")["endpoints"][0].split(":")[0], "127.0.0.1",
              "contacts show --json gives the card")


def main():
    tap = Tap()
    with World(["tha-cert", "vnm-cert", "sgp-cert"]) as world:
        tha, vnm, sgp = world.start()
        reference, _ = to_custody(tap, tha, vnm, sgp)
        to_acknowledged(tap, tha, vnm, reference)
        to_answered(tap, tha, vnm, sgp, reference)
        exercise_and_flash(tap, tha, vnm)
        follow(tap, tha, vnm)
        records(tap, world, tha, vnm, sgp)
        replayed(tap, world, tha, vnm, sgp, reference)
        compared(tap, world, tha, vnm, sgp)
        parts(tap, world, tha, vnm, sgp, reference)
        codes(tap, world, tha)
        tap.equal([station.end() for station in world.stations], [0, 0, 0], "SIGTERM ends each daemon with exit code 0")
        tap.equal(world.troubles(), [], "no journal holds a trouble of the daemon's own")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
