/*
 * Entries in words. Those of the station log are told by a table of sentences in which $1 stands for an element of their
 * data, @1 for one that is a time, !1 for a reason, ^1(a|b) for a word chosen by it, and # for what their id names.
 */
#include "client/audit/timeline.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "proto/check.h"
#include "proto/copy.h"
#include "proto/result.h"
#include "proto/revocation.h"

#define DATA_MAX 9 /* elements that a sentence can name */

static const char *const sentences[] = {
    [STATION_START] = "started, version $1",
    [STATION_STOP] = "stopped",
    [STATION_CONTACT] = "a card of $1 came into force: serial $3",
    [STATION_OFFER] = "$3 made an offer for $1",
    [STATION_DRAFT] = "$2 wrote draft $1",
    [STATION_APPROVE] = "$2 approved draft $1",
    [STATION_RELEASE] = "$2 released #",
    [STATION_DELETE] = "$2 deleted draft $1",
    [STATION_QUEUE] = "$4 ^3(did|receipted|opened|acknowledged|refused) #",
    [STATION_REFUSED] = "refused what came from $1: !2",
    [STATION_FAULT] = "fault of $1: $2",
    [STATION_CLOCK] = "the clock was set from @1 to @2",
    [STATION_HEADS] = "noted the heads of all pair logs",
    [STATION_EXPORT] = "$1 exported $3",
    [STATION_LINK] = "link with $1 ^2(down|up)",
    [STATION_DROPPED] = "# expired before it was sent to $1",
    [STATION_REVOKED] = "cards of $1 up to serial $2 revoked, as $3 brought it",
    [STATION_SHEET] = "$4 printed the fallback sheet of $1 for week $3",
    [STATION_WIPED] = "keys with $1, generation $2, wiped up to week $3",
    [STATION_VERIFIED] = "$2 compared the fingerprint of $1",
    [STATION_REPLAY_RESET] = "$3 set back the mark against replays of $1",
    [STATION_NEW_ROOT] = "$3 confirmed a new root of $1: ^2(waits for another admin|in force)",
    [STATION_TAKEN] = "$2 brought a $1",
    [STATION_STEP] = "^2(custody|opening|acknowledgement|answer|expiry|early alarm) of # by $1 was due ($3 %): "
		     "^4(alarm|copied to|nobody to copy to|waits for an officer|no peer, skipped:) $5",
    [STATION_REMINDED] = "$1 reminded of # ($2 %)",
    [STATION_GIVEN_UP] = "gave up sending # to $1: "
			 "^2(-|no key of its week|seal|malformed|over a limit|other reason)",
    [STATION_LADDER] = "$3 took the step at $2 % of # to $1",
    [STATION_OFFSET] = "the clock of $1 is ^2(right again|ahead|behind), $3 ms",
    [STATION_TIMED] = "$3 ordered the release of draft $1 at @2",
    [STATION_TIMED_FAILED] = "draft $1 was not released: $2",
    [STATION_REASON] = "$3 released # below minimise: $2",
    [STATION_ATTACHED] = "$3 attached a file to draft $1",
    [STATION_FETCHED] = "an attachment from $1 came, ^2(which does not match|whole)",
    [STATION_EARLY] = "an early alarm of # is asked for at @1",
    [STATION_LEAD] = "the times of entries run ahead of the clock, which says @1",
};

/* A line being written; what does not fit is cut. */
struct line {
	char *text;
	size_t len, size;
};

__attribute__((format(printf, 2, 3))) static void put(struct line *line, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line->text + line->len, line->size - line->len, format, args);
	va_end(args);
	if (len > 0)
		line->len += (size_t)len < line->size - line->len ? (size_t)len : line->size - line->len - 1;
}

/* The elements of an entry's data: texts, or numbers. */
struct data {
	size_t count;
	struct {
		bool is_text;
		struct bytes text;
		int64_t number;
	} at[DATA_MAX];
};

