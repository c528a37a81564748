/* What all parts of the station share: effects, counting, log entries, telling those who follow. */
#include "daemon/core.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAD_US (SECOND_US / 100) /* by so much an entry's time may be wrong in deadlines' time */

struct bytes effects_data(const struct effects *effects, const struct effect *effect)
{
	return (struct bytes){effects->bytes + effect->at, effect->len};
}

/* What was replied may have been secret. */
void effects_clear(struct effects *effects)
{
	key_wipe(effects->bytes, effects->used);
	effects->count = effects->used = 0;
}

void effects_finish(struct effects *effects)
{
	free(effects->item);
	effects_clear(effects);
	free(effects->bytes);
	memset(effects, 0, sizeof *effects);
}

/* Out of memory in the middle of a turn: nothing has left, so ending here loses nothing. */
static void *grow(void *old, size_t size)
{
	void *new = realloc(old, size);

	if (new == NULL)
		abort();
	return new;
}

/* As grow(), and nothing of what moved is left behind. */
static void make_room(struct effects *e, size_t len)
{
	size_t size = e->size > 0 ? e->size : 4096;
	uint8_t *new;

	while (size - e->used < len)
		size *= 2;
	new = grow(NULL, size);
	if (e->used > 0)
		memcpy(new, e->bytes, e->used);
	key_wipe(e->bytes, e->used);
	free(e->bytes);
	e->bytes = new;
	e->size = size;
}

void core_effect(struct station *st, enum effect_type type, uint32_t conn, struct bytes data)
{
	struct effects *e = st->effects;

	if (e->count == e->capacity) {
		e->capacity = e->capacity > 0 ? 2 * e->capacity : 64;
		e->item = grow(e->item, e->capacity * sizeof *e->item);
	}
	if (e->size - e->used < data.len)
		make_room(e, data.len);
	if (data.len > 0)
		memcpy(e->bytes + e->used, data.data, data.len);
	e->item[e->count++] = (struct effect){.type = type, .conn = conn, .at = e->used, .len = data.len};
	e->used += data.len;
}

void core_journal(struct station *st, const char *format, ...)
{
	char line[512];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	core_effect(st, EFFECT_JOURNAL, 0, bytes_of(line));
}

const char *core_count_text(enum count cause)
{
#define COUNT_TEXT(name, text) [name] = text,
	static const char *const texts[] = {COUNTS(COUNT_TEXT)};
#undef COUNT_TEXT

	return texts[cause];
}

void core_count(struct station *st, enum count cause, struct peer *peer, const char *detail)
{
	if (peer != NULL)
		peer->refused++;
	st->count[cause]++;
	/* a flood must not fill the journal: after the first few, only each power of two is told */
	if (st->count[cause] <= 8 || (st->count[cause] & (st->count[cause] - 1)) == 0)
		core_journal(st, "event=refused cause=\"%s\" peer=%s detail=\"%s\" count=%llu", core_count_text(cause),
			     peer != NULL ? peer->name.text : "-", detail, (unsigned long long)st->count[cause]);
}

/*
 * The times of entries never go back: while the clock stands behind them they run ahead of it, or slower. What follows
 * from an entry's time must follow again when it is read later, so the log says how far it is ahead.
 */
static void log_lead(struct station *st)
{
	int64_t at = store_log_next(st->store, st->now.real_us) + st->shift.log;

	if (llabs(at - (st->now.real_us + st->shift.clock)) > LEAD_US && st->now.real_us > 0)
		core_log_act(st, STATION_LEAD, NULL, "u", (uint64_t)st->now.real_us);
}

void core_log(struct station *st, enum station_kind kind, const uint8_t *id, struct bytes data)
{
	struct leaf leaf = {.at = st->now.real_us, .kind = kind, .data = data, .has_id = id != NULL};

	if (kind != STATION_CLOCK && kind != STATION_LEAD)
		log_lead(st);
	if (id != NULL)
		memcpy(leaf.id, id, HASH_BYTES);
	st->random(st->random_ctx, leaf.salt, sizeof leaf.salt);
	store_log_append(st->store, &st->log, &leaf);
	apply_entry(st, NULL, &leaf);
}

void core_log_act(struct station *st, enum station_kind kind, const uint8_t *id, const char *types, ...)
{
	uint8_t data[4096]; /* a reason of 500 characters fits */
	struct pack_writer w = pack_writer(data, sizeof data);
	va_list args;

	pack_put_array(&w, strlen(types));
	va_start(args, types);
	for (; *types != '\0'; types++) {
		if (*types == 't')
			pack_put_str(&w, va_arg(args, struct bytes));
		else
			pack_put_uint(&w, va_arg(args, uint64_t));
	}
	va_end(args);
	assert(!w.is_over);
	core_log(st, kind, id, pack_written(&w));
}

