/* The table of keys. */
#include "client/board/keys.h"

#include "client/lang.h"

#define IN(view) (1U << (view))
#define EVERY (IN(VIEW_FORM) - 1)
#define HOME IN(VIEW_LIST)
#define MAIL (IN(VIEW_LIST) | IN(VIEW_THREAD) | IN(VIEW_SEARCH) | IN(VIEW_MESSAGE))
#define OPENED (IN(VIEW_LIST) | IN(VIEW_THREAD) | IN(VIEW_SEARCH) | IN(VIEW_DRAFTS) | IN(VIEW_CONTACTS))

const struct key_row key_rows[] = {
    {'P', KEY_NONE, "P", N_("play or pause"), ACT_PAUSE, EVERY, true, true},
    {'.', KEY_NONE, ".", N_("the next entry"), ACT_STEP, EVERY, true, true},
    {',', KEY_NONE, ",", N_("the entry before"), ACT_STEP_BACK, EVERY, true, true},
    {'B', KEY_NONE, "B", N_("the next breach"), ACT_BREACH, EVERY, true, true},
    {KEY_RETURN, KEY_NONE, "Enter", N_("open"), ACT_OPEN, OPENED, true, false},
    {'q', KEY_ESCAPE, "q", N_("back"), ACT_BACK, EVERY & ~HOME, true, false},
    {'a', KEY_NONE, "a", N_("acknowledge"), ACT_ACKNOWLEDGE, MAIL, true, false},
    {'h', KEY_NONE, "h", N_("hold"), ACT_HOLD, MAIL, true, false},
    {'r', KEY_NONE, "r", N_("remind"), ACT_REMIND, MAIL, true, false},
    {'s', KEY_NONE, "s", N_("save an attachment"), ACT_SAVE, IN(VIEW_MESSAGE), false, false},
    {'w', KEY_NONE, "w", N_("write an answer"), ACT_ANSWER, MAIL, false, false},
    {'x', KEY_NONE, "x", N_("decline"), ACT_DECLINE, MAIL, false, false},
    {'C', KEY_NONE, "C", N_("correct"), ACT_CORRECT, MAIL, false, false},
    {'X', KEY_NONE, "X", N_("cancel"), ACT_CANCEL, MAIL, false, false},
    {'U', KEY_NONE, "U", N_("update"), ACT_UPDATE, MAIL, false, false},
    {'E', KEY_NONE, "E", N_("end the incident: close"), ACT_CLOSE, MAIL, false, false},
    {'n', KEY_NONE, "n", N_("new draft"), ACT_NEW, IN(VIEW_LIST) | IN(VIEW_DRAFTS), true, false},
    {'e', KEY_NONE, "e", N_("edit"), ACT_EDIT, IN(VIEW_DRAFTS) | IN(VIEW_DRAFT), true, false},
    {'t', KEY_NONE, "t", N_("thread"), ACT_THREAD, MAIL, true, false},
    {'p', KEY_NONE, "p", N_("approve"), ACT_APPROVE, IN(VIEW_DRAFT), true, false},
    {'R', KEY_NONE, "R", N_("release"), ACT_RELEASE, IN(VIEW_DRAFT), true, false},
    {KEY_TAB, KEY_NONE, "Tab", N_("next box"), ACT_BOX, HOME, true, false},
    {'u', KEY_NONE, "u", N_("urgent only"), ACT_URGENT, HOME, true, false},
    {'!', KEY_NONE, "!", N_("the first alarm"), ACT_ALARM, EVERY & ~IN(VIEW_HELP), false, false},
    {'/', KEY_NONE, "/", N_("search"), ACT_SEARCH, HOME, true, false},
    {'d', KEY_NONE, "d", N_("drafts"), ACT_DRAFTS, HOME, true, false},
    {'c', KEY_NONE, "c", N_("contacts"), ACT_CONTACTS, HOME, true, false},
    {'l', KEY_NONE, "l", N_("links"), ACT_LINKS, HOME, true, false},
    {'k', KEY_NONE, "k", N_("checks"), ACT_CHECKS, HOME, true, false},
    {'?', KEY_NONE, "?", N_("keys"), ACT_HELP, EVERY & ~IN(VIEW_HELP), true, false},
    {'Q', KEY_NONE, "Q", N_("quit"), ACT_QUIT, EVERY, true, false},
    {KEY_ARROW_UP, '-', "Up, -", N_("up"), ACT_UP, EVERY, false, false},
    {KEY_ARROW_DOWN, '+', "Down, +", N_("down"), ACT_DOWN, EVERY, false, false},
    {KEY_PAGE_UP, 'b', "PgUp, b", N_("a screen up"), ACT_PAGE_UP, EVERY, false, false},
    {KEY_PAGE_DOWN, ' ', "PgDn, Space", N_("a screen down"), ACT_PAGE_DOWN, EVERY, false, false},
    {KEY_FIRST, 'g', "Home, g", N_("to the first"), ACT_FIRST, EVERY, false, false},
    {KEY_LAST, 'G', "End, G", N_("to the last"), ACT_LAST, EVERY, false, false},
};
const size_t key_row_count = sizeof key_rows / sizeof *key_rows;

/* What changes nothing is for everyone. */
static bool is_act(enum act act)
{
	return act >= ACT_NEW || act == ACT_DRAFTS || act == ACT_CONTACTS || act == ACT_CHECKS;
}

bool key_works(const struct key_row *row, enum view view, bool is_replay)
{
	return (row->views & IN(view)) != 0 && (is_replay ? !is_act(row->act) : !row->of_replay);
}

enum act key_act(unsigned key, enum view view, bool is_replay)
{
	for (size_t i = 0; i < key_row_count; i++)
		if (key_works(&key_rows[i], view, is_replay) && key != KEY_NONE &&
		    (key_rows[i].key == key || key_rows[i].other == key))
			return key_rows[i].act;
	return ACT_NONE;
}
