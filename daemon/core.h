/*
 * Inside the station: its structures, and what its parts offer each other. The order of the parts is the order in which
 * a message passes them; a part calls only those below it:
 *   station -> conn, greet, dial, life, path -> partial -> inbox -> release, contacts, ladder -> directory -> outbox -> flight -> track ->
 *   core -> apply
 */
#ifndef HOTLINE_DAEMON_CORE_H
#define HOTLINE_DAEMON_CORE_H

#include "daemon/gate.h"
#include "daemon/link.h"
#include "daemon/station.h"
#include "daemon/store.h"
#include "daemon/store_service.h"
#include "daemon/recover.h"
#include "daemon/witness.h"
#include "proto/card.h"
#include "proto/control.h"
#include "proto/copy.h"
#include "proto/mark.h"
#include "proto/parcel.h"
#include "proto/receipt.h"
#include "proto/result.h"
#include "proto/seal.h"

/* Why input was refused or something went wrong, counted and shown by `status`. */
#define COUNTS(X)                                                                                                      \
	X(COUNT_STRANGER, "no key of ours made the record")                                                            \
	X(COUNT_REPLAYED, "replayed record")                                                                           \
	X(COUNT_HANDSHAKE, "handshake that does not authenticate")                                                     \
	X(COUNT_GATE, "too many connections")                                                                          \
	X(COUNT_TIMEOUT, "nothing came in time")                                                                       \
	X(COUNT_CELL, "malformed cell or frame")                                                                       \
	X(COUNT_PIECE, "piece out of range")                                                                           \
	X(COUNT_PARCEL_SEAL, "parcel that does not open")                                                              \
	X(COUNT_PARCEL, "malformed parcel")                                                                            \
	X(COUNT_CONTRADICTION, "two different parcels of one number")                                                  \
	X(COUNT_MESSAGE, "message refused")                                                                            \
	X(COUNT_RECEIPT, "receipt refused")                                                                            \
	X(COUNT_CARD, "card refused")                                                                                  \
	X(COUNT_REMINDER, "reminder refused")                                                                          \
	X(COUNT_CHECK, "link check out of turn")                                                                       \
	X(COUNT_CHECKPOINT, "checkpoint refused")                                                                      \
	X(COUNT_WANT, "attachment asked for that can't be given")                                                      \
	X(COUNT_BLOB, "attachment bytes that were not asked for or do not match")                                      \
	X(COUNT_RECOVERY, "part of a recovery refused")                                                               \
	X(COUNT_PROOF, "proof or question about a log refused")                                                        \
	X(COUNT_TRACER, "tracer not answered")                                                                         \
	X(COUNT_SKIPPED, "frame or item of a newer version")                                                           \
	X(COUNT_REPEAT, "parcel received again")                                                                       \
	X(COUNT_REQUEST, "malformed request on the control socket")
#define COUNT_NAME(name, text) name,
enum count { COUNTS(COUNT_NAME) COUNT_LAST };
#undef COUNT_NAME

/* A sealed parcel on its way: kept until the peer has stored it. */
struct flight {
	struct flight *next; /* in order of precedence, then seq */
	uint64_t seq;
	uint8_t precedence, tag[FRAME_TAG_BYTES];
	bool is_resealed;
	bool is_refused; /* for good: told once, whatever it is refused with later */
	size_t items, len;
	size_t offset[LIMIT_ENDPOINTS]; /* what comes next on the link of each endpoint */
	size_t only;	      /* the endpoint, and one, that a form sealed anew keeps to; 0 any */
	int64_t launched_at;  /* monotonic */
	uint8_t *sealed;
};

struct partial {
	uint64_t seq; /* 0 free */
	uint8_t tag[FRAME_TAG_BYTES];
	uint8_t *data;
	size_t total, held;
};

/* Custody to be receipted in this turn, one mode each. */
struct custody {
	size_t count;
	uint8_t id[LIMIT_CUSTODY_IDS][OBJECT_ID_BYTES];
	uint8_t precedence;
};

#define CACHED_WEEKS 3
struct week_cache {
	uint32_t generation, week;
	bool is_held;
	struct week_keys keys;
};

/* The key state of a pair; it may be there before the peer is, when an offer was made first. */
struct pairing {
	struct pairing *next;
	struct pair_keys keys;
};

/* The hourly test of a link: ours that is out, and how many of theirs came. */
struct link_test {
	uint32_t n;
	size_t pangram;
	int64_t sent_at, next_at; /* monotonic; 0: none is out, none was sent */
	unsigned heard;
	int64_t heard_from; /* monotonic: since when they are counted */
};

/* A watch or directory check that waits for its answer. */
struct asked {
	bool is_out;
	int64_t due; /* monotonic */
	uint8_t message[OBJECT_ID_BYTES];
};

#define SEEN_RECORDS (3 * WEEK_US / LINK_LIFE_US) /* of the weeks whose records are tried, at one a link's life */

