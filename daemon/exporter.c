/*
 * The record as a stream (SPEC 9): begin, cards, every log with its checkpoint, objects, contents, heads of the peers,
 * end. What is exported is fixed when it begins; memory does not grow with it. Of a selection, entries that are not shown
 * stand as the roots of their subtrees, and objects are found by going through the shown entries once more.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/selection.h"
#include "proto/export.h"

#define REVOCATIONS 64 /* that stand in several logs, and in the export once */

enum stage {
	STAGE_BEGIN,
	STAGE_CARDS,
	STAGE_ENTRIES,
	STAGE_OBJECTS, /* all of them, by row */
	STAGE_CONTENTS,
	STAGE_SHOWN, /* of a selection: objects and contents of the entries shown */
	STAGE_HEADS,
	STAGE_END,
	STAGE_DONE
};

struct origin {
	const struct log *log;
	struct name peer; /* "" the station log */
	uint64_t size;
	uint8_t root[HASH_BYTES];
};

struct exporter {
	enum stage stage;
	struct selection selection;
	bool is_hiding; /* entries since hidden_from are not shown */
	uint64_t hidden_from;
	size_t revocation_count;
	uint8_t revocation[REVOCATIONS][OBJECT_ID_BYTES];
	bool owes_content;
	uint8_t owed[HASH_BYTES];
	uint64_t written;      /* arrays so far */
	struct name card_name; /* where the cards are */
	uint64_t card_serial;
	size_t origin_count, at;
	uint64_t index;
	int64_t object, object_last, content, content_last;
	struct origin origin[];
};

static void fix(struct origin *origin, const struct log *log, const struct name *peer)
{
	origin->log = log;
	if (peer != NULL)
		origin->peer = *peer;
	origin->size = log->tree.size;
	merkle_root(&log->tree, origin->root);
}

struct exporter *exporter_create(struct station *st, const struct selection *selection)
{
	struct exporter *e = calloc(1, sizeof *e + (st->peer_count + 1) * sizeof *e->origin);
	static const struct name station_log = {""};

	if (e == NULL)
		return NULL;
	e->selection = *selection;
	if (selection_has_log(selection, &station_log))
		fix(&e->origin[e->origin_count++], &st->log, NULL);
	for (const struct peer *peer = st->peers; peer != NULL; peer = peer->next)
		if (selection_has_log(selection, &peer->name))
			fix(&e->origin[e->origin_count++], &peer->log, &peer->name);
	e->object_last = store_object_last(st->store);
	e->content_last = store_content_last(st->store);
	return e;
}

static void put(struct exporter *e, const struct export_record *record, struct pack_writer *w)
{
	export_encode(record, w);
	e->written++;
}

static void put_card(struct station *st, struct exporter *e, struct pack_writer *w)
{
	struct export_record record = {.kind = EXPORT_CARD};

	if (store_card_after(st->store, name_bytes(&e->card_name), e->card_serial, &e->card_name, &e->card_serial,
			     &record.bytes))
		put(e, &record, w);
	else
		e->stage++;
}

static bool is_pair(const struct origin *origin)
{
	return origin->peer.text[0] != '\0';
}

/* The largest subtree that begins where the hidden entries do and ends before the next shown one (SPEC 9.4). */
static void put_hash(struct station *st, struct exporter *e, const struct origin *origin, struct pack_writer *w)
{
	struct export_record record = {.kind = EXPORT_HASH, .origin = bytes_of(origin->log->name)};
	uint64_t from = e->hidden_from;

	while ((from >> record.level & 1) == 0 && from + (UINT64_C(2) << record.level) <= e->index)
		record.level++;
	record.index = from >> record.level;
	if (!store_log_subtree(st->store, origin->log, record.level, record.index, record.hash))
		return; /* the store has failed, and the turn ends with it */
	put(e, &record, w);
	e->hidden_from += UINT64_C(1) << record.level;
}

