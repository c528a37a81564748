/*
 * An export opened for questions about messages. One pass makes an index: every entry in the order of time over all logs,
 * what each id names, and in small what messages and receipts say. Leaves, objects and contents are read from the file
 * when asked for. Nothing is verified here: audit_verify() comes first.
 */
#ifndef HOTLINE_CLIENT_AUDIT_RECORD_H
#define HOTLINE_CLIENT_AUDIT_RECORD_H

#include "client/audit/idmap.h"
#include "client/audit/reader.h"
#include "client/audit/verify.h"
#include "proto/card.h"
#include "proto/checkpoint.h"
#include "proto/message.h"
#include "proto/object.h"
#include "proto/receipt.h"

#define RECORD_NONE IDMAP_NONE /* no such element */

/* An array in the file. len 0: the file has none. */
struct record_span {
	uint64_t offset : 40, len : 24;
};

struct record_log {
	char origin[ORIGIN_TEXT];
	struct name peer;	       /* "": the station log */
	uint64_t size, withheld;       /* entries; those of them whose leaves the file does not show */
	struct record_span checkpoint; /* the last one of this log */
	uint64_t checkpoint_size;
};

/* Entries `first` to `first + count - 1` of a log are withheld, as this hash of a subtree. */
struct record_gap {
	uint32_t log;
	uint64_t first, count;
	uint8_t hash[HASH_BYTES];
};

/* An entry whose leaf is in the file. */
struct record_entry {
	int64_t at;
	uint64_t index;
	struct record_span leaf;
	uint32_t item;	    /* what its id names, or RECORD_NONE */
	uint32_t next_same; /* the next entry, in time, of that item, or RECORD_NONE */
	uint16_t log;
	uint16_t kind; /* enum leaf_kind, or enum station_kind in the station log; 0: beyond what is known */
};

enum record_type {
	RECORD_UNSEEN, RECORD_NOTE, RECORD_CARD, RECORD_REVOCATION, RECORD_MESSAGE, RECORD_RECEIPT, RECORD_COPY,
	RECORD_OTHER,
};

/* What an id names, wherever the id stands. */
struct record_item {
	uint8_t mark[MARK_BYTES]; /* of the id; must be first (idmap) */
	uint8_t id[HASH_BYTES];
	struct record_span object;
	uint32_t entry; /* its first entry in time, or RECORD_NONE */
	uint32_t fact;	/* of a message or receipt: where it stands in that array */
	uint8_t type;	/* enum record_type; RECORD_UNSEEN: the file does not have the object */
	bool is_exercise;
};

struct record_name {
	uint8_t mark[MARK_BYTES]; /* must be first (idmap) */
	struct name name;
};

/* Names are numbers of record_name, other objects numbers of record_item. */
struct record_message {
	uint32_t item, from;
	uint32_t addressee; /* the first in record->addressee: for action, then for info, then of ladder_to */
	uint32_t in_reply_to, supersedes, content;
	uint32_t mention; /* the first receipt about it, in record->mention, or RECORD_NONE */
	struct number number;
	int64_t released_at, reply_by, expires;
	uint32_t clock_error;
	uint8_t action_count, info_count, ladder_count, kind, precedence, tlp;
	bool is_sent, is_exercise, has_incident;
	uint8_t incident[INCIDENT_BYTES];
};

struct record_receipt {
	uint32_t item, from, to;
	uint32_t named; /* the first item it names, in record->named */
	int64_t at;
	uint64_t log_size, seen_size;
	uint32_t clock_error;
	uint8_t named_count, kind, understood, reason;
	bool has_seen;
};

/* A receipt about a message; the next later one of the same message. */
struct record_mention {
	uint32_t receipt, next;
};

struct record_content {
	uint8_t mark[MARK_BYTES]; /* of the hash; must be first (idmap) */
	struct record_span span;
};

struct record_card {
	uint32_t name;
	uint64_t serial;
	struct record_span object;
};

/* Room for `count` elements that grows. */
struct record_list {
	size_t count, room;
};

struct audit_record {
	struct name station;
	int64_t since, until, made_at; /* the exporter's unsigned word */
	struct record_log *log;
	struct record_gap *gap;
	struct record_entry *entry; /* in the order of time */
	struct record_item *item;
	struct record_name *name;
	struct record_message *message; /* in the order in which their objects stand in the file */
	struct record_receipt *receipt;
	struct record_mention *mention;
	struct record_content *content;
	struct record_card *card;
	uint32_t *addressee, *named;
	struct record_list log_list, gap_list, entry_list, item_list, name_list, message_list, receipt_list,
	    mention_list, content_list, card_list, addressee_list, named_list;
	char sentence[AUDIT_TEXT]; /* why it could not be opened */

	/* private */
	uint8_t key[HASH_SHORT_KEY_BYTES]; /* of marks: whoever made the file can't aim at a collision */
	struct idmap item_map, name_map, content_map;
	struct reader reader;
	struct record_window {
		uint8_t *data;
		size_t len;
		uint64_t offset;
	} window[3];
	bool has_ended;
	int error;
};

/*
 * Opens the export at path. 0; RESULT_MALFORMED when it is none, is damaged or ends early, and out->sentence says so;
 * negative errno. Only after 0 the caller calls audit_record_close.
 */
int audit_record_open(const char *path, struct audit_record *out);
void audit_record_close(struct audit_record *record);

/* record_find.c: each gives RECORD_NONE when there is none. */
uint32_t audit_record_item(const struct audit_record *record, const uint8_t id[HASH_BYTES]);
/*
 * A message under a number, of the sender, if one is said, and of the mode that the reference says; the next one after
 * another, or the first after RECORD_NONE. One that was refused alone is not found.
 */
uint32_t audit_record_message(const struct audit_record *record, const struct reference *reference, uint32_t after);
/* The message an item is; RECORD_NONE for what is none or is not in the file. */
uint32_t audit_record_message_of(const struct audit_record *record, uint32_t item);
uint32_t audit_record_name(const struct audit_record *record, struct bytes name);
uint32_t audit_record_log(const struct audit_record *record, struct bytes peer);
/* The card of a name with this serial; serial 0: the one of the highest serial. */
uint32_t audit_record_card(const struct audit_record *record, struct bytes name, uint64_t serial);
struct bytes audit_record_text(const struct audit_record *record, uint32_t name);
/* "vnm-cert EX 2026-048 213" */
#define RECORD_REFERENCE 64
void audit_record_reference(const struct audit_record *record, uint32_t message, char out[RECORD_REFERENCE]);

/*
 * What stands in the file, borrowed until the same is asked again. 0; RESULT_INCOMPLETE when the file does not have it;
 * RESULT_MALFORMED when it is not what it should be; negative errno.
 */
int audit_record_leaf(struct audit_record *record, const struct record_entry *entry, struct leaf *out);
int audit_record_leaf_hash(struct audit_record *record, const struct record_entry *entry, uint8_t out[HASH_BYTES]);
/* The bytes of an object or note, card, checkpoint. */
int audit_record_object(struct audit_record *record, struct record_span span, struct bytes *out);
/* A message's header; its texts borrow like the object. */
int audit_record_header(struct audit_record *record, uint32_t message, struct message *out);
int audit_record_encoded_words(struct audit_record *record, uint32_t message, struct bytes *out);
int audit_record_words(struct audit_record *record, uint32_t message, struct content *out);

#endif
