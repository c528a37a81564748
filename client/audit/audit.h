/*
 * The state of one verification, private to this folder. The file is read three times: layout (order, entries, cards),
 * objects (signatures, places, contents) and roots (every head anyone signed against the trees); then the tally.
 */
#ifndef HOTLINE_CLIENT_AUDIT_AUDIT_H
#define HOTLINE_CLIENT_AUDIT_AUDIT_H

#include "client/audit/idmap.h"
#include "client/audit/reader.h"
#include "client/audit/verify.h"
#include "proto/checkpoint.h"
#include "proto/message.h"
#include "proto/receipt.h"

#define NOT_WITNESSED INT64_MAX
#define WITNESSED_WITHOUT_TIME INT64_MIN

/* A log of the record, or one that only a head in the station log speaks of. */
struct trail {
	char origin[ORIGIN_TEXT];
	struct name peer; /* "" for the station log */
	bool is_present;  /* records of it are in the file */
	uint64_t size;
	uint64_t checkpoint_size; /* of the last checkpoint record */
	bool has_checkpoint;
	uint64_t withheld_entries;
	uint64_t withheld_objects, withheld_contents, withheld_object_first;
	uint64_t backward_times;
	int64_t last_at;
	uint64_t unchecked_heads; /* within withheld ranges */
	uint8_t root[HASH_BYTES];
	size_t claim_next, claim_end; /* its claims, which are sorted by size; next: a cursor */
	uint64_t fitting_size;	      /* of the largest head that fitted so far */
	/* of the tally */
	uint64_t next;	   /* the entry after the last one looked at */
	uint64_t seen_max; /* the largest head that the peer is proven to hold */
	uint64_t witnessed;
	int64_t witnessed_at;
	bool is_witness_broken;
	uint64_t revoked_own, revoked_peer; /* highest serial revoked so far; 0 none */
};

/* An entry whose leaf is in the file. */
struct entry {
	uint8_t id[HASH_BYTES]; /* must be first (idmap); zero when it has none */
	uint32_t trail;
	uint32_t next_same; /* the next entry of the same id, or IDMAP_NONE */
	uint64_t index, record;
	int64_t witnessed_at; /* earliest statement of the peer, or NOT_WITNESSED */
	uint64_t serial;      /* of the card its object is signed under; 0 none */
	uint64_t revokes;     /* it is a revocation of every serial up to this one; 0 none */
	uint32_t content;     /* the content its message needs, or IDMAP_NONE */
	uint8_t kind;
	bool has_id;
	bool has_object, has_object_record; /* a card record also gives an object */
	bool is_by_peer;		    /* its object is signed by the peer */
	bool revokes_own;		    /* the revocation is of this station */
};

/* A content that a message in the file names. */
struct wanted {
	uint8_t hash[HASH_BYTES]; /* must be first (idmap) */
	bool is_present;
};

enum claim_kind {
	CLAIM_CHECKPOINT, /* a checkpoint record */
	CLAIM_NOTE,	  /* a checkpoint sent to the peer */
	CLAIM_RECEIPT,	  /* the head in a receipt of this station */
	CLAIM_SEEN,	  /* the head of this log that a receipt of the peer says it holds */
	CLAIM_HEADS,	  /* the hourly heads in the station log */
};

/* Someone said that a log had this root at this size. */
struct claim {
	uint32_t trail;
	enum claim_kind kind;
	bool is_good; /* the records give the same root */
	uint64_t size, record;
	uint32_t entry; /* that carries it, or IDMAP_NONE */
	int64_t at;	/* seen: of the receipt */
	uint8_t root[HASH_BYTES];
};

/* A note says that a log was recovered after a backup was put back: from `from` on it grew anew. */
struct recovery {
	uint32_t trail;
	bool is_own;	 /* this station's log, else the peer's */
	uint64_t index;	 /* of the note's entry */
	uint64_t record, from, to;
};

/* What is wrong unless a recovery explains it. */
enum suspicion { SUSPECT_RECEIPT, SUSPECT_SEEN, SUSPECT_NOTE };
struct suspect {
	uint32_t entry;
	enum suspicion why;
	uint64_t record, size;
};

/* A card of the file, or one given beside it. */
struct known_card {
	uint8_t id[HASH_BYTES];
	struct name name;
	char state[AUDIT_STATE_TEXT];
	uint64_t serial;
	uint8_t root[KEY_BYTES], signing[KEY_BYTES], log[KEY_BYTES];
	int trust;	     /* what audit_trust_check gave */
	bool has_record;     /* a card record holds it */
	uint64_t dependents; /* objects that rest on it, counted while it is not trusted */
};

