/*
 * The state of one verification, private to this folder. The file is read twice: layout (order, entries, cards, the
 * roots of all logs), then objects (signatures, places, heads, contents); then the tally. What is kept of an entry and
 * of its object is some 60 bytes: ids and roots as marks (idmap.h), places as ordinals, and what is needed rarely is
 * read again.
 */
#ifndef HOTLINE_CLIENT_AUDIT_AUDIT_H
#define HOTLINE_CLIENT_AUDIT_AUDIT_H

#include "client/audit/crew.h"
#include "client/audit/idmap.h"
#include "client/audit/reader.h"
#include "client/audit/times.h"
#include "client/audit/verify.h"
#include "proto/checkpoint.h"
#include "proto/copy.h"
#include "proto/message.h"
#include "proto/receipt.h"

#define AUDIT_WHERE 128
#define PROGRESS_RECORDS 1024 /* between two reports */
#define NOT_WITNESSED INT64_MAX
#define WITNESSED_WITHOUT_TIME INT64_MIN

/* A log of the record, or one that only a head in the station log speaks of. */
struct trail {
	uint8_t mark[MARK_BYTES]; /* of its origin; must be first (idmap) */
	char origin[ORIGIN_TEXT];
	struct name peer; /* "" for the station log */
	bool is_present;  /* records of it are in the file */
	bool is_missed;	  /* a head of it was seen and it is not present: said once */
	uint64_t size;
	uint64_t checkpoint_size; /* of the last checkpoint record */
	bool has_checkpoint;
	struct merkle *tree; /* while it grows */
	uint8_t root[HASH_BYTES];
	uint32_t last_run; /* or IDMAP_NONE */
	uint64_t withheld_entries;
	uint64_t withheld_objects, withheld_contents, withheld_object_first;
	uint64_t backward_times;
	int64_t last_at;
	uint64_t unchecked_heads;		/* within withheld ranges */
	uint64_t fitting_size, misfitting_size; /* of the largest head that fits, and the smallest that does not */
	uint64_t kept_size;			/* of the largest head kept elsewhere that fits */
	uint32_t revoked;			/* the last of its revocations, or IDMAP_NONE */
	uint64_t foreign_supersedes; /* messages that supersede what their sender did not send */
	uint32_t foreign_first;
	/* of the tally */
	uint64_t next; /* the entry after the last one looked at */
	uint64_t witnessed;
	int64_t witnessed_at;
	bool is_witness_broken;
};

/* An entry of a pair log, or a withheld range of one. */
struct entry {
	int64_t witnessed_at;	  /* earliest statement of the peer about it, or NOT_WITNESSED */
	int64_t head_at;	  /* the same of the head that ends with it; of all later ones too, in the tally */
	uint32_t next_same;	  /* the next entry of the same id, or IDMAP_NONE */
	uint32_t content;	  /* the content its message needs, or IDMAP_NONE */
	uint8_t root[MARK_BYTES]; /* of the log's root after it */
	bool is_received, is_withheld;
	bool has_object : 1, is_exercise : 1, is_message : 1;
};

/* Entries (or one withheld range) that follow one another in the file and in their log. */
struct run {
	uint64_t index;	 /* in the log, of the first */
	uint64_t number; /* of its record */
	uint64_t size;	 /* of the log after a withheld range; 0 for entries */
	uint32_t first, trail;
};

/* An id that any entry carries. */
struct thing {
	uint8_t mark[MARK_BYTES]; /* must be first (idmap) */
	uint32_t first : 31;	  /* the entries of pair logs with it, or one of these two */
	uint32_t has_object : 1;  /* an object record gives it */
};
#define THING_REFUSED 0x7ffffffeu /* nothing but the station log's notes of refusals */
#define THING_NAMED 0x7fffffffu	  /* in the station log alone */

/* A content that a message in the file names, or that is in the file. */
struct wanted {
	uint8_t mark[MARK_BYTES]; /* must be first (idmap) */
	bool is_named, is_present;
};

/* A head of a peer's own log that it signed. */
struct peer_head {
	uint8_t mark[MARK_BYTES]; /* of log and size; must be first (idmap) */
	uint32_t entry;		  /* that brought it */
	uint64_t size;
	uint8_t root[8]; /* of its mark */
};

