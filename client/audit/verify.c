/* Verifying an export: two readings of the file, then the tally. What they share is kept here. */
#include "client/audit/verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "client/audit/audit.h"
#include "proto/result.h"

#define FIRST_ROOM 64

void *audit_grow(struct audit *a, void *items, size_t *count, size_t *room, size_t size)
{
	uint8_t *list;

	memcpy(&list, items, sizeof list); /* items points to a pointer of any type */
	if (*count == *room) {
		size_t wider = *room > 0 ? 2 * *room : FIRST_ROOM;
		uint8_t *bigger = wider <= IDMAP_NONE / 4 ? realloc(list, wider * size) : NULL;

		if (bigger == NULL) {
			a->error = -ENOMEM;
			return NULL;
		}
		list = bigger;
		*room = wider;
		memcpy(items, &list, sizeof list);
	}
	memset(list + *count * size, 0, size);
	return list + (*count)++ * size;
}

bool audit_next(struct audit *a)
{
	int result;

	if (a->error != 0 || a->reader.number + 1 >= a->limit)
		return false;
	result = reader_next(&a->reader, &a->record);
	a->number = a->reader.number;
	if (result != RESULT_OK)
		a->error = result < 0 ? result : -EIO; /* it changed since the first reading */
	return result == RESULT_OK;
}

static void finish(struct audit *a)
{
	crew_destroy(a->crew);
	reader_close(&a->reader);
	times_finish(&a->times);
	idmap_finish(&a->trail_map);
	idmap_finish(&a->thing_map);
	idmap_finish(&a->wanted_map);
	idmap_finish(&a->card_map);
	idmap_finish(&a->card_name_map);
	idmap_finish(&a->passed_map);
	idmap_finish(&a->peer_head_map);
	for (size_t i = 0; i < a->trail_count; i++)
		free(a->trail[i].tree);
	free(a->trail);
	free(a->entry);
	free(a->run);
	free(a->thing);
	free(a->wanted);
	free(a->peer_head);
	free(a->late_head);
	free(a->card);
	free(a->card_name);
	free(a->revoked);
	free(a->passed);
	free(a->mode_pair);
	free(a->recovery);
	free(a->uncopied);
	free(a->act);
	free(a->order);
	free(a);
}

bool audit_has_failure(const struct audit_report *report)
{
	for (size_t i = 0; i < report->note_count; i++)
		if (report->note[i].is_failure)
			return true;
	return report->bad_record != 0;
}

/* A verification of the file at path, its crew at work. The key of marks is drawn, or that of another one. */
static struct audit *begin(const char *path, const struct audit_trust *trust, const struct audit_options *options,
			   struct audit_report *report, const struct audit *other)
{
	static const struct idmap marks = {.key_len = MARK_BYTES};
	struct audit *a = calloc(1, sizeof *a);
	uint8_t root[HASH_BYTES];

	if (a == NULL)
		return NULL;
	a->trust = trust;
	a->options = options;
	a->report = report;
	a->last_trail = IDMAP_NONE;
	a->trail_map = a->thing_map = a->wanted_map = a->card_map = marks;
	a->card_name_map = a->passed_map = a->peer_head_map = marks;
	if (other != NULL)
		memcpy(a->key, other->key, sizeof a->key);
	else if (getrandom(a->key, sizeof a->key, 0) != (ssize_t)sizeof a->key)
		a->error = -EIO;
	hash_sha256((struct bytes){NULL, 0}, root);
	idmap_mark(a->key, (struct bytes){root, sizeof root}, a->empty_root);
	if (a->error == 0)
		a->error = reader_open(&a->reader, path);
	if (a->error == 0 && (a->crew = crew_create(check_job, objects_take, a)) == NULL)
		a->error = -EAGAIN;
	return a;
}

/* Times are needed no longer than to be compared. */
static void compare_times(struct audit *a)
{
	a->equal_times = times_count_equal(&a->times);
	if (a->equal_times < 0)
		a->error = (int)a->equal_times;
	times_finish(&a->times);
}

static void read_all(struct audit *a)
{
	cards_begin(a);
	layout_read(a);
	if (a->error == 0)
		compare_times(a);
	checkpoint_origin(name_bytes(&a->report->station), (struct bytes){NULL, 0}, a->station_origin);
	acts_read(a);
	objects_read(a);
}

/* The record of a peer, all of it, and then against this one. */
static void read_peer(struct audit *a, const char *path)
{
	static const struct audit_options none;
	struct audit_report report = {.is_verified = false};
	struct audit *b = begin(path, a->trust, &none, &report, a);

	if (b == NULL) {
		a->error = -ENOMEM;
		return;
	}
	if (b->error == 0)
		read_all(b);
	heads_read_late(b);
	if (b->error == 0)
		tally_conclude(b);
	if (b->error == 0)
		peer_check(a, b, path);
	a->error = a->error == 0 ? b->error : a->error;
	finish(b);
	audit_report_finish(&report);
}

int audit_verify_with(const char *path, const struct audit_trust *trust, const struct audit_options *options,
		      struct audit_report *out)
{
	struct audit *a;
	int error;

	memset(out, 0, sizeof *out);
	a = begin(path, trust, options, out, NULL);
	if (a == NULL)
		return -ENOMEM;
	if (a->error == 0)
		read_all(a);
	if (a->error == 0 && !a->is_cut && options->peer_record != NULL)
		read_peer(a, options->peer_record);
	if (a->error == 0 && !a->is_cut)
		kept_check(a);
	heads_read_late(a);
	if (a->error == 0)
		kept_conclude(a);
	if (a->error == 0)
		tally_conclude(a);
	error = a->error;
	finish(a);
	if (error < 0) {
		audit_report_finish(out);
		return error;
	}
	out->is_verified = !audit_has_failure(out);
	return out->is_verified ? RESULT_OK : RESULT_PROOF;
}

int audit_verify(const char *path, const struct audit_trust *trust, struct audit_report *out)
{
	static const struct audit_options none;

	return audit_verify_with(path, trust, &none, out);
}
