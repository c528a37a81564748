/*
 * The watch's board: what it knows, what it wants to know next, what a key does, and how it looks. It knows no
 * terminal, no socket and no clock: keys, answers, events and times come in; requests and cells go out.
 */
#ifndef HOTLINE_CLIENT_BOARD_BOARD_H
#define HOTLINE_CLIENT_BOARD_BOARD_H

#include "client/board/grid.h"
#include "client/board/keys.h"
#include "proto/control.h"

struct board;

/* Never NULL. Until board_connect() it says that there is no connection. */
struct board *board_new(void);
void board_free(struct board *board);

/* A connection is there (again): nothing that was shown is thrown away, all of it is asked anew. */
void board_connect(struct board *board, const char *station, const char *officer, unsigned roles);
/* Instead of a connection: a record that is played. Nothing can be done in it; its keys come out of board_play(). */
void board_replay(struct board *board, const char *station);
/* What stands in the place of the status line then: what is played, how fast. */
void board_replay_line(struct board *board, const char *line);
enum play { PLAY_NOTHING, PLAY_PAUSE, PLAY_STEP, PLAY_BACK, PLAY_BREACH };
/* What a key asked of the player since the last call. */
enum play board_play(struct board *board);
/* It is gone; why is one sentence. An act that was on its way is said to be unknown. */
void board_lost(struct board *board, const char *why);

/* What the board asks of the daemon: params is of the caller's to free, or call_do()'s; count: elements of the result. */
struct board_request {
	enum method method;
	struct pack_writer params;
	size_t count;
};
/* The next request, of which one is open at a time; false when nothing is wanted. */
bool board_next(struct board *board, struct board_request *out);
/*
 * Its answer. result is 0 with a reader at the result's first element, or enum control_error with the daemon's
 * sentence. RESULT_OK, or what of enum result the answer was: then the connection is of no use.
 */
int board_answer(struct board *board, int result, struct pack_reader *r, const char *sentence);
void board_event(struct board *board, const struct control_event *event);

/* What the clock says, us; drives countdowns, the alarm and what is asked again by time. */
void board_tick(struct board *board, int64_t now);
/* An attachment that shall be saved; file "" : under its own name. Then board_saved() says what came of it. */
bool board_save(struct board *board, const char **reference, const char **number, const char **file);
void board_saved(struct board *board, const char *sentence);
/* Whether a tick would have something to ask at once. */
bool board_is_busy(const struct board *board);
void board_size(struct board *board, int width, int height);
void board_key(struct board *board, unsigned key);
/* The terminal is gone: what was typed is asked for at once, to be kept. */
void board_leave(struct board *board);
bool board_is_done(const struct board *board);
/* Draws all of it; the grid has the size that board_size() was given. out_row and out_column: the cursor, or -1. */
void board_draw(struct board *board, struct grid *grid, int *out_row, int *out_column);

/* Whether the bell has to ring now; true once each time. */
bool board_rings(struct board *board);
/* The terminal's title, safe. Caller frees. */
char *board_title(const struct board *board);

#endif
