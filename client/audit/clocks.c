/* Bounds of clock offsets from receipts. */
#include "client/audit/clocks.h"

#include "client/audit/course.h"

/* When the last of the messages that a receipt names was entered in this log; 0 when one of them is not there. */
static int64_t named_at(const struct audit_record *record, const struct record_receipt *receipt, uint32_t log)
{
	int64_t last = 0;

	for (uint32_t i = 0; i < receipt->named_count; i++) {
		int64_t at = course_entered(record, record->named[receipt->named + i], log);

		if (at == 0)
			return 0;
		last = at > last ? at : last;
	}
	return last;
}

static void take_receipt(const struct audit_record *record, const struct record_entry *entry, struct clock_bounds *out)
{
	const struct record_receipt *receipt = &record->receipt[record->item[entry->item].fact];
	int64_t sent = named_at(record, receipt, entry->log), least, most;

	if (sent == 0 || __builtin_sub_overflow(receipt->at, entry->at, &least) ||
	    __builtin_sub_overflow(receipt->at, sent, &most))
		return;
	if (out->count == 0 || least > out->least)
		out->least = least;
	if (out->count == 0 || most < out->most)
		out->most = most;
	out->count++;
}

void clocks_bound(const struct audit_record *record, uint32_t log, struct clock_bounds *out)
{
	*out = (struct clock_bounds){0};
	for (size_t i = 0; i < record->entry_list.count; i++) {
		const struct record_entry *entry = &record->entry[i];

		if (entry->log == log && entry->kind == LEAF_RECEIVED && entry->item != RECORD_NONE &&
		    record->item[entry->item].type == RECORD_RECEIPT)
			take_receipt(record, entry, out);
	}
}
