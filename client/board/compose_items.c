/* The form's items: which a kind has, and the draft file that they are. */
#include "client/board/model.h"

#include <stdlib.h>
#include <string.h>

#include "client/lang.h"
#include "client/say.h"
#include "client/text.h"

#define TEXT "Text"
#define TRANSLATION "Translation"
#define TRANSLATION_OF "Translation-Language"
#define OPENS "--- translation "

static const char *const kinds[] = {"alert",   "notice", "inquiry", "assist", "mitigate", "answer",
				    "decline", "update", "correct", "cancel", "close",	  NULL};
static const char *const precedences[] = {"flash", "immediate", "priority", "routine", NULL};
static const char *const tlps[] = {"clear", "green", "amber", "amber+strict", "red", NULL};
static const char *const answers[] = {"yes", "no", NULL};

/* The header lines that are no coded fields, in the order in which they are asked. */
static const struct head {
	const char *name, *label;
	const char *const *choice;
	unsigned need; /* that makes it asked */
	bool is_always, is_first; /* asked of every kind; before the coded fields */
	size_t most;
	enum item_list list;
	enum item_names names;
} heads[] = {
    {"Kind", N_("Kind"), kinds, 0, true, true, 0, LIST_NONE, NAMES_NOTHING},
    {"Precedence", N_("Precedence"), precedences, 0, true, true, 0, LIST_NONE, NAMES_NOTHING},
    {"Exercise", N_("Exercise"), NULL, 0, false, true, 0, LIST_NONE, NAMES_NOTHING},
    {"To", N_("To"), NULL, 0, true, true, 0, LIST_CONTACTS, NAMES_NOTHING},
    {"Cc", N_("For information"), NULL, 0, false, true, 0, LIST_CONTACTS, NAMES_NOTHING},
    {"Subject", N_("Subject"), NULL, 0, true, true, LIMIT_SUBJECT, LIST_NONE, NAMES_NOTHING},
    {"Language", N_("Language"), NULL, 0, true, true, 0, LIST_NONE, NAMES_NOTHING},
    {"In-Reply-To", N_("In reply to"), NULL, NEED_IN_REPLY_TO, false, true, 0, LIST_NONE, NAMES_ANSWERED},
    {"Supersedes", N_("Supersedes"), NULL, NEED_SUPERSEDES, false, true, 0, LIST_NONE, NAMES_SUPERSEDED},
    {"Reply-By", N_("Reply by"), NULL, NEED_REPLY_BY, false, true, 0, LIST_NONE, NAMES_NOTHING},
    {"Incident", N_("Incident (\"new\" begins one)"), NULL, NEED_INCIDENT, false, true, 0, LIST_NONE, NAMES_INCIDENT},
    {"Expires", N_("Expires"), NULL, 0, false, false, 0, LIST_NONE, NAMES_NOTHING},
    {"TLP", N_("TLP"), tlps, 0, false, false, 0, LIST_NONE, NAMES_NOTHING},
    {"Without-Prejudice", N_("Without prejudice"), answers, 0, false, false, 0, LIST_NONE, NAMES_NOTHING},
    {"Ladder-To", N_("Ladder to"), NULL, 0, false, false, 0, LIST_CONTACTS, NAMES_NOTHING},
    {"Remarks", N_("Remarks"), NULL, 0, false, false, LIMIT_REMARKS, LIST_NONE, NAMES_NOTHING},
};
#define HEADS (sizeof heads / sizeof *heads)
_Static_assert(HEADS + FIELD_SERVICE + 2 * LIMIT_TRANSLATIONS <= ITEMS, "a whole message has room in the form");

static void item_free(struct item *item)
{
	free(item->name);
	free(item->label);
	free(item->text);
	free(item->choice);
	free(item->meant.why);
	memset(item, 0, sizeof *item);
}

void items_free(struct composer *composer)
{
	for (size_t i = 0; i < composer->count; i++)
		item_free(&composer->item[i]);
	composer->count = 0;
}

