/* Cards: who a contact point is, when it answers, and how else it is reached. */
#include "client/show_card.h"

#include <time.h>

#include "client/duty.h"
#include "client/say.h"

#define HEADING "%-12s"

const char *show_protection(uint64_t generation)
{
	return generation > 0 ? "pair key from exchanged offers"
			      : "link keys alone: not safe from a quantum computer, parcels not forward secret";
}

static void show_hours(FILE *out, const struct card *card)
{
	struct duty duty;
	char now[DUTY_TEXT];

	if (card->hours_count == 0)
		say(out, HEADING "always", "hours");
	for (size_t i = 0; i < card->hours_count; i++)
		say(out, HEADING "%s %02u:%02u-%02u:%02u", i == 0 ? "hours" : "", duty_weekday(card->hours[i].weekday),
		    card->hours[i].from / 60, card->hours[i].from % 60, card->hours[i].to / 60, card->hours[i].to % 60);
	duty_at(card, time(NULL) * SECOND_US, &duty);
	duty_format(&duty, card->zone, now);
	say(out, HEADING "%s", "now", now);
}

static void show_list(FILE *out, const char *heading, const struct bytes *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		say(out, HEADING "%.*s", i == 0 ? heading : "", BYTES(items[i]));
}

static void show_fallbacks(FILE *out, const struct card *card)
{
	static const char *const kinds[] = {"code 0", "phone", "fax", "embassy", "radio", "e-mail"};

	for (size_t i = 0; i < card->fallback_count; i++)
		say(out, HEADING "%s: %.*s", i == 0 ? "fallback" : "", kinds[card->fallback[i].kind % 6],
		    BYTES(card->fallback[i].value));
}

void show_card(FILE *out, const struct card *card)
{
	char from[TIME_TEXT], until[TIME_TEXT], fingerprint[FINGERPRINT_TEXT], hex[FINGERPRINT_HEX];

	time_format_dtg(card->valid_from, from);
	time_format_dtg(card->valid_until, until);
	key_fingerprint(card->root, fingerprint);
	key_fingerprint_hex(card->root, hex);
	say(out, HEADING "%.*s", "name", BYTES(card->name));
	for (size_t i = 0; i < card->office_count; i++)
		say(out, HEADING "%.*s (%.*s)", i == 0 ? "office" : "", BYTES(card->office[i].office),
		    BYTES(card->office[i].lang));
	say(out, HEADING "%.*s", "state", BYTES(card->state));
	say(out, HEADING "%s, layer %u", "lane", card->lane == LANE_TECHNICAL ? "technical" : "diplomatic",
	    card->layer);
	say(out, HEADING "%llu, valid %s to %s", "serial", (unsigned long long)card->serial, from, until);
	say(out, HEADING "%.*s", "zone", BYTES(card->zone));
	show_hours(out, card);
	show_list(out, "languages", card->language, card->language_count);
	show_list(out, "endpoints", card->endpoint, card->endpoint_count);
	show_list(out, "alternates", card->alternate, card->alternate_count);
	show_fallbacks(out, card);
	say(out, HEADING "%s", "fingerprint", fingerprint);
	say(out, HEADING "%s", "", hex);
}
