"""
A world of real stations on loopback: their directories, daemons and officers, and the real client run by each officer.
Used as `with World(...) as world:`; whatever was started is ended by its pid, whatever happens.

As root every officer has a uid of their own; otherwise one officer with all roles runs everything, and the tests that
need two people are skipped and say so.
"""
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import wire

IS_ROOT = os.geteuid() == 0
CLIENT_SECONDS = 60
PORTS = 10240, 32768

# function: (uid, roles)
OFFICERS = {
    "drafter-1": (3001, ["drafter"]),
    "releaser-1": (3002, ["releaser"]),
    "watch-1": (3003, ["watch"]),
    "releaser-2": (3004, ["releaser"]),
    "auditor-1": (3005, ["auditor"]),
    "admin-1": (0, ["admin"]),
}
EVERY_ROLE = {"officer-1": (os.geteuid(), ["drafter", "releaser", "watch", "auditor", "admin"])}


def poll(ask, seconds, what):
    """The first true thing that ask() gives; raises when there was none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = ask()
        if found:
            return found
        time.sleep(0.02)
    raise TimeoutError("in %d s there was no %s" % (seconds, what))


def free_port():
    """One that nobody listens on, below those that the kernel gives to whoever connects."""
    while True:
        port = random.randrange(*PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Tap:
    """Claims and whether they hold, as TAP. finish() gives the exit code."""

    def __init__(self):
        self.count, self.failed = 0, 0

    def ok(self, holds, claim, why=""):
        self.count += 1
        self.failed += not holds
        print("%sok %d - %s" % ("" if holds else "not ", self.count, claim))
        if not holds:
            for line in str(why).splitlines():
                print("# " + line)
        sys.stdout.flush()
        return bool(holds)

    def equal(self, got, wanted, claim):
        return self.ok(got == wanted, claim, "got    %r\nwanted %r" % (got, wanted))

    def skip(self, claim, why):
        self.count += 1
        print("ok %d - %s # SKIP %s" % (self.count, claim, why), flush=True)

    def note(self, text):
        print("# " + text, flush=True)

    def finish(self):
        print("1..%d" % self.count, flush=True)
        return 1 if self.failed else 0


class Ran:
    """What one run of a program came to."""

    def __init__(self, done):
        self.code = done.returncode
        self.out, self.err = done.stdout.decode(), done.stderr.decode(errors="backslashreplace")

    def __repr__(self):
        return "exit %d\n%s%s" % (self.code, self.out, self.err)

    def json(self):
        return json.loads(self.out)


def run(argv, uid=None, stdin="", env=None):
    as_user = {}
    if IS_ROOT and uid is not None:
        as_user = {"user": uid, "group": uid, "extra_groups": []}
    return Ran(subprocess.run([str(word) for word in argv], input=stdin.encode("utf-8", "surrogateescape"),
                              capture_output=True, timeout=CLIENT_SECONDS, env=env, **as_user))


class Station:
    def __init__(self, world, name, settings=""):
        self.world, self.name, self.settings = world, name, settings
        self.directory = os.path.join(world.directory, name)
        self.control = os.path.join(self.directory, "control")
        self.config = os.path.join(self.directory, "conf")
        self.journal = os.path.join(self.directory, "journal")
        self.card = os.path.join(self.directory, "card")
        self.host, self.port, self.process = "127.0.0.1", free_port(), None

    def make(self, *card_options, env=None):
        """The directory, keys and card, and the configuration."""
        os.mkdir(self.directory, 0o755)
        done = run([self.world.hotline, "keys", "init", "--plain", "--dir", self.directory, "--name", self.name, "--endpoint",
                    "%s:%d" % (self.host, self.port), "--office", "en=Contact point %s" % self.name, *card_options], env=env)
        if done.code != 0:
            raise RuntimeError("keys init: %r" % done)
        os.chmod(self.directory, 0o755)
        self.configure()
        return self

    def configure(self, settings=None):
        self.settings = self.settings if settings is None else settings
        lines = ['station = "%s"' % self.name, 'directory = "%s"' % self.directory, 'control = "%s"' % self.control,
                 'listen = {"%s:%d"}' % (self.host, self.port)]
        if "check {" not in self.settings:
            lines.append('check { watch = "never" }')  # whatever the time is when the tests run
        if not IS_ROOT:
            lines.append("release { second_person = no }")
        for function, (uid, roles) in self.world.officers.items():
            named = ", ".join('"%s"' % role for role in roles)
            lines.append('officer "%s" { uid = %d roles = {%s} }' % (function, uid, named))
        with open(self.config, "w", encoding="utf-8") as out:
            out.write("\n".join(lines + [self.settings]) + "\n")

    def start(self, *options, env=None, wait=True, prefix=()):
        """prefix: a command that runs the daemon and leaves it the pid."""
        with open(self.journal, "ab") as journal:
            self.process = subprocess.Popen([*prefix, self.world.hotlined, "-c", self.config, *options], stdin=subprocess.DEVNULL,
                                            stdout=journal, stderr=journal, env=env)
        self.world.processes.append(self.process)
        if wait:
            poll(self.is_ready, 20, "control socket of %s that answers: %s" % (self.name, self.read_journal()[-500:]))
        return self

    def is_ready(self):
        if self.process.poll() is not None:
            raise RuntimeError("%s ended by itself: %s" % (self.name, self.read_journal()[-2000:]))
        try:
            self.connect().close()
            return True
        except (OSError, EOFError):
            return False

    def end(self, sig=signal.SIGTERM, seconds=20):
        """Ends the daemon and gives its exit code, negative when it was a signal."""
        self.process.send_signal(sig)
        return self.process.wait(seconds)

    def read_journal(self):
        if not os.path.exists(self.journal):
            return ""
        with open(self.journal, encoding="utf-8", errors="replace") as journal:
            return journal.read()

    def officer(self, role):
        for function, (uid, roles) in self.world.officers.items():
            if function == role or role in roles:
                return uid
        raise KeyError(role)

    def connect(self, role="admin"):
        return wire.Control(self.control, self.officer(role))

    def hotline(self, role, *words, stdin=""):
        """Runs the client as the officer with this role or function."""
        return run([self.world.hotline, "--socket", self.control, *words], self.officer(role), stdin)

    def must(self, role, *words, stdin=""):
        """The same where nothing but success will do. With --json: the document."""
        done = self.hotline(role, *words, stdin=stdin)
        if done.code != 0:
            raise RuntimeError("%s: hotline %s: %r" % (self.name, " ".join(map(str, words)), done))
        return done.json() if "--json" in words else done.out

    def status(self):
        return self.must("watch", "status", "--json")

    def peer(self, name):
        return next(peer for peer in self.status()["peers"] if peer["name"] == name)

    def messages(self, limit=1000):
        return self.must("watch", "list", "--json", "--limit", str(limit))

    def find(self, subject):
        return [message for message in self.messages() if message["subject"] == subject]

    def drafts(self):
        return self.must("watch", "draft", "list", "--json")

    def release(self, text, approvers=("releaser-1",)):
        """A draft file all the way to a message."""
        draft = self.must("drafter", "draft", "new", "--json", stdin=text)["draft"]
        for approver in approvers:
            self.must(approver if IS_ROOT else "releaser", "approve", draft)
        return self.must("releaser", "release", draft, "--json")

    def export(self, path):
        data = self.connect("auditor")
        try:
            with open(path, "wb") as out:
                out.write(data.export())
        finally:
            data.close()
        return path


class World:
    """names: the stations to make. programs: where hotlined and hotline were built, from the command line."""

    def __init__(self, names=(), officers=None, hotlined=None, hotline=None):
        if hotlined is None:
            hotlined, hotline = programs()
        self.directory = tempfile.mkdtemp(prefix="hotline-e2e-")
        os.chmod(self.directory, 0o755)
        self.officers = (officers or OFFICERS) if IS_ROOT else EVERY_ROLE
        self.hotlined, self.processes = hotlined, []
        # a copy that every officer can reach, wherever the build lies
        self.hotline = shutil.copy(hotline, os.path.join(self.directory, "hotline-client"))
        os.chmod(self.hotline, 0o755)
        self.stations = [Station(self, name) for name in names]

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait(20)
        if failure[0] is not None:
            for station in self.stations:
                print("# journal of %s:" % station.name)
                for line in station.read_journal().splitlines()[-15:]:
                    print("#   " + line)
        shutil.rmtree(self.directory, ignore_errors=True)

    def add(self, name, settings=""):
        self.stations.append(Station(self, name, settings))
        return self.stations[-1]

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        """A file that every officer can read."""
        data = text if isinstance(text, bytes) else text.encode()
        with open(self.path(name), "wb") as out:
            out.write(data)
        os.chmod(self.path(name), 0o644)
        return self.path(name)

    def start(self):
        """All stations made, started, enrolled with each other, linked."""
        for station in self.stations:
            station.make().start()
        for one in self.stations:
            for other in self.stations:
                if one is not other:
                    enrol(one, other)
        for one in self.stations:
            poll(lambda one=one: all(peer["link"] == "up" for peer in one.status()["peers"]), 40,
                 "link of %s to everyone" % one.name)
        return self.stations

    def troubles(self):
        """What the sanitizers and asserts left in the journals."""
        pattern = re.compile(r"AddressSanitizer|LeakSanitizer|runtime error|Assertion|event=failed")
        return [station.name + ": " + line for station in self.stations
                for line in station.read_journal().splitlines() if pattern.search(line)]


def enrol(giver, taker):
    """An offer of one station, accepted by the other."""
    offer = giver.must("admin", "contacts", "offer", taker.name)
    taker.must("admin", "contacts", "accept", "--unverified", "-", stdin=offer)


def programs():
    """The paths of hotlined and hotline: the first two arguments."""
    if len(sys.argv) < 3:
        sys.exit("usage: %s HOTLINED HOTLINE ..." % sys.argv[0])
    return os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])


def shifted(library, seconds):
    """An environment in which the clock on the wall is so many seconds off."""
    return dict(os.environ, LD_PRELOAD=library, HOTLINE_TEST_SHIFT_SECONDS=str(seconds),
                ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0")


def iso(seconds_ahead):
    """A time from now as a draft file has it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds_ahead))