/* Of an endpoint: when it may be dialled next. Monotonic. */
struct dialling {
	int64_t at, started_at, backoff_us;
};

struct peer {
	struct peer *next;
	int64_t id; /* in the store; also the origin of the pair log */
	struct name name;
	const struct config_peer *config; /* NULL: no section of its own */
	int64_t enrolled_at;
	bool is_verified;
	uint8_t *card_bytes; /* the encoded object */
	size_t card_len;
	struct card card;	/* borrows from card_bytes */
	struct pair_keys *pair; /* in the station's pairings */
	struct week_cache cache[PAIR_GENERATIONS * CACHED_WEEKS];
	uint32_t cache_week;
	struct log log;

	uint64_t through, counter_sent, counter_accepted;
	/* tags of first records that had their key agreements: a replay costs none, but once after a restart */
	uint8_t seen_record[SEEN_RECORDS][RECORD_TAG_BYTES];
	size_t seen_next;
	uint64_t seen_size, proven_size; /* of its log: the last head signed or proven; the last proven */
	uint8_t seen_root[HASH_BYTES], proven_root[HASH_BYTES];
	struct head issued[ISSUED_HEADS]; /* of our log with it */
	size_t issued_next;
	bool is_short; /* its hello showed less than before */
	struct recovery_row recovery;
	uint64_t parcel_seq; /* whose items are being taken; 0 none */
	uint64_t highest_received;
	struct partial partial[LIMIT_PARTIALS];
	struct custody custody[2]; /* real, exercise */
	struct flight *flights;
	size_t flight_count, flight_bytes;
	uint64_t heads_size; /* of the log when its last hourly checkpoint was queued */
	bool has_old_link; /* of the card before this one */
	uint8_t old_link[KEY_BYTES];
	int64_t card_taken_at;
	uint64_t revoked; /* serials up to this one are void */
	bool has_new_card; /* taken in this step: parcels may have waited for it */
	bool owes_card; /* our new card is not stored there yet */
	struct given given_scan; /* what stands before it is in flight or stored */
	bool has_more_given, has_waiting;
	bool is_ahead; /* it holds more or another of our record than we do: nothing is signed for it */
	const char *behind; /* why, in words; NULL when it does not */
	uint64_t refused;   /* what came from it and was refused or skipped, counted */
	uint64_t skipped;
	struct fetch *fetch;   /* an attachment that is coming from it; NULL none */
	struct serve *serve;   /* one that it asked for; NULL none */
	uint64_t blob_bytes;   /* of its attachments that are counted against it */
	bool has_wanted;       /* something may have to be asked for */

	struct conn *links;		      /* all connections with it */
	struct conn *path[LIMIT_ENDPOINTS];   /* for each endpoint the live link we send on; NULL none */
	struct conn *conn; /* the most preferred of them, on which everything may leave; NULL when none */
	size_t preferred;  /* its endpoint */
	int64_t since;	   /* of the link's state, real time */
	struct dialling dial[LIMIT_ENDPOINTS];
	unsigned silent_closes;
	bool is_urgent; /* something flash or immediate waits, or is not stored yet */
	int64_t tracers_full_at, reminders_full_at; /* monotonic */
	int64_t round_trip_us, offset_us; /* -1 unknown */
	bool is_clock_off;		  /* by so much that it alarmed */
	struct link_test test;
	struct asked asked[CHECK_TYPES]; /* by type, of which link checks use none */
};

/* A connection and the link on it. */
struct conn {
	struct conn *next, *sibling; /* sibling: of the same peer */
	uint32_t id;
	struct peer *peer; /* NULL until the first record told */
	size_t endpoint;   /* which one of whom it was dialled to; as the dialler says in its hello */
	struct link link;
	char address[64];
	bool is_unwanted; /* its card was revoked: to be closed at the end of the step */
	bool is_renewed;  /* a newer one took its place: the same */
	bool is_connected, has_hello, has_pong, owes_stored;
	size_t room; /* cells that may be handed over now */
	int64_t due; /* monotonic: the handshake's deadline, or the next ping */
	int64_t started_at; /* of the handshake */
	int64_t opened_at, heard_at;
	int64_t room_at; /* when the network last took something */
	int64_t round_trip_us; /* of the last ping; before, a guess */
	unsigned misses;
	int64_t ping_at;   /* t0 of the ping out; 0 none */
	int64_t ping_mono; /* when that was */
	int64_t handed_at; /* the last urgent parcel left whole then; 0 none is awaited */
	int64_t asked_at;  /* a ping out, and not a byte since; 0 none */
	struct proofs proofs;
	struct giving giving;
	struct taking taking;
};

struct client {
	struct client *next;
	uint32_t id, uid;
	const struct config_officer *officer; /* NULL: no officer */
	bool is_greeted, is_following;
	struct exporter *exporter;
	uint32_t export_call;
	struct upload *upload; /* an attachment that it is giving; NULL none */
};

