/* The control socket: one request at a time, and its answer read strictly. */
#include "client/call.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/client.h"
#include "client/heard.h"
#include "client/lang.h"
#include "client/say.h"
#include "proto/result.h"

#define ANSWER_SECONDS 60
#define HEAD_BYTES 128 /* of a request around its parameters */
#define SOCKET_PATH_BYTES (sizeof ((struct sockaddr_un *)0)->sun_path - 1)
#define IN_BYTES_MAX (2 * CONTROL_MAX_BYTES)

struct pack_writer call_params(size_t count, size_t capacity)
{
	struct pack_writer params = pack_writer(must(malloc(capacity + 16)), capacity + 16);

	pack_put_array(&params, count);
	return params;
}

static int send_all(int fd, struct bytes bytes)
{
	while (bytes.len > 0) {
		ssize_t sent = send(fd, bytes.data, bytes.len, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return -errno;
		bytes.data += sent;
		bytes.len -= (size_t)sent;
	}
	return 0;
}

static int receive_some(struct call *call)
{
	ssize_t got;

	if (call->len == call->capacity) {
		if (call->capacity >= IN_BYTES_MAX)
			return -EMSGSIZE;
		call->capacity = call->capacity > 0 ? call->capacity * 2 : 64 * KIB;
		call->in = must(realloc(call->in, call->capacity));
	}
	do
		got = recv(call->fd, call->in + call->len, call->capacity - call->len, 0);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return got == 0 ? -ECONNRESET : -errno;
	call->len += (size_t)got;
	return 0;
}

/* The next message, which borrows from call->in until the next is taken. */
static int next_rpc(struct call *call, struct control_rpc *out)
{
	if (call->taken > 0)
		memmove(call->in, call->in + call->taken, call->len - call->taken);
	call->len -= call->taken;
	call->taken = 0;
	for (;;) {
		int result = RESULT_INCOMPLETE;

		if (call->len > 0)
			result = control_decode((struct bytes){call->in, call->len}, out, &call->taken);
		if (result == RESULT_OK)
			return 0;
		if (result != RESULT_INCOMPLETE)
			return -EPROTO;
		result = receive_some(call);
		if (result < 0)
			return result;
	}
}

static int send_request(struct call *call, enum method method, struct bytes params)
{
	struct pack_writer w = pack_writer(must(malloc(params.len + HEAD_BYTES)), params.len + HEAD_BYTES);
	struct control_rpc request = {.type = CONTROL_REQUEST,
				      .id = ++call->last_id,
				      .method = bytes_of(method_rows[method].name),
				      .params = params};
	int result = -EMSGSIZE;

	control_put_rpc(&w, &request);
	if (!w.is_over && params.len <= LIMIT_REQUEST_BYTES)
		result = send_all(call->fd, pack_written(&w));
	free(w.data);
	return result;
}

static void keep_sentence(struct call *call, struct bytes sentence)
{
	free(call->sentence);
	call->sentence = must(strdup(heard(sentence)));
}

/* Events before the answer go to on_event. */
static int wait_answer(struct call *call, struct control_rpc *out)
{
	for (;;) {
		int result = next_rpc(call, out);

		if (result < 0)
			return result;
		if (out->type == CONTROL_RESPONSE)
			return out->id == call->last_id ? 0 : -EPROTO;
		if (out->type != CONTROL_EVENT || call->on_event == NULL)
			return -EPROTO;
		result = call->on_event(call->ctx, out);
		if (result != 0)
			return result;
	}
}

int call_do(struct call *call, enum method method, struct pack_writer *params, size_t count,
	    struct pack_reader *out_result)
{
	struct control_rpc answer;
	int result = params->is_over ? -EMSGSIZE : send_request(call, method, pack_written(params));

	free(params->data);
	*params = pack_writer(NULL, 0);
	if (result == 0)
		result = wait_answer(call, &answer);
	if (result != 0)
		return result;
	if (answer.has_error) {
		keep_sentence(call, answer.error);
		return answer.error_code >= CONTROL_REFUSED && answer.error_code <= CONTROL_ASK ? (int)answer.error_code
												: -EPROTO;
	}
	*out_result = pack_reader(answer.params);
	pack_expect_array(out_result, count);
	return out_result->error == RESULT_OK ? 0 : -EPROTO;
}

int call_event(struct call *call, struct control_rpc *out)
{
	int result = next_rpc(call, out);

	if (result == 0 && out->type != CONTROL_EVENT)
		return -EPROTO;
	return result;
}

bool call_is_waiting(const struct call *call)
{
	return call->len > call->taken;
}

void call_patience(struct call *call, unsigned seconds)
{
	struct timeval patience = {.tv_sec = seconds};

	call->patience = seconds;
	setsockopt(call->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

static int say_hello(struct call *call)
{
	struct pack_writer params = call_params(1, 16);
	struct pack_reader r;
	struct bytes station, officer;
	int result;

	pack_put_uint(&params, CONTROL_VERSION);
	result = call_do(call, METHOD_HELLO, &params, 4, &r);
	if (result != 0)
		return result;
	if (pack_read_uint(&r, UINT32_MAX) != CONTROL_VERSION)
		return -EPROTO;
	station = pack_read_str(&r, LIMIT_NAME_BYTES);
	officer = pack_read_str(&r, LIMIT_FUNCTION_BYTES);
	call->roles = (unsigned)pack_read_uint(&r, ROLE_ANY);
	if (pack_read_end(&r) != RESULT_OK || !name_copy(station, &call->station))
		return -EPROTO;
	snprintf(call->officer, sizeof call->officer, "%.*s", BYTES(officer));
	return 0;
}

static int connect_to(struct call *call)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (strlen(call->path) >= sizeof address.sun_path)
		return -ENAMETOOLONG;
	strcpy(address.sun_path, call->path);
	call->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (call->fd >= 0 && connect(call->fd, (struct sockaddr *)&address, sizeof address) == 0)
		return 0;
	call->connect_error = errno;
	return -errno;
}

int call_connect(struct call *call, const char *path)
{
	int result;

	*call = (struct call){.fd = -1, .path = path};
	result = connect_to(call);
	if (result != 0)
		return result;
	call_patience(call, ANSWER_SECONDS);
	return say_hello(call);
}

int call_open(struct call *call, const char *path)
{
	int result = call_connect(call, path);

	return result != 0 ? call_failed(call, result) : 0;
}

void call_close(struct call *call)
{
	if (call->fd >= 0)
		close(call->fd);
	if (call->in != NULL)
		key_wipe(call->in, call->capacity); /* an offer, voice codes */
	free(call->in);
	free(call->sentence);
	*call = (struct call){.fd = -1};
}

char *call_why(const struct call *call, int result)
{
	if (result > 0)
		return say_format("%s", call->sentence);
	if (call->connect_error != 0)
		return say_format(_("no daemon at %s: %s; start hotlined, or name its socket with --socket"),
				  call->path, strerror(call->connect_error));
	switch (-result) {
	case ENAMETOOLONG:
		return say_format(_("the socket's path has more than %zu bytes: %s"), SOCKET_PATH_BYTES, call->path);
	case EAGAIN:
		return say_format(_("the daemon at %s has not answered for %u seconds"), call->path, call->patience);
	case ECONNRESET:
	case EPIPE:
		return say_format(_("the daemon at %s closed the connection"), call->path);
	case EPROTO:
		return say_format(
		    _("what the daemon at %s answered can't be read; are client and daemon of one version?"),
		    call->path);
	case EMSGSIZE:
		return say_format(_("the request or its answer is too large for the control socket"));
	default:
		return say_format(_("the daemon at %s can't be reached: %s"), call->path, strerror(-result));
	}
}

int call_failed(const struct call *call, int result)
{
	char *why = call_why(call, result);

	say_error("%s", why);
	free(why);
	return result > 0 || result == -EMSGSIZE ? REFUSED : NO_DAEMON;
}

int call_read_end(const struct call *call, const struct pack_reader *result)
{
	return pack_read_end(result) == RESULT_OK ? DONE : call_failed(call, -EPROTO);
}