# What each kind's form asks for, beyond addressee and language.
FORMS = {
    "alert": {"Status": "suspected", "Class": "availability", "Severity": "4", "Detected": "2026-01-02T03:04Z",
              "Ongoing": "yes", "Effects": "service lost", "Actions-Asked": "contact back", "Contact": "the watch"},
    "notice": {"Status": "confirmed", "Class": "malicious code", "Severity": "3 | national scale | orange"},
    "inquiry": {"Reply-By": "+", "": "Is this yours?"},
    "assist": {"Class": "intrusion", "Actions-Asked": "technical help", "Contact": "the watch", "Reply-By": "+"},
    "mitigate": {"Class": "availability", "Actions-Asked": "block traffic", "Contact": "the watch", "Reply-By": "+"},
    "answer": {"In-Reply-To": "?"},
    "hold": {"In-Reply-To": "?", "Next-Update": "+"},
    "decline": {"In-Reply-To": "?", "Decline-Reason": "legal"},
    "update": {"Supersedes": "!", "Status": "contained"},
    "correct": {"Supersedes": "!", "Correct-Reason": "error of fact"},
    "cancel": {"Supersedes": "!", "Correct-Reason": "sent in error"},
    "close": {"Incident": "new", "Status": "resolved"},
}


def draft(kind, to, subject="Subject", text="Text.", leave_out=None, **headers):
    """A draft file; header names with _ for -. leave_out: a mandatory line that is missing ("" is the text)."""
    lines = {"Kind": kind, "Precedence": "routine", "To": to, "Subject": subject, "Language": "en"}
    lines.update(FORMS.get(kind, {}))
    lines.update({name.replace("_", "-"): value for name, value in headers.items()})
    text = lines.pop("", text) if text == "Text." else text
    if leave_out is not None:
        lines.pop(leave_out, None)
        text = "" if leave_out == "" else text
    lines = {name: iso(3600) if value == "+" else value for name, value in lines.items()}
    return "".join("%s: %s\n" % line for line in lines.items() if line[1] is not None) + "\n" + text + "\n"
