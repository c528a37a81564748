"""Names, signed objects, notes and trees as sections 1, 5 and 6 of proto/SPEC.md have them."""
import base64
import binascii
import hashlib
import re

import nacl.bindings
import nacl.exceptions

from strict import (Bad, array, binary, boolean, depth_of, extension, need, optional, read, text, time, uint)

GROUPS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
ENDPOINT = re.compile(r"([0-9A-Za-z.-]+|\[[0-9A-Za-z.:]+\]):([1-9][0-9]{0,4})\Z")
KINDS = range(1, 15)
UPDATE, CANCEL = 9, 11
CUSTODY, SHOWN, ACKNOWLEDGED, REFUSED = 1, 2, 3, 4


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def name(value):
    value = text(value, 32)
    need(len(value) >= 3 and GROUPS.match(value) and "-" in value, "a contact point's name is malformed")
    return value


def state(value):
    need(re.match(r"[a-z0-9]{2,8}\Z", text(value)), "a state is malformed")
    return value


def function(value):
    need(GROUPS.match(text(value, 32)), "a function name is malformed")
    return value


def public_key(value):
    need(nacl.bindings.crypto_core_ed25519_is_valid_point(binary(value, 32)), "a key is unfit")
    return value


def verify(key, signed, signature):
    try:
        nacl.bindings.crypto_sign_open(signature + signed, key)
        return True
    except (nacl.exceptions.BadSignatureError, ValueError):
        return False


class Object:
    """[type, body, signature] and what its body says."""

    def __init__(self, encoded):
        need(len(encoded) <= 32 * 1024, "an object is over its limit")
        self.encoded, self.id = encoded, sha256(encoded)
        kind, self.body, self.signature = array(read(encoded), 3)
        self.type = text(kind)
        binary(self.body)
        binary(self.signature, 64)
        self.mode = "exercise" if self.type.endswith("-exercise") else "real"
        self.family = self.type.removesuffix("-exercise")
        need(self.type in ("card", "revocation", "offer") or self.family in ("message", "receipt", "copy"),
             "an object of a newer type")

    def signed_by(self, key):
        return verify(key, b"hotline/1/" + self.type.encode() + b"\0" + self.body, self.signature)


def names(value, most):
    """Ascending, none twice."""
    found = [name(element) for element in array(value, most=most)]
    need(all(a.encode() < b.encode() for a, b in zip(found, found[1:])), "names are not in order")
    return found


