/*
 * A list over the form, from which an item's values are taken by name: codes, or contact points as the directory has them.
 * What was typed before and is not in the list stays, marked, as a row of its own.
 */
#include "client/board/model.h"

#include <stdlib.h>
#include <string.h>

#include "client/duty.h"
#include "client/field.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/text.h"
#include "proto/result.h"

#define LABEL_COLUMN 6 /* "> [x] " */
#define FOOT 2	       /* the lines under the list */

void pick_end(struct pick *pick)
{
	for (size_t i = 0; i < pick->count; i++) {
		free(pick->row[i].value);
		free(pick->row[i].label);
	}
	free(pick->row);
	free(pick->rest);
	memset(pick, 0, sizeof *pick);
}

static struct pick_row *add(struct pick *pick, char *value, char *label)
{
	pick->row = must(realloc(pick->row, (pick->count + 1) * sizeof *pick->row));
	pick->row[pick->count] = (struct pick_row){.value = value, .label = label};
	return &pick->row[pick->count++];
}

static struct pick_row *find(struct pick *pick, struct bytes value)
{
	for (size_t i = 0; i < pick->count; i++)
		if (text_is(value, pick->row[i].value))
			return &pick->row[i];
	return NULL;
}

/* Marks what the item says already. */
static void mark_present(struct pick *pick, const struct item *item)
{
	struct bytes rest = bytes_of(item->text), value;
	struct pick_row *row;
	uint64_t code;

	if (item->list == LIST_ONE_CODE) {
		value = text_cut(&rest, '|');
		pick->rest = say_format("%s%.*s", rest.len > 0 ? " | " : "", BYTES(text_trim(rest)));
		rest = value;
	}
	while (rest.len > 0) {
		value = text_trim(text_cut(&rest, ','));
		if (text_number(value, INT64_MAX, &code) && field_code_name(item->field, code) != NULL)
			value = bytes_of(field_code_name(item->field, code));
		row = find(pick, value);
		if (row == NULL && value.len > 0)
			row = add(pick, say_format("%.*s", BYTES(value)), say_format("%.*s", BYTES(value)));
		if (row != NULL)
			row->is_marked = true;
	}
	for (size_t i = pick->count; i-- > 0;)
		if (pick->row[i].is_marked)
			pick->at = i;
}

void pick_open(struct board *board, size_t item_at)
{
	struct pick *pick = &board->composer.pick;
	const struct item *item = &board->composer.item[item_at];

	pick_end(pick);
	pick->is_open = true;
	pick->item = item_at;
	pick->is_asking = item->list == LIST_CONTACTS;
	if (pick->is_asking)
		return;
	for (uint64_t code = 1; field_code_name(item->field, code) != NULL; code++)
		add(pick, must(strdup(field_code_name(item->field, code))), must(strdup(_(field_code_name(item->field, code)))));
	add(pick, must(strdup(field_code_name(item->field, 0))), must(strdup(_(field_code_name(item->field, 0)))));
	mark_present(pick, item);
}

/* A contact point: its name, its languages, whether somebody is there now. */
static void add_contact(struct pick *pick, const struct control_contact *contact, int64_t now)
{
	char duty_text[DUTY_TEXT] = "", *label = NULL;
	struct object object;
	struct duty duty;
	struct card card;
	size_t len;
	FILE *out = must(open_memstream(&label, &len));

	fprintf(out, "%-14.*s", BYTES(contact->name));
	if (card_open(contact->card, &object, &card) == RESULT_OK) {
		duty_at(&card, now, &duty);
		duty_format(&duty, card.zone, duty_text);
		for (size_t i = 0; i < card.language_count; i++)
			fprintf(out, " %.*s", BYTES(card.language[i]));
		fprintf(out, "  %s", duty_text);
	}
	fclose(out);
	add(pick, say_format("%.*s", BYTES(contact->name)), label);
}

