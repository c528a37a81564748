/*
 * A message: its signed header, its content, and what makes each kind complete (SPEC 5, product's words). A draft
 * is a header that has no number, times, signer's serial or content hash yet.
 */
#ifndef HOTLINE_PROTO_MESSAGE_H
#define HOTLINE_PROTO_MESSAGE_H

#include "proto/limits.h"
#include "proto/name.h"
#include "proto/object.h"

enum kind {
	KIND_ALERT = 1, KIND_NOTICE, KIND_INQUIRY, KIND_ASSIST, KIND_MITIGATE, KIND_ANSWER, KIND_HOLD,
	KIND_DECLINE, KIND_UPDATE, KIND_CORRECT, KIND_CANCEL, KIND_CLOSE, KIND_CHECK, KIND_SERVICE,
};
#define KIND_LAST KIND_SERVICE

enum precedence { PRECEDENCE_ROUTINE, PRECEDENCE_PRIORITY, PRECEDENCE_IMMEDIATE, PRECEDENCE_FLASH };
enum tlp { TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED };

#define INCIDENT_BYTES 16
#define CLOCK_ERROR_UNKNOWN 4294967295u

/* The header. Names and texts borrow from the decoded body. */
struct message {
	struct number number;
	uint8_t kind;
	struct bytes exercise; /* empty when real */
	struct bytes from;
	size_t action_count, info_count; /* together at most LIMIT_ADDRESSEES */
	struct bytes action[LIMIT_ADDRESSEES], info[LIMIT_ADDRESSEES];
	uint8_t precedence;
	int64_t released_at; /* us */
	uint32_t clock_error; /* ms */
	struct bytes drafter;
	size_t releaser_count;
	struct bytes releaser[LIMIT_RELEASERS];
	bool has_incident, has_in_reply_to, has_supersedes;
	uint8_t incident[INCIDENT_BYTES];
	uint8_t in_reply_to[OBJECT_ID_BYTES], supersedes[OBJECT_ID_BYTES];
	int64_t reply_by, expires; /* us; 0 none */
	uint8_t tlp;
	bool is_without_prejudice;
	size_t ladder_count;
	struct bytes ladder[LIMIT_LADDER_TO];
	uint64_t card_serial;
	uint8_t content_hash[HASH_BYTES];
	struct ext ext;
};

/* Coded fields of the content, in the order of SPEC 5's table; value types beside. */
enum field {
	FIELD_STATUS = 1,     /* uint */
	FIELD_CLASS,	      /* uint */
	FIELD_SEVERITY,	      /* [uint 0-5, scale str, value str] */
	FIELD_BEGAN,	      /* time */
	FIELD_DETECTED,	      /* time */
	FIELD_AWARE,	      /* time */
	FIELD_ONGOING,	      /* uint: yes, no, unknown */
	FIELD_SECTORS,	      /* [uint…] */
	FIELD_STATES,	      /* [str…] states affected */
	FIELD_OBSERVED_FROM,  /* [str…] */
	FIELD_CROSS_BORDER,   /* uint: yes, no, unknown */
	FIELD_MALICIOUS,      /* uint: yes, no, unknown */
	FIELD_ATTRIBUTION,    /* str */
	FIELD_CONFIDENCE,     /* uint */
	FIELD_BASIS,	      /* uint */
	FIELD_EFFECTS,	      /* [uint…] */
	FIELD_TAKEN,	      /* [uint…] actions taken */
	FIELD_ASKED,	      /* [uint…] actions asked */
	FIELD_INTENT,	      /* uint */
	FIELD_PUBLIC_LINE,    /* [uint, time or 0] */
	FIELD_DECLINE_REASON, /* uint */
	FIELD_CORRECT_REASON, /* uint: of correct and cancel */
	FIELD_CONTACT,	      /* str */
	FIELD_NEXT_UPDATE,    /* time; of a hold: until */
	FIELD_FILE_NUMBER,    /* str */
	FIELD_LEGAL_BASIS,    /* str */
	FIELD_SERVICE,	      /* uint: enum service */
	FIELD_WORDS = 28,     /* [str…]: of a watch check, and of its answer as they were typed */
	FIELD_LEAST = 29,     /* uint: of minimise: the precedence from which on no reason is asked for */
	FIELD_STAGES,	      /* [[uint, time]…]: of a tracer's answer, enum trace */
	FIELD_CHECK = 32,     /* uint: of a check, 1 watch, 2 directory */
	FIELD_CONFIRMED,      /* uint: of the answer to a directory check, yes or no */
};
#define FIELD_LAST FIELD_CONFIRMED

/* What a service message is (SPEC 5.1). */
enum service { SERVICE_TRACER = 1, SERVICE_MINIMISE, SERVICE_SILENCE, SERVICE_HANDOVER };
/* What became of a message at its addressee, in a tracer's answer. */
enum trace {
	TRACE_RECEIVED = 1, TRACE_RECEIPTED, TRACE_SHOWN, TRACE_ACKNOWLEDGED, TRACE_HOLD, TRACE_ANSWERED,
	TRACE_DECLINED, TRACE_EXPIRED, TRACE_CANCELLED,
};

