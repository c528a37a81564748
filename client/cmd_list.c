/* hotline list: messages sent and received, newest first. */
#include "client/client.h"

#include <stdlib.h>

#include "client/json.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/table.h"
#include "client/text.h"
#include "proto/result.h"

#define LIST_DEFAULT 50
#define LIST_MAX 1000000

struct listing {
	struct client *client;
	struct table table;
	json_t *document;
	uint64_t left;
	int64_t oldest; /* `at` of the last message listed */
};

/* One answer's worth. DONE, and *out_count how many came, or said. */
static int list_some(struct listing *l, size_t *out_count)
{
	struct pack_writer params = call_params(2, 32);
	struct pack_reader r;
	struct shown shown;
	int result;

	pack_put_uint(&params, l->left);
	pack_put_int(&params, l->oldest);
	result = call_do(&l->client->call, METHOD_LIST, &params, 1, &r);
	if (result != 0)
		return call_failed(&l->client->call, result);
	*out_count = pack_read_array(&r, l->left);
	for (size_t i = 0; i < *out_count; i++) {
		if (!show_read(&r, &shown))
			break;
		if (l->client->is_json)
			json_array_append_new(l->document, json_message(&shown));
		else
			show_list_row(&l->table, &shown, &l->client->call.station);
		l->oldest = shown.raw.at;
	}
	return call_read_end(&l->client->call, &r);
}

int cmd_list(struct client *client)
{
	const char *limit = args_value(&client->args, "--limit");
	struct listing l = {.client = client, .left = LIST_DEFAULT};
	size_t count = 0;
	int outcome;

	if (limit != NULL && (!text_number(bytes_of(limit), LIST_MAX, &l.left) || l.left == 0)) {
		say_error(_("--limit %s: a number from 1 to %d is wanted"), limit, LIST_MAX);
		return USAGE;
	}
	show_list_begin(&l.table);
	l.document = must(json_array());
	do {
		outcome = list_some(&l, &count);
		l.left -= count;
	} while (outcome == DONE && count > 0 && l.left > 0);
	if (outcome == DONE && client->is_json)
		json_print(json_incref(l.document), false);
	else if (outcome == DONE)
		table_print(&l.table, stdout, "");
	json_decref(l.document);
	table_finish(&l.table);
	return outcome;
}
