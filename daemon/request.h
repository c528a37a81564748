/* What the methods of the control socket share: the call being answered, and one handler each (proto/control.h). */
#ifndef HOTLINE_DAEMON_REQUEST_H
#define HOTLINE_DAEMON_REQUEST_H

#include "daemon/core.h"

struct call {
	struct station *st;
	struct client *client;
	struct pack_reader in;
	struct pack_writer *out;
};

/* Reads the parameters, writes the result; 0, or a control error with a sentence. */
typedef int request_handler(struct call *call);

/* Whether the parameters were read to their end; refuses otherwise. */
int request_end(struct call *call);
struct bytes request_officer(const struct call *call);
/* The answer to a call: its result, or the error with st->sentence. */
void request_reply(struct station *st, struct client *client, uint32_t id, int error, struct bytes result);

request_handler request_status;
request_handler request_offer;
request_handler request_accept;
request_handler request_take;
request_handler request_contacts;
request_handler request_contact;
request_handler request_verify;
request_handler request_reset_replay;
request_handler request_recover;
request_handler request_new_root;
request_handler request_sheet;
request_handler request_draft_new;
request_handler request_draft_put;
request_handler request_draft_check;
request_handler request_draft_versions;
request_handler request_draft_version;
request_handler request_draft_list;
request_handler request_draft_show;
request_handler request_draft_ladder;
request_handler request_draft_delete;
request_handler request_attach;
request_handler request_attach_data;
request_handler request_blob;
request_handler request_blob_read;
request_handler request_approve;
request_handler request_release;
request_handler request_list;
request_handler request_page;
request_handler request_show;
request_handler request_shown;
request_handler request_ack;
request_handler request_hold;
request_handler request_export;
request_handler request_copy;
request_handler request_checks;
request_handler request_check;
request_handler request_check_answer;
/* A received message is acknowledged unless it is already: what the officer did shows that it was read. */
void request_acknowledge(struct call *call, struct bytes reference);

request_handler request_timed;
request_handler request_trace;
request_handler request_traced;
request_handler request_minimise;
request_handler request_silence;
request_handler request_incident;
request_handler request_remind;

#endif
