/* Contacts, status and events as JSON. */
#include "client/json.h"

#include <time.h>

#include "client/duty.h"
#include "client/say.h"
#include "client/show_card.h"

static json_t *json_texts(const struct bytes *items, size_t count)
{
	json_t *list = must(json_array());

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_text(items[i]));
	return list;
}

static json_t *json_pairs(const struct card *card)
{
	static const char *const kinds[] = {NULL, "phone", "fax", "embassy", "radio", "email"};
	json_t *list = must(json_array());

	for (size_t i = 0; i < card->fallback_count; i++)
		json_array_append_new(
		    list,
		    must(json_pack("{s:s?,s:o}", "kind",
				   card->fallback[i].kind <= FALLBACK_EMAIL ? kinds[card->fallback[i].kind] : NULL,
				   "value", json_text(card->fallback[i].value))));
	return list;
}

static json_t *json_offices(const struct card *card)
{
	json_t *list = must(json_array());

	for (size_t i = 0; i < card->office_count; i++)
		json_array_append_new(list, must(json_pack("{s:o,s:o}", "language", json_text(card->office[i].lang),
							   "office", json_text(card->office[i].office))));
	return list;
}

static json_t *json_hours(const struct card *card)
{
	json_t *list = must(json_array());

	for (size_t i = 0; i < card->hours_count; i++)
		json_array_append_new(list,
				      must(json_pack("{s:i,s:i,s:i}", "weekday", card->hours[i].weekday, "from_minute",
						     card->hours[i].from, "to_minute", card->hours[i].to)));
	return list;
}

static json_t *json_duty(const struct card *card)
{
	char local[TIME_TEXT] = "";
	struct duty duty;

	duty_at(card, time(NULL) * SECOND_US, &duty);
	if (duty.is_zone_known)
		duty_format_local(&duty.now, local);
	return must(json_pack("{s:b,s:o,s:o,s:o}", "zone_known", duty.is_zone_known, "local_time",
			      duty.is_zone_known ? json_string(local) : json_null(), "staffed",
			      duty.is_zone_known || duty.is_always ? json_boolean(duty.is_staffed) : json_null(),
			      "changes_at", json_time(duty.has_change ? duty.change.at : 0)));
}

static void set_card(json_t *document, const struct card *card)
{
	int64_t days;
	enum card_age age = card_age(card, time(NULL) * SECOND_US, &days);

	json_object_set_new(document, "card_age_days", json_integer(days));
	json_object_set_new(document, "card_age", json_string(card_age_name(age)));
	json_object_set_new(document, "state", json_text(card->state));
	json_object_set_new(document, "serial", json_integer((json_int_t)card->serial));
	json_object_set_new(document, "valid_from", json_time(card->valid_from));
	json_object_set_new(document, "valid_until", json_time(card->valid_until));
	json_object_set_new(document, "lane", json_string(card->lane == LANE_TECHNICAL ? "technical" : "diplomatic"));
	json_object_set_new(document, "layer", json_integer(card->layer));
	json_object_set_new(document, "offices", json_offices(card));
	json_object_set_new(document, "zone", json_text(card->zone));
	json_object_set_new(document, "hours", json_hours(card));
	json_object_set_new(document, "duty", json_duty(card));
	json_object_set_new(document, "languages", json_texts(card->language, card->language_count));
	json_object_set_new(document, "endpoints", json_texts(card->endpoint, card->endpoint_count));
	json_object_set_new(document, "alternates", json_texts(card->alternate, card->alternate_count));
	json_object_set_new(document, "fallbacks", json_pairs(card));
	json_object_set_new(document, "root", json_hex(card->root, sizeof card->root));
}

