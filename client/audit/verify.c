/* Verifying an export: three readings of the file, then the tally. What they share is kept here. */
#include "client/audit/verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/audit.h"
#include "proto/result.h"

#define FIRST_ROOM 64
#define ORIGIN_PREFIX "hotline/"

void *audit_grow(struct audit *a, void *items, size_t *count, size_t *room, size_t size)
{
	uint8_t *list;

	memcpy(&list, items, sizeof list); /* items points to a pointer of any type */
	if (*count == *room) {
		size_t wider = *room > 0 ? 2 * *room : FIRST_ROOM;
		uint8_t *bigger = wider <= IDMAP_NONE / 2 ? realloc(list, wider * size) : NULL;

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

void audit_claim(struct audit *a, const struct claim *claim)
{
	struct claim *kept = AUDIT_ADD(a, claim);

	if (kept != NULL)
		*kept = *claim;
}

uint32_t audit_trail(struct audit *a, struct bytes origin)
{
	struct bytes station = name_bytes(&a->report->station), peer = {NULL, 0};
	size_t head = strlen(ORIGIN_PREFIX) + station.len;
	struct trail *trail;
	char expected[ORIGIN_TEXT];

	for (size_t i = 0; i < a->trail_count; i++)
		if (bytes_equal(bytes_of(a->trail[i].origin), origin))
			return (uint32_t)i;
	if (origin.len > head + 1)
		peer = (struct bytes){origin.data + head + 1, origin.len - head - 1};
	if (peer.len > 0 && (!name_is_valid(peer) || bytes_equal(peer, station)))
		return IDMAP_NONE;
	checkpoint_origin(station, peer, expected);
	if (!bytes_equal(bytes_of(expected), origin) || (trail = AUDIT_ADD(a, trail)) == NULL)
		return IDMAP_NONE;
	memcpy(trail->origin, expected, sizeof trail->origin);
	name_copy(peer, &trail->peer);
	return (uint32_t)(trail - a->trail);
}

static void finish(struct audit *a)
{
	reader_close(&a->reader);
	idmap_finish(&a->entry_map);
	idmap_finish(&a->wanted_map);
	free(a->trail);
	free(a->entry);
	free(a->wanted);
	free(a->claim);
	free(a->recovery);
	free(a->suspect);
	free(a->peer_head);
	free(a->card);
}

static bool has_failure(const struct audit_report *report)
{
	for (size_t i = 0; i < report->note_count; i++)
		if (report->note[i].is_failure)
			return true;
	return report->bad_record != 0;
}

int audit_verify(const char *path, const struct audit_trust *trust, struct audit_report *out)
{
	struct audit a = {.trust = trust, .report = out};

	memset(out, 0, sizeof *out);
	a.error = reader_open(&a.reader, path);
	if (a.error == 0) {
		cards_begin(&a);
		layout_read(&a);
		objects_read(&a);
		roots_read(&a);
	}
	if (a.error == 0)
		tally_conclude(&a);
	finish(&a);
	if (a.error < 0) {
		audit_report_finish(out);
		return a.error;
	}
	out->is_verified = !has_failure(out);
	return out->is_verified ? RESULT_OK : RESULT_PROOF;
}
