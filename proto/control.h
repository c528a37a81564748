/*
 * The contract between hotlined and hotline (SPEC 8): length-prefixed MessagePack-RPC on a Unix socket, one table of
 * methods, and the structures they carry. Every request, answer and event is read strictly on both sides.
 */
#ifndef HOTLINE_PROTO_CONTROL_H
#define HOTLINE_PROTO_CONTROL_H

#include "proto/check.h"
#include "proto/frame.h"
#include "proto/message.h"
#include "proto/name.h"

#define CONTROL_VERSION 5
#define CONTROL_LENGTH_BYTES 4
/* The longest message on the socket after its length: a request, or a content with its header and 192 deliveries. */
#define CONTROL_MAX_BYTES (LIMIT_REQUEST_BYTES + 512 * KIB)

enum role { ROLE_DRAFTER = 1, ROLE_RELEASER = 2, ROLE_WATCH = 4, ROLE_AUDITOR = 8, ROLE_ADMIN = 16 };
#define ROLE_ANY 31
/* "drafter" … ; 0 when unknown. */
unsigned role_of(struct bytes name);
const char *role_name(unsigned role);

enum method {
	METHOD_HELLO, METHOD_STATUS, METHOD_OFFER, METHOD_ACCEPT, METHOD_CONTACTS, METHOD_CONTACT, METHOD_SHEET,
	METHOD_DRAFT_NEW, METHOD_DRAFT_LIST, METHOD_DRAFT_SHOW, METHOD_DRAFT_DELETE, METHOD_APPROVE,
	METHOD_RELEASE, METHOD_LIST, METHOD_SHOW, METHOD_SHOWN, METHOD_ACK, METHOD_HOLD, METHOD_FOLLOW,
	METHOD_EXPORT, METHOD_LADDER, METHOD_COPY, METHOD_VERIFY, METHOD_RESET_REPLAY, METHOD_NEW_ROOT, METHOD_TAKE,
	METHOD_RECOVER,
	METHOD_ATTACH, METHOD_ATTACH_DATA, METHOD_BLOB, METHOD_BLOB_READ,
	METHOD_CHECKS, METHOD_CHECK, METHOD_CHECK_ANSWER,
	METHOD_TIMED, METHOD_TRACE, METHOD_TRACED, METHOD_MINIMISE, METHOD_SILENCE, METHOD_INCIDENT,
	METHOD_REMIND, METHOD_PAGE, METHOD_DRAFT_PUT, METHOD_VERSIONS, METHOD_VERSION, METHOD_DRAFT_CHECK,
	METHOD_COUNT,
};