struct station {
	const struct config *config;
	struct store *store;
	struct station_keys keys;
	uint8_t *card_bytes;
	size_t card_len;
	struct card card;
	random_fill *random;
	void *random_ctx;
	struct log log;
	struct pairing *pairings;
	struct peer *peers;
	size_t peer_count;
	struct conn *conns;
	struct client *clients;
	struct gate gate;
	uint32_t next_conn;
	int64_t started_at, heads_at, soft_at;
	int64_t published_day;
	struct clock_shift shift; /* of deadlines' time */
	int64_t ladder_from; /* monotonic: what came due before the start waits so long */
	int64_t timed_at;    /* of the clock: the next timed release; 0 none */
	int64_t next_due;    /* of all deliveries, in deadlines' time; 0 none */
	bool has_due_changed;
	bool is_stopping, has_rung;
	uint64_t count[COUNT_LAST];
	int64_t check_at;      /* monotonic: the next quarter of an hour */
	int64_t check_quarter; /* of the clock, that was seen last */
	struct now clock_at; /* when the clocks were last compared */
	/* of the turn */
	struct now now;
	struct effects *effects;
	char sentence[512]; /* why a request was refused */
};

/* core.c: effects, counting, the station log */
void core_effect(struct station *st, enum effect_type type, uint32_t conn, struct bytes data);
void core_journal(struct station *st, const char *format, ...) __attribute__((format(printf, 2, 3)));
void core_count(struct station *st, enum count cause, struct peer *peer, const char *detail);
const char *core_count_text(enum count cause);
/* An entry of the station log; data is an encoded array. id may be NULL. */
void core_log(struct station *st, enum station_kind kind, const uint8_t *id, struct bytes data);
/* [text, number, number, text] in the order given by `types` (t struct bytes, u uint64_t), logged at once. */
void core_log_act(struct station *st, enum station_kind kind, const uint8_t *id, const char *types, ...);
/* An entry of a pair log. Gives its index. */
uint64_t core_pair_entry(struct station *st, struct peer *peer, enum leaf_kind kind, const uint8_t id[HASH_BYTES]);
/* What clients that follow see. to may be empty. */
void core_notify(struct station *st, const char *event, const struct message *message, struct bytes from,
		 struct bytes to, const char *detail);
void core_alert(struct station *st, const char *event, const struct message *message, struct bytes from);
/* A statement about the peer that must not be lost, logged, journalled, told and rung: it contradicted itself. */
void core_fault(struct station *st, struct peer *peer, const char *what);
/* The peer holds another record of ours than we do: alarm, and nothing is signed for it. */
void core_behind(struct station *st, struct peer *peer, const char *why);
struct peer *core_peer(const struct station *st, struct bytes name);
struct bytes core_own_name(const struct station *st);
/* Refuses a request: the sentence, and the code to return. */
__attribute__((format(printf, 3, 4), nonnull(3))) int core_refuse(struct station *st, int code, const char *format, ...);
/*
 * Takes one from a bucket of so many that refills one by one, and is kept as the time at which it will be full again.
 * False when it is empty.
 */
bool core_take(int64_t *full_at, int64_t now, int64_t count, int64_t refill_us);
/* Number, sender and exercise as people write them: "tha-cert EX 2026-048 213". */
#define REFERENCE_TEXT 64
void core_reference(const struct message *message, char out[REFERENCE_TEXT]);

/* clock.c: steps of our own clock, offsets of the peers' */
/* At the start of each step: has the clock been set since the last one? */
void clock_watch(struct station *st);
/* What an entry about the clock means for the deadlines' time. */
void clock_apply(struct station *st, const struct leaf *leaf);
/* Four stamps, two of them the peer's word: what no clock can have said is no measurement. */
void clock_take_pong(struct station *st, struct conn *conn, const struct frame *frame);
/* How far a peer's clock is off, in words; false, and "", when it is little or unknown. */
#define CLOCK_TEXT 64
bool clock_describe(const struct peer *peer, char out[CLOCK_TEXT]);

/* apply.c: what an entry of a log means (rule 4) */
/* An entry that was just made, or is read again; peer NULL: of the station log. */
void apply_entry(struct station *st, struct peer *peer, const struct leaf *leaf);
/* listing.c: messages and deliveries are put, and the lists that clients page through follow (SPEC 8) */
/* Gives the message's row. */
void listing_put_message(struct station *st, struct message_row *message);
void listing_put_delivery(struct station *st, const struct message_row *message, const struct delivery_row *delivery);
/* rebuild.c: messages, deliveries and deadlines anew from the logs. Gives the number of entries. */
uint64_t rebuild_all(struct station *st);

/* check.c and check_message.c: links, watches and cards are tried (SPEC 7.2) */
struct check_detail {
	const uint8_t *message; /* the id of the one that asked; NULL none */
	int64_t latency_us;
	struct bytes officer; /* empty: the station by itself */
	uint64_t uid;
};
void check_start(struct station *st);
void check_timers(struct station *st);
int64_t check_deadline(const struct station *st);
/* What became of a check: logged, and told where somebody should know. */
void check_note(struct station *st, struct peer *peer, enum check_type type, enum check_outcome outcome,
		  const struct check_detail *detail);
