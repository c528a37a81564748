/* Methods about checks: the record, asking, answering. */
#include <string.h>

#include "daemon/request.h"
#include "proto/list.h"

static void view(struct station *st, struct peer *peer, enum check_type type, struct control_check *out)
{
	struct bytes name = name_bytes(&peer->name);
	uint64_t count[CHECK_OUTCOMES + 1];
	struct check_row last;

	store_check_counts(st->store, name, type, count);
	*out = (struct control_check){
	    .name = name,
	    .type = (uint8_t)type,
	    .answered = count[CHECK_RIGHT],
	    .wrong = count[CHECK_WRONG],
	    .late = count[CHECK_LATE],
	    .missed = count[CHECK_MISSED],
	    .no_path = count[CHECK_NO_PATH],
	    .median_ms = store_check_percentile(st->store, name, type, 50),
	    .percentile95_ms = store_check_percentile(st->store, name, type, 95),
	    .due_at = type == CHECK_DIRECTORY ? check_directory_due(st, peer) : 0,
	};
	out->asked = out->answered + out->wrong + out->late + out->missed + out->no_path;
	if (!store_check_last(st->store, name, type, &last))
		return;
	out->last_at = last.at;
	out->last_outcome = (uint8_t)last.outcome;
}

int request_checks(struct call *call)
{
	struct station *st = call->st;
	struct control_check check;

	pack_expect_array(&call->in, 0);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	pack_put_array(call->out, 1);
	pack_put_array(call->out, CHECK_TYPES * st->peer_count);
	for (struct peer *peer = st->peers; peer != NULL; peer = peer->next)
		for (enum check_type type = CHECK_LINK; type <= CHECK_TYPES; type++) {
			view(st, peer, type, &check);
			control_put_check(call->out, &check);
		}
	return 0;
}

/* Whether this officer may ask for it. */
static int admit(struct call *call, enum check_type type, bool by_phone)
{
	unsigned needed = type == CHECK_WATCH ? ROLE_WATCH : ROLE_ADMIN;
	const struct config_officer *officer = call->client->officer;

	if ((type != CHECK_WATCH && type != CHECK_DIRECTORY) || (by_phone && type != CHECK_DIRECTORY))
		return core_refuse(call->st, CONTROL_REFUSED, "An officer checks a watch or a directory entry.");
	if ((officer->roles & needed) == 0)
		return core_refuse(call->st, CONTROL_ROLE, "%s may not do this: a %s check is for the role %s.",
				   officer->function.text, check_type_name(type), role_name(needed));
	if (!by_phone && (call->st->config->needs_release & 1u << KIND_CHECK) != 0)
		return core_refuse(call->st, CONTROL_ROLE,
				   "At this station nobody sends a check alone (watch, alone in its configuration); "
				   "draft one and have it released.");
	return 0;
}

int request_check(struct call *call)
{
	struct bytes name;
	struct peer *peer;
	enum check_type type;
	bool by_phone;
	int result;

	pack_expect_array(&call->in, 3);
	name = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	type = (enum check_type)pack_read_uint(&call->in, CHECK_TYPES);
	by_phone = pack_read_bool(&call->in);
	result = request_end(call);
	if (result == 0)
		result = admit(call, type, by_phone);
	if (result != 0)
		return result;
	peer = core_peer(call->st, name);
	if (peer == NULL)
		return core_refuse(call->st, CONTROL_UNKNOWN, "%.*s is not an enrolled contact point of this station.",
				   (int)(name.len < 64 ? name.len : 64), (const char *)name.data);
	pack_put_array(call->out, 1);
	pack_put_array(call->out, by_phone ? 0 : 1);
	if (!by_phone)
		return check_send(call->st, call->client, peer, type, call->out);
	check_note(call->st, peer, type, CHECK_RIGHT,
		   &(struct check_detail){.officer = request_officer(call), .uid = call->client->uid});
	return 0;
}

int request_check_answer(struct call *call)
{
	struct check_reply reply;
	int result;

	memset(&reply, 0, sizeof reply);
	pack_expect_array(&call->in, 3);
	reply.reference = pack_read_str(&call->in, LIMIT_REQUEST_BYTES);
	reply.word_count = list_read(&call->in, reply.word, LIMIT_WORDS, LIMIT_WORD_BYTES);
	reply.confirmed = pack_read_uint(&call->in, 2);
	if (request_end(call) != 0)
		return CONTROL_REFUSED;
	for (size_t i = 0; i < reply.word_count; i++)
		if (reply.word[i].len == 0)
			return core_refuse(call->st, CONTROL_REFUSED, "A word is empty; nothing was sent.");
	if ((call->st->config->needs_release & 1u << KIND_CHECK) != 0)
		return core_refuse(call->st, CONTROL_ROLE,
				   "At this station nobody answers a check alone (watch, alone in its configuration); "
				   "draft an answer and have it released.");
	pack_put_array(call->out, 1);
	result = check_answer(call->st, call->client, &reply, call->out);
	if (result == 0)
		request_acknowledge(call, reply.reference);
	return result;
}
