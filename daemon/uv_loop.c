/* The daemon's loop: collect, settle, send. */
#include "daemon/uv_loop.h"

#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include "daemon/log.h"
#include "daemon/secret.h"

#define STOP_MS 500 /* for the last cells to leave */
#define ROUNDS 64   /* of handing cells to a kernel that takes them at once, before others have their turn */

static int64_t clock_us(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * SECOND_US + t.tv_nsec / 1000;
}

void loop_now(struct now *out)
{
	struct timex timex = {0};
	int state = ntp_adjtime(&timex);

	out->real_us = clock_us(CLOCK_REALTIME);
	out->mono_us = clock_us(CLOCK_BOOTTIME); /* goes on while the machine sleeps */
	out->error_ms = state < 0 || state == TIME_ERROR || (timex.status & STA_UNSYNC) != 0
			    ? CLOCK_ERROR_UNKNOWN
			    : (uint32_t)((timex.maxerror + 999) / 1000);
}

void loop_step(struct loop *loop, const struct event *event)
{
	struct now now;

	loop_now(&now);
	station_step(loop->station, event, &now, &loop->effects);
	loop->is_dirty = true;
}

/* Ends at once: the store failed, and what is not on disk must not be said. */
static void fail(struct loop *loop)
{
	log_text("event=failed text=\"the store can't be written; ending at once, nothing unsaid was sent\"");
	loop->result = 1;
	uv_stop(&loop->uv);
}

static void carry_out(struct loop *loop, const struct effect *effect)
{
	struct bytes data = effects_data(&loop->leaving, effect);
	const struct pair_keys *pair;
	char folder[4000];

	switch (effect->type) {
	case EFFECT_WRITE:
		net_write(loop->net, effect->conn, data);
		break;
	case EFFECT_CELL:
		net_cell(loop->net, effect->conn, pack_from_be16(data.data));
		break;
	case EFFECT_CLOSE:
		net_close(loop->net, effect->conn);
		break;
	case EFFECT_DIAL:
		net_dial(loop->net, effect->conn, data);
		break;
	case EFFECT_REPLY:
		control_reply(loop->control, effect->conn, data);
		break;
	case EFFECT_HANGUP:
		control_hangup(loop->control, effect->conn);
		break;
	case EFFECT_ALERT:
		alert_run(loop->alert, data);
		break;
	case EFFECT_KEYS:
		pair = station_pair(loop->station, data);
		if (pair != NULL && secret_store_pair(loop->config->directory, loop->store_key, pair) != 0) {
			log_text("event=failed text=\"a pair's key file can't be written\"");
			loop->result = 1;
			uv_stop(&loop->uv);
		}
		break;
	case EFFECT_EVIDENCE:
		snprintf(folder, sizeof folder, "%s/evidence", loop->config->directory);
		file_write(folder, "evidence", data);
		break;
	case EFFECT_PUBLISH:
		file_write(loop->config->publish, "checkpoint", data);
		break;
	case EFFECT_JOURNAL:
		log_line(data);
		break;
	}
}

/* When an effect leaves: keys before all that depends on them, then what peers wait for, then what is told here. */
static int rank(enum effect_type type)
{
	switch (type) {
	case EFFECT_KEYS:
		return 0;
	case EFFECT_WRITE:
	case EFFECT_CELL:
	case EFFECT_CLOSE:
	case EFFECT_DIAL:
		return 1;
	case EFFECT_REPLY:
	case EFFECT_HANGUP:
	case EFFECT_ALERT:
	case EFFECT_EVIDENCE:
	case EFFECT_PUBLISH:
	case EFFECT_JOURNAL:
		break;
	}
	return 2;
}

/*
 * Carrying out may bring events, a dial that fails at once for one: what they cause belongs to the next turn and waits
 * for its commit.
 */
static void carry_out_all(struct loop *loop)
{
	struct effects *leaving = &loop->leaving, empty = loop->leaving;

	loop->leaving = loop->effects;
	loop->effects = empty;
	for (int turn = 0; turn <= 2; turn++)
		for (size_t i = 0; i < leaving->count && loop->result == 0; i++)
			if (rank(leaving->item[i].type) == turn)
				carry_out(loop, &leaving->item[i]);
	effects_clear(leaving);
}

static void settle(struct loop *loop)
{
	struct now now;

	for (int round = 0; round < ROUNDS && loop->is_dirty && loop->result == 0; round++) {
		loop->is_dirty = false;
		loop_now(&now);
		if (station_settle(loop->station, &now, &loop->effects) != 0) {
			fail(loop);
			return;
		}
		carry_out_all(loop);
		net_offer_room(loop->net); /* steps, and so makes the loop dirty, where the kernel took all */
	}
}

static void on_timer(uv_timer_t *timer)
{
	struct loop *loop = timer->data;

	loop_step(loop, &(struct event){.type = EVENT_TIMER});
}

static void plan(struct loop *loop)
{
	int64_t wait_us = station_deadline(loop->station) - clock_us(CLOCK_BOOTTIME);

	if (wait_us < 0 || loop->is_dirty) /* the rounds were used up: others had their turn, and it goes on */
		wait_us = 0;
	if (wait_us > HOUR_US)
		wait_us = HOUR_US;
	uv_timer_start(&loop->timer, on_timer, (uint64_t)(wait_us / 1000) + (wait_us % 1000 != 0), 0);
}

static void on_turn(struct loop *loop)
{
	settle(loop);
	if (!loop->is_stopping && loop->result == 0)
		plan(loop);
}

static void on_prepare(uv_prepare_t *prepare)
{
	on_turn(prepare->data);
}

static void on_check(uv_check_t *check)
{
	on_turn(check->data);
}

static void on_stopped(uv_timer_t *timer)
{
	uv_stop(timer->loop);
}

static void on_signal(uv_signal_t *signal, int number)
{
	struct loop *loop = signal->data;

	if (loop->is_stopping)
		return;
	loop->is_stopping = true;
	log_text("event=stop signal=%d", number);
	loop_step(loop, &(struct event){.type = EVENT_STOP});
	uv_timer_start(&loop->timer, on_stopped, STOP_MS, 0);
}

int loop_init(struct loop *loop, const struct config *config)
{
	memset(loop, 0, sizeof *loop);
	loop->config = config;
	if (uv_loop_init(&loop->uv) != 0)
		return -1;
	uv_timer_init(&loop->uv, &loop->timer);
	uv_prepare_init(&loop->uv, &loop->prepare);
	uv_check_init(&loop->uv, &loop->check);
	uv_signal_init(&loop->uv, &loop->terminate);
	uv_signal_init(&loop->uv, &loop->interrupt);
	loop->timer.data = loop->prepare.data = loop->check.data = loop->terminate.data = loop->interrupt.data = loop;
	return 0;
}

int loop_run(struct loop *loop, struct station *station)
{
	loop->station = station;
	uv_prepare_start(&loop->prepare, on_prepare);
	uv_check_start(&loop->check, on_check);
	uv_signal_start(&loop->terminate, on_signal, SIGTERM);
	uv_signal_start(&loop->interrupt, on_signal, SIGINT);
	loop->is_dirty = true;
	uv_run(&loop->uv, UV_RUN_DEFAULT);
	effects_finish(&loop->effects);
	effects_finish(&loop->leaving);
	return loop->result;
}
