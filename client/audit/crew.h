/*
 * The two threads that hash and check signatures while a third reads the file. Jobs are put in the order of the file,
 * done in any, and applied in the order in which they were put, by the thread that put them: so what is found, and in
 * which order, does not depend on the machine.
 */
#ifndef HOTLINE_CLIENT_AUDIT_CREW_H
#define HOTLINE_CLIENT_AUDIT_CREW_H

#include "proto/object.h"

enum job_kind {
	JOB_ROOT,    /* the root of a log, from its frontier */
	JOB_OBJECT,  /* an object: id, signature */
	JOB_CONTENT, /* a content: hash */
	JOB_NOTE,    /* a checkpoint record: signature */
};

struct job {
	enum job_kind kind;
	bool is_card;	 /* JOB_OBJECT: of a card record */
	uint32_t entry;	 /* JOB_ROOT: the entry after which it is the root */
	uint64_t number; /* of the record */
	size_t at;	 /* its bytes, in the batch */
	struct bytes bytes;
	/* what was found: the hash of the bytes, or the root; the card that signed, or IDMAP_NONE; whether it verifies */
	uint8_t hash[HASH_BYTES];
	uint32_t card;
	bool is_signed;
};

struct crew;
/* Does a job, in another thread: it may read what ctx has, and change the job alone. */
typedef void crew_work(const void *ctx, struct job *job);
/* Takes what was found. */
typedef void crew_apply(void *ctx, const struct job *job);

/* NULL when memory or threads are not to be had. */
struct crew *crew_create(crew_work *work, crew_apply *apply, void *ctx);
/* Copies the bytes (of two runs, one after the other). May apply earlier jobs. 0 or -ENOMEM. */
int crew_put(struct crew *crew, const struct job *job, struct bytes first, struct bytes second);
/* Applies all that was put. */
void crew_flush(struct crew *crew);
/* Ends the threads; jobs not yet applied never are. */
void crew_destroy(struct crew *crew);

#endif
