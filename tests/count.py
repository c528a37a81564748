#!/usr/bin/python3
"""Counts what meson's tests did, from the JSON log: TAP cases one by one, other programs as one case each.

A program that crashed, timed out, or promised more cases than it ran counts as one more failure. Exit code 1 when
anything failed or nothing ran. `count.py --self-test` shows that the counting can fail."""

import json
import re
import sys

CASE = re.compile(r"^(not )?ok\b(.*)$")
SKIP = re.compile(r"#\s*skip", re.IGNORECASE)


def count(program):
    """passed, failed, skipped, and what is to be said about a program's run"""
    passed, failed, skipped, said = 0, 0, 0, []
    for line in program.get("stdout", "").split("\n"):
        case = CASE.match(line)
        if case and case.group(1):
            failed += 1
            said.append(line)
        elif said and line.startswith("#"):  # what a failed case has to say
            said.append(line)
        elif case and SKIP.search(case.group(2)):
            skipped += 1
        elif case:
            passed += 1
    result = program["result"]
    if result == "SKIP" and passed + failed + skipped == 0:
        skipped = 1
    elif result == "OK" and passed + failed + skipped == 0:
        passed = 1
    elif result not in ("OK", "SKIP") and failed == 0:
        failed = 1
        said.append(f"the program itself: {result}, exit code {program.get('returncode')}")
    return passed, failed, skipped, said


def self_test():
    tap = "1..2\nok 1 - a\nnot ok 2 - b\n"
    for program, wanted in [
        ({"result": "OK", "stdout": "1..2\nok 1 - a\nok 2 - b\n"}, (2, 0, 0)),
        ({"result": "FAIL", "stdout": tap, "returncode": 1}, (1, 1, 0)),
        ({"result": "OK", "stdout": "ok 1 - a # SKIP no tmux\nok 2\n"}, (1, 0, 1)),
        ({"result": "ERROR", "stdout": "1..3\nok 1\nok 2\n", "returncode": -6}, (2, 1, 0)),
        ({"result": "TIMEOUT", "stdout": "", "returncode": -15}, (0, 1, 0)),
        ({"result": "FAIL", "returncode": 1}, (0, 1, 0)),
        ({"result": "OK"}, (1, 0, 0)),
        ({"result": "SKIP", "returncode": 77}, (0, 0, 1)),
    ]:
        assert count(program)[:3] == wanted, (program, count(program))


def main():
    self_test()
    if sys.argv[1] == "--self-test":
        return 0
    passed = failed = skipped = 0
    with open(sys.argv[1], encoding="utf-8") as log:
        for program in map(json.loads, log):
            of = count(program)
            passed, failed, skipped = passed + of[0], failed + of[1], skipped + of[2]
            if of[3]:
                print(f"--- {program['name']}")
                print("\n".join(of[3]))
                print(program.get("stderr", "")[-6000:])
    if skipped:
        print(f"{skipped} skipped")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
