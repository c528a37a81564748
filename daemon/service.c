/*
 * Service messages (SPEC 5.7): what they mean for the tables, and the tracer that a station answers by itself. What
 * an exercise says is kept apart from what is real.
 */
#include <assert.h>
#include <string.h>

#include "daemon/core.h"

#define STAGES_BYTES 256

static uint64_t type_of(const struct content *content)
{
	uint64_t type = 0;

	content_code(content, FIELD_SERVICE, &type);
	return type;
}

static int64_t silent_until(struct station *st, const struct side *side, bool is_exercise)
{
	struct notice_row row = {
	    .peer = side->peer, .type = SERVICE_SILENCE, .is_own = side->is_own, .is_exercise = is_exercise};

	return store_notice(st->store, &row) && row.until > side->at ? row.until : 0;
}

int64_t service_silent_until(struct station *st, const struct message_row *message, struct bytes addressee, int64_t at)
{
	const struct side side = {
	    .peer = message->is_sent ? addressee : message->sender, .is_own = !message->is_sent, .at = at};

	return silent_until(st, &side, message->is_exercise);
}

void service_pause(struct station *st, const struct message_row *message, struct delivery_row *delivery, int64_t at)
{
	int64_t until = service_silent_until(st, message, delivery->name, at);

	if (until != 0)
		deadline_pause(delivery, until - at);
}

/* Everything that waits for the silent side moves by the span by which its silence grew or shrank. */
static void move_deadlines(struct station *st, const struct side *side, bool is_exercise, int64_t span)
{
	struct bytes name = side->is_own ? core_own_name(st) : side->peer;
	uint8_t id[OBJECT_ID_BYTES] = {0};
	struct delivery_row delivery;
	struct message_row message;

	while (span != 0 && store_delivery_waiting(st->store, name, id, id, &delivery)) {
		if (!store_message(st->store, id, &message) || message.is_exercise != is_exercise ||
		    (side->is_own && !bytes_equal(message.sender, side->peer)))
			continue;
		deadline_pause(&delivery, span);
		listing_put_delivery(st, &message, &delivery);
	}
}

/* It counts from its log entry, 72 h at most, whatever it says. */
static void apply_silence(struct station *st, const struct content *content, const struct side *side, bool is_exercise)
{
	struct notice_row row = {
	    .peer = side->peer, .type = SERVICE_SILENCE, .is_own = side->is_own, .is_exercise = is_exercise};
	int64_t before = silent_until(st, side, is_exercise), until = 0;

	content_time(content, FIELD_NEXT_UPDATE, &until);
	until = until > side->at + SILENCE_MAX_US ? side->at + SILENCE_MAX_US : until;
	row.until = until;
	if (until > side->at)
		store_notice_put(st->store, &row);
	else
		store_notice_lift(st->store, &row);
	before = before > side->at ? before : side->at;
	move_deadlines(st, side, is_exercise, (until > side->at ? until : side->at) - before);
}

static void apply_minimise(struct station *st, const struct content *content, const struct side *side, bool is_exercise)
{
	struct notice_row row = {
	    .peer = side->peer, .type = SERVICE_MINIMISE, .is_own = side->is_own, .is_exercise = is_exercise};
	uint64_t least = 0;

	content_code(content, FIELD_LEAST, &least);
	content_time(content, FIELD_NEXT_UPDATE, &row.until);
	if (least >= PRECEDENCE_PRIORITY && least <= PRECEDENCE_FLASH && (row.until == 0 || row.until > side->at)) {
		row.least = (uint8_t)least;
		store_notice_put(st->store, &row);
	} else
		store_notice_lift(st->store, &row);
}

/* A tracer of ours: the addressee is asked about the message that it names. */
static void apply_tracer(struct station *st, const uint8_t traced[OBJECT_ID_BYTES], const struct side *side)
{
	struct trace_row row = {0};
	struct delivery_row delivery;
	struct message_row message;

	if (!store_message(st->store, traced, &message) || !message.is_sent ||
	    !store_delivery(st->store, traced, side->peer, &delivery))
		return;
	store_trace(st->store, traced, side->peer, &row);
	row.asked_at = side->at;
	row.answered_at = 0;
	store_trace_put(st->store, traced, side->peer, &row);
}