/* "" where an answer may be left out, the choices, and "other" where the codes have it. */
static const char **choices(const char *const *names, bool is_coded)
{
	const char **out;
	size_t count = 0, at = 0;

	while (names[count] != NULL)
		count++;
	out = must(calloc(count + 3, sizeof *out));
	if (is_coded)
		out[at++] = "";
	for (size_t i = 0; i < count; i++)
		out[at++] = names[i];
	if (is_coded)
		out[at++] = "other";
	return out;
}

static struct item *add(struct composer *composer, const char *name, const char *label, enum item_type type)
{
	struct item *item;

	if (composer->count == ITEMS)
		return NULL;
	item = &composer->item[composer->count++];
	*item = (struct item){.name = must(strdup(name)), .label = must(strdup(label)), .type = type, .text = must(strdup(""))};
	return item;
}

static void add_head(struct composer *composer, const struct head *head, uint8_t kind)
{
	struct item *item = add(composer, head->name, _(head->label), head->choice != NULL ? ITEM_CHOICE : ITEM_LINE);

	if (item == NULL)
		return;
	item->is_asked = head->is_always || (kind_needs(kind) & head->need) != 0;
	item->most = head->most;
	item->list = head->list;
	item->names = head->names;
	if (head->choice != NULL)
		item->choice = choices(head->choice, false);
}

/* The coded fields that the kind asks for, or the others. */
static void add_fields(struct composer *composer, uint8_t kind, bool is_asked)
{
	for (uint64_t code = 1; code < FIELD_SERVICE; code++) {
		const struct field_row *row = field_row(code);
		struct item *item;

		if (row == NULL || kind_asks_field(kind, (enum field)code) != is_asked)
			continue;
		item = add(composer, row->name, _(row->name), row->shape == SHAPE_CODE ? ITEM_CHOICE : ITEM_LINE);
		if (item == NULL)
			return;
		item->is_asked = is_asked;
		item->field = code;
		if (row->shape == SHAPE_CODE)
			item->choice = choices(row->codes, true);
		else if (row->shape == SHAPE_CODES)
			item->list = LIST_CODES;
		else if (row->shape == SHAPE_SEVERITY || row->shape == SHAPE_PUBLIC)
			item->list = LIST_ONE_CODE;
	}
}

static void add_translation(struct composer *composer)
{
	add(composer, TRANSLATION_OF, _("Translation: language"), ITEM_LINE);
	add(composer, TRANSLATION, _("Translation"), ITEM_TEXT);
}

static struct item *find(struct composer *composer, struct bytes name, size_t skip)
{
	for (size_t i = 0; i < composer->count; i++)
		if (text_is(name, composer->item[i].name) && skip-- == 0)
			return &composer->item[i];
	return NULL;
}

static void set(struct composer *composer, struct bytes name, size_t skip, struct bytes value)
{
	struct item *item = find(composer, name, skip);

	if (item == NULL)
		return;
	free(item->text);
	item->text = say_format("%.*s", BYTES(value));
	item->cursor = strlen(item->text);
}

void items_make(struct composer *composer, const char *kind_word)
{
	struct composer old = *composer;
	uint8_t kind = kind_of(bytes_of(kind_word));
	size_t translations = 0;
	struct item *item;

	composer->count = composer->referring = 0;
	for (size_t i = 0; i < HEADS; i++)
		if (heads[i].is_first)
			add_head(composer, &heads[i], kind);
	add_fields(composer, kind, true);
	item = add(composer, TEXT, _("Text"), ITEM_TEXT);
	item->is_asked = (kind_needs(kind) & NEED_TEXT) != 0;
	for (size_t i = 0; i < old.count; i++)
		translations += strcmp(old.item[i].name, TRANSLATION) == 0;
	for (size_t i = 0; i < translations || i == 0; i++)
		add_translation(composer);
	for (size_t i = 0; i < HEADS; i++)
		if (!heads[i].is_first)
			add_head(composer, &heads[i], kind);
	add_fields(composer, kind, false);
	for (size_t i = 0, seen = 0; i < old.count; i++) {
		seen = 0;
		for (size_t j = 0; j < i; j++)
			seen += strcmp(old.item[j].name, old.item[i].name) == 0;
		set(composer, bytes_of(old.item[i].name), seen, bytes_of(old.item[i].text));
	}
	set(composer, bytes_of("Kind"), 0, bytes_of(kind_word));
	for (size_t i = 0; i < old.count; i++)
		item_free(&old.item[i]);
}