/* A head of the station log at a size that it had earlier: for a reading of its own. */
struct late_head {
	uint64_t size, number; /* of the record */
	const char *name;      /* of the file that has it, if it was kept elsewhere; else NULL */
	uint8_t root[HASH_BYTES];
	bool is_checked, is_good;
};

/* A revocation of one side of a pair log, by where it stands there. */
struct revoked {
	uint32_t entry, next;
	uint64_t serial;
	bool is_of_peer;
};

/* A note in that entry says that a log was recovered after a backup was put back: from `from` on it grew anew. */
struct recovery {
	uint32_t trail, entry;
	bool is_own; /* this station's log, else the peer's */
	uint64_t from, to;
};

/* An entry whose message is passed on to whom it does not name, and a copy that allows it. */
struct passed {
	uint8_t message[MARK_BYTES]; /* must be first (idmap) */
	uint32_t entry, next_same;
	struct name to;
	bool is_exercise, is_known, is_allowed;
};

/* Two objects that must be of one mode, the second not yet seen. */
struct mode_pair {
	uint32_t entry, named;
};

/* A card of the file, or one given beside it. */
struct known_card {
	uint8_t mark[MARK_BYTES]; /* of name and serial; must be first (idmap) */
	uint8_t id[HASH_BYTES];
	struct name name;
	char state[AUDIT_STATE_TEXT];
	uint64_t serial;
	int64_t valid_from, valid_until;
	uint8_t root[KEY_BYTES], signing[KEY_BYTES], log[KEY_BYTES];
	int trust;	     /* what audit_trust_check gave */
	bool has_record;     /* a card record holds it */
	uint64_t dependents; /* objects that rest on it, counted while it is not trusted */
	uint64_t early, late; /* objects signed before and after it was valid */
	uint32_t next_same;  /* another card of the same name, or IDMAP_NONE */
};

/* The cards of one contact point. */
struct card_name {
	uint8_t mark[MARK_BYTES]; /* must be first (idmap) */
	uint32_t first;
};

/* What a verified object says, whatever its kind. Names borrow from the record. */
struct statement {
	bool is_note;
	enum object_type type; /* of an object */
	struct bytes from;     /* who signed it; of a card or revocation, whom it is about */
	struct bytes to;       /* of a copy */
	uint64_t serial;       /* of the card it is signed under; 0 when by a root */
	int64_t at;	       /* WITNESSED_WITHOUT_TIME when it carries none */
	struct message message;
	struct receipt receipt;
	struct copy copy;
	struct checkpoint checkpoint;
};

struct audit {
	const struct audit_trust *trust;
	const struct audit_options *options;
	struct audit_report *report;
	struct reader reader;
	struct export_record record; /* the one at hand */
	uint64_t number;	     /* of the record that findings are about */
	char where[AUDIT_WHERE];     /* what else is to be said about it, or "" */
	struct crew *crew;
	uint8_t key[HASH_SHORT_KEY_BYTES]; /* of marks */
	uint8_t empty_root[MARK_BYTES];
	char station_origin[ORIGIN_TEXT];
	bool is_cut; /* the layout is wrong: only the records before `limit` are looked at */
	uint64_t limit;
	bool has_begun, has_ended;
	struct statement statement; /* of the object at hand */
	int error; /* the world failed: negative, sticks */

	struct trail *trail;
	struct entry *entry;
	struct run *run;
	struct thing *thing;
	struct wanted *wanted;
	struct peer_head *peer_head;
	struct late_head *late_head;
	struct known_card *card;
	struct card_name *card_name;
	struct revoked *revoked;
	struct passed *passed; /* the copies */
	struct mode_pair *mode_pair;
	struct recovery *recovery;
	uint32_t *uncopied; /* entries of messages that name the other side in ladder_to alone, and no copy was found */
	uint64_t *act;	    /* where in the file revocations, copies and recovery notes stand */
	uint32_t *order;    /* the runs by trail and index */
	size_t trail_count, entry_count, run_count, thing_count, wanted_count, peer_head_count, late_head_count, card_count, card_name_count;
	size_t revoked_count, passed_count, mode_pair_count, uncopied_count, act_count, recovery_count;
	size_t trail_room, entry_room, run_room, thing_room, wanted_room, peer_head_room, late_head_room, card_room, card_name_room;
	size_t revoked_room, passed_room, mode_pair_room, uncopied_room, act_room, recovery_room;
	struct idmap trail_map, thing_map, wanted_map, card_map, card_name_map, passed_map,
	    peer_head_map;
	struct times times;
	int64_t equal_times;
	uint32_t last_trail; /* the one found last, or IDMAP_NONE */
	uint64_t hearsay_heads;
};

