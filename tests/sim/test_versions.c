/* Drafts that are written again: what they said stays as a version, and nobody's approval outlives the words. */
#include "proto/leaf.h"
#include "tests/sim/office.h"
#include "tests/unit/test.h"

static struct answer answer;
static const struct words notice = {.kind = KIND_NOTICE, .action = {"vnm-cert"}};

static int put(struct world *world, uint32_t uid, uint64_t id, const char *text, bool keeps)
{
	static uint8_t params[16384], header[4096], body[8192];
	struct message m = {.kind = KIND_NOTICE, .from = bytes_of("tha-cert"), .drafter = bytes_of("x"), .action_count = 1,
			    .action = {bytes_of("vnm-cert")}};
	struct content content = {.subject = bytes_of("Worm"), .lang = bytes_of("en"), .text = bytes_of(text)};
	struct pack_writer h = pack_writer(header, sizeof header), c = pack_writer(body, sizeof body),
			   w = pack_writer(params, sizeof params);

	message_encode(&m, &h);
	content_encode(&content, &c);
	pack_put_array(&w, 4);
	pack_put_uint(&w, id);
	pack_put_bytes(&w, pack_written(&h));
	pack_put_bytes(&w, pack_written(&c));
	pack_put_bool(&w, keeps);
	world_request(world, THA, uid, METHOD_DRAFT_PUT, pack_written(&w), &answer);
	return answer.error;
}

static struct pack_reader ask(struct world *world, enum method method, size_t count, uint64_t id, uint64_t number)
{
	uint8_t params[32];
	struct pack_writer w = pack_writer(params, sizeof params);
	struct pack_reader r;

	pack_put_array(&w, count);
	pack_put_uint(&w, id);
	if (count > 1)
		pack_put_uint(&w, number);
	world_request(world, THA, UID_DRAFTER, method, pack_written(&w), &answer);
	r = pack_reader(answer.result);
	return r;
}

/* The text of a version, or of the draft itself for 0. */
static struct bytes text_of(struct world *world, uint64_t id, uint64_t number)
{
	static struct control_draft draft;
	static struct content content;
	struct pack_reader r = ask(world, number > 0 ? METHOD_VERSION : METHOD_DRAFT_SHOW, number > 0 ? 2 : 1, id, number);
	struct bytes encoded;

	CHECK_EQUAL(answer.error, 0);
	pack_expect_array(&r, number > 0 ? 2 : 1);
	if (number > 0) {
		pack_read_bin(&r, LIMIT_OBJECT_BYTES);
		encoded = pack_read_bin(&r, LIMIT_CONTENT_BYTES);
	} else {
		control_read_draft(&r, &draft);
		encoded = draft.content;
	}
	CHECK_EQUAL(pack_read_end(&r), RESULT_OK);
	CHECK_EQUAL(content_decode(encoded, &content), RESULT_OK);
	return content.text;
}

/* How many versions there are; the numbers of the first and the last. */
static size_t versions(struct world *world, uint64_t id, uint64_t *first, uint64_t *last)
{
	struct pack_reader r = ask(world, METHOD_VERSIONS, 1, id, 0);
	size_t count;

	CHECK_EQUAL(answer.error, 0);
	pack_expect_array(&r, 1);
	count = pack_read_array(&r, 100);
	for (size_t i = 0; i < count; i++) {
		pack_expect_array(&r, 3);
		*last = pack_read_uint(&r, UINT32_MAX);
		if (i == 0)
			*first = *last;
		CHECK(pack_read_int(&r) > 0);
		CHECK(pack_read_str(&r, 64).len > 0);
	}
	CHECK_EQUAL(pack_read_end(&r), RESULT_OK);
	return count;
}

