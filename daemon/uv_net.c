/*
 * Connections to peers. Sockets are ours and libuv only polls them, because what counts is what the kernel has not sent
 * yet: a cell is asked for only when it can leave (SPEC 3, "no queue behind our back").
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/uv_loop.h"

#define READ_BYTES (64 * KIB)
#define SEND_BUFFER_BYTES (32 * KIB)
#define OUT_BYTES (CELLS_IN_FLIGHT * CELL_MAX_BYTES + RECORD_BYTES + CELL_MAX_BYTES)
#define ACCEPT_BATCH 16

struct socket {
	struct socket *next;
	struct net *net;
	uint32_t id;
	int fd; /* -1 while the name is looked up */
	uv_poll_t poll;
	uv_getaddrinfo_t lookup;
	bool has_poll, is_connecting, is_looking, is_closing, wrote;
	size_t room; /* as the station last heard */
	uint8_t out[OUT_BYTES];
	size_t out_len;
};

struct listener {
	uv_poll_t poll;
	struct net *net;
	int fd;
};

struct net {
	struct loop *loop;
	struct socket *sockets;
	struct listener listener[CONFIG_LISTEN];
	size_t listener_count;
	uint32_t next_id; /* even */
};

int net_create(struct loop *loop, struct net **out)
{
	*out = calloc(1, sizeof **out);
	if (*out == NULL)
		return -1;
	(*out)->loop = loop;
	(*out)->next_id = 2;
	return 0;
}

static struct socket *find(struct net *net, uint32_t id)
{
	struct socket *socket = net->sockets;

	while (socket != NULL && (socket->id != id || socket->is_closing))
		socket = socket->next;
	return socket;
}

static struct socket *add(struct net *net, uint32_t id, int fd)
{
	struct socket *socket = calloc(1, sizeof *socket);

	if (socket == NULL)
		abort();
	socket->net = net;
	socket->id = id;
	socket->fd = fd;
	socket->poll.data = socket->lookup.data = socket;
	socket->next = net->sockets;
	net->sockets = socket;
	return socket;
}

/* The owner goes only when no callback of libuv can name it any more. */
static void release(struct socket *socket)
{
	struct socket **at = &socket->net->sockets;

	if (socket->is_looking || socket->has_poll)
		return;
	while (*at != socket)
		at = &(*at)->next;
	*at = socket->next;
	free(socket);
}

static void on_poll_closed(uv_handle_t *handle)
{
	struct socket *socket = handle->data;

	close(socket->fd);
	socket->has_poll = false;
	release(socket);
}

static void shut(struct socket *socket)
{
	if (socket->is_closing)
		return;
	socket->is_closing = true;
	if (socket->is_looking)
		uv_cancel((uv_req_t *)&socket->lookup);
	if (socket->has_poll) {
		uv_poll_stop(&socket->poll);
		uv_close((uv_handle_t *)&socket->poll, on_poll_closed);
	} else {
		if (socket->fd >= 0)
			close(socket->fd);
		release(socket);
	}
}

static void lost(struct socket *socket)
{
	struct event event = {.type = EVENT_CLOSED, .conn = socket->id};
	struct loop *loop = socket->net->loop;

	shut(socket);
	loop_step(loop, &event);
}

static void on_poll(uv_poll_t *poll, int status, int events);

/* Readable always; writable only while something waits for the kernel. */
static void watch(struct socket *socket, bool wants_write)
{
	uv_poll_start(&socket->poll, UV_READABLE | (wants_write ? UV_WRITABLE : 0), on_poll);
}

/* How many cells the kernel has not sent, and we still hold. */
static size_t unsent_cells(const struct socket *socket)
{
	int unsent = 0;

	ioctl(socket->fd, SIOCOUTQNSD, &unsent);
	return ((size_t)unsent + socket->out_len + CELL_BYTES - 1) / CELL_BYTES;
}

static void flush(struct socket *socket)
{
	ssize_t sent = socket->out_len > 0 ? send(socket->fd, socket->out, socket->out_len, MSG_NOSIGNAL) : 0;

	if (sent < 0 && errno != EAGAIN && errno != EINTR) {
		socket->out_len = 0;
		shutdown(socket->fd, SHUT_RDWR); /* the reading side tells the station */
		return;
	}
	if (sent > 0) {
		socket->out_len -= (size_t)sent;
		memmove(socket->out, socket->out + sent, socket->out_len);
	}
}

