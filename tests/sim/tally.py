#!/usr/bin/python3
"""Adds up what storms counted: the "# tally" lines of any number of logs, as a table. usage: tally.py LOG..."""

import re
import sys


def main():
    counts, broken = {}, []
    for path in sys.argv[1:]:
        for line in open(path, errors="replace"):
            match = re.match(r"# tally (\d+) (.*)", line)
            if match:
                number, name = int(match.group(1)), match.group(2)
                add = max if name.startswith("most ") else int.__add__
                counts[name] = add(counts.get(name, 0), number)
            elif re.match(r"# seed \d+ (broke|ended|is not)", line):
                broken.append(line[2:].strip())
    for name, number in counts.items():
        print(f"| {name} | {number:,} |")
    for line in broken:
        print(line)
    return 1 if 0 in counts.values() else 0


if __name__ == "__main__":
    sys.exit(main())