/* What a verified object says, whatever its kind. Names borrow from the record. */
struct statement {
	bool is_note;
	enum object_type type; /* of an object */
	struct bytes from;     /* who signed it; of a card or revocation, whom it is about */
	struct bytes to;       /* of a copy */
	uint64_t serial;       /* of the card it is signed under; 0 when by a root */
	uint64_t revokes;
	int64_t at; /* WITNESSED_WITHOUT_TIME when it carries none */
	struct message message;
	struct receipt receipt;
	struct checkpoint checkpoint;
};

struct audit {
	const struct audit_trust *trust;
	struct audit_report *report;
	struct reader reader;
	struct export_record record; /* the one at hand */
	bool is_cut;		     /* the layout is wrong: only the records before `limit` are looked at */
	uint64_t limit;
	bool has_begun, has_ended;
	int error; /* the world failed: negative, sticks */

	struct trail *trail;
	struct entry *entry;
	struct wanted *wanted;
	struct claim *claim, *peer_head; /* peer_head: heads of the peers' logs, by what they signed */
	struct known_card *card;
	size_t trail_count, entry_count, wanted_count, claim_count, peer_head_count, card_count;
	struct recovery *recovery;
	struct suspect *suspect;
	size_t recovery_count, recovery_room, suspect_count, suspect_room;
	size_t trail_room, entry_room, wanted_room, claim_room, peer_head_room, card_room;
	struct idmap entry_map, wanted_map;
	uint64_t hearsay_heads;
};

/* Room for one more element of *items; the new one is zeroed. NULL, and the audit's error set, when memory runs out. */
void *audit_grow(struct audit *a, void *items, size_t *count, size_t *room, size_t size);
#define AUDIT_ADD(a, list) audit_grow(a, &(a)->list, &(a)->list##_count, &(a)->list##_room, sizeof *(a)->list)

/* report.c: findings. record is an array's number; entry may be NULL. The first bad record is the one kept. */
__attribute__((format(printf, 4, 5))) void report_bad(struct audit *a, uint64_t record, const struct entry *entry,
						      const char *format, ...);
__attribute__((format(printf, 3, 4))) void report_note(struct audit *a, bool is_failure, const char *format, ...);

/* one when count is 1, else many. */
const char *report_word(uint64_t count, const char *one, const char *many);

/* cards.c */
/* Adds the cards that the auditor gave. */
void cards_begin(struct audit *a);
/* A card in the file, as a card record or as the object of an entry. */
void cards_add(struct audit *a, struct bytes encoded, bool is_record);
/* The same for an object record, if it is a card at all. */
void cards_add_object(struct audit *a, struct bytes encoded);
/* The card of name with this serial; NULL if the file has none. */
struct known_card *cards_find(struct audit *a, struct bytes name, uint64_t serial);
/* The root of name's state: of its first card, trusted ones first. NULL if there is no card of name. */
struct known_card *cards_root(struct audit *a, struct bytes name);
/* The card of name under whose log key the note is signed; NULL if there is none. */
struct known_card *cards_of_note(struct audit *a, struct bytes name, struct bytes origin, const struct note *note);
/* An object rests on this card. */
void cards_rest_on(struct known_card *card);
/* What is to be said about trust at the end. */
void cards_conclude(struct audit *a);

/* layout.c: the first reading. */
void layout_read(struct audit *a);
/* objects.c: the second. */
void objects_read(struct audit *a);
/* place.c: whether an object may stand in an entry of a pair log, and what it proves there. */
void place_check(struct audit *a, struct entry *entry, const struct statement *statement);
/* recovered.c: a note of a recovery; what it explains; at the end, what none explains, and a note on each. */
void recovered_note(struct audit *a, const struct entry *entry, const struct checkpoint *note);
void recovered_suspect(struct audit *a, const struct entry *entry, enum suspicion why, uint64_t size);
/* Whether the head is of a log of this station that was lost. */
bool recovered_covers(const struct audit *a, const struct claim *claim);
/* Whether the peer's log was recovered between the entries of two of its heads of one size. */
bool recovered_between(const struct audit *a, const struct claim *left, const struct claim *right);
void recovered_conclude(struct audit *a);
/* roots.c: the third. */
void roots_read(struct audit *a);
/* tally.c: witnesses, revocations, what is withheld. */
void tally_conclude(struct audit *a);

/* A claim about trail's log, to be checked in the third reading. */
void audit_claim(struct audit *a, const struct claim *claim);
/* The trail of an origin of this station, made if it is new; IDMAP_NONE if it is no such origin. */
uint32_t audit_trail(struct audit *a, struct bytes origin);

#endif
