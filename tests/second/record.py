"""Whole exports: sections 5, 6 and 9.4 of proto/SPEC.md. What is wrong is kept with the number of its array, from 1."""
from objects import (REFUSED, Card, Copy, Leaf, Message, Note, Object, Receipt, Revocation, Tree, leaf_hash,
                     name, sha256)
from strict import Bad, array, binary, need, read, stream, text, time, uint

SHAPES = {"hotline-export/1": 5, "card": 2, "entry": 4, "hash": 5, "object": 2, "content": 2, "checkpoint": 2, "head": 4,
          "end": 2}
OBJECT, CONTENT, NOTE = 32 * 1024, 1024 * 1024, 4096
SENT, RECEIVED = 1, 2
STATION_REFUSED, STATION_HEADS = 10, 13


class Entry:
    def __init__(self, log, index, leaf, number):
        self.log, self.index, self.leaf, self.number = log, index, leaf, number
        self.signed = self.message = None  # (whose object, serial); the message it holds
        self.witnessed, self.revokes = False, None


class Log:
    def __init__(self, origin, peer):
        self.origin, self.peer, self.tree, self.size = origin, peer, Tree(), 0
        self.entries, self.withheld, self.covered = [], 0, None
        self.claims, self.recoveries, self.peer_heads = [], [], []
        self.roots = {}  # by size, where one can be computed


class Claim:
    """Somebody signed that a log had this root at this size."""

    def __init__(self, kind, size, root, number, entry=None):
        self.kind, self.size, self.root, self.number, self.entry = kind, size, root, number, entry