/* An entry of kind STATION_CHECK, for the record. */
void check_apply(struct station *st, const struct leaf *leaf);
void check_test(struct station *st, struct conn *conn, const struct frame *frame);
void check_tested(struct station *st, struct conn *conn, const struct frame *frame);
/* When a peer's card is to be confirmed: half a year after it was last, or after it was enrolled. */
int64_t check_directory_due(struct station *st, const struct peer *peer);
/* A watch or directory check goes out: of an officer, or of the station by itself (client and out NULL). */
int check_send(struct station *st, struct client *client, struct peer *peer, enum check_type type,
	       struct pack_writer *out);
/* A message was released: perhaps a check, by check_send() or from a draft, whose answer is waited for from now on. */
struct release_act;
void check_released(struct station *st, const struct release_act *act, const struct message *message,
		    const uint8_t id[OBJECT_ID_BYTES], struct bytes content);
/* What waits for an answer since before the start. */
void check_load(struct station *st, struct peer *peer);
/* What waited too long. */
void check_attend(struct station *st, struct peer *peer);
/* A message came from a peer: perhaps an answer. */
void check_answered(struct station *st, struct peer *peer, const struct message *message,
		    const struct content *content);
/* What an officer answers to a check that came. */
struct check_reply {
	struct bytes reference;
	size_t word_count;
	struct bytes word[LIMIT_WORDS];
	uint64_t confirmed; /* 1 yes, 2 no; 0 when words are the answer */
};
int check_answer(struct station *st, struct client *client, const struct check_reply *reply, struct pack_writer *out);

/* track.c: what is known of a message's way */
void track_delivery(struct station *st, const struct message_row *row, const struct message *message,
		    const struct delivery_row *delivery, struct control_delivery *out);
/* A message as clients see it. Content only if asked for. RESULT_OK, or MALFORMED when its object is gone. */
int track_message(struct station *st, const struct message_row *row, bool with_content, struct control_message *out);
/* The one message that a reference or 64 hex digits name; 0 or a control error with a sentence. */
int track_find(struct station *st, struct bytes text, struct message_row *out);
/* A held message's header; false when its object is not held. Borrows from the store until the next object is read. */
bool track_header(struct station *st, const uint8_t id[OBJECT_ID_BYTES], struct message *out,
		  enum object_type *out_type);

/* ladder.c: what happens, step by step, when a deadline passes */
void ladder_start(struct station *st);
/* Serves what is due. */
void ladder_timers(struct station *st);
/* Monotonic. */
int64_t ladder_deadline(struct station *st);
/* Whom a step (in percent) copies a message to for an addressee; NULL nobody. skipped, which may be NULL, is told each
 * contact point on the way that is not enrolled. */
struct peer *ladder_target(struct station *st, const struct message *message, struct bytes addressee, uint32_t step,
			   void (*skipped)(struct station *st, struct bytes name, void *ctx), void *ctx);
/* Whether the marking makes each step wait for an officer. */
bool ladder_waits(const struct message *message);
/* An officer takes the step that waits for an addressee. */
int ladder_act(struct station *st, struct client *client, struct bytes reference, struct bytes addressee);
/* Who would be asked after an addressee, for the confirmation of a release. */
void ladder_put_plan(struct station *st, const struct message *message, struct pack_writer *out);
/* A message came: where the configuration asks for an alarm of its own before the watch's time is over. */
void ladder_arm_early(struct station *st, const struct message *message, const uint8_t id[OBJECT_ID_BYTES]);
/* A reminder from a peer about a message of its own. */
int ladder_reminded(struct station *st, struct peer *peer, const uint8_t id[OBJECT_ID_BYTES], uint32_t share);

/* outbox.c: items wait, get a seq, are sealed, travel in pieces, are stored */
void outbox_message(struct station *st, struct peer *peer, const uint8_t id[OBJECT_ID_BYTES],
		    const struct message *message, size_t size);
/* A receipt to be signed when it gets its seq. */
void outbox_receipt(struct station *st, struct peer *peer, const struct receipt *receipt, bool is_exercise,
		    uint8_t precedence);
void outbox_checkpoint(struct station *st, struct peer *peer);
/* The copy is an encoded object; its message is held. */
void outbox_copy(struct station *st, struct peer *peer, const struct message_row *message, struct bytes copy);
/* A reminder of a message at a share of acknowledge-by, in percent, or by an officer's hand. */
#define REMIND_BY_HAND 0
void outbox_reminder(struct station *st, struct peer *peer, const struct message_row *message, uint32_t share);
/* Queues the custody receipts of this turn. */
void outbox_custody(struct station *st, struct peer *peer);
void outbox_refused(struct station *st, struct conn *conn, uint64_t seq, uint8_t reason);
/* Seals what waits and fills the link's room with cells. */
void outbox_fill(struct station *st, struct conn *conn);
/* Whether something flash or immediate waits or is in flight: kept in the peer. */
void outbox_note_urgent(struct station *st, struct peer *peer);

