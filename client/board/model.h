/* Inside the board: a stack of views, of which the last is seen, and what is common to them. */
#ifndef HOTLINE_CLIENT_BOARD_MODEL_H
#define HOTLINE_CLIENT_BOARD_MODEL_H

#include "client/board/board.h"
#include "client/form.h"
#include "client/show.h"

#define VIEWS 8	       /* one over the other */
#define COLUMNS 10     /* of a list */
#define ALARMS 6       /* rows of unacknowledged urgent messages that are kept */
#define ALARMS_SHOWN 3 /* and seen at once */
#define INPUT_BYTES 2048
#define REFERENCE (2 * OBJECT_ID_BYTES + 1)
#define EXERCISE_BYTES 64

/* One line of a list: a message, a draft, a peer. */
struct row {
	char *key;	     /* what opens it: a message's id in hex, a draft's number, a peer's name */
	char *label;	     /* what a confirmation repeats */
	char *cell[COLUMNS]; /* in the columns' order; not yet safe */
	int64_t due_at;	     /* us; 0 none */
	uint8_t precedence;
	bool is_sent, has_incident;
	uint8_t incident[INCIDENT_BYTES];
};

struct seen {
	enum view kind;
	char *about;	   /* the key of the row it was opened from; "" none */
	char *label;	   /* of the message or draft that a page shows; "" until it was read */
	bool is_stale;	   /* to be asked anew */
	bool is_unchecked; /* of a draft's page: what should be looked at is not asked yet */
	bool has_answer;
	bool is_sent;	   /* of a message's page: by this station */
	bool is_told;	   /* of a message's page: the station was told that it is shown */
	bool has_incident;
	uint8_t incident[INCIDENT_BYTES];
	char *failure;	   /* the daemon's refusal of what it shows, or NULL */

	/* Lists: rows [first, first + count) of total are here. */
	enum box box;
	bool is_urgent;	   /* only flash and immediate */
	size_t searched;   /* of a search: messages looked through */
	size_t total, first, count, cursor, top;
	struct row *row;

	/* A message's attachments, whose states are asked one after the other. */
	size_t blob_count, blob_asked;
	bool is_fetching;
	uint8_t blob[LIMIT_ATTACHMENTS][HASH_BYTES];
	char *blob_name[LIMIT_ATTACHMENTS];

	/* Pages: lines of text, wrapped for width. */
	char *text;
	size_t text_len, line_count;
	int width;

	char exercise[EXERCISE_BYTES]; /* of what it shows, "" */
};

/* A question over the view: what an act will do, its fields, and yes or no. */
enum ask_stage { ASK_NONE, ASK_PREPARING, ASK_FIELDS, ASK_CONFIRM, ASK_SENDING, ASK_REFUSED };
#define ASK_FIELDS_MAX 3
struct ask_field {
	const char *label;	   /* translated */
	const char *const *choice; /* zero-ended, not yet translated; NULL: free text */
	size_t chosen;
	char text[INPUT_BYTES];
};
struct ask {
	enum ask_stage stage;
	enum act act;
	bool anyway;
	char key[REFERENCE]; /* of the message or draft */
	char *label, *detail, *problem;
	struct ask_field field[ASK_FIELDS_MAX];
	size_t field_count, at;
	int64_t until; /* of a hold, read from its field */
};

/* The form: a draft as items, each a header line of a draft file, its text, or a translation. */
enum item_type { ITEM_CHOICE, ITEM_LINE, ITEM_TEXT };
/* What a line may be filled from: nothing, several codes of its field, one, or the directory. */
enum item_list { LIST_NONE, LIST_CODES, LIST_ONE_CODE, LIST_CONTACTS };
/* Whether it names a message: the one that is answered or superseded, or any of an incident. */
enum item_names { NAMES_NOTHING, NAMES_ANSWERED, NAMES_SUPERSEDED, NAMES_INCIDENT };
/* Which message that is, as the station said. */
struct meant {
	enum { MEANT_NOT_ASKED, MEANT_HERE, MEANT_UNKNOWN } state;
	uint8_t id[OBJECT_ID_BYTES], incident[INCIDENT_BYTES];
	char *why; /* unknown: the station's sentence */
};
struct item {
	char *name;  /* of the header line, as the file has it; "Text", "Translation" */
	char *label; /* translated */
	enum item_type type;
	const char **choice; /* zero-ended, English; "" is no answer */
	enum item_list list;
	uint64_t field; /* of a list of codes: enum field */
	enum item_names names;
	struct meant meant;
	bool is_asked, is_wrong; /* by the form of the kind; not understood as it stands */
	size_t most;		 /* characters; 0: no limit */
	char *text;
	size_t cursor; /* bytes */
};
#define ITEMS 64
/* The list over the form. */
struct pick {
	bool is_open, is_asking; /* is_asking: for the directory, which is not here yet */
	size_t item;		 /* of the form, that it fills */
	size_t count, at;
	struct pick_row {
		char *value, *label; /* as the draft file has it; translated, not yet safe */
		bool is_marked;
	} *row;
	char *rest; /* of an item of one code: what stands behind it */
};
enum compose_stage { COMPOSE_NONE, COMPOSE_LOADING, COMPOSE_OPEN };
struct composer {
	enum compose_stage stage;
	enum act act;	 /* what it was begun by */
	uint64_t id;	 /* 0: not kept yet */
	bool is_dirty, is_saving, is_leaving, was_saved;
	int64_t dirty_at, saved_at;
	char *problem;	 /* of an item, or the station's refusal or warning */
	struct item item[ITEMS];
	size_t count, at;
	size_t referring; /* the item, counted from 1, whose message the station is asked for; 0 none */
	struct pick pick;
};

