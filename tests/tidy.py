#!/usr/bin/python3
"""The style as a test: layers, libraries behind their doors, lengths, opening comments. Prints TAP.

The rules are functions from a path and a text to complaints; each is first shown a snippet that breaks it."""

import os
import re
import sys

FUNCTION_LINES = 70
FILE_LINES = 400

# A file may include what lies on its own layer or below: client -> proto, and in the daemon edges -> core -> store -> proto.
LAYERS = [
    ("proto", re.compile(r"proto/"), {"proto"}),
    ("lang", re.compile(r"client/(lang|catalogue|format_args)\."), {"lang", "proto"}),
    ("audit", re.compile(r"client/audit/"), {"audit", "lang", "proto"}),
    ("client", re.compile(r"client/"), {"client", "audit", "lang", "proto"}),
    ("store", re.compile(r"daemon/(store|random\.h)|schema\.inc$"), {"store", "proto"}),
    ("edges", re.compile(r"daemon/(uv_|main\.c|secret\.|log\.)"), {"edges", "core", "store", "proto"}),
    ("core", re.compile(r"daemon/"), {"core", "store", "proto"}),
]

# The only places where a library is spoken to.
DOORS = {
    "uv.h": re.compile(r"daemon/uv_"),
    "sqlite3.h": re.compile(r"daemon/store"),
    "sodium.h": re.compile(r"proto/|(daemon|client)/secret\.c$"),
    "msgpack.h": re.compile(r"proto/pack(_[a-z]+)?\.c$"),
    "confuse.h": re.compile(r"(daemon/config|client/settings)\.c$"),
    "jansson.h": re.compile(r"client/json"),
    "ncurses.h": re.compile(r"client/board/term\.c$"),
    "thai/thwbrk.h": re.compile(r"client/cells_break\.c$"),
}
# What the layers without I/O must not even see.
NO_IO = re.compile(r"(sys/socket|sys/un|netinet/.*|netdb|poll|sys/epoll|fcntl|unistd|pthread|sys/timex)\.h$")
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:<([^>]+)>|"([^"]+)")')
WORKING_NOTE = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


def is_product(path):
    return path.split("/")[0] in ("proto", "daemon", "client")


def layer_of(path):
    for name, pattern, below in LAYERS:
        if pattern.match(path):
            return name, below
    return None, set()


def includes(text):
    for number, line in enumerate(text.split("\n"), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1), match.group(2)


def layers(path, text):
    """includes point only downward, and are written from the root"""
    own, below = layer_of(path)
    for number, _, local in includes(text):
        if local is None or own is None:
            continue
        target, _ = layer_of(local)
        if target is None:
            yield f"{path}:{number}: \"{local}\" is not written from the repository root"
        elif target not in below:
            yield f"{path}:{number}: {own} includes {local}, which lies above it"


def doors(path, text):
    """each library is spoken to in its one place"""
    if not is_product(path):
        return
    for number, system, local in includes(text):
        name = system or local
        head = "msgpack.h" if name.startswith("msgpack") else name
        if head in DOORS and not DOORS[head].match(path):
            yield f"{path}:{number}: {name} may be included in {DOORS[head].pattern} only"


def no_io(path, text):
    """proto and the core see no socket, file or thread"""
    if layer_of(path)[0] not in ("proto", "core"):
        return
    for number, system, _ in includes(text):
        if system and NO_IO.match(system):
            yield f"{path}:{number}: {system} in a layer that does no I/O"


def function_lengths(path, text):
    """no function is longer than 70 lines"""
    start = None
    for number, line in enumerate(text.split("\n"), 1):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            if number - start + 1 > FUNCTION_LINES:
                yield f"{path}:{start}: a function of {number - start + 1} lines"
            start = None


def file_lengths(path, text):
    """no source file is longer than 400 lines"""
    lines = text.count("\n")
    if is_product(path) and path.endswith(".c") and lines > FILE_LINES:
        yield f"{path}: {lines} lines, at most {FILE_LINES}"


def working_notes(path, text):
    """nothing is left to be done in a comment"""
    for number, line in enumerate(text.split("\n"), 1):
        if WORKING_NOTE.search(line):
            yield f"{path}:{number}: a note to oneself"


def opening_comment(path, text):
    """every source says first what it is for"""
    if path.endswith((".c", ".h")) and not text.startswith("/*"):
        yield f"{path}:1: no opening comment"


def line_ends(path, text):
    """no line ends in blanks"""
    if not path.endswith((".c", ".h")):
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip():
            yield f"{path}:{number}: blanks at the end of the line"


PATH = re.compile(r"`((?:proto|daemon|client|tests|deploy)/[\w./-]*\w)`")
CLAIM = re.compile(r"`(\w+_\w+_\w+_\w+)`")