static void tell_room(struct socket *socket, size_t room)
{
	struct event event = {.type = EVENT_ROOM, .conn = socket->id, .count = room};

	socket->room = room;
	loop_step(socket->net->loop, &event);
}

bool net_offer_room(struct net *net)
{
	bool told = false;

	for (struct socket *socket = net->sockets; socket != NULL; socket = socket->next) {
		size_t unsent;

		if (!socket->wrote || socket->is_closing || socket->is_connecting || socket->fd < 0)
			continue;
		socket->wrote = false;
		unsent = unsent_cells(socket);
		watch(socket, unsent > 0);
		if (unsent < CELLS_IN_FLIGHT) {
			tell_room(socket, CELLS_IN_FLIGHT - unsent);
			told = true;
		}
	}
	return told;
}

static void read_bytes(struct socket *socket)
{
	static uint8_t buffer[READ_BYTES];
	ssize_t got = recv(socket->fd, buffer, sizeof buffer, 0);
	struct event event = {.type = EVENT_BYTES, .conn = socket->id};

	if (got > 0) {
		event.data = (struct bytes){buffer, (size_t)got};
		loop_step(socket->net->loop, &event);
	} else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		lost(socket);
}

static void finish_connect(struct socket *socket)
{
	struct event event = {.type = EVENT_CONNECTED, .conn = socket->id};
	int error = 0;
	socklen_t len = sizeof error;

	getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error != 0) {
		lost(socket);
		return;
	}
	socket->is_connecting = false;
	watch(socket, false);
	loop_step(socket->net->loop, &event);
	tell_room(socket, CELLS_IN_FLIGHT);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct socket *socket = poll->data;

	if (status < 0) {
		lost(socket);
		return;
	}
	if (socket->is_connecting) {
		finish_connect(socket);
		return;
	}
	if (events & UV_WRITABLE) {
		flush(socket);
		socket->wrote = true; /* the turn's end looks how much room there is */
		socket->net->loop->is_dirty = true;
	}
	if (events & UV_READABLE)
		read_bytes(socket);
}

/* Small buffers, no delay: what we hand over leaves, and what can't leave stays with us. */
static void tune(int fd)
{
	int one = 1, buffer = SEND_BUFFER_BYTES, low = CELLS_IN_FLIGHT * CELL_BYTES;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &low, sizeof low);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
}

static bool begin_poll(struct socket *socket)
{
	if (uv_poll_init(&socket->net->loop->uv, &socket->poll, socket->fd) != 0)
		return false;
	socket->has_poll = true;
	return true;
}

static void accept_one(struct listener *listener, int fd, const struct sockaddr_storage *from, socklen_t len)
{
	struct net *net = listener->net;
	struct socket *socket;
	char address[64] = "";

	getnameinfo((const struct sockaddr *)from, len, address, sizeof address, NULL, 0, NI_NUMERICHOST);
	tune(fd);
	socket = add(net, net->next_id, fd);
	net->next_id += 2;
	if (!begin_poll(socket)) {
		shut(socket);
		return;
	}
	watch(socket, false);
	loop_step(net->loop, &(struct event){.type = EVENT_ACCEPTED, .conn = socket->id, .text = address});
	tell_room(socket, CELLS_IN_FLIGHT);
}

static void on_listen(uv_poll_t *poll, int status, int events)
{
	struct sockaddr_storage from;

	(void)events;
	for (int i = 0; status == 0 && i < ACCEPT_BATCH; i++) {
		socklen_t len = sizeof from;
		struct listener *listener = poll->data;
		int fd = accept4(listener->fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0)
			return;
		accept_one(listener, fd, &from, len);
	}
}

/* Splits "host:port" or "[host]:port". */
static bool split(const char *endpoint, char host[256], char port[8])
{
	const char *colon = strrchr(endpoint, ':');
	size_t len = colon != NULL ? (size_t)(colon - endpoint) : 0;

	if (len == 0 || len > 255 || strlen(colon + 1) > 7)
		return false;
	if (endpoint[0] == '[' && endpoint[len - 1] == ']') {
		endpoint++;
		len -= 2;
	}
	memcpy(host, endpoint, len);
	host[len] = '\0';
	strcpy(port, colon + 1);
	return true;
}

