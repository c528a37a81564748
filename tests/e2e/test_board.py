#!/usr/bin/env python3
"""The real board on a real terminal, typed at and read back by tmux, against real stations."""
import os
import signal
import subprocess
import sys
import time

from world import IS_ROOT, Tap, World, draft, poll


class Terminal:
    """hotline under a tmux server of its own. environment: more than TERM and the socket."""

    count = 0

    def __init__(self, world, station, role, width=100, height=30, arguments="", **environment):
        Terminal.count += 1
        self.socket = world.path("tmux-%d" % Terminal.count)
        program = "exec %s %s" % (world.hotline, arguments)
        if IS_ROOT:
            program = "exec setpriv --reuid=%d --regid=%d --clear-groups -- %s %s" % (
                station.officer(role), station.officer(role), world.hotline, arguments)
        settings = dict({"HOTLINE_SOCKET": station.control, "HOME": world.directory, "LANG": "C.UTF-8", "LANGUAGE": ""},
                        **environment)
        words = " ".join("%s='%s'" % pair for pair in settings.items())
        self.tmux("new-session", "-d", "-x", str(width), "-y", str(height), "env %s sh -c '%s'" % (words, program))

    def tmux(self, *words):
        done = subprocess.run(["tmux", "-f", "/dev/null", "-u", "-S", self.socket, *words], capture_output=True, timeout=20,
                              check=False)
        return done.stdout.decode(errors="replace")

    def type(self, *keys):
        for key in keys:
            self.tmux("send-keys", key)
            time.sleep(0.05)

    def write(self, text):
        self.tmux("send-keys", "-l", text)

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def title(self):
        return self.tmux("display-message", "-p", "#{pane_title}").strip()

    def sees(self, words, seconds=15):
        try:
            return bool(poll(lambda: words in self.screen(), seconds, words))
        except TimeoutError:
            return False

    def pid(self):
        return int(self.tmux("list-panes", "-F", "#{pane_pid}").split()[0])

    def is_open(self):
        return bool(self.tmux("list-sessions"))

    def close(self):
        self.tmux("kill-server")


def alarm(tap, tha, vnm, terminal):
    tap.ok(terminal.sees("Nothing is open."), "the board opens and nothing is open", terminal.screen())
    number = tha.release(draft("alert", "vnm-cert", subject="Wiper <\x1b[31m>", Precedence="flash"),
                         ("releaser-1", "releaser-2") if IS_ROOT else ("releaser",))["number"]
    tap.ok(terminal.sees("ALARM 4m"), "a flash is an alarm, counted down", terminal.screen())
    tap.ok("Wiper <<1B>[31m>" in terminal.screen(), "an escape in its subject is written out", terminal.screen())
    tap.ok(poll(lambda: "FLASH waits: vnm-cert (1)" in terminal.title(), 10, "title"), "and stands in the title")
    terminal.type("Enter")
    tap.ok(terminal.sees("ADDRESSEE"), "Enter opens the message", terminal.screen())
    tap.ok(poll(lambda: tha.must("watch", "track", number, "--json")["addressees"][0]["shown_at"], 20, "shown"),
           "which tells its sender that it was shown to the watch")
    terminal.type("a", "Right", "Enter")
    terminal.write("đã xem ทราบแล้ว")
    terminal.type("Enter")
    tap.ok(terminal.sees("y: sign and send"), "an acknowledgement is repeated before it is signed", terminal.screen())
    tap.ok(tha.must("watch", "track", number, "--json")["addressees"][0]["acknowledged_at"] is None, "and not sent before y")
    terminal.type("y")
    seen = poll(lambda: tha.must("watch", "track", number, "--json")["addressees"][0]["acknowledged_at"] and
                tha.must("watch", "track", number, "--json")["addressees"][0], 20, "acknowledgement")
    tap.equal((seen["understood"], seen["note"]), ("yes", "đã xem ทราบแล้ว"), "y sends it, as typed")
    tap.ok(poll(lambda: "ALARM" not in terminal.screen(), 10, "end of the alarm"), "and the alarm ends")
    terminal.type("q")


def attachment(tap, tha, vnm, world, terminal):
    words = os.urandom(300000)
    file = world.write("plan.bin", words)
    number = tha.must("drafter", "draft", "new", "--json", stdin=draft("notice", "vnm-cert", subject="With a file"))["draft"]
    tha.must("drafter", "draft", "attach", number, file)
    tha.must("releaser-1" if IS_ROOT else "releaser", "approve", number)
    tha.must("releaser", "release", number)
    poll(lambda: vnm.find("With a file"), 20, "custody of it")
    terminal.type("/")
    terminal.write("with A FILE")
    terminal.type("Enter")
    tap.ok(terminal.sees("Found: 1 of 1"), "a search finds a message by its subject", terminal.screen())
    terminal.type("Enter")
    tap.ok(terminal.sees("plan.bin: held", 30), "its page says how far an attachment is", terminal.screen())
    saved = world.path("saved.bin")
    terminal.type("s", "1", "Down")
    terminal.write(saved)
    terminal.type("Enter", "y")
    tap.ok(terminal.sees("both hashes match"), "one key saves it", terminal.screen())
    with open(saved, "rb") as got:
        tap.ok(got.read() == words, "byte for byte")
    terminal.type("q", "q")