TEST(a_draft_is_written_again_and_what_it_said_is_kept)
{
	struct world *world = office_open(1, 3);
	uint64_t id = office_draft(world, THA, UID_DRAFTER, &notice), first, last;

	CHECK_EQUAL(versions(world, id, &first, &last), 0);
	CHECK_EQUAL(put(world, UID_DRAFTER, id, "second", true), 0);
	CHECK_EQUAL(put(world, UID_DRAFTER, id, "third, typed on", false), 0);
	CHECK_EQUAL(put(world, UID_DRAFTER, id, "fourth", true), 0);
	CHECK_EQUAL(versions(world, id, &first, &last), 2);
	CHECK(bytes_equal(text_of(world, id, 0), bytes_of("fourth")));
	CHECK(bytes_equal(text_of(world, id, 1), bytes_of("wwwwwwwwwwwwwwwwwwww")));
	CHECK(bytes_equal(text_of(world, id, 2), bytes_of("third, typed on")));
	ask(world, METHOD_VERSION, 2, id, 3);
	CHECK_EQUAL(answer.error, CONTROL_UNKNOWN);
	world_kill(world, THA);
	world_boot(world, THA);
	CHECK_EQUAL(versions(world, id, &first, &last), 2);
	CHECK(bytes_equal(text_of(world, id, 2), bytes_of("third, typed on")));
	world_destroy(world);
}

TEST(other_words_void_the_approvals)
{
	struct world *world = office_open(2, 3);
	uint64_t id = office_draft(world, THA, UID_DRAFTER, &notice);

	CHECK_EQUAL(office_approve(world, THA, UID_RELEASER, id, &answer), 0);
	CHECK_EQUAL(put(world, UID_DRAFTER, id, "other words", false), 0);
	CHECK(office_release(world, THA, UID_RELEASER, id, false, &answer) != 0);
	world_destroy(world);
}

/* Whether draft.check has a sentence with these words. */
static bool finds(struct world *world, uint64_t id, const char *words)
{
	struct pack_reader r = ask(world, METHOD_DRAFT_CHECK, 1, id, 0);
	size_t count;
	bool found = false;

	CHECK_EQUAL(answer.error, 0);
	pack_expect_array(&r, 1);
	count = pack_read_array(&r, 100);
	for (size_t i = 0; i < count; i++) {
		struct bytes sentence = pack_read_str(&r, 4096);
		char text[512];

		snprintf(text, sizeof text, "%.*s", (int)sentence.len, (const char *)sentence.data);
		found |= strstr(text, words) != NULL;
	}
	CHECK_EQUAL(pack_read_end(&r), RESULT_OK);
	return found;
}

TEST(a_check_says_what_should_be_looked_at)
{
	static const struct words strict = {.kind = KIND_NOTICE, .action = {"vnm-cert"}, .info = {"sgp-cert"}, .tlp = TLP_RED},
				  plain = {.kind = KIND_NOTICE, .action = {"vnm-cert"}, .ladder_to = {"sgp-cert"}};
	struct world *world = office_open(4, 3);
	uint64_t red = office_draft(world, THA, UID_DRAFTER, &strict), amber = office_draft(world, THA, UID_DRAFTER, &plain);

	CHECK(finds(world, red, "TLP:red"));
	CHECK(!finds(world, amber, "TLP:"));
	CHECK(finds(world, amber, "may copy it to sgp-cert when nobody"));
	CHECK_EQUAL(put(world, UID_DRAFTER, amber, "no status, no class", false), 0);
	CHECK(finds(world, amber, "asks for the field"));
	CHECK(finds(world, amber, "days old: ask whether")); /* the cards of these worlds are from 1970 */
	world_destroy(world);
}

TEST(the_oldest_versions_go_and_a_refused_text_changes_nothing)
{
	struct world *world = office_open(3, 3);
	uint64_t id = office_draft(world, THA, UID_DRAFTER, &notice), first = 0, last = 0;

	for (int i = 0; i < LIMIT_DRAFT_VERSIONS + 8; i++)
		CHECK_EQUAL(put(world, UID_DRAFTER, id, "again", true), 0);
	CHECK_EQUAL(versions(world, id, &first, &last), LIMIT_DRAFT_VERSIONS);
	CHECK_EQUAL(last - first + 1, LIMIT_DRAFT_VERSIONS);
	CHECK_EQUAL(last, LIMIT_DRAFT_VERSIONS + 8);
	CHECK_EQUAL(put(world, UID_DRAFTER, id + 9, "nowhere", true), CONTROL_UNKNOWN);
	CHECK(put(world, UID_RELEASER, id, "not mine to write", true) != 0);
	CHECK(bytes_equal(text_of(world, id, 0), bytes_of("again")));
	world_destroy(world);
}
