/* What the crew's threads do: roots, ids and signatures. They read the cards, which no longer change, and nothing else. */
#include <stddef.h>
#include <string.h>

#include "client/audit/audit.h"
#include "proto/result.h"

/* The root of a log, from the frontier in the job, as a mark. */
static void check_root(const struct audit *a, struct job *job)
{
	struct merkle tree;
	uint8_t root[HASH_BYTES];

	memcpy(&tree, job->bytes.data, job->bytes.len);
	merkle_root(&tree, root);
	idmap_mark(a->key, (struct bytes){root, sizeof root}, job->hash);
}

static void check_signer(const struct audit *a, struct job *job, const struct object *object, struct bytes from,
			 uint64_t serial)
{
	job->card = cards_find(a, from, serial);
	job->is_signed = job->card != IDMAP_NONE && object_verify(object, a->card[job->card].signing) == RESULT_OK;
}

static void check_note(const struct audit *a, struct job *job)
{
	struct checkpoint checkpoint;
	struct bytes from;
	struct note note;

	if (note_decode(job->bytes, &note) != RESULT_OK || checkpoint_decode(note.text, &checkpoint) != RESULT_OK)
		return;
	from = checkpoint_station(checkpoint.origin);
	if (from.len == 0)
		return;
	job->card = cards_of_note(a, from, checkpoint.origin, &note);
	job->is_signed = job->card != IDMAP_NONE;
}

/* Messages, receipts and notes, which are many. What is rare is left to whoever applies. */
static void check_object(const struct audit *a, struct job *job)
{
	struct object object;
	struct message message;
	struct receipt receipt;

	if (checkpoint_begins(job->bytes)) {
		hash_sha256(job->bytes, job->hash);
		check_note(a, job);
		return;
	}
	if (object_decode(job->bytes, &object) != RESULT_OK) {
		hash_sha256(job->bytes, job->hash);
		return;
	}
	memcpy(job->hash, object.id, HASH_BYTES);
	switch (object.type) {
	case OBJECT_MESSAGE:
	case OBJECT_MESSAGE_EXERCISE:
		if (message_decode(object.body, &message) == RESULT_OK)
			check_signer(a, job, &object, message.from, message.card_serial);
		break;
	case OBJECT_RECEIPT:
	case OBJECT_RECEIPT_EXERCISE:
		if (receipt_decode(object.body, &receipt) == RESULT_OK)
			check_signer(a, job, &object, receipt.from, receipt.card_serial);
		break;
	case OBJECT_CARD:
	case OBJECT_REVOCATION:
	case OBJECT_COPY:
	case OBJECT_COPY_EXERCISE:
	case OBJECT_OFFER:
		break;
	}
}

void check_job(const void *ctx, struct job *job)
{
	const struct audit *a = ctx;

	job->card = IDMAP_NONE;
	job->is_signed = false;
	switch (job->kind) {
	case JOB_ROOT:
		check_root(a, job);
		break;
	case JOB_OBJECT:
		check_object(a, job);
		break;
	case JOB_CONTENT:
		hash_sha256(job->bytes, job->hash);
		break;
	case JOB_NOTE:
		check_note(a, job);
		break;
	}
}