json_t *json_contact(const struct control_contact *contact, const struct card *card)
{
	json_t *document = must(json_object());

	json_object_set_new(document, "name", json_text(contact->name));
	json_object_set_new(document, "fingerprint", json_text(contact->fingerprint));
	json_object_set_new(document, "verified", json_boolean(contact->is_verified));
	json_object_set_new(document, "pair_key_generation", json_integer((json_int_t)contact->generation));
	json_object_set_new(document, "courier_key", json_boolean(contact->generation > 0));
	json_object_set_new(document, "quantum_safe", json_boolean(contact->generation > 0));
	json_object_set_new(document, "week_from", json_integer(contact->week_from));
	json_object_set_new(document, "week_to", json_integer(contact->week_to));
	json_object_set_new(document, "waiting_root",
			    contact->waiting_root.len > 0 ? json_text(contact->waiting_root) : json_null());
	json_object_set_new(document, "enrolled_at", json_time(contact->enrolled_at));
	if (card != NULL)
		set_card(document, card);
	return document;
}

static json_t *json_codes(const uint32_t *code)
{
	json_t *list = must(json_array());

	for (size_t i = 0; i < VOICE_CODES / 2; i++)
		json_array_append_new(list, must(json_sprintf("%06u", code[i])));
	return list;
}

json_t *json_sheet(const struct sheet *sheet)
{
	json_t *document = json_contact(&sheet->contact, &sheet->card);
	bool is_first = bytes_compare(sheet->own, sheet->contact.name) < 0;
	size_t own = is_first ? 0 : VOICE_CODES / 2, theirs = VOICE_CODES / 2 - own;

	json_object_set_new(document, "voice_generation", json_integer((json_int_t)sheet->generation));
	json_object_set_new(document, "voice_week", json_integer(sheet->week));
	json_object_set_new(document, "voice_from", json_time(sheet->week * WEEK_US));
	json_object_set_new(document, "voice_until", json_time((sheet->week + INT64_C(1)) * WEEK_US));
	json_object_set_new(document, "own_codes_from", json_integer((json_int_t)own + 1));
	json_object_set_new(document, "own_codes", json_codes(sheet->code + own));
	json_object_set_new(document, "their_codes_from", json_integer((json_int_t)theirs + 1));
	json_object_set_new(document, "their_codes", json_codes(sheet->code + theirs));
	return document;
}

json_t *json_status(const struct control_status *s)
{
	json_t *document = must(json_object()), *counts = must(json_array());

	json_object_set_new(document, "station", json_text(s->station));
	json_object_set_new(document, "version", json_text(s->version));
	json_object_set_new(document, "started_at", json_time(s->started_at));
	json_object_set_new(document, "now", json_time(s->now));
	json_object_set_new(document, "clock_error_ms",
			    s->clock_error == CLOCK_ERROR_UNKNOWN ? json_null() : json_integer(s->clock_error));
	json_object_set_new(document, "unacknowledged", json_integer((json_int_t)s->unacknowledged));
	json_object_set_new(document, "drafts", json_integer((json_int_t)s->drafts));
	json_object_set_new(document, "incidents",
			    must(json_pack("{s:I,s:I,s:I}", "open", (json_int_t)s->incident[0], "close_proposed_by_us",
					   (json_int_t)s->incident[1], "close_proposed_by_them",
					   (json_int_t)s->incident[2])));
	json_object_set_new(document, "log_size", json_integer((json_int_t)s->log_size));
	json_object_set_new(document, "log_root", json_hex(s->log_root, sizeof s->log_root));
	for (size_t i = 0; i < s->count_count; i++)
		json_array_append_new(counts, must(json_pack("{s:o,s:I}", "cause", json_text(s->count[i].cause),
							     "count", (json_int_t)s->count[i].count)));
	json_object_set_new(document, "refused_input", counts);
	json_object_set_new(document, "peers", must(json_array()));
	return document;
}

