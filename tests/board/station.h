/*
 * A station that answers the board from a fixed office: a few messages, drafts and peers, at a fixed time. What the
 * board asks for is answered at once; what it does is remembered.
 */
#ifndef HOTLINE_TESTS_BOARD_STATION_H
#define HOTLINE_TESTS_BOARD_STATION_H

#include "client/board/board.h"

#define OFFICE_NOW INT64_C(1791987607000000) /* 2026-10-14T14:20:07Z */

struct office {
	struct board *board;
	struct grid grid;
	int row, column;	  /* of the cursor */
	size_t messages;	  /* how many a list has, at least the few that have words */
	enum method done;	  /* the last request that is not only a question; METHOD_COUNT: none */
	uint8_t params[4096];	  /* of it */
	size_t params_len, asked; /* asked: requests so far */
	int refuses;		  /* enum control_error with which the next act is answered; 0 */
	bool is_unknown;	  /* there is nothing of that name */
	int64_t now;
};

/* A board of tha-cert for an officer, connected, drawn once. */
void office_open(struct office *office, int width, int height, unsigned roles);
void office_close(struct office *office);
/* Types: '\r' Enter, '\t' Tab, 27 Escape, '\b' rubout, 1 to 4 the arrows up, down, left, right, else characters. */
void office_type(struct office *office, const char *keys);
/* Answers all that is asked and draws. */
void office_settle(struct office *office);
void office_pass(struct office *office, int64_t span);
/* The row of the screen, in memory that is used again. */
const char *office_row(const struct office *office, int row);
/* Whether some row has these words. */
bool office_sees(const struct office *office, const char *words);

#endif