class Export:
    def __init__(self, trust):
        self.trust, self.bad, self.station, self.ended = trust, [], None, False
        self.logs, self.cards, self.by_id = {}, {}, {}
        self.objects, self.contents, self.card_records, self.notes = [], [], [], []
        self.wanted, self.leaning = {}, set()
        self.copies, self.messages, self.mode_of, self.naming = [], [], {}, []
        self.number = 0

    def wrong(self, number, why):
        self.bad.append((number, str(why)))

    # -- the first reading: order, entries, cards

    def log_of(self, origin):
        if origin not in self.logs:
            prefix, peer = "hotline/" + self.station, None
            if origin != prefix:
                need(origin.startswith(prefix + "/"), "it names a log that is not of %s" % self.station)
                peer = name(origin[len(prefix) + 1:])
                need(peer != self.station, "it names a log of %s with itself" % self.station)
            self.logs[origin] = Log(origin, peer)
        return self.logs[origin]

    def take(self, value):
        kind = text(array(value)[0]) if value else ""
        need(kind in SHAPES and len(value) == SHAPES[kind], "no export has such an array")
        need((self.number == 1) == (kind == "hotline-export/1"), "the file does not begin as an export, or does so twice")
        need(not self.ended, "it stands after the last array")
        getattr(self, "take_" + ("begin" if self.number == 1 else kind))(*value[1:])

    def take_begin(self, station, since, until, made_at):
        self.station = name(station)
        time(since), time(until), time(made_at)

    def take_card(self, encoded):
        binary(encoded, most=OBJECT)
        self.add_card(encoded)
        if encoded in self.card_records:
            self.wrong(self.number, "this card stands in the file twice")
        self.card_records.append(encoded)

    def add_card(self, encoded):
        """Cards are found before the objects that need their keys."""
        try:
            card = Card(Object(encoded))
        except Bad as why:
            self.wrong(self.number, why)
            return
        other = self.cards.setdefault((card.name, card.serial), card)
        if other.id != card.id:
            self.wrong(self.number, "a second card of %s with serial %d" % (card.name, card.serial))
        elif self.trust.check(card) == "another":
            self.wrong(self.number, "the card of %s is signed by another root than the one named" % card.name)

    def take_entry(self, origin, index, encoded):
        log = self.log_of(text(origin, 79))
        leaf = Leaf(binary(encoded))
        need(uint(index) == log.size, "it is entry %d of %s, where entry %d belongs" % (index, origin, log.size))
        need(log.peer is None or leaf.is_of_pair(), "it is no entry of a pair log")
        entry = Entry(log, index, leaf, self.number)
        log.entries.append(entry)
        self.grow(log, 0, leaf_hash(encoded))
        if leaf.id is not None:
            same = self.by_id.setdefault(leaf.id, [])
            if log.peer is not None and any(e.log is log and e.leaf.kind == leaf.kind for e in same):
                self.wrong(self.number, "the object stands in this log twice")
            same.append(entry)
        if log.peer is None and leaf.kind == STATION_HEADS:
            self.take_heads(leaf.data)

    def take_heads(self, data):
        try:
            for origin, size, root in (array(row, 3) for row in array(read(data))):
                log = self.log_of(text(origin, 79))
                log.claims.append(Claim("hourly", uint(size), binary(root, 32), self.number))
        except Bad as why:
            self.wrong(self.number, why)

    def take_hash(self, origin, level, index, root):
        log, count = self.log_of(text(origin, 79)), 1 << uint(level, 62)
        need(log.size % count == 0 and uint(index) == log.size // count, "a withheld range does not begin where it belongs")
        log.withheld += count
        self.grow(log, level, binary(root, 32))

    def grow(self, log, level, root):
        log.tree.add(level, root)
        log.size = log.tree.size
        need(log.size < 2 ** 63, "a log is too long")
        log.roots[log.size] = log.tree.root()

    def take_object(self, encoded):
        self.objects.append((self.number, binary(encoded, most=OBJECT)))
        if encoded[1:6] == b"\xa4card":
            try:
                self.add_card(Object(encoded).encoded)
            except Bad:
                pass  # said where objects are read

    def take_content(self, encoded):
        self.contents.append((self.number, binary(encoded, most=CONTENT)))

    def take_checkpoint(self, note):
        try:
            note = Note(text(note, NOTE).encode())
        except Bad as why:
            self.wrong(self.number, why)
            return
        log = self.log_of(note.origin)
        need(note.size <= log.size, "the checkpoint is of more entries than stand before it")
        log.covered = note.size
        log.claims.append(Claim("checkpoint", note.size, note.root, self.number))
        self.notes.append((self.number, note))

    def take_head(self, origin, size, root):
        text(origin, 79), uint(size), binary(root, 32)  # hearsay: nothing rests on it

    def take_end(self, count):
        self.ended = True
        need(uint(count) == self.number - 1, "it says that %d arrays stand before it" % count)
        for log in self.present():
            if log.covered != log.size:
                self.wrong(self.number, "%s has no checkpoint at its end" % log.origin)

    def present(self):
        return [log for log in self.logs.values() if log.size or log.covered is not None]

    # -- the second: objects

    def refused(self, id):
        """Nobody claims that an object which the station log has as refused, and no pair log has, is good."""
        entries = self.by_id.get(id, [])
        return bool(entries) and all(e.log.peer is None and e.leaf.kind == STATION_REFUSED for e in entries)

    def key_card(self, who, serial):
        card = self.cards.get((who, serial))
        need(card, "no card of %s with serial %d is in the file" % (who, serial))
        self.leaning.add(who)
        return card

    def check_objects(self):
        seen = set()
        for self.number, encoded in self.objects:
            id = sha256(encoded)
            if self.refused(id):
                continue
            try:
                need(id not in seen, "this object stands in the file twice")
                seen.add(id)
                need(id in self.by_id, "no entry names this object")
                self.check_object(encoded, self.by_id[id])
            except Bad as why:
                self.wrong(self.number, why)
        self.held = seen | set(map(sha256, self.card_records))
        for encoded in self.card_records:
            for entry in self.by_id.get(sha256(encoded), []):
                self.place_card(Card(Object(encoded)), entry)

    def check_object(self, encoded, entries):
        if encoded.startswith(b"hotline/"):
            return self.check_note(Note(encoded), entries)
        thing = Object(encoded)
        need(thing.type != "offer", "an offer has no place in a record")
        body = {"message": Message, "receipt": Receipt, "copy": Copy, "revocation": Revocation, "card": Card}[thing.family](thing)
        if thing.family == "revocation":
            return self.check_revocation(thing, body, entries)
        for entry in entries:
            if thing.family == "copy":
                body.sender = self.sender(entry)
            if thing.family != "card":
                need(thing.signed_by(self.key_card(body.sender, body.serial).signing), "the signature of %s does not verify" % body.sender)
            if entry.log.peer is not None:
                getattr(self, "place_" + thing.family)(body, entry)
                if thing.family != "card":
                    self.mode_of[thing.id] = thing.mode
                    entry.signed = (body.sender, body.serial)

    def sender(self, entry):
        return entry.log.peer if entry.log.peer and entry.leaf.kind == RECEIVED else self.station

    def other(self, entry):
        return self.station if entry.leaf.kind == RECEIVED else entry.log.peer

    def need_sender(self, who, entry):
        need(who == self.sender(entry), "it is by %s, but %s has it from %s" % (who, entry.log.origin, self.sender(entry)))
        entry.witnessed |= who == entry.log.peer

    def place_card(self, card, entry):
        self.leaning.add(card.name)
        if entry.log.peer is not None:
            self.need_sender(card.name, entry)

    def place_message(self, message, entry):
        self.need_sender(message.sender, entry)
        other = self.other(entry)
        need(message.names(other) or other in message.ladder, "the message does not name %s" % other)
        self.wanted.setdefault(message.content_hash, False)
        self.naming += [(self.number, entry, id) for id in (message.in_reply_to, message.supersedes) if id]
        self.messages.append((self.number, entry, message))

    def place_copy(self, copy, entry):
        need(copy.to == self.other(entry), "the copy is for another")
        self.need_sender(copy.sender, entry)
        self.naming.append((self.number, entry, copy.message))
        self.copies.append((self.number, entry, copy))

    def place_receipt(self, receipt, entry):
        log = entry.log
        self.need_sender(receipt.sender, entry)
        need(receipt.to == self.other(entry), "the receipt is for %s" % receipt.to)
        self.naming += [(self.number, entry, id) for id in receipt.ids]
        for id in receipt.ids:
            named = [e for e in self.by_id.get(id, []) if e.log is log and e.leaf.kind != entry.leaf.kind and e.index < entry.index]
            need(named or receipt.kind == REFUSED or log.withheld, "the receipt names what does not stand before it")
            for one in named:
                one.witnessed |= receipt.sender == log.peer
        if receipt.sender == self.station:
            self.claim(entry, Claim("own", receipt.size, receipt.root, self.number, entry), receipt.size == entry.index)
            return
        log.peer_heads.append(Claim("peer", receipt.size, receipt.root, self.number, entry))
        if receipt.seen is not None:
            self.claim(entry, Claim("seen", *receipt.seen, self.number, entry), receipt.seen[0] <= entry.index)

    def claim(self, entry, claim, is_possible):
        """A head that can't have been then is of another log, unless a recovery explains it; that is known at the end."""
        claim.is_possible = is_possible
        entry.log.claims.append(claim)

    def check_revocation(self, thing, body, entries):
        cards = [card for card in self.cards.values() if card.name == body.name]
        need(cards, "it revokes cards of %s, of which the file has none" % body.name)
        trusted = [card for card in cards if self.trust.check(card) == "yes"] or cards
        need(thing.signed_by(trusted[0].root), "the revocation is not signed by the root of %s" % trusted[0].state)
        self.leaning.add(body.name)
        for entry in entries:
            if body.name in (entry.log.peer, self.station) and entry.log.peer is not None:
                entry.revokes = (body.name, body.serial)

    def check_note(self, note, entries):
        who = note.origin.split("/")[1] if note.origin.startswith("hotline/") else ""
        signers = [card for card in self.cards.values() if card.name == who and note.signed_by(card.log)]
        need(signers, "no log key of %s signed this checkpoint" % who)
        self.leaning.add(who)
        for entry in entries:
            if entry.log.peer is None:
                continue
            self.need_sender(who, entry)
            log = entry.log
            need(note.origin == "hotline/%s/%s" % (self.sender(entry), self.other(entry)), "the checkpoint is of another log")
            entry.signed = (who, max(card.serial for card in signers))
            if note.lost is not None:
                log.recoveries.append((entry, note))
            if entry.leaf.kind == RECEIVED:
                log.peer_heads.append(Claim("peer", note.size, note.root, self.number, entry))
            else:
                self.claim(entry, Claim("note", note.size, note.root, self.number, entry), note.size <= entry.index)

    # -- the third: heads, contents, modes, revocations, trust

    def is_void(self, log, claim):
        """Of a log that was lost, and recovered from a backup (4.5)."""
        return any(entry.leaf.kind == SENT and note.size <= claim.size <= note.lost and
                   (claim.kind == "seen" or (claim.entry is not None and claim.entry.index < entry.index))
                   for entry, note in log.recoveries)

    def check_heads(self):
        for log in self.present():
            log.roots[0] = Tree().root()
            for claim in log.claims:
                if self.is_void(log, claim):
                    continue
                if not getattr(claim, "is_possible", True):
                    self.wrong(claim.number, "a head of %d entries, which %s can't have had then" % (claim.size, log.origin))
                elif claim.size > log.size:
                    self.wrong(claim.number, "a head of %d entries of %s, which has %d" % (claim.size, log.origin, log.size))
                elif claim.size in log.roots:
                    if log.roots[claim.size] != claim.root:
                        self.wrong(claim.number, "a head of %d entries of %s has another root" % (claim.size, log.origin))
                elif claim.kind == "checkpoint":
                    self.wrong(claim.number, "a checkpoint's size lies within a withheld range")
            self.check_peer_heads(log)
        for number, note in self.notes:
            if not any(card.name == self.station and note.signed_by(card.log) for card in self.cards.values()):
                self.wrong(number, "no log key of %s signed this checkpoint" % self.station)

    def check_peer_heads(self, log):
        ordered = sorted(log.peer_heads, key=lambda claim: (claim.size, claim.number))
        for one, two in zip(ordered, ordered[1:]):
            between = any(entry.leaf.kind == RECEIVED and note.size < one.size <= note.lost and
                          (one.entry.index < entry.index) != (two.entry.index < entry.index) for entry, note in log.recoveries)
            if one.size == two.size and one.root != two.root and not between:
                self.wrong(two.number, "%s signed two heads of %d entries (equivocation)" % (log.peer, one.size))

    def check_contents(self):
        for number, encoded in self.contents:
            hashed = sha256(encoded)
            if hashed not in self.wanted:
                self.wrong(number, "no message carries the hash of this content")
            elif self.wanted[hashed]:
                self.wrong(number, "this content stands in the file twice")
            self.wanted[hashed] = True

    def stands(self, id, entry):
        """Where an object stands in the log of this entry, in the same direction."""
        return [e for e in self.by_id.get(id, []) if e.log is entry.log and e.leaf.kind == entry.leaf.kind]

    def check_acts(self):
        """Modes of objects that name each other; copies, which let a message go to whom it does not name."""
        for number, entry, id in self.naming:
            here = any(e.log is entry.log for e in self.by_id.get(id, []))
            if here and self.mode_of.get(id) not in (None, self.mode_of.get(entry.leaf.id)):
                self.wrong(number, "it names an object of the other mode")
        ladders = {entry.leaf.id: message.ladder for _, entry, message in self.messages}
        for number, entry, copy in self.copies:
            if not entry.log.withheld and not any(e.index < entry.index for e in self.stands(copy.message, entry)):
                self.wrong(number, "it is a copy of what does not stand before it")
            if copy.message in ladders and copy.to not in ladders[copy.message]:
                self.wrong(number, "it is a copy for %s, whom the releasers did not allow" % copy.to)
        for number, entry, message in self.messages:
            if message.names(self.other(entry)) or entry.log.withheld or self.has_copy(entry):
                continue
            if all(e.leaf.id in self.held for e in entry.log.entries):
                self.wrong(number, "the message does not name %s, and no copy does" % self.other(entry))

    def has_copy(self, entry):
        return any(copy.message == entry.leaf.id and e.log is entry.log and e.leaf.kind == entry.leaf.kind
                   for _, e, copy in self.copies)

    def check_revoked(self):
        for log in self.present():
            revoked = {}
            for entry in log.entries:
                if entry.signed and entry.signed[1] <= revoked.get(entry.signed[0], 0):
                    self.wrong(entry.number, "its object is signed under a serial that was revoked before")
                if entry.revokes:
                    who, serial = entry.revokes
                    revoked[who] = max(serial, revoked.get(who, 0))

    def check_trust(self):
        for who in self.leaning | {self.station}:
            cards = [card for card in self.cards.values() if card.name == who]
            if not any(self.trust.check(card) == "yes" for card in cards):
                self.wrong(self.number, "nothing that was named vouches for %s" % who)

    def read(self, data):
        try:
            for value in stream(data):
                self.number += 1
                self.take(value)
            self.number += 1
            need(self.ended, "the file is cut short")
        except Bad as why:
            self.wrong(max(self.number, 1), why)
            return
        for card in self.trust.cards:
            self.cards.setdefault((card.name, card.serial), card)
        self.check_objects()
        self.check_heads()
        self.check_contents()
        self.check_acts()
        self.check_revoked()
        self.check_trust()

    def sentences(self):
        for log in self.present():
            if log.peer is None:
                yield "station log: %d entries, on the word of %s alone" % (len(log.entries), self.station)
                continue
            seen = max([c.size for c in log.claims if c.kind == "seen" and log.roots.get(c.size) == c.root and
                        not self.is_void(log, c)], default=0)
            upto, by_index = 0, {entry.index: entry for entry in log.entries}
            while upto < log.size and (upto < seen or (upto in by_index and by_index[upto].witnessed)):
                upto += 1
            yield "%s: %d entries, witnessed by it up to entry %d of %d" % (log.peer, len(log.entries), upto, log.size)


def verify(data, trust):
    export = Export(trust)
    export.read(data)
    if export.bad:
        raise Bad("array %d: %s" % min(export.bad))
    return list(export.sentences())