/* heads.c: each hour, the heads of all pair logs */
void heads_log(struct station *st);

/* cards.c: cards that change and cards that end */
#define QUEUE_FIRST (PRECEDENCE_FLASH + 1) /* the place in the outbox before any precedence; it travels as flash */
#define LINK_CHOICES 4
struct link_choice {
	const struct link_pair *own;
	const uint8_t *peer;
};
void cards_load_peer(struct station *st, struct peer *peer);
/* At the start: a card of ours that the store has not seen goes to every peer before anything else. */
void cards_announce(struct station *st);
/* The link key to dial with and to seal with: the old one until the peer has stored the new card. */
const struct link_pair *cards_own_link(const struct station *st, const struct peer *peer);
/* The pairs of keys under which a record may be answered, or a parcel opened; gives how many. */
size_t cards_link_choices(const struct station *st, const struct peer *peer, bool opens, struct link_choice out[LINK_CHOICES]);
/* What differs between two cards, in words: "serial 1 to 2, endpoints, link key". */
void cards_changes(const struct card *before, const struct card *now, char *out, size_t size);
/* A higher serial is in force for the peer. */
void cards_replaced(struct station *st, struct peer *peer, const uint8_t old_link[KEY_BYTES]);
/* Something was stored: perhaps our card. */
void cards_stored(struct station *st, struct peer *peer);
bool cards_is_revoked(const struct peer *peer);
/* An armoured card or revocation that an officer brings. 0, or a control error with a sentence. */
int cards_take_file(struct station *st, struct client *client, struct bytes armour);
/* A revocation from a peer, or from an officer (from NULL). */
int cards_take_revocation(struct station *st, struct bytes encoded, struct peer *from);

/* flight.c: sealed parcels on their way */
#define FLIGHTS 64		 /* parcels of one peer in flight */
#define FLIGHT_BYTES (256 * KIB) /* and their bytes, but for urgent ones */
#define ITEM_BYTES 64		 /* the arrays around an item's parts */
struct flight *flight_find(const struct peer *peer, uint64_t seq);
void flight_remove(struct peer *peer, struct flight **at);
void flight_drop_all(struct peer *peer);
/* Seals the items that stand under a seq. False when the keys are not there: flight_relaunch() tries again. */
bool flight_launch(struct station *st, struct peer *peer, uint64_t seq, uint8_t precedence, bool is_resealed);
/* Parcels that were given a seq before a restart, or could not be sealed then: the most urgent first. */
void flight_relaunch(struct station *st, struct peer *peer);
/* What comes next on a link. */
struct flight *flight_first_unsent(const struct station *st, const struct conn *conn);
/* Pieces into what room a cell has left. */
void flight_put_pieces(struct station *st, struct conn *conn, struct cell *cell);
/* Every flight from its first byte: another link of this endpoint carries them now. The peer says what it holds. */
void flight_rewind(struct peer *peer, size_t endpoint);
/* The peer's hello: what it holds. */
void flight_hello(struct station *st, struct peer *peer, const struct have *have);
void flight_resume(struct conn *conn, uint64_t seq, const uint8_t tag[FRAME_TAG_BYTES], uint64_t offset);
void flight_stored(struct station *st, struct peer *peer, const struct have *have);
/* Whether a flash or immediate parcel has left whole on this link and is not stored yet. */
bool flight_awaits_urgent(const struct conn *conn);
/* How much of a parcel has left: percent. */
uint8_t flight_percent(const struct peer *peer, uint64_t seq);

/* upload.c: attachments into a draft, as a client gives them */
/* given: name, media type and length. An unfinished one of this client is dropped. */
int upload_begin(struct station *st, struct client *client, uint64_t draft, const struct attachment *given);
/* The next plain bytes: whole chunks of ATTACHMENT_CHUNK_BYTES, or all that is left. Answers [received, its number or 0]. */
int upload_data(struct station *st, struct client *client, struct bytes data, struct pack_writer *out);
/* Forgets what the client did not finish, with or without what of it is in the store. */
void upload_drop(struct station *st, struct client *client);
void upload_finish(struct client *client);

/* serve.c: attachments on their way to a peer */
void serve_want(struct station *st, struct conn *conn, const struct frame *want);
/* Blobs into what room a cell has left, after everything else. */
void serve_fill(struct station *st, struct conn *conn, struct cell *cell);
void serve_end(struct peer *peer);
/* How far each addressee of what was sent has got: [[name, bytes]…]; none of what was not sent. */
void serve_view(struct station *st, const uint8_t hash[HASH_BYTES], struct pack_writer *out);

