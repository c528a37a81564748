#!/usr/bin/env python3
"""What the shells complete: verbs, second words, options; the table of verbs against the manual page."""
import os
import re
import shutil
import subprocess
import sys

from world import Tap, programs

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def complete(script, *words):
    """What bash offers for the last of the words."""
    quoted = " ".join("'%s'" % word for word in ("hotline",) + words)
    code = "%s\nCOMP_WORDS=(%s); COMP_CWORD=%d; _hotline; printf '%%s\\n' \"${COMPREPLY[@]}\"" % (script, quoted, len(words))
    done = subprocess.run(["bash", "--norc", "-c", code], capture_output=True, text=True, check=False, timeout=20)
    return done.stdout.split()


def main():
    tap = Tap()
    _, hotline = programs()
    scripts = {shell: subprocess.run([hotline, "completion", shell], capture_output=True, text=True, check=True).stdout
               for shell in ("bash", "zsh", "fish")}
    bash = scripts["bash"]
    tap.equal(complete(bash, "dec"), ["decline"], "bash completes a verb")
    tap.equal(complete(bash, "draft", "e"), ["edit"], "and its second word")
    tap.equal(complete(bash, "--socket", "/x", "draft", "d"), ["delete", "diff"], "behind options too")
    tap.equal(complete(bash, "ack", "NUMBER", "--und"), ["--understood"], "and the options of the verb")
    tap.equal(complete(bash, "check", "answer", "--a"), [], "of this verb and no other")
    tap.equal(complete(bash, "check", "--a"), ["--anyway"], "of this verb alone")
    for shell in ("zsh", "fish"):
        if shutil.which(shell) is None:
            tap.skip("what %s reads is well formed" % shell, "%s is not installed" % shell)
            continue
        done = subprocess.run([shell, "-n", "/dev/stdin"], input=scripts[shell], capture_output=True, text=True, check=False)
        tap.ok(done.returncode == 0, "what %s reads is well formed" % shell, done.stderr)
    refused = subprocess.run([hotline, "completion", "csh"], capture_output=True, text=True, check=False)
    tap.ok(refused.returncode == 2 and "bash, zsh or fish" in refused.stderr, "another shell is refused")
    with open(os.path.join(ROOT, "deploy", "man", "hotline.1.scd"), encoding="utf-8") as file:
        page = file.read()
    verbs = re.findall(r'^\t" ([a-z -]+)"\*\) options="([^"]*)"', bash, re.M)
    missing = [verb for verb, _ in verbs if "*%s*" % verb not in page]
    tap.equal(missing, [], "hotline(1) has every verb")
    missing = sorted({option for _, options in verbs for option in options.split() if option not in page})
    tap.equal(missing, [], "and every option")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
