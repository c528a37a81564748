/*
 * Acts: what is asked before one is done, the confirmation that repeats what will be signed, and its answer. Until an
 * officer presses y nothing is sent.
 */
#include "client/board/model.h"

#include <stdlib.h>
#include <string.h>

#include "client/lang.h"
#include "client/say.h"
#include "client/text.h"
#include "client/when.h"
#include "proto/receipt.h"
#include "proto/result.h"

#define PARAMS_BYTES (ASK_FIELDS_MAX * INPUT_BYTES + 256)

static const char *const understood[] = {N_("not asked"), N_("yes"), N_("partly"), N_("no"), NULL};

/* One row an act: its method, how many elements its result has, what is said before it and what is asked for it. */
static const struct act_row {
	enum act act;
	enum method method;
	size_t count;
	bool of_received, of_sent; /* which messages it is for; neither: it is for drafts */
	const char *what;
	struct {
		const char *label;
		const char *const *choice;
	} field[ASK_FIELDS_MAX];
} acts[] = {
    {ACT_ACKNOWLEDGE, METHOD_ACK, 0, true, false,
     N_("Acknowledge: its sender is told, signed, that an officer has read it."),
     {{N_("Understood"), understood}, {N_("Note"), NULL}}},
    {ACT_HOLD, METHOD_HOLD, 1, true, false,
     N_("Hold: its sender is told, signed, that it is being worked on and until when. It is not an answer."),
     {{N_("Until (2h, 90m, or 2026-10-14T14:20Z)"), NULL}, {N_("Text"), NULL}}},
    {ACT_REMIND, METHOD_REMIND, 1, false, true, N_("Remind: the addressees' stations ring for it again."), {{NULL, NULL}}},
    {ACT_APPROVE, METHOD_APPROVE, 2, false, false, N_("Approve: you answer for these words as a releaser."), {{NULL, NULL}}},
    {ACT_SAVE, METHOD_BLOB_READ, 1, true, true, N_("Save an attachment: it is decrypted, both hashes are checked, and nothing is opened."),
     {{N_("Number"), NULL}, {N_("File (or its own name, here)"), NULL}}},
    {ACT_SEARCH, METHOD_COUNT, 0, false, false, N_("Search all messages: numbers, names, kinds, states, subjects."),
     {{N_("Words"), NULL}}},
    {ACT_RELEASE, METHOD_RELEASE, 1, false, false,
     N_("Release: it is numbered, signed and sent at once. It can be corrected, and never taken back."),
     {{N_("Reason (only below a minimise in force)"), NULL}}},
};

static const struct act_row *row_of(enum act act)
{
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
		if (acts[i].act == act)
			return &acts[i];
	return NULL;
}

const char *ask_what(enum act act)
{
	return _(row_of(act)->what);
}

void ask_end(struct board *board)
{
	free(board->ask.label);
	free(board->ask.detail);
	free(board->ask.problem);
	memset(&board->ask, 0, sizeof board->ask);
}

static void set_problem(struct ask *ask, const char *sentence)
{
	free(ask->problem);
	ask->problem = sentence != NULL ? must(strdup(sentence)) : NULL;
}

/* A sentence when the officer's roles do not let him. */
static bool may(struct board *board, const struct act_row *row)
{
	char *roles = NULL;
	size_t len;
	FILE *out;

	if ((method_rows[row->method].roles & board->roles) != 0)
		return true;
	out = must(open_memstream(&roles, &len));
	for (unsigned role = ROLE_DRAFTER, said = 0; role <= ROLE_ADMIN; role <<= 1)
		if ((method_rows[row->method].roles & role) != 0)
			fprintf(out, "%s%s", said++ > 0 ? ", " : "", role_name(role));
	fclose(out);
	board_note(board, _("Nothing was done: this needs an officer with the role %s."), roles);
	free(roles);
	return false;
}

static bool fits(struct board *board, const struct act_row *row, bool is_sent)
{
	if ((!row->of_received && !row->of_sent) || (is_sent ? row->of_sent : row->of_received))
		return true;
	board_note(board, "%s", is_sent ? _("Nothing was done: this station sent it itself.")
					: _("Nothing was done: this is for messages that this station sent."));
	return false;
}

/* Asks for words; nothing is signed. */
void ask_search(struct board *board)
{
	ask_end(board);
	board->ask = (struct ask){.act = ACT_SEARCH, .stage = ASK_FIELDS, .label = must(strdup("")), .field_count = 1};
	board->ask.field[0].label = _(row_of(ACT_SEARCH)->field[0].label);
}

static void begin_search(struct board *board)
{
	char *words = text_fold(text_trim(bytes_of(board->ask.field[0].text)));

	ask_end(board);
	if (*words != '\0')
		board_push(board, VIEW_SEARCH, words);
	free(words);
}

