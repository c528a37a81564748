/*
 * Two heads of a peer's log that can't be of one log: the alarm, the evidence as a file, and the peer is asked for its
 * signed note. What comes of it is for people to decide (SPEC 6.3, 9.6).
 */
#include "proto/evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"
#include "proto/armour.h"

#define EVIDENCE_MOST 16 /* of one peer; what more it shows is counted */
#define TEXT_BYTES 2048	 /* before the armour */

static const char *how_signed(struct bytes statement)
{
	if (statement.len == 0)
		return "shown in a hello, not signed";
	return memmem(statement.data, statement.len, "receipt", 7) != NULL ? "signed in a receipt" : "signed in a checkpoint";
}

/* For people; a machine reads the block after it. */
static void put_text(struct station *st, const struct evidence *e, struct pack_writer *w)
{
	char text[TEXT_BYTES], at[TIME_TEXT], root[2][2 * HASH_BYTES + 1];
	struct bytes own = core_own_name(st);

	time_format_iso(e->at, at);
	for (size_t i = 0; i < 2; i++)
		key_hex(e->head[i].root, HASH_BYTES, root[i]);
	snprintf(text, sizeof text,
		 "Two heads of one log that contradict each other.\n\n"
		 "Log:      %.*s\n"
		 "Noted by: %.*s, %s\n"
		 "What:     %s\n"
		 "Head 1:   %llu entries, root %s, %s\n"
		 "Head 2:   %llu entries, root %s, %s\n\n",
		 (int)e->origin.len, (const char *)e->origin.data, (int)own.len, (const char *)own.data, at,
		 e->what == EVIDENCE_SAME_SIZE ? "two roots of one size" : "no proof leads from the first to the second",
		 (unsigned long long)e->head[0].size, root[0], how_signed(e->head[0].statement),
		 (unsigned long long)e->head[1].size, root[1], how_signed(e->head[1].statement));
	pack_put_raw(w, bytes_of(text));
}

/* A copy of what signs a head; empty when nothing does. */
static struct bytes copy_statement(struct station *st, const struct head *head, uint8_t *out)
{
	struct bytes object;

	if (!head->is_signed || !store_object(st->store, head->object, &object) || object.len > LIMIT_OBJECT_BYTES)
		return (struct bytes){NULL, 0};
	memcpy(out, object.data, object.len);
	return (struct bytes){out, object.len};
}

/* "vnm-cert-12-15-1a2b3c4d": the same evidence has the same name, so that it is written once. */
static struct bytes file_name(const struct peer *peer, const struct evidence_row *row, char *out, size_t size)
{
	uint8_t hash[HASH_BYTES];
	char hex[9];

	hash_sha256_parts((struct bytes[]){{row->head[0].root, HASH_BYTES},
					   {row->head[1].root, HASH_BYTES},
					   {row->head[0].object, HASH_BYTES},
					   {row->head[1].object, HASH_BYTES}},
			  4, hash);
	key_hex(hash, 4, hex);
	snprintf(out, size, "%s-%llu-%llu-%s", peer->name.text, (unsigned long long)row->head[0].size,
		 (unsigned long long)row->head[1].size, hex);
	return bytes_of(out);
}

/* The file, as an effect: its name, a zero byte, its text. */
static void write_file(struct station *st, const struct peer *peer, const struct evidence_row *row)
{
	static uint8_t statement[2][LIMIT_OBJECT_BYTES], encoded[EVIDENCE_BYTES];
	size_t capacity = TEXT_BYTES + armour_capacity(EVIDENCE_BYTES) + 128;
	uint8_t *file = malloc(capacity);
	struct pack_writer w = pack_writer(file, capacity), e = pack_writer(encoded, sizeof encoded);
	char origin[ORIGIN_TEXT], name[128];
	struct evidence evidence = {.at = row->at,
				    .what = row->head[0].size == row->head[1].size ? EVIDENCE_SAME_SIZE : EVIDENCE_NO_PROOF};

	if (file == NULL)
		abort();
	checkpoint_origin(name_bytes(&peer->name), core_own_name(st), origin);
	evidence.origin = bytes_of(origin);
	for (size_t i = 0; i < 2; i++) {
		evidence.head[i].size = row->head[i].size;
		memcpy(evidence.head[i].root, row->head[i].root, HASH_BYTES);
		evidence.head[i].statement = copy_statement(st, &row->head[i], statement[i]);
	}
	evidence_encode(&evidence, &e);
	pack_put_raw(&w, file_name(peer, row, name, sizeof name));
	pack_put_raw(&w, (struct bytes){(const uint8_t *)"", 1});
	put_text(st, &evidence, &w);
	armour_encode(EVIDENCE_LABEL, pack_written(&e), &w);
	core_effect(st, EFFECT_EVIDENCE, 0, pack_written(&w));
	free(file);
}

/* Evidence is two signed heads: what the peer signs next may be the second. */
static void ask_note(struct peer *peer)
{
	struct frame frame = {.type = FRAME_NOTE};

	if (peer->conn != NULL && !peer->conn->proofs.has_asked_note)
		peer->conn->proofs.has_asked_note = link_put(&peer->conn->link, &frame);
}

void evidence_note(struct station *st, struct peer *peer, const struct head *first, const struct head *second)
{
	bool is_ordered = first->size <= second->size;
	struct evidence_row row = {.peer = peer->id,
				   .at = st->now.real_us,
				   .head = {is_ordered ? *first : *second, is_ordered ? *second : *first}};

	ask_note(peer);
	if (store_evidence_count(st->store, peer->id) >= EVIDENCE_MOST ||
	    !store_evidence_put(st->store, peer->id, row.at, row.head)) {
		core_count(st, COUNT_PROOF, peer, "contradicts itself again");
		return;
	}
	core_fault(st, peer,
		   row.head[0].size == row.head[1].size
		       ? N_("it shows two different logs of the same size")
		       : N_("no proof leads from the log that it showed before to the one it shows"));
	write_file(st, peer, &row);
}

void evidence_again(struct station *st)
{
	struct evidence_row row = {0};

	while (store_evidence_after(st->store, row.id, &row))
		for (const struct peer *peer = st->peers; peer != NULL; peer = peer->next)
			if (peer->id == row.peer)
				write_file(st, peer, &row);
}
