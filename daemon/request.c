/* The control socket's methods: who may call, what they take, what they give (SPEC 8, proto/control.h). */
#include <stdlib.h>
#include <string.h>

#include "daemon/request.h"

#define REPLY_BYTES (LIMIT_REQUEST_BYTES + 64 * KIB)

/* Whether the parameters were read to their end; refuses otherwise. */
int request_end(struct call *call)
{
	if (pack_read_end(&call->in) == RESULT_OK)
		return 0;
	core_count(call->st, COUNT_REQUEST, NULL, "parameters");
	return core_refuse(call->st, CONTROL_REFUSED,
			   "The request does not fit this version of hotlined; use the client it came with.");
}

struct bytes request_officer(const struct call *call)
{
	return name_bytes(&call->client->officer->function);
}

static int on_hello(struct call *call)
{
	uint64_t version;

	pack_expect_array(&call->in, 1);
	version = pack_read_uint(&call->in, UINT32_MAX);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	if (version != CONTROL_VERSION)
		return core_refuse(
		    call->st, CONTROL_REFUSED,
		    "This hotlined speaks control version %d, the client %llu; install both from one release.",
		    CONTROL_VERSION, (unsigned long long)version);
	call->client->is_greeted = true;
	pack_put_array(call->out, 4);
	pack_put_uint(call->out, CONTROL_VERSION);
	pack_put_str(call->out, core_own_name(call->st));
	pack_put_str(call->out, request_officer(call));
	pack_put_uint(call->out, call->client->officer->roles);
	return 0;
}

static int on_follow(struct call *call)
{
	pack_expect_array(&call->in, 0);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	call->client->is_following = true;
	pack_put_array(call->out, 0);
	return 0;
}

static request_handler *const handlers[METHOD_COUNT] = {
    [METHOD_HELLO] = on_hello,
    [METHOD_STATUS] = request_status,
    [METHOD_OFFER] = request_offer,
    [METHOD_ACCEPT] = request_accept,
    [METHOD_CONTACTS] = request_contacts,
    [METHOD_CONTACT] = request_contact,
    [METHOD_SHEET] = request_sheet,
    [METHOD_DRAFT_NEW] = request_draft_new,
    [METHOD_DRAFT_PUT] = request_draft_put,
    [METHOD_DRAFT_CHECK] = request_draft_check,
    [METHOD_VERSIONS] = request_draft_versions,
    [METHOD_VERSION] = request_draft_version,
    [METHOD_DRAFT_LIST] = request_draft_list,
    [METHOD_DRAFT_SHOW] = request_draft_show,
    [METHOD_DRAFT_DELETE] = request_draft_delete,
    [METHOD_APPROVE] = request_approve,
    [METHOD_RELEASE] = request_release,
    [METHOD_LIST] = request_list,
    [METHOD_PAGE] = request_page,
    [METHOD_SHOW] = request_show,
    [METHOD_SHOWN] = request_shown,
    [METHOD_ACK] = request_ack,
    [METHOD_HOLD] = request_hold,
    [METHOD_FOLLOW] = on_follow,
    [METHOD_EXPORT] = request_export,
    [METHOD_LADDER] = request_draft_ladder,
    [METHOD_COPY] = request_copy,
    [METHOD_VERIFY] = request_verify,
    [METHOD_RESET_REPLAY] = request_reset_replay,
    [METHOD_RECOVER] = request_recover,
    [METHOD_NEW_ROOT] = request_new_root,
    [METHOD_TAKE] = request_take,
    [METHOD_ATTACH] = request_attach,
    [METHOD_ATTACH_DATA] = request_attach_data,
    [METHOD_BLOB] = request_blob,
    [METHOD_BLOB_READ] = request_blob_read,
    [METHOD_CHECKS] = request_checks,
    [METHOD_CHECK] = request_check,
    [METHOD_CHECK_ANSWER] = request_check_answer,
    [METHOD_TIMED] = request_timed,
    [METHOD_TRACE] = request_trace,
    [METHOD_TRACED] = request_traced,
    [METHOD_MINIMISE] = request_minimise,
    [METHOD_SILENCE] = request_silence,
    [METHOD_INCIDENT] = request_incident,
    [METHOD_REMIND] = request_remind,
};

/* May this caller call this method now? 0, or a control error with a sentence. */
static int admit(struct station *st, struct client *client, enum method method)
{
	if (client->officer == NULL)
		return core_refuse(st, CONTROL_ROLE,
				   "User %u is no officer of this station; an administrator adds an officer section "
				   "for this user to the configuration.",
				   client->uid);
	if (method == METHOD_COUNT)
		return core_refuse(st, CONTROL_REFUSED,
				   "This hotlined does not know that call; use the client it came with.");
	if (!client->is_greeted && method != METHOD_HELLO)
		return core_refuse(st, CONTROL_REFUSED, "The client did not say its version first.");
	if ((client->officer->roles & method_rows[method].roles) == 0)
		return core_refuse(st, CONTROL_ROLE,
				   "%s may not do this (%s): the office gave it other roles; nothing was done.",
				   client->officer->function.text, method_rows[method].name);
	return 0;
}

void request_reply(struct station *st, struct client *client, uint32_t id, int error, struct bytes result)
{
	static uint8_t frame[REPLY_BYTES + 1024];
	struct pack_writer w = pack_writer(frame, sizeof frame);
	struct control_rpc rpc = {.type = CONTROL_RESPONSE, .id = id, .params = result};
	uint8_t none = 0x90;

	if (error != 0) {
		rpc.has_error = true;
		rpc.error_code = (uint64_t)error;
		rpc.error = bytes_of(st->sentence);
		rpc.params = (struct bytes){&none, 1};
	}
	control_put_rpc(&w, &rpc);
	core_effect(st, EFFECT_REPLY, client->id, pack_written(&w));
	key_wipe(frame, w.len); /* it may be an offer or voice codes */
}

void request_handle(struct station *st, struct client *client, struct bytes data)
{
	static uint8_t result[REPLY_BYTES];
	struct pack_writer out = pack_writer(result, sizeof result);
	struct control_rpc rpc;
	enum method method;
	size_t len;
	int error;

	if (control_decode(data, &rpc, &len) != RESULT_OK || len != data.len || rpc.type != CONTROL_REQUEST) {
		core_count(st, COUNT_REQUEST, NULL, "");
		core_effect(st, EFFECT_HANGUP, client->id, (struct bytes){NULL, 0});
		return;
	}
	method = method_of(rpc.method);
	error = admit(st, client, method);
	if (error == 0) {
		struct call call = {st, client, pack_reader(rpc.params), &out};

		error = handlers[method](&call);
	}
	if (error == 0 && out.is_over)
		error = core_refuse(st, CONTROL_REFUSED, "The answer is larger than one reply can be.");
	if (error == 0 && method == METHOD_EXPORT) {
		client->export_call = rpc.id;
		request_continue(st, client);
		return;
	}
	request_reply(st, client, rpc.id, error, pack_written(&out));
	key_wipe(result, out.len);
}
