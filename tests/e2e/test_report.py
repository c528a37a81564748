#!/usr/bin/env python3
"""A record as a page, by the real client: what it shows, what it makes of hostile words, what it refuses."""
import hashlib
import os
import shlex
import sys
import xml.etree.ElementTree

from world import Tap, World, draft, poll

THAI = "เวิร์มเรียกค่าไถ่แพร่ระบาดในโรงพยาบาล กรุณาปิดกั้นพอร์ต 445"
VIETNAMESE = "Mã độc tống tiền đang lây lan qua mạng bệnh viện; đề nghị chặn cổng 445."
HOSTILE = "</td><script>alert(1)</script> & \"q\" \u202eevil\u2066 ]]> <!-- "
XHTML = "{http://www.w3.org/1999/xhtml}"


def why(station, number, name):
    document = station.must("watch", "track", number, "--json")
    return next(entry for entry in document["addressees"] if entry["name"] == name)["why"]


def wait_why(station, number, name, wanted):
    poll(lambda: why(station, number, name) == wanted, 20, "state %s of %s at %s" % (wanted, number, name))


def exchange(tha, vnm, sgp):
    """An alert in two languages, acknowledged, held and answered; one withdrawn; an exercise; hostile words from a peer."""
    text = draft("alert", "vnm-cert", subject="เวิร์มในโรงพยาบาล", text=THAI, Precedence="immediate", Cc="sgp-cert",
                 Language="th", Incident="new") + "\n--- translation vi by officer\n" + VIETNAMESE + "\n"
    alert = tha.release(text)["number"]
    wait_why(tha, alert, "vnm-cert", "custody")
    vnm.must("watch", "shown", alert)
    vnm.must("watch", "ack", alert, "--understood", "partly", "--note", "Đã nhận, đang kiểm tra <b>445</b>")
    vnm.must("watch", "hold", alert, "--until", "2h", "đang xử lý")
    reply = vnm.must("drafter", "reply", alert, "-", "--json", stdin="Chúng tôi đã chặn cổng 445.")
    vnm.must("releaser", "approve", reply["draft"])
    vnm.must("releaser", "release", reply["draft"])
    wait_why(tha, alert, "vnm-cert", "answered")
    wrong = tha.release(draft("notice", "sgp-cert", subject="Wrong desk"))["number"]
    wait_why(tha, wrong, "sgp-cert", "custody")
    tha.release(draft("cancel", "sgp-cert", subject="Withdrawn", Supersedes=wrong, Correct_Reason="wrong addressee"))
    practice = tha.release(draft("inquiry", "vnm-cert", subject="Practice", Exercise="MEKONG"))["number"]
    wait_why(tha, practice, "vnm-cert", "custody")
    sgp.release(draft("notice", "tha-cert", subject="From <i>sgp</i>", text=HOSTILE))
    poll(lambda: tha.find("From <i>sgp</i>"), 20, "notice of sgp-cert")
    return alert


def make_record(world, tha):
    """The export and the cards, where `log report` finds them; gives the words that name what is trusted."""
    path = tha.export(world.path("tha.export"))
    os.chmod(path, 0o644)
    trust = []
    for station in world.stations:
        with open(station.card, "rb") as card:
            trust += ["--card", world.write(station.name + ".card", card.read())]
    return path, trust


