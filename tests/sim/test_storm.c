/*
 * Storms: stations that send, answer and acknowledge while lines break, slow down and fall silent and stations are
 * killed at random, also between commit and effects. Then the world heals, and every promise must hold. WORLD_SEED
 * plays one seed alone, WORLD_STORMS so many from 1 on.
 */
#include <stdlib.h>
#include <unistd.h>

#include "client/audit/verify.h"
#include "tests/sim/office.h"
#include "tests/unit/test.h"

#define STORMS 6
#define ACTS 80
#define MESSAGES 100

/* A message whose release was answered. */
struct sent {
	uint8_t id[OBJECT_ID_BYTES];
	size_t from;
	bool to[WORLD_SITES], is_acknowledged[WORLD_SITES];
};

struct storm {
	struct world *world;
	uint64_t state;
	size_t count;
	struct sent sent[MESSAGES];
};

/* The storm's own dice (splitmix64), apart from the stations' randomness. */
static uint64_t roll(struct storm *storm, uint64_t sides)
{
	uint64_t z = storm->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (z ^ (z >> 31)) % sides;
}

static size_t any_other(struct storm *storm, size_t site)
{
	return (site + 1 + roll(storm, WORLD_SITES - 1)) % WORLD_SITES;
}

/* In every second world all dial each other, so that there are links beside links. */
static void dial_both_ways(struct world *world)
{
	for (size_t a = 0; a < world->count; a++)
		for (size_t b = 0; b < world->count; b++) {
			struct config *config = &world->site[a].config;

			if (a == b)
				continue;
			name_copy(bytes_of(office_name(world, b)), &config->peer[config->peer_count].name);
			config->peer[config->peer_count++].dial = DIAL_ALWAYS;
		}
}

/* Approved as it must be and released; whoever dies on the way leaves it open whether it was. */
static bool release(struct storm *storm, size_t from, const struct words *words, uint8_t out_id[OBJECT_ID_BYTES])
{
	struct world *world = storm->world;
	struct answer answer;
	struct pack_reader r;
	uint64_t draft;

	if (office_try_draft(world, from, UID_DRAFTER, words, &answer) != 0)
		return false;
	r = pack_reader(answer.result);
	pack_expect_array(&r, 2);
	draft = pack_read_uint(&r, INT64_MAX);
	office_approve(world, from, UID_RELEASER, draft, &answer);
	office_approve(world, from, UID_SECOND, draft, &answer);
	if (office_release(world, from, UID_RELEASER, draft, false, &answer) != 0)
		return false;
	office_released_id(world, &answer, out_id);
	return true;
}

static void send_message(struct storm *storm)
{
	static const size_t sizes[] = {20, 20, 900, 5000, 40000};
	struct sent *sent = &storm->sent[storm->count];
	size_t from = roll(storm, WORLD_SITES), to = any_other(storm, from), third = 3 - from - to;
	struct words words = {.kind = KIND_NOTICE,
			      .precedence = (uint8_t)roll(storm, PRECEDENCE_FLASH + 1),
			      .action = {office_name(storm->world, to)}};

	if (storm->count == MESSAGES || storm->world->site[from].station == NULL)
		return;
	words.text_len = words.precedence >= PRECEDENCE_IMMEDIATE ? sizes[roll(storm, 3)] : sizes[roll(storm, 5)];
	words.text_len = words.precedence == PRECEDENCE_PRIORITY && words.text_len > 5000 ? 5000 : words.text_len;
	memset(sent, 0, sizeof *sent);
	sent->from = from;
	sent->to[to] = true;
	if (roll(storm, 2) == 0) {
		words.info[0] = office_name(storm->world, third);
		sent->to[third] = true;
	}
	if (release(storm, from, &words, sent->id))
		storm->count++;
}

static void acknowledge(struct storm *storm)
{
	struct sent *sent = storm->count > 0 ? &storm->sent[roll(storm, storm->count)] : NULL;
	size_t site = roll(storm, WORLD_SITES);

	if (sent == NULL || !sent->to[site] || storm->world->site[site].station == NULL ||
	    office_show(storm->world, site, sent->id) == NULL)
		return;
	office_shown(storm->world, site, sent->id);
	if (office_ack(storm->world, site, sent->id, "yes") == 0)
		sent->is_acknowledged[site] = true;
}

static void answer(struct storm *storm)
{
	struct sent *sent = storm->count > 0 ? &storm->sent[roll(storm, storm->count)] : NULL;
	size_t site = roll(storm, WORLD_SITES);
	struct words words = {.kind = KIND_ANSWER};
	struct sent *new = &storm->sent[storm->count];

	if (sent == NULL || !sent->to[site] || storm->count == MESSAGES || storm->world->site[site].station == NULL ||
	    office_show(storm->world, site, sent->id) == NULL)
		return;
	words.action[0] = office_name(storm->world, sent->from);
	words.in_reply_to = sent->id;
	memset(new, 0, sizeof *new);
	new->from = site;
	new->to[sent->from] = true;
	if (release(storm, site, &words, new->id))
		storm->count++;
}

static void trouble_lines(struct storm *storm)
{
	static const uint64_t rates[] = {0, 0, 3000, 20000};
	size_t a = roll(storm, WORLD_SITES), b = any_other(storm, a);
	struct world *world = storm->world;

	switch (roll(storm, 5)) {
	case 0:
		lines_break(world, a, b);
		break;
	case 1:
		if (lines_between(world, a, b) != NULL)
			lines_break_one(world, lines_between(world, a, b));
		break;
	case 2:
		lines_cut(world, a, b, true);
		break;
	case 3:
		lines_cut(world, a, b, false);
		break;
	case 4:
		if (!world->lines.route[a][b][0].is_cut)
			lines_set(world, a, b, (int64_t)roll(storm, 400000), rates[roll(storm, 4)]);
		break;
	}
}

