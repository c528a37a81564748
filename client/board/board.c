/* The board as a whole: which request comes next, what an answer, an event, a tick or a key changes. */
#include "client/board/model.h"

#include <stdlib.h>
#include <string.h>

#include "client/lang.h"
#include "client/say.h"
#include "proto/result.h"

/* How long an answer is good for when no event says otherwise. */
#define STATUS_US (5 * SECOND_US)
#define VIEW_US (20 * SECOND_US)
#define FETCH_US (2 * SECOND_US) /* while an attachment comes in */

struct board *board_new(void)
{
	struct board *board = must(calloc(1, sizeof *board));

	board->depth = 1;
	board->view[0] = (struct seen){.kind = VIEW_LIST, .box = BOX_OPEN, .about = must(strdup("")), .label = must(strdup(""))};
	board->lost_why = must(strdup(""));
	board->down = must(strdup(""));
	return board;
}

static void seen_free(struct seen *view)
{
	list_clear(view);
	free(view->about);
	free(view->label);
	free(view->failure);
	free(view->text);
	text_forget_blobs(view);
	memset(view, 0, sizeof *view);
}

void board_free(struct board *board)
{
	while (board->depth > 0)
		seen_free(&board->view[--board->depth]);
	alarms_clear(board);
	ask_end(board);
	compose_end(board);
	free(board->lost_why);
	free(board->down);
	free(board->note);
	free(board->replay_line);
	free(board);
}

struct seen *board_top(struct board *board)
{
	return &board->view[board->depth - 1];
}

struct seen *board_push(struct board *board, enum view kind, const char *about)
{
	struct seen *view;

	if (board->depth == VIEWS)
		return NULL;
	view = &board->view[board->depth++];
	*view = (struct seen){.kind = kind, .about = must(strdup(about)), .label = must(strdup("")), .is_stale = true};
	return view;
}

void board_pop(struct board *board)
{
	if (board->depth == 1)
		return;
	seen_free(board_top(board));
	board->depth--;
	board_top(board)->is_stale = true;
}

void board_stale(struct board *board)
{
	board->is_status_stale = board->is_alarm_stale = true;
	for (size_t i = 0; i < board->depth; i++)
		board->view[i].is_stale = true;
}

void board_note(struct board *board, const char *format, ...)
{
	va_list args;

	free(board->note);
	va_start(args, format);
	board->note = say_vformat(format, args);
	va_end(args);
}

void board_connect(struct board *board, const char *station, const char *officer, unsigned roles)
{
	snprintf(board->station, sizeof board->station, "%s", station);
	snprintf(board->officer, sizeof board->officer, "%s", officer);
	board->roles = roles;
	board->is_connected = true;
	board->wanted = WANT_NOTHING;
	board_stale(board);
}

void board_replay(struct board *board, const char *station)
{
	board_connect(board, station, "", 0);
	board->is_replay = true;
	board_replay_line(board, "");
}

void board_replay_line(struct board *board, const char *line)
{
	free(board->replay_line);
	board->replay_line = must(strdup(line));
}

enum play board_play(struct board *board)
{
	enum play play = board->play;

	board->play = PLAY_NOTHING;
	return play;
}

void board_lost(struct board *board, const char *why)
{
	if (board->is_connected)
		board->lost_at = board->now;
	if (board->is_connected && board->wanted == WANT_ACT)
		board_note(board, "%s", _("The connection broke before the station answered: look whether it was done."));
	compose_lost(board);
	if (board->ask.stage == ASK_SENDING || board->ask.stage == ASK_PREPARING)
		ask_end(board);
	board->is_connected = false;
	board->wanted = WANT_NOTHING;
	free(board->lost_why);
	board->lost_why = must(strdup(why));
}

static void request_shown(const struct board *board, struct board_request *out)
{
	out->method = METHOD_SHOWN;
	out->count = 1;
	out->params = pack_writer(must(malloc(REFERENCE + 16)), REFERENCE + 16);
	pack_put_array(&out->params, 2);
	pack_put_text(&out->params, board->shown);
	pack_put_bool(&out->params, true);
}

static void request_blob(const struct seen *view, struct board_request *out)
{
	out->method = METHOD_BLOB;
	out->count = 2;
	out->params = pack_writer(must(malloc(64)), 64);
	pack_put_array(&out->params, 1);
	pack_put_bin(&out->params, view->blob[view->blob_asked], HASH_BYTES);
}

bool board_next(struct board *board, struct board_request *out)
{
	if (!board->is_connected || board->wanted != WANT_NOTHING)
		return false;
	if (ask_request(board, out))
		board->wanted = board->ask.stage == ASK_SENDING ? WANT_ACT : WANT_PREPARE;
	else if (refer_request(board, out))
		board->wanted = WANT_REFER;
	else if (compose_wants(board)) {
		board->wanted = board->composer.stage == COMPOSE_LOADING ? WANT_LOAD : WANT_SAVE;
		compose_request(board, out);
	} else if (board->composer.pick.is_asking) {
		*out = (struct board_request){METHOD_CONTACTS, pack_writer(must(malloc(16)), 16), 1};
		pack_put_array(&out->params, 0);
		board->wanted = WANT_PICK;
	} else if (view_wants(board, board_top(board))) {
		view_request(board, board_top(board), out);
		board->wanted = WANT_VIEW;
	} else if (board_top(board)->is_unchecked) {
		view_request(board, board_top(board), out);
		out->method = METHOD_DRAFT_CHECK;
		board->wanted = WANT_CHECK;
	} else if (board_top(board)->blob_asked < board_top(board)->blob_count) {
		request_blob(board_top(board), out);
		board->wanted = WANT_BLOB;
	} else if (board->is_alarm_stale) {
		alarms_request(out);
		board->wanted = WANT_ALARMS;
	} else if (board->is_status_stale) {
		*out = (struct board_request){METHOD_STATUS, pack_writer(must(malloc(16)), 16), 3};
		pack_put_array(&out->params, 0);
		board->wanted = WANT_STATUS;
	} else if (board->shown[0] != '\0') {
		request_shown(board, out);
		board->wanted = WANT_SHOWN;
	} else if (board->may_search && search_wants(board_top(board))) {
		search_request(board_top(board), out);
		board->wanted = WANT_SEARCH;
		board->may_search = false;
	} else
		return false;
	return true;
}