/* fetch.c: attachments on their way from a peer */
void fetch_load_peer(struct station *st, struct peer *peer);
/* A message came from the peer: what is attached to it is to be fetched. */
void fetch_message(struct station *st, struct peer *peer, const struct message *message, const struct content *content);
void fetch_blob(struct station *st, struct conn *conn, const struct frame *blob);
/* At the end of a turn: stores what came, and asks for what is next. */
void fetch_settle(struct station *st, struct peer *peer);
/* Another link, or none, carries the peer's frames now. */
void fetch_relink(struct station *st, struct peer *peer);
void fetch_end(struct peer *peer);
/* How far an attachment is here. */
void fetch_view(struct station *st, const uint8_t hash[HASH_BYTES], struct control_blob *out);

/* directory.c: who the peers are and which keys they have */
int directory_load(struct station *st, const struct pair_keys *pairs, size_t count);
void directory_finish(struct station *st);
/*
 * Whose key made the record's tag. Weeks before a chain begins share its first keys, so that several weeks may fit: the
 * nth match is given, NULL when there are no more.
 */
struct peer *directory_find_record(struct station *st, const uint8_t record[RECORD_BYTES], size_t nth,
				   struct week_cache *out);
bool directory_week_keys(struct station *st, struct peer *peer, uint32_t generation, uint32_t week,
			 struct week_keys *out);
/* The key pair objects of a peer's serial are signed with; false when not held. */
bool directory_signing_key(struct station *st, struct peer *peer, uint64_t serial, uint8_t out[KEY_BYTES]);
/* A card that came from anyone; enters nothing in a log. */
int directory_take_card(struct station *st, struct bytes encoded, struct peer **out_peer);
/* What of a pair's keys is held, to tell afterwards what was wiped. */
struct key_extent {
	bool is_held;
	uint32_t generation, chain_week;
};
void directory_extent(const struct pair_keys *keys, struct key_extent out[PAIR_GENERATIONS]);
/* Notes in the station log what is no longer held. */
void directory_log_wiped(struct station *st, const struct key_extent before[PAIR_GENERATIONS],
			 const struct pair_keys *keys);
void directory_authenticated(struct station *st, struct peer *peer, uint32_t generation, uint32_t week);
/* Takes over a card whose encoded object is kept from now on. Outcomes of card_open(), or negative. */
int directory_set_card(struct peer *peer, struct bytes encoded);
/* The key state for a name, begun when there is none. */
struct pairing *directory_pairing(struct station *st, const struct name *name);
/* A peer as the store has it, without card and keys, at the end of the list. NULL: no memory. */
struct peer *directory_add_peer(struct station *st, const struct peer_row *row);
bool directory_begin_static(struct station *st, struct peer *peer);

/* contacts.c: how a contact point becomes a peer */
#define CONTACT_TEXT (2 * FINGERPRINT_TEXT) /* room for what a view of a contact borrows */
int contacts_offer(struct station *st, struct client *client, struct bytes name, struct pack_writer *out);
int contacts_accept(struct station *st, struct client *client, struct bytes armour, bool is_unverified,
		    struct pack_writer *out);
/* The offer's card has another root than the one enrolled: in force at once, or when a second admin repeats it. */
int contacts_new_root(struct station *st, struct client *client, struct bytes armour, struct bytes fingerprint,
		      struct pack_writer *out);
/* The fingerprint as it was read over another path: enrolled without, the peer is verified from now on. */
int contacts_verify(struct station *st, struct client *client, struct bytes name, struct bytes fingerprint,
		    struct pack_writer *out);
int contacts_reset_replay(struct station *st, struct client *client, struct bytes name);
void contacts_view(struct station *st, struct peer *peer, struct control_contact *out, char text[CONTACT_TEXT]);

/* release.c and draft.c: from words to a message */
int draft_new(struct station *st, struct client *client, struct bytes header, struct bytes content,
	      struct pack_writer *out);
/* Other words in a draft that is there. */
int draft_put(struct station *st, struct client *client, uint64_t id, struct bytes header, struct bytes content, bool keeps,
	      struct pack_writer *out);
/* All that a releaser should look at first, a sentence each: what keeps it from release, then what does not. */
int draft_check(struct station *st, uint64_t id, struct pack_writer *out);
int draft_view(struct station *st, const struct draft_row *row, bool with_content, struct pack_writer *out);
/* Two on a flash, else one; one of any where the configuration asks for no second person. */
size_t draft_approvals_needed(const struct station *st, const struct message *message);
int draft_delete(struct station *st, struct client *client, uint64_t id);
int draft_approve(struct station *st, struct client *client, uint64_t id, struct pack_writer *out);
/* Who releases, and what they said. */
struct release_act {
	struct bytes officer; /* or "station", of what it answers by itself */
	uint64_t uid;
	uint64_t draft; /* 0: there was none */
	bool anyway;
	struct bytes reason; /* "" none */
};
/* Stamps, signs, stores and queues; message comes with its releasers set. 0, or a control error with a sentence. */
int release_now(struct station *st, const struct release_act *act, struct message *message, struct bytes content,
		uint8_t out_id[OBJECT_ID_BYTES]);
