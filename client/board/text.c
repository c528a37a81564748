/* The pages: a message, a draft, a contact, the keys. */
#include "client/board/model.h"

#include <stdlib.h>
#include <string.h>

#include "client/attach.h"
#include "client/contacts.h"
#include "client/form.h"
#include "client/draft.h"
#include "client/heard.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/show_card.h"
#include "proto/result.h"

#define SENTENCE_BYTES 4096

static void write_message(struct board *board, struct seen *view, struct pack_reader *r, FILE *out)
{
	static struct shown shown;

	if (!show_read(r, &shown))
		return;
	show_message_write(out, &shown, board->width);
	text_forget_blobs(view);
	for (size_t i = 0; i < shown.content.attachment_count; i++) {
		memcpy(view->blob[i], shown.content.attachment[i].cipher_hash, HASH_BYTES);
		view->blob_name[view->blob_count++] = say_format("%zu  %.*s", i + 1, BYTES(shown.content.attachment[i].name));
	}
	free(view->label);
	view->label = label_of(&shown.message, shown.raw.subject);
	view->is_sent = shown.raw.is_sent;
	memcpy(view->incident, shown.message.incident, INCIDENT_BYTES);
	view->has_incident = shown.message.has_incident;
	snprintf(view->exercise, sizeof view->exercise, "%.*s", BYTES(shown.message.exercise));
	if (!shown.raw.is_sent && (board->roles & ROLE_WATCH) && !view->is_told) {
		key_hex(shown.raw.id, OBJECT_ID_BYTES, board->shown);
		view->is_told = true;
	}
}

/* "FLASH alert to vnm-cert, sgp-cert: its subject" */
static char *draft_label(const struct control_draft *d, const struct message *m, const struct content *content)
{
	const char *precedence = precedence_name(m->precedence), *kind = kind_name(m->kind);
	char *names = NULL, *banner = show_banner(m->exercise), *label;
	size_t len;
	FILE *list = must(open_memstream(&names, &len));

	for (size_t i = 0; i < m->action_count; i++)
		fprintf(list, "%s%.*s", i > 0 ? ", " : "", BYTES(m->action[i]));
	fclose(list);
	label = say_format(_("%sdraft %llu: %s %s to %s: %.*s"), banner, (unsigned long long)d->id,
			   precedence != NULL ? _(precedence) : "?", kind != NULL ? _(kind) : "?", names,
			   BYTES(content->subject));
	free(names);
	free(banner);
	return safe_line(label);
}

static void write_draft(struct board *board, struct seen *view, struct pack_reader *r, FILE *out)
{
	static struct drafted draft;
	char *file;

	if (!draft_open(r, true, &draft))
		return;
	snprintf(view->exercise, sizeof view->exercise, "%.*s", BYTES(draft.message.exercise));
	view->is_unchecked = true;
	free(view->label);
	view->label = draft_label(&draft.raw, &draft.message, &draft.content);
	say(out, _("Draft %llu by %.*s, approved %zu of %llu"), (unsigned long long)draft.raw.id, BYTES(draft.raw.drafter),
	    draft.raw.approval_count, (unsigned long long)draft.raw.approvals_needed);
	if (draft.raw.failure.len > 0)
		say_text(out, bytes_of(heard(draft.raw.failure)), "  ", board->width);
	fputc('\n', out);
	file = form_text(&draft.message, &draft.content);
	say_text(out, (struct bytes){(uint8_t *)file, strlen(file) - 1}, "", board->width); /* without the last line's end */
	for (size_t i = 0; i < draft.content.attachment_count; i++)
		say(out, _("attachment %zu: %.*s (%.*s, %llu bytes)"), i + 1, BYTES(draft.content.attachment[i].name),
		    BYTES(draft.content.attachment[i].media_type), (unsigned long long)draft.content.attachment[i].len);
	free(file);
}

void text_forget_blobs(struct seen *view)
{
	for (size_t i = 0; i < view->blob_count; i++)
		free(view->blob_name[i]);
	view->blob_count = view->blob_asked = 0;
	view->is_fetching = false;
}

void text_blob(struct board *board, struct seen *view, struct pack_reader *r)
{
	static struct attach_view state;
	char words[ATTACH_STATE], *text = NULL;
	size_t len;
	FILE *out;

	attach_read(r, &state);
	if (r->error != RESULT_OK)
		return;
	attach_state(&state, words);
	view->is_fetching |= state.blob.state == BLOB_FETCHING || state.blob.state == BLOB_WAITING;
	out = must(open_memstream(&text, &len));
	fwrite(view->text, 1, view->text_len, out);
	if (view->blob_asked == 0)
		fputc('\n', out);
	say(out, "%s: %s", view->blob_name[view->blob_asked], words);
	fclose(out);
	page_set(view, text, len, board->width);
}

void text_findings(struct board *board, struct seen *view, struct pack_reader *r)
{
	char *text = NULL;
	size_t len, count = pack_read_array(r, SIZE_MAX);
	FILE *out = must(open_memstream(&text, &len));

	for (size_t i = 0; i < count && r->error == RESULT_OK; i++) {
		struct bytes sentence = pack_read_str(r, SENTENCE_BYTES);
		char *line = say_format("! %s", heard(sentence));

		say_text(out, bytes_of(line), "", board->width);
		free(line);
	}
	fwrite(view->text, 1, view->text_len, out);
	fclose(out);
	page_set(view, text, len, board->width);
}

static void write_contact(struct pack_reader *r, FILE *out)
{
	struct control_contact contact;
	struct object object;
	struct card card;

	control_read_contact(r, &contact);
	if (r->error != RESULT_OK)
		return;
	if (card_open(contact.card, &object, &card) == RESULT_OK)
		show_card(out, &card);
	contacts_say(out, &contact);
}

void text_read(struct board *board, struct seen *view, struct pack_reader *r)
{
	char *text = NULL;
	size_t len;
	FILE *out = must(open_memstream(&text, &len));

	if (view->kind == VIEW_MESSAGE)
		write_message(board, view, r, out);
	else if (view->kind == VIEW_DRAFT)
		write_draft(board, view, r, out);
	else
		write_contact(r, out);
	fclose(out);
	page_set(view, text, len, board->width);
	page_move(board, view, 0);
}

void text_help(struct board *board, struct seen *view, enum view of)
{
	char *text = NULL;
	size_t len;
	FILE *out = must(open_memstream(&text, &len));

	for (size_t i = 0; i < key_row_count; i++)
		if (key_works(&key_rows[i], of, board->is_replay))
			say(out, "  %-12s %s", key_rows[i].label, _(key_rows[i].what));
	say(out, "%s", "");
	say_text(out, bytes_of(_("While something is asked: Up and Down choose the line, Left and Right another answer, Enter goes "
				 "on, y signs and sends, Esc leaves it undone.")), "  ", board->width);
	say_text(out, bytes_of(_("A message is shown to the watch when a watch officer opens it here; its sender gets that receipt.")),
		 "  ", board->width);
	fclose(out);
	page_set(view, text, len, board->width);
	view->is_stale = false;
	view->has_answer = true;
}
