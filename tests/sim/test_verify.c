/* Two stations' records side by side: what one holds witnesses the other, and shows what was left out. */
#include <sys/mman.h>
#include <unistd.h>

#include "client/audit/verify.h"
#include "tests/sim/office.h"
#include "tests/unit/test.h"

static struct audit_trust trust;
static struct audit_report report;

/* A station's export in a file of memory; its path, and the descriptor that keeps it. */
static int export_file(struct world *world, size_t site, char path[64])
{
	struct heap export = office_export(world, site);
	int fd = memfd_create("export", MFD_CLOEXEC);

	CHECK(fd >= 0 && write(fd, export.data, export.len) == (ssize_t)export.len);
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	heap_free(&export);
	return fd;
}

static struct world *begin(uint64_t seed)
{
	struct world *world = office_open(seed, 2);

	memset(&trust, 0, sizeof trust);
	for (size_t i = 0; i < 2; i++)
		CHECK_EQUAL(audit_trust_add_card(&trust, (struct bytes){world->site[i].card, world->site[i].card_len}), 0);
	return world;
}

static int verify(const char *path, const char *peer_path)
{
	struct audit_options options = {.peer_record = peer_path};

	audit_report_finish(&report);
	return audit_verify_with(path, &trust, &options, &report);
}

static const struct audit_log *pair_log(void)
{
	for (size_t i = 0; i < report.log_count; i++)
		if (report.log[i].peer.text[0] != '\0')
			return &report.log[i];
	return NULL;
}

static bool has_note(const char *text, bool is_failure)
{
	for (size_t i = 0; i < report.note_count; i++)
		if (strstr(report.note[i].text, text) != NULL && report.note[i].is_failure == is_failure)
			return true;
	return false;
}

static const struct words notice = {.kind = KIND_NOTICE, .action = {"sgp-cert"}};
static const struct words back = {.kind = KIND_NOTICE, .action = {"tha-cert"}};

TEST(the_record_of_the_peer_witnesses_what_both_hold)
{
	struct world *world = begin(1);
	uint8_t id[OBJECT_ID_BYTES];
	char tha[64], sgp[64];
	int one, two;

	office_send(world, SGP, &back, id);
	world_run(world, MINUTE_US);
	one = export_file(world, THA, tha);
	two = export_file(world, SGP, sgp);
	CHECK_EQUAL(verify(tha, NULL), RESULT_OK);
	CHECK(pair_log()->witnessed < pair_log()->size); /* nothing of sgp-cert speaks of the last receipt */
	CHECK_EQUAL(verify(tha, sgp), RESULT_OK);
	CHECK_EQUAL(pair_log()->witnessed, pair_log()->size);
	CHECK(has_note("the record of sgp-cert verifies, and holds", false));
	close(one);
	close(two);
	world_destroy(world);
}

TEST(a_record_that_is_older_than_what_was_signed_shows_against_the_peers)
{
	struct world *world = begin(2);
	uint8_t id[OBJECT_ID_BYTES];
	char tha[64], sgp[64];
	int one = export_file(world, THA, tha), two;

	office_send(world, THA, &notice, id);
	world_run(world, MINUTE_US);
	office_send(world, SGP, &back, id);
	world_run(world, MINUTE_US);
	two = export_file(world, SGP, sgp);
	CHECK_EQUAL(verify(tha, NULL), RESULT_OK);
	CHECK_EQUAL(verify(tha, sgp), RESULT_PROOF);
	CHECK(has_note("it is older or was cut short", true));
	CHECK_EQUAL(verify(sgp, tha), RESULT_OK);
	CHECK(has_note("it is older or was cut short", false));
	close(one);
	close(two);
	world_destroy(world);
}

TEST(a_record_beside_itself_or_a_broken_one_is_refused)
{
	struct world *world = begin(3);
	char tha[64], sgp[64];
	int one = export_file(world, THA, tha), two = export_file(world, SGP, sgp);

	CHECK_EQUAL(verify(tha, tha), RESULT_PROOF);
	CHECK(has_note("the two hold no log of each other", true));
	CHECK_EQUAL(ftruncate(two, 1000), 0);
	CHECK_EQUAL(verify(tha, sgp), RESULT_PROOF);
	CHECK(has_note("does not verify itself: record", true));
	CHECK(verify(tha, "/nonexistent/record") < 0);
	close(one);
	close(two);
	world_destroy(world);
	audit_report_finish(&report);
}
