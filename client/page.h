/*
 * A record as one page of HTML that stands by itself: no script, nothing from elsewhere (hotline log report). The same
 * file and the same trust give the same page. What is long is bounded, and the page says what it leaves out.
 */
#ifndef HOTLINE_CLIENT_PAGE_H
#define HOTLINE_CLIENT_PAGE_H

#include <stdio.h>

#include "client/audit/course.h"
#include "client/audit/story.h"

#define PAGE_MESSAGES 1000		  /* in the table: the newest */
#define PAGE_TEXT_CHARACTERS 2000	  /* of each text */
#define PAGE_TEXT_TOTAL (2u * 1024 * KIB) /* bytes of texts on the page */
#define PAGE_ROWS 240			  /* of the drawing event by event: the newest */
#define PAGE_PEERS 24			  /* peers in the overview */
#define PAGE_COLUMNS 6			  /* peers in the drawing event by event */
#define PAGE_LIST 200			  /* rows of each other table */

struct page {
	struct audit_record *record;
	const struct audit_report *report; /* of the same file, verified */
	const struct audit_trust *trust;
	struct courses courses;
	struct story story;
	const char *path;	  /* as the reader will name the file */
	const char *command;	  /* that verifies it again */
	uint8_t hash[HASH_BYTES]; /* SHA-256 of the file */
	uint64_t file_bytes;
	int error; /* negative: the file could not be read any more */
	FILE *out;
};

/* Reads what the page tells. 0 or negative errno; the caller calls page_finish in either case. */
int page_init(struct page *page, struct audit_record *record);
void page_finish(struct page *page);
/* The whole page to page->out. */
void page_write(struct page *page);

/* The parts: page_time.c, page_lines.c, page_table.c, page_facts.c, page_proof.c. Each is one section. */
void page_overview(const struct page *page);
void page_sequence(const struct page *page);
void page_messages(struct page *page);
void page_responses(const struct page *page);
void page_deadlines(const struct page *page);
void page_checks(const struct page *page);
void page_clocks(const struct page *page);
void page_verification(struct page *page);

/* "2026-10-14 14:20:07Z" */
void page_moment(int64_t at, char out[TIME_TEXT]);
/* "40ms", "2.4s", "2m05s" */
void page_span(int64_t us, char out[TIME_TEXT]);
/* "3 entries", "1 entry" */
const char *page_word(uint64_t count, const char *one, const char *many);
/* That the station log has nothing of a kind; or, where none of that log is shown, that nothing can be told. */
void page_nothing(const struct page *page, const char *sentence);
/* A table whose wide rows scroll on a screen; `heads` is markup. */
void page_table_begin(FILE *out, const char *label, const char *heads);
void page_table_end(FILE *out);

#endif
