/*
 * One link's life without sockets: bytes in, frames out; frames in, cells out (SPEC 3). It knows neither peers nor
 * streams: keys are handed to it, and whoever owns it looks up the sender of a first record and keeps the deadlines.
 *
 *   accepted: WAIT_FIRST --record--> FOUND --link_accept, link_answer--> OPEN
 *   dialled:  WAIT_SECOND ------------------record--------------------> OPEN
 *   any of them --anything wrong--> DEAD
 */
#ifndef HOTLINE_DAEMON_LINK_H
#define HOTLINE_DAEMON_LINK_H

#include "proto/cell.h"
#include "proto/pair.h"
#include "proto/record.h"

enum link_phase { PHASE_WAIT_FIRST, PHASE_FOUND, PHASE_WAIT_SECOND, PHASE_OPEN, PHASE_DEAD };

#define LINK_CONTROL_BYTES 4096

struct link {
	enum link_phase phase;
	bool is_dialler;
	struct record_context context;
	struct noise noise;
	struct noise_cipher out, in;
	uint64_t counter; /* of the first record: the newer link has the higher one */
	uint64_t cells_out, cells_in;
	uint8_t buffer[CELL_MAX_BYTES];
	size_t held;
	struct cell opened; /* the cell whose frames are being given */
	size_t opened_at;
	bool has_opened;
	uint8_t control[LINK_CONTROL_BYTES]; /* frames that wait, each with its length */
	size_t control_len;
};

/* What link_next() met. */
enum link_got {
	LINK_GOT_NOTHING, /* all bytes are taken in */
	LINK_GOT_RECORD,  /* accepted: a whole first record stands in buffer; call link_accept or drop the link */
	LINK_GOT_OPEN,	  /* dialled: the second record was good */
	LINK_GOT_FRAME,	  /* out_frame, borrowed until the next call */
	LINK_GOT_SKIPPED, /* a frame of an unknown type */
	LINK_GOT_NEWER,	  /* a hello of a newer version */
	LINK_GOT_BROKEN,  /* out_result says why; the link is dead */
};

void link_init_accepted(struct link *link);
/* Writes the first record to out. RESULT_KEY. */
int link_dial(struct link *link, const struct record_context *context, const struct link_pair *own,
	      const uint8_t peer_link[KEY_BYTES], const struct week_keys *keys, const uint8_t ephemeral[KEY_BYTES],
	      uint64_t counter, int64_t at, uint8_t out[RECORD_BYTES]);
/* Takes the record in buffer under the keys found for it; gives its time. RESULT_SEAL, RESULT_MALFORMED: as before. */
int link_accept(struct link *link, const struct record_context *context, const struct link_pair *own,
		const uint8_t peer_link[KEY_BYTES], const uint8_t k_link[KEY_BYTES], int64_t *out_at);
/* The second record, once the counter is committed with this turn. */
int link_answer(struct link *link, const uint8_t ephemeral[KEY_BYTES], int64_t at, uint8_t out[RECORD_BYTES]);
enum link_got link_next(struct link *link, struct bytes *in, struct frame *out_frame, int *out_result);
/* Queues a control frame for the next cell; false when too many wait. */
bool link_put(struct link *link, const struct frame *frame);
/* Begins a cell with the control frames that wait. */
void link_cell_begin(struct link *link, struct cell *out);
/* Encrypts a begun cell into out, which holds context.cell bytes. */
void link_cell_end(struct link *link, struct cell *cell, uint8_t *out);
void link_finish(struct link *link);

#endif