/*
 * name, parameters, result, and which roles may call. A list is one array; [] is none.
 *
 * hello          [version]                           [version, station, officer, roles]
 * status         []                                  [struct control_status, [struct control_peer…], [struct control_notice…]]
 * contacts.offer [peer]                              [armoured offer]
 * contacts.accept [armoured offer, unverified]       [struct control_contact]   (enrolled, or renewed)
 * contacts.take  [armoured card or revocation]        []  of a contact: the card comes into force, the revocation is spread
 * contacts.new_root [armoured offer, fingerprint]     [struct control_contact]   (the card's root replaces the enrolled one,
 *                                                    or waits for another admin: then waiting_root is not empty)
 * contacts.verify [peer, fingerprint]                [struct control_contact]
 * contacts.reset_replay [peer]                       []
 * recover [peer]                                     []  what the peer holds of this station's lost record is taken back
 * contacts.list  []                                  [[struct control_contact…]]
 * contacts.show  [peer]                              [struct control_contact]
 * contacts.sheet [peer]                              [struct control_contact, generation, week, [voice code…]]
 * draft.new      [header bin, content bin]           [draft id, [warning…]]     (message_encode, content_encode; salt zero)
 * draft.put      [draft id, header bin, content bin, keep] [draft id, [warning…]]  the same for a draft that is there:
 *                                                    its attachments stay, its approvals are void, the officer is its
 *                                                    drafter now; keep: what it said is kept as a version
 * draft.check    [draft id]                          [[sentence…]]  what a releaser should look at before; [] nothing
 * draft.versions [draft id]                          [[[number, at, officer]…]]  the newest 32; without what it says now
 * draft.version  [draft id, number]                  [header bin, content bin]
 * draft.list     []                                  [[struct control_draft…]]  (header bin, content empty)
 * draft.show     [draft id]                          [struct control_draft]
 * draft.delete   [draft id]                          []
 * draft.attach   [draft id, name, media type, length] []  begins an attachment; then, until all of it was given:
 * draft.attach_data [bin]                            [received, number]   whole chunks of 64 KiB, or all that is left;
 *                                                    number 0 until the last. Approvals made before are void
 * attachment.state [hash of the ciphertext]          [struct control_blob, [[addressee, bytes of it given]…]]  of one
 *                                                    that was sent; else nobody
 * attachment.read [hash of the ciphertext, offset]   [bin]  ciphertext from there on, as much as one answer takes; the
 *                                                    content has the key
 * approve        [draft id, anyway]                  [approvals, needed]
 * release        [draft id, anyway, reason]          [struct control_message]   (reason: below minimise; "" none)
 * release.at     [draft id, time, anyway, reason]    []  it is released then by itself; time 0: no more
 * trace          [reference, addressee or ""]        [struct control_message]   (the tracer; sends at once)
 * traced         [reference]                         [[struct control_trace…]] of the addressees who were asked
 * minimise       [least precedence, until, [peer…], exercise, text]  [struct control_message]   (least 0: lifted;
 *                                                    until 0: until lifted; [] every peer; sends at once)
 * silence        [until, [peer…], exercise, text]    [struct control_message]   (until 0: lifted; sends at once)
 * remind         [reference, addressee or ""]        [how many were reminded]
 * incident       [16 bytes]                          [hex id of its last message, [[peer, enum incident_state]…]]
 * draft.ladder   [draft id]                          [waits for an officer, [[addressee, percent, us after custody, contact point or ""]…]]
 * copy           [reference, addressee]              []  the ladder's step that waits for an officer is taken
 * list           [limit, before_at]                  [[struct control_message…]] newest first, content empty;
 *                                                    before_at 0: from the newest, else entries older than this `at`
 * page           [enum box, peer or "", precedences, incident bin or empty, offset, limit]
 *                                                    [how many, [struct control_message…]] content empty; precedences: a
 *                                                    bit each, 0 any. First what is due, the earliest before, then the
 *                                                    rest, newest first. As many as one answer holds
 * show           [reference or 64 hex digits]        [struct control_message]   (with content)
 * shown          [reference, by_terminal]            [recorded]  by_terminal: the client showed it by itself
 * ack            [reference, understood, note]       []
 * hold           [reference, until, text]            [struct control_message]   (drafts, signs and sends at once)
 * follow         []                                  []  then events "event": [at, event, number, exercise, from, to, precedence, detail]
 * check.list     []                                  [[struct control_check…]]  one for each peer and type
 * check.send     [peer, type, by_phone]              [[struct control_message] or []]  by_phone: nothing is sent, an officer
 *                                                    reached the peer by the telephone on its card, and it is true
 * check.answer   [reference, [word…], confirmed]     [struct control_message]   confirmed: 1 yes, 2 no, 0 of a watch check
 * log.export     [peer or "", incident bin or empty, since, until, withhold contents, [reference…]]
 *                                                    [] after events "export": [bin]…, the export's bytes in order
 */
struct method_row {
	const char *name;
	unsigned roles; /* any of these */
};
extern const struct method_row method_rows[METHOD_COUNT];
/* METHOD_COUNT when unknown. */
enum method method_of(struct bytes name);

/* Which messages a page is of. Open: somebody is still waited for (SPEC 8). */
enum box { BOX_ALL, BOX_OPEN, BOX_INBOX, BOX_OUTBOX };
#define BOX_LAST BOX_OUTBOX

/* Why an addressee's answer is missing: product's list, exactly one of them. */
enum why {
	WHY_NOT_SENT,	  /* not yet sent, or being sent: percent */
	WHY_NO_PATH,	  /* no path since time */
	WHY_REFUSED,	  /* refused by their station: reason */
	WHY_CUSTODY,	  /* in custody, not opened */
	WHY_SHOWN,	  /* opened at time, not acknowledged */
	WHY_ACKNOWLEDGED, /* acknowledged, answer due time */
	WHY_HOLD,	  /* on hold until time */
	WHY_DECLINED,
	WHY_SILENT,	  /* silent by notice until time */
	WHY_EXPIRED,	  /* expired at time */
	WHY_ANSWERED,	  /* it is not: answered */
	WHY_INFO,	  /* it is not: info addressees owe custody only */
};

enum control_breach { BREACH_CUSTODY = 1, BREACH_OPEN = 2, BREACH_ACKNOWLEDGE = 4, BREACH_ANSWER = 8 };

/* An incident between this station and one peer. */
enum incident_state { INCIDENT_NONE, INCIDENT_OPEN, INCIDENT_OWN_CLOSE, INCIDENT_THEIR_CLOSE, INCIDENT_CLOSED };
/* "close proposed by us"; "" for none. */
const char *incident_state_text(enum incident_state state);

