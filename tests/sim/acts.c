/* What officers do in a storm. Whoever dies on the way leaves it open whether it was done. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/storm.h"

static const char *const exercise = "BLUE 1";

static bool is_up(const struct storm *storm, size_t site)
{
	return storm->world->site[site].station != NULL;
}

/* Approved as it must be and released. */
static bool release(struct storm *storm, size_t from, const struct words *words, uint8_t out_id[OBJECT_ID_BYTES])
{
	struct world *world = storm->world;
	struct answer answer;
	struct pack_reader r;
	uint64_t draft;

	if (office_try_draft(world, from, UID_DRAFTER, words, &answer) != 0)
		return false;
	r = pack_reader(answer.result);
	pack_expect_array(&r, 2);
	draft = pack_read_uint(&r, INT64_MAX);
	office_approve(world, from, UID_RELEASER, draft, &answer);
	if (words->precedence == PRECEDENCE_FLASH)
		office_approve(world, from, UID_SECOND, draft, &answer);
	if (office_release(world, from, UID_RELEASER, draft, true, &answer) != 0)
		return false;
	office_released_id(world, &answer, out_id);
	return true;
}

static void count_message(const struct sent *sent)
{
	static const enum tally precedences[] = {TALLY_ROUTINE, TALLY_PRIORITY, TALLY_IMMEDIATE, TALLY_FLASH};

	tally(TALLY_MESSAGES);
	tally(precedences[sent->precedence]);
	tally((enum tally)(TALLY_ALERT + sent->kind - KIND_ALERT));
	if (sent->exercise != NULL)
		tally(TALLY_EXERCISE);
	if (sent->may_expire)
		tally(TALLY_EXPIRING);
}

static void note_sent(struct storm *storm, const struct words *words, const struct sent *new)
{
	struct sent *sent = &storm->sent[storm->count];

	*sent = *new;
	sent->kind = words->kind;
	sent->precedence = words->precedence;
	sent->exercise = words->exercise;
	count_message(sent);
	storm->count++;
}

/* Releases it to whom `new` says. */
static void send_words(struct storm *storm, struct words *words, struct sent *new)
{
	size_t actions = 0, infos = 0;

	if (storm->count == STORM_MESSAGES || !is_up(storm, new->from))
		return;
	for (size_t i = 0; i < storm->world->count; i++) {
		if (new->is_action[i] && actions < WORDS_NAMES)
			words->action[actions++] = office_name(storm->world, i);
		else if (new->is_info[i] && infos < WORDS_NAMES)
			words->info[infos++] = office_name(storm->world, i);
		else
			new->is_action[i] = new->is_info[i] = false;
	}
	if (release(storm, new->from, words, new->id))
		note_sent(storm, words, new);
}

static size_t text_len(struct storm *storm, uint8_t precedence)
{
	static const size_t sizes[] = {20, 20, 20, 300, 900, 5000, 40000};
	size_t len = sizes[storm_roll(storm, sizeof sizes / sizeof *sizes)];

	if (precedence >= PRECEDENCE_IMMEDIATE && len > 900)
		return 900;
	return precedence == PRECEDENCE_PRIORITY && len > 5000 ? 5000 : len;
}

/* Those of the ladder, for messages to one of them. */
static void add_ladder(struct storm *storm, const struct sent *new, struct words *words)
{
	size_t count = 0;

	for (size_t i = VNM + 1; i < storm->world->count && new->from <= THA; i++)
		if (!new->is_action[i] && !new->is_info[i])
			words->ladder_to[count++] = office_name(storm->world, i);
	if (count < WORDS_NAMES && storm_roll(storm, 4) == 0)
		words->ladder_to[count] = "vnm-zoo"; /* whom nobody knows: it is skipped */
}

static void send_message(struct storm *storm)
{
	static const uint8_t kinds[] = {KIND_ALERT, KIND_NOTICE, KIND_NOTICE, KIND_INQUIRY, KIND_ASSIST, KIND_MITIGATE};
	struct world *world = storm->world;
	struct sent new = {.from = storm_roll(storm, world->count)};
	struct words words = {.kind = kinds[storm_roll(storm, sizeof kinds)],
			      .precedence = (uint8_t)storm_roll(storm, PRECEDENCE_FLASH + 1),
			      .exercise = storm_roll(storm, 5) == 0 ? exercise : NULL};

	new.is_action[storm_other(storm, new.from)] = true;
	for (int i = 0; i < 2; i++) {
		size_t other = storm_other(storm, new.from);

		if (!new.is_action[other] && storm_roll(storm, 2) == 0)
			*(storm_roll(storm, 2) == 0 ? &new.is_info[other] : &new.is_action[other]) = true;
	}
	for (size_t i = 0; i < world->count; i++)
		new.is_info[i] = new.is_info[i] && !new.is_action[i];
	words.text_len = text_len(storm, words.precedence);
	if (words.kind >= KIND_INQUIRY)
		words.reply_by = world_real_us(world, new.from) + (int64_t)(1 + storm_roll(storm, 9)) * HOUR_US;
	if (storm_roll(storm, 16) == 0) {
		words.expires = world_real_us(world, new.from) + (int64_t)(1 + storm_roll(storm, 20)) * MINUTE_US;
		new.may_expire = true;
	}
	if (storm_roll(storm, 8) == 0)
		words.tlp = storm_roll(storm, 2) == 0 ? TLP_AMBER_STRICT : TLP_RED;
	add_ladder(storm, &new, &words);
	send_words(storm, &words, &new);
}

