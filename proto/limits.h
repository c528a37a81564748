/* Every limit and time-out of the protocol in one place, with its unit (SPEC 3, 10). */
#ifndef HOTLINE_PROTO_LIMITS_H
#define HOTLINE_PROTO_LIMITS_H

#define KIB 1024u
#define MIB (1024u * KIB)

#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)
#define HOUR_US (60 * MINUTE_US)
#define WEEK_SECONDS INT64_C(604800)
#define WEEK_US (WEEK_SECONDS * SECOND_US)

/* names and texts; bytes where it says bytes, else characters (code points) */
#define LIMIT_NAME_BYTES 32
#define LIMIT_FUNCTION_BYTES 32
#define LIMIT_EXERCISE_BYTES 64
#define LIMIT_LANG_BYTES 35 /* RFC 5646 4.4.1 */
#define LIMIT_ZONE_BYTES 64
#define LIMIT_ENDPOINT_BYTES 259 /* a DNS name, a colon, five digits */
#define LIMIT_WORD_BYTES 64 /* of a watch check */
#define LIMIT_FILE_NAME_BYTES 255
#define LIMIT_CARD_TEXT_BYTES 512 /* an office, a fallback */
#define LIMIT_SUBJECT 80
#define LIMIT_NOTE 500
#define LIMIT_REMARKS 2000
#define LIMIT_TEXT_FLASH 1200
#define LIMIT_TEXT_PRIORITY 10000
#define LIMIT_TEXT_ROUTINE 80000

/* counts */
#define LIMIT_ADDRESSEES 192
#define LIMIT_LADDER_TO 8
#define LIMIT_DELIVERIES (LIMIT_ADDRESSEES + LIMIT_LADDER_TO) /* of one message, copies among them */
#define LIMIT_TRANSLATIONS 8
#define CARD_STALE_DAYS 150	/* after which its peer should be asked whether it is still true */
#define LIMIT_DRAFT_VERSIONS 32	/* of a draft that a station keeps; the older go */
#define LIMIT_ATTACHMENTS 16
#define LIMIT_FIELDS 64
#define LIMIT_FIELD_LIST 256 /* codes or states in one field */
#define LIMIT_RELEASERS 8
#define LIMIT_ENDPOINTS 8
#define LIMIT_ALTERNATES 8
#define LIMIT_FALLBACKS 8
#define LIMIT_LANGUAGES 8
#define LIMIT_HOURS 64
#define LIMIT_OFFICES 8
#define LIMIT_EXT 16
#define LIMIT_CUSTODY_IDS 64
#define LIMIT_PARCEL_ITEMS 64
#define LIMIT_HAVE 64
#define LIMIT_EXPORT_MESSAGES 64 /* that an export may be asked to show alone */
#define LIMIT_WORDS 8 /* of a watch check */
#define LIMIT_PROOF_LOGS 400 /* in a proof of notification: of both sides, for every addressee */
#define LIMIT_PROOF_ENTRIES 32
#define LIMIT_PROOF_CARDS 512
#define LIMIT_PROOF_HASHES 64 /* RFC 6962 2.1.2 of a tree below 2^63 leaves: one a level, and one */

/* sizes in bytes */
#define LIMIT_EXT_BYTES (4 * KIB)
#define LIMIT_OBJECT_BYTES (32 * KIB)
#define LIMIT_CONTENT_BYTES (1 * MIB)
#define LIMIT_PARCEL_BYTES (2 * MIB)	 /* plaintext */
#define LIMIT_SHARED_PARCEL_BYTES (64 * KIB) /* up to here several items share one seal */
#define LIMIT_PARTIALS 4
#define LIMIT_PARTIAL_BYTES (8 * MIB)
#define LIMIT_OUTBOX_BYTES (64 * MIB)
#define LIMIT_ATTACHMENT_BYTES (16 * MIB)
#define LIMIT_GIVEN_BYTES (2 * LIMIT_OBJECT_BYTES + LIMIT_CONTENT_BYTES + KIB) /* an entry that is given back */
#define LIMIT_CIPHERTEXT_BYTES (LIMIT_ATTACHMENT_BYTES + 64 * KIB) /* of an attachment */
#define LIMIT_ATTACHMENTS_BYTES (64 * MIB)
#define ATTACHMENT_QUOTA_BYTES (UINT64_C(1024) * MIB) /* of one peer, unless the configuration says otherwise */
#define WANT_BYTES (1 * MIB)			      /* asked for at a time */
#define WANT_SILENCE_US (60 * SECOND_US)	      /* nothing came: asked for again */
#define FETCH_TRIES 2				      /* of a blob that does not match */
#define LIMIT_REQUEST_BYTES (1 * MIB)
#define PROOF_BYTES (8 * MIB) /* a proof of notification, before armour */

