/*
 * Timed release: an approved draft that is released by itself at a time of the clock, under the name of the officer who
 * said so. What stands in its way at that time is told, and the draft stays.
 */
#include <string.h>

#include "daemon/core.h"

#define AHEAD_MAX_US (366 * 24 * HOUR_US)

void timed_load(struct station *st)
{
	struct timed_row row;

	st->timed_at = store_timed_first(st->store, &row) ? row.at : 0;
}

int64_t timed_deadline(const struct station *st)
{
	int64_t ahead = st->timed_at - st->now.real_us;

	return st->timed_at == 0 ? INT64_MAX : st->now.mono_us + (ahead > 0 ? ahead : 0);
}

int timed_set(struct station *st, struct client *client, const struct timed_row *order)
{
	struct timed_row row = *order;
	struct draft_row draft;
	int result;

	if (order->at == 0 && !store_timed(st->store, order->draft, &row))
		return core_refuse(st, CONTROL_UNKNOWN, "Draft %llu waits for no time.", (unsigned long long)order->draft);
	if (order->at != 0 && (order->at <= st->now.real_us || order->at > st->now.real_us + AHEAD_MAX_US))
		return core_refuse(st, CONTROL_REFUSED, "The time of release must lie ahead, and within a year.");
	if (!store_draft(st->store, order->draft, &draft))
		return core_refuse(st, CONTROL_UNKNOWN,
				   "There is no draft %llu; hotline draft list shows those there are.",
				   (unsigned long long)order->draft);
	result = order->at != 0 ? release_check_approvals(st, order->draft) : 0;
	if (result != 0)
		return result;
	row.officer = name_bytes(&client->officer->function);
	row.uid = client->uid;
	if (order->at == 0)
		store_timed_drop(st->store, order->draft);
	else
		store_timed_put(st->store, &row);
	core_log_act(st, STATION_TIMED, NULL, "uutu", order->draft, (uint64_t)order->at, row.officer, row.uid);
	timed_load(st);
	return 0;
}

/* The draft stays, with the sentence that says why, and the office is rung. */
static void fail(struct station *st, const struct timed_row *row)
{
	struct timed_row failed = *row;

	failed.failure = bytes_of(st->sentence);
	store_timed_put(st->store, &failed);
	core_log_act(st, STATION_TIMED_FAILED, NULL, "ut", row->draft, failed.failure);
	core_journal(st, "event=not-released draft=%llu why=\"%s\"", (unsigned long long)row->draft, st->sentence);
	core_notify(st, "not-released", NULL, core_own_name(st), (struct bytes){NULL, 0}, st->sentence);
	core_alert(st, "not-released", NULL, core_own_name(st));
}

void timed_run(struct station *st)
{
	static uint8_t texts[LIMIT_FUNCTION_BYTES + 4 * LIMIT_NOTE];
	struct timed_row row;
	uint8_t id[OBJECT_ID_BYTES];
	char at[TIME_TEXT];
	int result;

	if (st->timed_at == 0 || st->timed_at > st->now.real_us || !store_timed_first(st->store, &row) ||
	    row.officer.len + row.reason.len > sizeof texts)
		return;
	/* the row's texts lie in the store's buffer */
	memcpy(texts, row.officer.data, row.officer.len);
	if (row.reason.len > 0)
		memcpy(texts + row.officer.len, row.reason.data, row.reason.len);
	row.reason = (struct bytes){texts + row.officer.len, row.reason.len};
	row.officer = (struct bytes){texts, row.officer.len};
	time_format_dtg(row.at, at);
	if (st->now.real_us - row.at > TIMED_LATE_US)
		result = core_refuse(st, CONTROL_REFUSED, "The station did not run at %s; it is more than an hour late.",
				     at);
	else {
		const struct release_act act = {.officer = row.officer,
						.uid = row.uid,
						.draft = row.draft,
						.anyway = row.anyway,
						.reason = row.reason};

		result = release_approved(st, &act, id);
	}
	if (result != 0)
		fail(st, &row);
	timed_load(st);
}
