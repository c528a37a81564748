/* hotline status: the station, each peer's link and queue, and what was refused. */
#include "client/client.h"

#include <stdlib.h>

#include "client/heard.h"
#include "client/json.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/table.h"
#include "proto/result.h"

#define HEADING_CELLS 14
#define ROOT_SHOWN 8 /* bytes of a log's root, 16 hex digits */

static void print_station(const struct control_status *s)
{
	char started[TIME_TEXT], now[TIME_TEXT], up[TIME_TEXT], root[2 * ROOT_SHOWN + 1];

	show_time(s->started_at, started);
	show_time(s->now, now);
	show_span(s->now - s->started_at, up);
	key_hex(s->log_root, ROOT_SHOWN, root);
	say_field(stdout, HEADING_CELLS, _("station"), _("%.*s, hotlined %.*s"), BYTES(s->station), BYTES(s->version));
	say_field(stdout, HEADING_CELLS, _("started"), _("%s, up %s, now %s"), started, up, now);
	if (s->clock_error == CLOCK_ERROR_UNKNOWN)
		say_field(stdout, HEADING_CELLS, _("clock error"),
			  _("unknown: the system's clock is not synchronised"));
	else
		say_field(stdout, HEADING_CELLS, _("clock error"), "%u ms", s->clock_error);
	say_field(stdout, HEADING_CELLS, _("open"), _("%llu not acknowledged, %llu drafts"),
		  (unsigned long long)s->unacknowledged, (unsigned long long)s->drafts);
	say_field(stdout, HEADING_CELLS, _("incidents"), _("%llu open, close proposed by us %llu, by them %llu"),
		  (unsigned long long)s->incident[0], (unsigned long long)s->incident[1],
		  (unsigned long long)s->incident[2]);
	say_field(stdout, HEADING_CELLS, _("station log"), _("%llu entries, root %s"), (unsigned long long)s->log_size,
		  root);
	for (size_t i = 0; i < s->count_count; i++)
		say_field(stdout, HEADING_CELLS, i == 0 ? _("counted") : "", "%llu × %.*s",
			  (unsigned long long)s->count[i].count, BYTES(s->count[i].cause));
}

static void peer_clock(struct table *table, const struct control_peer *p)
{
	if (p->round_trip_us < 0) {
		table_cell(table, "-");
		table_cell(table, "-");
		return;
	}
	table_cell(table, "%.1f ms", (double)p->round_trip_us / 1000);
	table_cell(table, "%+.1f ms", (double)p->offset_us / 1000);
}

static void peer_row(struct table *table, const struct control_peer *p)
{
	static const char *const links[] = {N_("down"), N_("dialling"), N_("up")};
	char since[TIME_TEXT], root[2 * ROOT_SHOWN + 1];

	show_time(p->since, since);
	key_hex(p->log_root, ROOT_SHOWN, root);
	table_row(table, "");
	table_cell(table, "%.*s", BYTES(p->name));
	table_cell(table, _("%s since %s"), _(links[p->link]), since);
	table_cell(table, "%.*s", BYTES(p->endpoint.len > 0 ? p->endpoint : bytes_of("-")));
	peer_clock(table, p);
	table_cell(table, "%llu + %llu", (unsigned long long)p->waiting, (unsigned long long)p->in_flight);
	table_cell(table, "%llu %s", (unsigned long long)p->log_size, root);
	table_cell(table, "%llu/%llu", (unsigned long long)p->proven_size, (unsigned long long)p->seen_size);
	show_time(p->gap_since, since);
	if (p->gaps > 0)
		table_cell(table, _("%llu since %s, first %llu"), (unsigned long long)p->gaps, since,
			   (unsigned long long)p->gap_first);
	else
		table_cell(table, "0");
	table_cell(table, "%llu", (unsigned long long)p->skipped);
	table_cell(table, "%llu", (unsigned long long)p->refused);
	table_cell(table, "%s", heard(p->explanation));
}

static void print_notice(const struct control_notice *n)
{
	char until[TIME_TEXT];

	show_time(n->until, until);
	say_field(stdout, HEADING_CELLS, n->type == SERVICE_MINIMISE ? _("minimise") : _("silence"),
		  _("%s%s with %.*s, by %s%s%s"), n->is_exercise ? _("[EXERCISE] ") : "",
		  n->type == SERVICE_MINIMISE ? lang_name(precedence_name(n->least)) : _("no answers"), BYTES(n->peer),
		  n->is_own ? _("us") : _("them"), n->until != 0 ? _(", until ") : "", n->until != 0 ? until : "");
}

/* The third part of the answer. */
static void read_notices(struct client *client, struct pack_reader *r, json_t *list)
{
	size_t count = pack_read_array(r, SIZE_MAX);

	for (size_t i = 0; i < count && r->error == RESULT_OK; i++) {
		struct control_notice notice;

		control_read_notice(r, &notice);
		if (r->error != RESULT_OK)
			return;
		if (client->is_json)
			json_array_append_new(list, json_notice(&notice));
		else
			print_notice(&notice);
	}
}

/* The second part. */
static size_t read_peers(struct pack_reader *r, struct table *table, json_t *list)
{
	size_t count = pack_read_array(r, SIZE_MAX);

	for (size_t i = 0; i < count && r->error == RESULT_OK; i++) {
		struct control_peer peer;

		control_read_peer(r, &peer);
		if (r->error == RESULT_OK) {
			peer_row(table, &peer);
			json_array_append_new(list, json_peer(&peer));
		}
	}
	return count;
}

int cmd_status(struct client *client)
{
	static const char *const heads[] = {N_("PEER"), N_("LINK"),   N_("ENDPOINT"), N_("ROUND TRIP"), N_("CLOCK"), N_("QUEUE"),
					    N_("LOG"),  N_("THEIRS"), N_("GAPS"),	  N_("SKIPPED"),	N_("REFUSED"), "", NULL};
	struct pack_writer params = call_params(0, 0);
	struct control_status status;
	json_t *document, *peers = must(json_array()), *notices = must(json_array());
	struct table table;
	struct pack_reader r;
	int result = call_do(&client->call, METHOD_STATUS, &params, 3, &r);
	size_t count = 0;

	table_init(&table, heads);
	if (result == 0) {
		control_read_status(&r, &status);
		count = read_peers(&r, &table, peers);
		if (!client->is_json && r.error == RESULT_OK)
			print_station(&status);
		read_notices(client, &r, notices);
	}
	result = result != 0 ? call_failed(&client->call, result) : call_read_end(&client->call, &r);
	if (result == DONE && client->is_json) {
		document = json_status(&status);
		json_object_set(document, "peers", peers);
		json_object_set(document, "notices", notices);
		json_print(document, false);
	} else if (result == DONE && count > 0)
		table_print(&table, stdout, "");
	json_decref(peers);
	json_decref(notices);
	table_finish(&table);
	return result;
}
