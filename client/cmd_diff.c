/* hotline draft diff: what changed between two versions of a draft, line by line. */
#include <stdlib.h>
#include <string.h>

#include "client/draft.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/show.h"
#include "client/text.h"
#include "proto/result.h"

#define LINES_MAX 4096 /* of one version; more are not compared */
#define VERSIONS_MAX 64

struct side {
	uint64_t number; /* 0: what the draft says now */
	int64_t at;
	char *officer, *text;
	struct bytes *line;
	size_t count;
};

static void finish(struct side *side)
{
	free(side->officer);
	free(side->text);
	free(side->line);
}

static bool render(struct side *side, struct bytes header, struct bytes words)
{
	static struct message message;
	static struct content content;

	if (message_decode(header, &message) != RESULT_OK || content_decode(words, &content) != RESULT_OK)
		return false;
	side->text = form_text(&message, &content);
	return true;
}

static int fetch_now(struct client *client, uint64_t id, struct side *side)
{
	static struct drafted draft;
	struct pack_reader r;
	int outcome = draft_fetch(client, id, &r);

	if (outcome != DONE)
		return outcome;
	if (draft_open(&r, true, &draft))
		side->text = form_text(&draft.message, &draft.content);
	side->at = draft.raw.made_at;
	side->officer = say_format("%.*s", BYTES(draft.raw.drafter));
	return call_read_end(&client->call, &r);
}

static int fetch_version(struct client *client, uint64_t id, struct side *side)
{
	struct pack_writer params = call_params(2, 32);
	struct bytes header, words;
	struct pack_reader r;
	int result;

	pack_put_uint(&params, id);
	pack_put_uint(&params, side->number);
	result = call_do(&client->call, METHOD_VERSION, &params, 2, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	header = pack_read_bin(&r, LIMIT_OBJECT_BYTES);
	words = pack_read_bin(&r, LIMIT_CONTENT_BYTES);
	if (r.error == RESULT_OK && !render(side, header, words))
		pack_fail(&r, RESULT_MALFORMED);
	return call_read_end(&client->call, &r);
}

/* When and by whom a version was written; the newest one's number where the side has none. */
static int find_version(struct client *client, uint64_t id, struct side *side, bool is_newest)
{
	struct pack_writer params = call_params(1, 16);
	struct pack_reader r;
	size_t count;
	int result;

	pack_put_uint(&params, id);
	result = call_do(&client->call, METHOD_VERSIONS, &params, 1, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	count = pack_read_array(&r, VERSIONS_MAX);
	for (size_t i = 0; i < count && r.error == RESULT_OK; i++) {
		uint64_t number;
		int64_t at;
		struct bytes officer;

		pack_expect_array(&r, 3);
		number = pack_read_uint(&r, INT64_MAX);
		at = pack_read_int(&r);
		officer = pack_read_str(&r, LIMIT_FUNCTION_BYTES);
		if (!is_newest && number != side->number)
			continue;
		free(side->officer);
		*side = (struct side){.number = number, .at = at, .officer = say_format("%.*s", BYTES(officer))};
	}
	result = call_read_end(&client->call, &r);
	if (result == DONE && side->officer == NULL) {
		say_error(_("draft %llu has no such version"), (unsigned long long)id);
		return REFUSED;
	}
	return result;
}

static void cut_lines(struct side *side)
{
	struct bytes rest = bytes_of(side->text);

	side->line = must(calloc(LINES_MAX, sizeof *side->line));
	while (rest.len > 0 && side->count < LINES_MAX)
		side->line[side->count++] = text_cut(&rest, '\n');
}

static void print_line(char mark, struct bytes line)
{
	say(stdout, "%c %.*s", mark, BYTES(line));
}

/* The longest common sequence of lines, walked from its beginning: what both have, what only one has. */
static void print_lines(const struct side *a, const struct side *b)
{
	size_t wide = b->count + 1, i = 0, j = 0;
	uint16_t *longest = must(calloc((a->count + 1) * wide, sizeof *longest));

	for (size_t x = a->count; x-- > 0;)
		for (size_t y = b->count; y-- > 0;) {
			uint16_t right = longest[x * wide + y + 1], below = longest[(x + 1) * wide + y];

			longest[x * wide + y] = bytes_equal(a->line[x], b->line[y]) ? (uint16_t)(longest[(x + 1) * wide + y + 1] + 1)
										    : (right > below ? right : below);
		}
	while (i < a->count || j < b->count) {
		if (i < a->count && j < b->count && bytes_equal(a->line[i], b->line[j])) {
			print_line(' ', a->line[i++]);
			j++;
		} else if (j == b->count || (i < a->count && longest[(i + 1) * wide + j] >= longest[i * wide + j + 1]))
			print_line('-', a->line[i++]);
		else
			print_line('+', b->line[j++]);
	}
	free(longest);
}

static void print_side(const char *mark, const struct side *side)
{
	char at[TIME_TEXT];

	show_time(side->at, at);
	if (side->number == 0)
		say(stdout, _("%s what it says now, %s, by %s"), mark, at, side->officer);
	else
		say(stdout, _("%s version %llu, %s, by %s"), mark, (unsigned long long)side->number, at, side->officer);
}

static int load(struct client *client, uint64_t id, struct side *side, bool is_newest)
{
	int outcome;

	if (side->number == 0 && !is_newest)
		return fetch_now(client, id, side);
	outcome = find_version(client, id, side, is_newest);
	return outcome == DONE ? fetch_version(client, id, side) : outcome;
}

int cmd_draft_diff(struct client *client)
{
	struct args *args = &client->args;
	struct side a = {0}, b = {0};
	uint64_t id;
	int outcome;

	if (!draft_id(args->rest[0], &id))
		return USAGE;
	if ((args->rest_count > 1 && (!text_number(bytes_of(args->rest[1]), INT64_MAX, &a.number) || a.number == 0)) ||
	    (args->rest_count > 2 && (!text_number(bytes_of(args->rest[2]), INT64_MAX, &b.number) || b.number == 0))) {
		say_error(_("a version is a number from 1"));
		return USAGE;
	}
	outcome = load(client, id, &a, args->rest_count < 2);
	if (outcome == DONE)
		outcome = load(client, id, &b, false);
	if (outcome == DONE) {
		cut_lines(&a);
		cut_lines(&b);
		print_side("---", &a);
		print_side("+++", &b);
		print_lines(&a, &b);
	}
	finish(&a);
	finish(&b);
	return outcome;
}
