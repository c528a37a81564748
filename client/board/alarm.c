/* Urgent messages on which nobody here has acted: what they are, when they ring, what the terminal's title says. */
#include "client/board/model.h"

#include <stdlib.h>

#include "client/lang.h"
#include "client/say.h"
#include "proto/result.h"

#define FLASH_RINGS_US (3 * SECOND_US)
#define IMMEDIATE_RINGS_US (15 * SECOND_US)

void alarms_clear(struct board *board)
{
	for (size_t i = 0; i < board->alarm_count; i++)
		row_free(&board->alarm[i]);
	board->alarm_count = board->alarm_total = 0;
}

/* Urgent messages that are open; who of them is waited for here is sorted out when they are read. */
void alarms_request(struct board_request *out)
{
	view_request_page(&(struct page_of){.box = BOX_OPEN, .is_urgent = true, .count = 200}, out);
}

/* An alarm until a watch officer of this station acts. */
static bool is_unacted(const struct board *board, const struct control_message *m)
{
	for (size_t i = 0; i < m->delivery_count; i++) {
		const struct control_delivery *d = &m->delivery[i];

		if (!m->is_sent && d->part != 1 && bytes_equal(d->name, bytes_of(board->station)))
			return d->acknowledged_at == 0 && d->answered_at == 0 && d->holds == 0 && d->why != WHY_DECLINED;
	}
	return false;
}

void alarms_read(struct board *board, struct pack_reader *r)
{
	static struct shown shown;
	size_t count;

	alarms_clear(board);
	pack_read_uint(r, INT64_MAX);
	count = pack_read_array(r, SIZE_MAX);
	for (size_t i = 0; i < count && show_read(r, &shown); i++) {
		if (!is_unacted(board, &shown.raw))
			continue;
		if (board->alarm_total++ < ALARMS)
			row_message(board, &board->alarm[board->alarm_count++], &shown);
	}
	board->is_alarm_stale = false;
}

static bool has_flash(const struct board *board)
{
	for (size_t i = 0; i < board->alarm_count; i++)
		if (board->alarm[i].precedence == PRECEDENCE_FLASH)
			return true;
	return false;
}

bool board_rings(struct board *board)
{
	int64_t every = has_flash(board) ? FLASH_RINGS_US : IMMEDIATE_RINGS_US;

	if (board->is_replay || board->alarm_total == 0 || (board->rung_at != 0 && board->now - board->rung_at < every))
		return false;
	board->rung_at = board->now;
	return true;
}

char *board_title(const struct board *board)
{
	const char *station = board->station[0] != '\0' ? board->station : "hotline";

	if (!board->is_connected)
		return say_format(_("%s: NO CONNECTION"), station);
	if (board->alarm_total == 0)
		return say_format("%s", station);
	return say_format(has_flash(board) ? _("FLASH waits: %s (%zu)") : _("IMMEDIATE waits: %s (%zu)"), station,
			  board->alarm_total);
}