/* The draft of the act, if it has its approvals; it is gone then. */
int release_approved(struct station *st, const struct release_act *act, uint8_t out_id[OBJECT_ID_BYTES]);
int release_check_approvals(struct station *st, uint64_t draft);
/* The message as clients see it. */
int release_view(struct station *st, const uint8_t id[OBJECT_ID_BYTES], struct pack_writer *out);
/* What needs no draft: of an officer, or of the station by itself (client NULL). out may be NULL. */
int release_alone(struct station *st, struct client *client, struct message *message, struct bytes content,
		  struct pack_writer *out);
int release_hold(struct station *st, struct client *client, struct bytes reference, int64_t until, struct bytes text,
		 struct pack_writer *out);

/* timed.c: releases that wait for their time */
void timed_load(struct station *st);
/* Monotonic. */
int64_t timed_deadline(const struct station *st);
/* at 0: no more. */
int timed_set(struct station *st, struct client *client, const struct timed_row *order);
void timed_run(struct station *st);

/* One of the two sides of a pair, when an entry was made. */
struct side {
	struct bytes peer;
	bool is_own; /* else the peer's */
	int64_t at;  /* the clock's time */
};

/* supersede.c: update, correct, cancel */
/* Whether a header's supersedes is its sender's to say: RESULT_OK, MALFORMED, LIMIT. */
int supersede_judge(struct station *st, const struct message *message);
/* The same for a draft and in a sentence, and whether the old message can still be superseded. */
int supersede_check(struct station *st, const struct message *message);
/* An addressee of the old message whom the new one does not name. */
bool supersede_leaves_out(struct station *st, const struct message *message, struct name *out);
void supersede_apply(struct station *st, const struct message *message, const uint8_t id[OBJECT_ID_BYTES], int64_t at);

/* incident.c: open, proposed to be closed, closed, pair by pair */
enum incident_state incident_state(struct station *st, const struct message *message, struct bytes peer);
bool incident_crosses_modes(struct station *st, const struct message *message);
void incident_apply(struct station *st, const struct message *message, const uint8_t id[OBJECT_ID_BYTES],
		    const struct side *side);

/* service.c and service_send.c: tracer, minimise, silence */
/* Until when the side that a message waits for is silent by notice; 0: it is not. `at` is in the clock's time. */
int64_t service_silent_until(struct station *st, const struct message_row *message, struct bytes addressee, int64_t at);
/* A delivery begins to wait, perhaps for a side that is silent. */
void service_pause(struct station *st, const struct message_row *message, struct delivery_row *delivery, int64_t at);
void service_apply(struct station *st, const struct message *message, const struct side *side);
bool service_is_tracer(const struct message *message, const struct content *content);
/* Whether a tracer of this peer is one too many; counts it otherwise. */
bool service_floods(struct station *st, struct peer *peer, const struct message *message,
		    const struct content *content);
/* A service message that was taken: a tracer is answered. */
void service_received(struct station *st, struct peer *peer, const struct message *message,
		      const struct content *content, const uint8_t id[OBJECT_ID_BYTES]);
/* The minimise, of either side, that asks for a reason on the way to a peer; false when there is none. */
bool service_asks_reason(struct station *st, const struct message *message, struct bytes peer, struct notice_row *out);
/* Whether minimise lets a message go: without a reason only from its precedence on. */
int service_check_release(struct station *st, const struct message *message, struct bytes reason);
/* The content of what is sent without a draft: holds and service messages. */
struct service_words {
	const char *subject;
	enum service type;
	int64_t until;
	uint8_t least;
	struct bytes stages, text;
};
struct bytes service_content(struct station *st, const struct service_words *words, uint8_t *buffer, size_t size);
/* Asks one addressee, or all when name is empty, where a message is. */
int service_trace(struct station *st, struct client *client, struct bytes reference, struct bytes name,
		  uint8_t out_id[OBJECT_ID_BYTES]);
/* Minimise or silence, begun or lifted; to nobody: to every peer. */
struct service_order {
	struct bytes to[LIMIT_ADDRESSEES], exercise, text;
	size_t to_count;
	int64_t until;
	uint8_t least;
};
/* Has the addressee's station ring again for a message that is not acknowledged; all of them when name is empty. */
int service_remind(struct station *st, struct client *client, struct bytes reference, struct bytes name,
		   uint64_t *out_count);
int service_order(struct station *st, struct client *client, enum service type, const struct service_order *order,
		  uint8_t out_id[OBJECT_ID_BYTES]);

/* inbox.c: what is in a parcel becomes messages and receipts */
/*
 * The plaintext is authentic: known already, contradictory, or new. A refuse reason, 0 when it was taken, INBOX_WAITS when
 * it is to be kept until the sender's next card has come.
 */
#define INBOX_WAITS 255
int inbox_parcel(struct station *st, struct peer *peer, uint64_t seq, struct bytes plain);