/* An answer to a tracer of ours about a message of ours. */
static void apply_stages(struct station *st, const uint8_t tracer_id[OBJECT_ID_BYTES], struct bytes stages,
			 const struct side *side)
{
	static struct message tracer;
	struct trace_row row;
	enum object_type type;

	if (!track_header(st, tracer_id, &tracer, &type) || tracer.kind != KIND_SERVICE || !tracer.has_in_reply_to ||
	    !bytes_equal(tracer.from, core_own_name(st)) || stages.len > STAGES_BYTES ||
	    !store_trace(st->store, tracer.in_reply_to, side->peer, &row))
		return;
	row.answered_at = side->at;
	row.stages = stages;
	store_trace_put(st->store, tracer.in_reply_to, side->peer, &row);
}

void service_apply(struct station *st, const struct message *message, const struct side *side)
{
	static struct content content;
	struct bytes words, stages;
	bool is_exercise = message->exercise.len > 0;

	if (message->kind != KIND_SERVICE || !store_content(st->store, message->content_hash, &words) ||
	    content_decode(words, &content) != RESULT_OK)
		return;
	stages = content_field(&content, FIELD_STAGES);
	switch (type_of(&content)) {
	case SERVICE_TRACER:
		if (side->is_own && stages.len == 0 && message->has_in_reply_to)
			apply_tracer(st, message->in_reply_to, side);
		else if (!side->is_own && stages.len > 0 && message->has_in_reply_to)
			apply_stages(st, message->in_reply_to, stages, side);
		break;
	case SERVICE_MINIMISE:
		apply_minimise(st, &content, side, is_exercise);
		break;
	case SERVICE_SILENCE:
		apply_silence(st, &content, side, is_exercise);
		break;
	default: /* a watch handover, or what a later version knows: shown, and of no consequence */
		break;
	}
}

bool service_is_tracer(const struct message *message, const struct content *content)
{
	return message->kind == KIND_SERVICE && type_of(content) == SERVICE_TRACER;
}

bool service_floods(struct station *st, struct peer *peer, const struct message *message, const struct content *content)
{
	return service_is_tracer(message, content) && content_field(content, FIELD_STAGES).len == 0 &&
	       !core_take(&peer->tracers_full_at, st->now.mono_us, TRACERS, TRACER_REFILL_US);
}

struct stages {
	struct pack_writer w;
	size_t count;
};

static void add_stage(struct stages *stages, enum trace stage, int64_t at)
{
	if (at == 0)
		return;
	pack_put_array(&stages->w, 2);
	pack_put_uint(&stages->w, stage);
	pack_put_int(&stages->w, at);
	stages->count++;
}

/* What became here of a message of the peer's; nothing of anyone else's. */
static struct bytes tell_stages(struct station *st, struct peer *peer, const uint8_t id[OBJECT_ID_BYTES],
				uint8_t out[STAGES_BYTES])
{
	uint8_t pairs[STAGES_BYTES - 1];
	struct stages stages = {.w = pack_writer(pairs, sizeof pairs)};
	struct pack_writer w = pack_writer(out, STAGES_BYTES);
	struct delivery_row d;
	struct message_row row;
	struct superseded superseded;

	if (store_message(st->store, id, &row) && !row.is_sent && bytes_equal(row.sender, name_bytes(&peer->name)) &&
	    store_delivery(st->store, id, core_own_name(st), &d)) {
		add_stage(&stages, TRACE_RECEIVED, d.custody_at);
		add_stage(&stages, TRACE_RECEIPTED, d.sent_at);
		add_stage(&stages, TRACE_SHOWN, d.shown_at);
		add_stage(&stages, TRACE_ACKNOWLEDGED, d.acknowledged_at);
		add_stage(&stages, TRACE_HOLD, d.hold_until != 0 ? d.hold_until - st->shift.clock : 0);
		add_stage(&stages, TRACE_ANSWERED, d.answered_at);
		add_stage(&stages, TRACE_DECLINED, d.declined_at);
		if (row.expires != 0 && row.expires <= st->now.real_us)
			add_stage(&stages, TRACE_EXPIRED, row.expires);
		if (store_superseded(st->store, &row, &superseded) && superseded.kind == KIND_CANCEL)
			add_stage(&stages, TRACE_CANCELLED, superseded.at);
	}
	pack_put_array(&w, stages.count);
	pack_put_raw(&w, pack_written(&stages.w));
	assert(!w.is_over);
	return pack_written(&w);
}