/* Who asked what is being answered now. */
enum wanted { WANT_NOTHING, WANT_STATUS, WANT_ALARMS, WANT_VIEW, WANT_SHOWN, WANT_PREPARE, WANT_ACT, WANT_LOAD, WANT_SAVE, WANT_CHECK, WANT_SEARCH, WANT_BLOB, WANT_PICK, WANT_REFER };

struct board {
	int width, height;
	int64_t now, lost_at, status_at, rung_at, drawn_second;
	bool is_replay;
	enum play play;
	char *replay_line;
	bool is_connected, is_done, is_status_stale, is_alarm_stale;
	char *lost_why, *note; /* note: one line about what was just done; until the next key */
	char station[LIMIT_NAME_BYTES + 1], officer[LIMIT_FUNCTION_BYTES + 1];
	unsigned roles;
	enum wanted wanted;

	/* Of the last status. */
	bool has_status;
	uint32_t clock_error;
	uint64_t unacknowledged, queue;
	size_t links_up, links_down;
	char *down; /* names of peers without a link */

	struct row alarm[ALARMS];
	size_t alarm_count, alarm_total;

	char shown[REFERENCE]; /* a message that this terminal showed and the station is to be told of; "" */
	struct seen view[VIEWS];
	size_t depth;
	struct ask ask;
	struct composer composer;
	char save_number[32], save_file[INPUT_BYTES]; /* an attachment to be saved, from `save_from` */
	char save_from[REFERENCE];
	bool may_search; /* one page a turn, so that keys are served between */
	char loading[REFERENCE]; /* the message or draft that a form is begun from */
};

