/* Writing a proof of notification from what was found: which addressees, and whose cards. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/prover.h"
#include "proto/result.h"

static void need_card(struct audit_prover *p, struct bytes name, uint64_t serial)
{
	for (size_t i = 0; i < p->card_count; i++)
		p->card[i].is_needed |=
		    p->card[i].serial == serial && bytes_equal(name_bytes(&p->card[i].name), name);
}

/* The card whose log key signed a log's checkpoint. */
static void need_log_card(struct audit_prover *p, const struct prove_log *log)
{
	struct checkpoint checkpoint;

	for (size_t i = 0; i < p->card_count; i++)
		if (name_equal(&p->card[i].name, &log->keeper) &&
		    checkpoint_open(log->checkpoint, bytes_of(log->origin), p->card[i].log, &checkpoint) == RESULT_OK) {
			p->card[i].is_needed = true;
			return;
		}
}

/* Whether any log of the same addressee has a receipt of the kind, by the addressee. */
static bool has_receipt(const struct audit_prover *p, const struct name *addressee, uint8_t kind)
{
	for (size_t i = 0; i < p->log_count; i++) {
		const struct prove_log *log = p->log[i];

		for (size_t j = 0; j < log->entry_count && name_equal(&log->addressee, addressee); j++) {
			uint32_t at = log->entry[j].object;

			if (at != IDMAP_NONE && p->object[at].receipt == kind &&
			    name_equal(&p->object[at].from, addressee))
				return true;
		}
	}
	return false;
}

/* Whether the log goes into the proof; a sentence when what was asked for is missing. */
static bool is_provable(const struct audit_prover *p, const struct prove_log *log, char why[AUDIT_TEXT])
{
	why[0] = 0;
	if (p->wish.to.len > 0 && !bytes_equal(p->wish.to, name_bytes(&log->addressee)))
		return false;
	if (log->is_crowded || log->checkpoint.len == 0) {
		snprintf(why, AUDIT_TEXT, "%s has more about the message than a proof holds, or no checkpoint", log->origin);
		return false;
	}
	for (uint8_t kind = RECEIPT_CUSTODY; kind <= RECEIPT_REFUSED; kind++)
		if (p->wish.wants[kind] && !has_receipt(p, &log->addressee, kind)) {
			snprintf(why, AUDIT_TEXT, "%s is left out: no receipt of kind %s by it is in this record",
				 log->addressee.text, receipt_kind_name(kind));
			return false;
		}
	return true;
}

static void put_log(struct audit_prover *p, const struct prove_log *log, struct proof_log *out)
{
	out->origin = bytes_of(log->origin);
	out->checkpoint = log->checkpoint;
	need_log_card(p, log);
	for (size_t i = 0; i < log->entry_count; i++) {
		const struct prove_entry *entry = &log->entry[i];
		const struct prove_object *object = entry->object != IDMAP_NONE ? &p->object[entry->object] : NULL;

		out->entry[i].index = entry->index;
		out->entry[i].leaf = entry->leaf;
		out->entry[i].path = (struct bytes){entry->path, entry->path_len};
		if (object != NULL) {
			out->entry[i].object = object->encoded;
			need_card(p, name_bytes(&object->from), object->serial);
		}
	}
	out->entry_count = log->entry_count;
	if (log->witness.len > 0) {
		out->witness = log->witness;
		out->witness_path = (struct bytes){log->witness_path, log->witness_path_len};
		need_card(p, name_bytes(&log->other), log->witness_serial);
	}
}

static int compare_logs(const void *left, const void *right)
{
	struct prove_log *const *a = left, *const *b = right;

	return strcmp((*a)->origin, (*b)->origin);
}

static int put_logs(struct audit_prover *p, audit_left_out *left_out, void *ctx, struct proof_file *file)
{
	char why[AUDIT_TEXT];

	if (p->log_count > 0)
		qsort(p->log, p->log_count, sizeof(struct prove_log *), compare_logs);
	for (size_t i = 0; i < p->log_count; i++) {
		bool is_again = i > 0 && strcmp(p->log[i - 1]->origin, p->log[i]->origin) == 0;

		if (is_again)
			continue;
		if (!is_provable(p, p->log[i], why)) {
			if (why[0] != 0)
				left_out(ctx, why);
			continue;
		}
		if (file->log_count == LIMIT_PROOF_LOGS)
			return RESULT_LIMIT;
		put_log(p, p->log[i], &file->log[file->log_count++]);
	}
	return file->log_count > 0 ? RESULT_OK : RESULT_PROOF;
}

int audit_prover_write(struct audit_prover *p, audit_left_out *left_out, void *ctx, struct pack_writer *w)
{
	struct proof_file *file = calloc(1, sizeof *file);
	int result;

	if (file == NULL)
		return RESULT_LIMIT;
	file->message = p->encoded;
	file->content = p->content;
	need_card(p, p->message.from, p->message.card_serial);
	result = put_logs(p, left_out, ctx, file);
	for (size_t i = 0; i < p->card_count && result == RESULT_OK; i++) {
		if (!p->card[i].is_needed)
			continue;
		if (file->card_count == LIMIT_PROOF_CARDS)
			result = RESULT_LIMIT;
		else
			file->card[file->card_count++] = p->card[i].encoded;
	}
	if (result == RESULT_OK)
		proof_encode(file, w);
	free(file);
	return result == RESULT_OK && w->is_over ? RESULT_LIMIT : result;
}
