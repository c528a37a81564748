"""Proofs of notification: section 9.7 of proto/SPEC.md."""
from objects import (CANCEL, REFUSED, UPDATE, Card, Copy, Leaf, Message, Note, Object, Receipt, check_content, name, path_leads,
                     sha256)
from strict import array, binary, extension, need, read, text, uint

SENT = 1


class Proof:
    def __init__(self, encoded, trust):
        need(len(encoded) <= 8 * 1024 * 1024, "a proof is over its limit")
        row = array(read(encoded), 6)
        need(row[0] == "hotline-proof/1", "it is no proof")
        self.cards = {}
        for card in array(row[4], most=512):
            self.add_card(Card(Object(binary(card))), trust)
        for card in trust.cards:
            self.cards.setdefault((card.name, card.serial), card)
        extension(row[5])
        self.read_message(binary(row[1]), binary(row[2], most=1024 * 1024))
        origins = [text(array(log, 5)[0], 79) for log in array(row[3], most=400)]
        need(origins and all(a.encode() < b.encode() for a, b in zip(origins, origins[1:])), "its logs are not in order")
        self.told, self.addressees, self.sentences = set(), set(), []
        for log in row[3]:
            self.check_log(*log)
        need(self.addressees <= self.told, "an addressee of it signed nothing")

    def add_card(self, card, trust):
        need((card.name, card.serial) not in self.cards, "two cards of one serial")
        need(trust.check(card) == "yes", "nothing that was named vouches for %s" % card.name)
        self.cards[(card.name, card.serial)] = card

    def need_signed(self, thing, who, serial):
        card = self.cards.get((who, serial))
        need(card and thing.signed_by(card.signing), "an object is not signed by %s" % who)

    def read_message(self, encoded, content):
        self.thing = Object(encoded)
        need(self.thing.family == "message", "it is not about a message")
        self.message = Message(self.thing)
        self.need_signed(self.thing, self.message.sender, self.message.serial)
        if content != b"":
            need(sha256(content) == self.message.content_hash, "the content is another")
            check_content(content)

    def check_log(self, origin, note, entries, witness, witness_path):
        parts = origin.split("/")
        need(len(parts) == 3 and parts[0] == "hotline", "a log's origin is malformed")
        keeper, other = name(parts[1]), name(parts[2])
        need((keeper == self.message.sender) != (other == self.message.sender), "a log is of others")
        addressee = other if keeper == self.message.sender else keeper
        self.addressees.add(addressee)
        note = Note(text(note, 4096).encode())
        need(note.origin == origin, "a checkpoint is of another log")
        need(any(card.name == keeper and note.signed_by(card.log) for card in self.cards.values()), "a checkpoint is not signed")
        indices = [uint(array(entry, 4)[0]) for entry in array(entries, most=32)]
        need(all(a < b for a, b in zip(indices, indices[1:])), "entries are not in order")
        messages = [entry for entry in entries if entry[2] == b""]
        need(len(messages) == 1, "a log does not hold the message once")
        self.place, self.leaf = messages[0][0], binary(messages[0][1])
        copied = False
        for entry in entries:
            copied |= self.check_entry(keeper, addressee, note, *entry)
        need(self.message.names(addressee) or copied, "the message does not name %s" % addressee)
        self.check_witness(keeper, other, binary(witness), path(witness_path))

    def check_entry(self, keeper, addressee, note, index, leaf, encoded, steps):
        """True when it is a copy."""
        leaf_read, id = Leaf(binary(leaf, most=96)), self.thing.id if encoded == b"" else sha256(binary(encoded))
        need(leaf_read.is_of_pair() and leaf_read.id == id, "an entry does not hold what the proof says")
        need(path_leads(path(steps), leaf, index, note.size, note.root), "an entry does not lead to the checkpoint")
        by = keeper if leaf_read.kind == SENT else (addressee if keeper == self.message.sender else self.message.sender)
        if encoded == b"":
            need(by == self.message.sender, "the message goes the wrong way")
            return False
        thing = Object(encoded)
        need(thing.mode == self.thing.mode, "an object is of another mode")
        if thing.family == "receipt":
            self.check_receipt(Receipt(thing), thing, by, keeper, addressee, index)
            return False
        need(by == self.message.sender, "an object goes the wrong way")
        if thing.family == "copy":
            copy = Copy(thing)
            need(copy.message == self.thing.id and copy.to == addressee and addressee in self.message.ladder, "a copy is of another")
            self.need_signed(thing, self.message.sender, copy.serial)
            return True
        need(thing.family == "message", "an object has no place in a proof")
        later = Message(thing)
        need(UPDATE <= later.kind <= CANCEL and later.supersedes == self.thing.id and later.sender == self.message.sender,
             "a message does not supersede this one")
        self.need_signed(thing, later.sender, later.serial)
        return False

    def check_receipt(self, receipt, thing, by, keeper, addressee, index):
        need(receipt.sender == addressee == by and receipt.to == self.message.sender and self.thing.id in receipt.ids,
             "a receipt is not for this message, or not by %s" % addressee)
        need(index > self.place and (keeper != addressee or receipt.size == index), "a receipt stands in another place than it says")
        self.need_signed(thing, addressee, receipt.serial)
        if receipt.kind != REFUSED:
            self.told.add(addressee)
            kind = {1: "took it into custody", 2: "showed it", 3: "acknowledged it"}[receipt.kind]
            self.sentences.append("%s %s at %d us, give or take %d ms" % (addressee, kind, receipt.at, receipt.clock_error))

    def check_witness(self, keeper, other, encoded, steps):
        if encoded == b"":
            need(not steps, "a path from nothing")
            return
        thing = Object(encoded)
        need(thing.family == "receipt", "a witness is no receipt")
        receipt = Receipt(thing)
        need(receipt.sender == other and receipt.to == keeper and receipt.seen, "a witness names no head of this log")
        self.need_signed(thing, other, receipt.serial)
        need(path_leads(steps, self.leaf, self.place, *receipt.seen), "a witness does not cover the message")


def path(value):
    need(len(binary(value, most=64 * 32)) % 32 == 0, "a path is malformed")
    return [value[at:at + 32] for at in range(0, len(value), 32)]


def verify(encoded, trust):
    proof = Proof(encoded, trust)
    message = proof.message
    return ["%s said it in %s, released at %d us" % (message.sender, message.number(), message.at)] + sorted(set(proof.sentences))
