#!/usr/bin/env python3
"""Drafts in an editor: what is typed becomes the draft, what is refused stays, and what was said before is shown."""
import os
import re
import sys

from world import Tap, World, draft, run


def edit(world, station, number, script):
    """hotline draft edit with a shell script as the editor, which gets the file as $1."""
    path = world.write("editor", "#!/bin/sh\n" + script)
    os.chmod(path, 0o755)
    kept = world.path("kept")  # what the client leaves of a file that was refused
    os.makedirs(kept, exist_ok=True)
    os.chmod(kept, 0o777)
    env = dict(os.environ, VISUAL=path, XDG_RUNTIME_DIR=kept, HOME=world.directory)
    return run([world.hotline, "--socket", station.control, "draft", "edit", number], station.officer("drafter"), env=env)


def main():
    tap = Tap()
    with World(["tha-cert", "vnm-cert"]) as world:
        tha, _ = world.start()
        number = tha.must("drafter", "draft", "new", "--json", stdin=draft("notice", "vnm-cert", subject="First"))["draft"]
        done = edit(world, tha, number, "sed -i 's/^Subject: First/Subject: Đợt hai/' \"$1\"\n")
        tap.ok(done.code == 0, "a draft is changed in an editor", done)
        text = tha.must("drafter", "draft", "show", number)
        tap.ok("Subject: Đợt hai\n" in text, "as the editor left it", text)
        done = edit(world, tha, number, "true\n")
        tap.ok(done.code == 0 and "as it was" in done.out, "an editor that changes nothing changes nothing", done)
        diff = tha.must("drafter", "draft", "diff", number)
        tap.ok("- Subject: First\n" in diff and "+ Subject: Đợt hai\n" in diff and "  Kind: notice\n" in diff
               and "--- version 1, " in diff, "diff shows what changed since the last version", diff)
        done = edit(world, tha, number, "sed -i '1i Colour: red' \"$1\"\n")
        tap.ok(done.code == 1 and re.search(r":1: there is no header \"Colour\"", done.err),
               "a file with an unknown header line names the line", done)
        path = re.search(r"what was typed is in (\S+)", done.err)
        tap.ok(path and "Colour: red" in open(path.group(1), encoding="utf-8").read(), "and what was typed is kept", done)
        if path:
            os.unlink(path.group(1))
        tap.ok("Subject: Đợt hai\n" in tha.must("drafter", "draft", "show", number), "the draft is as it was")
        done = tha.hotline("drafter", "draft", "diff", number, "9")
        tap.ok(done.code == 1 and "no such version" in done.err, "a version that is not there is said", done)
        done = edit(world, tha, number, "exit 3\n")
        tap.ok(done.code == 1 and "failed" in done.err, "an editor that fails is said", done)
        done = edit(world, tha, number, "head -c 1100000 /dev/zero | tr '\\0' x >> \"$1\"\n")
        path = re.search(r"what was typed is in (\S+)", done.err)
        tap.ok(done.code == 1 and "can't be read" in done.err and path and os.path.getsize(path.group(1)) > 1100000,
               "a file too long to be a draft is refused, and kept", done)
        if path:
            os.unlink(path.group(1))
        done = edit(world, tha, number, "rm \"$1\"\n")
        tap.ok(done.code == 1 and "can't be read" in done.err, "an editor that leaves no file is said", done)
        tap.equal(world.troubles(), [], "no sanitizer had anything to say")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
