/*
 * Heads: what each station signed of its log, as the other's record holds it, against the log that its own record shows.
 * Two that can't be of one log are equivocation (SPEC 6.3, 9.6).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/compare.h"
#include "proto/result.h"

/* A head of a log, said to the other side. */
struct claim {
	uint64_t size;
	uint8_t root[HASH_BYTES];
	uint32_t item;	/* in the record that holds it */
	bool is_signed; /* by the log's own station; else the other one says that it was shown it */
};

struct claims {
	size_t count, room;
	struct claim *claim;
};

static void add(struct audit_compare *c, struct claims *claims, const struct claim *claim)
{
	if (claims->count == claims->room) {
		size_t room = claims->room > 0 ? 2 * claims->room : 64;
		struct claim *wider = realloc(claims->claim, room * sizeof *wider);

		if (wider == NULL) {
			c->error = -ENOMEM;
			return;
		}
		claims->claim = wider;
		claims->room = room;
	}
	claims->claim[claims->count++] = *claim;
}

/* The heads in a receipt: of the issuer's log, and of the other one as the issuer was shown it. */
static void read_receipt(struct audit_compare *c, struct claims *claims, uint32_t item, struct bytes encoded, bool is_owners)
{
	static struct receipt receipt;
	struct claim claim = {.item = item, .is_signed = is_owners};
	struct object object;

	if (object_decode(encoded, &object) != RESULT_OK || receipt_decode(object.body, &receipt) != RESULT_OK ||
	    (!is_owners && !receipt.has_seen))
		return;
	claim.size = is_owners ? receipt.log_size : receipt.seen_size;
	memcpy(claim.root, is_owners ? receipt.log_root : receipt.seen_root, HASH_BYTES);
	add(c, claims, &claim);
}

static void read_note(struct audit_compare *c, struct claims *claims, uint32_t item, struct bytes encoded)
{
	struct claim claim = {.item = item, .is_signed = true};
	struct checkpoint checkpoint;
	struct note note;

	if (note_decode(encoded, &note) != RESULT_OK || checkpoint_decode(note.text, &checkpoint) != RESULT_OK)
		return;
	claim.size = checkpoint.size;
	memcpy(claim.root, checkpoint.root, HASH_BYTES);
	add(c, claims, &claim);
}

/* What a record says of the log of side s: its own record of the owner's statements, or the other's. */
static void gather(struct audit_compare *c, size_t s, const struct compare_side *in, struct claims *out)
{
	bool is_own_record = in == &c->side[s];

	for (size_t i = 0; i < in->count && c->error == 0; i++) {
		const struct record_entry *entry = &in->record->entry[in->place[i].entry];
		const struct record_item *item = &in->record->item[entry->item];
		bool is_owners = (entry->kind == LEAF_SENT) == is_own_record;
		struct bytes encoded;

		if (item->object.len == 0 || (item->type != RECORD_RECEIPT && item->type != RECORD_NOTE))
			continue;
		c->error = audit_record_object(in->record, item->object, &encoded);
		if (c->error == 0 && item->type == RECORD_RECEIPT)
			read_receipt(c, out, entry->item, encoded, is_owners);
		else if (c->error == 0 && is_owners)
			read_note(c, out, entry->item, encoded);
	}
}

static int by_size(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	return x->size != y->size ? (x->size < y->size ? -1 : 1) : (int)y->is_signed - (int)x->is_signed;
}

/* A statement of a record, copied; empty when it can't be read. */
static struct bytes keep(struct audit_compare *c, size_t at, struct audit_record *record, struct record_span span)
{
	struct bytes encoded;

	if (c->error == 0)
		c->error = audit_record_object(record, span, &encoded);
	if (c->error != 0)
		return (struct bytes){NULL, 0};
	free(c->kept[at]);
	c->kept[at] = malloc(encoded.len + 1);
	if (c->kept[at] == NULL) {
		c->error = -ENOMEM;
		return (struct bytes){NULL, 0};
	}
	memcpy(c->kept[at], encoded.data, encoded.len);
	return (struct bytes){c->kept[at], encoded.len};
}

/* The head of the log as its own record has it, with what signs it: of the same size if there is one, else the last. */
static bool own_head(struct audit_compare *c, size_t s, const struct claims *own, const struct claim *claim)
{
	struct evidence *e = &c->evidence;
	struct compare_side *side = &c->side[s];
	const struct record_log *log = &side->record->log[side->log];
	struct checkpoint checkpoint;
	struct note note;

	for (size_t i = 0; i < own->count; i++)
		if (own->claim[i].size == claim->size && own->claim[i].is_signed &&
		    memcmp(own->claim[i].root, claim->root, HASH_BYTES) != 0) {
			e->head[1].size = claim->size;
			memcpy(e->head[1].root, own->claim[i].root, HASH_BYTES);
			e->head[1].statement = keep(c, 1, side->record, side->record->item[own->claim[i].item].object);
			return true;
		}
	if (log->checkpoint.len == 0)
		return false;
	e->head[1].statement = keep(c, 1, side->record, log->checkpoint);
	if (c->error != 0 || note_decode(e->head[1].statement, &note) != RESULT_OK ||
	    checkpoint_decode(note.text, &checkpoint) != RESULT_OK)
		return false;
	e->head[1].size = checkpoint.size;
	memcpy(e->head[1].root, checkpoint.root, HASH_BYTES);
	return true;
}