static void put_checkpoint(struct station *st, struct exporter *e, const struct origin *origin, struct pack_writer *w)
{
	struct checkpoint checkpoint = {.origin = bytes_of(origin->log->name), .size = origin->size};
	uint8_t note[CHECKPOINT_BYTES];
	struct pack_writer bytes = pack_writer(note, sizeof note);

	memcpy(checkpoint.root, origin->root, HASH_BYTES);
	checkpoint_sign(&checkpoint, &st->keys.log, &bytes);
	put(e, &(struct export_record){.kind = EXPORT_CHECKPOINT, .bytes = pack_written(&bytes)}, w);
}

/* To the next log; past the last one, to the next stage. */
static void next_origin(struct exporter *e, enum stage next)
{
	e->index = 0;
	if (++e->at < e->origin_count)
		return;
	e->at = 0;
	e->stage = next;
}

/* An entry is shown, or joins those before it that are hidden; these come first, a subtree at a time. */
static void put_entry(struct station *st, struct exporter *e, struct pack_writer *w)
{
	const struct origin *origin = &e->origin[e->at];
	struct export_record record = {.kind = EXPORT_ENTRY, .origin = bytes_of(origin->log->name), .index = e->index};
	static uint8_t leaf[LEAF_DATA_BYTES + KIB];
	struct pack_writer bytes = pack_writer(leaf, sizeof leaf);
	bool has_more = e->index < origin->size, is_shown = false;
	struct log_row row;

	if (has_more && !store_log_row(st->store, origin->log->origin, e->index, &row))
		return;
	if (has_more)
		is_shown = selection_is_everything(&e->selection) ||
			   selection_shows(st, &e->selection, is_pair(origin), &row.leaf);
	if (has_more && !is_shown) {
		e->hidden_from = e->is_hiding ? e->hidden_from : e->index;
		e->is_hiding = true;
		e->index++;
	} else if (e->is_hiding) {
		put_hash(st, e, origin, w);
		e->is_hiding = e->hidden_from < e->index;
	} else if (is_shown) {
		leaf_encode(&row.leaf, &bytes);
		record.bytes = pack_written(&bytes);
		put(e, &record, w);
		e->index++;
	} else {
		put_checkpoint(st, e, origin, w);
		next_origin(e, selection_is_everything(&e->selection) ? STAGE_OBJECTS : STAGE_SHOWN);
	}
}

/*
 * Whether one of the first `count` logs shows an entry of a message that we sent: it stands in several, and in the export
 * once. Each log's entry of it has the time that its delivery was sent.
 */
static bool is_shown_in(struct station *st, const struct exporter *e, const struct leaf *leaf, size_t count)
{
	struct delivery_row delivery;

	for (size_t i = 0; i < count; i++) {
		struct leaf there = *leaf;

		if (!is_pair(&e->origin[i]) ||
		    !store_delivery(st->store, leaf->id, name_bytes(&e->origin[i].peer), &delivery) || delivery.sent_at == 0)
			continue;
		there.at = delivery.sent_at;
		if (selection_shows(st, &e->selection, true, &there))
			return true;
	}
	return false;
}

static bool note_revocation(struct exporter *e, const uint8_t id[OBJECT_ID_BYTES])
{
	for (size_t i = 0; i < e->revocation_count; i++)
		if (hash_equal(e->revocation[i], id, OBJECT_ID_BYTES))
			return false;
	if (e->revocation_count < REVOCATIONS)
		memcpy(e->revocation[e->revocation_count++], id, OBJECT_ID_BYTES);
	return true;
}

/* Whether the object of a shown entry is to be written here. Cards have records of their own. */
static bool brings_object(struct station *st, struct exporter *e, const struct leaf *leaf, const struct object *object)
{
	struct message_row row;
	bool pair = is_pair(&e->origin[e->at]);

	if (object->type == OBJECT_CARD)
		return false;
	if (object->type == OBJECT_REVOCATION)
		return note_revocation(e, leaf->id);
	if (!pair)
		/* a release that no pair log shows, as it has not left yet */
		return leaf->kind == STATION_RELEASE && !is_shown_in(st, e, leaf, e->origin_count);
	return !store_message(st->store, leaf->id, &row) || !row.is_sent || !is_shown_in(st, e, leaf, e->at);
}

