/* The rows of each list, read from the station's answer. */
#include "client/board/model.h"

#include <stdlib.h>
#include <string.h>

#include "client/draft.h"
#include "client/duty.h"
#include "client/heard.h"
#include "client/lang.h"
#include "client/safe.h"
#include "client/say.h"
#include "client/show_card.h"
#include "proto/result.h"

#define STATE_BYTES 512

/* The next deadline that somebody runs into: ours for what came here, the first of the addressees' for what we sent. */
static int64_t due_of(const struct board *board, const struct control_message *m)
{
	int64_t due = 0;

	for (size_t i = 0; i < m->delivery_count; i++) {
		const struct control_delivery *d = &m->delivery[i];

		if (d->due_at != 0 && (m->is_sent || bytes_equal(d->name, bytes_of(board->station))) &&
		    (due == 0 || d->due_at < due))
			due = d->due_at;
	}
	return due;
}

/* Of one addressee its reason; of several how many answered, and the reason of each that did not. */
static void state_of(const struct board *board, const struct control_message *m, char out[STATE_BYTES])
{
	struct name station = {0};
	size_t actions = 0, answered = 0, len;
	char why[SHOW_WHY];

	name_copy(bytes_of(board->station), &station);
	for (size_t i = 0; i < m->delivery_count; i++) {
		actions += m->delivery[i].part != 1;
		answered += m->delivery[i].part != 1 && m->delivery[i].answered_at != 0;
	}
	if (!m->is_sent || actions < 2 || m->superseded != 0) {
		show_state(m, &station, why);
		snprintf(out, STATE_BYTES, "%s", why);
		return;
	}
	len = (size_t)snprintf(out, STATE_BYTES, _("answered %zu of %zu"), answered, actions);
	for (size_t i = 0; i < m->delivery_count && len < STATE_BYTES - 1; i++) {
		const struct control_delivery *d = &m->delivery[i];

		if (d->part == 1 || d->answered_at != 0)
			continue;
		show_why(d, why);
		len += (size_t)snprintf(out + len, STATE_BYTES - len, "; %.*s: %s", BYTES(d->name), why);
	}
}

char *safe_line(char *text)
{
	char *safe = safe_text(bytes_of(text), SAFE_LINE);

	free(text);
	return safe;
}

/* What a confirmation repeats: "FLASH alert tha-cert 2026-048 213: its subject", behind an exercise's banner. */
char *label_of(const struct message *m, struct bytes subject)
{
	char number[SHOW_NUMBER], *banner = show_banner(m->exercise), *label;

	show_number(m, number);
	label = say_format("%s%s %s %s: %.*s", banner, lang_name(precedence_name(m->precedence)),
			   lang_name(kind_name(m->kind)), number, BYTES(subject));
	free(banner);
	return safe_line(label);
}

void row_message(const struct board *board, struct row *row, const struct shown *s)
{
	const struct message *m = &s->message;
	char number[SHOW_NUMBER], state[STATE_BYTES], hex[REFERENCE], *banner = show_banner(m->exercise);

	key_hex(s->raw.id, OBJECT_ID_BYTES, hex);
	show_number(m, number);
	state_of(board, &s->raw, state);
	row->key = must(strdup(hex));
	row->label = label_of(m, s->raw.subject);
	row->due_at = due_of(board, &s->raw);
	row->precedence = m->precedence;
	row->is_sent = s->raw.is_sent;
	row->has_incident = m->has_incident;
	memcpy(row->incident, m->incident, INCIDENT_BYTES);
	list_cell(row, 0, "-");
	list_cell(row, 1, "%s", lang_name(precedence_name(m->precedence)));
	list_cell(row, 2, "%s", number);
	list_cell(row, 3, "%s", lang_name(kind_name(m->kind)));
	if (!s->raw.is_sent)
		list_cell(row, 4, _("from %.*s"), BYTES(m->from));
	else if (m->action_count > 1)
		list_cell(row, 4, _("to %.*s +%zu"), BYTES(m->action[0]), m->action_count - 1);
	else
		list_cell(row, 4, _("to %.*s"), BYTES(m->action_count > 0 ? m->action[0] : bytes_of("-")));
	list_cell(row, 5, "%s", state);
	list_cell(row, 6, "%s%.*s", banner, BYTES(s->raw.subject));
	free(banner);
}

