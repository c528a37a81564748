/* Attachments for every verb that shows or moves them. */
#ifndef HOTLINE_CLIENT_ATTACH_H
#define HOTLINE_CLIENT_ATTACH_H

#include "client/client.h"
#include "client/show.h"

/* How far an attachment is: at the station, and of one that was sent, with its addressees. */
struct attach_view {
	struct control_blob blob;
	size_t count;
	struct {
		struct bytes name; /* borrows from the call until its next request */
		uint64_t given;	   /* bytes of ciphertext */
	} given[LIMIT_ADDRESSEES];
};
/* Reads the two elements of the answer to attachment.state. Borrows from it. */
void attach_read(struct pack_reader *r, struct attach_view *out);
/* 0 or an exit code. */
int attach_ask(struct call *call, const struct attachment *attachment, struct attach_view *out);
/* "held", "fetching 43 %, 6.9 MiB of 16.0 MiB, 1.2 MiB/s", "given to vnm-cert 43 %, sgp-cert whole". */
#define ATTACH_STATE 512
void attach_state(const struct attach_view *view, char out[ATTACH_STATE]);
/* Prints the attachments of a message with their states, each line behind the banner. */
int attach_table(struct call *call, const struct content *content, const char *banner);
/* A media type by a file name's ending. */
const char *attach_type(const char *name);
/*
 * The name under which an attachment is saved unless told: safe to print, and no path. NULL when its own is none that
 * may be used, else memory that the caller frees.
 */
char *attach_file_name(struct bytes name);

#endif
