"""
One fault in one run of the daemon, made by strace at the n-th call of one system call: the process is killed, or the call
fails. The log that strace writes tells what the daemon did after it.
"""
import collections
import os
import re
import shutil

# What fails with what. Reads are with them: a row that can't be read must not pass for one that is not there.
ERRORS = {
    "write": ("ENOSPC", "EIO"),
    "pwrite64": ("ENOSPC", "EIO"),
    "ftruncate": ("ENOSPC", "EIO"),
    "fallocate": ("ENOSPC", "EIO"),
    "rename": ("ENOSPC", "EIO"),
    "unlink": ("EIO",),
    "fsync": ("EIO", "ENOSPC"),
    "fdatasync": ("EIO", "ENOSPC"),
    "pread64": ("EIO",),
}
SYNCS = ("fsync", "fdatasync")
SAYS = ("sendto", "sendmsg", "write", "writev")
TALKS = ("sendto", "recvfrom", "epoll_wait", "accept4")
CALL = re.compile(r"^(\w+)\(")
TARGET = re.compile(r"^\w+\((?:\d+<([^>]*)>|\"([^\"]*)\")")

# call: of a system call; number: which of its calls, from 1; error: None to kill.
Fault = collections.namedtuple("Fault", "call number error")


def is_here():
    return shutil.which("strace") is not None


def counting(log):
    """The words before a command that log every system call. The process keeps the pid that its parent knows."""
    return ["strace", "-D", "-qq", "-y", "-o", log]


def injecting(log, fault):
    if fault.error is None:
        how, traced = "signal=KILL", fault.call
    else:
        how, traced = "error=" + fault.error, ",".join(sorted({fault.call, *SYNCS, *SAYS}))
    return counting(log) + ["-e", "trace=" + traced, "-e", "signal=none",
                            "-e", "inject=%s:%s:when=%d" % (fault.call, how, fault.number)]


def counts(log):
    """How often each system call was made."""
    found = collections.Counter()
    with open(log, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            match = CALL.match(line)
            if match:
                found[match.group(1)] += 1
    return found


class Aftermath:
    """What the log says of an injected error: the file it hit (None: not reached), and what came after."""

    def __init__(self, log, directory):
        self.target, self.sentences = None, []
        with open(log, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if self.target is not None:
                    self.look(line, directory)
                elif "(INJECTED)" in line:
                    match = TARGET.match(line)
                    self.target = (match.group(1) or match.group(2) or "") if match else ""

    def look(self, line, directory):
        call = CALL.match(line)
        target = TARGET.match(line)
        path = target.group(1) or "" if target else ""
        if call is None:
            return
        if call.group(1) in SYNCS:
            self.sentences.append("an fsync after the failure: " + line.strip()[:200])
        elif call.group(1) in SAYS and path.startswith(("socket:", "UNIX", "TCP")):
            self.sentences.append("something said after the failure: " + line.strip()[:200])
        elif call.group(1) in SAYS and path.startswith(directory) and not path.endswith("/journal"):
            self.sentences.append("something written after the failure: " + line.strip()[:200])


def is_of_station(path, directory):
    """Whether a file is part of what a station must not go on without."""
    name = os.path.relpath(path, directory) if path.startswith(directory) else ""
    return name in ("store", "store-wal", "store-journal") or name.startswith("keys")
