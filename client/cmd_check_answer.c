/* hotline check answer: a person types the words of a watch check back, or says whether their own card is true. */
#include "client/client.h"

#include <stdlib.h>
#include <string.h>

#include "client/json.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/text.h"
#include "proto/list.h"
#include "proto/result.h"

#define LINE_BYTES (LIMIT_WORDS * (LIMIT_WORD_BYTES + 1) + 1)

/* What was typed, in the one form that is compared. */
struct typed {
	char *line; /* of the heap */
	size_t count;
	struct bytes word[LIMIT_WORDS];
};

/* Words parted by blanks or commas; more than there may be are left out. */
static void split(const char *line, struct typed *out)
{
	char *at, *word, *rest = NULL;

	memset(out, 0, sizeof *out);
	out->line = text_fold(bytes_of(line));
	for (at = out->line; out->count < LIMIT_WORDS && (word = strtok_r(at, " \t,", &rest)) != NULL; at = NULL)
		out->word[out->count++] = bytes_of(word);
}

/* The place of the first word that differs, from 1; 0 when none does. */
static size_t differs(const struct typed *typed, const struct bytes *word, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (i >= typed->count || !bytes_equal(typed->word[i], word[i]))
			return i + 1;
	return typed->count > count ? count + 1 : 0;
}

/* From the command line, else asked for, else a line of standard input. False when there is none. */
static bool read_line(const struct client *client, const char *question, char line[LINE_BYTES])
{
	size_t used = 0;

	line[0] = '\0';
	for (size_t i = 1; i < client->args.rest_count && used < LINE_BYTES; i++)
		used += (size_t)snprintf(line + used, LINE_BYTES - used, "%s ", client->args.rest[i]);
	if (client->args.rest_count > 1)
		return true;
	if (say_can_ask())
		return say_ask(line, LINE_BYTES, "%s", question);
	if (fgets(line, LINE_BYTES, stdin) == NULL)
		return false;
	line[strcspn(line, "\r\n")] = '\0';
	return utf8_is_valid(bytes_of(line));
}

/* On a terminal a slip may be mended once; then what was typed goes, for that is the check. */
static bool read_words(const struct client *client, const struct bytes *word, size_t count, struct typed *out)
{
	char line[LINE_BYTES];
	size_t at;

	for (int tries = 0; tries < 2; tries++) {
		if (!read_line(client, _("type them back:"), line)) {
			say_error(_("no words were typed; nothing was sent"));
			return false;
		}
		split(line, out);
		at = differs(out, word, count);
		if (at == 0)
			return true;
		say_error(_("word %zu is not as shown"), at);
		if (tries > 0 || !say_can_ask() || client->args.rest_count > 1)
			break;
		free(out->line);
	}
	say_error(_("sent as typed"));
	return true;
}

static bool read_confirmed(const struct client *client, uint64_t *out)
{
	char line[LINE_BYTES];
	struct typed typed;

	if (!read_line(client, _("is it all still true? [yes/no]"), line)) {
		say_error(_("yes or no is wanted; nothing was sent"));
		return false;
	}
	split(line, &typed);
	*out = typed.count != 1				       ? 0
	       : bytes_equal(typed.word[0], bytes_of("yes")) ? 1
	       : bytes_equal(typed.word[0], bytes_of("no"))  ? 2
							       : 0;
	free(typed.line);
	if (*out == 0)
		say_error(_("yes or no is wanted; nothing was sent"));
	return *out != 0;
}

static int send_answer(struct client *client, const struct typed *typed, uint64_t confirmed)
{
	const char *reference = client->args.rest[0];
	struct pack_writer params = call_params(3, strlen(reference) + LINE_BYTES + 64);
	char number[SHOW_NUMBER];
	struct shown sent;
	struct pack_reader r;
	int result;

	pack_put_text(&params, reference);
	list_put(&params, typed->word, typed->count);
	pack_put_uint(&params, confirmed);
	result = call_do(&client->call, METHOD_CHECK_ANSWER, &params, 1, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	show_read(&r, &sent);
	result = call_read_end(&client->call, &r);
	if (result == DONE && client->is_json)
		json_print(json_message(&sent), false);
	else if (result == DONE) {
		show_number(&sent.message, number);
		show_say(&sent, _("%s sent: the check is answered"), number);
	}
	return result;
}

static size_t read_question(const struct content *content, struct bytes word[LIMIT_WORDS])
{
	struct pack_reader r = pack_reader(content_field(content, FIELD_WORDS));
	size_t count = list_read(&r, word, LIMIT_WORDS, LIMIT_WORD_BYTES);

	return pack_read_end(&r) == RESULT_OK ? count : 0;
}

static void show_words(const struct bytes *word, size_t count)
{
	for (size_t i = 0; i < count; i++)
		say(stderr, "  %.*s", BYTES(word[i]));
}

int cmd_check_answer(struct client *client)
{
	struct shown asked;
	struct bytes word[LIMIT_WORDS];
	struct typed typed = {0};
	uint8_t *memory = NULL;
	uint64_t code = 0, confirmed = 0;
	bool is_read;
	int outcome = show_fetch(&client->call, client->args.rest[0], &asked);

	if (outcome != DONE)
		return outcome;
	show_keep(&asked, &memory);
	if (asked.raw.is_sent || asked.message.kind != KIND_CHECK || !content_code(&asked.content, FIELD_CHECK, &code)) {
		say_error(_("%s is no check that was received here"), client->args.rest[0]);
		free(memory);
		return REFUSED;
	}
	if (code == 1) {
		size_t count = read_question(&asked.content, word);

		show_words(word, count);
		is_read = read_words(client, word, count, &typed);
	} else {
		say_text(stderr, asked.content.text, "  ", 0);
		is_read = read_confirmed(client, &confirmed);
	}
	outcome = is_read ? send_answer(client, &typed, confirmed) : USAGE;
	free(typed.line);
	free(memory);
	return outcome;
}