static void read_data(struct bytes encoded, struct data *out)
{
	struct pack_reader r = pack_reader(encoded);
	size_t count = encoded.len > 0 ? pack_read_array(&r, SIZE_MAX) : 0;

	out->count = 0;
	for (size_t i = 0; i < count && i < DATA_MAX && r.error == RESULT_OK; i++) {
		struct bytes any = pack_read_any(&r, 3);
		struct pack_reader text = pack_reader(any), number = pack_reader(any);

		if (r.error != RESULT_OK)
			return;
		out->at[i].text = pack_read_str(&text, SIZE_MAX);
		out->at[i].is_text = text.error == RESULT_OK;
		out->at[i].number = pack_read_int(&number);
		out->count++;
	}
}

/* The chosen of the words "(a|b)" that begin at choices; gives where they end. */
static const char *put_choice(struct line *line, const char *choices, int64_t chosen)
{
	const char *at = choices + 1, *end = strchr(choices, ')');

	for (int64_t i = 0; at < end; i++) {
		size_t len = strcspn(at, "|)");

		if (i == chosen)
			put(line, "%.*s", (int)len, at);
		at += len + 1;
	}
	return end + 1;
}

static void put_time(struct line *line, int64_t at)
{
	char text[TIME_TEXT];

	if (at < 0)
		return;
	time_format_iso(at, text);
	put(line, "%s", at == 0 ? "no time" : text);
}

static void put_value(struct line *line, const struct data *data, size_t i)
{
	if (i >= data->count)
		return;
	if (data->at[i].is_text)
		put(line, "%.*s", (int)(data->at[i].text.len < TIMELINE_TEXT ? data->at[i].text.len : TIMELINE_TEXT),
		    data->at[i].text.len > 0 ? (const char *)data->at[i].text.data : "");
	else
		put(line, "%" PRId64, data->at[i].number);
}

/* A sentence of the table; `named` stands for #. */
static void put_sentence(struct line *line, const char *sentence, const struct data *data, const char *named)
{
	while (*sentence != '\0') {
		char c = *sentence++;
		size_t i = c != '#' && *sentence >= '1' && *sentence <= '9' ? (size_t)(*sentence - '1') : SIZE_MAX;
		int64_t number = i < data->count ? data->at[i].number : -1;

		if (c == '#')
			put(line, "%s", named);
		if (c == '#' || strchr("$@!^", c) == NULL || i == SIZE_MAX) {
			if (c != '#')
				put(line, "%c", c);
			continue;
		}
		sentence++;
		if (c == '$')
			put_value(line, data, i);
		else if (c == '@')
			put_time(line, number);
		else if (c == '!')
			put(line, "%s", result_name((int)(number >= 0 && number < 99 ? number : 99)));
		else
			sentence = put_choice(line, sentence, number);
	}
}

static void put_check(struct line *line, const struct data *data, const char *named)
{
	const char *type = data->count > 1 ? check_type_name((uint64_t)data->at[1].number) : NULL;
	const char *outcome = data->count > 2 ? check_outcome_name((uint64_t)data->at[2].number) : NULL;

	put(line, "%s check of ", type != NULL ? type : "?");
	put_value(line, data, 0);
	put(line, ": %s%s%s", outcome != NULL ? outcome : "?", named[0] != '\0' ? ", " : "", named);
}

static void put_messages(struct line *line, const struct audit_record *record, const struct record_receipt *receipt)
{
	for (size_t i = 0; i < receipt->named_count; i++) {
		uint32_t message = audit_record_message_of(record, record->named[receipt->named + i]);
		char reference[RECORD_REFERENCE] = "an unknown message";

		if (message != RECORD_NONE)
			audit_record_reference(record, message, reference);
		put(line, "%s%s", i > 0 ? ", " : "", reference);
	}
}

static void put_receipt(struct line *line, const struct audit_record *record, const struct record_receipt *receipt)
{
	static const char *const words[] = {[RECEIPT_CUSTODY] = "custody of", [RECEIPT_SHOWN] = "opened:",
					    [RECEIPT_ACKNOWLEDGED] = "acknowledgement of",
					    [RECEIPT_REFUSED] = "refusal of"};

	put(line, "%s ", words[receipt->kind]);
	put_messages(line, record, receipt);
	if (receipt->kind == RECEIPT_REFUSED)
		put(line, ": %s", result_name(receipt->reason));
	put(line, ", by its clock at ");
	put_time(line, receipt->at);
}

