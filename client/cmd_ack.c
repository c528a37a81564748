/* hotline ack, hold: what a watch officer may say alone, at once. */
#include "client/client.h"

#include <stdlib.h>
#include <string.h>

#include "client/json.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/text.h"
#include "client/when.h"
#include "proto/receipt.h"

static bool read_understood(const char *word, uint8_t *out)
{
	static const char *const words[] = {NULL, "yes", "partly", "no"};

	*out = UNDERSTOOD_NOT_ASKED;
	if (word == NULL)
		return true;
	for (uint8_t i = UNDERSTOOD_YES; i <= UNDERSTOOD_NO; i++)
		if (strcmp(word, words[i]) == 0)
			*out = i;
	if (*out == UNDERSTOOD_NOT_ASKED)
		say_error(_("--understood %s: yes, partly or no is wanted"), word);
	return *out != UNDERSTOOD_NOT_ASKED;
}

/* By its number, and behind its banner if it is an exercise. */
static int report_ack(struct client *client, const char *reference)
{
	char number[SHOW_NUMBER];
	struct shown shown;
	int outcome = show_fetch(&client->call, reference, &shown);

	if (outcome != DONE)
		return outcome;
	show_number(&shown.message, number);
	show_say(&shown, _("%s is acknowledged"), number);
	return DONE;
}

int cmd_ack(struct client *client)
{
	const char *note = args_value(&client->args, "--note"), *reference = client->args.rest[0];
	struct pack_writer params;
	struct pack_reader r;
	uint8_t understood;
	char *nfc;
	size_t len;
	int result;

	if (!read_understood(args_value(&client->args, "--understood"), &understood))
		return USAGE;
	nfc = text_nfc(bytes_of(note != NULL ? note : ""), &len);
	if (utf8_length(bytes_of(nfc)) > LIMIT_NOTE) {
		say_error(_("--note has %zu characters, at most %d are allowed"), utf8_length(bytes_of(nfc)),
			  LIMIT_NOTE);
		free(nfc);
		return USAGE;
	}
	params = call_params(3, strlen(reference) + len + 32);
	pack_put_text(&params, reference);
	pack_put_uint(&params, understood);
	pack_put_text(&params, nfc);
	free(nfc);
	result = call_do(&client->call, METHOD_ACK, &params, 0, &r);
	if (result != 0)
		return call_failed(&client->call, result);
	result = call_read_end(&client->call, &r);
	return result != DONE ? result : report_ack(client, reference);
}

static int report_hold(struct client *client, struct pack_reader *r, int64_t until)
{
	char number[SHOW_NUMBER], at[TIME_TEXT];
	struct shown hold;
	int outcome;

	show_read(r, &hold);
	outcome = call_read_end(&client->call, r);
	if (outcome != DONE)
		return outcome;
	if (client->is_json) {
		json_print(json_message(&hold), false);
		return DONE;
	}
	show_number(&hold.message, number);
	show_time(until, at);
	show_say(&hold, _("%s sent: hold until %s"), number, at);
	return DONE;
}

int cmd_hold(struct client *client)
{
	const char *reference = client->args.rest[0];
	struct pack_writer params;
	struct pack_reader r;
	int64_t until;
	char *text;
	size_t len;
	int result;

	if (!when_read("hold --until", args_value(&client->args, "--until"), &until))
		return USAGE;
	text = text_nfc(bytes_of(client->args.rest_count > 1 ? client->args.rest[1] : ""), &len);
	params = call_params(3, strlen(reference) + len + 32);
	pack_put_text(&params, reference);
	pack_put_int(&params, until);
	pack_put_text(&params, text);
	free(text);
	result = call_do(&client->call, METHOD_HOLD, &params, 1, &r);
	return result != 0 ? call_failed(&client->call, result) : report_hold(client, &r, until);
}
