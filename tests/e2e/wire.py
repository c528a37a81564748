"""
The control socket as a test speaks it: MessagePack in the strict profile, calls and events (proto/control.h), and the
headers and contents that drafts are made of (proto/message.h).
"""
import os
import re
import socket
import struct

KIND_NOTICE = 2
ROUTINE, PRIORITY, IMMEDIATE, FLASH = range(4)
FIELD_STATUS, FIELD_CLASS, FIELD_SEVERITY = 1, 2, 3
CLOSED = (ConnectionError, BrokenPipeError, EOFError)
CONTROL_H = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "proto", "control.h")


def control_version():
    """What `hello` says, from the header that daemon and client are built with."""
    with open(CONTROL_H, encoding="utf-8") as header:
        return int(re.search(r"^#define CONTROL_VERSION (\d+)$", header.read(), re.MULTILINE)[1])


def head(length, fix, fix_max, codes):
    """The shortest head of a string, bin or array."""
    if length <= fix_max:
        return bytes([fix | length])
    for code, form, limit in codes:
        if code is not None and length < limit:
            return bytes([code]) + struct.pack(form, length)
    raise ValueError(length)


def pack_int(value):
    """The shortest form: unsigned when not negative."""
    if -32 <= value < 128:
        return struct.pack("b", value) if value < 0 else bytes([value])
    rows = ((0xCC, ">B"), (0xCD, ">H"), (0xCE, ">I"), (0xCF, ">Q"))
    if value < 0:
        rows = ((0xD0, ">b"), (0xD1, ">h"), (0xD2, ">i"), (0xD3, ">q"))
    for code, form in rows:
        try:
            return bytes([code]) + struct.pack(form, value)
        except struct.error:
            continue
    raise ValueError(value)


def pack(value):
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return pack_int(value)
    if isinstance(value, str):
        text = value.encode()
        return head(len(text), 0xA0, 31, ((0xD9, ">B", 1 << 8), (0xDA, ">H", 1 << 16), (0xDB, ">I", 1 << 32))) + text
    if isinstance(value, bytes):
        return head(len(value), 0, -1, ((0xC4, ">B", 1 << 8), (0xC5, ">H", 1 << 16), (0xC6, ">I", 1 << 32))) + value
    items = b"".join(pack(item) for item in value)
    return head(len(value), 0x90, 15, ((None, "", 0), (0xDC, ">H", 1 << 16), (0xDD, ">I", 1 << 32))) + items


NUMBERS = {0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}
LENGTHS = {0xD9: ">B", 0xDA: ">H", 0xDB: ">I", 0xC4: ">B", 0xC5: ">H", 0xC6: ">I", 0xDC: ">H", 0xDD: ">I"}


def unpack(data, at=0):
    """The value at `at`, and where it ends."""
    code = data[at]
    if code < 0x80 or code >= 0xE0:
        return (code if code < 0x80 else code - 0x100), at + 1
    if code in (0xC2, 0xC3):
        return code == 0xC3, at + 1
    if code in NUMBERS:
        form = NUMBERS[code]
        return struct.unpack_from(form, data, at + 1)[0], at + 1 + struct.calcsize(form)
    if 0x90 <= code < 0xC0:
        count, at = code & (0x0F if code < 0xA0 else 0x1F), at + 1
    elif code in LENGTHS:
        count = struct.unpack_from(LENGTHS[code], data, at + 1)[0]
        at += 1 + struct.calcsize(LENGTHS[code])
    else:
        raise ValueError("no MessagePack of the strict profile: 0x%02x" % code)
    if 0x90 <= code < 0xA0 or code in (0xDC, 0xDD):
        items = []
        for _ in range(count):
            item, at = unpack(data, at)
            items.append(item)
        return items, at
    raw = bytes(data[at:at + count])
    return (raw if code in (0xC4, 0xC5, 0xC6) else raw.decode()), at + count


class Refused(Exception):
    """The daemon's answer was an error: a code and a sentence."""

    def __init__(self, code, sentence):
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


class Control:
    """One client of the control socket. Calls may be sent ahead of their answers; events are kept in `events`."""

    def __init__(self, path, uid, seconds=20):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(seconds)
        self.buffer, self.events, self.next_id = bytearray(), [], 1
        try:
            connect_as(self.socket, path, uid)
            self.call("hello", control_version())
        except BaseException:
            self.socket.close()
            raise

    def send(self, method, *params):
        number, self.next_id = self.next_id, self.next_id + 1
        body = pack([0, number, method, list(params)])
        self.socket.sendall(struct.pack(">I", len(body)) + body)
        return number

    def message(self):
        """The next whole message; raises socket.timeout, or EOFError when the daemon is gone."""
        while len(self.buffer) < 4 or len(self.buffer) < 4 + struct.unpack_from(">I", self.buffer)[0]:
            more = self.socket.recv(1 << 16)
            if not more:
                raise EOFError("the daemon closed the control socket")
            self.buffer += more
        end = 4 + struct.unpack_from(">I", self.buffer)[0]
        value, _ = unpack(self.buffer, 4)
        del self.buffer[:end]
        return value

    def answer(self, number):
        while True:
            value = self.message()
            if value[0] == 2:
                self.events.append(value[2])
                continue
            if value[1] != number:
                raise ValueError("answer %d where %d is due" % (value[1], number))
            if value[2]:
                raise Refused(*value[2])
            return value[3]

    def call(self, method, *params):
        return self.answer(self.send(method, *params))

    def export(self):
        """The record as bytes."""
        self.events = []
        self.call("log.export", "", b"", 0, 0, False, [])
        return b"".join(event[0] for event in self.events)

    def close(self):
        self.socket.close()


def connect_as(sock, path, uid):
    """SO_PEERCRED tells the daemon the effective uid at connect()."""
    own = os.geteuid()
    if uid == own:
        sock.connect(path)
        return
    os.seteuid(uid)
    try:
        sock.connect(path)
    finally:
        os.seteuid(own)


def header(kind, own, action, info=(), precedence=ROUTINE, reply_by=0, in_reply_to=b"", exercise=""):
    """A message body not yet released."""
    return pack([[0, 0], kind, exercise, own, sorted(action), sorted(info), precedence, 0, 0, "", [], b"", in_reply_to,
                 b"", reply_by, 0, 0, True, [], 0, bytes(32), []])


def content(subject, text, fields=()):
    return pack([bytes(16), subject, "en", text, [], [list(field) for field in sorted(fields)], [], "", []])


NOTICE_FIELDS = [(FIELD_STATUS, 2), (FIELD_CLASS, 2), (FIELD_SEVERITY, [3, "", ""])]


def notice(own, action, subject, text, precedence=ROUTINE):
    """Header and content of a notice, ready for draft.new."""
    return header(KIND_NOTICE, own, action, precedence=precedence), content(subject, text, NOTICE_FIELDS)


def export_arrays(data):
    """The arrays of an export, in order."""
    at, arrays = 0, []
    while at < len(data):
        array, at = unpack(data, at)
        arrays.append(array)
    return arrays
