/*
 * Objects that matter for others wherever they stand in the file: revocations, which void what comes after them in a log
 * (SPEC 5.4), copies, which allow a message to go to whom it does not name (SPEC 5.5), and recoveries. They are rare: the
 * first reading notes where they are, and they are read before the second. Also the modes of objects that name each other.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/audit.h"
#include "proto/list.h"
#include "proto/result.h"
#include "proto/revocation.h"

static bool is_type(struct bytes type, enum object_type of)
{
	return bytes_equal(type, bytes_of(object_type_name(of)));
}

void acts_note(struct audit *a, struct bytes object)
{
	struct pack_reader r = pack_reader(object);
	struct bytes type;
	uint64_t *act;

	pack_expect_array(&r, 3);
	type = pack_read_str(&r, LIMIT_NAME_BYTES);
	if (is_type(type, OBJECT_CARD))
		cards_add(a, object, false);
	else if (is_type(type, OBJECT_REVOCATION) || is_type(type, OBJECT_COPY) ||
		 is_type(type, OBJECT_COPY_EXERCISE) || (checkpoint_begins(object) && recovered_is_note(object))) {
		act = AUDIT_ADD(a, act);
		if (act != NULL)
			*act = a->reader.offset;
	}
}

/* In each pair log with one of its two sides where it stands. */
static void add_revocation(struct audit *a, const struct object *object)
{
	const struct thing *thing = logs_find(a, object->id);
	struct revocation revocation;
	struct known_card *card;

	if (thing == NULL || thing->first >= THING_REFUSED ||
	    revocation_decode(object->body, &revocation) != RESULT_OK)
		return;
	card = cards_root(a, revocation.name);
	if (card == NULL || object_verify(object, card->root) != RESULT_OK)
		return;
	for (uint32_t at = thing->first; at != IDMAP_NONE; at = a->entry[at].next_same) {
		struct trail *trail = logs_trail_of(a, at);
		bool is_of_peer = bytes_equal(revocation.name, name_bytes(&trail->peer));
		struct revoked *kept;

		if (!is_of_peer && !bytes_equal(revocation.name, name_bytes(&a->report->station)))
			continue;
		kept = AUDIT_ADD(a, revoked);
		if (kept == NULL)
			return;
		*kept = (struct revoked){
		    .entry = at, .next = trail->revoked, .serial = revocation.serial, .is_of_peer = is_of_peer};
		trail->revoked = (uint32_t)a->revoked_count - 1;
	}
}

/* One that stands in one pair log, as copies do. Its signature is for the second reading. */
static void add_copy(struct audit *a, const struct object *object)
{
	const struct thing *thing = logs_find(a, object->id);
	struct passed *passed;
	struct copy copy;
	uint32_t at;

	if (thing == NULL || thing->first >= THING_REFUSED || copy_decode(object->body, &copy) != RESULT_OK)
		return;
	passed = AUDIT_ADD(a, passed);
	if (passed == NULL)
		return;
	idmap_mark(a->key, (struct bytes){copy.message, OBJECT_ID_BYTES}, passed->message);
	passed->entry = thing->first;
	passed->next_same = IDMAP_NONE;
	name_copy(copy.to, &passed->to);
	at = idmap_find(&a->passed_map, passed->message, a->passed, sizeof *a->passed);
	if (at != IDMAP_NONE) {
		passed->next_same = a->passed[at].next_same;
		a->passed[at].next_same = (uint32_t)a->passed_count - 1;
	} else if (idmap_add(&a->passed_map, (uint32_t)a->passed_count - 1, a->passed, sizeof *a->passed) != 0) {
		a->error = -ENOMEM;
	}
}

void acts_read(struct audit *a)
{
	for (size_t i = 0; i < a->act_count && a->error == 0; i++) {
		struct export_record record;
		struct object object;
		int result = reader_at(&a->reader, a->act[i], &record);

		if (result != RESULT_OK) {
			a->error = result < 0 ? result : -EIO;
			return;
		}
		if (checkpoint_begins(record.bytes))
			recovered_add(a, record.bytes);
		if (object_decode(record.bytes, &object) != RESULT_OK)
			continue;
		if (object.type == OBJECT_REVOCATION)
			add_revocation(a, &object);
		else
			add_copy(a, &object);
	}
}