/* One addressee of a message, as this station knows it. Times in us, 0 when not yet. */
struct control_delivery {
	struct bytes name;
	uint8_t part; /* 0 for action, 1 for info, 2 a copy that the ladder made */
	int64_t sent_at, custody_at, shown_at, acknowledged_at, answered_at;
	uint32_t clock_error[3]; /* ms: of the receipts of custody, shown, acknowledged; CLOCK_ERROR_UNKNOWN */
	uint8_t understood, refused_reason; /* 0 none */
	struct bytes officer, note;	    /* of the acknowledgement */
	uint64_t holds;			    /* how many so far */
	int64_t due_at;			    /* the next deadline; 0 none */
	uint32_t step, waiting;		    /* ladder: last step, and one that waits for an officer; percent of acknowledge-by */
	uint32_t breached;		    /* bits of enum control_breach */
	uint8_t why;
	int64_t why_at;
	uint8_t percent;
	uint8_t incident; /* enum incident_state, with this addressee or with the sender */
};

struct control_message {
	uint8_t id[OBJECT_ID_BYTES];
	struct bytes header; /* the message body */
	bool is_exercise_type;
	bool is_sent;	 /* else received */
	int64_t at;	 /* released here, or in custody here */
	struct bytes subject;
	struct bytes content; /* empty where not asked for */
	struct bytes in_reply_to; /* "vnm-cert 2026-048 213" when known, else "" */
	struct bytes supersedes;  /* the same */
	uint8_t superseded; /* by its own sender, with a message of this kind; 0 not */
	struct bytes superseded_by; /* its number */
	int64_t superseded_at;
	size_t delivery_count;
	struct control_delivery delivery[LIMIT_DELIVERIES];
};

struct control_draft {
	uint64_t id;
	struct bytes header, content; /* header: as a message body not yet released */
	int64_t made_at;
	struct bytes drafter;
	size_t approval_count;
	struct bytes approval[LIMIT_RELEASERS];
	uint64_t approvals_needed;
	struct bytes missing; /* what keeps it from release, a sentence; "" when nothing */
	int64_t release_at;   /* by itself; 0 not */
	struct bytes failure; /* why it was not released then; "" */
};

/* How far an attachment is at this station. */
enum blob_state {
	BLOB_UNKNOWN,  /* no draft or message here has it */
	BLOB_HELD,     /* whole */
	BLOB_FETCHING, /* coming in now */
	BLOB_WAITING,  /* for its turn, or for a link */
	BLOB_ABSENT,   /* the peer does not hold it; it is asked again on the next link */
	BLOB_OVER,     /* over what the configuration lets the peer make us hold */
	BLOB_BAD,      /* what came did not match its hash, twice */
};

struct control_blob {
	uint8_t state;
	uint64_t total, held; /* bytes of ciphertext */
	uint64_t rate;	      /* bytes a second, while it is fetched */
};

enum link_state { LINK_DOWN, LINK_DIALLING, LINK_UP };

struct control_contact {
	struct bytes name;
	struct bytes card;   /* the encoded card object */
	struct bytes fingerprint; /* of its root, 40 digits */
	uint64_t generation; /* the pair key used for sending; 0: from link keys alone */
	bool is_verified;    /* an officer compared the fingerprint */
	int64_t enrolled_at;
	uint32_t week_from, week_to; /* keys of these weeks are held, in any generation */
	struct bytes waiting_root;   /* fingerprint of a new root that another admin has to confirm; "" none */
};

struct control_peer {
	struct bytes name;
	uint8_t link;		/* enum link_state */
	int64_t since;		/* of the link state, us */
	struct bytes endpoint;	/* dialled or seen */
	int64_t round_trip_us;	/* -1 unknown */
	int64_t offset_us;	/* their clock minus ours; valid when round trip is known */
	uint64_t waiting, in_flight; /* items without and with a seq */
	uint64_t log_size;
	uint8_t log_root[HASH_BYTES];
	uint64_t seen_size;	/* the last head of theirs, signed or proven */
	uint64_t proven_size;	/* up to here their log is proven to have only grown */
	uint64_t evidence;	/* contradictions of theirs for which there is a file */
	uint64_t refused;	/* what came from it and was refused, counted */
	uint64_t gaps;		/* seqs missing below the highest received */
	uint64_t gap_first;	/* the lowest of them; 0 none */
	int64_t gap_since;	/* when the first beyond it came */
	uint64_t skipped;	/* unknown frames and items, counted */
	struct bytes explanation; /* of silent closes; "" when none */
};

struct control_count {
	struct bytes cause;
	uint64_t count;
};
#define CONTROL_COUNTS 32

