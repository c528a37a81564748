/* The control socket's roles, methods and framing (SPEC 8). What the calls carry is in control_data.c. */
#include "proto/control.h"

#include "proto/result.h"

#define PARAMS_DEPTH (LIMIT_CONTROL_DEPTH - 1) /* within the message's own array */
#define SENTENCE_BYTES 4096

static const struct {
	unsigned role;
	const char *name;
} roles[] = {
    {ROLE_DRAFTER, "drafter"}, {ROLE_RELEASER, "releaser"}, {ROLE_WATCH, "watch"},
    {ROLE_AUDITOR, "auditor"}, {ROLE_ADMIN, "admin"},
};
#define ROLE_COUNT (sizeof roles / sizeof *roles)

unsigned role_of(struct bytes name)
{
	for (size_t i = 0; i < ROLE_COUNT; i++)
		if (bytes_equal(name, bytes_of(roles[i].name)))
			return roles[i].role;
	return 0;
}

const char *role_name(unsigned role)
{
	for (size_t i = 0; i < ROLE_COUNT; i++)
		if (roles[i].role == role)
			return roles[i].name;
	return NULL;
}

const struct method_row method_rows[METHOD_COUNT] = {
    [METHOD_HELLO] = {"hello", ROLE_ANY},
    [METHOD_STATUS] = {"status", ROLE_ANY},
    [METHOD_OFFER] = {"contacts.offer", ROLE_ADMIN},
    [METHOD_ACCEPT] = {"contacts.accept", ROLE_ADMIN},
    [METHOD_CONTACTS] = {"contacts.list", ROLE_ANY},
    [METHOD_CONTACT] = {"contacts.show", ROLE_ANY},
    [METHOD_SHEET] = {"contacts.sheet", ROLE_WATCH | ROLE_ADMIN},
    [METHOD_DRAFT_NEW] = {"draft.new", ROLE_DRAFTER | ROLE_WATCH}, /* the watch drafts answers */
    [METHOD_DRAFT_LIST] = {"draft.list", ROLE_ANY},
    [METHOD_DRAFT_SHOW] = {"draft.show", ROLE_ANY},
    [METHOD_DRAFT_DELETE] = {"draft.delete", ROLE_DRAFTER},
    [METHOD_APPROVE] = {"approve", ROLE_RELEASER},
    [METHOD_RELEASE] = {"release", ROLE_RELEASER | ROLE_DRAFTER}, /* the approvals are what counts */
    [METHOD_LIST] = {"list", ROLE_ANY},
    [METHOD_PAGE] = {"page", ROLE_ANY},
    [METHOD_DRAFT_PUT] = {"draft.put", ROLE_DRAFTER | ROLE_WATCH},
    [METHOD_DRAFT_CHECK] = {"draft.check", ROLE_ANY},
    [METHOD_VERSIONS] = {"draft.versions", ROLE_ANY},
    [METHOD_VERSION] = {"draft.version", ROLE_ANY},
    [METHOD_SHOW] = {"show", ROLE_ANY},
    [METHOD_SHOWN] = {"shown", ROLE_WATCH},
    [METHOD_ACK] = {"ack", ROLE_WATCH},
    [METHOD_HOLD] = {"hold", ROLE_WATCH},
    [METHOD_FOLLOW] = {"follow", ROLE_ANY},
    [METHOD_EXPORT] = {"log.export", ROLE_AUDITOR | ROLE_ADMIN},
    [METHOD_LADDER] = {"draft.ladder", ROLE_ANY},
    [METHOD_COPY] = {"copy", ROLE_RELEASER},
    [METHOD_VERIFY] = {"contacts.verify", ROLE_ADMIN},
    [METHOD_RESET_REPLAY] = {"contacts.reset_replay", ROLE_ADMIN},
    [METHOD_NEW_ROOT] = {"contacts.new_root", ROLE_ADMIN},
    [METHOD_TAKE] = {"contacts.take", ROLE_ADMIN},
    [METHOD_RECOVER] = {"recover", ROLE_ADMIN},
    [METHOD_ATTACH] = {"draft.attach", ROLE_DRAFTER | ROLE_WATCH},
    [METHOD_ATTACH_DATA] = {"draft.attach_data", ROLE_DRAFTER | ROLE_WATCH},
    [METHOD_BLOB] = {"attachment.state", ROLE_ANY},
    [METHOD_BLOB_READ] = {"attachment.read", ROLE_ANY},
    [METHOD_CHECKS] = {"check.list", ROLE_ANY},
    [METHOD_CHECK] = {"check.send", ROLE_WATCH | ROLE_ADMIN}, /* a watch check by the watch, a directory check by an admin */
    [METHOD_CHECK_ANSWER] = {"check.answer", ROLE_WATCH | ROLE_ADMIN},
    [METHOD_TIMED] = {"release.at", ROLE_RELEASER | ROLE_DRAFTER},
    [METHOD_TRACE] = {"trace", ROLE_WATCH | ROLE_RELEASER},
    [METHOD_TRACED] = {"traced", ROLE_ANY},
    [METHOD_MINIMISE] = {"minimise", ROLE_RELEASER | ROLE_ADMIN},
    [METHOD_SILENCE] = {"silence", ROLE_RELEASER | ROLE_ADMIN},
    [METHOD_INCIDENT] = {"incident", ROLE_ANY},
    [METHOD_REMIND] = {"remind", ROLE_WATCH | ROLE_RELEASER},
};

