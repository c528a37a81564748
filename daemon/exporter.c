/*
 * The record as a stream (SPEC 9): begin, cards, every log with its checkpoint, objects, contents, heads of the peers,
 * end. What is exported is fixed when it begins; memory does not grow with it.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"
#include "proto/export.h"

enum stage {
	STAGE_BEGIN,
	STAGE_CARDS,
	STAGE_ENTRIES,
	STAGE_OBJECTS,
	STAGE_CONTENTS,
	STAGE_HEADS,
	STAGE_END,
	STAGE_DONE
};

struct origin {
	int64_t id;
	struct name peer; /* "" the station log */
	char name[ORIGIN_TEXT];
	uint64_t size;
	uint8_t root[HASH_BYTES];
};

struct exporter {
	enum stage stage;
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
	origin->id = log->origin;
	if (peer != NULL)
		origin->peer = *peer;
	memcpy(origin->name, log->name, ORIGIN_TEXT);
	origin->size = log->tree.size;
	merkle_root(&log->tree, origin->root);
}

struct exporter *exporter_create(struct station *st)
{
	struct exporter *e = calloc(1, sizeof *e + (st->peer_count + 1) * sizeof *e->origin);

	if (e == NULL)
		return NULL;
	fix(&e->origin[e->origin_count++], &st->log, NULL);
	for (const struct peer *peer = st->peers; peer != NULL; peer = peer->next)
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

static void put_entry(struct station *st, struct exporter *e, struct pack_writer *w)
{
	const struct origin *origin = &e->origin[e->at];
	struct export_record record = {.kind = EXPORT_ENTRY, .origin = bytes_of(origin->name), .index = e->index};
	static uint8_t leaf[LEAF_DATA_BYTES + KIB];
	uint8_t note[CHECKPOINT_BYTES];
	struct pack_writer bytes = pack_writer(leaf, sizeof leaf);
	struct checkpoint checkpoint = {.origin = bytes_of(origin->name), .size = origin->size};
	struct log_row row;

	if (e->index < origin->size && store_log_row(st->store, origin->id, e->index, &row)) {
		leaf_encode(&row.leaf, &bytes);
		record.bytes = pack_written(&bytes);
		put(e, &record, w);
		e->index++;
		return;
	}
	bytes = pack_writer(note, sizeof note);
	memcpy(checkpoint.root, origin->root, HASH_BYTES);
	checkpoint_sign(&checkpoint, &st->keys.log, &bytes);
	put(e, &(struct export_record){.kind = EXPORT_CHECKPOINT, .bytes = pack_written(&bytes)}, w);
	e->index = 0;
	if (++e->at == e->origin_count) {
		e->at = 0;
		e->stage++;
	}
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
						.until = st->now.real_us,
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
		if (store_content_after(st->store, e->content, &e->content, &record.bytes) &&
		    e->content <= e->content_last)
			put(e, &record, w);
		else
			e->stage++;
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