static void note_exercise(struct seen *view, const struct message *m)
{
	if (m->exercise.len > 0)
		snprintf(view->exercise, sizeof view->exercise, "%.*s", BYTES(m->exercise));
}

static void read_messages(struct board *board, struct seen *view, struct pack_reader *r)
{
	static struct shown shown;
	struct thread thread = {0};
	size_t count;

	view->exercise[0] = '\0';
	view->total = (size_t)pack_read_uint(r, INT64_MAX);
	count = pack_read_array(r, SIZE_MAX);
	for (size_t i = 0; i < count && show_read(r, &shown); i++) {
		row_message(board, list_add(view), &shown);
		note_exercise(view, &shown.message);
		if (view->kind == VIEW_THREAD)
			thread_add(&thread, &shown);
	}
	if (view->kind == VIEW_THREAD)
		thread_order(&thread, view);
}

static void draft_row(struct row *row, const struct control_draft *d, const struct message *m)
{
	char at[TIME_TEXT], *banner = show_banner(m->exercise);

	row->key = say_format("%llu", (unsigned long long)d->id);
	row->label = say_format(_("draft %s"), row->key);
	list_cell(row, 0, "%s", row->key);
	show_time(d->made_at, at);
	list_cell(row, 1, "%s", at);
	list_cell(row, 2, "%.*s", BYTES(d->drafter));
	list_cell(row, 3, "%s", lang_name(kind_name(m->kind)));
	list_cell(row, 4, "%s", lang_name(precedence_name(m->precedence)));
	list_cell(row, 5, m->action_count > 1 ? "%.*s +%zu" : "%.*s",
		  BYTES(m->action_count > 0 ? m->action[0] : bytes_of("-")), m->action_count - 1);
	list_cell(row, 6, _("%zu of %llu"), d->approval_count, (unsigned long long)d->approvals_needed);
	show_time(d->release_at, at);
	if (d->release_at != 0)
		list_cell(row, 7, _("released at %s"), at);
	else if (d->failure.len > 0)
		list_cell(row, 7, _("NOT RELEASED: %s"), heard(d->failure));
	else if (d->missing.len > 0)
		list_cell(row, 7, "%s", heard(d->missing));
	else
		list_cell(row, 7, "%s", d->approval_count < d->approvals_needed ? _("waits for approval") : _("ready for release"));
	list_cell(row, 8, "%s", banner);
	free(banner);
}

static void read_drafts(struct seen *view, struct pack_reader *r)
{
	static struct drafted draft;

	for (size_t count = pack_read_array(r, SIZE_MAX), i = 0; i < count && draft_open(r, false, &draft); i++)
		draft_row(list_add(view), &draft.raw, &draft.message);
}

static struct bytes telephone(const struct card *card)
{
	for (size_t i = 0; i < card->fallback_count; i++)
		if (card->fallback[i].kind == FALLBACK_PHONE)
			return card->fallback[i].value;
	return bytes_of("-");
}

static void contact_row(const struct board *board, struct row *row, const struct control_contact *contact)
{
	char text[DUTY_TEXT], age[SHOW_CARD_AGE], languages[128] = "";
	struct object object;
	struct card card;
	struct duty duty;

	row->key = say_format("%.*s", BYTES(contact->name));
	row->label = must(strdup(row->key));
	list_cell(row, 0, "%s", row->key);
	if (card_open(contact->card, &object, &card) != RESULT_OK) {
		list_cell(row, 1, "%s", _("the card can't be read"));
		return;
	}
	duty_at(&card, board->now, &duty);
	duty_format(&duty, card.zone, text);
	list_cell(row, 1, "%s", text);
	for (size_t i = 0, len = 0; i < card.language_count && len < sizeof languages; i++)
		len += (size_t)snprintf(languages + len, sizeof languages - len, "%s%.*s", i > 0 ? " " : "", BYTES(card.language[i]));
	list_cell(row, 2, "%s", languages);
	list_cell(row, 3, "%.*s", BYTES(telephone(&card)));
	show_card_age(&card, board->now, age);
	list_cell(row, 4, contact->is_verified ? "%s" : _("%s; its fingerprint was NOT COMPARED"), age);
}