/* Room for one more element of *items; the new one is zeroed. NULL, and the audit's error set, when memory runs out. */
void *audit_grow(struct audit *a, void *items, size_t *count, size_t *room, size_t size);
#define AUDIT_ADD(a, list) audit_grow(a, &(a)->list, &(a)->list##_count, &(a)->list##_room, sizeof *(a)->list)

/* The next record of a reading after the first: false at the end, where the layout is wrong, or on an error. */
bool audit_next(struct audit *a);

/* report.c: findings about the record at hand, which is about an entry or (IDMAP_NONE) none. The first bad one is kept. */
__attribute__((format(printf, 3, 4))) void report_bad(struct audit *a, uint32_t entry, const char *format, ...);
/* The same of a record that is not at hand: that of the entry itself. */
__attribute__((format(printf, 3, 4))) void report_bad_entry(struct audit *a, uint32_t entry, const char *format, ...);
__attribute__((format(printf, 3, 4))) void report_note(struct audit *a, bool is_failure, const char *format, ...);
/* one when count is 1, else many. */
const char *report_word(uint64_t count, const char *one, const char *many);

/* cards.c */
/* Adds the cards that the auditor gave. */
void cards_begin(struct audit *a);
/* A card in the file, as a card record or as the object of an entry. */
void cards_add(struct audit *a, struct bytes encoded, bool is_record);
/* The card of name with this serial; IDMAP_NONE if the file has none. Threads may ask. */
uint32_t cards_find(const struct audit *a, struct bytes name, uint64_t serial);
/* The root of name's state: of its first card, trusted ones first. NULL if there is no card of name. */
struct known_card *cards_root(struct audit *a, struct bytes name);
/* The card of name under whose log key the note is signed; IDMAP_NONE if there is none. Threads may ask. */
uint32_t cards_of_note(const struct audit *a, struct bytes name, struct bytes origin, const struct note *note);
/* An object signed at that time rests on this card. */
void cards_rest_on(struct known_card *card, int64_t at);
/* What is to be said about trust at the end. */
void cards_conclude(struct audit *a);

/* logs.c: where things stand. */
/* The trail of an origin of this station, made if it is new; IDMAP_NONE if it is no such origin. */
uint32_t logs_trail(struct audit *a, struct bytes origin);
/* A leaf or, of that many, a withheld range, as the next of the trail; of a pair log: IDMAP_NONE when memory ran out. */
uint32_t logs_add(struct audit *a, struct trail *trail, uint64_t count, bool is_withheld);
/* When all are there: puts the runs in order. */
void logs_sort(struct audit *a);
/* The run of an entry; the entry's index in its log, its record. */
const struct run *logs_run(const struct audit *a, uint32_t entry);
uint64_t logs_index(const struct audit *a, uint32_t entry);
uint64_t logs_number(const struct audit *a, uint32_t entry);
struct trail *logs_trail_of(const struct audit *a, uint32_t entry);
/* The entry after which the pair log has this size, not 0; IDMAP_NONE if that lies in a withheld range or beyond. */
uint32_t logs_entry_before(const struct audit *a, uint32_t trail, uint64_t size);
/* The thing with this id, or NULL; made if it is new. */
struct thing *logs_find(const struct audit *a, const uint8_t id[HASH_BYTES]);
struct thing *logs_thing(struct audit *a, const uint8_t id[HASH_BYTES]);
/* The entry of a pair log with this id, received or not, before `before`; IDMAP_NONE if there is none. */
uint32_t logs_find_in(const struct audit *a, uint32_t trail, const uint8_t id[HASH_BYTES], bool is_received,
		      uint32_t before);

