/*
 * A format fits a sentence when the sentence is its words with something in each place: digits where it prints a number,
 * anything where it prints a text. Of several the one with the most words of its own is meant. Nothing from the station or
 * from a catalogue is ever given to printf.
 */
#include "client/heard.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/format_args.h"
#include "client/lang.h"
#include "client/say.h"

#define WORDS_MIN 6 /* bytes of words: "%s: %s" would fit everything */
#define DEPTH_MAX 3
#define JOINT "; "

/* The parts of a sentence that stand in the places of a format, by the number of printf's argument. */
struct places {
	size_t words;
	struct bytes part[FORMAT_ARGS];
};

static bool is_number(struct bytes part)
{
	for (size_t i = 0; i < part.len; i++)
		if (!isdigit(part.data[i]) && (i > 0 || part.data[i] != '-'))
			return false;
	return part.len > 0;
}

/* Where these words stand next; at the very end if nothing follows them. NULL when they do not. */
static const uint8_t *find(struct bytes in, const char *words, size_t len, bool is_last)
{
	if (len > in.len)
		return NULL;
	if (!is_last)
		return memmem(in.data, in.len, words, len);
	return memcmp(in.data + in.len - len, words, len) == 0 ? in.data + in.len - len : NULL;
}

static bool fits(const char *format, struct bytes sentence, struct places *out)
{
	struct format_args args = {0};
	struct format_walk walk = {.at = format, .out = &args};
	size_t len = strcspn(format, "%");
	struct bytes rest = {sentence.data + len, sentence.len - len};

	if (len > sentence.len || memcmp(sentence.data, format, len) != 0)
		return false;
	out->words = len;
	for (walk.at += len; *walk.at++ == '%'; walk.at += len) {
		const uint8_t *words;
		struct bytes part;

		if (*walk.at == '%' || !format_args_take(&walk))
			return false;
		len = strcspn(walk.at, "%");
		words = find(rest, walk.at, len, walk.at[len] == '\0');
		if (words == NULL)
			return false;
		part = (struct bytes){rest.data, (size_t)(words - rest.data)};
		if (args.kind[walk.last] != 's' && !is_number(part))
			return false;
		out->part[walk.last] = part;
		out->words += len;
		rest = (struct bytes){words + len, rest.len - part.len - len};
	}
	return rest.len == 0;
}

static char *hear(const struct catalogue *catalogue, struct bytes sentence, unsigned depth);

/* A translation takes the same arguments as its format, in whatever order. */
static void fill(const struct catalogue *catalogue, const char *translation, const struct places *places, unsigned depth,
		 FILE *out)
{
	struct format_args args = {0};
	struct format_walk walk = {.at = translation, .out = &args};

	for (;;) {
		size_t len = strcspn(walk.at, "%");
		char *part;

		fwrite(walk.at, 1, len, out);
		walk.at += len;
		if (*walk.at++ == '\0')
			return;
		if (*walk.at == '%') {
			fputc(*walk.at++, out);
			continue;
		}
		if (!format_args_take(&walk))
			return;
		part = hear(catalogue, places->part[walk.last], depth + 1);
		fputs(part, out);
		free(part);
	}
}

/* The translation of the format that fits best, and what stands in its places; NULL when none fits. */
static const char *recognise(const struct catalogue *catalogue, struct bytes sentence, struct places *out)
{
	const char *found = NULL;
	size_t most = WORDS_MIN - 1;

	for (uint32_t row = 0; row < catalogue->count; row++) {
		const char *format = (const char *)catalogue_original(catalogue, row).data, *translation;
		struct places places = {0};

		if (!fits(format, sentence, &places) || places.words <= most)
			continue;
		translation = catalogue_find(catalogue, format, format);
		if (translation == NULL)
			continue;
		most = places.words;
		found = translation;
		*out = places;
	}
	return found;
}

/* Each of several; NULL when not the first of them is known. */
static char *hear_joined(const struct catalogue *catalogue, struct bytes sentence, unsigned depth)
{
	const uint8_t *joint = memmem(sentence.data, sentence.len, JOINT, strlen(JOINT));
	struct bytes first, rest;
	char *one, *others, *both;

	if (joint == NULL || depth >= DEPTH_MAX)
		return NULL;
	first = (struct bytes){sentence.data, (size_t)(joint - sentence.data)};
	rest = (struct bytes){joint + strlen(JOINT), sentence.len - first.len - strlen(JOINT)};
	one = hear(catalogue, first, depth);
	others = hear(catalogue, rest, depth);
	both = say_format("%s" JOINT "%s", one, others);
	free(one);
	free(others);
	return both;
}

static char *hear(const struct catalogue *catalogue, struct bytes sentence, unsigned depth)
{
	char *text = say_format("%.*s", BYTES(sentence)), *joined, *made = NULL;
	const char *found;
	struct places places;
	size_t len;
	FILE *out;

	if (sentence.len == 0 || depth >= DEPTH_MAX)
		return text;
	found = catalogue_find(catalogue, text, NULL);
	if (found != NULL && strchr(found, '%') == NULL) {
		free(text);
		return say_format("%s", found);
	}
	found = recognise(catalogue, sentence, &places);
	if (found == NULL) {
		joined = hear_joined(catalogue, sentence, depth);
		if (joined == NULL)
			return text;
		free(text);
		return joined;
	}
	free(text);
	out = must(open_memstream(&made, &len));
	fill(catalogue, found, &places, depth, out);
	if (fclose(out) != 0)
		abort();
	return made;
}

char *heard_by(const struct catalogue *catalogue, struct bytes sentence)
{
	return hear(catalogue, sentence, 0);
}

const char *heard(struct bytes sentence)
{
	static char *kept;

	free(kept);
	kept = heard_by(lang_catalogue(), sentence);
	return kept;
}
