/*
 * What an exported record proves to whoever trusts some roots and nothing else (SPEC 5, 6, 9). Needs neither a daemon
 * nor the station's database. Two threads check signatures; memory is some 60 bytes an entry.
 */
#ifndef HOTLINE_CLIENT_AUDIT_VERIFY_H
#define HOTLINE_CLIENT_AUDIT_VERIFY_H

#include "client/audit/trust.h"
#include "proto/hash.h"

#define AUDIT_TEXT 400

/* One log of the record. Entries are counted from 0. */
struct audit_log {
	struct name peer; /* "" for the station log */
	uint64_t size;
	uint8_t root[HASH_BYTES];
	/*
	 * Pair logs: so many entries, from the first on, the peer has witnessed: it signed the object, or a receipt
	 * that names it, or a receipt with a head of this log that covers it. The other entries rest on the station's
	 * word.
	 */
	uint64_t witnessed;
	int64_t witnessed_at; /* us; the latest time that the peer's statements needed for it carry; 0 when none does */
	uint64_t withheld_entries, withheld_objects, withheld_contents;
	uint64_t kept; /* so many entries a head kept elsewhere shows, whoever signed it */
};

/* One English sentence about the whole record. A failure means that the record is not verified. */
struct audit_note {
	bool is_failure;
	char text[AUDIT_TEXT];
};

struct audit_report {
	bool is_verified; /* no bad record and no failure */
	struct name station;
	int64_t since, until, made_at;	      /* us; the exporter's unsigned word */
	uint64_t record_count;		      /* arrays read */
	uint64_t entry_count;		      /* entries of all logs whose leaves are in the record */
	uint64_t object_count, content_count; /* verified */
	uint64_t bad_record;		      /* number of the first bad array, from 1; 0 when there is none */
	uint64_t bad_count;   /* findings about records */
	char bad[AUDIT_TEXT]; /* "record 17 (entry 5 of hotline/tha-cert/vnm-cert): …"; "" when none */
	size_t log_count;
	struct audit_log *log;
	size_t note_count;
	struct audit_note *note;
};

/* A file kept elsewhere that shows heads: a checkpoint's note, a receipt, or evidence (SPEC 6.3, 9.6). Borrowed. */
struct audit_kept {
	const char *name; /* as it is called in sentences */
	struct bytes bytes;
};

/* What a caller may want beyond the verdict. All may be zero. */
struct audit_options {
	/* Hears of each bad record, as found: two readings in the order of the file. text: as in report.bad. */
	void (*on_bad)(void *ctx, uint64_t record, const char *text);
	/* Hears how many bytes of the file are done. */
	void (*on_progress)(void *ctx, uint64_t done, uint64_t total);
	void *ctx;
	const struct audit_kept *kept;
	size_t kept_count;
	const char *peer_record; /* the export of a peer, or NULL */
};

/*
 * Verifies the export at path. 0 when it verifies; RESULT_PROOF when it does not, out then says why; negative errno
 * when the file can't be read or memory runs out. Except after a negative result, the caller calls audit_report_finish.
 */
int audit_verify(const char *path, const struct audit_trust *trust, struct audit_report *out);
/* The same with more. peer_record that can't be read is a negative result too. */
int audit_verify_with(const char *path, const struct audit_trust *trust, const struct audit_options *options,
		      struct audit_report *out);
void audit_report_finish(struct audit_report *report);
/* The verdict on one log: "12 entries verified; witnessed by vnm-cert up to entry 10 at …; 2 entries after that …". */
void audit_log_sentence(const struct audit_report *report, const struct audit_log *log, char out[AUDIT_TEXT]);

#endif
