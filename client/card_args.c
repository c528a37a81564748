/* Options to a card: each is checked alone, so that the message names it. */
#include "client/card_args.h"

#include <stdio.h>
#include <string.h>

#include "client/lang.h"
#include "client/say.h"
#include "client/text.h"

#define DAY_US (24 * HOUR_US)
#define VALID_DAYS 365
#define VALID_DAYS_MAX 3650

/* "en=National CERT" to its two parts; false without a "=". */
static bool cut_pair(const char *option, const char *value, struct bytes *out_key, struct bytes *out_value)
{
	struct bytes rest = bytes_of(value);

	*out_key = text_cut(&rest, '=');
	*out_value = text_trim(rest);
	if (out_key->len > 0 && out_value->len > 0 && utf8_is_valid(rest))
		return true;
	say_error(_("%s %s: two parts joined by \"=\" are wanted"), option, value);
	return false;
}

static bool read_offices(const struct args *args, struct card *card)
{
	const char *value;
	size_t at = 0;

	if (args_has(args, "--office"))
		card->office_count = 0;
	while ((value = args_next(args, "--office", &at)) != NULL) {
		struct bytes lang, office;

		if (!cut_pair("--office", value, &lang, &office))
			return false;
		if (!text_is_language(lang) || office.len > LIMIT_CARD_TEXT_BYTES ||
		    card->office_count == LIMIT_OFFICES) {
			say_error(
			    _("--office %s: LANGUAGE=NAME is wanted, the name of at most %u bytes, at most %d times"),
			    value, LIMIT_CARD_TEXT_BYTES, LIMIT_OFFICES);
			return false;
		}
		card->office[card->office_count].lang = lang;
		card->office[card->office_count++].office = office;
	}
	return true;
}

static int day_of(struct bytes text)
{
	static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

	for (int day = 0; day < 7; day++)
		if (text_is(text, days[day]))
			return day;
	return -1;
}

/* "08:30" in minutes of the day, up to "24:00"; -1 if it is none. */
static int minutes_of(struct bytes text)
{
	struct bytes hour = text_cut(&text, ':');
	uint64_t hours, minutes;

	if (hour.len != 2 || text.len != 2 || !text_number(hour, 24, &hours) || !text_number(text, 59, &minutes))
		return -1;
	return hours * 60 + minutes <= 1440 ? (int)(hours * 60 + minutes) : -1;
}

/* "mon-fri 08:00-18:00": one entry a day. */
static bool add_hours(struct bytes text, struct card *card)
{
	struct bytes days = text_cut(&text, ' '), times = text_trim(text), first = text_cut(&days, '-');
	int day = day_of(first), last = days.len > 0 ? day_of(days) : day;
	int from = minutes_of(text_cut(&times, '-')), to = minutes_of(text_trim(times));

	if (day < 0 || last < 0 || from < 0 || to <= from)
		return false;
	for (;; day = (day + 1) % 7) {
		if (card->hours_count == LIMIT_HOURS)
			return false;
		card->hours[card->hours_count].weekday = (uint8_t)day;
		card->hours[card->hours_count].from = (uint16_t)from;
		card->hours[card->hours_count++].to = (uint16_t)to;
		if (day == last)
			return true;
	}
}

static bool read_hours(const struct args *args, struct card *card)
{
	const char *value;
	size_t at = 0;

	if (args_has(args, "--hours"))
		card->hours_count = 0;
	while ((value = args_next(args, "--hours", &at)) != NULL)
		if (!add_hours(bytes_of(value), card)) {
			say_error(_("--hours %s: wanted is like \"mon-fri 08:00-18:00\", at most %d days in all"),
				  value, LIMIT_HOURS);
			return false;
		}
	return true;
}

static bool read_fallbacks(const struct args *args, struct card *card)
{
	static const char *const kinds[] = {"phone", "fax", "embassy", "radio", "email"};
	const char *value;
	size_t at = 0;

	if (args_has(args, "--fallback"))
		card->fallback_count = 0;
	while ((value = args_next(args, "--fallback", &at)) != NULL) {
		struct bytes name, way;
		size_t kind = 0;

		if (!cut_pair("--fallback", value, &name, &way))
			return false;
		while (kind < 5 && !text_is(name, kinds[kind]))
			kind++;
		if (kind == 5 || way.len > LIMIT_CARD_TEXT_BYTES || card->fallback_count == LIMIT_FALLBACKS) {
			say_error(
			    _("--fallback %s: wanted is phone=, fax=, embassy=, radio= or email=, at most %d times"),
			    value, LIMIT_FALLBACKS);
			return false;
		}
		card->fallback[card->fallback_count].kind = (uint8_t)(kind + FALLBACK_PHONE);
		card->fallback[card->fallback_count++].value = way;
	}
	return true;
}