static void read_status(struct board *board, struct pack_reader *r)
{
	static struct control_status status;
	char *names = NULL;
	size_t len;
	FILE *down = must(open_memstream(&names, &len));

	control_read_status(r, &status);
	board->links_up = board->links_down = 0;
	board->queue = 0;
	for (size_t count = pack_read_array(r, SIZE_MAX), i = 0; i < count && r->error == RESULT_OK; i++) {
		struct control_peer peer;

		control_read_peer(r, &peer);
		board->queue += peer.waiting + peer.in_flight;
		if (peer.link == LINK_UP)
			board->links_up++;
		else
			fprintf(down, "%s%.*s", board->links_down++ > 0 ? ", " : "", BYTES(peer.name));
	}
	fclose(down);
	free(board->down);
	board->down = names;
	for (size_t count = pack_read_array(r, SIZE_MAX), i = 0; i < count && r->error == RESULT_OK; i++) {
		struct control_notice notice;

		control_read_notice(r, &notice);
	}
	board->clock_error = status.clock_error;
	board->unacknowledged = status.unacknowledged;
	board->has_status = true;
	board->is_status_stale = false;
	board->status_at = board->now;
}

int board_answer(struct board *board, int result, struct pack_reader *r, const char *sentence)
{
	enum wanted wanted = board->wanted;
	struct seen *view = board_top(board);

	board->wanted = WANT_NOTHING;
	if (wanted == WANT_PREPARE || wanted == WANT_ACT)
		ask_answer(board, result, r, sentence);
	else if (wanted == WANT_LOAD || wanted == WANT_SAVE)
		compose_answer(board, result, r, sentence);
	else if (wanted == WANT_REFER)
		refer_answer(board, result, r, sentence);
	else if (wanted == WANT_PICK)
		pick_answer(board, result, r, sentence);
	else if (wanted == WANT_VIEW) {
		free(view->failure);
		view->failure = result != 0 ? must(strdup(sentence)) : NULL;
		view->is_stale = false;
		view->has_answer = true;
		if (result == 0)
			view_read(board, view, r);
	} else if (wanted == WANT_SEARCH && result == 0)
		search_read(board, view, r);
	else if (wanted == WANT_BLOB) {
		if (result == 0)
			text_blob(board, view, r);
		view->blob_asked++;
	} else if (wanted == WANT_CHECK) {
		view->is_unchecked = false;
		if (result == 0)
			text_findings(board, view, r);
	} else if (wanted == WANT_SHOWN)
		board->shown[0] = '\0';
	else if (wanted == WANT_ALARMS && result == 0)
		alarms_read(board, r);
	else if (wanted == WANT_STATUS && result == 0)
		read_status(board, r);
	if (wanted == WANT_SHOWN && result == 0)
		pack_read_bool(r);
	board->is_alarm_stale &= wanted != WANT_ALARMS;
	board->is_status_stale &= wanted != WANT_STATUS;
	return result == 0 ? pack_read_end(r) : RESULT_OK;
}

void board_event(struct board *board, const struct control_event *event)
{
	if (bytes_equal(event->event, bytes_of("message")) && event->precedence >= PRECEDENCE_IMMEDIATE)
		board->rung_at = 0; /* a new one rings at once */
	board_stale(board);
}

void board_tick(struct board *board, int64_t now)
{
	board->now = now;
	board->may_search = true;
	if (board->lost_at == 0)
		board->lost_at = now;
	if (now - board->status_at >= STATUS_US)
		board->is_status_stale = true;
	if (now / VIEW_US != board->drawn_second / VIEW_US)
		board_stale(board);
	if (board_top(board)->is_fetching && now / FETCH_US != board->drawn_second / FETCH_US)
		board_top(board)->is_stale = true;
	board->drawn_second = now;
}

void board_size(struct board *board, int width, int height)
{
	board->width = width;
	board->height = height;
	for (size_t i = 0; i < board->depth; i++)
		if (board->view[i].width != width)
			board->view[i].is_stale = true; /* its lines were wrapped for another width */
	list_move(board, board_top(board), 0);
}

void board_leave(struct board *board)
{
	board->composer.is_leaving = board->composer.stage == COMPOSE_OPEN;
}

bool board_save(struct board *board, const char **reference, const char **number, const char **file)
{
	if (board->save_from[0] == '\0')
		return false;
	*reference = board->save_from;
	*number = board->save_number;
	*file = board->save_file;
	return true;
}

void board_saved(struct board *board, const char *sentence)
{
	board->save_from[0] = '\0';
	board_note(board, "%s", sentence);
}

bool board_is_busy(const struct board *board)
{
	return board->is_connected && search_wants(&board->view[board->depth - 1]);
}

bool board_is_done(const struct board *board)
{
	return board->is_done;
}
