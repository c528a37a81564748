/* The answers that a station would have given at a moment of its record, for the board. */
#ifndef HOTLINE_CLIENT_PLAY_STATION_H
#define HOTLINE_CLIENT_PLAY_STATION_H

#include "client/audit/replay.h"
#include "client/board/board.h"

struct play_station {
	struct audit_replay *replay;
	struct play_row {
		uint32_t message;
		int64_t due; /* of deadlines that run, 0 none */
		bool is_open;
	} *row; /* in the order of a page: what is due first, then newest first */
	size_t count;
	uint64_t unacknowledged;
	uint8_t *answer; /* the last one */
	size_t capacity;
};

/* The station at the replay's moment, of one of zeros or of another moment. Borrows the replay. */
void play_station_make(struct play_station *station, struct audit_replay *replay);
void play_station_finish(struct play_station *station);
/* 0 with out at the result's first element, CONTROL_UNKNOWN for what no record has; negative when the file can't be read. */
int play_station_answer(struct play_station *station, const struct board_request *request, struct pack_reader *out);

#endif