static void read_contacts(struct board *board, struct seen *view, struct pack_reader *r)
{
	for (size_t count = pack_read_array(r, SIZE_MAX), i = 0; i < count; i++) {
		struct control_contact contact;

		control_read_contact(r, &contact);
		if (r->error != RESULT_OK)
			return;
		contact_row(board, list_add(view), &contact);
	}
}

static void link_row(struct row *row, const struct control_peer *p)
{
	static const char *const links[] = {N_("DOWN since %s"), N_("dialling since %s"), N_("up since %s")};
	char since[TIME_TEXT];

	row->key = say_format("%.*s", BYTES(p->name));
	row->label = must(strdup(row->key));
	show_time(p->since, since);
	list_cell(row, 0, "%s", row->key);
	list_cell(row, 1, _(links[p->link]), since);
	list_cell(row, 2, "%.*s", BYTES(p->endpoint.len > 0 ? p->endpoint : bytes_of("-")));
	if (p->round_trip_us >= 0) {
		list_cell(row, 3, "%.1f ms", (double)p->round_trip_us / 1000);
		list_cell(row, 4, "%+.1f ms", (double)p->offset_us / 1000);
	}
	list_cell(row, 5, "%llu + %llu", (unsigned long long)p->waiting, (unsigned long long)p->in_flight);
	list_cell(row, 6, "%llu", (unsigned long long)p->refused);
	list_cell(row, 7, "%s", heard(p->explanation));
}

/* The answer to `status`, of which a list of links is the middle. */
static void read_links(struct seen *view, struct pack_reader *r)
{
	static struct control_status status;

	control_read_status(r, &status);
	for (size_t count = pack_read_array(r, SIZE_MAX), i = 0; i < count; i++) {
		struct control_peer peer;

		control_read_peer(r, &peer);
		if (r->error != RESULT_OK)
			return;
		link_row(list_add(view), &peer);
	}
	for (size_t count = pack_read_array(r, SIZE_MAX), i = 0; i < count && r->error == RESULT_OK; i++) {
		struct control_notice notice;

		control_read_notice(r, &notice);
	}
}

static void check_row(struct row *row, const struct control_check *c)
{
	char at[TIME_TEXT];

	row->key = say_format("%.*s", BYTES(c->name));
	row->label = must(strdup(row->key));
	list_cell(row, 0, "%s", row->key);
	list_cell(row, 1, "%s", lang_name(check_type_name(c->type)));
	list_cell(row, 2, "%llu", (unsigned long long)c->asked);
	if (c->asked > 0)
		list_cell(row, 3, "%.1f %%", 100.0 * (double)c->answered / (double)c->asked);
	list_cell(row, 4, "%llu", (unsigned long long)c->missed);
	show_latency(c->median_ms, at);
	list_cell(row, 5, "%s", at);
	show_latency(c->percentile95_ms, at);
	list_cell(row, 6, "%s", at);
	show_time(c->last_at, at);
	list_cell(row, 7, c->last_at != 0 ? "%s %s" : "%s", at, lang_name(check_outcome_name(c->last_outcome)));
	show_time(c->due_at, at);
	list_cell(row, 8, "%s", at);
}

static void read_checks(struct seen *view, struct pack_reader *r)
{
	for (size_t count = pack_read_array(r, SIZE_MAX), i = 0; i < count; i++) {
		struct control_check check;

		control_read_check(r, &check);
		if (r->error != RESULT_OK)
			return;
		check_row(list_add(view), &check);
	}
}

void rows_read(struct board *board, struct seen *view, struct pack_reader *r)
{
	switch (view->kind) {
	case VIEW_DRAFTS:
		read_drafts(view, r);
		return;
	case VIEW_CONTACTS:
		read_contacts(board, view, r);
		return;
	case VIEW_LINKS:
		read_links(view, r);
		return;
	case VIEW_CHECKS:
		read_checks(view, r);
		return;
	default:
		read_messages(board, view, r);
		return;
	}
}
