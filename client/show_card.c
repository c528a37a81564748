/* Cards: who a contact point is, when it answers, and how else it is reached. */
#include "client/show_card.h"

#include <time.h>

#include "client/duty.h"
#include "client/lang.h"
#include "client/say.h"

#define HEADING_CELLS SHOW_CARD_CELLS

const char *show_protection(uint64_t generation)
{
	static char text[192];

	if (generation == 0)
		return _("works from link keys alone: not quantum-safe, no forward secrecy for parcels");
	snprintf(text, sizeof text, _("courier key, generation %llu: quantum-safe"), (unsigned long long)generation);
	return text;
}

enum card_age card_age(const struct card *card, int64_t now, int64_t *out_days)
{
	*out_days = (now - card->valid_from) / (WEEK_US / 7);
	if (now < card->valid_from)
		return CARD_NOT_YET;
	if (now >= card->valid_until)
		return CARD_EXPIRED;
	return *out_days > CARD_RED_DAYS ? CARD_RED : *out_days >= CARD_AMBER_DAYS ? CARD_AMBER : CARD_CURRENT;
}

const char *card_age_name(enum card_age age)
{
	static const char *const names[] = {"current", "amber", "red", "expired", "not yet valid"};

	return names[age];
}

void show_card_age(const struct card *card, int64_t now, char out[SHOW_CARD_AGE])
{
	char from[TIME_TEXT];
	int64_t days;
	enum card_age age = card_age(card, now, &days);

	time_format_dtg(card->valid_from, from);
	switch (age) {
	case CARD_CURRENT:
		snprintf(out, SHOW_CARD_AGE, _("%lld days"), (long long)days);
		break;
	case CARD_AMBER:
		snprintf(out, SHOW_CARD_AGE, _("%lld days, AMBER: ask for a new one"), (long long)days);
		break;
	case CARD_RED:
		snprintf(out, SHOW_CARD_AGE, _("%lld days, RED: too old, reachable all the same"), (long long)days);
		break;
	case CARD_EXPIRED:
		snprintf(out, SHOW_CARD_AGE, _("%lld days, RED: EXPIRED, reachable all the same"), (long long)days);
		break;
	case CARD_NOT_YET:
		snprintf(out, SHOW_CARD_AGE, _("RED: NOT VALID BEFORE %s, reachable all the same"), from);
		break;
	}
}

void show_weeks(uint32_t from, uint32_t to, char out[SHOW_WEEKS])
{
	char first[TIME_TEXT], last[TIME_TEXT];

	time_format_iso(from * WEEK_US, first);
	time_format_iso((to + INT64_C(1)) * WEEK_US - 1, last);
	snprintf(out, SHOW_WEEKS, _("%.10s to %.10s"), first, last);
}

static void show_hours(FILE *out, const struct card *card)
{
	struct duty duty;
	char now[DUTY_TEXT];

	if (card->hours_count == 0)
		say_field(out, HEADING_CELLS, _("hours"), _("always"));
	for (size_t i = 0; i < card->hours_count; i++)
		say_field(out, HEADING_CELLS, i == 0 ? _("hours") : "", "%s %02u:%02u-%02u:%02u",
			  _(duty_weekday(card->hours[i].weekday)), card->hours[i].from / 60, card->hours[i].from % 60,
			  card->hours[i].to / 60, card->hours[i].to % 60);
	duty_at(card, time(NULL) * SECOND_US, &duty);
	duty_format(&duty, card->zone, now);
	say_field(out, HEADING_CELLS, _("now"), "%s", now);
}

static void show_list(FILE *out, const char *heading, const struct bytes *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		say_field(out, HEADING_CELLS, i == 0 ? heading : "", "%.*s", BYTES(items[i]));
}

static void show_fallbacks(FILE *out, const struct card *card)
{
	static const char *const kinds[] = {"code 0", N_("phone"), N_("fax"), N_("embassy"), N_("radio"), N_("e-mail")};

	for (size_t i = 0; i < card->fallback_count; i++)
		say_field(out, HEADING_CELLS, i == 0 ? _("fallback") : "", "%s: %.*s",
			  _(kinds[card->fallback[i].kind % 6]), BYTES(card->fallback[i].value));
}

static void show_all_but_root(FILE *out, const struct card *card)
{
	char from[TIME_TEXT], until[TIME_TEXT];

	time_format_dtg(card->valid_from, from);
	time_format_dtg(card->valid_until, until);
	say_field(out, HEADING_CELLS, _("name"), "%.*s", BYTES(card->name));
	for (size_t i = 0; i < card->office_count; i++)
		say_field(out, HEADING_CELLS, i == 0 ? _("office") : "", "%.*s (%.*s)", BYTES(card->office[i].office),
			  BYTES(card->office[i].lang));
	say_field(out, HEADING_CELLS, _("state"), "%.*s", BYTES(card->state));
	say_field(out, HEADING_CELLS, _("lane"), _("%s, layer %u"),
		  card->lane == LANE_TECHNICAL ? _("technical") : _("diplomatic"), card->layer);
	say_field(out, HEADING_CELLS, _("serial"), _("%llu, valid %s to %s"), (unsigned long long)card->serial, from,
		  until);
	say_field(out, HEADING_CELLS, _("zone"), "%.*s", BYTES(card->zone));
	show_hours(out, card);
	show_list(out, _("languages"), card->language, card->language_count);
	show_list(out, _("endpoints"), card->endpoint, card->endpoint_count);
	show_list(out, _("alternates"), card->alternate, card->alternate_count);
	show_fallbacks(out, card);
}

void show_card(FILE *out, const struct card *card)
{
	char fingerprint[FINGERPRINT_TEXT], hex[FINGERPRINT_HEX];

	key_fingerprint(card->root, fingerprint);
	key_fingerprint_hex(card->root, hex);
	show_all_but_root(out, card);
	say_field(out, HEADING_CELLS, _("fingerprint"), "%s", fingerprint);
	say_field(out, HEADING_CELLS, "", "%s", hex);
}

void show_card_offered(FILE *out, const struct card *card)
{
	char fingerprint[FINGERPRINT_TEXT];

	key_fingerprint(card->root, fingerprint);
	show_all_but_root(out, card);
	say_field(out, HEADING_CELLS, _("fingerprint"), "%.*s..... .....", SHOWN_DIGITS, fingerprint);
}
