/* Attachments for every verb that shows or moves them. */
#ifndef HOTLINE_CLIENT_ATTACH_H
#define HOTLINE_CLIENT_ATTACH_H

#include "client/client.h"
#include "client/show.h"

/* How far an attachment is at the station. 0 or an exit code. */
int attach_ask(struct call *call, const struct attachment *attachment, struct control_blob *out);
/* "held", "fetching 43 %, 6.9 MiB of 16.0 MiB, 1.2 MiB/s". */
#define ATTACH_STATE 128
void attach_state(const struct control_blob *blob, char out[ATTACH_STATE]);
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