json_t *json_check(const struct control_check *c)
{
	const char *type = check_type_name(c->type), *outcome = check_outcome_name(c->last_outcome);
	json_t *document = must(json_object());

	json_object_set_new(document, "peer", json_text(c->name));
	json_object_set_new(document, "check", type != NULL ? json_string(type) : json_null());
	json_object_set_new(document, "asked", json_integer((json_int_t)c->asked));
	json_object_set_new(document, "answered", json_integer((json_int_t)c->answered));
	json_object_set_new(document, "answered_share",
			    c->asked > 0 ? json_real((double)c->answered / (double)c->asked) : json_null());
	json_object_set_new(document, "late", json_integer((json_int_t)c->late));
	json_object_set_new(document, "wrong", json_integer((json_int_t)c->wrong));
	json_object_set_new(document, "missed", json_integer((json_int_t)c->missed));
	json_object_set_new(document, "no_path", json_integer((json_int_t)c->no_path));
	json_object_set_new(document, "median_ms", c->median_ms < 0 ? json_null() : json_integer(c->median_ms));
	json_object_set_new(document, "percentile95_ms",
			    c->percentile95_ms < 0 ? json_null() : json_integer(c->percentile95_ms));
	json_object_set_new(document, "last_at", json_time(c->last_at));
	json_object_set_new(document, "last_outcome", c->last_at != 0 ? json_string(outcome) : json_null());
	json_object_set_new(document, "due_at", json_time(c->due_at));
	return document;
}

json_t *json_peer(const struct control_peer *p)
{
	static const char *const links[] = {"down", "dialling", "up"};
	bool is_measured = p->round_trip_us >= 0;
	json_t *document = must(json_object());

	json_object_set_new(document, "name", json_text(p->name));
	json_object_set_new(document, "link", p->link <= LINK_UP ? json_string(links[p->link]) : json_null());
	json_object_set_new(document, "since", json_time(p->since));
	json_object_set_new(document, "endpoint", json_text(p->endpoint));
	json_object_set_new(document, "round_trip_us", is_measured ? json_integer(p->round_trip_us) : json_null());
	json_object_set_new(document, "clock_offset_us", is_measured ? json_integer(p->offset_us) : json_null());
	json_object_set_new(document, "waiting", json_integer((json_int_t)p->waiting));
	json_object_set_new(document, "in_flight", json_integer((json_int_t)p->in_flight));
	json_object_set_new(document, "log_size", json_integer((json_int_t)p->log_size));
	json_object_set_new(document, "log_root", json_hex(p->log_root, sizeof p->log_root));
	json_object_set_new(document, "seen_size", json_integer((json_int_t)p->seen_size));
	json_object_set_new(document, "proven_size", json_integer((json_int_t)p->proven_size));
	json_object_set_new(document, "evidence", json_integer((json_int_t)p->evidence));
	json_object_set_new(document, "refused", json_integer((json_int_t)p->refused));
	json_object_set_new(document, "gaps", json_integer((json_int_t)p->gaps));
	json_object_set_new(document, "gap_first", p->gap_first > 0 ? json_integer((json_int_t)p->gap_first) : json_null());
	json_object_set_new(document, "gap_since", json_time(p->gap_since));
	json_object_set_new(document, "skipped", json_integer((json_int_t)p->skipped));
	json_object_set_new(document, "explanation", json_text(p->explanation));
	return document;
}

json_t *json_event(const struct control_event *e)
{
	json_t *document = must(json_object());

	json_object_set_new(document, "at", json_time(e->at));
	json_object_set_new(document, "event", json_text(e->event));
	json_object_set_new(document, "number", json_text(e->number));
	json_object_set_new(document, "exercise", e->exercise.len > 0 ? json_text(e->exercise) : json_null());
	json_object_set_new(document, "from", json_text(e->from));
	json_object_set_new(document, "to", json_text(e->to));
	json_object_set_new(document, "precedence",
			    precedence_name(e->precedence) != NULL ? json_string(precedence_name(e->precedence))
								   : json_null());
	json_object_set_new(document, "detail", json_text(e->detail));
	return document;
}

json_t *json_notice(const struct control_notice *n)
{
	json_t *document = must(json_object());

	json_object_set_new(document, "peer", json_text(n->peer));
	json_object_set_new(document, "type", json_string(n->type == SERVICE_MINIMISE ? "minimise" : "silence"));
	json_object_set_new(document, "by", json_string(n->is_own ? "us" : "them"));
	json_object_set_new(document, "exercise", json_boolean(n->is_exercise));
	json_object_set_new(document, "least_precedence",
			    n->type == SERVICE_MINIMISE ? json_string(precedence_name(n->least)) : json_null());
	json_object_set_new(document, "until", json_time(n->until));
	return document;
}
