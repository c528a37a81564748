/*
 * The player: where it stands in the record, and a station made of that moment which answers the board as the daemon
 * does, made anew whenever an entry is passed.
 */
#include "client/play.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/board/board.h"
#include "client/board/term.h"
#include "client/client.h"
#include "client/lang.h"
#include "client/play_station.h"
#include "client/say.h"
#include "client/trusted.h"
#include "proto/leaf.h"
#include "proto/result.h"

#define TURN_MS 200

struct player {
	struct audit_record *record;
	struct audit_replay replay;
	struct play_station station;
	const char *path;
	struct board *board;
	struct grid grid;
	uint64_t speed;
	bool is_playing;
	int64_t at, turned_at; /* in the record; of this machine's clock */
	int error;
};

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

/* The station of another moment: from where it is, or, to go back, from the beginning. */
static void move_to(struct player *p, int64_t at)
{
	if (p->replay.record != NULL && at >= p->replay.at) {
		p->error = audit_replay_advance(&p->replay, at);
	} else {
		audit_replay_finish(&p->replay);
		p->error = audit_replay_at(p->record, at, &p->replay);
	}
	p->at = at;
	if (p->error == 0)
		play_station_make(&p->station, &p->replay);
	board_connect(p->board, p->record->station.text, "", 0);
}

static size_t entries(const struct player *p)
{
	return p->record->entry_list.count;
}

/* To the next entry, of a kind unless that is 0; or to the last one. */
static void step(struct player *p, uint16_t kind)
{
	size_t i = p->replay.entry_count;

	while (i + 1 < entries(p) && kind != 0 && p->record->entry[i].kind != kind)
		i++;
	if (i < entries(p))
		move_to(p, p->record->entry[i].at);
}

static void step_back(struct player *p)
{
	if (p->replay.entry_count > 1)
		move_to(p, p->record->entry[p->replay.entry_count - 2].at);
}

/* Time goes on; the station only when an entry is passed. */
static void go_on(struct player *p)
{
	int64_t now = now_us(), spent = now - p->turned_at;

	p->turned_at = now;
	if (!p->is_playing)
		return;
	p->at += spent * (int64_t)p->speed;
	if (p->replay.entry_count < entries(p) && p->record->entry[p->replay.entry_count].at <= p->at)
		move_to(p, p->at);
	if (p->replay.entry_count == entries(p))
		p->is_playing = false; /* the record ends here */
}

static void obey(struct player *p)
{
	switch (board_play(p->board)) {
	case PLAY_PAUSE:
		p->is_playing = !p->is_playing;
		return;
	case PLAY_STEP:
		step(p, 0);
		return;
	case PLAY_BACK:
		step_back(p);
		return;
	case PLAY_BREACH:
		step(p, STATION_STEP);
		return;
	case PLAY_NOTHING:
		return;
	}
}

static void answer_all(struct player *p)
{
	struct board_request request;

	while (p->error == 0 && board_next(p->board, &request)) {
		struct pack_reader r;
		int result = play_station_answer(&p->station, &request, &r);

		if (result < 0)
			p->error = result;
		else
			board_answer(p->board, result, &r, _("This is not part of a record."));
	}
}

static void paint(struct player *p)
{
	int width, height, row, column;
	char at[TIME_TEXT], *line;

	term_size(&width, &height);
	if (width != p->grid.width || height != p->grid.height) {
		grid_finish(&p->grid);
		grid_init(&p->grid, width, height);
		board_size(p->board, width, height);
		answer_all(p);
	}
	time_format_iso(p->at, at);
	line = say_format(_(" REPLAY of %s at %s, entry %zu of %zu, x%llu%s"), p->path, at, p->replay.entry_count, entries(p),
			  (unsigned long long)p->speed, p->is_playing ? "" : _(", paused"));
	board_replay_line(p->board, line);
	free(line);
	board_draw(p->board, &p->grid, &row, &column);
	term_paint(&p->grid, row, column);
}

static void turn(struct player *p)
{
	struct pollfd terminal = {.fd = STDIN_FILENO, .events = POLLIN};

	go_on(p);
	board_tick(p->board, p->at);
	for (unsigned key = term_key(); key != KEY_NONE; key = term_key()) {
		board_key(p->board, key);
		obey(p);
		answer_all(p);
	}
	answer_all(p);
	paint(p);
	poll(&terminal, 1, board_is_busy(p->board) ? 0 : TURN_MS);
	if ((terminal.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
		p->error = -1;
}

int play_record(struct audit_record *record, const char *path, uint64_t speed)
{
	static struct player p;
	const char *why;

	if (record->entry_list.count == 0) {
		say_error(_("%s has no entries to play"), path);
		return REFUSED;
	}
	if (!term_open(&why)) {
		say_error("%s", why);
		return USAGE;
	}
	p = (struct player){.record = record, .path = path, .speed = speed, .board = board_new(), .turned_at = now_us()};
	board_replay(p.board, record->station.text);
	move_to(&p, record->entry[0].at);
	while (p.error == 0 && !board_is_done(p.board))
		turn(&p);
	term_close();
	board_free(p.board);
	grid_finish(&p.grid);
	play_station_finish(&p.station);
	audit_replay_finish(&p.replay);
	return p.error > 0 || p.error < -1 ? trusted_failed(path, p.error) : DONE;
}
