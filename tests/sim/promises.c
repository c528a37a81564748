/* What must hold: at any time, and once a storm has passed. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/core.h"
#include "tests/sim/storm.h"
#include "tests/sim/verified.h"

void promise_broken(struct storm *storm, const char *format, ...)
{
	va_list args;

	if (storm->broken[0] != '\0')
		return;
	va_start(args, format);
	vsnprintf(storm->broken, sizeof storm->broken, format, args);
	va_end(args);
}

static bool begins(struct bytes line, const char *words)
{
	return line.len >= strlen(words) && memcmp(line.data, words, strlen(words)) == 0;
}

static uint64_t fingerprint(struct bytes line)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < line.len; i++)
		hash = (hash ^ line.data[i]) * UINT64_C(0x100000001b3);
	return hash;
}

/* An officer is told of a message once, however often it comes. */
static void hear_message(struct storm *storm, const struct site *site, struct bytes line)
{
	uint64_t *told = storm->told[site->index], mark = fingerprint(line);
	size_t *count = &storm->told_count[site->index];

	for (size_t i = 0; i < *count; i++)
		if (told[i] == mark)
			promise_broken(storm, "%s told its officers twice: %.*s", site->config.station.text,
				       (int)line.len, (const char *)line.data);
	if (*count < STORM_TOLD)
		told[(*count)++] = mark;
}

void promises_hear(struct site *site, struct bytes line, void *ctx)
{
	struct storm *storm = ctx;

	if (begins(line, "event=message "))
		hear_message(storm, site, line);
	else if (!storm->is_restored &&
		 (begins(line, "event=fault ") || begins(line, "event=behind ") || begins(line, "event=equivocation")))
		promise_broken(storm, "%s says %.*s", site->config.station.text, (int)line.len, (const char *)line.data);
}

static void watch_peer(struct storm *storm, const struct peer *peer, const char *name)
{
	size_t bytes = 0;

	for (size_t i = 0; i < LIMIT_PARTIALS; i++)
		bytes += peer->partial[i].data != NULL ? peer->partial[i].total : 0;
	if (bytes > LIMIT_PARTIAL_BYTES)
		promise_broken(storm, "%s holds %zu bytes of halves of parcels from %s", name, bytes, peer->name.text);
	if (peer->flight_count > 2 * FLIGHTS)
		promise_broken(storm, "%s has %zu parcels in flight to %s", name, peer->flight_count, peer->name.text);
	tally_most(TALLY_MOST_BYTES, bytes + peer->flight_bytes);
}

void promises_watch(struct storm *storm)
{
	for (size_t i = 0; i < storm->world->count; i++) {
		const struct station *st = storm->world->site[i].station;
		size_t conns = 0;

		if (st == NULL)
			continue;
		if (disk_struck(storm->world->site[i].disk) != DISK_WELL &&
		    disk_struck(storm->world->site[i].disk) != DISK_READ)
			promise_broken(storm, "%s goes on although its disk failed", office_name(storm->world, i));
		for (const struct conn *conn = st->conns; conn != NULL; conn = conn->next)
			conns++;
		for (const struct peer *peer = st->peers; peer != NULL; peer = peer->next)
			watch_peer(storm, peer, office_name(storm->world, i));
		if (conns > st->peer_count * LIMIT_PEER_LINKS + LIMIT_HALF_OPEN)
			promise_broken(storm, "%s has %zu connections", office_name(storm->world, i), conns);
		tally_most(TALLY_MOST_LINKS, conns);
	}
}

static void check_delivery(struct storm *storm, const struct sent *sent, size_t to)
{
	const struct control_delivery *delivery = office_delivery(storm->world, sent->from, sent->id, to);
	const char *from = office_name(storm->world, sent->from), *name = office_name(storm->world, to);
	bool is_there;

	if (delivery->custody_at == 0 && !sent->may_expire)
		promise_broken(storm, "a message from %s has no custody at %s", from, name);
	if ((delivery->acknowledged_at != 0) != sent->is_acknowledged[to] && !sent->is_unsure[to] &&
	    !(storm->is_restored && to == storm->restored)) /* what never left went with the record */
		promise_broken(storm, "an acknowledgement by %s to %s %s", name, from,
			       sent->is_acknowledged[to] ? "is lost" : "was never made");
	is_there = delivery->custody_at != 0;
	if ((office_show(storm->world, to, sent->id) != NULL) != is_there)
		promise_broken(storm, "a message from %s is %s at %s", from, is_there ? "receipted and not" : "there unreceipted",
			       name);
}

static bool is_anywhere(struct storm *storm, const struct sent *sent)
{
	for (size_t i = 0; i < storm->world->count; i++)
		if ((sent->is_action[i] || sent->is_info[i]) && office_show(storm->world, i, sent->id) != NULL)
			return true;
	return false;
}

static void check_sent(struct storm *storm, const struct sent *sent)
{
	if (office_show(storm->world, sent->from, sent->id) == NULL) {
		if (!storm->is_restored || sent->from != storm->restored || is_anywhere(storm, sent))
			promise_broken(storm, "%s has lost a message that it released", office_name(storm->world, sent->from));
		return;
	}
	for (size_t to = 0; to < storm->world->count; to++)
		if (sent->is_action[to] || sent->is_info[to])
			check_delivery(storm, sent, to);
}

static void check_record(struct storm *storm, size_t site)
{
	struct audit_report report;
	struct world *world = storm->world;
	struct heap export = office_export(world, site);

	if (verified(world, &export, &report) != 0)
		promise_broken(storm, "the record of %s does not verify: %s", office_name(world, site), report.bad);
	heap_free(&export);
	audit_report_finish(&report);
}

void promises_check(struct storm *storm)
{
	const char *unrest = office_rest(storm->world);

	/* a deadline that passes just then sends something */
	for (int i = 0; i < 3 && unrest != NULL; i++)
		unrest = office_rest(storm->world);
	if (unrest != NULL)
		promise_broken(storm, "%s", unrest);
	steps_check(storm);
	for (size_t i = 0; i < storm->count && storm->broken[0] == '\0'; i++)
		check_sent(storm, &storm->sent[i]);
	for (size_t i = 0; i < storm->world->count && storm->broken[0] == '\0'; i++)
		check_record(storm, i);
	records_check(storm);
}
