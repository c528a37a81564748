#!/usr/bin/env python3
"""
What officers get wrong: each bad input is answered by one clear sentence that says what was wrong and what to do, with
exit code 1, and leaves nothing half done.
"""
import os
import sys

from world import FORMS, IS_ROOT, OFFICERS, Tap, World, draft, iso, poll, shifted

LIMITS = {"flash": 1200, "immediate": 1200, "priority": 10000, "routine": 80000}
THAI = "ไทยเวิร์มแพร่ระบาด"
NEEDS = {"In-Reply-To": "which message it replies to", "Supersedes": "which message it supersedes",
         "Reply-By": "reply-by", "Incident": "incident", "": "text"}


def of_length(count):
    """Thai text of so many characters that NFC leaves alone."""
    return (THAI * (count // len(THAI) + 1))[:count]


class Desk:
    """One station's client, watched: what it says, and what it changed."""

    def __init__(self, tap, station):
        self.tap, self.station = tap, station

    def state(self):
        """Everything that a refused request must leave alone. The log is compared as well: a refusal enters nothing."""
        status = self.station.status()
        return status["log_size"], status["drafts"], [peer["log_size"] for peer in status["peers"]], \
            [peer["waiting"] + peer["in_flight"] for peer in status["peers"]]

    def settled(self):
        """The state once no receipt is on its way any more."""
        before = None

        def is_same():
            nonlocal before
            now, last = self.state(), before
            before = now
            return now == last and not any(now[3])
        poll(is_same, 20, "quiet")
        return before

    def refused(self, claim, role, *words, says=(), stdin="", code=1):
        before = self.settled()
        done = self.station.hotline(role, *words, stdin=stdin)
        why = []
        if done.code != code:
            why.append("exit code %d, not %d" % (done.code, code))
        lines = done.err.splitlines()
        if words[:2] == ("contacts", "accept"):
            lines = lines[-1:]  # the offer's card stands above
        if len(lines) != 1 or not lines[0].startswith("hotline: "):
            why.append("not one sentence")
        why += ["does not say %r" % word for word in says if word not in done.err]
        if done.out:
            why.append("something stands on stdout")
        after = self.state()
        if after != before:
            why.append("state was %s, is %s" % (before, after))
        return self.tap.ok(not why, claim, "\n".join(why + [repr(done)]))

    def bad_draft(self, claim, text, *says):
        return self.refused(claim, "drafter", "draft", "new", stdin=text, says=says)


def headers(desk, received):
    """Unknown names and codes in a draft file; each sentence names the line."""
    desk.bad_draft("an unknown addressee is named, and what to do", draft("notice", "xyz-cert"), "xyz-cert",
                   "contacts offer")
    desk.bad_draft("an unknown addressee for info is named", draft("notice", "vnm-cert", Cc="xyz-cert"), "xyz-cert")
    desk.bad_draft("an addressee that is no name is told with its line", draft("notice", "Viet Nam"), "stdin:3:", "Viet Nam")
    desk.bad_draft("an unknown kind is told with its line and the kinds there are", draft("rumour", "vnm-cert"), "stdin:1:",
                   "alert, notice, inquiry")
    desk.bad_draft("an unknown precedence is told with its line", draft("notice", "vnm-cert", Precedence="urgent"),
                   "stdin:2:", "flash, immediate, priority, routine")
    desk.bad_draft("an unknown code is told with its line and the codes there are",
                   draft("notice", "vnm-cert", Status="dubious"), "stdin:6:", "suspected, confirmed")
    desk.bad_draft("an unknown header is told with its line", "Kind: notice\nTone: firm\n\nText\n", "stdin:2:", "Tone")
    desk.bad_draft("a line that is no header is told with its line", "Kind: notice\nfirm\n\nText\n", "stdin:2:", "firm")
    desk.bad_draft("a header given twice is told with both lines", "Kind: notice\nTo: vnm-cert\nKind: alert\n\nText\n",
                   "stdin:3:", "line 1")
    desk.bad_draft("bytes that are no UTF-8 are told with their line",
                   "Kind: notice\nSubject: \udcff\udcfe\n\nText\n", "stdin:2:", "UTF-8")
    desk.bad_draft("an empty draft is told what it lacks first", "", "stdin:1:", "Kind")
    desk.bad_draft("a reply to an unknown number names it",
                   draft("answer", "vnm-cert", In_Reply_To="vnm-cert 2026-999 999"), "vnm-cert 2026-999 999", "hotline list")
    desk.bad_draft("a correction of another station's message is refused",
                   draft("correct", "vnm-cert", Supersedes=received), "supersedes")
    desk.bad_draft("an exercise draft that answers a real message is refused",
                   draft("answer", "vnm-cert", In_Reply_To=received, Exercise="DEMO"), "mode")
    desk.bad_draft("a time that is none is told with its line", draft("inquiry", "vnm-cert", Reply_By="tomorrow"), "stdin:6:",
                   "UTC")
    desk.bad_draft("the own station as addressee is refused", draft("notice", "tha-cert"), "tha-cert")
    path = desk.station.world.path("no-such-draft")
    desk.refused("a draft file that is not there is named", "drafter", "draft", "new", path, says=[path])
    path = desk.station.world.write("bad-draft", draft("rumour", "vnm-cert"))
    desk.refused("a fault in a draft file is told with the file's name and line", "drafter", "draft", "new", path,
                 says=[path + ":1:"])


def mandatory(desk, received, sent):
    """Each mandatory field of each kind, left out alone."""
    given = {"In-Reply-To": received, "Supersedes": sent}
    for kind, form in FORMS.items():
        filled = {name.replace("-", "_"): given[name] for name in form if name in given}
        whole = desk.station.hotline("drafter", "draft", "new", "--json", stdin=draft(kind, "vnm-cert", **filled))
        desk.tap.ok(whole.code == 0, "%s: with all it asks for it is taken" % kind, whole)
        if whole.code == 0:
            desk.station.must("drafter", "draft", "delete", whole.json()["draft"])
        for name in form:
            text = draft(kind, "vnm-cert", leave_out=name, **{k: v for k, v in filled.items() if k != name.replace("-", "_")})
            desk.bad_draft("%s without %s is told so" % (kind, name or "text"), text, NEEDS.get(name, name.lower()))
    for name in ("Kind", "To", "Language"):
        desk.bad_draft("a draft without %s is told so" % name, draft("notice", "vnm-cert", leave_out=name), name)


def limits(desk):
    """The value on both sides of each limit, in characters of three bytes."""
    tap = desk.tap
    for precedence, limit in LIMITS.items():
        at = desk.station.hotline("drafter", "draft", "new", "--json",
                                  stdin=draft("notice", "vnm-cert", Precedence=precedence, text=of_length(limit)))
        tap.ok(at.code == 0, "%s: %d Thai characters are a draft" % (precedence, limit), at)
        if at.code == 0:
            desk.station.must("drafter", "draft", "delete", at.json()["draft"])
        desk.bad_draft("%s: %d characters are refused" % (precedence, limit + 1),
                       draft("notice", "vnm-cert", Precedence=precedence, text=of_length(limit + 1)), str(limit + 1),
                       str(limit))
        desk.bad_draft("%s: a translation of %d characters is refused" % (precedence, limit + 1),
                       draft("notice", "vnm-cert", Precedence=precedence,
                             text="Text.\n--- translation th by officer\n" + of_length(limit + 1)), str(limit + 1), str(limit))
    for name, limit in (("Subject", 80), ("Remarks", 2000)):
        at = desk.station.hotline("drafter", "draft", "new", "--json",
                                  stdin=draft("notice", "vnm-cert", **{name: of_length(limit)}))
        tap.ok(at.code == 0, "%s: %d Thai characters are taken" % (name, limit), at)
        if at.code == 0:
            desk.station.must("drafter", "draft", "delete", at.json()["draft"])
        desk.bad_draft("%s: %d characters are refused" % (name, limit + 1),
                       draft("notice", "vnm-cert", **{name: of_length(limit + 1)}), name, str(limit + 1), str(limit))


def references(desk, received, sent):
    for verb, words, role in (("show", [], "watch"), ("track", [], "watch"), ("shown", [], "watch"), ("ack", [], "watch"),
                              ("hold", ["--until", "1h"], "watch"), ("reply", ["-"], "drafter"),
                              ("decline", ["--reason", "legal"], "drafter")):
        desk.refused("%s of an unknown number names it" % verb, role, verb, "vnm-cert 2026-999 999", *words,
                     says=["2026-999 999"])
        desk.refused("%s of what is no number says what one looks like" % verb, role, verb, "yesterday's", *words,
                     says=["yesterday's", "2026-048 213"])
    desk.refused("an own message can't be acknowledged", "watch", "ack", sent, says=["sent"])
    desk.refused("an own message can't be put on hold", "watch", "hold", sent, "--until", "1h", says=["received"])
    desk.refused("an own message can't be answered", "drafter", "reply", sent, "-", stdin="x", says=["sent by this station"])
    desk.refused("a hold beyond a day is told its limit", "watch", "hold", received, "--until", "25h", says=["24 hours"])
    desk.refused("a hold in the past is refused", "watch", "hold", received, "--until", iso(-60), says=["from now"])
    for verb, role in (("approve", "releaser"), ("release", "releaser"), ("draft show", "watch"), ("draft delete", "drafter")):
        desk.refused("%s of an unknown draft says how to see those there are" % verb, role, *verb.split(), "9999",
                     says=["9999", "draft list"])
    desk.refused("an offer to what is no name is refused", "admin", "contacts", "offer", "Viet Nam", says=["Viet Nam"])
    desk.refused("a contact that is not enrolled is named", "watch", "contacts", "show", "xyz-cert", says=["xyz-cert"])
    desk.refused("a file that is no offer is refused", "admin", "contacts", "accept", "--unverified", "-", stdin="hello",
                 says=["offer"])
    note = of_length(501)
    desk.refused("an acknowledgement's note of 501 characters is refused", "watch", "ack", received, "--note", note,
                 says=["501", "500"], code=2)
    done = desk.station.hotline("watch", "ack", received, "--note", note[:500])
    desk.tap.ok(done.code == 0, "and one of 500 is taken", done)


WRONG_ROLES = (("drafter", "approve", "1"), ("watch", "approve", "1"), ("auditor", "draft", "new", "-"),
               ("releaser", "draft", "delete", "1"), ("watch", "release", "1"), ("drafter", "ack", "REF"),
               ("releaser", "hold", "REF", "--until", "1h"), ("auditor", "shown", "REF"), ("drafter", "log", "export"),
               ("watch", "log", "export"), ("releaser", "contacts", "offer", "sgp-cert"),
               ("auditor", "contacts", "accept", "--unverified", "OFFER"), ("admin", "draft", "new", "-"))


def roles(desk, received, other):
    if not IS_ROOT:
        desk.tap.skip("what an officer's roles do not allow is refused", "not root: one officer has all roles")
        return
    made = desk.station.must("drafter", "draft", "new", "--json", stdin=draft("notice", "vnm-cert"))["draft"]
    offer = desk.station.world.write("offer", other.must("admin", "contacts", "offer", "tha-cert"))
    for role, *words in WRONG_ROLES:
        words = [str(made) if word == "1" else received if word == "REF" else offer if word == "OFFER" else word
                 for word in words]
        function = next(name for name, (_, roles) in OFFICERS.items() if role in roles)
        desk.refused("%s may not %s" % (role, " ".join(words[:2])), role, *words, stdin=draft("notice", "vnm-cert"),
                     says=[function, "nothing was done"])
    desk.station.world.officers["stranger"] = (3999, ["stranger"])
    for words in (["status"], ["list"], ["approve", str(made)], ["log", "export"]):
        desk.refused("a user who is no officer may not %s" % words[0], "stranger", *words, says=["3999", "administrator"])
    del desk.station.world.officers["stranger"]
    desk.station.must("drafter", "draft", "delete", made)


def unapproved(desk):
    made = desk.station.must("drafter", "draft", "new", "--json", stdin=draft("notice", "vnm-cert"))["draft"]
    desk.refused("a draft without approval is not released", "releaser", "release", made, says=["0 of the 1"])
    desk.station.must("drafter", "draft", "delete", made)
    hold = draft("hold", "vnm-cert", In_Reply_To="?")
    desk.bad_draft("a draft that answers nothing that can be named is refused", hold, "In-Reply-To")


def expired_card(tap, world, shift):
    """A peer whose card has run out: a warning and one more question, never a wall."""
    old = world.add("vnm-old")
    past = shifted(shift, -3 * 86400)
    old.make("--valid-days", "1", env=past).start()
    tha = world.stations[0]
    for giver, taker in ((old, tha), (tha, old)):
        offer = giver.must("admin", "contacts", "offer", taker.name)
        done = taker.hotline("admin", "contacts", "accept", "--unverified", "-", stdin=offer)
        tap.ok(done.code == 0, "%s enrols %s, whose card may have expired" % (taker.name, giver.name), done)
    made = tha.must("drafter", "draft", "new", "--json", stdin=draft("notice", "vnm-old", subject="Expired"))["draft"]
    tha.must("releaser", "approve", made)
    log_size = tha.status()["log_size"]
    done = tha.hotline("releaser", "release", made)
    tap.ok(done.code == 1 and "vnm-old expired" in done.err and "--anyway" in done.err,
           "a release to an expired card warns, and says how to do it nevertheless", done)
    tap.equal((len(tha.drafts()), tha.find("Expired")), (1, []), "after the warning the draft is a draft still")
    tap.ok(tha.status()["log_size"] >= log_size, "and the log goes on")
    done = tha.hotline("releaser", "release", made, "--anyway", "--json")
    tap.ok(done.code == 0, "with --anyway it is released", done)
    poll(lambda: old.find("Expired"), 30, "message at vnm-old")
    tap.ok(True, "and delivered")


def main():
    tap = Tap()
    shift = os.path.abspath(sys.argv[3])
    with World(["tha-cert", "vnm-cert"]) as world:
        tha, vnm = world.start()
        received = vnm.release(draft("inquiry", "tha-cert", subject="Yours?"))["number"]
        poll(lambda: tha.find("Yours?"), 20, "inquiry")
        sent = tha.release(draft("notice", "vnm-cert"))["number"]
        desk = Desk(tap, tha)
        headers(desk, received)
        mandatory(desk, received, sent)
        limits(desk)
        references(desk, received, sent)
        roles(desk, received, vnm)
        unapproved(desk)
        expired_card(tap, world, shift)
        tap.equal([station.end() for station in world.stations], [0, 0, 0], "every daemon runs still, and ends in order")
        tap.equal(world.troubles(), [], "no journal holds a trouble of the daemon's own")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