/* Signed by the station, without an officer. */
static void answer_tracer(struct station *st, struct peer *peer, const struct message *tracer,
			  const uint8_t id[OBJECT_ID_BYTES])
{
	static struct message answer;
	static uint8_t words[1024];
	uint8_t stages[STAGES_BYTES];
	const struct service_words content = {.subject = "Answer to a tracer",
					      .type = SERVICE_TRACER,
					      .stages = tell_stages(st, peer, tracer->in_reply_to, stages)};
	const struct release_act act = {.officer = bytes_of(STATION_FUNCTION), .anyway = true};
	uint8_t ignored[OBJECT_ID_BYTES];

	answer = (struct message){.kind = KIND_SERVICE,
				  .exercise = tracer->exercise,
				  .from = core_own_name(st),
				  .action_count = 1,
				  .action = {name_bytes(&peer->name)},
				  .precedence = tracer->precedence,
				  .drafter = act.officer,
				  .releaser_count = 1,
				  .releaser = {act.officer},
				  .has_in_reply_to = true,
				  .tlp = tracer->tlp,
				  .is_without_prejudice = true};
	memcpy(answer.in_reply_to, id, OBJECT_ID_BYTES);
	if (release_now(st, &act, &answer, service_content(st, &content, words, sizeof words), ignored) != 0)
		core_count(st, COUNT_TRACER, peer, st->sentence);
}

void service_received(struct station *st, struct peer *peer, const struct message *message,
		      const struct content *content, const uint8_t id[OBJECT_ID_BYTES])
{
	if (!service_is_tracer(message, content) || !message->has_in_reply_to)
		return;
	if (content_field(content, FIELD_STAGES).len > 0)
		core_notify(st, "traced", message, name_bytes(&peer->name), core_own_name(st), "");
	else
		answer_tracer(st, peer, message, id);
}

static bool is_in_force(struct station *st, struct notice_row *row)
{
	return store_notice(st->store, row) && (row->until == 0 || row->until > st->now.real_us);
}

bool service_asks_reason(struct station *st, const struct message *message, struct bytes peer, struct notice_row *out)
{
	for (int own = 0; own < 2; own++) {
		*out = (struct notice_row){.peer = peer,
					   .type = SERVICE_MINIMISE,
					   .is_own = own == 1,
					   .is_exercise = message->exercise.len > 0};
		if (is_in_force(st, out) && message->precedence < out->least)
			return true;
	}
	return false;
}

int service_check_release(struct station *st, const struct message *message, struct bytes reason)
{
	char until[TIME_TEXT];
	struct notice_row row;

	if (reason.len > 0 || message->kind == KIND_HOLD || message->kind == KIND_SERVICE)
		return 0;
	for (size_t i = 0; i < message_addressee_count(message); i++) {
		struct bytes name = message_addressee(message, i);

		if (!service_asks_reason(st, message, name, &row))
			continue;
		time_format_dtg(row.until, until);
		return core_refuse(st, CONTROL_REFUSED,
				   "Minimise is in force with %.*s until %s, by %s: below %s a release needs a reason "
				   "(release --reason TEXT).",
				   (int)name.len, (const char *)name.data, row.until != 0 ? until : N_("it is lifted"),
				   row.is_own ? N_("us") : N_("them"), precedence_name(row.least));
	}
	return 0;
}
