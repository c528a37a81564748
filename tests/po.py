#!/usr/bin/python3
"""The catalogues: complete, true to the source, with the fixed terms. Prints TAP."""

import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PO = os.path.join(ROOT, "client", "po")

# The fixed terms: what a translation of a text with this word has to contain.
TERMS = {
    "th": {"in custody": "ระบบ", "acknowledged": "ตอบรับทราบ", "exercise": "การฝึก", "flash": "ด่วนที่สุดพิเศษ",
           "immediate": "ด่วนที่สุด", "priority": "ด่วนมาก", "routine": "ปกติ", "shown": "แสดงต่อเวรแล้ว",
           "hold": "ขอเวลา กำลังดำเนินการ", "decline": "แจ้งว่าจะไม่ตอบ", "in custody, not opened": "ระบบได้รับไว้แล้ว"},
    "vi": {"in custody": "hệ thống đã nhận", "acknowledged": "cán bộ đã xác nhận", "exercise": "diễn tập", "flash": "hỏa tốc",
           "immediate": "thượng khẩn", "priority": "khẩn", "routine": "thường", "shown": "đã hiển thị cho trực ban",
           "hold": "đang xử lý, hẹn giờ trả lời", "decline": "thông báo không trả lời",
           "in custody, not opened": "hệ thống đã nhận"},
}


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def read(path):
    """msgid to msgstr"""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    found = {}
    for block in re.split(r"\n\n+", text):
        parts = {}
        for name, value in re.findall(r'^(msgid|msgid_plural|msgstr(?:\[0\])?) ((?:"(?:[^"\\]|\\.)*"\n?)+)', block, re.M):
            parts[name] = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', value))
        if parts.get("msgid"):
            found[parts["msgid"]] = parts.get("msgstr", parts.get("msgstr[0]", ""))
    return found


SAYS = re.compile(r"\b(core_refuse|core_notify|core_fault|core_behind|add_sentence|warn|tell)\(")


def unmarked():
    """What hotlined says that xgettext does not find: all but the first of several texts, and an event's detail, need N_()."""
    found = []
    paths = [os.path.join(ROOT, "daemon", name) for name in sorted(os.listdir(os.path.join(ROOT, "daemon"))) if name.endswith(".c")]
    for path in paths:
        with open(path, encoding="utf-8") as file:
            source = file.read()
        for call in SAYS.finditer(source):
            said = source[call.end():source.index(";\n", call.end())]
            said = re.sub(r'N_\(("[^"]*"\s*)+\)', "N", re.sub(r'\\"', "'", said))
            if re.search(r'[?:]\s*"[^"]* ', said) or (call[1] == "core_notify" and re.search(r',\s*"[^"]+"\)$', said)):
                found.append(os.path.basename(path) + ": " + said[:100])
    return found


def template():
    """The template as the source would make it now."""
    with tempfile.TemporaryDirectory() as directory:
        for name in ("client", "daemon", "proto"):
            run("cp", "-r", os.path.join(ROOT, name), directory)
        made = run("bash", os.path.join(directory, "client", "po", "update"))
        return made, read(os.path.join(directory, "client", "po", "hotline.pot"))


def main():
    number = failed = 0

    def ok(is_good, name, why=""):
        nonlocal number, failed
        number += 1
        failed += not is_good
        print(f"{'ok' if is_good else 'not ok'} {number} - {name}")
        if not is_good:
            print("# " + str(why)[:600])

    made, fresh = template()
    ok(made.returncode == 0, "the template can be made", made.stderr)
    kept = read(os.path.join(PO, "hotline.pot"))
    ok(fresh.keys() == kept.keys(), "the template has every text of the source, and no other: client/po/update makes it",
       sorted(fresh.keys() ^ kept.keys()))
    ok(not unmarked(), "all that hotlined says is marked for the catalogues", unmarked())
    for language, terms in TERMS.items():
        path = os.path.join(PO, language + ".po")
        checked = run("msgfmt", "-c", "-o", os.devnull, path)
        errors = [line for line in checked.stderr.splitlines() if "missing in header" not in line]
        ok(checked.returncode == 0 and not errors, f"{language}: formats take the arguments of the original", errors)
        catalogue = read(path)
        missing = [text for text in kept if not catalogue.get(text)]
        ok(not missing, f"{language}: every text is translated", missing)
        with open(path, encoding="utf-8") as file:
            ok("fuzzy" not in file.read(), f"{language}: nothing is guessed")
        wrong = [term for term, word in terms.items() if term in catalogue and word not in catalogue[term]]
        ok(not wrong and len(terms.keys() & catalogue.keys()) == len(terms), f"{language}: the fixed terms are used",
           wrong or terms.keys() - catalogue.keys())
        ends = [text for text, other in catalogue.items() if other and
                (len(text) - len(text.rstrip(" ")), text.endswith("\\n")) !=
                (len(other) - len(other.rstrip(" ")), other.endswith("\\n"))]
        ok(not ends, f"{language}: blanks and line ends stand where they stood", ends)
    print(f"1..{number}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