static bool is_any_text(struct bytes text)
{
	return text.len > 0 && text.len <= LIMIT_ENDPOINT_BYTES && utf8_is_valid(text);
}

/* An option given several times, each value of one form. */
static bool read_list(const struct args *args, const char *option, bool (*is_good)(struct bytes), size_t max,
		      struct bytes *out, size_t *out_count)
{
	const char *value;
	size_t at = 0, count = 0;

	while ((value = args_next(args, option, &at)) != NULL) {
		if (!is_good(bytes_of(value)) || count == max) {
			say_error(_("%s %s is not allowed here (at most %zu of them)"), option, value, max);
			return false;
		}
		out[count++] = bytes_of(value);
	}
	if (count > 0)
		*out_count = count;
	return true;
}

static bool read_place(const struct args *args, struct card *card)
{
	const char *lane = args_value(args, "--lane"), *layer = args_value(args, "--layer");
	const char *zone = args_value(args, "--zone");
	uint64_t number;

	if (lane != NULL && strcmp(lane, "technical") != 0 && strcmp(lane, "diplomatic") != 0) {
		say_error(_("--lane %s: a lane is technical or diplomatic"), lane);
		return false;
	}
	if (layer != NULL && (!text_number(bytes_of(layer), 3, &number) || number == 0)) {
		say_error(_("--layer %s: a layer is 1 (technical), 2 (diplomatic) or 3 (political)"), layer);
		return false;
	}
	if (lane != NULL)
		card->lane = strcmp(lane, "diplomatic") == 0 ? LANE_DIPLOMATIC : LANE_TECHNICAL;
	if (layer != NULL)
		card->layer = (uint8_t)number;
	if (zone != NULL)
		card->zone = bytes_of(zone);
	return true;
}

static bool read_validity(const struct args *args, int64_t now_us, struct card *card)
{
	const char *value = args_value(args, "--valid-days");
	uint64_t days = VALID_DAYS;

	if (value != NULL && (!text_number(bytes_of(value), VALID_DAYS_MAX, &days) || days == 0)) {
		say_error(_("--valid-days %s: wanted is a number from 1 to %d"), value, VALID_DAYS_MAX);
		return false;
	}
	card->serial++;
	card->valid_from = now_us;
	card->valid_until = now_us + (int64_t)days * DAY_US;
	return true;
}

/* The name of a card never changes; the first one must say it. */
static bool read_name(const struct args *args, const struct card *present, struct card *card)
{
	const char *name = args_value(args, "--name");

	if (name != NULL)
		card->name = bytes_of(name);
	if (present != NULL && !bytes_equal(card->name, present->name)) {
		say_error(_("--name %s: the card here is of %.*s, and a contact point keeps its name"), name,
			  BYTES(present->name));
		return false;
	}
	if (!name_is_valid(card->name) || !name_is_state(name_state(card->name))) {
		say_error(
		    _("--name %.*s: a contact point is <state>-<desk> like tha-cert: small letters, digits and \"-\", "
		      "at most %d bytes"),
		    BYTES(card->name), LIMIT_NAME_BYTES);
		return false;
	}
	card->state = name_state(card->name);
	return true;
}

bool card_args_read(const struct args *args, int64_t now_us, const struct card *present, struct card *out)
{
	struct card card = {.lane = LANE_TECHNICAL, .layer = 1, .zone = bytes_of("UTC")};

	if (present != NULL)
		card = *present;
	if (!read_name(args, present, &card) || !read_place(args, &card) || !read_validity(args, now_us, &card) ||
	    !card_args_read_office(args, &card) || !read_hours(args, &card))
		return false;
	if (!read_list(args, "--language", text_is_language, LIMIT_LANGUAGES, card.language, &card.language_count) ||
	    !read_list(args, "--endpoint", is_any_text, LIMIT_ENDPOINTS, card.endpoint, &card.endpoint_count) ||
	    !read_list(args, "--alternate", name_is_valid, LIMIT_ALTERNATES, card.alternate, &card.alternate_count))
		return false;
	*out = card;
	return true;
}

bool card_args_read_office(const struct args *args, struct card *card)
{
	return read_offices(args, card) && read_fallbacks(args, card);
}