/* The first two heads that contradict each other and are both signed are kept as evidence. */
static void keep_evidence(struct audit_compare *c, size_t s, const struct claims *own, const struct claim *claim)
{
	struct compare_side *other = &c->side[1 - s];

	if (c->has_evidence || !own_head(c, s, own, claim))
		return;
	c->evidence.head[0].size = claim->size;
	memcpy(c->evidence.head[0].root, claim->root, HASH_BYTES);
	c->evidence.head[0].statement = keep(c, 0, other->record, other->record->item[claim->item].object);
	c->evidence.what =
	    claim->size == c->evidence.head[1].size ? EVIDENCE_SAME_SIZE : EVIDENCE_NO_PROOF;
	checkpoint_origin(name_bytes(&c->side[s].record->station), name_bytes(&other->record->station),
			  c->evidence_origin);
	c->evidence.origin = bytes_of(c->evidence_origin);
	c->has_evidence = c->error == 0 && c->evidence.head[1].size >= claim->size;
}

/* A claim about side s, of a size that its record has. */
static void judge(struct audit_compare *c, size_t s, const struct claims *own, const struct claim *claim,
		  const uint8_t root[HASH_BYTES])
{
	const char *owner = compare_name(c, s), *holder = compare_name(c, 1 - s);

	if (memcmp(claim->root, root, HASH_BYTES) == 0)
		return;
	if (!claim->is_signed) {
		compare_find(c, COMPARE_HEAD, true,
			     "%s was shown a head of %llu entries of the log of %s that the record of %s does not have.",
			     holder, (unsigned long long)claim->size, owner, owner);
		return;
	}
	compare_find(c, COMPARE_HEAD, true,
		     "%s signed two logs with %s: the record of %s holds its head of %llu entries, and its own record has "
		     "another at that size.",
		     owner, holder, holder, (unsigned long long)claim->size);
	keep_evidence(c, s, own, claim);
}

/* Walks the log of side s and holds the claims, which are sorted by size, against its root at each size. */
static void walk(struct audit_compare *c, size_t s, const struct claims *claims, const struct claims *own)
{
	struct compare_side *side = &c->side[s];
	const struct record_log *log = &side->record->log[side->log];
	uint8_t root[HASH_BYTES];
	struct merkle tree;
	size_t next = 0;

	merkle_init(&tree);
	for (size_t i = 0; i <= side->count && c->error == 0 && next < claims->count; i++) {
		uint8_t hash[HASH_BYTES];

		while (next < claims->count && claims->claim[next].size < tree.size)
			next++;
		if (next < claims->count && claims->claim[next].size == tree.size)
			merkle_root(&tree, root);
		for (; next < claims->count && claims->claim[next].size == tree.size; next++)
			judge(c, s, own, &claims->claim[next], root);
		if (i == side->count)
			break;
		c->error = audit_record_leaf_hash(side->record, &side->record->entry[side->place[i].entry], hash);
		merkle_append(&tree, hash);
	}
	if (c->error == 0 && claims->count > 0 && claims->claim[claims->count - 1].size > log->size)
		compare_find(c, COMPARE_HEAD, false,
			     "The record of %s ends at %llu entries of its log with %s, whose record holds a head of %llu.",
			     compare_name(c, s), (unsigned long long)log->size, compare_name(c, 1 - s),
			     (unsigned long long)claims->claim[claims->count - 1].size);
}

void compare_heads(struct audit_compare *c)
{
	for (size_t s = 0; s < 2 && c->error == 0; s++) {
		struct claims claims = {0}, own = {0};

		if (c->side[s].record->log[c->side[s].log].withheld > 0) {
			compare_find(c, COMPARE_HEAD, false,
				     "The record of %s withholds entries of this log: heads that %s holds are not compared.",
				     compare_name(c, s), compare_name(c, 1 - s));
			continue;
		}
		gather(c, s, &c->side[1 - s], &claims);
		gather(c, s, &c->side[s], &own);
		if (claims.count > 0)
			qsort(claims.claim, claims.count, sizeof *claims.claim, by_size);
		walk(c, s, &claims, &own);
		free(claims.claim);
		free(own.claim);
	}
}
