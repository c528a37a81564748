/* One link's life without sockets: handshake, cells and frames. */
#include "daemon/link.h"

#include <assert.h>
#include <string.h>

#include "proto/result.h"

/* The table of allowed moves; the picture is in link.h. */
static void link_move(struct link *link, enum link_phase to)
{
	static const uint8_t allowed[] = {
	    [PHASE_WAIT_FIRST] = 1 << PHASE_FOUND | 1 << PHASE_DEAD,
	    [PHASE_FOUND] = 1 << PHASE_OPEN | 1 << PHASE_DEAD,
	    [PHASE_WAIT_SECOND] = 1 << PHASE_OPEN | 1 << PHASE_DEAD,
	    [PHASE_OPEN] = 1 << PHASE_DEAD,
	    [PHASE_DEAD] = 1 << PHASE_DEAD,
	};

	assert(allowed[link->phase] & 1 << to);
	link->phase = to;
}

void link_init_accepted(struct link *link)
{
	memset(link, 0, sizeof *link);
	link->phase = PHASE_WAIT_FIRST;
}

int link_dial(struct link *link, const struct record_context *context, const struct link_pair *own,
	      const uint8_t peer_link[KEY_BYTES], const struct week_keys *keys, const uint8_t ephemeral[KEY_BYTES],
	      uint64_t counter, int64_t at, uint8_t out[RECORD_BYTES])
{
	memset(link, 0, sizeof *link);
	link->phase = PHASE_WAIT_SECOND;
	link->is_dialler = true;
	link->context = *context;
	link->counter = counter;
	return record_write_first(context, own, peer_link, keys->link, keys->tag, ephemeral, counter, at, &link->noise,
				  out);
}

/* Both directions' keys, then nothing of the handshake is left. */
static void open_link(struct link *link)
{
	struct noise_cipher initiator, responder;

	noise_split(&link->noise, &initiator, &responder);
	link->out = link->is_dialler ? initiator : responder;
	link->in = link->is_dialler ? responder : initiator;
	key_wipe(&initiator, sizeof initiator);
	key_wipe(&responder, sizeof responder);
	noise_finish(&link->noise);
	link->held = 0;
	link_move(link, PHASE_OPEN);
}

int link_accept(struct link *link, const struct record_context *context, const struct link_pair *own,
		const uint8_t peer_link[KEY_BYTES], const uint8_t k_link[KEY_BYTES], int64_t *out_at)
{
	int result;

	assert(link->phase == PHASE_WAIT_FIRST && link->held == RECORD_BYTES);
	link->context = *context;
	result = record_read_first(context, own, peer_link, k_link, link->buffer, &link->noise, &link->counter, out_at);
	if (result == RESULT_OK)
		link_move(link, PHASE_FOUND);
	return result;
}

int link_answer(struct link *link, const uint8_t ephemeral[KEY_BYTES], int64_t at, uint8_t out[RECORD_BYTES])
{
	int result;

	assert(link->phase == PHASE_FOUND);
	result = record_write_second(&link->noise, ephemeral, at, out);
	if (result == RESULT_OK)
		open_link(link);
	else
		link_move(link, PHASE_DEAD);
	return result;
}

/* Takes bytes until the buffer holds `want` of them. */
static bool gather(struct link *link, struct bytes *in, size_t want)
{
	size_t step = want - link->held < in->len ? want - link->held : in->len;

	if (step > 0)
		memcpy(link->buffer + link->held, in->data, step);
	link->held += step;
	in->data += step;
	in->len -= step;
	return link->held == want;
}

static enum link_got broken(struct link *link, int result, int *out_result)
{
	link_move(link, PHASE_DEAD);
	*out_result = result;
	return LINK_GOT_BROKEN;
}

static enum link_got next_frame(struct link *link, struct frame *out_frame, int *out_result)
{
	struct bytes encoded;
	int result = cell_next(&link->opened, &link->opened_at, &encoded);

	if (result != RESULT_OK)
		return broken(link, result, out_result);
	if (encoded.data == NULL) {
		link->has_opened = false;
		return LINK_GOT_NOTHING;
	}
	result = frame_decode(encoded, out_frame);
	if (result == RESULT_NEWER)
		return out_frame->type == FRAME_HELLO ? LINK_GOT_NEWER : LINK_GOT_SKIPPED;
	return result == RESULT_OK ? LINK_GOT_FRAME : broken(link, result, out_result);
}

enum link_got link_next(struct link *link, struct bytes *in, struct frame *out_frame, int *out_result)
{
	int result;

	for (;;) {
		if (link->has_opened) {
			enum link_got got = next_frame(link, out_frame, out_result);

			if (got != LINK_GOT_NOTHING)
				return got;
		}
		switch (link->phase) {
		case PHASE_DEAD:
		case PHASE_FOUND: /* a second record before the first was answered: not ours to read yet */
			return broken(link, RESULT_MALFORMED, out_result);
		case PHASE_WAIT_FIRST:
			return gather(link, in, RECORD_BYTES) ? LINK_GOT_RECORD : LINK_GOT_NOTHING;
		case PHASE_WAIT_SECOND: {
			int64_t at;

			if (!gather(link, in, RECORD_BYTES))
				return LINK_GOT_NOTHING;
			result = record_read_second(&link->noise, link->buffer, &at);
			if (result != RESULT_OK)
				return broken(link, result, out_result);
			open_link(link);
			return LINK_GOT_OPEN;
		}
		case PHASE_OPEN:
			if (!gather(link, in, (size_t)link->context.cell))
				return LINK_GOT_NOTHING;
			link->held = 0;
			cell_init(&link->opened, link->context.cell);
			result = link->cells_in < LIMIT_LINK_CELLS_HARD
				     ? cell_open(&link->opened, &link->in, link->buffer)
				     : RESULT_LIMIT;
			if (result != RESULT_OK)
				return broken(link, result, out_result);
			link->cells_in++;
			link->opened_at = 0;
			link->has_opened = true;
			break;
		}
	}
}

bool link_put(struct link *link, const struct frame *frame)
{
	uint8_t *at = link->control + link->control_len;
	size_t room = LINK_CONTROL_BYTES - link->control_len;
	struct pack_writer w;

	if (room <= FRAME_LENGTH_BYTES)
		return false;
	w = pack_writer(at + FRAME_LENGTH_BYTES, room - FRAME_LENGTH_BYTES);
	frame_encode(frame, &w);
	if (w.is_over || w.len + CELL_OVERHEAD_BYTES + FRAME_LENGTH_BYTES > link->context.cell)
		return false;
	pack_be16(at, (uint16_t)w.len);
	link->control_len += FRAME_LENGTH_BYTES + w.len;
	return true;
}

void link_cell_begin(struct link *link, struct cell *out)
{
	size_t taken = 0;

	cell_init(out, link->context.cell);
	while (taken < link->control_len) {
		size_t len = FRAME_LENGTH_BYTES + pack_from_be16(link->control + taken);

		if (len > out->size - out->used)
			break;
		memcpy(out->plain + out->used, link->control + taken, len);
		out->used += len;
		taken += len;
	}
	link->control_len -= taken;
	memmove(link->control, link->control + taken, link->control_len);
}

void link_cell_end(struct link *link, struct cell *cell, uint8_t *out)
{
	cell_seal(cell, &link->out, out);
	link->cells_out++;
}

void link_finish(struct link *link)
{
	key_wipe(link, sizeof *link);
}
