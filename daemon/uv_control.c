/* Clients of the control socket: who they are by SO_PEERCRED, whole messages in, answers out (SPEC 8). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/uv_loop.h"
#include "daemon/uv_users.h"
#include "proto/key.h"
#include "proto/result.h"

#define IN_MIN_BYTES (4 * KIB)
#define OUT_MAX_BYTES (16 * MIB) /* a client that does not read what it follows is let go */

struct connection {
	struct connection *next;
	struct control *control;
	uint32_t id;
	uv_pipe_t pipe;
	uint8_t *in;
	size_t in_len, in_size, out_len;
	bool is_closing;
};

struct control {
	struct loop *loop;
	uv_pipe_t server;
	char *path;
	struct connection *clients;
	size_t count;
	uint32_t next_id;
};

struct sending {
	uv_write_t request;
	struct connection *client;
	size_t len;
	uint8_t data[];
};

static void on_closed(uv_handle_t *handle)
{
	struct connection *client = handle->data, **at = &client->control->clients;

	while (*at != client)
		at = &(*at)->next;
	*at = client->next;
	client->control->count--;
	free(client->in);
	free(client);
}

static void shut(struct connection *client)
{
	if (client->is_closing)
		return;
	client->is_closing = true;
	uv_close((uv_handle_t *)&client->pipe, on_closed);
}

static void gone(struct connection *client)
{
	struct event event = {.type = EVENT_CLIENT_GONE, .conn = client->id};
	struct loop *loop = client->control->loop;

	if (client->is_closing)
		return;
	shut(client);
	loop_step(loop, &event);
}

/* Room for what comes: grown to the message that is announced, never beyond the limit. */
static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	struct connection *client = handle->data;
	size_t want = client->in_len + IN_MIN_BYTES;

	(void)suggested;
	if (client->in_len >= CONTROL_LENGTH_BYTES) {
		size_t announced = CONTROL_LENGTH_BYTES + (size_t)pack_from_be32(client->in);

		if (announced > want && announced <= CONTROL_LENGTH_BYTES + LIMIT_REQUEST_BYTES + IN_MIN_BYTES)
			want = announced;
	}
	if (want > client->in_size) {
		uint8_t *grown = realloc(client->in, want);

		if (grown == NULL) {
			*out = uv_buf_init(NULL, 0);
			return;
		}
		client->in = grown;
		client->in_size = want;
	}
	*out = uv_buf_init((char *)client->in + client->in_len, (unsigned)(client->in_size - client->in_len));
}

static void take_messages(struct connection *client)
{
	struct event event = {.type = EVENT_REQUEST, .conn = client->id};
	struct control_rpc rpc;
	size_t used = 0, len;
	int result = RESULT_OK;

	while (result == RESULT_OK && used < client->in_len) {
		struct bytes rest = {client->in + used, client->in_len - used};

		if (rest.len >= CONTROL_LENGTH_BYTES && pack_from_be32(rest.data) > LIMIT_REQUEST_BYTES + IN_MIN_BYTES)
			result = RESULT_LIMIT;
		else
			result = control_decode(rest, &rpc, &len);
		if (result != RESULT_OK)
			break;
		event.data = (struct bytes){rest.data, len};
		loop_step(client->control->loop, &event);
		used += len;
	}
	client->in_len -= used;
	memmove(client->in, client->in + used, client->in_len);
	if (client->in_len == 0 && client->in_size > 64 * KIB) {
		free(client->in);
		client->in = NULL;
		client->in_size = 0;
	}
	if (result != RESULT_OK && result != RESULT_INCOMPLETE) {
		log_text("event=refused cause=\"malformed request on the control socket\" client=%u", client->id);
		gone(client);
	}
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
	struct connection *client = stream->data;

	(void)buffer;
	if (got < 0)
		gone(client);
	else {
		client->in_len += (size_t)got;
		take_messages(client);
	}
}