/* A message that was received at a site with its officers there; NULL when the dice found none. */
static struct sent *any_received(struct storm *storm, size_t *out_site)
{
	struct sent *sent = storm->count > 0 ? &storm->sent[storm_roll(storm, storm->count)] : NULL;
	size_t site = storm_roll(storm, storm->world->count);

	if (sent == NULL || !is_up(storm, site) || storm->absent_until[site] > storm->world->at_us)
		return NULL;
	for (size_t i = 0; storm_roll(storm, 4) != 0 && i < storm->world->count && !sent->is_action[site] && !sent->is_info[site]; i++)
		site = (site + 1) % storm->world->count;
	if (!is_up(storm, site) || storm->absent_until[site] > storm->world->at_us ||
	    office_show(storm->world, site, sent->id) == NULL)
		return NULL;
	*out_site = site;
	return sent;
}

static void acknowledge(struct storm *storm)
{
	size_t site;
	struct sent *sent = any_received(storm, &site);

	if (sent == NULL)
		return;
	if (office_shown(storm->world, site, sent->id) == 0)
		tally(TALLY_SHOWN);
	if (storm_roll(storm, 4) == 0)
		return;
	if (office_ack(storm->world, site, sent->id, "yes") == 0) {
		sent->is_acknowledged[site] = true;
		tally(TALLY_ACKNOWLEDGED);
	} else if (!is_up(storm, site))
		sent->is_unsure[site] = true;
}

static void hold(struct storm *storm, size_t site, struct sent *sent)
{
	struct sent new = {.from = site};
	struct words words = {.kind = KIND_HOLD, .precedence = sent->precedence, .exercise = sent->exercise};
	int64_t until = world_real_us(storm->world, site) + (int64_t)(1 + storm_roll(storm, 100)) * MINUTE_US;
	struct answer answer;

	new.is_action[sent->from] = true;
	if (storm->count == STORM_MESSAGES || office_try_hold(storm->world, site, sent->id, until, &answer) != 0)
		return;
	office_released_id(storm->world, &answer, new.id);
	note_sent(storm, &words, &new);
}

static void reply(struct storm *storm)
{
	size_t site;
	struct sent *sent = any_received(storm, &site);
	struct words words = {.kind = KIND_ANSWER};
	struct sent new = {0};

	if (sent == NULL)
		return;
	if (storm_roll(storm, 3) == 0) {
		hold(storm, site, sent);
		return;
	}
	words.kind = storm_roll(storm, 3) == 0 ? KIND_DECLINE : KIND_ANSWER;
	words.precedence = (uint8_t)storm_roll(storm, PRECEDENCE_FLASH + 1);
	words.exercise = sent->exercise;
	words.in_reply_to = sent->id;
	new.from = site;
	new.is_action[sent->from] = true;
	send_words(storm, &words, &new);
}

/* To all to whom the message went that it is about. */
static void change(struct storm *storm)
{
	static const uint8_t kinds[] = {KIND_UPDATE, KIND_CORRECT, KIND_CANCEL};
	struct sent *sent = storm->count > 0 ? &storm->sent[storm_roll(storm, storm->count)] : NULL;
	struct words words = {.kind = kinds[storm_roll(storm, sizeof kinds)]};
	struct sent new = {0};

	if (sent == NULL || sent->may_expire || sent->kind >= KIND_ANSWER)
		return;
	words.precedence = sent->precedence;
	words.exercise = sent->exercise;
	words.supersedes = sent->id;
	new.from = sent->from;
	memcpy(new.is_action, sent->is_action, sizeof new.is_action);
	memcpy(new.is_info, sent->is_info, sizeof new.is_info);
	send_words(storm, &words, &new);
}

static void close_incident(struct storm *storm)
{
	static const uint8_t incident[INCIDENT_BYTES] = {1};
	struct words words = {.kind = KIND_CLOSE, .incident = incident};
	struct sent new = {.from = storm_roll(storm, storm->world->count)};

	new.is_action[storm_other(storm, new.from)] = true;
	send_words(storm, &words, &new);
}

void act(struct storm *storm)
{
	uint64_t dice = storm_roll(storm, 20);

	if (dice < 9)
		send_message(storm);
	else if (dice < 14)
		acknowledge(storm);
	else if (dice < 18)
		reply(storm);
	else if (dice < 19)
		change(storm);
	else
		close_incident(storm);
}