uint64_t acts_revoked(const struct audit *a, uint32_t entry, bool is_of_peer)
{
	uint64_t serial = 0;

	for (uint32_t at = logs_trail_of(a, entry)->revoked; at != IDMAP_NONE; at = a->revoked[at].next)
		if (a->revoked[at].is_of_peer == is_of_peer && a->revoked[at].entry < entry &&
		    a->revoked[at].serial > serial)
			serial = a->revoked[at].serial;
	return serial;
}

/* The first copy of a message, or IDMAP_NONE. */
static uint32_t find_copies(const struct audit *a, const uint8_t id[HASH_BYTES])
{
	uint8_t mark[MARK_BYTES];

	if (a->passed_count == 0)
		return IDMAP_NONE;
	idmap_mark(a->key, (struct bytes){id, HASH_BYTES}, mark);
	return idmap_find(&a->passed_map, mark, a->passed, sizeof *a->passed);
}

void acts_check_message(struct audit *a, uint32_t entry, const uint8_t id[HASH_BYTES], const struct message *message)
{
	for (uint32_t at = find_copies(a, id); at != IDMAP_NONE; at = a->passed[at].next_same) {
		struct passed *copy = &a->passed[at];

		copy->is_known = true;
		copy->is_allowed |= list_contains(message->ladder, message->ladder_count, name_bytes(&copy->to));
		if (logs_run(a, copy->entry)->trail == logs_run(a, entry)->trail)
			acts_check_mode(a, copy->entry, entry);
	}
}

void acts_need_copy(struct audit *a, uint32_t entry, const uint8_t id[HASH_BYTES])
{
	uint32_t trail = logs_run(a, entry)->trail;
	uint32_t *kept;

	for (uint32_t at = find_copies(a, id); at != IDMAP_NONE; at = a->passed[at].next_same)
		if (logs_run(a, a->passed[at].entry)->trail == trail &&
		    a->entry[a->passed[at].entry].is_received == a->entry[entry].is_received)
			return;
	kept = AUDIT_ADD(a, uncopied);
	if (kept != NULL)
		*kept = entry;
}

void acts_check_copy(struct audit *a, uint32_t entry, const struct copy *copy)
{
	const struct trail *trail = logs_trail_of(a, entry);
	uint32_t trail_at = (uint32_t)(trail - a->trail);

	if (trail->withheld_entries == 0 &&
	    logs_find_in(a, trail_at, copy->message, a->entry[entry].is_received, entry) == IDMAP_NONE)
		report_bad(a, entry, "it is a copy of a message that does not stand before it in this log.");
}

static void compare_modes(struct audit *a, uint32_t entry, uint32_t named, bool is_at_hand)
{
	static const char why[] = "it names an object of the other mode: nothing crosses from exercise to real or back.";

	if (a->entry[entry].is_exercise == a->entry[named].is_exercise)
		return;
	if (is_at_hand)
		report_bad(a, entry, "%s", why);
	else
		report_bad_entry(a, entry, "%s", why);
}

void acts_check_mode(struct audit *a, uint32_t entry, uint32_t named)
{
	struct mode_pair *pair;

	if (a->entry[named].has_object && a->entry[entry].has_object) {
		compare_modes(a, entry, named, true);
		return;
	}
	pair = AUDIT_ADD(a, mode_pair);
	if (pair != NULL)
		*pair = (struct mode_pair){entry, named};
}

void acts_conclude(struct audit *a)
{
	for (size_t i = 0; i < a->mode_pair_count; i++)
		if (a->entry[a->mode_pair[i].named].has_object && a->entry[a->mode_pair[i].entry].has_object)
			compare_modes(a, a->mode_pair[i].entry, a->mode_pair[i].named, false);
	for (size_t i = 0; i < a->passed_count; i++)
		if (a->passed[i].is_known && !a->passed[i].is_allowed)
			report_bad_entry(a, a->passed[i].entry,
					 "it is a copy for %s, whom the message's releasers did not allow.",
					 a->passed[i].to.text);
	for (size_t i = 0; i < a->uncopied_count; i++) {
		const struct trail *trail = logs_trail_of(a, a->uncopied[i]);

		if (trail->withheld_entries == 0 && trail->withheld_objects == 0)
			report_bad_entry(a, a->uncopied[i],
					 "the message does not name the other side, and no copy of it stands in this log.");
	}
}