uint64_t core_pair_entry(struct station *st, struct peer *peer, enum leaf_kind kind, const uint8_t id[HASH_BYTES])
{
	struct leaf leaf = {.at = st->now.real_us, .kind = kind, .has_id = true};
	uint64_t index;

	log_lead(st);
	memcpy(leaf.id, id, HASH_BYTES);
	st->random(st->random_ctx, leaf.salt, sizeof leaf.salt);
	index = store_log_append(st->store, &peer->log, &leaf);
	apply_entry(st, peer, &leaf);
	return index;
}

void core_notify(struct station *st, const char *event, const struct message *message, struct bytes from,
		 struct bytes to, const char *detail)
{
	uint8_t params[1024], frame[1280];
	struct pack_writer w = pack_writer(params, sizeof params), out = pack_writer(frame, sizeof frame);
	char number[NUMBER_TEXT] = "";
	struct control_event e = {
	    .at = st->now.real_us, .event = bytes_of(event), .from = from, .to = to, .detail = bytes_of(detail)};
	struct control_rpc rpc = {.type = CONTROL_EVENT, .method = bytes_of("event")};

	if (message != NULL) {
		number_format(message->number, number);
		e.exercise = message->exercise;
		e.precedence = message->precedence;
	}
	e.number = bytes_of(number);
	control_put_event(&w, &e);
	rpc.params = pack_written(&w);
	control_put_rpc(&out, &rpc);
	assert(!w.is_over && !out.is_over);
	for (struct client *client = st->clients; client != NULL; client = client->next)
		if (client->is_following)
			core_effect(st, EFFECT_REPLY, client->id, pack_written(&out));
}

void core_alert(struct station *st, const char *event, const struct message *message, struct bytes from)
{
	char text[256], number[NUMBER_TEXT] = "";
	int len;

	if (st->config->alert_command == NULL)
		return;
	if (message != NULL)
		number_format(message->number, number);
	len = snprintf(text, sizeof text, "%s%c%s%c%s%c%.*s", event, 0, number, 0,
		       message != NULL ? precedence_name(message->precedence) : "", 0, (int)from.len,
		       (const char *)from.data);
	assert(len > 0 && (size_t)len < sizeof text);
	core_effect(st, EFFECT_ALERT, 0, (struct bytes){(uint8_t *)text, (size_t)len + 1});
}

void core_fault(struct station *st, struct peer *peer, const char *what)
{
	core_log_act(st, STATION_FAULT, NULL, "tt", name_bytes(&peer->name), bytes_of(what));
	core_journal(st, "event=fault peer=%s what=\"%s\"", peer->name.text, what);
	core_notify(st, "fault", NULL, name_bytes(&peer->name), core_own_name(st), what);
	core_alert(st, "fault", NULL, name_bytes(&peer->name));
}

void core_behind(struct station *st, struct peer *peer, const char *why)
{
	if (peer->is_ahead)
		return;
	peer->is_ahead = true;
	peer->behind = why;
	core_journal(st, "event=behind peer=%s text=\"%s\"", peer->name.text, why);
	core_log_act(st, STATION_FAULT, NULL, "tt", name_bytes(&peer->name), bytes_of(why));
	core_notify(st, "behind", NULL, name_bytes(&peer->name), core_own_name(st), why);
	core_alert(st, "behind", NULL, name_bytes(&peer->name));
}

struct peer *core_peer(const struct station *st, struct bytes name)
{
	for (struct peer *peer = st->peers; peer != NULL; peer = peer->next)
		if (bytes_equal(name_bytes(&peer->name), name))
			return peer;
	return NULL;
}

struct bytes core_own_name(const struct station *st)
{
	return name_bytes(&st->config->station);
}

/* What a sentence repeats of a request may be cut within a character; a client reads whole ones only. */
static void mend(char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		size_t len = 1;

		while (len <= 4 && len <= left && !utf8_is_valid((struct bytes){(uint8_t *)text, len}))
			len++;
		if (len > 4 || len > left) {
			*text = '?';
			len = 1;
		}
		text += len;
		left -= len;
	}
}

int core_refuse(struct station *st, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(st->sentence, sizeof st->sentence, format, args);
	va_end(args);
	mend(st->sentence);
	return code;
}

void core_reference(const struct message *message, char out[REFERENCE_TEXT])
{
	char number[NUMBER_TEXT];

	number_format(message->number, number);
	snprintf(out, REFERENCE_TEXT, "%.*s %s%s", (int)message->from.len, (const char *)message->from.data,
		 message->exercise.len > 0 ? "EX " : "", number);
}

bool core_take(int64_t *full_at, int64_t now, int64_t count, int64_t refill_us)
{
	int64_t full = *full_at > now ? *full_at : now;

	if (full - now > (count - 1) * refill_us)
		return false;
	*full_at = full + refill_us;
	return true;
}