static void trouble_station(struct storm *storm)
{
	static const char *const dooms[] = {"event=message", "event=released", "event=link-up", "event=link-down"};
	size_t site = roll(storm, WORLD_SITES);
	struct world *world = storm->world;

	if (world->site[site].station == NULL) {
		if (world_boot(world, site) != 0)
			world_broken(world, "%s does not start: %s", office_name(world, site), world->site[site].error);
		return;
	}
	switch (roll(storm, 4)) {
	case 0:
		world_kill(world, site);
		break;
	case 1:
		world_stop(world, site);
		break;
	default:
		world->site[site].doom = dooms[roll(storm, 4)];
		break;
	}
}

static void act(struct storm *storm)
{
	static const int64_t spans[] = {1, 30000, 700000, 4000000, 30000000};
	uint64_t dice = roll(storm, 10);

	if (dice < 4)
		send_message(storm);
	else if (dice < 5)
		acknowledge(storm);
	else if (dice < 6)
		answer(storm);
	else if (dice < 8)
		trouble_lines(storm);
	else
		trouble_station(storm);
	world_run(storm->world, 1 + (int64_t)roll(storm, (uint64_t)spans[roll(storm, 5)]));
}

static void heal(struct world *world)
{
	for (size_t a = 0; a < world->count; a++) {
		world->site[a].doom = NULL;
		for (size_t b = 0; b < world->count; b++)
			if (a != b) {
				lines_cut(world, a, b, false);
				lines_set(world, a, b, DELAY, 0);
			}
		if (world->site[a].station == NULL && world_boot(world, a) != 0)
			world_broken(world, "%s does not start: %s", office_name(world, a), world->site[a].error);
	}
}

/* Every journal line about a message stands once: an officer is told of a message once, however often it comes. */
static bool is_told_once(const struct heap *journal)
{
	static const char mark[] = "event=message ";
	struct bytes rest = {journal->data, journal->len};
	const uint8_t *line;

	while (rest.len > 0 && (line = memmem(rest.data, rest.len, mark, sizeof mark - 1)) != NULL) {
		const uint8_t *end = memchr(line, '\n', (size_t)(rest.data + rest.len - line));

		if (end == NULL)
			return false;
		rest.len = (size_t)(rest.data + rest.len - end);
		rest.data = end;
		if (memmem(rest.data, rest.len, line, (size_t)(end - line)) != NULL)
			return false;
	}
	return true;
}

static void check_sent(struct world *world, const struct sent *sent)
{
	for (size_t to = 0; to < world->count; to++) {
		const struct control_delivery *delivery;

		if (!sent->to[to])
			continue;
		delivery = office_delivery(world, sent->from, sent->id, to);
		CHECK(delivery->custody_at != 0);
		CHECK_EQUAL(delivery->acknowledged_at != 0, sent->is_acknowledged[to]);
		CHECK(office_show(world, to, sent->id) != NULL);
	}
}

static void check_record(struct world *world, size_t site)
{
	static struct audit_trust trust;
	struct audit_report report;
	struct heap export = office_export(world, site);
	char path[] = "/tmp/hotline-export.XXXXXX";
	int fd = mkstemp(path), result;

	CHECK(fd >= 0 && write(fd, export.data, export.len) == (ssize_t) export.len);
	close(fd);
	heap_free(&export);
	memset(&trust, 0, sizeof trust);
	for (size_t i = 0; i < world->count; i++)
		CHECK_EQUAL(audit_trust_add_card(&trust, (struct bytes){world->site[i].card, world->site[i].card_len}),
			    0);
	result = audit_verify(path, &trust, &report);
	unlink(path);
	if (result != 0)
		printf("# %s: %s\n", office_name(world, site), report.bad);
	CHECK_EQUAL(result, 0);
	audit_report_finish(&report);
}

static void play(uint64_t seed)
{
	static struct storm storm;
	struct world *world = world_create(seed, WORLD_SITES);

	storm = (struct storm){.world = world, .state = seed};
	printf("# seed %llu\n", (unsigned long long)seed);
	for (size_t i = 0; i < world->count; i++)
		world->site[i].is_on_disk = true;
	if (seed % 2 == 0)
		dial_both_ways(world);
	world_start(world);
	office_enrol_all(world);
	for (int i = 0; i < ACTS; i++)
		act(&storm);
	heal(world);
	CHECK_REST(world);
	CHECK(storm.count > 5);
	for (size_t i = 0; i < storm.count; i++)
		check_sent(world, &storm.sent[i]);
	for (size_t i = 0; i < world->count; i++) {
		CHECK(is_told_once(&world->site[i].journal));
		CHECK(!heap_has(&world->site[i].journal, "event=fault"));
		CHECK(!heap_has(&world->site[i].journal, "event=behind"));
		CHECK(!heap_has(&world->site[i].alerts, "fault"));
		check_record(world, i);
	}
	world_destroy(world);
}

TEST(after_a_storm_every_message_is_in_custody_once_the_logs_agree_and_verify)
{
	const char *one = getenv("WORLD_SEED"), *many = getenv("WORLD_STORMS");
	uint64_t first = one != NULL ? strtoull(one, NULL, 10) : 1;
	uint64_t count = one != NULL ? 1 : many != NULL ? strtoull(many, NULL, 10) : STORMS;

	for (uint64_t i = 0; i < count; i++)
		play(first + i);
}
