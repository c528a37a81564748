-- The store of one station. The logs are the record; the rest is a projection of them, except drafts, streams,
-- waiting items and link counters. Written by daemon/store*.c alone.

CREATE TABLE meta (
	key TEXT PRIMARY KEY,
	value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('schema', 5);

-- One row encrypted under the store key, to know the key by.
CREATE TABLE key_check (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	bytes BLOB NOT NULL
) STRICT;

-- Peers and their streams. id is also the origin of the pair log; origin 0 is the station log.
CREATE TABLE peer (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	enrolled_at INTEGER NOT NULL,
	is_verified INTEGER NOT NULL,
	next_seq INTEGER NOT NULL DEFAULT 1,	-- outgoing
	through INTEGER NOT NULL DEFAULT 0,	-- incoming: everything up to here is held
	counter_sent INTEGER NOT NULL DEFAULT 0,
	counter_accepted INTEGER NOT NULL DEFAULT 0,
	seen_size INTEGER NOT NULL DEFAULT 0,	-- the last head of theirs that they signed or proved
	seen_root BLOB,
	proven_size INTEGER NOT NULL DEFAULT 0,	-- up to here each head of theirs grew out of the one before
	proven_root BLOB,
	epoch INTEGER NOT NULL DEFAULT 0	-- how often their log was recovered: heads of one epoch are of one log
) STRICT;

-- What a pair needs to be recovered after a backup was put back (SPEC 4.5).
CREATE TABLE recovery (
	peer INTEGER PRIMARY KEY,
	settled INTEGER NOT NULL DEFAULT 0,	-- of their log: all before this entry is in ours
	held INTEGER NOT NULL DEFAULT 0,	-- the largest head of ours that they have shown to hold
	is_taking INTEGER NOT NULL DEFAULT 0,	-- an administrator said so, and it is not done
	cursor INTEGER NOT NULL DEFAULT 0,	-- the entry of their log to be taken next
	taken INTEGER NOT NULL DEFAULT 0,
	lost_from INTEGER NOT NULL DEFAULT 0,	-- heads of ours beyond this size and up to that one are of a lost log
	lost_to INTEGER NOT NULL DEFAULT 0,
	gap_from INTEGER NOT NULL DEFAULT 0,	-- seqs from here to below that may have been lost with their items
	gap_to INTEGER NOT NULL DEFAULT 0,
	is_giving INTEGER NOT NULL DEFAULT 0	-- they take from us, and have not said yet that it is done
) STRICT;

-- Messages that were taken back without a receipt of ours, until it is known whether there is one.
CREATE TABLE owed (
	peer INTEGER NOT NULL,
	id BLOB NOT NULL,
	PRIMARY KEY (peer, id)
) STRICT, WITHOUT ROWID;

-- Incoming parcels by seq, with the hash of their plaintext, so that a repeat is known from a contradiction.
CREATE TABLE received (
	peer INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	hash BLOB NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (peer, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE log (
	origin INTEGER NOT NULL,
	idx INTEGER NOT NULL,
	at INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	id BLOB,
	data BLOB NOT NULL,
	salt BLOB NOT NULL,
	leaf BLOB NOT NULL,	-- the hash
	PRIMARY KEY (origin, idx)
) STRICT, WITHOUT ROWID;

-- These stop our own mistakes. What stops others are the tree and the heads that peers hold.
CREATE TRIGGER log_no_update BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'the log refuses UPDATE'); END;
CREATE TRIGGER log_no_delete BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'the log refuses DELETE'); END;
CREATE TRIGGER log_append_only BEFORE INSERT ON log
	WHEN NEW.idx <> (SELECT coalesce(max(idx) + 1, 0) FROM log WHERE origin = NEW.origin)
	BEGIN SELECT RAISE(ABORT, 'the log only grows at its end'); END;

-- Full Merkle tiles: 256 hashes and the root above them. What lies beyond the last full tile is in log.leaf.
CREATE TABLE tile (
	origin INTEGER NOT NULL,
	level INTEGER NOT NULL,
	idx INTEGER NOT NULL,
	hashes BLOB NOT NULL,
	root BLOB NOT NULL,
	PRIMARY KEY (origin, level, idx)
) STRICT, WITHOUT ROWID;

-- Signed objects and checkpoint notes, as received or sent. Encrypted at rest, as notes of receipts are words too.
CREATE TABLE object (
	id BLOB NOT NULL UNIQUE,
	bytes BLOB NOT NULL
) STRICT;

-- Encrypted at rest.
CREATE TABLE content (
	hash BLOB NOT NULL UNIQUE,
	bytes BLOB NOT NULL
) STRICT;

CREATE TABLE card (
	name TEXT NOT NULL,
	serial INTEGER NOT NULL,
	bytes BLOB NOT NULL,
	taken_at INTEGER NOT NULL DEFAULT 0,	-- when it replaced the one before
	PRIMARY KEY (name, serial)
) STRICT, WITHOUT ROWID;

-- The highest serial that a contact point's root revoked.
CREATE TABLE revocation (
	name TEXT PRIMARY KEY,
	serial INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
	id BLOB NOT NULL UNIQUE,
	is_sent INTEGER NOT NULL,
	sender TEXT NOT NULL,
	is_exercise INTEGER NOT NULL,
	year INTEGER NOT NULL,
	digits INTEGER NOT NULL,
	at INTEGER NOT NULL,	-- released here, or in custody here
	content_hash BLOB NOT NULL,
	kind INTEGER NOT NULL,
	precedence INTEGER NOT NULL,
	reply_by INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	incident BLOB NOT NULL,	-- empty: none
	due INTEGER NOT NULL,	-- the least due of its deliveries that is not 0
	is_open INTEGER NOT NULL	-- whether one of them is
) STRICT;
CREATE INDEX message_number ON message (year, digits);
CREATE INDEX message_at ON message (at);

-- One row per message and addressee, and per contact point that the ladder copied it to. Of a received message only this
-- station's own. The deadlines are in the time that never steps (deadline.c); 0 is none, next_due the first of them.
CREATE TABLE delivery (
	message BLOB NOT NULL,
	name TEXT NOT NULL,
	part INTEGER NOT NULL,	-- for action, for info, as a copy
	sent_at INTEGER NOT NULL,
	custody_at INTEGER NOT NULL,
	shown_at INTEGER NOT NULL,
	acknowledged_at INTEGER NOT NULL,
	acknowledgement BLOB,	-- the id of its receipt
	answered_at INTEGER NOT NULL,
	declined_at INTEGER NOT NULL,
	hold_until INTEGER NOT NULL,
	holds INTEGER NOT NULL,
	understood INTEGER NOT NULL,
	refused INTEGER NOT NULL,
	custody_error INTEGER NOT NULL,	-- ms, as its receipt says
	shown_error INTEGER NOT NULL,
	acknowledged_error INTEGER NOT NULL,
	step INTEGER NOT NULL,	-- the ladder: the last step taken, in percent of acknowledge-by
	waiting INTEGER NOT NULL,	-- a step that waits for an officer
	reminded INTEGER NOT NULL,	-- the last step that the sender reminded of
	breached INTEGER NOT NULL,	-- bits: deadlines that passed
	copied_for TEXT NOT NULL,	-- of a copy: the addressee who did not acknowledge
	custody_due INTEGER NOT NULL,
	open_due INTEGER NOT NULL,
	acknowledge_due INTEGER NOT NULL,
	answer_due INTEGER NOT NULL,
	expiry_due INTEGER NOT NULL,
	early_due INTEGER NOT NULL,
	next_due INTEGER NOT NULL,
	is_ended INTEGER NOT NULL,	-- nothing is owed any more
	due INTEGER NOT NULL,	-- as clients see it first: the next deadline; 1 it is overdue; 0 neither
	is_open INTEGER NOT NULL,	-- somebody is waited for
	PRIMARY KEY (message, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_open ON delivery (name) WHERE acknowledged_at = 0;
CREATE INDEX delivery_due ON delivery (next_due) WHERE next_due <> 0;

-- Lists of messages as clients page through them: of all (''), of a peer (its name), of an incident (0 and its id), of both.
-- In a peer's lists only its own deliveries count. rank is less the message's row, so that newer ones come first.
CREATE TABLE listing (
	list BLOB NOT NULL,
	due INTEGER NOT NULL,
	rank INTEGER NOT NULL,
	is_open INTEGER NOT NULL,
	is_sent INTEGER NOT NULL,
	precedence INTEGER NOT NULL,
	PRIMARY KEY (list, due, rank)
) STRICT, WITHOUT ROWID;
-- How many of a list have a due (span -1), and how many others there are in each span of rows.
CREATE TABLE listing_count (
	list BLOB NOT NULL,
	span INTEGER NOT NULL,
	is_open INTEGER NOT NULL,
	is_sent INTEGER NOT NULL,
	precedence INTEGER NOT NULL,
	count INTEGER NOT NULL,
	PRIMARY KEY (list, span, is_open, is_sent, precedence)
) STRICT, WITHOUT ROWID;

-- The last checks of each peer and type, by the time they were asked.
CREATE TABLE checked (
	peer TEXT NOT NULL,
	type INTEGER NOT NULL,
	at INTEGER NOT NULL,
	message BLOB,	-- that asked
	outcome INTEGER NOT NULL,
	latency_ms INTEGER NOT NULL,
	PRIMARY KEY (peer, type, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX checked_message ON checked (message) WHERE message IS NOT NULL;
-- Which messages supersede one, by their sender and mode: those of the old message count, whichever came first.
CREATE TABLE superseded (
	message BLOB NOT NULL,
	sender TEXT NOT NULL,
	is_exercise INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	at INTEGER NOT NULL,
	by BLOB NOT NULL,
	PRIMARY KEY (message, sender, is_exercise, kind, at, by)
) STRICT, WITHOUT ROWID;

-- Incidents, pair by pair. A close stands until the incident is closed by both and a message reopens it.
CREATE TABLE incident (
	id BLOB NOT NULL,
	peer TEXT NOT NULL,
	is_exercise INTEGER NOT NULL,
	message BLOB NOT NULL,	-- the last of it
	own_close_at INTEGER NOT NULL,
	their_close_at INTEGER NOT NULL,
	PRIMARY KEY (id, peer)
) STRICT, WITHOUT ROWID;

-- Minimise and silence as announced last, by us to a peer or by a peer to us.
CREATE TABLE notice (
	peer TEXT NOT NULL,
	type INTEGER NOT NULL,
	is_own INTEGER NOT NULL,
	is_exercise INTEGER NOT NULL,
	least INTEGER NOT NULL,
	until INTEGER NOT NULL,	-- 0: until it is lifted
	PRIMARY KEY (peer, type, is_own, is_exercise)
) STRICT, WITHOUT ROWID;

-- What an addressee's station answered to a tracer.
CREATE TABLE trace (
	message BLOB NOT NULL,
	name TEXT NOT NULL,
	asked_at INTEGER NOT NULL,
	answered_at INTEGER NOT NULL,
	stages BLOB NOT NULL,
	PRIMARY KEY (message, name)
) STRICT, WITHOUT ROWID;

-- Header and content are encrypted at rest.
CREATE TABLE draft (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	drafter TEXT NOT NULL,
	made_at INTEGER NOT NULL,
	header BLOB NOT NULL,
	content BLOB NOT NULL
) STRICT;
-- What a draft said before, as far as it was kept.
CREATE TABLE draft_version (
	draft INTEGER NOT NULL,
	number INTEGER NOT NULL,
	at INTEGER NOT NULL,
	officer TEXT NOT NULL,
	header BLOB NOT NULL,
	content BLOB NOT NULL,
	PRIMARY KEY (draft, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE approval (
	draft INTEGER NOT NULL,
	officer TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (draft, officer)
) STRICT, WITHOUT ROWID;

-- Attachments' ciphertext: given for a draft, sent with a message, or fetched from a peer as far as held says.
CREATE TABLE blob (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	hash BLOB UNIQUE,	-- none while a client gives it
	total INTEGER NOT NULL,
	held INTEGER NOT NULL DEFAULT 0,
	is_whole INTEGER NOT NULL DEFAULT 0,
	draft INTEGER NOT NULL DEFAULT 0,
	message BLOB,		-- that was sent with it
	peer INTEGER NOT NULL DEFAULT 0,
	precedence INTEGER NOT NULL DEFAULT 0,
	is_begun INTEGER NOT NULL DEFAULT 0,	-- counted against the peer
	is_absent INTEGER NOT NULL DEFAULT 0,	-- the peer does not hold it
	failures INTEGER NOT NULL DEFAULT 0	-- times that it did not match its hash
) STRICT;
CREATE INDEX blob_peer ON blob (peer, is_whole, precedence DESC, id);
CREATE INDEX blob_draft ON blob (draft) WHERE draft <> 0;
CREATE TABLE blob_part (
	blob INTEGER NOT NULL,
	start INTEGER NOT NULL,
	bytes BLOB NOT NULL,
	PRIMARY KEY (blob, start)
) STRICT;
-- How far addressees have got with what was sent, as this station sees it.
CREATE TABLE blob_given (
	blob INTEGER NOT NULL,
	peer INTEGER NOT NULL,
	through INTEGER NOT NULL,
	PRIMARY KEY (blob, peer)
) STRICT, WITHOUT ROWID;

-- Drafts that are released by themselves at a time of the clock; a failure says why one was not.
CREATE TABLE timed (
	draft INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,
	officer TEXT NOT NULL,
	uid INTEGER NOT NULL,
	anyway INTEGER NOT NULL,
	reason TEXT NOT NULL,
	failure TEXT NOT NULL
) STRICT;

-- Items for a peer, until it has stored them. Without a seq they wait; receipts and checkpoints are then only
-- intentions (data, encrypted at rest), because they are signed over the log as it stands when they get their seq.
CREATE TABLE outbox (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	peer INTEGER NOT NULL,
	seq INTEGER,
	precedence INTEGER NOT NULL,
	type INTEGER NOT NULL,
	object BLOB,		-- id of the object or note once it exists
	data BLOB,
	is_entered INTEGER NOT NULL DEFAULT 0,	-- in the pair log already
	expires INTEGER NOT NULL DEFAULT 0,
	size INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_waiting ON outbox (peer, precedence DESC, id) WHERE seq IS NULL;
CREATE INDEX outbox_given ON outbox (peer, seq, id) WHERE seq IS NOT NULL;
-- Seqs that were given and are not stored, in case an item list became empty.
CREATE TABLE given (
	peer INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	precedence INTEGER NOT NULL,
	PRIMARY KEY (peer, seq)
) STRICT, WITHOUT ROWID;

-- Every head that a peer showed of its log with us, and the receipt or note that it signed over it, if any.
CREATE TABLE peer_head (
	peer INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	size INTEGER NOT NULL,
	root BLOB NOT NULL,
	at INTEGER NOT NULL,
	object BLOB,
	PRIMARY KEY (peer, epoch, size)
) STRICT, WITHOUT ROWID;

-- Two heads of a peer's log that can't be of one log, one row a pair; what was shown only in a hello has no object.
CREATE TABLE evidence (
	id INTEGER PRIMARY KEY,
	peer INTEGER NOT NULL,
	at INTEGER NOT NULL,
	size1 INTEGER NOT NULL,
	root1 BLOB NOT NULL,
	object1 BLOB,
	size2 INTEGER NOT NULL,
	root2 BLOB NOT NULL,
	object2 BLOB
) STRICT;

-- A peer's new root that one admin has confirmed, where the configuration asks for two.
CREATE TABLE new_root (
	name TEXT PRIMARY KEY,
	root BLOB NOT NULL,
	officer TEXT NOT NULL
) STRICT, WITHOUT ROWID;