static void on_connection(uv_stream_t *server, int status)
{
	struct control *control = server->data;
	struct connection *client = status == 0 ? calloc(1, sizeof *client) : NULL;
	struct ucred cred;
	socklen_t len = sizeof cred;
	uv_os_fd_t fd;

	if (client == NULL)
		return;
	client->control = control;
	client->id = control->next_id++;
	client->next = control->clients;
	control->clients = client;
	control->count++;
	uv_pipe_init(&control->loop->uv, &client->pipe, 0);
	client->pipe.data = client;
	if (uv_accept(server, (uv_stream_t *)&client->pipe) != 0 || control->count > LIMIT_CLIENTS ||
	    uv_fileno((uv_handle_t *)&client->pipe, &fd) != 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) != 0) {
		shut(client);
		return;
	}
	loop_step(control->loop, &(struct event){.type = EVENT_CLIENT,
						 .conn = client->id,
						 .uid = cred.uid,
						 .sections = users_sections(control->loop->config, cred.uid)});
	uv_read_start((uv_stream_t *)&client->pipe, on_room, on_read);
}

/* A bound socket that every local user may open: who may do what is decided by uid. Negative errno. */
static int bind_socket(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof address.sun_path)
		return UV_ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	unlink(path); /* a socket that a killed daemon left; the directory's lock says that none runs */
	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && chmod(path, 0666) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -errno;
}

int control_create(struct loop *loop, const char *path, struct control **out)
{
	struct control *control = calloc(1, sizeof *control);
	int error;

	if (control == NULL)
		return -1;
	control->loop = loop;
	control->next_id = 1;
	control->path = strdup(path);
	uv_pipe_init(&loop->uv, &control->server, 0);
	control->server.data = control;
	*out = control;
	error = bind_socket(path);
	if (error >= 0)
		error = uv_pipe_open(&control->server, error);
	if (error == 0)
		error = uv_listen((uv_stream_t *)&control->server, LIMIT_CLIENTS, on_connection);
	if (error == 0)
		return 0;
	log_text("event=failed text=\"can't make the control socket %s: %s\"", path, uv_strerror(error));
	return -1;
}

static struct connection *find(struct control *control, uint32_t id)
{
	struct connection *client = control->clients;

	while (client != NULL && (client->id != id || client->is_closing))
		client = client->next;
	return client;
}

/* A reply may be an offer or voice codes. */
static void forget(struct sending *sending)
{
	key_wipe(sending->data, sending->len);
	free(sending);
}

static void on_written(uv_write_t *request, int status)
{
	struct sending *sending = request->data;
	struct connection *client = sending->client;

	client->out_len -= sending->len;
	forget(sending);
	if (status < 0)
		gone(client);
	else if (client->out_len == 0 && !client->is_closing)
		loop_step(client->control->loop, &(struct event){.type = EVENT_CLIENT_ROOM, .conn = client->id});
}

void control_reply(struct control *control, uint32_t id, struct bytes data)
{
	struct connection *client = find(control, id);
	struct sending *sending;
	uv_buf_t buffer;

	if (client == NULL)
		return;
	sending = client->out_len + data.len <= OUT_MAX_BYTES ? malloc(sizeof *sending + data.len) : NULL;
	if (sending == NULL) {
		gone(client);
		return;
	}
	memcpy(sending->data, data.data, data.len);
	sending->client = client;
	sending->len = data.len;
	sending->request.data = sending;
	client->out_len += data.len;
	buffer = uv_buf_init((char *)sending->data, (unsigned)data.len);
	if (uv_write(&sending->request, (uv_stream_t *)&client->pipe, &buffer, 1, on_written) != 0) {
		client->out_len -= data.len;
		forget(sending);
		gone(client);
	}
}

void control_hangup(struct control *control, uint32_t id)
{
	struct connection *client = find(control, id);

	if (client != NULL)
		gone(client);
}

void control_destroy(struct control *control)
{
	if (control == NULL)
		return;
	unlink(control->path);
	for (struct connection *client = control->clients, *next; client != NULL; client = next) {
		next = client->next;
		free(client->in);
		free(client);
	}
	free(control->path);
	free(control);
}