/* board.c */
struct seen *board_top(struct board *board);
/* NULL when there is no room for one more. */
struct seen *board_push(struct board *board, enum view kind, const char *about);
void board_pop(struct board *board);
void board_stale(struct board *board);
/* Puts one line under the view until the next key. */
void board_note(struct board *board, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* list.c: rows and their columns */
void row_free(struct row *row);
/* Adds a row behind the others and gives it, empty. */
struct row *list_add(struct seen *view);
void list_clear(struct seen *view);
void list_cell(struct row *row, size_t column, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The row under the cursor, NULL when there is none here. */
const struct row *list_chosen(const struct seen *view);
/* Moves the cursor by so many rows and the window with it. */
void list_move(struct board *board, struct seen *view, int64_t by);
void list_draw(const struct board *board, const struct seen *view, struct grid *grid, int from, int to);
/* Where the chosen row stands. */
void list_cursor(const struct board *board, const struct seen *view, int from, int *out_row, int *out_column);
/* Rows of messages in one grid row each, for the alarms. */
void list_draw_row(const struct board *board, const struct row *row, struct grid *grid, int at, unsigned look);
/* How many rows fit into so many lines. */
size_t list_fits(const struct board *board, int lines);

/* page.c: text of many lines */
/* Takes text (malloc'd), whose lines are safe; those that do not fit are wrapped, and go on behind blanks. */
void page_set(struct seen *view, char *text, size_t len, int width);
void page_move(struct board *board, struct seen *view, int64_t by);
void page_draw(const struct seen *view, struct grid *grid, int from, int to);

/* views.c: what each view asks for, and how it reads the answer. */
bool view_wants(const struct board *board, const struct seen *view);
void view_request(const struct board *board, const struct seen *view, struct board_request *out);
void view_read(struct board *board, struct seen *view, struct pack_reader *r);
/* Rows of messages: of a box, of flash and immediate precedence only, of one incident unless that is NULL. */
struct page_of {
	enum box box;
	bool is_urgent;
	const uint8_t *incident;
	size_t first, count;
};
void view_request_page(const struct page_of *of, struct board_request *out);

/* alarm.c */
void alarms_clear(struct board *board);
void alarms_request(struct board_request *out);
void alarms_read(struct board *board, struct pack_reader *r);

/* search.c */
/* Whether the view is a search that has not looked through all yet. */
bool search_wants(const struct seen *view);
void search_request(const struct seen *view, struct board_request *out);
void search_read(struct board *board, struct seen *view, struct pack_reader *r);

/* rows.c, thread.c: lists */
void rows_read(struct board *board, struct seen *view, struct pack_reader *r);
/* A message as a row. */
void row_message(const struct board *board, struct row *row, const struct shown *shown);
/* Made safe; text is freed, and the caller frees what comes back. */
char *safe_line(char *text);
/* What a confirmation repeats of a message, safe. Caller frees. */
char *label_of(const struct message *message, struct bytes subject);
/* Messages in the order of an answer, and how they hang together. */
struct thread {
	size_t count, placed;
	struct thread_node {
		size_t row;
		int64_t at;
		bool is_placed;
		char number[SHOW_NUMBER], parent[SHOW_NUMBER];
	} *node;
};
void thread_add(struct thread *thread, const struct shown *shown);
/* Puts the view's rows in the tree's order; frees what thread has. */
void thread_order(struct thread *thread, struct seen *view);

/* text.c: pages */
void text_read(struct board *board, struct seen *view, struct pack_reader *r);
/* What should be looked at before a release, above a draft's page. */
void text_findings(struct board *board, struct seen *view, struct pack_reader *r);
/* How far an attachment is, under a message's page. */
void text_blob(struct board *board, struct seen *view, struct pack_reader *r);
void text_forget_blobs(struct seen *view);
/* The keys of a view. */
void text_help(struct board *board, struct seen *view, enum view of);

/* ask.c: acts */
void ask_begin(struct board *board, enum act act);
void ask_search(struct board *board);
void ask_key(struct board *board, unsigned key);
bool ask_request(struct board *board, struct board_request *out);
void ask_answer(struct board *board, int result, struct pack_reader *r, const char *sentence);
void ask_end(struct board *board);
/* The sentence that says what an act does, translated. */
const char *ask_what(enum act act);
/* ask_draw.c */
/* The lines it takes at the foot of the view, and the cursor. */
int ask_height(const struct board *board);
void ask_draw(const struct board *board, struct grid *grid, int from, int *out_row, int *out_column);

/* input.c: a character, or rubout, at the end of a line of UTF-8 */
void input_key(char *text, size_t size, unsigned key);
/* The same at a place in text that grows, which stays; false when the key changes nothing. */
bool input_edit(char **text, size_t *cursor, unsigned key);
/* Moves the place by a cluster, or a line; false at the end of the text on that side. */
bool input_move(const char *text, size_t *cursor, unsigned key);

/* compose.c: the form's life; compose_items.c: its items; compose_draw.c: its look */
/* Opens the form: empty, or with a draft or what follows from a message, once that was read. */
void compose_begin(struct board *board, enum act act);
void compose_key(struct board *board, unsigned key);
bool compose_wants(const struct board *board);
/* Whether something typed is to be kept now. */
bool compose_is_due(const struct board *board);
void compose_request(struct board *board, struct board_request *out);
void compose_answer(struct board *board, int result, struct pack_reader *r, const char *sentence);
/* The connection is gone: what was on its way counts as not saved. */
void compose_lost(struct board *board);
void compose_end(struct board *board);
/* The keys that matter where it stands, in a line. */
const char *compose_keys(const struct board *board);
void compose_draw(const struct board *board, struct grid *grid, int from, int to, int *out_row, int *out_column);
/* The items of a kind, with what others said under the same names. */
void items_make(struct composer *composer, const char *kind);
void items_free(struct composer *composer);
/* Fills them from a draft file. */
void items_load(struct composer *composer, struct bytes file);
/* The draft file that they make, without those that are wrong; line[i] is where item i stands, 0 nowhere. Caller frees. */
char *items_file(const struct composer *composer, unsigned line[ITEMS]);

/* pick.c: the list over the form */
void pick_open(struct board *board, size_t item);
void pick_end(struct pick *pick);
/* True when the item was filled. */
bool pick_key(struct board *board, unsigned key);
/* The directory that it asked for. */
void pick_answer(struct board *board, int result, struct pack_reader *r, const char *sentence);
/* Its keys, in a line. */
const char *pick_keys(const struct pick *pick, enum item_list list);
void pick_draw(const struct board *board, struct grid *grid, int from, int to, int *out_row, int *out_column);

/* refer.c: items that name messages */
/* Asks for the next that is not known; false when there is none. */
bool refer_request(struct board *board, struct board_request *out);
void refer_answer(struct board *board, int result, struct pack_reader *r, const char *sentence);
/* The item says something else now. */
void refer_forget(struct composer *composer, struct item *item);
/* Puts what the items mean into a header. */
void refer_resolve(struct composer *composer, struct message *message);

/* draw.c */
/* The view's lines between the heads and the foot, [from, to). */
void draw_room(const struct board *board, int *out_from, int *out_to);

#endif
