/*
 * What happens, step by step, when a deadline passes without what it asks for (product: ladder). Each step is an entry of
 * the station log, whose meaning for the deadlines is in apply.c; here is what it does besides: alarms, reminders, copies.
 */
#include <assert.h>
#include <string.h>

#include "daemon/core.h"

#define TURN_STEPS 256		   /* deadlines served in one turn */
#define START_GRACE_US (30 * SECOND_US) /* receipts that are on their way come before what passed while we were down */
#define STEP_BREACH 100
#define STEP_OTHER_LANE 150
#define STEP_NEXT_LAYER 200
#define STEP_OPERATOR 300

/* A deadline that passed: of this message, for this addressee. */
struct passed {
	struct message_row row;
	struct message header;
	struct delivery_row delivery;
	struct name name; /* the addressee's */
	enum deadline which;
	uint32_t share;
	uint8_t body[LIMIT_OBJECT_BYTES]; /* what header borrows from */
};

static int64_t deadlines_now(const struct station *st)
{
	return st->now.real_us + st->shift.clock;
}

void ladder_start(struct station *st)
{
	st->shift = store_clock_shift(st->store);
	st->next_due = store_delivery_next_due(st->store);
	st->ladder_from = st->now.mono_us + START_GRACE_US;
}

int64_t ladder_deadline(struct station *st)
{
	int64_t due;

	if (st->has_due_changed)
		st->next_due = store_delivery_next_due(st->store);
	st->has_due_changed = false;
	if (st->next_due == 0)
		return INT64_MAX;
	due = st->now.mono_us + (st->next_due - deadlines_now(st));
	return due > st->ladder_from ? due : st->ladder_from;
}

bool ladder_waits(const struct message *message)
{
	return message->tlp >= TLP_AMBER_STRICT;
}

static bool is_in_ladder(const struct message *message, struct bytes name)
{
	for (size_t i = 0; i < message->ladder_count; i++)
		if (bytes_equal(message->ladder[i], name))
			return true;
	return false;
}

/* Whether a contact point is the one that a step copies to. */
static bool fits(const struct peer *of, const struct peer *peer, uint32_t step)
{
	switch (step) {
	case STEP_BREACH:
		return peer->card.lane == of->card.lane && peer->card.layer == of->card.layer;
	case STEP_OTHER_LANE:
		return peer->card.lane != of->card.lane;
	default:
		return peer->card.layer == of->card.layer + 1u;
	}
}

/* The i-th contact point that the ladder may reach for an addressee: its alternates, then others of its state. */
static bool candidate(const struct message *message, const struct peer *of, size_t i, struct bytes *out)
{
	if (i < of->card.alternate_count) {
		*out = of->card.alternate[i];
		return is_in_ladder(message, *out);
	}
	*out = message->ladder[i - of->card.alternate_count];
	return bytes_equal(name_state(*out), of->card.state);
}

struct peer *ladder_target(struct station *st, const struct message *message, struct bytes addressee, uint32_t step,
			   void (*skipped)(struct station *st, struct bytes name, void *ctx), void *ctx)
{
	const struct peer *of = core_peer(st, addressee);
	struct bytes name;

	if (of == NULL || step < STEP_BREACH || step > STEP_NEXT_LAYER)
		return NULL;
	for (size_t i = 0; i < of->card.alternate_count + message->ladder_count; i++) {
		struct peer *peer;

		if (!candidate(message, of, i, &name) || bytes_equal(name, core_own_name(st)))
			continue;
		peer = core_peer(st, name);
		if (peer == NULL && skipped != NULL)
			skipped(st, name, ctx);
		if (peer != NULL && fits(of, peer, step) && message_addresses(message, name) == 0)
			return peer;
	}
	return NULL;
}

static void log_step(struct station *st, const struct passed *p, enum step_act act, struct bytes target)
{
	core_log_act(st, STATION_STEP, p->row.id, "tuuut", name_bytes(&p->name), (uint64_t)p->which, (uint64_t)p->share,
		     (uint64_t)act, target);
	core_journal(st, "event=step number=%04u-%06u addressee=%s deadline=%d share=%u act=%d target=%.*s",
		     p->row.number.year, p->row.number.digits, p->name.text, (int)p->which, p->share, (int)act,
		     (int)target.len, target.len > 0 ? (const char *)target.data : "");
}

static void tell(struct station *st, const struct passed *p, const char *event, const char *detail)
{
	struct bytes other = p->row.is_sent ? name_bytes(&p->name) : p->header.from;

	core_notify(st, event, &p->header, p->row.is_sent ? core_own_name(st) : p->header.from,
		    p->row.is_sent ? name_bytes(&p->name) : core_own_name(st), detail);
	core_alert(st, event, &p->header, other);
}

static void on_skipped(struct station *st, struct bytes name, void *ctx)
{
	struct passed *p = ctx;

	log_step(st, p, STEP_SKIPPED, name);
	core_notify(st, "ladder-skipped", &p->header, core_own_name(st), name, N_("not enrolled"));
}

