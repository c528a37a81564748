/* What every verb of the client is given, and what its exit codes mean. */
#ifndef HOTLINE_CLIENT_CLIENT_H
#define HOTLINE_CLIENT_CLIENT_H

#include "client/args.h"
#include "client/call.h"

enum outcome { DONE = 0, REFUSED = 1 /* or not verified */, USAGE = 2, NO_DAEMON = 3 };

struct client {
	struct args args;
	struct call call; /* open when the verb needs the daemon */
	bool is_json;
};

/* Each is one verb: reads client->args, prints, gives an exit code. */
int cmd_ack(struct client *client);
int cmd_approve(struct client *client);
int cmd_attachment_list(struct client *client);
int cmd_attachment_save(struct client *client);
int cmd_board(struct client *client);
int cmd_cancel(struct client *client);
int cmd_check(struct client *client);
int cmd_check_answer(struct client *client);
int cmd_check_directory(struct client *client);
int cmd_close(struct client *client);
int cmd_completion(struct client *client);
int cmd_contacts_accept(struct client *client);
int cmd_contacts_list(struct client *client);
int cmd_contacts_offer(struct client *client);
int cmd_contacts_reset_replay(struct client *client);
int cmd_contacts_sheet(struct client *client);
int cmd_contacts_show(struct client *client);
int cmd_contacts_verify(struct client *client);
int cmd_copy(struct client *client);
int cmd_correct(struct client *client);
int cmd_decline(struct client *client);
int cmd_draft_attach(struct client *client);
int cmd_draft_delete(struct client *client);
int cmd_draft_diff(struct client *client);
int cmd_draft_edit(struct client *client);
int cmd_draft_list(struct client *client);
int cmd_draft_new(struct client *client);
int cmd_draft_show(struct client *client);
int cmd_follow(struct client *client);
int cmd_hold(struct client *client);
int cmd_keys_certify(struct client *client);
int cmd_keys_init(struct client *client);
int cmd_keys_install(struct client *client);
int cmd_keys_lock(struct client *client);
int cmd_keys_request(struct client *client);
int cmd_keys_revoke(struct client *client);
int cmd_keys_root(struct client *client);
int cmd_keys_unlock(struct client *client);
int cmd_list(struct client *client);
int cmd_log_compare(struct client *client);
int cmd_log_export(struct client *client);
int cmd_log_prove(struct client *client);
int cmd_log_replay(struct client *client);
int cmd_log_report(struct client *client);
int cmd_log_verify(struct client *client);
int cmd_minimise(struct client *client);
int cmd_recover(struct client *client);
int cmd_release(struct client *client);
int cmd_remind(struct client *client);
int cmd_reply(struct client *client);
int cmd_show(struct client *client);
int cmd_shown(struct client *client);
int cmd_silence(struct client *client);
int cmd_status(struct client *client);
int cmd_trace(struct client *client);
int cmd_track(struct client *client);
int cmd_update(struct client *client);

#endif