static void put_owed(struct station *st, struct exporter *e, struct pack_writer *w)
{
	struct export_record record = {.kind = EXPORT_CONTENT};

	if (e->owes_content && store_content(st->store, e->owed, &record.bytes))
		put(e, &record, w);
	e->owes_content = false;
}

/* The object of the next shown entry, and before that the content which the last one owes. */
static void put_shown(struct station *st, struct exporter *e, struct pack_writer *w)
{
	const struct origin *origin = &e->origin[e->at];
	struct export_record record = {.kind = EXPORT_OBJECT};
	struct message_row message;
	struct object object;
	struct log_row row;
	bool is_note;

	put_owed(st, e, w);
	if (e->index == origin->size) {
		next_origin(e, STAGE_HEADS);
		return;
	}
	if (!store_log_row(st->store, origin->log->origin, e->index++, &row) || !row.leaf.has_id ||
	    !selection_shows(st, &e->selection, is_pair(origin), &row.leaf) ||
	    !store_object(st->store, row.leaf.id, &record.bytes))
		return;
	is_note = object_decode(record.bytes, &object) != RESULT_OK;
	if ((is_note ? !is_pair(origin) : !brings_object(st, e, &row.leaf, &object)) ||
	    !store_object(st->store, row.leaf.id, &record.bytes)) /* again: others were read in between */
		return;
	put(e, &record, w);
	e->owes_content = !e->selection.withholds_contents && store_message(st->store, row.leaf.id, &message);
	if (e->owes_content)
		memcpy(e->owed, message.content_hash, HASH_BYTES);
}

static void put_head(struct station *st, struct exporter *e, struct pack_writer *w)
{
	struct peer *peer = core_peer(st, name_bytes(&e->origin[e->at].peer));
	struct export_record record = {.kind = EXPORT_HEAD};
	char name[ORIGIN_TEXT];

	if (peer != NULL && peer->seen_size > 0) {
		checkpoint_origin(name_bytes(&peer->name), core_own_name(st), name);
		record.origin = bytes_of(name);
		record.size = peer->seen_size;
		memcpy(record.hash, peer->seen_root, HASH_BYTES);
		put(e, &record, w);
	}
	if (++e->at == e->origin_count)
		e->stage++;
}

bool exporter_next(struct station *st, struct exporter *e, struct pack_writer *w)
{
	struct export_record record = {0};

	switch (e->stage) {
	case STAGE_BEGIN:
		record = (struct export_record){.kind = EXPORT_BEGIN,
						.station = core_own_name(st),
						.since = e->selection.since,
						.until = e->selection.until != 0 ? e->selection.until : st->now.real_us,
						.made_at = st->now.real_us};
		put(e, &record, w);
		e->stage++;
		break;
	case STAGE_CARDS:
		put_card(st, e, w);
		break;
	case STAGE_ENTRIES:
		put_entry(st, e, w);
		break;
	case STAGE_OBJECTS:
		record.kind = EXPORT_OBJECT;
		if (store_object_after(st->store, e->object, &e->object, &record.bytes) && e->object <= e->object_last)
			put(e, &record, w);
		else
			e->stage++;
		break;
	case STAGE_CONTENTS:
		record.kind = EXPORT_CONTENT;
		if (!e->selection.withholds_contents && store_content_after(st->store, e->content, &e->content, &record.bytes) &&
		    e->content <= e->content_last)
			put(e, &record, w);
		else
			e->stage = STAGE_HEADS;
		break;
	case STAGE_SHOWN:
		put_shown(st, e, w);
		break;
	case STAGE_HEADS:
		put_head(st, e, w);
		break;
	case STAGE_END:
		put(e, &(struct export_record){.kind = EXPORT_END, .size = e->written}, w);
		e->stage++;
		break;
	case STAGE_DONE:
		break;
	}
	return e->stage != STAGE_DONE;
}

void exporter_destroy(struct exporter *exporter)
{
	free(exporter);
}
