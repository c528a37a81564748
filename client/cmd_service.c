/* hotline trace, remind, minimise, silence: what is sent alone and at once, without a draft. */
#include "client/client.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/json.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/text.h"
#include "client/when.h"

static int report(struct client *client, struct pack_reader *r, const char *format)
{
	char number[SHOW_NUMBER];
	struct shown sent;
	int outcome;

	show_read(r, &sent);
	outcome = call_read_end(&client->call, r);
	if (outcome != DONE)
		return outcome;
	show_number(&sent.message, number);
	if (client->is_json)
		json_print(json_message(&sent), false);
	else
		show_say(&sent, format, number);
	return DONE;
}

/* About a message and one of its addressees, or all. */
static int ask(struct client *client, enum method method, struct pack_reader *out)
{
	const char *reference = client->args.rest[0];
	const char *name = client->args.rest_count > 1 ? client->args.rest[1] : "";
	struct pack_writer params = call_params(2, strlen(reference) + strlen(name) + 16);

	pack_put_text(&params, reference);
	pack_put_text(&params, name);
	return call_do(&client->call, method, &params, 1, out);
}

int cmd_remind(struct client *client)
{
	struct pack_reader r;
	uint64_t count;
	int result = ask(client, METHOD_REMIND, &r);

	if (result != 0)
		return call_failed(&client->call, result);
	count = pack_read_uint(&r, LIMIT_ADDRESSEES);
	result = call_read_end(&client->call, &r);
	if (result == DONE && client->is_json)
		json_print(must(json_pack("{s:I}", "reminded", (json_int_t)count)), false);
	else if (result == DONE)
		say(stdout, ngettext("%llu addressee was reminded.", "%llu addressees were reminded.", count),
		    (unsigned long long)count);
	return result;
}

int cmd_trace(struct client *client)
{
	struct pack_reader r;
	int result = ask(client, METHOD_TRACE, &r);

	return result != 0 ? call_failed(&client->call, result)
			   : report(client, &r, _("%s sent: hotline track shows the answers as they come"));
}

/* Peers, exercise and text, which minimise and silence share. */
static void put_order(struct client *client, struct pack_writer *params, int64_t until, const char *text)
{
	const char *exercise = args_value(&client->args, "--exercise"), *name;
	size_t count = 0, at = 0;

	while (args_next(&client->args, "--to", &at) != NULL)
		count++;
	pack_put_int(params, until);
	pack_put_array(params, count);
	at = 0;
	while ((name = args_next(&client->args, "--to", &at)) != NULL)
		pack_put_text(params, name);
	pack_put_text(params, exercise != NULL ? exercise : "");
	pack_put_text(params, text);
}

/* Room for what put_order() puts. */
static size_t order_size(const struct client *client, const char *text)
{
	size_t size = strlen(text) + 64;

	for (size_t i = 0; i < client->args.option_count; i++)
		size += client->args.option[i].value != NULL ? strlen(client->args.option[i].value) + 8 : 0;
	return size;
}

static int send(struct client *client, enum method method, struct pack_writer *params, const char *format)
{
	struct pack_reader r;
	int result = call_do(&client->call, method, params, 1, &r);

	return result != 0 ? call_failed(&client->call, result) : report(client, &r, format);
}

int cmd_minimise(struct client *client)
{
	const char *until_word = args_value(&client->args, "--until");
	bool is_off = args_has(&client->args, "--off");
	size_t words = client->args.rest_count, taken = is_off ? 0 : 1, len;
	struct pack_writer params;
	int64_t until = 0;
	int least = 0;
	char *text;

	if (!is_off && words == 0)
		say_error(_("minimise needs a precedence (priority, immediate or flash), or --off"));
	else if (!is_off && (least = precedence_of(bytes_of(client->args.rest[0]))) < PRECEDENCE_PRIORITY)
		say_error(_("minimise %s: priority, immediate or flash is wanted"), client->args.rest[0]);
	else if (is_off && until_word != NULL)
		say_error(_("--off and --until can't both be"));
	else if (words > taken + 1)
		say_error(_("minimise takes one text after the precedence; quote it"));
	else if (until_word == NULL || when_read("minimise --until", until_word, &until)) {
		text = text_nfc(bytes_of(words > taken ? client->args.rest[taken] : ""), &len);
		params = call_params(5, order_size(client, text));
		pack_put_uint(&params, (uint64_t)least);
		put_order(client, &params, until, text);
		free(text);
		return send(client, METHOD_MINIMISE, &params,
			    is_off ? _("%s sent: minimise is lifted") : _("%s sent: minimise is in force"));
	}
	return USAGE;
}

int cmd_silence(struct client *client)
{
	const char *until_word = args_value(&client->args, "--until");
	bool is_off = args_has(&client->args, "--off");
	struct pack_writer params;
	int64_t until = 0;
	char *text;
	size_t len;

	if (is_off == (until_word != NULL)) {
		say_error(_("silence needs either --until TIME or --off"));
		return USAGE;
	}
	if (!is_off && !when_read("silence --until", until_word, &until))
		return USAGE;
	text = text_nfc(bytes_of(client->args.rest_count > 0 ? client->args.rest[0] : ""), &len);
	params = call_params(4, order_size(client, text));
	put_order(client, &params, until, text);
	free(text);
	return send(client, METHOD_SILENCE, &params,
		    is_off ? _("%s sent: silence is lifted") : _("%s sent: silence by notice"));
}