void ask_begin(struct board *board, enum act act)
{
	const struct act_row *row = row_of(act);
	const struct seen *view = board_top(board);
	const struct row *chosen = list_chosen(view);
	bool is_page = view->kind > VIEW_LAST_LIST;
	const char *key = is_page ? view->about : chosen != NULL ? chosen->key : NULL;
	struct ask *ask = &board->ask;

	if (row == NULL || key == NULL || (is_page && view->label[0] == '\0'))
		return;
	if (!may(board, row) || !fits(board, row, is_page ? view->is_sent : chosen->is_sent))
		return;
	ask_end(board);
	ask->act = act;
	snprintf(ask->key, sizeof ask->key, "%s", key);
	ask->label = must(strdup(is_page ? view->label : chosen->label));
	for (size_t i = 0; i < ASK_FIELDS_MAX && row->field[i].label != NULL; i++) {
		ask->field[i].label = _(row->field[i].label);
		ask->field[i].choice = row->field[i].choice;
		ask->field_count++;
	}
	ask->stage = act == ACT_RELEASE ? ASK_PREPARING : ask->field_count > 0 ? ASK_FIELDS : ASK_CONFIRM;
}

static void put_key(const struct ask *ask, struct pack_writer *params)
{
	uint64_t number = 0;

	if (ask->act < ACT_APPROVE) {
		pack_put_text(params, ask->key);
		return;
	}
	text_number(bytes_of(ask->key), INT64_MAX, &number);
	pack_put_uint(params, number);
}

static void put_text(const struct ask *ask, size_t field, struct pack_writer *params)
{
	size_t len;
	char *nfc = text_nfc(bytes_of(ask->field[field].text), &len);

	pack_put_text(params, nfc);
	free(nfc);
}

static void put_act(const struct ask *ask, struct pack_writer *params)
{
	pack_put_array(params, ask->act == ACT_REMIND || ask->act == ACT_APPROVE ? 2 : 3);
	put_key(ask, params);
	switch (ask->act) {
	case ACT_ACKNOWLEDGE:
		pack_put_uint(params, ask->field[0].chosen);
		put_text(ask, 1, params);
		return;
	case ACT_HOLD:
		pack_put_int(params, ask->until);
		put_text(ask, 1, params);
		return;
	case ACT_REMIND:
		pack_put_text(params, "");
		return;
	default:
		pack_put_bool(params, ask->anyway);
		if (ask->act == ACT_RELEASE)
			put_text(ask, 0, params);
		return;
	}
}

bool ask_request(struct board *board, struct board_request *out)
{
	struct ask *ask = &board->ask;
	size_t capacity = 3 * PARAMS_BYTES; /* NFC may need more bytes */

	if (ask->stage != ASK_PREPARING && ask->stage != ASK_SENDING)
		return false;
	out->params = pack_writer(must(malloc(capacity)), capacity);
	if (ask->stage == ASK_PREPARING) {
		out->method = METHOD_LADDER;
		out->count = 2;
		pack_put_array(&out->params, 1);
		put_key(ask, &out->params);
		return true;
	}
	out->method = row_of(ask->act)->method;
	out->count = row_of(ask->act)->count;
	put_act(ask, &out->params);
	return true;
}

/* Whom the ladder would ask, a line each. */
static void read_ladder(struct ask *ask, struct pack_reader *r)
{
	bool waits = pack_read_bool(r);
	size_t len;
	FILE *out = must(open_memstream(&ask->detail, &len));

	for (size_t count = pack_read_array(r, SIZE_MAX), i = 0; i < count && r->error == RESULT_OK; i++) {
		struct bytes addressee, to;
		char span[TIME_TEXT];

		pack_expect_array(r, 4);
		addressee = pack_read_str(r, LIMIT_NAME_BYTES);
		pack_read_uint(r, INT64_MAX);
		show_span(pack_read_int(r), span);
		to = pack_read_str(r, LIMIT_NAME_BYTES);
		if (to.len > 0)
			say(out, waits ? _("if unacknowledged by %.*s: to %.*s at +%s, when an officer says so")
				       : _("if unacknowledged by %.*s: to %.*s at +%s"), BYTES(addressee), BYTES(to), span);
	}
	fclose(out);
	ask->stage = ask->field_count > 0 ? ASK_FIELDS : ASK_CONFIRM;
}