/* the link */
#define LIMIT_DEPTH 5	      /* arrays within arrays, the outermost being 1 */
#define LIMIT_CONTROL_DEPTH 8 /* the same on the control socket */
#define RECORD_BYTES 256
#define CELL_BYTES 1024 /* the default; a pair may agree on less */
#define CELL_MIN_BYTES 128
#define CELL_MAX_BYTES 1024
#define CELL_OVERHEAD_BYTES 16
#define CELLS_IN_FLIGHT 2 /* beyond what the kernel has sent */
#define LIMIT_HALF_OPEN 64
#define LIMIT_HALF_OPEN_STRANGERS 32
#define LIMIT_PEER_LINKS 16 /* two an endpoint, as one is renewed before it ends */
#define LIMIT_CLIENTS 64
#define LIMIT_TEST_BYTES 96 /* the text of a link check */
#define LIMIT_LINK_CELLS (UINT64_C(1) << 20)
#define LIMIT_LINK_CELLS_HARD (LIMIT_LINK_CELLS + (UINT64_C(1) << 16))
#define LINK_LIFE_US (30 * MINUTE_US)
#define LINK_LIFE_HARD_US (40 * MINUTE_US)
#define RECORD1_TIMEOUT_US (3 * SECOND_US)
#define RECORD2_TIMEOUT_US (5 * SECOND_US)
#define FIRST_CELL_TIMEOUT_US (5 * SECOND_US)
#define PING_IDLE_US (15 * SECOND_US)
#define PING_MISSES 3
#define STORED_LATE_US (5 * SECOND_US)
#define PONG_URGENT_US (3 * SECOND_US)
#define REDIAL_MIN_US (1 * SECOND_US)
#define REDIAL_MAX_US (15 * SECOND_US)
#define REDIAL_URGENT_US (3 * SECOND_US)
#define SILENT_CLOSES_EXPLAINED 3

/* what service messages may claim, and how often */
#define SILENCE_MAX_US (72 * HOUR_US) /* from its custody, whatever it says */
#define LIMIT_SUPERSEDES 16	      /* a correction of a correction of … */
#define TRACERS 8		      /* of one peer, answered at once */
#define TRACER_REFILL_US (5 * MINUTE_US) /* each answer takes one of the million numbers of a year */
#define REMINDERS 8			 /* of one peer's officers, rung for at once */
#define REMINDER_REFILL_US MINUTE_US
#define TIMED_LATE_US HOUR_US /* a timed release that a standing station missed by more is not made up for */

/* checks */
#define CHECK_TICK_US (15 * MINUTE_US)
#define TEST_REPEAT_US (20 * SECOND_US) /* the same test again, when its answer may have gone with a link */
#define TEST_WAIT_US MINUTE_US
#define TESTS_HOURLY 6 /* of a peer: more are not answered */
#define TEST_MISSES 3 /* in a row: an alarm */
#define WATCH_ANSWER_US HOUR_US
#define WATCH_WORDS 4
#define DIRECTORY_ANSWER_US WEEK_US
#define DIRECTORY_US (180 * 24 * HOUR_US)

/* keys and seals */
#define KEEP_WEEKS 5
#define SEAL_CHUNK_BYTES 65519 /* plaintext of one Noise transport message, Noise 3: at most 65535 with its tag */

#endif
