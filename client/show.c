/* Times, numbers and the small phrases that lists and pages share. */
#include "client/show.h"

#include <stdlib.h>
#include <string.h>

#include "client/client.h"
#include "client/lang.h"
#include "client/safe.h"
#include "client/say.h"
#include "client/table.h"
#include "proto/result.h"

void show_time(int64_t at, char out[TIME_TEXT])
{
	if (at == 0)
		strcpy(out, "-");
	else
		time_format_dtg(at, out);
}

void show_span(int64_t span_us, char out[TIME_TEXT])
{
	const char *sign = span_us < 0 ? "-" : "";
	long long seconds = (span_us < 0 ? -(span_us / SECOND_US) : span_us / SECOND_US);

	if (seconds < 60)
		snprintf(out, TIME_TEXT, "%s%llds", sign, seconds);
	else if (seconds < 3600)
		snprintf(out, TIME_TEXT, "%s%lldm%02llds", sign, seconds / 60, seconds % 60);
	else if (seconds < 86400)
		snprintf(out, TIME_TEXT, "%s%lldh%02lldm", sign, seconds / 3600, seconds / 60 % 60);
	else
		snprintf(out, TIME_TEXT, "%s%lldd%02lldh", sign, seconds / 86400, seconds / 3600 % 24);
}

void show_latency(int64_t ms, char out[TIME_TEXT])
{
	if (ms < 0)
		snprintf(out, TIME_TEXT, "-");
	else if (ms < 1000)
		snprintf(out, TIME_TEXT, "%lld ms", (long long)ms);
	else
		show_span(ms * 1000, out);
}

void show_number(const struct message *m, char out[SHOW_NUMBER])
{
	char number[NUMBER_TEXT];

	number_format(m->number, number);
	snprintf(out, SHOW_NUMBER, "%.*s %s%s", BYTES(m->from), m->exercise.len > 0 ? "EX " : "", number);
}

char *show_banner(struct bytes exercise)
{
	char *text = exercise.len > 0 ? say_format(_("[EXERCISE %.*s] "), BYTES(exercise)) : say_format("%s", "");
	char *safe = safe_text(bytes_of(text), SAFE_LINE);

	free(text);
	return safe;
}

void show_why(const struct control_delivery *d, char out[SHOW_WHY])
{
	char at[TIME_TEXT];

	show_time(d->why_at, at);
	switch ((enum why)d->why) {
	case WHY_NOT_SENT:
		snprintf(out, SHOW_WHY, d->percent > 0 ? _("being sent %u %%") : _("not yet sent"), d->percent);
		return;
	case WHY_NO_PATH:
		snprintf(out, SHOW_WHY, _("no path since %s"), at);
		return;
	case WHY_REFUSED:
		snprintf(out, SHOW_WHY, _("refused by their station: %s"), lang_name(result_name(d->refused_reason)));
		return;
	case WHY_CUSTODY:
		snprintf(out, SHOW_WHY, _("in custody, not opened"));
		return;
	case WHY_SHOWN:
		snprintf(out, SHOW_WHY, _("opened at %s, not acknowledged"), at);
		return;
	case WHY_ACKNOWLEDGED:
		snprintf(out, SHOW_WHY, _("acknowledged, answer due %s"), at);
		return;
	case WHY_HOLD:
		snprintf(out, SHOW_WHY, _("on hold until %s"), at);
		return;
	case WHY_DECLINED:
		snprintf(out, SHOW_WHY, _("declined"));
		return;
	case WHY_SILENT:
		snprintf(out, SHOW_WHY, _("silent by notice until %s"), at);
		return;
	case WHY_EXPIRED:
		snprintf(out, SHOW_WHY, _("expired at %s"), at);
		return;
	case WHY_ANSWERED:
		snprintf(out, SHOW_WHY, _("answered"));
		return;
	case WHY_INFO:
		snprintf(out, SHOW_WHY, "%s, %s", d->part == 1 ? _("for information") : _("nothing is owed"),
			 d->custody_at != 0 ? _("in custody") : _("not in custody yet"));
		return;
	}
	snprintf(out, SHOW_WHY, _("code %u"), d->why);
}

const char *show_part(uint8_t part)
{
	static const char *const names[] = {N_("action"), N_("info"), N_("copy")};

	return part < sizeof names / sizeof *names ? _(names[part]) : _("other");
}

/* "CORRECTED by tha-cert 2026-048 214" */
static bool show_struck(const struct control_message *m, char out[SHOW_WHY])
{
	static const char *const words[KIND_LAST + 1] = {
	    [KIND_UPDATE] = N_("updated"), [KIND_CORRECT] = N_("CORRECTED"), [KIND_CANCEL] = N_("CANCELLED")};

	if (words[m->superseded] == NULL)
		return false;
	snprintf(out, SHOW_WHY, _("%s by %.*s"), _(words[m->superseded]),
		 BYTES(m->superseded_by.len > 0 ? m->superseded_by : bytes_of(_("another message"))));
	return true;
}