/* judge.c: what must hold before something is accepted */
/* Of a message. out_* are filled as far as reading came. A result, RESULT_OK when it is good. */
int judge_message(struct station *st, struct peer *peer, const struct item *item, struct object *out_object,
		  struct message *out_message, struct content *out_content);
/* Whether something in a parcel is signed under a serial that is not held yet, nor brought by the parcel itself: it is
 * kept until the card has come. */
bool judge_needs_card(const struct peer *peer, const struct parcel *parcel);

/* What the peer had sent before our record was lost. False: it does not belong here. */
bool inbox_take_back(struct station *st, struct peer *peer, const struct item *item);
/* A message for which no receipt of ours is known: it is receipted, told and rung now. */
void inbox_owe(struct station *st, struct peer *peer, const struct message *message, const uint8_t id[OBJECT_ID_BYTES]);

/* partial.c: pieces become parcels */
/* True when a stored frame is owed. */
bool partial_piece(struct station *st, struct conn *conn, uint64_t seq, const uint8_t tag[FRAME_TAG_BYTES],
		   uint64_t offset, uint64_t total, struct bytes data);
/* What is held of the peer's stream, and how many seqs are missing below the highest. */
void partial_have(struct station *st, struct peer *peer, struct have *out);
uint64_t partial_gaps(struct station *st, struct peer *peer);
void partial_finish(struct peer *peer);

/* conn.c: connections and the links on them */
void conn_accepted(struct station *st, uint32_t id, const char *address);
void conn_connected(struct station *st, struct conn *conn);
void conn_bytes(struct station *st, struct conn *conn, struct bytes data);
void conn_closed(struct station *st, struct conn *conn);
void conn_timers(struct station *st);
int64_t conn_deadline(const struct station *st);
void conn_room(struct station *st, struct conn *conn, size_t room);
void conn_stop(struct station *st);
/* Links that lost their right to be. */
void conn_drop_unwanted(struct station *st);
struct conn *conn_find(const struct station *st, uint32_t id);
struct conn *conn_add(struct station *st, uint32_t id);
/* It is known whose it is. */
void conn_join(struct conn *conn, struct peer *peer);

/* life.c: how long a link lives */
enum life { LIFE_GOES_ON, LIFE_SILENT, LIFE_DEAF, LIFE_OVER };
void life_measure(struct conn *conn, int64_t elapsed_us);
void life_begin(struct station *st, struct conn *conn);
void life_heard(struct station *st, struct conn *conn);
enum life life_attend(struct station *st, struct conn *conn);
int64_t life_deadline(const struct conn *conn);
/* When the dialler opens another beside it: it is old, or it may be dead. */
int64_t life_successor_at(const struct conn *conn);

/* dial.c: who dials, and when */
size_t dial_endpoints(const struct peer *peer);
struct bytes dial_endpoint(const struct peer *peer, size_t endpoint);
/* Whether a peer's endpoint, on its card or in the configuration, or its live link has this address. */
bool dial_knows(const struct station *st, const char *address);
bool dial_is_on(const struct peer *peer);
/* Monotonic; INT64_MAX: not before something changes. */
int64_t dial_due(const struct station *st, const struct peer *peer, size_t endpoint);
void dial_start(struct station *st, struct peer *peer, size_t endpoint);
/* All endpoints at once, as if for the first time. */
void dial_now(struct station *st, struct peer *peer);
/* A link that had carried cells ended. */
void dial_lost(struct station *st, struct peer *peer, size_t endpoint);
void dial_note_silence(struct peer *peer, bool was_connected);

/* path.c: which link of each endpoint we send on */
void path_choose(struct station *st, struct peer *peer);
bool path_may_send(const struct conn *conn);
/* Whether a parcel goes over this link: over the most preferred everything, over all a flash and what is late. */
bool path_carries(const struct station *st, const struct conn *conn, const struct flight *flight);
/* When the next parcel is late and goes over all. */
int64_t path_deadline(const struct station *st, const struct peer *peer);
void path_retire(struct peer *peer, size_t endpoint);

/* greet.c: handshake and hello. Where they give false, the connection is to be closed. */
bool greet_dial(struct station *st, struct conn *conn);
/* An accepted connection's first record: whose it is, then whether it is fresh, then the answer. */
bool greet_answer(struct station *st, struct conn *conn);
/* The handshake is done: from here cells travel. */
void greet_open(struct station *st, struct conn *conn);
void greet_hello(struct station *st, struct conn *conn, const struct frame *frame);
void greet_ask_alive(struct station *st, struct conn *conn);

/* request.c: the control socket's methods; exporter.c: the record as a stream */
void request_handle(struct station *st, struct client *client, struct bytes data);
/* The next part of an export, once the last has left. */
void request_continue(struct station *st, struct client *client);
struct selection;
struct exporter *exporter_create(struct station *st, const struct selection *selection);
/* Writes the next part; false at the end. */
bool exporter_next(struct station *st, struct exporter *exporter, struct pack_writer *w);
void exporter_destroy(struct exporter *exporter);

#endif
