/* How links' sockets come to be: listening for peers, and dialling them. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/uv_net.h"

#define ACCEPT_BATCH 16

static void accept_one(struct listener *listener, int fd, const struct sockaddr_storage *from, socklen_t len)
{
	struct net *net = listener->net;
	struct socket *socket;
	char address[64] = "";

	getnameinfo((const struct sockaddr *)from, len, address, sizeof address, NULL, 0, NI_NUMERICHOST);
	socket = socket_add(net, net->next_id, fd);
	net->next_id += 2;
	socket_tune(socket);
	if (!socket_begin(socket)) {
		socket_shut(socket);
		return;
	}
	socket_watch(socket, false);
	loop_step(net->loop, &(struct event){.type = EVENT_ACCEPTED, .conn = socket->id, .text = address});
	socket_tell_room(socket, CELLS_IN_FLIGHT);
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
		socket_lost(s);
		return;
	}
	socket_tune(s);
	s->is_connecting = true;
	if ((connect(s->fd, info->ai_addr, info->ai_addrlen) != 0 && errno != EINPROGRESS) || !socket_begin(s)) {
		socket_lost(s);
		return;
	}
	socket_watch_connect(s);
}

static void on_lookup(uv_getaddrinfo_t *lookup, int status, struct addrinfo *info)
{
	struct socket *s = lookup->data;

	s->is_looking = false;
	if (s->is_closing)
		socket_release(s);
	else if (status != 0)
		socket_lost(s);
	else
		connect_to(s, info);
	uv_freeaddrinfo(info);
}

void net_dial(struct net *net, uint32_t conn, struct bytes endpoint)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV}, *info;
	struct socket *s = socket_add(net, conn, -1);
	char text[300], host[256], port[8];

	snprintf(text, sizeof text, "%.*s", (int)endpoint.len, (const char *)endpoint.data);
	if (!split(text, host, port)) {
		socket_lost(s);
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
		socket_lost(s);
}