def readme(text, paths, tests):
    """README names no file and no test that is not there"""
    for number, line in enumerate(text.split("\n"), 1):
        for path in PATH.findall(line):
            if not any(known == path or known.startswith(path + "/") for known in paths):
                yield f"README.md:{number}: there is no {path}"
        for claim in CLAIM.findall(line):
            if f"TEST({claim})" not in tests:
                yield f"README.md:{number}: there is no test {claim}"


# Each rule with a file that breaks it and one that does not.
RULES = [
    (layers, ("daemon/store_log.c", '#include "daemon/core.h"\n'), ("daemon/core.h", '#include "daemon/store.h"\n')),
    (layers, ("daemon/inbox.c", '#include "daemon/uv_loop.h"\n'), ("daemon/uv_net.c", '#include "daemon/uv_loop.h"\n')),
    (layers, ("proto/pack.c", '#include "client/safe.h"\n'), ("client/safe.c", '#include "proto/pack.h"\n')),
    (layers, ("client/show.c", '#include "daemon/log.h"\n'), ("client/show.c", '#include "client/audit/verify.h"\n')),
    (layers, ("client/audit/tally.c", '#include "client/say.h"\n'), ("client/audit/a.c", '#include "proto/leaf.h"\n')),
    (layers, ("proto/pack.c", '#include "pack.h"\n'), ("proto/pack.c", '#include "proto/pack.h"\n')),
    (doors, ("daemon/conn.c", "#include <uv.h>\n"), ("daemon/uv_net.c", "#include <uv.h>\n")),
    (doors, ("daemon/track.c", "#include <sqlite3.h>\n"), ("daemon/store.c", "#include <sqlite3.h>\n")),
    (doors, ("client/show.c", "#include <sodium.h>\n"), ("client/secret.c", "#include <sodium.h>\n")),
    (doors, ("proto/frame.c", "#include <msgpack/pack.h>\n"), ("proto/pack.c", "#include <msgpack.h>\n")),
    (no_io, ("daemon/inbox.c", "#include <sys/socket.h>\n"), ("daemon/uv_net.c", "#include <sys/socket.h>\n")),
    (function_lengths, ("a.c", "int f(void)\n{\n" + "\tg();\n" * 69 + "}\n"), ("a.c", "int f(void)\n{\n" + "\tg();\n" * 68 + "}\n")),
    (file_lengths, ("proto/a.c", "\n" * 401), ("proto/a.c", "\n" * 400)),
    (working_notes, ("a.c", "/* FIX" + "ME */\n"), ("a.c", "/* fixed */\n")),
    (opening_comment, ("a.h", "#ifndef A\n"), ("a.h", "/* What a is. */\n")),
    (line_ends, ("a.c", "x; \n"), ("a.c", "\tx;\n")),
]


def sources(root):
    for folder in ("proto", "daemon", "client", "tests", "deploy", ".ci"):
        for where, folders, names in os.walk(os.path.join(root, folder)):
            folders[:] = sorted(name for name in folders if name not in ("vectors", "__pycache__"))
            for name in sorted(names):
                path = os.path.relpath(os.path.join(where, name), root)
                with open(os.path.join(root, path), "rb") as file:
                    content = file.read()
                if name.endswith((".c", ".h", ".sql", ".py", ".scd", ".build")) or content.startswith(b"#!"):
                    yield path, content.decode()


def paths_of(root):
    for where, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(("build", "."))]
        yield from (os.path.relpath(os.path.join(where, name), root) for name in names)


def main():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    cases = []
    for rule, (bad_path, bad), (good_path, good) in RULES:
        is_good = len(list(rule(bad_path, bad))) == 1 and not list(rule(good_path, good))
        cases.append((f"{rule.__name__} catches what breaks it in {bad_path}", [] if is_good else ["it does not"]))
    is_good = list(readme("`daemon/b.c` `a_b_c_d`", ["daemon/a.c"], "TEST(a_b)")) and not list(
        readme("`daemon/a.c` `daemon` `tests/unit` `a_b_c_d`", ["daemon/a.c", "tests/unit/t.c"], "TEST(a_b_c_d)"))
    cases.append(("readme catches what is not there", [] if is_good else ["it does not"]))
    files = list(sources(root))
    cases.append(("the tree is found", [] if sum(is_product(path) for path, _ in files) > 100 else ["too few files"]))
    for rule in dict.fromkeys(rule for rule, _, _ in RULES):
        cases.append((rule.__doc__, [complaint for path, text in files for complaint in rule(path, text)]))
    with open(os.path.join(root, "README.md"), encoding="utf-8") as file:
        tests = "".join(text for path, text in files if path.startswith("tests/"))
        cases.append((readme.__doc__, list(readme(file.read(), list(paths_of(root)), tests))))
    print(f"1..{len(cases)}")
    for number, (claim, complaints) in enumerate(cases, 1):
        print("ok" if not complaints else "not ok", number, "-", claim)
        for complaint in complaints:
            print("#", complaint)
    return any(complaints for _, complaints in cases)


if __name__ == "__main__":
    sys.exit(main())
