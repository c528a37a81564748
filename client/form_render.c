/* Writing draft files: the form as form_parse() reads it. Nothing here is made safe; the caller prints it. */
#include <stdlib.h>
#include <string.h>

#include "client/field.h"
#include "client/form.h"
#include "client/say.h"

static void put_names(FILE *out, const char *header, const struct bytes *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%.*s", i == 0 ? header : ", ", BYTES(names[i]));
	if (count > 0)
		fputc('\n', out);
}

/* A value whose line ends become continuation lines. */
static void put_value(FILE *out, const char *header, struct bytes value)
{
	if (value.len == 0)
		return;
	fprintf(out, "%s: ", header);
	for (size_t i = 0; i < value.len; i++) {
		fputc(value.data[i], out);
		if (value.data[i] == '\n')
			fputc(' ', out);
	}
	fputc('\n', out);
}

static void put_hex(FILE *out, const char *header, bool is_there, const uint8_t *data, size_t len)
{
	char hex[2 * OBJECT_ID_BYTES + 1];

	if (!is_there)
		return;
	key_hex(data, len, hex);
	fprintf(out, "%s: %s\n", header, hex);
}

static void put_time(FILE *out, const char *header, int64_t at)
{
	char text[TIME_TEXT];

	if (at == 0)
		return;
	if (at % SECOND_US == 0)
		time_format_iso(at, text);
	else
		time_format_iso_micro(at, text);
	fprintf(out, "%s: %s\n", header, text);
}

/* "Actions-Asked" of "actions-asked". */
static void put_field(FILE *out, uint64_t code, struct bytes value)
{
	char *text = field_text(code, value), name[32];
	bool begins = true;

	if (field_row(code) != NULL) {
		snprintf(name, sizeof name, "%s", field_row(code)->name);
		for (char *c = name; *c != '\0'; c++) {
			if (begins && *c >= 'a' && *c <= 'z')
				*c -= 'a' - 'A';
			begins = *c == '-';
		}
		put_value(out, name, bytes_of(text));
	}
	free(text);
}

static void put_headers(const struct message *m, FILE *out)
{
	if (kind_name(m->kind) != NULL)
		fprintf(out, "Kind: %s\n", kind_name(m->kind));
	if (precedence_name(m->precedence) != NULL)
		fprintf(out, "Precedence: %s\n", precedence_name(m->precedence));
	put_names(out, "To: ", m->action, m->action_count);
	put_names(out, "Cc: ", m->info, m->info_count);
	put_value(out, "Exercise", m->exercise);
	put_hex(out, "In-Reply-To", m->has_in_reply_to, m->in_reply_to, sizeof m->in_reply_to);
	put_hex(out, "Supersedes", m->has_supersedes, m->supersedes, sizeof m->supersedes);
	put_hex(out, "Incident", m->has_incident, m->incident, sizeof m->incident);
	put_time(out, "Reply-By", m->reply_by);
	put_time(out, "Expires", m->expires);
	if (tlp_name(m->tlp) != NULL)
		fprintf(out, "TLP: %s\n", tlp_name(m->tlp));
	fprintf(out, "Without-Prejudice: %s\n", m->is_without_prejudice ? "yes" : "no");
	put_names(out, "Ladder-To: ", m->ladder, m->ladder_count);
}

void form_render(const struct message *m, const struct content *c, FILE *out)
{
	put_headers(m, out);
	put_value(out, "Subject", c->subject);
	put_value(out, "Language", c->lang);
	for (size_t i = 0; i < c->field_count; i++)
		put_field(out, c->field[i].code, c->field[i].value);
	put_value(out, "Remarks", c->remarks);
	fputc('\n', out);
	if (c->text.len > 0)
		fprintf(out, "%.*s\n", BYTES(c->text));
	for (size_t i = 0; i < c->translation_count; i++) {
		fprintf(out, "--- translation %.*s by %s\n", BYTES(c->translation[i].lang),
			c->translation[i].by == 1 ? "officer" : "machine");
		fprintf(out, "%.*s\n", BYTES(c->translation[i].text));
	}
}

char *form_text(const struct message *message, const struct content *content)
{
	char *text = NULL;
	size_t len;
	FILE *out = must(open_memstream(&text, &len));

	form_render(message, content, out);
	fclose(out);
	return text;
}
