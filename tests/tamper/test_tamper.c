/*
 * Exports of a simulated world, tampered with in every way of tamper.h, and verified: nothing is accepted beyond what was
 * said beforehand. One seed a case; a case that fails prints its number.
 *
 *   test_tamper [CASES [FIRST]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/core.h"
#include "proto/message.h"
#include "proto/result.h"
#include "tests/sim/office.h"
#include "tests/tamper/tamper.h"

#define WORLDS 4
#define SITES 3
#define DEFAULT_CASES 400
#define ROLLS 100000 /* until a way finds what it can change */
#define WORDS_MAX 12

static struct base bases[WORLDS * SITES];
static struct listing listing;
static size_t base_count;
/* By way: cases named, and accepted as what they are. */
static unsigned named[32], accepted[32];

static int verify(struct bytes bytes, const struct audit_trust *trust, struct audit_report *out)
{
	char path[64];
	int fd = memfd_create("export", MFD_CLOEXEC), result;

	if (fd < 0 || write(fd, bytes.data, bytes.len) != (ssize_t)bytes.len)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	result = audit_verify(path, trust, out);
	close(fd);
	if (result < 0)
		abort();
	return result;
}

static const char *const names[SITES] = {"sgp-cert", "tha-cert", "vnm-cert"};

/* One message somewhere, and what becomes of it. */
static void act(struct world *world, struct dice *dice, uint8_t last[OBJECT_ID_BYTES], size_t *last_from)
{
	size_t from = (size_t)dice_roll(dice, SITES), to = (from + 1 + (size_t)dice_roll(dice, SITES - 1)) % SITES;
	struct words words = {.kind = KIND_NOTICE, .precedence = PRECEDENCE_PRIORITY, .action = {names[to]}};
	uint8_t id[OBJECT_ID_BYTES];

	if (dice_roll(dice, 3) == 0) {
		words.kind = KIND_INQUIRY;
		words.reply_by = world_real_us(world, from) + 24 * HOUR_US;
	} else if (*last_from == from && dice_roll(dice, 2) == 0) {
		words.in_reply_to = last;
	}
	if (dice_roll(dice, 4) == 0)
		words.exercise = words.in_reply_to == NULL ? "OCEAN-26" : NULL;
	office_send(world, from, &words, id);
	world_run(world, (int64_t)(1 + dice_roll(dice, 30)) * MINUTE_US);
	if (dice_roll(dice, 3) > 0)
		office_ack(world, to, id, "");
	world_run(world, (int64_t)dice_roll(dice, 40) * MINUTE_US);
	if (words.exercise == NULL) {
		memcpy(last, id, sizeof id);
		*last_from = to;
	}
}

/* Each has sent something and holds the custody receipt, and nobody has signed a head since. */
static void end(struct world *world)
{
	uint8_t id[OBJECT_ID_BYTES];

	for (size_t from = 0; from < SITES; from++) {
		struct words words = {.kind = KIND_NOTICE, .action = {names[(from + 1) % SITES]}};

		office_send(world, from, &words, id);
	}
	world_run(world, 5 * SECOND_US);
}

static void keep_export(struct world *world, size_t site)
{
	struct base *base = &bases[base_count++];
	struct heap export = office_export(world, site);

	listing_read(&base->listing, (struct bytes){export.data, export.len});
	base->station = world->site[site].config.station;
	base->keys = world->site[site].keys;
	for (size_t i = 0; i < world->count; i++) {
		audit_trust_add_card(&base->trust, (struct bytes){world->site[i].card, world->site[i].card_len});
		if (i == site)
			continue;
		base->peer[base->peer_count].name = world->site[i].config.station;
		base->peer[base->peer_count].serial = world->site[i].card_serial;
		base->peer[base->peer_count++].keys = world->site[i].keys;
	}
	if (verify((struct bytes){export.data, export.len}, &base->trust, &base->report) != RESULT_OK) {
		printf("# the export of %s does not verify: %s\n", base->station.text, base->report.bad);
		exit(1);
	}
	rewrite_prepare(base);
	heap_free(&export);
}

