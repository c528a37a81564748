/* The table of keys. */
#include "client/board/keys.h"

#define IN(view) (1U << (view))
#define LISTS (IN(VIEW_LIST) | IN(VIEW_DRAFTS))
#define PAGES (IN(VIEW_MESSAGE) | IN(VIEW_DRAFT) | IN(VIEW_LINKS) | IN(VIEW_HELP))
#define MAIL (IN(VIEW_LIST) | IN(VIEW_MESSAGE))
#define TEXT_WORK (IN(VIEW_DRAFTS) | IN(VIEW_DRAFT))

const struct key_row key_rows[] = {
    {KEY_RETURN, KEY_NONE, "Enter", "open", ACT_OPEN, LISTS, true},
    {'a', KEY_NONE, "a", "acknowledge", ACT_ACKNOWLEDGE, MAIL, true},
    {'h', KEY_NONE, "h", "hold", ACT_HOLD, MAIL, true},
    {'r', KEY_NONE, "r", "remind", ACT_REMIND, MAIL, true},
    {'p', KEY_NONE, "p", "approve", ACT_APPROVE, TEXT_WORK, true},
    {'R', KEY_NONE, "R", "release", ACT_RELEASE, TEXT_WORK, true},
    {KEY_TAB, KEY_NONE, "Tab", "next box", ACT_BOX, IN(VIEW_LIST), true},
    {'u', KEY_NONE, "u", "urgent only", ACT_URGENT, IN(VIEW_LIST), true},
    {'d', KEY_NONE, "d", "drafts", ACT_DRAFTS, IN(VIEW_LIST), true},
    {'l', KEY_NONE, "l", "links", ACT_LINKS, IN(VIEW_LIST), true},
    {'q', KEY_ESCAPE, "q", "back", ACT_BACK, PAGES | IN(VIEW_DRAFTS), true},
    {'?', KEY_NONE, "?", "keys", ACT_HELP, LISTS | PAGES, true},
    {'Q', KEY_NONE, "Q", "quit", ACT_QUIT, LISTS | PAGES, true},
    {KEY_ARROW_UP, 'k', "Up, k", "up", ACT_UP, LISTS | PAGES, false},
    {KEY_ARROW_DOWN, 'j', "Down, j", "down", ACT_DOWN, LISTS | PAGES, false},
    {KEY_PAGE_UP, 'b', "PgUp, b", "page up", ACT_PAGE_UP, LISTS | PAGES, false},
    {KEY_PAGE_DOWN, ' ', "PgDn, Space", "page down", ACT_PAGE_DOWN, LISTS | PAGES, false},
    {KEY_FIRST, 'g', "Home, g", "first", ACT_FIRST, LISTS | PAGES, false},
    {KEY_LAST, 'G', "End, G", "last", ACT_LAST, LISTS | PAGES, false},
};
const size_t key_row_count = sizeof key_rows / sizeof *key_rows;

enum act key_act(unsigned key, enum view view)
{
	for (size_t i = 0; i < key_row_count; i++)
		if ((key_rows[i].views & IN(view)) != 0 && key != KEY_NONE &&
		    (key_rows[i].key == key || key_rows[i].other == key))
			return key_rows[i].act;
	return ACT_NONE;
}