/* The signed statement that the ladder reached `to`, queued with the message. */
static void send_copy(struct station *st, struct passed *p, struct peer *to)
{
	uint8_t body[COPY_MAX_BYTES], encoded[COPY_MAX_BYTES + OBJECT_OVERHEAD_BYTES];
	struct pack_writer w = pack_writer(body, sizeof body), out = pack_writer(encoded, sizeof encoded);
	struct copy copy = {.to = name_bytes(&to->name),
			    .step = p->share,
			    .at = st->now.real_us,
			    .card_serial = st->card.serial};

	memcpy(copy.message, p->row.id, OBJECT_ID_BYTES);
	copy_encode(&copy, &w);
	object_sign(p->row.is_exercise ? OBJECT_COPY_EXERCISE : OBJECT_COPY, pack_written(&w), &st->keys.signing, &out);
	assert(!w.is_over && !out.is_over);
	log_step(st, p, STEP_COPIED, copy.to);
	outbox_copy(st, to, &p->row, pack_written(&out));
	core_notify(st, "copied", &p->header, core_own_name(st), copy.to, N_("unacknowledged"));
}

/* One more contact point, or why none. A copy that exists already is not made again. */
static void climb(struct station *st, struct passed *p)
{
	struct delivery_row copy;
	struct peer *to = ladder_target(st, &p->header, name_bytes(&p->name), p->share, on_skipped, p);

	if (to == NULL || store_delivery(st->store, p->row.id, name_bytes(&to->name), &copy))
		log_step(st, p, STEP_NOBODY, (struct bytes){NULL, 0});
	else
		send_copy(st, p, to);
}

/* At the sender: warned at 50 %, then further contact points, at last the operator. */
static void step_sender(struct station *st, struct passed *p)
{
	struct peer *peer = core_peer(st, name_bytes(&p->name));
	bool may_climb = p->share >= STEP_BREACH && p->share <= STEP_NEXT_LAYER;

	if (peer != NULL)
		outbox_reminder(st, peer, &p->row, p->share);
	if (!may_climb)
		log_step(st, p, STEP_ALARMED, (struct bytes){NULL, 0});
	else if (ladder_waits(&p->header))
		log_step(st, p, STEP_WAITS, (struct bytes){NULL, 0});
	else
		climb(st, p);
	if (p->share < STEP_BREACH)
		tell(st, p, "unacknowledged", "half of the time to acknowledge has passed");
	else if (may_climb && ladder_waits(&p->header))
		tell(st, p, "breach", "not acknowledged in time; the marking asks an officer to decide on a copy");
	else if (p->share == STEP_NEXT_LAYER)
		tell(st, p, "breach", "not acknowledged in twice the time; use the fallback sheet");
	else if (p->share >= STEP_OPERATOR)
		tell(st, p, "breach", "not acknowledged in three times the time; the operator must decide");
	else
		tell(st, p, "breach", "not acknowledged in time");
}

/* At the addressee's station. What its sender reminded of already is not rung twice. */
static void step_own(struct station *st, struct passed *p)
{
	log_step(st, p, STEP_ALARMED, (struct bytes){NULL, 0});
	if (p->delivery.reminded >= p->share)
		return;
	tell(st, p, p->share < STEP_BREACH ? "unacknowledged" : "breach",
	     p->share < STEP_BREACH ? N_("half of the time to acknowledge has passed") : N_("not acknowledged in time"));
}

static void serve(struct station *st, struct passed *p)
{
	static const char *const events[] = {[DEADLINE_CUSTODY] = "no-custody",
					     [DEADLINE_OPEN] = "unopened",
					     [DEADLINE_ANSWER] = "unanswered",
					     [DEADLINE_EXPIRY] = "expired",
					     [DEADLINE_EARLY] = "unopened"};
	static const char *const words[] = {[DEADLINE_CUSTODY] = N_("their station has not confirmed custody"),
					    [DEADLINE_OPEN] = N_("no officer has opened it in time"),
					    [DEADLINE_ANSWER] = N_("neither answer nor hold in time"),
					    [DEADLINE_EXPIRY] = "",
					    [DEADLINE_EARLY] = N_("no officer has opened it yet")};

	if (p->which == DEADLINE_ACKNOWLEDGE && p->row.is_sent)
		step_sender(st, p);
	else if (p->which == DEADLINE_ACKNOWLEDGE)
		step_own(st, p);
	else {
		log_step(st, p, STEP_ALARMED, (struct bytes){NULL, 0});
		if (p->which == DEADLINE_EXPIRY)
			core_notify(st, events[p->which], &p->header, p->header.from, name_bytes(&p->name), "");
		else
			tell(st, p, events[p->which], words[p->which]);
	}
}

/* The header, in memory of its own: objects are read while it is used. */
static bool load(struct station *st, struct passed *p)
{
	struct object object;
	struct bytes encoded;

	if (!store_message(st->store, p->row.id, &p->row) || !store_object(st->store, p->row.id, &encoded) ||
	    object_decode(encoded, &object) != RESULT_OK || object.body.len > sizeof p->body)
		return false;
	memcpy(p->body, object.body.data, object.body.len);
	return message_decode((struct bytes){p->body, object.body.len}, &p->header) == RESULT_OK;
}

