/*
 * The sockets of links. They are ours and libuv only polls them, because what counts is what the kernel has not sent
 * yet: a cell is asked for only when it can leave (SPEC 3.2).
 */
#include "daemon/uv_net.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/uv_tcp.h"

#define READ_BYTES (64 * KIB)
#define SEND_BUFFER_CELLS 64 /* sent and not yet acknowledged, or waiting, at most */
#define QUEUE_US 100000	     /* an acknowledgement may wait so long, for company or behind others */
#define LOOK_MS 20

int net_create(struct loop *loop, struct net **out)
{
	*out = calloc(1, sizeof **out);
	if (*out == NULL)
		return -1;
	(*out)->loop = loop;
	uv_timer_init(&loop->uv, &(*out)->timer);
	(*out)->timer.data = *out;
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

struct socket *socket_add(struct net *net, uint32_t id, int fd)
{
	struct socket *socket = calloc(1, sizeof *socket);

	if (socket == NULL)
		abort();
	socket->net = net;
	socket->id = id;
	socket->fd = fd;
	socket->cell = CELL_BYTES;
	socket->poll.data = socket->lookup.data = socket;
	socket->next = net->sockets;
	net->sockets = socket;
	return socket;
}

void socket_release(struct socket *socket)
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
	socket_release(socket);
}

void socket_shut(struct socket *socket)
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
		socket_release(socket);
	}
}

void socket_lost(struct socket *socket)
{
	struct event event = {.type = EVENT_CLOSED, .conn = socket->id};
	struct loop *loop = socket->net->loop;

	socket_shut(socket);
	loop_step(loop, &event);
}

static void on_poll(uv_poll_t *poll, int status, int events);

void socket_watch(struct socket *socket, bool wants_write)
{
	uv_poll_start(&socket->poll, UV_READABLE | (wants_write ? UV_WRITABLE : 0), on_poll);
}

void socket_watch_connect(struct socket *socket)
{
	uv_poll_start(&socket->poll, UV_WRITABLE, on_poll);
}

/* What the kernel has not sent, and we still hold. */
static size_t unsent_bytes(const struct socket *socket)
{
	int unsent = 0;

	ioctl(socket->fd, SIOCOUTQNSD, &unsent);
	return (size_t)unsent + socket->out_len;
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

void socket_tell_room(struct socket *socket, size_t room)
{
	struct event event = {.type = EVENT_ROOM, .conn = socket->id, .count = room};

	loop_step(socket->net->loop, &event);
}

/*
 * How many bytes may be on the way: two cells, and one more each time that so much was acknowledged and was all that
 * could be. When it costs waiting it is two again: what waits stands in a queue somewhere, and a flash behind it.
 */
static size_t window(struct socket *socket)
{
	size_t least = CELLS_IN_FLIGHT * socket->cell, most = SEND_BUFFER_CELLS * socket->cell;
	struct tcp_view view;

	if (!tcp_look(socket->fd, &view))
		return most;
	if (socket->window < least || view.rtt_us > 2 * (uint64_t)view.least_rtt_us + QUEUE_US) {
		socket->window = least;
		socket->acked = view.acked;
		socket->is_limited = false;
	} else if (view.acked - socket->acked >= socket->window) {
		if (socket->is_limited && socket->window + socket->cell <= most)
			socket->window += socket->cell;
		socket->acked = view.acked;
		socket->is_limited = false;
	}
	return socket->window;
}

static void on_look(uv_timer_t *timer)
{
	struct net *net = timer->data;

	for (struct socket *socket = net->sockets; socket != NULL; socket = socket->next)
		socket->wrote |= socket->waits;
	net->loop->is_dirty = true;
}

static size_t room_of(struct socket *socket)
{
	size_t unsent = unsent_bytes(socket), cells = (unsent + socket->cell - 1) / socket->cell, most = window(socket);
	size_t spare;
	int queued = 0;

	ioctl(socket->fd, SIOCOUTQ, &queued);
	spare = most > (size_t)queued + socket->out_len ? (most - (size_t)queued - socket->out_len) / socket->cell : 0;
	socket_watch(socket, unsent > 0);
	socket->is_limited |= spare < CELLS_IN_FLIGHT;
	socket->waits = unsent == 0 && spare < CELLS_IN_FLIGHT;
	if (socket->waits && !uv_is_active((uv_handle_t *)&socket->net->timer))
		uv_timer_start(&socket->net->timer, on_look, LOOK_MS, 0);
	cells = cells < CELLS_IN_FLIGHT ? CELLS_IN_FLIGHT - cells : 0;
	return cells < spare ? cells : spare;
}

bool net_offer_room(struct net *net)
{
	bool told = false;

	for (struct socket *socket = net->sockets; socket != NULL; socket = socket->next) {
		if (!socket->wrote || socket->is_closing || socket->is_connecting || socket->fd < 0)
			continue;
		socket->wrote = false;
		flush(socket); /* the cells of one turn share a packet */
		socket_tell_room(socket, room_of(socket));
		told = true;
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
		socket_lost(socket);
}

static void finish_connect(struct socket *socket)
{
	struct event event = {.type = EVENT_CONNECTED, .conn = socket->id};
	int error = 0;
	socklen_t len = sizeof error;

	getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error != 0) {
		socket_lost(socket);
		return;
	}
	socket->is_connecting = false;
	socket_watch(socket, false);
	loop_step(socket->net->loop, &event);
	socket_tell_room(socket, CELLS_IN_FLIGHT);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct socket *socket = poll->data;

	if (status < 0) {
		socket_lost(socket);
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

/*
 * The kernel calls a socket writable only when it has sent all: with more room we would be woken while nothing can be
 * handed over.
 */
void socket_tune(const struct socket *socket)
{
	int one = 1, buffer = SEND_BUFFER_CELLS * (int)socket->cell;

	setsockopt(socket->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	setsockopt(socket->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &one, sizeof one);
	setsockopt(socket->fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
	setsockopt(socket->fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
}

bool socket_begin(struct socket *socket)
{
	if (uv_poll_init(&socket->net->loop->uv, &socket->poll, socket->fd) != 0)
		return false;
	socket->has_poll = true;
	return true;
}

void net_cell(struct net *net, uint32_t conn, size_t cell)
{
	struct socket *socket = find(net, conn);

	if (socket == NULL || socket->fd < 0)
		return;
	socket->cell = cell;
	socket_tune(socket);
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
	socket->wrote = true;
}

void net_close(struct net *net, uint32_t conn)
{
	struct socket *socket = find(net, conn);

	if (socket == NULL)
		return;
	if (socket->fd >= 0 && !socket->is_connecting)
		flush(socket);
	socket_shut(socket);
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
