/* The board's keys: one table, from which both the dispatch and every help line are made. */
#ifndef HOTLINE_CLIENT_BOARD_KEYS_H
#define HOTLINE_CLIENT_BOARD_KEYS_H

#include <stdbool.h>
#include <stddef.h>

/* Keys that are no characters; a character is its code point. */
enum key {
	KEY_NONE = 0, KEY_TAB = 9, KEY_RETURN = 10, KEY_ESCAPE = 27, KEY_RUBOUT = 127,
	KEY_ARROW_UP = 0x110000, KEY_ARROW_DOWN, KEY_ARROW_LEFT, KEY_ARROW_RIGHT, KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_FIRST,
	KEY_LAST,
};

enum view {
	VIEW_LIST, VIEW_THREAD, VIEW_SEARCH, VIEW_DRAFTS, VIEW_CONTACTS, VIEW_LINKS, VIEW_CHECKS, /* lists */
	VIEW_MESSAGE, VIEW_DRAFT, VIEW_CONTACT, VIEW_HELP,			     /* pages */
	VIEW_FORM, /* takes all keys itself */
	VIEW_COUNT,
};
#define VIEW_LAST_LIST VIEW_CHECKS

enum act {
	ACT_NONE, ACT_UP, ACT_DOWN, ACT_PAGE_UP, ACT_PAGE_DOWN, ACT_FIRST, ACT_LAST,
	ACT_OPEN, ACT_BACK, ACT_HELP, ACT_QUIT,
	ACT_BOX, ACT_URGENT, ACT_ALARM, ACT_SEARCH,
	ACT_PAUSE, ACT_STEP, ACT_STEP_BACK, ACT_BREACH, /* of a replay */
	ACT_THREAD, ACT_DRAFTS, ACT_CONTACTS, ACT_LINKS, ACT_CHECKS,
	ACT_NEW, ACT_EDIT, ACT_ANSWER, ACT_DECLINE, ACT_CORRECT, ACT_CANCEL, ACT_UPDATE, ACT_CLOSE, /* open the form */
	/* what is asked about before it is done */
	ACT_ACKNOWLEDGE, ACT_HOLD, ACT_REMIND, ACT_SAVE, ACT_APPROVE, ACT_RELEASE,
};

struct key_row {
	unsigned key, other;	  /* other: a second one that does the same; KEY_NONE */
	const char *label, *what; /* what: not yet translated */
	enum act act;
	unsigned views;	 /* bits 1 << enum view in which it works */
	bool is_in_line; /* shown in the help line; all are shown by "?" */
	bool of_replay;	 /* works only there */
};
/* Whether a row's key means something in the view; some acts are for the watch, and not in a replay. */
bool key_works(const struct key_row *row, enum view view, bool is_replay);
extern const struct key_row key_rows[];
extern const size_t key_row_count;

/* ACT_NONE when the key does nothing in the view. */
enum act key_act(unsigned key, enum view view, bool is_replay);

#endif