enum field_shape {
	SHAPE_CODE, SHAPE_CODES, SHAPE_TIME, SHAPE_TEXT, SHAPE_STATES, SHAPE_SEVERITY, SHAPE_PUBLIC, SHAPE_STAGES,
	SHAPE_WORDS,
};

/* One row of the table: how a field is called in draft files, its shape, and the English names of its codes. */
struct field_row {
	const char *name; /* "class", "actions-asked" */
	enum field_shape shape;
	const char *const *codes; /* zero-ended, from code 1; NULL when the field has none. 0 is "other" */
};
/* The row of a field code; NULL when unknown. */
const struct field_row *field_row(uint64_t code);

struct content {
	uint8_t salt[16];
	struct bytes subject, lang, text, remarks;
	size_t translation_count;
	struct {
		struct bytes lang, text;
		uint8_t by; /* 1 officer, 2 machine */
	} translation[LIMIT_TRANSLATIONS];
	size_t field_count;
	struct {
		uint64_t code;
		struct bytes value; /* encoded; a known code's shape has been checked */
	} field[LIMIT_FIELDS];
	size_t attachment_count;
	struct attachment {
		struct bytes name, media_type;
		uint64_t len, cipher_len;
		uint8_t hash[HASH_BYTES], key[KEY_BYTES], cipher_hash[HASH_BYTES];
	} attachment[LIMIT_ATTACHMENTS];
	struct ext ext;
};

const char *kind_name(uint8_t kind);		 /* "notice"; NULL when unknown */
uint8_t kind_of(struct bytes name);		 /* 0 when unknown */
/* What a precedence asks for (product: precedence and deadlines). Spans in us: custody's from release, the others from custody. */
struct precedence_row {
	const char *name;
	int64_t custody_us, open_us, acknowledge_us, answer_us;
	size_t text_limit; /* characters, for the original and each translation */
};
/* The row of a precedence; NULL when unknown. */
const struct precedence_row *precedence_row(uint8_t precedence);
/* Whether action addressees owe a message of this kind an acknowledgement, and an answer or a hold. */
bool kind_asks_acknowledgement(uint8_t kind);
bool kind_asks_answer(uint8_t kind);
/* The longest hold: 24 h, 2 h on a flash. */
int64_t precedence_hold_limit(uint8_t precedence);
const char *precedence_name(uint8_t precedence); /* "flash" */
int precedence_of(struct bytes name);		 /* -1 when unknown */
const char *tlp_name(uint8_t tlp);		 /* "amber+strict" */
int tlp_of(struct bytes name);
/* Text limit of a precedence in characters, for the original and each translation. */
size_t precedence_text_limit(uint8_t precedence);

/* What the form of a kind asks for beside its coded fields; bits. */
enum need { NEED_TEXT = 1, NEED_REPLY_BY = 2, NEED_IN_REPLY_TO = 4, NEED_SUPERSEDES = 8, NEED_INCIDENT = 16 };
unsigned kind_needs(uint8_t kind);
bool kind_asks_field(uint8_t kind, enum field field);

void message_encode(const struct message *message, struct pack_writer *w);
/* The shape alone: arity, types, sizes. A draft passes. Unknown kinds pass here. */
int message_decode(struct bytes body, struct message *out);
/*
 * The meaning of a released header, for sender and receiver alike: names valid, sorted, disjoint, without the
 * sender, at least one action addressee, ranges, known kind, type and exercise agree. RESULT_OK, MALFORMED, NEWER.
 */
int message_check(const struct message *message, enum object_type type);
/* Whether name is an addressee: 0 no, 1 for action, 2 for info. */
int message_addresses(const struct message *message, struct bytes name);
/* All addressees, for action first, then for information. */
size_t message_addressee_count(const struct message *message);
struct bytes message_addressee(const struct message *message, size_t i);

void content_encode(const struct content *content, struct pack_writer *w);
/* Shapes, limits, translations' and known fields' types. Code: RESULT_OK, MALFORMED, LIMIT, NEWER. */
int content_decode(struct bytes in, struct content *out);
/* A field's encoded value; empty (data NULL) when absent. */
struct bytes content_field(const struct content *content, enum field field);
/* Convenience readers of one field; false when absent or of another shape. */
bool content_code(const struct content *content, enum field field, uint64_t *out);
bool content_time(const struct content *content, enum field field, int64_t *out);

/* Whether a message of this kind supersedes another: update, correct, cancel. */
bool message_supersedes(const struct message *message);
/* Whether its addressees owe custody only, as those for information do: service messages. */
bool message_owes_custody_only(const struct message *message);

/*
 * What the form of this kind still misses or oversteps, in one English sentence for the drafter, written to out
 * (at most `size` bytes with its end). True when the form is complete. Text limits by precedence, subject, note;
 * mandatory fields by kind; a hold's until within 24 h (2 h when it answers a flash) of now, a silence notice's 72 h.
 */
bool message_form_complete(const struct message *message, const struct content *content, int answers_precedence,
			   int64_t now_us, char *out, size_t size);

#endif