def connection(tap, vnm, terminal):
    vnm.end(signal.SIGKILL)
    tap.ok(terminal.sees("NO CONNECTION", 5), "a daemon that is killed is missed at once", terminal.screen())
    tap.ok("Wiper" in terminal.screen(), "what was shown stays in sight")
    vnm.start()
    tap.ok(poll(lambda: "NO CONNECTION" not in terminal.screen(), 20, "connection"), "and the connection is made again")


def form(tap, tha, world):
    terminal = Terminal(world, tha, "drafter", 90, 40)
    tap.ok(terminal.sees("Nothing is open.") or terminal.sees("Open:"), "a drafter's board opens", terminal.screen())
    terminal.type("n", "Down", "Down", "Enter")
    tap.ok(terminal.sees("> [ ] vnm-cert"), "addressees are chosen from the directory", terminal.screen())
    terminal.type("Space", "Enter", "Down", "Down")
    terminal.write("Đợt hai ระลอกสอง")
    tap.ok(terminal.sees("Draft ", 10), "a form keeps itself", terminal.screen())
    os.kill(terminal.pid(), signal.SIGKILL)
    drafts = tha.drafts()
    tap.equal(len(drafts), 1, "and is there after the client was killed")
    text = tha.must("drafter", "draft", "show", drafts[0]["draft"])
    tap.ok("To: vnm-cert\n" in text and "Subject: Đợt hai ระลอกสอง\n" in text, "as it was typed", text)
    terminal.close()
    terminal = Terminal(world, tha, "drafter", 90, 40)
    terminal.sees(" tha-cert  ")
    terminal.type("d", "Enter", "e", "Down", "Down", "Down", "Down")
    terminal.write("!")
    os.kill(terminal.pid(), signal.SIGHUP)
    poll(lambda: not terminal.is_open(), 10, "end of the client")
    tap.ok("ระลอกสอง!\n" in tha.must("drafter", "draft", "show", drafts[0]["draft"]),
           "what was typed when the terminal was lost is kept")
    terminal.close()


def replay(tap, tha, world):
    export = tha.export(world.path("record"))
    os.chmod(export, 0o644)
    terminal = Terminal(world, tha, "auditor", 110, 30, arguments="log replay %s --unverified" % export)
    tap.ok(terminal.sees("REPLAY of"), "a record is played on the same screens", terminal.screen())
    terminal.type("Tab", "Tab", "B")
    tap.ok(terminal.sees("Wiper", 10) or terminal.sees("paused", 1), "up to the next breach, or its end", terminal.screen())
    for _ in range(60):
        terminal.tmux("send-keys", ".")
    tap.ok(terminal.sees("Outbox: 1 of 2"), "entry by entry", terminal.screen())
    tap.ok("cán bộ" not in terminal.screen() and "acknowledged" in terminal.screen(), "with what was known then",
           terminal.screen())
    terminal.type("a", "y", "Q")
    tap.ok(poll(lambda: not terminal.is_open(), 10, "end"), "and nothing can be done in it")
    terminal.close()


def languages(tap, vnm, world):
    place = os.environ.get("HOTLINE_LOCALEDIR", "")
    refusals = {"th": "ไม่มีร่าง 999 ดูรายการที่มีได้ด้วย hotline draft list", "vi": "Không có bản thảo 999; hotline draft list"}
    for language, words in (("th", "ทั้งหมด"), ("vi", "Mọi điện")):
        terminal = Terminal(world, vnm, "watch", 80, 24, LANGUAGE=language, HOTLINE_LOCALEDIR=place)
        terminal.sees(" vnm-cert  ")
        terminal.type("Tab", "Tab", "Tab")
        is_seen = terminal.sees(words)
        tap.ok(is_seen, "the board speaks " + language, terminal.screen())
        terminal.close()
        refused = vnm.hotline("watch", "--lang", language, "draft", "show", "999")
        tap.ok(refused.code == 1 and refusals[language] in refused.err, "and so does what the station says", refused)
    terminal = Terminal(world, vnm, "watch", 20, 5)
    tap.ok(terminal.sees("Too small."), "20×5 is too small, and it says so", terminal.screen())
    terminal.close()
    terminal = Terminal(world, vnm, "watch", 100, 30, TERM="vt220", NO_COLOR="1")
    terminal.sees(" vnm-cert  ")
    terminal.type("Tab")
    tap.ok(terminal.sees("Inbox: 1 of 2"), "a monochrome terminal has the same facts", terminal.screen())
    terminal.type("Q")
    tap.ok(poll(lambda: not terminal.is_open(), 10, "end"), "Q leaves the board")


def main():
    tap = Tap()
    with World(["tha-cert", "vnm-cert"]) as world:
        os.chmod(world.directory, 0o777)  # the officers' tmux sockets lie there
        tha, vnm = world.start()
        terminal = Terminal(world, vnm, "watch")
        try:
            alarm(tap, tha, vnm, terminal)
            attachment(tap, tha, vnm, world, terminal)
            connection(tap, vnm, terminal)
        finally:
            terminal.close()
        form(tap, tha, world)
        replay(tap, tha, world)
        languages(tap, vnm, world)
        tap.equal(world.troubles(), [], "no sanitizer had anything to say")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