const char *incident_state_text(enum incident_state state)
{
	static const char *const texts[] = {[INCIDENT_NONE] = "",
					    [INCIDENT_OPEN] = "open",
					    [INCIDENT_OWN_CLOSE] = "close proposed by us",
					    [INCIDENT_THEIR_CLOSE] = "close proposed by them",
					    [INCIDENT_CLOSED] = "closed"};

	return texts[state];
}

enum method method_of(struct bytes name)
{
	for (size_t i = 0; i < METHOD_COUNT; i++)
		if (bytes_equal(name, bytes_of(method_rows[i].name)))
			return (enum method)i;
	return METHOD_COUNT;
}

static void put_response(struct pack_writer *w, const struct control_rpc *rpc)
{
	pack_put_array(w, 4);
	pack_put_uint(w, CONTROL_RESPONSE);
	pack_put_uint(w, rpc->id);
	if (!rpc->has_error) {
		pack_put_array(w, 0);
		pack_put_raw(w, rpc->params);
		return;
	}
	pack_put_array(w, 2);
	pack_put_uint(w, rpc->error_code);
	pack_put_str(w, rpc->error);
	pack_put_array(w, 0);
}

static void put_body(struct pack_writer *w, const struct control_rpc *rpc)
{
	switch (rpc->type) {
	case CONTROL_REQUEST:
		pack_put_array(w, 4);
		pack_put_uint(w, CONTROL_REQUEST);
		pack_put_uint(w, rpc->id);
		break;
	case CONTROL_RESPONSE:
		put_response(w, rpc);
		return;
	case CONTROL_EVENT:
		pack_put_array(w, 3);
		pack_put_uint(w, CONTROL_EVENT);
		break;
	}
	pack_put_str(w, rpc->method);
	pack_put_raw(w, rpc->params);
}

void control_put_rpc(struct pack_writer *w, const struct control_rpc *rpc)
{
	static const uint8_t room[CONTROL_LENGTH_BYTES];
	size_t start = w->len;

	pack_put_raw(w, (struct bytes){room, sizeof room});
	put_body(w, rpc);
	if (!w->is_over)
		pack_be32(w->data + start, (uint32_t)(w->len - start - CONTROL_LENGTH_BYTES));
}

/* An array of any contents: parameters or a result. */
static struct bytes read_params(struct pack_reader *r)
{
	struct pack_reader ahead = *r;

	pack_read_array(&ahead, SIZE_MAX);
	if (ahead.error != RESULT_OK)
		pack_fail(r, RESULT_MALFORMED);
	return pack_read_any(r, PARAMS_DEPTH);
}

/* A response with an error has no result. */
static void read_response(struct pack_reader *r, struct control_rpc *rpc)
{
	size_t count = pack_read_array(r, 2);

	if (count == 1)
		pack_fail(r, RESULT_MALFORMED);
	rpc->has_error = count == 2;
	if (rpc->has_error) {
		rpc->error_code = pack_read_uint(r, INT64_MAX);
		rpc->error = pack_read_str(r, SENTENCE_BYTES);
	}
	rpc->params = read_params(r);
	if (rpc->has_error && rpc->params.len != 1)
		pack_fail(r, RESULT_MALFORMED);
}

static int read_body(struct bytes in, struct control_rpc *rpc)
{
	struct pack_reader r = pack_reader(in);
	size_t count = pack_read_array(&r, SIZE_MAX), expected = 4;

	rpc->type = (enum control_type)pack_read_uint(&r, CONTROL_EVENT);
	if (rpc->type == CONTROL_EVENT)
		expected = 3;
	else
		rpc->id = (uint32_t)pack_read_uint(&r, UINT32_MAX);
	if (count != expected)
		pack_fail(&r, RESULT_MALFORMED);
	if (rpc->type == CONTROL_RESPONSE)
		read_response(&r, rpc);
	else {
		rpc->method = pack_read_str(&r, LIMIT_FUNCTION_BYTES);
		rpc->params = read_params(&r);
	}
	return pack_read_end(&r);
}

int control_decode(struct bytes in, struct control_rpc *out, size_t *out_len)
{
	struct control_rpc rpc = {0};
	size_t len;
	int result;

	if (in.len < CONTROL_LENGTH_BYTES)
		return RESULT_INCOMPLETE;
	len = pack_from_be32(in.data);
	if (len > CONTROL_MAX_BYTES)
		return RESULT_LIMIT;
	if (in.len - CONTROL_LENGTH_BYTES < len)
		return RESULT_INCOMPLETE;
	result = read_body((struct bytes){in.data + CONTROL_LENGTH_BYTES, len}, &rpc);
	if (result != RESULT_OK)
		return result;
	*out = rpc;
	*out_len = CONTROL_LENGTH_BYTES + len;
	return RESULT_OK;
}