int net_listen(struct net *net, const char *endpoint)
{
	struct addrinfo hints = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM}, *info = NULL;
	struct listener *listener = &net->listener[net->listener_count];
	char host[256], port[8];
	int one = 1;

	listener->fd = -1;
	if (split(endpoint, host, port) && getaddrinfo(host, port, &hints, &info) == 0)
		listener->fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener->fd < 0 || setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
	    bind(listener->fd, info->ai_addr, info->ai_addrlen) != 0 || listen(listener->fd, LIMIT_HALF_OPEN) != 0 ||
	    uv_poll_init(&net->loop->uv, &listener->poll, listener->fd) != 0) {
		log_text("event=failed text=\"can't listen on %s: %s\"", endpoint, strerror(errno));
		if (listener->fd >= 0)
			close(listener->fd);
		if (info != NULL)
			freeaddrinfo(info);
		return -1;
	}
	freeaddrinfo(info);
	listener->net = net;
	listener->poll.data = listener;
	uv_poll_start(&listener->poll, UV_READABLE, on_listen);
	net->listener_count++;
	return 0;
}

static void connect_to(struct socket *s, const struct addrinfo *info)
{
	s->fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0) {
		lost(s);
		return;
	}
	tune(s->fd);
	s->is_connecting = true;
	if ((connect(s->fd, info->ai_addr, info->ai_addrlen) != 0 && errno != EINPROGRESS) || !begin_poll(s)) {
		lost(s);
		return;
	}
	uv_poll_start(&s->poll, UV_WRITABLE, on_poll);
}

static void on_lookup(uv_getaddrinfo_t *lookup, int status, struct addrinfo *info)
{
	struct socket *s = lookup->data;

	s->is_looking = false;
	if (s->is_closing)
		release(s);
	else if (status != 0)
		lost(s);
	else
		connect_to(s, info);
	uv_freeaddrinfo(info);
}

void net_dial(struct net *net, uint32_t conn, struct bytes endpoint)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV}, *info;
	struct socket *s = add(net, conn, -1);
	char text[300], host[256], port[8];

	snprintf(text, sizeof text, "%.*s", (int)endpoint.len, (const char *)endpoint.data);
	if (!split(text, host, port)) {
		lost(s);
		return;
	}
	if (getaddrinfo(host, port, &hints, &info) == 0) {
		connect_to(s, info);
		freeaddrinfo(info);
		return;
	}
	hints.ai_flags = 0; /* a name: looked up without holding up the loop */
	if (uv_getaddrinfo(&net->loop->uv, &s->lookup, on_lookup, host, port, &hints) == 0)
		s->is_looking = true;
	else
		lost(s);
}

void net_write(struct net *net, uint32_t conn, struct bytes data)
{
	struct socket *socket = find(net, conn);

	if (socket == NULL || socket->fd < 0)
		return;
	if (socket->out_len + data.len > sizeof socket->out)
		flush(socket);
	if (socket->out_len + data.len > sizeof socket->out) {
		shutdown(socket->fd, SHUT_RDWR); /* can't be: the station writes only into room it was told of */
		return;
	}
	memcpy(socket->out + socket->out_len, data.data, data.len);
	socket->out_len += data.len;
	flush(socket);
	socket->wrote = true;
}

void net_close(struct net *net, uint32_t conn)
{
	struct socket *socket = find(net, conn);

	if (socket == NULL)
		return;
	if (socket->fd >= 0 && !socket->is_connecting)
		flush(socket);
	shut(socket);
}

void net_destroy(struct net *net)
{
	if (net == NULL)
		return;
	for (struct socket *socket = net->sockets, *next; socket != NULL; socket = next) {
		next = socket->next;
		if (socket->fd >= 0)
			close(socket->fd);
		free(socket);
	}
	for (size_t i = 0; i < net->listener_count; i++)
		close(net->listener[i].fd);
	free(net);
}
