/* From a draft file to a draft at the station, for every verb that makes one. */
#ifndef HOTLINE_CLIENT_DRAFT_H
#define HOTLINE_CLIENT_DRAFT_H

#include "client/client.h"
#include "client/form.h"
#include "proto/control.h"

#define PRECEDENCE_NONE (-1) /* it answers nothing */

/* Reads the file ("-": stdin) and parses it into form, which the caller has begun and finishes. DONE or said. */
int draft_read(struct form *form, const char *path);
/*
 * Looks up what the form refers to, checks that it is complete, sends it as a draft and prints the draft's id.
 * answers_precedence: of the message it answers, when the caller set that; else PRECEDENCE_NONE.
 */
int draft_send(struct client *client, struct form *form, int answers_precedence);
/* The same in the place of a draft that is there, complete or not; what it said before stays as a version. */
int draft_replace(struct client *client, uint64_t id, struct form *form);
/* A draft as the station gives it, opened. */
struct drafted {
	struct control_draft raw;
	struct message message;
	struct content content; /* of a whole one; a list has none */
};
/* Reads the next draft of an answer; false when it can't be read. Borrows from the answer. */
bool draft_open(struct pack_reader *r, bool is_whole, struct drafted *out);
/* A draft's number from the command line; false when it is none, which was said. */
bool draft_id(const char *word, uint64_t *out);
/* Asks the station for a draft with its content: out stands at its struct control_draft. DONE or said. */
int draft_fetch(struct client *client, uint64_t id, struct pack_reader *out);

#endif