/* Text up to the next translation, without the line end before that. */
static struct bytes take_body(struct bytes *rest)
{
	struct bytes body = {rest->data, 0};

	while (body.len < rest->len && (rest->len - body.len < strlen(OPENS) || (body.len > 0 && rest->data[body.len - 1] != '\n') ||
					memcmp(rest->data + body.len, OPENS, strlen(OPENS)) != 0))
		body.len++;
	*rest = (struct bytes){rest->data + body.len, rest->len - body.len};
	if (body.len > 0 && body.data[body.len - 1] == '\n')
		body.len--;
	return body;
}

void items_load(struct composer *composer, struct bytes file)
{
	struct bytes rest = file, line, name;
	char *kind;

	/* the kind first, as it says which items there are */
	while (rest.len > 0 && (line = text_cut(&rest, '\n')).len > 0) {
		name = text_cut(&line, ':');
		if (text_is(name, "Kind")) {
			kind = say_format("%.*s", BYTES(text_trim(line)));
			items_make(composer, kind);
			free(kind);
		}
	}
	for (rest = file; rest.len > 0 && (line = text_cut(&rest, '\n')).len > 0;) {
		name = text_cut(&line, ':');
		set(composer, name, 0, text_trim(line));
	}
	set(composer, bytes_of(TEXT), 0, take_body(&rest));
	for (size_t i = 0; rest.len > 0; i++) {
		line = text_cut(&rest, '\n');
		if (find(composer, bytes_of(TRANSLATION), i) == NULL)
			add_translation(composer);
		text_cut(&line, ' ');
		text_cut(&line, ' '); /* what is left: "vi by officer" */
		set(composer, bytes_of(TRANSLATION_OF), i, text_trim(line));
		set(composer, bytes_of(TRANSLATION), i, take_body(&rest));
	}
}

static bool is_body(const struct item *item)
{
	return strncmp(item->name, TRANSLATION, strlen(TRANSLATION)) == 0 || strcmp(item->name, TEXT) == 0;
}

static unsigned count_lines(const char *text)
{
	unsigned count = 1;

	for (; *text != '\0'; text++)
		count += *text == '\n';
	return count;
}

char *items_file(const struct composer *composer, unsigned line[ITEMS])
{
	char *file = NULL;
	size_t len;
	FILE *out = must(open_memstream(&file, &len));
	unsigned at = 1;

	memset(line, 0, ITEMS * sizeof *line);
	for (size_t i = 0; i < composer->count; i++)
		if (!is_body(&composer->item[i]) && composer->item[i].text[0] != '\0' && !composer->item[i].is_wrong) {
			line[i] = at++;
			fprintf(out, "%s: %s\n", composer->item[i].name, composer->item[i].text);
		}
	fputc('\n', out);
	at++;
	for (size_t i = 0; i < composer->count; i++) {
		const struct item *item = &composer->item[i];

		if (!is_body(item) || item->is_wrong || item->text[0] == '\0')
			continue;
		line[i] = at;
		if (strcmp(item->name, TRANSLATION_OF) == 0 && item[1].text[0] != '\0' && !item[1].is_wrong)
			fprintf(out, "%s%s%s\n", OPENS, item->text, strstr(item->text, " by ") != NULL ? "" : " by officer");
		else if (strcmp(item->name, TEXT) == 0 || (item[-1].text[0] != '\0' && !item[-1].is_wrong))
			fprintf(out, "%s\n", item->text);
		else
			continue;
		at += strcmp(item->name, TRANSLATION_OF) == 0 ? 1 : count_lines(item->text);
	}
	fclose(out);
	return file;
}