struct control_status {
	struct bytes station, version;
	int64_t started_at, now;
	uint32_t clock_error; /* ms */
	uint64_t unacknowledged, drafts;
	uint64_t incident[3]; /* pairs' incidents that are open, closed by us alone, by them alone */
	uint64_t log_size;
	uint8_t log_root[HASH_BYTES];
	size_t count_count;
	struct control_count count[CONTROL_COUNTS]; /* refused input by cause */
	size_t peer_count; /* followed by the peers */
};

/* The record of one type of check of a peer, and how long the answers took. */
struct control_check {
	struct bytes name;
	uint8_t type; /* enum check_type */
	uint64_t asked, answered, wrong, late, missed, no_path; /* asked: those that came to an end */
	int64_t median_ms, percentile95_ms;			/* -1 none */
	int64_t last_at;					/* 0 none */
	uint8_t last_outcome;					/* enum check_outcome */
	int64_t due_at;						/* of a directory check; else 0 */
};

/* Minimise or silence in force. */
struct control_notice {
	struct bytes peer;
	uint8_t type; /* enum service */
	bool is_own, is_exercise;
	uint8_t least;
	int64_t until; /* 0: until it is lifted */
};

/* What an addressee's station says of a message. */
struct control_trace {
	struct bytes name;
	int64_t asked_at, answered_at; /* 0: not yet */
	struct bytes stages;	       /* of the last answer, the encoded field; empty when there was none */
};

struct control_event {
	int64_t at;
	struct bytes event; /* "message", "custody", "shown", "acknowledged", "refused", "released", "answered", "hold", "declined", "attachment", "link-up", "link-down", "fault", "contact", "check", "check-missed", "check-due", "clock" */
	struct bytes number; /* "2026-048 213", "" when about no message */
	struct bytes exercise;
	struct bytes from, to;
	uint8_t precedence;
	struct bytes detail;
};

void control_put_delivery(struct pack_writer *w, const struct control_delivery *delivery);
void control_read_delivery(struct pack_reader *r, struct control_delivery *out);
void control_put_message(struct pack_writer *w, const struct control_message *message);
void control_read_message(struct pack_reader *r, struct control_message *out);
void control_put_draft(struct pack_writer *w, const struct control_draft *draft);
void control_read_draft(struct pack_reader *r, struct control_draft *out);
void control_put_blob(struct pack_writer *w, const struct control_blob *blob);
void control_read_blob(struct pack_reader *r, struct control_blob *out);
void control_put_contact(struct pack_writer *w, const struct control_contact *contact);
void control_read_contact(struct pack_reader *r, struct control_contact *out);
void control_put_peer(struct pack_writer *w, const struct control_peer *peer);
void control_read_peer(struct pack_reader *r, struct control_peer *out);
/* The status without its peers, one array; the caller puts the array of peer_count peers after it. */
void control_put_status(struct pack_writer *w, const struct control_status *status);
void control_read_status(struct pack_reader *r, struct control_status *out);
void control_put_check(struct pack_writer *w, const struct control_check *check);
void control_read_check(struct pack_reader *r, struct control_check *out);
void control_put_notice(struct pack_writer *w, const struct control_notice *notice);
void control_read_notice(struct pack_reader *r, struct control_notice *out);
void control_put_trace(struct pack_writer *w, const struct control_trace *trace);
void control_read_trace(struct pack_reader *r, struct control_trace *out);
void control_put_event(struct pack_writer *w, const struct control_event *event);
void control_read_event(struct pack_reader *r, struct control_event *out);

/* One message of MessagePack-RPC: [0, id, method, params], [1, id, error, result], [2, method, params]. */
enum control_type { CONTROL_REQUEST, CONTROL_RESPONSE, CONTROL_EVENT };
struct control_rpc {
	enum control_type type;
	uint32_t id;
	struct bytes method; /* request, event */
	struct bytes params; /* request, event: an encoded array; response: the result, an encoded array */
	bool has_error;	     /* response: the error is [code, sentence], else an empty array */
	uint64_t error_code; /* enum control_error */
	struct bytes error;
};
enum control_error { CONTROL_REFUSED = 1, CONTROL_ROLE = 2, CONTROL_UNKNOWN = 3, CONTROL_ASK = 4 /* again with anyway */ };

/* Encodes with the length in front. */
void control_put_rpc(struct pack_writer *w, const struct control_rpc *rpc);
/*
 * The first message of a stream. RESULT_INCOMPLETE while it has not all come; RESULT_LIMIT when its length is over
 * CONTROL_MAX_BYTES; out_len is what it took.
 */
int control_decode(struct bytes in, struct control_rpc *out, size_t *out_len);

#endif