class Message:
    def __init__(self, thing):
        row = array(read(thing.body), 22)
        self.year, self.digits = uint(array(row[0], 2)[0], 9999, 1970), uint(row[0][1], 999999)
        self.kind = uint(row[1])
        need(self.kind in KINDS, "a message of a newer kind")
        self.exercise, self.sender = text(row[2], 64), name(row[3])
        self.action, self.info, self.ladder = names(row[4], 192), names(row[5], 192), names(row[18], 8)
        every = self.action + self.info + self.ladder + [self.sender]
        need(self.action and len(self.action) + len(self.info) <= 192, "no addressee, or too many")
        need(len(set(every)) == len(every), "a name stands in a message twice")
        uint(row[6], 3)
        self.at, self.clock_error = time(row[7], 1), uint(row[8], 2 ** 32 - 1)
        function(row[9])
        for releaser in array(row[10], most=8):
            function(releaser)
        optional(row[11], 16)
        self.in_reply_to, self.supersedes = optional(row[12], 32), optional(row[13], 32)
        time(row[14], 0), time(row[15], 0), uint(row[16], 4), boolean(row[17])
        self.serial, self.content_hash = uint(row[19]), binary(row[20], 32)
        extension(row[21])
        need((self.exercise != "") == (thing.mode == "exercise"), "a message's type and mode disagree")

    def names(self, whom):
        return whom in self.action or whom in self.info

    def number(self):
        return "%d-%03d %03d" % (self.year, self.digits // 1000, self.digits % 1000)


NUMBER_FIELDS, LIST_FIELDS, STATE_FIELDS = {1, 2, 7, 11, 12, 14, 15, 19, 21, 22, 27, 29, 32, 33}, {8, 16, 17, 18}, {9, 10}
TIME_FIELDS, TEXT_FIELDS = {4, 5, 6, 24}, {13, 23, 25, 26}


def check_field(code, value):
    """The type that the table of 5.1 gives a known field."""
    if code in NUMBER_FIELDS:
        uint(value)
    elif code in TIME_FIELDS:
        time(value)
    elif code in TEXT_FIELDS:
        text(value)
    elif code in LIST_FIELDS:
        for element in array(value, most=256):
            uint(element)
    elif code in STATE_FIELDS:
        for element in array(value, most=256):
            state(element)
    elif code == 3:
        uint(array(value, 3)[0], 5), text(value[1]), text(value[2])
    elif code == 20:
        uint(array(value, 2)[0]), time(value[1])
    elif code == 28:
        need(all(text(word, 64) for word in array(value, most=8)) and value, "an empty word")
    elif code == 30:
        for stage, at in (array(row, 2) for row in array(value, most=256)):
            uint(stage), time(at)
    else:
        need(depth_of(value) <= 2, "an unknown field is too deep")


def check_content(encoded):
    row, last, total = array(read(encoded), 9), 0, 0
    binary(row[0], 16), text(row[1], characters=80), text(row[2], 35), text(row[3], characters=80000)
    for lang, words, by in (array(translation, 3) for translation in array(row[4], most=8)):
        text(lang, 35), text(words, characters=80000), uint(by, 2, 1)
    for code, value in (array(field, 2) for field in array(row[5], most=64)):
        need(uint(code) > last, "fields are not in order")
        check_field(code, value)
        last = code
    for file in (array(attachment, 7) for attachment in array(row[6], most=16)):
        need(text(file[0], 255) != "", "an attachment without a name")
        text(file[1], 255), binary(file[3], 32), binary(file[4], 32), binary(file[6], 32)
        length = uint(file[2], 16 * 1024 * 1024)
        need(uint(file[5]) == 24 + length + 17 * max(1, -(-length // 65536)), "an attachment's lengths disagree")
        total += length
    need(total <= 64 * 1024 * 1024, "attachments are over their limit")
    text(row[7], characters=2000), extension(row[8])


class Receipt:
    def __init__(self, thing):
        row = array(read(thing.body), 14)
        self.ids = [binary(id, 32) for id in array(row[0], most=64)]
        self.kind, self.sender, self.to = uint(row[1]), name(row[2]), name(row[3])
        need(self.kind in (CUSTODY, SHOWN, ACKNOWLEDGED, REFUSED), "a receipt of a newer kind")
        need(len(self.ids) == 1 or (self.ids and self.kind == CUSTODY), "a receipt names none or too many")
        need(self.sender != self.to, "a receipt to its own sender")
        self.at, self.clock_error = time(row[4]), uint(row[5], 2 ** 32 - 1)
        self.officer, understood, reason, note = row[6], row[7], row[8], text(row[9], characters=500)
        if self.kind in (SHOWN, ACKNOWLEDGED):
            function(self.officer)
        else:
            need(self.officer == "", "a station's receipt with an officer")
        uint(understood, 3, 1) if self.kind == ACKNOWLEDGED else uint(understood, 0)
        uint(reason, 8, 1) if self.kind == REFUSED else uint(reason, 0)
        need(note == "" or self.kind == ACKNOWLEDGED, "a note where none belongs")
        self.size, self.root, self.serial = uint(row[10]), binary(row[11], 32), uint(row[12])
        self.seen = None
        seen = extension(row[13]).get(2)
        if seen is not None:
            size, root = array(read(seen), 2)
            self.seen = (uint(size), binary(root, 32))


class Copy:
    def __init__(self, thing):
        row = array(read(thing.body), 6)
        self.message, self.to = binary(row[0], 32), name(row[1])
        uint(row[2], 2 ** 32 - 1)
        self.at, self.serial = time(row[3], 1), uint(row[4], least=1)
        extension(row[5])


class Revocation:
    def __init__(self, thing):
        row = array(read(thing.body), 5)
        self.name, self.serial = name(row[0]), uint(row[1], least=1)
        uint(row[2], 255), time(row[3], 1), extension(row[4])


class Card:
    def __init__(self, thing):
        need(thing.type == "card", "a card of another type")
        row = array(read(thing.body), 19)
        self.id, self.encoded = thing.id, thing.encoded
        self.name, self.state, self.serial = name(row[0]), state(row[1]), uint(row[2])
        need(self.name.split("-")[0] == self.state, "a card's name is of another state")
        need(time(row[3]) < time(row[4]), "a card is valid never")
        uint(row[5], 2, 1), uint(row[6], 3, 1)
        for lang, office in (array(pair, 2) for pair in array(row[7], most=8)):
            text(lang, 35), text(office, 512)
        zone = text(row[8], 64)
        need(re.match(r"[0-9A-Za-z_+-][0-9A-Za-z_+/-]*\Z", zone), "a card's time zone is malformed")
        for day, begin, end in (array(hours, 3) for hours in array(row[9], most=64)):
            uint(day, 6), uint(begin), uint(end, 1440)
            need(begin < end, "a card's hours are malformed")
        for lang in array(row[10], most=8):
            text(lang, 35)
        for endpoint in array(row[11], most=8):
            match = ENDPOINT.match(text(endpoint, 259))
            need(match and int(match.group(2)) <= 65535, "a card's endpoint is malformed")
        for alternate in array(row[12], most=8):
            need(name(alternate) != self.name, "a card names itself as its alternate")
        for kind, value in (array(pair, 2) for pair in array(row[13], most=8)):
            uint(kind, 5, 1), text(value, 512)
        self.root, self.signing, self.log = map(public_key, row[14:17])
        need(len({self.root, self.signing, self.log}) == 3, "two keys of a card are the same")
        binary(row[17], 32), extension(row[18])
        need(thing.signed_by(self.root), "a card's signature does not verify")


class Note:
    """A checkpoint in a signed note (6.3)."""

    def __init__(self, data):
        need(len(data) <= 4096, "a note is over its limit")
        try:
            whole = data.decode()
        except UnicodeDecodeError:
            raise Bad("a note is no UTF-8") from None
        need(not any(ord(c) < 32 and c != "\n" for c in whole), "a note has control characters")
        body, gap, tail = whole.rpartition("\n\n")
        need(gap and tail.endswith("\n"), "a note is malformed")
        self.id, self.text = sha256(data), (body + "\n").encode()
        self.signatures = [self.read_signature(line) for line in tail[:-1].split("\n")]
        lines = body.split("\n")
        need(len(lines) >= 3, "a note is no checkpoint")
        self.origin, size, root = lines[:3]
        need(re.match(r"(0|[1-9][0-9]*)\Z", size) and int(size) < 2 ** 63, "a checkpoint's size is malformed")
        self.size, self.root = int(size), decode64(root)
        need(len(self.root) == 32, "a checkpoint's root is malformed")
        need(all(lines), "a checkpoint has an empty line")
        self.lost = None  # of a recovery note (4.5): the size of the log that is lost
        for line in lines[3:]:
            if line.startswith("recovered "):
                _, lost, lost_root = (line.split(" ") + ["", ""])[:3]
                need(self.lost is None and len(line.split(" ")) == 3 and re.match(r"(0|[1-9][0-9]*)\Z", lost) and
                     self.size <= int(lost) < 2 ** 63 and len(decode64(lost_root)) == 32, "a recovery note is malformed")
                self.lost = int(lost)

    @staticmethod
    def read_signature(line):
        dash, signer, blob = (line.split(" ") + ["", ""])[:3]
        need(dash == "\u2014" and signer and "+" not in signer and len(line.split(" ")) == 3, "a signature line is malformed")
        blob = decode64(blob)
        need(len(blob) > 4, "a signature line is malformed")
        return signer, blob[:4], blob[4:]

    def signed_by(self, key):
        wanted = sha256(self.origin.encode() + b"\n\x01" + key)[:4]
        mine = [signature for signer, id, signature in self.signatures if signer == self.origin and id == wanted]
        return bool(mine) and all(len(s) == 64 and verify(key, self.text, s) for s in mine)


def decode64(value):
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise Bad("base64 is malformed") from None
    need(base64.b64encode(data).decode() == value, "base64 is malformed")
    return data


class Leaf:
    def __init__(self, encoded):
        row = array(read(encoded), 5)
        binary(row[0], 16)
        self.at, self.kind, self.id = time(row[1]), uint(row[2], 2 ** 32 - 1), optional(row[3], 32)
        self.data = binary(row[4], most=64 * 1024)

    def is_of_pair(self):
        return self.id is not None and self.data == b"" and self.kind in (1, 2)


def leaf_hash(leaf):
    return sha256(b"\0", leaf)


def node(left, right):
    return sha256(b"\1", left, right)


class Tree:
    """RFC 6962: the roots of the complete subtrees, largest first."""

    def __init__(self):
        self.size, self.peaks = 0, []

    def add(self, level, root):
        self.peaks.append((level, root))
        self.size += 1 << level
        while len(self.peaks) > 1 and self.peaks[-1][0] == self.peaks[-2][0]:
            (level, right), (_, left) = self.peaks.pop(), self.peaks.pop()
            self.peaks.append((level + 1, node(left, right)))

    def root(self):
        if not self.peaks:
            return sha256()
        root = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            root = node(left, root)
        return root


def path_leads(path, leaf, index, size, root):
    """RFC 9162 2.1.3.2."""
    if index >= size:
        return False
    at, last, hashed = index, size - 1, leaf_hash(leaf)
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            hashed = node(step, hashed)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            hashed = node(hashed, step)
        at, last = at >> 1, last >> 1
    return last == 0 and hashed == root
