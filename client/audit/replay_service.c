/* Incidents, and silence by notice, as far as the record goes (SPEC 5.7). */
#include <errno.h>
#include <string.h>

#include "client/audit/replay_apply.h"
#include "proto/result.h"

/* One of the two sides of a pair. */
struct side {
	uint32_t peer;
	bool is_own, is_exercise;
};

static struct replay_silence *find_silence(const struct audit_replay *replay, const struct side *side)
{
	for (size_t i = 0; i < replay->silence_count; i++) {
		struct replay_silence *silence = &replay->silence[i];

		if (silence->peer == side->peer && silence->is_own == side->is_own &&
		    silence->is_exercise == side->is_exercise)
			return silence;
	}
	return NULL;
}

static int64_t silent_until(const struct audit_replay *replay, const struct side *side, int64_t at)
{
	const struct replay_silence *silence = find_silence(replay, side);

	return silence != NULL && silence->until > at ? silence->until : 0;
}

int64_t replay_silent_until(const struct audit_replay *replay, uint32_t message, uint32_t addressee, int64_t at)
{
	const struct record_message *m = &replay->record->message[message];
	const struct side side = {
	    .peer = m->is_sent ? addressee : m->from, .is_own = !m->is_sent, .is_exercise = m->is_exercise};

	return silent_until(replay, &side, at);
}

void replay_pause(struct replay_spot *s, const struct message_row *row, struct replay_delivery *delivery)
{
	int64_t until = replay_silent_until(s->replay, delivery->message, delivery->name, s->clock_at);

	(void)row;
	if (until != 0)
		deadline_pause(&delivery->row, until - s->clock_at);
}

/* Everything that waits for the silent side moves by the span by which its silence grew or shrank. */
static void move_deadlines(struct audit_replay *replay, const struct side *side, int64_t span)
{
	uint32_t name = side->is_own ? replay->own : side->peer;

	for (size_t i = 0; i < replay->delivery_count && span != 0; i++) {
		struct replay_delivery *delivery = &replay->delivery[i];
		const struct record_message *m = &replay->record->message[delivery->message];

		if (delivery->name == name && m->is_exercise == side->is_exercise &&
		    (!side->is_own || m->from == side->peer))
			deadline_pause(&delivery->row, span);
	}
}

/* It counts from its log entry, 72 h at most, whatever it says. */
static void apply_silence(struct replay_spot *s, const struct content *content, const struct side *side)
{
	int64_t before = silent_until(s->replay, side, s->clock_at), until = 0;
	struct replay_silence *silence = find_silence(s->replay, side);

	content_time(content, FIELD_NEXT_UPDATE, &until);
	until = until > s->clock_at + SILENCE_MAX_US ? s->clock_at + SILENCE_MAX_US : until;
	if (silence == NULL) {
		silence = REPLAY_ADD(s->replay, silence);
		if (silence == NULL)
			return;
		*silence = (struct replay_silence){
		    .peer = side->peer, .is_own = side->is_own, .is_exercise = side->is_exercise};
	}
	silence->until = until > s->clock_at ? until : 0;
	before = before > s->clock_at ? before : s->clock_at;
	move_deadlines(s->replay, side, (until > s->clock_at ? until : s->clock_at) - before);
}

static void incident_key(const struct audit_replay *replay, uint32_t message, uint32_t peer, uint8_t out[HASH_BYTES])
{
	const struct bytes parts[] = {{replay->record->message[message].incident, INCIDENT_BYTES},
				      audit_record_text(replay->record, peer)};

	hash_sha256_parts(parts, 2, out);
}

static struct replay_incident *find_incident(struct audit_replay *replay, const uint8_t key[HASH_BYTES])
{
	uint32_t at = idmap_find(&replay->incident_map, key, replay->incident, sizeof *replay->incident);
	struct replay_incident *incident;

	if (at != RECORD_NONE)
		return &replay->incident[at];
	incident = REPLAY_ADD(replay, incident);
	if (incident == NULL)
		return NULL;
	memcpy(incident->key, key, HASH_BYTES);
	if (idmap_add(&replay->incident_map, (uint32_t)replay->incident_count - 1, replay->incident,
		      sizeof *replay->incident) != 0)
		replay->error = -ENOMEM;
	return incident;
}

static bool is_closed(const struct replay_incident *incident)
{
	return incident->own_close_at != 0 && incident->their_close_at != 0;
}

static void apply_incident(struct replay_spot *s, uint32_t message, const struct side *side)
{
	const struct record_message *m = &s->record->message[message];
	struct replay_incident *incident;
	uint8_t key[HASH_BYTES];

	if (!m->has_incident)
		return;
	incident_key(s->replay, message, side->peer, key);
	incident = find_incident(s->replay, key);
	if (incident == NULL)
		return;
	/* whatever comes after both have closed opens it again, also another proposal to close */
	if (is_closed(incident))
		incident->own_close_at = incident->their_close_at = 0;
	if (m->kind == KIND_CLOSE && side->is_own)
		incident->own_close_at = s->clock_at;
	else if (m->kind == KIND_CLOSE)
		incident->their_close_at = s->clock_at;
}

enum incident_state replay_incident_state(const struct audit_replay *replay, uint32_t message, uint32_t peer)
{
	const struct replay_incident *incident;
	uint8_t key[HASH_BYTES];
	uint32_t at;

	if (!replay->record->message[message].has_incident)
		return INCIDENT_NONE;
	incident_key(replay, message, peer, key);
	at = idmap_find(&replay->incident_map, key, replay->incident, sizeof *replay->incident);
	if (at == RECORD_NONE)
		return INCIDENT_NONE;
	incident = &replay->incident[at];
	if (is_closed(incident))
		return INCIDENT_CLOSED;
	if (incident->own_close_at != 0)
		return INCIDENT_OWN_CLOSE;
	return incident->their_close_at != 0 ? INCIDENT_THEIR_CLOSE : INCIDENT_OPEN;
}

/* What a message does between the two sides of a pair. */
void replay_sides(struct replay_spot *s, uint32_t message, uint32_t peer)
{
	static struct content content;
	const struct record_message *m = &s->record->message[message];
	const struct side side = {.peer = peer, .is_own = m->is_sent, .is_exercise = m->is_exercise};
	uint64_t type = 0;

	apply_incident(s, message, &side);
	if (m->kind != KIND_SERVICE || audit_record_words(s->record, message, &content) != RESULT_OK)
		return;
	content_code(&content, FIELD_SERVICE, &type);
	if (type == SERVICE_SILENCE)
		apply_silence(s, &content, &side);
}
