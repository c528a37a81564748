/*
 * The second reading: every object, in whichever logs it stands, contents, and the checkpoints' signatures. The crew
 * hashes and verifies; what it found is taken here in the order of the file.
 */
#include <errno.h>
#include <string.h>

#include "client/audit/audit.h"
#include "proto/result.h"

/* The content with this hash, among all that are needed or there; made if it is new. IDMAP_NONE without memory. */
static uint32_t find_content(struct audit *a, const uint8_t hash[HASH_BYTES])
{
	struct wanted *wanted;
	uint8_t mark[MARK_BYTES];
	uint32_t at;

	idmap_mark(a->key, (struct bytes){hash, HASH_BYTES}, mark);
	at = idmap_find(&a->wanted_map, mark, a->wanted, sizeof *a->wanted);
	if (at != IDMAP_NONE)
		return at;
	wanted = AUDIT_ADD(a, wanted);
	if (wanted == NULL)
		return IDMAP_NONE;
	memcpy(wanted->mark, mark, MARK_BYTES);
	at = (uint32_t)a->wanted_count - 1;
	if (idmap_add(&a->wanted_map, at, a->wanted, sizeof *a->wanted) != 0)
		a->error = -ENOMEM;
	return at;
}

/* The content that the message needs. */
static uint32_t want_content(struct audit *a, const struct message *message)
{
	uint32_t at = find_content(a, message->content_hash);

	if (at != IDMAP_NONE)
		a->wanted[at].is_named = true;
	return at;
}

static bool is_message(const struct statement *statement)
{
	return !statement->is_note && (statement->type == OBJECT_MESSAGE || statement->type == OBJECT_MESSAGE_EXERCISE);
}

/* Whether the object at hand is good as it is: once in the file, named by an entry, verified. */
static bool judge_object(struct audit *a, const struct job *job, struct thing *thing, uint32_t entry,
			 struct statement *out)
{
	if (!job->is_card && thing != NULL && thing->has_object) {
		report_bad(a, entry, "this object stands in the file twice.");
		return false;
	}
	if (!statement_open(a, job, entry, out))
		return false;
	if (!job->is_card && thing == NULL && !a->is_cut) {
		report_bad(a, entry, "no entry of any log in the file names this object.");
		return false;
	}
	a->report->object_count++;
	return true;
}

/* What a verified object is to one of its entries. */
static void enter(struct audit *a, uint32_t at, const struct job *job, const struct statement *statement)
{
	struct entry *entry = &a->entry[at];

	entry->is_exercise = !statement->is_note && object_is_exercise(statement->type);
	entry->is_message = is_message(statement);
	if (entry->is_message)
		entry->content = want_content(a, &statement->message);
	place_check(a, at, job, statement);
}

/* An object, and every entry in which it stands. Card records need no entry, and may be there beside an object. */
static void take_object(struct audit *a, const struct job *job)
{
	struct thing *thing = logs_find(a, job->hash);
	struct statement *statement = &a->statement;
	uint32_t first;
	bool is_good;

	if (thing != NULL && thing->first == THING_REFUSED)
		return; /* nobody claims that it is good */
	first = thing != NULL && thing->first < THING_REFUSED ? thing->first : IDMAP_NONE;
	is_good = judge_object(a, job, thing, first, statement);
	if (thing != NULL && !job->is_card)
		thing->has_object = 1;
	if (is_good && first == IDMAP_NONE && is_message(statement)) /* released, and not yet sent */
		want_content(a, &statement->message);
	for (uint32_t at = first; at != IDMAP_NONE && a->error == 0; at = a->entry[at].next_same) {
		a->entry[at].has_object = true;
		if (is_good)
			enter(a, at, job, statement);
	}
}

static void take_content(struct audit *a, const struct job *job)
{
	uint32_t at = find_content(a, job->hash);

	if (at == IDMAP_NONE)
		return;
	if (a->wanted[at].is_present)
		report_bad(a, IDMAP_NONE, "this content stands in the file twice.");
	a->wanted[at].is_present = true;
	a->report->content_count++;
}

/* A checkpoint record is signed by the station itself. */
static void take_note(struct audit *a, const struct job *job)
{
	struct bytes station = name_bytes(&a->report->station);

	if (job->is_signed && bytes_equal(name_bytes(&a->card[job->card].name), station))
		return;
	report_bad(a, IDMAP_NONE, "no log key of %s signed this checkpoint as it stands.", a->report->station.text);
}

void objects_take(void *ctx, const struct job *job)
{
	struct audit *a = ctx;
	uint64_t number = a->number;

	if (a->error != 0)
		return;
	a->number = job->number;
	switch (job->kind) {
	case JOB_ROOT:
		memcpy(a->entry[job->entry].root, job->hash, MARK_BYTES);
		break;
	case JOB_OBJECT:
		take_object(a, job);
		break;
	case JOB_CONTENT:
		take_content(a, job);
		break;
	case JOB_NOTE:
		take_note(a, job);
		break;
	}
	a->number = number;
}

static void put(struct audit *a, enum job_kind kind)
{
	struct job job = {.kind = kind, .is_card = a->record.kind == EXPORT_CARD, .number = a->number};

	if (crew_put(a->crew, &job, a->record.bytes, (struct bytes){NULL, 0}) != 0)
		a->error = -ENOMEM;
}

static void read_record(struct audit *a)
{
	switch (a->record.kind) {
	case EXPORT_CARD:
	case EXPORT_OBJECT:
		put(a, JOB_OBJECT);
		break;
	case EXPORT_CONTENT:
		put(a, JOB_CONTENT);
		break;
	case EXPORT_CHECKPOINT:
		put(a, JOB_NOTE);
		heads_read_checkpoint(a);
		break;
	case EXPORT_ENTRY:
		heads_read_hourly(a);
		break;
	case EXPORT_BEGIN:
	case EXPORT_HASH:
	case EXPORT_HEAD:
	case EXPORT_END:
		break;
	}
}

static void tell_progress(struct audit *a, uint64_t total)
{
	if (a->options->on_progress != NULL && a->number % PROGRESS_RECORDS == 0)
		a->options->on_progress(a->options->ctx, a->reader.next_offset, total);
}

/* Contents that no message names, of which there are some: which records they are is read again. */
static void find_unnamed(struct audit *a)
{
	uint8_t hash[HASH_BYTES];
	uint32_t at;

	a->error = reader_rewind(&a->reader);
	while (audit_next(a)) {
		if (a->record.kind != EXPORT_CONTENT)
			continue;
		hash_sha256(a->record.bytes, hash);
		at = find_content(a, hash);
		if (at != IDMAP_NONE && !a->wanted[at].is_named)
			report_bad(a, IDMAP_NONE, "no message in the file carries the hash of this content.");
	}
}

static bool has_unnamed(const struct audit *a)
{
	for (size_t i = 0; i < a->wanted_count; i++)
		if (!a->wanted[i].is_named)
			return true;
	return false;
}

void objects_read(struct audit *a)
{
	uint64_t total = a->reader.next_offset;

	a->error = a->error == 0 ? reader_rewind(&a->reader) : a->error;
	while (audit_next(a)) {
		read_record(a);
		tell_progress(a, total);
	}
	crew_flush(a->crew);
	if (a->error == 0 && !a->is_cut && has_unnamed(a))
		find_unnamed(a);
}
