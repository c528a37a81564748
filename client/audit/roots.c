/*
 * The third reading: the trees of all logs are grown again, and every head that anyone signed is compared where its log
 * has that size. Contents are compared with the hashes that the messages carry.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/audit.h"
#include "proto/result.h"

static int compare_claims(const void *left, const void *right)
{
	const struct claim *a = left, *b = right;

	if (a->trail != b->trail)
		return a->trail < b->trail ? -1 : 1;
	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	return (a->record > b->record) - (a->record < b->record);
}

static void sort_claims(struct audit *a)
{
	if (a->claim_count > 0)
		qsort(a->claim, a->claim_count, sizeof *a->claim, compare_claims);
	for (size_t i = 0; i < a->claim_count; i++) {
		struct trail *trail = &a->trail[a->claim[i].trail];

		if (trail->claim_end == 0)
			trail->claim_next = i;
		trail->claim_end = i + 1;
	}
}

static const struct entry *claim_entry(const struct audit *a, const struct claim *claim)
{
	return claim->entry != IDMAP_NONE ? &a->entry[claim->entry] : NULL;
}

/* A head whose root is not that of the records: who signed it, and up to where the records are known to be right. */
static void report_mismatch(struct audit *a, const struct claim *claim)
{
	const struct trail *trail = &a->trail[claim->trail];
	static const char *const what[] = {
	    [CLAIM_CHECKPOINT] = "the checkpoint",
	    [CLAIM_NOTE] = "the checkpoint sent to the peer",
	    [CLAIM_RECEIPT] = "the head in this receipt",
	    [CLAIM_HEADS] = "the hourly head",
	};

	if (claim->kind == CLAIM_SEEN)
		report_bad(a, claim->record, claim_entry(a, claim),
			   "%s holds a head of %llu entries of this log with another root: it was shown another record "
			   "(equivocation), or this one was altered after entry %llu.",
			   trail->peer.text, (unsigned long long)claim->size, (unsigned long long)trail->fitting_size);
	else
		report_bad(a, claim->record, claim_entry(a, claim),
			   "%s of %llu entries of %s has another root than these entries give; they fit the heads "
			   "signed up to "
			   "%llu entries.",
			   what[claim->kind], (unsigned long long)claim->size, trail->origin,
			   (unsigned long long)trail->fitting_size);
}

static void check_claim(struct audit *a, struct claim *claim, const struct merkle *tree, const uint8_t root[HASH_BYTES])
{
	struct trail *trail = &a->trail[claim->trail];

	claim->is_good = claim->size == tree->size && hash_equal(claim->root, root, HASH_BYTES);
	if (claim->is_good)
		trail->fitting_size = claim->size;
	else if (claim->size == tree->size && !recovered_covers(a, claim))
		report_mismatch(a, claim);
	else if (claim->size == tree->size)
		return; /* of a log that was lost and recovered */
	else if (claim->kind == CLAIM_CHECKPOINT)
		report_bad(a, claim->record, NULL, "the checkpoint's size lies within a withheld range of %s.",
			   trail->origin);
	else
		trail->unchecked_heads++;
}

/* The claims about heads up to the size that the log has now. */
static void check_claims(struct audit *a, struct trail *trail, const struct merkle *tree)
{
	uint8_t root[HASH_BYTES];

	if (trail->claim_next == trail->claim_end || a->claim[trail->claim_next].size > tree->size)
		return;
	merkle_root(tree, root);
	while (trail->claim_next < trail->claim_end && a->claim[trail->claim_next].size <= tree->size)
		check_claim(a, &a->claim[trail->claim_next++], tree, root);
}

static void read_content(struct audit *a)
{
	uint8_t hash[HASH_BYTES];
	uint32_t at;

	hash_sha256(a->record.bytes, hash);
	at = idmap_find(&a->wanted_map, hash, a->wanted, sizeof *a->wanted);
	if (at == IDMAP_NONE) {
		if (!a->is_cut)
			report_bad(a, a->reader.number, NULL,
				   "no message in the file carries the hash of this content.");
		return;
	}
	if (a->wanted[at].is_present)
		report_bad(a, a->reader.number, NULL, "this content stands in the file twice.");
	a->wanted[at].is_present = true;
	a->report->content_count++;
}

static void grow_tree(struct audit *a, struct merkle *trees)
{
	uint32_t at = audit_trail(a, a->record.origin);
	uint8_t hash[HASH_BYTES];

	if (a->record.kind == EXPORT_ENTRY) {
		merkle_leaf(a->record.bytes, hash);
		merkle_append(&trees[at], hash);
	} else {
		merkle_append_subtree(&trees[at], a->record.level, a->record.hash);
	}
	check_claims(a, &a->trail[at], &trees[at]);
}

static void read_all(struct audit *a, struct merkle *trees)
{
	while (a->error == 0 && a->reader.number + 1 < a->limit) {
		int result = reader_next(&a->reader, &a->record);

		if (result != RESULT_OK)
			a->error = result < 0 ? result : -EIO;
		else if (a->record.kind == EXPORT_ENTRY || a->record.kind == EXPORT_HASH)
			grow_tree(a, trees);
		else if (a->record.kind == EXPORT_CONTENT)
			read_content(a);
	}
}

/* Heads of more entries than the log has in the file. */
static void check_beyond(struct audit *a, struct trail *trail)
{
	if (a->is_cut || trail->claim_next == trail->claim_end)
		return;
	if (!trail->is_present) {
		report_note(a, false, "the station log records heads of %s, which is not in this file.", trail->origin);
		return;
	}
	for (size_t i = trail->claim_next; i < trail->claim_end; i++)
		if (!recovered_covers(a, &a->claim[i]))
			report_bad(a, a->claim[i].record, claim_entry(a, &a->claim[i]),
			   "it records a head of %llu entries of %s, which has %llu in this file.",
			   (unsigned long long)a->claim[i].size, trail->origin, (unsigned long long)trail->size);
}

/* Two heads of one size by the same peer must be one (SPEC 6). */
static void compare_peer_heads(struct audit *a)
{
	if (a->peer_head_count > 0)
		qsort(a->peer_head, a->peer_head_count, sizeof *a->peer_head, compare_claims);
	for (size_t i = 1; i < a->peer_head_count; i++) {
		const struct claim *before = &a->peer_head[i - 1], *head = &a->peer_head[i];

		if (before->trail == head->trail && before->size == head->size &&
		    memcmp(before->root, head->root, HASH_BYTES) != 0 && !recovered_between(a, before, head))
			report_bad(a, head->record, claim_entry(a, head),
				   "%s signed two heads of %llu entries of its log with different roots: equivocation.",
				   a->trail[head->trail].peer.text, (unsigned long long)head->size);
	}
}

void roots_read(struct audit *a)
{
	struct merkle *trees = calloc(a->trail_count + 1, sizeof *trees);

	if (a->error == 0)
		a->error = trees == NULL ? -ENOMEM : reader_rewind(&a->reader);
	if (a->error == 0) {
		sort_claims(a);
		for (size_t i = 0; i < a->trail_count; i++)
			check_claims(a, &a->trail[i], &trees[i]);
		read_all(a, trees);
		for (size_t i = 0; i < a->trail_count; i++) {
			merkle_root(&trees[i], a->trail[i].root);
			check_beyond(a, &a->trail[i]);
		}
		compare_peer_heads(a);
		recovered_conclude(a);
	}
	free(trees);
}