void ladder_timers(struct station *st)
{
	static struct passed p;

	if (ladder_deadline(st) > st->now.mono_us)
		return;
	for (int i = 0; i < TURN_STEPS && store_delivery_due(st->store, deadlines_now(st), p.row.id, &p.delivery); i++) {
		if (!name_copy(p.delivery.name, &p.name) || !load(st, &p))
			return; /* the store has failed: the turn ends with it */
		p.which = deadline_first(&p.delivery);
		p.share = p.which == DEADLINE_ACKNOWLEDGE ? deadline_next_step(&p.delivery, p.row.is_sent) : 0;
		serve(st, &p);
	}
}

int ladder_act(struct station *st, struct client *client, struct bytes reference, struct bytes addressee)
{
	static struct passed p;
	struct message_row row;
	int result = track_find(st, reference, &row);

	if (result != 0)
		return result;
	p.row = row;
	if (!load(st, &p) || !p.row.is_sent || !name_copy(addressee, &p.name) ||
	    !store_delivery(st->store, p.row.id, name_bytes(&p.name), &p.delivery) || p.delivery.waiting == 0)
		return core_refuse(st, CONTROL_REFUSED, "No step of the ladder of this message waits for an officer there.");
	p.which = DEADLINE_ACKNOWLEDGE;
	p.share = p.delivery.waiting;
	core_log_act(st, STATION_LADDER, p.row.id, "tutu", name_bytes(&p.name), (uint64_t)p.share,
		     name_bytes(&client->officer->function), (uint64_t)client->uid);
	climb(st, &p);
	return 0;
}

static void put_step(struct station *st, const struct message *message, struct bytes addressee, uint32_t step,
		     struct pack_writer *out)
{
	struct peer *to = ladder_target(st, message, addressee, step, NULL, NULL);

	pack_put_array(out, 4);
	pack_put_str(out, addressee);
	pack_put_uint(out, step);
	pack_put_int(out, precedence_row(message->precedence)->acknowledge_us * step / 100);
	pack_put_str(out, to != NULL ? name_bytes(&to->name) : (struct bytes){NULL, 0});
}

void ladder_put_plan(struct station *st, const struct message *message, struct pack_writer *out)
{
	static const uint32_t step[] = {STEP_BREACH, STEP_OTHER_LANE, STEP_NEXT_LAYER};
	bool has_ladder = message->ladder_count > 0 && kind_asks_acknowledgement(message->kind);

	pack_put_bool(out, ladder_waits(message));
	pack_put_array(out, has_ladder ? message->action_count * 3 : 0);
	for (size_t i = 0; has_ladder && i < message->action_count; i++)
		for (size_t s = 0; s < sizeof step / sizeof *step; s++)
			put_step(st, message, message->action[i], step[s], out);
}

void ladder_arm_early(struct station *st, const struct message *message, const uint8_t id[OBJECT_ID_BYTES])
{
	int64_t span = precedence_row(message->precedence)->open_us * (int64_t)st->config->early_percent / 100;

	if (st->config->early_percent > 0 && message_addresses(message, core_own_name(st)) == 1 &&
	    kind_asks_acknowledgement(message->kind))
		core_log_act(st, STATION_EARLY, id, "u", (uint64_t)(st->now.real_us + span));
}

int ladder_reminded(struct station *st, struct peer *peer, const uint8_t id[OBJECT_ID_BYTES], uint32_t share)
{
	static struct passed p;

	memcpy(p.row.id, id, OBJECT_ID_BYTES);
	p.name = st->config->station;
	if (!load(st, &p) || p.row.is_sent || !bytes_equal(p.header.from, name_bytes(&peer->name)) ||
	    !store_delivery(st->store, id, core_own_name(st), &p.delivery))
		return RESULT_NOT_ADDRESSEE;
	if (p.delivery.acknowledged_at != 0 || (share != REMIND_BY_HAND && share <= p.delivery.reminded) ||
	    store_cancelled(st->store, id) || (p.row.expires != 0 && p.row.expires <= st->now.real_us))
		return RESULT_OK; /* it crossed the acknowledgement, was rung for already, or is owed no more */
	if (share != REMIND_BY_HAND && !deadline_is_step(share))
		return RESULT_MALFORMED; /* else a peer could ring for each percent */
	if (share == REMIND_BY_HAND &&
	    !core_take(&peer->reminders_full_at, st->now.mono_us, REMINDERS, REMINDER_REFILL_US))
		return RESULT_LIMIT;
	core_log_act(st, STATION_REMINDED, id, "tu", name_bytes(&peer->name), (uint64_t)share);
	if (share == REMIND_BY_HAND || share > p.delivery.step)
		tell(st, &p, "reminder", "its sender asks again");
	return RESULT_OK;
}