/* layout.c: the first reading. */
void layout_read(struct audit *a);
/* acts.c: revocations, copies and recovery notes, which matter for other objects wherever they stand. */
void acts_note(struct audit *a, struct bytes object);
void acts_read(struct audit *a);
/* The highest serial of a side of the entry's log that was revoked before it. */
uint64_t acts_revoked(const struct audit *a, uint32_t entry, bool is_of_peer);
void acts_check_message(struct audit *a, uint32_t entry, const uint8_t id[HASH_BYTES], const struct message *message);
/* The other side stands in ladder_to alone: a copy must be there. */
void acts_need_copy(struct audit *a, uint32_t entry, const uint8_t id[HASH_BYTES]);
void acts_check_copy(struct audit *a, uint32_t entry, const struct copy *copy);
/* That two objects are of one mode, now or when both are known. */
void acts_check_mode(struct audit *a, uint32_t entry, uint32_t named);
void acts_conclude(struct audit *a);

/* check.c: what the crew does. */
void check_job(const void *ctx, struct job *job);
/* objects.c: the second reading, and what it does with what the crew found. */
void objects_read(struct audit *a);
void objects_take(void *ctx, const struct job *job);
/* statement.c: what an object says, once it is verified; false, and reported, when it is not. */
bool statement_open(struct audit *a, const struct job *job, uint32_t entry, struct statement *out);
/* place.c: whether an object may stand in an entry of a pair log, and what it proves there. */
void place_check(struct audit *a, uint32_t entry, const struct job *job, const struct statement *statement);

/* heads.c: what anyone signed about the roots of logs. */
enum head_kind { HEAD_CHECKPOINT, HEAD_NOTE, HEAD_RECEIPT, HEAD_HOURLY, HEAD_SEEN };
/* A head of a pair log of this station, in an entry or (IDMAP_NONE) in the record at hand. True when the records give it. */
bool heads_check(struct audit *a, enum head_kind kind, uint32_t trail, uint32_t entry, uint64_t size,
		 const uint8_t root[HASH_BYTES]);
/* The peer is known to hold a head that was found to fit, by a statement of that time. */
void heads_witness(struct audit *a, uint32_t trail, uint64_t size, int64_t at);
/* A head of the peer's own log, to be compared with its other heads. */
void heads_keep(struct audit *a, uint32_t entry, uint64_t size, const uint8_t root[HASH_BYTES]);
/* Whether the peer is known to have signed another head of this size of its log. */
bool heads_contradicts(const struct audit *a, uint32_t trail, uint64_t size, const uint8_t root[HASH_BYTES]);
/* The entry at hand, if it is one of hourly heads in the station log. */
void heads_read_hourly(struct audit *a);
/* A checkpoint of the station log in the first reading: at once if of the present size, else in a reading of its own. */
void heads_check_station(struct audit *a, struct trail *trail, uint64_t size, const uint8_t root[HASH_BYTES]);
/* The checkpoint record at hand, in the second reading, if it is of a pair log. */
void heads_read_checkpoint(struct audit *a);
/* Heads of the station log at earlier sizes, if there are any. */
void heads_read_late(struct audit *a);
void heads_conclude(struct audit *a);
/* recovered.c: notes of recoveries; what they explain; a note on each. */
bool recovered_is_note(struct bytes object);
void recovered_add(struct audit *a, struct bytes object);
/* Whether the head, in this entry, is of a log of this station that was lost. */
bool recovered_covers(const struct audit *a, enum head_kind kind, uint32_t trail, uint32_t entry, uint64_t size);
/* Whether the peer's log was recovered between the entries of two of its heads of one size. */
bool recovered_between(const struct audit *a, uint32_t trail, uint64_t size, uint32_t one, uint32_t two);
void recovered_conclude(struct audit *a);
/* kept.c: heads that were kept elsewhere; the second when the station log's are known. */
void kept_check(struct audit *a);
void kept_conclude(struct audit *a);
/* peer.c: the record of a peer, whose verification is complete. */
void peer_check(struct audit *a, struct audit *b, const char *path);
bool audit_has_failure(const struct audit_report *report);

/* tally.c: witnesses, what is withheld. */
void tally_conclude(struct audit *a);

#endif