void pick_answer(struct board *board, int result, struct pack_reader *r, const char *sentence)
{
	struct pick *pick = &board->composer.pick;

	pick->is_asking = false;
	if (!pick->is_open)
		return;
	if (result != 0) {
		board_note(board, "%s", sentence);
		pick_end(pick);
		return;
	}
	for (size_t count = pack_read_array(r, SIZE_MAX), i = 0; i < count; i++) {
		struct control_contact contact;

		control_read_contact(r, &contact);
		if (r->error != RESULT_OK)
			return;
		add_contact(pick, &contact, board->now);
	}
	mark_present(pick, &board->composer.item[pick->item]);
}

/* The values that are marked; of one code, and where nothing is marked, the one under the cursor. */
static char *chosen(struct pick *pick, enum item_list list)
{
	char *text = NULL;
	size_t len, count = 0;
	FILE *out = must(open_memstream(&text, &len));

	for (size_t i = 0; i < pick->count && list != LIST_ONE_CODE; i++)
		if (pick->row[i].is_marked)
			fprintf(out, "%s%s", count++ > 0 ? ", " : "", pick->row[i].value);
	if (list == LIST_ONE_CODE)
		fprintf(out, "%s%s", pick->row[pick->at].value, pick->rest);
	fclose(out);
	return text;
}

/* The next row from here on, around the end, that begins with this character. */
static void seek(struct pick *pick, unsigned key)
{
	for (size_t by = 1; by <= pick->count; by++) {
		size_t i = (pick->at + by) % pick->count;

		if (key < 0x80 && (unsigned char)pick->row[i].value[0] == key) {
			pick->at = i;
			return;
		}
	}
}

bool pick_key(struct board *board, unsigned key)
{
	struct pick *pick = &board->composer.pick;
	struct item *item = &board->composer.item[pick->item];

	if (key == KEY_ESCAPE || pick->count == 0) {
		pick_end(pick);
		return false;
	}
	if (key == KEY_ARROW_UP || key == KEY_ARROW_DOWN)
		pick->at = (pick->at + pick->count + (key == KEY_ARROW_UP ? (size_t)-1 : 1)) % pick->count;
	else if (key == ' ' && item->list != LIST_ONE_CODE)
		pick->row[pick->at].is_marked = !pick->row[pick->at].is_marked;
	else if (key == KEY_RETURN) {
		free(item->text);
		item->text = chosen(pick, item->list);
		item->cursor = strlen(item->text);
		pick_end(pick);
		return true;
	} else
		seek(pick, key);
	return false;
}

const char *pick_keys(const struct pick *pick, enum item_list list)
{
	if (pick->is_asking || pick->count == 0)
		return _("Esc: back to the form");
	return list == LIST_ONE_CODE ? _("Up, Down, letter: line  Enter: take it  Esc: back")
				     : _("Up, Down, letter: line  Space: mark  Enter: take those marked  Esc: back");
}

void pick_draw(const struct board *board, struct grid *grid, int from, int to, int *out_row, int *out_column)
{
	const struct pick *pick = &board->composer.pick;
	const struct item *item = &board->composer.item[pick->item];
	size_t room = (size_t)(to - from - FOOT), top = pick->at >= room ? pick->at - room + 1 : 0;

	grid_format(grid, from, 0, grid->width, LOOK_BOLD, "%s:", item->label);
	if (pick->is_asking)
		grid_put(grid, from + 1, 0, grid->width, LOOK_PLAIN, bytes_of(_("Asking the station …")));
	else if (pick->count == 0)
		grid_put(grid, from + 1, 0, grid->width, LOOK_PLAIN, bytes_of(_("No contact point is enrolled.")));
	for (size_t i = top; i < pick->count && i < top + room; i++) {
		const struct pick_row *row = &pick->row[i];
		int at = from + 1 + (int)(i - top);
		bool is_here = i == pick->at;

		grid_format(grid, at, 0, LABEL_COLUMN, is_here ? LOOK_BOLD : LOOK_PLAIN, "%s%s", is_here ? "> " : "  ",
			    row->is_marked ? "[x]" : "[ ]");
		grid_put(grid, at, LABEL_COLUMN, grid->width - LABEL_COLUMN, is_here ? LOOK_BOLD : LOOK_PLAIN,
			 bytes_of(row->label));
		if (is_here) {
			*out_row = at;
			*out_column = 0;
		}
	}
}
