/* Every field of a card in the order of SPEC 5.3. Both cards of a comparison have the same lines. */
#include "client/card_lines.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "client/lang.h"
#include "client/say.h"

#define HEADING_CELLS 15

/* A list under construction: its items parted by commas. */
struct words {
	FILE *file;
	char *text;
	size_t len;
};

static void words_init(struct words *words)
{
	words->file = must(open_memstream(&words->text, &words->len));
}

static void words_add(struct words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void words_add(struct words *words, const char *format, ...)
{
	va_list args;

	if (ftell(words->file) > 0)
		fputs(", ", words->file);
	va_start(args, format);
	vfprintf(words->file, format, args);
	va_end(args);
}

static void put(struct card_lines *lines, const char *label, char *text)
{
	assert(lines->count < CARD_LINES);
	lines->line[lines->count].label = label;
	lines->line[lines->count++].text = text;
}

static void put_words(struct card_lines *lines, const char *label, struct words *words, const char *none)
{
	if (ftell(words->file) == 0)
		fputs(_(none), words->file);
	fclose(words->file);
	put(lines, label, must(words->text));
}

static void put_time(struct card_lines *lines, const char *label, int64_t at)
{
	char text[TIME_TEXT];

	time_format_iso(at, text);
	put(lines, label, say_format("%s", text));
}

static void put_key(struct card_lines *lines, const char *label, const uint8_t key[KEY_BYTES])
{
	char hex[2 * KEY_BYTES + 1];

	key_hex(key, KEY_BYTES, hex);
	put(lines, label, say_format("%s", hex));
}

static void put_list(struct card_lines *lines, const char *label, const struct bytes *items, size_t count)
{
	struct words words;

	words_init(&words);
	for (size_t i = 0; i < count; i++)
		words_add(&words, "%.*s", BYTES(items[i]));
	put_words(lines, label, &words, N_("none"));
}

static void put_hours(struct card_lines *lines, const struct card *card)
{
	static const char *const days[] = {N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun")};
	struct words words;

	words_init(&words);
	for (size_t i = 0; i < card->hours_count; i++)
		words_add(&words, "%s %02u:%02u-%02u:%02u", _(days[card->hours[i].weekday % 7]), card->hours[i].from / 60,
			  card->hours[i].from % 60, card->hours[i].to / 60, card->hours[i].to % 60);
	put_words(lines, N_("hours"), &words, N_("always"));
}

static void put_office(struct card_lines *lines, const struct card *card)
{
	struct words words;

	words_init(&words);
	for (size_t i = 0; i < card->office_count; i++)
		words_add(&words, "%.*s (%.*s)", BYTES(card->office[i].office), BYTES(card->office[i].lang));
	put_words(lines, N_("office"), &words, N_("none"));
}

static void put_fallbacks(struct card_lines *lines, const struct card *card)
{
	static const char *const kinds[] = {"code 0", N_("phone"), N_("fax"), N_("embassy"), N_("radio"), N_("e-mail")};
	struct words words;

	words_init(&words);
	for (size_t i = 0; i < card->fallback_count; i++)
		words_add(&words, "%s %.*s", _(kinds[card->fallback[i].kind % 6]), BYTES(card->fallback[i].value));
	put_words(lines, N_("fallbacks"), &words, N_("none"));
}

static void put_ext(struct card_lines *lines, const struct ext *ext)
{
	struct words words;

	words_init(&words);
	for (size_t i = 0; i < ext->count; i++) {
		char *hex = must(malloc(2 * ext->entry[i].value.len + 1));

		key_hex(ext->entry[i].value.data, ext->entry[i].value.len, hex);
		words_add(&words, _("code %llu: %s"), (unsigned long long)ext->entry[i].code, hex);
		free(hex);
	}
	put_words(lines, N_("extensions"), &words, N_("none"));
}

void card_lines_init(struct card_lines *lines, const struct card *card)
{
	char fingerprint[FINGERPRINT_TEXT];

	lines->count = 0;
	put(lines, N_("name"), say_format("%.*s", BYTES(card->name)));
	put(lines, N_("state"), say_format("%.*s", BYTES(card->state)));
	put(lines, N_("serial"), say_format("%llu", (unsigned long long)card->serial));
	put_time(lines, N_("valid from"), card->valid_from);
	put_time(lines, N_("valid until"), card->valid_until);
	put(lines, N_("lane"), say_format("%s", card->lane == LANE_TECHNICAL ? _("technical") : _("diplomatic")));
	put(lines, N_("layer"), say_format("%u", card->layer));
	put_office(lines, card);
	put(lines, N_("zone"), say_format("%.*s", BYTES(card->zone)));
	put_hours(lines, card);
	put_list(lines, N_("languages"), card->language, card->language_count);
	put_list(lines, N_("endpoints"), card->endpoint, card->endpoint_count);
	put_list(lines, N_("alternates"), card->alternate, card->alternate_count);
	put_fallbacks(lines, card);
	key_fingerprint(card->root, fingerprint);
	put(lines, N_("root"), say_format("%s", fingerprint));
	put_key(lines, N_("signing key"), card->signing);
	put_key(lines, N_("log key"), card->log);
	put_key(lines, N_("link key"), card->link);
	put_ext(lines, &card->ext);
}

void card_lines_finish(struct card_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		free(lines->line[i].text);
	lines->count = 0;
}

static void print(FILE *out, const char *label, const char *before, const char *text)
{
	char *heading = say_format("  %s", _(label));

	say_field(out, HEADING_CELLS, heading, "%s%s%s", before, *before != '\0' ? " → " : "", text);
	free(heading);
}

void card_lines_print(FILE *out, const struct card_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		print(out, lines->line[i].label, "", lines->line[i].text);
}

size_t card_lines_compare(FILE *out, const struct card_lines *before, const struct card_lines *now)
{
	size_t changed = 0;

	for (size_t i = 0; i < now->count; i++)
		if (strcmp(before->line[i].text, now->line[i].text) != 0) {
			print(out, now->line[i].label, before->line[i].text, now->line[i].text);
			changed++;
		}
	return changed;
}