def test_page(tap, world, tha, path, trust, alert):
    out = world.path("out.html")
    made = tha.hotline("admin", "log", "report", path, "--out", out, *trust)
    tap.ok(made.code == 0 and made.out == "", "a verified record becomes a page", made)
    with open(out, encoding="utf-8") as file:
        page = file.read()
    tree = xml.etree.ElementTree.fromstring(page)
    tap.ok(tree.get("lang") == "en", "the page is well-formed and says its language")
    words = "".join(tree.itertext())
    tap.ok(THAI in words and VIETNAMESE in words and "Đã nhận, đang kiểm tra <b>445</b>" in words,
           "texts, translations and notes stand on it as they were written")
    langs = {element.get("lang") for element in tree.iter(XHTML + "div") if element.get("class") == "text"}
    tap.ok({"th", "vi"} <= langs, "texts say their language", langs)
    tap.ok("</td><script>alert(1)</script> & \"q\" <U+202E>evil<U+2066> ]]> <!--" in words and "\u202e" not in page,
           "a peer's markup is text, and what would reorder it is written out")
    tags = {element.tag.split("}")[1] for element in tree.iter()}
    tap.ok(not tags & {"script", "img", "iframe", "object", "link", "form"} and "i" not in tags, "nothing is run or fetched",
           tags)
    refs = {value for element in tree.iter() for name, value in element.attrib.items()
            if name.split("}")[-1] in ("src", "href", "srcset", "data")}
    tap.ok(all(ref.startswith("#") for ref in refs), "every reference stays on the page", refs)
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    tap.ok(len(set(ids)) == len(ids) and {ref[1:] for ref in refs} <= set(ids), "every reference has its target")
    for claim in ("custody", "shown", "acknowledged", "understood partly", "EXERCISE MEKONG", "superseded by the cancel"):
        tap.ok(claim in words, "the page shows: " + claim)
    with open(path, "rb") as file:
        tap.ok(hashlib.sha256(file.read()).hexdigest() in words, "the page names the file by its hash")
    tap.ok(alert in words, "the page names the message by its number")
    command = [element.text for element in tree.iter(XHTML + "pre")][0].strip().split("\n")[-1]
    again = tha.hotline("auditor", *shlex.split(command)[1:])
    tap.ok(again.code == 0 and "VERIFIED" in again.out, "the command that the page gives verifies the record", command)
    return page


def test_statistics(tap, tha, path, trust):
    told = tha.must("auditor", "log", "report", path, "--json", *trust)
    tap.equal((told["messages_sent"], told["messages_received"], told["verified"]), (4, 3, True), "--json counts messages")
    rows = {(row["exercise"], row["by"], row["precedence"], row["to"]): row for row in told["responses"]}
    for measure in ("custody", "acknowledged", "answered"):
        row = rows[(False, "peers", "immediate", measure)]
        tap.ok(row["count"] == 1 and row["none"] == 0 and 0 < row["median_us"] == row["worst_us"] < 60e6,
               "--json gives the time to " + measure, row)
    tap.equal(rows[(True, "peers", "routine", "acknowledged")]["none"], 1, "exercises are counted apart")
    tap.ok(all(-5e6 < row["least_us"] <= row["most_us"] < 5e6 for row in told["clocks"]) and len(told["clocks"]) == 2,
           "receipts bound the offset of each peer's clock", told["clocks"])


def test_refusals(tap, world, tha, path, trust):
    out = world.path("bad.html")
    with open(path, "rb") as file:
        data = file.read()
    cases = {"cut short": data[:-100], "empty": b"", "foreign": b"hello, world", "flipped": data[:5000] + b"\xff" + data[5001:]}
    for name, bad in cases.items():
        done = tha.hotline("admin", "log", "report", world.write("bad.export", bad), "--out", out, *trust)
        tap.ok(done.code == 1 and done.err.count("\n") == 1 and not os.path.exists(out),
               "a record that is %s gives one sentence and no page" % name, done)
    done = tha.hotline("admin", "log", "report", path, "--out", out, *trust[:2])
    tap.ok(done.code == 1 and done.err.count("\n") == 1 and not os.path.exists(out), "a missing card gives no page", done)
    done = tha.hotline("admin", "log", "report", world.path("none"), "--out", out, *trust)
    tap.ok(done.code == 1 and done.err.count("\n") == 1, "a missing file is said in one sentence", done)
    done = tha.hotline("admin", "log", "report", path, "--out", world.path("no/dir.html"), *trust)
    tap.ok(done.code == 1 and done.err.count("\n") == 1, "a page that can't be written is said in one sentence", done)


def main():
    tap = Tap()
    with World(["tha-cert", "vnm-cert", "sgp-cert"]) as world:
        tha, vnm, sgp = world.start()
        alert = exchange(tha, vnm, sgp)
        path, trust = make_record(world, tha)
        first = test_page(tap, world, tha, path, trust, alert)
        second = tha.must("auditor", "log", "report", path, *trust)
        tap.ok(first == second, "the same record and trust give the same page, in a file or on stdout")
        test_statistics(tap, tha, path, trust)
        test_refusals(tap, world, tha, path, trust)
        tap.equal(world.troubles(), [], "no sanitizer complained")
        if len(sys.argv) > 3:
            with open(sys.argv[3], "w", encoding="utf-8") as out:
                out.write(first)
    return tap.finish()


sys.exit(main())
