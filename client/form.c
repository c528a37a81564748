/*
 * Reading draft files. The file is checked, normalised and cut in place; each header has one function, found by its
 * name in one table, and the coded fields are found by proto's table.
 */
#include "client/form.h"

#include <stdlib.h>
#include <string.h>

#include "client/field.h"
#include "client/form_header.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/text.h"

#define TRANSLATION "--- translation"
#define VALUES_EXTRA 1024 /* an encoded field may be longer than its text by its array's head */

void form_init(struct form *form)
{
	*form = (struct form){.message = {.is_without_prejudice = true}};
}

void form_finish(struct form *form)
{
	free(form->text);
	free(form->values.data);
	free(form->error);
	*form = (struct form){0};
}

bool form_refuse(struct parse *p, const char *format, ...)
{
	va_list args;
	char *sentence;

	va_start(args, format);
	sentence = say_vformat(format, args);
	va_end(args);
	free(p->form->error);
	p->form->error =
	    p->file != NULL ? say_format("%s:%u: %s", p->file, p->line, sentence) : say_format("%s", sentence);
	free(sentence);
	return false;
}

static unsigned line_at(const uint8_t *text, const uint8_t *at)
{
	unsigned line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

/* Checks and normalises the file into form->text, line ends made "\n". */
static bool take_file(struct parse *p, struct bytes text)
{
	size_t bad = text_invalid_at(text), len = 0, kept = 0;
	char *nfc;

	if (text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0) {
		text = (struct bytes){text.data + 3, text.len - 3}; /* the byte order mark of some editors */
		bad -= bad < 3 ? bad : 3;
	}
	if (bad < text.len) {
		p->line = line_at(text.data, text.data + bad);
		return form_refuse(p, _("this line is not UTF-8 text; save the file as UTF-8"));
	}
	nfc = text_nfc(text, &len);
	for (size_t i = 0; i < len; i++) {
		while (nfc[i] == '\n' && kept > 0 && nfc[kept - 1] == '\r')
			kept--; /* all of them, or each reading would take one more */
		nfc[kept++] = nfc[i];
	}
	nfc[kept] = '\0';
	p->form->text = nfc;
	p->rest = (struct bytes){(uint8_t *)nfc, kept};
	p->form->values = pack_writer(must(malloc(kept + VALUES_EXTRA)), kept + VALUES_EXTRA);
	return true;
}

static struct bytes cut_line(struct parse *p)
{
	const uint8_t *end = p->rest.len > 0 ? memchr(p->rest.data, '\n', p->rest.len) : NULL;
	struct bytes line = {p->rest.data, end != NULL ? (size_t)(end - p->rest.data) : p->rest.len};
	size_t took = line.len + (end != NULL);

	p->rest = (struct bytes){p->rest.data + took, p->rest.len - took};
	p->next_line++;
	return line;
}

/* Joins the continuation lines that follow, each by one blank, in the file's own memory. */
static struct bytes join_lines(struct parse *p, struct bytes value)
{
	uint8_t *end = (uint8_t *)(uintptr_t)(value.data + value.len);

	while (p->rest.len > 0 && (p->rest.data[0] == ' ' || p->rest.data[0] == '\t')) {
		struct bytes more = text_trim(cut_line(p));

		if (more.len == 0)
			break; /* a line of blanks ends the headers like an empty one */
		*end++ = ' ';
		memmove(end, more.data, more.len);
		end += more.len;
	}
	return text_trim((struct bytes){value.data, (size_t)(end - value.data)});
}

static bool take_header(struct parse *p, struct bytes line)
{
	struct bytes rest = line, name = text_cut(&rest, ':');
	size_t row = form_header_find(name);
	struct bytes value;

	if (memchr(line.data, ':', line.len) == NULL)
		return form_refuse(
		    p, _("\"%.*s\" is no header line; headers are \"Name: value\", then a blank line, then the text"),
		    BYTES(line));
	if (row == FORM_LINES)
		return form_refuse(p, _("there is no header \"%.*s\"; there are %s"), BYTES(name), form_header_names());
	if (p->form->line[row] != 0)
		return form_refuse(p, _("%.*s stands in line %u already"), BYTES(name), p->form->line[row]);
	p->form->line[row] = p->line;
	value = join_lines(p, rest);
	if (value.len == 0)
		return form_refuse(p, _("%.*s has no value; leave the line out, or write one"), BYTES(name));
	return form_header_take(p, row, value);
}

static bool begins_with_header(struct parse *p)
{
	struct bytes rest = p->rest, line = text_cut(&rest, '\n');

	if (line.len == 0)
		return true;
	rest = line;
	return memchr(line.data, ':', line.len) != NULL && form_header_find(text_cut(&rest, ':')) != FORM_LINES;
}

static bool take_headers(struct parse *p)
{
	if (p->form->is_text_alone && !begins_with_header(p))
		return true;
	while (p->rest.len > 0) {
		struct bytes line = cut_line(p);

		p->line = p->next_line - 1;
		if (text_trim(line).len == 0)
			break;
		if (!take_header(p, line))
			return false;
	}
	return true;
}

/* "--- translation en by officer" opens a translation. */
static bool open_translation(struct parse *p, struct bytes line)
{
	struct content *c = &p->form->content;
	struct bytes rest = {line.data + strlen(TRANSLATION), line.len - strlen(TRANSLATION)};
	struct bytes lang, by, who;

	rest = text_trim(rest);
	lang = text_cut(&rest, ' ');
	by = text_cut(&rest, ' ');
	who = text_trim(rest);
	p->line = p->next_line - 1;
	if (!text_is_language(lang) || !text_is(by, "by") || (!text_is(who, "officer") && !text_is(who, "machine")))
		return form_refuse(
		    p, _("a translation begins with \"--- translation LANGUAGE by officer\" or \"by machine\""));
	if (c->text.len == 0)
		return form_refuse(p, _("a translation stands beside the original text, which is empty"));
	if (bytes_equal(lang, c->lang))
		return form_refuse(p, _("the translation is in the language of the original, %.*s"), BYTES(lang));
	if (c->translation_count == LIMIT_TRANSLATIONS)
		return form_refuse(p, _("there are more than %d translations"), LIMIT_TRANSLATIONS);
	c->translation[c->translation_count].lang = lang;
	c->translation[c->translation_count++].by = text_is(who, "officer") ? 1 : 2;
	return true;
}

static bool take_text(struct parse *p, const char *what, struct bytes text, struct bytes *out)
{
	size_t limit = precedence_text_limit(p->form->message.precedence);

	*out = text_trim(text);
	if (utf8_length(*out) <= limit)
		return true;
	return form_refuse(p, _("%s has %zu characters; a message of %s precedence holds %zu"), what, utf8_length(*out),
			   lang_name(precedence_name(p->form->message.precedence)), limit);
}

/* The text and its translations, each up to the next opening line or the end. */
static bool take_body(struct parse *p)
{
	struct content *c = &p->form->content;
	struct bytes *into = &c->text;
	const uint8_t *start = p->rest.data;
	bool is_end;

	c->translation_count = 0;
	p->line = p->next_line;
	do {
		struct bytes line = cut_line(p), text;
		bool opens =
		    line.len >= strlen(TRANSLATION) && memcmp(line.data, TRANSLATION, strlen(TRANSLATION)) == 0;

		is_end = p->rest.len == 0;
		if (!opens && !is_end)
			continue;
		text = (struct bytes){start, (size_t)((opens ? line.data : line.data + line.len) - start)};
		if (!take_text(p, into == &c->text ? _("the text") : _("the translation"), text, into))
			return false;
		if (into != &c->text && into->len == 0)
			return form_refuse(p, _("the translation is empty"));
		if (opens && !open_translation(p, line))
			return false;
		if (opens && is_end)
			return form_refuse(p, _("the translation is empty"));
		if (opens)
			into = &c->translation[c->translation_count - 1].text;
		start = p->rest.data;
	} while (!is_end);
	return true;
}

/* What every draft needs, told at the line that ended the headers. */
static bool check_headers(struct parse *p)
{
	const struct message *m = &p->form->message;

	p->line = p->next_line > 1 ? p->next_line - 1 : 1;
	if (p->form->is_unfinished)
		return form_header_check(p);
	if (m->kind == 0)
		return form_refuse(p, _("Kind is missing: say what the message is, like \"Kind: notice\""));
	if (m->action_count == 0)
		return form_refuse(p, _("To is missing: at least one contact point is addressed for action"));
	if (p->form->content.lang.len == 0)
		return form_refuse(p, _("Language is missing: the language of the text, like en, th or vi"));
	return form_header_check(p);
}

bool form_parse(struct form *form, const char *file, struct bytes text)
{
	struct parse p = {.form = form, .file = file, .line = 1, .next_line = 1};

	return take_file(&p, text) && take_headers(&p) && check_headers(&p) && take_body(&p);
}

bool form_set_field(struct form *form, uint64_t code, struct bytes text)
{
	struct parse p = {.form = form};

	if (form->values.data == NULL)
		form->values = pack_writer(must(malloc(VALUES_EXTRA)), VALUES_EXTRA);
	return form_header_field(&p, code, text);
}