bool show_superseded(const struct control_message *m, char out[SHOW_SUPERSEDED])
{
	char struck[SHOW_WHY], at[TIME_TEXT];

	if (!show_struck(m, struck))
		return false;
	show_time(m->superseded_at, at);
	snprintf(out, SHOW_SUPERSEDED, _("%s at %s"), struck, at);
	return true;
}

static void show_waiting(const struct control_message *m, const struct name *station, char out[SHOW_WHY])
{
	const struct control_delivery *only = NULL;
	size_t actions = 0, acknowledged = 0, answered = 0;

	for (size_t i = 0; i < m->delivery_count; i++) {
		const struct control_delivery *d = &m->delivery[i];

		if (!m->is_sent && bytes_equal(d->name, name_bytes(station))) {
			show_why(d, out);
			return;
		}
		if (d->part != 0)
			continue;
		only = d;
		actions++;
		acknowledged += d->acknowledged_at != 0;
		answered += d->answered_at != 0;
	}
	if (actions == 1)
		show_why(only, out);
	else if (actions == 0)
		snprintf(out, SHOW_WHY, "-");
	else
		snprintf(out, SHOW_WHY, _("acknowledged %zu of %zu, answered %zu"), acknowledged, actions, answered);
}

void show_state(const struct control_message *m, const struct name *station, char out[SHOW_WHY])
{
	char struck[SHOW_WHY];
	size_t len;

	show_waiting(m, station, out);
	if (!show_struck(m, struck))
		return;
	len = m->superseded == KIND_UPDATE ? strlen(out) : 0; /* an update leaves open what was */
	snprintf(out + len, SHOW_WHY - len, "%s%s", len > 0 ? ", " : "", struck);
}

bool show_open(struct shown *out)
{
	out->has_content = out->raw.content.len > 0;
	return message_decode(out->raw.header, &out->message) == RESULT_OK &&
	       (!out->has_content || content_decode(out->raw.content, &out->content) == RESULT_OK);
}

bool show_read(struct pack_reader *r, struct shown *out)
{
	control_read_message(r, &out->raw);
	if (r->error == RESULT_OK && !show_open(out))
		pack_fail(r, RESULT_MALFORMED);
	return r->error == RESULT_OK;
}

void show_list_begin(struct table *table)
{
	static const char *const heads[] = {N_("AT"),	 N_("NUMBER"),	"",  N_("PRECEDENCE"), N_("KIND"),
					    N_("STATE"), N_("SUBJECT"), NULL};

	table_init(table, heads);
}

void show_list_row(struct table *table, const struct shown *s, const struct name *station)
{
	const struct message *m = &s->message;
	struct bytes other = s->raw.is_sent && m->action_count > 0 ? m->action[0] : m->from;
	char *banner = show_banner(m->exercise), at[TIME_TEXT], number[SHOW_NUMBER], state[SHOW_WHY];

	show_time(s->raw.at, at);
	show_number(m, number);
	show_state(&s->raw, station, state);
	table_row(table, banner);
	table_cell(table, "%s", at);
	table_cell(table, "%s", number);
	if (s->raw.is_sent && m->action_count > 1)
		table_cell(table, _("to %.*s +%zu"), BYTES(other), m->action_count - 1);
	else
		table_cell(table, "%s %.*s", s->raw.is_sent ? _("to") : _("from"), BYTES(other));
	table_cell(table, "%s", lang_name(precedence_name(m->precedence)));
	table_cell(table, "%s", lang_name(kind_name(m->kind)));
	table_cell(table, "%s", state);
	table_cell(table, "%.*s", BYTES(s->raw.subject));
	free(banner);
}

int show_fetch(struct call *call, const char *reference, struct shown *out)
{
	struct pack_writer params = call_params(1, strlen(reference) + 16);
	struct pack_reader r;
	int result;

	pack_put_text(&params, reference);
	result = call_do(call, METHOD_SHOW, &params, 1, &r);
	if (result != 0)
		return call_failed(call, result);
	show_read(&r, out);
	return call_read_end(call, &r);
}

void show_keep(struct shown *shown, uint8_t **out_memory)
{
	size_t header = shown->raw.header.len, content = shown->raw.content.len;
	uint8_t *memory = must(malloc(header + content + 1));

	memcpy(memory, shown->raw.header.data, header);
	if (content > 0)
		memcpy(memory + header, shown->raw.content.data, content);
	shown->raw.header = (struct bytes){memory, header};
	shown->raw.content = (struct bytes){memory + header, content};
	message_decode(shown->raw.header, &shown->message); /* both were read before */
	if (shown->has_content)
		content_decode(shown->raw.content, &shown->content);
	*out_memory = memory;
}

void show_say(const struct shown *shown, const char *format, ...)
{
	char *banner = show_banner(shown->message.exercise), *text;
	va_list args;

	va_start(args, format);
	text = say_vformat(format, args);
	va_end(args);
	fputs(banner, stdout);
	say(stdout, "%s", text);
	free(text);
	free(banner);
}