static void make_bases(void)
{
	for (uint64_t seed = 1; seed <= WORLDS; seed++) {
		struct world *world = office_open(seed, SITES);
		struct dice dice = {seed * 0x9e3779b97f4a7c15u};
		uint8_t last[OBJECT_ID_BYTES];
		size_t last_from = SITES;

		for (uint64_t acts = 4 + dice_roll(&dice, WORDS_MAX - 4); acts > 0; acts--)
			act(world, &dice, last, &last_from);
		end(world);
		for (size_t site = 0; site < SITES; site++)
			keep_export(world, site);
		world_destroy(world);
	}
}

static uint64_t withheld(const struct audit_report *report)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < report->log_count; i++)
		sum += report->log[i].withheld_objects + report->log[i].withheld_contents;
	return sum;
}

/* No log is longer or witnessed further than in the true record, and the one in question only as far as was said. */
static bool is_shorter(const struct base *base, const struct audit_report *report, const struct expectation *expected)
{
	for (size_t i = 0; i < report->log_count; i++) {
		const struct audit_log *log = &report->log[i];
		size_t n = 0;

		while (n < base->report.log_count && !name_equal(&base->report.log[n].peer, &log->peer))
			n++;
		if (n == base->report.log_count || log->size > base->report.log[n].size ||
		    log->witnessed > base->report.log[n].witnessed)
			return false;
		if (name_equal(&log->peer, &expected->peer) && log->witnessed > expected->witnessed)
			return false;
	}
	return true;
}

static bool is_as_expected(const struct base *base, int result, const struct audit_report *report,
			   const struct expectation *expected)
{
	if (result != RESULT_OK)
		return true;
	switch (expected->verdict) {
	case VERDICT_NAMED:
		return false;
	case VERDICT_SHORTER:
		return is_shorter(base, report, expected);
	case VERDICT_WITHHELD:
		return withheld(report) > withheld(&base->report);
	}
	return false;
}

/* One case, all of it by its number. */
static bool run_case(uint64_t number)
{
	struct case_of c = {.bases = bases,
			    .base_count = base_count,
			    .base = &bases[number / tamper_way_count % base_count],
			    .listing = &listing,
			    .cut = SIZE_MAX,
			    .dice = {(number + 1) * 0x9e3779b97f4a7c15u}};
	size_t way = number % tamper_way_count;
	struct expectation expected;
	struct audit_report report;
	struct heap bytes;
	bool is_done = false, is_good;
	int result;

	memset(&expected, 0, sizeof expected);
	listing_free(&listing);
	listing_copy(&c.base->listing, &listing);
	for (int roll = 0; roll < ROLLS && !is_done; roll++)
		is_done = tamper_ways[way].tamper(&c, &expected);
	if (!is_done) {
		printf("# case %llu: %s finds nothing to change\n", (unsigned long long)number, tamper_ways[way].name);
		return false;
	}
	bytes = listing_bytes(&listing);
	result = verify((struct bytes){bytes.data, bytes.len < c.cut ? bytes.len : c.cut}, &c.base->trust, &report);
	is_good = is_as_expected(c.base, result, &report, &expected);
	if (!is_good)
		printf("# case %llu (%s, record of %s) is accepted\n", (unsigned long long)number, tamper_ways[way].name,
		       c.base->station.text);
	if (result == RESULT_OK)
		accepted[way]++;
	else
		named[way]++;
	audit_report_finish(&report);
	heap_free(&bytes);
	return is_good;
}

int main(int argc, char *argv[])
{
	uint64_t cases = argc > 1 ? strtoull(argv[1], NULL, 10) : DEFAULT_CASES;
	uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 10) : 0, bad = 0;

	if (key_init() != 0)
		return 1;
	setvbuf(stdout, NULL, _IOLBF, 0);
	make_bases();
	for (uint64_t i = first; i < first + cases; i++)
		bad += !run_case(i);
	listing_free(&listing);
	for (size_t i = 0; i < tamper_way_count; i++)
		printf("# %-40s %5u named, %5u accepted as said beforehand\n", tamper_ways[i].name, named[i], accepted[i]);
	for (size_t i = 0; i < base_count; i++) {
		listing_free(&bases[i].listing);
		audit_report_finish(&bases[i].report);
	}
	printf("%s 1 - %llu_tampered_exports_are_named_or_no_more_than_true\n1..1\n", bad == 0 ? "ok" : "not ok",
	       (unsigned long long)cases);
	return bad != 0;
}