static void put_object(struct line *line, uint8_t type, struct bytes encoded)
{
	struct revocation revocation;
	struct object object;
	struct copy copy;
	struct card card;

	if (type == RECORD_CARD && card_open(encoded, &object, &card) == RESULT_OK)
		put(line, "card of %.*s, serial %" PRIu64, (int)card.name.len, (const char *)card.name.data, card.serial);
	else if (type == RECORD_COPY && object_decode(encoded, &object) == RESULT_OK &&
		 copy_decode(object.body, &copy) == RESULT_OK)
		put(line, "copy to %.*s at %u %%", (int)copy.to.len, (const char *)copy.to.data, copy.step);
	else if (type == RECORD_REVOCATION && object_decode(encoded, &object) == RESULT_OK &&
		 revocation_decode(object.body, &revocation) == RESULT_OK)
		put(line, "revocation of %.*s up to serial %" PRIu64, (int)revocation.name.len,
		    (const char *)revocation.name.data, revocation.serial);
	else
		put(line, "an object");
}

static int put_item(struct line *line, struct audit_record *record, uint32_t at)
{
	const struct record_item *item = &record->item[at];
	char reference[RECORD_REFERENCE];
	struct bytes encoded;
	int result = 0;

	if (item->type == RECORD_MESSAGE) {
		audit_record_reference(record, item->fact, reference);
		put(line, "%s %s", kind_name(record->message[item->fact].kind), reference);
	} else if (item->type == RECORD_RECEIPT)
		put_receipt(line, record, &record->receipt[item->fact]);
	else if (item->type == RECORD_NOTE)
		put(line, "checkpoint");
	else if (item->type == RECORD_UNSEEN)
		put(line, "an object that the file does not show");
	else {
		result = audit_record_object(record, item->object, &encoded);
		if (result == 0)
			put_object(line, item->type, encoded);
	}
	return result;
}

int timeline_name(struct audit_record *record, uint32_t item, char out[TIMELINE_TEXT])
{
	struct line line = {.text = out, .size = TIMELINE_TEXT};

	out[0] = '\0';
	return item != RECORD_NONE ? put_item(&line, record, item) : 0;
}

static int describe_station(struct line *line, struct audit_record *record, const struct record_entry *entry)
{
	const char *sentence = entry->kind < sizeof sentences / sizeof *sentences ? sentences[entry->kind] : NULL;
	static char named[TIMELINE_TEXT];
	struct data data;
	struct leaf leaf;
	int result = timeline_name(record, entry->item, named);

	if (result == 0)
		result = audit_record_leaf(record, entry, &leaf);
	if (result != 0)
		return result;
	read_data(leaf.data, &data);
	if (entry->kind == STATION_CHECK)
		put_check(line, &data, named);
	else if (sentence != NULL)
		put_sentence(line, sentence, &data, named);
	else
		put(line, "entry of kind %" PRIu64, leaf.kind);
	return 0;
}

int timeline_describe(struct audit_record *record, const struct record_entry *entry, char out[TIMELINE_TEXT])
{
	const struct record_log *log = &record->log[entry->log];
	struct line line = {.text = out, .size = TIMELINE_TEXT};

	out[0] = '\0';
	if (log->peer.text[0] == '\0')
		return describe_station(&line, record, entry);
	put(&line, "%s %s: ", entry->kind == LEAF_SENT ? "sent to" : "received from", log->peer.text);
	return entry->item != RECORD_NONE ? put_item(&line, record, entry->item) : 0;
}

bool timeline_concerns(const struct audit_record *record, const struct record_entry *entry, uint32_t message)
{
	const struct record_item *item = entry->item != RECORD_NONE ? &record->item[entry->item] : NULL;
	uint32_t named = record->message[message].item;

	if (item == NULL || entry->item == named)
		return item != NULL;
	if (item->type == RECORD_MESSAGE)
		return record->message[item->fact].in_reply_to == named || record->message[item->fact].supersedes == named;
	if (item->type != RECORD_RECEIPT)
		return false;
	for (size_t i = 0; i < record->receipt[item->fact].named_count; i++)
		if (record->named[record->receipt[item->fact].named + i] == named)
			return true;
	return false;
}
