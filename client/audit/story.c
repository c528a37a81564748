/* Reading the entries of the station log that a page tells of. Any element may be anything: what does not fit is
 * counted. */
#include "client/audit/story.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/result.h"

#define FIRST_ROOM 64

static struct name read_name(struct pack_reader *r)
{
	struct name name = {""};

	name_copy(pack_read_str(r, LIMIT_NAME_BYTES), &name);
	return name;
}

static void read_step(struct pack_reader *r, struct story_event *event)
{
	pack_expect_array(r, 5);
	event->peer = read_name(r);
	event->what = pack_read_uint(r, PASSED_EARLY);
	event->share = pack_read_uint(r, UINT32_MAX);
	event->act = pack_read_uint(r, STEP_SKIPPED);
	event->target = read_name(r);
}

static void read_check(struct pack_reader *r, struct story_event *event)
{
	pack_expect_array(r, 6);
	event->peer = read_name(r);
	event->what = pack_read_uint(r, CHECK_TYPES);
	event->outcome = pack_read_uint(r, CHECK_OUTCOMES);
	event->after = (int64_t)pack_read_uint(r, INT64_MAX);
	pack_read_any(r, 2);
	pack_read_any(r, 2);
}

/* False when the entry says something else than its kind should. */
static bool read_event(struct bytes data, struct story_event *event)
{
	struct pack_reader r = pack_reader(data);

	switch (event->kind) {
	case STATION_STEP:
		read_step(&r, event);
		break;
	case STATION_CHECK:
		read_check(&r, event);
		break;
	case STATION_LINK:
		pack_expect_array(&r, 2);
		event->peer = read_name(&r);
		event->what = pack_read_uint(&r, 1);
		break;
	case STATION_OFFSET:
		pack_expect_array(&r, 3);
		event->peer = read_name(&r);
		event->what = pack_read_uint(&r, OFFSET_BEHIND);
		event->after = pack_read_int(&r);
		break;
	case STATION_CLOCK:
		pack_expect_array(&r, 2);
		event->before = pack_read_int(&r);
		event->after = pack_read_int(&r);
		break;
	default:
		return true; /* start and stop say nothing that is needed */
	}
	return pack_read_end(&r) == RESULT_OK;
}

static bool is_told(uint16_t kind)
{
	return kind == STATION_STEP || kind == STATION_LINK || kind == STATION_CHECK || kind == STATION_OFFSET ||
	       kind == STATION_CLOCK || kind == STATION_START || kind == STATION_STOP;
}

static int add_event(struct story *story, const struct story_event *event)
{
	if (story->count == story->room) {
		size_t wider = story->room > 0 ? 2 * story->room : FIRST_ROOM;
		struct story_event *bigger = realloc(story->event, wider * sizeof *bigger);

		if (bigger == NULL)
			return -ENOMEM;
		story->event = bigger;
		story->room = wider;
	}
	story->event[story->count++] = *event;
	return 0;
}

static int take_entry(struct audit_record *record, uint32_t at, struct story *out)
{
	const struct record_entry *entry = &record->entry[at];
	struct story_event event = {.at = entry->at, .entry = at, .kind = (uint8_t)entry->kind};
	struct leaf leaf;
	int result = audit_record_leaf(record, entry, &leaf);

	if (result < 0)
		return result;
	event.message = audit_record_message_of(record, entry->item);
	if (result == RESULT_OK && read_event(leaf.data, &event))
		return add_event(out, &event);
	out->unread++;
	return 0;
}

int story_init(struct audit_record *record, struct story *out)
{
	int result = 0;

	*out = (struct story){0};
	for (uint32_t i = 0; i < record->entry_list.count && result == 0; i++)
		if (record->log[record->entry[i].log].peer.text[0] == '\0' && is_told(record->entry[i].kind))
			result = take_entry(record, i, out);
	return result;
}

void story_finish(struct story *story)
{
	free(story->event);
	*story = (struct story){0};
}

bool story_is_breach(const struct story_event *event)
{
	return event->kind == STATION_STEP && (event->what == PASSED_CUSTODY || event->what == PASSED_ANSWERED ||
					       (event->what == PASSED_ACKNOWLEDGED && event->share == 100));
}

void story_deadline_text(const struct story_event *event, char out[STORY_TEXT])
{
	static const char *const names[] = {"custody", "opened", "acknowledged", "answered", "expired", "early alarm"};

	if (event->what == PASSED_ACKNOWLEDGED)
		snprintf(out, STORY_TEXT, "%s, %llu %%", names[event->what], (unsigned long long)event->share);
	else
		snprintf(out, STORY_TEXT, "%s", names[event->what]);
}

void story_act_text(const struct story_event *event, char out[STORY_TEXT])
{
	static const char *const acts[] = {"alarm", "copied to", "nobody to copy to", "waits for an officer",
					   "skipped, not enrolled:"};

	snprintf(out, STORY_TEXT, "%s%s%s", acts[event->act], event->target.text[0] != '\0' ? " " : "",
		 event->target.text);
}