static void report(struct board *board, struct pack_reader *r)
{
	static struct shown shown;
	char number[SHOW_NUMBER], at[TIME_TEXT];
	uint64_t count, needed;

	switch (board->ask.act) {
	case ACT_ACKNOWLEDGE:
		board_note(board, _("Acknowledged: %s"), board->ask.label);
		return;
	case ACT_REMIND:
		count = pack_read_uint(r, LIMIT_ADDRESSEES);
		board_note(board, ngettext("%llu addressee was reminded.", "%llu addressees were reminded.", count),
			   (unsigned long long)count);
		return;
	case ACT_APPROVE:
		count = pack_read_uint(r, INT64_MAX);
		needed = pack_read_uint(r, INT64_MAX);
		board_note(board, _("Draft %s: %llu of %llu approvals."), board->ask.key, (unsigned long long)count,
			   (unsigned long long)needed);
		return;
	default:
		if (!show_read(r, &shown))
			return;
		show_number(&shown.message, number);
		show_time(board->ask.act == ACT_HOLD ? board->ask.until : shown.message.released_at, at);
		board_note(board, board->ask.act == ACT_HOLD ? _("%s sent: hold until %s.") : _("%s released %s."), number, at);
	}
}

void ask_answer(struct board *board, int result, struct pack_reader *r, const char *sentence)
{
	struct ask *ask = &board->ask;

	if (result != 0) {
		set_problem(ask, sentence);
		ask->anyway = result == CONTROL_ASK;
		if (ask->anyway)
			ask->stage = ASK_CONFIRM;
		else
			ask->stage = ask->field_count > 0 ? ASK_FIELDS : ASK_REFUSED;
		return;
	}
	if (ask->stage == ASK_PREPARING) {
		read_ladder(ask, r);
		return;
	}
	report(board, r);
	if (ask->act == ACT_RELEASE)
		board_pop(board); /* the draft is none any more */
	ask_end(board);
	board_stale(board);
}

/* Whether the fields can be signed as they stand; else says what is wrong. */
static bool is_complete(struct board *board)
{
	struct ask *ask = &board->ask;

	set_problem(ask, NULL);
	if (ask->act == ACT_HOLD && !when_parse(text_trim(bytes_of(ask->field[0].text)), board->now, &ask->until)) {
		set_problem(ask, _("Until when is not understood: a span like 90m or 2h, or a time in UTC like 2026-10-14T14:20Z."));
		ask->at = 0;
		return false;
	}
	if (ask->act == ACT_ACKNOWLEDGE && utf8_length(bytes_of(ask->field[1].text)) > LIMIT_NOTE) {
		set_problem(ask, _("The note has more than 500 characters."));
		return false;
	}
	return true;
}

static void choose(struct ask_field *field, int by)
{
	size_t count = 0;

	while (field->choice[count] != NULL)
		count++;
	field->chosen = (field->chosen + count + (size_t)by) % count;
}

static void field_key(struct board *board, unsigned key)
{
	struct ask *ask = &board->ask;
	struct ask_field *field = &ask->field[ask->at];

	if (key == KEY_RETURN && ask->act == ACT_SEARCH)
		begin_search(board);
	else if (key == KEY_RETURN && ask->at + 1 == ask->field_count)
		ask->stage = is_complete(board) ? ASK_CONFIRM : ASK_FIELDS;
	else if (key == KEY_RETURN || key == KEY_TAB || key == KEY_ARROW_DOWN)
		ask->at = (ask->at + 1) % ask->field_count;
	else if (key == KEY_ARROW_UP)
		ask->at = (ask->at + ask->field_count - 1) % ask->field_count;
	else if (field->choice != NULL && (key == KEY_ARROW_RIGHT || key == ' '))
		choose(field, 1);
	else if (field->choice != NULL && key == KEY_ARROW_LEFT)
		choose(field, -1);
	else if (field->choice == NULL)
		input_key(field->text, sizeof field->text, key);
}

void ask_key(struct board *board, unsigned key)
{
	struct ask *ask = &board->ask;

	if (ask->stage == ASK_SENDING)
		return; /* it is on its way */
	if (key == KEY_ESCAPE && ask->stage == ASK_CONFIRM && ask->field_count > 0)
		ask->stage = ASK_FIELDS;
	else if (key == KEY_ESCAPE) {
		board_note(board, "%s", _("Nothing was done."));
		ask_end(board);
	} else if (ask->stage == ASK_FIELDS)
		field_key(board, key);
	else if (ask->stage == ASK_CONFIRM && ask->act == ACT_SAVE && (key == 'y' || key == 'Y')) {
		snprintf(board->save_from, sizeof board->save_from, "%s", ask->key);
		snprintf(board->save_number, sizeof board->save_number, "%.31s", ask->field[0].text);
		snprintf(board->save_file, sizeof board->save_file, "%s", ask->field[1].text);
		ask_end(board);
	} else if (ask->stage == ASK_CONFIRM && (key == 'y' || key == 'Y')) {
		set_problem(ask, NULL);
		ask->stage = ASK_SENDING;
	}
}
